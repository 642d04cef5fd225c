"""A board that looked at nothing for a while: nobody grew old by it, nobody's wait ran out, and an outage of that time is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.model.spec import IcmpSettings, SnmpSettings
from monitor.model.state import State
from monitor.service.board.suspicion import HOLD_S
from tests.service.board.test_board import BOUND_S, is_whole, warm
from tests.service.province import SETTINGS, Province, answer, inventory, miss, point

QUICK = replace(
    SETTINGS,
    probes={"icmp": IcmpSettings(every_s=2.0), "snmp": SnmpSettings(every_s=2.0)},
)


def stall(province: Province, seconds: float) -> None:
    """Let time pass in which nothing is sent, read or judged."""
    province.clock.now_s += seconds


@pytest.mark.parametrize("seconds", [3.0, 10.0, 600.0])
async def test_nobody_is_unknown_for_what_nobody_could_have_looked_at(seconds: float) -> None:
    province = Province(settings=QUICK)
    await province.run(30.0)
    province.journal.entries.clear()
    stall(province, seconds)
    await province.board.evaluate()
    assert all(view.icmp is not None for view in province.board.snapshot().views.values())
    await province.run(20.0)
    assert ([], {State.UP}) == (province.journal.entries, set(province.states().values()))


async def test_what_was_silent_before_the_stall_goes_on_to_age_after_it() -> None:
    province = Province(settings=QUICK)
    await province.run(30.0)
    province.unsendable.update(province.inventory.targets)
    await province.run(2.0)
    stall(province, 10.0)
    await province.run(1.0)
    assert {State.UP} == set(province.states().values())
    await province.run(6.0)
    assert {State.UNKNOWN} == set(province.states().values())


async def test_an_answer_of_before_the_stall_that_is_read_after_it_makes_nobody_older() -> None:
    province = Province(settings=QUICK)
    await province.run(30.0)
    came_s = province.clock.now_s
    stall(province, 10.0)
    for name in province.inventory.targets:
        province.board.deliver(answer(name, "icmp", came_s))
    for _ in range(25):
        province.clock.now_s += 0.1
        await province.board.evaluate()
    assert {State.UP} == set(province.states().values())


@pytest.mark.parametrize("seconds", [3.0, 10.0])
@pytest.mark.parametrize("lead_s", [0.0, 0.3, 0.9, 1.3, 2.1, 2.5, 3.3, 5.0, 9.0])
async def test_a_cut_around_a_stall_is_told_after_it_whole_and_blames_nobody_else(seconds: float, lead_s: float) -> None:
    """lead_s: from the cut to the stall; the misses of what was sent before it are all known at its end."""
    province = await warm()
    family = set(province.board.topology.behind("d1"))
    province.dead.add("d1")
    await province.run(lead_s)
    stall(province, seconds)
    await province.run(BOUND_S)
    assert ({"d1"}, family) == (province.of(State.DOWN), province.of(State.UNREACHABLE))
    assert all(is_whole(picture, "d1", family) for picture in province.pictures)
    assert {"d1"} == {each.target for each in province.journal.transitions if each.new is State.DOWN}
    assert [] == [event for event in province.journal.events if event.kind == "blind"]


@pytest.mark.parametrize("seconds", [3.0, 10.0])
@pytest.mark.parametrize("lead_s", [0.0, 0.5, 1.2, 2.4, 6.0])
async def test_a_return_around_a_stall_comes_back_whole(seconds: float, lead_s: float) -> None:
    province = await warm()
    family = set(province.board.topology.behind("d1"))
    province.dead.add("d1")
    await province.run(BOUND_S)
    province.pictures.clear()
    province.dead.clear()
    await province.run(lead_s)
    stall(province, seconds)
    await province.run(BOUND_S)
    assert {State.UP} == set(province.states().values())
    assert {State.UP, State.UNREACHABLE} >= {
        picture.views[name].state for picture in province.pictures for name in family if picture.views["d1"].state is State.UP
    }


@pytest.mark.parametrize("stalls", [1, 2, 3])
async def test_a_silence_that_is_held_for_its_uplink_is_held_over_stalls(stalls: int) -> None:
    plan = inventory([point("root", credential=None), point("a", "root", credential=None), point("b", "a", credential=None)])
    province = Province(plan)
    await province.run(20.0)
    province.journal.entries.clear()
    board = province.board
    for _ in range(2):  # the child's misses come first, its uplink is being asked
        board.deliver(miss("b", "icmp", province.clock.now_s, confirms=True))
    await board.evaluate()
    for _ in range(stalls):
        stall(province, HOLD_S + 1.0)
        await board.evaluate()
    assert [] == province.journal.transitions, "its uplink has had no time to answer"
    board.deliver(miss("a", "icmp", province.clock.now_s, confirms=True))
    board.deliver(miss("a", "icmp", province.clock.now_s, confirms=True))
    await board.evaluate()
    board.deliver(answer("root", "icmp", province.clock.now_s, confirms=True))
    for _ in range(30):
        province.clock.now_s += 0.1
        await board.evaluate()
    told = {each.target: each.new for each in province.journal.transitions}
    assert {"a": State.DOWN, "b": State.UNREACHABLE} == told


async def test_an_answer_of_before_a_silence_that_is_known_only_after_it_brings_nobody_back() -> None:
    province = await warm()
    came_s = province.clock.now_s
    province.dead.add("d1")
    await province.run(BOUND_S)
    assert {"d1"} == province.of(State.DOWN)
    province.board.deliver(answer("d1", "snmp", came_s))
    await province.run(3.0)
    assert ({"d1"}, set()) == (province.of(State.DOWN), province.of(State.UNKNOWN))


async def test_an_answer_of_before_our_own_cut_that_is_known_only_after_it_proves_no_sight() -> None:
    province = await warm()
    came_s = province.clock.now_s
    province.is_cut_off = True
    for _ in range(60):
        await province.run(0.5)
        province.board.deliver(answer("e-d1", "icmp", came_s))
    blind = province.board.snapshot().blind
    assert blind is not None
    assert [] == province.journal.transitions
