"""What went wrong in a past that never was: drawn by a seed, each kind as often and as long as a mountain province sees it."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from monitor.model.inventory import Expected, Inventory, Kind, Target
from monitor.model.settings import MaintenanceWindow, OfficeHours
from monitor.rules.timetable import is_expected

DAY_S = 86_400.0
_MONTH_S = 30 * DAY_S


@dataclass(frozen=True, slots=True)
class Spell:
    """Something that held for a while. start, end: epoch seconds. target: '' where it is the monitor's own.

    kind: 'power', 'fibre', 'device' and 'off' keep a target silent; 'flap' is the time in which it comes and goes; 'lossy' and
    'slow' make it worse; 'stopped' and 'blind' are the monitor's.
    """

    target: str
    kind: str
    start: float
    end: float

    def holds(self, at: float) -> bool:
        return self.start <= at < self.end


@dataclass(frozen=True, slots=True)
class Happenings:
    """All that happened, each tuple in the order of its starts.

    silent: targets that answered nothing, by themselves. worse: that answered badly. flapping: that came and went; each of their
    silences is among `silent`, too. stopped, blind: when the monitor did not run, or did not see; these never touch each other.
    expected: when each target should answer.
    """

    silent: tuple[Spell, ...]
    worse: tuple[Spell, ...]
    flapping: tuple[Spell, ...]
    works: tuple[MaintenanceWindow, ...]
    stopped: tuple[Spell, ...]
    blind: tuple[Spell, ...]
    expected: Mapping[str, Expected]


@dataclass(frozen=True, slots=True)
class PastSetting:
    """Which past: epoch seconds, the hours in which offices work, where the clock stands, and what everything is drawn by."""

    start: float
    end: float
    office_hours: OfficeHours
    zone: tzinfo
    seed: int

    @property
    def days(self) -> float:
        return (self.end - self.start) / DAY_S


@dataclass(frozen=True, slots=True)
class _Habit:
    """How often a fault comes in thirty days, and how long it lasts: half under median_s, one in six above spread times that."""

    kind: str
    monthly: float
    median_s: float
    spread: float
    longest_s: float


_HOUR_S = 3600.0
_HABITS: Mapping[str, tuple[_Habit, ...]] = {
    "trunk": (_Habit("fibre", 0.7, 2700, 2.2, 5 * _HOUR_S), _Habit("power", 0.25, 1500, 2.0, 2 * _HOUR_S)),
    "commune": (
        _Habit("power", 0.55, 3000, 2.5, 8 * _HOUR_S),
        _Habit("fibre", 0.22, 6600, 2.3, 14 * _HOUR_S),
        _Habit("device", 0.30, 420, 2.0, _HOUR_S),
        _Habit("lossy", 0.25, 4800, 2.0, 6 * _HOUR_S),
        _Habit("slow", 0.15, 3600, 2.0, 5 * _HOUR_S),
    ),
    "office": (
        _Habit("fibre", 0.08, 2400, 2.0, 4 * _HOUR_S),
        _Habit("device", 0.12, 300, 2.0, _HOUR_S),
        _Habit("lossy", 0.08, 2400, 2.0, 3 * _HOUR_S),
    ),
    "endpoint": (_Habit("device", 0.30, 1500, 2.5, 6 * _HOUR_S),),
    "root": (),
}
_SITE_SPREAD = 0.9
"""Some places have a bad line all the time: how often faults come differs by exp of a normal variable of this width."""
_PC_SHARE = 0.3
"""Where no profile says which endpoints are PCs, about so many of the communes' are played as such."""
_STORMS_MONTHLY = 2.5
_FLAPS_MONTHLY = 3.5
_RESTARTS_MONTHLY = 3.0
_BLIND_MONTHLY = 1.8
_SOME_DAYS = 3


def draw_faults(inventory: Inventory, expected: Mapping[str, Expected], past: PastSetting) -> Happenings:
    """Return what happened. expected: id → when a target should answer, by its profile."""
    chance = random.Random(f"history {past.seed}")
    expected = _with_pcs(inventory, expected, random.Random(f"history {past.seed} pc"))
    below = inventory.children()
    points = inventory.of_kind(Kind.POINT)
    trunks = {point.id for point in points if any(inventory.targets[each].kind is Kind.POINT for each in below.get(point.id, ()))}
    spells = [
        spell
        for target in inventory.targets.values()
        for spell in _of(target, _class(target, inventory, trunks), past, random.Random(f"history {past.seed} {target.id}"))
    ]
    spells += _storms(inventory, [each for each in sorted(below.keys() & trunks) if each != inventory.root], past, chance)
    flapping = _flaps([point for point in points if point.id not in trunks], past, chance)
    own = _own(past, chance)
    silent = [spell for spell in spells if spell.kind not in ("lossy", "slow")]
    silent += [fall for spell in flapping for fall in _falls(spell, chance)]
    silent += [spell for target in inventory.targets.values() for spell in _nights(target.id, expected[target.id], past)]
    return Happenings(
        _sorted(silent),
        _sorted(spell for spell in spells if spell.kind in ("lossy", "slow")),
        _sorted(flapping),
        _works(inventory, sorted(trunks - {inventory.root}), past, chance),
        _sorted(spell for spell in own if spell.kind == "stopped"),
        _sorted(spell for spell in own if spell.kind == "blind"),
        expected,
    )


def _sorted(spells: Iterator[Spell] | Sequence[Spell]) -> tuple[Spell, ...]:
    return tuple(sorted(spells, key=lambda spell: (spell.start, spell.target)))


def _with_pcs(inventory: Inventory, expected: Mapping[str, Expected], chance: random.Random) -> Mapping[str, Expected]:
    """Let some communes' endpoints be PCs that are off after office hours, where the configuration says so of none."""
    if any(each is Expected.OFFICE_HOURS for each in expected.values()):
        return expected
    lowest = inventory.levels[-1]
    ids = [each.id for each in inventory.of_kind(Kind.ENDPOINT) if each.level == lowest]
    return {**expected, **{id_: Expected.OFFICE_HOURS for id_ in ids if chance.random() < _PC_SHARE}}


def _class(target: Target, inventory: Inventory, trunks: set[str]) -> str:
    if target.id == inventory.root:
        return "root"
    if target.kind is Kind.ENDPOINT:
        return "endpoint"
    if target.id in trunks:
        return "trunk"
    return "commune" if target.level == inventory.levels[-1] else "office"


def _of(target: Target, habits: str, past: PastSetting, chance: random.Random) -> Iterator[Spell]:
    """Yield what happened to one target, at any hour; each kind waits for the one before to be over."""
    often = math.exp(chance.gauss(0, _SITE_SPREAD) - _SITE_SPREAD**2 / 2)
    for habit in _HABITS[habits]:
        rate = often * habit.monthly / _MONTH_S
        at = past.start + chance.expovariate(rate)
        while at < past.end:
            lasts = min(habit.longest_s, max(45.0, habit.median_s * math.exp(chance.gauss(0, math.log(habit.spread)))))
            yield Spell(target.id, habit.kind, at, at + lasts)
            at += lasts + chance.expovariate(rate)


def _moments(monthly: float, past: PastSetting, chance: random.Random) -> Iterator[float]:
    """Yield about so many moments in thirty days, well apart; at least one in a past of some days."""
    count = max(int(past.days >= _SOME_DAYS), round(monthly * past.days / 30))
    part = (past.end - past.start) / max(1, count)
    for index in range(count):
        yield past.start + part * (index + chance.uniform(0.15, 0.75))


def _storms(inventory: Inventory, trunks: Sequence[str], past: PastSetting, chance: random.Random) -> Iterator[Spell]:
    """Yield power cuts that take half of what hangs on an office within minutes, and give it back piece by piece."""
    for at in _moments(_STORMS_MONTHLY, past, chance) if trunks else ():
        behind = [each for each in inventory.children()[chance.choice(trunks)] if inventory.targets[each].kind is Kind.POINT]
        lasts = chance.uniform(0.7, 3.5) * _HOUR_S
        for point in chance.sample(behind, (len(behind) + 1) // 2):
            start = at + chance.uniform(0, 400)
            yield Spell(point, "power", start, start + lasts * chance.uniform(0.7, 1.3))


def _flaps(points: Sequence[Target], past: PastSetting, chance: random.Random) -> list[Spell]:
    at = list(_moments(_FLAPS_MONTHLY, past, chance)) if points else []
    return [Spell(chance.choice(points).id, "flap", start, start + chance.uniform(0.4, 1.6) * _HOUR_S) for start in at]


def _falls(spell: Spell, chance: random.Random) -> Iterator[Spell]:
    at = spell.start
    while at < spell.end - 120:
        lasts = chance.uniform(25, 100)
        yield Spell(spell.target, "fibre", at, at + lasts)
        at += lasts + chance.uniform(30, 120)


def _own(past: PastSetting, chance: random.Random) -> list[Spell]:
    """Return when the monitor itself was stopped (most often for seconds, now and then for an upgrade) or saw nothing."""
    restarts = [
        Spell("", "stopped", at, at + (chance.uniform(150, 400) if index % 4 == 2 else chance.uniform(4, 30)))
        for index, at in enumerate(_moments(_RESTARTS_MONTHLY, past, chance))
    ]
    blind = [Spell("", "blind", at, at + chance.uniform(90, 500)) for at in _moments(_BLIND_MONTHLY, past, chance)]
    return restarts + [each for each in blind if all(each.end < one.start or one.end < each.start for one in restarts)]


def _nights(target: str, expected: Expected, past: PastSetting) -> Iterator[Spell]:
    """Yield when a PC was switched off: some time after its people's hours, until some time before the next ones begin."""
    if expected is not Expected.OFFICE_HOURS:
        return
    chance = random.Random(f"history {past.seed} {target} off")
    hours, off_at = past.office_hours, past.start
    day = datetime.fromtimestamp(past.start, past.zone).date()
    while off_at < past.end:
        begins = datetime.combine(day, hours.from_time, past.zone)
        if is_expected(expected, begins, hours) and begins.timestamp() > past.start:
            yield Spell(target, "off", off_at, begins.timestamp() - 60 * round(chance.uniform(2, 25)))
            off_at = datetime.combine(day, hours.to_time, past.zone).timestamp() + 60 * round(chance.uniform(1, 50))
        elif begins.timestamp() >= past.end:
            yield Spell(target, "off", off_at, past.end + DAY_S)
            return
        day += timedelta(days=1)


def _works(inventory: Inventory, trunks: Sequence[str], past: PastSetting, chance: random.Random) -> tuple[MaintenanceWindow, ...]:
    """Return announced work: an office and all behind it on Sunday nights, a single line on some weekday's afternoon."""
    lines = [each.id for each in inventory.of_kind(Kind.POINT) if each.id not in trunks and each.id != inventory.root]
    found = []
    day = datetime.fromtimestamp(past.start, past.zone).date()
    while datetime.combine(day, time(0), past.zone).timestamp() < past.end:
        if day.weekday() == 6 and trunks:
            found.append(_work(chance.choice(trunks), "Bảo dưỡng định kỳ", datetime.combine(day, time(22), past.zone), 2.0))
        if day.weekday() == 2 and lines:
            at = datetime.combine(day, time(14), past.zone)
            found.append(_work(chance.choice(lines), "Thay thiết bị đầu cuối", at, chance.choice((0.75, 1.0, 1.5))))
        day += timedelta(days=1)
    return tuple(found)


def _work(target: str, reason: str, start: datetime, hours: float) -> MaintenanceWindow:
    return MaintenanceWindow(reason, ids=(target,), start=start, end=start + timedelta(hours=hours))


def silences_of_work(works: Sequence[MaintenanceWindow]) -> Iterator[Spell]:
    """Yield when what is worked on was silent: the middle of each window, so that the work began and ended as announced."""
    for work in works:
        if work.start is not None and work.end is not None:
            start, end = work.start.timestamp(), work.end.timestamp()
            for id_ in work.ids:
                yield Spell(id_, "device", start + (end - start) * 0.2, end - (end - start) * 0.25)
