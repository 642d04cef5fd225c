"""The command line's door opens one command and leaves the weight of the others outside."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from monitor.__main__ import NAMES, main

HEAVY = frozenset(("aiohttp", "alembic", "icmplib", "jinja2", "openpyxl", "prometheus_client", "pysnmp", "sqlalchemy"))
NEEDED = {
    "run": HEAVY - {"openpyxl", "pysnmp"},
    "meetings": frozenset(("alembic", "sqlalchemy")),
    "poll": frozenset(("aiohttp",)),
    "ready": HEAVY - {"openpyxl", "pysnmp"},
    "report": frozenset(("alembic", "sqlalchemy")),
    "sites": frozenset(("aiohttp", "openpyxl")),
}


def loaded(command: str) -> frozenset[str]:
    """Return which of the heavy packages a fresh Python has loaded once a command's module is there."""
    program = f"import sys, json, monitor.cli.{command}; print(json.dumps(list(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    return HEAVY & set(json.loads(said))


@pytest.mark.parametrize("command", sorted(NAMES))
def test_a_command_loads_no_more_than_it_needs(command: str) -> None:
    assert loaded(command) <= NEEDED.get(command, frozenset())


def test_a_reader_that_goes_away_is_no_success_and_no_traceback() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "monitor", "sites", "list"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
    assert (141, "") == (process.returncode, said)


def test_without_a_command_the_help_teaches_them_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert 2 == main([])
    said = capsys.readouterr().out
    assert all(command in said for command in NAMES)
