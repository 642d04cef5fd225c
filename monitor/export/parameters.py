"""What a request says beside its path: its parameters, and the refusals of those that nobody can understand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from monitor.errors import MonitorError
from monitor.words.phrase import Phrase, phrase

_LATEST_S = 7_258_118_400.0
"""2200-01-01; what is told of a time is a time that a journal can hold."""


class BadParameterError(MonitorError):
    """A parameter of a request can't be understood: which and why, and what would do."""


class NotThereError(MonitorError):
    """Nothing is called as a request says: what is not there, and where what there is can be seen."""


def no_target(id_: str) -> NotThereError:
    """Return what to raise where no target has that id."""
    return NotThereError("no_target_here", name=repr(id_))


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
