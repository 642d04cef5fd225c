"""Measures the monitor beside what a user would run instead, and writes tables and a plot. Run it on an idle machine."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks import machine, network, readme
from benchmarks.alternation import measure
from benchmarks.benchmark import Workshop
from benchmarks.child import ROOT
from benchmarks.native import build
from benchmarks.publish import publish
from benchmarks.results import Report
from benchmarks.suite import NAMES, define
from monitor.errors import SetupError

PAIRS = 3
QUICK_PAIRS = 1
PUBLISHED = Path("docs/bench")
DRAFT = Path("build/bench")


def parse(words: Sequence[str]) -> argparse.Namespace:
    """Return the command line's settings."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"only these of {', '.join(NAMES)}")
    parser.add_argument("--pairs", type=int, help=f"runs of each contender in each workload (default {PAIRS})")
    parser.add_argument("--quick", action="store_true", help="fewer runs of less work, to see whether all is well")
    parser.add_argument(
        "--out",
        type=Path,
        help=f"folder (default {PUBLISHED}, and {DRAFT} for what is quick or only a part); a whole run without "
        "--out also rewrites the README's table",
    )
    arguments = parser.parse_args(words)
    unknown = [name for name in arguments.names if name not in NAMES]
    if unknown:
        parser.error(f"there is no benchmark called {unknown[0]!r}; there are {', '.join(NAMES)}")
    if arguments.pairs is not None and arguments.pairs < 1:
        parser.error("--pairs must be at least 1")
    return arguments


def main(words: Sequence[str]) -> int:
    """Run what is asked for. Return 0, 1 where a contender failed, 2 where this machine does not permit it."""
    arguments = parse(words)
    names = tuple(arguments.names) or NAMES
    is_whole = not arguments.names and not arguments.quick and arguments.pairs is None
    rewrites = ROOT / "README.md" if is_whole and arguments.out is None else None
    facts = machine.describe()
    before = machine.load()
    try:
        if rewrites:
            readme.rewritten(rewrites.read_text(encoding="utf-8"), "")
        network.enter()
    except (SetupError, readme.NoBlockError) as error:
        print(error, file=sys.stderr)
        return 2
    began_s = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        workshop = Workshop(build(Path(folder)), quick=arguments.quick)
        pairs = arguments.pairs or (QUICK_PAIRS if arguments.quick else PAIRS)
        results = [measure(benchmark, pairs, tell) for benchmark in define(names, workshop)]
    facts |= {
        "load average before, after": f"{before}; {machine.load()}",
        "took": f"{(time.monotonic() - began_s) / 60:.1f} minutes",
    }
    report = Report(_command(words), facts, results, is_whole)
    folder_out = arguments.out or (PUBLISHED if is_whole else DRAFT)
    publish(report, ROOT / folder_out, rewrites)
    for verdict in report.verdicts:
        tell(f"{verdict.word:12} {verdict.what}: {verdict.goal.against or verdict.goal.key} at most {verdict.goal.at_most:g}")
    tell(f"{folder_out}/README.md")
    return 1 if any(series.failures for result in results for series in result.series) else 0


def tell(line: str) -> None:
    """Print how far it has come."""
    print(line, flush=True)


def _command(words: Sequence[str]) -> str:
    return "make bench" if not words else f"python -m benchmarks {' '.join(words)}"


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # so that what was started ends with it
    sys.exit(main(sys.argv[1:]))
