"""The capacity rehearsal: whether every circuit carries a meeting's calls beside what it usually carries at that hour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.model.inventory import Inventory, Target
from monitor.model.meeting import Meeting, UsualLoad
from monitor.model.settings import MeetingSettings


@dataclass(frozen=True, slots=True)
class Circuit:
    """One point's circuit during a meeting, bit/s in its narrower direction.

    wanted_bps: the calls that pass it, with what they take beside their nominal rate. contracted_bps: its speed. free_bps: what may
    be used of it less its usual load. load_bps: None where that is not known.
    """

    point: str
    calls: int
    wanted_bps: float
    contracted_bps: float
    free_bps: float
    load_bps: float | None

    @property
    def is_too_narrow(self) -> bool:
        """True where the calls alone are more than the circuit."""
        return self.wanted_bps > self.contracted_bps

    @property
    def is_overbooked(self) -> bool:
        """True where the calls do not fit beside the usual load and the headroom."""
        return self.wanted_bps > self.free_bps


def rehearse(meeting: Meeting, inventory: Inventory, loads: Mapping[str, UsualLoad], rules: MeetingSettings) -> dict[str, Circuit]:
    """Return point → its circuit, for every point with a contracted speed that a call of the meeting passes.

    A call passes the endpoint's point and, where that has several uplinks, the first of them, up to the root, whose own line is
    none of ours.
    """
    calls_bps: dict[str, list[float]] = {}
    for name in meeting.endpoints:
        if (endpoint := inventory.targets.get(name)) is not None:
            rate = meeting.call_rate_bps or endpoint.call_rate_bps or 0
            for point in circuits_of(endpoint, inventory):
                calls_bps.setdefault(point, []).append(rate * rules.call_factor)
    return {point: _circuit(inventory.targets[point], each, loads.get(point), rules) for point, each in calls_bps.items()}


def circuits_of(endpoint: Target, inventory: Inventory) -> list[str]:
    """Return the points with a contracted speed whose circuits an endpoint's call passes, its own first."""
    found: list[str] = []
    at = endpoint
    while at.parents and (parent := inventory.targets.get(at.parents[0])) is not None and parent.id not in found:
        if parent.parents and parent.contracted is not None:
            found.append(parent.id)
        at = parent
    return found


def _circuit(point: Target, calls_bps: Sequence[float], load: UsualLoad | None, rules: MeetingSettings) -> Circuit:
    assert point.contracted is not None  # circuits_of names no others
    usual = UsualLoad(0.0, 0.0) if load is None else load
    down = point.contracted.down_bps * rules.headroom - usual.down_bps
    up = point.contracted.up_bps * rules.headroom - usual.up_bps
    is_down = down <= up
    return Circuit(
        point.id,
        len(calls_bps),
        sum(calls_bps),
        point.contracted.down_bps if is_down else point.contracted.up_bps,
        max(0.0, min(down, up)),
        None if load is None else usual.down_bps if is_down else usual.up_bps,
    )
