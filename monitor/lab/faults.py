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


Apply = Callable[[LabFault, LinkCondition, Ills, tuple[str, ...]], None]
"""(fault, condition, ills, the target's parents): makes the fault's mark."""


def apply_faults(
    inventory: Inventory, faults: Iterable[LabFault], conditions: Mapping[str, LinkCondition], ills: Mapping[str, Ills], now: float
) -> None:
    """Mark conditions and ills, which come as they usually are, with every fault, in the order in which they began."""
    children = inventory.children()
    for fault in faults:
        if fault.verb == "flap" and not is_flap_down(fault, now):
            continue
        for target in fault.targets:
            _APPLY[fault.verb](fault, conditions[target], ills[target], inventory.targets[target].parents)
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


def _cut(fault: LabFault, condition: LinkCondition, _: Ills, parents: tuple[str, ...]) -> None:
    via = str(fault.values.get("via", ""))
    condition.cut.update((via,) if via else parents or ("",))


def _dark(_: LabFault, condition: LinkCondition, __: Ills, ___: tuple[str, ...]) -> None:
    condition.is_powered = False


def _silence(_: LabFault, condition: LinkCondition, __: Ills, ___: tuple[str, ...]) -> None:
    condition.is_silent = True


def _mute(_: LabFault, condition: LinkCondition, __: Ills, ___: tuple[str, ...]) -> None:
    condition.is_mute = True


def _lose(fault: LabFault, condition: LinkCondition, _: Ills, __: tuple[str, ...]) -> None:
    condition.loss_ratio = 1 - (1 - condition.loss_ratio) * (1 - fault.number_of("loss"))


def _slow(fault: LabFault, condition: LinkCondition, _: Ills, __: tuple[str, ...]) -> None:
    condition.delay_s += fault.number_of("delay")
    condition.jitter_s += fault.number_of("jitter")


def _duplicate(fault: LabFault, condition: LinkCondition, _: Ills, __: tuple[str, ...]) -> None:
    condition.duplicates = fault.number_of("share")


def _narrow(fault: LabFault, condition: LinkCondition, _: Ills, __: tuple[str, ...]) -> None:
    condition.mtu = min(condition.mtu, int(fault.number_of("octets")))


def _limit(fault: LabFault, condition: LinkCondition, _: Ills, __: tuple[str, ...]) -> None:
    offered = fault.number_of("offered") if "offered" in fault.values else None
    condition.limit = CapacityLimit(fault.number_of("capacity"), offered, fault.number_of("buffer"))


def _open(fault: LabFault, condition: LinkCondition, _: Ills, __: tuple[str, ...]) -> None:
    condition.tcp |= fault.ports_of("tcp")
    condition.udp |= fault.ports_of("udp")


def _close(fault: LabFault, condition: LinkCondition, _: Ills, __: tuple[str, ...]) -> None:
    condition.tcp -= fault.ports_of("tcp")
    condition.udp -= fault.ports_of("udp")


def _agent_dead(_: LabFault, __: LinkCondition, ills: Ills, ___: tuple[str, ...]) -> None:
    ills.is_dead = True


def _agent_slow(fault: LabFault, _: LinkCondition, ills: Ills, __: tuple[str, ...]) -> None:
    ills.delay_s += fault.number_of("delay")


def _agent_loop(_: LabFault, __: LinkCondition, ills: Ills, ___: tuple[str, ...]) -> None:
    ills.loops = True


def _agent_dies(fault: LabFault, _: LinkCondition, ills: Ills, __: tuple[str, ...]) -> None:
    ills.dies_after, ills.away_s = int(fault.number_of("after")), fault.number_of("away")


def _agent_endless(_: LabFault, __: LinkCondition, ills: Ills, ___: tuple[str, ...]) -> None:
    ills.is_endless = True


def _agent_small(fault: LabFault, _: LinkCondition, ills: Ills, __: tuple[str, ...]) -> None:
    ills.most_octets = int(fault.number_of("octets"))
    ills.refuses_big_bulk = True


def _agent_garbled(_: LabFault, __: LinkCondition, ills: Ills, ___: tuple[str, ...]) -> None:
    ills.is_garbled = True


def _agent_oversized(fault: LabFault, _: LinkCondition, ills: Ills, __: tuple[str, ...]) -> None:
    ills.oversized = min(int(fault.number_of("octets")), LARGEST_OCTETS)


def _agent_nested(fault: LabFault, _: LinkCondition, ills: Ills, __: tuple[str, ...]) -> None:
    ills.nested = min(int(fault.number_of("depth")), DEEPEST)


def _agent_wrong_id(_: LabFault, __: LinkCondition, ills: Ills, ___: tuple[str, ...]) -> None:
    ills.has_wrong_id = True


def _agent_floods(fault: LabFault, _: LinkCondition, ills: Ills, __: tuple[str, ...]) -> None:
    ills.flood_per_s = min(int(fault.number_of("rate")), FASTEST_PER_S)


def _agent_twin(fault: LabFault, _: LinkCondition, ills: Ills, __: tuple[str, ...]) -> None:
    # Enterprise 8072 with its top bit set, then an octet string of the agent's own (RFC 3411 section 5).
    ills.engine_id = bytes.fromhex("80001f8805") + fault.number.to_bytes(8, "big")


def _agent_elsewhere(fault: LabFault, _: LinkCondition, ills: Ills, __: tuple[str, ...]) -> None:
    ills.answers_from = int(fault.number_of("octet")) & 0xFF


def _agent_32bit(_: LabFault, __: LinkCondition, ills: Ills, ___: tuple[str, ...]) -> None:
    ills.has_64_bits = False


def _busy(_: LabFault, condition: LinkCondition, __: Ills, ___: tuple[str, ...]) -> None:
    condition.conference.is_busy = True


def _unregistered(_: LabFault, condition: LinkCondition, __: Ills, ___: tuple[str, ...]) -> None:
    condition.conference.is_registered = False


def _deaf(_: LabFault, condition: LinkCondition, __: Ills, ___: tuple[str, ...]) -> None:
    condition.conference.is_deaf = True


def _break_camera(_: LabFault, condition: LinkCondition, __: Ills, ___: tuple[str, ...]) -> None:
    condition.conference.broken.add("camera")


def _break_microphone(_: LabFault, condition: LinkCondition, __: Ills, ___: tuple[str, ...]) -> None:
    condition.conference.broken.add("microphone")


def _certificate_expired(fault: LabFault, condition: LinkCondition, _: Ills, __: tuple[str, ...]) -> None:
    condition.conference.certificate_left_s = -fault.number_of("ago")


def _certificate_ends(fault: LabFault, condition: LinkCondition, _: Ills, __: tuple[str, ...]) -> None:
    condition.conference.certificate_left_s = fault.number_of("left")


_APPLY: Mapping[str, Apply] = {
    "cut": _cut,
    "flap": _cut,
    "power-cut": _dark,
    "reboot": _dark,
    "dead": _silence,
    "mute": _mute,
    "lossy": _lose,
    "slow": _slow,
    "duplicate": _duplicate,
    "mtu": _narrow,
    "limit": _limit,
    "open": _open,
    "close": _close,
    "agent-dead": _agent_dead,
    "agent-slow": _agent_slow,
    "agent-loop": _agent_loop,
    "agent-dies": _agent_dies,
    "agent-endless": _agent_endless,
    "agent-small": _agent_small,
    "agent-garbled": _agent_garbled,
    "agent-oversized": _agent_oversized,
    "agent-nested": _agent_nested,
    "agent-wrong-id": _agent_wrong_id,
    "agent-floods": _agent_floods,
    "agent-twin": _agent_twin,
    "agent-elsewhere": _agent_elsewhere,
    "agent-32bit": _agent_32bit,
    "busy": _busy,
    "unregistered": _unregistered,
    "signalling-deaf": _deaf,
    "camera-failed": _break_camera,
    "microphone-failed": _break_microphone,
    "certificate-expired": _certificate_expired,
    "certificate-ends": _certificate_ends,
}
