"""What Linux's sockets have that Python has no names for: numbers, layouts, drops, receive stamps, the error queue, filters.

The numbers are those of asm-generic/socket.h, which x86 and ARM, POWER and RISC-V share; alpha, mips, parisc and sparc number SO_*
otherwise. What stands here is said once, and its source with it; rtnetlink's part is in netlink.py, sendmmsg's in datagrams.py.
"""

from __future__ import annotations

import array
import errno
import socket
import struct
from typing import NamedTuple

from monitor.errors import SetupError
from monitor.model.clock import Clock
from monitor.model.reading import Unreachable
from monitor.wire.icmp import FRAGMENTATION_NEEDED, UNREACHABLE, V6_PACKET_TOO_BIG

# What socket(7) tells of, by asm-generic/socket.h.
_SO_ATTACH_FILTER = 26
_SO_SNDBUFFORCE = 32
_SO_RCVBUFFORCE = 33
_SO_TIMESTAMPNS = 35
_SO_MEMINFO = 55
_MEMINFO = struct.Struct("@9I")
_MEMINFO_DROPS = 8
"""SK_MEMINFO_DROPS of linux/sock_diag.h."""
# What ip(7) tells of, by linux/in.h.
_IP_MTU_DISCOVER = 10
_IP_PMTUDISC_DO = 2
_IP_RECVERR = 11
# What ipv6(7) tells of, by linux/in6.h.
_IPV6_RECVERR = 25
# What raw(7) tells of, by linux/icmp.h and linux/icmpv6.h.
_SOL_RAW = 255
_ICMP_FILTER = 1
_ICMPV6_FILTER = 1

FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}
"""By IP version."""
WANTED_BUFFER_BYTES = 16 * 1024 * 1024


class UnsupportedVersionError(SetupError):
    """This kernel does not speak this IP version; what needs it can't be probed, everything else can."""


def is_unsupported(error: OSError) -> bool:
    """Return whether a socket could not be opened since the kernel has no such protocol at all."""
    return error.errno in (errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT)


# Socket addresses

NAME_BYTES = {4: 16, 6: 28}
"""Sizes of struct sockaddr_in and struct sockaddr_in6, by IP version."""
SocketAddress = tuple[str, int] | tuple[str, int, int, int]
"""As Python's sockets have it."""
_FAMILY = struct.Struct("@H")
_SCOPE = struct.Struct("@I")
_PORT_AND_FLOW = {4: struct.Struct("!H"), 6: struct.Struct("!HI")}


def socket_address(sockaddr: SocketAddress) -> bytes:
    """Return a socket address as the kernel has it: struct sockaddr_in (ip(7)) or struct sockaddr_in6 (ipv6(7))."""
    if len(sockaddr) == 2:
        address, port = sockaddr
        return _FAMILY.pack(socket.AF_INET) + _PORT_AND_FLOW[4].pack(port) + socket.inet_aton(address) + bytes(8)
    address, port, flow, scope = sockaddr
    packed = socket.inet_pton(socket.AF_INET6, address)
    return _FAMILY.pack(socket.AF_INET6) + _PORT_AND_FLOW[6].pack(port, flow) + packed + _SCOPE.pack(scope)


def local_address(sockaddr: SocketAddress) -> str:
    """Return our address on the way to another. Nothing is sent: connecting UDP only asks for a route. Raises OSError for none."""
    family = socket.AF_INET if len(sockaddr) == 2 else socket.AF_INET6
    with socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as probe:
        probe.connect(sockaddr)
        return str(probe.getsockname()[0])


# Buffers


def enlarge(sock: socket.socket, wanted_bytes: int = WANTED_BUFFER_BYTES, *, is_for_sending: bool = False) -> None:
    """Take the buffer that is wanted where CAP_NET_ADMIN permits it, else as much as net.core.rmem_max (wmem_max) gives."""
    forced, polite = (_SO_SNDBUFFORCE, socket.SO_SNDBUF) if is_for_sending else (_SO_RCVBUFFORCE, socket.SO_RCVBUF)
    try:
        sock.setsockopt(socket.SOL_SOCKET, forced, wanted_bytes)
    except PermissionError:
        sock.setsockopt(socket.SOL_SOCKET, polite, wanted_bytes)


def drops_of(sock: socket.socket) -> int:
    """Return how many packets the kernel has dropped since the socket was opened because its buffer was full.

    The counter is the one that SO_RXQ_OVFL attaches to packets; SO_MEMINFO reads it without waiting for the next packet.
    """
    return int(_MEMINFO.unpack(sock.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, _MEMINFO.size))[_MEMINFO_DROPS])


# Receive stamps

STAMP = struct.Struct(f"@{socket.CMSG_LEN(0)}xll")
"""SO_TIMESTAMPNS' control message with its struct timespec, of a socket that attaches no other (socket(7))."""
STAMP_BYTES = socket.CMSG_SPACE(STAMP.size - socket.CMSG_LEN(0))
"""Room for it, and for nothing else."""
SAME_OFFSET_S = 0.0002
_LOOKS = 3


class Stamps:
    """Moves receive stamps from the wall clock to the monotonic one as long as nobody has set it; look() before each drain."""

    __slots__ = ("_clock", "_is_steady", "_offset_s")

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._offset_s: float | None = None
        self._is_steady = True

    def forget(self) -> None:
        """Take the next look as the first: whatever is measured from now on is sent after it."""
        self._offset_s = None

    def look(self) -> None:
        """See whether the wall clock was stepped since the last look; then the stamps of this drain can't be trusted.

        NTP slews both clocks alike, so their offset changes by steps only.
        """
        offset, width = 0.0, 1.0
        for _ in range(_LOOKS):
            before = self._clock.monotonic()
            wall = self._clock.wall()
            after = self._clock.monotonic()
            if after - before < width:
                offset, width = wall - (before + after) / 2, after - before
            if width < SAME_OFFSET_S / 10:
                break
        if self._offset_s is None or not self._is_steady:
            self._offset_s, self._is_steady = offset, True
        elif abs(offset - self._offset_s) > SAME_OFFSET_S + width:
            self._is_steady = False

    @property
    def offset_s(self) -> float | None:
        """What is to be taken from this drain's stamps to have monotonic seconds, None where they can't be trusted."""
        return self._offset_s if self._is_steady else None


# The error queue, of which ip(7) and ipv6(7) tell at IP_RECVERR, by linux/errqueue.h

ERRORS_AT_ONCE = 1024
_RECEIVED_ERRORS = ((socket.IPPROTO_IP, _IP_RECVERR), (socket.IPPROTO_IPV6, _IPV6_RECVERR))
_EXTENDED_ERROR = struct.Struct("@IBBBBII")
"""Struct sock_extended_err; the struct sockaddr of whoever reports follows it."""
_ORIGIN_LOCAL = 1
_ERROR_ANCILLARY_BYTES = 512
_QUOTED_BYTES = 2048


class ReportedError(NamedTuple):
    """A report off the error queue. payload: what it quotes of our packet, perhaps nothing. destination: where that went.

    unreachable: what the ICMP error says; None where there is none, as in what the kernel reports of itself, which a send sees too.
    """

    payload: bytes
    destination: tuple[str, int]
    unreachable: Unreachable | None


def drain_errors(sock: socket.socket) -> list[ReportedError]:
    """Take what is reported off the queue, ERRORS_AT_ONCE at most: where it is so many there may be more.

    Somebody's error is also what the next call of the socket fails with, whomever that is for.
    """
    taken: list[ReportedError] = []
    while len(taken) < ERRORS_AT_ONCE:
        try:
            payload, ancillary, _, destination = sock.recvmsg(_QUOTED_BYTES, _ERROR_ANCILLARY_BYTES, socket.MSG_ERRQUEUE)
        except OSError:
            break
        unreachable = _unreachable(ancillary) if destination else None
        taken.append(ReportedError(payload, destination, unreachable))
    return taken


def _unreachable(ancillary: list[tuple[int, int, bytes]]) -> Unreachable | None:
    for level, kind, data in ancillary:
        if (level, kind) not in _RECEIVED_ERRORS:
            continue
        _, origin, icmp_type, icmp_code, _, info, _ = _EXTENDED_ERROR.unpack_from(data)
        if origin == _ORIGIN_LOCAL:
            return None
        offender = data[_EXTENDED_ERROR.size :]
        if level == socket.IPPROTO_IP:
            reporter = socket.inet_ntop(socket.AF_INET, offender[4:8])
            tells_mtu = (icmp_type, icmp_code) == (UNREACHABLE, FRAGMENTATION_NEEDED)
        else:
            reporter = socket.inet_ntop(socket.AF_INET6, offender[8:24])
            tells_mtu = icmp_type == V6_PACKET_TOO_BIG
        return Unreachable(reporter, icmp_type, icmp_code, info or None if tells_mtu else None)
    return None


# Sockets


class SharedSocket:
    """A non-blocking socket by which everybody of one IP version is asked; the kernel stamps what comes and queues ICMP errors.

    granted_bytes: of its receive buffer. window: how many requests may be unanswered before their replies could overflow that.
    """

    def __init__(self, sock: socket.socket, version: int, reply_bytes: int, buffer_bytes: int = WANTED_BUFFER_BYTES) -> None:
        """reply_bytes: what the kernel charges a reply at most. buffer_bytes: asked of the kernel, which may grant less."""
        self.sock = sock
        self.version = version
        sock.setblocking(False)
        enlarge(sock, buffer_bytes)
        sock.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        level, option = _RECEIVED_ERRORS[version == 6]
        sock.setsockopt(level, option, 1)
        self.granted_bytes: int = sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        self.window = max(16, self.granted_bytes // reply_bytes)

    def close(self) -> None:
        self.sock.close()

    def drops(self) -> int:
        """As drops_of()."""
        return drops_of(self.sock)


def never_fragment(sock: socket.socket) -> None:
    """Mark IPv4 packets "don't fragment"; so the kernel also spares them an id that only fragments need (RFC 6864)."""
    sock.setsockopt(socket.IPPROTO_IP, _IP_MTU_DISCOVER, _IP_PMTUDISC_DO)


def keep_out_all_but(sock: socket.socket, version: int, kind: int, ident: int) -> None:
    """Have the kernel drop all that a raw ICMP socket would get but messages of one type with one id; what came before, too."""
    if version == 4:
        sock.setsockopt(_SOL_RAW, _ICMP_FILTER, struct.pack("@I", 0xFFFFFFFF & ~(1 << kind)))
    else:
        blocked = [0xFFFFFFFF] * 8
        blocked[kind // 32] &= ~(1 << kind % 32)
        sock.setsockopt(socket.IPPROTO_ICMPV6, _ICMPV6_FILTER, struct.pack("@8I", *blocked))
    program = array.array("Q", (struct.unpack("@Q", step)[0] for step in _id_filter(version, ident)))
    address, count = program.buffer_info()
    sock.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, struct.pack("@HP", count, address))
    while True:  # nothing of ours was sent yet: what is there came between the opening and the filter
        try:
            sock.recv(1)
        except BlockingIOError:
            return


def _id_filter(version: int, ident: int) -> tuple[bytes, ...]:
    """Return a classic BPF program (linux/filter.h) that lets only echo messages with our id pass.

    An IPv4 raw socket's filter sees the IP header, an IPv6 one's begins at the ICMPv6 header.
    """
    load = ((0xB1, 0, 0, 0), (0x48, 0, 0, 4)) if version == 4 else ((0x28, 0, 0, 4),)
    steps = (*load, (0x15, 0, 1, ident), (0x06, 0, 0, 0xFFFF), (0x06, 0, 0, 0))
    return tuple(struct.pack("@HBBI", *step) for step in steps)
