"""The whole province on this machine, emulated and watched: the lab, and the daemon inside it with its meetings."""

from __future__ import annotations

import argparse
import contextlib
import json
import shlex
import socket
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from monitor.cli.demo_processes import LOOK_S, Child, interrupts, start_child, wait_for_any, wait_until_ready
from monitor.cli.demo_stack import Surroundings, make_past
from monitor.cli.parser import Parser
from monitor.cli.program import own_command
from monitor.errors import SetupError
from monitor.lab.control import ask_lab, prepare_folder, socket_path, state_folder
from monitor.load.configuration import Configuration, find_folder, load
from monitor.model.inventory import AddressMode, Kind
from monitor.service.process import open_listener
from monitor.words import say
from monitor.words.lab import LAB

SOON = "giao-ban"
"""The id of the one that begins within the hour."""
_BEGINS_IN = timedelta(minutes=20)
"""At least: its last check, and the sealed report, then come within the half hour."""
_HALF_HOUR = timedelta(minutes=30)

_OURS = (sys.executable, "-m", "monitor")
_LAB_STARTS_S = 60.0
_DAEMON_STARTS_S = 60.0


def add_arguments(parser: Parser) -> None:
    parser.add_common()
    parser.add_values(("--listen", "HOST:PORT", "demo_listen"), ("--scenario", "FILE", "demo_scenario"))
    parser.add_argument("--stack", action="store_true", help=parser.say("demo_stack"))
    parser.add_argument("--past", action="store_true", help=parser.say("demo_past"))
    parser.add_argument("--state", metavar="DIR", help=parser.say("demo_state"))


@dataclass(frozen=True, slots=True)
class _Demo:
    """What is shown. state: where the lab is found. kept: where journal and logs go.

    command, lab: how this program and its lab are called.
    """

    configuration: Configuration
    scenario: str | None
    language: str
    state: Path
    kept: Path
    command: str
    lab: str
    has_stack: bool
    has_past: bool

    def say(self, key: str, **values: object) -> str:
        return say(LAB, key, self.language, **values)


def execute(arguments: argparse.Namespace) -> int:
    """Run both until Ctrl-C: 0; if either ends by itself, show its last lines and return its status."""
    folder = find_folder(arguments.config)
    configuration = load(folder)
    if configuration.inventory.network.addresses is not AddressMode.LAB:
        raise SetupError("real_addresses", folder=folder)
    language = str(arguments.spoken)
    state = state_folder(arguments.state)
    command = own_command()
    lab = f"{command} lab --state {state}" if arguments.state else f"{command} lab"
    usual = folder / "scenarios" / "demo.yaml"
    scenario = arguments.scenario or (str(usual) if usual.exists() else None)
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(open_listener(arguments.listen or configuration.settings.listen))
        prepare_folder(state)
        kept = state if arguments.state else Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="monitor-demo-")))
        stack.enter_context(interrupts())
        has_past = arguments.stack and arguments.past
        demo = _Demo(configuration, scenario, language, state, kept, command, lab, arguments.stack, has_past)
        try:
            return _demonstrate(demo, listener)
        except KeyboardInterrupt:
            print("\n" + demo.say("demo_over"))
            return 0


def _demonstrate(demo: _Demo, listener: socket.socket) -> int:
    print(demo.say("demo_starts", targets=len(demo.configuration.inventory.targets)), flush=True)
    with contextlib.ExitStack() as stack:
        host, port = listener.getsockname()[:2]
        beside = Surroundings(demo.configuration.folder, demo.kept, f"{host}:{port}", demo.say)
        if demo.has_past:
            print(demo.say("past"), flush=True)
            make_past(demo.configuration.folder, demo.kept, _journal(demo), beside.daemon, demo.language)
        lab = start_child(stack, "the_lab", demo.kept / "lab.log", _lab_words(demo))
        status = _wait_for_lab(lab, demo.state)
        if status is None:
            return _mourn(demo, lab)
        print(lab.log.read_text(encoding="utf-8"), end="")
        words = _daemon_words(demo, status["config"], listener)
        daemon = start_child(stack, "the_daemon", demo.kept / "daemon.log", words, listener.fileno())
        listener.close()
        if not wait_until_ready(daemon, host, port, "/-/ready", _DAEMON_STARTS_S):
            return _mourn(demo, daemon)
        _introduce(demo, f"http://{host}:{port}/", daemon.log)
        companions = beside.begin(stack) if demo.has_stack else []
        return _mourn(demo, wait_for_any(lab, daemon, *companions))


def _lab_words(demo: _Demo) -> list[str]:
    words = [*_OURS, "lab", "--config", str(demo.configuration.folder), "--state", str(demo.state), "--language", demo.language]
    return [*words, "--scenario", demo.scenario] if demo.scenario else words


def _daemon_words(demo: _Demo, config: str, listener: socket.socket) -> list[str]:
    """Return what starts the daemon inside the lab; it serves on a listener that was opened outside, where browsers are."""
    inside = [*_OURS, "lab", "exec", "--state", str(demo.state), "--hand-in", str(listener.fileno()), "--"]
    run = [sys.executable, "-m", "monitor", "run", "--config", config, "--language", demo.language]
    host, port = listener.getsockname()[:2]
    told = ["--listen", f"[{host}]:{port}" if ":" in host else f"{host}:{port}"]  # where it is found, as it tells others
    meetings = write_meetings(demo.kept, demo.configuration, datetime.now(UTC))
    told += ["--meetings", str(meetings.absolute())]
    return [*inside, *run, *told, "--journal", f"sqlite:///{_journal(demo)}"]


def _journal(demo: _Demo) -> Path:
    return (demo.kept / "journal.db").absolute()


def _wait_for_lab(lab: Child, state: Path) -> dict[str, Any] | None:
    """Return the lab's status once it answers; None where it ended or takes too long."""
    deadline = time.monotonic() + _LAB_STARTS_S
    while lab.process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            return ask_lab(socket_path(state), {"ask": "status"})
        time.sleep(LOOK_S)
    return None


def _introduce(demo: _Demo, url: str, log: Path) -> None:
    daemon = ("--daemon", url.rstrip("/"))
    lines = [demo.say("demo_ready", url=url), demo.say("demo_metrics", url=url), demo.say("demo_first")]
    inventory = demo.configuration.inventory
    below = inventory.children()
    points = [point for point in inventory.of_kind(Kind.POINT) if point.id != inventory.root]
    if points:
        busiest = max(points, key=lambda point: len(below.get(point.id, ())))
        take = _typed(demo, "ack", busiest.id, "--by", demo.say("demo_taker"), *daemon)
        lines += [demo.say("demo_cut", command=demo.lab, target=busiest.id), demo.say("demo_ack", command=take)]
        lines += [demo.say("demo_dark", command=demo.lab, target=points[-1].id)]
    shift = _typed(demo, "report", "shift", "--journal", f"sqlite:///{_journal(demo)}")
    lines += [demo.say("demo_ready_for", command=_typed(demo, "ready", SOON, *daemon)), demo.say("demo_shift", command=shift)]
    print(*lines, demo.say("demo_mend", command=demo.lab), demo.say("demo_log", path=log), sep="\n", flush=True)


def _typed(demo: _Demo, *words: str) -> str:
    """Return a command of ours as a shell here takes it, with this demo's folder and language where they are not the usual ones."""
    folder = demo.configuration.folder
    where = () if folder == Path("config") else ("--config", str(folder))
    tongue = () if demo.language == demo.configuration.settings.language else ("--language", demo.language)
    return f"{demo.command} {shlex.join((*words, *where, *tongue))}"


def _mourn(demo: _Demo, part: Child) -> int:
    """Show the last lines of a part that ended by itself, or is too late, and return a status that is not 0."""
    status = part.process.poll()
    shown = "–" if status is None else status
    print(demo.say("demo_died", what=demo.say(part.name), status=shown), *part.last_lines(), sep="\n", file=sys.stderr)
    return status if status is not None and status > 0 else 1


def write_meetings(folder: Path, configuration: Configuration, now: datetime) -> Path:
    """Write a schedule around a moment (aware) into a folder, and return its path. The configuration's own is left alone."""
    local = now.astimezone(ZoneInfo(configuration.settings.timezone))
    inventory = configuration.inventory
    endpoints = [target.id for target in inventory.of_kind(Kind.ENDPOINT)]
    known = next((meeting.host for meeting in configuration.meetings.singles if meeting.host in endpoints), None)
    host = known or (endpoints[0] if endpoints else "")
    soon = _next_half_hour(local + _BEGINS_IN)
    tomorrow = (local + timedelta(days=1)).replace(hour=8, minute=0, second=0, microsecond=0)
    top = inventory.levels[0]
    everybody: dict[str, object] = {"participants": {"all": True}} | ({"host": host} if host else {})
    few = everybody | {"participants": {"levels": [top]}}
    meetings = [
        {"id": SOON, "title": "Giao ban trực tuyến toàn tỉnh"} | _times(soon, 3.0) | everybody,
        {"id": "hop-dang-dien-ra", "title": "Họp chuyên đề khối cơ quan tỉnh"} | _times(local - _HALF_HOUR, 2.0) | few,
        {"id": "hoi-nghi-ngay-mai", "title": "Hội nghị trực tuyến triển khai nhiệm vụ"} | _times(tomorrow, 3.5) | everybody,
    ]
    path = folder / "meetings.yaml"
    # JSON is YAML, and quotes every name as it has to be.
    path.write_text(json.dumps({"meetings": meetings}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def _times(start: datetime, hours: float) -> dict[str, object]:
    end = start + timedelta(hours=hours)
    told = {"start": start.isoformat(timespec="minutes"), "end": end.isoformat(timespec="minutes")}
    return {**told, "call_rate": "2M", "platform": "mcu"}


def _next_half_hour(moment: datetime) -> datetime:
    hour = moment.replace(minute=0, second=0, microsecond=0)
    return next(each for each in (hour, hour + _HALF_HOUR, hour + 2 * _HALF_HOUR) if each >= moment)
