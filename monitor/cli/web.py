"""The process of the faces: pages, API, event stream and /metrics, of what the poller tells over a socket.

Started by `monitor run`, never by hand: python -m monitor.cli.web SOCKET LISTENER…, each an open descriptor. It ends with the
poller.
Whatever visitors do to it, the poller goes on: it has the lower priority, is the first to go when memory ends, and holds no SNMP
credential and no login. It knows the journal's URL. Run as another user than root it gives up the right to send raw packets.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from monitor.background import BackgroundTasks
from monitor.cli.program import start_log
from monitor.errors import SetupError
from monitor.export.http import make_app
from monitor.export.remote.channel import PeerChannel
from monitor.export.remote.web_side import RemoteSource
from monitor.export.reports.process import ReportProcess
from monitor.export.server.listening import limits_of_this_process
from monitor.export.server.listening import serve as listening
from monitor.export.server.unexpected import Faults
from monitor.journal.rows import Entry
from monitor.journal.store import JournalReader

log = logging.getLogger(__name__)

NICE = 5
OOM_SCORE = 500
"""Half of what the kernel can add: where memory ends, this process goes before the poller."""
_CAPABILITY_VERSION_3 = 0x20080522
"""linux/capability.h: two sets of 32 bits each."""


class JournalBeside:
    """The journal's lines for pages, read beside the poller, which writes them."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._reader: JournalReader | None = None
        self._opening = threading.Lock()
        self._faults = Faults()

    async def events(self, since: float | None, limit: int, target: str | None) -> Sequence[Entry]:
        """Return the newest lines after `since`, newest first; [] while the database can't be read."""
        try:
            return await asyncio.to_thread(self._read, since, limit, target)
        except (SQLAlchemyError, SetupError) as error:
            self._faults.note(error, "reading the journal", asyncio.get_running_loop().time())
            return []

    def _read(self, since: float | None, limit: int, target: str | None) -> Sequence[Entry]:
        with self._opening:
            reader = self._reader = self._reader or JournalReader(self._url)
        return reader.events(since, limit, target)


def main() -> None:
    start_log()
    step_back()
    poller, *listeners = (socket.socket(fileno=int(each)) for each in sys.argv[1:])
    asyncio.run(serve_until_gone(poller, listeners))


def step_back() -> None:
    """Give the poller precedence, and give up what only the poller needs."""
    # Ctrl-C goes to every process of a terminal; the poller says when it is over.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with contextlib.suppress(OSError):
        os.nice(NICE)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(str(OOM_SCORE), encoding="ascii")
    if os.geteuid() != 0:
        _give_up_capabilities()


def _give_up_capabilities() -> None:
    """Drop every capability of this process, ambient ones too (capset(2)): who takes it over must not send raw packets."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    if ctypes.CDLL(None, use_errno=True).capset(header, (ctypes.c_uint32 * 6)()):
        log.warning("the process that serves pages keeps its capabilities: %s", os.strerror(ctypes.get_errno()))


async def serve_until_gone(poller: socket.socket, listeners: Sequence[socket.socket]) -> None:
    """Serve on the listeners what the poller tells, until it is gone or SIGTERM comes."""
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    source = RemoteSource(await PeerChannel.over(poller))
    hearing = BackgroundTasks("what hears the poller")
    hearing.start(source.run()).add_done_callback(lambda _: ended.set())
    await source.fresh()
    source.read_events_by(JournalBeside(source.settings.journal).events)
    # Each file of a report is made by a process of its own, so that what it takes is nobody else's.
    reporter = ReportProcess((sys.executable, "-m", "monitor.report.worker"))
    app = make_app(source, meetings=source.meetings, reporter=reporter, limits=limits_of_this_process())
    async with listening(app, listeners):
        await source.serving()
        await ended.wait()
    await hearing.end()


if __name__ == "__main__":
    main()
