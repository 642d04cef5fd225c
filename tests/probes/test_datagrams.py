"""Datagrams that leave and come in batches."""

from __future__ import annotations

import ctypes
import errno
import socket
import struct
from collections.abc import Iterator

import pytest

from monitor.probes.datagrams import KERNEL, Inbox, Kernel, Outbox, kernel_of
from monitor.probes.kernel import socket_address


class OldLibrary:
    """A C library from before sendmmsg and recvmmsg."""

    def __init__(self) -> None:
        library = ctypes.CDLL(None, use_errno=True)
        self.sendmsg, self.recvmsg = library["sendmsg"], library["recvmsg"]


KERNELS = pytest.mark.parametrize("kernel", [KERNEL, kernel_of(OldLibrary())], ids=["mmsg", "msg"])  # type: ignore[arg-type]


@pytest.fixture(params=[4, 6])
def pair(request: pytest.FixtureRequest) -> Iterator[tuple[int, socket.socket, socket.socket]]:
    """IP version, a UDP socket that sends, and one that receives."""
    version: int = request.param
    family, address = (socket.AF_INET, "127.0.0.1") if version == 4 else (socket.AF_INET6, "::1")
    with socket.socket(family, socket.SOCK_DGRAM) as sender, socket.socket(family, socket.SOCK_DGRAM) as receiver:
        for each in (sender, receiver):
            each.bind((address, 0))
            each.setblocking(False)
        yield version, sender, receiver


@KERNELS
def test_what_is_put_comes_out_in_order_with_its_length_and_its_source(
    pair: tuple[int, socket.socket, socket.socket], kernel: Kernel
) -> None:
    version, sender, receiver = pair
    outbox = Outbox(sender, version, slots=4, payload_bytes=8, kernel=kernel)
    inbox = Inbox(receiver, version, slots=3, payload_bytes=8, kernel=kernel)
    destination = socket_address(receiver.getsockname())
    for slot, payload in enumerate((b"one", b"", b"three", b"12345678")):
        outbox.put(slot, destination, payload)
    assert 4 == outbox.send(0, 4)

    assert 3 == inbox.receive()
    assert [3, 0, 5] == inbox.lengths(3)
    assert (b"one", b"three") == (bytes(inbox.payloads[:3]), bytes(inbox.payloads[16:21]))
    assert socket_address(sender.getsockname()) * 3 == inbox.names
    assert 1 == inbox.receive()
    assert ([8], b"12345678") == (inbox.lengths(1), bytes(inbox.payloads[:8]))
    assert -errno.EAGAIN == inbox.receive()


@KERNELS
def test_a_batch_ends_before_what_fails_and_the_next_call_tells_why(
    pair: tuple[int, socket.socket, socket.socket], kernel: Kernel
) -> None:
    version, sender, receiver = pair
    outbox = Outbox(sender, version, slots=3, payload_bytes=8, kernel=kernel)
    good, bad = socket_address(receiver.getsockname()), b"\xff" * len(socket_address(receiver.getsockname()))
    for slot, name in enumerate((good, bad, good)):
        outbox.put(slot, name, b"x")
    refusal = -errno.EAFNOSUPPORT if version == 4 else -errno.EINVAL
    assert [1, refusal, 1] == [outbox.send(0, 3), outbox.send(1, 2), outbox.send(2, 1)]


@KERNELS
def test_ancillary_is_the_datagrams_own_and_never_that_of_an_earlier_one(
    pair: tuple[int, socket.socket, socket.socket], kernel: Kernel
) -> None:
    version, sender, receiver = pair
    inbox = Inbox(receiver, version, slots=2, payload_bytes=8, ancillary_bytes=socket.CMSG_SPACE(16), kernel=kernel)
    so_timestampns = 35
    seen = []
    for is_stamped in (1, 0):
        receiver.setsockopt(socket.SOL_SOCKET, so_timestampns, is_stamped)
        sender.sendto(b"x", receiver.getsockname())
        sender.sendto(b"y", receiver.getsockname())
        assert 2 == inbox.receive()
        seen.append([struct.unpack("@Niill", record) for record in (inbox.ancillary[:32], inbox.ancillary[32:])])
    assert [(socket.SOL_SOCKET, so_timestampns)] * 2 == [record[1:3] for record in seen[0]]
    assert [(0, 0, 0, 0, 0)] * 2 == seen[1]


def test_what_does_not_fit_in_its_slot_is_refused_when_put_and_cut_off_when_received(
    pair: tuple[int, socket.socket, socket.socket],
) -> None:
    version, sender, receiver = pair
    with pytest.raises(ValueError, match="9 octets do not fit in 8"):
        Outbox(sender, version, slots=1, payload_bytes=8).put(0, socket_address(receiver.getsockname()), bytes(9))
    inbox = Inbox(receiver, version, slots=1, payload_bytes=8)
    sender.sendto(b"123456789", receiver.getsockname())
    assert (1, [8], b"12345678") == (inbox.receive(), inbox.lengths(1), bytes(inbox.payloads))


def test_a_name_of_another_ip_version_is_refused_rather_than_moving_memory_that_the_kernel_uses(
    pair: tuple[int, socket.socket, socket.socket],
) -> None:
    version, sender, _ = pair
    other = socket_address(("::1", 0, 0, 0) if version == 4 else ("127.0.0.1", 0))
    with pytest.raises(BufferError):
        Outbox(sender, version, slots=2, payload_bytes=8).put(0, other, b"x")


def test_a_zone_is_part_of_an_ipv6_name() -> None:
    assert socket_address(("fe80::1", 0, 0, 7)) == socket_address(("fe80::1", 0, 0, 0))[:24] + struct.pack("@I", 7)
