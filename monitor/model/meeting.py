"""Meetings, and whether they can be held: what is asked of whom, what was found, what to do about it, and the order of a report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from monitor.model.inventory import Contact, Inventory
from monitor.model.reason import Reason

OUT_OF_MEMORY = 3
"""The worker's exit status where its bound of memory did not do; any other than 0 is a fault of ours."""


class Verdict(StrEnum):
    """Whether an endpoint can join, or a meeting be held; the order of the members is that of gravity, the gravest first.

    UNKNOWN is no fresh evidence: it never counts as ready.
    """

    NOT_READY = "not_ready"
    UNKNOWN = "unknown"
    AT_RISK = "at_risk"
    READY = "ready"


class Rung(StrEnum):
    """One step of the ladder that an endpoint has to climb, in the order of looking; the first that fails is the reason.

    EVIDENCE: there is fresh evidence at all. MAINTENANCE: no work is announced over the meeting. UPLINK: every target on the path
    answers. PING: the endpoint answers. QUALITY: loss, RTT and jitter are good enough for the call, and enough samples say so.
    CAPACITY: the circuits carry the calls beside their usual load. SIGNALLING: SIP or H.323 answers. REGISTRATION: it is
    registered. DEVICE: camera, microphone, display, hardware. CERTIFICATE: not expired by the meeting's end. CALL: not busy in
    another call. HISTORY: it did not flap or fail in the last days. SITE: what the technician on site says.
    """

    EVIDENCE = "evidence"
    MAINTENANCE = "maintenance"
    UPLINK = "uplink"
    PING = "ping"
    QUALITY = "quality"
    CAPACITY = "capacity"
    SIGNALLING = "signalling"
    REGISTRATION = "registration"
    DEVICE = "device"
    CERTIFICATE = "certificate"
    CALL = "call"
    HISTORY = "history"
    SITE = "site"


class Stage(StrEnum):
    """Where a meeting stands in its day: before any check, after each of them, under way, over.

    LOCKED: the last check is done and its report is sealed.
    """

    PLANNED = "planned"
    DAY_BEFORE = "day_before"
    HOUR_BEFORE = "hour_before"
    LOCKED = "locked"
    LIVE = "live"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Participants:
    """Who takes part: the union of everything named, less the exceptions. Ids, levels, areas and tags are the inventory's."""

    everyone: bool = False
    ids: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Meeting:
    """One occurrence of a meeting, complete: participants are resolved to endpoints.

    id: the occurrence's own, which stays whatever other meetings come or go (docs/meetings.md). series: that of the whole series.
    start, end: aware datetimes. host: the id of an endpoint, '' where it is external. external_host: its name, '' where it is ours.
    endpoints: ids in the inventory's order, the host included where it is ours. call_rate_bps: None leaves it to each endpoint.
    place: the file and line that it comes from, for whoever has to mend it. old_ids: what it was called before; addresses under
    those lead here.
    participants_by_name: who takes part was told by nobody but the names of the rooms that its calendar invites.
    """

    id: str
    series: str
    title: str
    start: datetime
    end: datetime
    endpoints: tuple[str, ...]
    level: str = ""
    host: str = ""
    external_host: str = ""
    call_rate_bps: int | None = None
    platform: str = ""
    carrier: str = ""
    place: str = ""
    participants_by_name: bool = False
    old_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptSlug:
    """How the ids of an event's occurrences begin, for good. event: 64 hexadecimal digits that stand for its UID."""

    event: str
    slug: str


@dataclass(frozen=True, slots=True)
class OldId:
    """What a meeting was called when the journal wrote of it. start: of the meeting, as the journal has it. new: its id now."""

    old: str
    start: str
    new: str


@dataclass(frozen=True, slots=True)
class KnownIds:
    """What the journal keeps of meetings' ids, so that they stay. slugs: event → slug. renamed: (old id, start) → the id now."""

    slugs: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    renamed: Mapping[tuple[str, str], str] = field(default_factory=lambda: MappingProxyType({}))

    def joined(self, kept: Iterable[KeptSlug | OldId]) -> KnownIds:
        """Return these and what else is kept; what is known stays."""
        slugs, renamed = dict(self.slugs), dict(self.renamed)
        for each in kept:
            if isinstance(each, KeptSlug):
                slugs.setdefault(each.event, each.slug)
            else:
                renamed.setdefault((each.old, each.start), each.new)
        return KnownIds(MappingProxyType(slugs), MappingProxyType(renamed))


NO_IDS = KnownIds()


@dataclass(frozen=True, slots=True)
class RungEvidence:
    """What was found on one rung.

    ok: True it holds, False it fails, None nothing can be said. text: code and values of words/readiness.py.
    at: epoch seconds of the newest thing that it rests on, None where there is none.
    """

    rung: Rung
    ok: bool | None
    text: Reason
    at: float | None


@dataclass(frozen=True, slots=True)
class Samples:
    """Echo requests that tell of an endpoint's loss: a check's burst and routine probes. at: epoch seconds of the newest."""

    sent: int
    lost: int
    at: float


@dataclass(frozen=True, slots=True)
class Past:
    """What the journal says of an endpoint's last days. outages: times that it was cut off. last_at: the newest's, if any.

    seen_s: how far back the journal reaches, no further than what counts.
    """

    outages: int = 0
    last_at: float | None = None
    seen_s: float = 604_800.0


@dataclass(frozen=True, slots=True)
class UsualLoad:
    """What a circuit usually carries at a meeting's weekday and hour, bit/s by direction as seen from the point."""

    down_bps: float
    up_bps: float


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a technician ticked on the board. by: a name or role as given. at: epoch seconds. good: False: they report a fault."""

    by: str
    at: float
    good: bool = True
    on_site: bool = False
    camera: bool = False
    sound: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class EndpointVerdict:
    """Whether one endpoint can join one meeting, why not, and what to do.

    rung, reason: the first rung that does not hold, both None where it is ready. evidence: in the order of the ladder.
    action: what to do next, code and values of words/readiness.py; None where there is nothing to do. call: whom, in this order.
    cause: id of the target whose mending would free this endpoint (an uplink that is down), '' where it is the endpoint itself.
    confirmation: the last tick, None before. disputed: machine and technician disagree; neither overrules the other silently.
    """

    endpoint: str
    verdict: Verdict
    rung: Rung | None = None
    reason: Reason | None = None
    evidence: tuple[RungEvidence, ...] = ()
    action: Reason | None = None
    call: tuple[Contact, ...] = ()
    cause: str = ""
    confirmation: Confirmation | None = None
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class Blast:
    """What mending one place brings back. target: the root cause. endpoints: those of the meeting behind it, itself included.

    ready_after: how many of the meeting's endpoints can join once it is mended.
    """

    target: str
    endpoints: tuple[str, ...]
    ready_after: int


@dataclass(frozen=True, slots=True)
class Loss:
    """What an endpoint missed of a meeting under way or over, in minutes absent while it was live.

    cause, reason: as in a Transition.
    """

    endpoint: str
    minutes: float
    cause: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class MeetingView:
    """All that is known of one meeting at one moment; replaced as a whole when anything changes.

    at: epoch seconds of this judgement. checked_at: of the last check that probed (None before any). verdict: the meeting's.
    reason: in one sentence why (code of words/readiness.py). endpoints: id → verdict, in the inventory's order.
    blasts: what mending brings back, the most first. seal: hash of the locked report, '' before it is locked.
    next_check_at: epoch seconds of the next check, None where there is none. checking: (done, of) while a check is under way.
    wording: in which of words/sealed it was sealed, None for what is told in today's words.
    """

    meeting: Meeting
    stage: Stage
    at: float
    verdict: Verdict
    reason: Reason
    endpoints: Mapping[str, EndpointVerdict] = field(default_factory=lambda: MappingProxyType({}))
    blasts: tuple[Blast, ...] = ()
    losses: tuple[Loss, ...] = ()
    checked_at: float | None = None
    next_check_at: float | None = None
    checking: tuple[int, int] | None = None
    seal: str = ""
    wording: int | None = None

    def counts(self) -> dict[Verdict, int]:
        """Return how many endpoints have each verdict, every verdict named."""
        found = dict.fromkeys(Verdict, 0)
        for each in self.endpoints.values():
            found[each.verdict] += 1
        return found


@dataclass(frozen=True, slots=True)
class ReportOrder:
    """One report to be made.

    inventory: names, areas and levels of what the view names. zone: of the time zone database. made_at: epoch seconds, as the
    report tells it. form: 'html' or 'xlsx'. is_sealed: the view is what was sealed, to the letter.
    """

    view: MeetingView
    inventory: Inventory
    language: str
    zone: str
    made_at: float
    form: str
    is_sealed: bool = False
