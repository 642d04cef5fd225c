"""Recurrence rules (RFC 5545 section 3.3.10) → the local times at which something recurs.

A rule is asked about a stretch of time and looks at the days, weeks, months or years in it alone: one from twenty years ago costs
no more than one from today, and one that never comes true ends. By the hour, minute or second no meeting recurs; by the number of a
week or of a day in the year nobody writes one.

    rule = parse_rule("FREQ=WEEKLY;BYDAY=MO,TH;UNTIL=20261221", begins, until=…)
    rule.between(first, last)       # naive local times, both ends included
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice

MOST_A_DAY = 8
MOST_TIMES = 1_000
"""Of COUNT and INTERVAL."""
LAST = datetime(2099, 12, 31, 23, 59, 59)
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_KNOWN = frozenset(
    ["FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS", "BYHOUR", "BYMINUTE", "BYSECOND"]
)
_BOUNDS = {"BYMONTH": 12, "BYMONTHDAY": 31, "BYSETPOS": 366, "BYHOUR": 23, "BYMINUTE": 59, "BYSECOND": 59}
_SIGNED = ("BYMONTHDAY", "BYSETPOS")
_WEEK = timedelta(days=7)


class RuleError(ValueError):
    """A rule that no meeting has: code of words/faults, and what it quotes."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


class Frequency(StrEnum):
    """How long a period is."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


_LOOK_AHEAD = {Frequency.DAILY: 1_500, Frequency.WEEKLY: 600, Frequency.MONTHLY: 340, Frequency.YEARLY: 28}
"""After so many periods a rule that has not come true never will: 28 years are a cycle of weekdays and leap years."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. begins: DTSTART, naive and local, as until is, which is included.

    weekdays: (which one of the month or year, 0 for every one; Monday is 0). The others are as in the RFC; of hours, minutes and
    seconds there is at least one. counted: all of its times, where COUNT ends it.
    """

    frequency: Frequency
    begins: datetime
    interval: int = 1
    count: int | None = None
    until: datetime = LAST
    week_begins: int = 0
    weekdays: tuple[tuple[int, int], ...] = ()
    months: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    times: tuple[time, ...] = ()
    counted: tuple[datetime, ...] | None = field(default=None, compare=False)

    def between(self, first: datetime, last: datetime) -> list[datetime]:
        """Return the times from first to last, both included, in their order."""
        if self.counted is not None:
            return list(self.counted[bisect_left(self.counted, first) : bisect_right(self.counted, last)])
        first, last = max(first, self.begins), min(last, self.until)
        if first > last:
            return []
        found: list[datetime] = []
        for number in range(self._period_of(first), self._period_of(last) + 1):
            found += (each for each in self._period(number) if first <= each <= last)
        return found

    def comes_true(self) -> bool:
        return next(self._all(_LOOK_AHEAD[self.frequency]), None) is not None

    def _all(self, periods: int) -> Iterator[datetime]:
        """Yield the times of so many periods from the beginning on."""
        for number in range(periods):
            try:
                times = self._period(number)
            except OverflowError:
                return
            for each in times:
                if each > self.until:
                    return
                if each >= self.begins:
                    yield each

    def _period_of(self, moment: datetime) -> int:
        """Return the number of the period that a time is in, or of the last before it."""
        match self.frequency:
            case Frequency.DAILY:
                passed = (moment.date() - self.begins.date()).days
            case Frequency.WEEKLY:
                passed = (self._week(moment.date()) - self._week(self.begins.date())).days // 7
            case Frequency.MONTHLY:
                passed = (moment.year - self.begins.year) * 12 + moment.month - self.begins.month
            case Frequency.YEARLY:
                passed = moment.year - self.begins.year
        return passed // self.interval

    def _week(self, day: date) -> date:
        return day - timedelta(days=(day.weekday() - self.week_begins) % 7)

    def _period(self, number: int) -> list[datetime]:
        """Return the times of the period of a number, in their order."""
        days = self._days(number * self.interval)
        found = [datetime.combine(day, each) for day in days for each in self.times]
        if self.positions:
            chosen = {place - 1 if place > 0 else len(found) + place for place in self.positions}
            found = [each for place, each in enumerate(found) if place in chosen]
        return found

    def _days(self, passed: int) -> list[date]:
        """Return the days of the period that begins so many days, weeks, months or years after the first."""
        begins = self.begins.date()
        match self.frequency:
            case Frequency.DAILY:
                return [day for day in [begins + timedelta(days=passed)] if self._is_day(day) and self._is_weekday(day)]
            case Frequency.WEEKLY:
                week = self._week(begins) + passed * _WEEK
                wanted = {weekday for _, weekday in self.weekdays} or {begins.weekday()}
                days = (week + timedelta(days=each) for each in range(7))
                return [day for day in days if day.weekday() in wanted and self._is_day(day)]
            case Frequency.MONTHLY:
                year, month = divmod(begins.year * 12 + begins.month - 1 + passed, 12)
                return self._days_of_month(year, month + 1) if not self.months or month + 1 in self.months else []
            case Frequency.YEARLY:
                return self._days_of_year(begins.year + passed)

    def _days_of_month(self, year: int, month: int) -> list[date]:
        if year > 9999:
            raise OverflowError
        length = monthrange(year, month)[1]
        if self.weekdays:
            found = _nth_weekdays([date(year, month, day) for day in range(1, length + 1)], self.weekdays)
            return [day for day in found if self._is_month_day(day)]
        wanted = self.month_days or (self.begins.day,)
        return [date(year, month, day) for day in _in_month(wanted, length)]

    def _days_of_year(self, year: int) -> list[date]:
        if year > 9999:
            raise OverflowError
        if self.weekdays and not self.months:
            first = date(year, 1, 1)
            days = [first + timedelta(days=each) for each in range((date(year, 12, 31) - first).days + 1)]
            return [day for day in _nth_weekdays(days, self.weekdays) if self._is_month_day(day)]
        months = self.months or (range(1, 13) if self.month_days else (self.begins.month,))
        return [day for month in sorted(months) for day in self._days_of_month(year, month)]

    def _is_day(self, day: date) -> bool:
        return (not self.months or day.month in self.months) and self._is_month_day(day)

    def _is_month_day(self, day: date) -> bool:
        return not self.month_days or day.day in _in_month(self.month_days, monthrange(day.year, day.month)[1])

    def _is_weekday(self, day: date) -> bool:
        return not self.weekdays or day.weekday() in (weekday for _, weekday in self.weekdays)


def parse_rule(text: str, begins: datetime, until_of: Callable[[str], datetime]) -> Rule:
    """Return a rule as it is written. begins: DTSTART, naive and local. until_of: reads UNTIL as such a time, or raises ValueError.

    Raises RuleError where it is none, or one of no meeting: too frequent, or one that never comes true.
    """
    told = _parts(text)
    names = "FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"
    frequency, interval, count, until, week_begins = (told[name][0] if name in told else "" for name in names)
    if frequency not in Frequency.__members__:
        raise RuleError("frequency", frequency=frequency or "?")
    every = Frequency(frequency)
    numbers = {name: _numbers(name, told.get(name, ()), bound) for name, bound in _BOUNDS.items()}
    days = _weekdays(told.get("BYDAY", ()), every)
    hours, minutes, seconds = (
        numbers[name] or (usual,)
        for name, usual in (("BYHOUR", begins.hour), ("BYMINUTE", begins.minute), ("BYSECOND", begins.second))
    )
    a_day = len(hours) * len(minutes) * len(seconds)
    if a_day > MOST_A_DAY:
        raise RuleError("times_a_day", count=a_day)
    rule = Rule(
        every,
        begins,
        interval=_amount("INTERVAL", interval) or 1,
        count=_amount("COUNT", count),
        week_begins=_WEEKDAYS.index(week_begins) if week_begins in _WEEKDAYS else 0,
        weekdays=days,
        months=numbers["BYMONTH"],
        month_days=numbers["BYMONTHDAY"],
        positions=numbers["BYSETPOS"],
        times=tuple(time(*each) for each in sorted({(h, m, s) for h in hours for m in minutes for s in seconds})),
    )
    if until:
        try:
            rule = replace(rule, until=min(until_of(until), LAST))
        except ValueError:
            raise RuleError("rule_part", text=f"UNTIL={until}") from None
    if not rule.comes_true():
        raise RuleError("rule_never")
    if rule.count is not None:
        rule = replace(rule, counted=tuple(islice(rule._all(_LOOK_AHEAD[every] * rule.count), rule.count)))
    return rule


def _parts(text: str) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for part in filter(None, (each.strip() for each in text.upper().split(";"))):
        name, sign, values = part.partition("=")
        name, items = name.strip(), [each.strip() for each in values.split(",")]
        if not sign or name not in _KNOWN or name in found or not all(items):
            raise RuleError("rule_part", text=part[:60])
        found[name] = items
    return found


def _numbers(name: str, items: Sequence[str], bound: int) -> tuple[int, ...]:
    for each in items:
        sign = r"[+-]?" if name in _SIGNED else r"\+?"
        least = 0 if name in ("BYHOUR", "BYMINUTE", "BYSECOND") else 1
        if not re.fullmatch(rf"{sign}[0-9]{{1,3}}", each) or not least <= abs(int(each)) <= bound:
            raise RuleError("rule_part", text=f"{name}={each[:40]}")
    return tuple(sorted({int(each) for each in items}))


def _weekdays(items: Sequence[str], frequency: Frequency) -> tuple[tuple[int, int], ...]:
    found = []
    for each in items:
        day = _DAY.fullmatch(each)
        which = int(day[1] or 0) if day else 0
        if day is None or abs(which) > 53 or (day[1] and not which):
            raise RuleError("rule_part", text=f"BYDAY={each[:40]}")
        # "The first Monday" of a day or a week is that Monday.
        by_number = frequency in (Frequency.MONTHLY, Frequency.YEARLY)
        found.append((which if by_number else 0, _WEEKDAYS.index(day[2])))
    return tuple(found)


def _amount(name: str, text: str) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"\+?[0-9]{1,9}", text):
        raise RuleError("rule_part", text=f"{name}={text[:40]}")
    if not 1 <= int(text) <= MOST_TIMES:
        raise RuleError("rule_count", most=MOST_TIMES)
    return int(text)


def _in_month(wanted: Sequence[int], length: int) -> list[int]:
    """Return days of a month by their numbers, in order; negative ones count from its end."""
    return sorted({day for day in (each if each > 0 else length + 1 + each for each in wanted) if 1 <= day <= length})


def _nth_weekdays(days: Sequence[date], wanted: Sequence[tuple[int, int]]) -> list[date]:
    """Return those of the days of a month or year that are such weekdays, in order."""
    found = set[date]()
    for which, weekday in wanted:
        of_that = [day for day in days if day.weekday() == weekday]
        if which == 0:
            found.update(of_that)
        elif abs(which) <= len(of_that):
            found.add(of_that[which - 1 if which > 0 else which])
    return sorted(found)
