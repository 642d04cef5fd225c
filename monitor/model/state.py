"""What is believed of each target, why, and since when: what the pages, the metrics and the journal show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from monitor.model.agent_fault import AgentFault
from monitor.model.inventory import Inventory, Target
from monitor.model.reading import IcmpSample, Outcome, ServiceSample
from monitor.model.reason import Reason, Reasons
from monitor.model.settings import MaintenanceWindow


class State(StrEnum):
    """What a target's state is; the order of the members is that of gravity, the gravest first."""

    DOWN = "down"
    UNREACHABLE = "unreachable"
    DEGRADED = "degraded"
    UNKNOWN = "unknown"
    MAINTENANCE = "maintenance"
    STANDBY = "standby"
    UP = "up"


@dataclass(frozen=True, slots=True)
class Transition:
    """One change of a target's state, as the journal keeps it.

    at: epoch seconds. old: None at the target's first judgement. cause: id of the root cause while down (itself) or unreachable.
    affected_points, affected_endpoints: on a root cause, how many are behind it (itself not counted), else 0.
    evidence: what was seen, codes of words/probe_details.py that need no other record: 'ICMP 0/10; host unreachable from 10.2.0.9'.
    """

    target: str
    old: State | None
    new: State
    at: float
    cause: str | None
    reason: Reason
    evidence: Reasons = ()
    affected_points: int = 0
    affected_endpoints: int = 0

    @property
    def is_news(self) -> bool:
        """True unless a target was simply found well at its first judgement: at a start that would be a line for each of them."""
        return self.old is not None or self.new not in (State.UP, State.STANDBY)


@dataclass(frozen=True, slots=True)
class Event:
    """Anything else worth a line in the journal: blind, a path that breaks, a reload, what an operator said.

    at: epoch seconds. kind: one of words/events.py: 'blind', 'sighted', 'path', 'reload', 'started', 'stopped', 'acknowledged', ….
    target: '' where it is of none.
    values: what its sentence in words/events.py is filled with, and what programs read of it.
    told: what else it tells, as codes: where a path breaks, what was learned, how many were of which verdict.
    """

    at: float
    kind: str
    target: str
    values: Mapping[str, float | int | str] = field(default_factory=lambda: MappingProxyType({}))
    told: Reasons = ()


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Who has taken a root cause on. by: a name or a role, as the shift calls it. at: epoch seconds. note: '' for none."""

    by: str
    at: float
    note: str


RecentRounds = tuple[float, int, int, int, float, float | None, int, float]
"""Rounds that lie close together, as one: when they began (monotonic), sent, received, how many of those timed by the kernel, the
sum of their RTTs in seconds, what a long burst among them took (rules/quality.py; None without one), how many differences there
are between neighbours of a burst, and the sum of these in seconds."""


@dataclass(frozen=True, slots=True)
class IcmpView:
    """What ICMP says of a target: the last round, and totals since the daemon's start.

    at: epoch seconds of the last round that could be judged. rtt_buckets: cumulative counts for RTT_BOUNDS_S (without +Inf).
    jitter_s: RFC 3550, carried from round to round, None until 30 differences. mos: voice, 1 to 4.5, None where it can't be said.
    loss_recent: loss ratio over the sliding window, None below its minimum of packets. rounds_recent: what lies in that window,
    oldest first; rules/quality.py says what they took and how even they were, to whoever asks.
    """

    at: float
    sample: IcmpSample
    outcome: Outcome
    sent_total: int
    received_total: int
    rtt_buckets: tuple[int, ...]
    rtt_sum_s: float
    jitter_s: float | None
    mos: float | None
    loss_recent: float | None
    packets_recent: int
    rounds_recent: tuple[RecentRounds, ...] = ()


RTT_BOUNDS_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class InterfaceView:
    """One interface: totals that only grow while the device runs, and exact rates by the device's own clock.

    role: 'wan' for the interface that carries the circuit, else 'other'. Rates are bytes/s, None where they can't be said
    (first reading, reset, under 10 s). Totals carry 32-bit counters past their wrap; None where the device has no such counter.
    """

    name: str
    alias: str
    role: str
    up: bool | None
    receive_bytes_total: int | None
    transmit_bytes_total: int | None
    receive_errors_total: int | None
    transmit_errors_total: int | None
    receive_discards_total: int | None
    transmit_discards_total: int | None
    receive_bytes_per_second: float | None
    transmit_bytes_per_second: float | None


@dataclass(frozen=True, slots=True)
class SnmpView:
    """What SNMP says of a target.

    at: epoch seconds of the last answer; up: the last poll was answered; detail: why not. boot_at: epoch seconds.
    """

    at: float | None
    up: bool
    detail: Reasons
    profile: str
    boot_at: float | None
    interfaces: tuple[InterfaceView, ...]
    values: Mapping[str, float]
    spikes_total: int = 0


@dataclass(frozen=True, slots=True)
class ServiceView:
    """What one probe says of a service of a target: its last reading. at: epoch seconds."""

    at: float
    outcome: Outcome
    detail: Reasons
    sample: ServiceSample


_NO_SERVICES: Mapping[str, ServiceView] = MappingProxyType({})


_AT_START = Reason("start")


@dataclass(frozen=True, slots=True)
class TargetView:
    """All that is known of one target at one moment; replaced as a whole when anything changes.

    state: None before its first judgement after the start. since: epoch seconds of the last change. cause: id of the root cause.
    services: probe ('sip', 'h323', 'web', 'tcp') → what it says; what is too old is not there.
    parent_states and the like are derived, not kept. usual_rtt_s: this site's median RTT, None until it is known.
    """

    target: Target
    state: State | None = None
    since: float = 0.0
    cause: str | None = None
    reason: Reason = _AT_START
    flapping: bool = False
    maintenance: bool = False
    icmp: IcmpView | None = None
    snmp: SnmpView | None = None
    usual_rtt_s: float | None = None
    acknowledged: Acknowledgement | None = None
    services: Mapping[str, ServiceView] = field(default_factory=lambda: _NO_SERVICES)


@dataclass(frozen=True, slots=True)
class RootCause:
    """A target that is down by itself, and what is behind it (itself not counted).

    points, endpoints: how many targets are unreachable because of it. path: where a traced path breaks, None until it is known.
    """

    target: str
    since: float
    reason: Reason
    points: int
    endpoints: int
    path: Reason | None = None


@dataclass(frozen=True, slots=True)
class Blindness:
    """The monitor can't see: states are frozen and nobody is blamed. reason.code: 'blind_silent', 'blind_sends', 'blind_lag', …."""

    since: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One consistent picture of everything: a whole outage appears in one snapshot, never in halves.

    generation: grows with every published change of a state. at: epoch seconds. views: id → view in the inventory's order.
    changes: the last transitions that are news, newest first, at most 200. last_round_at: epoch seconds when the
    last ICMP round began, 0 before. fresh: how many targets have evidence younger than three intervals. complaints: id → what its
    agent does that none should.
    """

    generation: int
    at: float
    inventory: Inventory
    views: Mapping[str, TargetView]
    root_causes: tuple[RootCause, ...] = ()
    changes: tuple[Transition, ...] = ()
    blind: Blindness | None = None
    last_round_at: float = 0.0
    fresh: int = 0
    complaints: Mapping[str, tuple[AgentFault, ...]] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class OwnSide:
    """How well we ourselves could send and receive since the previous OwnSide.

    at_s:           monotonic seconds when it was taken.
    sends_attempted, sends_refused: echo requests that were handed to the kernel, and how many of them it did not take.
    refusal:        the name of what the kernel said last, such as 'ENETUNREACH'; '' where it refused nothing.
    carrier:        False where the link that our packets leave by is down or has no carrier, None where that can't be told.
    link:           the name of that link, '' where none is known.
    receive_drops:  replies that the kernel dropped because our buffer was full.
    """

    at_s: float
    sends_attempted: int = 0
    sends_refused: int = 0
    refusal: str = ""
    carrier: bool | None = None
    link: str = ""
    receive_drops: int = 0


@dataclass(frozen=True, slots=True)
class AnnouncedWork:
    """Maintenance that was announced at run time.

    number: by which it is ended, counted from 1 over the journal's whole life. window: a single one, start and end set.
    by: who announced it, a name or a role. at: when, epoch seconds.
    """

    number: int
    window: MaintenanceWindow
    by: str
    at: float

    @property
    def start_at(self) -> float:
        """Return when it begins, epoch seconds."""
        assert self.window.start is not None
        return self.window.start.timestamp()

    @property
    def end_at(self) -> float:
        """Return when it ends, epoch seconds; that moment is no longer covered."""
        assert self.window.end is not None
        return self.window.end.timestamp()
