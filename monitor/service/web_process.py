"""The process that visitors meet: started beside the poller, fed by it, started again when it ends, ended with it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
from collections.abc import Mapping, Sequence

from monitor.export.remote.channel import Channel
from monitor.export.remote.poller_side import PollerSide
from monitor.export.source import Meetings, Source

log = logging.getLogger(__name__)

PROGRAM = ("-m", "monitor.cli.web")
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
LASTED_S = 60.0
"""A process that ran for so long and ends has met something new; one that did not is started ever more seldom."""
END_S = 4.0
_OURS = ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC")
"""What the service manager tells the poller, and nobody else."""


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
    ) -> None:
        """program: arguments of this Python; descriptors follow them: of the socket to the poller, then of each listener."""
        self._source = source
        self._meetings = meetings
        self._listeners = tuple(listeners)
        self._program = tuple(program)
        self._environment = {name: value for name, value in environment.items() if name not in _OURS}
        self._first_pause_s = first_pause_s
        self._end_s = end_s
        self.serving = asyncio.Event()
        """Set once visitors were taken for the first time."""
        self.starts = 0

    async def run(self) -> None:
        """Start the process, answer it, and start it again when it ends, until cancelled; then end it."""
        loop, pause_s = asyncio.get_running_loop(), self._first_pause_s
        while True:
            started_s = loop.time()
            how = await self._live()
            pause_s = self._first_pause_s if loop.time() - started_s >= LASTED_S else min(2 * pause_s, LONGEST_PAUSE_S)
            log.error("the process that serves pages and /metrics ended (%s); it is started again in %.1f s", how, pause_s)
            await asyncio.sleep(pause_s)

    async def _live(self) -> str:
        """Have one process live; return how it ended, in words for the log."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with theirs:
            fds = [theirs.fileno(), *(listener.fileno() for listener in self._listeners)]
            words = [sys.executable, *self._program, *map(str, fds)]
            process = await asyncio.create_subprocess_exec(
                *words, stdin=asyncio.subprocess.DEVNULL, pass_fds=fds, env=self._environment
            )
        self.starts += 1
        try:
            await PollerSide(self._source, self._meetings, await Channel.over(ours), serving=self.serving.set).run()
        finally:
            await _end(process, self._end_s)
        return _how(process.returncode)


async def _end(process: asyncio.subprocess.Process, within_s: float) -> None:
    """End a process, by its own leave first."""
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), within_s)
    except TimeoutError:
        log.warning("the process that serves pages does not end; it is killed")
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _how(status: int | None) -> str:
    if status is None or status >= 0:
        return f"exit status {status}"
    with contextlib.suppress(ValueError):
        return f"by {signal.Signals(-status).name}"
    return f"by signal {-status}"
