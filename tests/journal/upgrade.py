"""A process that brings a journal into its newest form and stands still after so many lines, to be killed there.

    python -m tests.journal.upgrade sqlite:////tmp/journal.db 2000

Each step is a line on stdout: how many lines are done of how many. Without a number it goes on to the end.
"""

from __future__ import annotations

import sys

from monitor.journal.store import Store


def main() -> None:
    stands_still_at = int(sys.argv[2]) if len(sys.argv) > 2 else sys.maxsize

    def at_work(done: int, lines: int) -> None:
        print(done, lines, flush=True)
        if done >= stands_still_at:
            sys.stdin.read()

    Store(sys.argv[1], at_work).close()


if __name__ == "__main__":
    main()
