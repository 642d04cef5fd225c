"""Every page of a source, and which of them a request asks for."""

from __future__ import annotations

from collections.abc import Mapping
from weakref import WeakValueDictionary

from monitor.export.old_addresses import id_now
from monitor.export.pages.meeting_page import MeetingListPage, MeetingPage
from monitor.export.pages.province_page import ProvincePage
from monitor.export.pages.renderer import LivePage, Renderer
from monitor.export.pages.target_page import TargetPage
from monitor.export.source import Meetings, Source


class LivePages:
    """Who looks at the same target or meeting shares its page, which lives as long as somebody holds it."""

    def __init__(self, source: Source, renderer: Renderer, meetings: Meetings) -> None:
        self.source = source
        self.renderer = renderer
        self.meetings = meetings
        self.province = ProvincePage(source, renderer, meetings)
        self.meeting_list = MeetingListPage(source, renderer, meetings)
        self._targets: WeakValueDictionary[str, TargetPage] = WeakValueDictionary()
        self._meetings: WeakValueDictionary[str, MeetingPage] = WeakValueDictionary()

    def of(self, query: Mapping[str, str]) -> LivePage | None:
        """Return the page that a stream is asked for, the province's unless ?page= says else; None where there is none such."""
        id_ = query.get("id", "")
        match query.get("page", "province"):
            case "province":
                return self.province
            case "target" if id_ in self.source.snapshot().views:
                return self.target(id_)
            case "meetings":
                return self.meeting_list
            case "meeting" if (now := id_now(id_, self.meetings.meetings())) is not None:
                return self.meeting(now)
            case _:
                return None

    def target(self, id_: str) -> TargetPage:
        """Return the page of a target, known or not."""
        return self._targets.get(id_) or self._targets.setdefault(id_, TargetPage(id_, self.source, self.renderer, self.meetings))

    def meeting(self, id_: str) -> MeetingPage:
        """Return the board of a meeting, known or not."""
        return self._meetings.get(id_) or self._meetings.setdefault(
            id_, MeetingPage(id_, self.source, self.renderer, self.meetings)
        )
