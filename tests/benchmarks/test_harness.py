"""The harness counts rightly: medians, ratios of pairs, goals, tables, the README's block; and its C programs compile."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import native, readme, tables
from benchmarks.alternation import Result, measure
from benchmarks.benchmark import Benchmark, Contender, Goal, Role, Workload
from benchmarks.child import Run, RunError
from benchmarks.goals import judge
from benchmarks.network import addresses
from benchmarks.results import Report, to_json
from benchmarks.spread import Spread, ratio_of_pairs, spread

OURS = Contender("ours", Role.OURS, lambda _: ())
PEER = Contender("peer", Role.PEER, lambda _: (), version="1.0", how="as documented")
ABSENT = Contender("absent", Role.PEER, lambda _: (), missing="absent is not installed")
WORKLOAD = Workload("5", "5 targets")


def run(cpu_us: float, lost: float = 0.0) -> Run:
    return Run(5, {"cpu_us": cpu_us, "lost": lost, "rate": 10.0}, "itself")


def played(goals: tuple[Goal, ...] = (), lost: float = 0.0) -> Result:
    """Ours takes 2, 3 and 10 µs, the peer always 10."""
    ours: Iterator[float] = iter((2.0, 3.0, 10.0))
    benchmark = Benchmark("pings", "Pings", "ping", [WORKLOAD], [OURS, PEER, ABSENT], goals=goals)
    return measure(benchmark, 3, lambda _: None, lambda who, _: run(next(ours), lost) if who is OURS else run(10.0))


def report(result: Result) -> Report:
    return Report("make bench", {"cores": "2", "date": "2026-01-01"}, [result], is_whole=True)


def test_a_spread_is_the_middle_and_how_far_it_reaches() -> None:
    assert Spread(3.0, 2.0, 10.0, 3) == spread([2.0, 10.0, 3.0])
    assert spread([]) is None


def test_a_ratio_is_taken_within_each_pair_and_then_the_median() -> None:
    assert Spread(0.5, 0.1, 2.0, 3) == ratio_of_pairs([1.0, 1.0, 4.0], [10.0, 2.0, 2.0])


def test_a_run_that_failed_is_no_pair() -> None:
    assert Spread(0.5, 0.5, 0.5, 1) == ratio_of_pairs([None, 1.0, 1.0], [1.0, 2.0])


def test_contenders_run_in_alternation_and_a_missing_one_not_at_all() -> None:
    order: list[str] = []

    def do(contender: Contender, _: Workload) -> Run:
        order.append(contender.name)
        return run(1.0)

    result = measure(Benchmark("b", "B", "x", [WORKLOAD], [OURS, PEER, ABSENT]), 2, lambda _: None, do)
    assert ["ours", "peer", "ours", "peer"] == order
    assert "absent is not installed" == result.of("5", "absent").reason


def test_a_contender_that_fails_twice_is_not_asked_again_and_the_reason_is_told() -> None:
    asked: list[str] = []

    def do(contender: Contender, _: Workload) -> Run:
        asked.append(contender.name)
        if contender is PEER:
            raise RunError("it crashed")
        return run(1.0)

    result = measure(Benchmark("b", "B", "x", [WORKLOAD], [OURS, PEER]), 4, lambda _: None, do)
    assert 2 == asked.count("peer")
    assert "it crashed" == result.of("5", "peer").reason


def test_a_goal_is_judged_by_the_median_of_the_ratios() -> None:
    met, missed = judge([played((Goal("5", 0.3, against="peer"), Goal("5", 0.29, against="peer")))])
    assert (True, False) == (met.is_met, missed.is_met)


def test_one_lost_exchange_in_one_run_misses_the_goal_of_none() -> None:
    goals = (Goal("5", 0, key="lost"),)
    assert ["met", "missed"] == [judge([played(goals, lost)])[0].word for lost in (0.0, 1.0)]


def test_a_goal_against_a_missing_peer_is_neither_met_nor_missed() -> None:
    assert ["not measured"] == [verdict.word for verdict in judge([played((Goal("5", 1, against="absent"),))])]


def test_the_table_gives_the_ratio_first_and_says_who_is_missing() -> None:
    lines = tables.series_table(played()).splitlines()
    assert ["", "peer", "**0.30** (0.20–1.00)", "**10.0** (10.0–10.0)"] == [cell.strip() for cell in lines[3].split("|")[1:5]]
    assert "absent is not installed" in lines[4]


def test_the_page_names_the_command_and_every_goal() -> None:
    page = tables.page(report(played((Goal("5", 0.2, against="peer"),))), "picture.svg")
    assert "    make bench\n" in page
    assert "| Pings, 5 targets | ours ÷ peer | 0.2 | **0.30** (0.20–1.00) | **missed** |" in page


def test_every_single_run_is_kept() -> None:
    kept = json.loads(to_json(report(played())))["benchmarks"][0]["series"][0]["runs"]
    assert [2.0, 3.0, 10.0] == [each["cpu_us"] for each in kept]


def test_only_what_stands_between_the_marks_is_rewritten() -> None:
    text = f"above\n{readme.BEGIN}\nold\n{readme.END}\nbelow\n"
    assert f"above\n{readme.BEGIN}\nnew\n{readme.END}\nbelow\n" == readme.rewritten(text, "new")
    with pytest.raises(readme.NoBlockError):
        readme.rewritten("no marks", "new")


def test_the_readme_has_the_marks() -> None:
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert "x" in readme.rewritten(text, "x")


def test_every_target_is_another_loopback_address() -> None:
    found = addresses(50_000)
    assert 50_000 == len(set(found))
    assert {"127"} == {address.partition(".")[0] for address in found}
    assert {"127.1.0.1", "127.1.199.250"} <= set(found)


@pytest.mark.skipif(native.compiler() is None, reason="no C compiler (Debian: gcc)")
def test_the_programs_in_c_compile_without_a_warning(tmp_path: Path) -> None:
    assert {"icmp_floor", "snmp_floor", "snmp_responder"} <= set(native.build(tmp_path))
