"""The board through one outage and back: confirmed quickly, told whole, never blurted."""

import random
from functools import partial

import pytest

from monitor.model.probe_kinds import ICMP
from monitor.model.reason import Reason
from monitor.model.state import Snapshot, State, Transition
from tests.service.province import (
    SETTINGS,
    WALL_0,
    MemoryJournal,
    Province,
    endpoint,
    inventory,
    point,
    small_province,
    with_health,
)
from tests.told import english

WARM_UP_S = 75.0
BOUND_S = ICMP.of(SETTINGS).every_s + 5.0
PHASES = [1.5 * step for step in range(10)]


async def warm(phase: float = 0.0, **more: object) -> Province:
    """A province that runs well, some seconds into its interval, its journal empty."""
    province = Province(**more)  # type: ignore[arg-type]
    await province.run(WARM_UP_S + phase)
    assert {State.UP} == set(province.states().values())
    province.journal.batches.clear()
    province.journal.entries.clear()
    province.pictures.clear()
    return province


def is_whole(picture: Snapshot, root_cause: str, family: set[str]) -> bool:
    """Either nothing of the outage is seen yet, or the root cause and everyone behind it."""
    states = {name: picture.views[name].state for name in (root_cause, *family)}
    if states[root_cause] is State.DOWN:
        return all(states[name] is State.UNREACHABLE and picture.views[name].cause == root_cause for name in family)
    return not any(state in (State.DOWN, State.UNREACHABLE) for state in states.values())


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("cut", ["e-d1-c2", "d1-c2", "d1"])
async def test_an_outage_is_down_within_one_interval_and_five_seconds_and_comes_out_whole(cut: str, phase: float) -> None:
    province = await warm(phase)
    family = set(province.board.topology.behind(cut))
    cut_at = province.clock.wall()
    province.dead.add(cut)
    await province.run(BOUND_S)
    assert ({cut}, family) == (province.of(State.DOWN), province.of(State.UNREACHABLE))
    assert 1 == len(province.journal.batches), "one batch tells the whole outage"
    assert family | {cut} == {entry.target for entry in province.journal.transitions}
    assert all(is_whole(picture, cut, family) for picture in province.pictures)
    (down,) = (each for each in province.journal.transitions if each.new is State.DOWN)
    assert down.at - cut_at <= BOUND_S


async def test_the_worst_phase_of_all_stays_within_the_bound() -> None:
    """The cut comes just after the district and all behind it have answered, so that its own turn is as far away as can be."""
    plan = inventory([point("root"), point("d", "root"), point("c", "d", credential=None)])
    for phase in (0.1 * step for step in range(0, 150, 3)):
        province = Province(plan)
        await province.run(60.0 + phase)
        province.dead.add("d")
        await province.run(BOUND_S)
        assert [State.UP, State.DOWN, State.UNREACHABLE] == list(province.states().values())


@pytest.mark.parametrize("latest_s", [0.3, 0.8, 1.4])
async def test_nobody_behind_a_cut_is_blamed_for_it_however_late_its_misses_are_known(latest_s: float) -> None:
    """A commune's silence may be ripe long before its district's is; it is held until that is believed."""
    for seed in range(2):
        chance = random.Random(seed)
        province = await warm(chance.uniform(0.0, 15.0), plan=small_province(communes=6))
        province.lateness_s = partial(chance.uniform, 0.0, latest_s)
        province.dead.update(("d1", "d2"))
        await province.run(BOUND_S + 2 * latest_s)
        assert {"d1", "d2"} == {each.target for each in province.journal.transitions if each.new is State.DOWN}
        assert set().union(*map(province.board.topology.behind, province.dead)) == province.of(State.UNREACHABLE)


async def test_a_silence_is_its_own_once_the_suspicion_of_its_uplink_is_dropped() -> None:
    province = await warm()
    province.dead.add("d1-c2")
    province.lose_next.add("d1")
    while province.lose_next:
        await province.run(0.1)
    province.unsendable.add("d1")
    await province.run(BOUND_S)
    assert ({"d1-c2"}, {"e-d1-c2"}) == (province.of(State.DOWN), province.of(State.UNREACHABLE))
    assert State.UP is province.state("d1")


async def test_the_root_cause_tells_its_blast_radius_and_its_evidence() -> None:
    province = await warm()
    province.dead.add("d1")
    await province.run(BOUND_S)
    (cause,) = province.board.snapshot().root_causes
    assert ("d1", 4, 5) == (cause.target, cause.points, cause.endpoints)
    (down,) = (each for each in province.journal.transitions if each.new is State.DOWN)
    assert (4, 5, "d1", "silent") == (down.affected_points, down.affected_endpoints, down.cause, down.reason.code)
    assert english(down.evidence) in ("ICMP 0/10; SNMP: no answer", "ICMP 0/15; SNMP: no answer")
    assert ["d1"] == province.traced


async def test_five_districts_cut_within_a_minute_are_five_root_causes_and_nobody_is_blind() -> None:
    province = await warm(plan=small_province(districts=11, communes=3))
    for number in range(5):
        province.dead.add(f"d{number}")
        await province.run(11.0)
    await province.run(BOUND_S)
    assert {f"d{number}" for number in range(5)} == {cause.target for cause in province.board.snapshot().root_causes}
    assert [] == province.journal.events
    for number in range(5):
        family = set(province.board.topology.behind(f"d{number}"))
        assert all(is_whole(picture, f"d{number}", family) for picture in province.pictures)


@pytest.mark.parametrize("lost", ["e-d1-c2", "d1-c2", "d1", "root"])
async def test_one_lost_burst_changes_nothing_and_asks_the_whole_family(lost: str) -> None:
    province = await warm()
    province.lose_next.add(lost)
    await province.run(40.0)
    assert [] == province.journal.entries
    asked = {name for _, names in province.asked for name in names}
    assert province.board.topology.ancestors(lost) | province.board.topology.behind(lost) | {lost} <= asked


async def test_every_burst_lost_once_in_the_same_round_changes_nothing() -> None:
    province = await warm()
    province.lose_next.update(province.inventory.targets)
    await province.run(60.0)
    assert [] == province.journal.transitions


async def test_three_bursts_are_needed_where_the_settings_say_so() -> None:
    province = await warm(settings=with_health(misses_to_down=3))
    province.dead.add("d1")
    await province.run(BOUND_S)
    (down,) = (each for each in province.journal.transitions if each.new is State.DOWN)
    assert int(down.reason.values["bursts"]) >= 3
    assert 1 == len(province.journal.batches)


async def test_a_district_that_returns_brings_its_children_back_in_one_picture() -> None:
    province = await warm()
    province.dead.add("d1")
    await province.run(BOUND_S)
    province.journal.batches.clear()
    province.dead.clear()
    await province.run(16.0)
    assert {State.UP} == set(province.states().values())
    told = [each for batch in province.journal.batches for each in batch if isinstance(each, Transition)]
    assert {State.UP} == {each.new for each in told}
    assert max(map(len, province.journal.batches)) >= 8


async def test_children_that_stay_silent_after_their_district_returned_are_not_blamed_before_their_grace_is_over() -> None:
    province = await warm()
    province.dead.update(("d1", "d1-c0", "d1-c1"))
    await province.run(BOUND_S)
    province.journal.entries.clear()
    province.dead.discard("d1")
    await province.run(14.0)
    assert set() == province.of(State.DOWN)
    returned = next(each.at for each in province.journal.transitions if each.target == "d1")
    assert {"d1-c0", "d1-c1", "e-d1-c0", "e-d1-c1"} == province.of(State.UNKNOWN)
    await province.run(25.0)
    assert ({"d1-c0", "d1-c1"}, {"e-d1-c0", "e-d1-c1"}) == (province.of(State.DOWN), province.of(State.UNREACHABLE))
    down = [each for each in province.journal.transitions if each.new is State.DOWN]
    assert {"d1-c0", "d1-c1"} == {each.target for each in down}
    assert all(each.at - returned >= 15.0 - 1.3 for each in down)


async def test_a_silent_agent_degrades_a_target_that_pings_and_its_return_mends_it() -> None:
    province = await warm()
    province.mute.add(("d1", "snmp"))
    await province.run(140.0)
    assert ({"d1"}, set()) == (province.of(State.DEGRADED), province.of(State.DOWN))
    assert "probe_silent" == province.board.snapshot().views["d1"].reason.code
    province.mute.clear()
    await province.run(61.0)
    assert State.UP is province.state("d1")


async def test_a_firewalled_ping_degrades_a_target_whose_agent_answers() -> None:
    province = await warm()
    province.mute.add(("d1", "icmp"))
    await province.run(40.0)
    assert ({"d1"}, set()) == (province.of(State.DEGRADED), province.of(State.DOWN) | province.of(State.UNREACHABLE))


async def test_a_target_that_only_its_agent_speaks_for_goes_down_too() -> None:
    province = await warm()
    province.mute.add(("d1-c0", "icmp"))
    await province.run(70.0)
    province.dead.add("d1-c0")
    await province.run(75.0)
    assert {"d1-c0"} == province.of(State.DOWN)


async def test_either_of_two_uplinks_carries() -> None:
    plan = inventory([point("root"), point("a", "root"), point("b", "root"), point("x", "a", "b"), endpoint("e", "x")])
    province = await warm(plan=plan)
    province.dead.add("a")
    await province.run(BOUND_S)
    assert ({"a"}, set()) == (province.of(State.DOWN), province.of(State.UNREACHABLE))
    province.dead.add("b")
    await province.run(BOUND_S)
    assert ({"a", "b"}, {"x", "e"}) == (province.of(State.DOWN), province.of(State.UNREACHABLE))
    assert {"a"} == {province.board.snapshot().views[name].cause for name in ("x", "e")}


async def test_bursts_that_could_not_be_sent_change_nothing_but_age() -> None:
    province = await warm()
    province.unsendable.add("d1")
    await province.run(40.0)
    assert State.UP is province.state("d1")
    await province.run(150.0)
    assert (State.UNKNOWN, "stale") == (province.state("d1"), province.board.snapshot().views["d1"].reason.code)
    assert set() == province.of(State.DOWN)
    province.unsendable.clear()
    await province.run(20.0)
    assert State.UP is province.state("d1")


@pytest.mark.parametrize("cut", ["d1", "e-d1-c2"])
async def test_a_suspicion_whose_questions_are_never_answered_does_not_hang(cut: str) -> None:
    province = await warm()
    province.deaf_to_confirm = True
    province.dead.add(cut)
    await province.run(15.0 + 15.0 + 5.0)
    assert {cut} == province.of(State.DOWN)


async def test_a_suspicion_that_cannot_be_confirmed_is_dropped_and_the_target_keeps_its_state() -> None:
    province = await warm()
    province.lose_next.add("e-d1-c2")
    while not province.asked:
        await province.run(0.1)
    province.unsendable.add("e-d1-c2")
    await province.run(20.0)
    assert State.UP is province.state("e-d1-c2")
    asked_at = [at for at, names in province.asked if "e-d1-c2" in names]
    assert len(asked_at) <= 6, "it is asked again within bounds"


async def test_the_start_says_nothing_of_a_target_before_its_first_judgement_and_confirms_a_silent_one() -> None:
    province = Province()
    province.dead.add("d1")
    assert {None} == set(province.states().values())
    await province.run(40.0)
    assert {"d1"} == province.of(State.DOWN)
    family = set(province.board.topology.behind("d1"))
    assert family == province.of(State.UNREACHABLE)
    assert {None} == {each.old for each in province.journal.transitions}
    assert all(is_whole(picture, "d1", family) for picture in province.pictures)


async def test_a_restart_goes_on_from_the_journals_last_states_without_new_transitions() -> None:
    before = await warm()
    before.dead.add("d1")
    await before.run(BOUND_S)
    last = {each.target: each for each in before.journal.transitions}
    province = Province(journal=MemoryJournal(last=last), clock=before.clock)
    province.dead.add("d1")
    await province.run(40.0)
    blamed = {"d1"} | set(province.board.topology.behind("d1"))
    assert set() == blamed & {each.target for each in province.journal.transitions}
    assert last["d1"].at == province.board.snapshot().views["d1"].since
    assert ["d1"] == [cause.target for cause in province.board.snapshot().root_causes]


async def test_what_changed_while_the_daemon_was_away_is_told_against_the_journals_last_word() -> None:
    last = {"d1": Transition("d1", State.UP, State.DOWN, WALL_0, "d1", Reason("silent", {"bursts": 2}))}
    province = Province(journal=MemoryJournal(last=last))
    await province.run(20.0)
    (told,) = (each for each in province.journal.transitions if each.target == "d1")
    assert (State.DOWN, State.UP) == (told.old, told.new)
