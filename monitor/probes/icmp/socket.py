"""One ICMP socket for all targets of a family: how it is opened, what it receives and when, what the kernel reports on it.

Raw where CAP_NET_RAW permits it, else an unprivileged ping socket. Raw sockets get every reply of the machine, so the kernel
is told to keep all but echo replies to our id away from us; ping sockets are bound to their id by the kernel, which rewrites it.
"""

from __future__ import annotations

import array
import errno
import secrets
import socket
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from monitor.errors import SetupError, reason_of
from monitor.model.reading import Unreachable
from monitor.probes.datagrams import KERNEL, NAME_BYTES, Inbox, Kernel, Outbox
from monitor.probes.stamps import SO_TIMESTAMPNS, STAMP, STAMP_BYTES
from monitor.wire.icmp import (
    ECHO_REPLY,
    FRAGMENTATION_NEEDED,
    REQUEST_BYTES,
    SLOT_BYTES,
    UNREACHABLE,
    V6_ECHO_REPLY,
    V6_PACKET_TOO_BIG,
    EchoCodec,
    parse_quoted_echo,
)
from monitor.words.phrase import Phrase, phrase

# Linux's numbers (asm-generic/socket.h, linux/in.h, linux/in6.h, linux/icmp.h) that Python's socket module has no names for.
_SO_RCVBUFFORCE = 33
_SO_SNDBUFFORCE = 32
_SO_ATTACH_FILTER = 26
_SO_MEMINFO = 55
_SOL_RAW = 255
_ICMP_FILTER = 1
_ICMPV6_FILTER = 1
_IP_RECVERR = 11
_IPV6_RECVERR = 25
_IP_MTU_DISCOVER = 10
_IP_PMTUDISC_DO = 2
_ORIGIN_LOCAL = 1

WANTED_BUFFER_BYTES = 16 * 1024 * 1024
_REPLY_BYTES_IN_BUFFER = 2304
"""What the kernel charges for one small packet of a usual network card (skb and its 2 KiB page share); loopback charges 768."""
_MAXIMUM_WINDOW = 16384
_ERROR_ANCILLARY_BYTES = 512
_EXTENDED_ERROR = struct.Struct("@IBBBBII")
_DROPS_INDEX = 8
_RECEIVE_TRIES = 3

BATCH = 32
"""Requests that leave in one call. How far apart those of one call leave is not measured but divided evenly, so it stays small."""
_RECEIVE_SLOTS = 64


class UnsupportedFamilyError(SetupError):
    """This kernel has no such protocol at all; what needs it can't be probed, everything else can."""


@dataclass(frozen=True, slots=True)
class QuotedError:
    """An ICMP error about one of our echo requests. destination, sequence: of the request that it quotes."""

    destination: str
    sequence: int
    unreachable: Unreachable


Reply = tuple[tuple[bytes], tuple[int, int] | None, tuple[int, int]]
"""Source (as Place.name, in a tuple of its own), sequence and cookie, and seconds and nanoseconds of the kernel's stamp.

Sequence and cookie are None together where the packet is no reply to us; the stamp is 0, 0 where there is none.
"""


class IcmpSocket:
    """A non-blocking ICMP socket that serves every target of one IP version.

    version: 4 or 6. is_raw: False for a ping socket. dscp: what the next packet is marked with.
    window: how many requests may be unanswered before their replies could overflow the granted buffer.
    has_errors: the kernel has said that its error queue holds something; errors() looks there.
    """

    def __init__(
        self, version: int, *, allow_raw: bool = True, buffer_bytes: int = WANTED_BUFFER_BYTES, kernel: Kernel = KERNEL
    ) -> None:
        """Open it. allow_raw: False tries a ping socket only. buffer_bytes: asked of the kernel, which may grant less.

        Raises SetupError where this machine permits neither kind of socket.
        """
        self.version = version
        self.sock, self.is_raw = _open(version, allow_raw)
        try:
            ident = secrets.randbelow(0xFFFF) + 1 if self.is_raw else self._bound_ident()
            self._codec = EchoCodec(version, ident, has_ip_header=self.is_raw and version == 4)
            self._configure(ident, buffer_bytes)
        except BaseException:
            self.sock.close()
            raise
        self.dscp = 0
        self.has_errors = False
        self._outbox = Outbox(self.sock, version, slots=BATCH, payload_bytes=REQUEST_BYTES, kernel=kernel)
        self._outbox.payloads[:] = self._codec.blank() * BATCH
        self._inbox = Inbox(
            self.sock, version, slots=_RECEIVE_SLOTS, payload_bytes=SLOT_BYTES, ancillary_bytes=STAMP_BYTES, kernel=kernel
        )
        self._name = struct.Struct(f"{NAME_BYTES[version]}s")
        self.granted_bytes: int = self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        self.window = max(16, min(_MAXIMUM_WINDOW, self.granted_bytes // _REPLY_BYTES_IN_BUFFER))

    def _bound_ident(self) -> int:
        self.sock.bind(("0.0.0.0" if self.version == 4 else "::", 0))
        return int(self.sock.getsockname()[1])

    def _configure(self, ident: int, buffer_bytes: int) -> None:
        sock = self.sock
        sock.setblocking(False)
        _enlarge(sock, _SO_RCVBUFFORCE, socket.SO_RCVBUF, buffer_bytes)
        _enlarge(sock, _SO_SNDBUFFORCE, socket.SO_SNDBUF, buffer_bytes)
        sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        if self.version == 4:
            sock.setsockopt(socket.IPPROTO_IP, _IP_RECVERR, 1)
            # Requests are marked "don't fragment" anyway; so the kernel also spares them an id that only fragments need (RFC 6864).
            sock.setsockopt(socket.IPPROTO_IP, _IP_MTU_DISCOVER, _IP_PMTUDISC_DO)
        else:
            sock.setsockopt(socket.IPPROTO_IPV6, _IPV6_RECVERR, 1)
        if self.is_raw:
            self._keep_strangers_out(ident)

    def _keep_strangers_out(self, ident: int) -> None:
        """Let the kernel drop all but echo replies to our id, so that other pings on this machine cost us nothing."""
        if self.version == 4:
            self.sock.setsockopt(_SOL_RAW, _ICMP_FILTER, struct.pack("@I", 0xFFFFFFFF & ~(1 << ECHO_REPLY)))
        else:
            blocked = [0xFFFFFFFF] * 8
            blocked[V6_ECHO_REPLY // 32] &= ~(1 << V6_ECHO_REPLY % 32)
            self.sock.setsockopt(socket.IPPROTO_ICMPV6, _ICMPV6_FILTER, struct.pack("@8I", *blocked))
        program = array.array("Q", (struct.unpack("@Q", step)[0] for step in _id_filter(self.version, ident)))
        address, count = program.buffer_info()
        self.sock.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, struct.pack("@HP", count, address))
        self._forget_what_came_before()

    def _forget_what_came_before(self) -> None:
        """Throw away what strangers' pings have brought between opening the socket and its filter; nothing of ours was sent yet."""
        while True:
            try:
                self.sock.recv(1)
            except BlockingIOError:
                return

    def close(self) -> None:
        """Give the socket back to the kernel."""
        self.sock.close()

    def drops(self) -> int:
        """Return how many packets the kernel has dropped because our buffer was full, since the socket was opened.

        The counter is the one that SO_RXQ_OVFL attaches to packets; SO_MEMINFO reads it without waiting for the next packet.
        """
        return int(struct.unpack_from("@9I", self.sock.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, 36))[_DROPS_INDEX])

    def mark(self, dscp: int) -> None:
        """Send what follows with this DSCP (RFC 2474), 0 to 63."""
        if self.version == 4:
            self.sock.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, dscp << 2)
        else:
            self.sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, dscp << 2)
        self.dscp = dscp

    def write(self, names: Iterable[bytes], sequences: Iterable[int], cookies: Iterable[int]) -> None:
        """Lay out at most BATCH requests for send(). names: where they go, as Place.name."""
        laid_out = b"".join(names)
        self._outbox.names[: len(laid_out)] = laid_out
        self._codec.write(self._outbox.payloads, sequences, cookies)

    def send(self, first: int, count: int) -> int:
        """Hand count of what was laid out to the kernel, from first on; return how many it took, -errno where none."""
        taken = self._outbox.send(first, count)
        if taken != count:
            self.has_errors = True
        return taken

    def receive(self) -> tuple[Iterable[Reply], int]:
        """Return what is waiting, as much as fits in one call, and how many packets that is; 0 means that nothing is left waiting.

        They are read while they are iterated over: the next call overwrites them.
        """
        count = self._inbox.receive()
        for _ in range(_RECEIVE_TRIES):
            if count > 0:
                return self._read(count), count
            if count == -errno.EAGAIN:
                break
            # Somebody's unreachable is this socket's pending error.
            self.has_errors = True
            count = self._inbox.receive()
        return (), 0

    def _read(self, count: int) -> Iterator[Reply]:
        inbox = self._inbox
        echoes = self._codec.replies(memoryview(inbox.payloads)[: count * SLOT_BYTES], inbox.lengths(count))
        names = self._name.iter_unpack(memoryview(inbox.names)[: count * self._name.size])
        stamps = STAMP.iter_unpack(memoryview(inbox.ancillary)[: count * STAMP_BYTES])
        return zip(names, echoes, stamps, strict=True)

    def errors(self, limit: int = 1024) -> tuple[list[QuotedError], int]:
        """Return the ICMP errors that quote an echo request of ours, and how many reports of any sort were taken off the queue.

        At most limit are taken; has_errors tells whether there may be more.
        """
        found: list[QuotedError] = []
        taken = 0
        while taken < limit:
            try:
                data, ancillary, _, destination = self.sock.recvmsg(512, _ERROR_ANCILLARY_BYTES, socket.MSG_ERRQUEUE)
            except BlockingIOError:
                self.has_errors = False
                break
            except OSError:
                taken += 1
                continue
            taken += 1
            echo = parse_quoted_echo(self.version, data)
            if echo is None or (self.is_raw and echo[0] != self._codec.ident):
                continue
            unreachable = self._unreachable(ancillary)
            if unreachable and destination:
                found.append(QuotedError(destination[0], echo[1], unreachable))
        return found, taken

    def _unreachable(self, ancillary: list[tuple[int, int, bytes]]) -> Unreachable | None:
        for level, kind, data in ancillary:
            if (level, kind) not in ((socket.IPPROTO_IP, _IP_RECVERR), (socket.IPPROTO_IPV6, _IPV6_RECVERR)):
                continue
            _, origin, icmp_type, icmp_code, _, info, _ = _EXTENDED_ERROR.unpack_from(data)
            if origin == _ORIGIN_LOCAL:
                return None
            offender = data[_EXTENDED_ERROR.size :]
            reporter = (
                socket.inet_ntop(socket.AF_INET, offender[4:8])
                if self.version == 4
                else socket.inet_ntop(socket.AF_INET6, offender[8:24])
            )
            tells_mtu = (
                (icmp_type, icmp_code) == (UNREACHABLE, FRAGMENTATION_NEEDED)
                if self.version == 4
                else (icmp_type == V6_PACKET_TOO_BIG)
            )
            return Unreachable(reporter, icmp_type, icmp_code, info or None if tells_mtu else None)
        return None


def _id_filter(version: int, ident: int) -> tuple[bytes, ...]:
    """Return a classic BPF program (linux/filter.h) that lets only echo messages with our id pass.

    An IPv4 raw socket's filter sees the IP header, an IPv6 one's begins at the ICMPv6 header.
    """
    load = ((0xB1, 0, 0, 0), (0x48, 0, 0, 4)) if version == 4 else ((0x28, 0, 0, 4),)
    steps = (*load, (0x15, 0, 1, ident), (0x06, 0, 0, 0xFFFF), (0x06, 0, 0, 0))
    return tuple(struct.pack("@HBBI", *step) for step in steps)


def _enlarge(sock: socket.socket, forced: int, polite: int, size: int) -> None:
    """Take the buffer that is wanted where CAP_NET_ADMIN permits it, else as much as net.core.rmem_max or wmem_max gives."""
    try:
        sock.setsockopt(socket.SOL_SOCKET, forced, size)
    except PermissionError:
        sock.setsockopt(socket.SOL_SOCKET, polite, size)


def _open(version: int, allow_raw: bool) -> tuple[socket.socket, bool]:
    family, protocol = (socket.AF_INET, socket.IPPROTO_ICMP) if version == 4 else (socket.AF_INET6, socket.IPPROTO_ICMPV6)
    refusals = []
    kinds = (socket.SOCK_RAW, socket.SOCK_DGRAM) if allow_raw else (socket.SOCK_DGRAM,)
    for kind in kinds:
        try:
            return socket.socket(family, kind | socket.SOCK_CLOEXEC, protocol), kind == socket.SOCK_RAW
        except OSError as error:
            if error.errno not in (errno.EPERM, errno.EACCES):
                raise _setup_error(version, error) from error
            refusals.append(phrase("raw_socket" if kind == socket.SOCK_RAW else "ping_socket", reason=reason_of(error)))
    raise SetupError("icmp_refused", version=version, reasons=tuple(refusals))


def _setup_error(version: int, error: OSError) -> SetupError:
    reason = reason_of(error)
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return SetupError("icmp_unopened", Phrase("raise_files"), version=version, reason=reason)
    if error.errno in (errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT):
        return UnsupportedFamilyError("icmp_unopened", Phrase("other_ip_version"), version=version, reason=reason)
    return SetupError("icmp_unopened", version=version, reason=reason)
