"""What pages, API and metrics need of the daemon; cli/run.py joins the two."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Protocol

from monitor.errors import Fault, MonitorError, Notice
from monitor.model.agent_limits import AgentLimits
from monitor.model.day_series import Day
from monitor.model.meeting import Confirmation, MeetingView, ReportOrder
from monitor.model.reading import Reading
from monitor.model.settings import Settings
from monitor.model.state import Acknowledgement, AnnouncedWork, Event, Snapshot, Transition


class RefusedError(MonitorError):
    """What an operator or a visitor asks can't be done: why, and what would do."""

    @property
    def is_of_now(self) -> bool:
        """True where the request is well formed and only what is the case now stands against it."""
        return self.code in ("behind", "not_down", "not_taken", "no_work", "many_works", "sealed_later")


class Operations(Protocol):
    """What operators tell the daemon while it runs: the journal has it before anybody sees it, and it outlives a restart.

    by: who says it, a name or a role. Every method may raise RefusedError.
    """

    async def acknowledge(self, target: str, by: str, note: str) -> Acknowledgement:
        """Take a root cause on, until its outage ends; who takes on what another has takes it over."""

    async def withdraw(self, target: str, by: str) -> None:
        """Take an acknowledgement back."""

    async def works(self) -> Sequence[AnnouncedWork]:
        """Return the work that was announced at run time and is not over, the earliest first."""

    async def announce(self, covers: Sequence[str], lasts: str, start: str, reason: str, by: str) -> AnnouncedWork:
        """Announce work. covers: ids of targets and areas. lasts: such as 2h. start: such as 22:00, '' for now."""

    async def end(self, work: str, by: str) -> AnnouncedWork:
        """End work that is under way, or call it off: by its number, or an id of a target or area that it alone covers."""


class SilentError(Exception):
    """The poller does not answer; what is asked of it can't be told now, and what is known of it may be old."""


class Source(Protocol):
    """Where snapshots, events and settings come from. Everything is called on the event loop.

    What is asked with `await` may be asked of another process, and then raises SilentError where that does not answer.
    """

    @property
    def settings(self) -> Settings:
        """Return the settings in force; another object after a reload that changed them."""

    @property
    def operations(self) -> Operations:
        """Return where operators are heard."""

    def snapshot(self) -> Snapshot:
        """Return the last picture that is known here; `at` says of when it is."""

    async def fresh(self) -> Snapshot:
        """Return the picture of now, or of a second ago at most. From then on snapshot() returns it too, or a newer one."""

    def subscribe(self, callback: Callable[[Snapshot], None]) -> Callable[[], None]:
        """Call back with each published change of a state; the callback does not block. Returns what ends it."""

    async def events(self, since: float | None, limit: int, target: str | None = None) -> Sequence[Transition | Event]:
        """Return what the journal holds after `since` (epoch seconds), of one target if given, newest first, at most `limit`."""

    async def history(self, target: str) -> Day | None:
        """Return the last 24 hours of a target by the minute; None where nothing was seen of it."""

    async def reload(self) -> Sequence[Fault]:
        """Load the configuration anew; return its faults, () where it is in force now."""

    async def poll(self, ids: Sequence[str]) -> tuple[int, AsyncIterator[Reading]]:
        """Probe targets now: how many readings there will be, and each as it comes."""

    async def agent_limits(self, target: str) -> AgentLimits | None:
        """Return how a target's SNMP agent wants to be asked; None before its first poll."""

    async def own_metrics(self, *, is_openmetrics: bool) -> str:
        """Return the text of the daemon's own metrics, without the closing # EOF."""

    def is_ready(self) -> bool:
        """Return whether the configuration is loaded and the first probes are sent."""


class Meetings(Protocol):
    """Whoever watches the meetings, as pages, API and metrics need it. Everything is called on the event loop."""

    def meetings(self) -> Sequence[MeetingView]:
        """Return the meetings that are shown now, the next to begin first."""

    def calendar_notices(self) -> Sequence[Notice]:
        """Return what is told of the calendars that meetings come from; the same object as long as it is the same."""

    def subscribe(self, callback: Callable[[MeetingView], None]) -> Callable[[], None]:
        """Call back with each meeting that changed, also while it is being checked; it does not block. Returns what ends it."""

    async def confirm(self, meeting: str, endpoint: str, confirmation: Confirmation) -> MeetingView | None:
        """Keep a technician's tick in the journal and judge anew; None where there is no such meeting, or endpoint in it."""

    async def check(self, meeting: str, progress: Callable[[int, int], None]) -> MeetingView | None:
        """Check a meeting now and return what was found; None where there is no such meeting. progress: done, of how many."""

    async def sealed(self, meeting: str) -> MeetingView | None:
        """Return a meeting's report as it was sealed; None before that, or where there is no such meeting.

        Raises ValueError where what is kept is not what was sealed, RefusedError where a later version has sealed it.
        """


class ReportFailedError(MonitorError):
    """A report can't be made now: why, and what would do.

    quoted: what the system, or who makes reports, said last, for the log; '' where the sentence says it all.
    """

    def __init__(self, code: str, quoted: str = "", /, **values: object) -> None:
        super().__init__(code, **values)
        self.quoted = quoted


class Reporter(Protocol):
    """Makes the file of a meeting's report, away from the event loop; cli/run.py joins it."""

    async def __call__(self, order: ReportOrder) -> bytes:
        """Return the file. Raises ReportFailedError. Whoever is cancelled has ended whatever was making it."""


class NoMeetings:
    """Stands in where nobody watches meetings."""

    def meetings(self) -> Sequence[MeetingView]:
        return ()

    def calendar_notices(self) -> Sequence[Notice]:
        return ()

    def subscribe(self, _: Callable[[MeetingView], None]) -> Callable[[], None]:
        return lambda: None

    async def confirm(self, _meeting: str, _endpoint: str, _confirmation: Confirmation) -> MeetingView | None:
        return None

    async def check(self, _meeting: str, _progress: Callable[[int, int], None]) -> MeetingView | None:
        return None

    async def sealed(self, _meeting: str) -> MeetingView | None:
        return None
