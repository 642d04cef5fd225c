"""The process that visitors meet: started beside the poller, fed by it, started again when it ends, ended with it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence

from monitor.background import BackgroundTasks
from monitor.export.remote.channel import PeerChannel
from monitor.export.remote.poller_side import PollerSide
from monitor.export.reports.process import for_a_child
from monitor.export.source import Meetings, Source

log = logging.getLogger(__name__)

PROGRAM = ("-m", "monitor.cli.web")
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
LASTED_S = 60.0
"""A process that ran for so long and ends has met something new; one that did not is started ever more seldom."""
END_S = 4.0
LOOK_EVERY_S = 5.0
SILENT_LOOKS = 6
"""A process that said nothing between so many looks in a row hangs. Looks, not seconds: what we missed ourselves doesn't count."""
START_LOOKS = 36
"""The same before its first word: where the machine is busy, with what we ask for too, to come up takes long."""


class WebProcess:
    """Keeps one process of faces alive while run() runs."""

    def __init__(
        self,
        source: Source,
        meetings: Meetings,
        listeners: Sequence[socket.socket],
        *,
        program: Sequence[str] = PROGRAM,
        environment: Mapping[str, str] = os.environ,
        first_pause_s: float = FIRST_PAUSE_S,
        end_s: float = END_S,
        look_every_s: float = LOOK_EVERY_S,
        start_looks: int = START_LOOKS,
    ) -> None:
        """program: arguments of this Python; descriptors follow them: of the socket to the poller, then of each listener."""
        self._source = source
        self._meetings = meetings
        self._listeners = tuple(listeners)
        self._program = tuple(program)
        self._environment = for_a_child(environment, also=("PG",))  # what libpq reads, where the journal is in PostgreSQL
        self._first_pause_s = first_pause_s
        self._end_s = end_s
        self._look_every_s = look_every_s
        self._start_looks = start_looks
        self._watching = BackgroundTasks("the watch over the process of the faces")
        self.serving = asyncio.Event()
        """Set once visitors were taken for the first time."""
        self.starts = 0

    async def run(self) -> None:
        """Start the process, answer it, and start it again when it ends, until cancelled; then end it."""
        loop, pause_s = asyncio.get_running_loop(), self._first_pause_s
        while True:
            started_s = loop.time()
            try:
                how = await self._live()
            except OSError as error:
                how = f"it can't be started: {error}"
            except Exception:
                log.exception("what serves the process of the faces failed, which is our bug")
                how = "ended by us"
            pause_s = self._first_pause_s if loop.time() - started_s >= LASTED_S else min(2 * pause_s, LONGEST_PAUSE_S)
            log.error("the process that serves pages and /metrics ended (%s); it is started again in %.1f s", how, pause_s)
            await asyncio.sleep(pause_s)

    async def _live(self) -> str:
        """Have one process live; return how it ended, in words for the log. Raises OSError where none can be started."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with theirs:
            process, descriptor = self._start(theirs)
        self.starts += 1
        signals: tuple[int, ...] = (signal.SIGTERM, signal.SIGKILL)
        try:
            side = PollerSide(self._source, self._meetings, await PeerChannel.over(ours), serving=self.serving.set)
            watching = self._watching.start(self._watch(side))
            try:
                await side.run()
            finally:
                watching.cancel()
            signals = (0, *signals)  # it left by itself
        finally:
            await _end(process, descriptor, signals, self._end_s)
        return _how(process.returncode)

    async def _watch(self, side: PollerSide) -> None:
        """Have done with a process that hangs."""
        silent, heard = 0, side.messages
        while silent < (SILENT_LOOKS if heard else self._start_looks):
            await asyncio.sleep(self._look_every_s)
            silent, heard = 0 if side.messages != heard else silent + 1, side.messages
        log.error("the process that serves pages says nothing any more")
        side.end()

    def _start(self, theirs: socket.socket) -> tuple[subprocess.Popen[bytes], int]:
        """Return a new process and a descriptor of it. Raises OSError where there can be none, and then leaves none."""
        fds = [theirs.fileno(), *(listener.fileno() for listener in self._listeners)]
        words = [sys.executable, *self._program, *map(str, fds)]
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, pass_fds=fds, env=self._environment)
        try:
            return process, os.pidfd_open(process.pid)
        except OSError:
            process.kill()
            process.wait()
            raise


async def _end(process: subprocess.Popen[bytes], descriptor: int, signals: Sequence[int], within_s: float) -> None:
    """Send a process one signal after the other until it ends; 0 is none. within_s: how long each may take.

    By a descriptor of it, which is closed, and not by asyncio's watchers: there, to signal one that just died reaps it unseen.
    """
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(descriptor, ended.set)
    try:
        for number in signals:
            process.send_signal(number)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), within_s)
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)
        process.kill()
        process.wait()


def _how(status: int | None) -> str:
    if status is None or status >= 0:
        return f"exit status {status}"
    with contextlib.suppress(ValueError):
        return f"by {signal.Signals(-status).name}"
    return f"by signal {-status}"
