"""How our dashboards look and ask: colours, the words of states, queries.

The colours are those of the monitor's own pages: fine is nearly invisible, a cause stands out, and colour never speaks alone: every
state has its word. One source makes both languages: a text is a pair, Vietnamese first, and `Say` picks; what staff also read
elsewhere comes from monitor/words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.builders import prometheus
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from monitor.words.readiness import VERDICTS as VERDICT_WORDS
from monitor.words.states import STATES as STATE_WORDS
from monitor.words.voice import Voice, voice

Say = Callable[[str, str], str]
"""(Vietnamese, English) → the text in the dashboard's language."""

Step = tuple[float | None, str]
"""From where, None for the lowest, and the colour from there on."""

Mapped = list[models.ValueMap | models.RangeMap | models.RegexMap | models.SpecialValueMap]

UP, DEGRADED, DOWN, UNREACHABLE = "#539581", "#efc045", "#fe7452", "#d789c1"
MAINTENANCE, UNKNOWN, STANDBY, QUIET = "#67a5fa", "#d7dbdf", "#5b6875", "#8796a4"
TEXT, GROUND, LINE = "#e8eef3", "#171f26", "#3d4b58"
SOURCE = models.DataSourceRef(type_val="prometheus", uid="prometheus")

STATES = {
    "up": UP,
    "standby": STANDBY,
    "maintenance": MAINTENANCE,
    "unknown": UNKNOWN,
    "degraded": DEGRADED,
    "unreachable": UNREACHABLE,
    "down": DOWN,
}
"""State → colour, by gravity: the place is the code in target:wan_target_state:code."""

VERDICTS = {"ready": UP, "at_risk": DEGRADED, "unknown": UNKNOWN, "not_ready": DOWN}
"""Verdict → colour, by gravity."""


def speaker(language: str) -> Say:
    """Return what picks the texts of a language, vi or en."""
    return lambda vi, en: vi if language == "vi" else en


def state_word(say: Say, state: str) -> str:
    """Return the word of a state, as on the monitor's own pages."""
    return capital(say(*STATE_WORDS[state]))


def verdict_word(say: Say, verdict: str) -> str:
    """Return the word of a verdict, as on the monitor's own pages."""
    return capital(say(*VERDICT_WORDS[verdict]))


def capital(text: str) -> str:
    """Return the text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


# Queries


def now(expr: str, ref: str = "A", legend: str = "__auto") -> prometheus.Dataquery:
    """Return a query for the present, as a table's rows."""
    return latest(expr, legend, ref).format(PromQueryFormat.TABLE)


def latest(expr: str, legend: str = "__auto", ref: str = "A") -> prometheus.Dataquery:
    """Return a query for the present, one series a row, named by its legend."""
    return prometheus.Dataquery().expr(expr).ref_id(ref).legend_format(legend).instant().datasource(SOURCE)


def over_time(expr: str, legend: str = "__auto", ref: str = "A") -> prometheus.Dataquery:
    """Return a query over the dashboard's time range."""
    return prometheus.Dataquery().expr(expr).ref_id(ref).legend_format(legend).range().datasource(SOURCE)


def hourly(series: str) -> str:
    """Return the last value of what a rule records once an hour: an instant query by itself sees five minutes back only."""
    return f"last_over_time({series}[90m])"


def usual(series: str) -> str:
    """Return what is usual for the hour around each moment: a rule records it at that hour's end."""
    return f"last_over_time({series}[2h] offset -1h)"


def named(expr: str) -> str:
    """Return an expression with each target's name beside it."""
    return f"({expr}) * on (target) group_left (name) target:wan_target_name:now"


# Units, colours and words


MEASURED = "si:s"
"""The unit of what is measured in milliseconds: 183 ms. Grafana's own `s` goes on to English minutes."""

RATE = "si:bit/s"
"""The unit of rates: 4.2 Mbit/s, as everywhere; Grafana's own says Mb/s."""


def speaker_of(say: Say) -> Voice:
    """Return who says numbers in a dashboard's language, for units and for what Grafana would round to a lie."""
    return voice(say("vi", "en"))


def each_second(say: Say) -> str:
    """Return the unit of how often something happens a second; Grafana's own says ops/s to everybody."""
    return say("suffix: lần/s", "suffix:/s")


def each_minute(say: Say) -> str:
    """Return the unit of how often something happens a minute."""
    return say("suffix: lần/phút", "suffix:/min")


def seconds(say: Say) -> str:
    """Return the unit of spans of time that are told in seconds; Grafana's own speak English."""
    return f"suffix: {speaker_of(say).units[0]}"


def hours(say: Say) -> str:
    """Return the unit of spans of time that are told in hours."""
    return f"suffix: {speaker_of(say).units[2]}"


def days(say: Say) -> str:
    """Return the unit of spans of time that are told in days."""
    return f"suffix: {speaker_of(say).units[3]}"


def edges(say: Say, digits: int) -> Mapped:
    """Return the mapping of shares that Grafana would show as 0 or 100% and that are neither: <0,1%, >99,9%."""
    half = 5 * 10.0 ** -(digits + 3)
    grain = half / 1000
    ends = ((grain, half - grain), (1 - half, 1 - grain))
    return [
        models.RangeMap(
            options=models.DashboardRangeMapOptions(
                from_val=low,
                to=high,
                result=models.ValueMappingResult(text=speaker_of(say).percent((low + high) / 2, digits), index=place),
            )
        )
        for place, (low, high) in enumerate(ends)
    ]


def share(say: Say, digits: int) -> list[models.DynamicConfigValue]:
    """Return the properties of a column of shares of 1: per cents with so many decimals."""
    return [prop("unit", "percentunit"), prop("decimals", digits), prop("mappings", edges(say, digits))]


def bounds(*steps: Step) -> builders.ThresholdsConfig:
    """Return thresholds."""
    found = [models.Threshold(value=value, color=color) for value, color in steps]
    return builders.ThresholdsConfig().mode(models.ThresholdsMode.ABSOLUTE).steps(found)


def stepped(*steps: Step) -> dict[str, object]:
    """Return thresholds as an override's value."""
    return {"mode": "absolute", "steps": [{"color": color, "value": value} for value, color in steps]}


def mapped(words: Mapping[str, tuple[str, str | None]]) -> Mapped:
    """Return a mapping: value → (what is shown, its colour or None)."""
    options = {
        value: models.ValueMappingResult(text=text, color=color, index=place)
        for place, (value, (text, color)) in enumerate(words.items())
    }
    return [models.ValueMap(options=options)]


def state_codes(say: Say) -> Mapped:
    """Return the mapping of state codes to words and colours."""
    return mapped({str(code): (state_word(say, state), color) for code, (state, color) in enumerate(STATES.items())})


def fixed(color: str) -> builders.FieldColor:
    """Return one colour for everything."""
    return builders.FieldColor().mode(models.FieldColorModeId.FIXED).fixed_color(color)


def by_bounds() -> builders.FieldColor:
    """Return colour by thresholds."""
    return builders.FieldColor().mode(models.FieldColorModeId.THRESHOLDS)


def prop(name: str, value: object) -> models.DynamicConfigValue:
    """Return a property of an override."""
    return models.DynamicConfigValue(id_val=name, value=value)


def painted(color: str) -> models.DynamicConfigValue:
    """Return the property that gives a series its colour."""
    return prop("color", {"mode": "fixed", "fixedColor": color})
