"""What is told of calendars, as lines on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitor.errors import Notice, left_out_first
from monitor.words import say
from monitor.words.ready import READY

_NOTICES_SHOWN = 100


def notice_lines(notices: Sequence[Notice], language: str) -> Iterator[str]:
    """Yield what is told of calendars, one line each, what was left out first, and how many more there are."""
    ordered, _ = left_out_first(notices)
    for each in ordered[:_NOTICES_SHOWN]:
        yield f"{say(READY, 'left_out' if each.is_left_out else 'taken_oddly', language)}: {each.fault.text_in(language)}"
    if len(ordered) > _NOTICES_SHOWN:
        yield say(READY, "notices_more", language, count=len(ordered) - _NOTICES_SHOWN)
