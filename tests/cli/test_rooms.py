"""One finds a command by its name, and its further parts behind it; what stands beside them is shared."""

from __future__ import annotations

import ast
from pathlib import Path

from monitor.__main__ import NAMES

ROOT = Path(__file__).parent.parent.parent / "monitor"
OTHERWISE = {"language": "the door's, before any command is known", "web": "a program of its own, which the poller starts"}


def command_of(module: str) -> str | None:
    return next((name for name in NAMES if module == name or module.startswith(f"{name}_")), None)


def importers(module: str) -> set[str]:
    """Return who imports a module of the command line: commands, each once whatever part of it, and other modules."""
    found = set()
    for path in ROOT.rglob("*.py"):
        names = {node.module for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)}
        if f"monitor.cli.{module}" in names:
            found.add(command_of(path.stem) or path.stem)
    return found


def test_every_module_is_a_command_or_a_part_of_one_or_shared_by_several() -> None:
    modules = {path.stem for path in (ROOT / "cli").glob("*.py")} - {"__init__", *OTHERWISE}
    assert set(NAMES) <= modules
    assert [] == [name for name in sorted(modules) if command_of(name) is None and len(importers(name)) < 2]
