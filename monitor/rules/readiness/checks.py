"""The checks of what the network answers for: evidence, work, uplinks, ping, quality, capacity; and what the past says.

Each function says what holds on one rung of the ladder for one endpoint. rules/readiness/device_checks.py has the endpoint's own.
"""

from __future__ import annotations

from collections.abc import Mapping

from monitor.model.inventory import Expected
from monitor.model.meeting import Rung, Samples, Verdict
from monitor.model.probe_kinds import ICMP, SNMP
from monitor.model.state import IcmpView, State, TargetView
from monitor.rules.binomial import proves_above, proves_below, upper_bound
from monitor.rules.evidence import bound_s
from monitor.rules.quality import upper_jitter_s, upper_rtt_s, usual_bound_s
from monitor.rules.readiness.capacity import Circuit
from monitor.rules.readiness.inputs import EndpointInput, Finding, fails, holds, not_counted
from monitor.rules.timetable import BEFORE_MEETING

_LEAST_S = 60.0
"""What was heard within a minute is fresh, however often its probe asks."""
_SILENT = (State.DOWN, State.UNREACHABLE, State.STANDBY)


def evidence(endpoint: EndpointInput) -> Finding:
    """Is there fresh evidence at all? Nothing that is not fresh counts as ready."""
    meeting_input, view, rung = endpoint.meeting_input, endpoint.view, Rung.EVIDENCE
    if meeting_input.blind is not None:
        return fails(rung, Verdict.UNKNOWN, "blind", meeting_input.blind.since)
    heard = _heard(endpoint.view)
    at = max(heard.values(), default=None)
    if view.state is None or (view.state is State.UNKNOWN and at is None):
        return fails(rung, Verdict.UNKNOWN, "not_judged")
    if view.state in _SILENT:
        return holds(rung, "judged", at)
    if view.state is State.UNKNOWN or at is None:
        return fails(rung, Verdict.UNKNOWN, "stale", at, **({} if at is None else {"age_s": max(0.0, meeting_input.now - at)}))
    age_s = max(0.0, meeting_input.now - at)
    last = max(heard, key=heard.__getitem__)
    if age_s > max(bound_s(endpoint.target, last, meeting_input.settings), _LEAST_S):
        return fails(rung, Verdict.UNKNOWN, "stale", at, age_s=age_s)
    return holds(rung, "fresh", at, age_s=age_s)


def _heard(view: TargetView) -> dict[str, float]:
    """Return probe → when it was heard last, epoch seconds, of those that were heard at all."""
    heard = {name: seen.at for name, seen in view.services.items()}
    if view.icmp is not None:
        heard[ICMP.name] = view.icmp.at
    if view.snmp is not None and view.snmp.at is not None:
        heard[SNMP.name] = view.snmp.at
    return heard


def work(endpoint: EndpointInput) -> Finding:
    """Is no work announced over the meeting, and none under way that hides what is to be seen?"""
    if endpoint.work is not None:
        window, covered = endpoint.work
        return fails(Rung.MAINTENANCE, Verdict.NOT_READY, "work_over", work=window.reason, covered=covered)
    if endpoint.view.state is State.MAINTENANCE:
        values = endpoint.view.reason.values
        covered = str(values.get("work", values.get("uplink", "")))
        return fails(Rung.MAINTENANCE, Verdict.UNKNOWN, "work_now", endpoint.view.since, work=covered)
    return holds(Rung.MAINTENANCE, "no_work")


def uplink(endpoint: EndpointInput) -> Finding:
    """Does every target on some path to the root answer?"""
    view = endpoint.view
    if view.state is State.UNREACHABLE:
        return fails(Rung.UPLINK, Verdict.NOT_READY, "uplink_down", view.since, uplink=view.cause or "")
    down = [
        name for name in endpoint.target.parents if (above := endpoint.meeting_input.views.get(name)) and above.state is State.DOWN
    ]
    if down and len(down) == len(endpoint.target.parents) and view.state in (State.DOWN, State.STANDBY):
        return fails(Rung.UPLINK, Verdict.NOT_READY, "uplink_down", view.since, uplink=down[0])
    return holds(Rung.UPLINK, "uplinks_up")


def ping(endpoint: EndpointInput) -> Finding:
    view, meeting_input = endpoint.view, endpoint.meeting_input
    if view.state is State.DOWN:
        return fails(Rung.PING, Verdict.NOT_READY, "silent", view.since, since_at=view.since)
    if view.state is State.STANDBY:
        begins = (meeting_input.meeting.start - BEFORE_MEETING).timestamp()
        if meeting_input.now >= begins and endpoint.expected is not Expected.ALWAYS:
            return fails(Rung.PING, Verdict.NOT_READY, "still_off", view.since, since_at=view.since)
        return fails(Rung.PING, Verdict.UNKNOWN, "off_yet", view.since, until_at=begins)
    rtt_s = None if view.icmp is None else view.icmp.sample.rtt_average_s
    if view.icmp is None or rtt_s is None:
        return holds(Rung.PING, "answers_otherwise", max(_heard(view).values(), default=None))
    return holds(Rung.PING, "answers", view.icmp.at, rtt_s=rtt_s)


def quality(endpoint: EndpointInput) -> Finding:
    """Are loss, round trip and jitter good enough, and do enough packets say so?

    What the last minutes prove counts against it; what the last hours and the check's burst prove together counts for it.
    """
    rules, view, rung = endpoint.meeting_input.rules, endpoint.view, Rung.QUALITY
    if view.icmp is None:
        return fails(rung, Verdict.UNKNOWN, "no_samples", packets=0)
    at = view.icmp.at
    sent, ratio = view.icmp.packets_recent, view.icmp.loss_recent or 0.0
    lost = round(sent * ratio)
    if proves_above(lost, sent, rules.loss_ratio, rules.confidence):
        return fails(rung, Verdict.NOT_READY, "loss", at, loss_ratio=lost / sent, packets=sent)
    slow = _slowness(endpoint, view.icmp)
    if slow is not None and slow.verdict is Verdict.NOT_READY:
        return slow
    seen = endpoint.meeting_input.samples.get(endpoint.target.id)
    proven = _proof(seen if seen is not None else Samples(sent, lost, at), endpoint)
    return proven if proven.ok is not True or slow is None else slow


def _slowness(endpoint: EndpointInput, icmp: IcmpView) -> Finding | None:
    rules, rung, at = endpoint.meeting_input.rules, Rung.QUALITY, icmp.at
    rtt_s, jitter_s = upper_rtt_s(icmp.rounds_recent), upper_jitter_s(icmp.rounds_recent)
    bounds = ((Verdict.NOT_READY, rules.rtt_most_s, rules.jitter_most_s), (Verdict.AT_RISK, rules.rtt_s, rules.jitter_s))
    for verdict, rtt_bound_s, jitter_bound_s in bounds:
        if rtt_s is not None and rtt_s > rtt_bound_s:
            return fails(rung, verdict, "rtt", at, rtt_s=rtt_s, bound_s=rtt_bound_s)
        if jitter_s is not None and jitter_s > jitter_bound_s:
            return fails(rung, verdict, "jitter", at, jitter_s=jitter_s, bound_s=jitter_bound_s)
    usual_s = endpoint.view.usual_rtt_s
    if rtt_s is not None and usual_s is not None and rtt_s > usual_bound_s(usual_s, endpoint.meeting_input.settings.quality):
        return fails(rung, Verdict.AT_RISK, "rtt_usual", at, rtt_s=rtt_s, usual_s=usual_s)
    return None


def _proof(seen: Samples, endpoint: EndpointInput) -> Finding:
    """Return whether so many packets prove that the loss is below what READY claims."""
    rules, rung = endpoint.meeting_input.rules, Rung.QUALITY
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
        return not_counted(Rung.CAPACITY, "no_contract")
    for each in known:
        if each.is_too_narrow:
            return fails(Rung.CAPACITY, Verdict.NOT_READY, "too_narrow", None, **_circuit_values(each))
    for each in known:
        if each.is_overbooked:
            return fails(Rung.CAPACITY, Verdict.AT_RISK, "overbooked", None, **_circuit_values(each))
    tightest = max(known, key=lambda each: each.wanted_bps / each.free_bps)
    code = "carries" if tightest.load_bps is not None else "carries_alone"
    return holds(Rung.CAPACITY, code, None, **_circuit_values(tightest))


def _circuit_values(circuit: Circuit) -> dict[str, float | int | str]:
    return {
        "circuit": circuit.point,
        "calls": circuit.calls,
        "wanted_bps": circuit.wanted_bps,
        "free_bps": circuit.free_bps,
        "contracted_bps": circuit.contracted_bps,
    }


def history(endpoint: EndpointInput) -> Finding:
    """Was it cut off too often in the last days? What is well now and was not all week is at risk."""
    rules, past = endpoint.meeting_input.rules, endpoint.meeting_input.past.get(endpoint.target.id)
    if endpoint.view.flapping:
        return fails(Rung.HISTORY, Verdict.AT_RISK, "flapping_now", endpoint.meeting_input.now)
    if past is None:
        return not_counted(Rung.HISTORY, "past_untold")
    if past.outages >= rules.outages:
        return fails(Rung.HISTORY, Verdict.AT_RISK, "flapped", past.last_at, outages=past.outages, past_s=past.seen_s)
    return holds(Rung.HISTORY, "steady", past.last_at, outages=past.outages, past_s=past.seen_s)
