"""The board after a start: what was down goes on as it was, with its root cause and its since, whatever the start had to endure."""

from dataclasses import replace

import pytest

from monitor.model.probe_kinds import SNMP
from monitor.model.spec import IcmpSettings, SnmpSettings
from monitor.model.state import State, Transition
from tests.service.province import SETTINGS, FakeClock, MemoryJournal, Province, inventory, small_province

BRISK = replace(SETTINGS, probes={"icmp": IcmpSettings(every_s=1.0), "snmp": SnmpSettings(every_s=12.0)})
PLAN = inventory(replace(target, credential="wan") for target in small_province(districts=2, communes=2).targets.values())
CUT = ("d0", "d1-c0")


async def outage() -> dict[str, Transition]:
    """The journal's last word on everybody, with a district and a commune down."""
    before = Province(PLAN, BRISK)
    await before.run(20.0)
    before.dead.update(CUT)
    await before.run(20.0)
    assert set(CUT) == before.of(State.DOWN)
    assert {"e-d0", "d0-c0", "e-d0-c0", "d0-c1", "e-d0-c1", "e-d1-c0"} == before.of(State.UNREACHABLE)
    return {each.target: each for each in before.journal.transitions}


def restarted(last: dict[str, Transition]) -> Province:
    province = Province(PLAN, BRISK, clock=FakeClock(2000.0), journal=MemoryJournal(last=last))
    province.dead.update(CUT)
    return province


def since(province: Province) -> dict[str, tuple[State | None, str | None, float]]:
    """Return of everybody who is down or unreachable: state, cause, since when."""
    views = province.board.snapshot().views
    blamed = {name: view for name, view in views.items() if view.state in (State.DOWN, State.UNREACHABLE)}
    return {name: (view.state, view.cause, view.since) for name, view in blamed.items()}


def as_it_was(last: dict[str, Transition]) -> dict[str, tuple[State | None, str | None, float]]:
    told = {name: (each.new, each.cause, each.at) for name, each in last.items()}
    return {name: each for name, each in told.items() if each[0] in (State.DOWN, State.UNREACHABLE)}


@pytest.mark.parametrize("uplink", CUT)
async def test_nobody_is_blamed_before_his_uplink_was_heard_of(uplink: str) -> None:
    """What asks the uplink can't be sent for a while; those behind it are silent meanwhile, and that is not their own."""
    last = await outage()
    province = restarted(last)
    province.unsendable.add(uplink)
    await province.run(10.0)
    assert set() == province.of(State.DOWN) & set(province.board.topology.behind(uplink))
    province.unsendable.clear()
    await province.run(20.0)
    assert as_it_was(last) == since(province)


async def test_whoever_is_behind_an_uplink_that_is_never_heard_of_is_blamed_once_that_is_given_up() -> None:
    province = restarted({})
    province.unsendable.add("d1-c1")
    province.dead.add("e-d1-c1")
    await province.run(3 * SNMP.of(BRISK).every_s + 10.0)
    assert (State.DOWN, State.UNKNOWN) == (province.state("e-d1-c1"), province.state("d1-c1"))


async def test_another_root_cause_after_a_start_begins_no_other_outage() -> None:
    """The commune was down by itself when we left; when we come back its district is, too."""
    last = await outage()
    province = restarted(last)
    province.dead.add("d1")
    await province.run(20.0)
    assert (State.UNREACHABLE, "d1", last["e-d1-c0"].at) == since(province)["e-d1-c0"]
    assert State.DOWN is province.state("d1")
