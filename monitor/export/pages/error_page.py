"""What a person sees where a page can't be shown; programs get the same refusal as JSON."""

from __future__ import annotations

import json

from aiohttp import web

from monitor.export.pages.renderer import Renderer
from monitor.export.request import readers_language
from monitor.export.responses import REFUSED, as_octets
from monitor.export.sentences import sentences
from monitor.export.source import Source

_PROGRAMS = ("/api/", "/-/", "/static/", "/metrics")
_TITLES = {404: "no_page", 429: "busy", 503: "busy"}
_KEPT_HEADERS = ("Allow", "Retry-After")


def for_its_reader(answer: web.StreamResponse, request: web.Request, source: Source, renderer: Renderer) -> web.StreamResponse:
    """Return an answer, a refusal in the reader's language: as a page to a browser that navigates, as JSON to programs."""
    error = answer.get(REFUSED)
    if error is None or answer.prepared or not isinstance(answer, web.Response):
        return answer
    settings = source.settings
    language = readers_language(request, settings.language)
    answered = error.answer_in(language)
    if not is_a_persons(request):
        answer.body = as_octets(json.loads(answer.text or "{}") | answered)
        return answer
    say = sentences(language, settings.timezone)
    key = _TITLES.get(answer.status, "not_shown")
    text = renderer.plain(
        "refused.html", say, source.snapshot().inventory.network, key=key, fault=answered["error"], cure=answered["cure"]
    )
    headers = {"Cache-Control": "no-store", "Vary": "Accept, Cookie"}
    headers |= {name: answer.headers[name] for name in _KEPT_HEADERS if name in answer.headers}
    # What is quoted of a request may be no text at all.
    body = text.encode(errors="replace")
    return web.Response(body=body, status=answer.status, content_type="text/html", charset="utf-8", headers=headers)


def is_a_persons(request: web.Request) -> bool:
    """Return whether a browser navigates: it asks for text/html, while a script's fetch asks for anything."""
    is_page = request.method in ("GET", "HEAD") and not request.path.startswith(_PROGRAMS)
    return is_page and "text/html" in request.headers.get("Accept", "")
