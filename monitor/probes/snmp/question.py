"""One agent's place on the network, and one question on its way to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from monitor.model.misdeed import Misdeed
from monitor.model.reading import Outcome
from monitor.model.spec import SnmpSpec
from monitor.probes.datagrams import name_of
from monitor.probes.names import Place, SocketAddress
from monitor.probes.snmp.exchange import Answer, ExchangeError
from monitor.probes.snmp.manner import Device
from monitor.probes.snmp.socket import source_of
from monitor.probes.snmp.timers import Generation
from monitor.wire.answers import Steady
from monitor.wire.oid import Oid
from monitor.wire.snmp import GET, V1, V2C, Request, prepare

_USUAL_SUBS = 24
BACK_OFF = 1.5
"""Each retry waits so many times as long as the try before it."""
_MOST_NOTES = 8
"""Kept of one question: whoever answers a thousand times in a thousand ways is known by the first few."""
WIRE_VERSIONS = {"1": V1, "2c": V2C}


class Route:
    """Where an agent is asked, and how: everything about a spec that each of its questions needs, worked out once.

    name: the destination as the kernel has it. source: where answers come from; sources: all from where they are taken.
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
        "version",
    )

    def __init__(self, spec: SnmpSpec, place: Place, device: Device) -> None:
        """Work it out; the credential's version is 1 or 2c."""
        self.spec = spec
        self.place = place
        self.device = device
        self.version = WIRE_VERSIONS[spec.credential.version]
        self.community = spec.credential.community.encode()
        self.ip_version = place.version
        self.destination: SocketAddress = (place.sockaddr[0], spec.port, *place.sockaddr[2:])
        self.name = name_of(self.destination)
        self.source = source_of(place.address, spec.port)
        self.sources = frozenset((self.source, *(source_of(address, spec.port) for address in spec.answers_from)))
        self.rate = spec.max_requests_per_second


class Asker(Protocol):
    """Who asked; exactly one of the two is called, once, unless the exchange is cancelled before."""

    def answered(self, answer: Answer) -> None:
        """Take the answer."""

    def failed(self, error: ExchangeError) -> None:
        """Take the reason why there is none."""


@dataclass(slots=True, eq=False)
class Exchange:
    """One question to one agent and what became of it so far.

    reader: reads a plain answer by its position, where the question is asked at every poll. wait_s: of the next try; tries_left:
    after the one under way. patience_s: how long an answer is waited for, from the first try on; give_up_s: when that ends, and
    deadline_s when all ends, monotonic. sent: request-id → when it was sent; each try has its own, and an answer to any counts.
    """

    route: Route
    request: Request
    reader: Steady | None
    asker: Asker
    wait_s: float
    patience_s: float
    tries_left: int
    deadline_s: float
    give_up_s: float = 0.0
    generation: Generation | None = None
    sent: dict[int, float] = field(default_factory=dict)
    due_s: float = 0.0
    busy: int = 0
    is_held_back: bool = False
    is_over: bool = False
    outcome: Outcome = Outcome.TIMEOUT
    notes: tuple[str, ...] = ()
    misdeed: Misdeed | None = None
    drops: int = 0

    def note(self, text: str, outcome: Outcome | None = None, misdeed: Misdeed | None = None) -> None:
        """Keep evidence for the case that no answer comes. outcome: what it then is, if not a time-out."""
        self.misdeed = misdeed or self.misdeed
        if len(self.notes) < _MOST_NOTES and text not in self.notes:
            self.notes += (text,)
        self.outcome = outcome or self.outcome


def make_exchange(route: Route, request: Request, reader: Steady | None, asker: Asker, deadline_s: float) -> Exchange:
    """Return a question that is waited for as long as was learned of its agent, and never shorter in all than the spec says."""
    spec = route.spec
    wait_s = route.device.times.wait_s(spec.timeout_s, spec.timeout_min_s, spec.timeout_max_s)
    patience_s = (wait_s if wait_s > spec.timeout_s else spec.timeout_s) * span(spec.retries)
    return Exchange(route, request, reader, asker, wait_s, patience_s, spec.retries, deadline_s)


def span(retries: int) -> float:
    """Return how many times the first wait all tries take together: 1, 2.5, 4.75, …"""
    return float((BACK_OFF ** (retries + 1) - 1) / (BACK_OFF - 1))


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
