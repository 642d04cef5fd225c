"""Readers of values that only monitor.yaml has: DSCP, HOST:PORT, time zone, database."""

from __future__ import annotations

import re
import zoneinfo

from monitor.load.document import Node
from monitor.load.suggest import did_you_mean, nearest
from monitor.load.values import Schema
from monitor.words.phrase import Phrase, phrase

# RFC 2474 (class selectors), RFC 2597 (assured forwarding), RFC 3246 (expedited forwarding), RFC 8622 (lower effort).
DSCP = (
    {"ef": 46, "le": 1}
    | {f"cs{n}": 8 * n for n in range(8)}
    | {f"af{c}{d}": 8 * c + 2 * d for c in (1, 2, 3, 4) for d in (1, 2, 3)}
)


class Dscp:
    """A DSCP by its name (ef, af41, cs4) or number, 0 to 63."""

    def read(self, node: Node) -> int:
        """Return its number."""
        text = node.text("a_dscp").lower()
        if text in DSCP:
            return DSCP[text]
        if re.fullmatch(r"[0-9]{1,2}", text) and int(text) < 64:
            return int(text)
        raise node.refuse("no_dscp", did_you_mean(text, DSCP, Phrase("write_dscp")), text=text)

    def schema(self) -> Schema:
        """A name or a number."""
        return {"anyOf": [{"enum": list(DSCP)}, {"type": "integer", "minimum": 0, "maximum": 63}]}

    def form(self) -> str:
        """Return how it is written."""
        return "DSCP: name or 0 to 63"


class Listen:
    """HOST:PORT to listen on; an IPv6 host in brackets."""

    _PATTERN = re.compile(r"(\[[0-9a-fA-F:.]+\]|[0-9A-Za-z._-]+):([0-9]{1,5})")

    def read(self, node: Node) -> str:
        """Return it as it is written."""
        text = node.text("host_and_port")
        found = self._PATTERN.fullmatch(text)
        if not found:
            meant = phrase("did_you_mean", near=f"127.0.0.1:{text.lstrip(':')}") if re.fullmatch(r":?[0-9]+", text) else None
            raise node.refuse("no_host_and_port", meant or Phrase("write_listen"), text=text)
        if int(found[2]) > 65535:
            raise node.refuse("no_port", port=found[2])
        return text

    def schema(self) -> Schema:
        """A string of the pattern."""
        return {"type": "string", "pattern": f"^{self._PATTERN.pattern}$"}

    def form(self) -> str:
        """Return how it is written."""
        return "HOST:PORT"


_OURS = "Asia/Ho_Chi_Minh"
_ZONE_CURE = phrase("write_it_as", example=_OURS)
_OF_VIETNAM = (
    "hanoi",
    "saigon",
    "vietnam",
    "hochiminh",
    "hochiminhcity",
    "hcm",
    "hcmc",
    "danang",
    "haiphong",
    "hagiang",
    "ict",
    "vn",
)
"""What people call the zone, which IANA knows by one city alone: the nearest of its names to Asia/Hanoi would be Asia/Shanghai."""
_OFFSET_OF_VIETNAM = re.compile(r"(?:utc|gmt)?\+0?7(?::?00)?", re.IGNORECASE)
_LIKE = 0.8
"""So much alike are slips of a name; Shanghai and Hanoi are less."""


class Zone:
    """A time zone by its IANA name."""

    def read(self, node: Node) -> str:
        """Return the name; the machine knows it."""
        text = node.text("a_time_zone")
        try:
            zoneinfo.ZoneInfo(text)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            known = zoneinfo.available_timezones()
            cure = did_you_mean(text, sorted(known), _ZONE_CURE) if known else Phrase("install_tzdata")
            cure = phrase("did_you_mean", near=_OURS) if _OURS in known and _is_of_vietnam(text) else cure
            raise node.refuse("no_time_zone", cure, text=text) from None
        return text

    def schema(self) -> Schema:
        """A string."""
        return {"type": "string", "minLength": 1}

    def form(self) -> str:
        """Return how it is written."""
        return "time zone"


def _is_of_vietnam(text: str) -> bool:
    """Return whether a name that IANA lacks means Vietnam's zone: 'Asia/Hanoii', 'Asia/Hà_Nội', 'UTC+7'."""
    city = re.sub(r"[\W_]", "", text.rpartition("/")[2])
    return bool(_OFFSET_OF_VIETNAM.fullmatch(text)) or nearest(city, _OF_VIETNAM, alike=_LIKE) is not None


class JournalUrl:
    """An SQLAlchemy URL of a database."""

    def read(self, node: Node) -> str:
        """Return it as it is written. A fault never quotes it: it may hold a password."""
        text = node.text("a_journal_url")
        if not re.match(r"[a-z][a-z0-9+]*://", text):
            raise node.refuse("no_journal_url")
        return text

    def schema(self) -> Schema:
        """A string of the pattern."""
        return {"type": "string", "pattern": "^[a-z][a-z0-9+]*://"}

    def form(self) -> str:
        """Return how it is written."""
        return "SQLAlchemy URL"
