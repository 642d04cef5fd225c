"""The journal's table of entries, and transitions and events as its rows, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Float, Index, Integer, MetaData, RowMapping, String, Table, Text

from monitor.journal.migrations.texts_of_0_1 import text_as_reasons, turned
from monitor.model.reason import Reason, Reasons
from monitor.model.state import Event, State, Transition

metadata = MetaData()
# SQLite counts by itself only in an INTEGER primary key; PostgreSQL wants 64 bits.
_ROW_ID = BigInteger().with_variant(Integer(), "sqlite")
entries = Table(
    "entries",
    metadata,
    Column("id", _ROW_ID, primary_key=True, autoincrement=True),
    Column("at", Float, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("target", String(128), nullable=False),
    Column("old", String(16)),
    Column("new", String(16)),
    Column("cause", String(128)),
    Column("reason", String(48)),
    Column("reason_values", JSON),  # of an event: its values
    Column("affected_points", Integer),
    Column("affected_endpoints", Integer),
    Column("text", Text, nullable=False),  # of before there were reasons: they tell the same; of a sealed report it stays
    Column("reasons", JSON(none_as_null=True)),  # of a transition: its evidence; of an event: what else it tells; NULL: see text
    Index("entries_at", "at"),
    Index("entries_target", "target", "id"),
    Index("entries_kind", "kind", "target", "id"),
)

Entry = Transition | Event

TRANSITION = "transition"


def to_row(entry: Entry) -> dict[str, Any]:
    """Return the column values of one entry; what an event has no word for is None."""
    if isinstance(entry, Event):
        return dict.fromkeys(_TRANSITION_COLUMNS) | {
            "at": entry.at,
            "kind": entry.kind,
            "target": entry.target,
            "text": "",
            "reason_values": dict(entry.values) or None,
            "reasons": _codes(entry.told),
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
        "text": "",
        "reasons": _codes(entry.evidence),
    }


_TRANSITION_COLUMNS = ("old", "new", "cause", "reason", "reason_values", "affected_points", "affected_endpoints")


def from_row(row: RowMapping) -> Entry:
    """Return the entry that a row holds, be it in the present form or in that of version 0.1."""
    values = MappingProxyType(row["reason_values"] or {})
    reasons = _reasons_of(row, values)
    if row["kind"] != TRANSITION:
        return Event(at=row["at"], kind=row["kind"], target=row["target"], values=values, told=reasons)
    return Transition(
        target=row["target"],
        old=State(row["old"]) if row["old"] else None,
        new=State(row["new"]),
        at=row["at"],
        cause=row["cause"],
        reason=Reason(row["reason"], values),
        evidence=reasons,
        affected_points=row["affected_points"] or 0,
        affected_endpoints=row["affected_endpoints"] or 0,
    )


def _reasons_of(row: RowMapping, values: Mapping[str, Any]) -> Reasons:
    """Return a row's reasons; where it has none yet, what its text means: a migration may be under way, or never have been."""
    codes = row.get("reasons")
    if codes is None:
        codes = turned(row["kind"], row["text"], values)
    return _reasons(text_as_reasons(row["text"]) if codes is None else codes)


def _codes(reasons: Reasons) -> list[dict[str, Any]]:
    return [
        {"code": each.code, "values": dict(each.values)} | ({"because": _codes(each.because)} if each.because else {})
        for each in reasons
    ]


def _reasons(codes: Iterable[Mapping[str, Any]]) -> Reasons:
    return tuple([Reason(each["code"], MappingProxyType(each["values"]), _reasons(each.get("because", ()))) for each in codes])
