"""From a cut to `down` at /metrics, with the shipped intervals; what Prometheus over blackbox_exporter needs is arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial

from benchmarks.benchmark import Benchmark, Contender, Measure, Role, Workload, Workshop
from benchmarks.child import python
from benchmarks.cycle import missing
from benchmarks.responder import at_work

_NOTES = (
    "477 targets, pinged every 15 s by bursts of 5 and polled every 60 s, as shipped; 24 of them are cut off by the firewall "
    "at moments of chance within 30 s. Counted is the time until a scrape says `down`, looked for four times a second: until "
    "the next burst (0 to 15 s), its second of patience, and the burst that confirms it.",
    "The usual pair, by arithmetic: blackbox_exporter asked every 15 s learns of a cut after 0 to 15 s and its time-out (1 s "
    "here), one packet a probe. A single lost packet would page, so an alert waits (`for: 30s`, that is three silent probes), "
    "and is evaluated every 15 s: from 31 to 61 s, 46 s in the middle. `for: 0s` would make it 1 to 31 s, and page for every "
    "lost packet.",
)


def benchmarks(workshop: Workshop) -> Sequence[Benchmark]:
    """Return the one benchmark of this file."""
    count, over_s = (12, 15.0) if workshop.quick else (24, 30.0)
    parameters: dict[str, int | float | str | bool] = {"targets": 477, "cuts": count, "over_s": over_s, "settle_s": 17.0}
    ours = Contender(
        "ours",
        Role.OURS,
        python("benchmarks.children.latency_ours"),
        how="the daemon with the shipped settings",
        missing=missing(workshop),
        pairs=1,
    )
    return [
        Benchmark(
            "latency",
            "From a cut to `down`",
            "cut",
            [Workload("477", f"477 targets, {count} cuts", parameters)],
            [ours],
            measure=Measure("median_s", "s", "median"),
            further=(
                Measure("least_s", "s", "shortest"),
                Measure("ninetieth_s", "s", "90 % within"),
                Measure("greatest_s", "s", "longest"),
            ),
            notes=_NOTES,
            surroundings=partial(_surroundings, workshop),
        )
    ]


def _surroundings(workshop: Workshop) -> AbstractContextManager[object]:
    responder = workshop.native.get("snmp_responder")
    return at_work(responder) if responder else nullcontext()
