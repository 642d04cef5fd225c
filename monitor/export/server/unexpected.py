"""What nobody expected, told in one line with its place; the same again is counted and told once a minute."""

from __future__ import annotations

import logging
import traceback
from dataclasses import dataclass

EVERY_S = 60.0
_PLACES = 256

log = logging.getLogger("monitor.http")


@dataclass(slots=True)
class _Repeated:
    at_s: float
    again: int = 0


class Faults:
    """Tells the log. A place is a line of code: whatever somebody sends, there are only so many."""

    def __init__(self) -> None:
        self._told: dict[str, _Repeated] = {}

    def note(self, error: BaseException, doing: str, now_s: float) -> None:
        """Tell of an exception. doing: what was being done, told but no part of what makes two of them the same."""
        place = _place(error)
        told = self._told.get(place)
        if told is not None and now_s - told.at_s < EVERY_S:
            told.again += 1
            return
        again = f" ({told.again} times more since the last line)" if told is not None and told.again else ""
        if len(self._told) >= _PLACES:
            self._told.clear()
        self._told[place] = _Repeated(now_s)
        log.error("%s: %s at %s%s", _one_line(doing), _one_line(f"{type(error).__name__}: {error}"), place, again)


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/monitor/" in frame.filename] or frames
    return f"{ours[-1].filename.rpartition('/monitor/')[2]}:{ours[-1].lineno}" if ours else type(error).__name__


def _one_line(text: str) -> str:
    return ascii(text[:300])[1:-1]
