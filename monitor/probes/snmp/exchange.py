"""How a poll talks to an agent without knowing a socket: it yields questions and is sent answers.

A poll is a generator. Whoever drives it (the fast engine, pysnmp, a test) sends each question on its way, sends back the
Answer, or throws ExchangeError where none came. So both engines ask the same things and read the same values.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import NamedTuple, TypeVar

from monitor.model.agent_fault import AgentFault
from monitor.model.reading import Outcome
from monitor.model.reason import Reason
from monitor.wire.answers import Steady
from monitor.wire.ber import Value
from monitor.wire.oid import Oid
from monitor.wire.snmp import VarBind, status_name


class Ask(NamedTuple):
    """One question. pdu: GET, GET_NEXT or GET_BULK of wire/snmp.py. repetitions: of a GET_BULK, whose non-repeaters are 0.

    reader: of a GET that is asked again and again, for an engine that encodes itself: the question, encoded, and its reader.
    """

    pdu: int
    oids: tuple[Oid, ...]
    repetitions: int = 0
    reader: Steady | None = None


class Answer(NamedTuple):
    """What came back. status, culprit: error-status and error-index. rtt_s: seconds from the question to this answer.

    tags, values: of a plain answer that a reader read, in place of varbinds: of the objects asked for, in their order.
    """

    status: int
    culprit: int
    varbinds: tuple[VarBind, ...]
    rtt_s: float | None = None
    tags: tuple[int, ...] = ()
    values: tuple[Value, ...] = ()


class ExchangeError(Exception):
    """No usable answer came.

    outcome: anything but OK. detail: why, as in Reading. is_final: no further question is allowed, since the device's
    deadline is over or nothing can be sent. misdeed: what the agent did that none should.
    """

    def __init__(self, outcome: Outcome, *detail: Reason, is_final: bool = False, misdeed: AgentFault | None = None) -> None:
        super().__init__(*detail)
        self.outcome = outcome
        self.detail = detail
        self.is_final = is_final
        self.misdeed = misdeed


def status_reason(status: int) -> Reason:
    """Return what an agent's error-status says."""
    return Reason("agent_status", {"status": status_name(status)})


Result = TypeVar("Result")
Conversation = Generator[Ask, Answer, Result]
