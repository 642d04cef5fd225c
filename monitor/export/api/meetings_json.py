"""Meetings as JSON: what `monitor ready --format json` prints and /api/v1/meetings answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import tzinfo

from monitor.errors import Notice, left_out_first
from monitor.export.api.targets import Json, contacts
from monitor.model.meeting import EndpointVerdict, MeetingView
from monitor.model.reason import Reason
from monitor.words.readiness import tell_finding

NOTICES_SHOWN = 200


@dataclass(frozen=True, slots=True)
class MeetingWording:
    """How meetings are told. names: id → name. zone: in which moments are told. has_telephones: for whom numbers are not null."""

    language: str
    names: Mapping[str, str]
    zone: tzinfo
    has_telephones: bool = True

    def sentence(self, reason: Reason) -> str:
        return tell_finding(reason.code, reason.values, self.language, self.names, self.zone)


def meeting_listed(view: MeetingView, say: MeetingWording) -> dict[str, Json]:
    """Return one meeting as the list has it: all but its endpoints."""
    meeting = view.meeting
    return {
        "meeting": meeting.id,
        "series": meeting.series,
        "title": meeting.title,
        "level": meeting.level or None,
        "host": meeting.host or None,
        "external_host": meeting.external_host or None,
        "platform": meeting.platform or None,
        "carrier": meeting.carrier or None,
        "start": meeting.start.isoformat(),
        "end": meeting.end.isoformat(),
        "stage": view.stage.value,
        "at": view.at,
        "verdict": view.verdict.value,
        "reason": {"code": view.reason.code, "text": say.sentence(view.reason)},
        "counts": {verdict.value: count for verdict, count in view.counts().items()},
        "checked_at": view.checked_at,
        "next_check_at": view.next_check_at,
        "checking": None if view.checking is None else {"done": view.checking[0], "of": view.checking[1]},
        "seal": view.seal or None,
        "participants_by_name": meeting.participants_by_name,
    }


def calendars_told(notices: Sequence[Notice], language: str) -> dict[str, Json]:
    """Return what is told of calendars, what was left out first: how much there is, and the first NOTICES_SHOWN of it."""
    ordered, left_out = left_out_first(notices)
    return {
        "left_out": left_out,
        "told": len(notices),
        "notices": [each.answer_in(language) for each in ordered[:NOTICES_SHOWN]],
    }


def meeting_in_full(view: MeetingView, say: MeetingWording) -> dict[str, Json]:
    return {
        **meeting_listed(view, say),
        "endpoints": [endpoint(each, view.at, say) for each in view.endpoints.values()],
        "blasts": [
            {"target": blast.target, "endpoints": list(blast.endpoints), "ready_after": blast.ready_after} for blast in view.blasts
        ],
        "losses": [
            {"endpoint": loss.endpoint, "minutes": loss.minutes, "cause": loss.cause, "reason": loss.reason.code}
            for loss in view.losses
        ],
    }


def endpoint(each: EndpointVerdict, now: float, say: MeetingWording) -> dict[str, Json]:
    """Return one endpoint's verdict. age_s: seconds since the newest thing that a rung rests on, null where there is none."""
    reason: dict[str, Json] | None = None
    if each.reason is not None and each.rung is not None:
        reason = {"rung": each.rung.value, "code": each.reason.code, "text": say.sentence(each.reason)}
    return {
        "endpoint": each.endpoint,
        "verdict": each.verdict.value,
        "reason": reason,
        "evidence": [
            {
                "rung": found.rung.value,
                "ok": found.ok,
                "text": say.sentence(found.text),
                "age_s": None if found.at is None else round(max(0.0, now - found.at), 1),
            }
            for found in each.evidence
        ],
        "action": None if each.action is None else say.sentence(each.action),
        "call": contacts(each.call, has_telephones=say.has_telephones),
        "cause": each.cause or None,
        "confirmation": None if each.confirmation is None else asdict(each.confirmation),
        "disputed": each.disputed,
    }
