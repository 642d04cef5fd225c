"""The status document of a Cisco codec (TC, CE and RoomOS: GET /status.xml), bytes to values.

It is read as it streams by, without a tree. Document type declarations, and with them entities of any kind, are refused: the
document has none, and they are how small ones grow large (billion laughs) or reach for files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NoReturn
from xml.parsers import expat

from monitor.wire.fault import MalformedError

MOST_OCTETS = 2_000_000
_DEEPEST = 24
_MOST_ELEMENTS = 30_000
_LONGEST_TEXT = 1000
_ROOT = "status"

_ABSENT_SIP = frozenset(("", "inactive", "deregister", "unknown"))
_ABSENT_H323 = frozenset(("", "inactive", "unknown"))
_NO_CALL = frozenset(("", "idle", "disconnecting", "disconnected"))
_NUMBER = re.compile(r"[0-9]{1,15}")
_OFF = frozenset(("off", "disabled", "false"))

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CodecStatus:
    """What the document tells. product: what the codec calls itself, with its software. values: as in ServiceSample.values."""

    product: str
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class _Leaf:
    """An element with a text. path: names from below the root, in lower case. owner: the items on the way, such as ('7', '26')."""

    path: Path
    owner: Path
    text: str


def read_status(document: bytes) -> CodecStatus:
    """Return what a document tells; what it does not tell is not there. Raises MalformedError."""
    if len(document) > MOST_OCTETS:
        raise MalformedError("long_document", most=MOST_OCTETS)
    scan = _Scan()
    scan.read(document)
    leaves = _Leaves(scan.leaves)
    values: dict[str, float] = {}
    for series, tell in _TOLD:
        value = tell(leaves)
        if value is not None:
            values[series] = value
    return CodecStatus(f"{scan.product} {scan.version}".strip(), values)


class _Scan:
    """Collects the leaves of a document, within bounds."""

    def __init__(self) -> None:
        self.product = ""
        self.version = ""
        self.leaves: list[_Leaf] = []
        self._names: list[str] = []
        self._items: list[str | None] = []
        self._text: list[str] = []
        self._length = 0
        self._elements = 0
        self._is_leaf = False

    def read(self, document: bytes) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = _refuse_type
        parser.EntityDeclHandler = _refuse_type
        try:
            parser.Parse(document, True)
        except MalformedError:
            raise
        except expat.ExpatError as error:
            raise MalformedError("xml_at", line=error.lineno, column=error.offset + 1) from None
        except (LookupError, ValueError):
            raise MalformedError("xml_encoding") from None

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._names:
            if name.lower() != _ROOT:
                raise MalformedError("no_status_document")
            self.product, self.version = (_shown(attributes.get(key, "")) for key in ("product", "version"))
        self._elements += 1
        if len(self._names) >= _DEEPEST or self._elements > _MOST_ELEMENTS:
            raise MalformedError("many_elements")
        self._names.append(name.lower())
        self._items.append(attributes.get("item"))
        self._text.clear()
        self._length = 0
        self._is_leaf = True

    def _characters(self, text: str) -> None:
        if self._length < _LONGEST_TEXT:
            self._text.append(text)
            self._length += len(text)

    def _end(self, _: str) -> None:
        if self._is_leaf:
            owner = tuple(item for item in self._items if item is not None)
            self.leaves.append(_Leaf(tuple(self._names[1:]), owner, "".join(self._text).strip()))
        self._is_leaf = False
        self._text.clear()
        self._length = 0
        self._names.pop()
        self._items.pop()


def _refuse_type(*_: object) -> NoReturn:
    raise MalformedError("document_type")


def _shown(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text[:60]).strip()


class _Leaves:
    def __init__(self, leaves: Iterable[_Leaf]) -> None:
        self._by_path: dict[Path, list[_Leaf]] = {}
        for leaf in leaves:
            self._by_path.setdefault(leaf.path, []).append(leaf)

    def at(self, *path: str) -> list[str]:
        """Return the texts of all leaves at a path, in lower case."""
        return [leaf.text.lower() for leaf in self._by_path.get(path, ())]

    def numbers(self, *path: str) -> dict[Path, float]:
        """Return the numbers at a path by their owners; what is no number, below 0 or beyond all reason is left out."""
        return {leaf.owner: float(leaf.text) for leaf in self._by_path.get(path, ()) if _NUMBER.fullmatch(leaf.text)}

    def owners(self, text: str, *path: str) -> set[Path]:
        """Return the owners of the leaves at a path that have this text."""
        return {leaf.owner for leaf in self._by_path.get(path, ()) if leaf.text.lower() == text}


def _registered(states: Iterable[str], absent: frozenset[str]) -> float | None:
    present = [state for state in states if state not in absent]
    return float("registered" in present) if present else None


def _sip_registered(leaves: _Leaves) -> float | None:
    """Any registration counts; TC has them below its profiles. One that is switched off says nothing."""
    states = leaves.at("sip", "registration", "status") + leaves.at("sip", "profile", "registration", "status")
    return _registered(states, _ABSENT_SIP)


def _h323_registered(leaves: _Leaves) -> float | None:
    if any(mode in _OFF for mode in leaves.at("h323", "mode", "status")):
        return None
    return _registered(leaves.at("h323", "gatekeeper", "status"), _ABSENT_H323)


def _in_call(leaves: _Leaves) -> float | None:
    counted = leaves.numbers("systemunit", "state", "numberofactivecalls")
    if counted:
        return float(any(counted.values()))
    calls = [state for state in leaves.at("call", "status") if state not in _NO_CALL]
    return float(bool(calls)) if calls or leaves.at("systemunit", "uptime") else None


def _connected(states: list[str]) -> float | None:
    """Of several, one that is connected suffices: sockets that nobody uses are told, too."""
    known = [state for state in states if state in ("true", "false")]
    return float("true" in known) if known else None


def _microphone(leaves: _Leaves) -> float | None:
    """No plug in a socket proves nothing, as many codecs have microphones built in: only the codec's own diagnosis does."""
    if "microphonesconnected" in leaves.at("diagnostics", "message", "type"):
        return 0.0
    return 1.0 if "connected" in leaves.at("audio", "input", "connectors", "microphone", "connectionstatus") else None


_STATISTICS = ("mediachannels", "call", "channel", "netstat")


def _of_incoming(leaves: _Leaves, name: str) -> list[float]:
    """Return a number of each channel that the codec receives."""
    incoming = leaves.owners("incoming", *_STATISTICS[:3], "direction")
    return [number for owner, number in leaves.numbers(*_STATISTICS, name).items() if owner in incoming]


def _loss(leaves: _Leaves) -> float | None:
    lost, received = sum(_of_incoming(leaves, "loss")), sum(_of_incoming(leaves, "packets"))
    return lost / (lost + received) if received else None


def _jitter(leaves: _Leaves) -> float | None:
    jitters_ms = _of_incoming(leaves, "jitter")
    return max(jitters_ms) / 1000 if jitters_ms else None


_TOLD: tuple[tuple[str, Callable[[_Leaves], float | None]], ...] = (
    ('conference_registered{protocol="sip"}', _sip_registered),
    ('conference_registered{protocol="h323"}', _h323_registered),
    ("conference_in_call", _in_call),
    ('conference_device_up{component="camera"}', lambda leaves: _connected(leaves.at("cameras", "camera", "connected"))),
    ('conference_device_up{component="microphone"}', _microphone),
    (
        'conference_device_up{component="display"}',
        lambda leaves: _connected(leaves.at("video", "output", "connector", "connected")),
    ),
    ("conference_call_loss_ratio", _loss),
    ("conference_call_jitter_seconds", _jitter),
)
