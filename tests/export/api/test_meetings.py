"""/api/v1/meetings: the list, one in full, a check with its progress; and what is not there."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from monitor.errors import Fault, Notice
from monitor.export.http import make_app
from tests.export.meetings import FakeMeetings
from tests.export.sample import FakeSource, snapshot

Client = TestClient[web.Request, web.Application]


async def asked(path: str, method: str = "GET", meetings: FakeMeetings | None = None) -> tuple[int, str]:
    app = make_app(FakeSource(snapshot()), meetings=meetings or FakeMeetings())
    async with TestClient(TestServer(app)) as client:
        origin = {"Origin": str(client.make_url("")).rstrip("/")}
        async with client.request(method, path, headers=origin) as answer:
            return answer.status, await answer.text()


async def test_the_list_leaves_endpoints_out() -> None:
    status, text = await asked("/api/v1/meetings?lang=en")
    (meeting,) = json.loads(text)["meetings"]
    assert (200, "m1", "not_ready") == (status, meeting["meeting"], meeting["verdict"])
    assert {"code": "some_not_ready", "text": "1 of 2 endpoints is not ready"} == meeting["reason"]
    assert {"ready": 1, "at_risk": 0, "not_ready": 1, "unknown": 0} == meeting["counts"]
    assert "endpoints" not in meeting


def notices(count: int) -> list[Notice]:
    """Return a note, and so many events that were left out."""
    note = Notice(Fault("lich.ics", 1, "", "until_is_day", None, {"text": "20261221"}), is_left_out=False)
    return [note, *(Notice(Fault("lich.ics", line, "", "whole_day"), is_left_out=True) for line in range(2, count + 2))]


async def test_the_list_tells_what_of_the_calendars_was_left_out() -> None:
    _, text = await asked("/api/v1/meetings?lang=en", meetings=FakeMeetings(notices=notices(300)))
    told = json.loads(text)["calendar_notices"]
    assert (300, 301, 200) == (told["left_out"], told["told"], len(told["notices"]))
    assert {("lich.ics", 2, "whole_day", True)} == {
        (each["file"], each["line"], each["code"], each["left_out"]) for each in told["notices"][:1]
    }
    assert ["lasts whole days, without a time", "where it is a meeting, write when it begins and ends"] == [
        told["notices"][0][key] for key in ("fault", "cure")
    ]


async def test_who_takes_part_by_the_names_of_rooms_alone_is_told() -> None:
    (view,) = FakeMeetings().views
    named = replace(view, meeting=replace(view.meeting, participants_by_name=True))
    for meetings, by_name in ((FakeMeetings([named]), True), (FakeMeetings(), False)):
        assert by_name is json.loads((await asked("/api/v1/meetings/m1", meetings=meetings))[1])["participants_by_name"]


async def test_one_is_told_as_the_contract_says() -> None:
    _, text = await asked("/api/v1/meetings/m1?lang=en")
    told = json.loads(text)
    first = told["endpoints"][0]
    assert {"meeting", "at", "verdict", "endpoints"} <= told.keys()
    assert ("dc-xa", "not_ready") == (first["endpoint"], first["verdict"])
    assert {"rung": "uplink", "code": "uplink_down"} == {key: first["reason"][key] for key in ("rung", "code")}
    assert all({"rung", "ok", "text", "age_s"} == each.keys() for each in first["evidence"])
    assert first["action"].startswith("mend the uplink first")
    assert ("Đầu mối kỹ thuật xã", "0212") == (first["call"][0]["role"], first["call"][0]["telephone"])


async def test_what_joins_the_calls_and_who_carries_them_is_told_as_it_was_written() -> None:
    (view,) = FakeMeetings().views
    carried = replace(view, meeting=replace(view.meeting, platform="mcu", carrier="vnpt"))
    told = json.loads((await asked("/api/v1/meetings/m1", meetings=FakeMeetings([carried])))[1])
    assert ("mcu", "vnpt") == (told["platform"], told["carrier"])


async def test_the_next_one_is_found_without_its_id() -> None:
    assert "m1" == json.loads((await asked("/api/v1/meetings/next"))[1])["meeting"]


async def test_what_is_not_there_is_404_with_a_cure() -> None:
    for language, told in (
        ("vi", "không có phiên họp nào trong tuần tới tên 'm2'"),
        ("en", "no meeting of the coming week is called 'm2'"),
    ):
        status, text = await asked(f"/api/v1/meetings/m2?lang={language}")
        assert (404, told) == (status, json.loads(text)["error"])
    status, _ = await asked("/api/v1/meetings/next", meetings=FakeMeetings(views=[]))
    assert 404 == status


async def test_a_check_tells_how_far_it_is_and_then_what_it_found() -> None:
    meetings = FakeMeetings()
    status, text = await asked("/api/v1/meetings/next/check", "POST", meetings)
    lines = [json.loads(line) for line in text.splitlines()]
    assert (200, ["m1"]) == (status, meetings.checked)
    assert [{"done": done, "of": 4} for done in range(5)] == lines[:-1]
    assert "not_ready" == lines[-1]["verdict"]


async def test_metrics_hold_them() -> None:
    (view,) = FakeMeetings().views
    begins = datetime.fromtimestamp(snapshot().at, UTC) + timedelta(hours=1)
    soon = replace(view, meeting=replace(view.meeting, start=begins, end=begins + timedelta(hours=1)))
    app = make_app(FakeSource(snapshot()), meetings=FakeMeetings([soon]))
    async with TestClient(TestServer(app)) as client:
        text = await (await client.get("/metrics")).text()
    assert 'conference_meeting_readiness{meeting="m1",verdict="not_ready"} 1\n' in text
