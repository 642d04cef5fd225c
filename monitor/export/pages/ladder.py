"""The evidence ladder of a target: what has to hold, step by step; the first step that does not is the reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from monitor.export.pages.path import chain
from monitor.export.sentences import Sentences, names_of
from monitor.model.inventory import Kind
from monitor.model.meeting import EndpointVerdict, MeetingView
from monitor.model.probe_kinds import KINDS
from monitor.model.settings import Settings
from monitor.model.state import Snapshot, State, TargetView
from monitor.rules.bounds import Grade, grades
from monitor.rules.evidence import Evidence, circuit_load, gather
from monitor.words.catalogue import say as say_word
from monitor.words.probes import PROBES

GOOD, POOR, BAD, UNSURE = "ready", "at_risk", "not_ready", "unknown"
_OF_GRADE = {Grade.FINE: GOOD, Grade.AMBER: POOR, Grade.RED: BAD}
_OF_OK = {True: GOOD, False: BAD, None: UNSURE}


@dataclass(frozen=True, slots=True)
class LadderStep:
    """One step. mark: a verdict's; label: what has to hold; text: what was found; at: epoch seconds, None without evidence."""

    mark: str
    label: str
    text: str
    at: float | None


def of_meeting(verdict: EndpointVerdict, snapshot: Snapshot, say: Sentences) -> list[LadderStep]:
    """Return the ladder that a meeting's check climbed; the step that makes it only conditional is amber."""
    found = []
    for each in verdict.evidence:
        mark = _OF_OK[each.ok]
        if each.ok is False and verdict.verdict.value == POOR:
            mark = POOR
        found.append(LadderStep(mark, say.rung(each.rung), say.readiness(each.text, names_of(snapshot)), each.at))
    return found


def verdict_of(id_: str, meetings: Sequence[MeetingView]) -> tuple[MeetingView, EndpointVerdict] | None:
    """Return the first meeting that has evidence of an endpoint, and its verdict; None where none has."""
    for view in meetings:
        verdict = view.endpoints.get(id_)
        if verdict is not None and verdict.evidence:
            return view, verdict
    return None


def routine(view: TargetView, snapshot: Snapshot, settings: Settings, say: Sentences) -> list[LadderStep]:
    """Return the ladder by what is measured all day."""
    evidence = gather(view, snapshot, settings, is_frozen=True)
    steps = [_uplink(view, snapshot, say), _ping(view, evidence, say), _quality(view, evidence, settings, say)]
    point = view if view.target.kind is Kind.POINT else snapshot.views.get(next(iter(view.target.parents), ""))
    if point is not None:
        steps += _room(point, snapshot, settings, say)
    steps += _agent(view, evidence, say)
    steps += _services(view, say)
    return steps


def _uplink(view: TargetView, snapshot: Snapshot, say: Sentences) -> LadderStep:
    above = chain(view.target, snapshot)[:-1]
    label, at = say.rung("uplink"), snapshot.last_round_at or None
    if not above:
        return LadderStep(GOOD, label, say("is_root"), at)
    for each in above:
        if each.state is not State.UP:
            mark = BAD if each.state in (State.DOWN, State.UNREACHABLE) else POOR if each.state else UNSURE
            return LadderStep(mark, label, f"{each.target.name}: {say.state(each.state or State.UNKNOWN)}", at)
    return LadderStep(GOOD, label, say("uplinks_up", names=", ".join(each.target.name for each in above)), at)


def _ping(view: TargetView, evidence: Evidence, say: Sentences) -> LadderStep:
    label = say.rung("ping")
    if evidence.icmp is None:
        return LadderStep(UNSURE, label, say("no_evidence"), view.icmp.at if view.icmp else None)
    sample = evidence.icmp.sample
    text = say("replies", received=sample.received, sent=sample.sent)
    if evidence.rtt_s is not None:
        text = f"{say.voice.milliseconds(evidence.rtt_s)}, {text}"
    return LadderStep(GOOD if sample.received else BAD, label, text, evidence.icmp.at)


def _quality(view: TargetView, evidence: Evidence, settings: Settings, say: Sentences) -> LadderStep:
    label, icmp, graded = say.rung("quality"), evidence.icmp, grades(view, evidence, settings)
    if icmp is None or icmp.sample.received == 0:
        return LadderStep(UNSURE, label, say("no_evidence"), None)
    if icmp.loss_recent is None:
        return LadderStep(UNSURE, label, say("too_few", count=icmp.packets_recent), icmp.at)
    parts = [say("link_loss", loss=say.voice.loss(icmp.loss_recent))]
    if graded.rtt and evidence.window_rtt_s is not None:
        parts.append(say("link_rtt", rtt=say.voice.milliseconds(evidence.window_rtt_s)))
    if icmp.jitter_s is not None:
        parts.append(say("link_jitter", jitter=say.voice.milliseconds(icmp.jitter_s)))
    window = say("window", count=icmp.packets_recent, window=say.age(settings.quality.window_s))
    return LadderStep(_OF_GRADE[graded.path], label, f"{', '.join(parts)} ({window})", icmp.at)


def _room(point: TargetView, snapshot: Snapshot, settings: Settings, say: Sentences) -> Iterator[LadderStep]:
    evidence = gather(point, snapshot, settings, is_frozen=True)
    share = circuit_load(point.target, evidence.wan).utilisation
    if share is not None and evidence.snmp is not None:
        mark = _OF_GRADE[grades(point, evidence, settings).load]
        yield LadderStep(mark, say("step_load"), say("load_of_contract", load=say.voice.load(share)), evidence.snmp.at)


def _agent(view: TargetView, evidence: Evidence, say: Sentences) -> Iterator[LadderStep]:
    if evidence.snmp is not None:
        text = (
            say("card_snmp_up")
            if evidence.snmp.up
            else ": ".join(filter(None, (say("card_snmp_down"), say.detail(evidence.snmp.detail))))
        )
        yield LadderStep(GOOD if evidence.snmp.up else POOR, say("card_snmp"), text, evidence.snmp.at)
        if view.target.kind is Kind.ENDPOINT and evidence.snmp.up:
            yield from _values(evidence.snmp.values, evidence.snmp.at, say)


def _services(view: TargetView, say: Sentences) -> Iterator[LadderStep]:
    for probe, each in view.services.items():
        name = say_word(PROBES, probe, say.language)
        label = say.rung("signalling") if KINDS[probe].speaks_of_conference else name
        status = f"{each.sample.code} {each.sample.phrase}".strip() if each.sample.code is not None else say.detail(each.detail)
        text = " ".join(filter(None, (name, status or say("step_answers"))))
        yield LadderStep(GOOD if each.outcome.is_alive else BAD, label, text, each.at)
        yield from _values(each.sample.values, each.at, say)


_SIGNS = {
    "conference_registered": ("registration", "registered", "not_registered"),
    "conference_device_up": ("device", "device_good", "device_bad"),
    "conference_in_call": ("call", "in_call", "not_in_call"),
}


def _values(values: Mapping[str, float], at: float | None, say: Sentences) -> Iterator[LadderStep]:
    for series, value in values.items():
        name, _, labels = series.partition("{")
        if name in _SIGNS:
            rung, yes, no = _SIGNS[name]
            of = labels.partition('"')[2].partition('"')[0]
            is_good = (value == 0) if name == "conference_in_call" else (value == 1)
            yield LadderStep(
                GOOD if is_good else POOR if rung == "call" else BAD, say.rung(rung), say(yes if value else no, of=of), at
            )
