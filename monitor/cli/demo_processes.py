"""Processes that a command starts beside itself and takes along when it ends, whatever ends it."""

from __future__ import annotations

import contextlib
import ctypes
import http.client
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

LOOK_S = 0.2
_ENDS_S = 20.0
_LAST_LINES = 15
_PR_SET_PDEATHSIG = 1
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Child:
    """One process. name: what it is called in a sentence. log: where its output goes."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def last_lines(self) -> list[str]:
        return self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LAST_LINES:]


@contextlib.contextmanager
def interrupts() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end a command as Ctrl-C does."""
    before = {number: signal.signal(number, signal.default_int_handler) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def start_child(stack: contextlib.ExitStack, name: str, log: Path, words: Sequence[str], *descriptors: int) -> Child:
    """Start a command in a session of its own, so that Ctrl-C reaches us alone and the end has an order: the stack's."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=descriptors,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - this process has one thread
        )
    stack.callback(_end, process)
    return Child(name, process, log)


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


def wait_until_ready(child: Child, host: str, port: int, path: str, within_s: float) -> bool:
    """Return whether a path of its HTTP answers 200 in time; False as soon as the process has ended."""
    deadline = time.monotonic() + within_s
    while child.process.poll() is None and time.monotonic() < deadline:
        connection = http.client.HTTPConnection(host, port, timeout=2)
        with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", path)
            if connection.getresponse().status == http.HTTPStatus.OK:
                return True
        time.sleep(LOOK_S)
    return False


def wait_for_any(*children: Child) -> Child:
    while True:
        for child in children:
            if child.process.poll() is not None:
                return child
        time.sleep(LOOK_S)
