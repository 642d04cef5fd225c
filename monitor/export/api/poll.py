"""POST /api/v1/poll: probe now, and answer each reading as it comes."""

from __future__ import annotations

from aiohttp import web

from monitor.export.api.readings import row
from monitor.export.parameters import BadParameterError
from monitor.export.request_body import json_of
from monitor.export.responses import JsonLines
from monitor.export.server.connection import client_that_asks, gone
from monitor.export.server.turns import Turns
from monitor.export.source import Source
from monitor.export.visitor import text_language_of
from monitor.words.phrase import Phrase

_WAITING = 8


class Polling:
    """One poll at a time: two people who are curious at once must not double what the devices bear."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._turns = Turns(waiting=_WAITING)

    def routes(self) -> list[web.RouteDef]:
        """Return the one route."""
        return [web.post("/api/v1/poll", self.poll)]

    async def poll(self, request: web.Request) -> web.StreamResponse:
        """Answer JSON lines: {"asked": how many readings}, then one reading a line in the order in which they come."""
        language, body = text_language_of(request), await json_of(request)
        await self._source.fresh()
        ids = self._ids(body)
        async with self._turns.turn(client_that_asks(request), gone(request)):
            asked, readings = await self._source.poll(ids)
            answer = JsonLines()
            await answer.begin(request)
            await answer.write({"asked": asked})
            # The turn lasts until all is heard, listened to or not: the devices are being asked until then.
            async for reading in readings:
                await answer.write(row(reading, language))
            return await answer.end()

    def _ids(self, body: object) -> list[str]:
        ids = body.get("targets") if isinstance(body, dict) else None
        if not isinstance(ids, list) or not all(isinstance(each, str) for each in ids):
            raise BadParameterError("body_unexpected", Phrase("send_targets"))
        known = self._source.snapshot().views
        unknown = [each for each in ids if each not in known]
        if unknown:
            raise BadParameterError("no_target_here", name=repr(unknown[0]))
        return list(dict.fromkeys(ids)) or list(known)
