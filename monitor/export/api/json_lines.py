"""An answer that comes line by line; who hangs up hears no more of it, and ends nothing that was begun."""

from __future__ import annotations

import json
from collections.abc import Awaitable

from aiohttp import web


class JsonLines:
    """One JSON value a line, each sent when it is there."""

    def __init__(self) -> None:
        self._response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson", "Cache-Control": "no-store"})
        self._has_listener = True

    async def begin(self, request: web.Request) -> None:
        """Send the head."""
        await self._send(self._response.prepare(request))

    async def write(self, content: object) -> None:
        """Send a line."""
        if self._has_listener:
            await self._send(self._response.write(json.dumps(content, ensure_ascii=False).encode() + b"\n"))

    async def end(self) -> web.StreamResponse:
        """Send the end; return the response, to be handed on."""
        if self._has_listener:
            await self._send(self._response.write_eof())
        return self._response

    async def _send(self, sending: Awaitable[object]) -> None:
        try:
            await sending
        except ConnectionError:
            self._has_listener = False
