"""What a request says: its language, its parameters, a JSON object within bounds, and who says it."""

from __future__ import annotations

import asyncio
import json
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote

from aiohttp import web
from aiohttp.http_exceptions import ContentEncodingError, HttpProcessingError

from monitor import words
from monitor.errors import MonitorError
from monitor.export.responses import as_json
from monitor.export.server.admission import Refusal
from monitor.export.server.connection import ADMISSION, client_that_asks
from monitor.export.source import RefusedError
from monitor.words.phrase import Phrase, phrase

_LATEST_S = 7_258_118_400.0
"""2200-01-01; what is told of a time is a time that a journal can hold."""
NAME_LETTERS = 60
NOTE_LETTERS = 300
_COOKIE = "by"
_YEAR_S = 31_536_000


class BadParameterError(MonitorError):
    """A parameter of a request can't be understood: which and why, and what would do."""


class NotThereError(MonitorError):
    """Nothing is called as a request says: what is not there, and where what there is can be seen."""


def no_target(id_: str) -> NotThereError:
    """Return what to raise where no target has that id."""
    return NotThereError("no_target_here", name=repr(id_))


def language_of(request: web.Request, default: str) -> str:
    """Return ?lang=, else what the cookie remembers, else the settings' language."""
    asked = request.query.get("lang")
    if asked is not None and asked not in words.LANGUAGES:
        raise BadParameterError("lang_unknown", phrase("give_one_of", names=words.LANGUAGES), text=repr(asked))
    return readers_language(request, default)


def readers_language(request: web.Request, default: str) -> str:
    """Return the same, where a language that is none counts as not asked for."""
    asked, remembered = request.query.get("lang", ""), request.cookies.get("lang", "")
    return next((each for each in (asked, remembered) if each in words.LANGUAGES), default)


def check_known(query: Mapping[str, str], known: tuple[str, ...]) -> None:
    """Raise BadParameterError for a parameter that is not known: a misspelt one would silently answer for everything."""
    for name in query:
        if name not in known:
            raise BadParameterError("parameter_unknown", phrase("known_are", names=known), name=name)


def since_of(query: Mapping[str, str]) -> float | None:
    """Return ?since= as epoch seconds, from 1970 to 2200: a number, or a time of RFC 3339; None where it is not given."""
    text = query.get("since", "").strip()
    if not text:
        return None
    try:
        since = float(text) if text.replace(".", "", 1).isdecimal() else _aware(text)
    except (ValueError, OverflowError):
        raise BadParameterError("given_no_time", Phrase("epoch_or_time"), name="since", text=text[:40]) from None
    if not 0 <= since <= _LATEST_S:
        raise BadParameterError("since_out", text=repr(text[:40]))
    return since


def _aware(text: str) -> float:
    # An unescaped + of a query arrives as a space.
    moment = datetime.fromisoformat(text.replace(" ", "+"))
    if moment.tzinfo is None:
        raise ValueError("no offset")
    return moment.timestamp()


def limit_of(query: Mapping[str, str], *, default: int = 100, most: int = 1000) -> int:
    """Return ?limit= as a number from 1 to `most`."""
    text = query.get("limit", str(default))
    if not text.isdecimal() or len(text) > len(str(most)) or not 1 <= int(text) <= most:
        raise BadParameterError("limit_out", text=repr(text[:40]), most=most, usual=default)
    return int(text)


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
