"""The rungs of the ladder that the network answers for: evidence, work, uplinks, ping, quality, capacity; and what the past says.

Each function says what holds on one rung for one endpoint. rules/readiness/device_checks.py has the endpoint's own.
"""

from __future__ import annotations

from collections.abc import Mapping

from monitor.model.inventory import Expected
from monitor.model.meeting import Rung, Samples, Verdict
from monitor.model.probe_kinds import ICMP, SNMP
from monitor.model.state import State, TargetView
from monitor.rules.binomial import proves_above, proves_below, upper_bound
from monitor.rules.evidence import bound_s
from monitor.rules.quality import upper_jitter_s, upper_rtt_s, usual_bound_s
from monitor.rules.readiness.capacity import Circuit
from monitor.rules.readiness.inputs import Case, Finding, fails, holds, untold
from monitor.rules.timetable import BEFORE_MEETING

_LEAST_S = 60.0
"""What was heard within a minute is fresh, however often its probe asks."""
_SILENT = (State.DOWN, State.UNREACHABLE, State.STANDBY)


def evidence(case: Case) -> Finding:
    """Is there fresh evidence at all? Nothing that is not fresh counts as ready."""
    brief, view, rung = case.brief, case.view, Rung.EVIDENCE
    if brief.blind is not None:
        return fails(rung, Verdict.UNKNOWN, "blind", brief.blind.since)
    heard = _heard(case.view)
    at = max(heard.values(), default=None)
    if view.state is None or (view.state is State.UNKNOWN and at is None):
        return fails(rung, Verdict.UNKNOWN, "not_judged")
    if view.state in _SILENT:
        return holds(rung, "judged", at)
    if view.state is State.UNKNOWN or at is None:
        return fails(rung, Verdict.UNKNOWN, "stale", at, **({} if at is None else {"age_s": max(0.0, brief.now - at)}))
    age_s = max(0.0, brief.now - at)
    last = max(heard, key=heard.__getitem__)
    if age_s > max(bound_s(case.target, last, brief.settings), _LEAST_S):
        return fails(rung, Verdict.UNKNOWN, "stale", at, age_s=age_s)
    return holds(rung, "fresh", at, age_s=age_s)


def newest(case: Case) -> float | None:
    """Return when the newest thing was heard of an endpoint, epoch seconds."""
    return max(_heard(case.view).values(), default=None)


def _heard(view: TargetView) -> dict[str, float]:
    """Return probe → when it was heard last, epoch seconds, of those that were heard at all."""
    heard = {name: seen.at for name, seen in view.services.items()}
    if view.icmp is not None:
        heard[ICMP.name] = view.icmp.at
    if view.snmp is not None and view.snmp.at is not None:
        heard[SNMP.name] = view.snmp.at
    return heard


def work(case: Case) -> Finding:
    """Is no work announced over the meeting, and none under way that hides what is to be seen?"""
    if case.work is not None:
        window, covered = case.work
        return fails(Rung.MAINTENANCE, Verdict.NOT_READY, "work_over", work=window.reason, covered=covered)
    if case.view.state is State.MAINTENANCE:
        told = str(case.view.reason.values.get("work", case.view.reason.values.get("uplink", "")))
        return fails(Rung.MAINTENANCE, Verdict.UNKNOWN, "work_now", case.view.since, work=told)
    return holds(Rung.MAINTENANCE, "no_work")


def uplink(case: Case) -> Finding:
    """Does every target on some path to the root answer?"""
    view = case.view
    if view.state is State.UNREACHABLE:
        return fails(Rung.UPLINK, Verdict.NOT_READY, "uplink_down", view.since, uplink=view.cause or "")
    down = [name for name in case.target.parents if (above := case.brief.views.get(name)) and above.state is State.DOWN]
    if down and len(down) == len(case.target.parents) and view.state in (State.DOWN, State.STANDBY):
        return fails(Rung.UPLINK, Verdict.NOT_READY, "uplink_down", view.since, uplink=down[0])
    return holds(Rung.UPLINK, "uplinks_up")


def ping(case: Case) -> Finding:
    """Does the endpoint answer?"""
    view, brief = case.view, case.brief
    if view.state is State.DOWN:
        return fails(Rung.PING, Verdict.NOT_READY, "silent", view.since, since_at=view.since)
    if view.state is State.STANDBY:
        begins = (brief.meeting.start - BEFORE_MEETING).timestamp()
        if brief.now >= begins and case.expected is not Expected.ALWAYS:
            return fails(Rung.PING, Verdict.NOT_READY, "still_off", view.since, since_at=view.since)
        return fails(Rung.PING, Verdict.UNKNOWN, "off_yet", view.since, until_at=begins)
    rtt_s = None if view.icmp is None else view.icmp.sample.rtt_average_s
    if view.icmp is None or rtt_s is None:
        return holds(Rung.PING, "answers_otherwise", newest(case))
    return holds(Rung.PING, "answers", view.icmp.at, rtt_s=rtt_s)


def quality(case: Case) -> Finding:
    """Are loss, round trip and jitter good enough, and do enough packets say so?

    What the last minutes prove counts against it; what the last hours and the check's burst prove together counts for it.
    """
    rules, view, rung = case.brief.rules, case.view, Rung.QUALITY
    seen = case.brief.samples.get(case.target.id)
    if view.icmp is None:
        return fails(rung, Verdict.UNKNOWN, "no_samples", packets=0)
    at = view.icmp.at
    sent, ratio = view.icmp.packets_recent, view.icmp.loss_recent or 0.0
    lost = round(sent * ratio)
    if proves_above(lost, sent, rules.loss_ratio, rules.confidence):
        return fails(rung, Verdict.NOT_READY, "loss", at, loss_ratio=lost / sent, packets=sent)
    slow = _slowness(case, at)
    if slow is not None and slow.verdict is Verdict.NOT_READY:
        return slow
    proven = _proof(seen if seen is not None else Samples(sent, lost, at), case)
    return proven if proven.ok is not True or slow is None else slow


def _slowness(case: Case, at: float) -> Finding | None:
    rules, view, rung = case.brief.rules, case.view, Rung.QUALITY
    assert view.icmp is not None
    rtt_s, jitter_s = upper_rtt_s(view.icmp.rounds_recent), upper_jitter_s(view.icmp.rounds_recent)
    if rtt_s is not None and rtt_s > rules.rtt_most_s:
        return fails(rung, Verdict.NOT_READY, "rtt", at, rtt_s=rtt_s, bound_s=rules.rtt_most_s)
    if jitter_s is not None and jitter_s > rules.jitter_most_s:
        return fails(rung, Verdict.NOT_READY, "jitter", at, jitter_s=jitter_s, bound_s=rules.jitter_most_s)
    if rtt_s is not None and rtt_s > rules.rtt_s:
        return fails(rung, Verdict.AT_RISK, "rtt", at, rtt_s=rtt_s, bound_s=rules.rtt_s)
    if jitter_s is not None and jitter_s > rules.jitter_s:
        return fails(rung, Verdict.AT_RISK, "jitter", at, jitter_s=jitter_s, bound_s=rules.jitter_s)
    usual_s = view.usual_rtt_s
    if rtt_s is not None and usual_s is not None and rtt_s > usual_bound_s(usual_s, case.brief.settings.quality):
        return fails(rung, Verdict.AT_RISK, "rtt_usual", at, rtt_s=rtt_s, usual_s=usual_s)
    return None


def _proof(seen: Samples, case: Case) -> Finding:
    """Return whether so many packets prove that the loss is below what READY claims."""
    rules, rung = case.brief.rules, Rung.QUALITY
    if seen.sent == 0:
        return fails(rung, Verdict.UNKNOWN, "no_samples", packets=0)
    if proves_below(seen.lost, seen.sent, rules.loss_ratio, rules.confidence):
        return holds(rung, "loss_below", seen.at, packets=seen.sent, lost=seen.lost, bound_ratio=rules.loss_ratio)
    bound = upper_bound(seen.lost, seen.sent, rules.confidence)
    values: dict[str, float | int | str] = {"packets": seen.sent, "lost": seen.lost, "bound_ratio": bound}
    if not proves_below(0, seen.sent, rules.loss_ratio, rules.confidence):
        return fails(rung, Verdict.AT_RISK, "few_samples", seen.at, **values)
    return fails(rung, Verdict.AT_RISK, "loss_unproven", seen.at, **values)


def capacity(circuits: Mapping[str, Circuit], names: list[str]) -> Finding:
    """Do the circuits on an endpoint's path carry the calls beside their usual load? names: their points, its own first."""
    known = [circuits[name] for name in names if name in circuits]
    if not known:
        return untold(Rung.CAPACITY, "no_contract")
    for each in known:
        if each.is_too_narrow:
            return fails(Rung.CAPACITY, Verdict.NOT_READY, "too_narrow", None, **_told(each))
    for each in known:
        if each.is_overbooked:
            return fails(Rung.CAPACITY, Verdict.AT_RISK, "overbooked", None, **_told(each))
    tightest = max(known, key=lambda each: each.wanted_bps / each.free_bps)
    code = "carries" if tightest.load_bps is not None else "carries_alone"
    return holds(Rung.CAPACITY, code, None, **_told(tightest))


def _told(circuit: Circuit) -> dict[str, float | int | str]:
    return {
        "circuit": circuit.point,
        "calls": circuit.calls,
        "wanted_bps": circuit.wanted_bps,
        "free_bps": circuit.free_bps,
        "contracted_bps": circuit.contracted_bps,
    }


def history(case: Case) -> Finding:
    """Was it cut off too often in the last days? What is well now and was not all week is at risk."""
    rules, past = case.brief.rules, case.brief.past.get(case.target.id)
    if case.view.flapping:
        return fails(Rung.HISTORY, Verdict.AT_RISK, "flapping_now", case.brief.now)
    if past is None:
        return untold(Rung.HISTORY, "past_untold")
    if past.outages >= rules.outages:
        return fails(Rung.HISTORY, Verdict.AT_RISK, "flapped", past.last_at, outages=past.outages, past_s=past.seen_s)
    return holds(Rung.HISTORY, "steady", past.last_at, outages=past.outages, past_s=past.seen_s)
