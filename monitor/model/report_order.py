"""What is asked of the worker that makes the file of a meeting's report, and how it says that its memory did not do."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.model.inventory import Inventory
from monitor.model.meeting import MeetingView

OUT_OF_MEMORY = 3
"""The worker's exit status where its bound of memory did not do; any other than 0 is a fault of ours."""


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
