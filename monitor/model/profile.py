"""What kind of device a target is: when it is expected to answer, and what its SNMP agent is asked and how that reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from monitor.model.inventory import Expected


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


@dataclass(frozen=True, slots=True)
class Value:
    """One object, or one column, that becomes a metric. metric: such as wan_device_cpu_ratio.

    oid: dotted, with its instance; or, where `reduce` is given, that of a column whose rows (at most 64) are reduced to one number.
    The value is number * scale; where `map` is given, map[number] instead, and a number that is not in it yields nothing; it is
    mapped before it is reduced. labels: further labels of the metric, such as component: camera.
    """

    metric: str
    oid: str
    scale: float = 1.0
    map: Mapping[int, float] = field(default_factory=lambda: MappingProxyType({}))
    reduce: Reduce | None = None
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def series(self) -> str:
        """Return the key of SnmpSample.values: the metric, with its labels as Prometheus writes them where it has any."""
        if not self.labels:
            return self.metric
        return self.metric + "{" + ",".join(f'{name}="{text}"' for name, text in self.labels.items()) + "}"


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile of config/profiles/.

    match: None where it is only ever named. refine: an agent that matches a more specific profile is read by that one instead.
    interfaces: whether ifTable/ifXTable are read. wan_interface: a regular expression, the default for targets that name none.
    expected and drops_strangers are those of the profile that the inventory names; refining does not change them.
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
