"""What was measured over a past: round trips, losses and traffic of every target in steps of five minutes.

Traffic has the curves that the lab plays, so that what is usual at an hour and what an agent tells at that hour agree; offices are
almost empty at weekends, and a few lines fill up from week to week.
"""

from __future__ import annotations

import random
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.lab.device import Device, make_device
from monitor.lab.history_faults import DAY_S, Happenings, PastSetting
from monitor.lab.history_states import Story
from monitor.lab.topology import usual_link
from monitor.model.inventory import Inventory, Target

STEP_S = 300
ABSENT = float("nan")
_SLOTS = int(DAY_S) // STEP_S
_OF_WEEKDAY = (1.04, 1.0, 1.0, 1.0, 0.93, 0.34, 0.27)
"""How busy a day is against a usual working day, Monday first."""
_FILLING_SHARE = 0.035
_GROWING_SHARE = 0.10
_BAD_LINE_SHARE = 0.03
_PACKETS = 100
"""Echo requests of one target in a step, at the shipped interval."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The moments at which samples stand: every five minutes after a past's start, its end the last of them."""

    start: int
    count: int

    @classmethod
    def of(cls, past: PastSetting) -> Grid:
        """Return the grid of a past, whose start and end are multiples of STEP_S."""
        return cls(int(past.start), int(past.end - past.start) // STEP_S)

    def at(self, step: int) -> int:
        """Return the epoch second of a step, 0 the first."""
        return self.start + (step + 1) * STEP_S

    def shares(self, intervals: Sequence[tuple[float, float]]) -> array[float]:
        """Return how many seconds of each step's five minutes lie in intervals that do not touch each other."""
        found = array("f", bytes(4 * self.count))
        for start, end in intervals:
            first, last = (max(0.0, min(self.count * STEP_S, at - self.start)) for at in (start, end))
            left, right = int(first // STEP_S), int(last // STEP_S)
            if left == right:
                if left < self.count:
                    found[left] += last - first
                continue
            found[left] += (left + 1) * STEP_S - first
            if right > left + 1:
                found[left + 1 : right] = array("f", [STEP_S]) * (right - left - 1)
            if right < self.count:
                found[right] += last - right * STEP_S
        return found


@dataclass(frozen=True, slots=True)
class PastMeasurements:
    """One target's, step by step; ABSENT where nothing was measured. Seconds, ratios, bytes a second."""

    rtt_s: array[float]
    loss_ratio: array[float]
    receive: array[float]
    transmit: array[float]


class Weather:
    """What is the same for all: how busy each step is by the clock and the day, and when the monitor did not look."""

    def __init__(self, past: PastSetting, grid: Grid, happenings: Happenings) -> None:
        self.grid = grid
        self.past = past
        locals_ = [datetime.fromtimestamp(grid.at(step) - STEP_S / 2, past.zone) for step in range(grid.count)]
        self.slots = [(each.hour * 3600 + each.minute * 60) // STEP_S for each in locals_]
        self.days = [_OF_WEEKDAY[each.weekday()] for each in locals_]
        own = [(spell.start, spell.end) for spell in (*happenings.stopped, *happenings.blind)]
        self.unseen = grid.shares(own)


def measure(target: Target, inventory: Inventory, story: Story, happenings: Happenings, weather: Weather) -> PastMeasurements:
    past, grid = weather.past, weather.grid
    chance = random.Random(f"history {past.seed} {target.id} measured")
    quiet = grid.shares(story.silences[target.id])
    lossy, slow = (
        grid.shares([(each.start, each.end) for each in happenings.worse if each.target == target.id and each.kind == kind])
        for kind in ("lossy", "slow")
    )
    receive, transmit = (_day(curve, past) for curve in _curves(make_device(target, past.end)))
    busiest = max(receive) or 1.0
    base_s, wobble_s = _way(target, inventory)
    bad_line = chance.random() < _BAD_LINE_SHARE
    first, gain = _growth(target, chance)
    found = PastMeasurements(*(array("f", [ABSENT]) * grid.count for _ in range(4)))
    draw = chance.random
    for step in range(grid.count):
        seen_s = STEP_S - weather.unseen[step]
        quiet_s = min(quiet[step], seen_s)
        if seen_s < 1:
            continue
        slot, busy = weather.slots[step], weather.days[step] * (first + gain * step / grid.count)
        load = receive[slot] / busiest * busy
        lost = (0.01 if draw() < (0.25 if bad_line else 0.012) else 0.0) + lossy[step] / STEP_S * (0.02 + 0.05 * draw())
        found.loss_ratio[step] = lost + (1 - lost) * quiet_s / seen_s
        if quiet_s > seen_s - 20:
            continue
        found.rtt_s[step] = base_s * (1 + 0.12 * load) + wobble_s * (0.4 + draw() + load * load) + slow[step] / STEP_S * 0.33
        found.receive[step] = receive[slot] * busy * (0.93 + 0.14 * draw())
        found.transmit[step] = transmit[slot] * busy * (0.93 + 0.14 * draw())
    return _limited(found, target)


def _limited(found: PastMeasurements, target: Target) -> PastMeasurements:
    """Let a circuit carry no more than nearly its contract."""
    if target.contracted is not None:
        for values, bps in ((found.receive, target.contracted.down_bps), (found.transmit, target.contracted.up_bps)):
            most = bps / 8 * 0.985
            for step, value in enumerate(values):
                if value > most:
                    values[step] = most
    return found


def _curves(device: Device) -> tuple[Sequence[float], Sequence[float]]:
    """Return bytes/s that the device's circuit receives and transmits, at the middle of each five minutes of a UTC day."""
    interface = device.interfaces[-1]
    middles = [(slot + 0.5) * STEP_S for slot in range(_SLOTS)]
    return (
        [interface.usual_receive.rate_bps(at) / 8 for at in middles],
        [interface.usual_transmit.rate_bps(at) / 8 for at in middles],
    )


def _day(curve: Sequence[float], past: PastSetting) -> Sequence[float]:
    """Return a UTC day's values in the order of the local day."""
    offset = datetime.fromtimestamp(past.end, past.zone).utcoffset()
    shift = int(offset.total_seconds()) // STEP_S if offset else 0
    return [curve[(slot - shift) % _SLOTS] for slot in range(_SLOTS)]


def _way(target: Target, inventory: Inventory) -> tuple[float, float]:
    """Return what a round trip usually takes, and how much it wavers: the sum of the links up to the root."""
    delay_s, jitter_s, here = 0.0, 0.0, target
    while True:
        parent = inventory.targets[here.parents[0]] if here.parents else None
        link = usual_link(here, parent)
        delay_s, jitter_s = delay_s + (link.delay_s or 0.0), jitter_s + (link.jitter_s or 0.0)
        if parent is None:
            return delay_s, jitter_s
        here = parent


def _growth(target: Target, chance: random.Random) -> tuple[float, float]:
    """Return how busy a line was at the past's start, and what came on top until its end."""
    if target.contracted is None:
        return 1.0, 0.0
    drawn = chance.random()
    if drawn < _FILLING_SHARE:
        return 0.7, chance.uniform(0.85, 1.15)
    if drawn < _FILLING_SHARE + _GROWING_SHARE:
        return 0.8, 0.2
    return 1.0, 0.0


def measure_all(inventory: Inventory, story: Story, happenings: Happenings, weather: Weather) -> Mapping[str, PastMeasurements]:
    """Return id → what was measured of each target."""
    return {id_: measure(target, inventory, story, happenings, weather) for id_, target in inventory.targets.items()}
