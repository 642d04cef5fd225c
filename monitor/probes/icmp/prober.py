"""Bursts of echo requests to any number of targets over one socket a family.

Everything happens in ticks: what has come is drained, what is complete or overdue is delivered, what is due is sent. No packet
wakes the loop by itself: the kernel stamps each reply when it arrives, so a late drain costs no precision.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from monitor.background import BackgroundTasks
from monitor.model.clock import Clock
from monitor.model.reading import Deliver
from monitor.model.reason import Reason
from monitor.model.spec import IcmpSpec
from monitor.probes.datagrams import KERNEL, Kernel
from monitor.probes.icmp.burst import Burst, FamilyState, Round, SendGroup, conclude, not_sent
from monitor.probes.icmp.receiver import Drain, Receiver
from monitor.probes.icmp.sender import Sender
from monitor.probes.icmp.socket import BATCH, IcmpSocket
from monitor.probes.kernel import WANTED_BUFFER_BYTES, UnsupportedVersionError
from monitor.probes.names import Names, Place, UnresolvedNameError, resolve_by_system

TICK_S = 0.02
"""How long replies wait in the kernel at most; also how exact a reply's time is where its stamp can't be used."""
STRAGGLERS_TICK_S = 0.1
"""The same while only elder requests than the newest are unanswered: a few dead targets must not wake the loop for all others."""
_SHORTEST_TICK_S = 0.005
_EARLY_S = 0.001
_LATE_S = 0.25
"""What is read so long after its sending may have come long before."""
_SLICE = 128
"""Packets that one tick sends before it lets the loop do something else."""


@dataclass(slots=True)
class _Waiting:
    """Who waits for the first turn, as cheaply as can be: a burst is made of each when its turn is near."""

    members: Iterator[tuple[IcmpSpec, Place]]
    round: Round
    since_s: float


class IcmpProber:
    """Pings any number of targets at once; see open(), probe(), close().

    sends_attempted, sends_refused: requests handed to the kernel since the start, and those of them that it did not take;
    last_refusal: the name of its error at the last of these, such as 'ENETUNREACH', '' before there is one.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        allow_raw: bool = True,
        buffer_bytes: int = WANTED_BUFFER_BYTES,
        resolve: Callable[[str], str] = resolve_by_system,
        kernel: Kernel = KERNEL,
        worked: Callable[[], float] = time.process_time,
    ) -> None:
        """Prepare, without opening anything.

        allow_raw: False takes ping sockets even where raw ones are permitted. buffer_bytes: of each socket, as far as the kernel
        grants it. resolve: name → address, blocking; it is called in a thread. kernel: by which datagrams come and go.
        worked: seconds for which this process has had a processor so far.
        """
        self.sends_attempted = 0
        self.sends_refused = 0
        self.last_refusal = ""
        self._clock = clock
        self._allow_raw = allow_raw
        self._buffer_bytes = buffer_bytes
        self._kernel = kernel
        self._names = Names(clock, resolve)
        self._searches = BackgroundTasks("the search for a target's address")
        self._families: dict[int, FamilyState] = {}
        self._lines: deque[_Waiting] = deque()
        self._fresh: deque[Burst] = deque()
        self._groups: dict[tuple[int, int, float, float], SendGroup] = {}
        self._handle: asyncio.TimerHandle | None = None
        self._receiver = Receiver(clock, worked)
        self._sender = Sender(clock, self, self._receiver.note_errors)

    async def open(self) -> None:
        """Open the sockets; IPv6 is left out where the kernel has none. Raises SetupError with the cure where none is permitted."""
        self._families[4] = self._open_family(4)
        try:
            self._families[6] = self._open_family(6)
        except UnsupportedVersionError:
            return
        except BaseException:
            self.close()
            raise

    def _open_family(self, version: int) -> FamilyState:
        return FamilyState(IcmpSocket(version, allow_raw=self._allow_raw, buffer_bytes=self._buffer_bytes, kernel=self._kernel))

    def close(self) -> None:
        """Close the sockets; bursts still under way are delivered as not sent."""
        if self._handle:
            self._handle.cancel()
            self._handle = None
        now = self._clock.monotonic()
        for burst in self._drain_unfinished():
            burst.finished = True
            burst.round.close(not_sent(burst.spec, now, Reason("closed")))
        for family in self._families.values():
            family.socket.close()
        self._families.clear()
        self._groups.clear()
        self._names.close()

    @property
    def receive_drops(self) -> int:
        """Return how many replies the kernel dropped since open() because our buffer was full."""
        return sum(family.socket.drops() for family in self._families.values())

    @property
    def window(self) -> int:
        """Return how many requests of one family may be unanswered at once, as the granted buffer permits; 0 before open()."""
        return min((family.socket.window for family in self._families.values()), default=0)

    def describe(self) -> str:
        """Return in one line what was opened and what the kernel granted, for `check` and the log."""
        parts = [
            f"IPv{version} {'raw' if family.socket.is_raw else 'ping'} socket, buffer {family.socket.granted_bytes // 1024} KiB, "
            f"window {family.socket.window}"
            for version, family in self._families.items()
        ]
        return "ICMP: " + ("; ".join(parts) if parts else "not open")

    async def probe(self, specs: Sequence[IcmpSpec], deliver: Deliver) -> None:
        """Send every spec's burst and deliver one reading for each as soon as it is complete; ends when all are delivered."""
        if not specs:
            return
        loop = asyncio.get_running_loop()
        of_round = Round(len(specs), deliver, loop.create_future())
        searches: list[asyncio.Task[None]] = []
        members: list[IcmpSpec] = []
        places: list[Place] = []
        urgent: list[tuple[IcmpSpec, Place]] = []
        known = self._names.known
        for spec in specs:
            place = known(spec.address)
            if place is None:
                searches.append(self._searches.start(self._admit_name(spec, of_round)))
            elif spec.confirms:
                urgent.append((spec, place))
            else:
                members.append(spec)
                places.append(place)
        self._admit(zip(members, places, strict=True), urgent, of_round)
        try:
            await of_round.done
        finally:
            for search in searches:
                search.cancel()

    async def _admit_name(self, spec: IcmpSpec, of_round: Round) -> None:
        try:
            place = await self._names.find(spec.address)
        except UnresolvedNameError as error:
            of_round.close(not_sent(spec, self._clock.monotonic(), error.reason))
        else:
            pairs = [(spec, place)]
            self._admit(iter([] if spec.confirms else pairs), pairs if spec.confirms else [], of_round)

    def _admit(self, members: Iterator[tuple[IcmpSpec, Place]], urgent: Sequence[tuple[IcmpSpec, Place]], of_round: Round) -> None:
        """Let members wait for their turn, and the urgent ones, which confirm a suspicion, go before all others."""
        now = self._clock.monotonic()
        if self._is_idle():
            self._receiver.begin(now)
        line = _Waiting(members, of_round, now)
        self._lines.append(line)
        if urgent:
            self._fresh.extendleft(reversed(self._bursts_of(urgent, line)))
        self._arm(0.0)

    def _bursts_of(self, members: Iterable[tuple[IcmpSpec, Place]], line: _Waiting) -> list[Burst]:
        """Return the bursts of some of a line, but deliver at once what nothing can be sent for."""
        bursts: list[Burst] = []
        groups, of_round, since_s = self._groups, line.round, line.since_s
        for family in self._families.values():
            family.drops = family.socket.drops()
        for spec, place in members:
            group = groups.get((place.version, spec.dscp, spec.spacing_s, spec.timeout_s)) or self._group_of(spec, place)
            if group is None or spec.packets < 1:
                fault = Reason("nothing_asked") if group else Reason("no_ip_socket", {"version": place.version})
                of_round.close(not_sent(spec, self._clock.monotonic(), fault))
            else:
                group.family.under_way += 1
                bursts.append(Burst(spec, place, of_round, group, since_s))
        return bursts

    def _group_of(self, spec: IcmpSpec, place: Place) -> SendGroup | None:
        family = self._families.get(place.version)
        if family is None:
            return None
        group = self._groups[place.version, spec.dscp, spec.spacing_s, spec.timeout_s] = SendGroup(family, spec)
        return group

    def _is_idle(self) -> bool:
        return not (self._lines or self._fresh or any(each.spaced or each.waiting for each in self._groups.values()))

    def _queues(self) -> Iterator[deque[Burst]]:
        for group in tuple(self._groups.values()):
            yield group.spaced
        yield self._fresh

    def _drain_unfinished(self) -> Iterator[Burst]:
        while self._lines:
            line = self._lines.popleft()
            yield from self._bursts_of(line.members, line)
        for queue in (*self._queues(), *(each.waiting for each in self._groups.values())):
            while queue:
                burst = queue.popleft()
                if not burst.finished:
                    yield burst

    def _arm(self, delay_s: float) -> None:
        loop = asyncio.get_running_loop()
        due_s = loop.time() + delay_s
        if self._handle:
            if self._handle.when() <= due_s:
                return
            self._handle.cancel()
        self._handle = loop.call_at(due_s, self._tick)

    def _tick(self) -> None:
        self._handle = None
        now = self._clock.monotonic()
        try:
            drain = self._receiver.drain(self._families.values())
            self._settle(now, drain)
            has_more = self._send()
        except Exception as error:
            self._fail(error)
            raise
        if not self._is_idle():
            self._arm(0.0 if has_more or not drain.is_empty else self._rest_s(drain.taken))

    def _fail(self, error: Exception) -> None:
        """Let every caller know of our own bug instead of leaving them to wait for ever."""
        for burst in self._drain_unfinished():
            if not burst.round.done.done():
                burst.round.done.set_exception(error)
            burst.group.family.forget(burst)

    def _rest_s(self, taken: int) -> float:
        """Return how long nothing is due: until the next request or time-out, but no longer than replies may wait.

        taken: packets of the last drain. Where strangers send so many that they could fill our buffer, it is emptied more often.
        """
        now = self._clock.monotonic()
        waiting = [(group.waiting, group.timeout_s) for group in self._groups.values() if group.waiting]
        longest_s = STRAGGLERS_TICK_S if all(queue[-1].finished for queue, _ in waiting) else TICK_S
        dues = [queue[0].due_s for queue in self._queues() if queue]
        dues += [queue[0].last_sent_s + timeout_s + _EARLY_S for queue, timeout_s in waiting]
        rest_s = min([now + longest_s, *dues]) - now
        return max(_SHORTEST_TICK_S, rest_s if 4 * taken < self.window else 0.0)

    # Judging

    def _settle(self, now: float, drain: Drain) -> None:
        """Deliver what is complete, and what was overdue at `now`, before the drain: all that came until then has been seen."""
        at_s = self._clock.monotonic()
        for burst in drain.complete:
            self._finish(burst, at_s)
        if not drain.is_empty:
            return
        stood_s = self._receiver.stood_still_s(now)
        for group in tuple(self._groups.values()):
            timeout_s, queue = group.timeout_s, group.waiting
            while queue and (queue[0].finished or queue[0].last_sent_s + timeout_s < now):
                burst = queue.popleft()
                if not burst.finished:
                    # Silence of everything after the whole process stood still for longer than a timeout says nothing of anyone:
                    # the machine may have stood still with it. A busy loop is no excuse, the kernel took what came.
                    is_void = stood_s > timeout_s and not drain.received and not burst.answered
                    self._finish(burst, at_s, stalled_s=stood_s if is_void else 0.0)
            if group.family.unanswered >= group.family.window:
                _make_room(group, now)
        self._receiver.has_seen_all(now)

    def _finish(self, burst: Burst, at_s: float, stalled_s: float = 0.0) -> None:
        if burst.finished:
            return
        burst.finished = True
        family = burst.group.family
        family.forget(burst)
        if burst.answered:
            at_s = _known_s(burst, at_s)
        if burst.answered < len(burst.rtts):
            family.drops = family.socket.drops()
            burst.round.close(conclude(burst, at_s, stalled_s, family.drops - burst.drops))
        else:
            burst.round.close(conclude(burst, at_s))

    # Sending

    def _send(self) -> bool:
        """Send what is due, in the order of its turn. Return whether something due may be left that the window permits."""
        latest_s = self._clock.monotonic() + _EARLY_S
        while self._lines and len(self._fresh) < _SLICE:
            line = self._lines[0]
            members = list(islice(line.members, _SLICE))
            self._fresh.extend(self._bursts_of(members, line))
            if not members:
                self._lines.popleft()
        budget = _SLICE
        for queue in self._queues():
            while budget and (batch := self._due_together(queue, latest_s, min(budget, BATCH))):
                dealt = self._sender.send(batch)
                self._requeue(batch[:dealt])
                budget -= dealt
                if dealt < len(batch):
                    queue.extendleft(reversed(batch[dealt:]))
                    break
        return not budget

    def _due_together(self, queue: deque[Burst], latest_s: float, limit: int) -> list[Burst]:
        """Take off the queue what is due at its head and can go in one call: of one group, and within the window."""
        batch: list[Burst] = []
        if not queue:
            return batch
        group = queue[0].group
        limit = min(limit, group.family.window - group.family.unanswered)
        while queue and len(batch) < limit:
            burst = queue[0]
            if burst.due_s > latest_s or burst.group is not group:
                break
            queue.popleft()
            if burst.round.done.done():
                self._finish(burst, latest_s)
            else:
                batch.append(burst)
        return batch

    def _requeue(self, bursts: Sequence[Burst]) -> None:
        for burst in bursts:
            group = burst.group
            if burst.to_send:
                burst.due_s = burst.last_sent_s + group.spacing_s
                group.spaced.append(burst)
            elif burst.answered == len(burst.rtts):
                self._finish(burst, burst.last_sent_s)
            else:
                group.waiting.append(burst)


def _known_s(burst: Burst, at_s: float) -> float:
    """Return when a burst that was answered was complete, however late we read that: it tells of then, not of now."""
    if at_s - burst.last_sent_s <= _LATE_S:
        return at_s
    last_s = burst.rtts[-1]
    return min(at_s, burst.last_sent_s + (burst.group.timeout_s if last_s is None else last_s))


def _make_room(group: SendGroup, now: float) -> None:
    """Give up what is overdue of bursts that wait for room to go on, or as many silent targets as fill the window would keep it
    for ever. They stand in the order in which they were sent last."""
    for burst in group.spaced:
        if burst.last_sent_s + group.timeout_s >= now:
            break
        group.family.give_up(burst)
