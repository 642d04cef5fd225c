"""The command line's door opens one command and leaves the weight of the others outside."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from monitor.__main__ import COMMANDS

HEAVY = frozenset(("aiohttp", "alembic", "icmplib", "jinja2", "openpyxl", "prometheus_client", "pysnmp", "sqlalchemy"))
NEEDED = {"run": HEAVY - {"openpyxl", "pysnmp"}, "poll": frozenset(("aiohttp",))}


def loaded(command: str) -> frozenset[str]:
    """Return which of the heavy packages a fresh Python has loaded once a command's module is there."""
    program = f"import sys, json, monitor.cli.{command}; print(json.dumps(list(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    return HEAVY & set(json.loads(said))


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_a_command_loads_no_more_than_it_needs(command: str) -> None:
    assert loaded(command) <= NEEDED.get(command, frozenset())
