"""The page of one target: what it shows of a day, of the path and of the evidence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from monitor.export.pages import ladder
from monitor.export.pages.charts import SHOWN, Chart, MeasuredDay, charts, state_strip
from monitor.export.pages.path import uplink_path
from monitor.export.pages.tiles import ProvinceLayout
from monitor.export.sentences import sentences
from monitor.model.day_series import MINUTES, UNSEEN, Day
from monitor.model.reading import Outcome, ServiceSample
from monitor.model.reason import Reason
from monitor.model.settings import QualitySettings, Settings
from monitor.model.state import Event, ServiceView, Snapshot, State, Transition
from monitor.rules.bounds import Grade
from monitor.rules.evidence import gather
from tests.export import days, sample
from tests.export.sample import FakeSource
from tests.export.test_page import Reader

SAY = sentences("vi", "Asia/Ho_Chi_Minh")
SETTINGS = Settings()
END = sample.NOW // 60 * 60


def drawn(day: Day, state: State = State.UP, settings: Settings = SETTINGS, **changes: object) -> dict[str, Chart]:
    snapshot = sample.with_view(sample.snapshot(states={"xa-1-1": state}), "xa-1-1", **changes)
    view = snapshot.views["xa-1-1"]
    measured = MeasuredDay(view, gather(view, snapshot, settings), day)
    return {each.key: each for each in charts(measured, measured, settings, SAY)}


def series(*last: float | None) -> tuple[float | None, ...]:
    return (*UNSEEN[len(last) :], *last)


def test_a_gap_is_never_bridged() -> None:
    chart = drawn(Day(END, rtts_s=series(0.01, 0.01, None, 0.02, None, 0.01, 0.01)))["rtt"]
    assert chart.d.count("M") == 3
    assert [int(part.split()[0]) for part in chart.d.replace("L", "M").split("M")[1:]] == [353, 354, 356, 358, 359]


def test_minutes_in_which_nothing_came_back_are_gaps_of_the_loss_too() -> None:
    chart = drawn(Day(END, losses=series(0.0, 1.0, 0.02)))["loss"]
    assert chart.d.count("M") == 2
    assert "cao nhất 2,0%" in chart.label


def test_the_usual_is_a_band_once_an_hour_is_known() -> None:
    assert drawn(Day(END, rtts_s=series(*[0.01] * 59)))["rtt"].band is None
    top, height = drawn(Day(END, rtts_s=(0.01,) * MINUTES))["rtt"].band or (0, 0)
    assert top < 1000 * (1 - 1 / 1.15) < top + height


@pytest.mark.parametrize(
    ("rtt_s", "names", "note"),
    [(0.012, [], "6 giờ, ngưỡng 200 ms"), (0.09, ["200 ms"], "6 giờ, ngưỡng 300 ms"), (0.2, ["200 ms", "300 ms"], "6 giờ")],
)
def test_limits_are_drawn_where_the_line_comes_near_and_named_where_it_does_not(rtt_s: float, names: list[str], note: str) -> None:
    chart = drawn(Day(END, rtts_s=series(*[rtt_s] * 5)), usual_rtt_s=None)["rtt"]
    assert (names, note) == ([limit.name for limit in chart.limits], chart.note)


def test_the_limit_of_a_site_is_red_and_alone_where_its_usual_is_far_below_the_others() -> None:
    chart = drawn(Day(END, rtts_s=series(*[0.2] * 5)), usual_rtt_s=0.011)["rtt"]
    assert [("61 ms", Grade.RED)] == [(limit.name, limit.grade) for limit in chart.limits]


def test_the_contract_and_its_share_are_always_drawn() -> None:
    chart = drawn(Day(END, receive_bps=series(1e6)))["bandwidth"]
    assert [limit.name for limit in chart.limits] == ["80%", "hợp đồng 50 Mbit/s"]
    assert (chart.figure.text, chart.aside) == ("20 Mbit/s", "40%, lên 2 Mbit/s")


def test_what_is_silent_has_no_value_of_now() -> None:
    found = drawn(Day(END), State.DOWN)
    assert [found[key].figure.text for key in ("rtt", "jitter", "loss", "bandwidth")] == [""] * 4
    assert found["loss"].aside == "không gói nào trở về"


def test_a_rtt_far_over_its_usual_says_how_many_times() -> None:
    """Far is what degrades it by the settings: three times, and 50 ms more."""
    settings = replace(SETTINGS, quality=QualitySettings(rtt_usual_factor=2.5, rtt_usual_extra_s=0.005))
    for of, usual_s, aside in (
        (SETTINGS, 0.004, "thường ngày 4 ms"),
        (settings, 0.004, "gấp 3 lần thường ngày 4 ms"),
        (settings, 0.005, "thường ngày 5 ms"),
    ):
        chart = drawn(Day(END), usual_rtt_s=usual_s, settings=of)["rtt"]
        assert (chart.figure.text, chart.aside) == ("12 ms", aside)


def change(minutes_ago: float, old: State | None, new: State) -> Transition:
    return Transition("xa-1-1", old, new, sample.NOW - minutes_ago * 60, None, Reason("answers"))


def test_the_strip_covers_the_day_without_holes() -> None:
    view = sample.view(sample.inventory().targets["xa-1-1"], State.DEGRADED, since=sample.NOW - 1800)
    changes = [change(30, State.UP, State.DEGRADED), change(100, State.DOWN, State.UP), change(124, State.UP, State.DOWN)]
    found = state_strip(view, changes, sample.NOW, SAY)
    assert [each.state for each in found.stretches] == [State.UP, State.DOWN, State.UP, State.DEGRADED]
    assert sum(each.width for each in found.stretches) == MINUTES
    assert found.summary == "Có trả lời 98,3% · mất kết nối 24 phút · suy giảm 30 phút"


def test_what_came_before_the_first_judgement_is_unknown() -> None:
    view = sample.view(sample.inventory().targets["xa-1-1"], State.UP, since=sample.NOW - 3600)
    found = state_strip(view, [change(60, None, State.UP)], sample.NOW, SAY)
    assert [each.state for each in found.stretches] == [State.UNKNOWN, State.UP]


def test_a_state_that_lasts_for_longer_than_a_day_fills_it() -> None:
    view = sample.view(sample.inventory().targets["xa-1-1"], State.UP, since=sample.NOW - 200_000)
    found = state_strip(view, [], sample.NOW, SAY)
    assert ([each.state for each in found.stretches], found.summary) == ([State.UP], "Có trả lời 100%")


def path(snapshot: Snapshot, id_: str) -> list[tuple[str, str]]:
    layout = ProvinceLayout(snapshot.inventory)
    return [(hop.target, hop.grade) for hop in uplink_path(snapshot.views[id_], layout, snapshot, SETTINGS, SAY)]


def test_the_path_breaks_at_the_cause_and_not_at_the_target() -> None:
    snapshot = sample.snapshot(states={"ubnd-1": State.DOWN})
    expected = [(sample.ROOT, ""), ("ubnd-1", "red"), ("xa-1-1", "beyond"), ("dc-xa-1-1", "beyond")]
    assert expected == path(snapshot, "xa-1-1")
    assert expected == path(snapshot, "dc-xa-1-1")


def test_of_two_uplinks_the_path_goes_by_the_one_that_answers() -> None:
    made = sample.inventory()
    target = replace(made.targets["xa-1-1"], parents=("ubnd-1", "ubnd-2"))
    made = replace(made, targets={**made.targets, "xa-1-1": target})
    assert [id_ for id_, _ in path(sample.snapshot(made, {"ubnd-1": State.DOWN}), "xa-1-1")][1] == "ubnd-2"


def steps(snapshot: Snapshot, id_: str) -> list[tuple[str, str, str]]:
    return [(each.mark, each.label, each.text) for each in ladder.routine(snapshot.views[id_], snapshot, SETTINGS, SAY)]


def test_too_few_samples_are_never_good() -> None:
    thin = replace(sample.icmp(), loss_recent=None, packets_recent=20)
    found = steps(sample.with_view(sample.snapshot(), "dc-xa-1-1", icmp=thin), "dc-xa-1-1")
    assert ("unknown", "Chất lượng", "chưa đủ mẫu: 20 gói") in found


def test_the_ladder_tells_signalling_registration_and_calls() -> None:
    values = {'conference_registered{protocol="sip"}': 0.0, "conference_in_call": 1.0}
    sip = ServiceView(sample.NOW - 9, Outcome.OK, (), ServiceSample("udp", 200, "OK", values=values))
    found = steps(sample.with_view(sample.snapshot(), "dc-xa-1-1", services={"sip": sip}), "dc-xa-1-1")
    assert found[-3:] == [
        ("ready", "Cổng báo hiệu", "SIP 200 OK"),
        ("not_ready", "Đăng ký", "sip chưa đăng ký"),
        ("at_risk", "Đang rảnh", "đang trong cuộc gọi"),
    ]


async def test_the_page_tells_state_reason_path_and_events(
    client: TestClient[web.Request, web.Application], source: FakeSource
) -> None:
    source.now = sample.snapshot(states={"ubnd-1": State.DOWN})
    source.days = {"xa-1-1": days.day(source.now.views["xa-1-1"], sample.NOW)}
    source.journal = [
        Event(sample.NOW - 60, "path", "xa-1-1", told=(Reason("path_after", {"hop": 3, "address": "10.2.0.9"}),)),
        change(90, State.DOWN, State.UP),
    ]
    answer = await client.get("/targets/xa-1-1")
    html = await answer.text()
    assert (200, "text/html") == (answer.status, answer.content_type)
    for text in (
        "Mất do tuyến trên",
        "Nguyên nhân: UBND huyện 1; sửa xong chỗ ấy là có lại",
        "đứt sau chặng 3, 10.2.0.9",
        "Có trả lời",
    ):
        assert text in html
    assert {"/targets/ubnd-1", "/targets/dc-xa-1-1"} <= {link["href"] for link in Reader(html).all("a")}
    assert "style=" not in html
    assert [figure["aria-label"] for figure in Reader(html).all("svg", role="img")][1:]


@pytest.mark.parametrize("id_", [sample.ROOT, "ubnd-1", "xa-1-1", "dc-xa-1-1", "xa-2-1"])
@pytest.mark.parametrize("language", ["vi", "en"])
async def test_every_target_has_a_page_also_before_anything_was_seen(
    client: TestClient[web.Request, web.Application], source: FakeSource, id_: str, language: str
) -> None:
    source.now = sample.snapshot(states={"ubnd-1": State.DOWN, "xa-2-1": None})
    assert (await client.get(f"/targets/{id_}?lang={language}")).status == 200


async def test_a_target_that_does_not_exist_is_not_found(client: TestClient[web.Request, web.Application]) -> None:
    assert [(await client.get(path)).status for path in ("/targets/nobody", "/api/v1/stream?page=target&id=nobody")] == [404, 404]


def test_a_chart_holds_six_hours() -> None:
    assert SHOWN == 6 * 60
