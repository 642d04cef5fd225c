"""results.json: every run of every contender, the machine, and what came of the goals."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.alternation import Result, Series
from benchmarks.goals import Verdict, judge


@dataclass(frozen=True, slots=True)
class Report:
    """One run of the benchmarks. machine: fact → text. command: what repeats it. is_whole: nothing was left out or shortened."""

    command: str
    machine: Mapping[str, str]
    results: Sequence[Result]
    is_whole: bool

    @property
    def verdicts(self) -> list[Verdict]:
        """Return what came of the goals."""
        return judge(self.results)


def to_json(report: Report) -> str:
    """Return the report as JSON, with every single run in it."""
    content = {
        "command": report.command,
        "whole": report.is_whole,
        "machine": dict(report.machine),
        "benchmarks": [_benchmark(result) for result in report.results],
        "goals": [_verdict(verdict) for verdict in report.verdicts],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _benchmark(result: Result) -> dict[str, Any]:
    benchmark = result.benchmark
    return {
        "name": benchmark.name,
        "title": benchmark.title,
        "measure": asdict(benchmark.measure),
        "notes": list(benchmark.notes),
        "series": [_series(result, series) for series in result.series],
    }


def _series(result: Result, series: Series) -> dict[str, Any]:
    contender, key = series.contender, result.benchmark.measure.key
    ratio = result.ratio(series.workload.id, contender.name, key)
    figures = series.spread(key)
    return {
        "workload": series.workload.id,
        "title": series.workload.title,
        "contender": contender.name,
        "role": contender.role.value,
        "version": contender.version,
        "how": contender.how,
        "ours_to_theirs": asdict(ratio) if ratio else None,
        key: asdict(figures) if figures else None,
        "left_out": series.reason,
        "failures": series.failures,
        "runs": [{"exchanges": run.exchanges, "measured_by": run.measured_by, **run.values} for run in series.runs if run],
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "benchmark": verdict.benchmark,
        **asdict(verdict.goal),
        "measured": asdict(verdict.measured) if verdict.measured else None,
        "verdict": verdict.word,
    }
