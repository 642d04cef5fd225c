"""The whole province on this machine, emulated and watched: the lab, and the daemon inside it.

Open the address that it prints. Nothing is sent to any real network, and nothing is kept unless --state names a folder.
Things break and mend by the scenario; break more by hand from another terminal with `monitor lab ctl`. Ctrl-C ends it all.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import http.client
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor.cli.options import add_config, add_language, own_command
from monitor.errors import SetupError
from monitor.lab.control import ask
from monitor.lab.state import prepare_folder, socket_path, state_folder
from monitor.load.configuration import Configuration, find_folder, load
from monitor.model.inventory import AddressMode, Kind
from monitor.service.process import open_listener
from monitor.words import say
from monitor.words.lab import LAB

_LAB_STARTS_S = 60.0
_DAEMON_STARTS_S = 60.0
_ENDS_S = 20.0
_LOOK_S = 0.2
_LAST_LINES = 15
_PR_SET_PDEATHSIG = 1
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the demo's own arguments."""
    add_config(parser)
    add_language(parser)
    parser.add_argument("--listen", metavar="HOST:PORT", help="where the page is served (the configuration's `listen`)")
    parser.add_argument("--scenario", metavar="FILE", help="what happens when (the configuration's scenarios/demo.yaml)")
    parser.add_argument("--state", metavar="DIR", help="keep journal and logs there, and let the lab be found there")


@dataclass(frozen=True, slots=True)
class _Part:
    """One of the two processes. name: its key among the words. log: where its output goes."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path


@dataclass(frozen=True, slots=True)
class _Demo:
    """What is shown. state: where the lab is found. kept: where journal and logs go. command: how the lab is spoken to."""

    configuration: Configuration
    scenario: str | None
    language: str
    state: Path
    kept: Path
    command: str

    def say(self, key: str, **values: object) -> str:
        """Return one of the lab's sentences."""
        return say(LAB, key, self.language, **values)


def execute(arguments: argparse.Namespace) -> int:
    """Run both until Ctrl-C: 0; if either ends by itself, show its last lines and return its status."""
    folder = find_folder(arguments.config)
    configuration = load(folder)
    if configuration.inventory.network.addresses is not AddressMode.LAB:
        cure = "give a folder whose network.addresses is lab"
        raise SetupError(f"{folder}: these addresses are real, and the demo only plays", cure)
    language = arguments.language or configuration.settings.language
    state = state_folder(arguments.state)
    command = f"{own_command()} lab --state {state}" if arguments.state else f"{own_command()} lab"
    usual = folder / "scenarios" / "demo.yaml"
    scenario = arguments.scenario or (str(usual) if usual.exists() else None)
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(open_listener(arguments.listen or configuration.settings.listen))
        prepare_folder(state)
        kept = state if arguments.state else Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="monitor-demo-")))
        stack.enter_context(_interrupts())
        demo = _Demo(configuration, scenario, language, state, kept, command)
        try:
            return _demonstrate(demo, listener)
        except KeyboardInterrupt:
            print("\n" + demo.say("demo_over"))
            return 0


@contextlib.contextmanager
def _interrupts() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end the demo as Ctrl-C does."""
    before = {number: signal.signal(number, signal.default_int_handler) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _demonstrate(demo: _Demo, listener: socket.socket) -> int:
    print(demo.say("demo_starts", targets=len(demo.configuration.inventory.targets)), flush=True)
    with contextlib.ExitStack() as stack:
        lab = _start(stack, "the_lab", demo.kept / "lab.log", _lab_words(demo))
        status = _wait_for_lab(lab, demo.state)
        if status is None:
            return _mourn(demo, lab)
        print(lab.log.read_text(encoding="utf-8"), end="")
        words = _daemon_words(demo, status["config"], listener)
        daemon = _start(stack, "the_daemon", demo.kept / "daemon.log", words, listener.fileno())
        host, port = listener.getsockname()[:2]
        listener.close()
        if not _wait_for_daemon(daemon, host, port):
            return _mourn(demo, daemon)
        _introduce(demo, f"http://{host}:{port}/", daemon.log)
        return _mourn(demo, _wait_for_either(lab, daemon))


def _lab_words(demo: _Demo) -> list[str]:
    words = ["lab", "--config", str(demo.configuration.folder), "--state", str(demo.state), "--language", demo.language]
    return [*words, "--scenario", demo.scenario] if demo.scenario else words


def _daemon_words(demo: _Demo, config: str, listener: socket.socket) -> list[str]:
    """Return what starts the daemon inside the lab; it serves on a listener that was opened outside, where browsers are."""
    inside = ["lab", "exec", "--state", str(demo.state), "--hand-in", str(listener.fileno()), "--"]
    run = [sys.executable, "-m", "monitor", "run", "--config", config, "--language", demo.language]
    host, port = listener.getsockname()[:2]
    told = ["--listen", f"[{host}]:{port}" if ":" in host else f"{host}:{port}"]  # where it is found, as it tells others
    return [*inside, *run, *told, "--journal", f"sqlite:///{(demo.kept / 'journal.db').absolute()}"]


def _start(stack: contextlib.ExitStack, name: str, log: Path, words: list[str], *descriptors: int) -> _Part:
    """Start a command of ours in a session of its own, so that Ctrl-C reaches us alone and the end has an order."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "monitor", *words],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=descriptors,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - this process has one thread
        )
    stack.callback(_end, process)
    return _Part(name, process, log)


def _end_with_parent() -> None:
    """Have this process ended when its parent dies, kill -9 included (prctl(2)); an exec keeps that."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_ENDS_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait_for_lab(lab: _Part, state: Path) -> dict[str, Any] | None:
    """Return the lab's status once it answers; None where it ended or takes too long."""
    deadline = time.monotonic() + _LAB_STARTS_S
    while lab.process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            return ask(socket_path(state), {"ask": "status"})
        time.sleep(_LOOK_S)
    return None


def _wait_for_daemon(daemon: _Part, host: str, port: int) -> bool:
    """Return whether the daemon is ready in time."""
    deadline = time.monotonic() + _DAEMON_STARTS_S
    while daemon.process.poll() is None and time.monotonic() < deadline:
        connection = http.client.HTTPConnection(host, port, timeout=2)
        with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/-/ready")
            if connection.getresponse().status == http.HTTPStatus.OK:
                return True
        time.sleep(_LOOK_S)
    return False


def _wait_for_either(*parts: _Part) -> _Part:
    """Return the part that ended."""
    while True:
        for part in parts:
            if part.process.poll() is not None:
                return part
        time.sleep(_LOOK_S)


def _introduce(demo: _Demo, url: str, log: Path) -> None:
    """Tell where to look and what to try."""
    print(demo.say("demo_ready", url=url))
    print(demo.say("demo_metrics", url=url))
    print(demo.say("demo_first"))
    inventory = demo.configuration.inventory
    below = inventory.children()
    points = [point for point in inventory.of_kind(Kind.POINT) if point.id != inventory.root]
    if points:
        busiest = max(points, key=lambda point: len(below.get(point.id, ())))
        print(demo.say("demo_cut", command=demo.command, target=busiest.id))
        print(demo.say("demo_dark", command=demo.command, target=points[-1].id))
    print(demo.say("demo_mend", command=demo.command))
    print(demo.say("demo_log", path=log), flush=True)


def _mourn(demo: _Demo, part: _Part) -> int:
    """Show the last lines of a part that ended by itself, or is too late, and return a status that is not 0."""
    status = part.process.poll()
    lines = part.log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LAST_LINES:]
    shown = "–" if status is None else status
    print(demo.say("demo_died", what=demo.say(part.name), status=shown), *lines, sep="\n", file=sys.stderr)
    return status if status is not None and status > 0 else 1
