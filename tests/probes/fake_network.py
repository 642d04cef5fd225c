"""A network of scripted hosts behind a TUN device, in a namespace of its own that a thread enters and nothing can leave."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import pytest

from monitor.errors import SetupError
from monitor.lab.namespace import permit_ping_sockets, unshare_network
from monitor.lab.packet import Packet, build, echo_reply, icmp_error, parse_packet
from monitor.lab.tun import Tun, open_tun
from tests.wire.icmp_messages import Echo, build_echo, parse_icmp

Answer = Callable[[Packet], Sequence[bytes]]
ROUTER = socket.inet_aton("10.2.0.9")


@dataclass
class SteppedClock:
    """The machine's clocks, moved by as much as a test says."""

    monotonic_step_s: float = 0.0
    wall_step_s: float = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self.monotonic_step_s

    def wall(self) -> float:
        return time.time() + self.wall_step_s


def alive(packet: Packet) -> Sequence[bytes]:
    return [echo_reply(packet, 64)]


def twice(packet: Packet) -> Sequence[bytes]:
    return [echo_reply(packet, 64)] * 2


def silent(_packet: Packet) -> Sequence[bytes]:
    return []


def unreachable(packet: Packet) -> Sequence[bytes]:
    """Answer as a router that quotes 8 bytes only: neither cookie nor payload."""
    if packet.version == 6:
        return [icmp_error(packet, packet.destination, (1, 3, 0))]
    return [
        icmp_error(
            packet,
            ROUTER if packet.version == 4 else packet.destination,
            (3, 1, 0) if packet.version == 4 else (1, 3, 0),
            full=False,
        )
    ]


def forged(
    *, source: str = "", ident: int = 0, sequence: int = 0, payload: bytes | None = None, truncate: int = 0, flip: bool = False
) -> Answer:
    """Return the answer of somebody who changes one thing of the reply; ident and sequence are added to the true ones."""

    def answer(packet: Packet) -> Sequence[bytes]:
        echo = parse_icmp(4, packet.payload)
        assert isinstance(echo, Echo)
        content = echo.payload if payload is None else payload
        reply = Echo(True, (echo.ident + ident) & 0xFFFF, (echo.sequence + sequence) & 0xFFFF, content)
        message = build_echo(4, reply)
        message = message[: len(message) - truncate]
        if flip:
            message = message[:-1] + bytes([message[-1] ^ 1])
        return [build(socket.inet_aton(source) if source else packet.destination, packet.source, 1, message)]

    return answer


def every(number: int, answer: Answer, otherwise: Answer = alive) -> Answer:
    """Return what answers every so-manieth request with answer, the others with otherwise."""
    seen = 0

    def one(packet: Packet) -> Sequence[bytes]:
        nonlocal seen
        seen += 1
        return answer(packet) if seen % number == 0 else otherwise(packet)

    return one


@dataclass
class FakeNetwork:
    """hosts: address → how it answers; others are silent. seen: every echo request, in the order of its coming."""

    tun: Tun
    hosts: dict[str, Answer] = field(default_factory=dict)
    delays_s: dict[str, float] = field(default_factory=dict)
    seen: list[tuple[str, Packet]] = field(default_factory=list)

    def read(self) -> None:
        loop = asyncio.get_running_loop()
        for raw in self.tun.read_batch():
            packet = parse_packet(raw)
            if packet is None or packet.protocol not in (1, 58) or packet.payload[0] not in (8, 128):
                continue
            address = socket.inet_ntop(socket.AF_INET if packet.version == 4 else socket.AF_INET6, packet.destination)
            self.seen.append((address, packet))
            for reply in self.hosts.get(address, silent)(packet):
                if address in self.delays_s:
                    loop.call_later(self.delays_s[address], self.tun.write, reply)
                else:
                    self.tun.write(reply)


def on_network(body: Callable[[FakeNetwork], Awaitable[None]], *, ping_sockets: bool = True) -> None:
    """Run body in a thread that is in a network of its own; skips where only root could do that."""
    failure: list[BaseException] = []

    def run() -> None:
        try:
            unshare_network()
            tun = open_tun([])
            if ping_sockets:
                permit_ping_sockets()
            try:
                asyncio.run(_run(body, FakeNetwork(tun)))
            finally:
                tun.close()
        except BaseException as error:
            failure.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failure:
        if isinstance(failure[0], SetupError) and "namespace" in failure[0].fault:
            pytest.skip(f"needs root: {failure[0]}")
        raise failure[0]


async def _run(body: Callable[[FakeNetwork], Awaitable[None]], network: FakeNetwork) -> None:
    asyncio.get_running_loop().add_reader(network.tun.descriptor, network.read)
    await asyncio.wait_for(body(network), 30)
