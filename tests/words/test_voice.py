"""One speaker says numbers, spans and times: each quantity in one way, rounded as a reader rounds."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from math import inf, isfinite, isinf, isnan

import pytest
from babel import Locale
from hypothesis import example, given
from hypothesis import strategies as some

from monitor.words.catalogue import say
from monitor.words.voice import Voice, voice
from tests.words.spoken import ACCOUNTS, COUNTDOWNS, ENDLESS, MEASURED, NUMBERS, PLAIN, RATES, SHARES, SPANS

VI, EN = voice("vi"), voice("en")


@pytest.mark.parametrize(("number", "digits", "vietnamese", "english"), NUMBERS)
def test_numbers_have_their_languages_symbols_and_round_half_up(number: float, digits: int, vietnamese: str, english: str) -> None:
    assert (vietnamese, english) == (VI.number(number, digits), EN.number(number, digits))


@given(some.decimals(-20_000, 20_000, places=6), some.integers(0, 4))
def test_every_number_is_rounded_as_its_decimals_are(number: Decimal, digits: int) -> None:
    step = Decimal(1).scaleb(-digits)
    rounded = number.quantize(step, ROUND_HALF_UP)
    form = ",f" if abs(rounded) >= 10_000 else "f"
    near = f"<{step:f}" if number > 0 else f">-{step:f}" if number < 0 else f"{abs(rounded):f}"
    assert (f"{rounded:{form}}" if rounded else near) == EN.number(float(number), digits)


NUMBER = re.compile(r"([<>]?)(-?)([\d.,]+)")


def read(text: str, language: str) -> tuple[str, Decimal, Decimal]:
    """Return the mark before a number, the number, and a half of its last digit, as a reader of the language takes them."""
    found = NUMBER.match(text)
    assert found, text
    mark, minus, digits = found.groups()
    plain = digits.replace(".", "").replace(",", ".") if language == "vi" else digits.replace(",", "")
    decimals = len(plain.partition(".")[2])
    return mark, Decimal(plain) * (-1 if minus else 1), Decimal(5).scaleb(-decimals - 1)


UNITS: dict[str, Decimal | int] = {
    "": 1,
    "%": Decimal("0.01"),
    " ms": Decimal("0.001"),
    " s": 1,
    " °C": 1,
    " bit/s": 1,
    " kbit/s": 1000,
}
UNITS |= {" Mbit/s": 10**6, " Gbit/s": 10**9}
SPEAKERS: dict[str, Callable[[Voice, float], str]] = {
    **{f"number {digits}": lambda voice, value, digits=digits: voice.number(value, digits) for digits in range(5)},  # type: ignore[misc]
    **{f"percent {digits}": lambda voice, value, digits=digits: voice.percent(value, digits) for digits in range(5)},  # type: ignore[misc]
    **{name: getattr(Voice, name) for name in ("plain", "loss", "bound", "load", "availability")},
    **{name: getattr(Voice, name) for name in ("milliseconds", "rate", "celsius")},
    "bare_milliseconds": lambda voice, value: f"{voice.bare_milliseconds(value)} ms",
}
SPAN_SPEAKERS = {name: getattr(Voice, name) for name in ("duration", "account", "countdown")}
ANY = some.floats() | some.floats(-2, 2) | some.decimals(-12_000, 12_000, places=4).map(float)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("name", SPEAKERS)
@given(value=ANY)
@example(0.4999999999999995)
@example(0.9949999999999999)
@example(0.9994999999999999)
@example(0.99995)
@example(9999.5)
@example(9999.499999999999)
@example(-0.0)
def test_whoever_reads_a_number_takes_it_for_what_it_is(name: str, language: str, value: float) -> None:
    """Its last digit is rounded; 0 is said of nothing else, 100% of nothing else, and what lies beyond a mark does lie there."""
    told = SPEAKERS[name](voice(language), value)
    if not isfinite(value) or "∞" in told:
        assert ("–" == told.removesuffix(" ms")) == isnan(value)
        return
    if name == "milliseconds" and abs(value) >= 59.5:
        assert told == SPAN_SPEAKERS["duration"](voice(language), value) if value > 0 else told.startswith("-")
        return
    mark, number, half = read(told, language)
    unit = UNITS[told[NUMBER.match(told).end() :]]  # type: ignore[union-attr]
    exact = Decimal(value)
    number, half = number * unit, half * unit
    if mark:
        assert (exact < number) if mark == "<" else (exact > number)
        assert (exact > 0) == (number > 0)
        return
    # A half is one though its binary fraction lacks something of it.
    allowed = half + abs(exact) * Decimal("1e-14")
    is_cut_off = told.endswith("%") and abs(number) < 1 and 1 - abs(number) <= 2 * half and abs(exact) < 1
    assert abs(exact - number) <= (2 * allowed if is_cut_off else allowed), told
    assert (number == 0) == (value == 0)
    assert ("-" in told) == (value < 0)
    if told.endswith("%"):
        assert (abs(number) == 1) == (abs(value) == 1)


@pytest.mark.parametrize("language", ["vi", "en"])
@given(value=ANY)
def test_a_span_that_is_something_is_told_as_something(language: str, value: float) -> None:
    for name, say_span in SPAN_SPEAKERS.items():
        told = say_span(voice(language), value)
        assert ("–" == told) == isnan(value), name
        if isinf(value) and value > 0:
            assert told in ("∞", "vô hạn", "for ever")
        else:
            # Of spans and countdowns what is over is nothing.
            is_nothing = value == 0 or (value < 0 and name != "account")
            assert is_nothing == (told in ("0 s", "0:00", "00:00")), (name, told)


def test_every_word_of_the_voice_on_a_number_is_held_by_the_two_tests_above() -> None:
    takes_number = {
        name
        for name, method in vars(Voice).items()
        if not name.startswith("_") and callable(method) and "float" in list(method.__annotations__.values())[:1]
    }
    assert takes_number - {"count", "plural"} == {name.split()[0] for name in SPEAKERS} | set(SPAN_SPEAKERS)


@given(some.decimals(0, 1, places=7), some.integers(0, 3))
def test_no_share_but_nothing_and_all_of_it_reads_as_0_or_100_per_cent(ratio: Decimal, digits: int) -> None:
    told = EN.percent(float(ratio), digits)
    rounded = (ratio * 100).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    if ratio in (0, 1) or 0 < rounded < 100:
        assert f"{rounded:f}%" == told
    else:
        assert told not in (f"{rounded:f}%", "0%", "100%")


@pytest.mark.parametrize(("number", "vietnamese", "english"), PLAIN)
def test_a_plain_number_has_the_decimals_that_can_be_seen(number: float, vietnamese: str, english: str) -> None:
    assert (vietnamese, english) == (VI.plain(number), EN.plain(number))


@pytest.mark.parametrize(("ratio", "digits", "vietnamese", "english"), SHARES)
def test_shares_are_per_cents(ratio: float, digits: int, vietnamese: str, english: str) -> None:
    assert (vietnamese, english) == (VI.percent(ratio, digits), EN.percent(ratio, digits))


@pytest.mark.parametrize(("seconds", "vietnamese", "english"), MEASURED)
def test_what_is_measured_is_told_in_milliseconds(seconds: float, vietnamese: str, english: str) -> None:
    assert (vietnamese, english) == (VI.milliseconds(seconds), EN.milliseconds(seconds))


@pytest.mark.parametrize(("seconds", "vietnamese", "english"), SPANS)
def test_a_span_is_told_in_the_two_units_that_matter(seconds: float, vietnamese: str, english: str) -> None:
    assert (vietnamese, english) == (VI.duration(seconds), EN.duration(seconds))


@pytest.mark.parametrize(("seconds", "vietnamese", "english"), COUNTDOWNS)
def test_a_countdown_ends_when_it_shows_nothing(seconds: float, vietnamese: str, english: str) -> None:
    assert (vietnamese, english) == (VI.countdown(seconds), EN.countdown(seconds))


@pytest.mark.parametrize(("method", "seconds", "vietnamese", "english"), ENDLESS)
def test_a_span_without_end_is_said_in_words(method: str, seconds: float, vietnamese: str, english: str) -> None:
    assert (vietnamese, english) == (getattr(VI, method)(seconds), getattr(EN, method)(seconds))


@pytest.mark.parametrize(("bps", "vietnamese", "english"), RATES)
def test_a_rate_has_at_most_three_digits_before_the_comma(bps: float, vietnamese: str, english: str) -> None:
    assert (vietnamese, english) == (VI.rate(bps), EN.rate(bps))


@pytest.mark.parametrize(("seconds", "told"), ACCOUNTS)
def test_an_account_is_hours_and_minutes(seconds: float, told: str) -> None:
    assert (told, told) == (VI.account(seconds), EN.account(seconds))


@pytest.mark.parametrize(
    ("name", "value", "vietnamese", "english"),
    [
        ("loss_ratio", 0.04, "4,0%", "4.0%"),
        ("bound_ratio", 0.0074, "0,74%", "0.74%"),
        ("bound_ratio", 0.07, "7%", "7%"),
        ("bound_ratio", 0.0073819, "0,74%", "0.74%"),
        ("bound_ratio", 0.999_999, "99,99%", "99.99%"),
        ("wan_device_temperature_celsius", 0.04, "<0,1 °C", "<0.1 °C"),
        ("wan_device_temperature_celsius", float("nan"), "–", "–"),
        ("rtt_s", 0.182, "182 ms", "182 ms"),
        ("age_s", 0.182, "<1 s", "<1 s"),
        ("past_s", 604_800, "7 ngày", "7 d"),
        ("free_bps", 12_500_000, "13 Mbit/s", "13 Mbit/s"),
        ("wan_device_temperature_celsius", 41.25, "41,3 °C", "41.3 °C"),
        ("packets", 12_000, "12.000", "12,000"),
        ("packets", 1200, "1200", "1200"),
        ("factor", 2.5, "2,5", "2.5"),
        ("factor", 3.0, "3", "3"),
    ],
)
def test_a_value_is_read_by_what_its_name_ends_with(name: str, value: float, vietnamese: str, english: str) -> None:
    assert (vietnamese, english) == (str(VI.value(name, value)), str(EN.value(name, value)))


@pytest.mark.parametrize(
    ("count", "english"),
    [
        (0, "0 points"),
        (1, "1 point"),
        (2, "2 points"),
        (1001, "1001 points"),
        (10_001, "10,001 points"),
        (0.5, "0.5 points"),
        (1.0, "1 point"),
        (0.004, "<0.01 points"),
        (inf, "∞ points"),
    ],
)
def test_a_count_takes_the_form_of_its_language(count: float, english: str) -> None:
    catalogue = {"hit": ("{count:# điểm}, {count}", "{count:# point|# points}, {count}")}
    assert f"{english}, {EN.plain(count)}" == say(catalogue, "hit", "en", count=count)
    assert f"{VI.plain(count)} điểm, {VI.plain(count)}" == say(catalogue, "hit", "vi", count=count)


def test_other_values_stand_in_a_sentence_with_a_count_as_they_are() -> None:
    catalogue = {"hit": ("", "{count:# point|# points} behind {name}, {share}")}
    assert "1 point behind a, 4.0%" == say(catalogue, "hit", "en", count=1, name="a", share=EN.loss(0.04))


def test_times_are_the_same_in_both_languages_and_weekdays_have_names() -> None:
    moment = datetime(2026, 11, 24, 7, 9, 5, tzinfo=UTC)
    for each in (VI, EN):
        assert ("07:09", "07:09:05") == (each.clock(moment), each.clock(moment, seconds=True))
        assert ("07:09 24/11/2026", "07:09 24/11") == (each.time(moment), each.short_time(moment))
    assert ("Thứ Ba 24/11/2026", "Tue 24/11/2026") == (VI.weekday(moment), EN.weekday(moment))


@pytest.mark.parametrize(
    ("today", "told"),
    [
        (date(2026, 11, 24), "07:09"),
        (date(2026, 11, 23), "07:09 Thứ Ba"),
        (date(2026, 11, 30), "07:09 Thứ Ba"),
        (date(2026, 12, 1), "07:09 24/11"),
    ],
)
def test_a_time_that_is_near_goes_without_its_date(today: date, told: str) -> None:
    assert told == VI.near_time(datetime(2026, 11, 24, 7, 9, tzinfo=UTC), today)


def test_symbols_and_plurals_are_babels() -> None:
    for each in (VI, EN):
        symbols = Locale(each.language).number_symbols["latn"]
        assert f"{symbols['minusSign']}12{symbols['group']}345{symbols['decimal']}6" == each.number(-12345.6, 1)
        assert each.percent(0.5, 0).endswith(symbols["percentSign"])
    assert {"one"} == Locale("en").plural_form.tags
    # CLDR gives Vietnamese plurals in one version and none in the next: its nouns have one form, and our words give one.
    assert ["0 điểm", "1 điểm", "2 điểm"] == [VI.plural(count, "# điểm") for count in (0, 1, 2)]


def test_a_language_has_one_voice_and_an_unknown_one_none() -> None:
    assert voice("vi") is voice("vi")
    with pytest.raises(KeyError):
        voice("fr")
