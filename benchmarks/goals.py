"""Whether the goals are met, told as measured."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from benchmarks.alternation import Result
from benchmarks.benchmark import Goal
from benchmarks.spread import Spread


@dataclass(frozen=True, slots=True)
class Verdict:
    """A goal and what was measured of it. measured: None where it could not be measured; then is_met is None too."""

    benchmark: str
    goal: Goal
    what: str
    measured: Spread | None
    is_met: bool | None

    @property
    def word(self) -> str:
        """Return the verdict in one word."""
        return {True: "met", False: "missed", None: "not measured"}[self.is_met]


def judge(results: Iterable[Result]) -> list[Verdict]:
    """Return a verdict for every goal of every benchmark. A goal of a workload that was not run is left out."""
    return [
        _verdict(result, goal)
        for result in results
        for goal in result.benchmark.goals
        if any(goal.workload == workload.id for workload in result.benchmark.workloads)
    ]


def _verdict(result: Result, goal: Goal) -> Verdict:
    benchmark = result.benchmark
    title = next(workload.title for workload in benchmark.workloads if workload.id == goal.workload)
    what = f"{benchmark.title}, {title}"
    if goal.against:
        measured = result.ratio(goal.workload, goal.against, goal.key)
        is_met = None if measured is None else measured.median <= goal.at_most
    else:
        measured = result.of(goal.workload, benchmark.ours.name).spread(goal.key)
        is_met = None if measured is None else measured.greatest <= goal.at_most
    return Verdict(benchmark.name, goal, what, measured, is_met)
