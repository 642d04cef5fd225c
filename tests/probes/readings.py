"""What tests of probers share: the fast engine, specs, and the readings of one call of probe()."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any, Protocol

import pytest

from monitor.model.profile import Profile
from monitor.model.reading import Deliver, Reading, SnmpSample
from monitor.model.settings import Credential
from monitor.model.spec import SnmpSpec
from monitor.probes.snmp.prober import SnmpProber
from monitor.service.process import SystemClock
from tests.told import english


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


async def read(prober: SnmpPolling, port: int, **more: Any) -> Reading:
    """Return the reading of one poll of an agent on this machine."""
    return (await readings(prober, [snmp_spec(port=port, **more)]))["xa-thu"]


async def sample(prober: SnmpPolling, spec: SnmpSpec) -> SnmpSample:
    """Return the sample of one poll that must succeed."""
    reading = (await readings(prober, [spec]))[spec.target]
    assert reading.snmp is not None, f"{reading.outcome}: {english(reading.detail)}"
    return reading.snmp


@pytest.fixture
async def fast() -> AsyncIterator[SnmpProber]:
    """The fast engine, open for one test."""
    prober = SnmpProber(SystemClock())
    await prober.open()
    yield prober
    prober.close()
