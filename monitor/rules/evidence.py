"""Which of a target's evidence may be shown as true now, and what the circuit carries; one answer for metrics, API and pages."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.model.inventory import Contracted, Target
from monitor.model.probe_kinds import ICMP, KINDS, SNMP
from monitor.model.settings import Settings
from monitor.model.state import IcmpView, InterfaceView, Snapshot, SnmpView, State, TargetView
from monitor.rules.quality import mean_rtt_s
from monitor.rules.timetable import own_settings


@dataclass(frozen=True, slots=True)
class Evidence:
    """A target's evidence that is fresh enough to be shown; None where there is none, it is stale, or the monitor is blind.

    icmp: the last round. snmp: the last poll; snmp.up may be False, then nothing but that is known. wan: the interface that carries
    the circuit, only while its agent answers.
    """

    icmp: IcmpView | None
    snmp: SnmpView | None
    wan: InterfaceView | None

    @property
    def loss_ratio(self) -> float | None:
        """Return the loss over the sliding window, or that of the last round while the window is too thin or nothing comes back."""
        if self.icmp is None:
            return None
        if self.icmp.loss_recent is None or self.icmp.sample.received == 0:
            return self.icmp.sample.loss_ratio
        return self.icmp.loss_recent

    @property
    def window_loss_ratio(self) -> float | None:
        """Return the loss over the sliding window; None while it is too thin: one of five packets is no 20%."""
        return self.icmp.loss_recent if self.icmp else None

    @property
    def window_rtt_s(self) -> float | None:
        """Return the mean round-trip time over the sliding window in seconds, which verdicts judge.

        That of the last round where no reply in the window was stamped by the kernel; None while nothing comes back.
        """
        if self.rtt_s is None or self.icmp is None:
            return None
        in_window_s = mean_rtt_s(self.icmp.rounds_recent)
        return self.rtt_s if in_window_s is None else in_window_s

    @property
    def rtt_s(self) -> float | None:
        """Return the mean round-trip time of the last round in seconds."""
        return self.icmp.sample.rtt_average_s if self.icmp else None


def gather(view: TargetView, snapshot: Snapshot, settings: Settings, *, is_frozen: bool = False) -> Evidence:
    """Return what of a view's evidence may be shown at the time of its snapshot.

    is_frozen: while the monitor is blind, what was fresh when it went blind, for a page that says so all over; else nothing then.
    """
    if snapshot.blind is not None and not is_frozen:
        return Evidence(None, None, None)
    now = snapshot.blind.since if snapshot.blind is not None else snapshot.at
    target = view.target
    icmp = view.icmp if view.icmp and now - view.icmp.at <= bound_s(target, ICMP.name, settings) else None
    snmp = view.snmp if view.snmp and is_current(view.snmp, now, bound_s(target, SNMP.name, settings)) else None
    return Evidence(icmp, snmp, wan_interface(snmp) if snmp and snmp.up else None)


def is_current(snmp: SnmpView, now: float, bound_s: float) -> bool:
    """Return whether an SNMP view speaks of now: a silent agent does, and one whose last answer is younger than the bound."""
    return not snmp.up or (snmp.at is not None and now - snmp.at <= bound_s)


def bound_s(target: Target, probe: str, settings: Settings) -> float:
    """Return how old a probe's evidence may be to be shown as true, in seconds. probe: the name of its kind."""
    every_s: float = own_settings(KINDS[probe], target, settings).every_s
    return every_s * settings.health.stale_intervals


def wan_interface(snmp: SnmpView) -> InterfaceView | None:
    """Return the interface that carries the circuit, None where the device names none."""
    return next((interface for interface in snmp.interfaces if interface.role == "wan"), None)


@dataclass(frozen=True, slots=True)
class CircuitLoad:
    """What the circuit carries by the device's own clock.

    receive: towards the point, bit/s; transmit: from it. Ratios are of the contracted speed.
    """

    receive_bps: float | None = None
    transmit_bps: float | None = None
    receive_ratio: float | None = None
    transmit_ratio: float | None = None

    @property
    def utilisation(self) -> float | None:
        """Return the fuller direction's share of its contracted speed; above 1 where the carrier lets more through."""
        return max((ratio for ratio in (self.receive_ratio, self.transmit_ratio) if ratio is not None), default=None)


def circuit_load(target: Target, wan: InterfaceView | None) -> CircuitLoad:
    """Return the load of a target's circuit; None for what has no rate, or no contract to compare with."""
    if wan is None:
        return CircuitLoad()
    receive, transmit = _bits(wan.receive_bytes_per_second), _bits(wan.transmit_bytes_per_second)
    return CircuitLoad(receive, transmit, *load_ratios(wan, target.contracted))


def load_ratios(wan: InterfaceView | None, contracted: Contracted | None) -> tuple[float | None, float | None]:
    """Return the share of its contracted speed that the circuit carries, received and transmitted; None as in circuit_load()."""
    if wan is None or contracted is None:
        return None, None
    receive, transmit = wan.receive_bytes_per_second, wan.transmit_bytes_per_second
    return (
        None if receive is None else receive * 8 / contracted.down_bps,
        None if transmit is None else transmit * 8 / contracted.up_bps,
    )


def _bits(bytes_per_second: float | None) -> float | None:
    return None if bytes_per_second is None else bytes_per_second * 8


def answers(view: TargetView) -> bool | None:
    """Return whether a target answers, by its state; None while that can't be said.

    Under maintenance the state says nothing of it, so the last probes do.
    """
    match view.state:
        case State.UP | State.DEGRADED:
            return True
        case State.DOWN | State.UNREACHABLE | State.STANDBY:
            return False
        case State.MAINTENANCE:
            is_alive = any(each.outcome.is_alive for each in view.services.values())
            return is_alive or bool((view.icmp and view.icmp.outcome.is_alive) or (view.snmp and view.snmp.up))
        case _:
            return None
