"""One target's evidence as time passes: what is old is taken away in time, and looked for only when something can be old."""

from __future__ import annotations

import random
from dataclasses import replace

from monitor.model.probe_kinds import ICMP
from monitor.model.profile import Profile
from monitor.model.reading import Outcome, Reading, ServiceSample
from monitor.rules.health import Standing
from monitor.rules.timetable import probe_plan
from monitor.service.board.track import Track, new_track
from tests.service.province import PROFILES, SETTINGS, answer, miss, point
from tests.told import text

INTERVALS = SETTINGS.health.stale_intervals


def track(now_s: float = 1000.0) -> Track:
    return new_track(point("a"), probe_plan(point("a"), SETTINGS, PROFILES), None, now_s)


def record(of: Track, reading: Reading) -> bool:
    return of.record_reading(reading, reading.at_s, SETTINGS)


def shown(of: Track) -> tuple[object, ...]:
    """Return what age can change of a track."""
    return of.measured.icmp, of.measured.snmp, of.measured.services, of.health.standing


def test_a_target_is_looked_at_in_time_though_not_each_time() -> None:
    for seed in range(20):
        chance = random.Random(seed)
        often, seldom = track(), track()
        now_s, looks = 1000.0, 0
        for _ in range(400):
            now_s += chance.choice((0.1, 2.0, 2.0, 15.0))
            if chance.random() < (0.5, 0.05)[now_s // 300 % 2 == 0]:
                make = chance.choice((answer, answer, miss))
                reading = make("a", chance.choice(("icmp", "snmp")), now_s - chance.random())
                for each in (often, seldom):
                    record(each, reading)
            has_lapsed = often.drop_stale(now_s, 0.0, INTERVALS)
            is_looked_at = now_s > seldom.look_s
            looks += is_looked_at
            assert has_lapsed is (is_looked_at and seldom.drop_stale(now_s, 0.0, INTERVALS))
            assert shown(often) == shown(seldom)
        assert looks < 100


def test_evidence_that_comes_after_all_was_old_grows_old_in_its_turn() -> None:
    found = track()
    record(found, answer("a", "icmp", 1000.0))
    assert found.drop_stale(1400.0, 0.0, INTERVALS)
    record(found, answer("a", "icmp", 1410.0))
    assert found.measured.icmp is not None
    assert found.look_s <= 1410.0 + INTERVALS * ICMP.of(SETTINGS).every_s
    found.drop_stale(1456.0, 0.0, INTERVALS)
    assert found.measured.icmp is None


def test_an_answer_that_is_no_news_asks_for_no_judgement() -> None:
    found = track()
    assert record(found, answer("a", "icmp", 1000.0))
    assert record(found, answer("a", "snmp", 1001.0)), "the agent answers for the first time"
    assert not record(found, answer("a", "icmp", 1015.0))
    assert not record(found, answer("a", "snmp", 1061.0))
    assert record(found, miss("a", "snmp", 1121.0))
    assert record(found, answer("a", "icmp", 1122.0))


def test_a_reading_that_was_not_sent_leaves_everything_and_its_age_as_it_was() -> None:
    found = track()
    record(found, answer("a", "icmp", 1000.0))
    before = (found.health, dict(found.heard_s), shown(found))
    assert not record(found, Reading("a", "icmp", 1015.0, Outcome.NOT_SENT, detail=text("no route")))
    assert before == (found.health, found.heard_s, shown(found))


def test_a_miss_tells_of_when_it_was_asked_and_else_of_as_long_ago_as_such_a_probe_takes() -> None:
    found = track()
    lost = miss("a", "icmp", 1000.0)
    assert (993.0, 1000.0 - 1.18) == (found.sent_s(replace(lost, asked_s=993.0)), found.sent_s(lost))
    record(found, replace(lost, asked_s=993.0))
    assert [True, False] == [found.is_outdated(answer("a", "icmp", at_s)) for at_s in (992.9, 993.1)]


CODEC = Profile("codec", probes={"sip": {}, "web": {}})


def codec() -> Track:
    target = replace(point("dc"), profile="codec", credential=None)
    return new_track(target, probe_plan(target, SETTINGS, {**PROFILES, "codec": CODEC}), None, 1000.0)


def of_sip(at_s: float, outcome: Outcome = Outcome.OK, code: int | None = 200) -> Reading:
    return Reading("dc", "sip", at_s, outcome, service=ServiceSample("udp", code) if code else None)


def test_a_conference_probe_is_evidence_like_any_other_and_is_shown() -> None:
    found = codec()
    assert record(found, of_sip(1000.0))
    assert (Standing.ANSWERING, 200) == (found.health.standing, found.measured.services["sip"].sample.code)
    record(found, of_sip(1060.0, Outcome.TIMEOUT, None))
    assert (Outcome.TIMEOUT, None) == (found.measured.services["sip"].outcome, found.measured.services["sip"].sample.code)


def test_each_conference_probe_grows_old_by_its_own_interval() -> None:
    found = codec()
    record(found, of_sip(1000.0))
    record(found, Reading("dc", "web", 1000.0, Outcome.OK, service=ServiceSample("tls", 200)))
    found.drop_stale(1179.0, 0.0, INTERVALS)
    assert {"sip", "web"} == found.measured.services.keys()
    assert found.look_s <= 1180.0
    found.drop_stale(1181.0, 0.0, INTERVALS)
    assert {"web"} == found.measured.services.keys()
    found.drop_stale(2801.0, 0.0, INTERVALS)
    assert {} == found.measured.services


def test_what_conference_probes_said_moves_along_with_a_clock_that_was_set() -> None:
    found = codec()
    record(found, of_sip(1000.0))
    found.measured.shift(3600.0)
    assert 4600.0 == found.measured.services["sip"].at
