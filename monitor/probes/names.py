"""Names instead of addresses: resolved off the event loop, and again and again, since an operator may move a device."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from monitor.model.clock import Clock
from monitor.model.reason import Reason
from monitor.probes.kernel import SocketAddress, local_address, socket_address
from monitor.probes.why import os_error, unresolved

FRESH_S = 60.0
"""A name is asked for again when its address is older than this."""
_WAIT_S = 2.0
_RESOLVERS = 4


class UnresolvedNameError(Exception):
    """A name has no address now. reason: why, as a reading tells it."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Place:
    """Where a target is.

    version: 4 or 6. address: as the kernel writes it in sources. sockaddr: as sendto wants it, port 0; name: the same as the kernel
    itself has it, which is also the source of what comes from there to an ICMP socket.
    """

    version: int
    address: str
    sockaddr: SocketAddress
    name: bytes

    def at_port(self, port: int) -> SocketAddress:
        """Return where a port of the target is, as sendto and connect want it."""
        return (self.sockaddr[0], port, *self.sockaddr[2:])


def literal(text: str) -> Place | None:
    """Return where a literal address is, None where text is a name. An IPv6 zone ('fe80::1%eth0') is kept for sending."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv4Address):
        return _place(4, str(address), (str(address), 0))
    plain = socket.inet_ntop(socket.AF_INET6, address.packed)
    try:
        scope = socket.if_nametoindex(address.scope_id) if address.scope_id else 0
    except OSError:
        scope = 0
    return _place(6, plain, (plain, 0, 0, scope))


def _place(version: int, address: str, sockaddr: SocketAddress) -> Place:
    return Place(version, address, sockaddr, socket_address(sockaddr))


def resolve_by_system(name: str) -> str:
    """Return the first address that the system's resolver gives. Blocks; raises OSError or UnicodeError."""
    return str(socket.getaddrinfo(name, None, type=socket.SOCK_DGRAM)[0][4][0])


class Names:
    """Turns what is configured as an address into a Place. A name that can't be resolved anew keeps its last address."""

    def __init__(self, clock: Clock, resolve: Callable[[str], str] = resolve_by_system) -> None:
        self._clock = clock
        self._resolve = resolve
        self._literals: dict[str, Place | None] = {}
        self._known: dict[str, tuple[Place, float]] = {}
        self._asked: dict[str, asyncio.Future[str]] = {}
        self._pool: ThreadPoolExecutor | None = None

    def known(self, text: str) -> Place | None:
        """Return the place of a literal address, or of a name that was resolved less than FRESH_S ago; None asks for find()."""
        try:
            place = self._literals[text]
        except KeyError:
            place = self._literals[text] = literal(text)
        if place is not None:
            return place
        place, at_s = self._known.get(text, (None, 0.0))
        return place if place and self._clock.monotonic() - at_s < FRESH_S else None

    async def find(self, name: str) -> Place:
        """Return where a name is now, or where it was last. Raises UnresolvedNameError."""
        loop = asyncio.get_running_loop()
        if name not in self._asked:
            self._pool = self._pool or ThreadPoolExecutor(_RESOLVERS, thread_name_prefix="names")
            asked = self._asked[name] = loop.run_in_executor(self._pool, self._resolve, name)
            asked.add_done_callback(lambda done: self._keep(name, done))
        reason = Reason("unresolved", {"name": name}, (Reason("unresolved_yet"),))
        try:
            await asyncio.wait_for(asyncio.shield(self._asked[name]), _WAIT_S)
        except (OSError, UnicodeError) as error:
            # A TimeoutError of ours is an OSError, too, without a word: the resolver may still answer.
            reason = unresolved(name, error) if str(error) else reason
        place, _ = self._known.get(name, (None, 0.0))
        if place is None:
            raise UnresolvedNameError(reason)
        return place

    def _keep(self, name: str, done: asyncio.Future[str]) -> None:
        self._asked.pop(name, None)
        if done.cancelled() or done.exception():
            return
        place = literal(done.result())
        if place:
            self._known[name] = (place, self._clock.monotonic())

    def close(self) -> None:
        if self._pool:
            self._pool.shutdown(wait=False, cancel_futures=True)


def route_fault(place: Place) -> Reason | None:
    """Return why the kernel has no way to a place, None where it has one. Nothing is sent."""
    try:
        local_address(place.at_port(161))
    except OSError as error:
        return os_error(error)
    return None
