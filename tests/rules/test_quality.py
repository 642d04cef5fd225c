"""Loss, RTT, jitter and MOS as a path's quality."""

import random
from copy import deepcopy

import pytest

from monitor.model.reading import IcmpSample
from monitor.model.settings import QualitySettings
from monitor.rules.quality import Quality, judge_quality, mos_of, upper_jitter_s, upper_rtt_s, voice_mos, voice_rating

SETTINGS = QualitySettings()
EVERY_S = 15.0
NOTHING_YET = Quality()


def rounds(*bursts: tuple[float | None, ...], start: Quality = NOTHING_YET, at_s: float = 0.0) -> tuple[Quality, float]:
    """Return the quality after these bursts, 15 s apart, and when the last one was."""
    quality = deepcopy(start)
    for rtts_s in bursts:
        at_s += EVERY_S
        quality.record_burst(IcmpSample(len(rtts_s), rtts_s), at_s, SETTINGS)
    return quality, at_s


GOOD = (0.01,) * 5
SILENT = (None,) * 5
ONE_LOST = (0.01, 0.01, None, 0.01, 0.01)


def reason(quality: Quality, usual_rtt_s: float | None = 0.01, *, was_degraded: bool = False) -> str | None:
    judged = judge_quality(quality, usual_rtt_s, SETTINGS, was_degraded)
    return judged.code if judged else None


@pytest.mark.parametrize(
    ("latency_ms", "jitter_ms", "loss_percent", "rating", "mos"),
    [(20, 2, 0, 92.35, 4.39), (150, 30, 1, 80.7, 4.05), (300, 40, 2, 61.2, 3.16), (40, 5, 10, 66.7, 3.44)],
)
def test_mos_is_that_of_the_published_vectors(
    latency_ms: float, jitter_ms: float, loss_percent: float, rating: float, mos: float
) -> None:
    path = (latency_ms / 1000, jitter_ms / 1000, loss_percent / 100)
    assert rating == pytest.approx(voice_rating(*path), abs=0.005)
    assert mos == pytest.approx(voice_mos(*path), abs=0.005)


@pytest.mark.parametrize("path", [(5.0, 0.5, 0.0), (0.0, 0.0, 1.0)])
def test_mos_never_falls_below_one(path: tuple[float, float, float]) -> None:
    assert voice_mos(*path) == 1.0


def test_mos_takes_half_of_the_round_trip_for_one_way() -> None:
    assert mos_of(0.04, 0.002, 0.0) == pytest.approx(4.39, abs=0.005)


def test_mos_is_absent_without_replies_or_jitter() -> None:
    assert mos_of(None, 0.002, 1.0) is None
    assert mos_of(0.01, None, 0.0) is None


def test_jitter_is_absent_until_thirty_differences() -> None:
    seven, at_s = rounds(*[GOOD] * 7)
    assert (seven.differences, seven.jitter_s) == (28, None)
    eight, _ = rounds(GOOD, start=seven, at_s=at_s)
    assert (eight.differences, eight.jitter_s) == (32, 0.0)


def test_jitter_reads_the_true_mean_difference_once_it_is_known() -> None:
    # From zero on single bursts of 5, a true mean difference of 45.7 ms would read 10.4 ms.
    source = random.Random(1)
    bursts = [tuple(source.uniform(0.02, 0.157) for _ in range(5)) for _ in range(200)]
    quality = Quality()
    seen = []
    for number, burst in enumerate(bursts):
        quality, _ = rounds(burst, start=quality, at_s=number * EVERY_S)
        if quality.jitter_s is not None:
            seen.append(quality.jitter_s)
    assert sum(seen) / len(seen) == pytest.approx(0.0457, rel=0.1)


def test_the_difference_between_bursts_is_no_jitter() -> None:
    quality, _ = rounds(*[(0.01,) * 5, (0.2,) * 5] * 10)
    assert quality.jitter_s == 0.0


def test_a_lost_packet_leaves_the_difference_of_its_neighbours() -> None:
    quality, _ = rounds((0.01, None, 0.026))
    assert quality.differences == 1
    assert quality.running_jitter_s == pytest.approx(0.001)


def test_replies_timed_by_the_loop_count_as_received_but_not_for_jitter_or_rtt() -> None:
    quality = Quality()
    quality.record_burst(IcmpSample(5, (0.5, 0.01, 0.5, 0.01, 0.5), clock="loop"), 15.0, SETTINGS)
    assert (5, 0, None) == (quality.received, quality.differences, quality.rtt_s)


def test_an_outage_clears_jitter_and_window() -> None:
    before, at_s = rounds(*[(0.01, 0.09, 0.01, 0.09, 0.01)] * 20)
    assert before.jitter_s is not None
    during, at_s = rounds(SILENT, SILENT, start=before, at_s=at_s)
    after, _ = rounds(GOOD, start=during, at_s=at_s)
    assert (5, 5, 4, None) == (after.sent, after.received, after.differences, after.jitter_s)


def test_a_single_silent_burst_is_loss_and_no_outage() -> None:
    quality, _ = rounds(*[GOOD] * 19, SILENT, GOOD)
    assert quality.loss_ratio == pytest.approx(5 / 100, abs=0.003)
    assert reason(quality) == "loss"


def test_what_was_never_sent_changes_nothing() -> None:
    quality, at_s = rounds(GOOD)
    before = deepcopy(quality)
    quality.record_burst(IcmpSample(0, ()), at_s + 15, SETTINGS)
    assert before == quality


def test_nothing_is_said_of_too_few_packets() -> None:
    quality, _ = rounds(*[ONE_LOST] * 19)
    assert quality.sent == 95
    assert reason(quality) is None


def test_the_window_forgets_what_is_older_than_five_minutes() -> None:
    quality, at_s = rounds(*[ONE_LOST] * 20)
    assert reason(quality) == "loss"
    quality, _ = rounds(*[GOOD] * 20, start=quality, at_s=at_s)
    assert (100, 100) == (quality.sent, quality.received)


def test_a_burst_each_second_takes_no_more_room_than_one_each_five_seconds() -> None:
    quality = Quality()
    for second in range(1000):
        quality.record_burst(IcmpSample(5, GOOD if second < 500 else ONE_LOST), float(second), SETTINGS)
    assert len(quality.rounds) <= 61
    assert SETTINGS.window_s * 5 <= quality.sent <= (SETTINGS.window_s + 10) * 5
    assert (quality.sent, quality.received) == (sum(each[1] for each in quality.rounds), sum(each[2] for each in quality.rounds))
    assert pytest.approx(0.2) == quality.loss_ratio


def test_a_window_that_is_short_of_packets_reaches_back_further_but_not_for_ever() -> None:
    quality = Quality()
    for at_s in range(0, 3000, 30):
        quality.record_burst(IcmpSample(5, GOOD), float(at_s), SETTINGS)
    assert quality.sent == 100
    quality = Quality()
    for at_s in range(0, 3000, 100):
        quality.record_burst(IcmpSample(5, GOOD), float(at_s), SETTINGS)
    assert quality.sent == 45


def test_loss_is_called_only_when_the_exact_bound_proves_it() -> None:
    # At most 1% is permitted: of 100 packets 3 lost may still be chance (7.9%), 4 are not (1.8%).
    three, _ = rounds(*[GOOD] * 17, *[ONE_LOST] * 3)
    four, _ = rounds(*[GOOD] * 16, *[ONE_LOST] * 4)
    assert (None, "loss") == (reason(three), reason(four))


def test_loss_has_to_be_within_its_bound_to_be_good_again() -> None:
    two, _ = rounds(*[GOOD] * 18, *[ONE_LOST] * 2)
    one, _ = rounds(*[GOOD] * 19, ONE_LOST)
    assert (None, "loss") == (reason(two), reason(two, was_degraded=True))
    assert reason(one, was_degraded=True) is None


def test_a_small_true_loss_degrades_nobody_in_a_day() -> None:
    source = random.Random(7)
    quality, found, counted = Quality(), set(), set()
    for number in range(5760):
        burst = tuple(None if source.random() < 0.002 else 0.01 for _ in range(5))
        quality, _ = rounds(burst, start=quality, at_s=number * EVERY_S)
        found.add(reason(quality))
        counted.add(quality.loss_ratio or 0.0)
    assert {None} == found
    assert max(counted) > SETTINGS.loss_ratio, "by the plain count it would have been degraded"


@pytest.mark.parametrize(
    ("rtt_s", "usual_rtt_s", "expected"),
    [
        (0.35, None, "rtt"),
        (0.35, 0.3, "rtt"),
        (0.12, 0.01, "rtt_usual"),
        (0.12, 0.08, None),
        (0.12, None, None),
        (0.05, 0.01, None),
    ],
)
def test_rtt_is_held_against_the_bound_and_against_what_is_usual_here(
    rtt_s: float, usual_rtt_s: float | None, expected: str | None
) -> None:
    quality, _ = rounds(*[(rtt_s,) * 5] * 20)
    assert expected == reason(quality, usual_rtt_s)


def test_rtt_and_jitter_leave_below_four_fifths_of_their_bound() -> None:
    quality, _ = rounds(*[(0.27,) * 5] * 20)
    assert (None, "rtt") == (reason(quality, None), reason(quality, None, was_degraded=True))
    quality, _ = rounds(*[(0.05, 0.077, 0.05, 0.077, 0.05)] * 20)
    assert (None, "jitter") == (reason(quality, 0.06), reason(quality, 0.06, was_degraded=True))


def test_jitter_beyond_its_bound_degrades() -> None:
    quality, _ = rounds(*[(0.05, 0.1, 0.05, 0.1, 0.05)] * 20)
    assert reason(quality, 0.07) == "jitter"


LATE, SLOW, SWIFT = (0.57,) * 5, (0.35,) * 5, (0.02,) * 300


@pytest.mark.parametrize(
    ("bursts", "expected"),
    [
        ([GOOD] * 20, 0.01),
        ([GOOD] * 19 + [LATE], 0.01),
        ([LATE] + [GOOD] * 3, 0.01),
        ([GOOD] * 15 + [SLOW] * 5, 0.01),
        ([GOOD] * 14 + [SLOW] * 6, 0.35),
        ([GOOD, SLOW] * 10, 0.35),
        ([GOOD] * 19 + [SILENT], 0.01),
        ([SILENT], None),
        ([GOOD] * 3, None),
        ([GOOD] * 20 + [(0.35,) * 300], 0.35),
        ([SLOW] * 20 + [SWIFT], 0.02),
        ([GOOD] * 20 + [(0.57,) * 70 + (0.02,) * 230], 0.02),
        ([GOOD] * 20 + [(0.57,) * 80 + (0.02,) * 220], 0.57),
        ([GOOD] * 20 + [(0.57,) * 70 + (None,) * 30 + (0.02,) * 230], 0.02),
    ],
)
def test_a_path_takes_what_three_replies_in_four_keep_to(bursts: list[tuple[float | None, ...]], expected: float | None) -> None:
    quality, _ = rounds(*bursts)
    assert expected == (None if expected is None else pytest.approx(upper_rtt_s(quality.rounds)))
    assert expected is not None or upper_rtt_s(quality.rounds) is None


ONE_LATE, RESTLESS = (0.01, 0.01, 0.57, 0.01, 0.01), (0.01, 0.05, 0.01, 0.05, 0.01)


@pytest.mark.parametrize(
    ("bursts", "expected"),
    [
        ([GOOD] * 20, 0.0),
        ([GOOD] * 19 + [ONE_LATE], 0.0),
        ([GOOD, LATE] * 10, 0.0),
        ([GOOD] * 15 + [RESTLESS] * 5, 0.0),
        ([GOOD] * 14 + [RESTLESS] * 6, 0.04),
        ([GOOD] * 4, None),
        ([GOOD] * 20 + [RESTLESS * 60], 240 * 0.04 / 299),
        ([RESTLESS] * 20 + [(0.02,) * 300], 0.0),
        ([GOOD] * 20 + [(0.01,) * 299 + (0.57,)], 0.56 / 299),
    ],
)
def test_a_path_is_as_uneven_as_three_differences_in_four(bursts: list[tuple[float | None, ...]], expected: float | None) -> None:
    quality, _ = rounds(*bursts)
    found = upper_jitter_s(quality.rounds)
    assert (expected is None) == (found is None)
    assert expected is None or pytest.approx(expected) == found


def test_a_burst_that_follows_a_round_at_once_still_counts_by_its_own_three_in_four() -> None:
    quality, at_s = rounds(*[GOOD] * 20)
    quality.record_burst(IcmpSample(300, (0.57,) * 70 + (0.02,) * 230), at_s + 1, SETTINGS)
    quality.record_burst(IcmpSample(5, LATE), at_s + 2, SETTINGS)
    assert pytest.approx(0.02) == upper_rtt_s(quality.rounds)


def test_replies_timed_by_the_loop_say_nothing_of_what_a_path_takes() -> None:
    quality, at_s = rounds(*[GOOD] * 4)
    quality.record_burst(IcmpSample(300, (0.9,) * 300, clock="loop"), at_s + EVERY_S, SETTINGS)
    assert pytest.approx(0.01) == upper_rtt_s(quality.rounds)


def test_a_reason_carries_what_it_rests_on() -> None:
    quality, _ = rounds(*[ONE_LOST] * 20)
    judged = judge_quality(quality, None, SETTINGS, was_degraded=False)
    assert judged is not None
    assert {"loss_ratio": 0.2, "packets": 100} == dict(judged.values)
