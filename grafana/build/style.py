"""How our dashboards look: colours, states, units and the few kinds of panel that they are made of.

The colours are those of the monitor's own pages: fine is nearly invisible, a cause stands out, and colour never speaks alone: every
state has its word. One source makes both languages: a text is a pair, Vietnamese first, and `Say` picks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from grafana_foundation_sdk.builders import (
    bargauge,
    prometheus,
    stat,
    statetimeline,
    table,
)
from grafana_foundation_sdk.builders import (
    common as common_builders,
)
from grafana_foundation_sdk.builders import (
    dashboard as builders,
)
from grafana_foundation_sdk.models import common
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

Say = Callable[[str, str], str]
"""(Vietnamese, English) → the text in the dashboard's language."""

UP, DEGRADED, DOWN, UNREACHABLE = "#539581", "#efc045", "#fe7452", "#d789c1"
MAINTENANCE, UNKNOWN, STANDBY, QUIET = "#67a5fa", "#d7dbdf", "#5b6875", "#8796a4"
SOURCE = models.DataSourceRef(type_val="prometheus", uid="prometheus")


@dataclass(frozen=True, slots=True)
class Shown:
    """A state as it is shown: its code in target:wan_target_state:code, its words, its colour."""

    code: int
    vi: str
    en: str
    color: str


STATES = {
    "up": Shown(0, "Hoạt động", "Up", UP),
    "standby": Shown(1, "Nghỉ", "Standby", STANDBY),
    "maintenance": Shown(2, "Bảo trì", "Maintenance", MAINTENANCE),
    "unknown": Shown(3, "Chưa rõ", "Unknown", UNKNOWN),
    "degraded": Shown(4, "Suy giảm", "Degraded", DEGRADED),
    "unreachable": Shown(5, "Mất do tuyến trên", "Unreachable", UNREACHABLE),
    "down": Shown(6, "Mất kết nối", "Down", DOWN),
}


def speaker(language: str) -> Say:
    """Return what picks the texts of a language, vi or en."""
    return lambda vi, en: vi if language == "vi" else en


# Queries


def now(expr: str, ref: str = "A", legend: str = "__auto") -> prometheus.Dataquery:
    """Return a query for the present, as a table's rows."""
    return (
        prometheus.Dataquery()
        .expr(expr)
        .ref_id(ref)
        .legend_format(legend)
        .instant()
        .format(PromQueryFormat.TABLE)
        .datasource(SOURCE)
    )


def latest(expr: str, legend: str, ref: str = "A") -> prometheus.Dataquery:
    """Return a query for the present, one series a row, named by its legend."""
    return prometheus.Dataquery().expr(expr).ref_id(ref).legend_format(legend).instant().datasource(SOURCE)


def over_time(expr: str, legend: str = "__auto", ref: str = "A") -> prometheus.Dataquery:
    """Return a query over the dashboard's time range."""
    return prometheus.Dataquery().expr(expr).ref_id(ref).legend_format(legend).range().datasource(SOURCE)


# Colours and words


def bounds(*steps: tuple[float | None, str]) -> builders.ThresholdsConfig:
    """Return thresholds: (from where, colour), the first from None."""
    found = [models.Threshold(value=value, color=color) for value, color in steps]
    return builders.ThresholdsConfig().mode(models.ThresholdsMode.ABSOLUTE).steps(found)


def words(say: Say) -> list[models.ValueMap | models.RangeMap | models.RegexMap | models.SpecialValueMap]:
    """Return the mapping of state codes to words and colours."""
    options = {
        str(each.code): models.ValueMappingResult(text=say(each.vi, each.en), color=each.color, index=place)
        for place, each in enumerate(STATES.values())
    }
    return [models.ValueMap(options=options)]


def fixed(color: str) -> builders.FieldColor:
    """Return one colour for everything."""
    return builders.FieldColor().mode(models.FieldColorModeId.FIXED).fixed_color(color)


def by_bounds() -> builders.FieldColor:
    """Return colour by thresholds."""
    return builders.FieldColor().mode(models.FieldColorModeId.THRESHOLDS)


def prop(name: str, value: object) -> models.DynamicConfigValue:
    """Return a property of an override."""
    return models.DynamicConfigValue(id_val=name, value=value)


def transformed(kind: str, **options: object) -> models.DataTransformerConfig:
    """Return a transformation."""
    return models.DataTransformerConfig(id_val=kind, options=options)


def columns(names: Mapping[str, str]) -> list[models.DataTransformerConfig]:
    """Return what joins the queries of a table into rows of these columns only: name in the data → heading, in this order."""
    order = {name: place for place, name in enumerate(names)}
    return [
        transformed("merge"),
        transformed("filterFieldsByName", include={"names": list(names)}),
        transformed("organize", excludeByName={}, indexByName=order, renameByName=dict(names)),
    ]


# Panels


def number(title: str, about: str, unit: str, query: prometheus.Dataquery, *steps: tuple[float | None, str]) -> stat.Panel:
    """Return one number, coloured by bounds."""
    return (
        stat.Panel()
        .title(title)
        .description(about)
        .unit(unit)
        .datasource(SOURCE)
        .with_target(query)
        .thresholds(bounds(*(steps or ((None, QUIET),))))
        .color_scheme(by_bounds())
        .color_mode(common.BigValueColorMode.VALUE)
        .graph_mode(common.BigValueGraphMode.NONE)
        .reduce_options(common_builders.ReduceDataOptions().calcs(["lastNotNull"]))
        .no_value("–")
    )


def rows(title: str, about: str, headings: Mapping[str, str], *queries: prometheus.Dataquery, dense: bool = False) -> table.Panel:
    """Return a table of the present. headings: name in the data → heading, in this order. dense: lower rows."""
    return (
        table.Panel()
        .title(title)
        .description(about)
        .unit("none")
        .datasource(SOURCE)
        .targets(list(queries))
        .transformations(columns(headings))
        .show_header(True)
        .cell_height(common.TableCellHeight.SM if dense else common.TableCellHeight.MD)
        .thresholds(bounds((None, QUIET)))
        .no_value(" ")
    )


def bars(title: str, about: str, unit: str, query: prometheus.Dataquery, *steps: tuple[float | None, str]) -> bargauge.Panel:
    """Return horizontal bars, one a row of the query."""
    return (
        bargauge.Panel()
        .title(title)
        .description(about)
        .unit(unit)
        .datasource(SOURCE)
        .with_target(query)
        .orientation(common.VizOrientation.HORIZONTAL)
        .display_mode(common.BarGaugeDisplayMode.BASIC)
        .value_mode(common.BarGaugeValueMode.TEXT)
        .min(0)
        .thresholds(bounds(*steps))
        .color_scheme(by_bounds())
        .reduce_options(common_builders.ReduceDataOptions().calcs(["lastNotNull"]))
        .no_value("–")
    )


def history(title: str, about: str, say: Say, query: prometheus.Dataquery) -> statetimeline.Panel:
    """Return states over time, one row a series. Not by thresholds: merged values would lose their words (Grafana 71804)."""
    return (
        statetimeline.Panel()
        .title(title)
        .description(about)
        .unit("none")
        .datasource(SOURCE)
        .with_target(query)
        .mappings(words(say))
        .color_scheme(builders.FieldColor().mode(models.FieldColorModeId.PALETTE_CLASSIC))
        .merge_values(True)
        .show_value(common.VisibilityMode.NEVER)
        .row_height(0.9)
        .line_width(0)
        .fill_opacity(90)
        .legend(
            common_builders.VizLegendOptions()
            .display_mode(common.LegendDisplayMode.LIST)
            .placement(common.LegendPlacement.BOTTOM)
            .show_legend(True)
        )
    )
