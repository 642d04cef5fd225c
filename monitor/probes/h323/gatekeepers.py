"""Asks gatekeepers whether they know an alias: LocationRequests over one UDP socket a gatekeeper (ITU-T H.225.0)."""

from __future__ import annotations

import asyncio
import random
import socket
from dataclasses import dataclass

from monitor.model.reason import Reason
from monitor.model.spec import RAS_EXTENSION
from monitor.probes.kernel import FAMILIES, drops_of, enlarge
from monitor.probes.lateness import Lateness, Wait
from monitor.probes.names import Place
from monitor.probes.why import os_error
from monitor.wire.fault import MalformedError
from monitor.wire.h323 import (
    NOT_REGISTERED,
    GatekeeperAnswer,
    GatekeeperAnswerKind,
    is_alias,
    location_request,
    read_gatekeeper_answer,
)

_SEQUENCES = 0xFFFF
_BUFFER_BYTES = 1024 * 1024
_LONGEST = 65536
_MOST_AT_ONCE = 4096
"""More than the buffer holds: a flood must not keep the loop."""


_CLOSED = Reason("socket_closed")


@dataclass(frozen=True, slots=True)
class Registration:
    """What a gatekeeper says of an alias. known: None where it has not said. reason: the same, with its address."""

    known: bool | None
    reason: Reason


@dataclass(slots=True)
class _Question:
    """One question. wait: for its answer. latest_s: how far that may be moved, on the loop's clock."""

    answer: asyncio.Future[GatekeeperAnswer]
    wait: Wait
    latest_s: float
    is_in_progress: bool = False


class Gatekeeper:
    """One gatekeeper; its socket is connected, so that the kernel drops what others send and reports a closed port.

    Questions are matched by requestSeqNum, which begins anywhere.
    """

    def __init__(self, where: Place, port: int, lateness: Lateness) -> None:
        """Open its socket, in the running loop. Raises OSError."""
        self._lateness = lateness
        self._waiting: dict[int, _Question] = {}
        self._last = random.randrange(_SEQUENCES)
        self._fault = _CLOSED
        self._sock = socket.socket(FAMILIES[where.version], socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK)
        try:
            enlarge(self._sock, _BUFFER_BYTES)
            self._sock.connect(where.at_port(port))
            asyncio.get_running_loop().add_reader(self._sock, self._drain)
        except BaseException:
            self._sock.close()
            raise

    @property
    def is_idle(self) -> bool:
        return not self._waiting

    @property
    def receive_drops(self) -> int:
        """Return how many datagrams the kernel has dropped because the socket was full; 0 once it is closed."""
        return 0 if self._is_closed else drops_of(self._sock)

    @property
    def _is_closed(self) -> bool:
        return self._sock.fileno() < 0

    def close(self) -> None:
        if not self._is_closed:
            asyncio.get_running_loop().remove_reader(self._sock)
            self._sock.close()
            self._break_off(_CLOSED)

    async def ask(self, alias: str, timeout_s: float) -> GatekeeperAnswer | Reason:
        """Return the answer to a LocationRequest, or why there is none.

        It is repeated once after half of the time, with the same number, as RAS does (H.225.0 section 7.17). While our own loop is
        late the time stands still, and before silence is believed all is taken that has come.
        """
        if self._is_closed:
            return self._fault
        loop = asyncio.get_running_loop()
        sequence, drops = self._next(), self.receive_drops
        request = location_request(sequence, alias, self._sock.getsockname()[:2])
        with self._lateness.under_way() as late:
            question = _Question(loop.create_future(), Wait(late, timeout_s), loop.time() + timeout_s * RAS_EXTENSION)
            self._waiting[sequence] = question
            try:
                self._send(request)
                await self._wait(question, timeout_s / 2)
                if not question.answer.done() and not question.is_in_progress:
                    self._send(request)
                while not question.answer.done() and (left_s := question.wait.left_s()) > 0:
                    await self._wait(question, left_s)
            finally:
                del self._waiting[sequence]
        if not question.answer.done():
            dropped = self.receive_drops - drops
            return Reason("overflow", {"dropped": dropped}) if dropped > 0 else Reason("no_answer")
        return self._fault if question.answer.cancelled() else question.answer.result()

    async def _wait(self, question: _Question, seconds: float) -> None:
        await asyncio.wait((question.answer,), timeout=seconds)
        if not question.answer.done():
            self._drain()

    def _send(self, request: bytes) -> None:
        """Send; what there is no room for counts as lost on the way."""
        if self._is_closed:
            return
        try:
            self._sock.send(request)
        except BlockingIOError:
            return
        except OSError as error:
            self._break_off(os_error(error))

    def _drain(self) -> None:
        """Take all that has come; an error of the socket ends all questions: nobody listens there, or no way leads there."""
        for _ in range(_MOST_AT_ONCE):
            if self._is_closed:
                return
            try:
                data = self._sock.recv(_LONGEST)
            except BlockingIOError:
                return
            except OSError as error:
                self._break_off(os_error(error))
            else:
                self._receive(data)

    def _receive(self, data: bytes) -> None:
        try:
            answer = read_gatekeeper_answer(data)
        except MalformedError:
            return
        question = self._waiting.get(answer.sequence)
        if question is None or question.answer.done():
            return
        if answer.kind is GatekeeperAnswerKind.IN_PROGRESS:
            question.is_in_progress = True
            wait, asked_until_s = question.wait, asyncio.get_running_loop().time() + answer.delay_s
            wait.until_s = max(wait.until_s, min(asked_until_s, question.latest_s))
        elif answer.kind in (GatekeeperAnswerKind.LOCATION_CONFIRM, GatekeeperAnswerKind.LOCATION_REJECT):
            question.answer.set_result(answer)

    def _next(self) -> int:
        """Return a requestSeqNum that no question has; there are never so many at once."""
        while True:
            self._last = self._last % _SEQUENCES + 1
            if self._last not in self._waiting:
                return self._last

    def _break_off(self, fault: Reason) -> None:
        self._fault = fault
        for question in self._waiting.values():
            question.answer.cancel()


class Gatekeepers:
    """All gatekeepers that were asked, each with its socket, by where it is."""

    def __init__(self, lateness: Lateness) -> None:
        self._lateness = lateness
        self._open: dict[tuple[str, int], Gatekeeper] = {}
        self._dropped = 0

    async def registration(self, where: Place, port: int, alias: str, timeout_s: float) -> Registration:
        """Return what the gatekeeper at a place says of an alias; it never raises."""
        if not is_alias(alias):
            return Registration(None, Reason("no_such_alias", {"alias": alias}))
        try:
            gatekeeper = self._gatekeeper(where, port)
        except OSError as error:
            return _registration(where.address, os_error(error))
        answer = await gatekeeper.ask(alias, timeout_s)
        if isinstance(answer, Reason) and gatekeeper.is_idle:
            # A new socket next time: this one may be bound to an address that the machine no longer has.
            self._dropped += gatekeeper.receive_drops
            gatekeeper.close()
            self._open.pop((where.address, port), None)
        return _registration(where.address, answer)

    @property
    def receive_drops(self) -> int:
        return self._dropped + sum(gatekeeper.receive_drops for gatekeeper in self._open.values())

    def _gatekeeper(self, where: Place, port: int) -> Gatekeeper:
        known = self._open.get((where.address, port))
        if known is None:
            known = self._open[where.address, port] = Gatekeeper(where, port, self._lateness)
        return known

    def close(self) -> None:
        for gatekeeper in self._open.values():
            gatekeeper.close()
        self._open.clear()


def _registration(address: str, answer: GatekeeperAnswer | Reason) -> Registration:
    # Only 'not registered' says that; any other reason is about who asks.
    known = None
    if isinstance(answer, Reason):
        said = answer
    elif answer.kind is GatekeeperAnswerKind.LOCATION_CONFIRM:
        known = True
        said = Reason("registered_at", {"signalling": str(answer.signalling[0])}) if answer.signalling else Reason("registered")
    else:
        known = False if answer.reason in NOT_REGISTERED else None
        said = Reason("registration_refused", {"answer": answer.reason})
    return Registration(known, Reason("gatekeeper_at", {"address": address}, (said,)))
