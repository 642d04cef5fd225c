"""Times as people type them on a command line, in a form or in the configuration."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
"""A time of day; an hour before ten may have one digit."""


def time_of_day(text: str) -> time | None:
    """Return the time of day that a text means, without a zone; None where it means none."""
    found = CLOCK.fullmatch(text)
    return time(int(found[1]), int(found[2])) if found else None


def moment(text: str, now_local: datetime, *, is_past: bool) -> datetime | None:
    """Return the aware moment that a text means, None where it means none.

    It is a time of day, the last one where is_past, else the next; or 2026-11-30T22:00, also with a space, seconds or an offset.
    What has no offset is in the zone of now_local, which is aware.
    """
    clock = time_of_day(text.strip())
    if clock is not None:
        found = now_local.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0)
        if is_past:
            return found if found <= now_local else found - timedelta(days=1)
        return found if found >= now_local else found + timedelta(days=1)
    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return read if read.tzinfo is not None else read.replace(tzinfo=now_local.tzinfo)
