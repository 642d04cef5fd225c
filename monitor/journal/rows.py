"""Transitions and events as rows of the journal, and back."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from sqlalchemy import RowMapping

from monitor.model.reason import Reason
from monitor.model.state import Event, State, Transition

Entry = Transition | Event

TRANSITION = "transition"


def to_row(entry: Entry) -> dict[str, Any]:
    """Return the column values of one entry; what an event has no word for is None."""
    if isinstance(entry, Event):
        return dict.fromkeys(_TRANSITION_COLUMNS) | {
            "at": entry.at,
            "kind": entry.kind,
            "target": entry.target,
            "text": entry.text,
            "reason_values": dict(entry.values) or None,
        }
    return {
        "at": entry.at,
        "kind": TRANSITION,
        "target": entry.target,
        "old": entry.old.value if entry.old else None,
        "new": entry.new.value,
        "cause": entry.cause,
        "reason": entry.reason.code,
        "reason_values": dict(entry.reason.values),
        "affected_points": entry.affected_points,
        "affected_endpoints": entry.affected_endpoints,
        "text": entry.evidence,
    }


_TRANSITION_COLUMNS = ("old", "new", "cause", "reason", "reason_values", "affected_points", "affected_endpoints")


def from_row(row: RowMapping) -> Entry:
    """Return the entry that a row holds."""
    if row["kind"] != TRANSITION:
        values = MappingProxyType(row["reason_values"] or {})
        return Event(at=row["at"], kind=row["kind"], target=row["target"], text=row["text"], values=values)
    return Transition(
        target=row["target"],
        old=State(row["old"]) if row["old"] else None,
        new=State(row["new"]),
        at=row["at"],
        cause=row["cause"],
        reason=Reason(row["reason"], MappingProxyType(row["reason_values"] or {})),
        evidence=row["text"],
        affected_points=row["affected_points"] or 0,
        affected_endpoints=row["affected_endpoints"] or 0,
    )
