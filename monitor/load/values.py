"""Readers of single values: texts, numbers, durations, rates, shares, choices, times, patterns, addresses; with JSON Schemas."""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from enum import Enum
from typing import Generic, TypeGuard, TypeVar, cast

from monitor.errors import LOG, said_by
from monitor.load.document import Node
from monitor.load.suggest import did_you_mean
from monitor.load.writing import written_duration, written_number, written_rate
from monitor.model.clock import DURATION, seconds
from monitor.words.faults import tell_fault
from monitor.words.phrase import Phrase, joined, phrase

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


class Scalar:
    """A single value.

    written: how, in a few words for the documentation. pattern: what its JSON Schema asks of it, '' for any text; the rest is
    checked on loading. numbers: without quotation marks editors may take it for a number.
    """

    written = ""
    pattern = ""
    numbers = False

    def schema(self) -> Schema:
        if self.numbers:
            return {"type": ["string", "number"]} | ({"pattern": self.pattern} if self.pattern else {})
        return {"type": "string"} | ({"pattern": self.pattern} if self.pattern else {"minLength": 1})

    def form(self) -> str:
        return self.written


@dataclass(eq=False)
class Text(Scalar):
    """A text of one line, in NFC. numbers: written without quotation marks it may look like a number (00715, 19001090)."""

    written = "text"

    longest: int = 500
    numbers: bool = False

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


class Identifier(Scalar):
    """An id: lower-case letters without marks, digits, '-', '_' and '.', since it stands in addresses, labels and file names."""

    written = "id"
    pattern = f"^{_ID.pattern}$"
    numbers = True

    def read(self, node: Node) -> str:
        text = node.text("an_id")
        if _ID.fullmatch(text):
            return text
        if _ID.fullmatch(text.lower()):
            raise node.refuse("id_capitals", text=text, lower=text.lower())
        raise node.refuse("no_id", text=text)


class Flag(Scalar):
    """true or false, and nothing else: yes and NO are too easily a name."""

    written = "true or false"

    def read(self, node: Node) -> bool:
        text = node.text("true_or_false")
        if text not in ("true", "false"):
            meant = _SAID_FLAGS.get(text.lower(), text)
            raise node.refuse("not_a_flag", did_you_mean(meant, ("true", "false")), text=text)
        return text == "true"

    def schema(self) -> Schema:
        return {"type": "boolean"}


@dataclass(eq=False)
class _Bounded(Scalar):
    """A number within bounds, both included. kind: as JSON Schema calls it."""

    kind = "number"

    least: float = -math.inf
    most: float = math.inf

    def schema(self) -> Schema:
        bounds = {"minimum": self.least, "maximum": self.most}
        return {"type": self.kind} | {name: bound for name, bound in bounds.items() if not math.isinf(bound)}

    def form(self) -> str:
        return f"{self.written} {tell_fault(self._range(), LOG)}".rstrip()

    def _text(self, node: Node, what: str, form: str, code: str) -> str:
        """Return what is written where it is of a form and within the bounds."""
        text = node.text(what)
        if not re.fullmatch(form, text, re.ASCII):
            raise node.refuse(code, text=text)
        if not self.least <= float(text) <= self.most or math.isinf(float(text)):
            raise node.refuse("out_of_range", text=text, range=self._range())
        return text

    def _range(self) -> Phrase:
        if self.least > -math.inf and self.most < math.inf:
            return phrase("between", least=written_number(self.least), most=written_number(self.most))
        if self.least > -math.inf:
            return phrase("at_least", least=written_number(self.least))
        return phrase("at_most", most=written_number(self.most)) if self.most < math.inf else phrase("quoted", text="")


class Number(_Bounded):
    written = "number"

    def read(self, node: Node) -> float:
        return float(self._text(node, "a_number", r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?", "not_a_number"))


class Whole(_Bounded):
    written = "whole number"
    kind = "integer"

    def read(self, node: Node) -> int:
        return int(self._text(node, "a_whole_number", r"[-+]?\d{1,18}", "not_a_whole_number"))


@dataclass(eq=False)
class Duration(Scalar):
    """A duration with its unit, such as 20ms, 15s, 5m, 1h, 2d; in seconds. Bounds are seconds."""

    pattern = f"^{DURATION.pattern}$"

    at_least: float = 0.0
    at_most: float = math.inf

    def read(self, node: Node) -> float:
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

    def form(self) -> str:
        return f"duration {tell_fault(self._range(), LOG)}".rstrip()

    def _range(self) -> Phrase:
        least = phrase("at_least", least=written_duration(self.at_least)) if self.at_least > 0 else None
        most = phrase("at_most", most=written_duration(self.at_most)) if self.at_most < math.inf else None
        return joined("and", [part for part in (least, most) if part is not None])


class Rate(Scalar):
    """A speed with its unit, such as 512k, 10M, 1G; in bit/s."""

    written = "rate"
    pattern = f"^{_RATE.pattern}$"

    def read(self, node: Node) -> int:
        text = node.text("a_rate")
        found = _RATE.fullmatch(text)
        is_zero = bool(_BARE.fullmatch(text)) and float(text) == 0
        if not found and not is_zero:
            raise node.refuse("no_rate", _meant_rate(text), text=text)
        value = round(float(found[1]) * _BITS[found[2]]) if found and len(found[1]) < 16 else 0
        if not 0 < value <= 10**13:
            raise node.refuse("out_of_range", text=text, range=phrase("above_at_most", least="0", most="10000G"))
        return value


class Percent(Scalar):
    """A share such as 1% or 0.1%; as a ratio from 0 to 1."""

    written = "percentage"
    pattern = f"^{_PERCENT.pattern}$"

    def read(self, node: Node) -> float:
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
        text = node.text(phrase("one_of", options=tuple(self.options)))
        if text not in self.options:
            raise node.refuse("not_known_here", did_you_mean(text, self.options), text=text)
        return self.options[text]

    def schema(self) -> Schema:
        """An enumeration; words that look like numbers as numbers too."""
        numbers = [float(word) if "." in word else int(word) for word in self.options if re.fullmatch(r"\d+(\.\d+)?", word)]
        return {"enum": [*self.options, *numbers]}

    def form(self) -> str:
        return "one of " + ", ".join(self.options)


class ClockTime(Scalar):
    """A time of day, HH:MM."""

    written = "time of day HH:MM"
    pattern = f"^(?:{CLOCK.pattern})$"

    def read(self, node: Node) -> time:
        text = node.text("a_time_of_day")
        found = time_of_day(text)
        if found is None:
            raise node.refuse("no_time_of_day", phrase("write_it_as", example="07:00"), text=text)
        return found


class Moment(Scalar):
    """A date with its time, ISO 8601; without an offset it is in the time zone of monitor.yaml."""

    written = "date and time"
    pattern = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}"

    def read(self, node: Node) -> datetime:
        """Return it; tzinfo is None where no offset is written."""
        text = node.text("a_date_and_time")
        try:
            moment_meant = datetime.fromisoformat(text)
        except ValueError:
            raise node.refuse("no_date_and_time", text=text) from None
        if "T" not in text and " " not in text:
            raise node.refuse("date_without_time", phrase("write_it_as", example=f"{text}T08:00"), text=text)
        return moment_meant


@dataclass(eq=False)
class Address(Scalar):
    """An IPv4 or IPv6 address; names: a host name too."""

    pattern = r"^[0-9A-Za-z._:%-]+$"

    names: bool = False

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

    def form(self) -> str:
        return "address or host name" if self.names else "IP address"


class Regex(Scalar):
    written = "regular expression"

    def read(self, node: Node) -> str:
        """Return its text, known to compile."""
        text = Text().read(node)
        fault = regex_fault(text)
        if fault is not None:
            raise node.refuse("no_regex", reason=fault)
        return text


def _meant_rate(text: str) -> Phrase | None:
    if _BARE.fullmatch(text):
        is_bits = _MOST_MEGABITS < float(text) <= 10**13
        return phrase("did_you_mean", near=written_rate(round(float(text))) if is_bits else f"{text}M")
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kKmMgG])(?:bit/s|bps|bit|b)?", text)
    if found:
        return phrase("did_you_mean", near=f"{found[1]}{'k' if found[2] in 'kK' else found[2].upper()}")
    return None


def time_of_day(text: str) -> time | None:
    """Return the time of day that a text means, without a zone; None where it means none."""
    found = CLOCK.fullmatch(text)
    return time(int(found[1]), int(found[2])) if found else None


def moment_meant(text: str, now_local: datetime, *, is_past: bool) -> datetime | None:
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
    return aware(read, now_local.tzinfo)


def aware(moment_meant: datetime, zone: tzinfo | None) -> datetime:
    """Return a moment in its own offset, or in the zone where it has none."""
    return moment_meant if moment_meant.tzinfo is not None else moment_meant.replace(tzinfo=zone)


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
