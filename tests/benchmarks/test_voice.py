"""The line of `make bench` on the voice: who says numbers says as many as asked, and what a number takes is compared with 1 µs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import readme, tables
from benchmarks.alternation import Result, measure
from benchmarks.benchmark import Benchmark, Workload, Workshop
from benchmarks.child import Run, run
from benchmarks.goals import judge
from benchmarks.results import Report
from benchmarks.suite import NAMES, define
from benchmarks.voice import TITLES

ROOT = Path(__file__).parents[2]
NUMBERS = 50


def small() -> Benchmark:
    """Return the benchmark with a handful of numbers a run."""
    (benchmark,) = define(["voice"], Workshop({}, quick=True))
    workloads = [replace(each, parameters=dict(each.parameters, numbers=NUMBERS)) for each in benchmark.workloads]
    return replace(benchmark, workloads=workloads)


def played(cpu_us: float) -> Result:
    return measure(small(), 1, lambda _: None, lambda _who, _what: Run(NUMBERS, {"cpu_us": cpu_us, "lost": 0.0}, "itself"))


@pytest.mark.parametrize("kind", TITLES)
def test_each_contender_says_every_kind_of_number_that_it_takes_part_in(kind: str) -> None:
    benchmark = small()
    workload: Workload = next(each for each in benchmark.workloads if each.id == kind)
    took = [run(each, workload) for each in benchmark.contenders if kind not in each.left_out]
    assert {NUMBERS} == {each.exchanges for each in took}
    assert all(each.values["cpu_us"] > 0 for each in took)


@pytest.mark.parametrize(("cpu_us", "word"), [(0.99, "met"), (1.01, "missed")])
def test_a_number_of_any_kind_takes_at_most_a_microsecond_in_every_run(cpu_us: float, word: str) -> None:
    assert dict.fromkeys(TITLES, word) == {verdict.goal.workload: verdict.word for verdict in judge([played(cpu_us)])}


def test_the_line_stands_in_the_report_and_in_the_readmes_table_and_is_no_loss() -> None:
    assert "voice" in NAMES
    report = Report("make bench", {}, [played(0.5)], is_whole=True)
    row = "| Saying a number, below 0 | ours, µs, every run | 1 | 0.50 | met |"
    assert row in tables.page(report, "picture.svg")
    assert row in readme.block(report)
    assert "In none of the 0 workloads" in readme.block(report)
