"""Runs in alternation (A, B, C, A, B, C, …), so that whatever else the machine does falls on all contenders alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from benchmarks.benchmark import Benchmark, Contender, Workload
from benchmarks.child import Run, RunError, run
from benchmarks.spread import Spread, ratio_of_pairs, spread

_FAILURES_AT_MOST = 2


@dataclass(slots=True)
class Series:
    """The runs of one contender in one workload. runs: None where one failed; failures: why."""

    contender: Contender
    workload: Workload
    runs: list[Run | None] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def figures(self, key: str) -> list[float | None]:
        """Return one figure of every run, None where it failed or did not tell it."""
        return [None if each is None else each.values.get(key) for each in self.runs]

    def spread(self, key: str) -> Spread | None:
        """Return the spread of one figure, None where no run told it."""
        return spread([figure for figure in self.figures(key) if figure is not None])

    @property
    def reason(self) -> str:
        """Return why there are no figures, '' where there are."""
        if self.contender.missing or self.spread("cpu_us") is not None:
            return self.contender.missing
        return self.contender.left_out.get(self.workload.id, "") or (self.failures[0] if self.failures else "not run")


@dataclass(frozen=True, slots=True)
class Result:
    """What a benchmark brought: every contender's series in every workload, in the benchmark's order."""

    benchmark: Benchmark
    series: Sequence[Series]

    def of(self, workload: str, contender: str) -> Series:
        """Return one series. Raises KeyError where there is none."""
        for each in self.series:
            if (each.workload.id, each.contender.name) == (workload, contender):
                return each
        raise KeyError((workload, contender))

    def ratio(self, workload: str, against: str, key: str) -> Spread | None:
        """Return ours ÷ theirs over the pairs, None where there is no pair."""
        ours = self.of(workload, self.benchmark.ours.name)
        return ratio_of_pairs(ours.figures(key), self.of(workload, against).figures(key))


def measure(
    benchmark: Benchmark, pairs: int, tell: Callable[[str], None], do: Callable[[Contender, Workload], Run] = run
) -> Result:
    """Run every workload with every contender, `pairs` times in alternation. A missing contender is left out, not an error.

    do: how one run is made. A contender that failed twice in a workload is not asked again.
    """
    with benchmark.surroundings():
        found = [series for workload in benchmark.workloads for series in _workload(benchmark, workload, pairs, tell, do)]
    return Result(benchmark, found)


def _workload(
    benchmark: Benchmark,
    workload: Workload,
    pairs: int,
    tell: Callable[[str], None],
    do: Callable[[Contender, Workload], Run],
) -> list[Series]:
    tell(f"{benchmark.name}: {workload.title}")
    found = [Series(contender, workload) for contender in benchmark.contenders]
    for turn in range(pairs):
        for series in found:
            if _takes_part(series, turn):
                _turn(series, do)
    for series in found:
        tell(f"  {series.contender.name}: {_told(benchmark, series)}")
    return found


def _takes_part(series: Series, turn: int) -> bool:
    contender = series.contender
    if contender.missing or series.workload.id in contender.left_out or len(series.failures) >= _FAILURES_AT_MOST:
        return False
    return contender.pairs is None or turn < contender.pairs


def _turn(series: Series, do: Callable[[Contender, Workload], Run]) -> None:
    try:
        series.runs.append(do(series.contender, series.workload))
    except RunError as error:
        series.runs.append(None)
        series.failures.append(str(error))


def _told(benchmark: Benchmark, series: Series) -> str:
    """Return a series in a few words, for who watches."""
    figures = series.spread(benchmark.measure.key)
    if figures is None:
        return series.reason
    factor, lost = benchmark.measure.factor, series.spread("lost")
    losses = f", {lost.greatest:g} lost in the worst run" if lost and lost.greatest else ""
    return f"{figures.median * factor:.4g} {benchmark.measure.unit}{losses}"
