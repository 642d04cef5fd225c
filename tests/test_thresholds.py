"""A threshold that is shown comes from the settings that verdicts use, or stands in rules/: no face or dashboard has its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FACES = [path for folder in ("monitor/export", "monitor/report", "grafana/build") for path in sorted((ROOT / folder).rglob("*.py"))]
NO_THRESHOLDS = {
    "math.dist(other, (x, y)) > 2 * max((math.dist(corner, (x, y)) for corner in cell))": "geometry",
    "limit[0] <= 2.5 * reach": "whether there is room for a line",
    "1 <= int(text) <= 65535": "ports",
    "len(text) > 5": "how many digits a port has",
    "400 <= answer.status < 500": "HTTP",
    "error.status < 400": "HTTP",
    "snapshot.at - at < 60": "what is new",
    "lasted[state] >= 60": "what a minute's strip can show",
    "snapshot.at - entry.at < 43200": "whether a time needs its day",
    "len(chosen) < 2": "a count",
    "len(sizes) < 3": "a count",
    "len(snapshot.changes) >= 200": "how many changes are kept",
}
"""Comparison with a number → what it is instead."""
COLOURS = {"UP", "DEGRADED", "DOWN", "UNREACHABLE", "MAINTENANCE", "UNKNOWN", "STANDBY", "QUIET", "TEXT", "GROUND"}
SHADES = {("capacity.py", 0.3): "the shade of a busy hour, below what is amber"}
_ORDER = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


def is_number(node: ast.AST) -> bool:
    """Return whether this is a number that is more than none, one or a flag."""
    return isinstance(node, ast.Constant) and type(node.value) in (int, float) and node.value not in (0, 1)


def comparisons(path: Path) -> Iterator[str]:
    """Yield what compares something with a number of its own."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Compare) and any(isinstance(each, _ORDER) for each in node.ops):
            sides = (node.left, *node.comparators)
            if any(is_number(each) for side in sides for each in ast.walk(side)):
                yield ast.unparse(node)


def steps(path: Path) -> Iterator[tuple[str, float]]:
    """Yield the numbers from which on something has a colour."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Tuple) and len(node.elts) == 2:
            start, color = node.elts
            if isinstance(color, ast.Name) and color.id in COLOURS and isinstance(start, ast.Constant) and is_number(start):
                yield path.name, float(start.value)  # type: ignore[arg-type]


@pytest.mark.parametrize("path", FACES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nothing_that_is_measured_is_compared_with_a_number_of_the_face_that_shows_it(path: Path) -> None:
    assert [] == [each for each in comparisons(path) if each not in NO_THRESHOLDS]


def test_what_is_no_threshold_is_still_there() -> None:
    assert set(NO_THRESHOLDS) == {each for path in FACES for each in comparisons(path)}


def test_dashboards_begin_no_colour_at_a_number_of_their_own() -> None:
    assert set(SHADES) == {each for path in FACES for each in steps(path)}
