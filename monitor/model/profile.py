"""What kind of device a target is: when it is expected to answer, and what its SNMP agent is asked and how that reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from monitor.model.inventory import Expected


@dataclass(frozen=True, slots=True)
class Match:
    """Which agents a profile is for: sys_object_ids are dotted prefixes, sys_descr a regular expression; what is given must hold."""

    sys_object_ids: tuple[str, ...] = ()
    sys_descr: str | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """One object that becomes a metric. oid: dotted, with its instance. metric: such as wan_device_cpu_ratio.

    The value is number * scale; where `map` is given, map[number] instead, and a number that is not in it yields nothing.
    """

    metric: str
    oid: str
    scale: float = 1.0
    map: Mapping[int, float] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile of config/profiles/.

    match: None where it is only ever named. refine: an agent that matches a more specific profile is read by that one instead.
    interfaces: whether ifTable/ifXTable are read. wan_interface: default for targets that name none.
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
