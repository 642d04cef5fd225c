"""Which of a target's evidence may be shown as true now, and what the circuit carries; one answer for metrics, API and pages."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.model.inventory import Target
from monitor.model.settings import Settings
from monitor.model.state import IcmpView, InterfaceView, Snapshot, SnmpView, State, TargetView


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
    icmp = view.icmp if view.icmp and _is_fresh(view.icmp.at, view.target, "icmp", now, settings) else None
    snmp = view.snmp if view.snmp and is_current(view.snmp, view.target, now, settings) else None
    return Evidence(icmp, snmp, wan_interface(snmp) if snmp and snmp.up else None)


def is_current(snmp: SnmpView, target: Target, now: float, settings: Settings) -> bool:
    """Return whether an SNMP view speaks of now: a silent agent does, and one whose last answer is younger than the bound."""
    return not snmp.up or (snmp.at is not None and _is_fresh(snmp.at, target, "snmp", now, settings))


def _is_fresh(at: float, target: Target, probe: str, now: float, settings: Settings) -> bool:
    override = target.probes.get(probe)
    every_s = (override.every_s if override else None) or (settings.icmp if probe == "icmp" else settings.snmp).every_s
    return now - at <= every_s * settings.health.stale_intervals


def wan_interface(snmp: SnmpView) -> InterfaceView | None:
    """Return the interface that carries the circuit, None where the device names none."""
    return next((interface for interface in snmp.interfaces if interface.role == "wan"), None)


@dataclass(frozen=True, slots=True)
class Load:
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


def load(target: Target, wan: InterfaceView | None) -> Load:
    """Return the load of a target's circuit; None for what has no rate, or no contract to compare with."""
    if wan is None:
        return Load()
    receive = _bits(wan.receive_bytes_per_second)
    transmit = _bits(wan.transmit_bytes_per_second)
    contracted = target.contracted
    return Load(
        receive,
        transmit,
        receive / contracted.down_bps if receive is not None and contracted else None,
        transmit / contracted.up_bps if transmit is not None and contracted else None,
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
            return bool((view.icmp and view.icmp.outcome.is_alive) or (view.snmp and view.snmp.up))
        case _:
            return None
