"""What documentation, docstrings and comments name is there: files, folders, and the tests that are said to hold something."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FOLDERS = ("monitor", "tests", "config", "docs", "systemd", "grafana", "benchmarks", ".ci")
EXAMPLES = {
    "config/profiles/ID.yaml",
    "config/profiles/example-router.yaml",
    "config/netbox.yaml",
    "config/pulses.yaml",
    "tests/fuzz/corpus/SUBJECT/",
    "monitor/export/pages/areas.py",
}
"""Named as what a reader would write."""
FLOORS = tuple(sorted(path.name for path in (ROOT / "monitor").iterdir() if path.is_dir() and not path.name.startswith("_")))

SOURCES = sorted(
    path
    for folder in ("monitor", "grafana", "benchmarks", "config", "systemd", "tests")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in (".py", ".html", ".css", ".js", ".yml", ".yaml", ".service", ".conf") and "profiles" not in path.parts
)
NAMES = frozenset(path.name for folder in FOLDERS for path in (ROOT / folder).rglob("*"))
PATH = re.compile(rf"(?<![\w./-])(?:{'|'.join(map(re.escape, (*FOLDERS, *FLOORS)))})/[\w./*-]*[\w*/]")
FILE = re.compile(r"(?<![\w./-])[a-z_][\w-]*\.(?:py|js|css|md)\b")
"""A file of ours that is named without its folder, by who stands in it."""

Named = tuple[Path, int, str]


def quoted(page: Path) -> Iterator[Named]:
    """Yield (page, line, text) of everything between backticks, fenced blocks left out."""
    is_code = False
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith("```"):
            is_code = not is_code
        elif not is_code:
            yield from ((page, number, text) for text in re.findall(r"`([^`]+)`", line))


def remarks(source: Path) -> Iterator[str]:
    """Yield docstrings, texts that stand below what they explain, and comments of a module; of another file all of it."""
    text = source.read_text(encoding="utf-8")
    if source.suffix != ".py":
        yield text
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value.value
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


def links(page: Path) -> Iterator[Named]:
    """Yield (page, line, target) of every link and picture that leads to a file."""
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        for target in re.findall(r"\]\(([^)\s]+)\)", line):
            if not re.match(r"[a-z]+:", target) and not target.startswith("#"):
                yield page, number, target.partition("#")[0]


def room_of(source: Path) -> str:
    """Return the folder of a source, two steps from the root at most."""
    return "/".join(source.relative_to(ROOT).parent.parts[:2])


@cache
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


@pytest.mark.parametrize("room", sorted({room_of(source) for source in SOURCES}))
def test_every_path_that_a_docstring_or_a_comment_names_exists(room: str) -> None:
    wrong = []
    for source in (source for source in SOURCES if room_of(source) == room):
        texts = list(remarks(source))
        named = {path for text in texts for path in PATH.findall(text)} - EXAMPLES
        wrong += [f"{source}: {path}" for path in named if not is_there(path) and next(source.parent.glob(path), None) is None]
        wrong += [f"{source}: {name}" for text in texts for name in FILE.findall(text) if name not in NAMES]
    assert [] == sorted(wrong)


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


def test_the_picture_of_the_house_shows_files_that_are_there() -> None:
    shown = re.findall(r'data-path="([^"]+)"', (ROOT / "docs" / "pictures" / "house.svg").read_text(encoding="utf-8"))
    assert len(shown) > 20
    assert [] == [path for path in shown if not (ROOT / path).exists()]
