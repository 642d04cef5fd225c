"""POST /api/v1/poll: probe now, and answer each reading as it comes."""

from __future__ import annotations

import asyncio
import json

from aiohttp import web

from monitor.export.api import BadParameterError
from monitor.export.readings import row
from monitor.export.source import Source


class Polling:
    """One poll at a time: two people who are curious at once must not double what the devices bear."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._turn = asyncio.Lock()

    def routes(self) -> list[web.RouteDef]:
        """Return the one route."""
        return [web.post("/api/v1/poll", self.poll)]

    async def poll(self, request: web.Request) -> web.StreamResponse:
        """Answer JSON lines: {"asked": how many readings}, then one reading a line in the order in which they come."""
        body = await _body(request)
        await self._source.fresh()
        ids = self._ids(body)
        async with self._turn:
            asked, readings = await self._source.poll(ids)
            response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson", "Cache-Control": "no-store"})
            await response.prepare(request)
            await response.write(_line({"asked": asked}))
            async for reading in readings:
                await response.write(_line(row(reading)))
            await response.write_eof()
            return response

    def _ids(self, body: object) -> list[str]:
        ids = body.get("targets") if isinstance(body, dict) else None
        if not isinstance(ids, list) or not all(isinstance(each, str) for each in ids):
            raise BadParameterError("the body is not what is expected", 'send {"targets": ["ID", …]}; an empty list means all')
        known = self._source.snapshot().views
        unknown = [each for each in ids if each not in known]
        if unknown:
            raise BadParameterError(f"no target is called {unknown[0]!r}", "/api/v1/targets lists them all")
        return list(dict.fromkeys(ids)) or list(known)


async def _body(request: web.Request) -> object:
    try:
        body: object = json.loads(await request.text())
    except (ValueError, LookupError):  # LookupError: a charset that nobody knows
        return None
    return body


def _line(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode() + b"\n"
