"""Meetings as a test says they are, for the API and the metrics."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from monitor.errors import Notice
from monitor.model.meeting import Confirmation, MeetingView
from monitor.model.state import State
from monitor.rules.readiness.verdicts import judge_readiness
from tests.rules.endpoints import meeting_input, seen


@dataclass
class FakeMeetings:
    """views: what is shown. checked: ids that were checked."""

    views: list[MeetingView] = field(
        default_factory=lambda: [judge_readiness(meeting_input(seen(state=State.UNREACHABLE, cause="huyen")))]
    )
    checked: list[str] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def meetings(self) -> Sequence[MeetingView]:
        return self.views

    def calendar_notices(self) -> Sequence[Notice]:
        return self.notices

    def subscribe(self, _: Callable[[MeetingView], None]) -> Callable[[], None]:
        return lambda: None

    async def confirm(self, _meeting: str, _endpoint: str, _confirmation: Confirmation) -> MeetingView | None:
        return None

    async def check(self, meeting: str, progress: Callable[[int, int], None]) -> MeetingView | None:
        self.checked.append(meeting)
        for done in range(5):
            progress(done, 4)
        return self.views[0]

    async def sealed(self, _meeting: str) -> MeetingView | None:
        return None
