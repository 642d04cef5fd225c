"""Hands echo requests to the kernel in batches, and counts what it did not take and why."""

from __future__ import annotations

import errno
import os
import struct
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Protocol

from monitor.model.clock import Clock
from monitor.probes.icmp.burst import Burst, FamilyState
from monitor.probes.why import os_error_number

PAUSE_S = 0.01
"""A call that took longer than this: we were stopped within, and the moment of each of its requests is not known."""
_TRIES = 3
_NO_ROOM = (errno.EAGAIN, errno.ENOBUFS, errno.ENOMEM)

Booking = tuple[Burst, int, int]
"""A burst, and sequence and cookie of its next request."""


class Counts(Protocol):
    """Requests handed to the kernel, those of them that it did not take, and the name of its error at the last of these."""

    sends_attempted: int
    sends_refused: int
    last_refusal: str


class Sender:
    def __init__(self, clock: Clock, counts: Counts, note_errors: Callable[[FamilyState], int]) -> None:
        """counts: where sends are counted. note_errors: empties a family's error queue, returns how many reports were in it."""
        self._counts = counts
        self._clock = clock
        self._note_errors = note_errors

    def send(self, bursts: Sequence[Burst]) -> int:
        """Hand the next request of each burst to the kernel, and return how many were dealt with.

        bursts: at most BATCH, of one group. Where fewer are dealt with the kernel has no room now, and the rest
        must wait for another turn.
        """
        group, count = bursts[0].group, len(bursts)
        family = group.family
        sequences = family.reserve_sequences(count)
        cookies = struct.unpack(f"@{count}Q", os.urandom(8 * count))
        if group.dscp != family.socket.dscp:
            family.socket.mark(group.dscp)
        family.socket.write([burst.name for burst in bursts], sequences, cookies)
        bookings = zip(bursts, sequences, cookies, strict=True)
        done = 0
        while done < count:
            before_s = self._clock.monotonic()
            taken = family.socket.send(done, count - done)
            if taken <= 0:
                taken, refusal = self._send_again(family, done, taken)
                if refusal in _NO_ROOM and before_s - bursts[done].due_s < group.timeout_s:
                    break
                if refusal:
                    self._note_refusal(bursts[done], refusal, before_s)
                    next(bookings)
            self._book(family, islice(bookings, taken), taken, before_s)
            done += taken or 1
        self._counts.sends_attempted += done
        return done

    def _book(self, family: FamilyState, bookings: Iterator[Booking], count: int, before_s: float) -> None:
        """Note the requests that one call took. The kernel takes about as long over each, so that is how they were sent."""
        if not count:
            return
        took_s = self._clock.monotonic() - before_s
        is_certain = took_s <= PAUSE_S
        step_s = took_s / count if is_certain else 0.0
        flights, sent_s = family.flights, before_s
        for burst, sequence, cookie in bookings:
            rtts = burst.rtts
            if not is_certain:
                burst.noted().uncertain[len(rtts)] = took_s
            flights[sequence] = (burst, len(rtts), sent_s, cookie)
            rtts.append(None)
            burst.sequences.append(sequence)
            burst.to_send -= 1
            burst.last_sent_s = sent_s
            sent_s += step_s
        family.unanswered += count

    def _send_again(self, family: FamilyState, slot: int, answer: int) -> tuple[int, int]:
        """Send what failed once more: the error may be another target's unreachable.

        answer: the kernel's, -errno. Returns how many it took, and the errno where that is none.
        """
        for attempt in range(_TRIES):
            if -answer in _NO_ROOM or not (self._note_errors(family) or not attempt):
                break
            answer = family.socket.send(slot, 1)
            if answer > 0:
                return answer, 0
        return 0, -answer

    def _note_refusal(self, burst: Burst, refusal: int, at_s: float) -> None:
        burst.to_send -= 1
        burst.last_sent_s = at_s
        remarks = burst.noted()
        remarks.refused += 1
        remarks.refusal = os_error_number(refusal)
        self._counts.last_refusal = errno.errorcode.get(refusal, os.strerror(refusal))
        self._counts.sends_refused += 1
