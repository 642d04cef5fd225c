"""The network behind the lab's hosts: the kernel ends TCP for every address in it, and nothing leads out of it."""

import asyncio
import contextlib
import fcntl
import os
import socket
import struct
from collections.abc import Iterator

import pytest

from monitor.errors import SetupError
from monitor.lab.inner_network import InnerNetwork, open_inner
from monitor.lab.packet import TCP, build, parse_packet
from monitor.wire.icmp import checksum, pseudo_header
from tests.lab.small import OWN, packed
from tests.patience import LONGEST_WAIT_S

_SIOCGIFNAME = 0x8910
PORT = 8080
SYN, SYN_ACK = 0x02, 0x12


@pytest.fixture
def inner() -> Iterator[InnerNetwork]:
    if os.geteuid() != 0:
        pytest.skip("only root has a network namespace without a user namespace")
    try:
        network = open_inner(["10.1.1.20", "203.0.113.9"], [PORT])
    except SetupError as error:
        pytest.skip(str(error))
    yield network
    network.close()


def links(bound: socket.socket) -> list[str]:
    """Return the names of the links where a socket lives."""
    found = []
    for index in range(1, 30):
        with contextlib.suppress(OSError):
            answer = fcntl.ioctl(bound, _SIOCGIFNAME, struct.pack("=16si20x", b"", index))
            found.append(answer[:16].rstrip(b"\0").decode())
    return sorted(found)


def syn(source: str, destination: str) -> bytes:
    ends = packed(source), packed(destination)
    bare = struct.pack("!HHIIBBHHH", 4000, PORT, 1, 0, 5 << 4, SYN, 1000, 0, 0)
    total = checksum(pseudo_header(*ends, TCP, len(bare)) + bare)
    return build(*ends, TCP, bare[:16] + total.to_bytes(2, "big") + bare[18:])


async def said(inner: InnerNetwork) -> bytes:
    """Return the first TCP segment that a host sends."""
    while True:
        for raw in inner.tun.read_batch():
            packet = parse_packet(raw)
            if packet is not None and packet.protocol == TCP:
                return raw
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("source", "host"), [(OWN, "10.1.1.20"), (OWN, "10.200.0.77"), (OWN, "203.0.113.9"), ("fd00::aff:ff01", "fd00::a01:114")]
)
async def test_every_address_of_the_lab_takes_a_connection(inner: InnerNetwork, source: str, host: str) -> None:
    inner.tun.write(syn(source, host))
    async with asyncio.timeout(LONGEST_WAIT_S):
        packet = parse_packet(await said(inner))
    assert packet is not None
    assert (packed(host), packed(source)) == (packet.source, packet.destination)
    assert packet.payload[13] == SYN_ACK


def test_only_lo_and_the_tun_device_are_in_it_and_the_process_stays_outside(inner: InnerNetwork) -> None:
    (listener, *_) = inner.listeners[PORT]
    assert links(listener) == ["lab0", "lo"]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as outside:
        assert "lab0" not in links(outside)
