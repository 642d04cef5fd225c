"""Questions to a gatekeeper and its answers, bytes to values and back (RAS: ITU-T H.225.0, annex H, in aligned PER).

One question suffices: LocationRequest, does it know an alias. GatekeeperRequest, is there a gatekeeper, is read for the lab.
Messages of other kinds are refused with a reason, and what follows the fields that are needed is stepped over.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address

from monitor.wire.fault import MalformedError
from monitor.wire.per import PerReader, PerWriter

SIGNALLING_PORT = 1720

_ALTERNATIVE_BITS = 5
_H225_V6 = bytes.fromhex("0008914a0006")
"""The object identifier {itu-t 0 recommendation 0 h 8 h225-0 2250 version 0 6}."""
_DIGITS = "#*,0123456789"
"""dialledDigits, in the order in which PER numbers them; 4 bits each."""
_MOST_DIGITS, _MOST_LETTERS = 128, 256
_IPV4, _IPV6 = 0, 3
"""Alternatives of TransportAddress."""
_GATEKEEPER_REASONS = ("resourceUnavailable", "terminalExcluded", "invalidRevision", "undefinedReason")
_GATEKEEPER_MORE = ("securityDenial", "genericDataReason", "neededFeatureNotSupported", "securityError")
_LOCATION_REASONS = ("notRegistered", "invalidPermission", "requestDenied", "undefinedReason")
_LOCATION_MORE = (
    *("securityDenial", "aliasesInconsistent", "routeCalltoSCN", "resourceUnavailable", "genericDataReason"),
    *("neededFeatureNotSupported", "hopCountExceeded", "incompleteAddress", "securityError", "securityDHmismatch"),
    *("noRouteToDestination", "unallocatedNumber"),
)
NOT_REGISTERED = frozenset(("notRegistered", "unallocatedNumber"))
"""The reasons that say of an alias that it is not registered; all others say only that we were not told."""


class _Ras(IntEnum):
    """Alternatives of RasMessage."""

    GRQ = 0
    GCF = 1
    GRJ = 2
    LRQ = 18
    LCF = 19
    LRJ = 20


_RIP = 0
"""The first of its extensions."""

TransportAddress = tuple[str, int]
"""(IPv4 or IPv6 address as text, port)."""


class GatekeeperAnswerKind(StrEnum):
    """What a gatekeeper answers."""

    GATEKEEPER_CONFIRM = "GCF"
    GATEKEEPER_REJECT = "GRJ"
    LOCATION_CONFIRM = "LCF"
    LOCATION_REJECT = "LRJ"
    IN_PROGRESS = "RIP"


@dataclass(frozen=True, slots=True)
class GatekeeperAnswer:
    """One answer. sequence: requestSeqNum of the question, 1 to 65535.

    reason: of a reject, as the standard names it, 'reason 9' where it names none. signalling: where calls to the alias go, of a
    LocationConfirm; None where that is no IP address. delay_s: how long the answer may still take, of RequestInProgress.
    """

    kind: GatekeeperAnswerKind
    sequence: int
    reason: str = ""
    signalling: TransportAddress | None = None
    delay_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Question:
    """One question, as a gatekeeper reads it. alias: None for a GatekeeperRequest. reply_to: where the answer belongs."""

    sequence: int
    alias: str | None
    reply_to: TransportAddress | None


def location_request(sequence: int, alias: str, reply_to: TransportAddress) -> bytes:
    """Return a LocationRequest. sequence: 1 to 65535. alias: digits (#*, too) go as dialledDigits, all else as h323-ID.

    Raises ValueError for an alias that neither holds: empty, too long, or with letters beyond the basic plane.
    """
    writer = _begun(_Ras.LRQ, 2, sequence)
    writer.length(1)
    _write_alias(writer, alias)
    _write_place(writer, reply_to)
    return writer.encoded()


def is_alias(text: str) -> bool:
    most = _MOST_DIGITS if set(text) <= set(_DIGITS) else _MOST_LETTERS
    return 0 < len(text) <= most and all(ord(letter) < 0x10000 and not 0xD800 <= ord(letter) < 0xE000 for letter in text)


def gatekeeper_confirm(sequence: int, place: TransportAddress) -> bytes:
    writer = _begun(_Ras.GCF, 2, sequence)
    _write_protocol(writer)
    _write_place(writer, place)
    return writer.encoded()


def location_confirm(sequence: int, signalling: TransportAddress, ras: TransportAddress) -> bytes:
    """Return a LocationConfirm. signalling, ras: where calls to the alias go, and its owner's RAS address."""
    writer = _begun(_Ras.LCF, 1, sequence)
    _write_place(writer, signalling)
    _write_place(writer, ras)
    return writer.encoded()


def location_reject(sequence: int, reason: str = "notRegistered") -> bytes:
    """Return a LocationReject for one of the four first reasons."""
    writer = _begun(_Ras.LRJ, 1, sequence)
    writer.bits(0, 1)
    writer.bits(_LOCATION_REASONS.index(reason), 2)
    return writer.encoded()


def read_gatekeeper_answer(data: bytes) -> GatekeeperAnswer:
    """Return the answer that a datagram holds. Raises MalformedError."""
    reader = PerReader(data)
    if reader.bits(1):
        return _read_extension(reader)
    match reader.bits(_ALTERNATIVE_BITS):
        case _Ras.GCF:
            _, sequence = _opened(reader, 2)
            return GatekeeperAnswer(GatekeeperAnswerKind.GATEKEEPER_CONFIRM, sequence)
        case _Ras.GRJ:
            optional, sequence = _opened(reader, 2)
            _read_protocol(reader)
            reason = "" if optional else _read_reason(reader, _GATEKEEPER_REASONS, _GATEKEEPER_MORE)
            return GatekeeperAnswer(GatekeeperAnswerKind.GATEKEEPER_REJECT, sequence, reason)
        case _Ras.LCF:
            _, sequence = _opened(reader, 1)
            return GatekeeperAnswer(GatekeeperAnswerKind.LOCATION_CONFIRM, sequence, signalling=_read_place(reader))
        case _Ras.LRJ:
            _, sequence = _opened(reader, 1)
            return GatekeeperAnswer(
                GatekeeperAnswerKind.LOCATION_REJECT, sequence, _read_reason(reader, _LOCATION_REASONS, _LOCATION_MORE)
            )
        case other:
            raise MalformedError("other_answer", message=other)


def read_question(data: bytes) -> Question:
    """Return the GatekeeperRequest or LocationRequest that a datagram holds. Raises MalformedError."""
    reader = PerReader(data)
    alternative = reader.bits(1 + _ALTERNATIVE_BITS)
    if alternative == _Ras.GRQ:
        optional, sequence = _opened(reader, 4)
        _read_protocol(reader)
        # nonStandardData would stand before the address.
        return Question(sequence, None, None if optional & 0b1000 else _read_place(reader))
    if alternative == _Ras.LRQ:
        optional, sequence = _opened(reader, 2)
        if optional:
            raise MalformedError("optional_fields")
        if reader.length() != 1:
            raise MalformedError("other_aliases")
        return Question(sequence, _read_alias(reader), _read_place(reader))
    raise MalformedError("unknown_message", message=alternative)


def _begun(alternative: int, optional: int, sequence: int) -> PerWriter:
    """Return a writer behind requestSeqNum, with none of so many optional fields."""
    if not 0 < sequence < 0x10000:
        raise ValueError(f"requestSeqNum is 1 to 65535, not {sequence}")
    writer = PerWriter()
    writer.bits(alternative, 1 + _ALTERNATIVE_BITS)
    writer.bits(0, 1 + optional)
    writer.octets((sequence - 1).to_bytes(2, "big"))
    return writer


def _opened(reader: PerReader, optional: int) -> tuple[int, int]:
    """Return which of so many optional fields are there, as bits, and requestSeqNum."""
    reader.bits(1)
    present = reader.bits(optional)
    sequence = int.from_bytes(reader.octets(2), "big") + 1
    if sequence > 0xFFFF:
        raise MalformedError("sequence_65536")
    return present, sequence


def _read_extension(reader: PerReader) -> GatekeeperAnswer:
    alternative = reader.small()
    if alternative != _RIP:
        raise MalformedError("other_extension", message=alternative)
    content = PerReader(reader.octets(reader.length()))
    optional, sequence = _opened(content, 4)
    # Optional fields would stand before the delay.
    delay_ms = 0 if optional else int.from_bytes(content.octets(2), "big") + 1
    return GatekeeperAnswer(GatekeeperAnswerKind.IN_PROGRESS, sequence, delay_s=delay_ms / 1000)


def _write_protocol(writer: PerWriter) -> None:
    writer.length(len(_H225_V6))
    writer.octets(_H225_V6)


def _read_protocol(reader: PerReader) -> None:
    reader.octets(reader.length())


def _read_reason(reader: PerReader, known: tuple[str, ...], more: tuple[str, ...]) -> str:
    """Return the reason of a reject: a CHOICE of four, and of extensions whose content is not needed."""
    if not reader.bits(1):
        return known[reader.bits(2)]
    index = reader.small()
    return more[index] if index < len(more) else f"reason {len(known) + index}"


def _write_place(writer: PerWriter, place: TransportAddress) -> None:
    address = ip_address(place[0])
    writer.bits(0, 1)
    writer.bits(_IPV4 if address.version == 4 else _IPV6, 3)
    if address.version == 6:
        writer.bits(0, 1)
    writer.octets(address.packed)
    writer.octets(place[1].to_bytes(2, "big"))


def _read_place(reader: PerReader) -> TransportAddress | None:
    """Return an IP address and a port; None for any other kind of TransportAddress."""
    if reader.bits(1):
        return None
    kind = reader.bits(3)
    if kind == _IPV4:
        return str(IPv4Address(reader.octets(4))), int.from_bytes(reader.octets(2), "big")
    if kind == _IPV6:
        reader.bits(1)
        return str(IPv6Address(reader.octets(16))), int.from_bytes(reader.octets(2), "big")
    return None


def _write_alias(writer: PerWriter, alias: str) -> None:
    if not is_alias(alias):
        raise ValueError(f"'{alias}' is neither 1 to {_MOST_DIGITS} digits nor an H.323-ID of 1 to {_MOST_LETTERS} letters")
    writer.bits(0, 1)
    if set(alias) <= set(_DIGITS):
        writer.bits(0, 1)
        writer.bits(len(alias) - 1, 7)
        writer.align()
        for digit in alias:
            writer.bits(_DIGITS.index(digit), 4)
        return
    writer.bits(1, 1)
    writer.octets(bytes((len(alias) - 1,)))
    writer.octets(alias.encode("utf-16-be"))


def _read_alias(reader: PerReader) -> str:
    if reader.bits(1):
        raise MalformedError("strange_alias")
    if reader.bits(1):
        count = reader.octets(1)[0] + 1
        return reader.octets(2 * count).decode("utf-16-be", "replace")
    count = reader.bits(7) + 1
    reader.align()
    indexes = [reader.bits(4) for _ in range(count)]
    if max(indexes) >= len(_DIGITS):
        raise MalformedError("bad_digits")
    return "".join(_DIGITS[index] for index in indexes)
