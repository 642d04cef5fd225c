"""The JSON of the API: one flat object a target, null for absent evidence, times in epoch seconds."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.export.api.readings import codes, in_ms, service
from monitor.model.agent_limits import AgentLimits, LearnedLimit
from monitor.model.inventory import Contact, Kind
from monitor.model.reason import Reasons
from monitor.model.settings import Settings
from monitor.model.state import Acknowledgement, Event, Snapshot, TargetView, Transition
from monitor.rules.conference import PROBES
from monitor.rules.evidence import Evidence, circuit_load, gather
from monitor.words.probe_details import tell_details

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


def targets(snapshot: Snapshot, settings: Settings) -> dict[str, Json]:
    return {"at": snapshot.at, "targets": [target(view, snapshot, settings) for view in snapshot.views.values()]}


def target(view: TargetView, snapshot: Snapshot, settings: Settings) -> dict[str, Json]:
    evidence = gather(view, snapshot, settings)
    carried = circuit_load(view.target, evidence.wan)
    return {
        "id": view.target.id,
        "kind": view.target.kind.value,
        "name": view.target.name,
        "level": view.target.level,
        "area": view.target.area,
        "state": view.state.value if view.state else None,
        "since": view.since if view.state else None,
        "cause": view.cause,
        "rtt_ms": in_ms(evidence.rtt_s),
        "rtt_usual_ms": in_ms(view.usual_rtt_s),
        "loss": _rounded(evidence.loss_ratio, 4),
        "jitter_ms": in_ms(evidence.icmp.jitter_s if evidence.icmp else None),
        "snmp": evidence.snmp.up if evidence.snmp else None,
        "receive_bps": _rounded(carried.receive_bps, 0),
        "transmit_bps": _rounded(carried.transmit_bps, 0),
        "utilisation": _rounded(carried.utilisation, 4),
        "acknowledged": acknowledgement(view.acknowledged),
    }


def acknowledgement(of: Acknowledgement | None) -> dict[str, Json] | None:
    return {"by": of.by, "at": of.at, "note": of.note} if of else None


def contacts(people: Sequence[Contact], *, has_telephones: bool) -> list[Json]:
    """Return whom to call, in order; the number is null for whom that is not."""
    return [{"role": each.role, "telephone": each.telephone if has_telephones else None} for each in people]


def target_in_full(
    view: TargetView, snapshot: Snapshot, settings: Settings, why: str, language: str, *, has_telephones: bool = True
) -> dict[str, Json]:
    """Return one target as /api/v1/targets/ID shows it: what the list says and more. why: the reason in words.

    language: that of what probes said. has_telephones: False for whom numbers are null.
    """
    described = view.target
    location, contracted = described.location, described.contracted
    evidence = gather(view, snapshot, settings)
    root = next((cause for cause in snapshot.root_causes if cause.target == described.id), None)
    services = _services(view, language)
    return {
        "at": snapshot.at,
        **target(view, snapshot, settings),
        "short": described.short,
        "address": described.address,
        "profile": described.profile,
        "uplinks": list(described.parents),
        "location": [location.latitude, location.longitude] if location else None,
        "contracted": {"down_bps": contracted.down_bps, "up_bps": contracted.up_bps} if contracted else None,
        "contacts": contacts(described.contacts, has_telephones=has_telephones),
        "reason": {"code": view.reason.code, "values": dict(view.reason.values), "text": why},
        "flapping": view.flapping,
        "maintenance": view.maintenance,
        "affected": {"points": root.points, "endpoints": root.endpoints} if root else None,
        "path": tell_details((root.path,), language) if root and root.path else None,
        "icmp": _icmp(view, evidence),
        "agent": _agent(view, evidence, language),
        "services": services,
        # What 0.1 had of them.
        "conference": {probe: said for probe, said in services.items() if probe in PROBES},
        "complaints": [
            {"code": each.kind, "values": {**each.values, **_fault(each.because, language)}}
            for each in snapshot.complaints.get(described.id, ())
        ],
        "endpoints": [
            each.target.id
            for each in snapshot.views.values()
            if described.id in each.target.parents and each.target.kind is Kind.ENDPOINT
        ],
    }


def _icmp(view: TargetView, evidence: Evidence) -> dict[str, Json] | None:
    if view.icmp is None:
        return None
    return {
        "at": view.icmp.at,
        "sent": view.icmp.sample.sent,
        "received": view.icmp.sample.received,
        "window_loss": view.icmp.loss_recent if evidence.icmp else None,
        "window_packets": view.icmp.packets_recent,
        "mos": evidence.icmp.mos if evidence.icmp else None,
    }


def _fault(because: Reasons, language: str) -> dict[str, Json]:
    """Return what lies under an agent's fault as the value that it has always been for programs."""
    return {"fault": tell_details(because, language)} if because else {}


def _agent(view: TargetView, evidence: Evidence, language: str) -> dict[str, Json] | None:
    if view.snmp is None:
        return None
    current = evidence.snmp if evidence.snmp and evidence.snmp.up else None
    return {
        "at": view.snmp.at,
        "detail": tell_details(view.snmp.detail, language) or None,
        "reasons": codes(view.snmp.detail),
        "profile": view.snmp.profile,
        "boot_at": current.boot_at if current else None,
        "wan_interface": evidence.wan.name if evidence.wan else None,
        "values": dict(current.values) if current else {},
    }


def _services(view: TargetView, language: str) -> dict[str, Json]:
    return {
        probe: {
            "at": each.at,
            "outcome": each.outcome.value,
            "detail": tell_details(each.detail, language) or None,
            "reasons": codes(each.detail),
            **service(each.sample),
            "transport": each.sample.transport or None,
            "phrase": each.sample.phrase or None,
            "server": each.sample.server or None,
        }
        for probe, each in view.services.items()
    }


def agent_limits(learned: AgentLimits | None, language: str) -> dict[str, Json] | None:
    """Return how a target's agent wants to be asked, and why, in a language, that was found; None where nothing is known."""
    if learned is None:
        return None
    return {
        "repetitions": _learned(learned.repetitions, language),
        "get_size": _learned(learned.get_size, language),
        "timeout_s": _learned(learned.timeout_s, language),
        "response_s": _rounded(learned.response_s, 4),
        "deviation_s": _rounded(learned.deviation_s, 4),
        "requests_per_second": learned.requests_per_second,
        "held_back": learned.held_back,
        "late": learned.late,
    }


def _learned(number: LearnedLimit, language: str) -> dict[str, Json]:
    reasons = (number.reason,) if number.reason is not None else ()
    return {
        "value": round(number.value, 3),
        "reason": tell_details(reasons, language) or None,
        "reasons": codes(reasons),
        "since": number.at,
    }


def entry(item: Transition | Event, text: str, language: str) -> dict[str, Json]:
    """Return one line of the journal; `kind` is 'transition' for a change of a target's state.

    text: the line as a sentence. language: that of a transition's evidence.
    """
    if isinstance(item, Event):
        more = _fault(item.told, language) if "deed" in item.values else {}
        return {
            "at": item.at,
            "kind": item.kind,
            "target": item.target or None,
            "text": text,
            "values": {**item.values, **more},
            "reasons": codes(item.told),
        }
    return {
        "at": item.at,
        "kind": "transition",
        "target": item.target,
        "old": item.old.value if item.old else None,
        "new": item.new.value,
        "cause": item.cause,
        "reason": {"code": item.reason.code, "values": dict(item.reason.values)},
        "evidence": tell_details(item.evidence, language),
        "reasons": codes(item.evidence),
        "text": text,
        "affected": {"points": item.affected_points, "endpoints": item.affected_endpoints},
    }


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
