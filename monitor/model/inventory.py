"""What is watched: points, endpoints, areas, and how they hang together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Kind(StrEnum):
    """A point of the data network, or a conference endpoint that stands at a point."""

    POINT = "point"
    ENDPOINT = "endpoint"


class Expected(StrEnum):
    """When a target is expected to answer; outside these times silence is `standby`."""

    ALWAYS = "always"
    OFFICE_HOURS = "office_hours"
    MEETINGS = "meetings"


class AddressMode(StrEnum):
    """lab: addresses exist only inside the lab's network; production: they are real."""

    LAB = "lab"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True)
class Location:
    """Degrees of WGS 84."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Network:
    """The name that pages and reports carry, and whether the addresses are the lab's."""

    name: str
    addresses: AddressMode
    short: str = ""


@dataclass(frozen=True, slots=True)
class Area:
    """A district, a city, or a block of offices. code: the General Statistics Office's, '' where there is none."""

    id: str
    name: str
    code: str = ""
    short: str = ""
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Contracted:
    """The circuit's speed by contract, bit/s. down: towards the point (receive), up: from it (transmit)."""

    down_bps: int
    up_bps: int


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to call, as a role and a telephone; never a person's name."""

    role: str
    telephone: str


@dataclass(frozen=True, slots=True)
class ProbeOverride:
    """What a target says itself of one kind of probe.

    enabled: None leaves it to the kind of device. changes: field of the kind's settings → what it is in place of monitor.yaml's.
    """

    enabled: bool | None = None
    changes: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class SipAccess:
    """How an endpoint is addressed in SIP. user, domain: of its URI, '' where it has none; port: None takes the settings'."""

    user: str = ""
    domain: str = ""
    port: int | None = None


@dataclass(frozen=True, slots=True)
class H323Access:
    """How an endpoint is addressed in H.323. alias: E.164 number or H.323-ID, as the gatekeeper knows it, '' where it has none."""

    alias: str = ""
    port: int | None = None


@dataclass(frozen=True, slots=True)
class WebAccess:
    """How an endpoint's management page is reached. login: of monitor.yaml, '' for none. port, path: None is the profile's."""

    login: str = ""
    port: int | None = None
    path: str | None = None


_NO_OVERRIDES: Mapping[str, ProbeOverride] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Target:
    """One point or endpoint, complete: defaults and what an endpoint inherits from its point are filled in.

    parents: ids of the targets that it hangs on: a point's uplinks (any of them carries), an endpoint's point, () for the root.
    credential: the name of a credential; None means no SNMP probe and no fault.
    answers_from: further source addresses whose SNMP answers are accepted (a device that answers from another interface).
    call_rate_bps: endpoints only, bit/s of the call that it must carry.
    expected: None leaves it to the profile. sip, h323, web: endpoints only.
    """

    id: str
    kind: Kind
    name: str
    short: str
    address: str
    level: str
    area: str
    parents: tuple[str, ...] = ()
    code: str = ""
    location: Location | None = None
    contracted: Contracted | None = None
    credential: str | None = None
    profile: str = "default"
    expected: Expected | None = None
    wan_interface: str | None = None
    interfaces: str = "wan"
    contacts: tuple[Contact, ...] = ()
    tags: tuple[str, ...] = ()
    engine: str | None = None
    max_repetitions: int | None = None
    answers_from: tuple[str, ...] = ()
    call_rate_bps: int | None = None
    sip: SipAccess = SipAccess()
    h323: H323Access = H323Access()
    web: WebAccess = WebAccess()
    probes: Mapping[str, ProbeOverride] = field(default_factory=lambda: _NO_OVERRIDES)


@dataclass(frozen=True, slots=True)
class Inventory:
    """Everything that is watched, in the order of the files.

    targets: id → target, points before endpoints. levels: from the top down. root: the id of the point without an uplink.
    """

    network: Network
    levels: tuple[str, ...]
    areas: Mapping[str, Area]
    targets: Mapping[str, Target]
    root: str
    _shared: frozenset[tuple[Kind, str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        shorts = Counter((target.kind, target.short) for target in self.targets.values())
        object.__setattr__(self, "_shared", frozenset(each for each, number in shorts.items() if number > 1))

    def of_kind(self, kind: Kind) -> tuple[Target, ...]:
        return tuple(target for target in self.targets.values() if target.kind is kind)

    def short_name(self, target: Target) -> str:
        """Return a target's short name for a list, with its area where others of its kind have the same one."""
        if (target.kind, target.short) not in self._shared:
            return target.short
        area = self.areas.get(target.area) or Area(target.area, target.area)
        return f"{target.short} {area.short or area.name}"

    def children(self) -> dict[str, tuple[str, ...]]:
        """Return id → ids that hang directly on it, for every target that carries another."""
        below: dict[str, list[str]] = {}
        for target in self.targets.values():
            for parent in target.parents:
                below.setdefault(parent, []).append(target.id)
        return {parent: tuple(ids) for parent, ids in below.items()}
