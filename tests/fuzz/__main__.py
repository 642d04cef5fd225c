"""Fuzz until stopped: python -m tests.fuzz [--minutes M] [--executions N] [--seed S] [--jobs J] [SUBJECT …]

Every finding is made small and saved in tests/fuzz/corpus/SUBJECT/, where the tests check it from then on; give it a name that
says what it is. The same seed, subjects and number of executions do the same again.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import secrets
import signal
import sys
import time
from collections.abc import Sequence

from tests.fuzz.campaign import CORPUS, Report, kind_of, run
from tests.fuzz.subjects import SUBJECTS

_SLICE = 20_000
_SLICE_S = 20.0


def main(argv: Sequence[str]) -> int:
    """Fuzz; 1 where anything was found."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=f"of {', '.join(SUBJECTS)}; without any, all")
    parser.add_argument("--minutes", type=float, help="stop after so long; without it and --executions only when interrupted")
    parser.add_argument("--executions", type=int, help="stop after so many, all subjects together")
    parser.add_argument("--seed", type=int, default=secrets.randbits(24), help="of the first slice; at random without it")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes (as many as there are processors)")
    arguments = parser.parse_args(argv)
    if unknown := set(arguments.subjects) - set(SUBJECTS):
        parser.error(f"no subject is called {', '.join(sorted(unknown))}; there are {', '.join(SUBJECTS)}")
    names = arguments.subjects or list(SUBJECTS)
    print(f"fuzzing {', '.join(names)} with seed {arguments.seed} in {arguments.jobs} processes; Ctrl-C ends it", flush=True)
    totals = {name: Report(name, arguments.seed) for name in names}
    begun = time.monotonic()
    try:
        _campaigns(arguments, names, totals, begun)
    except KeyboardInterrupt:
        print()
    _tell(totals, time.monotonic() - begun)
    return 1 if any(total.findings for total in totals.values()) else 0


def _campaigns(arguments: argparse.Namespace, names: list[str], totals: dict[str, Report], begun: float) -> None:
    """Hand slices out until it is time to stop, and add up what comes back."""

    def slices() -> list[tuple[str, int, int]]:
        """Return the next slice of every subject: name, seed, executions."""
        left = None if arguments.executions is None else arguments.executions - sum(each.executions for each in totals.values())
        share = _SLICE if left is None else min(_SLICE, -(-left // (len(names) * arguments.jobs)))
        return [
            (name, arguments.seed + turn * arguments.jobs + job, share)
            for job in range(arguments.jobs)
            for name in names
            if share > 0
        ]

    turn = 0
    told_s = begun
    with multiprocessing.Pool(arguments.jobs, initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN)) as pool:
        while arguments.minutes is None or time.monotonic() - begun < arguments.minutes * 60:
            planned = slices()
            if not planned:
                return
            for report in pool.imap_unordered(_slice, planned):
                _add(totals[report.subject], report)
            turn += 1
            if time.monotonic() - told_s > 60:
                told_s = time.monotonic()
                _tell(totals, told_s - begun)


def _slice(planned: tuple[str, int, int]) -> Report:
    """Run one slice in a process of the pool; slow subjects end theirs early."""
    name, seed, executions = planned
    until_s = time.monotonic() + _SLICE_S
    return run(SUBJECTS[name], seed, executions=executions, is_over=lambda: time.monotonic() > until_s, folder=CORPUS)


def _add(total: Report, report: Report) -> None:
    total.executions += report.executions
    total.seconds += report.seconds
    for told, count in report.told.items():
        total.told[told] = total.told.get(told, 0) + count
    for name, found in report.findings.items():
        if not any(kind_of(found) == kind_of(other) for other in total.findings.values()):
            print(f"{report.subject}: {found}\n  saved as {CORPUS / report.subject / name}", flush=True)
            total.findings[name] = found


def _tell(totals: dict[str, Report], seconds: float) -> None:
    """Print how far it is."""
    for total in totals.values():
        rate = total.executions / total.seconds if total.seconds else 0.0
        found = f"{len(total.told)} different ends, {len(total.findings)} findings"
        print(f"{total.subject:14} {total.executions:12,} executions {rate:10,.0f}/s a process  {found}")
    executions = sum(total.executions for total in totals.values())
    print(
        f"{'together':14} {executions:12,} executions {executions / max(seconds, 0.001):10,.0f}/s in {seconds:,.0f} s", flush=True
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
