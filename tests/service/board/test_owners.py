"""Each state of the board has one owner: whoever keeps something writes it, and whoever else wants it written asks by a method."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.rules.health import HealthEvent
from monitor.service import board

FILES = sorted(Path(board.__file__).parent.glob("*.py"))
MUTATORS = {
    *("append", "appendleft", "extend", "insert", "clear", "pop", "popleft", "popitem", "remove", "sort", "reverse"),
    *("add", "discard", "update", "setdefault", "difference_update", "intersection_update"),
}


def is_own(place: ast.expr) -> bool:
    """Return whether a place is the writer's own: a name, or self.x; what stands in it goes by where it stands itself."""
    while isinstance(place, ast.Subscript | ast.Starred):
        place = place.value
    if isinstance(place, ast.Attribute):
        return isinstance(place.value, ast.Name) and place.value.id in ("self", "cls")
    return True


def written(node: ast.AST) -> Iterator[ast.expr]:
    """Yield the places that a node writes to: by assignment, by deletion, by setattr, or by what changes a collection in place."""
    if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
        yield node
    if not isinstance(node, ast.Call):
        return
    if isinstance(node.func, ast.Name) and node.func.id in ("setattr", "delattr"):
        yield ast.Attribute(node.args[0], "any")
    if isinstance(node.func, ast.Attribute) and node.func.attr == "__setattr__":
        yield ast.Attribute(node.args[0], "any")
    if isinstance(node.func, ast.Attribute) and node.func.attr in MUTATORS:
        yield node.func.value


def of_others(source: str) -> list[str]:
    """Return the places of others that a source writes to."""
    found = [place for node in ast.walk(ast.parse(source)) for place in written(node)]
    return [ast.unparse(place) for place in found if not is_own(place)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_file_writes_what_another_object_keeps(path: Path) -> None:
    assert [] == of_others(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "source",
    [
        "track.health = fresh",
        "self._tracks[name].health = fresh",
        "track.asks, track.asked_s = 1, now_s",
        "track.asks += 1",
        "for track.asks in range(3): pass",
        "with opened as track.silence: pass",
        "del track.silence",
        "track.heard_s[probe] = now_s",
        "track.awaited.clear()",
        "self.measured.held.clear()",
        "self._bench.announced = windows",
        "a = self._bench.announced = windows",
        "setattr(track, 'view', view)",
        "object.__setattr__(track.view, 'state', state)",
    ],
)
def test_every_way_to_write_it_is_found(source: str) -> None:
    assert [] != of_others(source)


@pytest.mark.parametrize(
    "source",
    [
        "self._asks = 1",
        "self._views[name] = view",
        "self._suspects.pop(name)",
        "found.append(name)",
        "found[name] = 1",
        "x = track.asks",
    ],
)
def test_what_is_ones_own_may_be_written(source: str) -> None:
    assert [] == of_others(source)


def test_the_board_makes_every_event_that_is_no_reading() -> None:
    """The two others are what `step_health` makes of a reading."""
    named = {
        node.attr
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "HealthEvent"
    }
    assert set(HealthEvent.__members__) - {"ANSWERED", "MISSED"} == named
