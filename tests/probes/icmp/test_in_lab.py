"""The prober and the path trace in the lab: what a cut line looks like from the monitor."""

from __future__ import annotations

from monitor.model.reading import Outcome, Reading, Unreachable
from monitor.model.spec import IcmpSpec
from monitor.probes.icmp.prober import IcmpProber
from monitor.probes.trace import Tracer
from monitor.service.process import SystemClock
from tests.lab_fixture import Lab
from tests.told import english


async def probe_all(lab: Lab) -> dict[str, Reading]:
    prober = IcmpProber(SystemClock())
    with lab.network():
        await prober.open()
    readings: list[Reading] = []
    specs = [IcmpSpec(target.id, target.address, timeout_s=0.5) for target in lab.inventory.targets.values()]
    await prober.probe(specs, readings.append)
    prober.close()
    return {reading.target: reading for reading in readings}


async def test_the_whole_province_answers(lab: Lab) -> None:
    assert {Outcome.OK} == {reading.outcome for reading in (await probe_all(lab)).values()}


async def test_behind_a_cut_line_all_is_silent_and_the_last_living_router_is_the_witness(lab: Lab) -> None:
    lab.ctl("cut", "huyen-a")
    readings = await probe_all(lab)
    silent = {target for target, reading in readings.items() if reading.outcome is Outcome.TIMEOUT}
    assert set(lab.status()["silent"]) == silent
    for target in silent:
        sample = readings[target].icmp
        assert sample is not None
        assert Unreachable(lab.address("goc"), 3, 1) == sample.unreachable


async def test_the_trace_names_the_hop_where_the_path_breaks(lab: Lab) -> None:
    lab.ctl("cut", "xa-a1")
    tracer = Tracer(timeout_s=0.2)
    with lab.network():
        # Threads are in the network of the thread that starts them, so both are started here.
        whole, broken = tracer.trace(lab.address("xa-a2")), tracer.trace(lab.address("dc-xa-a1"))
        texts = [english(((await each).describe(),)) for each in (whole, broken)]
    tracer.close()
    assert f"the path is whole: {lab.address('xa-a2')} answers at hop 3" == texts[0]
    # The root may have spent its ICMP errors on other tests; then nobody can say at which hop the break is.
    assert texts[1] in (f"the path breaks after {hop}{lab.address('huyen-a')}" for hop in ("hop 2, ", ""))
