"""Hands echo requests to the kernel, one a call, and counts what it did not take and why."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from typing import Protocol

from monitor.model.clock import Clock
from monitor.probes.icmp_burst import Burst, Channel

_PAUSE_S = 0.01
"""Two sends of one turn that are further apart than this: we were stopped in between, and the first one's moment is not known."""
_TRIES = 3
_COOKIES = struct.Struct("@256Q")


class Counts(Protocol):
    """Requests handed to the kernel, those of them that it did not take, and what it said to the last of these."""

    sends_attempted: int
    sends_refused: int
    last_refusal: str


class Sender:
    """Sends the next request of a burst; see send(), end_turn()."""

    def __init__(self, clock: Clock, counts: Counts, take_errors: Callable[[Channel], int]) -> None:
        """counts: where sends are counted. take_errors: empties a channel's error queue, returns how many reports were in it."""
        self._counts = counts
        self._clock = clock
        self._take_errors = take_errors
        self._cookies: list[int] = []
        self._last: Burst | None = None
        self._last_s = 0.0

    def send(self, burst: Burst) -> bool:
        """Hand the burst's next request to the kernel. False where its send buffer is full and the turn must wait."""
        channel = burst.channel
        sequence = channel.next_sequence()
        if not self._cookies:
            self._cookies.extend(_COOKIES.unpack(os.urandom(_COOKIES.size)))
        cookie = self._cookies.pop()
        if burst.spec.dscp != channel.socket.dscp:
            channel.socket.mark(burst.spec.dscp)
        packet = channel.request(sequence, cookie)
        sent_s = self._clock.monotonic()
        if sent_s - self._last_s > _PAUSE_S:
            self._note_pause(sent_s)
        refusal: str | None = None
        try:
            channel.send(packet, burst.place.sockaddr)
        except BlockingIOError as error:
            if sent_s - burst.due_s < burst.spec.timeout_s:
                return False
            refusal = error.strerror or "send buffer full"
        except OSError as error:
            refusal = self._send_again(packet, burst, error)
        self._counts.sends_attempted += 1
        burst.to_send -= 1
        burst.last_sent_s = sent_s
        if refusal is None:
            self._book(burst, sequence, sent_s, cookie)
        else:
            self._counts.sends_refused += 1
            self._counts.last_refusal = burst.refusal = refusal
            burst.refused += 1
        return True

    def end_turn(self) -> None:
        """Note whether we were stopped after this turn's last send; the time until the next turn is no pause."""
        now = self._clock.monotonic()
        if now - self._last_s > _PAUSE_S:
            self._note_pause(now)
        self._last = None

    def _book(self, burst: Burst, sequence: int, sent_s: float, cookie: int) -> None:
        burst.channel.flights[sequence] = (burst, len(burst.rtts), sent_s, cookie)
        burst.channel.unanswered += 1
        burst.rtts.append(None)
        burst.sequences.append(sequence)
        self._last, self._last_s = burst, sent_s

    def _send_again(self, packet: bytes, burst: Burst, error: OSError) -> str | None:
        """Send what failed once more: the error may be another target's unreachable. Return what the kernel says of this one."""
        refusal = error.strerror or str(error)
        for attempt in range(_TRIES):
            taken = self._take_errors(burst.channel)
            if attempt and not taken:
                break
            try:
                burst.channel.send(packet, burst.place.sockaddr)
            except OSError as again:
                refusal = again.strerror or str(again)
            else:
                return None
        return refusal

    def _note_pause(self, now: float) -> None:
        if self._last:
            self._last.uncertain[len(self._last.rtts) - 1] = now - self._last_s
            self._last = None
