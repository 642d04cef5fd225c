"""What a POST brings: a JSON object, its texts within bounds, and who says it."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote

from aiohttp import web

from monitor.export.source import RefusedError

NAME_LETTERS = 60
NOTE_LETTERS = 300
_COOKIE = "by"
_YEAR_S = 31_536_000


async def json_object(request: web.Request, form: str) -> Mapping[str, Any]:
    """Return the JSON object of a request's body. form: what is expected, for who sent something else."""
    try:
        body = json.loads(await request.text())
    except (ValueError, LookupError):  # LookupError: a charset that nobody knows
        body = None
    if not isinstance(body, dict):
        raise RefusedError("no_object", form=form)
    return body


def text_of(body: Mapping[str, Any], key: str, form: str, *, most: int = NAME_LETTERS, default: str | None = None) -> str:
    """Return a text of the body on one line, in NFC, without control characters. default: where it may be left out or be empty."""
    value = body.get(key)
    if value is not None and not isinstance(value, str):
        raise RefusedError("no_object", form=form)
    text = " ".join("".join(_printable(letter) for letter in unicodedata.normalize("NFC", value or "")).split())
    if len(text) > most:
        raise RefusedError("too_many_letters", field=key, letters=len(text), most=most)
    if text or default is not None:
        return text or str(default)
    raise RefusedError("missing", field=key, form=form)


def texts_of(body: Mapping[str, Any], key: str, form: str) -> Sequence[str]:
    """Return a list of texts of the body; [] where it is left out."""
    value = body.get(key, [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise RefusedError("no_object", form=form)
    return list(dict.fromkeys(value))


def remember_name(response: web.StreamResponse, by: str) -> None:
    """Have the browser remember who said something, so that the next form knows."""
    response.set_cookie(_COOKIE, quote(by), max_age=_YEAR_S, samesite="Strict")


def remembered_name(request: web.Request) -> str:
    """Return who said something from this browser last, '' where nobody did."""
    name = unquote(request.cookies.get(_COOKIE, ""), errors="replace")
    return "".join(map(_printable, name))[:NAME_LETTERS].strip()


def _printable(letter: str) -> str:
    return " " if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") else letter
