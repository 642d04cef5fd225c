"""What operators tell the monitor while it runs, beside model.state.Acknowledgement."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.model.settings import MaintenanceWindow


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
