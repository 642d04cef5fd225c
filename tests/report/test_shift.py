"""The shift log is what the journal says, no more and no less."""

from __future__ import annotations

from monitor.model.reason import Reason
from monitor.model.state import Event, State, Transition
from monitor.report.shift import Entry, Gap, Outage, ShiftLog, ShiftRecords, shift_log
from monitor.rules import operations
from tests.report import evening
from tests.report.evening import SINCE, UNTIL, at, became, fell, took

LOG = shift_log(evening.JOURNAL, evening.inventory(), SINCE, UNTIL)


def log_of(*during: Entry, before: tuple[Entry, ...] = ()) -> ShiftLog:
    return shift_log(ShiftRecords(before, during), evening.inventory(), SINCE, UNTIL)


def only(log: ShiftLog) -> Outage:
    (outage,) = log.outages
    return outage


def test_what_is_open_at_the_end_is_handed_over_with_who_has_it() -> None:
    assert [("xa-lung-cu", at("21:41"), None), ("xa-lao-va-chai", at("13:10"), None)] == [
        (each.target, each.began, each.ended) for each in LOG.open
    ]
    assert [None, "Ca sáng"] == [each.holder.by if each.holder else None for each in LOG.open]
    assert [19 * 60, 8 * 3_600 + 50 * 60] == [each.down_s for each in LOG.open]


def test_an_outage_tells_its_blast_radius_its_path_and_everybody_who_took_it_on() -> None:
    outage = next(each for each in LOG.closed if each.target == "ubnd-dong-van")
    assert (19, 20, Reason("path_after", {"hop": 3, "address": "10.0.1.1"})) == (outage.points, outage.endpoints, outage.path)
    assert ["Ca trực", "VNPT"] == [taken.by for taken in outage.taken]
    assert (None, 180.0, 77 * 60) == (outage.holder, outage.answered_s, outage.down_s)


def test_a_line_that_comes_and_goes_is_one_row_with_the_time_that_it_was_down() -> None:
    outage = next(each for each in LOG.closed if each.target == "dc-xa-can-ty")
    assert (2, at("15:02"), at("15:09"), 180.0) == (outage.falls, outage.began, outage.ended, outage.down_s)
    apart = log_of(
        fell("xa-lung-cu", "15:00"),
        became("xa-lung-cu", "15:01", State.UP),
        fell("xa-lung-cu", "15:12"),
        became("xa-lung-cu", "15:13", State.UP),
    )
    assert [1, 1] == [each.falls for each in apart.outages]


def test_an_outage_goes_on_while_the_uplink_is_down_too_or_nothing_is_known() -> None:
    log = log_of(
        fell("xa-lung-cu", "15:00"),
        became("xa-lung-cu", "15:10", State.UNREACHABLE),
        became("xa-lung-cu", "15:20", State.UNKNOWN, old=State.UNREACHABLE),
        Transition("xa-lung-cu", State.UNKNOWN, State.DOWN, at("15:30"), "xa-lung-cu", evening.LOSS, (), 3, 4),
        became("xa-lung-cu", "16:00", State.UP),
    )
    assert (3_600.0, 1, 3, 4) == (only(log).down_s, only(log).falls, only(log).points, only(log).endpoints)


def behind(id_: str, clock: str, cause: str) -> Transition:
    return Transition(id_, State.DOWN, State.UNREACHABLE, at(clock), cause, evening.LOSS)


def test_what_a_wider_outage_swallowed_is_behind_it_and_nobody_need_take_it_on() -> None:
    swallowed = (fell("xa-lung-cu", "15:00"), fell("ubnd-dong-van", "15:10", 3), behind("xa-lung-cu", "15:10", "ubnd-dong-van"))
    assert [("ubnd-dong-van", "", True), ("xa-lung-cu", "ubnd-dong-van", False)] == [
        (each.target, each.behind, each.is_untaken) for each in log_of(*swallowed).open
    ]
    wider = log_of(*swallowed, fell("goc", "15:20", 5), behind("ubnd-dong-van", "15:20", "goc"))
    assert {"goc": "", "ubnd-dong-van": "goc", "xa-lung-cu": "goc"} == {each.target: each.behind for each in wider.open}
    again = log_of(*swallowed, became("ubnd-dong-van", "15:30", State.UP), fell("xa-lung-cu", "15:31"))
    assert [("xa-lung-cu", "", True)] == [(each.target, each.behind, each.is_untaken) for each in again.open]


def test_who_withdrew_has_nothing_any_more() -> None:
    log = log_of(
        fell("xa-lung-cu", "15:00"),
        took("xa-lung-cu", "15:05", "Ca trực"),
        operations.withdrawn("xa-lung-cu", "Ca trực", at("15:20")),
    )
    assert (None, ["Ca trực"]) == (only(log).holder, [taken.by for taken in only(log).taken])


def test_what_began_and_ended_before_the_shift_is_not_told_nor_what_is_no_longer_watched() -> None:
    gone = Transition("xa-cu", State.UP, State.DOWN, at("09:00"), "xa-cu", evening.LOSS)
    assert () == log_of(before=(became("xa-lung-cu", "13:00", State.UP), gone)).outages


def test_maintenance_is_what_touches_the_shift_announced_or_of_the_configuration() -> None:
    assert [
        ("thử nguồn", at("15:00"), at("15:30"), "Ca trực"),
        ("cập nhật tường lửa hằng tuần", at("19:00"), at("19:40"), ""),
        ("thay modem", at("20:10"), None, "Ca trực"),
    ] == [(each.reason, each.began, each.ended, each.by) for each in LOG.maintenance]


def test_targets_that_a_window_covers_together_are_one_maintenance() -> None:
    entered = [became(name, "19:00", State.MAINTENANCE, evening.WEEKLY, State.UP) for name in ("xa-lung-cu", "xa-sung-mang")]
    left = [became(name, clock, State.UP) for name, clock in (("xa-lung-cu", "19:30"), ("xa-sung-mang", "19:31"))]
    again = became("xa-lung-cu", "21:00", State.MAINTENANCE, evening.WEEKLY, State.UP)
    first, second = log_of(*entered, *left, again).maintenance
    assert (("xa-lung-cu", "xa-sung-mang"), at("19:31")) == (first.ids, first.ended)
    assert (("xa-lung-cu",), None) == (second.ids, second.ended)


def event(kind: str, clock: str) -> Event:
    return Event(at(clock), kind, "")


def test_when_the_monitor_saw_nothing_is_told_from_when_to_when() -> None:
    (gap,) = LOG.gaps
    assert ("blind", at("18:00"), at("18:04")) == (gap.kind, gap.began, gap.ended)
    started, blind = event("started", "06:00"), event("blind", "13:50")
    log = log_of(event("sighted", "14:10"), event("stopped", "15:00"), event("started", "15:02"), before=(started, blind))
    assert [("blind", at("13:50"), at("14:10")), ("stopped", at("15:00"), at("15:02"))] == spans(log)


def spans(log: ShiftLog) -> list[tuple[str, float | None, float | None]]:
    return [(gap.kind, gap.began, gap.ended) for gap in log.gaps]


def test_a_start_without_a_stop_ends_a_gap_that_began_after_the_journals_last_line() -> None:
    log = log_of(event("blind", "15:00"), event("started", "15:05"), before=(event("started", "06:00"),))
    assert {("stopped", None, at("15:05")), ("blind", at("15:00"), at("15:05"))} == set(spans(log))
    killed = log_of(
        event("reload", "14:40"), fell("xa-lung-cu", "14:50"), event("started", "15:05"), before=(event("started", "06:00"),)
    )
    assert [(None, at("14:50"), at("15:05"))] == [(gap.began, gap.after, gap.ended) for gap in killed.gaps]
    assert () == log_of(event("started", "15:05")).gaps
    assert (Gap("stopped", at("21:00"), None, event("stopped", "21:00")),) == log_of(event("stopped", "21:00")).gaps


def test_what_answered_badly_is_added_up_within_the_shift() -> None:
    (decline,) = LOG.declines
    assert ("xa-sung-mang", 2, 3_600.0, True) == (decline.target, decline.times, decline.lasted_s, decline.is_open)
    before = became("xa-sung-mang", "10:00", State.DEGRADED, evening.LOSS, State.UP)
    (decline,) = log_of(became("xa-sung-mang", "14:30", State.UP, old=State.DEGRADED), before=(before,)).declines
    assert (1_800.0, False) == (decline.lasted_s, decline.is_open)


def test_reloads_and_misbehaving_agents_are_noted() -> None:
    assert ["reload"] == [note.kind for note in LOG.notes]
