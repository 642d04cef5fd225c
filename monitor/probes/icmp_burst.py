"""One burst of echo requests on its way, and what is said of it when it ends."""

from __future__ import annotations

import asyncio
import secrets

from monitor.model.reading import Deliver, IcmpSample, Outcome, Reading, Unreachable
from monitor.model.spec import IcmpSpec
from monitor.probes.icmp_socket import IcmpSocket
from monitor.probes.names import Place

_UNCERTAIN_SHARE = 0.25
"""A request whose moment of sending is uncertain by more than this share of its timeout can't be called lost."""


class Round:
    """One call of probe(): how many of its bursts are still to be delivered; done is cancelled with its caller."""

    __slots__ = ("deliver", "done", "left")

    def __init__(self, left: int, deliver: Deliver, done: asyncio.Future[None]) -> None:
        self.left = left
        self.deliver = deliver
        self.done = done

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


class Burst:
    """What has happened to one target's burst so far.

    to_send:   requests still to be handed to the kernel; due_s: when the next one is (monotonic).
    rtts:      by accepted request, None while it is unanswered. sequences: theirs on the wire.
    uncertain: index → seconds, for requests whose moment of sending is not known better, since the process was stopped around it.
    refused:   requests that the kernel did not take; refusal: what it said. drops: the socket's count when the burst began.
    """

    __slots__ = (
        "answered",
        "channel",
        "clock",
        "drops",
        "due_s",
        "duplicates",
        "finished",
        "last_sent_s",
        "place",
        "refusal",
        "refused",
        "round",
        "rtts",
        "sequences",
        "spec",
        "to_send",
        "uncertain",
        "unreachable",
    )

    def __init__(self, spec: IcmpSpec, place: Place, of_round: Round, channel: Channel, due_s: float) -> None:
        self.spec = spec
        self.place = place
        self.round = of_round
        self.channel = channel
        self.drops = channel.drops
        self.due_s = due_s
        self.to_send = spec.packets
        self.last_sent_s = 0.0
        self.rtts: list[float | None] = []
        self.sequences: list[int] = []
        self.uncertain: dict[int, float] = {}
        self.answered = 0
        self.duplicates = 0
        self.unreachable: Unreachable | None = None
        self.refused = 0
        self.refusal = ""
        self.clock = "kernel"
        self.finished = False

    @property
    def is_complete(self) -> bool:
        """True where nothing more can come: all handed over, and all that the kernel took are answered."""
        return not self.to_send and self.answered == len(self.rtts)

    def answer(self, index: int, rtt_s: float, *, by_loop: bool) -> None:
        """Note the first reply to a request."""
        self.rtts[index] = rtt_s
        self.answered += 1
        if by_loop or index in self.uncertain:
            self.clock = "loop"


Flight = tuple[Burst, int, float, int]
"""A request under way: its burst, its index there, when it was sent (monotonic), its cookie."""


class Channel:
    """One family's socket and the requests under way on it.

    flights: by sequence; answered ones stay until their burst ends, so that duplicates are known. unanswered: how many are not.
    send, request, window: the socket's, one step nearer, as every packet uses them.
    drops: the socket's count of dropped replies when it was last read.
    """

    __slots__ = ("drops", "flights", "request", "send", "sequence", "socket", "unanswered", "window")

    def __init__(self, icmp_socket: IcmpSocket) -> None:
        self.socket = icmp_socket
        self.send = icmp_socket.sock.sendto
        self.request = icmp_socket.codec.request
        self.window = icmp_socket.window
        self.flights: dict[int, Flight] = {}
        self.sequence = secrets.randbelow(0x10000)
        self.unanswered = 0
        self.drops = 0

    def next_sequence(self) -> int:
        """Return a sequence that no request under way has; the window keeps most of them free."""
        sequence = (self.sequence + 1) & 0xFFFF
        while sequence in self.flights:
            sequence = (sequence + 1) & 0xFFFF
        self.sequence = sequence
        return sequence

    def forget(self, burst: Burst) -> None:
        """Take a finished burst's requests off the books; their late replies match nothing any more."""
        for sequence in burst.sequences:
            del self.flights[sequence]
        self.unanswered -= len(burst.rtts) - burst.answered


def not_sent(spec: IcmpSpec, at_s: float, detail: str) -> Reading:
    """Return the reading of a target that nothing can be said of."""
    return Reading(spec.target, "icmp", at_s, Outcome.NOT_SENT, IcmpSample(0, ()), detail=detail, confirms=spec.confirms)


def conclude(burst: Burst, at_s: float, *, stalled_s: float = 0.0, dropped: int = 0) -> Reading:
    """Return what a burst that has ended says of its target.

    stalled_s: for how long we did not look, where that makes silence void, else 0. dropped: replies that the kernel dropped since
    the burst began. An unanswered request counts as lost only where we know that we sent it and could have heard the reply.
    """
    spec = burst.spec
    if stalled_s:
        return not_sent(spec, at_s, f"void: we were stalled for {stalled_s:.1f} s")
    patience_s = spec.timeout_s * _UNCERTAIN_SHARE
    excused = [bool(dropped) or burst.uncertain.get(index, 0.0) > patience_s for index in range(len(burst.rtts))]
    rtts = tuple(rtt for rtt, is_excused in zip(burst.rtts, excused, strict=True) if rtt is not None or not is_excused)
    if not rtts:
        if burst.rtts:
            return not_sent(
                spec,
                at_s,
                f"void: our receive buffer overflowed by {dropped}" if dropped else "void: we were stopped while sending",
            )
        return not_sent(spec, at_s, burst.refusal or "not sent")
    sample = IcmpSample(len(rtts), rtts, burst.duplicates, burst.unreachable, burst.clock)
    detail = f"{burst.refused} of {spec.packets} not sent: {burst.refusal}" if burst.refused else ""
    if burst.answered:
        return Reading(spec.target, "icmp", at_s, Outcome.OK, sample, detail=detail, confirms=spec.confirms)
    silence = f"no reply to {len(rtts)} requests"
    return Reading(
        spec.target,
        "icmp",
        at_s,
        Outcome.TIMEOUT,
        sample,
        detail=f"{silence}; {detail}" if detail else silence,
        confirms=spec.confirms,
    )
