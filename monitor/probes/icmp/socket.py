"""One ICMP socket for all targets of a family: how it is opened, what it receives and when, what the kernel reports on it.

Raw where CAP_NET_RAW permits it, else an unprivileged ping socket. Raw sockets get every reply of the machine, so the kernel
is told to keep all but echo replies to our id away from us; ping sockets are bound to their id by the kernel, which rewrites it.
"""

from __future__ import annotations

import errno
import secrets
import socket
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from monitor.errors import SetupError, reason_of
from monitor.model.reading import Unreachable
from monitor.probes.datagrams import KERNEL, Inbox, Kernel, Outbox
from monitor.probes.kernel import (
    ERRORS_AT_ONCE,
    FAMILIES,
    NAME_BYTES,
    STAMP,
    STAMP_BYTES,
    WANTED_BUFFER_BYTES,
    SharedSocket,
    UnsupportedVersionError,
    drain_errors,
    enlarge,
    is_unsupported,
    keep_out_all_but,
    never_fragment,
)
from monitor.wire.icmp import (
    ECHO_REPLY,
    REQUEST_BYTES,
    SLOT_BYTES,
    V6_ECHO_REPLY,
    EchoCodec,
    parse_quoted_echo,
)
from monitor.words.phrase import Phrase, phrase

_REPLY_BYTES_IN_BUFFER = 2304
"""What the kernel charges for one small packet of a usual network card (skb and its 2 KiB page share); loopback charges 768."""
_MAXIMUM_WINDOW = 16384
_RECEIVE_TRIES = 3

BATCH = 32
"""Requests that leave in one call. How far apart those of one call leave is not measured but divided evenly, so it stays small."""
_RECEIVE_SLOTS = 64


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


class IcmpSocket(SharedSocket):
    """A non-blocking ICMP socket that serves every target of one IP version.

    version: 4 or 6. is_raw: False for a ping socket. dscp: what the next packet is marked with.
    has_errors: the kernel has said that its error queue holds something; errors() looks there.
    """

    def __init__(
        self, version: int, *, allow_raw: bool = True, buffer_bytes: int = WANTED_BUFFER_BYTES, kernel: Kernel = KERNEL
    ) -> None:
        """Open it. allow_raw: False tries a ping socket only. buffer_bytes: asked of the kernel, which may grant less.

        Raises SetupError where this machine permits neither kind of socket.
        """
        sock, self.is_raw = _open(version, allow_raw)
        try:
            super().__init__(sock, version, _REPLY_BYTES_IN_BUFFER, buffer_bytes)
            enlarge(sock, buffer_bytes, is_for_sending=True)
            ident = secrets.randbelow(0xFFFF) + 1 if self.is_raw else self._bound_ident()
            self._codec = EchoCodec(version, ident, has_ip_header=self.is_raw and version == 4)
            if version == 4:
                never_fragment(sock)
            if self.is_raw:
                keep_out_all_but(sock, version, ECHO_REPLY if version == 4 else V6_ECHO_REPLY, ident)
        except BaseException:
            sock.close()
            raise
        self.window = min(_MAXIMUM_WINDOW, self.window)
        self.dscp = 0
        self.has_errors = False
        self._outbox = Outbox(sock, version, slots=BATCH, payload_bytes=REQUEST_BYTES, kernel=kernel)
        self._outbox.payloads[:] = self._codec.blank() * BATCH
        self._inbox = Inbox(
            sock, version, slots=_RECEIVE_SLOTS, payload_bytes=SLOT_BYTES, ancillary_bytes=STAMP_BYTES, kernel=kernel
        )
        self._name = struct.Struct(f"{NAME_BYTES[version]}s")

    def _bound_ident(self) -> int:
        self.sock.bind(("0.0.0.0" if self.version == 4 else "::", 0))
        return int(self.sock.getsockname()[1])

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

    def errors(self) -> tuple[list[QuotedError], int]:
        """Return the ICMP errors that quote an echo request of ours, and how many reports of any sort were taken off the queue.

        has_errors tells whether there may be more.
        """
        taken = drain_errors(self.sock)
        self.has_errors = len(taken) == ERRORS_AT_ONCE
        found: list[QuotedError] = []
        for payload, destination, unreachable in taken:
            echo = parse_quoted_echo(self.version, payload)
            if unreachable and echo and not (self.is_raw and echo[0] != self._codec.ident):
                found.append(QuotedError(destination[0], echo[1], unreachable))
        return found, len(taken)


def _open(version: int, allow_raw: bool) -> tuple[socket.socket, bool]:
    protocol = socket.IPPROTO_ICMP if version == 4 else socket.IPPROTO_ICMPV6
    refusals = []
    kinds = (socket.SOCK_RAW, socket.SOCK_DGRAM) if allow_raw else (socket.SOCK_DGRAM,)
    for kind in kinds:
        try:
            return socket.socket(FAMILIES[version], kind | socket.SOCK_CLOEXEC, protocol), kind == socket.SOCK_RAW
        except OSError as error:
            if error.errno not in (errno.EPERM, errno.EACCES):
                raise _setup_error(version, error) from error
            refusals.append(phrase("raw_socket" if kind == socket.SOCK_RAW else "ping_socket", reason=reason_of(error)))
    raise SetupError("icmp_refused", version=version, reasons=tuple(refusals))


def _setup_error(version: int, error: OSError) -> SetupError:
    reason = reason_of(error)
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return SetupError("icmp_unopened", Phrase("raise_files"), version=version, reason=reason)
    if is_unsupported(error):
        return UnsupportedVersionError("icmp_unopened", Phrase("other_ip_version"), version=version, reason=reason)
    return SetupError("icmp_unopened", version=version, reason=reason)
