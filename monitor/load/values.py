"""Readers of single values: texts, numbers, durations, rates, shares, choices, times, patterns, addresses; with JSON Schemas."""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Generic, TypeGuard, TypeVar, cast

from monitor.errors import LOG, said_by
from monitor.load.document import Node
from monitor.load.suggest import did_you_mean
from monitor.model.clock import DURATION, seconds
from monitor.words.faults import tell_fault
from monitor.words.phrase import Phrase, joined, phrase

_PLAIN = (1e-9, 1e21)
"""From the one to the other numbers are written without an exponent, which readers of durations and rates do not take."""

_CODES = {
    "missing ), unterminated subpattern": "regex_group_open",
    "unterminated character set": "regex_set_open",
    "bad character range": "regex_range",
    "nothing to repeat": "regex_nothing_to_repeat",
    "multiple repeat": "regex_repeated_twice",
    "min repeat greater": "regex_repeat_bounds",
    "bad escape": "regex_escape",
    "incomplete escape": "regex_escape",
    "unbalanced parenthesis": "regex_group_close",
    "unknown extension": "regex_extension",
    "unexpected end of pattern": "regex_extension",
    "missing >, unterminated name": "regex_group_name",
    "bad character in group name": "regex_group_name",
    "unknown group name": "regex_group_unknown",
    "invalid group reference": "regex_group_unknown",
    "redefinition of group name": "regex_group_twice",
    "global flags not at the start": "regex_flags",
    "look-behind requires": "regex_look_behind",
}
"""How the sentences of Python's re begin, which has no codes → ours."""

CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
"""A time of day; an hour before ten may have one digit."""

Schema = dict[str, object]
Option = TypeVar("Option")

_RATE = re.compile(r"([0-9]+(?:\.[0-9]+)?)([kMG])")
_MOST_MEGABITS = 100_000
"""A bare number above it is in bit/s: no circuit carries more Mbit/s."""
_BITS = {"k": 1_000, "M": 1_000_000, "G": 1_000_000_000}
_PERCENT = re.compile(r"([0-9]+(?:\.[0-9]+)?) *%")
_SAID_FLAGS = {"yes": "true", "on": "true", "1": "true", "no": "false", "off": "false", "0": "false"}
_UNITS = ("s", "ms", "m", "h", "d")
"""Of a duration that was written without one, the likeliest first."""
_BARE = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_ID = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?")
_HOST = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9])?)*\.?")


class Text:
    """A text of one line, in NFC. numbers: written without quotation marks it may look like a number (00715, 19001090)."""

    def __init__(self, *, longest: int = 500, numbers: bool = False) -> None:
        self.longest = longest
        self.numbers = numbers

    def read(self, node: Node) -> str:
        """Return the text as it is written, never guessed at."""
        text = node.text("a_text")
        if not text:
            raise node.refuse("empty")
        if len(text) > self.longest:
            raise node.refuse("too_long", most=self.longest)
        if not text.isprintable():
            raise node.refuse("not_one_line")
        return text

    def schema(self) -> Schema:
        """A string; a number too where editors would take the text for one."""
        return {"type": ["string", "number"]} if self.numbers else {"type": "string", "minLength": 1}

    def form(self) -> str:
        """Return how it is written."""
        return "text"


class Identifier:
    """An id: lower-case letters without marks, digits, '-', '_' and '.', since it stands in addresses, labels and file names."""

    def read(self, node: Node) -> str:
        """Return the id."""
        text = node.text("an_id")
        if _ID.fullmatch(text):
            return text
        if _ID.fullmatch(text.lower()):
            raise node.refuse("id_capitals", text=text, lower=text.lower())
        raise node.refuse("no_id", text=text)

    def schema(self) -> Schema:
        """A string of the id's pattern; digits alone may look like a number."""
        return {"type": ["string", "number"], "pattern": f"^{_ID.pattern}$"}

    def form(self) -> str:
        """Return how it is written."""
        return "id"


class Flag:
    """true or false, and nothing else: yes and NO are too easily a name."""

    def read(self, node: Node) -> bool:
        """Return it."""
        text = node.text("true_or_false")
        if text not in ("true", "false"):
            meant = _SAID_FLAGS.get(text.lower(), text)
            raise node.refuse("not_a_flag", did_you_mean(meant, ("true", "false")), text=text)
        return text == "true"

    def schema(self) -> Schema:
        """A boolean."""
        return {"type": "boolean"}

    def form(self) -> str:
        """Return how it is written."""
        return "true or false"


class Number:
    """A decimal number within bounds (both included)."""

    def __init__(self, least: float = -math.inf, most: float = math.inf) -> None:
        self.least = least
        self.most = most

    def read(self, node: Node) -> float:
        """Return it."""
        text = node.text("a_number")
        if not re.fullmatch(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?", text, re.ASCII):
            raise node.refuse("not_a_number", text=text)
        value = float(text)
        if not self.least <= value <= self.most or math.isinf(value):
            raise node.refuse("out_of_range", text=text, range=self._range())
        return value

    def schema(self) -> Schema:
        """A number within the bounds."""
        return {"type": "number"} | _bounds(self.least, self.most)

    def form(self) -> str:
        """Return how it is written."""
        return f"number {tell_fault(self._range(), LOG)}".rstrip()

    def _range(self) -> Phrase:
        return _range(self.least, self.most)


class Whole:
    """A whole number within bounds (both included)."""

    def __init__(self, least: int | None = None, most: int | None = None) -> None:
        self.least = -math.inf if least is None else least
        self.most = math.inf if most is None else most

    def read(self, node: Node) -> int:
        """Return it."""
        text = node.text("a_whole_number")
        if not re.fullmatch(r"[-+]?\d{1,18}", text, re.ASCII):
            raise node.refuse("not_a_whole_number", text=text)
        value = int(text)
        if not self.least <= value <= self.most:
            raise node.refuse("out_of_range", text=text, range=_range(self.least, self.most))
        return value

    def schema(self) -> Schema:
        """An integer within the bounds."""
        return {"type": "integer"} | _bounds(self.least, self.most)

    def form(self) -> str:
        """Return how it is written."""
        return f"whole number {tell_fault(_range(self.least, self.most), LOG)}".rstrip()


class Duration:
    """A duration with its unit, such as 20ms, 15s, 5m, 1h, 2d; in seconds. Bounds are seconds."""

    def __init__(self, at_least: float = 0.0, at_most: float = math.inf) -> None:
        self.at_least = at_least
        self.at_most = at_most

    def read(self, node: Node) -> float:
        """Return it in seconds."""
        text = node.text("a_duration")
        value = seconds(text)
        if value is None:
            near = [f"{text}{unit}" for unit in _UNITS if self._may_be(seconds(f"{text}{unit}"))] if _BARE.fullmatch(text) else []
            if near or not _BARE.fullmatch(text):
                raise node.refuse("no_duration", phrase("did_you_mean", near=near[0]) if near else None, text=text)
        if not self._may_be(value):
            raise node.refuse("out_of_range", text=text, range=self._range())
        return value

    def _may_be(self, value: float | None) -> TypeGuard[float]:
        return value is not None and self.at_least <= value <= self.at_most and not math.isinf(value)

    def schema(self) -> Schema:
        """A string of the pattern; the bounds are checked on loading."""
        return {"type": "string", "pattern": f"^{DURATION.pattern}$"}

    def form(self) -> str:
        """Return how it is written."""
        return f"duration {tell_fault(self._range(), LOG)}".rstrip()

    def _range(self) -> Phrase:
        least = phrase("at_least", least=written_duration(self.at_least)) if self.at_least > 0 else None
        most = phrase("at_most", most=written_duration(self.at_most)) if self.at_most < math.inf else None
        return joined("and", [part for part in (least, most) if part is not None])


class Rate:
    """A speed with its unit, such as 512k, 10M, 1G; in bit/s."""

    def read(self, node: Node) -> int:
        """Return it in bit/s."""
        text = node.text("a_rate")
        found = _RATE.fullmatch(text)
        is_zero = bool(_BARE.fullmatch(text)) and float(text) == 0
        if not found and not is_zero:
            raise node.refuse("no_rate", _meant_rate(text), text=text)
        value = round(float(found[1]) * _BITS[found[2]]) if found and len(found[1]) < 16 else 0
        if not 0 < value <= 10**13:
            raise node.refuse("out_of_range", text=text, range=phrase("above_at_most", least="0", most="10000G"))
        return value

    def schema(self) -> Schema:
        """A string of the pattern."""
        return {"type": "string", "pattern": f"^{_RATE.pattern}$"}

    def form(self) -> str:
        """Return how it is written."""
        return "rate"


class Percent:
    """A share such as 1% or 0.1%; as a ratio from 0 to 1."""

    def read(self, node: Node) -> float:
        """Return it as a ratio."""
        text = node.text("a_percentage")
        found = _PERCENT.fullmatch(text)
        if not found:
            is_share = bool(_BARE.fullmatch(text)) and float(text) <= 100
            meant = phrase("did_you_mean", near=f"{text}%") if is_share else phrase("write_it_as", example="1%")
            raise node.refuse("no_percentage", meant, text=text)
        value = float(found[1]) / 100
        if value > 1:
            raise node.refuse("out_of_range", text=text, range=phrase("at_most", most="100%"))
        return round(value, 12)

    def schema(self) -> Schema:
        """A string of the pattern."""
        return {"type": "string", "pattern": f"^{_PERCENT.pattern}$"}

    def form(self) -> str:
        """Return how it is written."""
        return "percentage"


class Choice(Generic[Option]):
    """One of a few words. options: the words themselves, an Enum's members by value, or word → what it stands for."""

    def __init__(self, options: Sequence[Option] | type[Option] | Mapping[str, Option]) -> None:
        if isinstance(options, Mapping):
            self.options = dict(options)
        elif isinstance(options, type):
            self.options = {str(member.value): cast("Option", member) for member in cast("type[Enum]", options)}
        else:
            self.options = {str(option): option for option in options}

    def read(self, node: Node) -> Option:
        """Return what the word stands for."""
        text = node.text(phrase("one_of", options=tuple(self.options)))
        if text not in self.options:
            raise node.refuse("not_known_here", did_you_mean(text, self.options), text=text)
        return self.options[text]

    def schema(self) -> Schema:
        """An enumeration; words that look like numbers as numbers too."""
        numbers = [float(word) if "." in word else int(word) for word in self.options if re.fullmatch(r"\d+(\.\d+)?", word)]
        return {"enum": [*self.options, *numbers]}

    def form(self) -> str:
        """Return how it is written."""
        return "one of " + ", ".join(self.options)


class ClockTime:
    """A time of day, HH:MM."""

    def read(self, node: Node) -> time:
        """Return it, without a zone."""
        text = node.text("a_time_of_day")
        found = time_of_day(text)
        if found is None:
            raise node.refuse("no_time_of_day", phrase("write_it_as", example="07:00"), text=text)
        return found

    def schema(self) -> Schema:
        """A string of the pattern."""
        return {"type": "string", "pattern": f"^(?:{CLOCK.pattern})$"}

    def form(self) -> str:
        """Return how it is written."""
        return "time of day HH:MM"


class Moment:
    """A date with its time, ISO 8601; without an offset it is in the time zone of monitor.yaml."""

    def read(self, node: Node) -> datetime:
        """Return it; tzinfo is None where no offset is written."""
        text = node.text("a_date_and_time")
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise node.refuse("no_date_and_time", text=text) from None
        if "T" not in text and " " not in text:
            raise node.refuse("date_without_time", phrase("write_it_as", example=f"{text}T08:00"), text=text)
        return moment

    def schema(self) -> Schema:
        """A string that begins like a date and time."""
        return {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}"}

    def form(self) -> str:
        """Return how it is written."""
        return "date and time"


class Address:
    """An IPv4 or IPv6 address; names: a host name too."""

    def __init__(self, *, names: bool = False) -> None:
        self.names = names

    def read(self, node: Node) -> str:
        """Return the address in its canonical form, or the name in lower case."""
        text = node.text("an_address")
        try:
            return str(ipaddress.ip_address(text))
        except ValueError:
            looks_numeric = bool(re.fullmatch(r"[\d./:]+", text)) or ":" in text
        if "/" in text:
            raise node.refuse("address_network", text=text)
        if self.names and not looks_numeric and _HOST.fullmatch(text):
            return text.lower()
        raise node.refuse("no_address", text=text)

    def schema(self) -> Schema:
        """A string; addresses are checked on loading."""
        return {"type": "string", "pattern": r"^[0-9A-Za-z._:%-]+$"}

    def form(self) -> str:
        """Return how it is written."""
        return "address or host name" if self.names else "IP address"


class Regex:
    """A regular expression of Python's re."""

    def read(self, node: Node) -> str:
        """Return its text, known to compile."""
        text = Text().read(node)
        fault = regex_fault(text)
        if fault is not None:
            raise node.refuse("no_regex", reason=fault)
        return text

    def schema(self) -> Schema:
        """A string."""
        return {"type": "string", "minLength": 1}

    def form(self) -> str:
        """Return how it is written."""
        return "regular expression"


def _meant_rate(text: str) -> Phrase | None:
    if _BARE.fullmatch(text):
        is_bits = _MOST_MEGABITS < float(text) <= 10**13
        return phrase("did_you_mean", near=written_rate(round(float(text))) if is_bits else f"{text}M")
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kKmMgG])(?:bit/s|bps|bit|b)?", text)
    if found:
        return phrase("did_you_mean", near=f"{found[1]}{'k' if found[2] in 'kK' else found[2].upper()}")
    return None


def _bounds(least: float, most: float) -> Schema:
    bounds: Schema = {} if least == -math.inf else {"minimum": least}
    return bounds if most == math.inf else bounds | {"maximum": most}


def _range(least: float, most: float) -> Phrase:
    if least > -math.inf and most < math.inf:
        return phrase("between", least=written_number(least), most=written_number(most))
    if least > -math.inf:
        return phrase("at_least", least=written_number(least))
    return phrase("at_most", most=written_number(most)) if most < math.inf else phrase("quoted", text="")


def time_of_day(text: str) -> time | None:
    """Return the time of day that a text means, without a zone; None where it means none."""
    found = CLOCK.fullmatch(text)
    return time(int(found[1]), int(found[2])) if found else None


def moment(text: str, now_local: datetime, *, is_past: bool) -> datetime | None:
    """Return the aware moment that a text means, None where it means none.

    It is a time of day, the last one where is_past, else the next; or 2026-11-30T22:00, also with a space, seconds or an offset.
    What has no offset is in the zone of now_local, which is aware.
    """
    clock = time_of_day(text.strip())
    if clock is not None:
        found = now_local.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0)
        if is_past:
            return found if found <= now_local else found - timedelta(days=1)
        return found if found >= now_local else found + timedelta(days=1)
    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return read if read.tzinfo is not None else read.replace(tzinfo=now_local.tzinfo)


def regex_fault(text: str) -> Phrase | None:
    """Return why a text is no regular expression of Python's re, None where it is one. Characters are counted from 1."""
    try:
        re.compile(text)
    except re.error as error:
        code = next((code for begin, code in _CODES.items() if error.msg.startswith(begin)), None)
        what = said_by("regex_reader_says", error.msg) if code is None else Phrase(code)
        return what if error.pos is None else phrase("regex_at", what=what, number=error.pos + 1)
    except OverflowError:
        return Phrase("regex_too_many_times")
    except RecursionError:
        return Phrase("regex_too_deep")
    return None


def written_number(number: float) -> str:
    """Return a number as the configuration writes it, in as few digits as mean the same number: 0.5, 12, 104.98583, 1000000."""
    text = repr(float(number)).removesuffix(".0")
    return format(Decimal(text), "f") if _PLAIN[0] <= abs(number) < _PLAIN[1] else text


def written_duration(seconds: float) -> str:
    """Return a duration as the configuration writes it: 0.02 → 20ms, 300 → 5m."""
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        if seconds >= size and seconds % size == 0:
            return f"{round(seconds / size)}{unit}"
    return f"{written_number(seconds)}s" if seconds >= 1 or seconds == 0 else f"{written_number(round(seconds * 1000, 6))}ms"


def written_rate(bps: int) -> str:
    """Return a rate as the configuration writes it: 50_000_000 → 50M. Exact: what is read from it is the same number."""
    for unit, size in (("G", 10**9), ("M", 10**6)):
        if bps >= size and bps % (size // 1000) == 0:
            return f"{bps / size:.10g}{unit}"
    return f"{bps // 1000}k" if bps % 1000 == 0 else f"{bps / 1000:.3f}k"
