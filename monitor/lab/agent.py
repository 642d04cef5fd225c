"""An SNMPv1/v2c agent (RFC 1157, RFC 3416): octets of a request to octets of the answer, or None for silence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from monitor.lab.malformed import endless, looping, nested, oversized
from monitor.lab.mib import Mib, ObjectInstance
from monitor.wire.ber import COUNTER64, END_OF_MIB_VIEW, NO_SUCH_INSTANCE, NO_SUCH_OBJECT
from monitor.wire.fault import MalformedError
from monitor.wire.oid import Oid
from monitor.wire.snmp import (
    GET,
    GET_BULK,
    GET_NEXT,
    SET,
    V1,
    V2C,
    ErrorStatus,
    Message,
    VarBind,
    decode,
    encode_answer,
    encode_varbind,
)

USUAL_OCTETS = 1472
"""What an unfragmented datagram over Ethernet holds."""

_MOST_ROWS = 500
_HEAD_OCTETS = 40


@dataclass(slots=True)
class Ills:
    """What is wrong with an agent.

    dies_after: rows of a column that it gives before it falls silent for away_s; None: it does not. answers_from: last octet of
    the address that answers come from; None: the one that was asked. oversized: octets of every answer; nested: sequences within
    sequences in every answer; flood_per_s: datagrams that nobody asked for; 0: none. engine_id: snmpEngineID, None where it has
    none.
    """

    is_dead: bool = False
    delay_s: float = 0.0
    loops: bool = False
    dies_after: int | None = None
    away_s: float = 20.0
    most_octets: int = USUAL_OCTETS
    refuses_big_bulk: bool = False
    is_garbled: bool = False
    answers_from: int | None = None
    has_64_bits: bool = True
    has_wrong_id: bool = False
    is_endless: bool = False
    oversized: int = 0
    nested: int = 0
    flood_per_s: int = 0
    engine_id: bytes | None = None


class Agent:
    """One agent. versions: V1, V2C or both; a request with any other version or community is met with silence (RFC 3416)."""

    __slots__ = ("_community", "_versions", "_wakes_at", "ills", "mib")

    def __init__(self, mib: Mib, community: bytes, versions: tuple[int, ...] = (V1, V2C)) -> None:
        self.mib = mib
        self.ills = Ills()
        self._community = community
        self._versions = versions
        self._wakes_at = 0.0

    def answer(self, request: bytes, now: float) -> bytes | None:
        """Return the answer's octets; None where an agent says nothing. now: epoch seconds, at which all values are read."""
        try:
            message = decode(request)
        except MalformedError:
            return None
        if message.version not in self._versions or message.community != self._community:
            return None
        if self.ills.is_dead or self._is_away(message, now):
            return None
        answer = self._perform(message._replace(request_id=message.request_id ^ 1) if self.ills.has_wrong_id else message, now)
        return self._spoil(answer, message) if answer is not None else None

    def _spoil(self, answer: bytes, request: Message) -> bytes:
        if self.ills.oversized:
            answer = oversized(answer, self.ills.oversized)
        if self.ills.nested:
            answer = nested(request, self.ills.nested)
        return answer[: len(answer) // 2] if self.ills.is_garbled else answer

    def _perform(self, message: Message, now: float) -> bytes | None:
        if message.pdu == GET_BULK and message.version == V2C:
            return self._bulk(message, now)
        if message.pdu in (GET, GET_NEXT):
            return self._get(message, now)
        if message.pdu == SET:
            return self._refuse(message, ErrorStatus.NO_SUCH_NAME if message.version == V1 else ErrorStatus.NOT_WRITABLE, 1)
        return None

    def _is_away(self, message: Message, now: float) -> bool:
        """Return whether the agent is dead, as it is for a while after it was asked for the row that kills it.

        It dies by the row that is asked for, not by how many answers it gave: so every walk gets as far, however often a question
        had to be asked again, or with fewer repetitions.
        """
        if self.ills.dies_after is None:
            return False
        if now >= self._wakes_at and message.pdu in (GET_NEXT, GET_BULK):
            first = (self._after(oid, is_v1=message.version == V1) for oid, _, _ in message.varbinds)
            if any(self._kills(entry) for entry in first):
                self._wakes_at = now + self.ills.away_s
        return now < self._wakes_at

    def _kills(self, entry: ObjectInstance | None) -> bool:
        return entry is not None and self.ills.dies_after is not None and self.mib.row(entry.oid) > self.ills.dies_after

    def _get(self, message: Message, now: float) -> bytes:
        found: list[VarBind] = []
        for position, (oid, _, _) in enumerate(message.varbinds, 1):
            bound = self._bound(message, oid, now)
            if bound is None:
                return self._refuse(message, ErrorStatus.NO_SUCH_NAME, position)
            found.append(bound)
        answer = encode_answer(message, [encode_varbind(*bound) for bound in found])
        return answer if len(answer) <= self.ills.most_octets else self._too_big(message)

    def _bound(self, message: Message, oid: Oid, now: float) -> VarBind | None:
        """Return what one name is answered with; None where v1 has no way to say that there is nothing."""
        is_v1 = message.version == V1
        entry = self.mib.get(oid) if message.pdu == GET else self._after(oid, is_v1)
        if entry is not None and not (is_v1 and entry.tag == COUNTER64):
            return entry.oid, entry.tag, entry.read(now)
        if is_v1:
            return None
        if message.pdu == GET_NEXT:
            return oid, END_OF_MIB_VIEW, None
        return oid, NO_SUCH_INSTANCE if self.mib.has_object(oid) else NO_SUCH_OBJECT, None

    def _after(self, oid: Oid, is_v1: bool) -> ObjectInstance | None:
        """Return the next instance; to v1 no Counter64 is shown (RFC 3584 section 4.2.2.1)."""
        entry = self.mib.after(oid)
        while entry is not None and is_v1 and entry.tag == COUNTER64:
            entry = self.mib.after(entry.oid)
        if self.ills.is_endless:
            return endless(self.mib, oid, entry)
        return looping(self.mib, oid, entry) if self.ills.loops else entry

    def _bulk(self, message: Message, now: float) -> bytes:
        """Return rows until max-repetitions, the end of the view, or a full message (RFC 3416 section 4.2.3)."""
        fixed = max(0, min(message.error_status, len(message.varbinds)))
        names = [oid for oid, _, _ in message.varbinds]
        room = self.ills.most_octets - _HEAD_OCTETS - len(self._community)
        parts: list[bytes] = []
        used = 0
        for bound in self._rows(names[:fixed], names[fixed:], max(0, message.error_index), now):
            part = encode_varbind(*bound)
            used += len(part)
            if used > room:
                return self._too_big(message) if self.ills.refuses_big_bulk or not parts else encode_answer(message, parts)
            parts.append(part)
        return encode_answer(message, parts)

    def _rows(self, fixed: list[Oid], repeated: list[Oid], repetitions: int, now: float) -> Iterator[VarBind]:
        for oid in fixed:
            yield self._row(oid, now)
        for _ in range(min(repetitions, _MOST_ROWS)):
            if any(self._kills(self._after(oid, is_v1=False)) for oid in repeated):
                break
            row = [self._row(oid, now) for oid in repeated]
            yield from row
            repeated = [oid for oid, _, _ in row]
            if all(tag == END_OF_MIB_VIEW for _, tag, _ in row):
                break

    def _row(self, oid: Oid, now: float) -> VarBind:
        entry = self._after(oid, is_v1=False)
        return (entry.oid, entry.tag, entry.read(now)) if entry is not None else (oid, END_OF_MIB_VIEW, None)

    def _too_big(self, message: Message) -> bytes:
        """Return tooBig: v2c without the names (RFC 3416 section 4.2.1), v1 with them (RFC 1157 section 4.1.2)."""
        return self._refuse(message, ErrorStatus.TOO_BIG, names=message.version == V1)

    def _refuse(self, message: Message, status: ErrorStatus, position: int = 0, *, names: bool = True) -> bytes:
        bound = [encode_varbind(*each) for each in message.varbinds] if names else []
        return encode_answer(message, bound, error_status=status, error_index=position)
