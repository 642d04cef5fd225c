"""Bursts of echo requests to any number of targets over one socket a family.

Everything happens in ticks: what has come is drained, what is complete or overdue is delivered, what is due is sent. No packet
wakes the loop by itself: the kernel stamps each reply when it arrives, so a late drain costs no precision.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

from monitor.model.clock import Clock
from monitor.model.reading import Deliver
from monitor.model.spec import IcmpSpec
from monitor.probes.icmp_burst import Burst, Channel, Round, conclude, not_sent
from monitor.probes.icmp_sender import Sender
from monitor.probes.icmp_socket import WANTED_BUFFER_BYTES, IcmpSocket, Reply, UnsupportedFamilyError
from monitor.probes.icmp_stamps import Stamps
from monitor.probes.names import Names, Place, UnresolvedNameError, resolve_by_system

TICK_S = 0.02
"""How long replies wait in the kernel at most; also how exact a reply's time is where its stamp can't be used."""
_SHORTEST_TICK_S = 0.005
_EARLY_S = 0.001
_SLICE = 256
"""Packets that one tick sends, and takes, before it lets the loop do something else."""


class IcmpProber:
    """Pings any number of targets at once; see open(), probe(), close().

    sends_attempted, sends_refused: requests handed to the kernel since the start, and those of them that it did not take;
    last_refusal: what it said to the last of these, '' before there is one.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        allow_raw: bool = True,
        buffer_bytes: int = WANTED_BUFFER_BYTES,
        resolve: Callable[[str], str] = resolve_by_system,
    ) -> None:
        """Prepare, without opening anything.

        allow_raw: False takes ping sockets even where raw ones are permitted. buffer_bytes: of each socket, as far as the kernel
        grants it. resolve: name → address, blocking; it is called in a thread.
        """
        self.sends_attempted = 0
        self.sends_refused = 0
        self.last_refusal = ""
        self._clock = clock
        self._allow_raw = allow_raw
        self._buffer_bytes = buffer_bytes
        self._names = Names(clock, resolve)
        self._channels: dict[int, Channel] = {}
        self._fresh: deque[Burst] = deque()
        self._spaced: dict[float, deque[Burst]] = {}
        self._waiting: dict[float, deque[Burst]] = {}
        self._complete: list[Burst] = []
        self._bursts: set[Burst] = set()
        self._handle: asyncio.TimerHandle | None = None
        self._tick_due_s = 0.0
        self._worst_lag_s = 0.0
        self._drained_s = 0.0
        self._stamps = Stamps(clock)
        self._sender = Sender(clock, self, self._take_errors)

    async def open(self) -> None:
        """Open the sockets; IPv6 is left out where the kernel has none. Raises SetupError with the cure where none is permitted."""
        self._channels[4] = self._open_channel(4)
        try:
            self._channels[6] = self._open_channel(6)
        except UnsupportedFamilyError:
            return
        except BaseException:
            self.close()
            raise

    def _open_channel(self, version: int) -> Channel:
        return Channel(IcmpSocket(version, allow_raw=self._allow_raw, buffer_bytes=self._buffer_bytes))

    def close(self) -> None:
        """Close the sockets; bursts still under way are delivered as not sent."""
        if self._handle:
            self._handle.cancel()
            self._handle = None
        now = self._clock.monotonic()
        for burst in tuple(self._bursts):
            burst.finished = True
            burst.round.close(not_sent(burst.spec, now, "the prober was closed"))
        for queue in (self._bursts, self._fresh, self._spaced, self._waiting, self._complete):
            queue.clear()
        for channel in self._channels.values():
            channel.socket.close()
        self._channels.clear()
        self._names.close()

    @property
    def receive_drops(self) -> int:
        """Return how many replies the kernel dropped since open() because our buffer was full."""
        return sum(channel.socket.drops() for channel in self._channels.values())

    @property
    def window(self) -> int:
        """Return how many requests of one family may be unanswered at once, as the granted buffer permits; 0 before open()."""
        return min((channel.socket.window for channel in self._channels.values()), default=0)

    def take_lag(self) -> float:
        """Return by how many seconds our ticks came late at worst since the last call."""
        worst, self._worst_lag_s = self._worst_lag_s, 0.0
        return worst

    def describe(self) -> str:
        """Return in one line what was opened and what the kernel granted, for `check` and the log."""
        parts = [
            f"IPv{version} {'raw' if channel.socket.is_raw else 'ping'} socket, buffer {channel.socket.granted_bytes // 1024} KiB, "
            f"window {channel.socket.window}"
            for version, channel in self._channels.items()
        ]
        return "ICMP: " + ("; ".join(parts) if parts else "not open")

    async def probe(self, specs: Sequence[IcmpSpec], deliver: Deliver) -> None:
        """Send every spec's burst and deliver one reading for each as soon as it is complete; ends when all are delivered."""
        if not specs:
            return
        loop = asyncio.get_running_loop()
        of_round = Round(len(specs), deliver, loop.create_future())
        searches: list[asyncio.Task[None]] = []
        for spec in specs:
            place = self._names.known(spec.address)
            if place:
                self._admit(spec, place, of_round)
            else:
                searches.append(loop.create_task(self._admit_name(spec, of_round)))
        try:
            await of_round.done
        finally:
            for search in searches:
                search.cancel()

    async def _admit_name(self, spec: IcmpSpec, of_round: Round) -> None:
        try:
            place = await self._names.find(spec.address)
        except UnresolvedNameError as error:
            of_round.close(not_sent(spec, self._clock.monotonic(), str(error)))
        else:
            self._admit(spec, place, of_round)

    def _admit(self, spec: IcmpSpec, place: Place, of_round: Round) -> None:
        now = self._clock.monotonic()
        channel = self._channels.get(place.version)
        if channel is None or spec.packets < 1:
            fault = "no packets are asked for" if channel else f"no IPv{place.version} socket is open"
            of_round.close(not_sent(spec, now, fault))
            return
        if not self._bursts:
            self._drained_s = now
            self._stamps.forget()
            for each in self._channels.values():
                each.drops = each.socket.drops()
        burst = Burst(spec, place, of_round, channel, now)
        self._bursts.add(burst)
        if spec.confirms:
            self._fresh.appendleft(burst)
        else:
            self._fresh.append(burst)
        self._arm(0.0)

    def _arm(self, delay_s: float) -> None:
        """Have the next tick in delay_s at the latest."""
        loop = asyncio.get_running_loop()
        due_s = loop.time() + delay_s
        if self._handle:
            if self._handle.when() <= due_s:
                return
            self._handle.cancel()
        self._tick_due_s = self._clock.monotonic() + delay_s
        self._handle = loop.call_at(due_s, self._tick)

    def _tick(self) -> None:
        self._handle = None
        now = self._clock.monotonic()
        self._worst_lag_s = max(self._worst_lag_s, now - self._tick_due_s)
        try:
            self._stamps.look()
            received, is_empty = self._drain()
            self._settle(now, received, is_empty)
            has_more = self._send()
        except Exception as error:
            self._fail(error)
            raise
        if self._bursts:
            self._arm(0.0 if has_more or not is_empty else self._rest_s())

    def _fail(self, error: Exception) -> None:
        """Let every caller know of our own bug instead of leaving them to wait for ever."""
        for burst in self._bursts:
            if not burst.round.done.done():
                burst.round.done.set_exception(error)
        for channel in self._channels.values():
            channel.flights.clear()
            channel.unanswered = 0
        for queue in (self._bursts, self._fresh, self._spaced, self._waiting, self._complete):
            queue.clear()

    def _rest_s(self) -> float:
        """Return how long nothing is due: until the next request, but no longer than replies may wait."""
        now = self._clock.monotonic()
        dues = [queue[0].due_s for queue in (self._fresh, *self._spaced.values()) if queue]
        return min(TICK_S, max(_SHORTEST_TICK_S, min(dues) - now)) if dues else TICK_S

    # Receiving

    def _drain(self) -> tuple[int, bool]:
        """Take what has come. Return how many replies were ours, and whether nothing is left waiting."""
        received, all_empty = 0, True
        for channel in self._channels.values():
            if not channel.flights:
                continue
            replies, is_empty = channel.socket.receive(2 * _SLICE)
            now = self._clock.monotonic()
            for reply in replies:
                received += self._take_reply(channel, reply, now)
            self._take_errors(channel)
            all_empty = all_empty and is_empty
        return received, all_empty

    def _take_reply(self, channel: Channel, reply: Reply, now: float) -> bool:
        source, sequence, cookie, stamp = reply
        flight = channel.flights.get(sequence)
        if flight is None:
            return False
        burst, index, sent_s, expected = flight
        if cookie != expected or source != burst.place.address:
            return False
        if burst.rtts[index] is not None:
            burst.duplicates += 1
            return True
        timeout_s = burst.spec.timeout_s
        rtt_s = self._stamps.rtt_s(stamp, sent_s, now)
        by_loop = rtt_s is None
        if rtt_s is None:
            # It came after the last drain, which is all that is sure: in time if it may have been in time.
            rtt_s = min(now - sent_s, max(timeout_s, self._drained_s - sent_s))
        if rtt_s <= timeout_s:
            burst.answer(index, rtt_s, by_loop=by_loop)
            channel.unanswered -= 1
            if burst.is_complete:
                self._complete.append(burst)
        return True

    def _take_errors(self, channel: Channel) -> int:
        errors, taken = channel.socket.errors()
        for error in errors:
            flight = channel.flights.get(error.sequence)
            if flight and flight[0].place.address == error.destination:
                flight[0].unreachable = error.unreachable
        return taken

    # Judging

    def _settle(self, now: float, received: int, is_empty: bool) -> None:
        """Deliver what is complete, and what was overdue at `now`, before the drain: all that came until then has been seen."""
        for burst in self._complete:
            self._finish(burst)
        self._complete.clear()
        if not is_empty:
            return
        gap_s = now - self._drained_s
        for timeout_s, queue in self._waiting.items():
            while queue and (queue[0].finished or queue[0].last_sent_s + timeout_s < now):
                burst = queue.popleft()
                if not burst.finished:
                    # Silence of everything after we ourselves were away for longer than a timeout says nothing of anyone.
                    is_void = gap_s > timeout_s and not received and not burst.answered
                    self._finish(burst, stalled_s=gap_s if is_void else 0.0)
        self._drained_s = now

    def _finish(self, burst: Burst, stalled_s: float = 0.0) -> None:
        if burst.finished:
            return
        burst.finished = True
        self._bursts.discard(burst)
        channel = burst.channel
        channel.forget(burst)
        dropped = 0
        if burst.answered < len(burst.rtts):
            channel.drops = channel.socket.drops()
            dropped = channel.drops - burst.drops
        burst.round.close(conclude(burst, self._clock.monotonic(), stalled_s=stalled_s, dropped=dropped))

    # Sending

    def _send(self) -> bool:
        """Send what is due, in the order of its turn. Return whether something due is left that the window permits."""
        now = self._clock.monotonic()
        budget = _SLICE
        has_more = False
        for queue in (*self._spaced.values(), self._fresh):
            while queue and queue[0].due_s <= now + _EARLY_S:
                burst = queue[0]
                channel = burst.channel
                if channel.unanswered >= channel.window:
                    break
                if not budget:
                    has_more = True
                    break
                if burst.round.done.done():
                    queue.popleft()
                    self._finish(burst)
                    continue
                if not self._sender.send(burst):
                    break
                queue.popleft()
                budget -= 1
                self._requeue(burst)
        self._sender.end_turn()
        return has_more

    def _requeue(self, burst: Burst) -> None:
        spec = burst.spec
        if burst.to_send:
            burst.due_s = burst.last_sent_s + spec.spacing_s
            self._spaced.setdefault(spec.spacing_s, deque()).append(burst)
        elif burst.is_complete:
            self._finish(burst)
        else:
            self._waiting.setdefault(spec.timeout_s, deque()).append(burst)
