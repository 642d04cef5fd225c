"""The panels' words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from monitor.export.pages.panels import CAUSES_SHOWN, causes, change_rows, links
from monitor.export.pages.tiles import ProvinceLayout
from monitor.export.sentences import Sentences
from monitor.model.inventory import Contact
from monitor.model.reading import Hop, PathTrace
from monitor.model.reason import Reason
from monitor.model.settings import Settings
from monitor.model.state import Acknowledgement, Blindness, Snapshot, State, Transition
from tests.export import sample

SAY = Sentences("vi", ZoneInfo("Asia/Ho_Chi_Minh"))
ENGLISH = Sentences("en", ZoneInfo("Asia/Ho_Chi_Minh"))


def of(states: Mapping[str, State | None], since: float = sample.NOW - 840) -> tuple[ProvinceLayout, Snapshot]:
    snapshot = sample.snapshot(sample.inventory(4, 5), states, since=since)
    return ProvinceLayout(snapshot.inventory), snapshot


def test_what_takes_most_stands_first_and_the_rest_is_counted() -> None:
    layout, snapshot = of(
        {"xa-2-1": State.DOWN, "ubnd-1": State.DOWN, "dc-xa-3-1": State.DOWN, "xa-3-2": State.DOWN, "xa-3-3": State.DOWN}
    )
    panel = causes(layout, snapshot, SAY)
    assert panel.rows[0].target == "ubnd-1"
    assert len(panel.rows) == CAUSES_SHOWN
    assert panel.more == "còn 2 chỗ khác"
    assert panel.summary == "5 chỗ hỏng làm mất 9 điểm mạng, 10 điểm cầu"


def test_a_cause_says_where_what_it_hits_and_since_when() -> None:
    layout, snapshot = of({"ubnd-1": State.DOWN})
    row = causes(layout, snapshot, SAY).rows[0]
    assert (row.name, row.hit, row.hit_more) == ("UBND huyện 1", "6 điểm cầu", "5 cấp xã, 1 cấp huyện")
    assert row.where == "Số 1 · Không trả lời 2 loạt gói liên tiếp"
    assert row.since == sample.NOW - 840
    traced = replace(
        snapshot, root_causes=(replace(snapshot.root_causes[0], path=Reason("path_after", {"hop": 3, "address": "10.2.0.9"})),)
    )
    assert causes(layout, traced, SAY).rows[0].where == "Số 1 · Đứt sau chặng 3, 10.2.0.9"


def test_a_cause_says_whom_to_call_until_somebody_has_it() -> None:
    layout, snapshot = of({"ubnd-1": State.DOWN})
    assert (causes(layout, snapshot, SAY).rows[0].taker, causes(layout, snapshot, SAY).rows[0].taker_more) == ("chưa ai nhận", "")
    called = replace(snapshot.views["ubnd-1"].target, contacts=(Contact("Ca trực nhà mạng", "18001111"),))
    snapshot = sample.with_view(snapshot, "ubnd-1", target=called)
    row = causes(layout, snapshot, SAY).rows[0]
    assert (row.taker, row.taker_more) == ("Gọi ca trực nhà mạng", "chưa ai nhận")
    taken = sample.with_view(snapshot, "ubnd-1", acknowledged=Acknowledgement("VNPT", 1_796_000_000.0, ""))
    row = causes(layout, taken, SAY).rows[0]
    assert (row.taker, row.taker_more) == ("VNPT", "đã nhận 07:53")


def test_without_a_fault_the_last_one_is_told() -> None:
    layout, snapshot = of({})
    assert causes(layout, snapshot, SAY).empty == "Không có chỗ hỏng nào."
    down = Transition("xa-1-1", State.UP, State.DOWN, sample.NOW - 5_000, "xa-1-1", Reason("silent", {"bursts": 2}))
    healed = replace(down, old=State.DOWN, new=State.UP, at=sample.NOW - 3_680)
    told = causes(layout, replace(snapshot, changes=(healed, down)), SAY).empty
    assert told == "Không có chỗ hỏng nào. Lần cuối: Xã 1.1, lúc 06:30, kéo dài 22 phút."
    nothing_yet = replace(snapshot, views={id_: replace(view, state=None) for id_, view in snapshot.views.items()})
    assert causes(layout, nothing_yet, SAY).empty == "Đang chờ kết quả đo đầu tiên."


def test_the_worst_links_are_graded_against_their_limits() -> None:
    _, snapshot = of({"xa-1-1": State.DEGRADED, "xa-2-2": State.DOWN})
    lossy = sample.with_view(snapshot, "xa-1-1", icmp=sample.icmp(rtt_s=0.148, loss_recent=0.018))
    full = sample.with_view(lossy, "xa-1-2", snmp=sample.snmp(interfaces=[sample.interface(receive=6_000_000.0)]))
    rows = links(full, Settings(), SAY)
    assert ["xa-1-1", "xa-1-2"] == [row.target for row in rows[:2]]
    assert (rows[0].loss.text, rows[0].loss.grade) == ("1,8%", "red")
    assert (rows[0].rtt.text, rows[0].rtt.grade, rows[0].usual) == ("148", "red", "11")
    assert (rows[1].load.text, rows[1].load.grade, rows[1].bar) == ("96%", "amber", 96)
    assert "xa-2-2" not in {row.target for row in rows}


def test_a_loss_is_told_only_once_enough_packets_are_sent() -> None:
    _, snapshot = of({})
    thin = sample.with_view(snapshot, "xa-1-1", icmp=sample.icmp(rtt_s=0.4, loss_recent=None))
    assert (links(thin, Settings(), SAY)[0].target, links(thin, Settings(), SAY)[0].loss.text) == ("xa-1-1", "")


@pytest.mark.parametrize(
    ("path", "vietnamese"),
    [
        (PathTrace("10.2.1.1", (Hop(1, "10.0.1.1"),)).describe(), "Đứt sau chặng 1, 10.0.1.1"),
        (PathTrace("10.2.1.1", (Hop(8, "10.0.1.1"),)).describe(), "Đứt sau 10.0.1.1"),
        (PathTrace("10.2.1.1").describe(), "Không chặng nào trên tuyến trả lời"),
        (PathTrace("10.2.1.1", (Hop(2, "10.2.1.1"),), True).describe(), "Tuyến thông: 10.2.1.1 trả lời ở chặng 2"),
        (PathTrace("10.2.1.1", fault=Reason("no_raw_socket")).describe(), ""),
        (None, ""),
    ],
)
def test_a_path_is_told_in_the_language_of_the_page(path: Reason | None, vietnamese: str) -> None:
    assert vietnamese == SAY.path(path)


def test_links_while_blind_are_those_of_then() -> None:
    _, snapshot = of({})
    later = replace(snapshot, at=sample.NOW + 3_600, blind=Blindness(sample.NOW, Reason("blind_silent")))
    assert links(snapshot, Settings(), SAY) == links(later, Settings(), SAY)


def test_a_whole_outage_is_two_rows_and_endpoints_do_not_repeat_their_points() -> None:
    layout, snapshot = of({"ubnd-1": State.DOWN, "xa-2-1": State.DOWN})
    rows, total = change_rows(layout, snapshot, SAY)
    assert {"UBND huyện 1", "5 điểm Số 1", "Xã 2.1"} == {row.text for row in rows}
    assert total == 14


def test_changes_are_of_the_last_hour_newest_first_and_the_last_minute_is_marked() -> None:
    layout, snapshot = of({})
    of_up = Transition("xa-1-1", State.DOWN, State.UP, sample.NOW - 30, None, Reason("answers"))
    old = (of_up, replace(of_up, target="xa-1-2", at=sample.NOW - 3_000), replace(of_up, target="xa-1-3", at=sample.NOW - 3_700))
    rows, total = change_rows(layout, replace(snapshot, changes=old), ENGLISH)
    assert [("Xã 1.1", True), ("Xã 1.2", False)] == [(row.text, row.is_new) for row in rows]
    assert total == 2


@pytest.mark.parametrize("say", [SAY, ENGLISH])
def test_a_reason_that_the_catalogue_does_not_know_does_not_break_the_page(say: Sentences) -> None:
    assert say.reason(Reason("of_tomorrow")) == "Of_tomorrow"
    assert say.reason(Reason("silent")) == "Silent"
