"""Which benchmarks there are; each name is a module of this folder that offers `benchmarks(workshop)`."""

from __future__ import annotations

import importlib
from collections.abc import Sequence

from benchmarks.benchmark import Benchmark, Define, Workshop

NAMES = ("icmp", "snmp", "cycle", "exposition", "voice", "latency")
"""In the order of the report."""


def define(names: Sequence[str], workshop: Workshop) -> list[Benchmark]:
    """Return the benchmarks of these modules. Each is loaded only when it is asked for: some bring heavy libraries along."""
    found: list[Benchmark] = []
    for name in names:
        offered: Define = importlib.import_module(f"benchmarks.{name}").benchmarks
        found += offered(workshop)
    return found
