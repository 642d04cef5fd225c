"""The board's judgements beyond up and down: work, office hours, quality, flapping, and a changed configuration."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.model.inventory import Expected
from monitor.model.profile import Profile
from monitor.model.reading import IcmpSample, Outcome, Reading
from monitor.model.reason import Reason
from monitor.model.settings import MaintenanceWindow
from monitor.model.spec import IcmpSettings, SnmpSettings
from monitor.model.state import Event, Snapshot, State, Transition
from tests.service.board.test_board import BOUND_S, warm
from tests.service.province import (
    SETTINGS,
    TICK_S,
    WALL_0,
    FakeClock,
    MemoryJournal,
    Province,
    answer,
    endpoint,
    inventory,
    miss,
    point,
    small_province,
)

BREAK = Reason("path_beyond", {"address": "127.0.0.2"})

START = datetime.fromtimestamp(WALL_0 + 1000.0, UTC)


def work(after_s: float, until_s: float, *ids: str) -> MaintenanceWindow:
    return MaintenanceWindow("thay cáp", ids=ids, start=START + timedelta(seconds=after_s), end=START + timedelta(seconds=until_s))


async def test_announced_work_covers_a_target_and_everything_silent_behind_it() -> None:
    province = Province(settings=replace(SETTINGS, maintenance=(work(100, 300, "d1"),)))
    await province.run(90.0)
    assert {State.UP} == set(province.states().values())
    await province.run(15.0)
    assert {"d1"} == province.of(State.MAINTENANCE), "children that answer are up"
    province.dead.add("d1")
    await province.run(BOUND_S)
    assert {"d1"} | province.board.topology.behind("d1") == province.of(State.MAINTENANCE)
    assert all(province.board.snapshot().views[name].maintenance for name in province.of(State.MAINTENANCE))
    assert () == province.board.snapshot().root_causes


async def test_what_is_still_silent_when_the_work_is_over_is_down_with_those_behind_it() -> None:
    province = Province(settings=replace(SETTINGS, maintenance=(work(100, 300, "d1"),)))
    await province.run(120.0)
    province.dead.add("d1")
    await province.run(190.0)
    assert ({"d1"}, set(province.board.topology.behind("d1"))) == (province.of(State.DOWN), province.of(State.UNREACHABLE))
    down = next(each for each in province.journal.transitions if each.new is State.DOWN)
    assert (State.MAINTENANCE, 4, 5) == (down.old, down.affected_points, down.affected_endpoints)


async def test_a_pc_that_is_off_in_the_evening_is_on_standby_and_missed_in_office_hours() -> None:
    evening = datetime(2026, 11, 30, 11, 0, tzinfo=UTC)  # 18:00 in Hà Giang
    plan = inventory([point("root"), point("a", "root"), endpoint("pc", "a", profile="pc-soft"), endpoint("codec", "a")])
    profiles = {"default": Profile("default"), "pc-soft": Profile("pc-soft", expected=Expected.OFFICE_HOURS)}
    clock = FakeClock(offset_s=evening.timestamp() - 1000.0)
    province = Province(plan, profiles=profiles, clock=clock)
    await province.run(20.0)
    province.dead.update(("pc", "codec"))
    await province.run(BOUND_S)
    assert (State.STANDBY, State.DOWN) == (province.state("pc"), province.state("codec"))
    clock.offset_s += 13.5 * 3600  # 07:30 on Tuesday
    await province.run(2.0)
    assert State.DOWN is province.state("pc")


async def test_who_is_expected_for_meetings_is_missed_from_an_hour_before_one_until_its_end() -> None:
    evening = datetime(2026, 11, 30, 11, 0, tzinfo=UTC)
    plan = inventory([point("root"), point("a", "root"), endpoint("pc", "a", expected=Expected.MEETINGS)])
    clock = FakeClock(offset_s=evening.timestamp() - 1000.0)
    province = Province(plan, clock=clock)
    province.board.expect_for_meetings({"pc": [(evening + timedelta(hours=2), evening + timedelta(hours=3))]})
    await province.run(20.0)
    province.dead.add("pc")
    await province.run(BOUND_S)
    seen = [province.state("pc")]
    for hours in (0.9, 0.2, 1.7, 0.3):  # 56 min, an hour and some, 0.1 h before its end, after it
        clock.offset_s += hours * 3600
        await province.run(2.0)
        seen.append(province.state("pc"))
    assert [State.STANDBY, State.STANDBY, State.DOWN, State.DOWN, State.STANDBY] == seen


async def test_what_hangs_on_an_office_that_is_switched_off_is_on_standby_too() -> None:
    night = datetime(2026, 11, 30, 18, 0, tzinfo=UTC)
    plan = inventory([point("root"), point("a", "root", expected=Expected.OFFICE_HOURS), endpoint("e", "a")])
    province = Province(plan, clock=FakeClock(offset_s=night.timestamp() - 1000.0))
    await province.run(20.0)
    province.dead.add("a")
    await province.run(BOUND_S)
    assert {"a", "e"} == province.of(State.STANDBY)


@pytest.mark.parametrize("outage_s", [8.0, 130.0, 300.0])
@pytest.mark.parametrize("is_child_first", [False, True])
async def test_no_probe_is_told_silent_by_what_it_missed_in_an_outage(outage_s: float, is_child_first: bool) -> None:
    plan = inventory([point("root"), point("d", "root"), endpoint("e", "d", credential="wan")])
    province = await warm(plan=plan)
    province.dead.update(("d", "e"))
    await province.run(outage_s)
    province.dead.clear()
    if is_child_first:
        province.mute.update((("d", "icmp"), ("d", "snmp"), ("e", "snmp")))
        await province.run(1.0)
        province.mute.clear()
    await province.run(200.0)
    assert {"probe_silent", "probe_failing"}.isdisjoint(entry.reason.code for entry in province.journal.transitions)
    assert {"d", "e"}.isdisjoint(province.of(State.DOWN) | province.of(State.UNREACHABLE) | province.of(State.UNKNOWN))


async def test_an_agent_that_stays_silent_after_an_outage_makes_its_target_degraded() -> None:
    province = await warm()
    province.dead.add("d1")
    await province.run(130.0)
    province.dead.clear()
    province.mute.add(("d1-c0", "snmp"))
    await province.run(250.0)
    view = province.board.snapshot().views["d1-c0"]
    assert (State.DEGRADED, "probe_silent") == (view.state, view.reason.code)


async def test_a_link_that_comes_and_goes_is_degraded_as_flapping_while_it_answers() -> None:
    province = await warm()
    for _ in range(6):
        province.dead.add("e-d1-c2")
        await province.run(15.0)
        province.dead.clear()
        await province.run(15.0)
    view = province.board.snapshot().views["e-d1-c2"]
    assert (State.DEGRADED, "flapping", True) == (view.state, view.reason.code, view.flapping)
    await province.run(330.0)
    assert (State.UP, False) == (province.state("e-d1-c2"), province.board.snapshot().views["e-d1-c2"].flapping)


async def test_a_lossy_link_is_degraded_with_the_loss_as_its_reason() -> None:
    province = await warm()
    for _ in range(30):
        await province.run(15.0)
        sample = IcmpSample(5, (0.01, None, 0.012, 0.011, 0.01))
        province.board.deliver(Reading("d1-c0", "icmp", province.clock.now_s, Outcome.OK, icmp=sample))
    await province.run(1.0)
    view = province.board.snapshot().views["d1-c0"]
    assert (State.DEGRADED, "loss") == (view.state, view.reason.code)
    assert view.icmp is not None
    assert view.icmp.loss_recent == pytest.approx(0.1, abs=0.02)


async def test_totals_and_buckets_only_grow_and_count_what_was_sent() -> None:
    plan = inventory([point("root", credential=None)])
    province = Province(plan)
    for rtts in ((0.0005, 0.001, 0.0011), (None, 0.06, 2.0)):
        province.board.deliver(Reading("root", "icmp", province.clock.now_s, Outcome.OK, icmp=IcmpSample(3, rtts)))
    province.board.deliver(Reading("root", "icmp", province.clock.now_s, Outcome.NOT_SENT, icmp=IcmpSample(0, ())))
    icmp = province.board.snapshot().views["root"].icmp
    assert icmp is not None
    assert (6, 5) == (icmp.sent_total, icmp.received_total)
    assert (2, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4) == icmp.rtt_buckets
    assert icmp.rtt_sum_s == pytest.approx(2.0626)


async def test_evidence_that_is_too_old_is_not_shown_any_more() -> None:
    province = await warm()
    province.unsendable.add("d1")
    await province.run(50.0)
    view = province.board.snapshot().views["d1"]
    assert (None, State.UP) == (view.icmp, view.state), "its agent's answer is still fresh"
    await province.run(140.0)
    assert State.UNKNOWN is province.state("d1")
    snapshot = province.board.snapshot()
    assert len(snapshot.views) - 1 == snapshot.fresh


async def test_a_reload_keeps_state_and_views_of_kept_targets_and_drops_removed_ones_at_once() -> None:
    province = await warm()
    province.dead.add("d1")
    await province.run(BOUND_S)
    before = province.board.snapshot().views
    smaller = replace(
        province.inventory,
        targets={name: each for name, each in province.inventory.targets.items() if not name.startswith(("d2", "e-d2"))},
    )
    province.board.replace(smaller, SETTINGS, {"default": Profile("default")})
    after = province.board.snapshot()
    assert list(smaller.targets) == list(after.views)
    assert all(
        after.views[name].state is before[name].state and after.views[name].icmp == before[name].icmp for name in after.views
    )
    assert ["d1"] == [cause.target for cause in after.root_causes]


async def test_a_row_of_reloads_keeps_no_outage_from_being_told() -> None:
    province = await warm()
    province.dead.add("d1")
    for change in range(round(BOUND_S)):
        renamed = replace(province.inventory.targets["d0"], name=f"Huyện {change}")
        targets = {**province.inventory.targets, "d0": renamed}
        province.board.replace(replace(province.inventory, targets=targets), SETTINGS, {"default": Profile("default")})
        await province.run(1.0)
    assert (State.DOWN, State.UNREACHABLE) == (province.state("d1"), province.state("d1-c0"))


async def test_a_reload_that_removes_a_root_cause_does_not_blame_its_children_without_fresh_evidence() -> None:
    province = await warm()
    province.dead.add("d1")
    await province.run(BOUND_S)
    moved = {name: each for name, each in province.inventory.targets.items() if name not in ("d1", "e-d1")}
    for name, each in moved.items():
        if each.parents == ("d1",):
            moved[name] = replace(each, parents=("root",))
    smaller = replace(province.inventory, targets=moved)
    province.board.replace(smaller, SETTINGS, {"default": Profile("default")})
    await province.run(5.0)
    assert set() == province.of(State.DOWN)


async def test_a_target_that_is_new_has_no_state_until_it_is_judged() -> None:
    province = await warm()
    await province.run(200.0)
    bigger = small_province(districts=4)
    province.board.replace(bigger, SETTINGS, {"default": Profile("default")})
    await province.run(30.0)
    assert province.state("d3") is None
    province.board.deliver(answer("d3", "icmp", province.clock.now_s))
    await province.board.evaluate()
    assert State.UP is province.state("d3")


async def test_a_target_that_is_new_and_never_heard_of_is_unknown_in_the_end() -> None:
    province = await warm()
    province.board.replace(small_province(districts=4), SETTINGS, {"default": Profile("default")})
    await province.run(200.0)
    assert State.UNKNOWN is province.state("d3")


async def test_a_target_that_gets_another_address_keeps_its_state_until_that_was_asked() -> None:
    province = await warm()
    await province.run(200.0)
    province.journal.entries.clear()
    targets = province.inventory.targets
    moved = replace(targets["d1-c0"], address="127.0.0.9")
    changed = replace(province.inventory, targets={**targets, "d1-c0": moved})
    province.board.replace(changed, SETTINGS, {"default": Profile("default")})
    await province.run(30.0)
    assert (State.UP, []) == (province.state("d1-c0"), province.journal.transitions)


async def test_a_burst_of_the_outage_that_is_judged_after_the_return_is_no_loss() -> None:
    province = await warm()
    province.dead.add("d1")
    await province.run(BOUND_S)
    province.dead.clear()
    while province.state("d1-c0") is not State.UP:
        await province.run(0.1)
    province.board.deliver(miss("d1-c0", "icmp", province.clock.now_s))
    for _ in range(20):
        province.board.deliver(answer("d1-c0", "icmp", province.clock.now_s))
        await province.run(0.1)
    view = province.board.snapshot().views["d1-c0"]
    assert view.icmp is not None
    assert (State.UP, 0.0) == (view.state, view.icmp.loss_recent)


async def test_the_journal_is_told_before_anybody_sees_a_transition() -> None:
    shown: list[tuple[State | None, State | None]] = []

    class WatchfulJournal(MemoryJournal):
        async def append(self, batch: Sequence[Transition | Event]) -> bool:
            shown.extend((entry.old, province.state(entry.target)) for entry in batch if isinstance(entry, Transition))
            return await super().append(batch)

    province = Province(journal=WatchfulJournal())
    await province.run(75.0)
    province.dead.add("d1")
    await province.run(BOUND_S)
    assert {"d1"} == province.of(State.DOWN)
    assert len(province.journal.transitions) == len(shown) > len(province.inventory.targets)
    assert all(old is on_the_board for old, on_the_board in shown)
    assert all(each.generation > 0 and any(view.state for view in each.views.values()) for each in province.pictures)


async def test_a_journal_that_cannot_commit_delays_nothing() -> None:
    province = await warm()
    province.journal.works = False
    province.dead.add("d1")
    await province.run(BOUND_S)
    assert {"d1"} == province.of(State.DOWN)


async def test_what_a_fault_of_ours_kept_from_being_published_is_judged_again() -> None:
    province = await warm()

    def fail() -> None:
        province.journal.gate = lambda: None
        raise RuntimeError("our bug")

    province.journal.gate = fail
    province.dead.add("d1-c1")
    with pytest.raises(RuntimeError, match="our bug"):
        await province.run(20)
    await province.run(1)
    assert {"d1-c1"} == province.of(State.DOWN)


async def test_readings_that_come_while_the_journal_commits_are_judged_next_and_in_order() -> None:
    plan = inventory([point("root", credential=None), point("a", "root", credential=None)])
    province = Province(plan)
    await province.run(20.0)
    board, now_s = province.board, province.clock.now_s
    for number in range(2):
        board.deliver(miss("a", "icmp", now_s + number, confirms=True))

    def answer_meanwhile() -> None:
        province.journal.gate = lambda: None
        board.deliver(answer("a", "icmp", now_s + 2))

    await board.evaluate()
    province.journal.gate = answer_meanwhile
    while len(province.journal.transitions) < 4:
        province.clock.now_s += TICK_S
        await board.evaluate()
    told = [(each.old, each.new) for each in province.journal.transitions if each.target == "a"]
    assert [(None, State.UP), (State.UP, State.DOWN), (State.DOWN, State.UP)] == told
    assert State.UP is province.state("a")
    assert [State.UP, State.DOWN] == [each.new for each in board.snapshot().changes if each.target == "a"][:2]


async def test_a_path_that_was_traced_is_part_of_the_root_cause_and_of_the_journal() -> None:
    province = await warm()
    province.dead.add("d1")
    await province.run(BOUND_S)
    province.board.path_found("d1", BREAK)
    await province.board.evaluate()
    assert [BREAK] == [cause.path for cause in province.board.snapshot().root_causes]
    assert [("path", "d1")] == [(event.kind, event.target) for event in province.journal.events]


async def test_paths_that_were_traced_by_one_step_are_published_together() -> None:
    province = await warm()
    province.dead |= {"d1", "d2"}
    await province.run(BOUND_S)
    told = list[Snapshot]()
    province.board.subscribe(told.append)
    for target in ("d1", "d2"):
        province.board.path_found(target, BREAK)
    await province.board.evaluate()
    assert [{"d1", "d2"}] == [{cause.target for cause in each.root_causes if cause.path} for each in told]


async def test_root_causes_come_gravest_first() -> None:
    province = await warm()
    province.dead.add("e-d0")
    await province.run(BOUND_S)
    province.dead.add("d1")
    await province.run(BOUND_S)
    assert ["d1", "e-d0"] == [cause.target for cause in province.board.snapshot().root_causes]


async def test_the_last_two_hundred_changes_are_kept_newest_first() -> None:
    province = await warm(plan=small_province(districts=6, communes=5))
    for _ in range(4):
        province.dead.add("root-missing")
        province.dead.update(("d0", "d1", "d2", "d3"))
        await province.run(BOUND_S)
        province.dead.clear()
        await province.run(40.0)
    changes = province.board.snapshot().changes
    assert 200 == len(changes)
    assert [each.at for each in changes] == sorted((each.at for each in changes), reverse=True)


async def test_a_start_that_finds_everybody_well_is_no_news_but_one_that_finds_an_outage_is() -> None:
    province = Province()
    province.dead.add("d1")
    await province.run(60.0)
    behind = {"d1"} | province.board.topology.behind("d1")
    assert behind == {change.target for change in province.board.snapshot().changes}
    assert len(province.inventory.targets) == len(province.journal.transitions), "the journal has them all"


async def test_an_uplink_that_flaps_does_not_make_those_behind_it_flap() -> None:
    province = Province()
    await province.run(60.0)
    for _ in range(6):
        province.dead.add("d1")
        await province.run(35.0)
        province.dead.clear()
        await province.run(35.0)
    views = province.board.snapshot().views
    assert {"d1"} == {name for name, view in views.items() if view.flapping}
    assert "flapping" == views["d1"].reason.code


async def test_our_own_blindness_makes_nobody_flap() -> None:
    province = Province()
    await province.run(60.0)
    for _ in range(6):
        province.is_cut_off = True
        await province.run(35.0)
        province.is_cut_off = False
        await province.run(35.0)
    assert {State.UP} == set(province.states().values())


@pytest.mark.parametrize("up_s", [0.3, 0.5, 0.6, 1.0, 2.0, 3.5])
@pytest.mark.parametrize("down_s", [4.0, 8.0])
async def test_an_uplink_that_goes_again_as_it_returns_leaves_nobody_else_to_blame(up_s: float, down_s: float) -> None:
    quick = replace(SETTINGS, probes={"icmp": IcmpSettings(every_s=3.0), "snmp": SnmpSettings(every_s=12.0)})
    province = Province(settings=quick)
    await province.run(20.0)
    province.dead.add("d1")
    await province.run(8.0)
    province.dead.clear()
    await province.run(up_s)
    province.dead.add("d1")
    await province.run(down_s)
    province.dead.clear()
    await province.run(20.0)
    assert {"d1"} == {each.target for each in province.journal.transitions if each.new is State.DOWN}
    assert {State.UP} == set(province.states().values())


@pytest.mark.parametrize("begins_s", [11.0, 11.4, 11.8, 12.1])
async def test_a_loop_that_stood_still_while_an_uplink_was_being_asked_blames_nobody_behind_it(begins_s: float) -> None:
    """SNMP finds the endpoint silent first, so that its silence is ripe before its commune has missed anything.

    The step after the stall comes before the answers that came in it: no wait may be over by then.
    """
    plan = inventory(replace(target, credential="wan") for target in small_province(districts=2, communes=2).targets.values())
    province = await warm(11.0, plan=plan)
    province.dead.add("d1-c0")
    await province.run(begins_s)
    assert [] == province.journal.transitions, "it is still being confirmed"
    await province.stall(3.0)
    await province.run(10.0)
    told = {(each.target, each.new) for each in province.journal.transitions}
    assert {("d1-c0", State.DOWN), ("e-d1-c0", State.UNREACHABLE)} == told


async def test_who_was_cut_off_once_and_fails_later_is_down_at_once() -> None:
    """That its uplink was silent hours ago proves nothing of an outage of its own."""
    province = Province(small_province(districts=2, communes=2), SETTINGS)
    await province.run(40.0)
    province.dead.add("d0")
    await province.run(60.0)
    assert State.UNREACHABLE is province.state("d0-c0")
    province.dead.clear()
    await province.run(120.0)
    seen = len(province.journal.transitions)
    province.dead.add("d0-c0")
    await province.run(60.0)
    told = [(each.target, each.new) for each in province.journal.transitions[seen:]]
    assert [("d0-c0", State.DOWN), ("e-d0-c0", State.UNREACHABLE)] == sorted(told)


async def test_a_loop_that_is_always_late_tells_an_outage_late_and_not_never() -> None:
    plan = inventory(replace(target, credential="wan") for target in small_province(districts=2, communes=2).targets.values())
    province = await warm(plan=plan)
    province.dead.add("d1-c0")
    for _ in range(30):
        province.clock.now_s += 5.0
        province.deliver_due()
        await province.board.evaluate()
    assert ({"d1-c0"}, {"e-d1-c0"}) == (province.of(State.DOWN), province.of(State.UNREACHABLE))
