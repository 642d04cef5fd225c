"""Debian's fping beside our prober over the same lossy link: the same loss within the binomial error, the same round-trip times.

The same is what can't be told from fping's own: our median lies among the middle half of its times. On a quiet machine these lie
close together; on a busy one the lab itself answers now sooner, now later, and no two witnesses see the same.
"""

from __future__ import annotations

import asyncio
import math
import shutil
import statistics
from collections.abc import Sequence

import pytest

from monitor.model.reading import IcmpSample, Reading
from monitor.model.spec import IcmpSpec
from monitor.probes.icmp.prober import IcmpProber
from monitor.service.process import SystemClock
from tests.lab_fixture import Lab

PACKETS, BURSTS = 600, 12
SPACING_MS = 10
LOSS = 0.1
SAME_RTT_S = 0.0002
"""Beside what fping's own times scatter: two programs send and are stamped at different places of their own."""
TRIES = 3
"""A busy machine delays one of the two now and then; a fault of ours would show every time."""

pytestmark = pytest.mark.skipif(shutil.which("fping") is None, reason="fping is not installed (Debian: fping)")


async def fping(lab: Lab, address: str) -> list[float | None]:
    """Return fping's round-trip times in seconds. Its timeout is its period unless it is told otherwise."""
    words = ("fping", "-C", str(PACKETS), "-p", str(SPACING_MS), "-t", "1000", "-q", address)
    process = await asyncio.create_subprocess_exec(
        *lab.command(*words), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await process.communicate()
    _, figures = output.decode().strip().splitlines()[-1].split(" : ")
    return [None if figure == "-" else float(figure) / 1000 for figure in figures.split()]


async def ours(lab: Lab, address: str) -> list[IcmpSample]:
    """Return what our bursts brought back. Many short ones: a busy machine that stops us once spoils the clock of one of them."""
    prober = IcmpProber(SystemClock())
    with lab.network():
        await prober.open()
    readings: list[Reading] = []
    spec = IcmpSpec("target", address, packets=PACKETS // BURSTS, spacing_s=SPACING_MS / 1000, timeout_s=1.0)
    for _ in range(BURSTS):
        await prober.probe([spec], readings.append)
    prober.close()
    return [reading.icmp for reading in readings if reading.icmp is not None]


async def test_loss_and_round_trip_times_are_those_of_fping(lab: Lab) -> None:
    lab.ctl("lossy", "xa-a1", loss=f"{LOSS:.0%}")
    address = lab.address("xa-a1")
    apart_s = []
    for _ in range(TRIES):
        theirs, bursts = await asyncio.gather(fping(lab, address), ours(lab, address))
        own = [rtt_s for burst in bursts for rtt_s in burst.rtts_s]
        assert (PACKETS, PACKETS) == (len(theirs), len(own))
        assert_same_loss(theirs, own)
        # Where a busy machine stopped us while we sent, the sample says so and is no witness.
        stamped = [rtt_s for burst in bursts if burst.clock == "kernel" for rtt_s in burst.rtts_s]
        if not stamped:
            continue
        apart_s.append(beyond_the_middle_half_s(stamped, theirs))
        if apart_s[-1] <= SAME_RTT_S:
            break
    assert min(apart_s) <= SAME_RTT_S


def assert_same_loss(theirs: Sequence[float | None], own: Sequence[float | None]) -> None:
    lost = [sum(rtt is None for rtt in rtts) / PACKETS for rtts in (theirs, own)]
    four_deviations = 4 * math.sqrt(2 * LOSS * (1 - LOSS) / PACKETS)
    assert 0 < lost[0] < 4 * LOSS
    assert abs(lost[0] - lost[1]) < four_deviations


def beyond_the_middle_half_s(own: Sequence[float | None], theirs: Sequence[float | None]) -> float:
    """Return by how much our median lies outside the middle half of their times, in seconds; 0 where it lies within."""
    median_s = statistics.median(answered(own))
    low_s, _, high_s = statistics.quantiles(answered(theirs), n=4)
    return max(low_s - median_s, median_s - high_s, 0.0)


def answered(rtts_s: Sequence[float | None]) -> list[float]:
    return [rtt_s for rtt_s in rtts_s if rtt_s is not None]
