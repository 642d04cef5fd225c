"""The journal's one table: every transition and event, in the order in which they were committed."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Float, Index, Integer, MetaData, String, Table, Text

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
