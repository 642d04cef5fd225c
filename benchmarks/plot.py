"""The picture: CPU time an exchange, a panel a workload, a bar a contender with every run as a dot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.alternation import Result, Series
from benchmarks.benchmark import Role, Workload
from benchmarks.results import Report
from benchmarks.tables import number

_COLOURS = {Role.OURS: "#1f6f8b", Role.PEER: "#c9ced4", Role.FLOOR: "#e7d9b5"}
_DOTS = {Role.OURS: "#0d3f52", Role.PEER: "#6b747d", Role.FLOOR: "#8f7a3d"}
_TEXT = "#333a40"
_COLUMNS = 2
_WIDTH_INCHES = 11.0
_BAR_INCHES = 0.27
_MARGIN_INCHES = 0.95

Panel = tuple[Result, Workload, Sequence[Series]]


def draw(report: Report, svg: Path, png: Path) -> None:
    """Draw the report's figures into two files."""
    panels = [panel for result in report.results for panel in _panels(result)]
    if not panels:
        return
    mpl.rcParams.update({"font.size": 9, "text.color": _TEXT, "svg.hashsalt": "bench", "svg.fonttype": "path"})
    rows = [panels[at : at + _COLUMNS] for at in range(0, len(panels), _COLUMNS)]
    heights = [max(len(panel[2]) for panel in row) * _BAR_INCHES + _MARGIN_INCHES for row in rows]
    figure = Figure(figsize=(_WIDTH_INCHES, sum(heights)), layout="constrained")
    grid = figure.subplots(len(rows), _COLUMNS, squeeze=False, gridspec_kw={"height_ratios": heights})
    for axes_row, row in zip(grid, rows, strict=True):
        for place, axes in enumerate(axes_row):
            if place < len(row):
                _draw(axes, *row[place])
            else:
                axes.set_axis_off()
    figure.savefig(svg, metadata={"Date": None})
    figure.savefig(png, dpi=110, metadata={"Software": None})


def _panels(result: Result) -> list[Panel]:
    """Return the workloads that have anything to show, with the contenders that were measured."""
    key = result.benchmark.measure.key
    found: list[Panel] = []
    for workload in result.benchmark.workloads:
        series = [each for each in result.series if each.workload.id == workload.id and each.spread(key) is not None]
        if series:
            found.append((result, workload, series))
    return found


def _draw(axes: Axes, result: Result, workload: Workload, series: Sequence[Series]) -> None:
    measure = result.benchmark.measure
    figures = [[run * measure.factor for run in each.figures(measure.key) if run is not None] for each in series]
    for place, (each, runs) in enumerate(zip(series, figures, strict=True)):
        spread = each.spread(measure.key)
        assert spread is not None
        role = each.contender.role
        axes.barh(place, spread.median * measure.factor, height=0.62, color=_COLOURS[role], zorder=2)
        axes.plot(runs, [place] * len(runs), "o", color=_DOTS[role], markersize=2.6, zorder=3)
        axes.annotate(
            number(spread.median * measure.factor), (max(runs), place), xytext=(6, 0), textcoords="offset points", va="center"
        )
    axes.set_yticks(range(len(series)), [each.contender.name for each in series])
    axes.invert_yaxis()
    _scale(axes, [run for runs in figures for run in runs])
    axes.set_title(f"{result.benchmark.title}: {workload.title}", loc="left", fontsize=10)
    axes.set_xlabel(f"{measure.title}, {measure.unit}{' (logarithmic)' if axes.get_xscale() == 'log' else ''}", fontsize=8)
    axes.tick_params(length=0, labelcolor=_TEXT)
    axes.grid(axis="x", color="#eceff1", zorder=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)


def _scale(axes: Axes, runs: Sequence[float]) -> None:
    """Take a logarithmic axis where the figures lie too far apart to be seen on one that begins at 0."""
    least, greatest = min(runs), max(runs)
    if least > 0 and greatest / least > 25:
        axes.set_xscale("log")
        axes.set_xlim(10 ** math.floor(math.log10(least)), greatest * 5)
    else:
        axes.set_xlim(0, greatest * 1.18 or 1)
