"""What is published: views that take up new evidence when somebody looks, and are else the same objects."""

from __future__ import annotations

from monitor.rules.health import Standing
from monitor.rules.timetable import probe_plan
from monitor.rules.topology import topology_of
from monitor.service.board.published import Published
from monitor.service.board.track import Track, new_track
from tests.service.province import PROFILES, SETTINGS, answer, inventory, point


def of_one() -> tuple[Track, Published]:
    plan = inventory([point("a")])
    track = new_track(plan.targets["a"], probe_plan(plan.targets["a"], SETTINGS, PROFILES), None, 1000.0)
    published = Published({})
    published.follow(plan, {"a": track}, topology_of(plan))
    return track, published


def test_what_is_published_takes_up_new_evidence_when_it_is_looked_at_and_is_else_the_same_object() -> None:
    track, published = of_one()
    track.record_reading(answer("a", "icmp", 1000.0), 1000.0, SETTINGS)
    first = published.view("a")
    assert first is published.view("a")
    track.record_reading(answer("a", "icmp", 1015.0, rtt_s=0.2), 1015.0, SETTINGS)
    assert (0.2, Standing.ANSWERING) == (published.view("a").icmp.sample.rtts_s[0], track.health.standing)  # type: ignore[union-attr]
