"""One burst of echo requests on its way, and what is said of it when it ends."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from monitor.model.quick import quick
from monitor.model.reading import Deliver, IcmpSample, Outcome, Reading, Unreachable
from monitor.model.reason import Reason, Reasons
from monitor.model.spec import IcmpSpec
from monitor.probes.icmp.socket import IcmpSocket
from monitor.probes.names import Place

_SEQUENCES = 0x10000
_OK = Outcome.OK
_reading = quick(Reading)
_sample = quick(IcmpSample)
_UNCERTAIN_SHARE = 0.25
"""A request whose moment of sending is uncertain by more than this share of its timeout can't be called lost."""


@dataclass(slots=True)
class Round:
    """One call of probe(): how many of its bursts are still to be delivered; done is cancelled with its caller."""

    left: int
    deliver: Deliver
    done: asyncio.Future[None]

    def close(self, reading: Reading) -> None:
        """Deliver one reading, unless nobody waits any more; what deliver raises is raised by probe()."""
        if self.done.done():
            return
        self.left -= 1
        try:
            self.deliver(reading)
        except Exception as error:  # the caller's fault must not take the other rounds along
            self.done.set_exception(error)
            return
        if not self.left:
            self.done.set_result(None)


@dataclass(slots=True)
class Remarks:
    """What is seldom to be said of a burst.

    uncertain: index → seconds, for requests whose moment of sending is not known better, since the process was stopped around it.
    refused:   requests that the kernel did not take; refusal: what it said, None where there are none. clock: as in IcmpSample.
    """

    duplicates: int = 0
    unreachable: Unreachable | None = None
    refused: int = 0
    refusal: Reason | None = None
    clock: str = "kernel"
    uncertain: dict[int, float] = field(default_factory=dict)


_NOTHING = Remarks()


class Burst:
    """What has happened to one target's burst so far.

    name: where it goes, as Place.name; address: the same as text. group: how it is sent.
    to_send: requests still to be handed to the kernel; due_s: when the next one is (monotonic).
    rtts:    by accepted request, None while it is unanswered. sequences: theirs on the wire.
    given_up: unanswered requests that are overdue, and for which no reply needs room any more; see FamilyState.give_up().
    drops:   the socket's count when the burst began. remarks: None while there is nothing to say; see noted().
    """

    __slots__ = (
        "address",
        "answered",
        "drops",
        "due_s",
        "finished",
        "given_up",
        "group",
        "last_sent_s",
        "name",
        "remarks",
        "round",
        "rtts",
        "sequences",
        "spec",
        "to_send",
    )

    def __init__(self, spec: IcmpSpec, place: Place, of_round: Round, group: SendGroup, due_s: float) -> None:
        self.spec = spec
        self.address = place.address
        self.name = place.name
        self.round = of_round
        self.group = group
        self.drops = group.family.drops
        self.due_s = due_s
        self.to_send = spec.packets
        self.last_sent_s = due_s
        self.rtts: list[float | None] = []
        self.sequences: list[int] = []
        self.answered = 0
        self.given_up = 0
        self.remarks: Remarks | None = None
        self.finished = False

    def noted(self) -> Remarks:
        if self.remarks is None:
            self.remarks = Remarks()
        return self.remarks


Flight = tuple[Burst, int, float, int]
"""A request under way: its burst, its index there, when it was sent (monotonic), its cookie."""


class SendGroup:
    """How bursts are sent that can go together, and those of them that wait: for their next turn, or for what is unanswered."""

    __slots__ = ("dscp", "family", "spaced", "spacing_s", "timeout_s", "waiting")

    def __init__(self, family: FamilyState, spec: IcmpSpec) -> None:
        self.family = family
        self.dscp = spec.dscp
        self.spacing_s = spec.spacing_s
        self.timeout_s = spec.timeout_s
        self.spaced: deque[Burst] = deque()
        self.waiting: deque[Burst] = deque()


class FamilyState:
    """One family's socket and the requests under way on it.

    flights: by sequence, None where it is free; answered ones stay as long as there is room, so that duplicates are known.
    under_way: bursts that have begun and not ended; unanswered: requests whose reply needs room. window: the socket's.
    drops: the socket's count of dropped replies when it was last read.
    """

    __slots__ = ("drops", "flights", "sequence", "socket", "unanswered", "under_way", "window")

    def __init__(self, icmp_socket: IcmpSocket) -> None:
        self.socket = icmp_socket
        self.window = icmp_socket.window
        self.flights: list[Flight | None] = [None] * _SEQUENCES
        self.sequence = secrets.randbelow(_SEQUENCES)
        self.under_way = 0
        self.unanswered = 0
        self.drops = 0

    def reserve_sequences(self, count: int) -> Sequence[int]:
        """Return sequences that no unanswered request has; the window keeps most of them free, and long bursts give theirs up."""
        first = self.sequence
        self.sequence = (first + count) % _SEQUENCES
        if first + count <= _SEQUENCES and not any(self.flights[first : first + count]):
            return range(first, first + count)
        taken: list[int] = []
        while len(taken) < count:
            flight = self.flights[first]
            if flight is None or flight[0].rtts[flight[1]] is not None:
                taken.append(first)
            first = (first + 1) % _SEQUENCES
        self.sequence = first
        return taken

    def forget(self, burst: Burst) -> None:
        """Take a finished burst's requests off the books; their late replies match nothing any more."""
        flights = self.flights
        for sequence in burst.sequences:
            flight = flights[sequence]
            if flight is not None and flight[0] is burst:
                flights[sequence] = None
        self.under_way -= 1
        self.give_up(burst)

    def give_up(self, burst: Burst) -> None:
        """Keep no more room for the replies to a burst's requests: they are overdue, or the burst is finished."""
        missing = len(burst.rtts) - burst.answered
        self.unanswered -= missing - burst.given_up
        burst.given_up = missing


def not_sent(spec: IcmpSpec, at_s: float, why: Reason) -> Reading:
    return Reading(spec.target, "icmp", at_s, Outcome.NOT_SENT, IcmpSample(0, ()), detail=(why,), confirms=spec.confirms)


def conclude(burst: Burst, at_s: float, stalled_s: float = 0.0, dropped: int = 0) -> Reading:
    """Return what a burst that has ended says of its target.

    stalled_s: for how long we did not look, where that makes silence void, else 0. dropped: replies that the kernel dropped since
    the burst began. An unanswered request counts as lost only where we know that we sent it and could have heard the reply.
    """
    spec, remarks = burst.spec, burst.remarks
    rtts = tuple(burst.rtts)
    if remarks is None and rtts and burst.answered == len(rtts):
        return _reading(spec.target, "icmp", at_s, _OK, _sample(len(rtts), rtts), None, (), spec.confirms)
    if stalled_s:
        return not_sent(spec, at_s, Reason("stalled", {"stalled_s": round(stalled_s, 3)}))
    if remarks is None:
        remarks = _NOTHING
    heard = _without_excused(rtts, remarks, spec.timeout_s * _UNCERTAIN_SHARE, dropped=bool(dropped))
    if not heard:
        return not_sent(spec, at_s, _why_void(dropped) if rtts else remarks.refusal or Reason("not_sent"))
    sample = IcmpSample(len(heard), heard, remarks.duplicates, remarks.unreachable, remarks.clock)
    detail: Reasons = ()
    if remarks.refused and remarks.refusal is not None:
        detail = (Reason("partly_unsent", {"refused": remarks.refused, "packets": spec.packets}, (remarks.refusal,)),)
    if burst.answered:
        return Reading(spec.target, "icmp", at_s, Outcome.OK, sample, None, detail, spec.confirms)
    detail = (Reason("no_reply", {"requests": len(heard)}), *detail)
    return Reading(spec.target, "icmp", at_s, Outcome.TIMEOUT, sample, None, detail, spec.confirms)


def _without_excused(
    rtts: tuple[float | None, ...], remarks: Remarks, patience_s: float, *, dropped: bool
) -> tuple[float | None, ...]:
    """Leave out the unanswered requests that may have been answered, or never sent, for all we know."""
    uncertain = remarks.uncertain
    if not dropped and not uncertain:
        return rtts
    return tuple(
        rtt for index, rtt in enumerate(rtts) if rtt is not None or not (dropped or uncertain.get(index, 0.0) > patience_s)
    )


def _why_void(dropped: int) -> Reason:
    return Reason("overflow", {"dropped": dropped}) if dropped else Reason("stopped_sending")
