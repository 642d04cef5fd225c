"""A number, a span and a time that is shown in more than one place is in the same words everywhere, in both languages."""

from __future__ import annotations

import html
import io
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from aiohttp.test_utils import TestClient, TestServer
from openpyxl import load_workbook

from monitor.cli.poll import _cells
from monitor.cli.profiles_report import readable_number
from monitor.cli.report_shift import _lines
from monitor.export.api.readings import row
from monitor.export.audience import Audience, Role
from monitor.export.http import make_app
from monitor.export.pages.card import card_html
from monitor.export.pages.province_page import ProvincePage
from monitor.export.pages.renderer import Renderer
from monitor.export.pages.static_files import Static
from monitor.export.pages.target_page import TargetPage
from monitor.export.sentences import sentences
from monitor.model.meeting import MeetingView
from monitor.model.reading import IcmpSample, Outcome, Reading
from monitor.model.reason import Reason
from monitor.model.settings import Settings
from monitor.model.state import Acknowledgement, RootCause, Snapshot, State, Transition
from monitor.report import availability
from monitor.report.page import report_html, shift_html
from monitor.report.shift import ShiftRecords, shift_log
from monitor.report.wording import ShiftWording
from monitor.report.xlsx import report_xlsx as workbook
from monitor.rules.availability import Account, Availability
from monitor.words.events import tell_event
from monitor.words.page import counted
from monitor.words.readiness import tell_finding
from monitor.words.state_reasons import explain
from monitor.words.voice import voice
from tests.export import sample
from tests.export.meeting_morning import FakeMeetings
from tests.export.sample import FakeSource

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
SETTINGS = Settings()
RENDERER = Renderer(Static())
IT = "xa-1-1"
_ALL = sample.inventory()
ALONE = replace(_ALL, targets={id_: each for id_, each in _ALL.targets.items() if id_ != f"dc-{IT}"})
"""Where no endpoint hangs on it, the ladder on a point's page is its own."""
both = pytest.mark.parametrize("language", ["vi", "en"])


def text(markup: str) -> str:
    """Return what is read of a piece of HTML, and what is said of it to those who can't see."""
    said = " ".join(re.findall(r'(?:title|aria-label)="([^"]*)"', markup))
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", markup) + " " + said).split())


def faces(snapshot: Snapshot, language: str, meetings: tuple[MeetingView, ...] = ()) -> dict[str, str]:
    """Return what is read of a target: in the province's panels, on its card, and part by part on its page."""
    source, watched, audience = FakeSource(snapshot), FakeMeetings(list(meetings)), Audience(language, Role.VIEWER)
    province = ProvincePage(source, RENDERER, watched).parts(snapshot, audience)
    page = TargetPage(IT, source, RENDERER, watched).parts(snapshot, audience)
    found = {
        "card": card_html(IT, RENDERER, snapshot, SETTINGS, audience),
        **page,
        **{key: province[key] for key in ("causes", "links")},
    }
    return {key: text(markup) for key, markup in found.items()}


def everywhere(expected: str, found: Mapping[str, str]) -> None:
    """Assert that a number stands in each text, and not only as a part of another number."""
    assert found
    lacking = {key: said for key, said in found.items() if not re.search(rf"(?<![\w,.<>]){re.escape(expected)}(?![\w%])", said)}
    assert {} == lacking, expected


# Shares


@both
@pytest.mark.parametrize("loss", [0.0004, 0.0125, 0.04])
def test_a_loss_is_said_alike_by_page_card_chart_path_ladder_reason_report_command(language: str, loss: float) -> None:
    reason = Reason("loss", {"loss_ratio": loss, "packets": 118})
    changes = {"icmp": sample.icmp(loss_recent=loss), "state": State.DEGRADED, "reason": reason}
    found = faces(sample.with_view(sample.snapshot(ALONE), IT, **changes), language)
    found = {key: found[key] for key in ("card", "about", "path", "ladder", "chart-loss", "links")}
    burst = row(Reading(IT, "icmp", 0.0, Outcome.OK, icmp=IcmpSample(5, (0.01,) * 5)), language)
    found["poll"] = " ".join(_cells(IT, {"icmp": burst | {"icmp": burst["icmp"] | {"loss": loss}}}, (), language))
    found["meeting"] = tell_finding("loss", reason.values, language)
    found["shift log"] = ShiftWording(language, ZONE, sample.inventory(), sample.NOW).reason(reason)
    everywhere(voice(language).loss(loss), found)


@both
def test_a_load_is_said_alike_by_page_card_chart_path_and_ladder(language: str) -> None:
    agent = sample.snmp(interfaces=(sample.interface(receive=0.625 * 50e6 / 8, transmit=0.0),))
    found = faces(sample.with_view(sample.snapshot(ALONE), IT, snmp=agent), language)
    everywhere("63%", {key: found[key] for key in ("card", "path", "ladder", "chart-bandwidth", "links")})


SHARES = [(0.89718125, "89,718%"), (0.999, "99,900%"), (0.9999999, "99,999%"), (1.0, "100,000%"), (0.0, "0,000%")]


@both
@pytest.mark.parametrize(("ratio", "vietnamese"), SHARES)
def test_availability_is_said_alike_by_terminal_page_and_workbook(language: str, ratio: float, vietnamese: str) -> None:
    account = Account(available_s=ratio * 1e7, down_s=(1 - ratio) * 1e7)
    found = Availability(0.0, 1e7, {IT: account}, {}, {}, (), 0.0, 0.0)
    report = availability.availability_report(found, sample.inventory(), language, ZONE, 1e7)
    expected = vietnamese if language == "vi" else vietnamese.replace(",", ".")
    assert expected == voice(language).availability(ratio)
    if ratio < 1:
        assert expected in text(report_html(report, language))
    sheet = load_workbook(io.BytesIO(workbook(report, language))).worksheets[-1]
    column = next(cell.column for cell in sheet[1] if cell.value == {"vi": "Khả dụng", "en": "Available"}[language])
    cell = next(each for each in sheet.iter_rows(min_row=2, min_col=column, max_col=column))[0]
    assert "0.000%" == cell.number_format
    assert expected == voice(language).number(float(cell.value) * 100, 3) + "%"  # type: ignore[arg-type]


# What is measured


@both
@pytest.mark.parametrize("rtt_s", [0.00125, 0.1825, 1.26])
def test_a_round_trip_is_said_alike_by_card_chart_path_ladder_reasons_report_command(language: str, rtt_s: float) -> None:
    reason = Reason("rtt", {"rtt_s": rtt_s, "bound_s": 0.3})
    changes = {"icmp": sample.icmp(rtt_s=rtt_s), "state": State.DEGRADED, "reason": reason}
    found = faces(sample.with_view(sample.snapshot(ALONE), IT, **changes), language)
    found = {key: found[key] for key in ("card", "about", "path", "ladder", "chart-rtt")}
    burst = row(Reading(IT, "icmp", 0.0, Outcome.OK, icmp=IcmpSample(5, (rtt_s,) * 5)), language)
    found["poll"] = " ".join(_cells(IT, {"icmp": burst}, (), language))
    found["meeting"] = tell_finding("answers", {"rtt_s": rtt_s}, language)
    found["shift log"] = ShiftWording(language, ZONE, sample.inventory(), sample.NOW).reason(reason)
    found["profile"] = readable_number("wan_device_answer_seconds", rtt_s, language)
    everywhere(voice(language).milliseconds(rtt_s), found)


@both
def test_a_jitter_is_said_alike_by_card_chart_ladder_and_reasons(language: str) -> None:
    reason = Reason("jitter", {"jitter_s": 0.0346, "bound_s": 0.03})
    changes = {"icmp": replace(sample.icmp(), jitter_s=0.0346), "state": State.DEGRADED, "reason": reason}
    found = faces(sample.with_view(sample.snapshot(ALONE), IT, **changes), language)
    found = {key: found[key] for key in ("card", "about", "ladder", "chart-jitter")}
    everywhere("35 ms", found | {"meeting": tell_finding("jitter", reason.values, language)})


@both
@pytest.mark.parametrize("bps", [512_000, 4_250_000, 50_000_000])
def test_a_rate_is_said_alike_by_card_page_chart_path_and_meeting(language: str, bps: int) -> None:
    made = ALONE
    contracted = replace(made.targets[IT].contracted, down_bps=bps, up_bps=bps)  # type: ignore[type-var]
    made = replace(made, targets=made.targets | {IT: replace(made.targets[IT], contracted=contracted)})  # type: ignore[operator]
    found = faces(sample.snapshot(made), language)
    found = {key: found[key] for key in ("card", "about", "path", "chart-bandwidth")}
    found["meeting"] = tell_finding("too_narrow", {"circuit": IT, "wanted_bps": 1e8, "contracted_bps": bps}, language)
    everywhere(voice(language).rate(bps), found)


# Spans


@both
@pytest.mark.parametrize("lasted_s", [59.6, 2_094.9, 3_600.0, 5_070.0])
def test_how_long_it_lasted_is_said_alike_by_pages_reports_and_events(language: str, lasted_s: float) -> None:
    begun, ended = sample.NOW - 9_000.0, sample.NOW - 9_000.0 + lasted_s
    silent = Reason("silent", {"bursts": 2})
    fell = Transition(IT, State.UP, State.DOWN, begun, IT, silent)
    rose = Transition(IT, State.DOWN, State.UP, ended, None, Reason("answers"))
    snapshot = replace(sample.snapshot(), changes=(rose, fell))
    say = ShiftWording(language, ZONE, sample.inventory(), sample.NOW)
    log = shift_log(ShiftRecords([], [fell, rose], []), sample.inventory(), sample.NOW - 28_800, sample.NOW)
    found = {key: faces(snapshot, language)[key] for key in ("causes", "day")}
    found["terminal"] = " ".join(_lines(log, say, "Mẫu"))
    found["paper"] = text(shift_html(log, say, "Mẫu", sample.NOW))
    found["event"] = tell_event("sighted", "", {"lasted_s": lasted_s}, (), language, {})
    everywhere(voice(language).duration(lasted_s), found)


@both
@pytest.mark.parametrize("ago_s", [12, 90, 3_600, 90_000])
def test_how_long_ago_is_said_alike_by_pages_ladder_and_meeting(language: str, ago_s: int) -> None:
    snapshot = sample.snapshot(states={IT: State.DOWN}, since=sample.NOW - ago_s)
    found = {key: faces(snapshot, language)[key] for key in ("card", "about", "causes")}
    found["meeting"] = tell_finding("fresh", {"age_s": float(ago_s)}, language)
    everywhere(voice(language).duration(ago_s), found)


# Counts and times


@both
@pytest.mark.parametrize(("points", "endpoints"), [(1, 1), (5, 6), (1, 12_000)])
def test_how_many_are_hit_is_said_alike_by_card_page_report_and_command(language: str, points: int, endpoints: int) -> None:
    made = sample.snapshot(states={IT: State.DOWN})
    cause = RootCause(IT, made.views[IT].since, made.views[IT].reason, points, endpoints)
    snapshot = replace(made, root_causes=(cause,))
    found = {key: faces(snapshot, language)[key] for key in ("card", "about")}
    fell = Transition(IT, State.UP, State.DOWN, sample.NOW - 60, IT, made.views[IT].reason, (), points, endpoints)
    log = shift_log(ShiftRecords([], [fell], []), sample.inventory(), sample.NOW - 28_800, sample.NOW)
    found["shift log"] = ShiftWording(language, ZONE, sample.inventory(), sample.NOW).hit(log.outages[0])
    for kind, count in (("points", points), ("endpoints", endpoints)):
        everywhere(counted(kind, count, language), found)
    assert ("1 point", "12,000 endpoints") == (counted("points", 1, "en"), counted("endpoints", 12_000, "en"))


@both
@pytest.mark.parametrize("ago_s", [600, 90_000, 864_000])
def test_since_when_is_said_alike_by_panel_card_and_page(language: str, ago_s: int) -> None:
    snapshot = sample.snapshot(states={IT: State.DOWN}, since=sample.NOW - ago_s)
    taken = Acknowledgement("VNPT", sample.NOW - ago_s, "")
    snapshot = sample.with_view(snapshot, IT, acknowledged=taken)
    say = sentences(language, "Asia/Ho_Chi_Minh")
    found = {key: faces(snapshot, language)[key] for key in ("card", "about", "causes")}
    everywhere(say.day_clock(sample.NOW - ago_s, sample.NOW), found)


# The API and the stream say what the pages say


@both
async def test_api_and_stream_say_what_the_page_says(language: str) -> None:
    reason = Reason("loss", {"loss_ratio": 0.0125, "packets": 118})
    snapshot = sample.with_view(
        sample.snapshot(ALONE), IT, icmp=sample.icmp(loss_recent=0.0125), state=State.DEGRADED, reason=reason
    )
    expected = voice(language).loss(0.0125)
    async with TestClient(TestServer(make_app(FakeSource(snapshot), fresh_s=0))) as client:
        async with client.get(f"/api/v1/targets/{IT}", params={"lang": language}) as answer:
            found = {"api": json.dumps(await answer.json(), ensure_ascii=False)}
        path = f"/api/v1/stream?page=target&id={IT}&parts={language}"
        async with client.get(path) as stream:
            async for line in stream.content:
                if line.startswith(b"data:") and b"chart-loss" in line:
                    found["stream"] = text(json.loads(line[5:])["parts"]["chart-loss"])
                    break
    assert {"api", "stream"} == found.keys()
    everywhere(expected, found)
    assert explain("loss", reason.values, language)[1:] in found["api"]
