"""A threshold of the configuration moves the verdict and the colours of page, card, ladder and chart together, and alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from monitor.export.audience import Audience, Role
from monitor.export.pages.card import card_html
from monitor.export.pages.province_page import ProvincePage
from monitor.export.pages.renderer import Renderer
from monitor.export.pages.static_files import Static
from monitor.export.pages.target_page import TargetPage
from monitor.export.source import NoMeetings
from monitor.load.configuration import Configuration, load
from monitor.model.meeting import Meeting, Samples, Stage, UsualLoad, Verdict
from monitor.model.reading import IcmpSample, Outcome, Reading
from monitor.model.state import Snapshot, State, TargetView
from monitor.rules.health import Circumstances, judge_state
from monitor.rules.readiness.inputs import MeetingInput
from monitor.rules.readiness.verdicts import judge_readiness as judge_meeting
from monitor.rules.timetable import probe_plan
from monitor.rules.topology import topology_of
from monitor.service.board.track import new_track
from tests.export import sample
from tests.load.folders import SITES, make_folder
from tests.rules import endpoints

RENDERER = Renderer(Static())
IT = "ubnd"
ROUNDS = 60
QUALITY = "Chất lượng"
COLOURS = {"ready": "", "at_risk": "amber", "not_ready": "red"}
OF_MEASURE = {"loss": (0, "Mất gói", "loss"), "rtt": (1, "Độ trễ", "rtt"), "jitter": (None, "Biến động trễ", "jitter")}
"""Measure → its column of the worst links, its label on the card, its chart."""
OF_LOAD = (3, "Lưu lượng", "bandwidth")


@dataclass(frozen=True)
class Seen:
    """What was made of a target's rounds: its state, and the colours of one figure of it, by face."""

    state: State | None
    colours: dict[str, str]


def configured(folder: Path, monitor: str) -> Configuration:
    return load(make_folder(folder, monitor=monitor, sites=SITES.replace(", credential: wan", "")), {})


def measured(of: Configuration, rounds: Sequence[Sequence[float | None]], usual_s: float | None = None) -> TargetView:
    """Return the view of a target after rounds as the daemon takes and judges them."""
    target = of.inventory.targets[IT]
    track = new_track(target, probe_plan(target, of.settings, of.profiles), None, 0.0)
    for number, rtts_s in enumerate(rounds):
        burst = IcmpSample(len(rtts_s), tuple(rtts_s))
        reading = Reading(IT, "icmp", number * 5.0, Outcome.OK, icmp=burst)
        track.record_reading(reading, sample.NOW - 5, of.settings, usual_s)
    judgement = judge_state(
        IT, track.health, Circumstances(covered=None, cut=None, is_expected=True, fault=track.fault(of.settings))
    )
    assert judgement is not None
    icmp, usual_rtt_s = track.measured.icmp, track.measured.usual_rtt_s
    return TargetView(target, judgement.state, sample.NOW - 60, reason=judgement.reason, icmp=icmp, usual_rtt_s=usual_rtt_s)


def snapshot_of(of: Configuration, view: TargetView) -> Snapshot:
    views = {id_: replace(sample.view(target), usual_rtt_s=None) for id_, target in of.inventory.targets.items()} | {IT: view}
    return Snapshot(1, sample.NOW, of.inventory, views, last_round_at=sample.NOW - 5, fresh=len(views))


def faces(of: Configuration, view: TargetView, figure: tuple[int | None, str, str], rung: str) -> dict[str, str]:
    """Return face → the colour of one figure of a target."""
    snapshot = snapshot_of(of, view)
    column, label, chart = figure
    source = sample.FakeSource(snapshot, of.settings)
    page = TargetPage(IT, source, RENDERER, NoMeetings()).parts(snapshot, Audience("vi", Role.VIEWER))
    card = card_html(IT, RENDERER, snapshot, of.settings, Audience("vi", Role.VIEWER))
    links = ProvincePage(source, RENDERER, NoMeetings()).parts(snapshot, Audience("vi", Role.VIEWER))["links"]
    found = {
        "card": colour(between(card, f"<dt>{label}</dt>", "</dd>")),
        "ladder": COLOURS[re.findall(r'data-s="(\w+)"', between(page["ladder"], "<ol>", f"<b>{rung}</b>"))[-1]],
        "chart": colour(between(page[f"chart-{chart}"], '<p class="value', "</p>")),
    }
    if column is not None:
        row = between(links, f'<tr data-open="{IT}">', "</tr>")
        found["page"] = colour(re.findall(r"<td.*?</td>", row)[column])
    return found


def between(text: str, start: str, end: str) -> str:
    assert start in text, (start, text)
    assert end in text.partition(start)[2], (end, text)
    return text.partition(start)[2].partition(end)[0]


def colour(html: str) -> str:
    """Return the colour of the figure in a piece of a page."""
    found = re.search(r'#s-(amber|red)"', html)
    return found[1] if found else ""


def all_are(colour: str, measure: str) -> dict[str, str]:
    return {name: colour for name in ("card", "ladder", "chart", "page") if name != "page" or OF_MEASURE[measure][0] is not None}


EVEN = [(0.25,) * 5] * ROUNDS
UNEVEN = [(0.01, 0.03, 0.01, 0.03, 0.01)] * ROUNDS
"""A jitter of 20 ms."""
LOSSY = [(0.01, 0.01, 0.01, 0.01, None)] * 20
"""20 of 100 packets: a loss above 10% is proven by them, one above 15% is not."""
QUIET = "meetings: {rtt: 500ms, rtt_most: 600ms, jitter: 500ms, jitter_most: 600ms}\n"


@pytest.mark.parametrize(
    ("measure", "rounds", "beyond", "within"),
    [
        ("loss", LOSSY, "loss: 10%", "loss: 30%"),
        ("rtt", EVEN, "rtt: 249ms", "rtt: 251ms"),
        ("jitter", UNEVEN, "jitter: 19ms", "jitter: 21ms"),
    ],
)
def test_what_degrades_a_target_is_red_everywhere_and_what_does_not_is_red_nowhere(
    tmp_path: Path, measure: str, rounds: Sequence[Sequence[float | None]], beyond: str, within: str
) -> None:
    told = {}
    for name, text in (("beyond", beyond), ("within", within)):
        of = configured(tmp_path / name, f"quality: {{{text}}}\n{QUIET}")
        view = measured(of, rounds)
        told[name] = Seen(view.state, faces(of, view, OF_MEASURE[measure], QUALITY))
    # Of the loss a tenth of the bound is amber; RTT and jitter have nothing before red here.
    before = "amber" if measure == "loss" else ""
    assert Seen(State.DEGRADED, all_are("red", measure)) == told["beyond"]
    assert Seen(State.UP, all_are(before, measure)) == told["within"]


def test_a_loss_above_its_bound_that_its_packets_do_not_prove_is_neither_degraded_nor_red(tmp_path: Path) -> None:
    of = configured(tmp_path, f"quality: {{loss: 15%}}\n{QUIET}")
    view = measured(of, LOSSY)
    assert State.UP is view.state
    assert all_are("amber", "loss") == faces(of, view, OF_MEASURE["loss"], QUALITY)


@pytest.mark.parametrize(
    ("quality", "state", "colour"),
    [
        ("rtt_usual_factor: 3, rtt_usual_extra: 50ms", State.DEGRADED, "red"),
        ("rtt_usual_factor: 4, rtt_usual_extra: 50ms", State.UP, ""),
        ("rtt_usual_factor: 3, rtt_usual_extra: 200ms", State.UP, ""),
    ],
)
def test_a_round_trip_that_is_not_usual_is_red_with_its_verdict(tmp_path: Path, quality: str, state: State, colour: str) -> None:
    of = configured(tmp_path, f"quality: {{{quality}}}\n{QUIET}")
    view = measured(of, [(0.22,) * 5] * ROUNDS, usual_s=0.07)
    assert Seen(state, all_are(colour, "rtt")) == Seen(view.state, faces(of, view, OF_MEASURE["rtt"], QUALITY))


@pytest.mark.parametrize(
    ("meetings", "verdict", "colour"),
    [("rtt: 249ms", Verdict.AT_RISK, "amber"), ("rtt: 251ms", Verdict.READY, "")],
)
def test_what_puts_a_meeting_at_risk_is_amber_everywhere(tmp_path: Path, meetings: str, verdict: Verdict, colour: str) -> None:
    of = configured(tmp_path, f"meetings: {{{meetings}}}\n")
    view = measured(of, EVEN)
    assert verdict is ready(of, icmp=view)
    assert Seen(State.UP, all_are(colour, "rtt")) == Seen(view.state, faces(of, view, OF_MEASURE["rtt"], QUALITY))


@pytest.mark.parametrize(("headroom", "verdict", "colour"), [("69%", Verdict.AT_RISK, "amber"), ("72%", Verdict.READY, "")])
def test_the_headroom_of_circuits_is_one_for_verdict_and_colour(
    tmp_path: Path, headroom: str, verdict: Verdict, colour: str
) -> None:
    of = configured(tmp_path, f"meetings: {{headroom: {headroom}}}\n")
    contracted = of.inventory.targets[IT].contracted
    assert contracted is not None
    carried = contracted.down_bps * 0.7
    agent = sample.snmp(interfaces=[sample.interface(receive=carried / 8, transmit=0.0)])
    view = replace(measured(of, [(0.01,) * 5] * ROUNDS), snmp=agent)
    assert verdict is ready(of, icmp=view, loads={IT: UsualLoad(carried, 0.0)})
    assert dict.fromkeys(("page", "card", "ladder", "chart"), colour) == faces(of, view, OF_LOAD, "Tải đường truyền")


@pytest.mark.parametrize(("headroom", "tick"), [("80%", 80), ("60%", 60)])
def test_the_tick_of_the_loads_stands_where_its_words_say(tmp_path: Path, headroom: str, tick: int) -> None:
    of = configured(tmp_path, f"meetings: {{headroom: {headroom}}}\n")
    agent = sample.snmp(interfaces=[sample.interface(receive=1e7, transmit=0.0)])
    view = replace(measured(of, EVEN), snmp=agent)
    snapshot = snapshot_of(of, view)
    page = ProvincePage(sample.FakeSource(snapshot, of.settings), RENDERER, NoMeetings())
    html = page.parts(snapshot, Audience("vi", Role.VIEWER))["links"]
    assert f"5 phút · vạch {tick}% hợp đồng" in html
    assert f'class="tick" d="M{tick - 1} 0h2v12h-2z"' in html


def test_a_target_that_is_coming_back_stays_red_as_long_as_it_stays_degraded(tmp_path: Path) -> None:
    of = configured(tmp_path, f"quality: {{rtt: 260ms}}\n{QUIET}")
    slow, slower = [(0.25,) * 5] * 120, [(0.3,) * 5] * ROUNDS
    before, after = measured(of, slow), measured(of, [*slower, *slow])
    assert Seen(State.UP, all_are("", "rtt")) == Seen(before.state, faces(of, before, OF_MEASURE["rtt"], QUALITY))
    assert Seen(State.DEGRADED, all_are("red", "rtt")) == Seen(after.state, faces(of, after, OF_MEASURE["rtt"], QUALITY))


def test_one_slow_round_among_fast_ones_is_no_colour_where_it_is_no_verdict(tmp_path: Path) -> None:
    of = configured(tmp_path, "quality: {rtt: 200ms}\n")
    view = measured(of, [*[(0.01,) * 5] * ROUNDS, (0.9,) * 5])
    assert Seen(State.UP, all_are("", "rtt")) == Seen(view.state, faces(of, view, OF_MEASURE["rtt"], QUALITY))


def ready(of: Configuration, *, icmp: TargetView, loads: dict[str, UsualLoad] | None = None) -> Verdict:
    """Return the verdict on an endpoint that is well but for what is seen of its path: round trips as of the target, loads."""
    endpoint = replace(of.inventory.targets["dc-xa"], call_rate_bps=1_000_000)
    inventory = replace(of.inventory, targets={**of.inventory.targets, endpoint.id: endpoint})
    view = replace(endpoints.seen(endpoint, ping=icmp.icmp), usual_rtt_s=icmp.usual_rtt_s)
    if view.icmp is not None:
        view = replace(view, icmp=replace(view.icmp, at=endpoints.NOW - 10))
    meeting = Meeting("m", "m", "Giao ban", endpoints.START, endpoints.END, (endpoint.id,))
    views = {id_: TargetView(target, State.UP) for id_, target in inventory.targets.items()} | {endpoint.id: view}
    meeting_input = MeetingInput(
        meeting,
        Stage.HOUR_BEFORE,
        endpoints.NOW,
        inventory,
        topology_of(inventory),
        of.settings,
        of.profiles,
        views,
        samples={endpoint.id: Samples(1_000, 0, endpoints.NOW - 10)},
        loads=loads or {},
    )
    return judge_meeting(meeting_input).endpoints[endpoint.id].verdict
