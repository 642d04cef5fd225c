"""What the documentation names is there: files, folders, and the tests that are said to hold something."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FOLDERS = ("monitor", "tests", "config", "docs", "systemd", "grafana", "benchmarks", ".ci")
EXAMPLES = {"config/profiles/ID.yaml", "config/profiles/example-router.yaml"}
"""Named as what a reader would write."""
FLOORS = tuple(sorted(path.name for path in (ROOT / "monitor").iterdir() if path.is_dir() and not path.name.startswith("_")))

Named = tuple[Path, int, str]


def quoted(page: Path) -> Iterator[Named]:
    """Yield (page, line, text) of everything between backticks, fenced blocks left out."""
    is_code = False
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith("```"):
            is_code = not is_code
        elif not is_code:
            yield from ((page, number, text) for text in re.findall(r"`([^`]+)`", line))


def links(page: Path) -> Iterator[Named]:
    """Yield (page, line, target) of every link and picture that leads to a file."""
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        for target in re.findall(r"\]\(([^)\s]+)\)", line):
            if not re.match(r"[a-z]+:", target) and not target.startswith("#"):
                yield page, number, target.partition("#")[0]


def is_there(path: str) -> bool:
    """Return whether a path as the pages write it exists: from the root, or a floor's from monitor/. It may be a pattern."""
    return any(next(folder.glob(path.rstrip("/")), None) is not None for folder in (ROOT, ROOT / "monitor"))


@cache
def functions_of(path: Path) -> frozenset[str]:
    """Return the names of a test file's functions."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, kinds))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page: Path) -> None:
    assert [] == [(line, target) for _, line, target in links(page) if not (page.parent / target).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_that_is_named_exists(page: Path) -> None:
    shape = re.compile(rf"(?:{'|'.join(map(re.escape, (*FOLDERS, *FLOORS)))})/[\w./*-]*")
    named = ((line, text.partition("::")[0]) for _, line, text in quoted(page))
    assert [] == [(line, path) for line, path in named if shape.fullmatch(path) and path not in EXAMPLES and not is_there(path)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_test_that_is_named_exists(page: Path) -> None:
    named = [(line, text) for _, line, text in quoted(page) if "::" in text and text.startswith("tests/")]
    missing = [(line, text) for line, text in named if text.partition("::")[2] not in functions_of(ROOT / text.partition("::")[0])]
    assert [] == missing


def test_every_trap_has_a_test_that_holds_it() -> None:
    rows = [line for line in (ROOT / "docs" / "traps.md").read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    entries = [row for row in rows if not row.startswith("| trap |")]
    assert len(entries) >= 50
    assert [] == [row for row in entries if not re.search(r"`tests/[\w/]+\.py::test_\w+`", row.split(" | ")[-1])]
