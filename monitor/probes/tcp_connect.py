"""One TCP connection: whether it came to stand, how soon, and what says so if not."""

from __future__ import annotations

import asyncio
import errno
import socket
from contextlib import suppress
from dataclasses import dataclass

from monitor.model.clock import Clock
from monitor.model.reading import Outcome
from monitor.model.reason import Reason
from monitor.probes.kernel import FAMILIES
from monitor.probes.lateness import Late, Lateness, Wait
from monitor.probes.names import Names, Place, UnresolvedNameError
from monitor.probes.why import os_error, os_error_number

_SAYS_NO = frozenset((errno.ECONNREFUSED, errno.ECONNRESET))
_LOCAL = frozenset((errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT))


@dataclass(slots=True)
class TcpConnection:
    """A connection that stands. took_s: seconds until it did, None where our own loop was late meanwhile. bare: non-blocking; the
    caller closes it."""

    bare: socket.socket
    took_s: float | None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no connection: REFUSED by the host itself, TIMEOUT, or NOT_SENT. detail: as in Reading."""

    outcome: Outcome
    detail: Reason


class Connector:
    def __init__(self, clock: Clock, names: Names, lateness: Lateness) -> None:
        self._clock = clock
        self._lateness = lateness
        self._names = names

    async def place(self, address: str) -> Place | Failure:
        try:
            return self._names.known(address) or await self._names.find(address)
        except UnresolvedNameError as error:
            return Failure(Outcome.NOT_SENT, error.reason)

    async def connect(self, address: str, port: int, timeout_s: float) -> TcpConnection | Failure:
        """Return a connection to a port, or why there is none; never raises but for being cancelled.

        The kernel makes it alone, so however late our loop looks: what doesn't stand after timeout_s is silent. Only a time in
        which the whole process stood still is made up for.
        """
        place = await self.place(address)
        if isinstance(place, Failure):
            return place
        with self._lateness.under_way() as late:
            return await self._connect(place, port, timeout_s, late)

    async def _connect(self, place: Place, port: int, timeout_s: float, late: Late) -> TcpConnection | Failure:
        try:
            bare = socket.socket(FAMILIES[place.version], socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        except OSError as error:
            return Failure(Outcome.NOT_SENT, os_error(error))
        begun_s = self._clock.monotonic()
        connected = False
        try:
            at_once = bare.connect_ex(place.at_port(port))
            if at_once not in (0, errno.EINPROGRESS):
                return _failure(at_once, port, is_local=True)
            if at_once:
                # A loop that comes late finds the time over and the connection there, both at once: the connection counts.
                with suppress(TimeoutError):
                    async with Wait(late, timeout_s, only_still=True).limit():
                        await _writable(bare)
            error_number = bare.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if error_number:
                return _failure(error_number, port, is_local=False)
            if not _stands(bare):
                return Failure(Outcome.TIMEOUT, Reason("tcp_silent", {"port": port}))
            connected = True
            return TcpConnection(bare, None if late.seconds else self._clock.monotonic() - begun_s)
        finally:
            if not connected:
                bare.close()


async def _writable(bare: socket.socket) -> None:
    """Return once a connect has ended, well or not."""
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    loop.add_writer(bare, lambda: None if done.done() else done.set_result(None))
    try:
        await done
    finally:
        loop.remove_writer(bare)


def _stands(bare: socket.socket) -> bool:
    try:
        bare.getpeername()
    except OSError:
        return False
    return True


def _failure(number: int, port: int, *, is_local: bool) -> Failure:
    if number in _SAYS_NO:
        return Failure(Outcome.REFUSED, Reason("tcp_refuses", {"port": port}))
    said = os_error_number(number)
    if is_local or number in _LOCAL:
        return Failure(Outcome.NOT_SENT, said)
    # A router says unreachable: it was sent, and the host has said nothing.
    return Failure(Outcome.TIMEOUT, Reason("tcp_error", {"port": port}, (said,)))
