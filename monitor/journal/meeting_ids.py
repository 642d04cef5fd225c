"""What the journal keeps of meetings' ids, in two tables beside its entries: how ids begin, and what they were before."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType

from sqlalchemy import Column, Connection, String, Table, insert, inspect, select

from monitor.journal.rows import metadata
from monitor.model.meeting import NO_IDS, KeptSlug, KnownIds, OldId

meeting_slugs = Table(
    "meeting_slugs",
    metadata,
    Column("event", String(64), primary_key=True),
    Column("slug", String(80), nullable=False),
)
old_meeting_ids = Table(
    "old_meeting_ids",
    metadata,
    Column("old", String(200), primary_key=True),
    Column("start", String(40), primary_key=True),
    Column("new", String(200), nullable=False),
)
KeptId = KeptSlug | OldId

_LONGEST = 200
"""Letters of an id that is kept: a longer one is some text of a calendar that nobody has ever typed as an address."""


def are_there(connection: Connection) -> bool:
    """Return whether the journal has the tables: one whose change of form has to wait lacks them."""
    found = inspect(connection).get_table_names()
    return meeting_slugs.name in found and old_meeting_ids.name in found


def keep(connection: Connection, ids: Iterable[KeptId]) -> None:
    """Keep ids; what is kept already stays as it is. Without the tables nothing is kept: ids begin with the title of today then."""
    if not are_there(connection):
        return
    before = known(connection)
    after = before.joined(each for each in ids if isinstance(each, KeptSlug) or max(len(each.old), len(each.new)) <= _LONGEST)
    slugs = [{"event": event, "slug": slug} for event, slug in after.slugs.items() if event not in before.slugs]
    renamed = [{"old": key[0], "start": key[1], "new": new} for key, new in after.renamed.items() if key not in before.renamed]
    for table, rows in ((meeting_slugs, slugs), (old_meeting_ids, renamed)):
        if rows:
            connection.execute(insert(table), rows)


def known(connection: Connection) -> KnownIds:
    """Return all that is kept."""
    if not are_there(connection):
        return NO_IDS
    slugs = connection.execute(select(meeting_slugs.c.event, meeting_slugs.c.slug))
    renamed = connection.execute(select(old_meeting_ids.c.old, old_meeting_ids.c.start, old_meeting_ids.c.new))
    return KnownIds(
        MappingProxyType({row.event: row.slug for row in slugs}),
        MappingProxyType({(old, start): new for old, start, new in renamed}),
    )
