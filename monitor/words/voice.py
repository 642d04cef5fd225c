"""How numbers, spans of time and times of day are said: one speaker a language, for pages, API, commands, reports, dashboards.

A quantity is said in one way, wherever it stands:

  a share       4,0% of packets lost, 82% of a circuit's load, 99,812% available, a bound of 1% or 0,25%. What is not 0 or 100%
                never reads so: <0,1% and >99,9%; from two decimals on it is cut off instead: 99,99%
  measured      9,5 ms, 182 ms, 1,3 s, 2 s: round trips, jitter, bounds of them, how long an answer took; from a minute on a span
  a span        6 s, 14 phút, 1 giờ 05, 1 giờ, 2 ngày 3 giờ: how long something lasted, or ago. Rounded to its last unit, so that
                59.6 s is 1 phút, and 3,600 s is 1 giờ; what is no second, but something, is <1 s
  an account    26:05: spans in columns that are added up, under a heading that says h:min; what is no minute, but something,
                is <0:01
  a countdown   2:05:20, 33:20: what ticks
  a rate        4,2 Mbit/s, 950 kbit/s: at most three digits before the comma, one behind it below ten
  a time        07:09, 07:09 24/11, 07:09 24/11/2026, in both languages

All round half up, as their shortest decimal reads: 1.25 is 1,3 and 2.675 is 2,68, though no binary fraction is quite the latter.
Nothing that is not 0 reads as 0, whatever it counts: 0.004 with two decimals is <0,01, -0.04 with one is >-0,1. No 0 has a minus.
A span below 0 is 0: what lies ahead has lasted no time.

Not a number is –, infinity is ∞ with its unit; a span that never ends is vô hạn, for ever.

Babel gives the symbols and the plural rules. Its own patterns write 99.95% as 100%, round half to even, and take 10 to 20 µs a
number; ours are kept ready.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache, lru_cache

from babel import Locale

_UNITS = {"vi": ("s", "phút", "giờ", "ngày"), "en": ("s", "min", "h", "d")}
_ENDLESS = {"vi": "vô hạn", "en": "for ever"}
_UNKNOWN = "–"
_MARKS = {"<": ">", ">": "<"}
_WEEKDAYS = {
    "vi": ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_MEASURES = ("_ratio", "_s", "_bps", "_celsius")
_SPANS = frozenset({"age_s", "lasted_s", "past_s"})
"""Values that are spans, though their names end as those of what is measured do."""

_MOST_DIGITS = 4
_PATTERNS = tuple(f"%.{digits}f" for digits in range(_MOST_DIGITS + 1))
_PARTED = tuple(f",.{digits}f" for digits in range(_MOST_DIGITS + 1))
_NUDGE = 1 + 1e-15
"""What a half may lack as a binary fraction, and by being multiplied."""
_HUNDRED = 100 * _NUDGE
_LEAST_SAID = tuple(math.nextafter(float(f"5e-{digits + 1}"), 1) for digits in range(_MOST_DIGITS + 1))
"""The least number that does not read as 0, by decimals: above the half, which patterns round to the even 0."""
_LEAST_SHOWN = tuple(_PATTERNS[digits] % 10.0**-digits for digits in range(_MOST_DIGITS + 1))
_LEAST_PARTED = tuple(10_000 - least for least in _LEAST_SAID)
"""The least number that reads as 10.000."""
_NUDGED_BELOW = tuple(float(f"1e{13 - digits}") for digits in range(_MOST_DIGITS + 1))
"""From here on what is added for a half that lacks something could be seen."""
_LEAST = tuple(float(f"5e-{digits + 3}") for digits in range(_MOST_DIGITS + 1))
"""The least share that does not read as 0, by decimals."""
_MOST = tuple((1 - least) / _NUDGE**2 for least in _LEAST)
"""The least share below 1 that reads as 100%."""
_ABOVE = tuple(1 + least for least in _LEAST)
"""The least share above 1 that does not read as 100%."""
_CUT_OFF_FROM = 2
_PARTED_FROM = 10_000
"""Below it a part of three digits would be taken for decimals: 2.300 packets, in Vietnamese, beside 2.3 in English."""
_EXACT = Context(prec=400)
_DAY_S = 86_400
_Date = date
"""In the class `date` is a method."""


class Voice:
    """Says numbers, spans and times in one language: every number, those that are not finite and those below 0 too."""

    __slots__ = ("_decimal", "_endless", "_group", "_minus", "_percent", "_plural", "_tags", "language", "units", "weekdays")

    def __init__(self, language: str) -> None:
        self.language = language
        self.units = _UNITS[language]
        """Second, minute, hour, day."""
        self.weekdays = _WEEKDAYS[language]
        """Monday first."""
        self._endless = _ENDLESS[language]
        locale = Locale(language)
        symbols: Mapping[str, str] = locale.number_symbols["latn"]
        self._decimal, self._group = symbols["decimal"], symbols["group"]
        self._minus, self._percent = symbols["minusSign"], symbols["percentSign"]
        # A rule asks for a number's decimals, which takes microseconds; counts come again.
        self._plural = lru_cache(maxsize=4096)(locale.plural_form)
        self._tags = (*sorted(locale.plural_form.tags - {"other"}), "other")

    def number(self, value: float, digits: int = 0) -> str:
        """Return a number with so many decimals, rounded half up, thousands parted from five digits on: 12.345,6 in Vietnamese.

        What is not 0 never reads so: it is less than the least that can be shown.
        """
        # A half is one, whatever the sixteenth digit lacks of it. Plus zero: minus zero is one.
        number = value * _NUDGE + 0.0
        size = -number if number < 0.0 else number
        if _LEAST_SAID[digits] <= size < _LEAST_PARTED[digits] or size == 0.0:
            text = (_PATTERNS[digits] % size).replace(".", self._decimal)
        elif 10_000.0 <= size < _NUDGED_BELOW[digits]:
            text = format(size, _PARTED[digits]).replace(",", "_").replace(".", self._decimal).replace("_", self._group)
        elif size < 1.0:
            least = _LEAST_SHOWN[digits].replace(".", self._decimal)
            return f"<{least}" if size is number else f">{self._minus}{least}"
        else:
            text = self._carefully(abs(value), digits)
        return text if size is number else self._minus + text

    def plain(self, value: float) -> str:
        """Return a number with no more decimals than it has, two at most."""
        return self.number(value, _decimals(value))

    def count(self, count: float) -> CountForms:
        """Return a count as templates take it."""
        return CountForms(self, count)

    def plural(self, count: float, forms: str) -> str:
        """Return the form that a count takes, its # filled in. forms: parted by |, singular first: '# point|# points'.

        A language without plurals has one form, and takes the last of several.
        """
        # 1.0 has a decimal to see and would not be one point; ours shows none.
        number = int(count) if isinstance(count, float) and count.is_integer() else count
        parts = forms.split("|")
        has_forms = len(parts) == len(self._tags) > 1 and math.isfinite(number)
        form = parts[self._tags.index(self._plural(number)) if has_forms else -1]
        return form.replace("#", str(number) if isinstance(number, int) and 0 <= number < _PARTED_FROM else self.plain(number))

    # Shares

    def percent(self, ratio: float, digits: int = 1) -> str:
        """Return a share of 1 with so many decimals of a per cent; what is not 0 or 100% never reads so."""
        if _LEAST[digits] <= ratio < _MOST[digits]:
            return (_PATTERNS[digits] % (ratio * _HUNDRED)).replace(".", self._decimal) + self._percent
        if ratio < 0.0:
            return self._mirrored(self.percent(-ratio, digits))
        is_plain = ratio >= _ABOVE[digits] or ratio in (0.0, 1.0)
        return self._with_unit(self.number(ratio * 100, digits) if is_plain else self._at_the_edge(ratio, digits), self._percent)

    def loss(self, ratio: float) -> str:
        """Return which share of packets, checks or answers was lost."""
        return self.percent(ratio, 1)

    def bound(self, ratio: float) -> str:
        """Return a share that is a threshold, or proven, with no more decimals than it has, two at most: 1%, 0,25%."""
        return self.percent(ratio, _CUT_OFF_FROM if _MOST[_CUT_OFF_FROM] <= ratio < 1 else _decimals(ratio * 100))

    def load(self, ratio: float) -> str:
        """Return which share of a circuit is in use, of endpoints is there: whole per cents."""
        return self.percent(ratio, 0)

    def availability(self, ratio: float) -> str:
        """Return which share of the time something was there."""
        return self.percent(ratio, 3)

    def _at_the_edge(self, ratio: float, digits: int) -> str:
        step = 10.0**-digits
        if _MOST[digits] <= ratio < 1:
            mark = "" if digits >= _CUT_OFF_FROM else ">"
            return mark + self.number(100 - step, digits)
        text = self.number(ratio * 100, digits)
        return f">{text}" if ratio > 1 and text == self.number(100, digits) else text

    # Spans of time

    def milliseconds(self, seconds: float) -> str:
        """Return what is measured in milliseconds: '9,5 ms', '182 ms', '1,3 s'; from a minute on as duration() does."""
        if 0 <= seconds < 0.9995:
            return f"{self.bare_milliseconds(seconds)} ms"
        if seconds < 0:
            return self._mirrored(self.milliseconds(-seconds))
        if seconds < 59.5:
            return f"{self.number(seconds, 1 if seconds < 9.95 and seconds % 1 else 0)} {self.units[0]}"
        return self.duration(seconds)

    def bare_milliseconds(self, seconds: float) -> str:
        """Return milliseconds alone, for a column whose heading has the unit: one decimal below ten, unless they are whole."""
        if seconds < 0:
            return self._mirrored(self.bare_milliseconds(-seconds))
        return self.number(seconds * 1000, 1 if seconds < 0.009_95 and seconds * 1000 % 1 else 0)

    def duration(self, seconds: float) -> str:
        """Return how long something lasts, or is ago, in the two units that matter; live.js does the same."""
        second, minute, hour, day = self.units
        if seconds < 59.5:
            return f"<1 {second}" if 0 < seconds < 0.5 else f"{_half_up(max(0.0, seconds))} {second}"
        if not seconds < math.inf:
            return self._endless if seconds > 0 else _UNKNOWN
        minutes = _half_up(seconds / 60)
        if minutes < 60:
            return f"{minutes} {minute}"
        if minutes < 1440:
            rest = minutes % 60
            return f"{minutes // 60} {hour} {rest:02}" if rest else f"{minutes // 60} {hour}"
        days, hours = divmod(_half_up(seconds / 3600), 24)
        whole = f"{self.number(days, 0)} {day}"
        return f"{whole} {hours} {hour}" if hours else whole

    def account(self, seconds: float) -> str:
        """Return seconds as hours and minutes for a column of sums; what is no minute, but something, is <0:01."""
        if 0 < seconds < 60:
            return "<0:01"
        if not 0 <= seconds < math.inf:
            return self._mirrored(self.account(-seconds)) if seconds < 0 else self.number(seconds, 0)
        hours, minutes = divmod(_half_up(seconds / 60), 60)
        return f"{hours}:{minutes:02}"

    def countdown(self, seconds: float) -> str:
        """Return how long until something: '33:20', '2:05:20', and from a day on as a span. live.js does the same."""
        if not seconds <= _DAY_S - 1:
            return self.duration(math.ceil(seconds) if seconds < math.inf else seconds)
        whole = math.ceil(max(0.0, seconds))
        minutes = f"{whole % 3600 // 60:02}:{whole % 60:02}"
        return minutes if whole < 3600 else f"{whole // 3600}:{minutes}"

    # Rates, and what else has a unit

    def rate(self, bps: float) -> str:
        """Return bit/s with the prefix that leaves at most three digits before the comma."""
        # What rounds to 1,000 of the smaller prefix is 1 of the next one.
        if bps < 999.5:
            return self._mirrored(self.rate(-bps)) if bps < 0 else f"{self.number(bps, 0)} bit/s"
        factor, unit = (1e3, " kbit/s") if bps < 999.5e3 else (1e6, " Mbit/s") if bps < 999.5e6 else (1e9, " Gbit/s")
        value = bps / factor
        return self._with_unit(self.number(value, 1 if value < 9.95 and value % 1 else 0), unit)

    def celsius(self, degrees: float) -> str:
        """Return a temperature."""
        return self._with_unit(self.number(degrees, 1), " °C")

    def value(self, name: str, value: float) -> str | CountForms:
        """Return a value as its name ends: _ratio is 0 to 1, _s seconds, _bps bit/s, _celsius degrees; else it is a count."""
        if name.endswith("_ratio"):
            return self.bound(value) if name == "bound_ratio" else self.loss(value)
        if name.endswith("_s"):
            return self.duration(value) if name in _SPANS else self.milliseconds(value)
        if name.endswith("_bps"):
            return self.rate(value)
        return self.celsius(value) if name.endswith("_celsius") else self.count(value)

    def values(self, values: Mapping[str, float | int | str]) -> dict[str, object]:
        """Return values for a sentence: what has a unit by its name is said, all else is as it is."""
        return {
            name: self.value(name, value) if not isinstance(value, str) and name.endswith(_MEASURES) else value
            for name, value in values.items()
        }

    # Times. A moment is local: whoever asks has put it into the reader's zone.

    def clock(self, moment: datetime, *, seconds: bool = False) -> str:
        """Return the time of day."""
        text = f"{moment.hour:02}:{moment.minute:02}"
        return f"{text}:{moment.second:02}" if seconds else text

    def date(self, day: _Date) -> str:
        """Return a date."""
        return f"{day.day:02}/{day.month:02}/{day.year:04}"

    def weekday(self, day: _Date) -> str:
        """Return weekday and date."""
        return f"{self.weekdays[day.weekday()]} {self.date(day)}"

    def time(self, moment: datetime, *, seconds: bool = False) -> str:
        """Return the time of day with the date."""
        return f"{self.clock(moment, seconds=seconds)} {self.date(moment)}"

    def short_time(self, moment: datetime) -> str:
        """Return the time of day with day and month: of what is near, where the year goes without saying."""
        return f"{self.clock(moment)} {moment.day:02}/{moment.month:02}"

    def near_time(self, moment: datetime, today: _Date) -> str:
        """Return the time of day, with the weekday unless it is today's, and with the date from a week on."""
        apart = abs((moment.date() - today).days)
        if apart == 0:
            return self.clock(moment)
        return f"{self.clock(moment)} {self.weekdays[moment.weekday()]}" if apart < 7 else self.short_time(moment)

    # Digits

    def _mirrored(self, text: str) -> str:
        """Return what is said of a number for the one below 0: less than -99 is what more than 99 was."""
        if text[0] in _MARKS:
            return f"{_MARKS[text[0]]}{self._minus}{text[1:]}"
        return self._minus + text

    def _with_unit(self, text: str, unit: str) -> str:
        return text if text is _UNKNOWN else text + unit

    def _carefully(self, value: float, digits: int) -> str:
        """Return what is said of a number above 0 that is too large to be nudged, or no number."""
        if not math.isfinite(value):
            return _UNKNOWN if math.isnan(value) else "∞"
        if isinstance(value, int):
            whole, _, fraction = f"{value:,}{'.' if digits else ''}{'0' * digits}".partition(".")
        else:
            exact = Decimal(repr(float(value)))
            whole, _, fraction = f"{exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, _EXACT):,f}".partition(".")
        return whole.replace(",", self._group) + (f"{self._decimal}{fraction}" if fraction else "")


@dataclass(frozen=True, slots=True)
class CountForms:
    """A count in a template: {count} is its number, {count:# point|# points} is the form that it takes."""

    voice: Voice
    number: float

    def __format__(self, forms: str) -> str:
        """Return the form, the number alone where none is asked for."""
        return self.voice.plural(self.number, forms or "#")

    def __str__(self) -> str:
        """Return the number."""
        return self.voice.plain(self.number)


def cell_share(ratio: float, digits: int) -> float:
    """Return a share of 1 for a cell that shows so many decimals of a per cent: what is not 0 or 100% shows as neither."""
    step = 10.0 ** -(digits + 2)
    if 0 < ratio < _LEAST[digits]:
        return step
    return 1 - step if _MOST[digits] <= ratio < 1 else ratio


def _decimals(number: float) -> int:
    """Return how many decimals can be seen of a number that is rounded to two."""
    hundredths = (abs(number) * 100 * _NUDGE + 0.5) // 1
    if hundredths % 10 or (not hundredths and number):
        return 2
    return 1 if hundredths % 100 else 0


def _half_up(value: float) -> int:
    return math.floor(value + 0.5)


@cache
def voice(language: str) -> Voice:
    """Return the voice of a language, always the same one. Raises KeyError for a language that is not there."""
    return Voice(language)
