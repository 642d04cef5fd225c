"""Operators are heard: in the journal first, on the board, after a restart, until what they spoke of is over."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.export.source import RefusedError
from monitor.load.configuration import Configuration
from monitor.model.settings import Settings
from monitor.model.state import Acknowledgement, Snapshot, State, Transition
from monitor.service.operations import LiveOperations
from tests.service.province import PROFILES, SETTINGS, FakeClock, MemoryJournal, Province

SAIGON = replace(SETTINGS, timezone="Asia/Ho_Chi_Minh")


def desk(province: Province) -> LiveOperations:
    def configuration() -> Configuration:
        return Configuration(province.inventory, province.settings, PROFILES, Path("config"))

    return LiveOperations(province.board, province.journal, province.clock, configuration)


async def outage(*dead: str, settings: Settings = SAIGON) -> tuple[Province, LiveOperations]:
    """Return a province in which these are down."""
    province = Province(settings=settings)
    await province.run(40)
    province.dead |= set(dead)
    await province.run(60)
    return province, desk(province)


def restarted(before: Province) -> tuple[Province, LiveOperations]:
    """Return the province as another daemon finds it with the same journal."""
    last = {entry.target: entry for entry in before.journal.entries if isinstance(entry, Transition)}
    province = Province(before.inventory, before.settings, clock=before.clock, journal=replace(before.journal, last=last))
    province.dead = set(before.dead)
    return province, desk(province)


def taken(province: Province, name: str) -> Acknowledgement | None:
    return province.board.snapshot().views[name].acknowledged


async def test_who_has_it_is_in_the_journal_before_it_is_published() -> None:
    province, operations = await outage("d0")
    seen: list[Acknowledgement | None] = []
    province.journal.gate = lambda: seen.append(taken(province, "d0"))
    pictures: list[Snapshot] = []
    province.board.subscribe(pictures.append)
    await operations.acknowledge("d0", "Ca trực", "đã gọi VNPT")
    assert [None] == seen
    assert ("acknowledged", "d0") == (province.journal.events[-1].kind, province.journal.events[-1].target)
    assert Acknowledgement("Ca trực", province.clock.wall(), "đã gọi VNPT") == taken(province, "d0")
    assert [taken(province, "d0")] == [picture.views["d0"].acknowledged for picture in pictures]


async def test_it_ends_with_the_outage_so_that_the_next_one_is_nobodys() -> None:
    province, operations = await outage("d0-c1")
    await operations.acknowledge("d0-c1", "Ca trực", "")
    province.dead.clear()
    await province.run(30)
    assert (State.UP, None) == (province.state("d0-c1"), taken(province, "d0-c1"))
    over = next(event for event in province.journal.events if event.kind == "acknowledgement_over")
    batch = next(batch for batch in province.journal.batches if over in batch)
    assert [State.UP] == [entry.new for entry in batch if isinstance(entry, Transition) and entry.target == "d0-c1"]
    province.dead.add("d0-c1")
    await province.run(60)
    assert (State.DOWN, None) == (province.state("d0-c1"), taken(province, "d0-c1"))


async def test_it_outlasts_an_outage_of_the_uplink() -> None:
    province, operations = await outage("d0-c1")
    await operations.acknowledge("d0-c1", "Ca trực", "")
    province.dead.add("d0")
    await province.run(60)
    assert State.UNREACHABLE is province.state("d0-c1")
    province.dead.discard("d0")
    await province.run(60)
    assert State.DOWN is province.state("d0-c1")
    assert taken(province, "d0-c1") is not None


async def test_it_outlasts_a_restart_and_ends_after_it() -> None:
    before, operations = await outage("d0", "d1-c0")
    await operations.acknowledge("d0", "Ca trực", "chờ điện lực")
    await operations.acknowledge("d1-c0", "Ca trực", "")
    await operations.withdraw("d1-c0", "Ca trực")
    province, _ = restarted(before)
    await province.run(40)
    assert State.DOWN is province.state("d0")
    assert ("Ca trực", "chờ điện lực") == (taken(province, "d0").by, taken(province, "d0").note)  # type: ignore[union-attr]
    assert taken(province, "d1-c0") is None
    province.dead.clear()
    await province.run(40)
    assert taken(province, "d0") is None


async def test_what_came_back_while_nobody_watched_is_over_at_the_first_judgement() -> None:
    before, operations = await outage("d0")
    await operations.acknowledge("d0", "Ca trực", "")
    before.dead.clear()
    province, _ = restarted(before)
    await province.run(40)
    assert (State.UP, None) == (province.state("d0"), taken(province, "d0"))


async def test_somebody_else_takes_it_over_and_it_can_be_withdrawn() -> None:
    province, operations = await outage("d0")
    await operations.acknowledge("d0", "Ca trực", "")
    await operations.acknowledge("d0", "VNPT", "đang nối cáp")
    assert "VNPT" == taken(province, "d0").by  # type: ignore[union-attr]
    await operations.withdraw("d0", "VNPT")
    assert taken(province, "d0") is None
    assert ["acknowledged", "acknowledged", "withdrawn"] == [event.kind for event in province.journal.events][-3:]


@pytest.mark.parametrize(
    ("target", "code", "told"),
    [
        ("d0-c1", "behind", "d0-c1 is cut off by its uplink; the root cause is d0; take the root cause on: d0"),
        ("d1", "not_down", "d1 is no root cause: its state is up; only what is down or flapping can be taken on"),
        ("d0c1", "no_target_or_area", "no target or area is called 'd0c1'; did you mean 'd0-c1'?"),
        ("nowhere-near", "no_target_or_area", "no target or area is called 'nowhere-near'; `monitor sites list` shows them all"),
    ],
)
async def test_only_a_root_cause_can_be_taken(target: str, code: str, told: str) -> None:
    province, operations = await outage("d0")
    written = len(province.journal.entries)
    with pytest.raises(RefusedError) as refused:
        await operations.acknowledge(target, "Ca trực", "")
    assert (code, told) == (refused.value.code, refused.value.text_in("en")[: len(told)])
    assert written == len(province.journal.entries)


async def test_what_nobody_has_cannot_be_withdrawn() -> None:
    _, operations = await outage("d0")
    with pytest.raises(RefusedError) as refused:
        await operations.withdraw("d0", "Ca trực")
    assert "not_taken" == refused.value.code


# Announced work


async def test_announced_work_holds_at_once_until_its_end_and_outlasts_a_restart() -> None:
    before = Province(settings=SAIGON)
    await before.run(40)
    work = await desk(before).announce(["d0-c0"], "10m", "", "thay modem", "VNPT")
    await before.run(2)
    assert {"d0-c0"} == before.of(State.MAINTENANCE)
    assert before.board.snapshot().views["d0-c0"].maintenance
    province, operations = restarted(before)
    await province.run(40)
    assert [work] == list(await operations.works())
    assert {"d0-c0"} == province.of(State.MAINTENANCE)
    await province.run(600)
    assert set() == province.of(State.MAINTENANCE)
    assert [] == list(await operations.works())


async def test_an_area_is_covered_whole() -> None:
    province = Province(settings=SAIGON)
    await province.run(40)
    await desk(province).announce(["x"], "2h", "", "nâng cấp", "VNPT")
    await province.run(2)
    assert province.inventory.targets.keys() == province.of(State.MAINTENANCE)


async def test_work_is_ended_by_number_or_by_what_it_alone_covers() -> None:
    province = Province(settings=SAIGON)
    await province.run(40)
    operations = desk(province)
    for covers in (["d0"], ["d0", "d1"], ["d2"]):
        await operations.announce(covers, "2h", "", "nối cáp", "VNPT")
    with pytest.raises(RefusedError) as refused:
        await operations.end("d0", "VNPT")
    assert ("many_works", "1, 2") == (refused.value.code, refused.value.values["numbers"])
    assert [1, 2] == [(await operations.end(name, "VNPT")).number for name in ("1", "d1")]
    await province.run(2)
    assert {"d2"} == province.of(State.MAINTENANCE)
    with pytest.raises(RefusedError) as refused:
        await operations.end("1", "VNPT")
    assert "no_work" == refused.value.code
    assert 4 == (await desk(province).announce(["d0"], "1h", "", "nối cáp", "VNPT")).number


async def test_work_that_is_called_off_before_its_start_is_listed_no_more() -> None:
    before, operations = await outage()
    work = await operations.announce(["d1"], "2h", "22:00", "nâng cấp", "VNPT")
    assert before.clock.wall() < work.start_at
    await operations.end(str(work.number), "VNPT")
    assert [] == list(await operations.works())
    with pytest.raises(RefusedError) as refused:
        await operations.end(str(work.number), "VNPT")
    assert "no_work" == refused.value.code
    _, again = restarted(before)
    assert [] == list(await again.works())


async def test_later_work_waits_for_its_start() -> None:
    clock = FakeClock()
    province = Province(settings=SAIGON, clock=clock)
    await province.run(40)
    hour = 3_600.0
    start = (clock.wall() + hour) % 86_400 + 7 * hour
    text = f"{int(start // hour) % 24:02}:{int(start % hour // 60):02}"
    work = await desk(province).announce(["d0"], "2h", text, "nối cáp", "VNPT")
    assert hour - 60 <= work.start_at - clock.wall() <= hour
    await province.run(2)
    assert set() == province.of(State.MAINTENANCE)
    clock.offset_s += hour
    await province.run(3)
    assert {"d0"} == province.of(State.MAINTENANCE)


@pytest.mark.parametrize(
    ("covers", "lasts", "start", "key"),
    [
        (["d0"], "soon", "", "given_no_duration"),
        (["d0"], "0s", "", "given_no_duration"),
        (["d0"], "32d", "", "work_too_long"),
        (["d0"], "2h", "later", "given_no_time"),
        (["d0"], "2h", "2020-01-01T00:00", "work_over"),
        (["d0"], "31d", "9999-12-31T23:59", "given_too_far"),
        (["d0"], "31d", "2036-12-31T23:59", "given_too_far"),
        (["d0"], "31d", "0001-01-01T00:00+14:00", "work_over"),
        (["d0"], "9" * 400 + "h", "", "work_too_long"),
        (["dd0"], "2h", "", "no_target_or_area"),
        ([], "2h", "", "no_cover"),
    ],
)
async def test_work_that_can_mean_nothing_is_refused(covers: list[str], lasts: str, start: str, key: str) -> None:
    province = Province(settings=SAIGON, journal=MemoryJournal())
    with pytest.raises(RefusedError) as refused:
        await desk(province).announce(covers, lasts, start, "nối cáp", "VNPT")
    assert key == refused.value.code
    assert [] == province.journal.entries


@pytest.mark.parametrize(
    ("lasts", "start", "vietnamese", "english"),
    [
        ("40d", "", "đợt bảo trì dài 40 ngày, tối đa 31 ngày", "the maintenance lasts 40 d; 31 d are the most"),
        ("800h", "", "đợt bảo trì dài 33 ngày 8 giờ, tối đa 31 ngày", "the maintenance lasts 33 d 8 h; 31 d are the most"),
        ("2h", "2099-01-01T07:00", "from: '2099-01-01T07:00' còn hơn 10 năm nữa", "'2099-01-01T07:00' is more than 10 years away"),
    ],
)
async def test_what_is_too_long_or_too_far_is_told_with_its_bound(lasts: str, start: str, vietnamese: str, english: str) -> None:
    with pytest.raises(RefusedError) as refused:
        await desk(Province(settings=SAIGON)).announce(["d0"], lasts, start, "nối cáp", "VNPT")
    assert vietnamese in refused.value.text_in("vi")
    assert english in refused.value.text_in("en")


@pytest.mark.parametrize("lasts", ["40d", "9" * 400 + "h"])
async def test_a_refusal_is_json_however_long_the_work_is(lasts: str) -> None:
    with pytest.raises(RefusedError) as refused:
        await desk(Province(settings=SAIGON)).announce(["d0"], lasts, "", "nối cáp", "VNPT")
    assert json.dumps(refused.value.answer_in("vi"), allow_nan=False)
