"""How the routes answer: JSON, refusals with their cure, pages, and which language and ground a request asks for."""

from __future__ import annotations

import functools
import json

from aiohttp import web

from monitor import words
from monitor.export.api import BadParameterError

_YEAR_S = 31_536_000
_dumps = functools.partial(json.dumps, ensure_ascii=False)


def as_json(body: object, status: int = 200) -> web.Response:
    """Return an answer for programs."""
    return web.json_response(body, status=status, dumps=_dumps)


def refusal(status: int, fault: str, cure: str) -> web.Response:
    """Return why a request is refused, and what would do."""
    return as_json({"error": fault, "cure": cure}, status=status)


def as_page(text: str, request: web.Request, language: str) -> web.Response:
    """Return an answer for people; a language that was asked for is remembered."""
    response = web.Response(
        text=text, content_type="text/html", headers={"Cache-Control": "no-store", "Vary": "Cookie, Accept-Encoding"}
    )
    response.enable_compression()
    if "lang" in request.query:
        response.set_cookie("lang", language, max_age=_YEAR_S, samesite="Strict")
    return response


def language_of(request: web.Request, default: str) -> str:
    """Return ?lang=, else what the cookie remembers, else the settings' language."""
    asked = request.query.get("lang")
    if asked is not None and asked not in words.LANGUAGES:
        raise BadParameterError(f"lang: {asked!r} is not a language", f"give one of {', '.join(words.LANGUAGES)}")
    return readers_language(request, default)


def readers_language(request: web.Request, default: str) -> str:
    """Return the same, where a language that is none counts as not asked for."""
    asked, remembered = request.query.get("lang", ""), request.cookies.get("lang", "")
    return next((each for each in (asked, remembered) if each in words.LANGUAGES), default)


def theme_of(request: web.Request) -> str:
    """Return 'dark' or 'light' as the cookie remembers it, '' where the screen decides."""
    theme = request.cookies.get("theme", "")
    return theme if theme in ("light", "dark") else ""
