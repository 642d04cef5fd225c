"""Echo requests to 477, 5,000 and 50,000 targets: the monitor's prober, fping, gufo_ping, icmplib and a floor in C."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

from benchmarks.benchmark import Benchmark, Contender, Goal, Role, Workload, Workshop
from benchmarks.child import binary, python
from benchmarks.machine import library, package

_SIZES = (477, 5_000, 50_000)
_QUICK_SIZES = (477, 5_000)
_LEAST_PACKETS = 5_000
"""So many at least in a run, by several rounds where there are few targets: below, start and end count for too much."""
_TOO_MUCH_FOR_FPING = {"50000x5": "fping 5.1 ends with 'not enough sequence numbers available': it has 65,536 for 10 s"}
_NOTES = (
    "One packet to each target, and the daemon's burst of five, 20 ms apart; 56 bytes of data, 1 s to answer. The kernel answers "
    "for all of 127.0.0.0/8: nothing is ever silent, so every loss is a false one. Its own work for the reply is done within the "
    "sender's system call and is in everyone's figure. The floor, too, checks source, id, sequence and a cookie of each reply.",
)


def benchmarks(workshop: Workshop) -> Sequence[Benchmark]:
    """Return the one benchmark of this file."""
    sizes = _QUICK_SIZES if workshop.quick else _SIZES
    workloads = [_workload(targets, packets) for packets in (1, 5) for targets in sizes]
    goals = [Goal(workload.id, 0.67, against="fping") for workload in workloads if workload.id not in _TOO_MUCH_FOR_FPING]
    goals += [Goal(workload.id, 2.0, against="C floor") for workload in workloads if workload.parameters["targets"] == _SIZES[-1]]
    goals += [Goal(workload.id, 0, key="lost") for workload in workloads]
    return [Benchmark("icmp", "ICMP", "probe", workloads, _contenders(workshop), goals=goals, notes=_NOTES)]


def _workload(targets: int, packets: int) -> Workload:
    title = f"{targets:,} targets × {packets} {'packet' if packets == 1 else 'packets'}"
    parameters: dict[str, int | float | str | bool] = {
        "targets": targets,
        "packets": packets,
        "rounds": max(1, -(-_LEAST_PACKETS // (targets * packets))),
        "spacing_s": 0.02,
        "spacing_ms": 20,
        "timeout_s": 1.0,
        "timeout_ms": 1000,
    }
    return Workload(f"{targets}x{packets}", title, parameters)


def _contenders(workshop: Workshop) -> Sequence[Contender]:
    floor = workshop.native.get("icmp_floor")
    return (
        Contender(
            "ours",
            Role.OURS,
            python("benchmarks.children.icmp_ours"),
            how="`IcmpProber.probe`, one call for all targets, with the daemon's setting of Python's garbage collector",
        ),
        Contender(
            "C floor",
            Role.FLOOR,
            binary(floor, keys=("targets", "packets", "rounds", "spacing_ms", "timeout_ms")),
            how="`benchmarks/native/icmp_floor.c`, sendmmsg and recvmmsg, 64 at a time",
            missing="" if floor else "no C compiler",
        ),
        Contender(
            "fping",
            Role.PEER,
            python("benchmarks.children.icmp_fping"),
            version=package("fping"),
            how="`fping -c N -p 20 -i 0 -t 1000 -q -f FILE`, a process a round; a run over one target is subtracted",
            missing="" if shutil.which("fping") else "fping is not installed",
            left_out=_TOO_MUCH_FOR_FPING,
        ),
        Contender(
            "gufo_ping",
            Role.PEER,
            python("benchmarks.children.icmp_gufo"),
            version=library("gufo_ping"),
            how="one `Ping`, 300 tasks for single packets and 2,000 for bursts, which cost it least of what was tried",
            missing="" if library("gufo_ping") else "gufo_ping is not installed",
        ),
        Contender(
            "icmplib",
            Role.PEER,
            python("benchmarks.children.icmp_icmplib"),
            version=library("icmplib"),
            how="`async_multiping(privileged=False)`, cheaper than with raw sockets; one round, at most two runs",
            missing="" if library("icmplib") else "icmplib is not installed",
            pairs=2,
            left_out={"50000x5": "would take a minute a run"},
        ),
    )
