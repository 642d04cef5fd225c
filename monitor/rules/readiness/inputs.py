"""What readiness is judged by: everything of a meeting, who takes part, and of one endpoint of it, at one moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from monitor.model.inventory import Expected, Inventory, Kind, Target
from monitor.model.meeting import Confirmation, Meeting, Participants, Past, Rung, RungEvidence, Samples, Stage, UsualLoad, Verdict
from monitor.model.probe_kinds import SNMP
from monitor.model.profile import Profile
from monitor.model.reason import Reason
from monitor.model.settings import MaintenanceWindow, MeetingSettings, Settings
from monitor.model.state import Blindness, TargetView
from monitor.rules.topology import Topology

_NO_PROFILE = Profile("")


@dataclass(frozen=True, slots=True)
class MeetingInput:
    """All that a meeting is judged by.

    now: epoch seconds. views: id → view, of points too. windows: announced work of the settings and of run time. samples, past: by
    endpoint; who is missing has none. loads: by point, what its circuit usually carries at the meeting's hour. others: meetings
    that overlap this one. confirmations: the last tick of each endpoint.
    """

    meeting: Meeting
    stage: Stage
    now: float
    inventory: Inventory
    topology: Topology
    settings: Settings
    profiles: Mapping[str, Profile]
    views: Mapping[str, TargetView]
    windows: Sequence[MaintenanceWindow] = ()
    blind: Blindness | None = None
    samples: Mapping[str, Samples] = field(default_factory=lambda: MappingProxyType({}))
    past: Mapping[str, Past] = field(default_factory=lambda: MappingProxyType({}))
    loads: Mapping[str, UsualLoad] = field(default_factory=lambda: MappingProxyType({}))
    others: Sequence[Meeting] = ()
    confirmations: Mapping[str, Confirmation] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def rules(self) -> MeetingSettings:
        return self.settings.meetings

    @property
    def is_on(self) -> bool:
        return self.meeting.start.timestamp() <= self.now < self.meeting.end.timestamp()


@dataclass(frozen=True, slots=True)
class SourceValue:
    """What one source says of one thing. source: 'snmp' or the probe. label: the protocol or component. at: epoch seconds."""

    source: str
    label: str
    number: float
    at: float


@dataclass(frozen=True, slots=True)
class EndpointInput:
    """One endpoint of a meeting. work: announced work over the meeting that covers it, and where. narrow: what capacity says of its
    circuits."""

    meeting_input: MeetingInput
    target: Target
    view: TargetView
    work: tuple[MaintenanceWindow, str] | None = None
    narrow: Finding | None = None

    @property
    def profile(self) -> Profile:
        """Return the profile that the inventory names: when it is expected, and whether it drops strangers."""
        return self.meeting_input.profiles.get(self.target.profile, _NO_PROFILE)

    @property
    def expected(self) -> Expected:
        return self.target.expected or self.profile.expected

    def values_of(self, metric: str) -> list[SourceValue]:
        """Return what every source says of a metric, whatever its labels; sources whose word is too old say nothing."""
        found = []
        agent = self.view.snmp
        if agent is not None and agent.up and agent.at is not None:
            found += [SourceValue(SNMP.name, label, number, agent.at) for label, number in _series(agent.values, metric)]
        for probe, seen in self.view.services.items():
            found += [SourceValue(probe, label, number, seen.at) for label, number in _series(seen.sample.values, metric)]
        return found

    def is_expected_to_tell(self, metric: str) -> bool:
        """Return whether the endpoint's agent, as last recognised, tells a metric: its silence is then missing evidence."""
        agent = self.view.snmp
        profile = self.meeting_input.profiles.get(agent.profile) if agent is not None else None
        return profile is not None and any(value.metric == metric for value in profile.values)


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found on one rung. verdict: the best that is left of it; READY where it holds or does not count."""

    rung: Rung
    ok: bool | None
    text: Reason
    at: float | None = None
    verdict: Verdict = Verdict.READY

    def evidence(self) -> RungEvidence:
        return RungEvidence(self.rung, self.ok, self.text, self.at)


def holds(rung: Rung, code: str, at: float | None = None, **values: float | int | str) -> Finding:
    """Return that a rung holds."""
    return Finding(rung, True, Reason(code, MappingProxyType(values)), at)


def fails(rung: Rung, verdict: Verdict, code: str, at: float | None = None, **values: float | int | str) -> Finding:
    """Return that a rung fails, or is in doubt, and what verdict that leaves."""
    ok = None if verdict is Verdict.UNKNOWN else False
    return Finding(rung, ok, Reason(code, MappingProxyType(values)), at, verdict)


def not_counted(rung: Rung, code: str, **values: float | int | str) -> Finding:
    """Return that nothing is known of a rung, and that this does not count."""
    return Finding(rung, None, Reason(code, MappingProxyType(values)))


def _series(values: Mapping[str, float], metric: str) -> list[tuple[str, float]]:
    """Return (label's value, number) of every series of a metric."""
    return [
        (series.partition('="')[2].partition('"')[0], number)
        for series, number in values.items()
        if series == metric or series.startswith(metric + "{")
    ]


def resolve_participants(participants: Participants, inventory: Inventory, host: str = "") -> tuple[str, ...]:
    """Return the ids of the endpoints, in the inventory's order: the union of all that is named, less the exceptions.

    host: takes part whatever else is said, '' where it is not ours.
    """
    named, excluded = set(participants.ids), set(participants.excluded)
    return tuple(
        target.id
        for target in inventory.of_kind(Kind.ENDPOINT)
        if target.id == host
        or (
            target.id not in excluded
            and (
                participants.everyone
                or target.id in named
                or target.level in participants.levels
                or target.area in participants.areas
                or any(tag in participants.tags for tag in target.tags)
            )
        )
    )
