"""What operators tell the daemon over HTTP: who has a root cause, and which work is announced."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from monitor.export.api.targets import Json, acknowledgement
from monitor.export.rendered import Renderings
from monitor.export.request import NOTE_LETTERS, as_json_by, json_object, text_field, texts_of
from monitor.export.responses import as_rendered, json_text
from monitor.export.source import Source
from monitor.model.inventory import Inventory
from monitor.model.settings import MaintenanceWindow
from monitor.model.state import AnnouncedWork, Snapshot

_TAKE = '{"target": "ID", "by": "…", "note": "…"}'
_WITHDRAW = '{"target": "ID", "by": "…"}'
_ANNOUNCE = '{"covers": ["ID", …], "for": "2h", "from": "22:00", "reason": "…", "by": "…"}'
_END = '{"work": "1", "by": "…"}'


class OperationsApi:
    """The routes of what operators say. A name is remembered by the browser that it came from."""

    def __init__(self, source: Source, renderings: Renderings) -> None:
        self._source = source
        self._renderings = renderings

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/v1/acknowledgements", self.causes),
            web.post("/api/v1/acknowledgements", self.acknowledge),
            web.post("/api/v1/acknowledgements/withdraw", self.withdraw),
            web.get("/api/v1/maintenance", self.works),
            web.post("/api/v1/maintenance", self.announce),
            web.post("/api/v1/maintenance/end", self.end),
        ]

    async def causes(self, request: web.Request) -> web.Response:
        """Answer every root cause, and whatever else somebody still has, with who has it."""

        def draw(snapshot: Snapshot, _: None) -> str:
            return json_text({"at": snapshot.at, "root_causes": _root_causes(snapshot)})

        return as_rendered(await self._renderings.get("/api/v1/acknowledgements", draw), request)

    async def acknowledge(self, request: web.Request) -> web.Response:
        body = await json_object(request, _TAKE)
        target, by = text_field(body, "target", _TAKE, most=128), text_field(body, "by", _TAKE)
        note = text_field(body, "note", _TAKE, most=NOTE_LETTERS, default="")
        owner = acknowledgement(await self._source.operations.acknowledge(target, by, note))
        return as_json_by(by, {"target": target, "name": self._name(target), "acknowledged": owner})

    async def withdraw(self, request: web.Request) -> web.Response:
        body = await json_object(request, _WITHDRAW)
        target, by = text_field(body, "target", _WITHDRAW, most=128), text_field(body, "by", _WITHDRAW)
        await self._source.operations.withdraw(target, by)
        return as_json_by(by, {"target": target, "name": self._name(target), "acknowledged": None})

    async def works(self, request: web.Request) -> web.Response:
        """Answer the work that was announced at run time and is not over, and the windows of the configuration."""

        def draw(snapshot: Snapshot, announced: Sequence[AnnouncedWork]) -> str:
            works = [_work(each, snapshot.inventory) for each in announced]
            configured = [_window(each, snapshot.inventory) for each in self._source.settings.maintenance]
            return json_text({"at": snapshot.at, "announced": works, "configured": configured})

        found = await self._renderings.get("/api/v1/maintenance", draw, self._source.operations.works)
        return as_rendered(found, request)

    async def announce(self, request: web.Request) -> web.Response:
        body = await json_object(request, _ANNOUNCE)
        by = text_field(body, "by", _ANNOUNCE)
        work = await self._source.operations.announce(
            texts_of(body, "covers", _ANNOUNCE),
            text_field(body, "for", _ANNOUNCE),
            text_field(body, "from", _ANNOUNCE, default=""),
            text_field(body, "reason", _ANNOUNCE, most=NOTE_LETTERS),
            by,
        )
        return as_json_by(by, _work(work, (await self._source.fresh()).inventory))

    async def end(self, request: web.Request) -> web.Response:
        body = await json_object(request, _END)
        work, by = text_field(body, "work", _END, most=128), text_field(body, "by", _END)
        ended = await self._source.operations.end(work, by)
        return as_json_by(by, _work(ended, (await self._source.fresh()).inventory))

    def _name(self, id_: str) -> str:
        view = self._source.snapshot().views.get(id_)
        return view.target.name if view is not None else id_


def _root_causes(snapshot: Snapshot) -> list[Json]:
    found: list[Json] = []
    causes = {cause.target: cause for cause in snapshot.root_causes}
    others = [id_ for id_, view in snapshot.views.items() if view.acknowledged is not None and id_ not in causes]
    for id_ in (*causes, *others):
        view, cause = snapshot.views[id_], causes.get(id_)
        found.append(
            {
                "target": id_,
                "name": view.target.name,
                "state": view.state.value if view.state else None,
                "since": view.since if view.state else None,
                "affected": {"points": cause.points, "endpoints": cause.endpoints} if cause else None,
                "acknowledged": acknowledgement(view.acknowledged),
            }
        )
    return found


def _work(work: AnnouncedWork, inventory: Inventory) -> dict[str, Json]:
    return {"number": work.number, "by": work.by, "at": work.at, **_window(work.window, inventory)}


def _window(window: MaintenanceWindow, inventory: Inventory) -> dict[str, Json]:
    targets, areas = inventory.targets, inventory.areas
    names = [targets[id_].name if id_ in targets else id_ for id_ in window.ids]
    return {
        "names": [*names, *(areas[id_].name if id_ in areas else id_ for id_ in window.areas)],
        "ids": list(window.ids),
        "areas": list(window.areas),
        "reason": window.reason,
        "start": window.start.timestamp() if window.start else None,
        "end": window.end.timestamp() if window.end else None,
        "days": list(window.days),
        "from_time": f"{window.from_time:%H:%M}" if window.from_time else None,
        "to_time": f"{window.to_time:%H:%M}" if window.to_time else None,
    }
