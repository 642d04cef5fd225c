"""Rules recur as RFC 5545 says: as its own examples do, and as another library has it for thousands of rules."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

import icalendar
import pytest
import recurring_ical_events

from monitor.load.recurrence import LAST, Frequency, Rule, RuleError, parse_rule

BEGINS = datetime(1997, 9, 2, 9)
"""Where most of the RFC's examples begin: a Tuesday."""


def until_of(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%dT%H%M%S")


def rule(text: str, begins: datetime = BEGINS) -> Rule:
    return parse_rule(text, begins, until_of)


def first(text: str, count: int, begins: datetime = BEGINS) -> list[str]:
    return [f"{each:%d.%m.%y}" for each in islice(rule(text, begins).between(begins, LAST.replace(year=2040)), count)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("FREQ=DAILY;COUNT=3", "02.09.97 03.09.97 04.09.97"),
        ("FREQ=DAILY;INTERVAL=10;COUNT=3", "02.09.97 12.09.97 22.09.97"),
        ("FREQ=WEEKLY;INTERVAL=2;WKST=SU", "02.09.97 16.09.97 30.09.97"),
        ("FREQ=WEEKLY;UNTIL=19971007T000000;WKST=SU;BYDAY=TU,TH", "02.09.97 04.09.97 09.09.97 11.09.97"),
        ("FREQ=MONTHLY;COUNT=10;BYDAY=1FR", "05.09.97 03.10.97 07.11.97"),
        ("FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU", "07.09.97 28.09.97 02.11.97 30.11.97"),
        ("FREQ=MONTHLY;COUNT=6;BYDAY=-2MO", "22.09.97 20.10.97 17.11.97"),
        ("FREQ=MONTHLY;BYMONTHDAY=-3", "28.09.97 29.10.97 28.11.97"),
        ("FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1", "30.09.97 01.10.97 31.10.97"),
        ("FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12", "10.09.97 11.09.97 12.09.97 10.03.99"),
        ("FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3", "02.01.99 02.02.99 02.03.99 02.01.01"),
        ("FREQ=YEARLY;BYDAY=20MO", "18.05.98 17.05.99 15.05.00"),
        ("FREQ=YEARLY;BYMONTH=3;BYDAY=TH", "05.03.98 12.03.98 19.03.98"),
        ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "13.02.98 13.03.98 13.11.98 13.08.99"),
        ("FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8", "04.11.97 06.11.01"),
        ("FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "04.09.97 07.10.97 06.11.97"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2", "29.09.97 30.10.97 27.11.97"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "29.02.00 29.02.04 29.02.08"),
        ("freq=weekly; byday=mo , th", "04.09.97 08.09.97 11.09.97"),
    ],
)
def test_the_examples_of_the_rfc_recur_as_it_says(text: str, found: str) -> None:
    days = found.split()
    assert days == first(text, len(days))


RULES = (
    "FREQ=DAILY FREQ=WEEKLY FREQ=MONTHLY FREQ=YEARLY",
    "- - - INTERVAL=2 INTERVAL=3 INTERVAL=7",
    "- - - COUNT=1 COUNT=7 COUNT=40 UNTIL=20270315T080000",
    "- - - BYDAY=MO BYDAY=TU,TH BYDAY=SA,SU BYDAY=1MO BYDAY=-1FR BYDAY=2TU,-1WE",
    "- - - - BYMONTH=1 BYMONTH=2,8 BYMONTH=3,6,9,12",
    "- - - - BYMONTHDAY=1 BYMONTHDAY=15,-1 BYMONTHDAY=29,30,31",
    "- - - - BYHOUR=8,14 BYMINUTE=0,30",
    "- - - - - BYSETPOS=1 BYSETPOS=-1 BYSETPOS=2,-2",
    "- - WKST=SU WKST=WE",
)


def rules(chance: random.Random, count: int) -> Iterator[tuple[str, datetime]]:
    """Yield rules that calendars may have, each with when it begins; those of the RFC's table of what may stand beside what."""
    while count:
        parts = [chance.choice(each.split()) for each in RULES]
        text = ";".join(part for part in parts if part != "-")
        day, hour = chance.randrange(1, 29) if chance.random() < 0.8 else chance.choice((29, 30)), chance.randrange(24)
        begins = datetime(2026, chance.choice((1, 3, 8, 11, 12)), day, hour, chance.choice((0, 15, 30)))
        by_number = any(mark in text for mark in ("1MO", "-1FR", "2TU"))
        if by_number and ("DAILY" in text or "WEEKLY" in text or ("YEARLY" in text and "BYMONTHDAY" in text)):
            continue
        if ("WEEKLY" in text and "BYMONTHDAY" in text) or ("BYSETPOS" in text and ";BY" not in text.replace(";BYSETPOS", "")):
            continue
        count -= 1
        yield text, begins


def expanded(text: str, begins: datetime, until: datetime) -> set[datetime]:
    """Return what recurring-ical-events makes of a rule."""
    event = icalendar.Event()
    event.add("UID", "a")
    event.add("DTSTART", begins.replace(tzinfo=UTC))
    event.add("DURATION", timedelta(minutes=30))
    event["RRULE"] = icalendar.vRecur.from_ical(text.replace("T080000", "T080000Z"))
    whole = icalendar.Calendar()
    whole.add_component(event)
    found = recurring_ical_events.of(whole).between(begins.replace(tzinfo=UTC), until.replace(tzinfo=UTC))
    return {each["DTSTART"].dt.replace(tzinfo=None) for each in found}


def test_hundreds_of_rules_recur_as_another_library_has_it() -> None:
    """300 rules, always the same ones."""
    compared = 0
    for text, begins in rules(random.Random(5545), 300):
        until = begins + timedelta(days=800)
        try:
            ours = set(rule(text, begins).between(begins, until - timedelta(minutes=1)))
        except RuleError as error:
            assert "rule_never" == error.code, text  # noqa: PT017
            continue
        # The other one counts the start in whatever the rule says.
        assert {each for each in expanded(text, begins, until) if each < until} - {begins} == ours - {begins}, (text, begins)
        compared += bool(ours)
    assert compared > 200


@pytest.mark.parametrize(
    "text", ["FREQ=DAILY;BYDAY=MO,WE", "FREQ=WEEKLY;INTERVAL=3;BYDAY=FR", "FREQ=MONTHLY;BYDAY=-1TH", "FREQ=YEARLY;BYMONTH=5"]
)
def test_a_stretch_of_time_far_away_has_what_the_whole_has_there(text: str) -> None:
    told = rule(text)
    whole = told.between(BEGINS, datetime(2030, 1, 1))
    for year in (1999, 2012, 2029):
        first_day, last_day = datetime(year, 2, 3, 4), datetime(year, 6, 5, 4)
        assert [each for each in whole if first_day <= each <= last_day] == told.between(first_day, last_day)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("FREQ=HOURLY", "frequency"),
        ("BYDAY=MO", "frequency"),
        ("FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=0,20,40", "times_a_day"),
        ("FREQ=WEEKLY;BYDAY=0MO", "rule_part"),
        ("FREQ=WEEKLY;BYDAY=", "rule_part"),
        ("FREQ=WEEKLY;FREQ=DAILY", "rule_part"),
        ("FREQ=WEEKLY;BYMONTH=13", "rule_part"),
        ("FREQ=WEEKLY;BYHOUR=-1", "rule_part"),
        ("FREQ=WEEKLY;RSCALE=CHINESE", "rule_part"),
        ("FREQ=WEEKLY;UNTIL=never", "rule_part"),
        ("FREQ=WEEKLY;COUNT=1001", "rule_count"),
        ("FREQ=DAILY;INTERVAL=1000;BYMONTH=2;BYMONTHDAY=30", "rule_never"),
        ("FREQ=YEARLY;BYDAY=53MO;BYMONTHDAY=2", "rule_never"),
    ],
)
def test_a_rule_that_no_meeting_has_is_named_by_what_is_wrong(text: str, code: str) -> None:
    with pytest.raises(RuleError) as caught:
        rule(text)
    assert code == caught.value.code


def test_a_rule_of_thousand_times_ends_with_the_last() -> None:
    assert 1_000 == len(rule("FREQ=YEARLY;BYMONTH=1,2,3,4;BYDAY=MO,TU;COUNT=1000").counted or ())
    assert Frequency.DAILY == rule("FREQ=DAILY").frequency
