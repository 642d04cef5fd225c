"""The board when it is we who cannot see: states freeze, nobody is blamed, and sight begins with fresh evidence."""

from dataclasses import replace

import pytest

from monitor.model.state import OwnSide, State
from tests.service.board.test_board import BOUND_S, warm
from tests.service.province import SETTINGS, Province, miss, with_health


def kinds(province: Province) -> list[str]:
    return [event.kind for event in province.journal.events]


@pytest.mark.parametrize("phase", [0.0, 3.7, 7.4, 11.1])
async def test_our_own_link_cut_makes_us_blind_and_blames_nobody(phase: float) -> None:
    province = await warm(phase)
    province.is_cut_off = True
    await province.run(120.0)
    snapshot = province.board.snapshot()
    assert snapshot.blind is not None
    assert "blind_silent" == snapshot.blind.reason.code
    assert ([], {State.UP}) == (province.journal.transitions, set(province.states().values()))
    province.is_cut_off = False
    await province.run(60.0)
    assert (None, ["blind", "sighted"]) == (province.board.snapshot().blind, kinds(province))
    assert ([], {State.UP}) == (province.journal.transitions, set(province.states().values()))


class Referenced(Province):
    """A province whose references answer as the test says."""

    reference_answers = True

    def answers(self, name: str) -> bool:
        if name.startswith("reference:"):
            return self.reference_answers and not self.is_cut_off
        return super().answers(name)


async def referenced() -> Referenced:
    province = Referenced(settings=with_health(references=("127.9.9.9", "e-d0")))
    await province.run(75.0)
    province.journal.entries.clear()
    return province


async def test_an_answering_reference_proves_that_the_root_is_down() -> None:
    province = await referenced()
    province.dead.add("root")
    await province.run(BOUND_S)
    assert ({"root"}, None) == (province.of(State.DOWN), province.board.snapshot().blind)
    assert set(province.board.topology.behind("root")) == province.of(State.UNREACHABLE)


async def test_the_root_and_all_references_silent_is_blind() -> None:
    province = await referenced()
    province.is_cut_off = True
    await province.run(BOUND_S)
    assert province.board.snapshot().blind is not None
    assert [] == province.journal.transitions


async def test_a_reference_outside_the_inventory_is_evidence_by_itself() -> None:
    province = Referenced(settings=with_health(references=("127.9.9.9",)))
    await province.run(75.0)
    province.is_cut_off = True
    province.unsendable.add("d0")  # nothing is known of this neighbour
    await province.run(BOUND_S)
    blind = province.board.snapshot().blind
    assert blind is not None
    assert ("blind_silent", 1) == (blind.reason.code, blind.reason.values["references"])


async def test_silent_references_alone_blame_nobody_and_blind_nobody() -> None:
    province = await referenced()
    province.reference_answers = False
    await province.run(60.0)
    assert (None, []) == (province.board.snapshot().blind, province.journal.entries)


async def test_the_references_are_asked_too_when_the_root_is_in_doubt() -> None:
    province = await referenced()
    province.lose_next.add("root")
    await province.run(16.0)
    assert any("reference:127.9.9.9" in names for _, names in province.asked)
    assert not any("reference:e-d0" in names for _, names in province.asked)


async def test_refused_sends_freeze_every_state_until_we_can_send_again() -> None:
    province = await warm()
    for step in range(60):
        await province.run(1.0)
        province.board.own_side(
            OwnSide(province.clock.now_s, sends_attempted=10, sends_refused=10 if step < 30 else 0, refusal="ENETUNREACH")
        )
        province.unsendable.update(province.inventory.targets if step < 30 else ())
        if step == 30:
            province.unsendable.clear()
    await province.run(5.0)
    assert (["blind", "sighted"], []) == (kinds(province), province.journal.transitions)
    assert "ENETUNREACH" == str(province.journal.events[0].values["refusal"])


async def test_a_stall_of_three_seconds_yields_no_false_down() -> None:
    """The worst that a stop may do: whoever is asked next misses once."""
    province = await warm()
    for name in province.inventory.targets:
        province.lose_next.add(name)
    province.clock.now_s += 3.0
    await province.run(60.0)
    assert ([], None) == (province.journal.entries, province.board.snapshot().blind)


@pytest.mark.parametrize("step_s", [3600.0, -3600.0])
async def test_a_step_of_the_wall_clock_changes_no_state(step_s: float) -> None:
    province = await warm()
    province.clock.offset_s += step_s
    await province.run(60.0)
    assert ([], {State.UP}) == (province.journal.entries, set(province.states().values()))


@pytest.mark.parametrize("step_s", [3600.0, -3600.0])
async def test_a_step_of_the_wall_clock_makes_no_measurement_older_or_younger(step_s: float) -> None:
    province = await warm()
    province.clock.offset_s += step_s
    await province.run(2.0)
    now = province.clock.wall()
    ages_s = [now - view.icmp.at for view in province.board.snapshot().views.values() if view.icmp]
    assert len(province.inventory.targets) == len(ages_s)
    assert all(0.0 <= age_s <= 20.0 for age_s in ages_s)


async def test_a_target_that_was_down_before_we_went_blind_is_still_down_after() -> None:
    province = await warm()
    province.dead.add("d1")
    await province.run(BOUND_S)
    province.journal.entries.clear()
    province.is_cut_off = True
    await province.run(60.0)
    province.is_cut_off = False
    await province.run(60.0)
    assert ({"d1"}, ["blind", "sighted"]) == (province.of(State.DOWN), kinds(province))
    assert [] == province.journal.transitions


async def test_an_outage_that_begins_while_we_are_blind_is_found_by_fresh_evidence() -> None:
    province = await warm()
    province.is_cut_off = True
    await province.run(60.0)
    province.dead.add("d1")
    province.is_cut_off = False
    await province.run(15.0 + BOUND_S)
    assert {"d1"} == province.of(State.DOWN)
    assert {"sighted"} <= set(kinds(province))


@pytest.mark.parametrize(("asked", "suspected"), [("while blind", False), ("afterwards", True)])
async def test_a_burst_suspects_nobody_that_was_sent_while_we_were_blind_however_long_it_takes(asked: str, suspected: bool) -> None:
    """A meeting's burst of 300 packets is known to be lost 7 s after its first was sent, six times later than the usual one."""
    province = await warm()
    province.is_cut_off = True
    await province.run(60.0)
    asked_s = province.clock.now_s
    province.is_cut_off = False
    await province.run(20.0)
    assert province.board.snapshot().blind is None
    now_s = province.clock.now_s
    lost = replace(miss("d1", "icmp", now_s), asked_s=asked_s if asked == "while blind" else now_s - 7.0)
    province.board.deliver(lost)
    province.asked.clear()
    await province.board.evaluate()
    assert suspected is any("d1" in names for _, names in province.asked)


async def test_lost_packets_of_the_blind_time_are_no_loss_of_the_targets() -> None:
    province = await warm()
    await province.run(300.0)
    province.is_cut_off = True
    await province.run(90.0)
    province.is_cut_off = False
    await province.run(40.0)
    views = province.board.snapshot().views.values()
    assert {0.0} == {view.icmp.loss_recent for view in views if view.icmp and view.icmp.loss_recent is not None}
    assert {State.UP} == set(province.states().values())


async def test_a_real_outage_of_everything_at_the_start_is_blind_and_says_nothing() -> None:
    province = Province()
    province.is_cut_off = True
    await province.run(40.0)
    assert {None} == set(province.states().values())
    assert province.board.snapshot().blind is not None


async def test_without_our_carrier_the_reason_names_our_link() -> None:
    province = Province(settings=replace(SETTINGS))
    province.board.own_side(OwnSide(province.clock.now_s, carrier=False, link="eth0"))
    await province.board.evaluate()
    blind = province.board.snapshot().blind
    assert blind is not None
    assert ("blind_carrier", "eth0") == (blind.reason.code, blind.reason.values["link"])
