"""The README's table: a marked block that a whole run rewrites, so that it is that run's."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.results import Report
from benchmarks.tables import goals

BEGIN = "<!-- bench:begin -->"
END = "<!-- bench:end -->"
LOST = "lost"
"""The key of what must be nothing: told in one line where it is."""


class NoBlockError(Exception):
    """The text has no marked block, or more than one."""


def block(report: Report) -> str:
    """Return what stands between the marks: the goals, and in one line whether anything was taken for lost that was not."""
    machine = report.machine
    losses = [verdict for verdict in report.verdicts if verdict.goal.key == LOST]
    others = [verdict for verdict in report.verdicts if verdict.goal.key != LOST]
    lost = [verdict.what for verdict in losses if not verdict.is_met]
    place = f"{machine.get('cores', '?')} cores, {machine.get('processor', '?')}, Python {machine.get('Python', '?')}"
    when = f"On {place}, {machine.get('date', '?')}. Medians of the pairs' ratios, with the least and the greatest."
    ends = f"{_lost(lost, len(losses))} {when}"
    return f"    {report.command}\n\n{goals(others)}\n\n{ends} All figures: [docs/bench](docs/bench/README.md)."


def _lost(where: Sequence[str], count: int) -> str:
    if not where:
        return f"In none of the {count} workloads did a run take anything for lost that was answered."
    return f"Taken for lost though answered: {'; '.join(where)}."


def rewritten(text: str, content: str) -> str:
    """Return the text with the content between its marks. Raises NoBlockError where there is not exactly one pair of marks."""
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise NoBlockError(f"the text needs one {BEGIN} and one {END} behind it")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{content}\n{END}{after}"
