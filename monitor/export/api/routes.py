"""The routes of what programs read: targets, events, discovery, who asks, and readings that are asked for now."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from monitor.export.api import discovery, targets
from monitor.export.api.readings import row
from monitor.export.audience import MAY, audience_of, role_of, text_language_of
from monitor.export.rendered import Renderings
from monitor.export.request import BadParameterError, check_known, json_of, limit_of, no_target, remembered_name, since_of
from monitor.export.responses import JsonLines, as_json, as_rendered, json_text
from monitor.export.sentences import names_of, place_names, sentences
from monitor.export.server.connection import client_that_asks, gone
from monitor.export.server.turns import Turns
from monitor.export.source import Source
from monitor.model.agent_limits import AgentLimits
from monitor.model.state import Event, Snapshot, Transition
from monitor.words.phrase import Phrase

_POLLS_WAITING = 8


class ApiRoutes:
    """/api/v1: what programs read."""

    def __init__(self, source: Source, renderings: Renderings) -> None:
        self._source = source
        self._renderings = renderings
        # One poll at a time: two people who are curious at once must not double what the devices bear.
        self._polls = Turns(waiting=_POLLS_WAITING)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/v1/targets", self.targets),
            web.get("/api/v1/targets/{id}", self.target),
            web.get("/api/v1/events", self.events),
            web.get("/api/v1/sd", self.discover),
            web.get("/api/v1/me", self.me),
            web.post("/api/v1/poll", self.poll),
        ]

    async def targets(self, request: web.Request) -> web.Response:
        def draw(snapshot: Snapshot, _: None) -> str:
            return json_text(targets.targets(snapshot, self._source.settings))

        return as_rendered(await self._renderings.get("/api/v1/targets", draw), request)

    async def target(self, request: web.Request) -> web.Response:
        id_, audience = request.match_info["id"], audience_of(request, self._source.settings.language)
        language = text_language_of(request)

        async def prepare() -> AgentLimits | None:
            if id_ not in (await self._source.fresh()).views:
                raise no_target(id_)
            return await self._source.agent_limits(id_)

        def draw(snapshot: Snapshot, agent_limits: AgentLimits | None) -> str:
            view, settings = snapshot.views.get(id_), self._source.settings
            if view is None:
                raise no_target(id_)
            why = sentences(audience.language, settings.timezone).reason(view.reason, names_of(snapshot))
            whole = targets.target_in_full(view, snapshot, settings, why, language, has_telephones=audience.sees_telephones)
            return json_text(whole | {"snmp_manner": targets.agent_limits(agent_limits, language)})

        return as_rendered(await self._renderings.get(("/api/v1/targets", id_, audience, language), draw, prepare), request)

    async def events(self, request: web.Request) -> web.Response:
        check_known(request.query, ("since", "limit", "lang"))
        since, limit = since_of(request.query), limit_of(request.query)
        audience, language = audience_of(request, self._source.settings.language), text_language_of(request)

        async def prepare() -> Sequence[Transition | Event]:
            return await self._source.events(since, limit)

        def draw(snapshot: Snapshot, found: Sequence[Transition | Event]) -> str:
            say, names = sentences(audience.language, self._source.settings.timezone), place_names(snapshot)
            events = [targets.entry(item, say.entry(item, names), language) for item in found]
            return json_text({"at": snapshot.at, "events": events})

        return as_rendered(await self._renderings.get(("/api/v1/events", since, limit, audience, language), draw, prepare), request)

    async def discover(self, request: web.Request) -> web.Response:
        query = {name: request.query[name] for name in sorted(request.query)}

        def draw(snapshot: Snapshot, _: None) -> str:
            return json_text(discovery.groups(snapshot.inventory, self._source.settings, query))

        return as_rendered(await self._renderings.get(("/api/v1/sd", *query.items()), draw), request)

    async def me(self, request: web.Request) -> web.Response:
        """Answer the name that was given last from this browser ('' where none was), the role, and what it may do.

        Pages are rendered once for everybody and hold nothing of this; their script fills forms and shows buttons by it.
        """
        role = role_of(request)
        answer = as_json({"name": remembered_name(request), "role": role.value, "may": list(MAY[role])})
        answer.headers["Cache-Control"] = "no-store"
        return answer

    async def poll(self, request: web.Request) -> web.StreamResponse:
        """Probe now; answer JSON lines: {"asked": how many readings}, then each reading as it comes."""
        language, body = text_language_of(request), await json_of(request)
        await self._source.fresh()
        ids = self._polled_ids(body)
        async with self._polls.turn(client_that_asks(request), gone(request)):
            asked, readings = await self._source.poll(ids)
            answer = JsonLines()
            await answer.begin(request)
            await answer.write({"asked": asked})
            # The turn lasts until all is heard, listened to or not: the devices are being asked until then.
            async for reading in readings:
                await answer.write(row(reading, language))
            return await answer.end()

    def _polled_ids(self, body: object) -> list[str]:
        ids = body.get("targets") if isinstance(body, dict) else None
        if not isinstance(ids, list) or not all(isinstance(each, str) for each in ids):
            raise BadParameterError("body_unexpected", Phrase("send_targets"))
        known = self._source.snapshot().views
        unknown = [each for each in ids if each not in known]
        if unknown:
            raise BadParameterError("no_target_here", name=repr(unknown[0]))
        return list(dict.fromkeys(ids)) or list(known)
