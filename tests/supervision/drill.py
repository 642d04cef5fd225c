"""`make drill`: cuts, storms and restarts over the whole province, told through Prometheus and Alertmanager at shipped intervals.

python -m tests.supervision.drill                            # twenty minutes; exit status 1 where something was told wrongly
python -m tests.supervision.drill --faster 5 --json FILE     # what the tests do
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.cli.demo_processes import interrupts
from tests.supervision.chain import MissingError
from tests.supervision.story import DISTRICT, FLAPPING, MONITOR, Account, play

NOT_HERE = 3
"""The exit status where this machine lacks what it takes."""
BOUND_S = 60.0
"""From the cut to its notification, at shipped intervals."""


def faults(account: Account) -> Iterator[str]:
    """Yield what was told wrongly; nothing where each cause was told once, its end once, and nothing else."""
    for cause in account.expected:
        statuses = [told.status for told in account.of(cause)]
        if statuses != ["firing", "resolved"]:
            yield f"{cause}: told as {statuses}, not once as firing and once as resolved"
    for cause in sorted({told.cause for told in account.told} - set(account.expected)):
        yield f"{cause}: told, though nothing was to be told of it: {account.of(cause)[0].summary}"
    (cut, *_) = [*account.of(DISTRICT), None]
    if cut is None or not all(f"{count} " in cut.description for count in account.behind.values()):
        yield f"{DISTRICT}: the notification does not say that {account.behind} are behind it"
    if [told for told in account.of(FLAPPING) if told.status == "resolved" and told.at < account.when("mended", FLAPPING)]:
        yield f"{FLAPPING}: told as resolved while it still flapped"


def late(account: Account) -> Iterator[str]:
    """Yield the cuts that were told later than the bound. The monitor's own absence waits a minute by its rule."""
    for cause in account.expected:
        delay_s = _delay_s(account, cause, "firing", "cut")
        if cause not in (MONITOR, FLAPPING) and (delay_s is None or delay_s > BOUND_S):
            yield f"{cause}: not told within {BOUND_S:.0f} s of the cut but after {delay_s}"


def _delay_s(account: Account, cause: str, status: str, act: str) -> float | None:
    told = [each.at for each in account.of(cause) if each.status == status]
    acts = [each.at for each in account.acts if each.cause == cause and each.what in (act, "killed" if act == "cut" else act)]
    return told[0] - acts[-1] if told and acts else None


def report(account: Account) -> Iterator[str]:
    """Yield the lines of a report: each cause, how often it was told, how long that took, and what was said."""
    yield f"{'cause':34} {'told':>4} {'after':>7} {'ended':>5} {'after':>7}  to       says"
    for cause in account.expected:
        firing, resolved = ([t for t in account.of(cause) if t.status == status] for status in ("firing", "resolved"))
        began, ended = _delay_s(account, cause, "firing", "cut"), _delay_s(account, cause, "resolved", "mended")
        says = f"{firing[0].receiver:8} {firing[0].summary} [{', '.join(firing[0].alerts)}]" if firing else "-"
        yield f"{cause:34} {len(firing):4} {_seconds(began)} {len(resolved):5} {_seconds(ended)}  {says}"
    delays = [d for c in account.expected if c not in (MONITOR,) and (d := _delay_s(account, c, "firing", "cut")) is not None]
    yield ""
    if account.of(DISTRICT):
        yield f"{DISTRICT} says: {account.of(DISTRICT)[0].description}"
    yield f"behind it by the inventory: {account.behind['points']} points, {account.behind['endpoints']} endpoints"
    yield f"root causes: {len(account.expected)}, notifications: {sum(t.status == 'firing' for t in account.told)} firing, " + (
        f"{sum(t.status == 'resolved' for t in account.told)} resolved; watchdog heard {account.barks} times"
    )
    if delays:
        yield f"from the cut to the notification: {min(delays):.0f} to {max(delays):.0f} s (bound {BOUND_S:.0f} s)"


def _seconds(value: float | None) -> str:
    return "      -" if value is None else f"{value:5.0f} s"


def main() -> int:
    """Play it and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faster", type=float, default=1.0, metavar="N", help="divide every interval by N (1: as shipped)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the account there")
    arguments = parser.parse_args()
    began = time.monotonic()

    def say(what: str) -> None:
        print(f"{time.monotonic() - began:6.0f} s  {what}", flush=True)

    try:
        with interrupts():
            account = play(arguments.faster, say)
    except (MissingError, pytest.skip.Exception) as why:
        print(why)
        return NOT_HERE
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    if arguments.json:
        arguments.json.write_text(json.dumps(account.as_json(), ensure_ascii=False), encoding="utf-8")
    print("", *report(account), sep="\n")
    wrong = [*faults(account), *(late(account) if arguments.faster == 1 else ())]
    print("", *(wrong or ["Everything was told once and nothing else was told."]), sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
