"""What all dashboards share: their addresses, variables, links to each other, annotations, and the grid that panels stand on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.cog import builder as cogbuilder
from grafana_foundation_sdk.models import dashboard as models

from grafana.build.names import areas, levels
from grafana.build.style import DEGRADED, DOWN, SOURCE, UP, Say

WIDTH = 24
TIMEZONE = "Asia/Ho_Chi_Minh"
WHERE = 'area=~"$area", level=~"$level"'
"""The matchers of the variables that area_and_level() makes."""

Panel = Any
"""A builder of a panel; they share no type in the SDK."""


class Grid:
    """Places panels in lines from the top, as wide as they say; a line is as high as it says."""

    def __init__(self, dashboard: builders.Dashboard) -> None:
        self._dashboard = dashboard
        self._y = 0
        self._count = 0

    def line(self, height: int, *panels: tuple[int, Panel | Sequence[tuple[int, Panel]]]) -> None:
        """Place panels side by side: (width of 24, panel), or in its place a stack from the top: (height, panel)."""
        x = 0
        for width, stack in panels:
            y = self._y
            for high, panel in stack if isinstance(stack, Sequence) else ((height, stack),):
                self._count += 1
                place = models.GridPos(h=high, w=width, x=x, y=y)
                self._dashboard.with_panel(panel.id(self._count).grid_pos(place))
                y += high
            if y != self._y + height:
                raise ValueError(f"a stack of {y - self._y} in a line of {height}")
            x += width
        if x != WIDTH:
            raise ValueError(f"a line of {x} columns")
        self._y += height


def uid(name: str, say: Say) -> str:
    """Return a dashboard's address: the Vietnamese one has its bare name, which alerts link to."""
    return name + say("", "-en")


def dashboard(name: str, title: str, about: str, say: Say, *, since: str = "now-6h", refresh: str = "10s") -> builders.Dashboard:
    """Return an empty dashboard."""
    return (
        builders.Dashboard(title)
        .uid(uid(name, say))
        .description(about)
        .tags(["monitor", say("vi", "en")])
        .timezone(TIMEZONE)
        .week_start("monday")
        .time(since, "now")
        .refresh(refresh)
        .tooltip(models.DashboardCursorSync.CROSSHAIR)
        .links([_siblings(say)])
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


def to_target(say: Say, *, of_field: bool = False) -> list[dict[str, object]]:
    """Return the link from a row to its target's dashboard. of_field: the target is a label of a bar, not a column of a row."""
    target = "${__field.labels.target}" if of_field else "${__data.fields.target}"
    url = f"/d/{uid('target', say)}?var-target={target}&${{__url_time_range}}"
    return [{"title": say("Mở bảng của điểm này", "Open its dashboard"), "url": url}]


# Annotations


class _Event(models.AnnotationQuery):
    """An annotation with the step that it is looked for and the text that it carries, which the SDK leaves out."""

    def __init__(self, *, name: str, color: str, expr: str, text: str) -> None:
        super().__init__(name=name, datasource=SOURCE, enable=True, icon_color=color, expr=expr)
        self._text = text

    def to_json(self) -> dict[str, object]:
        """Return what the JSON shows."""
        return super().to_json() | {"step": STEP, "titleFormat": self.name, "textFormat": self._text}


class Event(cogbuilder.Builder[models.AnnotationQuery]):
    """The builder of an annotation. expr: above zero at the step in which it happened. text: may name labels, as in {{name}}."""

    def __init__(self, name: str, color: str, expr: str, text: str = "") -> None:
        self._event = _Event(name=name, color=color, expr=expr, text=text)

    def build(self) -> models.AnnotationQuery:
        """Return it."""
        return self._event


STEP = "1m"


def restarts(say: Say) -> Event:
    """Return the daemon's starts."""
    name = say("Bộ giám sát khởi động lại", "The monitor restarted")
    return Event(name, DEGRADED, f'changes(process_start_time_seconds{{job="monitor"}}[{STEP}]) > 0')


def outages(say: Say) -> Iterable[Event]:
    """Return the beginnings and ends of outages: root causes only, in the chosen areas and levels."""
    outage = f"target:wan_target_outage:now{{{WHERE}}}"
    yield Event(say("Mất kết nối", "Down"), DOWN, f"{outage} unless {outage} offset {STEP}", "{{name}}")
    yield Event(say("Khôi phục", "Recovered"), UP, f"{outage} offset {STEP} unless {outage}", "{{name}}")


# Variables


def choice(name: str, label: str, query: str, regex: str = "", *, everything: bool = False) -> builders.QueryVariable:
    """Return a variable whose options Prometheus gives. everything: several may be chosen; it begins with, and stores, All."""
    variable = (
        builders.QueryVariable(name)
        .label(label)
        .datasource(SOURCE)
        .query({"query": query, "refId": f"variable-{name}"})
        .regex(regex)
        .refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(models.VariableSort.ALPHABETICAL_ASC)
        .multi(everything)
        .include_all(everything)
    )
    # Without a stored choice Grafana would take the first option, not All.
    return variable.all_value(".*").current(_all()) if everything else variable


def area_and_level(say: Say) -> Iterable[builders.CustomVariable]:
    """Return the variables that choose where."""
    yield _choice_of("area", say("Địa bàn", "Area"), areas())
    yield _choice_of("level", say("Cấp", "Level"), levels(say))


def target(say: Say, *, everything: bool = False) -> builders.QueryVariable:
    """Return the variable that chooses one target of the chosen areas and levels, or several, by name."""
    query = f"query_result(max by (name, target) (wan_target_info{{{WHERE}}}))"
    regex = '/name="(?<text>[^"]+)".*target="(?<value>[^"]+)"/'
    return choice("target", say("Điểm", "Target"), query, regex, everything=everything)


def _choice_of(name: str, label: str, options: Mapping[str, str]) -> builders.CustomVariable:
    listed = ", ".join(f"{text.replace(',', chr(92) + ',')} : {value}" for value, text in options.items())
    variable = builders.CustomVariable(name).label(label).values(listed).multi(True).include_all(True)
    return variable.all_value(".*").current(_all())


def _all() -> models.VariableOption:
    return models.VariableOption(selected=True, text="All", value="$__all")
