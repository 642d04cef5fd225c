"""How a poll talks to an agent without knowing a socket: it yields questions and is sent answers.

A poll is a generator. Whoever drives it (the fast engine, pysnmp, a test) sends each question on its way, sends back the
Answer, or throws ExchangeError where none came. So both engines ask the same things and read the same values.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from monitor.model.misdeed import Misdeed
from monitor.model.profile import Profile
from monitor.model.reading import Outcome
from monitor.probes.snmp_plan import ValuePlan
from monitor.rules.interfaces import InterfaceRow
from monitor.wire.oid import Oid
from monitor.wire.snmp import VarBind


class Ask(NamedTuple):
    """One question. pdu: GET, GET_NEXT or GET_BULK of wire/snmp.py. repetitions: of a GET_BULK, whose non-repeaters are 0."""

    pdu: int
    oids: tuple[Oid, ...]
    repetitions: int = 0


class Answer(NamedTuple):
    """What came back. status, culprit: error-status and error-index. rtt_s: seconds from the question to this answer."""

    status: int
    culprit: int
    varbinds: tuple[VarBind, ...]
    rtt_s: float | None = None


class ExchangeError(Exception):
    """No usable answer came.

    outcome: anything but OK. detail: the reason in a few words. is_final: no further question is allowed, since the device's
    deadline is over or nothing can be sent. misdeed: what the agent did that none should.
    """

    def __init__(self, outcome: Outcome, detail: str, *, is_final: bool = False, misdeed: Misdeed | None = None) -> None:
        super().__init__(detail)
        self.outcome = outcome
        self.detail = detail
        self.is_final = is_final
        self.misdeed = misdeed


Result = TypeVar("Result")
Conversation = Generator[Ask, Answer, Result]


@dataclass(slots=True)
class KnownRow:
    """An interface that is read directly. key: as InterfaceSample.name. bits: 64 or 32, None until it was tried."""

    row: InterfaceRow
    key: str
    role: str
    bits: int | None = None


@dataclass(slots=True)
class AgentMemory:
    """What was learnt of an agent, kept from poll to poll by whoever drives it.

    profile: the one that reads it, None before the first contact. missing: objects that it refuses a whole GET for (v1).
    repetitions: at most so many in a GETBULK, and why; None: as configured. get_size: objects in one GET.
    has_bulk: False where it knows no GETBULK. rows: the interfaces that are read directly; is_surveyed: False where the table has
    not been walked to its end since there was cause to.
    engine_id: snmpEngineID in hexadecimal, not asked of v1 agents. polls: since it was identified.
    plan: which objects the profile's values are made of, None until the device was surveyed.
    """

    profile: Profile | None = None
    sys_object_id: str = ""
    sys_descr: str = ""
    sys_name: str = ""
    engine_id: str = ""
    missing: set[Oid] = field(default_factory=set)
    repetitions: int | None = None
    repetitions_reason: str = ""
    get_size: int = 24
    has_bulk: bool = True
    rows: tuple[KnownRow, ...] = ()
    is_surveyed: bool = False
    uptime_ticks: int | None = None
    table_last_change_ticks: int | None = None
    polls: int = 0
    plan: ValuePlan | None = None
