"""What the journal keeps of meetings: checks that were made, sealed reports, technicians' ticks; written and read back.

They are events like any other, so that they outlive a restart and stand among what happened: kind 'meeting_checked',
'meeting_sealed' (with the whole view as JSON), 'meeting_confirmed'.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Protocol

from monitor.export.source import RefusedError
from monitor.model.inventory import Contact
from monitor.model.meeting import (
    Confirmation,
    EndpointVerdict,
    KeptSlug,
    KnownIds,
    Meeting,
    MeetingView,
    OldId,
    Rung,
    RungEvidence,
    Stage,
    Verdict,
)
from monitor.model.reason import Reason
from monitor.model.state import Event, Transition
from monitor.rules.readiness.verdicts import blasts
from monitor.words.sealed import NEWEST, OF_0_1, WORDINGS

CHECKED, SEALED, CONFIRMED = "meeting_checked", "meeting_sealed", "meeting_confirmed"
KINDS = (CHECKED, SEALED, CONFIRMED)
_FLAGS = ("good", "on_site", "camera", "sound")
"""What a technician ticks."""


def checked(view: MeetingView, stage: Stage, at: float) -> Event:
    counts = view.counts().items()
    told = tuple(Reason("verdicts", {"verdict": verdict.value, "count": count}) for verdict, count in counts if count)
    values = {**_which(view.meeting), "stage": stage.value, "verdict": view.verdict.value}
    return Event(at, CHECKED, "", MappingProxyType(values), told)


def sealed(view: MeetingView, at: float) -> Event:
    """Return the event of a sealed report: its body, and the hash of that as its seal."""
    text = body(view)
    values = {**_which(view.meeting), "verdict": view.verdict.value, "seal": seal(text), "body": text}
    return Event(at, SEALED, "", MappingProxyType(values))


def confirmed(meeting: Meeting, endpoint: str, tick: Confirmation) -> Event:
    values: dict[str, float | int | str] = {**_which(meeting), "by": tick.by, "note": tick.note}
    values |= {name: int(getattr(tick, name)) for name in _FLAGS}
    return Event(tick.at, CONFIRMED, endpoint, MappingProxyType(values))


Key = tuple[str, str]
"""A meeting's id and when it begins: what was found before it was moved says nothing of its new time."""
_NOTHING_RENAMED: Mapping[Key, str] = MappingProxyType({})


def _key_of(meeting: Meeting) -> Key:
    return meeting.id, meeting.start.isoformat()


def _begins_after(key: Key, moment: datetime) -> bool:
    """Return whether a record's meeting begins after a moment; False where the journal tells no time that can be compared."""
    try:
        return datetime.fromisoformat(key[1]) > moment
    except (TypeError, ValueError):
        return False


def _which(meeting: Meeting) -> dict[str, float | int | str]:
    return dict(zip(("meeting", "start"), _key_of(meeting), strict=True))


def body(view: MeetingView) -> str:
    """Return a view as canonical JSON: the same view always gives the same text, which the seal is the hash of.

    With it the words are sealed that it is told in, by their number in words/sealed; version 0.1 sealed no number.
    """
    told = {
        "wording": NEWEST,
        "meeting": view.meeting.id,
        "title": view.meeting.title,
        "start": view.meeting.start.isoformat(),
        "end": view.meeting.end.isoformat(),
        "at": view.at,
        "checked_at": view.checked_at,
        "verdict": view.verdict.value,
        "reason": _reason(view.reason),
        "endpoints": {name: _endpoint(each) for name, each in view.endpoints.items()},
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def seal(text: str) -> str:
    """Return the hash of a report's body, SHA-256 in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def view_of(meeting: Meeting, event: Event) -> MeetingView:
    """Return the view that a sealed event holds: also its title, end and endpoints are those of then.

    Raises ValueError where its body is not what was sealed, RefusedError where a later version has sealed it in words of its own.
    """
    text, known = str(event.values["body"]), str(event.values["seal"])
    if seal(text) != known:
        raise ValueError(f"the sealed report of {meeting.id} was changed: its hash is not {known}")
    told = json.loads(text)
    wording = told.get("wording", OF_0_1)
    if wording not in WORDINGS:
        raise RefusedError("sealed_later", name=meeting.id)
    found = told["endpoints"]
    # Canonical JSON is sorted by id; people know the meeting's own order, that of the report before it was sealed.
    order = dict.fromkeys([*(name for name in meeting.endpoints if name in found), *found])
    endpoints = {name: _endpoint_of(name, found[name]) for name in order}
    return MeetingView(
        meeting=replace(meeting, title=told["title"], end=datetime.fromisoformat(told["end"]), endpoints=tuple(order)),
        stage=Stage.LOCKED,
        at=told["at"],
        verdict=Verdict(told["verdict"]),
        reason=_reason_of(told["reason"]),
        endpoints=MappingProxyType(endpoints),
        blasts=blasts(endpoints),
        checked_at=told["checked_at"],
        seal=known,
        wording=wording,
    )


def _reason(reason: Reason | None) -> list[Any] | None:
    return None if reason is None else [reason.code, dict(reason.values)]


def _reason_of(told: list[Any]) -> Reason:
    return Reason(told[0], MappingProxyType(told[1]))


def _endpoint(each: EndpointVerdict) -> dict[str, Any]:
    tick = each.confirmation
    return {
        "verdict": each.verdict.value,
        "rung": each.rung.value if each.rung else None,
        "reason": _reason(each.reason),
        "evidence": [[found.rung.value, found.ok, _reason(found.text), found.at] for found in each.evidence],
        "action": _reason(each.action),
        "call": [[contact.role, contact.telephone] for contact in each.call],
        "cause": each.cause,
        "disputed": each.disputed,
        "confirmation": None if tick is None else {name: getattr(tick, name) for name in ("by", "at", *_FLAGS, "note")},
    }


def _endpoint_of(name: str, told: Mapping[str, Any]) -> EndpointVerdict:
    return EndpointVerdict(
        endpoint=name,
        verdict=Verdict(told["verdict"]),
        rung=Rung(told["rung"]) if told["rung"] else None,
        reason=_reason_of(told["reason"]) if told["reason"] else None,
        evidence=tuple(RungEvidence(Rung(rung), ok, _reason_of(text), at) for rung, ok, text, at in told["evidence"]),
        action=_reason_of(told["action"]) if told["action"] else None,
        call=tuple(Contact(*contact) for contact in told["call"]),
        cause=told["cause"],
        confirmation=Confirmation(**told["confirmation"]) if told["confirmation"] else None,
        disputed=told["disputed"],
    )


class MeetingJournal(Protocol):
    async def append(self, batch: Sequence[Transition | Event | KeptSlug | OldId]) -> bool:
        """Commit; never raises."""

    def known_ids(self) -> KnownIds:
        """Return what is kept of meetings' ids; blocks."""

    def said(self, kinds: Sequence[str], since: float | None = None) -> Sequence[Event]:
        """Return the events of some kinds, oldest first; blocks."""

    async def events(self, since: float | None, limit: int) -> Sequence[Transition | Event]:
        """Return what came after `since`, newest first."""


@dataclass(slots=True)
class OccurrenceRecord:
    """What was done about one occurrence. done: checks made. sealed: the event of its report, None before."""

    done: set[Stage] = field(default_factory=set)
    checked_at: float | None = None
    ticks: dict[str, Confirmation] = field(default_factory=dict)
    sealed: Event | None = None
    view: MeetingView | None = None
    judged_at: float = 0.0
    checking: tuple[int, int] | None = None
    is_final: bool = False

    def join(self, other: OccurrenceRecord) -> None:
        """Add what was done about the same occurrence under another id; of two ticks or seals the later holds."""
        self.done |= other.done
        self.checked_at = max((each for each in (self.checked_at, other.checked_at) if each is not None), default=None)
        for endpoint, tick in other.ticks.items():
            if endpoint not in self.ticks or tick.at > self.ticks[endpoint].at:
                self.ticks[endpoint] = tick
        seals = [each for each in (self.sealed, other.sealed) if each is not None]
        self.sealed = max(seals, key=lambda each: each.at, default=None)


class MeetingRecords:
    """What was done about each occurrence, by this run and by those before it.

    A meeting that was moved or removed by mistake gets back its checks, ticks and seal with its time.
    """

    def __init__(self) -> None:
        self._by_key: dict[Key, OccurrenceRecord] = {}

    def of(self, meeting: Meeting) -> OccurrenceRecord:
        return self._by_key.setdefault(_key_of(meeting), OccurrenceRecord())

    def recall(self, events: Iterable[Event], renamed: Mapping[Key, str] = _NOTHING_RENAMED) -> None:
        """Read what earlier runs have done, oldest first. renamed: what the meetings of old records are called now."""
        for event in events:
            id_, start = (str(event.values.get(name, "")) for name in ("meeting", "start"))
            key = (renamed.get((id_, start), id_), start)
            record = self._by_key.setdefault(key, OccurrenceRecord())
            if event.kind == CHECKED:
                record.done.add(Stage(str(event.values["stage"])))
                record.checked_at = event.at
            elif event.kind == CONFIRMED:
                flags = {name: bool(event.values.get(name, 0)) for name in _FLAGS}
                note = str(event.values.get("note", ""))
                record.ticks[event.target] = Confirmation(by=str(event.values["by"]), at=event.at, note=note, **flags)
            elif event.kind == SEALED:
                record.sealed = event

    def carry_over(self, meetings: Sequence[Meeting]) -> list[OldId]:
        """Give meetings what was done about them under ids that they had before, and return those ids.

        Version 0.1 called two meetings of one title and day alike: then it goes to the one in which those who ticked take part.
        """
        taken = {_key_of(meeting) for meeting in meetings}
        claims: dict[Key, list[Meeting]] = {}
        for meeting in meetings:
            for old in meeting.old_ids:
                key = (old, meeting.start.isoformat())
                if key in self._by_key and key not in taken:
                    claims.setdefault(key, []).append(meeting)
        found = []
        for key, claimants in claims.items():
            record = self._by_key.pop(key)
            heir = max(claimants, key=lambda each: len(record.ticks.keys() & set(each.endpoints)))
            self.of(heir).join(record)
            found.append(OldId(*key, heir.id))
        return found

    def keep_only(self, meetings: Iterable[Meeting], past: datetime) -> None:
        """Forget what began before a moment, but for these meetings."""
        listed = {_key_of(meeting) for meeting in meetings}
        self._by_key = {key: each for key, each in self._by_key.items() if key in listed or _begins_after(key, past)}
