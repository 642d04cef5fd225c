"""What kind of device a target is: when it is expected to answer, and what its SNMP agent is asked and how that reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from monitor.model.inventory import Expected

ROWS = 8
"""How many rows of a table become series where a value names no other number."""
_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Match:
    """Which agents a profile is for: sys_object_ids are dotted prefixes, sys_descr a regular expression; all given must hold."""

    sys_object_ids: tuple[str, ...] = ()
    sys_descr: str | None = None


class Reduce(StrEnum):
    """How the rows of a column become one number."""

    AVERAGE = "average"
    MAX = "max"
    MIN = "min"
    SUM = "sum"


class Name(StrEnum):
    """What names a row beside a column of names: its index in numbers, or the texts that its index begins with."""

    INDEX = "index"
    TEXTS = "texts"


@dataclass(frozen=True, slots=True)
class Condition:
    """What a cell must say.

    oid: of a column (its cell in the same row), or of an object where the value is no column; None: the row's index itself, dotted.
    texts: one of these, as the cell reads (whole numbers and object identifiers in their usual form). pattern: a regular expression
    that is found in it. A cell that is not there meets no condition.
    """

    oid: str | None = None
    texts: tuple[str, ...] = ()
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class Factor:
    """A column whose cell says what a row's number is to be multiplied by; a cell that is not in the map voids the row."""

    oid: str
    map: Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Value:
    """One object, or one column, that becomes a metric. metric: such as wan_device_cpu_ratio.

    oid: dotted, with its instance; or that of a column where `reduce` is given (its rows become one number), or `each` (each row
    becomes a series of its own, at most `most` of them).
    number: what the object says, plus those of `plus`; one that is in `invalid` stands for nothing. Where `map` is given, the value
    is map[number], and a number that is not in it yields nothing; else number * scale, times the factors of `times`, divided by the
    sum of `over`, and where `rest`, what is missing to 1 instead. A value outside `between` yields nothing.
    where: which rows are read, found out when the device is surveyed. only_if: what must hold at each poll, else there is no value.
    each: label → the columns that name the row (OIDs), or Names. history: rows are results that come and go: the table is walked
    at each poll, and of rows of one name the last with a value counts. labels: further labels, such as component: camera.
    """

    metric: str
    oid: str
    scale: float = 1.0
    map: Mapping[int, float] = field(default_factory=lambda: MappingProxyType({}))
    reduce: Reduce | None = None
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    plus: tuple[str, ...] = ()
    over: tuple[str, ...] = ()
    rest: bool = False
    times: tuple[Factor, ...] = ()
    invalid: tuple[float, ...] = ()
    between: tuple[float, float] | None = None
    where: tuple[Condition, ...] = ()
    only_if: tuple[Condition, ...] = ()
    each: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    most: int = ROWS
    history: bool = False

    @property
    def is_column(self) -> bool:
        """Return whether `oid` is a column, of which the rows have to be found out."""
        return self.reduce is not None or bool(self.each)

    @property
    def series(self) -> str:
        """Return the key of SnmpSample.values: the metric, with its labels as Prometheus writes them where it has any.

        Values of the same series are one another's substitutes: the first that yields something counts.
        """
        return self.series_of(_NONE)

    def series_of(self, row: Mapping[str, str]) -> str:
        """Return the key of one row's series; row: the labels that name it, already in the form that label() gives them."""
        labels = {**self.labels, **row}
        if not labels:
            return self.metric
        return self.metric + "{" + ",".join(f'{name}="{text}"' for name, text in labels.items()) + "}"


def label(text: str) -> str:
    """Return a device's text as a label's value: one that needs no escape, at most 60 letters."""
    return text.replace("\\", "/").replace('"', "'").replace("{", "(").replace("}", ")")[:60].strip()


@dataclass(frozen=True, slots=True)
class WebPage:
    """A device's management page. status: what reads the document at `path`, such as 'cisco-xml'; '' where it is only a page."""

    status: str = ""
    path: str = "/"
    port: int = 443
    tls: bool = True


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile of config/profiles/.

    match: None where it is only ever named. refine: an agent that matches a more specific profile is read by that one instead.
    interfaces: whether ifTable/ifXTable are read. wan_interface: a regular expression, the default for targets that name none.
    uptime: the object that says in 1/100 s how long the device itself has run, where sysUpTime is only its agent's.
    probes: kind of probe (probe_kinds.py) that such a device is asked by beside ping and SNMP → what it changes of its settings.
    expected, drops_strangers and probes are those of the profile that the inventory names; refining does not change them.
    """

    id: str
    title: str = ""
    match: Match | None = None
    refine: bool = False
    expected: Expected = Expected.ALWAYS
    drops_strangers: bool = False
    interfaces: bool = True
    wan_interface: str | None = None
    values: tuple[Value, ...] = ()
    uptime: str | None = None
    probes: Mapping[str, Mapping[str, object]] = field(default_factory=lambda: MappingProxyType({}))
