"""What an import would change, told: key by key, old and new, and the ids that come and go."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator, Sequence

from monitor.cli.tables import fitted, printed_width
from monitor.load.exchange.update import Difference, InventoryUpdate
from monitor.words import say
from monitor.words.commands import IMPORT
from monitor.words.voice import voice

_LINES = 20
"""Lines that each kind of change may take unless all are asked for."""
_NAMED = 5
"""Ids that are named of those that nothing happens to."""
_PIPED = 80


def report_lines(result: InventoryUpdate, language: str, *, prune: bool, everything: bool) -> Iterator[str]:
    """Yield the lines. prune: targets without a row are removed. everything: leave nothing out."""
    width = printed_width()
    most = sys.maxsize if everything else _LINES
    yield from _ids(say(IMPORT, "new", language), result.added, width, most, language)
    if prune:
        yield from _ids(say(IMPORT, "removed", language), result.kept, width, most, language)
    if result.changed:
        yield f"{_count(len(result.changed), language)} {say(IMPORT, 'changed', language)}" + (
            "" if result.differences else ": " + ", ".join(result.changed)
        )
    lines = [fitted(f"        {_line(each, language)}", width) for each in result.differences]
    if lines and not result.changed:
        yield f"{_count(0, language)} {say(IMPORT, 'none_changed', language)}"
    yield from lines[:most]
    yield from _rest(len(lines) - most, language)
    idle = (("unchanged", result.unchanged), ("kept", () if prune else result.kept))
    for key, ids in idle:
        word = say(IMPORT, key, language)
        yield from _ids(word, ids, width, most, language) if everything else _some(word, ids, width, language)


def _rest(count: int, language: str) -> Iterator[str]:
    """Yield that there is more, where there is."""
    if count > 0:
        yield f"        {say(IMPORT, 'rest', language, count=count)}"


def _line(each: Difference, language: str) -> str:
    if not each.before:
        form = "line_added" if each.key else "line_new"
    elif not each.after:
        form = "line_removed"
    else:
        form = "line_changed"
    what = f" {each.key}" if each.key else ""
    return say(IMPORT, form, language, of=each.of, what=what, before=each.before, after=each.after)


def _ids(word: str, ids: Sequence[str], width: int, most: int, language: str) -> Iterator[str]:
    """Yield all ids on as many lines as they take, at most so many."""
    if not ids:
        return
    text = f"{_count(len(ids), language)} {word}: " + ", ".join(ids)
    lines = textwrap.wrap(
        text, min(width, _PIPED), subsequent_indent=" " * 8, drop_whitespace=True, break_long_words=False, break_on_hyphens=False
    )
    yield from lines[:most]
    yield from _rest(sum(len(line.split()) for line in lines[most:]), language)


def _some(word: str, ids: Sequence[str], width: int, language: str) -> Iterator[str]:
    if ids:
        some = ", ".join(ids[:_NAMED]) + (", …" if len(ids) > _NAMED else "")
        yield fitted(f"{_count(len(ids), language)} {word}: {some}", width)


def _count(count: int, language: str) -> str:
    return f"{voice(language).number(count):>5}"
