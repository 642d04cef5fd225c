"""A process that makes one report and ends: `python -m monitor.report.worker SECONDS BYTES`, order on stdin, file on stdout.

It is a program of its own, so that what a report takes is given back to the system, and so that a report that is too large, or a
fault in what makes it, ends this process and nothing else.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import resource
import signal
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.model.meeting import OUT_OF_MEMORY, ReportOrder
from monitor.report.readiness import file

_NICENESS = 10
_FIRST_TO_BE_KILLED = "1000"
_LONGEST_FILE = 64 << 20
"""Of the temporary files that a workbook is put together from."""


def main(time_s: int, memory_bytes: int) -> int:
    """Make the report that stdin orders, and return the exit status."""
    _stand_back(time_s, memory_bytes)
    try:
        # The order comes from the process that started this one, over a pipe that nobody else holds.
        order: ReportOrder = pickle.load(sys.stdin.buffer)
        content = file(
            order.view,
            order.inventory,
            order.language,
            ZoneInfo(order.zone),
            made_at=order.made_at,
            form=order.form,
            is_sealed=order.is_sealed,
        )
    except MemoryError:
        return OUT_OF_MEMORY
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
    return 0


def _stand_back(time_s: int, memory_bytes: int) -> None:
    """Let everybody else go first, and bound what this process can take.

    RLIMIT_DATA counts what the process itself writes to (since Linux 4.7); RLIMIT_AS would count every library and locale too.
    The alarm ends a process that was left alone: whoever started it, and would kill it, may have been killed.
    """
    with contextlib.suppress(PermissionError):
        # A unit may forbid it (SystemCallFilter=~@resources); the report is worth more than its politeness.
        os.nice(_NICENESS)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_BE_KILLED, "ascii")
    signal.alarm(time_s)
    for limit, most in (
        (resource.RLIMIT_DATA, memory_bytes),
        (resource.RLIMIT_CPU, time_s),
        (resource.RLIMIT_FSIZE, _LONGEST_FILE),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
