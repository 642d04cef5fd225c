"""Hosts of which only TCP tells whether they are on."""

import time
from collections.abc import AsyncIterator

import pytest

from monitor.model.reading import Outcome, Reading
from monitor.model.spec import TcpSpec
from monitor.probes.tcp import TcpProber
from monitor.service.process import SystemClock
from tests.probes.h323.test_prober import deaf_port
from tests.probes.web_servers import serving, silent
from tests.told import english


@pytest.fixture
async def prober() -> AsyncIterator[TcpProber]:
    prober = TcpProber(SystemClock())
    await prober.open()
    yield prober
    prober.close()


async def read(prober: TcpProber, *ports: int, timeout_s: float = 5.0, address: str = "127.0.0.1") -> Reading:
    found: list[Reading] = []
    await prober.probe([TcpSpec("dc-thu", address, ports, timeout_s)], found.append)
    (reading,) = found
    return reading


async def test_one_port_that_takes_a_connection_suffices_and_is_not_kept_waiting_by_others(prober: TcpProber) -> None:
    async with serving(silent) as closed:
        pass
    with deaf_port() as deaf:
        async with serving(silent) as port:
            reading = await read(prober, deaf, closed, port, timeout_s=60.0)
    assert (Outcome.OK, "") == (reading.outcome, english(reading.detail))
    assert reading.service is not None
    assert ("tcp", {}) == (reading.service.transport, dict(reading.service.values))
    assert reading.service.rtt_s is not None


async def test_a_refusal_proves_that_the_host_is_on(prober: TcpProber) -> None:
    async with serving(silent) as closed:
        pass
    with deaf_port() as deaf:
        begun_s = time.monotonic()
        reading = await read(prober, deaf, closed, timeout_s=0.5)
        took_s = time.monotonic() - begun_s
    assert reading.at_s - begun_s < took_s - 0.25, "it tells of the refusal, not of how long the other port was waited for"
    assert (Outcome.REFUSED, f"TCP port {closed} refuses") == (reading.outcome, english(reading.detail))
    assert reading.outcome.is_alive


async def test_silence_of_all_ports_is_silence(prober: TcpProber) -> None:
    with deaf_port() as one, deaf_port() as other:
        reading = await read(prober, one, other, timeout_s=0.2)
    assert (Outcome.TIMEOUT, f"no answer from TCP port {one}; no answer from TCP port {other}") == (
        reading.outcome,
        english(reading.detail),
    )


async def test_what_the_kernel_can_not_send_was_not_sent(prober: TcpProber) -> None:
    # No interface has this link-local scope, so that the kernel itself refuses.
    reading = await read(prober, 80, address="fe80::1")
    assert (Outcome.NOT_SENT, "Invalid argument") == (reading.outcome, english(reading.detail))
