"""The SNMP responder in C, at work while the contenders are measured; it answers at every address of 127.0.0.0/8."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

from monitor.errors import SetupError

PORT = 1161
VALUES_OF_A_WALK = 4 * (22 + 19)
"""ifTable has 22 columns, ifXTable 19; the responder has four interfaces."""


@contextlib.contextmanager
def at_work(binary: Path) -> Iterator[subprocess.Popen[str]]:
    """Have the responder answer at PORT until the end of the block. Raises SetupError where it does not start."""
    process = subprocess.Popen((str(binary), str(PORT)), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        if process.stdout.readline() != "ready\n":
            raise SetupError(f"the SNMP responder does not start at port {PORT}")
        yield process
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()
