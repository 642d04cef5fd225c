"""Echo requests to 477, 5,000 and 50,000 targets: the monitor's prober, fping, gufo_ping, icmplib and a floor in C."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

from benchmarks.benchmark import Benchmark, Contender, Goal, Role, Workload, Workshop
from benchmarks.child import python
from benchmarks.machine import package

_SIZES = (477, 5_000, 50_000)
_QUICK_SIZES = (477, 5_000)
_LEAST_PACKETS = 5_000
"""So many at least in a run, by several rounds where there are few targets: below, start and end count for too much."""


def benchmarks(workshop: Workshop) -> Sequence[Benchmark]:
    """Return the one benchmark of this file."""
    sizes = _QUICK_SIZES if workshop.quick else _SIZES
    workloads = [_workload(targets, packets) for packets in (1, 5) for targets in sizes]
    contenders = [
        Contender("ours", Role.OURS, python("benchmarks.children.icmp_ours"), how="`IcmpProber.probe`, as the daemon calls it"),
        Contender(
            "fping",
            Role.PEER,
            python("benchmarks.children.icmp_fping"),
            version=package("fping"),
            how="`fping -c N -p 20 -i 0 -t 1000 -q -f FILE`; a run over one target is subtracted",
            missing="" if shutil.which("fping") else "fping is not installed",
        ),
    ]
    goals = [Goal(workload.id, 0.67, against="fping") for workload in workloads]
    goals += [Goal(workload.id, 0, key="lost") for workload in workloads]
    return [Benchmark("icmp", "ICMP", "probe", workloads, contenders, goals=goals)]


def _workload(targets: int, packets: int) -> Workload:
    title = f"{targets:,} targets × {packets} {'packet' if packets == 1 else 'packets'}"
    rounds = max(1, -(-_LEAST_PACKETS // (targets * packets)))
    parameters = {"targets": targets, "packets": packets, "rounds": rounds, "spacing_s": 0.02, "timeout_s": 1.0}
    return Workload(f"{targets}x{packets}", title, parameters)
