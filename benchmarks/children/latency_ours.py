"""From the moment that a line breaks to the scrape that says `down`: the daemon with the shipped settings, many cuts in one run."""

from __future__ import annotations

import json
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.children.process import Account, Cuts, cuts, started
from benchmarks.children.report import parameters
from benchmarks.children.scraping import scrape
from benchmarks.province import LISTEN, leaf_address, leaves, write_province

_LOOK_EVERY_S = 0.25
_LONGEST_S = 45.0


def cut_all(size: int, count: int, over_s: float, firewall: Cuts) -> dict[str, float]:
    """Cut endpoints off at moments of chance; return how many seconds each took to be down at /metrics."""
    chance = random.Random(size)
    names = leaves(size)
    places = chance.sample(range(len(names)), count)
    began_s = time.monotonic()
    waiting = sorted((began_s + chance.uniform(0, over_s), place) for place in places)
    cut_s: dict[str, float] = {}
    took_s: dict[str, float] = {}
    while len(took_s) < count and time.monotonic() - began_s < over_s + _LONGEST_S:
        now_s = time.monotonic()
        while waiting and waiting[0][0] <= now_s:
            _, place = waiting.pop(0)
            firewall.also([leaf_address(size, place)])
            cut_s[names[place]] = time.monotonic()
        page = scrape(f"http://{LISTEN}/metrics")
        seen_s = time.monotonic()
        for name in down(page) & cut_s.keys() - took_s.keys():
            took_s[name] = seen_s - cut_s[name]
        due_s = min([now_s + _LOOK_EVERY_S, *(each for each, _ in waiting[:1])])
        time.sleep(max(0.0, due_s - time.monotonic()))
    return took_s


def down(page: str) -> set[str]:
    """Return who is down."""
    lines = (line for line in page.splitlines() if line.startswith("wan_target_state{") and line.endswith('state="down"} 1'))
    return {line.split('target="', 1)[1].split('"', 1)[0] for line in lines}


def main() -> None:
    """Start the daemon, let it know everybody, then cut."""
    asked = parameters()
    size, count = asked["targets"], asked["cuts"]
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch, cuts() as firewall:
        folder = Path(scratch) / "config"
        write_province(folder, size)
        words = (sys.executable, "-m", "benchmarks.children.cycle_daemon", str(folder))
        with started(words, Path(scratch) / "log") as daemon:
            assert daemon.stdout is not None
            daemon.stdout.readline()
            account = Account(daemon.pid)
            time.sleep(asked["settle_s"])
            before_s = account.cpu_s()
            took_s = cut_all(size, count, asked["over_s"], firewall)
            figures = {
                "exchanges": count,
                "cpu_s": account.cpu_s() - before_s,
                "lost": count - len(took_s),
                "median_s": statistics.median(took_s.values()),
                "least_s": min(took_s.values()),
                "ninetieth_s": statistics.quantiles(took_s.values(), n=10)[-1],
                "greatest_s": max(took_s.values()),
            }
    print(json.dumps(figures))


main()
