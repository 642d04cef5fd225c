"""The README's table: a marked block that a whole run rewrites, so that it is that run's."""

from __future__ import annotations

from benchmarks.results import Report
from benchmarks.tables import goals

BEGIN = "<!-- bench:begin -->"
END = "<!-- bench:end -->"


class NoBlockError(Exception):
    """The text has no marked block, or more than one."""


def block(report: Report) -> str:
    """Return what stands between the marks."""
    machine = report.machine
    place = f"{machine.get('cores', '?')} cores, {machine.get('processor', '?')}, Python {machine.get('Python', '?')}"
    return (
        f"    {report.command}\n\n{goals(report.verdicts)}\n\nOn {place}, {machine.get('date', '?')}. Medians of the pairs' "
        "ratios, with the least and the greatest. All figures: [docs/bench](docs/bench/README.md)."
    )


def rewritten(text: str, content: str) -> str:
    """Return the text with the content between its marks. Raises NoBlockError where there is not exactly one pair of marks."""
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise NoBlockError(f"the text needs one {BEGIN} and one {END} behind it")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{content}\n{END}{after}"
