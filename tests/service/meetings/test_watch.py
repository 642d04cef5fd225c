"""The watch over meetings: checks by the clock, what they ask, what a restart keeps, ticks, live and afterwards."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor.export.source import RefusedError
from monitor.load.schedule import Schedule
from monitor.model.meeting import Confirmation, MeetingView, Stage, Verdict
from monitor.model.reason import Reason
from monitor.model.settings import MeetingSettings, Settings
from monitor.model.spec import IcmpSpec, SipSpec
from monitor.model.state import Event, State, Transition
from monitor.service.meetings.loads import Loads
from monitor.service.meetings.records import seal
from monitor.words.sealed import NEWEST, OF_0_1
from tests.rules.endpoints import END, LOCAL, MEETING, START, agent, seen
from tests.service.meeting_fakes import FakeDaemon, MemoryJournal, daemon_at, looked, watch_over
from tests.service.meetings.test_loads import carrying
from tests.told import sentence

H = timedelta(hours=1)
M = timedelta(minutes=1)
GOOD = Confirmation("kỹ thuật xã", START.timestamp() - 1800, on_site=True, camera=True, sound=True)


def bursts(daemon: FakeDaemon) -> dict[str, int]:
    return {spec.target: spec.packets for spec in daemon.asked if isinstance(spec, IcmpSpec)}


@pytest.mark.parametrize(
    ("before", "stage", "checks"),
    [
        (25 * H, Stage.PLANNED, 0),
        (24 * H, Stage.DAY_BEFORE, 1),
        (2 * H, Stage.DAY_BEFORE, 1),
        (60 * M, Stage.HOUR_BEFORE, 1),
        (16 * M, Stage.HOUR_BEFORE, 1),
        (15 * M, Stage.LOCKED, 1),
        (0 * M, Stage.LIVE, 0),
        (-3 * H, Stage.OVER, 0),
    ],
)
async def test_a_meeting_that_is_added_late_is_caught_up_with_by_the_check_that_counts(
    before: timedelta, stage: Stage, checks: int
) -> None:
    daemon, journal = daemon_at(START - before), MemoryJournal()
    view = await looked(watch_over(daemon, journal))
    assert (stage, checks) == (view.stage, journal.kinds().count("meeting_checked"))


async def test_the_usual_load_of_a_point_that_was_taken_out_is_forgotten_at_a_start_and_after_a_reload() -> None:
    loads, daemon = Loads(), daemon_at(START - 2 * H)
    for hours in (0, 1):
        loads.note({**carrying(1e6, "huyen"), **carrying(1e6, "xa"), **carrying(1e6, "gone")}, START + hours * H)
    watch = watch_over(daemon, MemoryJournal(), loads)
    await looked(watch)
    assert {"huyen", "xa"} == loads.usual(START, END).keys()
    inventory = daemon.configuration.inventory
    without = replace(inventory, targets={id_: each for id_, each in inventory.targets.items() if id_ != "xa"})
    daemon.configuration = replace(daemon.configuration, inventory=without)
    daemon.clock.now += 61
    await looked(watch)
    assert {"huyen"} == loads.usual(START, END).keys()


async def test_each_check_is_made_once_and_the_last_one_is_sealed() -> None:
    daemon, journal = daemon_at(START - 25 * H), MemoryJournal()
    watch = watch_over(daemon, journal)
    stages = []
    for before in (25 * H, 24 * H, 23 * H, 60 * M, 59 * M, 15 * M, 14 * M):
        daemon.clock.now = (START - before).timestamp()
        stages.append((await looked(watch)).stage)
    planned, day, hour, locked = Stage.PLANNED, Stage.DAY_BEFORE, Stage.HOUR_BEFORE, Stage.LOCKED
    assert [planned, day, day, hour, hour, locked, locked] == stages
    assert ["meeting_checked"] * 3 + ["meeting_sealed"] == journal.kinds()


async def test_before_its_first_check_a_meeting_is_unknown_and_says_when_that_comes() -> None:
    view = await looked(watch_over(daemon_at(START - 30 * H), MemoryJournal()))
    assert (Verdict.UNKNOWN, "planned", {}) == (view.verdict, view.reason.code, dict(view.endpoints))
    assert (START - 24 * H).timestamp() == view.next_check_at


async def test_a_check_sends_bursts_long_enough_for_what_ready_claims() -> None:
    daemon = daemon_at(START - 60 * M)
    view = await looked(watch_over(daemon, MemoryJournal()))
    assert {"dc-xa": 300, "dc-huyen": 300} == bursts(daemon)
    assert {"dc-xa", "dc-huyen"} == {spec.target for spec in daemon.asked if isinstance(spec, SipSpec)}
    assert (Verdict.READY, daemon.clock.now) == (view.verdict, view.checked_at)


async def test_without_the_burst_s_replies_nobody_is_ready() -> None:
    daemon = daemon_at(START - 60 * M)
    daemon.answers = False
    view = await looked(watch_over(daemon, MemoryJournal()))
    assert (Verdict.AT_RISK, "few_samples") == (view.endpoints["dc-xa"].verdict, view.endpoints["dc-xa"].reason.code)  # type: ignore[union-attr]


async def test_who_is_in_a_call_or_silent_gets_no_burst() -> None:
    daemon = daemon_at(START - 60 * M)
    daemon.views |= {"dc-xa": seen(snmp=agent(START.timestamp() - 3600, conference_in_call=1))}
    daemon.views |= {"dc-huyen": replace(daemon.views["dc-huyen"], state=State.DOWN)}
    await looked(watch_over(daemon, MemoryJournal()))
    assert {"dc-xa": 5, "dc-huyen": 5} == bursts(daemon)


async def test_no_more_endpoints_are_burst_at_once_than_the_settings_permit() -> None:
    one = Settings(meetings=MeetingSettings(at_once=1))
    daemon = daemon_at(START - 60 * M, settings=one)
    await looked(watch_over(daemon, MemoryJournal()))
    assert [0, 1, 1] == sorted(daemon.at_once)


async def test_the_last_check_asks_only_who_was_not_ready() -> None:
    daemon = daemon_at(START - 60 * M)
    watch = watch_over(daemon, MemoryJournal())
    await looked(watch)
    daemon.views |= {"dc-xa": seen(flapping=True)}
    daemon.asked.clear()
    daemon.clock.now = (START - 15 * M).timestamp() - 20
    await looked(watch)
    daemon.clock.now = (START - 15 * M).timestamp()
    await looked(watch)
    assert {"dc-xa"} == {spec.target for spec in daemon.asked}


async def test_a_restart_loses_neither_checks_nor_ticks_nor_the_sealed_report() -> None:
    daemon, journal = daemon_at(START - 15 * M), MemoryJournal()
    watch = watch_over(daemon, journal)
    before = await looked(watch)
    assert await watch.confirm("m1", "dc-xa", GOOD) is not None
    daemon.asked.clear()
    again = watch_over(daemon, journal)
    async with again.running():
        after = again.meetings()[0]
        report = await again.sealed("m1")
    assert [] == daemon.asked
    assert (Stage.LOCKED, before.checked_at, before.seal) == (after.stage, after.checked_at, after.seal)
    assert GOOD == after.endpoints["dc-xa"].confirmation
    assert report is not None
    assert (before.verdict, before.seal, list(before.endpoints)) == (report.verdict, report.seal, list(report.endpoints))


async def test_a_report_that_was_changed_in_the_journal_is_no_sealed_report() -> None:
    daemon, journal = daemon_at(START - 15 * M), MemoryJournal()
    await looked(watch_over(daemon, journal))
    (event,) = [each for each in journal.entries if isinstance(each, Event) and each.kind == "meeting_sealed"]
    forged = {**event.values, "body": str(event.values["body"]).replace('"ready"', '"not_ready"')}
    journal.entries[journal.entries.index(event)] = replace(event, values=forged)
    again = watch_over(daemon, journal)
    async with again.running():
        with pytest.raises(ValueError, match="was changed"):
            await again.sealed("m1")


async def test_what_is_sealed_names_its_wording_and_is_told_in_it() -> None:
    daemon, journal = daemon_at(START - 15 * M), MemoryJournal()
    await looked(watch_over(daemon, journal))
    told = json.loads(str(sealed_in(journal).values["body"]))
    assert NEWEST == told["wording"]
    assert NEWEST == (await opened(daemon, journal)).wording
    reseal(journal, {key: value for key, value in told.items() if key != "wording"})
    assert OF_0_1 == (await opened(daemon, journal)).wording, "version 0.1 sealed no number"


async def test_what_a_later_version_sealed_is_refused_unless_it_was_changed() -> None:
    daemon, journal = daemon_at(START - 15 * M), MemoryJournal()
    await looked(watch_over(daemon, journal))
    reseal(journal, {"wording": NEWEST + 1, "form": "of which nothing is known"})
    with pytest.raises(RefusedError) as refused:
        await opened(daemon, journal)
    assert ("sealed_later", {"name": "m1"}) == (refused.value.code, dict(refused.value.values))
    event = sealed_in(journal)
    journal.entries[journal.entries.index(event)] = replace(event, values={**event.values, "seal": "0" * 64})
    with pytest.raises(ValueError, match="was changed"):
        await opened(daemon, journal)


async def test_a_sealed_report_keeps_its_title_end_and_endpoints_whatever_becomes_of_the_meeting() -> None:
    daemon, journal = daemon_at(START - 15 * M), MemoryJournal()
    await looked(watch_over(daemon, journal))
    other = replace(MEETING, title="Họp khác", end=END + H, endpoints=("dc-xa",))
    daemon.configuration = replace(daemon.configuration, meetings=Schedule(LOCAL, (other,)))  # type: ignore[arg-type]
    view = await opened(daemon, journal)
    found = view.meeting
    assert (MEETING.title, END, set(MEETING.endpoints)) == (found.title, found.end, set(found.endpoints))


def sealed_in(journal: MemoryJournal) -> Event:
    (event,) = [each for each in journal.entries if isinstance(each, Event) and each.kind == "meeting_sealed"]
    return event


def reseal(journal: MemoryJournal, told: object) -> None:
    """Have the journal hold another sealed report in place of the one that it has."""
    event, text = sealed_in(journal), json.dumps(told)
    journal.entries[journal.entries.index(event)] = replace(event, values={**event.values, "body": text, "seal": seal(text)})


async def opened(daemon: FakeDaemon, journal: MemoryJournal) -> MeetingView:
    """Return the sealed report as a daemon opens it that has just started."""
    again = watch_over(daemon, journal)
    async with again.running():
        view = await again.sealed("m1")
    assert view is not None
    return view


async def test_what_was_found_before_a_meeting_was_moved_says_nothing_of_its_new_time() -> None:
    daemon, journal = daemon_at(START - 60 * M), MemoryJournal()
    await looked(watch_over(daemon, journal))
    moved = replace(MEETING, start=START + 48 * H, end=END + 48 * H)
    daemon.configuration = replace(daemon.configuration, meetings=Schedule(LOCAL, (moved,)))  # type: ignore[arg-type]
    again = watch_over(daemon, journal)
    async with again.running():
        assert (Stage.PLANNED, None) == (again.meetings()[0].stage, again.meetings()[0].checked_at)


async def test_a_meeting_that_was_moved_by_mistake_has_its_ticks_and_its_seal_again() -> None:
    daemon = daemon_at(START - 15 * M)
    watch = watch_over(daemon, MemoryJournal())
    before = await looked(watch)
    assert await watch.confirm("m1", "dc-xa", GOOD) is not None
    meetings = daemon.configuration.meetings
    moved = replace(MEETING, start=START + 48 * H, end=END + 48 * H)
    for schedule in (Schedule(LOCAL, (moved,)), Schedule(LOCAL, ()), meetings):  # type: ignore[arg-type]
        daemon.configuration = replace(daemon.configuration, meetings=schedule)
        await watch.look()
    (after,) = watch.meetings()
    assert before.seal
    assert (before.seal, before.checked_at, GOOD) == (after.seal, after.checked_at, after.endpoints["dc-xa"].confirmation)


async def test_a_reload_is_followed_at_the_next_look() -> None:
    daemon = daemon_at(START - 30 * H)
    watch = watch_over(daemon, MemoryJournal())
    await looked(watch)
    other = replace(MEETING, id="m2", start=START + H)
    daemon.configuration = replace(daemon.configuration, meetings=Schedule(LOCAL, (other,)))  # type: ignore[arg-type]
    assert "m2" == (await looked(watch)).meeting.id
    assert 1 == len(watch.meetings())


async def test_endpoints_are_told_when_they_have_meetings() -> None:
    daemon = daemon_at(START - 30 * H)
    await looked(watch_over(daemon, MemoryJournal()))
    assert {"dc-xa": [(START, END)], "dc-huyen": [(START, END)]} == dict(daemon.meeting_spans)


async def test_a_tick_is_in_the_journal_and_part_of_the_verdict_at_once() -> None:
    daemon, journal = daemon_at(START - 60 * M), MemoryJournal()
    watch = watch_over(daemon, journal)
    await looked(watch)
    told: list[MeetingView] = []
    watch.subscribe(told.append)
    bad = replace(GOOD, good=False, note="micro rè")
    view = await watch.confirm("m1", "dc-xa", bad)
    assert view is not None
    assert (Verdict.AT_RISK, True, bad) == (
        view.verdict,
        view.endpoints["dc-xa"].disputed,
        told[-1].endpoints["dc-xa"].confirmation,
    )
    event = journal.entries[-1]
    assert isinstance(event, Event)
    assert "m1: kỹ thuật xã reports a fault (somebody on site, picture, sound): micro rè" == sentence(event)


@pytest.mark.parametrize(("meeting", "endpoint"), [("m2", "dc-xa"), ("m1", "dc-khac"), ("m1", "xa")])
async def test_nobody_confirms_what_is_not_there(meeting: str, endpoint: str) -> None:
    watch = watch_over(daemon_at(START - 60 * M), MemoryJournal())
    await looked(watch)
    assert await watch.confirm(meeting, endpoint, GOOD) is None


async def test_a_check_out_of_turn_is_no_check_by_the_clock() -> None:
    daemon, journal = daemon_at(START - 30 * H), MemoryJournal()
    watch = watch_over(daemon, journal)
    await looked(watch)
    steps: list[tuple[int, int]] = []
    view = await watch.check("m1", lambda done, of: steps.append((done, of)))
    assert view is not None
    assert ((0, 4), (4, 4), Stage.PLANNED, []) == (steps[0], steps[-1], view.stage, journal.kinds())
    assert await watch.check("m9") is None


async def test_a_change_of_the_board_is_judged_soon() -> None:
    daemon = daemon_at(START - 50 * M)
    watch = watch_over(daemon, MemoryJournal())
    async with watch.running():
        await looked(watch)
        told: asyncio.Queue[MeetingView] = asyncio.Queue()
        watch.subscribe(told.put_nowait)
        daemon.views |= {"dc-xa": replace(daemon.views["dc-xa"], state=State.DOWN)}
        for callback in daemon.subscribers:
            callback(daemon.snapshot())
        view = await asyncio.wait_for(told.get(), 10)
    assert Verdict.NOT_READY is view.endpoints["dc-xa"].verdict


async def test_what_does_not_change_is_not_told_again() -> None:
    daemon = daemon_at(START - 50 * M)
    watch = watch_over(daemon, MemoryJournal())
    await looked(watch)
    told: list[MeetingView] = []
    watch.subscribe(told.append)
    daemon.clock.now += 60
    await looked(watch)
    assert [] == told


def transition(at: datetime, old: State, new: State, cause: str | None = None) -> Transition:
    return Transition("dc-xa", old, new, at.timestamp(), cause, Reason("silent"))


async def test_afterwards_it_says_who_missed_how_much_and_why() -> None:
    daemon, journal = daemon_at(START + H), MemoryJournal()
    journal.entries += [
        transition(START - H, State.UP, State.UNREACHABLE, "huyen"),
        transition(START + 12 * M, State.UNREACHABLE, State.UP),
        transition(START + 50 * M, State.UP, State.DOWN, "dc-xa"),
        transition(START + 55 * M, State.DOWN, State.UP),
    ]
    watch = watch_over(daemon, journal)
    live = await looked(watch)
    daemon.clock.now = END.timestamp() + 120
    over = await looked(watch)
    assert (Stage.LIVE, Stage.OVER) == (live.stage, over.stage)
    for view in (live, over):
        assert [("dc-xa", 17.0, "huyen")] == [(loss.endpoint, loss.minutes, loss.cause) for loss in view.losses]


async def test_an_endpoint_that_was_cut_off_all_week_is_at_risk() -> None:
    daemon, journal = daemon_at(START - 60 * M), MemoryJournal()
    for day in range(1, 4):
        journal.entries += [
            transition(START - day * 24 * H, State.UP, State.DOWN, "dc-xa"),
            transition(START - day * 24 * H + M, State.DOWN, State.UP),
        ]
    journal.entries.sort(key=lambda each: each.at)
    view = await looked(watch_over(daemon, journal))
    assert "flapped" == view.endpoints["dc-xa"].reason.code  # type: ignore[union-attr]


async def test_the_next_to_begin_comes_first_and_what_is_over_last() -> None:
    later = replace(MEETING, id="m2", start=START + 5 * H, end=END + 5 * H)
    over = replace(MEETING, id="m0", start=START - 5 * H, end=START - 4 * H)
    daemon = daemon_at(START - 2 * H, later, over, MEETING)
    watch = watch_over(daemon, MemoryJournal())
    await looked(watch)
    assert ["m1", "m2", "m0"] == [view.meeting.id for view in watch.meetings()]
