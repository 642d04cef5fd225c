"""One UDP socket for everybody who is asked over an IP version: its buffers, what the kernel reports on it, and what it dropped."""

from __future__ import annotations

import errno
import socket
from dataclasses import dataclass
from math import inf

from monitor.errors import SetupError, reason_of
from monitor.model.clock import Clock
from monitor.model.reading import Unreachable
from monitor.probes.datagrams import KERNEL, Inbox, Kernel, Outbox
from monitor.probes.kernel import (
    FAMILIES,
    NAME_BYTES,
    SAME_OFFSET_S,
    STAMP,
    STAMP_BYTES,
    SharedSocket,
    SocketAddress,
    Stamps,
    UnsupportedVersionError,
    drain_errors,
    is_unsupported,
)

_ANSWER_BYTES_IN_BUFFER = 4608
"""What the kernel charges at most for an answer of one Ethernet frame and its skb; two, since agents may send fragments."""
_BUSY = (errno.ENOBUFS, errno.EAGAIN)
_SEND_TRIES = 3
_SLOTS = 64
_LONGEST = 65536 + 320
"""More than a UDP datagram can hold. Of the slots only the pages that were ever written to are memory.

At a power of two the slots' first octets, all that most answers have, would share a few lines of the processor's cache.
"""
_SLICE = 256
_ERRORS_A_SLICE = 8

Source = bytes
"""Where a datagram came from: port and address in network order, 6 octets for IPv4 and 18 for IPv6."""


Came = tuple[bytes, Source, float | None]
"""A datagram's octets, its source, and when the kernel took it (monotonic seconds), None where its stamp can't be trusted."""


def source_of(address: str, port: int) -> Source:
    """Return an address, without an IPv6 zone, and a port as a source."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return port.to_bytes(2, "big") + socket.inet_pton(family, address)


def address_of(source: Source) -> tuple[str, int]:
    family = socket.AF_INET if len(source) == 6 else socket.AF_INET6
    return socket.inet_ntop(family, source[2:]), int.from_bytes(source[:2], "big")


class BusyError(Exception):
    """The kernel has no room for the packet now; it may in a moment."""


@dataclass(frozen=True, slots=True)
class QuotedDatagram:
    """An ICMP error about a datagram of ours. destination: where it went. payload: what it quotes of our octets, perhaps none."""

    destination: Source
    payload: bytes
    unreachable: Unreachable

    @property
    def says_port_closed(self) -> bool:
        """Whether it is 'port unreachable' (RFC 792, RFC 4443); of worth from the destination itself only."""
        return (self.unreachable.type, self.unreachable.code) == ((3, 3) if len(self.destination) == 6 else (1, 4))


class UdpSocket(SharedSocket):
    """A non-blocking UDP socket that serves everybody of one IP version.

    at_once: datagrams in a batch. put: writes a datagram into the next one, as Outbox.put(). seen_s: until when all that came is
    known to have been taken (monotonic).
    """

    at_once = _SLOTS

    def __init__(self, version: int, clock: Clock, kernel: Kernel = KERNEL) -> None:
        """Open it. kernel: by which datagrams come and go.

        Raises UnsupportedVersionError where the kernel has no such protocol, SetupError where nothing can be opened.
        """
        try:
            sock = socket.socket(FAMILIES[version], socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        except OSError as error:
            kind = UnsupportedVersionError if is_unsupported(error) else SetupError
            raise kind("udp_unopened", version=version, reason=reason_of(error)) from error
        super().__init__(sock, version, _ANSWER_BYTES_IN_BUFFER)
        self._quoted: list[QuotedDatagram] = []
        self._clock = clock
        self._stamps = Stamps(clock)
        self.seen_s = clock.monotonic()
        self._inbox = Inbox(sock, version, slots=_SLOTS, payload_bytes=_LONGEST, ancillary_bytes=STAMP_BYTES, kernel=kernel)
        self._outbox = Outbox(sock, version, slots=_SLOTS, payload_bytes=_LONGEST, kernel=kernel)
        self.put = self._outbox.put
        self._payloads = memoryview(self._inbox.payloads)

    def flush(self, count: int) -> list[int]:
        """Hand the first count datagrams of the batch to the kernel; return those that it did not take."""
        first, left = 0, []
        while first < count:
            went = self._outbox.send(first, count - first)
            if went <= 0:
                left.append(first)
                went = 1
            first += went
        return left

    def send(self, octets: bytes, destination: SocketAddress) -> None:
        """Send a datagram. Raises BusyError, or OSError with the kernel's reason.

        With IP_RECVERR somebody else's unreachable is this socket's pending error and would fail an innocent send: the error queue
        is emptied (errors() hands its reports on later) and the send tried again.
        """
        for tries_left in range(_SEND_TRIES - 1, -1, -1):
            try:
                self.sock.sendto(octets, destination)
                return
            except OSError as error:
                if error.errno in _BUSY:
                    raise BusyError from error
                self._empty_error_queue()
                if not tries_left:
                    raise

    def receive(self) -> list[Came]:
        """Return the datagrams that are waiting, about _SLICE of them at most, and take the ICMP errors off the kernel's queue.

        An error makes the next receive fail, or the socket readable without a datagram: only then there is a queue to empty.
        """
        begun_s = self._clock.monotonic()
        self._stamps.look()
        taken: list[Came] = []
        for _ in range(_SLICE // _SLOTS + _ERRORS_A_SLICE):
            count = self._inbox.receive()
            if count > 0:
                self._unpack(count, taken)
                if count < _SLOTS:
                    self.seen_s = begun_s
                    break
                if len(taken) >= _SLICE:
                    break
            elif count == -errno.EAGAIN:
                self.seen_s = begun_s
                break
            elif count == -errno.EINTR:
                break
            else:
                self._empty_error_queue()
        if not taken:
            self._empty_error_queue()
        return taken

    def _unpack(self, count: int, taken: list[Came]) -> None:
        names, payloads = self._inbox.names, self._payloads
        stamps = STAMP.iter_unpack(memoryview(self._inbox.ancillary)[: count * STAMP_BYTES])
        offset_s = self._stamps.offset_s
        latest_s = self._clock.monotonic() + SAME_OFFSET_S if offset_s is not None else -inf
        base_s = offset_s or 0.0
        is_v4, name_bytes, begin, at = self.version == 4, NAME_BYTES[self.version], 0, 0
        came_s: float | None = None
        for length, (seconds, nanoseconds) in zip(self._inbox.lengths(count), stamps, strict=True):
            octets = payloads[begin : begin + length].tobytes()
            came_s = seconds + nanoseconds * 1e-9 - base_s
            if not 0.0 < came_s <= latest_s:
                came_s = None
            if is_v4:
                taken.append((octets, bytes(names[at + 2 : at + 8]), came_s))
            else:
                taken.append((octets, bytes(names[at + 2 : at + 4] + names[at + 8 : at + 24]), came_s))
            begin += _LONGEST
            at += name_bytes
        if came_s is not None and came_s > self.seen_s:
            self.seen_s = came_s  # the kernel hands them out in the order of their coming

    def errors(self) -> list[QuotedDatagram]:
        """Return the ICMP errors that receive() and send() met since the last call."""
        found, self._quoted = self._quoted, []
        return found

    def _empty_error_queue(self) -> None:
        for payload, destination, unreachable in drain_errors(self.sock):
            if unreachable:
                where = source_of(destination[0].partition("%")[0], destination[1])
                self._quoted.append(QuotedDatagram(where, payload, unreachable))
