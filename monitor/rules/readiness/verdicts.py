"""Whether every endpoint can join a meeting, and whether it can be held: verdicts, reasons, what to do and whom to call.

An endpoint's verdict is the gravest that any rung of its ladder leaves, its reason the first rung that leaves it. What needs the
endpoint to answer is not looked at while it does not: values from before an outage say nothing of now.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from monitor.model.inventory import Contact, Inventory, Kind
from monitor.model.meeting import Blast, EndpointVerdict, MeetingView, Rung, Verdict
from monitor.model.reason import Reason
from monitor.model.settings import MaintenanceWindow
from monitor.model.state import TargetView
from monitor.rules import maintenance
from monitor.rules.readiness import checks, device_checks
from monitor.rules.readiness.capacity import circuits_of, rehearse
from monitor.rules.readiness.inputs import EndpointInput, Finding, MeetingInput, not_counted
from monitor.rules.topology import Topology

# How roles are recognised, in the order in which they are called; a role that fits none comes last.
ORDER = (
    ("technician", ("ky thuat", "technician", "can bo xa", "van hoa - xa hoi")),
    ("carrier", ("nha mang", "carrier", "vnpt", "viettel", "mobifone", "fpt", "truyen dan")),
    ("power", ("dien luc", "power", "evn")),
    ("mcu", ("mcu", "dieu hanh", "hoi nghi truyen hinh")),
    ("office", ("van phong", "office", "ubnd", "uy ban")),
)

_LOOK_EVERY = timedelta(minutes=5)
GRAVITY = tuple(Verdict)
LADDER = tuple(Rung)
_WHILE_ANSWERING: tuple[tuple[Rung, Callable[[EndpointInput], Finding]], ...] = (
    (Rung.QUALITY, checks.quality),
    (Rung.SIGNALLING, device_checks.signalling),
    (Rung.REGISTRATION, device_checks.registration),
    (Rung.DEVICE, device_checks.device),
    (Rung.CERTIFICATE, device_checks.certificate),
    (Rung.CALL, device_checks.call),
)
"""Rungs that only an endpoint which answers can be seen on."""


def judge_readiness(meeting_input: MeetingInput) -> MeetingView:
    """Return the verdicts of a meeting and of each of its endpoints. When it was checked, and its seal, are the caller's to add."""
    endpoints = judge_endpoints(meeting_input)
    verdict, reason = judge_meeting(meeting_input, endpoints)
    return MeetingView(
        meeting=meeting_input.meeting,
        stage=meeting_input.stage,
        at=meeting_input.now,
        verdict=verdict,
        reason=reason,
        endpoints=MappingProxyType(endpoints),
        blasts=blasts(endpoints),
    )


def judge_endpoints(meeting_input: MeetingInput) -> dict[str, EndpointVerdict]:
    """Return id → verdict of every endpoint of a meeting that the inventory has, in its order."""
    inventory, meeting = meeting_input.inventory, meeting_input.meeting
    covered = _covered(meeting_input)
    circuits = rehearse(meeting, inventory, meeting_input.loads, meeting_input.rules)
    found: dict[str, EndpointVerdict] = {}
    for name in meeting.endpoints:
        if (target := inventory.targets.get(name)) is not None:
            narrow = checks.capacity(circuits, circuits_of(target, inventory))
            view = meeting_input.views.get(name) or TargetView(target)
            work = _work_over(name, meeting_input.topology, covered)
            found[name] = judge_endpoint(EndpointInput(meeting_input, target, view, work, narrow))
    return found


def judge_endpoint(endpoint: EndpointInput) -> EndpointVerdict:
    ladder = run_checks(endpoint)
    grave = min((finding.verdict for finding in ladder), key=GRAVITY.index)
    first = next((finding for finding in ladder if finding.verdict is grave), None) if grave is not Verdict.READY else None
    tick = endpoint.meeting_input.confirmations.get(endpoint.target.id)
    cause = _cause(first)
    return EndpointVerdict(
        endpoint=endpoint.target.id,
        verdict=grave,
        rung=None if first is None else first.rung,
        reason=None if first is None else first.text,
        evidence=tuple(finding.evidence() for finding in ladder),
        action=None if first is None else Reason(f"do_{first.text.code}", first.text.values),
        call=() if first is None else whom_to_call(endpoint.target.id, cause, endpoint.meeting_input.inventory),
        cause=cause,
        confirmation=tick,
        disputed=tick is not None and _is_disputed(tick.good, ladder),
    )


def run_checks(endpoint: EndpointInput) -> list[Finding]:
    """Return what was found on every rung, in the order of the ladder."""
    found = {
        Rung.EVIDENCE: checks.evidence(endpoint),
        Rung.MAINTENANCE: checks.work(endpoint),
        Rung.CAPACITY: endpoint.narrow or not_counted(Rung.CAPACITY, "no_contract"),
        Rung.HISTORY: checks.history(endpoint),
        Rung.SITE: device_checks.site(endpoint),
    }
    if found[Rung.EVIDENCE].ok is True:
        found[Rung.UPLINK] = checks.uplink(endpoint)
        if found[Rung.UPLINK].ok is True:
            found[Rung.PING] = checks.ping(endpoint)
    if Rung.PING in found and found[Rung.PING].ok is True:
        found |= {rung: look(endpoint) for rung, look in _WHILE_ANSWERING}
    return [found.get(rung) or not_counted(rung, "not_looked") for rung in LADDER]


def judge_meeting(meeting_input: MeetingInput, endpoints: Mapping[str, EndpointVerdict]) -> tuple[Verdict, Reason]:
    """Return whether the meeting can be held, and why.

    Without its host it can't. So many of the others may be missing as `attendance` leaves; with all of it, one is enough.
    """
    total = len(endpoints)
    by = {verdict: sum(each.verdict is verdict for each in endpoints.values()) for verdict in Verdict}
    values = MappingProxyType({**{verdict.value: count for verdict, count in by.items()}, "of": total})
    if not total:
        return Verdict.UNKNOWN, Reason("nobody")
    spare = total * (1 - meeting_input.rules.attendance) + 1e-9
    host = endpoints.get(meeting_input.meeting.host)
    if host is not None and host.verdict in (Verdict.NOT_READY, Verdict.UNKNOWN):
        return host.verdict, Reason(f"host_{host.verdict.value}", MappingProxyType({**values, "host": host.endpoint}))
    if by[Verdict.NOT_READY] > spare:
        return Verdict.NOT_READY, Reason("some_not_ready", values)
    if by[Verdict.NOT_READY] + by[Verdict.UNKNOWN] > spare:
        return Verdict.UNKNOWN, Reason("some_unknown", values)
    if by[Verdict.READY] < total:
        return Verdict.AT_RISK, Reason("some_at_risk", values)
    return Verdict.READY, Reason("all_ready", values)


def blasts(endpoints: Mapping[str, EndpointVerdict]) -> tuple[Blast, ...]:
    """Return what mending each place brings back, the most endpoints first. Places that take along only themselves are not told."""
    behind: dict[str, list[str]] = {}
    able = sum(each.verdict in (Verdict.READY, Verdict.AT_RISK) for each in endpoints.values())
    for name, each in endpoints.items():
        if each.cause and each.verdict is Verdict.NOT_READY:
            behind.setdefault(each.cause, []).append(name)
    found = [Blast(cause, tuple(names), able + len(names)) for cause, names in behind.items()]
    return tuple(sorted(found, key=lambda blast: (-len(blast.endpoints), blast.target)))


def _is_disputed(is_good: bool, ladder: Iterable[Finding]) -> bool:
    """Return whether technician and machine say opposite things; where the machine can't say, nobody disagrees."""
    machine = min((finding.verdict for finding in ladder if finding.rung is not Rung.SITE), key=GRAVITY.index)
    return machine is not Verdict.UNKNOWN and is_good is (machine is Verdict.NOT_READY)


def _cause(first: Finding | None) -> str:
    """Return the target whose fault stands in the way, '' where it is the endpoint's own."""
    values = {} if first is None else first.text.values
    return str(values.get("uplink", values.get("circuit", "")))


def _covered(meeting_input: MeetingInput) -> dict[str, MaintenanceWindow]:
    """Return target → the announced work that covers it during the meeting, the first that does."""
    meeting, targets = meeting_input.meeting, meeting_input.inventory.targets
    windows = [window for window in meeting_input.windows if _overlaps(window, meeting.start, meeting.end)]
    return {name: window for window in reversed(windows) for name in targets if maintenance.covers(window, targets[name])}


def _overlaps(window: MaintenanceWindow, start: datetime, end: datetime) -> bool:
    """Return whether announced work falls into a time, in whole or in part. start, end: aware, in the settings' time zone."""
    if window.start is not None and window.end is not None:
        return window.start < end and window.end > start
    moment = start
    while moment < end:
        if maintenance.is_open(window, moment):
            return True
        moment += _LOOK_EVERY
    return False


def _work_over(name: str, topology: Topology, covered: Mapping[str, MaintenanceWindow]) -> tuple[MaintenanceWindow, str] | None:
    """Return the work that covers an endpoint or every path from it to the root, and the target that it covers."""
    if not covered:
        return None
    if name in covered:
        return covered[name], name
    found = [_work_over(parent, topology, covered) for parent in topology.parents.get(name, ())]
    return next(iter(found)) if found and all(found) else None


def whom_to_call(endpoint: str, cause: str, inventory: Inventory) -> tuple[Contact, ...]:
    """Return the contacts of an endpoint, of its point, and of what cuts it off, technicians first, nobody twice.

    Among those of one role, whoever is nearest to the endpoint comes first. cause: id of a target, '' where it is the endpoint.
    """
    found: dict[tuple[str, str], Contact] = {}
    for name in _places(endpoint, cause, inventory):
        target = inventory.targets.get(name)
        for contact in () if target is None else target.contacts:
            found.setdefault((contact.role, contact.telephone), contact)
    return tuple(sorted(found.values(), key=lambda contact: rank(contact.role)))


def rank(role: str) -> int:
    """Return the place of a role in the order of calls, len(ORDER) for one that is not recognised."""
    plain = _plain(role)
    return next((place for place, (_, words) in enumerate(ORDER) if any(word in plain for word in words)), len(ORDER))


def _places(endpoint: str, cause: str, inventory: Inventory) -> Iterable[str]:
    for name in filter(None, (endpoint, cause)):
        yield name
        target = inventory.targets.get(name)
        if target is not None and target.kind is Kind.ENDPOINT:
            yield from target.parents


def _plain(text: str) -> str:
    marked = unicodedata.normalize("NFD", text.lower()).replace("đ", "d")
    return "".join(letter for letter in marked if not unicodedata.combining(letter))
