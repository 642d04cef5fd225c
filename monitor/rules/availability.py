"""How much of a period targets were there, by the transitions that the journal holds: the authority that other figures agree with.

Availability is available / (available + down), where available is up or degraded. Maintenance and standby, what is unknown, and the
time in which the monitor saw nothing or did not run prove nothing and are in neither. `unreachable` is charged to its cause.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields

from monitor.model.inventory import Inventory, Kind, Target
from monitor.model.state import Event, State, Transition

OWN_KINDS = ("blind", "sighted", "stopped", "started")
"""Events by which the monitor tells that it sees no longer, or again."""
_AVAILABLE = (State.UP, State.DEGRADED)


@dataclass(slots=True)
class Account:
    """What a period brought one target, or several: seconds in each state, what nobody saw left out.

    unseen_s: of the period, when there was no evidence: unknown, before the first judgement, the monitor blind or stopped. outages:
    how often it was down by itself, one that the period began with included. longest_s: the longest of them within the period.
    """

    available_s: float = 0.0
    down_s: float = 0.0
    unreachable_s: float = 0.0
    maintenance_s: float = 0.0
    standby_s: float = 0.0
    unseen_s: float = 0.0
    outages: int = 0
    longest_s: float = 0.0
    targets: int = 1

    @property
    def ratio(self) -> float | None:
        """Return the availability, 0 to 1; None where nothing speaks for or against it."""
        counted_s = self.available_s + self.down_s
        return self.available_s / counted_s if counted_s > 0 else None

    @property
    def watched(self) -> float | None:
        """Return for what share of the time there was evidence, 0 to 1; None of no time."""
        seen_s = self.available_s + self.down_s + self.unreachable_s + self.maintenance_s + self.standby_s
        return seen_s / (seen_s + self.unseen_s) if seen_s + self.unseen_s > 0 else None

    def add(self, other: Account) -> None:
        longest_s = max(self.longest_s, other.longest_s)
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))
        self.longest_s = longest_s


@dataclass(slots=True)
class Charge:
    """What one root cause took: seconds of its own, of points and of endpoints behind it; how often."""

    cause: str
    outages: int = 0
    own_s: float = 0.0
    points_s: float = 0.0
    endpoints_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Availability:
    """The accounts of a period, epoch seconds. targets: by id, in the inventory's order. groups: (level or area, kind) → account.

    charges: the causes, those that took most first. blind_s, stopped_s: how long the monitor itself saw nothing.
    """

    start: float
    end: float
    targets: Mapping[str, Account]
    levels: Mapping[tuple[str, Kind], Account]
    areas: Mapping[tuple[str, Kind], Account]
    charges: Sequence[Charge]
    blind_s: float
    stopped_s: float


@dataclass(slots=True)
class _Hole:
    """When nothing was seen, as it is being read from the events. since: None while it sees."""

    kind: str = ""
    since: float | None = None
    found: list[tuple[float, float]] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=lambda: {"blind": 0.0, "stopped": 0.0})

    def begin(self, kind: str, at: float) -> None:
        self.end(at)
        self.kind, self.since = kind, at

    def end(self, at: float) -> None:
        if self.since is not None and at > self.since:
            self.found.append((self.since, at))
            self.seconds[self.kind] += at - self.since
        self.since = None


def reckon(
    inventory: Inventory,
    before: Iterable[Transition | Event],
    entries: Iterable[Transition | Event],
    start: float,
    end: float,
) -> Availability:
    """Return the availability of a period.

    before: the newest transition of each target before the period, and the newest of OWN_KINDS before it. entries: all of the
    period, in the order of the journal. A monitor that died without a word is believed to have seen until it started again: the
    journal does not know better.
    """
    told = [*before, *entries]
    hole = _holes([entry for entry in told if isinstance(entry, Event) and entry.kind in OWN_KINDS], start, end)
    changes: dict[str, list[Transition]] = {id_: [] for id_ in inventory.targets}
    for entry in told:
        if isinstance(entry, Transition) and entry.target in changes:
            changes[entry.target].append(entry)
    charges: dict[str, Charge] = {}
    accounts = {id_: _account(target, changes[id_], hole.found, (start, end), charges) for id_, target in inventory.targets.items()}
    return Availability(
        start,
        end,
        accounts,
        _grouped(inventory, accounts, "level"),
        _grouped(inventory, accounts, "area"),
        sorted(charges.values(), key=lambda each: (-(each.own_s + each.points_s + each.endpoints_s), each.cause)),
        hole.seconds["blind"],
        hole.seconds["stopped"],
    )


def _holes(events: Sequence[Event], start: float, end: float) -> _Hole:
    """Return when nothing was seen within a period; a stop ends a blindness, and the next start ends the stop."""
    hole = _Hole()
    for event in events:
        at = min(max(event.at, start), end)
        if event.kind in ("blind", "stopped"):
            hole.begin(event.kind, at)
        else:
            hole.end(at)
    hole.end(end)
    return hole


def _account(
    target: Target,
    changes: Sequence[Transition],
    holes: Sequence[tuple[float, float]],
    period: tuple[float, float],
    charges: dict[str, Charge],
) -> Account:
    account, (start, end) = Account(), period
    left = [min(max(change.at, start), end) for change in changes]
    account.unseen_s += (left[0] if left else end) - start
    for place, change in enumerate(changes):
        since, until = left[place], left[place + 1] if place + 1 < len(left) else end
        if until <= since:
            continue
        hidden_s = sum(max(0.0, min(until, right) - max(since, left)) for left, right in holes)
        seen_s = until - since - hidden_s
        account.unseen_s += until - since - seen_s
        _book(account, change.new, seen_s)
        is_new = place == 0 or changes[place - 1].new is not State.DOWN
        if change.new is State.DOWN:
            account.outages += is_new
            account.longest_s = max(account.longest_s, seen_s)
        if change.cause is not None:
            _charge(charges.setdefault(change.cause, Charge(change.cause)), target, change, seen_s, is_new=is_new)
    return account


def _book(account: Account, state: State, seconds: float) -> None:
    if state in _AVAILABLE:
        account.available_s += seconds
    elif state is State.UNKNOWN:
        account.unseen_s += seconds
    else:
        name = f"{state.value}_s"
        setattr(account, name, getattr(account, name) + seconds)


def _charge(charge: Charge, target: Target, change: Transition, seconds: float, *, is_new: bool) -> None:
    if change.new is State.DOWN:
        charge.own_s += seconds
        charge.outages += is_new
    elif target.kind is Kind.POINT:
        charge.points_s += seconds
    else:
        charge.endpoints_s += seconds


def _grouped(inventory: Inventory, accounts: Mapping[str, Account], label: str) -> dict[tuple[str, Kind], Account]:
    found: dict[tuple[str, Kind], Account] = {}
    for id_, account in accounts.items():
        target = inventory.targets[id_]
        key = (target.level if label == "level" else target.area, target.kind)
        found.setdefault(key, Account(targets=0)).add(account)
    return found
