"""The house stands as docs/architecture.md draws it: no import runs upward, sideways, in a circle or inside a function."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "monitor"

GROUND = {"errors", "model", "words", "wire"}
MAY_IMPORT = {
    "errors": {"words"},
    "model": set[str](),
    "words": set[str](),
    "wire": {"errors"},
    "rules": {"errors", "model"},
    "workbook": set[str](),
    "background": set[str](),
    **dict.fromkeys(("journal", "lab"), GROUND | {"rules"}),
    **dict.fromkeys(("probes", "export"), GROUND | {"rules", "background"}),
    "load": GROUND | {"rules", "workbook"},
    "report": GROUND | {"rules", "workbook"},
    "service": GROUND | {"rules", "background", "load", "probes", "journal", "export"},
    "cli": GROUND | {"rules", "background", "load", "probes", "journal", "export", "report", "lab", "service"},
    "__main__": {"errors", "words", "cli"},
}
PURE = ("model", "words", "wire", "rules")
IMPURE_MODULES = {"socket", "asyncio", "time", "logging", "random", "os", "pathlib", "threading", "subprocess"}

GROUND_MAY_USE = {"words": {"babel"}}
"""Beside the standard library: the symbols and plurals of languages are Babel's."""

FILES = sorted(PACKAGE.rglob("*.py"))


def floor(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


FLOORS = sorted({floor(path) for path in FILES})


@cache
def on(here: str) -> list[tuple[Path, ast.Module]]:
    """The files of a floor, as they are read."""
    return [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in FILES if floor(path) == here]


def roots(tree: ast.AST) -> set[str]:
    return {name.split(".")[0] for name, _ in imported(tree)}


def module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imported(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


@pytest.mark.parametrize("here", [here for here in FLOORS if here != "__init__"])
def test_no_import_runs_upward_or_sideways(here: str) -> None:
    wrong = []
    for path, tree in on(here):
        for name, line in imported(tree):
            top, *below = name.split(".")
            if top == "monitor" and below and below[0] not in ("__version__", here, *MAY_IMPORT[here]):
                wrong.append(f"{path}:{line} imports {name}")
    assert [] == wrong


@pytest.mark.parametrize("here", FLOORS)
def test_no_import_stands_inside_a_function(here: str) -> None:
    functions = (
        (path, node)
        for path, tree in on(here)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    assert [] == [
        f"{path}:{node.lineno} inside {function.name}"
        for path, function in functions
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]


@pytest.mark.parametrize("here", PURE)
def test_the_pure_floors_have_no_socket_file_clock_or_log(here: str) -> None:
    assert [] == [f"{path}: {sorted(roots(tree) & IMPURE_MODULES)}" for path, tree in on(here) if roots(tree) & IMPURE_MODULES]


@pytest.mark.parametrize("here", sorted(GROUND))
def test_the_ground_stands_on_the_standard_library(here: str) -> None:
    own = sys.stdlib_module_names | {"monitor"} | GROUND_MAY_USE.get(here, set())
    assert [] == [f"{path}: {sorted(roots(tree) - own)}" for path, tree in on(here) if roots(tree) - own]


def test_no_circle_of_imports() -> None:
    modules = {module(path) for path in FILES}
    graph = {
        module(path): {name for name, _ in imported(tree) if name in modules and name != module(path)}
        for here in FLOORS
        for path, tree in on(here)
    }
    for name, others in graph.items():
        # A package's __init__ that re-exports is no circle for the modules in it.
        others -= {other for other in others if name.startswith(f"{other}.")}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        pytest.fail(" → ".join(circle.args[1]))


@pytest.mark.parametrize("here", FLOORS)
def test_a_file_has_one_subject_and_an_opening_line_that_names_it(here: str) -> None:
    assert [] == [f"{path} opens with no docstring" for path, tree in on(here) if not ast.get_docstring(tree)]
    long = [path for path, _ in on(here) if path.read_text().count("\n") > 600]
    assert [] == [f"{path} has more than 600 lines" for path in long]
