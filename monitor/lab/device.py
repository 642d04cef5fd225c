"""A device of the province: its interfaces, what they have counted, and when it was booted."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace

from monitor.lab.traffic import Curve, office_day, steady
from monitor.model.inventory import Kind, Target

ETHERNET = 6
LOOPBACK = 24
"""IANAifType."""

_DEFAULT_BPS = 20_000_000
_BUSIEST_SHARE = 0.55
"""Of the contracted speed, in the busiest hour."""
_CONFERENCE_BPS = 900_000
_ETHERNET_BPS = 1_000_000_000
_OCTETS_A_PACKET = 640


@dataclass(slots=True)
class Meter:
    """One direction of an interface, in octets: what it had counted at `since`, and what it carries from then on.

    scale: share of the curve that passes now; 0 while the link is cut.
    """

    curve: Curve
    since: float
    counted: float = 0.0
    scale: float = 1.0

    def octets(self, at: float) -> int:
        """Return the true count at an epoch second."""
        return int(self.counted + self.scale * self.curve.octets(self.since, at))

    def settle(self, at: float, curve: Curve, scale: float) -> None:
        """Carry another traffic from now on."""
        self.counted += self.scale * self.curve.octets(self.since, at)
        self.since, self.curve, self.scale = at, curve, scale

    def restart(self, at: float, octets: float = 0.0) -> None:
        """Count on from here."""
        self.counted, self.since = octets, at


@dataclass(slots=True)
class Interface:
    """One interface. usual_*: what it carries where nothing limits it. role: 'wan', 'lan' or 'lo'."""

    name: str
    descr: str
    alias: str
    role: str
    type: int
    speed_bps: int
    mtu: int
    receive: Meter
    transmit: Meter
    usual_receive: Curve
    usual_transmit: Curve
    mac: bytes = b""


@dataclass(frozen=True, slots=True)
class InterfaceTruth:
    """What an interface's counters truly are, unwrapped."""

    name: str
    index: int
    receive_octets: int
    transmit_octets: int


@dataclass(slots=True)
class Device:
    """One emulated device. booted_at: epoch seconds. first_index: of the interfaces; renumbering moves it."""

    target: Target
    booted_at: float
    interfaces: tuple[Interface, ...]
    first_index: int = 1
    renumbered_at: float = 0.0
    generation: int = 0
    carried: tuple[float | None, float | None, bool] = field(default=(None, None, True))

    def uptime_ticks(self, at: float) -> int:
        """Return sysUpTime, which wraps after 497 days."""
        return int((at - self.booted_at) * 100) & 0xFFFFFFFF

    def index(self, position: int) -> int:
        """Return the ifIndex of the interface at a position; renumbering also turns the order round."""
        return self.first_index + (position if self.first_index == 1 else len(self.interfaces) - 1 - position)

    def truth(self, at: float) -> tuple[InterfaceTruth, ...]:
        """Return what the counters truly are at an epoch second."""
        return tuple(
            InterfaceTruth(each.name, self.index(position), each.receive.octets(at), each.transmit.octets(at))
            for position, each in enumerate(self.interfaces)
        )

    def carry(self, at: float, capacity_bps: float | None, offered_bps: float | None, is_connected: bool) -> None:
        """Let traffic flow as the uplink permits from now on; the same as before changes nothing."""
        if self.carried == (capacity_bps, offered_bps, is_connected):
            return
        self.carried = (capacity_bps, offered_bps, is_connected)
        for each in self.interfaces:
            if each.role == "lo":
                continue
            for meter, usual in ((each.receive, each.usual_receive), (each.transmit, each.usual_transmit)):
                passing = steady(offered_bps) if offered_bps is not None else usual
                limited = passing.limited(capacity_bps) if capacity_bps is not None else passing
                meter.settle(at, limited, 1.0 if is_connected else 0.0)

    def restart(self, at: float) -> None:
        """Boot: sysUpTime and all counters begin again."""
        self.booted_at = at
        self.set_counters(at, 0)

    def set_counters(self, at: float, octets: int) -> None:
        """Let every octet counter go on from this value; sysUpTime does not change."""
        for each in self.interfaces:
            each.receive.restart(at, octets)
            each.transmit.restart(at, octets)

    def renumber(self, at: float) -> None:
        """Give every interface another ifIndex, as a router does whose card was moved."""
        self.first_index = 1 if self.first_index != 1 else 11
        self.renumbered_at = at
        self.generation += 1


def make_device(target: Target, now: float) -> Device:
    chance = random.Random(f"device {target.id}")
    booted = now - chance.uniform(2, 90) * 86_400
    return Device(target, booted, _interfaces(target, booted, chance))


def _interfaces(target: Target, booted: float, chance: random.Random) -> tuple[Interface, ...]:
    idle = steady(0.0)
    loopback = _interface("lo", LOOPBACK, 10_000_000, (idle, idle), booted, mtu=65_536)
    if target.kind is Kind.ENDPOINT:
        busiest = (_CONFERENCE_BPS * chance.uniform(0.4, 1.0), _CONFERENCE_BPS * chance.uniform(0.3, 0.9))
        return loopback, _ethernet("eth0", "lan", target, busiest, booted)
    down, up = (target.contracted.down_bps, target.contracted.up_bps) if target.contracted else (_DEFAULT_BPS, _DEFAULT_BPS)
    busiest = (down * _BUSIEST_SHARE * chance.uniform(0.5, 1.0), up * _BUSIEST_SHARE * chance.uniform(0.2, 0.6))
    wan = _ethernet("wan0", "wan", target, busiest, booted)
    lan = replace(
        _ethernet("lan0", "lan", target, busiest, booted),
        receive=Meter(wan.usual_transmit, booted),
        transmit=Meter(wan.usual_receive, booted),
        usual_receive=wan.usual_transmit,
        usual_transmit=wan.usual_receive,
    )
    return loopback, lan, wan


def _ethernet(name: str, role: str, target: Target, busiest: tuple[float, float], booted: float) -> Interface:
    curves = (office_day(busiest[0], f"{target.id} receive"), office_day(busiest[1], f"{target.id} transmit"))
    plain = _interface(name, ETHERNET, _ETHERNET_BPS, curves, booted)
    alias = f"WAN to {', '.join(target.parents) or 'the outside'}" if role == "wan" else "LAN"
    # A locally administered address, of the target's own (RFC 7042 section 2.1).
    mac = b"\x02" + random.Random(f"{target.id} {name}").randbytes(5)
    return replace(plain, role=role, alias=alias, descr=f"Ethernet {name}", mac=mac)


def _interface(name: str, kind: int, speed_bps: int, curves: tuple[Curve, Curve], booted: float, *, mtu: int = 1500) -> Interface:
    receive, transmit = curves
    return Interface(name, name, "", name, kind, speed_bps, mtu, Meter(receive, booted), Meter(transmit, booted), receive, transmit)


def packets(octets: int) -> int:
    """Return about how many packets so many octets are."""
    return octets // _OCTETS_A_PACKET
