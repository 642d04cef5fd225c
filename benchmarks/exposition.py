"""Writing /metrics of 477 and 5,000 targets: the collector, and prometheus_client with the same samples."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.benchmark import Benchmark, Contender, Goal, Measure, Role, Workload, Workshop
from benchmarks.child import python
from benchmarks.machine import library

_SIZES = (477, 5_000)
_SHARES = {1.0: "all probed again", 0.1: "a tenth probed again", 0.0: "nothing new"}
_NOTES = (
    "A page is all that `/metrics` says of targets, uncompressed. *All probed again*: since the last page every target had a "
    "round of pings and a poll of its agent, as with the shipped intervals nearly every target has between two scrapes (pings "
    "every 15 s, polls every 60 s). prometheus_client is given families that are filled already; a collector of its own would "
    "have to fill them each time.",
)


def benchmarks(workshop: Workshop) -> Sequence[Benchmark]:
    """Return the one benchmark of this file."""
    sizes = _SIZES[:1] if workshop.quick else _SIZES
    workloads = [_workload(targets, share) for targets in sizes for share in _SHARES]
    contenders = (
        Contender("ours", Role.OURS, python("benchmarks.children.exposition_ours"), how="`export/metrics/collector.py`"),
        Contender(
            "prometheus_client",
            Role.PEER,
            python("benchmarks.children.exposition_client"),
            version=library("prometheus_client"),
            how="`generate_latest` over ready families",
            pairs=3,
        ),
    )
    return [
        Benchmark(
            "exposition",
            "Writing /metrics",
            "sample",
            workloads,
            contenders,
            measure=Measure(title="CPU time a sample"),
            further=(Measure("page_ms", "ms", "a page"), Measure("samples", "", "samples")),
            goals=[Goal(each.id, 0.1, against="prometheus_client") for each in workloads],
            notes=_NOTES,
        )
    ]


def _workload(targets: int, share: float) -> Workload:
    rounds = 20 if targets < 1_000 else 2
    parameters: dict[str, int | float | str | bool] = {"targets": targets, "changed": share, "rounds": rounds}
    return Workload(f"{targets}-{share:g}", f"{targets:,} targets, {_SHARES[share]}", parameters)
