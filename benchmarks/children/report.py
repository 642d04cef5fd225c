"""What a child prints, and how it measures its own work."""

from __future__ import annotations

import json
import sys
import time
from typing import Any


def parameters() -> dict[str, Any]:
    """Return the workload's parameters: the last word of the command line."""
    found: dict[str, Any] = json.loads(sys.argv[-1])
    return found


class Stopwatch:
    """Wall and CPU time (user and system, all threads of this process) since it was made."""

    def __init__(self) -> None:
        self._wall_s = time.perf_counter()
        self._cpu_s = time.process_time()

    def tell(self, exchanges: int, lost: int, **more: float) -> None:
        """Print the line of figures: call it when the work is done, before anything else is."""
        cpu_s = time.process_time() - self._cpu_s
        wall_s = time.perf_counter() - self._wall_s
        print(json.dumps({"exchanges": exchanges, "lost": lost, "wall_s": wall_s, "cpu_s": cpu_s, **more}))
