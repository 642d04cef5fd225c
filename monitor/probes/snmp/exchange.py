"""How a poll talks to an agent without knowing a socket: it yields questions and is sent answers.

A poll is a generator. Whoever drives it (the fast engine, pysnmp, a test) sends each question on its way, sends back the
Answer, or throws ExchangeError where none came. So both engines ask the same things and read the same values.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator
from functools import lru_cache
from typing import NamedTuple, TypeVar

from monitor.model.agent_fault import AgentFault
from monitor.model.reading import Outcome
from monitor.model.reason import Reason, Reasons
from monitor.model.spec import SnmpSpec
from monitor.probes.kernel import SocketAddress, socket_address
from monitor.probes.names import Place
from monitor.probes.snmp.adaptive_limits import KnownAgent
from monitor.probes.snmp.window import Generation
from monitor.probes.udp import source_of
from monitor.wire.answers import Steady
from monitor.wire.ber import Value
from monitor.wire.oid import Oid
from monitor.wire.snmp import GET, V1, V2C, Request, VarBind, prepare, status_name

_USUAL_SUBS = 24
_MOST_NOTES = 8
"""Kept of one question: whoever answers a thousand times in a thousand ways is known by the first few."""
WIRE_VERSIONS = {"1": V1, "2c": V2C}


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
    deadline is over or nothing can be sent. agent_fault: what the agent did that none should.
    """

    def __init__(self, outcome: Outcome, *detail: Reason, is_final: bool = False, agent_fault: AgentFault | None = None) -> None:
        super().__init__(*detail)
        self.outcome = outcome
        self.detail = detail
        self.is_final = is_final
        self.agent_fault = agent_fault


def status_reason(status: int) -> Reason:
    return Reason("agent_status", {"status": status_name(status)})


Result = TypeVar("Result")
Conversation = Generator[Ask, Answer, Result]


class Route:
    """Where an agent is asked, and how: everything about a spec that each of its questions needs, worked out once.

    name: the destination as the kernel has it. source: where answers come from; sources: all from where they are taken. tries: how
    many times the first wait all tries take together.
    """

    __slots__ = (
        "community",
        "destination",
        "device",
        "ip_version",
        "name",
        "place",
        "rate",
        "source",
        "sources",
        "spec",
        "tries",
        "version",
    )

    def __init__(self, spec: SnmpSpec, place: Place, device: KnownAgent) -> None:
        """Work it out; the credential's version is 1 or 2c."""
        self.spec = spec
        self.place = place
        self.device = device
        self.version = WIRE_VERSIONS[spec.credential.version]
        self.community = spec.credential.community.encode()
        self.ip_version = place.version
        self.destination: SocketAddress = place.at_port(spec.port)
        self.name = socket_address(self.destination)
        self.source = source_of(place.address, spec.port)
        self.sources = frozenset((self.source, *(source_of(address, spec.port) for address in spec.answers_from)))
        self.rate = spec.max_requests_per_second
        self.tries = spec.tries


class Asker(ABC):
    """Who asked; exactly one of the two is called, once, unless the exchange is cancelled before."""

    __slots__ = ()

    @abstractmethod
    def answered(self, answer: Answer) -> None: ...

    @abstractmethod
    def failed(self, error: ExchangeError) -> None: ...


class Exchange:
    """One question to one agent and what became of it so far.

    reader: reads a plain answer by its position, where the question is asked at every poll. wait_s: of the next try; tries_left:
    after the one under way. patience_s: how long an answer is waited for, from the first try on; give_up_s: when that ends,
    deadline_s when all ends, came_s when its answer came, monotonic. sent: request-id → when it was sent; each try has its own, and
    an answer to any counts. What most questions never need stands in the class: it costs nothing until something goes wrong.
    """

    give_up_s = 0.0
    generation: Generation | None = None
    due_s = 0.0
    busy = 0
    is_held_back = False
    is_over = False
    outcome = Outcome.TIMEOUT
    notes: Reasons = ()
    agent_fault: AgentFault | None = None
    drops = 0
    came_s = 0.0

    def __init__(self, route: Route, request: Request, reader: Steady | None, asker: Asker, deadline_s: float) -> None:
        """Prepare it: it is waited for as long as was learned of its agent, and never shorter in all than the spec says."""
        spec = route.spec
        timeout_s = spec.timeout_s
        wait_s = route.device.times.wait_s(timeout_s, spec.timeout_min_s, spec.timeout_max_s)
        self.route = route
        self.request = request
        self.reader = reader
        self.asker = asker
        self.wait_s = wait_s
        self.patience_s = (wait_s if wait_s > timeout_s else timeout_s) * route.tries
        self.tries_left = spec.retries
        self.deadline_s = deadline_s
        self.sent: dict[int, float] = {}

    def note(self, why: Reason, outcome: Outcome | None = None, agent_fault: AgentFault | None = None) -> None:
        """Keep evidence for the case that no answer comes. outcome: what it then is, if not a time-out."""
        self.agent_fault = agent_fault or self.agent_fault
        if len(self.notes) < _MOST_NOTES and why not in self.notes:
            self.notes += (why,)
        self.outcome = outcome or self.outcome


def not_complete(spec: SnmpSpec) -> Reason:
    return Reason("not_complete", {"deadline_s": spec.deadline_s})


def request_of(version: int, community: bytes, pdu: int, oids: tuple[Oid, ...], repetitions: int = 0) -> Request:
    """Return a question that is encoded but for its request-id; many devices are asked the same one.

    It is remembered unless its names are longer than any usual ones: a walk asks on from names that the agent made up.
    """
    if max(map(len, oids), default=0) > _USUAL_SUBS:
        return prepare(version, community, pdu, oids, second=repetitions)
    return _remembered(version, community, pdu, oids, repetitions)


@lru_cache(maxsize=8192)
def _remembered(version: int, community: bytes, pdu: int, oids: tuple[Oid, ...], repetitions: int) -> Request:
    return prepare(version, community, pdu, oids, second=repetitions)


def reader_of(spec: SnmpSpec, oids: tuple[Oid, ...]) -> Steady | None:
    """Return what reads one agent's answers to a GET that it is asked again and again; None where pysnmp alone speaks it."""
    version = WIRE_VERSIONS.get(spec.credential.version)
    return None if version is None else Steady(request_of(version, spec.credential.community.encode(), GET, oids))
