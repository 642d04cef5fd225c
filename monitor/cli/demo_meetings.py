"""The meetings of a demo: one begins within the hour, one is under way, one is tomorrow, so that every page has something."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.load.configuration import Configuration
from monitor.model.inventory import Kind

SOON = "giao-ban"
"""The id of the one that begins within the hour."""
_BEGINS_IN = timedelta(minutes=20)
"""At least: its last check, and the sealed report, then come within the half hour."""
_HALF_HOUR = timedelta(minutes=30)


def write_meetings(folder: Path, configuration: Configuration, now: datetime) -> Path:
    """Write a schedule around a moment (aware) into a folder, and return its path. The configuration's own is left alone."""
    local = now.astimezone(ZoneInfo(configuration.settings.timezone))
    inventory = configuration.inventory
    endpoints = [target.id for target in inventory.of_kind(Kind.ENDPOINT)]
    known = next((meeting.host for meeting in configuration.meetings.singles if meeting.host in endpoints), None)
    host = known or (endpoints[0] if endpoints else "")
    soon = _next_half_hour(local + _BEGINS_IN)
    tomorrow = (local + timedelta(days=1)).replace(hour=8, minute=0, second=0, microsecond=0)
    top = inventory.levels[0]
    everybody: dict[str, object] = {"participants": {"all": True}} | ({"host": host} if host else {})
    few = everybody | {"participants": {"levels": [top]}}
    meetings = [
        {"id": SOON, "title": "Giao ban trực tuyến toàn tỉnh"} | _times(soon, 3.0) | everybody,
        {"id": "hop-dang-dien-ra", "title": "Họp chuyên đề khối cơ quan tỉnh"} | _times(local - _HALF_HOUR, 2.0) | few,
        {"id": "hoi-nghi-ngay-mai", "title": "Hội nghị trực tuyến triển khai nhiệm vụ"} | _times(tomorrow, 3.5) | everybody,
    ]
    path = folder / "meetings.yaml"
    # JSON is YAML, and quotes every name as it has to be.
    path.write_text(json.dumps({"meetings": meetings}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def _times(start: datetime, hours: float) -> dict[str, object]:
    end = start + timedelta(hours=hours)
    told = {"start": start.isoformat(timespec="minutes"), "end": end.isoformat(timespec="minutes")}
    return {**told, "call_rate": "2M", "platform": "mcu"}


def _next_half_hour(moment: datetime) -> datetime:
    hour = moment.replace(minute=0, second=0, microsecond=0)
    return next(each for each in (hour, hour + _HALF_HOUR, hour + 2 * _HALF_HOUR) if each >= moment)
