"""The house stands as docs/architecture.md draws it: no import runs upward, sideways, in a circle or inside a function."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
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
    **dict.fromkeys(("probes", "journal", "export", "lab"), GROUND | {"rules"}),
    "load": GROUND | {"rules", "workbook"},
    "report": GROUND | {"rules", "workbook"},
    "service": GROUND | {"rules", "load", "probes", "journal", "export"},
    "cli": GROUND | {"rules", "load", "probes", "journal", "export", "report", "lab", "service"},
    "__main__": {"errors", "words", "cli"},
}
PURE = ("model", "words", "wire", "rules")
IMPURE_MODULES = {"socket", "asyncio", "time", "logging", "random", "os", "pathlib", "threading", "subprocess"}

GROUND_MAY_USE = {"words": {"babel"}}
"""Beside the standard library: the symbols and plurals of languages are Babel's."""

FILES = sorted(PACKAGE.rglob("*.py"))


def floor(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imported(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


@pytest.mark.parametrize("path", FILES, ids=module)
def test_no_import_runs_upward_or_sideways(path: Path) -> None:
    if path == PACKAGE / "__init__.py":
        return
    here = floor(path)
    for name, line in imported(ast.parse(path.read_text())):
        parts = name.split(".")
        if parts[0] == "monitor" and len(parts) > 1 and parts[1] != "__version__":
            assert parts[1] == here or parts[1] in MAY_IMPORT[here], f"{path}:{line} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=module)
def test_no_import_stands_inside_a_function(path: Path) -> None:
    for function in ast.walk(ast.parse(path.read_text())):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = [node.lineno for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)]
            assert [] == lines, f"{path}: imports inside {function.name}"


@pytest.mark.parametrize("path", [path for path in FILES if floor(path) in PURE], ids=module)
def test_the_pure_floors_have_no_socket_file_clock_or_log(path: Path) -> None:
    roots = {name.split(".")[0] for name, _ in imported(ast.parse(path.read_text()))}
    assert set() == roots & IMPURE_MODULES


@pytest.mark.parametrize("path", [path for path in FILES if floor(path) in GROUND], ids=module)
def test_the_ground_stands_on_the_standard_library(path: Path) -> None:
    roots = {name.split(".")[0] for name, _ in imported(ast.parse(path.read_text()))}
    assert GROUND_MAY_USE.get(floor(path), set()) >= roots - sys.stdlib_module_names - {"monitor"}


def test_no_circle_of_imports() -> None:
    modules = {module(path) for path in FILES}
    graph = {
        module(path): {name for name, _ in imported(ast.parse(path.read_text())) if name in modules and name != module(path)}
        for path in FILES
    }
    for name, others in graph.items():
        # A package's __init__ that re-exports is no circle for the modules in it.
        others -= {other for other in others if name.startswith(f"{other}.")}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        pytest.fail(" → ".join(circle.args[1]))


@pytest.mark.parametrize("path", FILES, ids=module)
def test_a_file_has_one_subject_and_an_opening_line_that_names_it(path: Path) -> None:
    text = path.read_text()
    assert ast.get_docstring(ast.parse(text)), f"{path} opens with no docstring"
    assert text.count("\n") <= 400, f"{path} is too long to have one subject"
