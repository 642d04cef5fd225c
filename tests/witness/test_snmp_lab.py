"""The fast engine in the lab: its totals are the lab's true counters, whatever happens to them between two polls."""

from __future__ import annotations

from collections.abc import AsyncIterator
from copy import deepcopy

import pytest

from monitor.model.profile import Profile
from monitor.model.settings import Credential
from monitor.model.spec import SnmpSpec
from monitor.probes.snmp.prober import SnmpProber
from monitor.rules.counters import DeviceCounters
from monitor.service.process import SystemClock
from tests.lab_fixture import Lab
from tests.probes.readings import readings, sample
from tests.told import english


@pytest.fixture
async def prober(lab: Lab) -> AsyncIterator[SnmpProber]:
    prober = SnmpProber(SystemClock())
    with lab.network():
        await prober.open()
    yield prober
    prober.close()


def spec(lab: Lab, target: str, **more: object) -> SnmpSpec:
    given: dict[str, object] = {"profile": Profile("generic-router", refine=True), "timeout_s": 1.0, **more}
    return SnmpSpec(target, lab.address(target), Credential("wan", "2c", "lab"), **given)  # type: ignore[arg-type]


async def polled(lab: Lab, prober: SnmpProber, track: DeviceCounters | None, at_s: float) -> DeviceCounters:
    """Return the track as it is after one more poll of xa-a1 that came at this monotonic time."""
    after = deepcopy(track or DeviceCounters())
    after.record_sample(await sample(prober, spec(lab, "xa-a1")), at_s, at_s)
    return after


async def test_every_device_of_the_small_province_is_read(lab: Lab, prober: SnmpProber) -> None:
    found = await readings(prober, [spec(lab, target) for target in lab.inventory.targets])
    assert {"ok"} == {str(reading.outcome) for reading in found.values()}
    assert all(reading.snmp and reading.snmp.interfaces for reading in found.values())


@pytest.mark.parametrize(
    ("fault", "outcome", "detail"),
    [
        ("agent-dead", "timeout", "no answer to 2 tries"),
        ("agent-garbled", "malformed", "malformed answer"),
        ("agent-elsewhere", "timeout", "add it to answers_from"),
        ("agent-dies", "ok", "no answer"),
        ("agent-loop", "ok", "names do not increase"),
        ("agent-small", "ok", ""),
        ("agent-32bit", "ok", ""),
    ],
)
async def test_every_temper_of_the_labs_agents_has_its_outcome(
    lab: Lab, prober: SnmpProber, fault: str, outcome: str, detail: str
) -> None:
    lab.ctl(fault, "xa-a1", **({"after": "1"} if fault == "agent-dies" else {}))
    specs = [spec(lab, target, timeout_s=0.2, max_repetitions=1) for target in ("xa-a1", "xa-a2", "xa-b1")]
    found = await readings(prober, specs)
    assert outcome == found["xa-a1"].outcome
    assert detail in english(found["xa-a1"].detail)
    assert {"ok"} == {str(found[target].outcome) for target in ("xa-a2", "xa-b1")}
    read = found["xa-a1"].snmp
    if outcome == "ok" and not detail:
        assert read is not None
        assert (32 if fault == "agent-32bit" else 64, True) == (read.interfaces[0].octet_bits, read.complete)


def received(track: DeviceCounters) -> int:
    """Return the total of the WAN interface."""
    (total,) = [view.receive_bytes_total for view in track.views if view.role == "wan"]
    assert total is not None
    return total


def truly_received(lab: Lab, name: str) -> int:
    return int(lab.counters("xa-a1")["interfaces"][name]["receive_octets"])


async def test_a_32_bit_total_is_the_labs_true_counter_on_both_sides_of_the_wrap(lab: Lab, prober: SnmpProber) -> None:
    clock = SystemClock()
    lab.ctl("agent-32bit", "xa-a1")
    lab.ctl("limit", "xa-a1", capacity="20M", offered="16M")
    lab.ctl("set-counters", "xa-a1", value=str(2**32 - 300_000))
    track = await polled(lab, prober, None, clock.monotonic())
    (name,) = [name for name in lab.counters("xa-a1")["interfaces"] if name in track.views[0].name]
    while received(track) < 2**32 + 300_000:
        before = truly_received(lab, name)
        track = await polled(lab, prober, track, clock.monotonic())
        assert before <= received(track) <= truly_received(lab, name)
    assert 0 == track.spikes_total


@pytest.mark.parametrize("verb", ["reboot", "reset-counters"])
async def test_what_was_counted_before_a_reset_stays_and_what_comes_after_is_added(lab: Lab, prober: SnmpProber, verb: str) -> None:
    clock = SystemClock()
    lab.ctl("limit", "xa-a1", capacity="20M", offered="16M")
    first = await polled(lab, prober, None, clock.monotonic())
    lab.ctl(verb, "xa-a1")
    track = await polled(lab, prober, first, clock.monotonic())
    since = truly_received(lab, track.views[0].name)
    assert received(first) <= received(track) <= received(first) + since
    assert 0 == track.spikes_total
    assert track.views[0].receive_bytes_per_second is None
    assert (verb == "reboot") is track.rebooted


async def test_a_renumbered_interface_goes_on_as_if_nothing_had_been(lab: Lab, prober: SnmpProber) -> None:
    clock = SystemClock()
    lab.ctl("limit", "xa-a1", capacity="20M", offered="16M")
    first = await polled(lab, prober, None, clock.monotonic())
    name = first.views[0].name
    index = lab.counters("xa-a1")["interfaces"][name]["index"]
    lab.ctl("renumber", "xa-a1")
    assert index != lab.counters("xa-a1")["interfaces"][name]["index"]
    before = truly_received(lab, name)
    track = await polled(lab, prober, first, clock.monotonic())
    assert before <= received(track) <= truly_received(lab, name)
    assert [name] == [view.name for view in track.views]
    assert (0, False) == (track.spikes_total, track.restarted)
