"""Which announced work covers a target at a moment."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.model.inventory import Target
from monitor.model.settings import MaintenanceWindow


def covers(window: MaintenanceWindow, target: Target) -> bool:
    """Return whether a window is about a target; one that names neither ids nor areas is about everything.

    Children that are silent behind a covered uplink are no matter of this module: monitor.rules.topology finds them.
    """
    if not window.ids and not window.areas:
        return True
    return target.id in window.ids or target.area in window.areas


def is_open(window: MaintenanceWindow, now_local: datetime) -> bool:
    """Return whether a window is open now; its end is the first moment at which it is not.

    now_local: aware, in the settings' time zone.
    """
    if window.start is not None and window.end is not None:
        return window.start <= now_local < window.end
    if window.from_time is None or window.to_time is None:
        return False
    clock, today = now_local.time(), now_local.weekday()
    if window.from_time < window.to_time:
        return today in window.days and window.from_time <= clock < window.to_time
    yesterday = (now_local - timedelta(days=1)).weekday()
    return (today in window.days and clock >= window.from_time) or (yesterday in window.days and clock < window.to_time)
