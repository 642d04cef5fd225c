"""What the application answers."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import replace

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics

from monitor.errors import Fault
from monitor.model.agent_limits import AgentLimits, LearnedLimit
from monitor.model.reason import Reason
from monitor.model.state import Acknowledgement, Event, State, Transition
from monitor.words.probe_details import tell_details
from tests.export import oracle, sample
from tests.export.sample import FakeSource
from tests.told import REFUSAL, UNANSWERED

FEWER = Reason("at_repetitions", {"tried": 20}, (Reason("status", {"status": "tooBig"}),))
USUAL = Reason("usual_answer", {"usual_s": 0.012})


Client = TestClient[web.Request, web.Application]

FIELDS = [
    "id", "kind", "name", "level", "area", "state", "since", "cause", "rtt_ms", "rtt_usual_ms", "loss", "jitter_ms", "snmp",
    "receive_bps", "transmit_bps", "utilisation", "acknowledged",
]  # fmt: skip


async def test_metrics_are_text_unless_openmetrics_is_asked_for(client: Client) -> None:
    plain = await client.get("/metrics")
    assert plain.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert ("monitor_blind", frozenset()) in oracle.parsed(await plain.text())
    modern = await client.get("/metrics", headers={"Accept": "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"})
    assert modern.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    assert list(parse_openmetrics(await modern.text()))  # type: ignore[no-untyped-call]


async def test_metrics_are_zipped_where_that_is_accepted(client: Client) -> None:
    session = client.session
    async with session.get(client.make_url("/metrics"), headers={"Accept-Encoding": "gzip"}, auto_decompress=False) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(await answer.read()).startswith(b"# HELP wan_target_info")
    async with session.get(client.make_url("/metrics"), headers={"Accept-Encoding": "identity"}) as answer:
        assert "Content-Encoding" not in answer.headers


async def test_healthy_always_and_ready_once_the_first_probes_are_sent(client: Client, source: FakeSource) -> None:
    assert (await client.get("/-/healthy")).status == 200
    assert (await client.get("/-/ready")).status == 200
    source.ready = False
    assert (await client.get("/-/ready")).status == 503


@pytest.mark.parametrize("origin", [None, "http://elsewhere.example", "null"])
async def test_a_post_of_another_origin_is_refused(client: Client, origin: str | None) -> None:
    answer = await client.post("/-/reload", headers={"Origin": origin} if origin else {})
    assert answer.status == 403
    assert REFUSAL == set(await answer.json())


async def test_reload_says_its_faults_and_keeps_what_was(client: Client, source: FakeSource) -> None:
    headers = {"Origin": str(client.make_url("/")).rstrip("/")}
    assert (await client.post("/-/reload", headers=headers)).status == 200
    source.faults = (Fault("config/sites.yaml", 214, "points.xa-lung-cu.uplink", "no_point", values={"name": "x"}),)
    for language, error, told in (
        ("vi", "cấu hình có lỗi", "không có điểm mạng nào tên 'x'"),
        ("en", "the configuration has faults", "no point is called 'x'"),
    ):
        answer = await client.post(f"/-/reload?lang={language}", headers=headers)
        said = await answer.json()
        assert (422, error, ["no_point"]) == (answer.status, said["error"], said["codes"])
        assert [f"config/sites.yaml:214: points.xa-lung-cu.uplink: {told}"] == said["faults"]
        assert [(214, "no_point", {"name": "x"}, told)] == [
            (each["line"], each["code"], each["values"], each["fault"]) for each in said["found"]
        ]


async def test_targets_have_the_fields_of_the_contract(client: Client) -> None:
    body = await (await client.get("/api/v1/targets")).json()
    assert body["at"] == sample.NOW
    assert len(sample.inventory().targets) == len(body["targets"])
    assert FIELDS == list(body["targets"][0])


async def test_absent_evidence_is_null(client: Client, source: FakeSource) -> None:
    source.now = sample.snapshot(states={"xa-1-1": None, "xa-1-2": State.DOWN})
    found = {each["id"]: each for each in (await (await client.get("/api/v1/targets")).json())["targets"]}
    assert {found["xa-1-1"][field] for field in ("state", "since", "rtt_ms", "loss", "snmp", "receive_bps", "acknowledged")} == {
        None
    }
    assert (found["xa-1-2"]["state"], found["xa-1-2"]["loss"], found["xa-1-2"]["rtt_ms"]) == ("down", 1.0, None)
    assert (found["xa-1-3"]["receive_bps"], found["xa-1-3"]["utilisation"]) == (20_000_000, 0.4)


async def test_a_taken_fault_says_who_and_when(client: Client, source: FakeSource) -> None:
    taken = Acknowledgement("Ca trực", sample.NOW - 60, "đã gọi nhà mạng")
    source.now = sample.with_view(sample.snapshot(states={"xa-1-2": State.DOWN}), "xa-1-2", acknowledged=taken)
    body = await (await client.get("/api/v1/targets/xa-1-2")).json()
    assert {"by": "Ca trực", "at": sample.NOW - 60, "note": "đã gọi nhà mạng"} == body["acknowledged"]


async def test_one_target_says_why_in_the_language_asked_for(client: Client, source: FakeSource) -> None:
    source.now = sample.snapshot(states={"ubnd-1": State.DOWN})
    vietnamese = await (await client.get("/api/v1/targets/ubnd-1")).json()
    assert vietnamese["reason"]["text"] == "Không trả lời 2 loạt gói liên tiếp"
    assert vietnamese["affected"] == {"points": 5, "endpoints": 6}
    english = await (await client.get("/api/v1/targets/ubnd-1?lang=en")).json()
    assert english["reason"]["text"] == "2 bursts in a row went unanswered"


@pytest.mark.parametrize(
    ("chosen", "spoken"),
    [
        (("vi", "", ""), "vi"),
        (("en", "", ""), "en"),
        (("vi", "en", ""), "en"),
        (("en", "vi", ""), "vi"),
        (("vi", "vi", "?lang=en"), "en"),
        (("en", "en", "?lang=vi"), "vi"),
    ],
)
async def test_json_speaks_as_pages_do_and_what_0_1_told_in_english_is_english_unless_it_is_asked_for(
    chosen: tuple[str, str, str], spoken: str, client: Client, source: FakeSource
) -> None:
    configured, cookie, query = chosen
    source.settings = replace(source.settings, language=configured)
    source.now = sample.snapshot(states={"ubnd-1": State.DOWN})
    source.manners["ubnd-1"] = AgentLimits(
        LearnedLimit(10, FEWER, sample.NOW), LearnedLimit(24), LearnedLimit(0.5, USUAL), 0.012, 0.002, 20, 3, 1
    )
    # No browser's own: most Windows of the province is English, and its shift is not.
    headers = {"Accept-Language": "en-US,en;q=0.9"} | ({"Cookie": f"lang={cookie}"} if cookie else {})
    told = await (await client.get(f"/api/v1/targets/ubnd-1{query}", headers=headers)).json()
    refused = await (await client.get(f"/api/v1/targets/none{query}", headers=headers)).json()
    assert ("Không trả lời 2 loạt gói" if spoken == "vi" else "2 bursts in a row") in told["reason"]["text"]
    assert {"vi": "không có điểm nào tên 'none'", "en": "no target is called 'none'"}[spoken] == refused["error"]
    assert ("no_target_here", {"name": "'none'"}) == (refused["code"], refused["values"])
    asked = spoken if query else "en"
    assert tell_details((FEWER,), asked) == told["snmp_manner"]["repetitions"]["reason"]


async def test_one_target_tells_how_its_agent_wants_to_be_asked_and_why(client: Client, source: FakeSource) -> None:
    assert (await (await client.get("/api/v1/targets/ubnd-1")).json())["snmp_manner"] is None
    fewer, usual = LearnedLimit(10, FEWER, sample.NOW), LearnedLimit(24)
    source.now = replace(source.now)  # another picture, as a second later
    source.manners["ubnd-1"] = AgentLimits(fewer, usual, LearnedLimit(0.5, USUAL), 0.012, 0.002, 20, 3, 1)
    told = (await (await client.get("/api/v1/targets/ubnd-1")).json())["snmp_manner"]
    code = {"code": "at_repetitions", "values": {"tried": 20}, "because": [{"code": "status", "values": {"status": "tooBig"}}]}
    assert {"value": 10, "reason": "tooBig at 20 repetitions", "reasons": [code], "since": sample.NOW} == told["repetitions"]
    assert {"value": 24, "reason": None, "reasons": [], "since": None} == told["get_size"]
    assert (0.5, 0.012, 20, 3, 1) == (
        *(told["timeout_s"]["value"], told["response_s"]),
        *(told["requests_per_second"], told["held_back"], told["late"]),
    )


async def test_an_unknown_route_is_404_with_its_cure(client: Client) -> None:
    answer = await client.get("/api/v1/nothing")
    assert (answer.status, REFUSAL) == (404, set(await answer.json()))


async def test_an_unknown_target_is_404_with_its_cure(client: Client) -> None:
    answer = await client.get("/api/v1/targets/xa-nao")
    assert answer.status == 404
    assert "xa-nao" in (await answer.json())["error"]


async def test_events_take_a_time_in_seconds_or_rfc_3339(client: Client, source: FakeSource) -> None:
    source.journal = [
        Transition("xa-1-1", State.UP, State.DOWN, sample.NOW, "xa-1-1", Reason("silent", {"bursts": 2}), UNANSWERED, 0, 1),
        Event(sample.NOW - 5, "reload", "", {"targets": 477}),
    ]
    body = await (await client.get("/api/v1/events?since=2026-11-30T07:00:00%2B07:00&limit=5")).json()
    assert ["transition", "reload"] == [each["kind"] for each in body["events"]]
    assert body["events"][0]["reason"] == {"code": "silent", "values": {"bursts": 2}}
    assert body["events"][1]["target"] is None
    await client.get("/api/v1/events?since=1796000000.5")
    assert [(1_795_996_800.0, 5), (1_796_000_000.5, 100)] == source.asked


@pytest.mark.parametrize(
    "query",
    [
        *("bogus=1", "since=yesterday", "since=2026-11-30T07:00:00", "since=nan", "since=-5"),
        *("limit=0", "limit=many", "limit=100000", "limit=" + "9" * 5000),
    ],
)
async def test_a_bad_parameter_is_400_with_fault_and_cure(client: Client, query: str) -> None:
    answer = await client.get(f"/api/v1/events?{query}")
    assert answer.status == 400
    body = await answer.json()
    assert query.partition("=")[0] in body["error"]
    assert body["cure"]


async def test_every_answer_carries_the_security_headers(client: Client) -> None:
    for path in ("/", "/metrics", "/api/v1/targets", "/nowhere"):
        headers = (await client.get(path)).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"


async def test_static_files_have_hashed_names_and_are_kept_for_ever(client: Client) -> None:
    page = await (await client.get("/")).text()
    for name in ("monitor", "fonts/inter-latin-wght-normal", "fonts/inter-vietnamese-wght-normal"):
        start = page.index(f"/static/{name}.")
        answer = await client.get(page[start : page.index('"', start)])
        assert answer.status == 200
        assert "immutable" in answer.headers["Cache-Control"]
    for path in ("/static/monitor.css", "/static/../http.py", "/static/%2e%2e/page.html"):
        assert (await client.get(path)).status == 404


async def test_static_files_are_zipped_where_that_makes_them_smaller(client: Client) -> None:
    page = await (await client.get("/")).text()
    for name, is_zipped in (("monitor", True), ("fonts/inter-latin-wght-normal", False)):
        start = page.index(f"/static/{name}.")
        url = client.make_url(page[start : page.index('"', start)])
        async with client.session.get(url, headers={"Accept-Encoding": "gzip"}, auto_decompress=False) as answer:
            sent, encoding = await answer.read(), answer.headers.get("Content-Encoding")
        plain = await (await client.get(url.path, headers={"Accept-Encoding": "gzip;q=0"})).read()
        assert (("gzip", plain) if is_zipped else (None, plain)) == (encoding, gzip.decompress(sent) if is_zipped else sent)


async def test_the_stylesheet_names_fonts_that_are_there(client: Client) -> None:
    page = await (await client.get("/")).text()
    start = page.index("/static/monitor.", page.index("stylesheet"))
    css = await (await client.get(page[start : page.index('"', start)])).text()
    urls = [part.split('"')[0] for part in css.split('url("')[1:]]
    assert [200, 200] == [(await client.get(url)).status for url in urls]


BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
NO_PAGE = ("Không có trang này", "There is no such page")
NOT_SHOWN = ("Không hiển thị được trang này", "This page can&#39;t be shown")


def in_both(vi_title: str, en_title: str, vi_fault: str, en_fault: str) -> Mapping[str, tuple[str, str]]:
    return {"vi": (vi_title, vi_fault), "en": (en_title, en_fault)}


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/targets/none", 404, in_both(*NO_PAGE, "không có điểm nào tên", "no target is called")),
        ("/meetings/none", 404, in_both(*NO_PAGE, "không có phiên họp nào tên", "no meeting is called")),
        ("/nowhere", 404, in_both(*NO_PAGE, "không có gì ở", "there is nothing at")),
        ("/?lang=xx", 400, in_both(*NOT_SHOWN, "không phải ngôn ngữ nào", "is not a language")),
    ],
)
async def test_a_browser_is_refused_by_a_page_in_the_readers_language_and_a_program_by_json(
    path: str, status: int, said: Mapping[str, tuple[str, str]], client: Client, source: FakeSource
) -> None:
    for language, (title, fault) in said.items():
        source.settings = replace(source.settings, language=language)
        answer = await client.get(path, headers=BROWSER)
        assert (status, "text/html") == (answer.status, answer.content_type)
        text = await answer.text()
        assert all(each in text for each in (f'lang="{language}"', f"<h1>{title}</h1>", '<a href="/">', "/static/monitor."))
        assert fault in text
        assert fault in (await (await client.get(path)).json())["error"]
    answer = await client.get(path)
    assert (status, REFUSAL) == (answer.status, set(await answer.json()))


async def test_an_address_of_the_api_is_refused_by_json_in_a_browser_too_and_what_was_typed_is_escaped(client: Client) -> None:
    answer = await client.get("/api/v1/targets/none", headers=BROWSER)
    assert (404, "application/json") == (answer.status, answer.content_type)
    assert "<b>" not in await (await client.get("/targets/<b>", headers=BROWSER)).text()


async def test_the_language_is_remembered(client: Client, source: FakeSource) -> None:
    assert 'lang="vi"' in await (await client.get("/")).text()
    assert 'lang="en"' in await (await client.get("/?lang=en")).text()
    assert 'lang="en"' in await (await client.get("/")).text()
    assert (await client.get("/?lang=fr")).status == 400
    source.settings = replace(source.settings, language="en")
    client.session.cookie_jar.clear()
    assert 'lang="en"' in await (await client.get("/")).text()


async def test_a_card_tells_all_of_one_target(client: Client, source: FakeSource) -> None:
    source.now = sample.snapshot(states={"ubnd-1": State.DOWN})
    card = await (await client.get("/card/ubnd-1")).text()
    for text in (
        "UBND huyện 1",
        "Mất kết nối",
        "Không trả lời 2 loạt gói liên tiếp",
        "5 điểm mạng, 6 điểm cầu",
        "10.1.0.1",
        "chưa ai nhận",
    ):
        assert text in card
    assert "UBND huyện 1" in await (await client.get("/card/xa-1-1")).text()
    assert (await client.get("/card/xa-nao")).status == 404


async def test_the_journals_lines_are_sentences_in_the_language_asked_for(client: Client, source: FakeSource) -> None:
    source.journal = [
        Event(2.0, "acknowledged", "ubnd-1", {"by": "VNPT", "note": ""}),
        Transition("ubnd-1", State.UP, State.DOWN, 1.0, "ubnd-1", Reason("silent", {"bursts": 2})),
    ]
    vietnamese = (await (await client.get("/api/v1/events")).json())["events"]
    assert ["VNPT nhận UBND huyện 1", "UBND huyện 1: hoạt động → mất kết nối, không trả lời 2 loạt gói liên tiếp"] == [
        each["text"] for each in vietnamese
    ]
    assert {"by": "VNPT", "note": ""} == vietnamese[0]["values"]
    english = (await (await client.get("/api/v1/events?lang=en")).json())["events"]
    assert "VNPT took on UBND huyện 1" == english[0]["text"]
