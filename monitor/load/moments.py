"""Times and durations as people type them on a command line or in a form."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def moment(text: str, now_local: datetime, *, is_past: bool) -> datetime | None:
    """Return the aware moment that a text means, None where it means none.

    It is a time of day, the last one where is_past, else the next; or 2026-11-30T22:00, also with a space, seconds or an offset.
    What has no offset is in the zone of now_local, which is aware.
    """
    if clock := _CLOCK.fullmatch(text.strip()):
        found = now_local.replace(hour=int(clock[1]), minute=int(clock[2]), second=0, microsecond=0)
        if is_past:
            return found if found <= now_local else found - timedelta(days=1)
        return found if found >= now_local else found + timedelta(days=1)
    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return read if read.tzinfo is not None else read.replace(tzinfo=now_local.tzinfo)
