"""What an agent does that no agent should: probes find it, service/agent_faults.py tells it, words/agent_faults.py words it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from monitor.model.reason import Reasons


class FaultKind(StrEnum):
    """Kinds of misbehaviour.

    MALFORMED:   answers that are no SNMP messages: cut short, nested too deeply, rubbish.
    OVERSIZED:   answers far beyond what was asked for.
    WRONG_ID:    answers with another request-id than was asked with.
    WRONG_REPLY: answers with another community, version or PDU type.
    ELSEWHERE:   answers from another address or port than was asked.
    LATE:        answers after it was given up.
    LOOPS:       names that do not increase in a walk (RFC 3416 section 4.2.2).
    ENDLESS:     tables that do not end.
    DIES:        silence in the middle of a walk, again and again.
    TOO_BIG:     tooBig to a single value.
    SHARED_ENGINE: an snmpEngineID that another device has, too (RFC 3411 section 5).
    FLOODS:      datagrams that nobody asked for, many a second.
    """

    MALFORMED = "malformed"
    OVERSIZED = "oversized"
    WRONG_ID = "wrong_id"
    WRONG_REPLY = "wrong_reply"
    ELSEWHERE = "elsewhere"
    LATE = "late"
    LOOPS = "loops"
    ENDLESS = "endless"
    DIES = "dies"
    TOO_BIG = "too_big"
    SHARED_ENGINE = "shared_engine"
    FLOODS = "floods"


@dataclass(frozen=True, slots=True)
class AgentFault:
    """One misbehaviour as it was seen last. values, because: what its sentence in words/agent_faults.py is filled with."""

    kind: FaultKind
    values: Mapping[str, float | int | str] = field(default_factory=lambda: MappingProxyType({}))
    because: Reasons = ()


STRAY_KINDS = ("late", "garbage", "unasked")


@dataclass(frozen=True, slots=True)
class Unsolicited:
    """Datagrams of one source that answered no open question, since they were last taken.

    address: as the kernel writes it, '' for all sources beyond those that are kept apart. kind: 'late' (to a question that was
    given up or answered), 'garbage' (no SNMP message), 'unasked' (to no question of ours). late_s: the longest time from a
    question that was given up to its answer, 0 where there was none.
    """

    address: str
    kind: str
    datagrams: int
    late_s: float = 0.0
