"""Asks gatekeepers whether they know an alias: LocationRequests over one UDP socket a gatekeeper (ITU-T H.225.0)."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from monitor.probes.names import Place as Whereabouts
from monitor.wire.fault import MalformedError
from monitor.wire.h323 import NOT_REGISTERED, Answer, Kind, is_alias, location_request, read_answer

_SEQUENCES = 0xFFFF
_MOST_EXTENSION = 2.0
"""A gatekeeper that says 'in progress' is waited for so many timeouts in all."""


@dataclass(frozen=True, slots=True)
class Registration:
    """What a gatekeeper says of an alias. known: None where it has not said. text: in a few words, with its address."""

    known: bool | None
    text: str


@dataclass(slots=True)
class _Question:
    """One question that waits. until_s: for its answer, on the loop's clock."""

    answer: asyncio.Future[Answer]
    until_s: float
    latest_s: float
    is_in_progress: bool = False


class Gatekeeper(asyncio.DatagramProtocol):
    """One gatekeeper; its socket is connected, so that the kernel drops what others send and reports a closed port.

    Questions are matched by requestSeqNum, which begins anywhere. malformed: datagrams from it that could not be read.
    """

    def __init__(self) -> None:
        self.malformed = 0
        self._transport: asyncio.DatagramTransport | None = None
        self._waiting: dict[int, _Question] = {}
        self._last = random.randrange(_SEQUENCES)
        self._fault = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the socket."""
        # Python 3.11 has it without saying so.
        self._transport = cast("asyncio.DatagramTransport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """End all questions."""
        self._transport = None
        self._break_off("the socket was closed")

    def error_received(self, exc: Exception) -> None:
        """End all questions: nobody listens there, or no way leads there."""
        self._break_off(getattr(exc, "strerror", None) or str(exc))

    def datagram_received(self, data: bytes, addr: object) -> None:
        """Hand an answer to who waits for it; any other is dropped."""
        try:
            answer = read_answer(data)
        except MalformedError:
            self.malformed += 1
            return
        question = self._waiting.get(answer.sequence)
        if question is None or question.answer.done():
            return
        if answer.kind is Kind.IN_PROGRESS:
            question.is_in_progress = True
            question.until_s = min(max(question.until_s, asyncio.get_running_loop().time() + answer.delay_s), question.latest_s)
        elif answer.kind in (Kind.LOCATION_CONFIRM, Kind.LOCATION_REJECT):
            question.answer.set_result(answer)

    @property
    def is_idle(self) -> bool:
        """Return whether no question waits."""
        return not self._waiting

    def close(self) -> None:
        """Close the socket."""
        if self._transport is not None:
            self._transport.close()

    async def ask(self, alias: str, timeout_s: float) -> Answer | str:
        """Return the answer to a LocationRequest, or in words why there is none.

        It is repeated once after half of the time, with the same number, as RAS does (H.225.0 section 7.17).
        """
        if self._transport is None:
            return self._fault or "the socket was closed"
        loop = asyncio.get_running_loop()
        sequence = self._next()
        begun_s = loop.time()
        question = _Question(loop.create_future(), begun_s + timeout_s, begun_s + timeout_s * _MOST_EXTENSION)
        self._waiting[sequence] = question
        own = self._transport.get_extra_info("sockname")
        request = location_request(sequence, alias, (own[0], own[1]))
        try:
            self._transport.sendto(request)
            await asyncio.wait((question.answer,), timeout=timeout_s / 2)
            if not question.answer.done() and not question.is_in_progress and self._transport is not None:
                self._transport.sendto(request)
            while not question.answer.done() and (left_s := question.until_s - loop.time()) > 0:
                await asyncio.wait((question.answer,), timeout=left_s)
        finally:
            del self._waiting[sequence]
        if not question.answer.done():
            return "no answer"
        return self._fault if question.answer.cancelled() else question.answer.result()

    def _next(self) -> int:
        """Return a requestSeqNum that no question has; there are never so many at once."""
        while True:
            self._last = self._last % _SEQUENCES + 1
            if self._last not in self._waiting:
                return self._last

    def _break_off(self, fault: str) -> None:
        self._fault = fault.lower()
        for question in self._waiting.values():
            question.answer.cancel()


class Gatekeepers:
    """All gatekeepers that were asked, each with its socket, by where it is."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, int], Gatekeeper] = {}

    async def registration(self, where: Whereabouts, port: int, alias: str, timeout_s: float) -> Registration:
        """Return what the gatekeeper at a place says of an alias; it never raises."""
        name = f"gatekeeper {where.address}"
        if not is_alias(alias):
            return Registration(None, f"no gatekeeper can be asked for the alias '{alias}'")
        try:
            gatekeeper = await self._gatekeeper(where, port)
        except OSError as error:
            return Registration(None, f"{name}: {(error.strerror or str(error)).lower()}")
        answer = await gatekeeper.ask(alias, timeout_s)
        if isinstance(answer, str) and gatekeeper.is_idle:
            # A new socket next time: this one may be bound to an address that the machine no longer has.
            gatekeeper.close()
            self._open.pop((where.address, port), None)
        return _registration(name, answer)

    async def _gatekeeper(self, where: Whereabouts, port: int) -> Gatekeeper:
        known = self._open.get((where.address, port))
        if known is None:
            make: Callable[[], Gatekeeper] = Gatekeeper
            remote = (where.sockaddr[0], port, *where.sockaddr[2:])
            _, known = await asyncio.get_running_loop().create_datagram_endpoint(make, remote_addr=remote)
            # Meanwhile another may have done the same.
            first = self._open.setdefault((where.address, port), known)
            if first is not known:
                known.close()
            known = first
        return known

    def close(self) -> None:
        """Close all sockets."""
        for gatekeeper in self._open.values():
            gatekeeper.close()
        self._open.clear()


def _registration(name: str, answer: Answer | str) -> Registration:
    if isinstance(answer, str):
        return Registration(None, f"{name}: {answer}")
    if answer.kind is Kind.LOCATION_CONFIRM:
        at = f" at {answer.signalling[0]}" if answer.signalling else ""
        return Registration(True, f"{name}: registered{at}")
    # Only 'not registered' says that; any other reason is about who asks.
    return Registration(False if answer.reason in NOT_REGISTERED else None, f"{name}: {answer.reason}")
