"""The whole cycle at 477 and 5,000 targets, at once and spread over 10 s: the daemon, and the usual pair of exporters."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial

from benchmarks.benchmark import Benchmark, Contender, Goal, Measure, Role, Workload, Workshop
from benchmarks.child import python
from benchmarks.machine import package
from benchmarks.responder import at_work

_SIZES = (477, 5_000)
_EVERY_S = {"burst": 6.0, "spread": 10.0}
"""At once, as long as the time-out of a silent agent and of its retry take."""
_PAIRS = 2
_TITLES = {"burst": "all at once", "spread": "spread over 10 s"}
_AT_MOST = {"burst": 0.1, "spread": 0.17}
_EXPORTERS = ("prometheus-blackbox-exporter", "prometheus-snmp-exporter")
_NOTES = (
    "A cycle is 10 s (at once 6 s, which is as long as retries take) in which every target is pinged and its agent read: "
    "sysUpTime, snmpEngineTime and one interface's name, state, speeds, octets in 64 bits, errors and discards. One target in a "
    "hundred is cut off by the firewall, others in each cycle, so that some go down while others come back: time-outs, retries "
    "and confirmations are in it. Ours is the daemon as `monitor run` joins it, with confirmation of silence, judgement and "
    "root causes, the journal on SQLite, and one compressed scrape of everything a cycle. Theirs is the CPU time of the two "
    "exporters alone: Prometheus would come on top, to scrape two pages a target and to evaluate what is down, and so would a "
    "journal. Both send one packet a probe; *5 packets* is what the daemon does by default. *CPU time* is all of the process "
    "over all of the cycle, its idle part included; *first contact*, which is not in it, lasts from the first packet until "
    "every interface is known.",
)


def benchmarks(workshop: Workshop) -> Sequence[Benchmark]:
    """Return the one benchmark of this file."""
    sizes = _SIZES[:1] if workshop.quick else _SIZES
    workloads = [_workload(targets, mode, 1) for targets in sizes for mode in _TITLES]
    defaults = [_workload(sizes[0], "spread", 5)]
    goals = [Goal(each.id, _AT_MOST[str(each.parameters["mode"])], against="exporters") for each in workloads]
    lost = [Goal(each.id, 0, key="lost") for each in (*workloads, *defaults)]
    return [
        Benchmark(
            "cycle",
            "The whole cycle",
            "device",
            [*workloads, *defaults],
            _contenders(workshop, [each.id for each in defaults]),
            measure=Measure(title="CPU time a device and cycle"),
            further=(
                Measure("memory_mib", "MiB", "memory after it"),
                Measure("contact_us", "µs", "first contact, CPU time a device"),
                Measure("transitions", "", "changes of state a cycle"),
            ),
            goals=[*goals, *lost],
            notes=_NOTES,
            surroundings=partial(_surroundings, workshop),
        )
    ]


def _workload(targets: int, mode: str, packets: int) -> Workload:
    title = f"{targets:,} targets, {_TITLES[mode]}{', 5 packets' if packets > 1 else ''}"
    cycles = 2 if targets < 1_000 else 1
    parameters: dict[str, int | float | str | bool] = {"targets": targets, "mode": mode, "packets": packets}
    return Workload(f"{targets}-{mode}-{packets}", title, parameters | {"every_s": _EVERY_S[mode], "cycles": cycles})


def _contenders(workshop: Workshop, defaults: Sequence[str]) -> Sequence[Contender]:
    reason = missing(workshop)
    exporters = [name for name in _EXPORTERS if shutil.which(name) is None]
    pair = f"{' and '.join(exporters)} not installed" if exporters else ""
    versions = " and ".join(f"{name} {package(name)}" for name in _EXPORTERS)
    return (
        Contender(
            "ours",
            Role.OURS,
            python("benchmarks.children.cycle_ours"),
            how="the daemon, scraped once a cycle",
            missing=reason,
            pairs=_PAIRS,
        ),
        Contender(
            "exporters",
            Role.PEER,
            python("benchmarks.children.cycle_exporters"),
            version=versions,
            how="two scrapes a target, over 256 open connections each; `benchmarks/exporters/` has their configuration",
            missing=reason or pair,
            pairs=_PAIRS,
            left_out=dict.fromkeys(defaults, "sends one packet a probe"),
        ),
    )


def missing(workshop: Workshop) -> str:
    """Return why nothing can be cut off or answer here, '' where both can."""
    if "snmp_responder" not in workshop.native:
        return "no C compiler, so no responder"
    return "" if shutil.which("nft", path="/usr/sbin:/sbin:/usr/bin:/bin") else "nft is not installed"


def _surroundings(workshop: Workshop) -> AbstractContextManager[object]:
    responder = workshop.native.get("snmp_responder")
    return at_work(responder) if responder else nullcontext()
