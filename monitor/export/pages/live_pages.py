"""The pages as faces: what the stream tells of each while it is open, and which face a request asks for.

Nothing on a page belongs to one visitor: what does (light or dark, the name that was given last, which forms are shown) is added
in the browser by a script. So a page is rendered for all of an audience at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol
from weakref import WeakValueDictionary

from monitor.export.audience import Audience
from monitor.export.pages.meeting_page import MeetingFace, MeetingsFace
from monitor.export.pages.renderer import Renderer
from monitor.export.pages.target_page import TargetFace
from monitor.export.pages.tiles import tiles
from monitor.export.source import Meetings, Source
from monitor.model.state import Snapshot

TileValues = tuple[str | int, ...]
"""A tile's attributes, in the order in which the page's script takes them."""


class Face(Protocol):
    """One page, as it is shown and as the stream keeps it true."""

    @property
    def key(self) -> str:
        """Return what tells this page from others; screens that show the same page share what is rendered."""

    async def prepare(self) -> None:
        """Fetch what can't be had on the spot, such as the journal's lines; called before anything is shown, again and again.

        Fetches at most once a second, however many ask.
        """

    def layout_id(self, snapshot: Snapshot) -> str:
        """Return what changes whenever the open page must be loaded anew."""

    def tiles(self, snapshot: Snapshot) -> Mapping[str, TileValues]:
        """Return id → attributes of each tile; for the province: state, worst endpoint's or '', time of a recent change or 0."""

    def parts(self, snapshot: Snapshot, audience: Audience) -> dict[str, str]:
        """Return element id → HTML of everything on the page that changes and is not a tile."""

    def page(self, snapshot: Snapshot, audience: Audience) -> str:
        """Return the whole page."""


class ProvinceFace:
    """The page of the whole province."""

    key = "province"

    def __init__(self, source: Source, renderer: Renderer, meetings: Meetings) -> None:
        self._source = source
        self._renderer = renderer
        self._meetings = meetings

    async def prepare(self) -> None:
        """Need nothing."""

    def layout_id(self, snapshot: Snapshot) -> str:
        """Return the inventory's."""
        return self._renderer.layout_id(snapshot.inventory)

    def tiles(self, snapshot: Snapshot) -> dict[str, TileValues]:
        """Return each point's tile."""
        found = tiles(self._renderer.layout(snapshot.inventory), snapshot)
        return {
            id_: (tile.state.value, tile.endpoint.value if tile.endpoint else "", int(tile.changed_at))
            for id_, tile in found.items()
        }

    def parts(self, snapshot: Snapshot, audience: Audience) -> dict[str, str]:
        """Return the panels and heads."""
        return self._renderer.parts(snapshot, self._source.settings, audience.language, self._meetings.meetings())

    def page(self, snapshot: Snapshot, audience: Audience) -> str:
        """Return the whole page."""
        return self._renderer.page(snapshot, self._source.settings, audience.language, self._meetings.meetings())


class Faces:
    """Every page of a source. Who looks at the same target or meeting shares its face."""

    def __init__(self, source: Source, renderer: Renderer, meetings: Meetings) -> None:
        self.source = source
        self.renderer = renderer
        self.meetings = meetings
        self.list_of_meetings = MeetingsFace(source, renderer, meetings)
        self.province = ProvinceFace(source, renderer, meetings)
        self._targets: WeakValueDictionary[str, TargetFace] = WeakValueDictionary()
        self._boards: WeakValueDictionary[str, MeetingFace] = WeakValueDictionary()

    def of(self, query: Mapping[str, str]) -> Face | None:
        """Return the page that a stream is asked for, the province's unless ?page= says else; None where there is none such."""
        match query.get("page", "province"):
            case "province":
                return self.province
            case "target" if (id_ := query.get("id", "")) in self.source.snapshot().views:
                return self.target(id_)
            case "meetings":
                return self.list_of_meetings
            case "meeting" if (id_ := query.get("id", "")) and any(each.meeting.id == id_ for each in self.meetings.meetings()):
                return self.board(id_)
            case _:
                return None

    def target(self, id_: str) -> TargetFace:
        """Return the page of a target, known or not, as long as somebody holds it."""
        face = self._targets.get(id_)
        if face is None:
            face = self._targets[id_] = TargetFace(id_, self.source, self.renderer, self.meetings)
        return face

    def board(self, id_: str) -> MeetingFace:
        """Return the board of a meeting, known or not, as long as somebody holds it."""
        face = self._boards.get(id_)
        if face is None:
            face = self._boards[id_] = MeetingFace(id_, self.source, self.renderer, self.meetings)
        return face
