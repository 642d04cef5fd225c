"""Readers of single values: texts, numbers, durations, rates, shares, choices, times, addresses. Each knows its JSON Schema."""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from enum import Enum
from typing import Generic, TypeVar, cast

from monitor.load.document import Node
from monitor.load.suggest import did_you_mean
from monitor.load.writing import written_duration

Schema = dict[str, object]
Option = TypeVar("Option")

_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_RATE = re.compile(r"([0-9]+(?:\.[0-9]+)?)([kMG])")
_BITS = {"k": 1_000, "M": 1_000_000, "G": 1_000_000_000}
_PERCENT = re.compile(r"([0-9]+(?:\.[0-9]+)?) *%")
_SAID_FLAGS = {"yes": "true", "on": "true", "1": "true", "no": "false", "off": "false", "0": "false"}
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
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
        text = node.text("a text")
        if not text:
            raise node.refuse("is empty", "write a text or remove the key")
        if len(text) > self.longest:
            raise node.refuse(f"is longer than {self.longest} characters")
        if not text.isprintable():
            raise node.refuse("holds a line break or a control character", "write it on one line")
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
        text = node.text("an id")
        if _ID.fullmatch(text):
            return text
        if _ID.fullmatch(text.lower()):
            raise node.refuse(f"the id '{text}' has capitals", f"write '{text.lower()}'")
        raise node.refuse(f"'{text}' is no id", "use lower-case letters without marks, digits, '-', '_' and '.'")

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
        text = node.text("true or false")
        if text not in ("true", "false"):
            meant = _SAID_FLAGS.get(text.lower(), text)
            raise node.refuse(f"must be true or false, not '{text}'", did_you_mean(meant, ("true", "false")))
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
        text = node.text("a number")
        if not re.fullmatch(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?", text, re.ASCII):
            raise node.refuse(f"must be a number, not '{text}'", "write it like 12 or 0.5")
        value = float(text)
        if not self.least <= value <= self.most or math.isinf(value):
            raise node.refuse(f"{text} is out of range", f"it must be {self._range()}")
        return value

    def schema(self) -> Schema:
        """A number within the bounds."""
        return {"type": "number"} | _bounds(self.least, self.most)

    def form(self) -> str:
        """Return how it is written."""
        return f"number {self._range()}".rstrip()

    def _range(self) -> str:
        return _range(self.least, self.most)


class Whole:
    """A whole number within bounds (both included)."""

    def __init__(self, least: int | None = None, most: int | None = None) -> None:
        self.least = -math.inf if least is None else least
        self.most = math.inf if most is None else most

    def read(self, node: Node) -> int:
        """Return it."""
        text = node.text("a whole number")
        if not re.fullmatch(r"[-+]?\d{1,18}", text, re.ASCII):
            raise node.refuse(f"must be a whole number, not '{text}'", "write digits only")
        value = int(text)
        if not self.least <= value <= self.most:
            raise node.refuse(f"{text} is out of range", f"it must be {_range(self.least, self.most)}")
        return value

    def schema(self) -> Schema:
        """An integer within the bounds."""
        return {"type": "integer"} | _bounds(self.least, self.most)

    def form(self) -> str:
        """Return how it is written."""
        return f"whole number {_range(self.least, self.most)}".rstrip()


def seconds(text: str) -> float | None:
    """Return how many seconds a duration such as 15s, 5m or 2h is, None where the text is none."""
    found = _DURATION.fullmatch(text.lower())
    return round(float(found[1]) * _SECONDS[found[2]], 9) if found else None


class Duration:
    """A duration with its unit, such as 20ms, 15s, 5m, 1h, 2d; in seconds. Bounds are seconds."""

    def __init__(self, at_least: float = 0.0, at_most: float = math.inf) -> None:
        self.at_least = at_least
        self.at_most = at_most

    def read(self, node: Node) -> float:
        """Return it in seconds."""
        text = node.text("a duration")
        value = seconds(text)
        if value is None:
            meant = f"did you mean '{text}s'?" if _BARE.fullmatch(text) else ""
            raise node.refuse(f"'{text}' is no duration", meant or "write a number and ms, s, m, h or d, such as 15s")
        if not self.at_least <= value <= self.at_most or math.isinf(value):
            raise node.refuse(f"{text} is out of range", f"it must be {self._range()}")
        return value

    def schema(self) -> Schema:
        """A string of the pattern; the bounds are checked on loading."""
        return {"type": "string", "pattern": f"^{_DURATION.pattern}$"}

    def form(self) -> str:
        """Return how it is written."""
        return f"duration {self._range()}".rstrip()

    def _range(self) -> str:
        least = f"at least {written_duration(self.at_least)}" if self.at_least > 0 else ""
        most = f"at most {written_duration(self.at_most)}" if self.at_most < math.inf else ""
        return " and ".join(part for part in (least, most) if part)


class Rate:
    """A speed with its unit, such as 512k, 10M, 1G; in bit/s."""

    def read(self, node: Node) -> int:
        """Return it in bit/s."""
        text = node.text("a rate")
        found = _RATE.fullmatch(text)
        if not found:
            raise node.refuse(f"'{text}' is no rate", _meant_rate(text))
        value = round(float(found[1]) * _BITS[found[2]]) if len(found[1]) < 16 else 0
        if not 0 < value <= 10**13:
            raise node.refuse(f"{text} is out of range", "it must be above 0 and at most 10000G")
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
        text = node.text("a percentage")
        found = _PERCENT.fullmatch(text)
        if not found:
            cure = f"did you mean '{text}%'?" if _BARE.fullmatch(text) else "write it like 1%"
            raise node.refuse(f"'{text}' is no percentage", cure)
        value = float(found[1]) / 100
        if value > 1:
            raise node.refuse(f"{text} is out of range", "it must be at most 100%")
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
        text = node.text("one of " + ", ".join(self.options))
        if text not in self.options:
            raise node.refuse(f"'{text}' is not known here", did_you_mean(text, self.options))
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
        text = node.text("a time of day")
        found = _CLOCK.fullmatch(text)
        if not found:
            raise node.refuse(f"'{text}' is no time of day", "write it like 07:00")
        return time(int(found[1]), int(found[2]))

    def schema(self) -> Schema:
        """A string of the pattern."""
        return {"type": "string", "pattern": f"^(?:{_CLOCK.pattern})$"}

    def form(self) -> str:
        """Return how it is written."""
        return "time of day HH:MM"


class Moment:
    """A date with its time, ISO 8601; without an offset it is in the time zone of monitor.yaml."""

    def read(self, node: Node) -> datetime:
        """Return it; tzinfo is None where no offset is written."""
        text = node.text("a date and time")
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise node.refuse(f"'{text}' is no date and time", "write it like 2026-11-30T08:00 or 2026-11-30T08:00+07:00") from None
        if "T" not in text and " " not in text:
            raise node.refuse(f"'{text}' has no time of day", f"write it like {text}T08:00")
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
        text = node.text("an address")
        try:
            return str(ipaddress.ip_address(text))
        except ValueError:
            looks_numeric = bool(re.fullmatch(r"[\d./:]+", text)) or ":" in text
        if "/" in text:
            raise node.refuse(f"'{text}' is a network, not an address", "write the address alone, without /length")
        if self.names and not looks_numeric and _HOST.fullmatch(text):
            return text.lower()
        raise node.refuse(f"'{text}' is no address", "write four numbers from 0 to 255 without leading zeros, such as 10.2.17.1")

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
        try:
            re.compile(text)
        except (re.error, RecursionError, OverflowError) as error:
            raise node.refuse(f"is no regular expression: {error}", "put a \\ before each special character") from None
        return text

    def schema(self) -> Schema:
        """A string."""
        return {"type": "string", "minLength": 1}

    def form(self) -> str:
        """Return how it is written."""
        return "regular expression"


def _meant_rate(text: str) -> str:
    if _BARE.fullmatch(text):
        return f"did you mean '{text}M'?"
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kKmMgG])(?:bit/s|bps|bit|b)?", text)
    if found:
        return f"did you mean '{found[1]}{'k' if found[2] in 'kK' else found[2].upper()}'?"
    return "write a number and k, M or G (bit/s), such as 50M"


def _bounds(least: float, most: float) -> Schema:
    bounds: Schema = {} if least == -math.inf else {"minimum": least}
    return bounds if most == math.inf else bounds | {"maximum": most}


def _range(least: float, most: float) -> str:
    if least > -math.inf and most < math.inf:
        return f"{least:g} to {most:g}"
    if least > -math.inf:
        return f"at least {least:g}"
    return f"at most {most:g}" if most < math.inf else ""
