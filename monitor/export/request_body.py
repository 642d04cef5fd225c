"""What a POST brings: a JSON object, its texts within bounds, and who says it."""

from __future__ import annotations

import asyncio
import json
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote

from aiohttp import web
from aiohttp.http_exceptions import ContentEncodingError, HttpProcessingError

from monitor.export.parameters import BadParameterError
from monitor.export.responses import as_json
from monitor.export.server.admission import Refusal
from monitor.export.server.connection import ADMISSION, client_that_asks
from monitor.export.source import RefusedError
from monitor.words.phrase import Phrase, phrase

NAME_LETTERS = 60
NOTE_LETTERS = 300
_COOKIE = "by"
_YEAR_S = 31_536_000


async def json_object(request: web.Request, form: str) -> Mapping[str, Any]:
    """Return the JSON object of a request's body. form: what is expected, for who sent something else."""
    body = await json_of(request)
    if not isinstance(body, dict):
        raise _unexpected(form)
    return body


async def json_of(request: web.Request) -> object:
    """Return what a request's body says in JSON, None where that is no JSON.

    Raises BadParameterError where the body is broken off or wrongly coded, HTTPRequestTimeout where it does not come in time.
    """
    admission = request.config_dict[ADMISSION]
    try:
        async with asyncio.timeout(admission.limits.body_s):
            text = await request.text()
    except TimeoutError:
        admission.refusals.note(Refusal.SLOW_BODY, client_that_asks(request))
        raise web.HTTPRequestTimeout from None
    except (ValueError, LookupError):  # not of its charset, or of one that nobody knows
        return None
    except (web.RequestPayloadError, HttpProcessingError) as error:
        raise BadParameterError("body_unreadable", reason=_why(error)) from None
    try:
        body: object = json.loads(text)
    except (ValueError, RecursionError):  # RecursionError: [[[[…
        return None
    return body


def _why(error: Exception) -> Phrase:
    """Return why a body can't be read; whose chunks are broken waits until it is late, as aiohttp does."""
    is_of_coding = any(isinstance(each, ContentEncodingError) for each in (error, error.__cause__, *error.args))
    return Phrase("body_coding" if is_of_coding else "body_broken_off")


def text_field(body: Mapping[str, Any], key: str, form: str, *, most: int = NAME_LETTERS, default: str | None = None) -> str:
    """Return a text of the body on one line, in NFC, without control characters. default: where it may be left out or be empty."""
    value = body.get(key)
    if value is not None and not isinstance(value, str):
        raise _unexpected(form)
    text = " ".join("".join(_printable(letter) for letter in unicodedata.normalize("NFC", value or "")).split())
    if len(text) > most:
        raise RefusedError("field_too_long", field=key, letters=len(text), most=most)
    if text or default is not None:
        return text or str(default)
    raise RefusedError("field_missing", phrase("send_form", form=form), field=key)


def texts_of(body: Mapping[str, Any], key: str, form: str) -> Sequence[str]:
    """Return a list of texts of the body; [] where it is left out."""
    value = body.get(key, [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise _unexpected(form)
    return list(dict.fromkeys(value))


def _unexpected(form: str) -> RefusedError:
    return RefusedError("body_unexpected", phrase("send_form", form=form))


def as_json_by(by: str, body: object) -> web.Response:
    """Return the answer to who said something; the browser remembers the name, so that the next form knows."""
    answer = as_json(body)
    answer.set_cookie(_COOKIE, quote(by), max_age=_YEAR_S, samesite="Strict")
    return answer


def remembered_name(request: web.Request) -> str:
    """Return who said something from this browser last, '' where nobody did."""
    name = unquote(request.cookies.get(_COOKIE, ""), errors="replace")
    return "".join(map(_printable, name))[:NAME_LETTERS].strip()


def _printable(letter: str) -> str:
    return " " if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") else letter
