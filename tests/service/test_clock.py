"""Time is measured by one clock and dated by the other, and nobody reads the machine's clocks but the Clock."""

from __future__ import annotations

import ast
import asyncio
import time
from pathlib import Path

import monitor
from monitor.service.process import SystemClock

PACKAGE = Path(monitor.__file__).parent
READS_THE_WALL = {"service/process.py", "lab/process.py"}
"""The lab is another program: its true counters are compared with the wall clock of whoever asks."""


async def test_intervals_are_those_of_the_event_loop() -> None:
    loop = asyncio.get_running_loop()
    assert loop.time() <= SystemClock().monotonic() <= loop.time()


def test_dates_are_those_of_the_machine() -> None:
    assert time.time() <= SystemClock().wall() <= time.time()


def test_nobody_else_reads_the_wall_clock() -> None:
    found = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and ast.unparse(node) in ("time.time", "time.time_ns", "datetime.utcnow"):
                found.add(str(path.relative_to(PACKAGE)))
    assert READS_THE_WALL == found
