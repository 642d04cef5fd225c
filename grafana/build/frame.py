"""What all dashboards share: variables, links to each other, annotations, and the grid that panels stand on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.models import dashboard as models

from grafana.build.style import DOWN, SOURCE, Say

WIDTH = 24
TIMEZONE = "Asia/Ho_Chi_Minh"

Panel = Any
"""A builder of a panel; they share no type in the SDK."""


class Grid:
    """Places panels in lines from the top, as wide as they say; a line is as high as it says."""

    def __init__(self, dashboard: builders.Dashboard) -> None:
        self._dashboard = dashboard
        self._y = 0
        self._count = 0

    def line(self, height: int, *panels: tuple[int, Panel]) -> None:
        """Place panels side by side: (width of 24, panel)."""
        x = 0
        for width, panel in panels:
            self._count += 1
            place = models.GridPos(h=height, w=width, x=x, y=self._y)
            self._dashboard.with_panel(panel.id(self._count).grid_pos(place))
            x += width
        if x > WIDTH:
            raise ValueError(f"a line of {x} columns")
        self._y += height


def dashboard(uid: str, title: str, about: str, say: Say, *, since: str = "now-6h", refresh: str = "10s") -> builders.Dashboard:
    """Return an empty dashboard. uid: without its language."""
    language = say("vi", "en")
    return (
        builders.Dashboard(title)
        .uid(f"{uid}-{language}")
        .description(about)
        .tags(["monitor", language])
        .timezone(TIMEZONE)
        .week_start("monday")
        .time(since, "now")
        .refresh(refresh)
        .tooltip(models.DashboardCursorSync.CROSSHAIR)
        .links([_siblings(say)])
        .annotations([_restarts(say)])
    )


def _siblings(say: Say) -> builders.DashboardLink:
    return (
        builders.DashboardLink(say("Bảng khác", "Other dashboards"))
        .type(models.DashboardLinkType.DASHBOARDS)
        .tags(["monitor", say("vi", "en")])
        .as_dropdown(True)
        .keep_time(True)
        .include_vars(True)
    )


def _restarts(say: Say) -> builders.AnnotationQuery:
    return (
        builders.AnnotationQuery()
        .name(say("Bộ giám sát khởi động lại", "The monitor restarted"))
        .datasource(SOURCE)
        .enable(True)
        .icon_color(DOWN)
        .expr('changes(process_start_time_seconds{job="monitor"}[1m]) > 0')
    )


def choice(name: str, label: str, query: str, *, multi: bool, everything: bool, regex: str = "") -> builders.QueryVariable:
    """Return a variable whose options Prometheus gives. everything: it begins with, and stores, All."""
    variable = (
        builders.QueryVariable(name)
        .label(label)
        .datasource(SOURCE)
        .query({"query": query, "refId": f"variable-{name}"})
        .refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(models.VariableSort.ALPHABETICAL_ASC)
        .multi(multi)
        .include_all(everything)
    )
    if regex:
        variable = variable.regex(regex)
    if everything:
        # Without a stored choice Grafana would take the first option, not All.
        variable = variable.all_value(".*").current(models.VariableOption(selected=True, text="All", value="$__all"))
    return variable


def area_and_level(say: Say) -> Iterable[builders.QueryVariable]:
    """Return the variables that choose where."""
    yield choice("area", say("Địa bàn", "Area"), "label_values(wan_target_info, area)", multi=True, everything=True)
    yield choice("level", say("Cấp", "Level"), "label_values(wan_target_info, level)", multi=True, everything=True)
