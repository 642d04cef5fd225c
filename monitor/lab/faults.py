"""What the active faults make of the province: conditions of targets and ills of agents, computed afresh at each change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from monitor.lab.agent import Ills
from monitor.lab.conditions import CapacityLimit, LinkCondition
from monitor.lab.malformed import DEEPEST, FASTEST_PER_S, LARGEST_OCTETS
from monitor.model.inventory import Inventory, Kind
from monitor.model.scenario import Value


@dataclass(frozen=True, slots=True)
class LabFault:
    """Something that is wrong from `since` (epoch seconds) until it is restored or `until`.

    targets: the ids that it concerns, () for the monitor's own link.
    """

    number: int
    verb: str
    targets: tuple[str, ...]
    values: Mapping[str, Value]
    since: float
    until: float | None = None

    def number_of(self, name: str) -> float:
        value = self.values[name]
        assert isinstance(value, int | float)
        return float(value)

    def ports_of(self, name: str) -> frozenset[int]:
        value = self.values.get(name, ())
        assert isinstance(value, tuple)
        return frozenset(value)


def apply_faults(
    inventory: Inventory, faults: Iterable[LabFault], conditions: Mapping[str, LinkCondition], ills: Mapping[str, Ills], now: float
) -> None:
    """Mark conditions and ills, which come as they usually are, with every fault, in the order in which they began."""
    children = inventory.children()
    for fault in faults:
        if fault.verb == "flap" and not is_flap_down(fault, now):
            continue
        for target in fault.targets:
            _mark(fault, conditions[target], ills[target], inventory.targets[target].parents)
            if fault.verb == "power-cut":
                for child in children.get(target, ()):
                    if inventory.targets[child].kind is Kind.ENDPOINT:
                        conditions[child].is_powered = False


def is_flap_down(fault: LabFault, now: float) -> bool:
    """Return whether a flapping link is cut at this moment: it begins with being cut."""
    period = fault.number_of("down") + fault.number_of("up")
    return (now - fault.since) % period < fault.number_of("down") if period > 0 else True


def next_flap(fault: LabFault, now: float) -> float:
    """Return the epoch second at which a flapping link changes next."""
    down, up = fault.number_of("down"), fault.number_of("up")
    rounds, phase = divmod(now - fault.since, max(down + up, 0.1))
    start = fault.since + rounds * max(down + up, 0.1)
    return start + (down if phase < down else max(down + up, 0.1))


def _mark(fault: LabFault, condition: LinkCondition, ills: Ills, parents: tuple[str, ...]) -> None:
    """Make one fault's mark on one target."""
    if fault.verb in ("cut", "flap"):
        via = str(fault.values.get("via", ""))
        condition.cut.update((via,) if via else parents or ("",))
    elif fault.verb in _SWITCHES:
        part, field, value = _SWITCHES[fault.verb]
        setattr({"link": condition, "agent": ills, "conference": condition.conference}[part], field, value)
    elif fault.verb in _AT_MOST:
        field, name, most = _AT_MOST[fault.verb]
        setattr(ills, field, min(int(fault.number_of(name)), most))
    elif fault.verb in _OF_LINK:
        _OF_LINK[fault.verb](fault, condition)
    else:
        _OF_AGENT[fault.verb](fault, ills)


_SWITCHES: Mapping[str, tuple[str, str, bool]] = {
    "power-cut": ("link", "is_powered", False),
    "reboot": ("link", "is_powered", False),
    "dead": ("link", "is_silent", True),
    "mute": ("link", "is_mute", True),
    "agent-dead": ("agent", "is_dead", True),
    "agent-loop": ("agent", "loops", True),
    "agent-endless": ("agent", "is_endless", True),
    "agent-garbled": ("agent", "is_garbled", True),
    "agent-wrong-id": ("agent", "has_wrong_id", True),
    "agent-32bit": ("agent", "has_64_bits", False),
    "busy": ("conference", "is_busy", True),
    "unregistered": ("conference", "is_registered", False),
    "signalling-deaf": ("conference", "is_deaf", True),
}
"""Verbs that turn one thing on or off: whose it is, what, and how it is then."""


_AT_MOST: Mapping[str, tuple[str, str, int]] = {
    "agent-oversized": ("oversized", "octets", LARGEST_OCTETS),
    "agent-nested": ("nested", "depth", DEEPEST),
    "agent-floods": ("flood_per_s", "rate", FASTEST_PER_S),
}
"""Verbs that set one number of an agent: which, by what value, and how much at most."""


def _lose(fault: LabFault, condition: LinkCondition) -> None:
    condition.loss_ratio = 1 - (1 - condition.loss_ratio) * (1 - fault.number_of("loss"))


def _slow(fault: LabFault, condition: LinkCondition) -> None:
    condition.delay_s += fault.number_of("delay")
    condition.jitter_s += fault.number_of("jitter")


def _duplicate(fault: LabFault, condition: LinkCondition) -> None:
    condition.duplicates = fault.number_of("share")


def _narrow(fault: LabFault, condition: LinkCondition) -> None:
    condition.mtu = min(condition.mtu, int(fault.number_of("octets")))


def _limit(fault: LabFault, condition: LinkCondition) -> None:
    offered = fault.number_of("offered") if "offered" in fault.values else None
    condition.limit = CapacityLimit(fault.number_of("capacity"), offered, fault.number_of("buffer"))


def _open(fault: LabFault, condition: LinkCondition) -> None:
    condition.tcp |= fault.ports_of("tcp")
    condition.udp |= fault.ports_of("udp")


def _close(fault: LabFault, condition: LinkCondition) -> None:
    condition.tcp -= fault.ports_of("tcp")
    condition.udp -= fault.ports_of("udp")


def _certify(fault: LabFault, condition: LinkCondition) -> None:
    is_over = fault.verb == "certificate-expired"
    condition.conference.certificate_left_s = -fault.number_of("ago") if is_over else fault.number_of("left")


_OF_LINK: Mapping[str, Callable[[LabFault, LinkCondition], None]] = {
    "lossy": _lose,
    "slow": _slow,
    "duplicate": _duplicate,
    "mtu": _narrow,
    "limit": _limit,
    "open": _open,
    "close": _close,
    "camera-failed": lambda _, condition: condition.conference.broken.add("camera"),
    "microphone-failed": lambda _, condition: condition.conference.broken.add("microphone"),
    "certificate-expired": _certify,
    "certificate-ends": _certify,
}


def _delay(fault: LabFault, ills: Ills) -> None:
    ills.delay_s += fault.number_of("delay")


def _die(fault: LabFault, ills: Ills) -> None:
    ills.dies_after, ills.away_s = int(fault.number_of("after")), fault.number_of("away")


def _shrink(fault: LabFault, ills: Ills) -> None:
    ills.most_octets = int(fault.number_of("octets"))
    ills.refuses_big_bulk = True


def _twin(fault: LabFault, ills: Ills) -> None:
    # Enterprise 8072 with its top bit set, then an octet string of the agent's own (RFC 3411 section 5).
    ills.engine_id = bytes.fromhex("80001f8805") + fault.number.to_bytes(8, "big")


def _answer_from(fault: LabFault, ills: Ills) -> None:
    ills.answers_from = int(fault.number_of("octet")) & 0xFF


_OF_AGENT: Mapping[str, Callable[[LabFault, Ills], None]] = {
    "agent-slow": _delay,
    "agent-dies": _die,
    "agent-small": _shrink,
    "agent-twin": _twin,
    "agent-elsewhere": _answer_from,
}
