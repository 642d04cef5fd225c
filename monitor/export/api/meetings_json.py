"""Meetings as JSON: what `monitor ready --format json` prints and /api/v1/meetings answers."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from monitor.export.api.targets import Json, contacts
from monitor.model.meeting import Confirmation, EndpointVerdict, MeetingView
from monitor.model.reason import Reason
from monitor.words.readiness import tell_finding


class Teller:
    """Tells reasons in one language. names: id → name. timezone: in which moments are told. has_telephones: for whom to call."""

    def __init__(self, language: str, names: Mapping[str, str], timezone: str, *, has_telephones: bool = True) -> None:
        self.has_telephones = has_telephones
        self._language = language
        self._names = names
        self._zone = ZoneInfo(timezone)

    def sentence(self, reason: Reason) -> str:
        """Return a finding, a meeting's reason or an action as a sentence."""
        return tell_finding(reason.code, reason.values, self._language, self._names, self._zone)


def meeting_listed(view: MeetingView, teller: Teller) -> dict[str, Json]:
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
        "reason": {"code": view.reason.code, "text": teller.sentence(view.reason)},
        "counts": {verdict.value: count for verdict, count in view.counts().items()},
        "checked_at": view.checked_at,
        "next_check_at": view.next_check_at,
        "checking": None if view.checking is None else {"done": view.checking[0], "of": view.checking[1]},
        "seal": view.seal or None,
    }


def meeting_in_full(view: MeetingView, teller: Teller) -> dict[str, Json]:
    """Return one meeting in full."""
    return {
        **meeting_listed(view, teller),
        "endpoints": [endpoint(each, view.at, teller) for each in view.endpoints.values()],
        "blasts": [
            {"target": blast.target, "endpoints": list(blast.endpoints), "ready_after": blast.ready_after} for blast in view.blasts
        ],
        "losses": [
            {"endpoint": loss.endpoint, "minutes": loss.minutes, "cause": loss.cause, "reason": loss.reason.code}
            for loss in view.losses
        ],
    }


def endpoint(each: EndpointVerdict, now: float, teller: Teller) -> dict[str, Json]:
    """Return one endpoint's verdict. age_s: seconds since the newest thing that a rung rests on, null where there is none."""
    reason: dict[str, Json] | None = None
    if each.reason is not None and each.rung is not None:
        reason = {"rung": each.rung.value, "code": each.reason.code, "text": teller.sentence(each.reason)}
    return {
        "endpoint": each.endpoint,
        "verdict": each.verdict.value,
        "reason": reason,
        "evidence": [
            {
                "rung": found.rung.value,
                "ok": found.ok,
                "text": teller.sentence(found.text),
                "age_s": None if found.at is None else round(max(0.0, now - found.at), 1),
            }
            for found in each.evidence
        ],
        "action": None if each.action is None else teller.sentence(each.action),
        "call": contacts(each.call, has_telephones=teller.has_telephones),
        "cause": each.cause or None,
        "confirmation": _tick(each.confirmation),
        "disputed": each.disputed,
    }


def _tick(tick: Confirmation | None) -> dict[str, Json] | None:
    if tick is None:
        return None
    return {
        "by": tick.by,
        "at": tick.at,
        "good": tick.good,
        "on_site": tick.on_site,
        "camera": tick.camera,
        "sound": tick.sound,
        "note": tick.note,
    }
