"""A past to look at: weeks of a province that was watched, made up by a seed, so that long windows can be seen and tested today."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo

from monitor.lab.history_faults import DAY_S, Happenings, PastSetting, draw_faults
from monitor.lab.history_measured import STEP_S, Grid, Weather, measure_all
from monitor.lab.history_recorded import Recorder
from monitor.lab.history_states import Story, tell_story
from monitor.lab.history_views import Album
from monitor.model.inventory import Expected, Inventory
from monitor.model.settings import OfficeHours


def past_of(days: float, until: float, office_hours: OfficeHours, zone: tzinfo, seed: int) -> PastSetting:
    """Return a past of so many days that ends at the last step of five minutes before a moment (epoch seconds)."""
    end = until // STEP_S * STEP_S
    return PastSetting(end - days * DAY_S // STEP_S * STEP_S, end, office_hours, zone, seed)


class InventedHistory:
    """A past of an inventory. The same arguments make the same past, to the last digit.

    story: what was said of every target, and what a journal holds of it. detail_days: how much of its end is told in detail, as
    snapshots; of all before only what rules record is told. recorder: makes every series that rules would have recorded. album:
    makes the snapshots.
    """

    def __init__(self, inventory: Inventory, expected: Mapping[str, Expected], past: PastSetting, detail_days: float) -> None:
        self.past = past
        self.grid = Grid.of(past)
        self.detail = max(0, self.grid.count - round(detail_days * DAY_S) // STEP_S)
        self.happenings: Happenings = draw_faults(inventory, expected, past)
        self.story: Story = tell_story(inventory, self.happenings, past)
        weather = Weather(past, self.grid, self.happenings)
        measured = measure_all(inventory, self.story, self.happenings, weather)
        self.recorder = Recorder(inventory, self.story, self.happenings, measured, self.grid, detail=self.detail)
        self.album = Album(inventory, self.story, self.happenings, measured, weather)

    def is_running(self, step: int) -> bool:
        return not any(spell.holds(self.grid.at(step)) for spell in self.happenings.stopped)

    def is_blind(self, step: int) -> bool:
        return any(spell.holds(self.grid.at(step)) for spell in self.happenings.blind)

    def started_at(self, step: int) -> float:
        """Return when the daemon that ran at a step had started, epoch seconds; before the past where it ran from its beginning."""
        at = self.grid.at(step)
        return max((spell.end for spell in self.happenings.stopped if spell.end <= at), default=self.past.start - DAY_S)
