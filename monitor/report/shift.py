"""The shift log: what happened between two moments, who took it on, and what is still open, out of the journal's lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from monitor.model.inventory import Inventory
from monitor.model.reason import Reason
from monitor.model.state import Acknowledgement, Event, State, Transition
from monitor.rules import operations

ONE_OUTAGE_S = 600.0
"""An outage that returns within so long is the same one: a line that comes and goes is one row."""
Entry = Transition | Event


@dataclass(frozen=True, slots=True)
class Outage:
    """One root cause. began, ended: epoch seconds; ended None: still open. falls: how often it fell; down_s: how long in all.

    points, endpoints: the most that were cut off behind it. path: where it breaks (PathTrace.describe), None where unknown.
    taken: who took it on, in order. holder: who has it at the end, None where nobody does. behind: the root cause that it was last
    cut off behind, '' while it is one itself; nobody need take on what is behind another.
    """

    target: str
    began: float
    ended: float | None
    reason: Reason
    points: int
    endpoints: int
    falls: int = 1
    down_s: float = 0.0
    path: Reason | None = None
    taken: tuple[Acknowledgement, ...] = ()
    holder: Acknowledgement | None = None
    behind: str = ""

    @property
    def is_untaken(self) -> bool:
        """Return whether somebody should take it on: it is open, is a root cause, and nobody has it."""
        return self.ended is None and self.holder is None and not self.behind

    @property
    def answered_s(self) -> float | None:
        """Return after how long somebody took it on, None where nobody did."""
        return max(0.0, self.taken[0].at - self.began) if self.taken else None


@dataclass(frozen=True, slots=True)
class Decline:
    """A target that answered badly. times: how often it began; lasted_s: within the shift; is_open: at its end still."""

    target: str
    times: int
    lasted_s: float
    reason: Reason
    is_open: bool


@dataclass(frozen=True, slots=True)
class Maintenance:
    """Announced work. ended: None while it goes on at the shift's end. by: who announced it, '' for the configuration's."""

    ids: tuple[str, ...]
    areas: tuple[str, ...]
    reason: str
    began: float
    ended: float | None
    by: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """When the monitor saw nothing. kind: 'blind' or 'stopped'. began: None where it ended without a word. event: how it began.

    after: the journal's last line before, where `began` is None: the gap began no sooner.
    """

    kind: str
    began: float | None
    ended: float | None
    event: Event | None = None
    after: float | None = None


@dataclass(frozen=True, slots=True)
class ShiftLog:
    """Everything of a shift, each part in the order of time. since, until: epoch seconds. notes: other events worth a line."""

    since: float
    until: float
    outages: tuple[Outage, ...] = ()
    declines: tuple[Decline, ...] = ()
    maintenance: tuple[Maintenance, ...] = ()
    gaps: tuple[Gap, ...] = ()
    notes: tuple[Event, ...] = ()

    @property
    def open(self) -> tuple[Outage, ...]:
        """Return what the next shift is handed, what takes most first and what is behind another last."""
        left = [outage for outage in self.outages if outage.ended is None]
        return tuple(sorted(left, key=lambda outage: (bool(outage.behind), -outage.points - outage.endpoints, outage.began)))

    @property
    def closed(self) -> tuple[Outage, ...]:
        return tuple(outage for outage in self.outages if outage.ended is not None)


@dataclass(frozen=True, slots=True)
class ShiftRecords:
    """What the log is made of.

    before: of each target the last transition and the last word on who has it, of the monitor itself the last on its sight and its
    running, all before the shift. during: all lines of the shift. works: all lines on announced work.
    """

    before: Sequence[Entry]
    during: Sequence[Entry]
    works: Sequence[Event] = ()


NOTED = ("reload", "misbehaves")


def shift_log(journal: ShiftRecords, inventory: Inventory, since: float, until: float) -> ShiftLog:
    """Return the log of a shift; targets that are no longer in the inventory are told only where they fell within it."""
    outages, declines = _Outages(), _Declines(since)
    before = [entry for entry in journal.before if not entry.target or entry.target in inventory.targets]
    for entry in (*before, *journal.during):
        outages.add(entry)
        declines.add(entry)
    events = [entry for entry in journal.during if isinstance(entry, Event)]
    return ShiftLog(
        since,
        until,
        tuple(outages.between(since, until)),
        tuple(declines.before(until)),
        tuple(_maintenance(journal, since, until)),
        tuple(_gaps([*before, *journal.during], since)),
        tuple(event for event in events if event.kind in NOTED),
    )


class _Outages:
    """Follows every target from fall to return."""

    def __init__(self) -> None:
        self._open: dict[str, Outage] = {}
        self._fell: dict[str, float] = {}
        self._closed: dict[str, list[Outage]] = {}

    def add(self, entry: Entry) -> None:
        if isinstance(entry, Event):
            self._hear(entry)
        elif entry.new is State.DOWN:
            self._fall(entry)
        elif entry.new is State.UNREACHABLE and entry.target in self._open:
            self._open[entry.target] = replace(self._open[entry.target], behind=entry.cause or "")
        elif operations.is_over(entry.new, flapping=False) and entry.target in self._open:
            self._return(entry)

    def _fall(self, entry: Transition) -> None:
        name, points, endpoints = entry.target, entry.affected_points, entry.affected_endpoints
        known = self._open.get(name)
        if known is None:
            known = Outage(name, entry.at, None, entry.reason, points, endpoints)
            closed = self._closed.get(name, [])
            if closed and entry.at - (closed[-1].ended or 0.0) <= ONE_OUTAGE_S:
                known = replace(closed.pop(), ended=None)
                known = replace(known, falls=known.falls + 1)
            self._fell[name] = entry.at
        more = {"points": max(known.points, points), "endpoints": max(known.endpoints, endpoints)}
        self._open[name] = replace(known, behind="", **more)  # type: ignore[arg-type]

    def _return(self, entry: Transition) -> None:
        known = self._open.pop(entry.target)
        over = replace(known, behind="", ended=entry.at, down_s=known.down_s + entry.at - self._fell[entry.target], holder=None)
        self._closed.setdefault(entry.target, []).append(over)

    def _hear(self, event: Event) -> None:
        known = self._open.get(event.target)
        if known is None:
            return
        if event.kind == "path":
            known = replace(known, path=event.told[0] if event.told else None)
        elif event.kind == operations.ACKNOWLEDGED:
            taken = operations.acknowledgement_of(event)
            known = replace(known, taken=(*known.taken, taken), holder=taken)
        elif event.kind in (operations.WITHDRAWN, operations.ACKNOWLEDGEMENT_OVER):
            known = replace(known, holder=None)
        self._open[event.target] = known

    def between(self, since: float, until: float) -> list[Outage]:
        closed = [outage for each in self._closed.values() for outage in each if outage.ended is not None and outage.ended >= since]
        left = [
            replace(each, down_s=each.down_s + until - self._fell[name], behind=self._widest(each.behind))
            for name, each in self._open.items()
        ]
        return sorted([*closed, *left], key=lambda outage: outage.began)

    def _widest(self, cause: str) -> str:
        """Return what a cause is itself behind by now, and so on; the cause where it is behind nothing."""
        seen = set()
        while cause in self._open and self._open[cause].behind and cause not in seen:
            seen.add(cause)
            cause = self._open[cause].behind
        return cause


@dataclass(slots=True)
class _Spell:
    reason: Reason
    since: float | None
    times: int = 0
    lasted_s: float = 0.0


@dataclass(slots=True)
class _Declines:
    """Adds up how long each target was degraded within the shift."""

    since: float
    spells: dict[str, _Spell] = field(default_factory=dict)

    def add(self, entry: Entry) -> None:
        if isinstance(entry, Event):
            return
        spell = self.spells.get(entry.target)
        if spell is not None and spell.since is not None and entry.new is not State.DEGRADED:
            spell.lasted_s += max(0.0, entry.at - max(spell.since, self.since))
            spell.since = None
        if entry.new is State.DEGRADED:
            spell = self.spells.setdefault(entry.target, _Spell(entry.reason, None))
            if spell.since is None:
                spell.since, spell.times = entry.at, spell.times + 1
            spell.reason = entry.reason

    def before(self, until: float) -> list[Decline]:
        declines = []
        for name, spell in self.spells.items():
            lasted_s = spell.lasted_s + (until - max(spell.since, self.since) if spell.since is not None else 0.0)
            if lasted_s > 0:
                declines.append(Decline(name, spell.times, lasted_s, spell.reason, spell.since is not None))
        return sorted(declines, key=lambda decline: -decline.lasted_s)


def _maintenance(journal: ShiftRecords, since: float, until: float) -> list[Maintenance]:
    """Return announced work that touches the shift, and what the configuration's windows covered, by their reason."""
    works = [work for work in operations.announced_works(journal.works) if since < work.end_at > work.start_at < until]
    found = [
        Maintenance(
            work.window.ids,
            work.window.areas,
            work.window.reason,
            work.start_at,
            work.end_at if work.end_at <= until else None,
            work.by,
            work.number,
        )
        for work in works
    ]
    announced = {work.window.reason for work in works}
    covered = _covered(entry for entry in (*journal.before, *journal.during) if isinstance(entry, Transition))
    found += [each for each in covered if each.reason not in announced and (each.ended is None or each.ended > since)]
    return sorted(found, key=lambda each: each.began)


def _covered(transitions: Iterable[Transition]) -> list[Maintenance]:
    """Return maintenance by the targets that went into it and came out; those of one reason that meet in time are one."""
    inside: dict[str, Transition] = {}
    spells: list[Maintenance] = []
    for entry in transitions:
        begun = inside.get(entry.target)
        if begun is not None and (entry.new is not State.MAINTENANCE or _work(entry) != _work(begun)):
            spells.append(Maintenance((entry.target,), (), _work(begun), begun.at, entry.at, ""))
            del inside[entry.target]
        if entry.new is State.MAINTENANCE and entry.reason.code == "maintenance":
            inside.setdefault(entry.target, entry)
    spells += [Maintenance((name,), (), _work(begun), begun.at, None, "") for name, begun in inside.items()]
    joined: list[Maintenance] = []
    for spell in sorted(spells, key=lambda each: (each.reason, each.began)):
        last = joined[-1] if joined else None
        if last is not None and last.reason == spell.reason and (last.ended is None or spell.began <= last.ended):
            ended = None if last.ended is None or spell.ended is None else max(last.ended, spell.ended)
            joined[-1] = replace(last, ids=tuple(dict.fromkeys((*last.ids, *spell.ids))), ended=ended)
        else:
            joined.append(spell)
    return joined


def _work(entry: Transition) -> str:
    return str(entry.reason.values.get("work", ""))


_ENDS: Mapping[str, str] = {"sighted": "blind", "started": "stopped"}


def _gaps(entries: Iterable[Entry], since: float) -> list[Gap]:
    """Return when the monitor was blind or did not run; a start without a stop ends a gap that began after the line before it."""
    open_: dict[str, Gap] = {}
    found: list[Gap] = []
    has_run, last = False, None
    for event in sorted(entries, key=lambda entry: entry.at):
        before, last = last, event.at
        if isinstance(event, Transition):
            continue
        if event.kind in _ENDS.values():
            open_.setdefault(event.kind, Gap(event.kind, event.at, None, event))
        elif event.kind in _ENDS:
            kind = _ENDS[event.kind]
            gap = open_.pop(kind, None)
            if gap is not None:
                found.append(replace(gap, ended=event.at))
            elif event.kind == "started" and has_run:
                found.append(Gap(kind, None, event.at, after=before))
            if event.kind == "started" and (blind := open_.pop("blind", None)) is not None:
                found.append(replace(blind, ended=event.at))
        has_run = has_run or event.kind == "started"
    return [gap for gap in (*found, *open_.values()) if gap.ended is None or gap.ended >= since]
