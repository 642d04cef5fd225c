"""Takes what has come to the ICMP sockets and books it to the requests that it answers, by the kernel's time where that holds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from monitor.model.clock import Clock
from monitor.probes.icmp.burst import Burst, FamilyState, Flight
from monitor.probes.icmp.sender import PAUSE_S
from monitor.probes.icmp.socket import Reply
from monitor.probes.kernel import SAME_OFFSET_S, Stamps
from monitor.probes.lateness import WORKING_SHARE

_ERROR_SLICES = 16
"""Of a thousand reports each: more than the queue holds, and an end where somebody floods us."""
_MOST = 512
"""Packets taken from a socket before the loop may do something else."""


@dataclass(frozen=True, slots=True)
class Drain:
    """What one look at all sockets brought.

    received: replies to requests of ours, of `taken` packets. is_empty: nothing is left waiting. complete: bursts that wait for
    nothing more.
    """

    received: int
    taken: int
    is_empty: bool
    complete: list[Burst]


class Receiver:
    """Books replies and errors; see drain(). drained_s: until when all that came is known to have been seen (monotonic)."""

    def __init__(self, clock: Clock, worked: Callable[[], float]) -> None:
        """worked: seconds for which this process has had a processor so far."""
        self.drained_s = 0.0
        self._worked = worked
        self._worked_s = 0.0
        self._clock = clock
        self._stamps = Stamps(clock)
        self._complete: list[Burst] = []

    def begin(self, now: float) -> None:
        """Start afresh: nothing is under way, and all that will be measured is sent from now on."""
        self.has_seen_all(now)
        self._stamps.forget()

    def has_seen_all(self, now: float) -> None:
        self.drained_s = now
        self._worked_s = self._worked()

    def stood_still_s(self, now: float) -> float:
        """Return for how many seconds all was unseen where the whole process stood still meanwhile, 0 where it was only busy."""
        gap_s = now - self.drained_s
        return gap_s if self._worked() - self._worked_s < gap_s * WORKING_SHARE else 0.0

    def drain(self, families: Collection[FamilyState]) -> Drain:
        self._stamps.look()
        self._complete = []
        received, taken, is_empty = 0, 0, True
        for family in families:
            if not family.under_way:
                continue
            left = _MOST
            while left > 0:
                replies, count = family.socket.receive()
                if not count:
                    break
                received += self._book_replies(family, replies)
                left -= count
            taken += _MOST - left
            for _ in range(_ERROR_SLICES):
                if not family.socket.has_errors:
                    break
                self.note_errors(family)
            is_empty = is_empty and left > 0
        return Drain(received, taken, is_empty, self._complete)

    def _book_replies(self, family: FamilyState, replies: Iterable[Reply]) -> int:
        """Book a batch of replies to their requests, and return how many were to requests of ours."""
        now = self._clock.monotonic()
        flights, complete = family.flights, self._complete
        offset_s = self._stamps.offset_s
        base_s = offset_s or 0.0
        received = answered = 0
        for (source,), echo, (seconds, nanoseconds) in replies:
            if echo is None:
                continue
            flight = flights[echo[0]]
            if flight is None:
                continue
            burst, index, sent_s, cookie = flight
            if cookie != echo[1] or source != burst.name:
                continue
            received += 1
            rtts = burst.rtts
            if rtts[index] is not None:
                burst.noted().duplicates += 1
                continue
            rtt_s = seconds + nanoseconds * 1e-9 - base_s - sent_s
            if burst.remarks is not None or offset_s is None or not -PAUSE_S <= rtt_s <= now - sent_s + SAME_OFFSET_S:
                rtt_s = self._doubtful_rtt_s(flight, rtt_s if offset_s is not None else None, now)
            if rtt_s <= burst.group.timeout_s:
                rtts[index] = rtt_s if rtt_s > 0.0 else 0.0
                burst.answered += 1
                answered += 1
                if burst.answered == len(rtts) and not burst.to_send:
                    complete.append(burst)
        family.unanswered -= answered
        return received

    def _doubtful_rtt_s(self, flight: Flight, stamped_s: float | None, now: float) -> float:
        """Return a reply's round-trip time where its stamp may say nothing, and note in its burst whose time it is.

        stamped_s: by the stamp, None where stamps can't be trusted.
        """
        burst, index, sent_s, _ = flight
        if stamped_s is not None and -PAUSE_S <= stamped_s <= now - sent_s + SAME_OFFSET_S:
            if index in burst.noted().uncertain:
                burst.noted().clock = "loop"
            return stamped_s
        burst.noted().clock = "loop"
        # It came after the last drain, which is all that is sure: in time if it may have been in time.
        return min(now - sent_s, max(burst.group.timeout_s, self.drained_s - sent_s))

    def note_errors(self, family: FamilyState) -> int:
        """Empty a family's error queue, note who is unreachable, and return how many reports of any sort were in it."""
        errors, taken = family.socket.errors()
        for error in errors:
            flight = family.flights[error.sequence]
            if flight and flight[0].address == error.destination:
                flight[0].noted().unreachable = error.unreachable
        return taken
