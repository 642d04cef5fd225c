"""The few kinds of panel that our dashboards are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grafana_foundation_sdk.builders import bargauge, stat, statetimeline, table, timeseries
from grafana_foundation_sdk.builders import common as common_builders
from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.cog import builder as cogbuilder
from grafana_foundation_sdk.models import common
from grafana_foundation_sdk.models import dashboard as models

from grafana.build.style import (
    QUIET,
    SOURCE,
    Mapped,
    Say,
    Step,
    bounds,
    by_bounds,
    fixed,
    prop,
    state_codes,
    stepped,
)


def number(title: str, about: str, unit: str, query: Dataquery, *steps: Step) -> stat.Panel:
    """Return one number, coloured by bounds."""
    return (
        counts(title, about, query)
        .unit(unit)
        .thresholds(bounds(*(steps or ((None, QUIET),))))
        .text_mode(common.BigValueTextMode.VALUE)
    )


def counts(title: str, about: str, *queries: Dataquery) -> stat.Panel:
    """Return numbers side by side, each under its query's legend; whoever takes it gives each its colour."""
    return (
        stat.Panel()
        .title(title)
        .description(about)
        .unit("none")
        .datasource(SOURCE)
        .targets(list(queries))
        .orientation(common.VizOrientation.VERTICAL)
        .text_mode(common.BigValueTextMode.VALUE_AND_NAME)
        .color_mode(common.BigValueColorMode.VALUE)
        .graph_mode(common.BigValueGraphMode.NONE)
        .wide_layout(False)
        .thresholds(bounds((None, QUIET)))
        .color_scheme(by_bounds())
        .reduce_options(common_builders.ReduceDataOptions().calcs(["lastNotNull"]))
        .no_value("–")
    )


def worded(title: str, about: str, query: Dataquery, words: Mapped) -> stat.Panel:
    """Return a word in its colour: what a number stands for."""
    return number(title, about, "none", query).mappings(words).color_scheme(fixed(QUIET))


def rows(title: str, about: str, headings: Mapping[str, str], *queries: Dataquery, dense: bool = False) -> table.Panel:
    """Return a table of the present. headings: name in the data → heading, in this order. dense: lower rows."""
    return grid(title, about, columns(headings), *queries, dense=dense)


def grid(
    title: str, about: str, transformations: Sequence[models.DataTransformerConfig], *queries: Dataquery, dense: bool = False
) -> table.Panel:
    """Return a table made by transformations."""
    return (
        table.Panel()
        .title(title)
        .description(about)
        .unit("none")
        .datasource(SOURCE)
        .targets(list(queries))
        .transformations(list(transformations))
        .show_header(True)
        .cell_height(common.TableCellHeight.SM if dense else common.TableCellHeight.MD)
        .thresholds(bounds((None, QUIET)))
        .color_scheme(by_bounds())
        .no_value(" ")
    )


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


def sorted_by(heading: str, *, falling: bool = True) -> list[cogbuilder.Builder[common.TableSortByFieldState]]:
    """Return the order of a table's rows."""
    return [common_builders.TableSortByFieldState().display_name(heading).desc(falling)]


def colored(*steps: Step, ground: bool = False) -> list[models.DynamicConfigValue]:
    """Return the properties of a column that colour its numbers, or their ground, by bounds."""
    kind = {"type": "color-background", "mode": "basic"} if ground else {"type": "color-text"}
    return [prop("thresholds", stepped(*steps)), prop("custom.cellOptions", kind)]


def column(width: int, **properties: object) -> list[models.DynamicConfigValue]:
    """Return the properties of a column: its width in pixels, and further ones by name, `__` for a dot."""
    return [prop("custom.width", width), *(prop(name.replace("__", "."), value) for name, value in properties.items())]


def unseen() -> list[models.DynamicConfigValue]:
    """Return the properties of a column that is there for links only: Grafana 11 reads the first, 12 the second."""
    return [prop("custom.hidden", True), prop("custom.hideFrom", {"viz": True, "legend": False, "tooltip": False})]


def bars(title: str, about: str, unit: str, query: Dataquery, *steps: Step) -> bargauge.Panel:
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
        .sizing(common.BarGaugeSizing.MANUAL)
        .min_viz_height(16)
        .max_viz_height(36)
        .min(0)
        .thresholds(bounds(*steps))
        .color_scheme(by_bounds())
        .reduce_options(common_builders.ReduceDataOptions().calcs(["lastNotNull"]))
        .no_value("–")
    )


def lines(title: str, about: str, unit: str, *queries: Dataquery, limits: Sequence[Step] = ()) -> timeseries.Panel:
    """Return lines over time; a gap stays a gap. limits: drawn dashed across."""
    panel = (
        timeseries.Panel()
        .title(title)
        .description(about)
        .unit(unit)
        .datasource(SOURCE)
        .targets(list(queries))
        .line_width(2)
        .fill_opacity(0)
        .show_points(common.VisibilityMode.NEVER)
        .legend(_legend())
        .tooltip(common_builders.VizTooltipOptions().mode(common.TooltipDisplayMode.MULTI).sort(common.SortOrder.DESCENDING))
        .no_value("–")
    )
    if limits:
        style = common_builders.GraphThresholdsStyleConfig().mode(common.GraphThresholdsStyleMode.DASHED)
        panel.thresholds(bounds((None, "transparent"), *limits)).thresholds_style(style)
    return panel


def dashed() -> list[models.DynamicConfigValue]:
    """Return the properties of a line that is not measured but agreed or expected."""
    return [prop("custom.lineStyle", {"fill": "dash", "dash": [10, 8]}), prop("custom.lineWidth", 1), prop("custom.fillOpacity", 0)]


def history(title: str, about: str, say: Say, query: Dataquery) -> statetimeline.Panel:
    """Return states over time, one row a series. Not by thresholds: merged values would lose their words (Grafana 71804)."""
    return (
        statetimeline.Panel()
        .title(title)
        .description(about)
        .unit("none")
        .datasource(SOURCE)
        .with_target(query)
        .mappings(state_codes(say))
        .color_scheme(builders.FieldColor().mode(models.FieldColorModeId.PALETTE_CLASSIC))
        .merge_values(True)
        .show_value(common.VisibilityMode.NEVER)
        .row_height(0.9)
        .line_width(0)
        .fill_opacity(90)
        .legend(_legend())
    )


def _legend() -> common_builders.VizLegendOptions:
    return (
        common_builders.VizLegendOptions()
        .display_mode(common.LegendDisplayMode.LIST)
        .placement(common.LegendPlacement.BOTTOM)
        .show_legend(True)
    )
