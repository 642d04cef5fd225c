"""Meetings in /metrics: from a day before to an hour after, as prometheus_client reads them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from prometheus_client.openmetrics import parser
from prometheus_client.parser import text_string_to_metric_families as plain

from monitor.export.metrics.meeting_metrics import render_meetings
from monitor.model.settings import MeetingSettings
from tests.export.meetings import FakeMeetings
from tests.rules.endpoints import END, NOW, START, inventory

RULES = MeetingSettings()
TARGETS = inventory().targets


def text(now: float = NOW, *, is_openmetrics: bool = False) -> str:
    parts = render_meetings(FakeMeetings().meetings(), TARGETS, RULES, now, is_openmetrics=is_openmetrics)
    return b"".join(parts).decode()


def samples(now: float = NOW) -> dict[tuple[str, str, str], float]:
    """Return (name, target or '', verdict or code) → value."""
    return {
        (each.name, each.labels.get("target", ""), each.labels.get("verdict", each.labels.get("code", ""))): each.value
        for family in plain(text(now))
        for each in family.samples
    }


def test_a_meeting_tells_its_times_and_its_verdict() -> None:
    found = samples()
    assert START.timestamp() == found["conference_meeting_start_timestamp_seconds", "", ""]
    assert END.timestamp() == found["conference_meeting_end_timestamp_seconds", "", ""]
    assert {"not_ready": 1, "unknown": 0, "at_risk": 0, "ready": 0} == {
        verdict: value for (name, _, verdict), value in found.items() if name == "conference_meeting_readiness"
    }


def test_it_counts_its_endpoints() -> None:
    counts = {verdict: value for (name, _, verdict), value in samples().items() if name == "conference_meeting_endpoints"}
    assert {"not_ready": 1, "unknown": 0, "at_risk": 0, "ready": 1} == counts


def test_every_endpoint_has_one_verdict_and_its_reason() -> None:
    found = samples()
    assert 1 == found["conference_readiness", "dc-xa", "not_ready"]
    assert 1 == found["conference_readiness", "dc-huyen", "ready"]
    assert 1 == found["conference_readiness_reason_info", "dc-xa", "uplink_down"]
    assert ("conference_readiness_reason_info", "dc-huyen", "") not in found


def test_labels_are_those_of_every_target_metric_and_the_meeting() -> None:
    labels = next(each.labels for family in plain(text()) if family.name == "conference_readiness" for each in family.samples)
    assert {"target", "kind", "level", "area", "meeting", "verdict"} == labels.keys()
    info = next(each.labels for family in plain(text()) if family.name == "conference_meeting_info" for each in family.samples)
    assert {"meeting": "m1", "title": "Giao ban", "level": "", "host": "dc-huyen"} == info


@pytest.mark.parametrize(
    ("now", "shown"),
    [
        (START - timedelta(hours=24, seconds=1), False),
        (START - timedelta(hours=24), True),
        (END + timedelta(minutes=59), True),
        (END + timedelta(hours=1), False),
    ],
)
def test_its_series_come_a_day_before_and_are_gone_an_hour_after(now: object, shown: bool) -> None:
    assert shown is bool(text(now.timestamp()))  # type: ignore[attr-defined]


def test_openmetrics_says_the_same() -> None:
    families = parser.text_string_to_metric_families(text(is_openmetrics=True) + "# EOF\n")  # type: ignore[no-untyped-call]
    told = {family.name for family in families}
    assert {"conference_meeting", "conference_readiness_reason", "conference_readiness"} <= told
