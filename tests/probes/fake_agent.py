"""A small SNMP agent on 127.0.0.1 that can misbehave in every way that agents in the field were seen to."""

from __future__ import annotations

import asyncio
import socket
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import Any, Self

from monitor.wire import ber, snmp
from monitor.wire.oid import Oid, parse_oid

Mib = dict[Oid, tuple[int, ber.Value]]
Answering = Callable[[snmp.Message, bytes], list[bytes]]
"""What an agent does with a request it could decode: the datagrams that it sends back, perhaps none."""

_SYSTEM = "1.3.6.1.2.1.1"
_IF = "1.3.6.1.2.1.2.2.1"
_IFX = "1.3.6.1.2.1.31.1.1.1"


def router(
    *, names: tuple[str, ...] = ("lo", "ge0/0", "ge0/1"), uptime: int = 100_000, octets: int = 10**10, wide: bool = True
) -> Mib:
    """Return the MIB of a router; row i counts octets * i."""
    mib: Mib = {
        parse_oid(f"{_SYSTEM}.1.0"): (ber.OCTET_STRING, b'"Router of the test"'),
        parse_oid(f"{_SYSTEM}.2.0"): (ber.OBJECT_IDENTIFIER, parse_oid("1.3.6.1.4.1.99999.1")),
        parse_oid(f"{_SYSTEM}.3.0"): (ber.TIME_TICKS, uptime),
        parse_oid(f"{_SYSTEM}.5.0"): (ber.OCTET_STRING, "xã-thử".encode()),
        parse_oid("1.3.6.1.2.1.31.1.5.0"): (ber.TIME_TICKS, 7),
    }
    for index, name in enumerate(names, start=1):
        columns: dict[str, tuple[int, ber.Value]] = {
            f"{_IF}.1": (ber.INTEGER, index),
            f"{_IF}.2": (ber.OCTET_STRING, name.encode()),
            f"{_IF}.3": (ber.INTEGER, 24 if name == "lo" else 6),
            f"{_IF}.5": (ber.GAUGE32, 1_000_000_000),
            f"{_IF}.8": (ber.INTEGER, 1),
            f"{_IF}.10": (ber.COUNTER32, octets * index % 2**32),
            f"{_IF}.16": (ber.COUNTER32, 2 * octets * index % 2**32),
            **{f"{_IF}.{column}": (ber.COUNTER32, column) for column in (13, 14, 19, 20)},
        }
        if wide:
            columns |= {
                f"{_IFX}.1": (ber.OCTET_STRING, name.encode()),
                f"{_IFX}.6": (ber.COUNTER64, octets * index),
                f"{_IFX}.10": (ber.COUNTER64, 2 * octets * index),
                f"{_IFX}.15": (ber.GAUGE32, 1000),
                f"{_IFX}.18": (ber.OCTET_STRING, f"line {index}".encode()),
            }
        mib |= {parse_oid(f"{column}.{index}"): value for column, value in columns.items()}
    return mib


class FakeAgent(asyncio.DatagramProtocol):
    """Answers as RFC 3416 says, unless `answering` says otherwise. requests: everything it was asked, in order."""

    def __init__(self, mib: Mib, answering: Answering | None = None, community: bytes = b"for-the-test") -> None:
        self.mib = mib
        self.answering = answering or self.honest
        self.community = community
        self.requests: list[snmp.Message] = []
        self.transport: Any = None
        self.port = 0
        self.asked = asyncio.Event()
        self.closed = asyncio.Event()

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self.transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        sock = self.transport.get_extra_info("socket")
        self.port = sock.getsockname()[1]
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 1024 * 1024)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.transport.close()
        await self.closed.wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed.set()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        request = snmp.decode(data)
        self.requests.append(request)
        self.asked.set()
        if request.community == self.community:
            for answer in self.answering(request, data):
                self.transport.sendto(answer, addr)

    def honest(self, request: snmp.Message, _: bytes = b"") -> list[bytes]:
        """Return the answer that the MIB gives."""
        if request.pdu == snmp.GET:
            return self._got(request)
        repetitions = request.error_index if request.pdu == snmp.GET_BULK else 1
        rows = [list(self._after(oid, repetitions, request.version)) for oid, _, _ in request.varbinds]
        if request.version == snmp.V1:
            ended = next((at for at, row in enumerate(rows, start=1) if row[0][1] == ber.END_OF_MIB_VIEW), 0)
            if ended:
                names = [snmp.encode_varbind(*bound) for bound in request.varbinds]
                return [snmp.encode_answer(request, names, error_status=2, error_index=ended)]
        return [snmp.encode_answer(request, [snmp.encode_varbind(*row[turn]) for turn in range(repetitions) for row in rows])]

    def _got(self, request: snmp.Message) -> list[bytes]:
        missing = (ber.NO_SUCH_INSTANCE, None)
        bounds = [(oid, *self.mib.get(oid, missing)) for oid, _, _ in request.varbinds]
        culprit = next((at for at, (_, tag, _) in enumerate(bounds, start=1) if tag in (missing[0], ber.COUNTER64)), 0)
        if request.version == snmp.V1 and culprit:
            names = [snmp.encode_varbind(*bound) for bound in request.varbinds]
            return [snmp.encode_answer(request, names, error_status=2, error_index=culprit)]
        return [snmp.encode_answer(request, [snmp.encode_varbind(*bound) for bound in bounds])]

    def _after(self, oid: Oid, count: int, version: int) -> Iterator[snmp.VarBind]:
        names = sorted(name for name, (tag, _) in self.mib.items() if version != snmp.V1 or tag != ber.COUNTER64)
        at = bisect_right(names, oid)
        for _ in range(count):
            if at < len(names):
                oid = names[at]
                at += 1
                yield (oid, *self.mib[oid])
            else:
                yield (oid, ber.END_OF_MIB_VIEW, None)
