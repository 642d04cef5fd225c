"""The nouns: what is to be done (Workload), who does it (Contender), what counts (Measure), what is aimed at (Goal)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class Role(StrEnum):
    """ours: the monitor. peer: what a user would run instead. floor: the least that the same work takes, in C."""

    OURS = "ours"
    PEER = "peer"
    FLOOR = "floor"


@dataclass(frozen=True, slots=True)
class Workload:
    """One piece of work that every contender does in the same way.

    id: unique within its benchmark, such as '50000x1'. title: for people. parameters: what the child is told, plain JSON values.
    """

    id: str
    title: str
    parameters: Mapping[str, int | float | str | bool] = field(default_factory=dict)


Command = Callable[[Workload], Sequence[str]]
"""The words that start a fresh child process, which does the workload and prints its figures as one line of JSON."""


@dataclass(frozen=True, slots=True)
class Contender:
    """Who does the work.

    version: of what is measured, '' for ours. how: how it is used, in one sentence, since another use may cost more or less.
    missing: why it can't take part on this machine, '' where it can. pairs: at most so many runs where one takes long.
    left_out: workload id → why it does not do that one. empty: the command of a run that does no work, where the child can't
    measure itself; its CPU time is subtracted.
    """

    name: str
    role: Role
    command: Command
    version: str = ""
    how: str = ""
    missing: str = ""
    pairs: int | None = None
    left_out: Mapping[str, str] = field(default_factory=dict)
    empty: Command | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """What counts. key: of Run.values. unit: written behind the number. factor: from the key's unit to that one.

    Less is better. Keys that every run has: 'cpu_us' (CPU microseconds an exchange), 'lost' (exchanges that were answered and
    taken for lost), 'rate' (exchanges a second of wall time), 'wall_s', 'cpu_s', 'process_cpu_s'; and whatever the child printed.
    """

    key: str = "cpu_us"
    unit: str = "µs"
    title: str = "CPU time an exchange"
    factor: float = 1.0


@dataclass(frozen=True, slots=True)
class Goal:
    """What is aimed at in one workload. against: the contender that the ratio is taken to; '' for a bound on our own `key`.

    at_most: of the median of the pairs' ratios, or of every single run where there is no `against`.
    """

    workload: str
    at_most: float
    against: str = ""
    key: str = "cpu_us"


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Workloads, each done by every contender in alternation; the first contender is ours.

    exchange: the word for what is counted, such as 'probe'. further: what the same runs told beside the measure. notes: what a
    reader must know to read the figures.
    surroundings: entered around all runs, such as a responder at work.
    """

    name: str
    title: str
    exchange: str
    workloads: Sequence[Workload]
    contenders: Sequence[Contender]
    measure: Measure = Measure()
    further: Sequence[Measure] = ()
    goals: Sequence[Goal] = ()
    notes: Sequence[str] = ()
    surroundings: Callable[[], AbstractContextManager[object]] = nullcontext

    @property
    def ours(self) -> Contender:
        """Return the contender that all others are compared with."""
        return self.contenders[0]


@dataclass(frozen=True, slots=True)
class Workshop:
    """What a benchmark's definition may use. native: C program's name → binary; empty without a compiler. quick: fewer, smaller."""

    native: Mapping[str, Path]
    quick: bool = False


Define = Callable[[Workshop], Sequence[Benchmark]]
"""What a module of benchmarks/suite.py offers as `benchmarks`."""
