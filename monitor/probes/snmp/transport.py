"""Questions on their way: sent in batches, with retries and back-off, at a pace that their device bears, and timed.

No packet has a task or a future of its own; an answer is a callback. Before a time-out is judged all is taken that had come by
then, and an answer's time is the kernel's, so that a stalled loop invents no silence and no slow agent; what a question was short
of while the loop stood still (a retry, its deadline) is made up for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from monitor.model.clock import Clock
from monitor.model.reading import Outcome
from monitor.model.reason import Reason
from monitor.model.spec import BACK_OFF
from monitor.probes.datagrams import KERNEL, Kernel
from monitor.probes.kernel import UnsupportedVersionError
from monitor.probes.snmp.exchange import Answer, Exchange, ExchangeError, not_complete
from monitor.probes.snmp.matching import OpenQuestions
from monitor.probes.snmp.window import Wheel, Window
from monitor.probes.udp import BusyError, UdpSocket
from monitor.probes.why import os_error

HELD_S = 0.5
"""A question that is unanswered for so long no longer counts against the window: its answer comes alone, if it comes."""
_SHORTEST_WAIT_S = 0.01
_BUSY_WAIT_S = 0.02
_BUSY_TRIES = 25
_SLICES_BEFORE_JUDGING = 256
"""More than the buffer holds, for where stamps can't tell what came before: a flood that never ends must not keep time-outs from
being judged."""
_LATE_S = 0.05
"""What comes later than this after its time was held up by the loop, not by the timers' own coarseness."""
_UNSURE_S = 0.01
"""A question that was handed over later than this after its turn counts as sent only then."""

_Try = tuple[Exchange, int]
"""A question, and the request-id of one try."""


class SnmpTransport:
    """All open questions over one socket an IP version; see open(), ask(), cancel(), close()."""

    def __init__(self, clock: Clock, in_flight: int, kernel: Kernel = KERNEL) -> None:
        """Prepare, without opening anything. in_flight: at most so many questions younger than HELD_S.

        late_s: for how long in all the loop came late while questions were open, seconds. unsolicited: what answered none of them.
        """
        self.late_s = 0.0
        self.on_room: Callable[[], None] = lambda: None
        self._clock = clock
        self._kernel = kernel
        self._open = OpenQuestions()
        self.unsolicited = self._open.unsolicited
        self._window = Window(in_flight, HELD_S)
        self._sockets: dict[int, UdpSocket] = {}
        self._queues: dict[int, list[_Try]] = {4: [], 6: []}
        self._queued_s = 0.0
        self._is_flush_planned = False
        self._wheel: Wheel[Exchange] = Wheel()
        self._handle: asyncio.TimerHandle | None = None
        self._wake_s = 0.0
        self._awake_s = 0.0
        self._drops = 0

    def open(self) -> None:
        """Open the sockets; IPv6 is left out where the kernel has none. Raises SetupError."""
        self._sockets[4] = UdpSocket(4, self._clock, self._kernel)
        with suppress(UnsupportedVersionError):
            self._sockets[6] = UdpSocket(6, self._clock, self._kernel)
        loop = asyncio.get_running_loop()
        for each in self._sockets.values():
            loop.add_reader(each.sock.fileno(), self._readable, each)
            self._window.size = min(self._window.size, each.window)

    def close(self) -> None:
        """Close the sockets and forget every open question, without a callback."""
        if self._handle:
            self._handle.cancel()
            self._handle = None
        for each in self._sockets.values():
            asyncio.get_running_loop().remove_reader(each.sock.fileno())
            each.close()
        self._sockets.clear()
        for queue in self._queues.values():
            queue.clear()
        self._open.clear()
        self._wheel.clear()
        self._window.clear()

    def speaks(self, ip_version: int) -> bool:
        return ip_version in self._sockets

    @property
    def receive_drops(self) -> int:
        return sum(each.drops() for each in self._sockets.values())

    @property
    def has_room(self) -> bool:
        return not self._window.is_full

    def ask(self, exchange: Exchange) -> ExchangeError | None:
        """Send a question, together with all that are asked before the loop goes on.

        Returns why it is not sent, in which case no callback comes; None where one will, which may say the same.
        """
        now = self._awake_s = self._clock.monotonic()
        if now >= exchange.deadline_s:
            exchange.is_over = True
            return ExchangeError(Outcome.TIMEOUT, not_complete(exchange.route.spec), is_final=True)
        if not self._open:
            self._look_at_drops()
        exchange.drops = self._drops
        self._window.age(now)
        exchange.generation = self._window.admit(now)
        self._open.add(exchange)
        error = self._send(exchange, now)
        if self._window.is_full:
            self._wake_when_older()
        return error

    def cancel(self, exchange: Exchange, *, is_given_up: bool = False) -> None:
        """Forget a question; its answer, if one comes, is unsolicited. is_given_up: since none came.

        on_room is called when all is taken that has come; whoever cancels for a reason of its own lets others in itself.
        """
        exchange.is_over = True
        self._open.forget(exchange, is_given_up=is_given_up)
        self._release(exchange)

    # Sending

    def _send(self, exchange: Exchange, now: float) -> ExchangeError | None:
        """Send one try under a request-id of its own, when it is its turn."""
        route = exchange.route
        if route.rate is not None:
            turn_s = route.device.turn_s(now, route.rate)
            if turn_s > now:
                return self._hold_back(exchange, turn_s)
            route.device.note_sent(now, route.rate)
        if not exchange.sent:
            exchange.give_up_s = min(now + exchange.patience_s, exchange.deadline_s)
        request_id = self._open.new_id(exchange, now)
        queue = self._queues[route.ip_version]
        if not queue:
            self._queued_s = now
        self._sockets[route.ip_version].put(len(queue), route.name, exchange.request.encode(request_id))
        queue.append((exchange, request_id))
        self._arm(exchange, min(now + exchange.wait_s, exchange.give_up_s) if exchange.tries_left else exchange.give_up_s)
        if len(queue) == UdpSocket.at_once:
            self._flush(route.ip_version)
        elif not self._is_flush_planned:
            self._is_flush_planned = True
            asyncio.get_running_loop().call_soon(self._flush_all)
        return None

    def _flush_all(self) -> None:
        self._is_flush_planned = False
        for ip_version, queue in self._queues.items():
            if queue:
                self._flush(ip_version)
        self.on_room()

    def _flush(self, ip_version: int) -> None:
        """Hand one socket's queue to the kernel, and see to what it would not take."""
        queue = self._queues[ip_version]
        tries = queue[:]
        queue.clear()
        begun_s = self._clock.monotonic()
        left = self._sockets[ip_version].flush(len(tries))
        ended_s = self._clock.monotonic()
        if ended_s - self._queued_s > _UNSURE_S:
            # An agent may have a question as soon as it is begun; where we were stopped in the middle, only the end is known.
            sent_s = begun_s if ended_s - begun_s <= _UNSURE_S else ended_s
            for exchange, request_id in tries:
                self._sent_late(exchange, request_id, sent_s)
        for slot in left:
            exchange, request_id = tries[slot]
            if not exchange.is_over:
                error = self._send_alone(exchange, request_id)
                if error:
                    exchange.asker.failed(error)

    def _sent_late(self, exchange: Exchange, request_id: int, sent_s: float) -> None:
        """Let a try that was held up on its way to the kernel, or that we were stopped while sending, wait from now on."""
        queued_s = exchange.sent.get(request_id)
        if queued_s is None or exchange.is_over:
            return
        held_s = sent_s - queued_s
        exchange.sent[request_id] = sent_s
        exchange.give_up_s += held_s
        exchange.deadline_s += held_s
        self._arm(exchange, exchange.due_s + held_s)

    def _send_alone(self, exchange: Exchange, request_id: int) -> ExchangeError | None:
        """Send a try that the kernel did not take with the others: somebody else's error may have been in its way."""
        route = exchange.route
        try:
            self._sockets[route.ip_version].send(exchange.request.encode(request_id), route.destination)
        except BusyError:
            self._open.withdraw(exchange, request_id)
            exchange.busy += 1
            if exchange.busy > _BUSY_TRIES:
                return self._refused(exchange, Reason("no_buffer"))
            self._arm(exchange, self._clock.monotonic() + _BUSY_WAIT_S)
            return None
        except OSError as error:
            self._open.withdraw(exchange, request_id)
            return self._refused(exchange, os_error(error))
        exchange.busy = 0
        return None

    def _hold_back(self, exchange: Exchange, turn_s: float) -> ExchangeError | None:
        """Send a try later, since its device has been asked as often as it may be in a second."""
        if turn_s >= exchange.deadline_s:
            reason = Reason("pace_too_slow", {"per_second": exchange.route.rate or 0})
            self.cancel(exchange)
            return ExchangeError(Outcome.TIMEOUT, reason, is_final=True)
        if not exchange.is_held_back:
            exchange.is_held_back = True
            exchange.route.device.held_back += 1
            self._release(exchange)
        self._arm(exchange, turn_s)
        return None

    def _refused(self, exchange: Exchange, reason: Reason) -> ExchangeError:
        self.cancel(exchange)
        if exchange.sent:
            return ExchangeError(exchange.outcome, Reason("retry_unsent", because=(reason,)), is_final=True)
        return ExchangeError(Outcome.NOT_SENT, reason, is_final=True)

    # Receiving

    def _readable(self, which: UdpSocket) -> None:
        """Take what has come, and send what was asked in turn."""
        self._drain(which)
        self.on_room()
        for ip_version, queue in self._queues.items():
            if queue:
                self._flush(ip_version)

    def _drain(self, which: UdpSocket) -> None:
        """Take a slice of what has come."""
        before_s = which.seen_s
        taken = which.receive()
        now = self._clock.monotonic()
        self._count_lag(now)
        self._awake_s = now
        match = self._open.match
        for octets, source, came_s in taken:
            found = match(octets, source, came_s or now)
            if found is not None:
                found[0].came_s = came_s or now
                self._settle(*(found if came_s is not None else _unstamped(*found, now - before_s)))
        for quoted in which.errors():
            ended = self._open.match_error(quoted)
            if ended is not None:
                exchange, error = ended
                self.cancel(exchange)
                exchange.asker.failed(error)

    def _drain_until(self, which: UdpSocket, until_s: float) -> None:
        """Take all that had come by a moment (monotonic)."""
        for _ in range(_SLICES_BEFORE_JUDGING):
            self._drain(which)
            if which.seen_s >= until_s:
                break

    def _settle(self, exchange: Exchange, answer: Answer) -> None:
        self.cancel(exchange)
        route = exchange.route
        assert answer.rtt_s is not None
        route.device.answered_in(answer.rtt_s, route.spec)
        exchange.asker.answered(answer)

    # Time

    def _arm(self, exchange: Exchange, due_s: float) -> None:
        exchange.due_s = due_s
        self._wheel.arm(due_s, exchange)
        if self._handle is None or due_s < self._wake_s:
            self._wake_at(due_s)

    def _wake_at(self, due_s: float) -> None:
        """Run _tick at a monotonic time, or sooner where that is planned already."""
        if self._handle:
            if self._wake_s <= due_s:
                return
            self._handle.cancel()
        self._wake_s = due_s
        wait_s = max(_SHORTEST_WAIT_S, due_s - self._clock.monotonic())
        self._handle = asyncio.get_running_loop().call_later(wait_s, self._tick)

    def _wake_when_older(self) -> None:
        """See that _tick lets new questions in as soon as the eldest no longer count."""
        due_s = self._window.next_s
        if due_s is not None:
            self._wake_at(due_s)

    def _tick(self) -> None:
        """Take all that has come, then judge what was overdue before that, then let new questions in."""
        now = self._clock.monotonic()
        self._count_lag(now)
        self._handle = None
        for each in tuple(self._sockets.values()):
            self._drain_until(each, now)
        self._look_at_drops()
        for exchange in self._wheel.due(now):
            if not exchange.is_over and exchange.due_s <= now:
                self._expire(exchange, now)
        now = self._clock.monotonic()
        self._window.age(now)
        self.on_room()
        if self._window.is_full:
            self._wake_when_older()
        due_s = self._wheel.next_s(_is_open)
        if due_s is not None:
            self._wake_at(due_s)

    def _count_lag(self, now: float) -> None:
        """Count what passed since we were last awake, where we wanted to wake up before now and did not."""
        if now - self._wake_s > _LATE_S and self._handle is not None:
            self.late_s += now - self._awake_s
            self._wake_s = self._awake_s = now

    def _expire(self, exchange: Exchange, judged_s: float) -> None:
        """Try again, or give up. judged_s: until when all that came has been taken."""
        error: ExchangeError | None
        late_s = judged_s - exchange.due_s
        if late_s > _LATE_S:
            exchange.give_up_s += late_s
            exchange.deadline_s += late_s
        now = self._clock.monotonic()
        if exchange.is_held_back or (exchange.busy and now < exchange.deadline_s):
            exchange.is_held_back = False
            error = self._send(exchange, now)
        elif exchange.tries_left and now < exchange.give_up_s:
            exchange.tries_left -= 1
            exchange.wait_s *= BACK_OFF
            error = self._send(exchange, now)
        else:
            error = self._given_up(exchange, now)
        if error:
            exchange.asker.failed(error)

    def _given_up(self, exchange: Exchange, now: float) -> ExchangeError:
        self.cancel(exchange, is_given_up=True)
        if not exchange.sent:
            return ExchangeError(Outcome.NOT_SENT, Reason("no_buffer"), is_final=True)
        tries = len(exchange.sent)
        silence = Reason("unanswered_for", {"tries": tries, "waited_s": round(now - min(exchange.sent.values()), 3)})
        is_final = now >= exchange.deadline_s
        self._look_at_drops()
        if exchange.outcome is Outcome.TIMEOUT and self._drops > exchange.drops:
            dropped = self._drops - exchange.drops
            return ExchangeError(Outcome.NOT_SENT, Reason("overflow", {"dropped": dropped}), is_final=is_final)
        return ExchangeError(exchange.outcome, silence, *exchange.notes, is_final=is_final, agent_fault=exchange.agent_fault)

    def _look_at_drops(self) -> None:
        """Note how many datagrams the kernel has dropped: a question during which it did may have been answered."""
        self._drops = self.receive_drops

    def _release(self, exchange: Exchange) -> None:
        """Let another question in in place of this one, when whoever waits is told that there is room."""
        generation = exchange.generation
        if generation is not None:
            exchange.generation = None
            self._window.give(generation)


def _unstamped(exchange: Exchange, answer: Answer, unseen_s: float) -> tuple[Exchange, Answer]:
    """Return an answer without a stamp of use. It came within the last unseen_s, so it was in time if it may have been in time."""
    assert answer.rtt_s is not None
    return exchange, answer._replace(rtt_s=min(answer.rtt_s, max(exchange.wait_s, answer.rtt_s - unseen_s)))


def _is_open(exchange: Exchange) -> bool:
    return not exchange.is_over
