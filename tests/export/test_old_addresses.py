"""Addresses under ids that meetings had before lead to today's, in pages, reports and API; nothing else is led anywhere."""

from __future__ import annotations

from dataclasses import replace

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from monitor.export.http import make_app
from tests.export.meetings import FakeMeetings
from tests.export.remote.pair import paired
from tests.export.sample import FakeSource, snapshot

Client = TestClient[web.Request, web.Application]


def renamed(*old: str, id_: str = "m1-0a1b2c3d") -> FakeMeetings:
    (view,) = FakeMeetings().views
    return FakeMeetings([replace(view, meeting=replace(view.meeting, id=id_, old_ids=old))])


async def led(path: str, meetings: FakeMeetings, method: str = "GET") -> tuple[int, str | None]:
    app = make_app(FakeSource(snapshot()), meetings=meetings)
    async with TestClient(TestServer(app)) as client:
        origin = {"Origin": str(client.make_url("")).rstrip("/")}
        async with client.request(method, path, headers=origin, allow_redirects=False) as answer:
            return answer.status, answer.headers.get("Location")


@pytest.mark.parametrize(
    "path",
    [
        "/meetings/{}",
        "/meetings/{}?lang=en",
        "/meetings/{}/endpoints/dc-xa",
        "/meetings/{}/report.html?lang=en&since=12.5",
        "/meetings/{}/sealed.xlsx",
        "/api/v1/meetings/{}?lang=en",
    ],
)
async def test_an_old_address_leads_to_the_same_of_today(path: str) -> None:
    assert (307, path.format("m1-0a1b2c3d")) == await led(path.format("m1-2026-11-30"), renamed("m1-2026-11-30"))


@pytest.mark.parametrize("path", ["/api/v1/meetings/{}/check", "/api/v1/meetings/{}/endpoints/dc-xa/good"])
async def test_what_is_said_to_an_old_address_is_said_again_to_the_new_one(path: str) -> None:
    assert (307, path.format("m1-0a1b2c3d")) == await led(path.format("m1-2026-11-30"), renamed("m1-2026-11-30"), "POST")


async def test_a_program_that_follows_gets_the_meeting() -> None:
    app = make_app(FakeSource(snapshot()), meetings=renamed("m1-2026-11-30"))
    async with TestClient(TestServer(app)) as client, client.get("/api/v1/meetings/m1-2026-11-30") as answer:
        assert (200, "m1-0a1b2c3d") == (answer.status, (await answer.json())["meeting"])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/meetings/m1-0a1b2c3d", 200),
        ("/meetings/m2", 404),
        ("/meetings", 200),
        ("/api/v1/meetings", 200),
        ("/api/v1/meetings/next", 200),
        ("/targets/m1-2026-11-30", 404),
        ("/card/m1-2026-11-30", 404),
        ("/nothing/m1-2026-11-30", 404),
    ],
)
async def test_nothing_else_is_led_anywhere(path: str, status: int) -> None:
    assert (status, None) == await led(path, renamed("m1-2026-11-30"))


async def test_an_id_that_a_meeting_has_is_that_meeting_s_whatever_others_were_called() -> None:
    one, other = renamed("m2").views[0], renamed(id_="m2").views[0]
    assert (200, None) == await led("/meetings/m2", FakeMeetings([one, other]))


async def test_what_is_odd_in_an_address_stays_as_it_came_and_leads_nowhere_else() -> None:
    found = await led("/meetings/m1-2026-11-30//evil.invalid/%0d%0aX?a=%0d%0a", renamed("m1-2026-11-30"))
    assert (404, None) == found
    found = await led("/meetings/m1-2026-11-30/endpoints/%0d%0aX:%2f?a=%0d%0aX", renamed("m1-2026-11-30"))
    assert (307, "/meetings/m1-0a1b2c3d/endpoints/%0D%0AX:%2F?a=%0D%0AX") == found


async def test_the_process_that_meets_the_visitors_knows_them_too() -> None:
    async with paired(FakeSource(snapshot()), renamed("m1-2026-11-30")) as pair:
        await pair.remote.fresh()
        app = make_app(pair.remote, meetings=pair.remote.meetings)
        async with TestClient(TestServer(app)) as client:
            answer = await client.get("/meetings/m1-2026-11-30", allow_redirects=False)
            assert (307, "/meetings/m1-0a1b2c3d") == (answer.status, answer.headers["Location"])
