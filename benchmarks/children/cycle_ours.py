"""The whole daemon over some cycles: probes, retries, judgement, journal on SQLite, and one scrape of everything each cycle."""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from benchmarks.children.dark import dark, dark_places
from benchmarks.children.process import Account, cuts, started
from benchmarks.children.report import parameters
from benchmarks.children.scraping import scrape
from benchmarks.province import LISTEN, leaves, write_province

_CONTACT_AT_MOST_S = 60.0


def contact(size: int) -> None:
    """Wait until every agent has been read once. Raises TimeoutError."""
    until = time.monotonic() + _CONTACT_AT_MOST_S
    while scrape(f"http://{LISTEN}/metrics").count("\nwan_interface_up{") < size - len(dark_places(size, 0)):
        if time.monotonic() > until:
            raise TimeoutError("first contact is not complete")
        time.sleep(1)


def lost(page: str, size: int, *cycles: int) -> int:
    """Return how many targets are down though they were never cut off lately."""
    names = leaves(size)
    excused = {names[place] for cycle in cycles for place in dark_places(size, cycle)}
    lines = [line for line in page.splitlines() if line.startswith("wan_target_up{") and line.endswith(" 0")]
    return sum(line.split('target="', 1)[1].split('"', 1)[0] not in excused for line in lines)


def transitions(journal: Path) -> int:
    """Return how many changes of a state the journal holds."""
    with closing(sqlite3.connect(journal)) as database:
        return int(database.execute("select count(*) from entries where new is not null").fetchone()[0])


def main() -> None:
    """Start the daemon, let it know everybody, then account for its cycles."""
    asked = parameters()
    size, every_s, cycles = asked["targets"], asked["every_s"], asked["cycles"]
    every = f"{every_s:g}s"
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch, cuts() as firewall:
        folder = Path(scratch) / "config"
        write_province(folder, size, icmp={"every": every, "packets": str(asked["packets"])}, snmp={"every": every})
        words = (sys.executable, "-m", "benchmarks.children.cycle_daemon", str(folder), asked["mode"])
        firewall.only(dark(size, 0))
        with started(words, Path(scratch) / "log") as daemon:
            assert daemon.stdout is not None
            if not daemon.stdout.readline():
                raise RuntimeError((Path(scratch) / "log").read_text()[-400:])
            account = Account(daemon.pid)
            started_cpu_s = account.cpu_s()
            contact(size)
            contact_cpu_s = account.cpu_s() - started_cpu_s
            time.sleep(every_s)
            before, began_s, before_cpu_s = transitions(folder / "journal.db"), time.monotonic(), account.cpu_s()
            for cycle in range(1, cycles + 1):
                firewall.only(dark(size, cycle))
                time.sleep(max(0.0, began_s + cycle * every_s - time.monotonic() - 0.5))
                page = scrape(f"http://{LISTEN}/metrics")
            time.sleep(max(0.0, began_s + cycles * every_s - time.monotonic()))
            figures = {
                "exchanges": size * cycles,
                "cpu_s": account.cpu_s() - before_cpu_s,
                "wall_s": time.monotonic() - began_s,
                "lost": lost(page, size, cycles, cycles - 1),
                "memory_mib": account.resident_mib(),
                "contact_us": contact_cpu_s / size * 1e6,
                "start_cpu_s": started_cpu_s,
                "transitions": (transitions(folder / "journal.db") - before) / cycles,
            }
    print(json.dumps(figures))


main()
