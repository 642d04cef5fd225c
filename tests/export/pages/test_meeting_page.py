"""A meeting's board and the list of meetings: what they count, say and take."""

from __future__ import annotations

import gzip
import re
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from monitor.errors import Fault, Notice
from monitor.export.http import make_app
from monitor.export.pages import meeting_board
from monitor.export.pages.meeting_page import day_steps
from monitor.export.sentences import sentences
from monitor.model.inventory import Kind
from monitor.model.meeting import EndpointVerdict, Loss, MeetingView, Rung, Stage, Verdict
from monitor.model.reason import Reason
from monitor.model.state import Acknowledgement, Snapshot, State
from monitor.words.readiness import tell_finding
from tests.export import meeting_morning, morning, sample
from tests.export.meeting_morning import ID, FakeMeetings
from tests.export.reporting import made_here
from tests.export.sample import FakeSource
from tests.export.test_page import Reader

Client = TestClient[web.Request, web.Application]
SAY = sentences("vi", "Asia/Ho_Chi_Minh")
SNAPSHOT = morning.morning(sample.inventory(12, 19))
MANY = meeting_morning.view(SNAPSHOT)


@pytest.fixture
def meetings(source: FakeSource) -> FakeMeetings:
    source.now = SNAPSHOT
    return meeting_morning.week(SNAPSHOT)


@pytest.fixture
async def served(source: FakeSource, meetings: FakeMeetings) -> AsyncIterator[Client]:
    async with TestClient(TestServer(make_app(source, meetings=meetings, reporter=made_here))) as client:
        yield client


def all_tiles(view: MeetingView, snapshot: Snapshot = SNAPSHOT) -> list[meeting_board.EndpointTile]:
    return [meeting_board.tile(id_, view, snapshot.inventory) for id_ in view.meeting.endpoints]


async def test_every_endpoint_has_a_tile_and_all_counts_add_up(served: Client) -> None:
    html = await (await served.get(f"/meetings/{ID}")).text()
    tiles = Reader(html).all("button", class_="t")
    assert len(MANY.meeting.endpoints) == len(tiles) == sum(MANY.counts().values())
    for verdict, count in MANY.counts().items():
        assert count == sum(tile["data-s"] == verdict for tile in tiles)
        assert f'data-s="{verdict}" aria-pressed="false"' in html
    chips = meeting_board.chips(all_tiles(MANY), SAY, SNAPSHOT.inventory.levels)
    wrong = sum(count for verdict, count in MANY.counts().items() if verdict is not Verdict.READY)
    assert wrong == sum(chip.count for chip in chips if chip.key.startswith("r="))
    assert len(tiles) == sum(chip.count for chip in chips if chip.key.startswith("l=")) == chips[0].count


def test_what_is_to_do_covers_everyone_who_is_not_ready_and_nobody_twice() -> None:
    todo = meeting_board.actions(MANY, SNAPSHOT, SAY)
    assert sum(action.count for action in todo) == len(MANY.endpoints) - MANY.counts()[Verdict.READY]
    assert [meeting_board.GRAVITY[action.verdict] for action in todo] == sorted(
        meeting_board.GRAVITY[action.verdict] for action in todo
    )
    assert len({action.group for action in todo}) == len(todo)
    assert all(action.what and action.who for action in todo)


def test_a_dead_uplink_is_one_thing_to_do_and_who_has_it_is_told() -> None:
    snapshot = sample.snapshot(states={"ubnd-1": State.DOWN})
    taken = Acknowledgement("Ca trực nhà mạng", sample.NOW - 60, "")
    snapshot = sample.with_view(snapshot, "ubnd-1", acknowledged=taken)
    (action,) = meeting_board.actions(meeting_morning.view(snapshot), snapshot, SAY)[:1]
    assert (6, "UBND huyện 1", "Ca trực nhà mạng đã nhận 07:52") == (action.count, action.names, action.taker)
    tiles = all_tiles(meeting_morning.view(snapshot), snapshot)
    behind = {tile.target.id for tile in tiles if tile.is_behind}
    assert behind == {f"dc-xa-1-{number}" for number in range(1, 6)}, "the point's own endpoint is solid: it is where the fault is"


def test_who_has_something_to_do_is_told_apart_and_said_only_what_is_true_of_each() -> None:
    snapshot = sample.snapshot()
    ids = [target.id for target in snapshot.inventory.of_kind(Kind.ENDPOINT) if target.level == "commune"][:2]
    targets = dict(snapshot.inventory.targets)
    for id_, area in zip(ids, ("huyen-1", "huyen-2"), strict=True):
        targets[id_] = replace(targets[id_], short="Tả Lủng", area=area)
    snapshot = replace(snapshot, inventory=replace(snapshot.inventory, targets=targets))
    usual = meeting_morning.view(morning.fine(sample.inventory()), is_fine=True)

    def lossy(id_: str, ratio: float) -> EndpointVerdict:
        reason = Reason("loss", {"loss_ratio": ratio, "packets": 700})
        return EndpointVerdict(id_, Verdict.NOT_READY, rung=Rung.QUALITY, reason=reason, action=Reason("do_quality"))

    def told(*ratios: float) -> tuple[str, str]:
        verdicts = {id_: lossy(id_, ratio) for id_, ratio in zip(ids, ratios, strict=True)}
        (action,) = meeting_board.actions(replace(usual, endpoints=verdicts), snapshot, SAY)
        return action.names, action.why

    assert ("Tả Lủng Số 1, Tả Lủng Số 2", "Chất lượng") == told(0.05, 0.02)
    assert "Mất gói 5,0% trên 700 gói" == told(0.05, 0.05)[1]


async def test_who_missed_a_meeting_is_told_by_the_journals_reasons(served: Client, meetings: FakeMeetings) -> None:
    live = meeting_morning.view(SNAPSHOT, stage=Stage.LIVE)
    uplink = Loss(live.meeting.endpoints[-1], 90.0, "ubnd-1", Reason("behind", {"uplink": "ubnd-1"}))
    meetings.publish(replace(live, losses=(*live.losses, uplink)))
    text = await (await served.get(f"/meetings/{ID}")).text()
    assert "Nằm sau UBND huyện 1 đang mất kết nối" in text
    assert "Không trả lời 2 loạt gói liên tiếp" in text


def test_the_verdict_says_what_is_still_possible() -> None:
    said = meeting_board.verdict_sentence(MANY, SNAPSHOT, SAY)
    counts = MANY.counts()
    assert f"{counts[Verdict.NOT_READY]}/{len(MANY.endpoints)} điểm cầu chưa sẵn sàng" in said
    assert f"họp được {counts[Verdict.READY] + counts[Verdict.AT_RISK]}/{len(MANY.endpoints)} điểm cầu" in said
    fine = morning.fine(sample.inventory())
    assert "Nếu không kịp" not in meeting_board.verdict_sentence(meeting_morning.view(fine, is_fine=True), fine, SAY)


def test_a_tile_is_said_in_words_with_machine_and_technician() -> None:
    tile = next(each for each in all_tiles(MANY) if each.rung == Rung.REGISTRATION)
    assert meeting_board.endpoint_title(tile, SAY) == f"{tile.target.name}: Chưa sẵn sàng, Mất đăng ký, " + (
        "kỹ thuật viên đã xác nhận" if tile.site else "chưa xác nhận"
    )


@pytest.mark.parametrize(
    ("stage", "marks"),
    [
        (Stage.PLANNED, ["todo"] * 4),
        (Stage.DAY_BEFORE, ["done", "todo", "todo", "todo"]),
        (Stage.HOUR_BEFORE, ["done", "done", "todo", "todo"]),
        (Stage.LOCKED, ["done", "done", "done", "todo"]),
        (Stage.LIVE, ["done", "done", "done", "now"]),
        (Stage.OVER, ["done"] * 4),
    ],
)
def test_the_day_of_a_meeting_is_four_checks(stage: Stage, marks: list[str]) -> None:
    assert marks == [step.mark for step in day_steps(replace(MANY, stage=stage), SAY, SNAPSHOT.at)]


def test_a_meeting_under_way_is_not_told_as_done_when_its_last_check_was() -> None:
    last, live = day_steps(replace(MANY, stage=Stage.LIVE, checked_at=SNAPSHOT.at - 900), SAY, SNAPSHOT.at)[-2:]
    assert ("done", "now", "") == (last.mark, live.mark, live.when)


def test_a_check_under_way_says_how_far_it_is() -> None:
    found = day_steps(replace(MANY, stage=Stage.DAY_BEFORE, checking=(120, 241)), SAY, SNAPSHOT.at)[1]
    assert ("now", "đang đo 120/241") == (found.mark, found.when)


async def test_the_reason_is_one_click_away_with_evidence_ages_and_whom_to_call(served: Client) -> None:
    ill = next(each for each in MANY.endpoints.values() if each.rung is Rung.REGISTRATION)
    html = await (await served.get(f"/meetings/{ID}/endpoints/{ill.endpoint}")).text()
    for text in ("Chưa đăng ký được SIP", "Người vận hành MCU 0219 000 003", "Có trả lời, độ trễ 12 ms", "22 s"):
        assert text in html


async def test_a_tick_is_kept_with_its_name_and_remembered(served: Client, meetings: FakeMeetings) -> None:
    ill = next(each for each in MANY.endpoints.values() if each.rung is Rung.REGISTRATION)
    path = f"/api/v1/meetings/{ID}/endpoints/{ill.endpoint}/good"
    origin = {"Origin": str(served.make_url("/")).rstrip("/")}
    answer = await served.post(path, json={"by": "Kỹ thuật  xã", "camera": "on", "note": ""}, headers=origin)
    assert (200, True) == (answer.status, (await answer.json())["disputed"])
    ((meeting, endpoint, told),) = meetings.told
    assert (ID, ill.endpoint, "Kỹ thuật xã") == (meeting, endpoint, told.by)
    assert (True, False, True, False) == (told.good, told.on_site, told.camera, told.sound)
    assert "Kỹ thuật xã" == (await (await served.get("/api/v1/me")).json())["name"]


@pytest.mark.parametrize(
    ("path", "body", "sent", "status"),
    [
        (f"/api/v1/meetings/{ID}/endpoints/dc-xa-1-1/good", {"by": "Trực ca"}, "http://elsewhere", 403),
        (f"/api/v1/meetings/{ID}/endpoints/dc-xa-1-1/fault", {"note": "camera"}, "", 400),
        (f"/api/v1/meetings/{ID}/endpoints/nobody/good", {"by": "Trực ca"}, "", 404),
        ("/api/v1/meetings/none/endpoints/dc-xa-1-1/good", {"by": "Trực ca"}, "", 404),
    ],
)
async def test_a_tick_that_can_not_be_taken_is_refused(
    served: Client, path: str, body: dict[str, str], sent: str, status: int
) -> None:
    headers = {"Origin": sent or str(served.make_url("/")).rstrip("/")}
    assert status == (await served.post(path, json=body, headers=headers)).status


@pytest.mark.parametrize("path", ["/meetings/none", "/meetings/none/endpoints/dc-xa-1-1", f"/meetings/{ID}/endpoints/nobody"])
async def test_what_does_not_exist_is_not_found(served: Client, path: str) -> None:
    assert (await served.get(path)).status == 404


async def test_reports_are_files_to_take_along(served: Client, meetings: FakeMeetings) -> None:
    assert (await served.get(f"/meetings/{ID}/sealed.html")).status == 404
    meetings.now[0] = meeting_morning.view(SNAPSHOT, stage=Stage.LOCKED)
    assert f"/meetings/{ID}/sealed.xlsx?lang=vi" in await (await served.get(f"/meetings/{ID}")).text()
    page, book = await served.get(f"/meetings/{ID}/sealed.html"), await served.get(f"/meetings/{ID}/report.xlsx")
    assert f"SHA-256 của nội dung: {meetings.now[0].seal}" in await page.text()
    assert (await book.read())[:2] == b"PK"
    assert book.headers["Content-Disposition"] == f'attachment; filename="{ID}-report.xlsx"'
    assert [(await served.get(f"/meetings/{path}")).status for path in ("none/report.html", f"{ID}/report.pdf")] == [404, 404]


async def test_the_list_tells_today_this_week_and_what_is_over(served: Client) -> None:
    html = await (await served.get("/meetings")).text()
    at = [html.index(f'id="due-{when}"') for when in ("today", "this_week", "later", "past")]
    titles = ["Giao ban trực tuyến tháng 11", "Tập huấn chữ ký số", "Tiếp công dân", "Hội nghị tổng kết", "Giao ban Tỉnh ủy"]
    found = [html.index(title) for title in titles]
    assert at[0] < found[0] < found[1] < at[1] < found[2] < at[2] < found[3] < at[3] < found[4]
    assert html.count("chưa kiểm tra") == 3


async def test_the_province_leads_to_the_next_meeting(served: Client) -> None:
    html = await (await served.get("/")).text()
    assert f"/meetings/{ID}" in {link["href"] for link in Reader(html).all("a")}
    assert f"{MANY.counts()[Verdict.NOT_READY]} chưa sẵn sàng" in html


async def test_a_page_of_241_endpoints_is_light_and_asks_for_little(served: Client) -> None:
    html = await (await served.get(f"/meetings/{ID}")).text()
    assert len(gzip.compress(html.encode(), 6)) < 40_000
    found = Reader(html)
    assets = [each["href"] for each in found.all("link")] + [each["src"] for each in found.all("script") if "src" in each]
    assert len(assets) <= 10
    assert all(str(asset).startswith("/static/") for asset in assets)
    assert "style=" not in html


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("stage", list(Stage))
async def test_every_stage_can_be_shown_in_both_languages(
    served: Client, meetings: FakeMeetings, stage: Stage, language: str
) -> None:
    meetings.now[0] = meeting_morning.view(SNAPSHOT, stage=stage)
    assert (await served.get(f"/meetings/{ID}?lang={language}")).status == 200
    assert (await served.get(f"/meetings?lang={language}")).status == 200


def test_the_invented_meeting_uses_only_findings_that_exist() -> None:
    for verdict in MANY.endpoints.values():
        for reason in (verdict.reason, verdict.action, *(each.text for each in verdict.evidence)):
            assert reason is None or tell_finding(reason.code, reason.values, "vi")


async def test_the_list_of_meetings_tells_calmly_what_of_the_calendars_was_left_out(served: Client, meetings: FakeMeetings) -> None:
    left_out = [Notice(Fault("/etc/monitor/lich.ics", line, "", "whole_day"), is_left_out=True) for line in range(10, 60)]
    quoted = Notice(Fault("/etc/monitor/lich.ics", 7, "", "room_unknown", None, {"name": "<script>"}), is_left_out=False)
    meetings.notices = [quoted, *left_out]
    html = await (await served.get("/meetings")).text()
    assert "Lịch: 50 sự kiện hoặc phần bị bỏ qua" in html
    assert ([], True) == (re.findall("/etc/monitor|phòng '<script>", html), "<code>lich.ics:10</code>" in html)
    assert "… và 11 điều nữa" in html


async def test_nothing_is_told_where_the_calendars_are_taken_whole(served: Client) -> None:
    assert 'class="panel notices"' not in await (await served.get("/meetings")).text()


async def test_the_list_of_meetings_marks_who_takes_part_by_room_names(served: Client, meetings: FakeMeetings) -> None:
    meetings.now = [replace(each, meeting=replace(each.meeting, participants_by_name=True)) for each in meetings.now]
    assert len(meetings.now) == (await (await served.get("/meetings")).text()).count("người dự theo tên phòng")
