"""SNMP v2c at 477 and 5,000 agents: a GET of ten values, and a walk of ifTable and ifXTable with four interfaces."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial

from benchmarks.benchmark import Benchmark, Contender, Goal, Role, Workload, Workshop
from benchmarks.child import binary, python
from benchmarks.machine import library
from benchmarks.responder import PORT, at_work

_SIZES = (477, 5_000)
_WINDOW = 200
_TIMEOUT_S = 2.0
_LEAST_EXCHANGES = 5_000
_NO_RESPONDER = "no C compiler, so no responder"
_NOTES = (
    "`benchmarks/native/snmp_responder.c` answers at every agent's own address of 127.0.0.0/8; it takes 5 µs an answer and is "
    "nobody's bottleneck. At most 200 questions are in flight, no retries, 2 s to answer; *lost* counts agents whose answer was "
    "not whole. gufo_snmp's blocking client is shown for what it is, cheaper than its asynchronous one, but it asks one agent at a "
    "time: a silent one holds up all behind it. It can't have 200 in flight, so the goal is taken to the asynchronous one.",
)


def benchmarks(workshop: Workshop) -> Sequence[Benchmark]:
    """Return the GET and the walk."""
    sizes = _SIZES[:1] if workshop.quick else _SIZES
    workloads = [_workload(agents) for agents in sizes]
    get_goals = [
        Goal(workload.id, at_most, against=against)
        for against, at_most in (("gufo_snmp", 0.5), ("pysnmp", 0.02), ("C floor", 5.0))
        for workload in workloads
    ]
    walk_goals = [Goal(workload.id, 0.4, against="gufo_snmp") for workload in workloads]
    lost = [Goal(workload.id, 0, key="lost") for workload in workloads]
    get = Benchmark("snmp-get", "SNMP GET of 10 values", "poll", workloads, _contenders(workshop, "get"), goals=get_goals + lost)
    walk = Benchmark("snmp-walk", "SNMP walk", "walk", workloads, _contenders(workshop, "walk"), goals=walk_goals + lost)
    surroundings = partial(_surroundings, workshop)
    return [replace(each, notes=_NOTES, surroundings=surroundings) for each in (get, walk)]


def _workload(agents: int) -> Workload:
    rounds = max(1, -(-_LEAST_EXCHANGES // agents))
    parameters = {"agents": agents, "window": _WINDOW, "rounds": rounds, "timeout_s": _TIMEOUT_S}
    return Workload(str(agents), f"{agents:,} agents", parameters | {"timeout_ms": round(_TIMEOUT_S * 1000), "port": PORT})


def _surroundings(workshop: Workshop) -> AbstractContextManager[object]:
    responder = workshop.native.get("snmp_responder")
    return at_work(responder) if responder else nullcontext()


def _contenders(workshop: Workshop, work: str) -> Sequence[Contender]:
    how = {
        "get": "`SnmpProber.get`, with the daemon's setting of Python's garbage collector",
        "walk": "`SnmpProber.walk`: both tables side by side by GETBULK of 20",
    }
    floor = workshop.native.get("snmp_floor")
    found = (
        Contender("ours", Role.OURS, python("benchmarks.children.snmp_ours", work), how=how[work]),
        *_poll(work),
        Contender(
            "C floor",
            Role.FLOOR,
            binary(floor, work, keys=("agents", "window", "rounds", "timeout_ms", "port")),
            how="`benchmarks/native/snmp_floor.c`, sendmmsg and recvmmsg, 64 at a time, every value decoded",
        ),
        *_gufo(work),
        _slow("pysnmp", work, "`hlapi.v1arch`, the cheaper of its two, without MIB look-up", workshop.quick),
        _slow("puresnmp", work, "its raw client, one an agent", workshop.quick),
    )
    if floor:
        return found
    return [replace(contender, missing=contender.missing or _NO_RESPONDER) for contender in found]


def _poll(work: str) -> Sequence[Contender]:
    """Return the daemon's own poll beside a plain GET of as many values."""
    how = "`SnmpProber.probe` with a profile of 7 values, 10 with sysUpTime and the engine's time and boots, as the daemon polls"
    command = python("benchmarks.children.snmp_poll_ours")
    return (Contender("ours, a whole poll", Role.OURS, command, how=how),) if work == "get" else ()


def _gufo(work: str) -> Sequence[Contender]:
    missing = "" if library("gufo_snmp") else "gufo_snmp is not installed"
    asks = {"get": "`get_many`", "walk": "`fetch` of one table after the other, GETBULK of 20"}[work]
    return (
        Contender(
            "gufo_snmp",
            Role.PEER,
            python("benchmarks.children.snmp_gufo", work, "async"),
            version=library("gufo_snmp"),
            how=f"{asks}, its asynchronous client, a session an agent that is made beforehand",
            missing=missing,
        ),
        Contender(
            "gufo_snmp, blocking",
            Role.PEER,
            python("benchmarks.children.snmp_gufo", work, "sync"),
            version=library("gufo_snmp"),
            how=f"{asks}, its blocking client, one agent at a time",
            missing=missing,
        ),
    )


def _slow(name: str, work: str, how: str, quick: bool) -> Contender:
    return Contender(
        name,
        Role.PEER,
        python(f"benchmarks.children.snmp_{name}", work),
        version=library(name),
        how=f"{how}; one round, at most two runs",
        missing="" if library(name) else f"{name} is not installed",
        pairs=1 if quick else 2,
        left_out={"5000": "would take a minute a run"} if work == "walk" else {},
    )
