"""One UDP socket for all agents of an IP version: its buffers, what the kernel reports on it, and what it dropped."""

from __future__ import annotations

import errno
import socket
import struct
from dataclasses import dataclass

from monitor.errors import SetupError
from monitor.model.reading import Unreachable
from monitor.probes.names import SocketAddress

# Linux's numbers (asm-generic/socket.h, linux/in.h, linux/in6.h) that Python's socket module has no names for.
_SO_RCVBUFFORCE = 33
_SO_MEMINFO = 55
_IP_RECVERR = 11
_IPV6_RECVERR = 25
_ORIGIN_LOCAL = 1
_DROPS_INDEX = 8

_WANTED_BUFFER_BYTES = 16 * 1024 * 1024
_ANSWER_BYTES_IN_BUFFER = 4608
"""What the kernel charges at most for an answer of one Ethernet frame and its skb; two, since agents may send fragments."""
_LONGEST = 65535
_ERROR_ANCILLARY_BYTES = 512
_EXTENDED_ERROR = struct.Struct("@IBBBBII")
_BUSY = (errno.ENOBUFS, errno.EAGAIN)
_SEND_TRIES = 3

Source = tuple[str, int]
"""Address (without an IPv6 zone) and port."""


class BusyError(Exception):
    """The kernel has no room for the packet now; it may in a moment."""


class UnsupportedVersionError(SetupError):
    """This kernel does not speak this IP version."""


@dataclass(frozen=True, slots=True)
class QuotedDatagram:
    """An ICMP error about a datagram of ours. destination: where it went. payload: what it quotes of our octets, perhaps none."""

    destination: Source
    payload: bytes
    unreachable: Unreachable


class SnmpSocket:
    """A non-blocking UDP socket that serves every agent of one IP version.

    window: how many questions may be open at once before their answers could overflow the granted buffer.
    """

    def __init__(self, version: int) -> None:
        """Open it. Raises UnsupportedVersionError where the kernel has no such protocol, SetupError where nothing can be opened."""
        self.version = version
        family = socket.AF_INET if version == 4 else socket.AF_INET6
        try:
            self.sock = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        except OSError as error:
            kind = UnsupportedVersionError if error.errno in (errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT) else SetupError
            raise kind(f"UDP over IPv{version}: {error.strerror}", "raise LimitNOFILE where too many files are open") from error
        self.sock.setblocking(False)
        try:
            self.sock.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _WANTED_BUFFER_BYTES)
        except PermissionError:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _WANTED_BUFFER_BYTES)
        if version == 4:
            self.sock.setsockopt(socket.IPPROTO_IP, _IP_RECVERR, 1)
        else:
            self.sock.setsockopt(socket.IPPROTO_IPV6, _IPV6_RECVERR, 1)
        self.granted_bytes: int = self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        self.window = max(16, self.granted_bytes // _ANSWER_BYTES_IN_BUFFER)
        self._quoted: list[QuotedDatagram] = []

    def close(self) -> None:
        """Give the socket back to the kernel."""
        self.sock.close()

    def drops(self) -> int:
        """Return how many datagrams the kernel has dropped because our buffer was full: SO_RXQ_OVFL's counter, read at any time."""
        return int(struct.unpack_from("@9I", self.sock.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, 36))[_DROPS_INDEX])

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

    def receive(self, limit: int) -> list[tuple[bytes, Source]]:
        """Return the datagrams that are waiting, at most `limit` of them."""
        taken: list[tuple[bytes, Source]] = []
        recvfrom = self.sock.recvfrom
        for _ in range(limit):
            try:
                octets, source = recvfrom(_LONGEST)
            except BlockingIOError:
                break
            except OSError:
                self._empty_error_queue()
                continue
            taken.append((octets, (source[0].partition("%")[0], source[1])))
        return taken

    def errors(self) -> list[QuotedDatagram]:
        """Return the ICMP errors that came since the last call."""
        self._empty_error_queue()
        found, self._quoted = self._quoted, []
        return found

    def _empty_error_queue(self) -> int:
        """Take every report off the kernel's queue, and return how many there were."""
        for count in range(1024):
            try:
                payload, ancillary, _, destination = self.sock.recvmsg(2048, _ERROR_ANCILLARY_BYTES, socket.MSG_ERRQUEUE)
            except OSError:
                return count
            unreachable = self._unreachable(ancillary)
            if unreachable and destination:
                self._quoted.append(QuotedDatagram((destination[0].partition("%")[0], destination[1]), payload, unreachable))
        return 1024

    def _unreachable(self, ancillary: list[tuple[int, int, bytes]]) -> Unreachable | None:
        """Return who reported what, None where it is no ICMP error (the kernel's own reports are seen by send)."""
        for level, kind, data in ancillary:
            if (level, kind) not in ((socket.IPPROTO_IP, _IP_RECVERR), (socket.IPPROTO_IPV6, _IPV6_RECVERR)):
                continue
            _, origin, icmp_type, icmp_code, _, _, _ = _EXTENDED_ERROR.unpack_from(data)
            if origin == _ORIGIN_LOCAL:
                return None
            offender = data[_EXTENDED_ERROR.size :]
            if self.version == 4:
                return Unreachable(socket.inet_ntop(socket.AF_INET, offender[4:8]), icmp_type, icmp_code)
            return Unreachable(socket.inet_ntop(socket.AF_INET6, offender[8:24]), icmp_type, icmp_code)
        return None
