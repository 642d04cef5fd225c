"""The report as Markdown, ratios first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmarks.alternation import Result, Series
from benchmarks.benchmark import Role
from benchmarks.goals import Verdict
from benchmarks.results import Report
from benchmarks.spread import Spread

_NOTHING = "–"
_KEYS = {"cpu_us": "µs"}
"""What a goal's key is called."""
_PARTIAL = "This is a shortened or partial run, for a look at the layout: its figures prove nothing."
_HOW = (
    "All contenders of a workload run in alternation (A, B, C, A, B, C, …), each run a fresh process in a network of its own that "
    "has only the loopback. *Ours ÷ theirs* is the median of the ratios of the pairs, with the least and the greatest; below 1 "
    "ours takes less. CPU time is that of the contender's own process, user and system, from after its imports and a warm-up to "
    "its last answer; a responder's is not in it, but the kernel answers an echo request within the sender's system call, for all "
    "alike. *Lost* counts exchanges that were taken for lost though everything answers. Every single run is in "
    "[results.json](results.json)."
)


def page(report: Report, picture: str) -> str:
    """Return docs/bench/README.md. picture: the plot's file name."""
    parts = [
        "# What it costs, beside what a user would run instead",
        f"    {report.command}",
        _introduction(report),
        f"![CPU time an exchange, ours and the others, each run a dot]({picture})",
        "## Goals",
        goals(report.verdicts),
        *(part for result in report.results for part in _benchmark(result)),
        "## The machine",
        table(("", ""), report.machine.items()),
    ]
    return "\n\n".join(parts) + "\n"


def _introduction(report: Report) -> str:
    whole = "" if report.is_whole else f"**{_PARTIAL}** "
    return f"{whole}Measured on {report.machine.get('date', 'an unknown day')}. {_HOW}"


def goals(verdicts: Iterable[Verdict]) -> str:
    """Return the goals with what was measured of them."""
    rows = [
        (verdict.what, _aim(verdict), _bound(verdict.goal.at_most), _measured(verdict), _shout(verdict)) for verdict in verdicts
    ]
    return table(("what", "counted", "at most", "measured", ""), rows)


def _aim(verdict: Verdict) -> str:
    if verdict.goal.against:
        return f"ours ÷ {verdict.goal.against}"
    return f"ours, {_KEYS.get(verdict.goal.key, verdict.goal.key)}, every run"


def _measured(verdict: Verdict) -> str:
    return number(verdict.measured.greatest) if verdict.measured and not verdict.goal.against else ranged(verdict.measured)


def _shout(verdict: Verdict) -> str:
    return verdict.word if verdict.is_met else f"**{verdict.word}**"


def _bound(figure: float) -> str:
    return f"{figure:g}"


def _benchmark(result: Result) -> list[str]:
    benchmark = result.benchmark
    used = [f"- **{each.name}** {each.version}: {each.how}".rstrip(": ") for each in benchmark.contenders]
    return [f"## {benchmark.title}", *benchmark.notes, series_table(result), "\n".join(used)]


def series_table(result: Result) -> str:
    """Return every workload and contender of a benchmark, ratios first."""
    measure = result.benchmark.measure
    heads = (
        *("", "", "ours ÷ theirs", f"{measure.title}, {measure.unit}", f"{result.benchmark.exchange}s a second", "lost", "runs"),
        *(", ".join(filter(None, (each.title, each.unit))) for each in result.benchmark.further),
    )
    rows: list[Sequence[str]] = []
    for workload in result.benchmark.workloads:
        title = workload.title
        for series in (each for each in result.series if each.workload.id == workload.id):
            rows.append((title, series.contender.name, *_cells(result, series)))
            title = ""
    return table(heads, rows)


def _cells(result: Result, series: Series) -> Sequence[str]:
    measure = result.benchmark.measure
    figures = series.spread(measure.key)
    if figures is None:
        return ("", series.reason, "", "", "", *("" for _ in result.benchmark.further))
    is_ours = series.contender.role is Role.OURS
    ratio = "1" if is_ours else ranged(result.ratio(series.workload.id, series.contender.name, measure.key))
    rate = series.spread("rate")
    lost = series.spread("lost")
    losses = _NOTHING if lost is None else f"{lost.greatest:g}"
    pace = _NOTHING if rate is None else f"{rate.median:,.0f}"
    further = (ranged(series.spread(each.key), each.factor) for each in result.benchmark.further)
    return (ratio, ranged(figures, measure.factor), pace, losses, str(figures.count), *further)


def ranged(figures: Spread | None, factor: float = 1.0) -> str:
    """Return a median with its least and greatest in parentheses, '–' for nothing."""
    if figures is None:
        return _NOTHING
    median, least, greatest = (number(each * factor) for each in (figures.median, figures.least, figures.greatest))
    return f"**{median}** ({least}–{greatest})"


def number(figure: float) -> str:
    """Return a figure with three digits that count."""
    if abs(figure) >= 100:
        return f"{figure:,.0f}"
    if abs(figure) >= 10:
        return f"{figure:.1f}"
    return f"{figure:.2f}" if abs(figure) >= 0.1 else f"{figure:.3g}"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]
    return "\n".join([*lines, *(f"| {' | '.join(_escape(cell) for cell in row)} |" for row in rows)])


def _escape(cell: str) -> str:
    return " ".join(cell.split()).replace("|", "\\|")
