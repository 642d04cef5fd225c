"""Health: from single readings to a judgement, by tables and by any sequence of readings."""

import math
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model.reading import Outcome, Reading
from monitor.model.reason import Reason
from monitor.model.state import State
from monitor.rules import health
from monitor.rules.health import (
    CHECKS,
    STANDING_AFTER,
    Circumstances,
    Flapping,
    Health,
    HealthEvent,
    Standing,
    judge_state,
    step_flapping,
)
from monitor.rules.topology import Block, Cut

N = 2
PING = {"icmp": 15.0}
BOTH = {"icmp": 15.0, "snmp": 60.0}
OUTCOMES = {"+": Outcome.OK, "r": Outcome.REFUSED, "m": Outcome.MALFORMED, "-": Outcome.TIMEOUT, "0": Outcome.NOT_SENT}


def after(story: str, start: Health | None = None, at_s: float = 100.0) -> Health:
    """Return the health after a story such as 'i+ i- s+': probe and outcome, half a second apart."""
    state = start or health.unknown_health(BOTH if "s" in story else PING)
    for number, word in enumerate(story.split()):
        reading = Reading("a", {"i": "icmp", "s": "snmp"}[word[0]], at_s + number / 2, OUTCOMES[word[1]])
        state = health.step_health(state, reading, misses_to_down=N)
    return state


def step(event: HealthEvent) -> Callable[..., Health]:
    return lambda state, now_s=0.0: health.step_event(state, event, now_s)


confirmed, freed, excused = step(HealthEvent.CONFIRMED), step(HealthEvent.FREED), step(HealthEvent.EXCUSED)
forgotten, expired = step(HealthEvent.FORGOTTEN), step(HealthEvent.EXPIRED)


def ripe(state: Health, at_s: float = 100.0) -> bool:
    return health.is_ripe(state, at_s, misses_to_down=N)


def test_one_lost_burst_is_suspected_and_never_ripe() -> None:
    state = after("i+ i-")
    assert (Standing.ANSWERING, 100.5) == (state.standing, state.suspected_s)
    assert not ripe(state, 10_000.0)


def test_a_second_lost_burst_in_a_row_is_ripe() -> None:
    assert ripe(after("i+ i- i-"))


@pytest.mark.parametrize("answer", ["i+", "ir", "im", "s+", "sr"])
def test_one_answer_of_any_probe_ends_a_suspicion(answer: str) -> None:
    state = after(f"i+ s+ i- {answer}")
    assert (Standing.ANSWERING, None) == (state.standing, state.suspected_s)


@pytest.mark.parametrize("answer", ["i+", "s+", "sr"])
def test_one_answer_brings_a_silent_target_up_at_once(answer: str) -> None:
    silent = confirmed(after("s+ i+ i- i- s-"))
    assert Standing.ANSWERING is after(answer, silent).standing


CODEC = {"icmp": 15.0, "sip": 60.0, "h323": 300.0, "web": 600.0}


def codec(*readings: tuple[str, Outcome], of: dict[str, float] = CODEC) -> Health:
    state = health.unknown_health(of)
    for number, (probe, outcome) in enumerate(readings):
        state = health.step_health(state, Reading("dc", probe, 100.0 + number, outcome), misses_to_down=N)
    return state


OK, MISS = Outcome.OK, Outcome.TIMEOUT


def test_probes_that_are_asked_seldom_suspect_nobody_and_are_not_waited_for() -> None:
    fine = tuple((probe, OK) for probe in CODEC)
    assert codec(*fine, ("h323", MISS), ("web", MISS), ("web", MISS)).suspected_s is None
    assert not ripe(codec(*fine, ("icmp", MISS), ("icmp", MISS)), 100.0), "sip has not been asked again"
    assert ripe(codec(*fine, ("icmp", MISS), ("icmp", MISS), ("sip", MISS)), 100.0)


def test_probes_that_are_asked_seldom_vouch_for_a_target_all_the_same() -> None:
    state = codec(("h323", OK), ("icmp", MISS), ("sip", MISS), ("icmp", MISS), ("web", Outcome.REFUSED))
    assert (Standing.ANSWERING, None) == (state.standing, state.suspected_s)


def test_a_probe_that_is_asked_seldom_and_used_to_succeed_is_a_fault_once_it_fails() -> None:
    state = codec(("h323", OK), ("icmp", OK), ("h323", MISS), ("h323", MISS), ("icmp", OK), ("icmp", OK))
    assert Reason("probe_silent", {"probe": "h323", "readings": 2}) == health.fault_of(state, N)


def test_where_there_is_nothing_else_the_seldom_ones_count() -> None:
    only = {"h323": 300.0, "web": 600.0}
    assert ripe(codec(("h323", OK), ("web", OK), ("h323", MISS), ("web", MISS), ("h323", MISS), of=only))
    assert 1800.0 == health.stale_at_s(codec(("h323", OK), of=only), {"h323": 100.0}, 0.0, 3.0)


def test_what_was_heard_seldom_does_not_keep_a_target_from_growing_stale() -> None:
    state = codec(("icmp", OK), ("web", OK))
    assert 180.0 == health.stale_at_s(state, {"icmp": 100.0, "web": 101.0}, 0.0, 3.0), "by the others"


def test_a_target_is_not_silent_while_a_probe_that_was_fine_has_not_been_asked_again() -> None:
    state = after("i+ s+ i- i-")
    assert not ripe(state, state.suspected_s or 0)
    assert ripe(after("s-", state))


def test_a_probe_that_owes_its_answer_is_waited_for_only_so_long() -> None:
    state = after("i+ s+ i- i-")
    assert ripe(state, (state.suspected_s or 0) + health.PATIENCE_S)


def test_a_probe_that_has_long_been_silent_does_not_speak_for_the_target() -> None:
    state = after("i+ s+ i- i- s+ i- i- i-")
    assert (None, False) == (state.suspected_s, state.probes["icmp"].is_trusted)
    state = after("s-", state)
    assert state.suspected_s is not None
    assert not ripe(state), "one lost answer of the only witness is one lost burst"
    assert ripe(after("s-", state))


def test_a_probe_is_a_witness_again_once_it_answers() -> None:
    assert after("i+ s+ i- i- s+ i+").probes["icmp"].is_trusted


def test_readings_of_a_probe_that_the_target_does_not_have_change_nothing() -> None:
    start = health.unknown_health(PING)
    assert start is health.step_health(start, Reading("a", "snmp", 1.0, Outcome.OK), misses_to_down=N)


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        ("i+ s+", None),
        ("i+ s+ s- i+", None),
        ("i+ s+ s- i+ s- i+", Reason("probe_silent", {"probe": "snmp", "readings": 2})),
        ("i+ s+ sr i+ sr i+", Reason("probe_failing", {"probe": "snmp", "readings": 2})),
        ("i+ s- i+ s- i+", None),
        ("i+ s+ s- s- i+ s+", None),
        ("i+ s+ i- i-", None),
        ("i+ s+ i- s- s- i+", None),
        ("i+ s+ i- s- s- i+ s- i+", None),
        ("i+ s+ i- s- s- i+ s- s- i+", Reason("probe_silent", {"probe": "snmp", "readings": 2})),
        ("i+ s+ s- i+ i- s- i+ s- i+", Reason("probe_silent", {"probe": "snmp", "readings": 2})),
    ],
)
def test_a_probe_that_used_to_succeed_and_fails_now_is_a_fault(story: str, expected: Reason | None) -> None:
    assert expected == health.fault_of(after(story), N)


SILENT_PROBE = Reason("probe_silent", {"probe": "snmp", "readings": N})


@pytest.mark.parametrize("is_freed_first", [False, True])
def test_misses_of_an_outage_say_nothing_of_a_probe_and_those_after_the_return_do(is_freed_first: bool) -> None:
    silent = after("s- i- s-", confirmed(after("i+ s+ i- s- i- s-")))
    if is_freed_first:
        silent = after("s- i- s- s-", freed(silent, 200.0))
    back = after("i+", silent)
    assert (None, True, 0) == (health.fault_of(back, N), back.probes["snmp"].is_trusted, back.probes["snmp"].misses)
    once = after("s- i+", back)
    assert health.fault_of(once, N) is None
    assert SILENT_PROBE == health.fault_of(after("s- i+", once), N)


def test_a_probe_that_was_silent_before_the_outage_is_so_after_it() -> None:
    silent = after("i- s-", confirmed(after("i+ s+ s- i+ s- i+ i- s- i-")))
    assert SILENT_PROBE == health.fault_of(after("i+", silent), N)


def test_misses_that_an_uplink_answers_for_say_nothing_of_a_probe() -> None:
    state = excused(after("i+ s+ i- s- s-"), 200.0)
    assert health.fault_of(after("i+ s- i+", state), N) is None


def test_a_returning_target_needs_fresh_misses_and_has_an_interval_of_grace() -> None:
    state = freed(confirmed(after("i+ i- i-")), 200.0)
    assert not ripe(state, 300.0)
    missed = after("i- i-", state, at_s=201.0)
    assert (False, True) == (ripe(missed, 214.9), ripe(missed, 215.0))


def test_misses_of_a_blind_time_are_forgotten_and_an_earlier_silence_is_not() -> None:
    fresh = forgotten(after("i+ s+ i- s-"))
    assert (Standing.ANSWERING, None, 0) == (fresh.standing, fresh.suspected_s, fresh.silent_bursts)
    assert not ripe(after("i-", fresh)), "fresh evidence is needed"
    assert Standing.SILENT is forgotten(confirmed(after("i+ i- i-"))).standing


def test_evidence_older_than_three_intervals_is_stale_by_the_probe_that_lasts_longest() -> None:
    heard_s = {"icmp": 100.0, "snmp": 100.5}
    for state, until_s in ((after("i+"), 145.0), (after("i+ s+"), 280.5)):
        assert until_s == health.stale_at_s(state, heard_s, 0.0, 3.0)


def test_a_target_without_probes_is_always_stale() -> None:
    assert -math.inf == health.stale_at_s(health.unknown_health({}), {}, 100.0, 3.0)


def test_age_counts_from_the_end_of_blindness_or_from_the_start() -> None:
    assert 205.0 == health.stale_at_s(after("i+"), {"icmp": 100.0}, 160.0, 3.0)
    assert 205.0 == health.stale_at_s(health.unknown_health(PING), {}, 160.0, 3.0)


def test_a_lapse_clears_what_was_being_confirmed() -> None:
    lapsed = expired(after("i+ i-"))
    assert (Standing.LAPSED, None, 0) == (lapsed.standing, lapsed.suspected_s, lapsed.silent_bursts)


TABLE = """
           answered  missed    confirmed dropped   freed     excused   forgotten expired
new        answering new       silent    new       -         new       new       lapsed
answering  answering answering silent    answering -         answering answering lapsed
silent     answering silent    -         -         returning -         silent    lapsed
returning  answering returning silent    -         -         returning returning lapsed
lapsed     answering lapsed    silent    lapsed    -         lapsed    lapsed    -
"""
EVENTS, *ROWS = [line.split() for line in TABLE.strip().splitlines()]
CELLS = [(row[0], event, to) for row in ROWS for event, to in zip(EVENTS, row[1:], strict=True)]
IN = {
    "new": health.unknown_health(PING),
    "answering": after("i+"),
    "silent": confirmed(after("i+ i- i-")),
    "returning": freed(confirmed(after("i+ i- i-")), 200.0),
    "lapsed": expired(after("i+")),
}
AT_S = 300.0


def moved(state: Health, event: str) -> Health:
    """Return the health after an event; those that only a suspected target meets find it suspected."""
    if event in ("answered", "missed"):
        return after("i+" if event == "answered" else "i-", state, AT_S)
    if event in ("confirmed", "dropped", "excused"):
        state = after("i-", state, 250.0)
    return health.step_event(state, HealthEvent(event), AT_S)


def test_the_table_has_every_standing_and_every_event() -> None:
    assert (set(Standing), set(HealthEvent)) == ({Standing(row[0]) for row in ROWS}, set(map(HealthEvent, EVENTS)))
    assert {state.standing.value: state.standing for state in IN.values()} == {name: IN[name].standing for name in IN}
    assert set(Standing) == STANDING_AFTER.keys()


@pytest.mark.parametrize(("standing", "event", "to"), [cell for cell in CELLS if cell[2] != "-"])
def test_each_event_leads_from_each_standing_to_the_one_of_its_cell(standing: str, event: str, to: str) -> None:
    assert (standing, to) == (IN[standing].standing, moved(IN[standing], event).standing)


@pytest.mark.parametrize(("standing", "event"), [(standing, event) for standing, event, to in CELLS if to == "-"])
def test_what_can_not_come_to_a_standing_has_no_cell(standing: str, event: str) -> None:
    with pytest.raises(KeyError):
        health.step_event(IN[standing], HealthEvent(event), AT_S)


@pytest.mark.parametrize(("standing", "event", "to"), [cell for cell in CELLS if cell[2] != "-"])
def test_each_event_leaves_a_suspicion_and_misses_or_takes_them(standing: str, event: str, to: str) -> None:
    left = moved(IN[standing], event)
    if event == "missed":
        assert (to == "silent") is (left.suspected_s is None)
        assert left.silent_bursts == 1 + IN[standing].silent_bursts
    else:
        assert (AT_S if event in ("freed", "excused") else None) == left.suspected_s
    if event in ("answered", "freed", "excused", "expired") or (event == "forgotten" and to != "silent"):
        assert 0 == left.silent_bursts
    if event in ("freed", "excused"):
        assert (AT_S + PING["icmp"] if to == "returning" else 0.0) == left.not_before_s


SILENT = confirmed(after("i+ i- i-"))
BEHIND = Cut(Block.DOWN, "p")
FAULT = Reason("loss", {"loss_ratio": 0.1, "packets": 100})


@pytest.mark.parametrize(
    ("state", "around", "expected"),
    [
        (after("i+"), Circumstances(), (State.UP, None)),
        (after("i+"), Circumstances(fault=FAULT), (State.DEGRADED, None)),
        (after("i+"), Circumstances(covered="work", fault=FAULT), (State.MAINTENANCE, None)),
        (after("i+"), Circumstances(cut=BEHIND, is_expected=False), (State.UP, None)),
        (SILENT, Circumstances(), (State.DOWN, "a")),
        (SILENT, Circumstances(is_expected=False), (State.STANDBY, None)),
        (SILENT, Circumstances(cut=BEHIND, is_expected=False), (State.UNREACHABLE, "p")),
        (SILENT, Circumstances(cut=Cut(Block.MAINTENANCE, "p"), is_expected=False), (State.MAINTENANCE, None)),
        (SILENT, Circumstances(cut=Cut(Block.STANDBY, "p")), (State.STANDBY, None)),
        (SILENT, Circumstances(covered="work", cut=BEHIND), (State.MAINTENANCE, None)),
        (expired(SILENT), Circumstances(), (State.UNKNOWN, None)),
        (freed(SILENT, 0.0), Circumstances(), (State.UNKNOWN, None)),
    ],
)
def test_the_order_is_maintenance_unreachable_down_standby_degraded_up(
    state: Health, around: Circumstances, expected: tuple[State, str | None]
) -> None:
    judgement = judge_state("a", state, around)
    assert judgement is not None
    assert expected == (judgement.state, judgement.cause)


def test_nothing_is_said_of_a_target_that_nothing_is_known_of() -> None:
    assert judge_state("a", health.unknown_health(PING), Circumstances(covered="work")) is None


STORIES = st.lists(st.tuples(st.sampled_from(["icmp", "snmp"]), st.sampled_from(list(Outcome))), max_size=40)


@given(STORIES, st.integers(1, 4))
def test_a_silence_is_ripe_only_after_so_many_unanswered_bursts_of_one_probe(story: list[tuple[str, Outcome]], needed: int) -> None:
    state = health.unknown_health(BOTH)
    unanswered = {"icmp": 0, "snmp": 0}
    for number, (probe, outcome) in enumerate(story):
        state = health.step_health(state, Reading("a", probe, float(number), outcome), misses_to_down=needed)
        if outcome.is_alive:
            unanswered = dict.fromkeys(unanswered, 0)
        elif outcome is Outcome.TIMEOUT:
            unanswered[probe] += 1
        if health.is_ripe(state, 1e6, misses_to_down=needed):
            assert max(unanswered.values()) >= needed
            state = confirmed(state)


@given(STORIES)
def test_a_reading_that_was_not_sent_changes_nothing(story: list[tuple[str, Outcome]]) -> None:
    with_them = without = health.unknown_health(BOTH)
    for number, (probe, outcome) in enumerate(story):
        reading = Reading("a", probe, float(number), outcome)
        with_them = health.step_health(with_them, reading, misses_to_down=N)
        if outcome is not Outcome.NOT_SENT:
            without = health.step_health(without, reading, misses_to_down=N)
    assert with_them == without


@given(STORIES, st.sampled_from(["icmp", "snmp"]), st.integers(1, 3))
def test_an_answer_that_finds_everything_as_the_last_one_left_it_changes_nothing(
    story: list[tuple[str, Outcome]], probe: str, needed: int
) -> None:
    state = health.unknown_health(BOTH)
    for number, (each, told) in enumerate(story):
        state = health.step_health(state, Reading("a", each, float(number), told), misses_to_down=needed)
    once = health.step_health(state, Reading("a", probe, 99.0, Outcome.OK), misses_to_down=needed)
    assert once is health.step_health(once, Reading("a", probe, 114.0, Outcome.OK), misses_to_down=needed)
    assert (once is state) is (once == state)


@given(STORIES, st.sampled_from(["icmp", "snmp"]), st.sampled_from([Outcome.OK, Outcome.REFUSED, Outcome.MALFORMED]))
def test_whatever_was_before_an_answer_makes_it_answering(story: list[tuple[str, Outcome]], probe: str, outcome: Outcome) -> None:
    state = health.unknown_health(BOTH)
    for number, (each, told) in enumerate(story):
        state = health.step_health(state, Reading("a", each, float(number), told), misses_to_down=N)
    for before in (state, confirmed(state), expired(state), freed(confirmed(state), 50.0)):
        now = health.step_health(before, Reading("a", probe, 99.0, outcome), misses_to_down=N)
        assert (Standing.ANSWERING, None) == (now.standing, now.suspected_s)


@given(STORIES)
def test_some_witness_is_always_left(story: list[tuple[str, Outcome]]) -> None:
    state = health.unknown_health(BOTH)
    for number, (probe, outcome) in enumerate(story):
        state = health.step_health(state, Reading("a", probe, float(number), outcome), misses_to_down=N)
        assert any(each.is_trusted for each in state.probes.values())


@given(
    st.sampled_from([after("i+"), SILENT, expired(SILENT), freed(SILENT, 0.0), replace(SILENT, suspected_s=1.0)]),
    st.builds(
        Circumstances,
        covered=st.sampled_from([None, "work"]),
        cut=st.sampled_from([None, *(Cut(block, "p") for block in Block)]),
        is_expected=st.booleans(),
        fault=st.sampled_from([None, FAULT]),
    ),
)
def test_blame_falls_only_on_the_silent(state: Health, around: Circumstances) -> None:
    judgement = judge_state("a", state, around)
    assert judgement is not None
    is_blamed = judgement.state in (State.DOWN, State.UNREACHABLE)
    assert not is_blamed or state.standing is Standing.SILENT
    assert is_blamed is (judgement.cause is not None)
    assert judgement.state is not State.DOWN or judgement.cause == "a"


# Flapping, held against the worked example of Icinga 2's documentation

HIGH, LOW = 0.30, 0.25
EXAMPLE = sum(1 << (CHECKS - 1 - place) for place in (2, 3, 4, 5, 9, 13, 16, 19))
"""Icinga 2's picture: the changes whose weights are 0.84, 0.86, 0.88, 0.9, 0.98, 1.06, 1.12 and 1.18; 0 is the oldest check."""


UNCHECKED = Flapping()


def checked(answers: str, flapping: Flapping = UNCHECKED) -> Flapping:
    for answer in answers:
        flapping = step_flapping(flapping, answer == "+", high=HIGH, low=LOW)
    return flapping


def test_the_worked_example_of_the_documentation_weighs_39_1_percent() -> None:
    assert pytest.approx(0.391) == Flapping(EXAMPLE).change_ratio


def test_seven_quiet_checks_end_the_flapping_of_the_example() -> None:
    flapping = checked("+++++++", Flapping(EXAMPLE, answered=True, is_flapping=True))
    assert not flapping.is_flapping
    assert flapping.change_ratio < LOW


def test_it_starts_above_the_high_bound_and_ends_only_below_the_low_one() -> None:
    started = checked("+-+-+-+")
    assert (True, True) == (started.is_flapping, started.change_ratio > HIGH)
    between = checked("+" * 12, started)
    assert (True, True) == (between.is_flapping, LOW < between.change_ratio < HIGH)
    assert not checked("+" * 6, between).is_flapping


def test_one_outage_is_not_flapping() -> None:
    assert not checked("+" * 20 + "-" * 7 + "+" * 20).is_flapping
    assert not checked("+" * 20 + "-" * 7 + "+").is_flapping


def test_the_first_check_is_no_change() -> None:
    assert Flapping(0, answered=False) == checked("-")


@given(st.text("+-", max_size=200))
def test_the_share_stays_within_its_range_and_the_history_within_20_bits(answers: str) -> None:
    flapping = checked(answers)
    assert 0 <= flapping.change_ratio <= 0.99 + 1e-9
    assert 0 <= flapping.changes < 1 << CHECKS


@given(st.sampled_from("+-"))
def test_twenty_equal_checks_leave_nothing_of_any_history(answer: str) -> None:
    assert 0.0 == checked(answer * 21, Flapping(EXAMPLE, answered=True, is_flapping=True)).change_ratio
