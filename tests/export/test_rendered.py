"""What many read is rendered once, for everybody alike, and kept within bounds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC
from itertools import pairwise

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from monitor.export.api.meetings_json import MeetingWording, meeting_in_full
from monitor.export.audience import MAY, Audience, Role
from monitor.export.http import make_app
from monitor.export.pages.card import card_html
from monitor.export.pages.renderer import TEMPLATES, Renderer
from monitor.export.pages.static_files import Static
from monitor.export.rendered import Renderings
from monitor.export.source import NoMeetings, SilentError
from monitor.model.inventory import Contact
from monitor.model.settings import Settings
from monitor.model.state import Acknowledgement, Snapshot, State
from tests.export import meeting_morning, sample
from tests.export.meetings import FakeMeetings
from tests.export.sample import FakeSource

Client = TestClient[web.Request, web.Application]


@dataclass
class Clock:
    """Seconds as the test says."""

    now: float = sample.NOW

    def __call__(self) -> float:
        return self.now


class MovingSource(FakeSource):
    """A daemon whose picture is of the moment in which it is asked for. clock: epoch seconds. is_silent: it does not answer."""

    clock: Clock
    is_silent = False

    async def fresh(self) -> Snapshot:
        if self.is_silent:
            raise SilentError
        self.now = replace(self.now, at=self.clock())
        return self.now


class Drawings:
    """Draws a text, and counts how often it did."""

    def __init__(self, text: str = "drawn") -> None:
        self.text = text
        self.count = 0

    def __call__(self, _snapshot: Snapshot, _: None) -> str:
        self.count += 1
        return f"{self.text} {self.count}"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def moving(clock: Clock) -> MovingSource:
    source = MovingSource()
    source.clock = clock
    return source


@pytest.fixture
def renderings(moving: MovingSource, clock: Clock) -> Renderings:
    return Renderings(moving, NoMeetings(), now_s=clock, most_entries=4, most_bytes=10_000)


async def test_all_who_ask_at_once_wait_for_one_rendering(renderings: Renderings) -> None:
    draw = Drawings()
    found = await asyncio.gather(*(renderings.get("page", draw) for _ in range(50)))
    assert 1 == draw.count
    assert {b"drawn 1"} == {each.body for each in found}


async def test_who_asked_first_and_hangs_up_takes_it_from_nobody(renderings: Renderings) -> None:
    draw, may_go_on = Drawings(), asyncio.Event()

    async def prepare() -> None:
        await may_go_on.wait()

    first, second = (asyncio.create_task(renderings.get("page", draw, prepare)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    may_go_on.set()
    assert b"drawn 1" == (await second).body
    assert first.cancelled()


async def test_a_picture_lasts_a_second(renderings: Renderings, clock: Clock) -> None:
    draw = Drawings()
    for at in (0.0, 0.5, 0.99, 1.0, 1.9, 2.1):
        clock.now = sample.NOW + at
        await renderings.get("page", draw)
    assert 3 == draw.count


async def test_what_was_drawn_of_the_newest_picture_there_is_needs_no_other(source: FakeSource, clock: Clock) -> None:
    renderings, draw = Renderings(source, NoMeetings(), now_s=clock), Drawings()
    for at in (0.0, 5.0, 3600.0):
        clock.now = sample.NOW + at
        await renderings.get("page", draw)
    assert 1 == draw.count
    source.now = replace(source.now)
    clock.now += 1
    await renderings.get("page", draw)
    assert 2 == draw.count


async def test_other_settings_are_another_page(renderings: Renderings, moving: MovingSource) -> None:
    draw = Drawings()
    await renderings.get("page", draw)
    moving.settings = replace(moving.settings, language="en")
    await renderings.get("page", draw)
    assert 2 == draw.count


async def test_a_meeting_that_changed_is_another_page_though_the_network_did_not(source: FakeSource, clock: Clock) -> None:
    meetings, draw = FakeMeetings(), Drawings()
    renderings = Renderings(source, meetings, now_s=clock)
    await renderings.get("page", draw)
    meetings.views = [replace(meetings.views[0])]
    clock.now += 1
    await renderings.get("page", draw)
    assert 2 == draw.count


async def test_after_a_change_nothing_from_before_it_is_shown(renderings: Renderings) -> None:
    draw, may_go_on = Drawings(), asyncio.Event()

    async def prepare() -> None:
        await may_go_on.wait()

    before = asyncio.create_task(renderings.get("page", draw, prepare))
    await asyncio.sleep(0)
    renderings.forget()
    after = asyncio.create_task(renderings.get("page", draw, prepare))
    may_go_on.set()
    assert {b"drawn 1", b"drawn 2"} == {(await before).body, (await after).body}
    assert (await renderings.get("page", draw)).body == (await after).body


async def test_what_can_not_be_drawn_is_told_to_all_who_wait_and_is_not_kept(renderings: Renderings) -> None:
    draw = Drawings()

    def fail(_snapshot: Snapshot, _: None) -> str:
        raise SilentError

    for each in await asyncio.gather(*(renderings.get("page", fail) for _ in range(3)), return_exceptions=True):
        assert isinstance(each, SilentError)
    assert b"drawn 1" == (await renderings.get("page", draw)).body


async def test_a_silent_poller_is_not_hidden_behind_what_is_older_than_a_second(
    renderings: Renderings, moving: MovingSource, clock: Clock
) -> None:
    draw = Drawings()
    await renderings.get("page", draw)
    moving.is_silent = True
    assert b"drawn 1" == (await renderings.get("page", draw)).body
    clock.now += 1
    with pytest.raises(SilentError):
        await renderings.get("page", draw)


async def test_one_who_waits_for_the_journal_holds_up_nobody(renderings: Renderings) -> None:
    draw, never = Drawings(), asyncio.Event()

    async def prepare() -> None:
        await never.wait()

    stuck = asyncio.create_task(renderings.get("target", draw, prepare))
    await asyncio.sleep(0)
    assert b"drawn 1" == (await renderings.get("page", draw)).body
    stuck.cancel()


async def test_what_is_kept_is_bounded_and_what_was_asked_for_longest_ago_goes_first(renderings: Renderings) -> None:
    draws = {key: Drawings(key) for key in "abcde"}
    for key in ("a", "b", "c", "d", "a", "e"):
        await renderings.get(key, draws[key])
    assert 4 == len(renderings)
    for key in ("a", "c", "d", "e", "b"):
        await renderings.get(key, draws[key])
    assert [1, 2, 1, 1, 1] == [draws[key].count for key in "abcde"]
    for key in ("large", "other"):
        await renderings.get(key, Drawings("x" * 7_000))
    assert (1, 8_752) == (len(renderings), renderings.bytes)
    await renderings.get("huge", Drawings("x" * 9_000))
    assert (0, 0) == (len(renderings), renderings.bytes)


async def test_between_two_renderings_the_loop_has_time_for_what_is_ready(renderings: Renderings) -> None:
    rounds, seen = 0, []

    async def go_round() -> None:
        nonlocal rounds
        while True:
            await asyncio.sleep(0)
            rounds += 1

    def draw(_snapshot: Snapshot, _: None) -> str:
        seen.append(rounds)
        time.sleep(0.01)  # as long as a page takes
        return ""

    going = asyncio.create_task(go_round())
    await asyncio.gather(*(renderings.get(key, draw) for key in range(5)))
    going.cancel()
    # From its request to its last octet an answer out of memory takes about five rounds.
    assert all(later - earlier >= 5 for earlier, later in pairwise(seen))


# What is served


@pytest.fixture
async def served() -> AsyncIterator[tuple[Client, MovingSource]]:
    """Serve a daemon that lives by the machine's clock."""
    source = MovingSource(now=sample.snapshot(states={"ubnd-1": State.DOWN}))
    source.clock = Clock(time.time())
    meetings = meeting_morning.week(source.now)
    async with TestClient(TestServer(make_app(source, meetings=meetings))) as client:
        yield client, source


PATHS = [
    *("/", "/targets/xa-1-1", "/card/ubnd-1", "/meetings", f"/meetings/{meeting_morning.ID}", "/runbooks"),
    *("/api/v1/targets", "/api/v1/targets/xa-1-1", "/api/v1/meetings", "/api/v1/sd", "/api/v1/events"),
    *("/api/v1/acknowledgements", "/api/v1/maintenance", f"/api/v1/meetings/{meeting_morning.ID}"),
    f"/meetings/{meeting_morning.ID}/endpoints/dc-xa-1-1",
]


@pytest.mark.parametrize("path", PATHS)
async def test_what_a_visitor_has_is_not_sent_again(served: tuple[Client, MovingSource], path: str) -> None:
    client, _ = served
    tags = set()
    for encoding in ("gzip", "identity"):
        first = await client.get(path, headers={"Accept-Encoding": encoding})
        assert (200, "private, no-cache") == (first.status, first.headers["Cache-Control"])
        assert "Accept-Encoding" in first.headers["Vary"]
        tag = first.headers["ETag"]
        again = await client.get(path, headers={"Accept-Encoding": encoding, "If-None-Match": f'"other", W/{tag}'})
        assert (304, tag, b"") == (again.status, again.headers["ETag"], await again.read())
        tags.add(tag)
    assert 2 == len(tags), "a strong validator tells zipped from not"


@pytest.mark.parametrize("path", PATHS)
async def test_every_visitor_is_sent_the_very_same(served: tuple[Client, MovingSource], path: str) -> None:
    client, _ = served
    bodies = {
        await (await client.get(path, headers={"Cookie": cookies})).read()
        for cookies in ("", "by=Ca%20tr%E1%BB%B1c; theme=dark", "by=VNPT; theme=light")
    }
    assert 1 == len(bodies)


async def test_a_language_is_remembered_by_who_has_the_page_already_too(served: tuple[Client, MovingSource]) -> None:
    client, _ = served
    tag = (await client.get("/?lang=en")).headers["ETag"]
    client.session.cookie_jar.clear()
    again = await client.get("/?lang=en", headers={"If-None-Match": tag})
    assert (304, "en") == (again.status, again.cookies["lang"].value)


async def test_who_took_a_cause_on_sees_it_at_once(served: tuple[Client, MovingSource]) -> None:
    client, source = served

    def hear(target: str, taken: Acknowledgement | None) -> None:
        source.now = sample.with_view(source.now, target, acknowledged=taken)

    source.operations.heard = hear
    assert "Ca trực" not in await (await client.get("/api/v1/acknowledgements")).text()
    origin = {"Origin": str(client.make_url("/")).rstrip("/")}
    await client.post("/api/v1/acknowledgements", json={"target": "ubnd-1", "by": "Ca trực"}, headers=origin)
    for path in ("/api/v1/acknowledgements", "/card/ubnd-1", "/"):
        assert "Ca trực" in await (await client.get(path)).text()


class HalfAnswering(sample.FakeOperations):
    """Hears what is said, and then no longer answers."""

    async def acknowledge(self, target: str, by: str, note: str) -> Acknowledgement:
        await super().acknowledge(target, by, note)
        raise SilentError


async def test_a_change_of_which_nobody_knows_whether_it_was_made_hides_nothing_either(served: tuple[Client, MovingSource]) -> None:
    client, source = served

    def hear(target: str, taken: Acknowledgement | None) -> None:
        source.now = sample.with_view(source.now, target, acknowledged=taken)

    source.operations = HalfAnswering(heard=hear)
    await client.get("/card/ubnd-1")
    origin = {"Origin": str(client.make_url("/")).rstrip("/")}
    answer = await client.post("/api/v1/acknowledgements", json={"target": "ubnd-1", "by": "Ca trực"}, headers=origin)
    assert 500 <= answer.status
    assert "Ca trực" in await (await client.get("/card/ubnd-1")).text()


async def test_me_tells_name_role_and_what_may_be_done_to_this_visitor_alone(client: Client) -> None:
    answer = await client.get("/api/v1/me", headers={"Cookie": "by=Ca%20tr%E1%BB%B1c"})
    assert "no-store" == answer.headers["Cache-Control"]
    assert {"name": "Ca trực", "role": "operator", "may": list(MAY[Role.OPERATOR])} == await answer.json()


def test_every_form_says_which_change_it_makes_and_is_hidden_until_the_script_knows_who_looks() -> None:
    forms = [
        line
        for path in TEMPLATES.glob("*.html")
        for line in path.read_text("utf-8").splitlines()
        if "<form" in line and "data-post" in line
    ]
    assert forms
    for form in forms:
        assert " hidden " in form
        assert any(f'data-may="{each}"' in form for each in MAY[Role.ADMIN])


def test_a_viewer_is_told_whom_to_call_but_not_the_number() -> None:
    snapshot, renderer = sample.snapshot(), Renderer(Static())
    target = replace(snapshot.views["xa-1-1"].target, contacts=(Contact("Trực VNPT", "0219 000 001"),))
    snapshot = sample.with_view(snapshot, "xa-1-1", target=target)
    for role in Role:
        card = card_html("xa-1-1", renderer, snapshot, Settings(), Audience("vi", role))
        assert "Trực VNPT" in card
        assert (role is not Role.VIEWER) == ("0219 000 001" in card)
    view = FakeMeetings().views[0]
    told = [meeting_in_full(view, MeetingWording("vi", {}, UTC, has_telephones=has_telephones)) for has_telephones in (True, False)]
    assert [True, False] == ["0212" in str(each) for each in told]
