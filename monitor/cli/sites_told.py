"""What an import would change, told: key by key, old and new, and the ids that come and go."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator, Sequence

from monitor.cli.tables import fitted, printed_width
from monitor.load.exchange.update import Difference, Update

_LINES = 20
"""Lines that each kind of change may take unless all are asked for."""
_NAMED = 5
"""Ids that are named of those that nothing happens to."""
_PIPED = 80


def told(result: Update, *, prune: bool, everything: bool) -> Iterator[str]:
    """Yield the lines. prune: targets without a row are removed. everything: leave nothing out."""
    width = printed_width()
    most = sys.maxsize if everything else _LINES
    yield from _ids("new", result.added, width, most)
    if prune:
        yield from _ids("removed", result.kept, width, most)
    if result.changed:
        yield f"{len(result.changed):5} changed" + ("" if result.differences else ": " + ", ".join(result.changed))
    lines = [fitted(f"        {_line(each)}", width) for each in result.differences]
    if lines and not result.changed:
        yield f"{0:5} targets changed, but:"
    yield from lines[:most]
    yield from _rest(len(lines) - most)
    idle = (("unchanged", result.unchanged), ("kept, though without a row", () if prune else result.kept))
    for word, ids in idle:
        yield from _ids(word, ids, width, most) if everything else _some(word, ids, width)


def _line(each: Difference) -> str:
    if not each.key and not each.before:
        return f"{each.of}: new, {each.after}"
    key = f" {each.key}" if each.key else ""
    if not each.before:
        return f"{each.of}:{key} added: {each.after}"
    if not each.after:
        return f"{each.of}:{key} removed, was {each.before}"
    return f"{each.of}:{key} {each.before} → {each.after}"


def _ids(word: str, ids: Sequence[str], width: int, most: int) -> Iterator[str]:
    """Yield all ids on as many lines as they take, at most so many."""
    if not ids:
        return
    text = f"{len(ids):5} {word}: " + ", ".join(ids)
    lines = textwrap.wrap(
        text, min(width, _PIPED), subsequent_indent=" " * 8, drop_whitespace=True, break_long_words=False, break_on_hyphens=False
    )
    yield from lines[:most]
    yield from _rest(sum(len(line.split()) for line in lines[most:]))


def _some(word: str, ids: Sequence[str], width: int) -> Iterator[str]:
    if ids:
        some = ", ".join(ids[:_NAMED]) + (", …" if len(ids) > _NAMED else "")
        yield fitted(f"{len(ids):5} {word}: {some}", width)


def _rest(count: int) -> Iterator[str]:
    if count > 0:
        yield f"        … and {count} more; --all shows them"
