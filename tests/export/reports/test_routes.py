"""Reports over HTTP: programs get the file in one request, browsers a page that waits, and nobody more than the queue bears."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest
from aiohttp import ClientSession, TCPConnector, web
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.typedefs import Handler

from monitor.export.http import make_app
from monitor.export.pages.error_page import for_its_reader
from monitor.export.pages.renderer import Renderer
from monitor.export.pages.static_files import Static
from monitor.export.reports.queue import QueueLimits
from monitor.export.reports.routes import ReportRoutes, what_it_is_of
from monitor.export.server import admission
from monitor.export.server.connection import ADMISSION
from monitor.export.source import RefusedError, Reporter, ReportFailedError
from monitor.model.meeting import Confirmation, MeetingView, Rung, Stage, Verdict
from monitor.model.reason import Reason
from tests.export import meeting_morning, morning, sample
from tests.export.meeting_morning import ID, FakeMeetings
from tests.export.reporting import GatedReporter, made_here
from tests.export.sample import FakeSource
from tests.export.test_page import Reader
from tests.export.waiting import until

Client = TestClient[web.Request, web.Application]
SNAPSHOT = morning.morning(sample.inventory(12, 19))
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
REPORT = f"/meetings/{ID}/report.html"


@dataclass
class Served:
    client: Client
    source: FakeSource
    meetings: FakeMeetings
    routes: ReportRoutes
    refusals: admission.Refusals

    @property
    def waiting(self) -> int:
        assert self.routes.reports is not None
        return self.routes.reports.waiting

    @property
    def refused(self) -> int:
        """Return how many were refused before a full queue."""
        return self.refusals.total[admission.Refusal.QUEUE]

    async def as_another(self, number: int) -> ClientSession:
        """Return a client that comes from an address of its own."""
        return ClientSession(self.client.make_url("/"), connector=TCPConnector(local_addr=(f"127.0.9.{number}", 0)))


@web.middleware
async def from_afar(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Have a request come from the address that it names."""
    return await handler(request.clone(remote=request.headers.get("From-Address", request.remote or "")))


@asynccontextmanager
async def served(
    reporter: Reporter,
    *,
    limits: QueueLimits | None = None,
    persons_patience_s: float = 0.0,
    programs_patience_s: float = 60.0,
) -> AsyncIterator[Served]:
    """Serve the reports of the week's meetings. Patience of people: 0, so that a test waits for no clock."""
    source, renderer = FakeSource(now=SNAPSHOT), Renderer(Static())
    meetings = meeting_morning.week(SNAPSHOT)
    routes = ReportRoutes(
        source,
        meetings,
        reporter,
        renderer,
        limits=limits,
        persons_patience_s=persons_patience_s,
        programs_patience_s=programs_patience_s,
    )

    @web.middleware
    async def told(request: web.Request, handler: Handler) -> web.StreamResponse:
        """Tell refusals in the reader's language, as the guard does."""
        return for_its_reader(await handler(request), request, source, renderer)

    app = web.Application(middlewares=[told, from_afar])
    app[ADMISSION] = admission.Admission(admission.Limits())
    app.add_routes([web.get("/static/{name:.+}", Static().serve)])
    routes.join(app)
    async with TestClient(TestServer(app)) as client:
        yield Served(client, source, meetings, routes, app[ADMISSION].refusals)


def refreshes_to(html: str) -> str:
    """Return where a page goes by itself, '' where it stays."""
    found = [each["content"] or "" for each in Reader(html).all("meta") if each.get("http-equiv") == "refresh"]
    return found[0].partition("url=")[2] if found else ""


async def test_forty_programs_that_ask_at_once_get_the_one_file_that_is_made() -> None:
    reporter = GatedReporter()
    async with served(reporter) as at:
        tasks = [asyncio.create_task(at.client.get(REPORT)) for _ in range(40)]
        await reporter.until_begun(1)
        reporter.let(40)
        answers = await asyncio.gather(*tasks)
        assert [(200, ID.encode())] * 40 == [(each.status, await each.read()) for each in answers]
        assert [ID] == reporter.begun
        assert f'attachment; filename="{ID}-report.html"' == answers[0].headers["Content-Disposition"]


async def test_a_file_that_a_client_has_is_not_sent_again() -> None:
    reporter = GatedReporter()
    reporter.let(9)
    async with served(reporter) as at:
        first = await at.client.get(REPORT)
        same = await at.client.get(REPORT, headers={"If-None-Match": first.headers["ETag"]})
        other = await at.client.get(REPORT, headers={"If-None-Match": '"other"'})
        assert (200, 304, 200) == (first.status, same.status, other.status)
        assert first.headers["ETag"] == same.headers["ETag"]
        assert b"" == await same.read()
        assert "private, no-cache" == first.headers["Cache-Control"]
        assert [ID] == reporter.begun


async def test_forms_languages_and_seals_are_files_of_their_own() -> None:
    async with served(made_here) as at:
        at.meetings.now[0] = meeting_morning.view(SNAPSHOT, stage=Stage.LOCKED)
        texts = {
            path: await (await at.client.get(f"/meetings/{ID}/{path}")).read()
            for path in ("report.html?lang=vi", "report.html?lang=en", "sealed.html?lang=vi", "report.xlsx?lang=vi")
        }
        assert 4 == len(set(texts.values()))
        assert "Báo cáo sẵn sàng" in texts["report.html?lang=vi"].decode()
        assert "Readiness report" in texts["report.html?lang=en"].decode()
        assert f"SHA-256 của nội dung: {at.meetings.now[0].seal}" in texts["sealed.html?lang=vi"].decode()


@pytest.mark.parametrize(
    ("language", "waits", "makes", "there"),
    [
        ("vi", "Báo cáo đang chờ: thứ 1 trong hàng", "Đang lập báo cáo", "Báo cáo đã lập xong"),
        ("en", "The report is waiting: number 1 in the queue", "The report is being made", "The report is there"),
    ],
)
async def test_a_browser_sees_where_its_report_is_and_then_gets_it(language: str, waits: str, makes: str, there: str) -> None:
    reporter = GatedReporter()
    async with served(reporter) as at:
        before = asyncio.create_task(at.client.get("/meetings/giao-ban-som/report.html"))
        await reporter.until_begun(1)
        page = await at.client.get(f"{REPORT}?lang={language}", headers=BROWSER)
        assert (202, "2", "no-store") == (page.status, page.headers["Retry-After"], page.headers["Cache-Control"])
        html = await page.text()
        assert f"<h1>{waits}</h1>" in html
        assert f'<html lang="{language}"' in html
        assert {"/", "/meetings", f"/meetings/{ID}"} <= {link["href"] for link in Reader(html).all("a")}
        reporter.let()
        assert 200 == (await before).status
        await reporter.until_begun(2)
        html = await (await at.client.get(refreshes_to(html), headers=BROWSER)).text()
        assert f"<h1>{makes}</h1>" in html
        reporter.let()
        while (page := await at.client.get(refreshes_to(html), headers=BROWSER)).status == 202:
            html = await page.text()
        html = await page.text()
        assert f"<h1>{there}</h1>" in html
        file = await at.client.get(refreshes_to(html), headers=BROWSER)
        assert ID.encode() == await file.read()
        assert file.headers["Content-Disposition"].startswith("attachment")
        assert ["giao-ban-som", ID] == reporter.begun


async def test_a_browser_gets_a_report_at_once_where_it_is_there_soon() -> None:
    reporter = GatedReporter()
    reporter.let()
    async with served(reporter, persons_patience_s=60.0) as at:
        file = await at.client.get(REPORT, headers=BROWSER)
        assert (200, ID.encode()) == (file.status, await file.read())


async def test_a_verdict_that_changes_makes_a_new_report_but_none_for_who_has_waited() -> None:
    reporter = GatedReporter()
    async with served(reporter) as at:
        html = await (await at.client.get(REPORT, headers=BROWSER)).text()
        await reporter.until_begun(1)
        told = Confirmation("Kỹ thuật xã", SNAPSHOT.at, good=False)
        await at.meetings.confirm(ID, at.meetings.now[0].meeting.endpoints[3], told)
        reporter.let(9)
        # It was begun before the change, and that is when it was asked for.
        while (page := await at.client.get(refreshes_to(html), headers=BROWSER)).status == 202:
            html = await page.text()
        assert "lập xong" in await page.text()
        assert [ID] == reporter.begun
        assert 200 == (await at.client.get(REPORT)).status
        assert [ID, ID] == reporter.begun


async def test_a_client_that_hangs_up_leaves_the_queue() -> None:
    reporter = GatedReporter()
    async with served(reporter) as at:
        first = asyncio.create_task(at.client.get("/meetings/giao-ban-som/report.html"))
        await reporter.until_begun(1)
        async with await at.as_another(1) as leaves:
            left = asyncio.create_task(leaves.get(REPORT))
            await until(lambda: at.waiting == 1)
            left.cancel()
        await until(lambda: at.waiting == 0)
        reporter.let(2)
        await first
        assert 200 == (await at.client.get("/meetings/tap-huan/report.html")).status
        assert ["giao-ban-som", "tap-huan"] == reporter.begun


@pytest.mark.parametrize(("language", "said"), [("vi", "hàng đợi lập báo cáo đã đầy"), ("en", "the queue of reports is full")])
async def test_a_full_queue_says_when_to_ask_again(language: str, said: str) -> None:
    reporter = GatedReporter()
    async with served(reporter, limits=QueueLimits(waiting=1)) as at:
        for id_ in ("giao-ban-som", "tap-huan"):
            await at.client.get(f"/meetings/{id_}/report.html", headers=BROWSER)
        answer = await at.client.get(f"{REPORT}?lang={language}")
        told = await answer.json()
        assert (429, True) == (answer.status, int(answer.headers["Retry-After"]) >= 1)
        assert told["error"].startswith(said)
        assert answer.headers["Retry-After"] in told["cure"]
        page = await at.client.get(f"{REPORT}?lang={language}", headers=BROWSER)
        html = await page.text()
        assert (429, True) == (page.status, said[1:] in html)
        assert refreshes_to(html).startswith(REPORT), "it tries again by itself"
        assert 2 == at.refused


async def test_one_address_waits_for_two_reports_and_another_is_not_held_up_by_it() -> None:
    reporter = GatedReporter()
    async with served(reporter) as at, await at.as_another(1) as greedy, await at.as_another(2) as other:
        for form in ("html", "xlsx"):
            assert 202 == (await greedy.get(f"/meetings/{ID}/report.{form}", headers=BROWSER)).status
        refused = await greedy.get(f"/meetings/{ID}/report.html?lang=en")
        assert (429, "this address is waiting for 2 reports; there are no more at once") == (
            refused.status,
            (await refused.json())["error"],
        )
        assert 202 == (await other.get(f"/meetings/{ID}/report.html?lang=en", headers=BROWSER)).status


@pytest.mark.parametrize(
    ("addresses", "status"),
    [
        (("2001:db8::1", "2001:db8::2", "2001:db8::3"), 429),
        (("2001:db8::1", "2001:db8::2", "2001:db8:0:1::3"), 202),
        (("10.0.0.5", "::ffff:10.0.0.5", "::ffff:10.0.0.5"), 429),
        (("127.0.0.1", "::ffff:127.0.0.1", "::1"), 202),
        (("::1", "::1", "::1"), 202),
    ],
)
async def test_the_reports_of_one_are_counted_as_all_else_is_that_one_may_hold(addresses: tuple[str, ...], status: int) -> None:
    async with served(GatedReporter()) as at:
        paths = (f"/meetings/{ID}/report.html", f"/meetings/{ID}/report.xlsx", "/meetings/tap-huan/report.html")
        headers = [BROWSER | {"From-Address": address} for address in addresses]
        answers = [await at.client.get(path, headers=each) for path, each in zip(paths, headers, strict=True)]
        assert [202, 202, status] == [each.status for each in answers]
        assert int(status == 429) == at.refused


@pytest.mark.parametrize(
    ("language", "fault", "cure"),
    [
        ("vi", "tiến trình lập báo cáo đã dừng giữa chừng", "xem nhật ký"),
        ("en", "the process that makes the report ended before it was done", "see the monitor&#39;s log"),
    ],
)
async def test_a_worker_that_died_is_a_503_with_its_cure(language: str, fault: str, cure: str) -> None:
    reporter = GatedReporter(told={ID: ReportFailedError("report_died")})
    reporter.let(9)
    async with served(reporter, persons_patience_s=60.0) as at:
        answer = await at.client.get(f"{REPORT}?lang={language}")
        assert (503, "10", fault) == (answer.status, answer.headers["Retry-After"], (await answer.json())["error"])
        page = await at.client.get(f"{REPORT}?lang={language}", headers=BROWSER)
        html = await page.text()
        assert (503, True, True, "") == (page.status, fault[1:] in html, cure in html, refreshes_to(html))


async def test_a_program_that_would_wait_too_long_is_told_its_place_or_hears_it_at_once() -> None:
    reporter = GatedReporter()
    async with served(reporter, programs_patience_s=0.0) as at:
        answer = await at.client.get(f"{REPORT}?lang=en")
        said = (answer.status, answer.headers["Retry-After"], (await answer.json())["error"])
        assert (503, "1", "the report is still being made") == said
        answer = await at.client.get(f"/meetings/{ID}/report.xlsx?lang=en")
        said = (answer.status, answer.headers["Retry-After"], (await answer.json())["error"])
        assert (503, "2", "the report is still waiting, number 1 in the queue") == said
        answer = await at.client.get(f"{REPORT}?lang=en", headers={"Prefer": "respond-async"})
        told = await answer.json()
        assert (202, 0, "1") == (answer.status, told["place"], answer.headers["Retry-After"])
        reporter.let()
        while (answer := await at.client.get(told["url"])).status != 200:
            assert 503 == answer.status
        assert ID.encode() == await answer.read()
        await reporter.until_begun(2)
        assert [ID, ID] == reporter.begun, "the page and the workbook"


@pytest.mark.parametrize(("path", "status"), [("none/report.html", 404), (f"{ID}/report.pdf", 404), (f"{ID}/sealed.html", 404)])
async def test_what_is_not_there_is_not_queued(path: str, status: int) -> None:
    reporter = GatedReporter()
    app = make_app(FakeSource(now=SNAPSHOT), meetings=meeting_morning.week(SNAPSHOT), reporter=reporter)
    async with TestClient(TestServer(app)) as at:
        assert status == (await at.get(f"/meetings/{path}")).status
        assert [400, 400] == [(await at.get(f"{REPORT}?{query}")).status for query in ("since=x", "lang=de")]
        assert [] == reporter.begun


class Unopened(FakeMeetings):
    """Holds a sealed report that can't be opened. why: what stands against it."""

    why: Exception

    async def sealed(self, _meeting: str) -> MeetingView | None:
        raise self.why


@pytest.mark.parametrize(
    ("why", "said"),
    [
        (ValueError("its hash is not that"), {"vi": "đã bị sửa", "en": "was changed"}),
        (RefusedError("sealed_later", name=ID), {"vi": "do phiên bản mới hơn chốt", "en": "was sealed by a later version"}),
    ],
    ids=["changed", "sealed by a later version"],
)
async def test_a_sealed_report_that_can_t_be_opened_is_refused_in_the_reader_s_language(
    why: Exception, said: dict[str, str]
) -> None:
    reporter, meetings = GatedReporter(), Unopened(meeting_morning.week(SNAPSHOT).now)
    meetings.why = why
    app = make_app(FakeSource(now=SNAPSHOT), meetings=meetings, reporter=reporter)
    async with TestClient(TestServer(app)) as at:
        for language, words in said.items():
            answer = await at.get(f"/meetings/{ID}/sealed.html?lang={language}")
            told = await answer.json()
            assert (409, True) == (answer.status, words in told["error"]), told
    assert [] == reporter.begun


VIEW = meeting_morning.view(SNAPSHOT)
READY = next(id_ for id_, each in VIEW.endpoints.items() if each.verdict is Verdict.READY)
LOSSY = next(id_ for id_, each in VIEW.endpoints.items() if each.rung is Rung.QUALITY)


def changed(id_: str, **values: object) -> MeetingView:
    return replace(VIEW, endpoints={**VIEW.endpoints, id_: replace(VIEW.endpoints[id_], **values)})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("view", "is_another"),
    [
        (replace(VIEW, at=VIEW.at + 15, next_check_at=1.0, checking=(3, 241)), False),
        (changed(LOSSY, reason=Reason("loss", {"loss_ratio": 0.02, "packets": 1800})), False),
        (changed(READY, evidence=()), False),
        (changed(READY, verdict=Verdict.UNKNOWN), True),
        (changed(LOSSY, reason=Reason("jitter", {"jitter_s": 0.04})), True),
        (changed(LOSSY, cause="ubnd-1"), True),
        (changed(READY, confirmation=Confirmation("Kỹ thuật xã", VIEW.at)), True),
        (replace(VIEW, checked_at=VIEW.at), True),
        (replace(VIEW, seal="5d41"), True),
        (replace(VIEW, stage=Stage.LIVE), True),
        (replace(VIEW, meeting=replace(VIEW.meeting, title="Hoãn")), True),
    ],
)
def test_another_report_is_made_when_what_it_says_changes_and_not_when_evidence_grows_older(
    view: MeetingView, *, is_another: bool
) -> None:
    assert is_another == (what_it_is_of(VIEW) != what_it_is_of(view))
