"""What tests of probers share: a clock, specs, and the readings of one call of probe()."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Protocol

from monitor.model.profile import Profile
from monitor.model.reading import Deliver, Reading, SnmpSample
from monitor.model.settings import Credential
from monitor.model.spec import SnmpSpec


class RealClock:
    """The machine's own clocks."""

    def monotonic(self) -> float:
        return time.monotonic()

    def wall(self) -> float:
        return time.time()


class SnmpPolling(Protocol):
    """Either engine."""

    async def probe(self, specs: Sequence[SnmpSpec], deliver: Deliver) -> None: ...


def snmp_spec(
    target: str = "xa-thu", *, port: int, version: str = "2c", community: str = "for-the-test", **more: object
) -> SnmpSpec:
    credential = Credential("for-the-test", version, community)
    fields: dict[str, object] = {"address": "127.0.0.1", "credential": credential, "profile": Profile("default", refine=True)}
    return SnmpSpec(target, port=port, **{**fields, **more})  # type: ignore[arg-type]


async def readings(prober: SnmpPolling, specs: Sequence[SnmpSpec]) -> dict[str, Reading]:
    """Return target → reading; each target exactly once."""
    found: dict[str, Reading] = {}

    def deliver(reading: Reading) -> None:
        assert reading.target not in found, "delivered twice"
        found[reading.target] = reading

    await prober.probe(specs, deliver)
    assert {spec.target for spec in specs} == found.keys()
    return found


async def sample(prober: SnmpPolling, spec: SnmpSpec) -> SnmpSample:
    """Return the sample of one poll that must succeed."""
    reading = (await readings(prober, [spec]))[spec.target]
    assert reading.snmp is not None, f"{reading.outcome}: {reading.detail}"
    return reading.snmp
