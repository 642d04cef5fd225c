"""How the routes answer: JSON, whole or line by line, refusals with their cure, and what is kept in memory."""

from __future__ import annotations

import json
from collections.abc import Awaitable

from aiohttp import web

from monitor import words
from monitor.errors import LOG, MonitorError
from monitor.export.rendered import Rendered
from monitor.words.phrase import Phrase

JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"
REFUSED = web.ResponseKey("refused", MonitorError)
"""Under which a refusal holds its error."""
_YEAR_S = 31_536_000


def as_json(body: object, status: int = 200) -> web.Response:
    return web.Response(body=as_octets(body), status=status, content_type="application/json", charset="utf-8")


def as_octets(body: object) -> bytes:
    """Return an answer's JSON as it is sent."""
    # A lone surrogate, as a request may hold it, is no character; its escape, here and in JSON the same, is.
    return json_text(body).encode(errors="backslashreplace")


def refusal(status: int, code: str, remedy: Phrase | None = None, /, **values: object) -> web.Response:
    """Return why a request is refused and what would do, by codes of words/faults; error_page.py tells it to its reader."""
    return refused(status, MonitorError(code, remedy, **values))


def refused(status: int, error: MonitorError, **more: object) -> web.Response:
    """Return the refusal of an error, in English until its reader is known. more: what programs are told beside."""
    answer = as_json(error.answer_in(LOG) | more, status=status)
    answer[REFUSED] = error
    return answer


def as_rendered(rendered: Rendered, request: web.Request, kind: str = JSON) -> web.Response:
    """Return what is kept in memory, zipped where that is accepted; 304 where the visitor has it already.

    kind: its Content-Type. A browser may keep it for itself and asks each time whether it is still true. A language that a page was
    asked for is remembered.
    """
    is_zipped = accepts_gzip(request.headers.get("Accept-Encoding", ""))
    # Zipped or not are two representations, which a strong validator must tell apart (RFC 9110, 8.8.3.3).
    tag = f'"{rendered.digest}{".gz" if is_zipped else ""}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Cookie, Accept-Encoding"}
    if _has(request.headers.get("If-None-Match", ""), tag):
        response = web.Response(status=304, headers=headers)
    else:
        headers["Content-Type"] = kind
        if is_zipped:
            headers["Content-Encoding"] = "gzip"
        response = web.Response(body=rendered.zipped if is_zipped else rendered.body, headers=headers)
    if kind is HTML and (language := request.query.get("lang", "")) in words.LANGUAGES:
        response.set_cookie("lang", language, max_age=_YEAR_S, samesite="Strict")
    return response


def accepts_gzip(accepted: str) -> bool:
    for each in accepted.split(","):
        name, _, weight = each.partition(";")
        if name.strip() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _has(asked: str, tag: str) -> bool:
    """Return whether an If-None-Match names a tag; weak and strong compare alike there (RFC 9110, 13.1.2)."""
    return asked.strip() == "*" or tag in [each.strip().removeprefix("W/") for each in asked.split(",")]


def json_text(body: object) -> str:
    return json.dumps(body, ensure_ascii=False)


class JsonLines:
    """One JSON value a line, each sent when it is there."""

    def __init__(self) -> None:
        self._response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson", "Cache-Control": "no-store"})
        self._has_listener = True

    async def begin(self, request: web.Request) -> None:
        await self._send(self._response.prepare(request))

    async def write(self, content: object) -> None:
        if self._has_listener:
            await self._send(self._response.write(json_text(content).encode() + b"\n"))

    async def end(self) -> web.StreamResponse:
        if self._has_listener:
            await self._send(self._response.write_eof())
        return self._response

    async def _send(self, sending: Awaitable[object]) -> None:
        try:
            await sending
        except ConnectionError:
            self._has_listener = False
