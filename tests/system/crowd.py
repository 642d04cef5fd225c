"""`make crowd`: visitors of every kind come while a district is cut; what the poller feels of them, and whether the wall does.

python -m tests.system.crowd [KIND…] [--seconds 60] [--json FILE]      at shipped intervals, over the emulated province

Each kind has its own address of 127.0.0.0/8, as other machines would; `loopback` is browsers from 127.0.0.1, where a proxy stands.
Exit status 1 where a bound was broken.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from monitor.cli.demo import SOON, write_meetings
from monitor.load.configuration import load
from tests.lab_fixture import Lab, launch
from tests.system.running import Running, Scrape

SHIPPED = Path(__file__).parents[2] / "config"
MONITOR = """
credentials: {wan: {version: 2c, community: {literal: public}}}
logins: {codec: {user: monitor, password: {literal: public}}}
"""
TARGETS = 477
DISTRICT = "ubnd-huyen-dong-van"
CUT_AFTER_S, CUT_S = 5.0, 20.0
WALL, SCRAPER, CROWD = "127.0.0.2", "127.0.0.3", "127.0.0.9"
FILES = 128

MOST_LAG_S, MOST_LAG_TIMES = 0.15, 5.0
MOST_REQUEST_S = 0.001
MOST_LOG = 1_000_000
MOST_MEMORY_MIB = 512
WALL_SILENCE_S = 10.0


@dataclass
class Phase:
    """What one kind of visitors did, and what was felt of it. *_s: seconds; *_cpu_s: of this phase.

    down_s: from the cut to a scrape that says `down`. lag_p99_s: of the poller's loop. others: who else was blamed.
    """

    kind: str
    seconds: float = 0.0
    down_s: float | None = None
    others: list[str] = field(default_factory=list)
    blind: int = 0
    lag_p99_s: float = 0.0
    poller_cpu_s: float = 0.0
    web_cpu_s: float = 0.0
    poller_mib: float = 0.0
    web_mib: float = 0.0
    log_octets: int = 0
    requests_per_s: float | None = None
    wall: Mapping[str, Any] = field(default_factory=dict)
    scraper: Mapping[str, Any] = field(default_factory=dict)
    crowd: Mapping[str, Any] = field(default_factory=dict)

    @property
    def cpu_a_request_s(self) -> float | None:
        """Return what the web process took for one request, where they were counted."""
        return self.web_cpu_s / (self.requests_per_s * self.seconds) if self.requests_per_s else None


@dataclass(frozen=True)
class Process:
    """A process, as the kernel accounts for it."""

    pid: int

    def cpu_s(self) -> float:
        """Return user and system seconds so far."""
        return time.clock_gettime((~self.pid << 3) | 2)  # CPUCLOCK_SCHED of a process: clock_getcpuclockid(3)

    def resident_mib(self) -> float:
        """Return the memory that it holds now."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def buckets(scrape: Scrape) -> dict[float, float]:
    """Return bound → how many looks of the loop were late by no more."""
    return {float(of["le"]): value for of, value in scrape.samples["monitor_event_loop_lag_seconds_bucket"]}


def quantile(before: Mapping[float, float], after: Mapping[float, float], share: float) -> float:
    """Return the bucket's bound below which a share of the looks between two scrapes lies, interpolated as Prometheus does."""
    counts = {bound: after[bound] - before.get(bound, 0.0) for bound in sorted(after)}
    wanted, lower, below = share * max(counts.values()), 0.0, 0.0
    for bound, count in counts.items():
        if count >= wanted:
            return lower if bound == float("inf") else lower + (bound - lower) * (wanted - below) / max(1.0, count - below)
        lower, below = bound, count
    return lower


def visitors(running: Running, source: str, seconds: float, kind: str, *words: object) -> subprocess.Popen[str]:
    """Have visitors of a kind come from an address for some seconds, at the lowest priority. words: how many, which path."""
    port, (count, *path) = running.origin.rpartition(":")[2], words
    told = (kind, count, port, source, seconds, *path)
    program = ["nice", "-n", "19", sys.executable, "-m", "tests.system.visitors", *map(str, told)]
    return subprocess.Popen(program, stdout=subprocess.PIPE, text=True)


def browsers(running: Running, seconds: float) -> subprocess.Popen[str]:
    """Have 60 browsers without think time read the front page, from where a proxy stands."""
    words = ["nice", "-n", "19", "wrk", "-t1", "-c60", f"-d{seconds:.0f}s", "-H", "Accept-Encoding: gzip", f"{running.origin}/"]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)


CROWDS: Mapping[str, tuple[object, ...]] = {
    "none": (),
    "loopback": (),
    "browsers": ("gets", 60, "/"),
    "crawlers": ("crawl", 20),
    "slow": ("slow", 1_000),
    "streams": ("streams", 200),
    "reports": ("gets", 40, f"/meetings/{SOON}/report.xlsx"),
    "reloads": ("reloads", 20),
    "descriptors": ("idle", 400),
}
"""Kind of crowd → what its visitors do."""


def come(kind: str, running: Running, seconds: float) -> subprocess.Popen[str] | None:
    """Have visitors of one kind come."""
    if kind == "loopback":
        return browsers(running, seconds)
    return visitors(running, CROWD, seconds, *map(str, CROWDS[kind])) if CROWDS[kind] else None


def play(kind: str, running: Running, seconds: float) -> Phase:
    """Have visitors come, cut the district in the middle, and account for it."""
    running.lab.ctl("restore", "all")
    before = running.until_up(TARGETS)
    phase, poller = Phase(kind, seconds), Process(running.process.pid)
    (web,) = map(Process, running.children())
    cpu_s, log_octets, began_s = (poller.cpu_s(), web.cpu_s()), running.log.stat().st_size, time.monotonic()
    crowd = come(kind, running, seconds)
    seen = [visitors(running, WALL, seconds, "wall", 1), visitors(running, SCRAPER, seconds, "scraper", 1)]
    time.sleep(CUT_AFTER_S)
    running.lab.ctl("cut", DISTRICT, lasts=f"{CUT_S:.0f}s")
    cut_s = time.monotonic()
    while time.monotonic() < began_s + seconds:
        scrape = running.scrape()
        down = scrape.in_state("down")
        if phase.down_s is None and DISTRICT in down:
            phase.down_s = round(time.monotonic() - cut_s, 1)
        phase.others = sorted({*phase.others, *(down - {DISTRICT})})
        phase.blind += int(scrape.value("monitor_blind") or 0)
        time.sleep(1)
    after = running.scrape()
    phase.poller_cpu_s, phase.web_cpu_s = poller.cpu_s() - cpu_s[0], web.cpu_s() - cpu_s[1]
    phase.poller_mib, phase.web_mib = poller.resident_mib(), web.resident_mib()
    phase.log_octets = running.log.stat().st_size - log_octets
    phase.lag_p99_s = quantile(buckets(before), buckets(after), 0.99)
    phase.wall, phase.scraper = (json.loads(each.communicate()[0]) for each in seen)
    if crowd is not None:
        _account(phase, crowd.communicate()[0])
    return phase


def _account(phase: Phase, told: str) -> None:
    if (rate := re.search(r"Requests/sec: +([\d.]+)", told)) is not None:
        phase.requests_per_s = float(rate[1])
        phase.crowd = {"answers": dict(re.findall(r"(Non-2xx or 3xx responses|Socket errors): (.*)", told))}
    elif told.strip():
        phase.crowd = json.loads(told)


def faults(phases: Sequence[Phase]) -> Iterator[str]:
    """Yield each bound that was broken."""
    quiet = next((phase for phase in phases if phase.kind == "none"), None)
    for phase in phases:
        name = phase.kind
        if phase.down_s is None:
            yield f"{name}: the cut was never told"
        if phase.others:
            yield f"{name}: blamed besides: {', '.join(phase.others)}"
        if phase.blind:
            yield f"{name}: blind in {phase.blind} scrapes"
        if quiet is not None and phase.lag_p99_s > min(MOST_LAG_S, max(MOST_LAG_TIMES * quiet.lag_p99_s, 0.0)):
            yield f"{name}: p99 of lag {phase.lag_p99_s * 1000:.1f} ms, without visitors {quiet.lag_p99_s * 1000:.1f}"
        if (cost_s := phase.cpu_a_request_s) is not None and cost_s > MOST_REQUEST_S:
            yield f"{name}: {cost_s * 1000:.2f} ms of CPU a request"
        if phase.log_octets > MOST_LOG:
            yield f"{name}: the log grew by {phase.log_octets} octets"
        if phase.poller_mib + phase.web_mib > MOST_MEMORY_MIB:
            yield f"{name}: {phase.poller_mib + phase.web_mib:.0f} MiB"
        if set(phase.wall["answers"]) - {"200", "messages"} or phase.wall["longest_s"] > WALL_SILENCE_S:
            yield f"{name}: the wall met {phase.wall['answers']}, its longest silence {phase.wall['longest_s']} s"
        if set(phase.scraper["answers"]) != {"200"}:
            yield f"{name}: scrapes met {phase.scraper['answers']}"


def table(phases: Sequence[Phase]) -> Iterator[str]:
    """Yield the lines of a report."""
    heads = ("visitors", "down", "lag p99", "poller", "web", "req/s", "a request", "memory", "log")
    yield "{:12} {:>7} {:>8} {:>9} {:>9} {:>7} {:>9} {:>12} {:>8}".format(*heads)
    for each in phases:
        rate = "" if each.requests_per_s is None else f"{each.requests_per_s:.0f}"
        cost = "" if each.cpu_a_request_s is None else f"{each.cpu_a_request_s * 1000:.2f} ms"
        down = "never" if each.down_s is None else f"{each.down_s:.1f} s"
        yield (
            f"{each.kind:12} {down:>7} {each.lag_p99_s * 1000:5.1f} ms {each.poller_cpu_s / each.seconds:9.1%}"
            f" {each.web_cpu_s / each.seconds:9.1%} {rate:>7} {cost:>9} {each.poller_mib:5.0f}+{each.web_mib:.0f} MiB"
            f" {each.log_octets:8}"
        )
    yield ""
    for each in phases:
        yield f"{each.kind:12} wall {each.wall['answers']} silent {each.wall['longest_s']} s at most"
        yield f"{'':12} scrapes {each.scraper['answers']} {each.scraper['longest_s']} s at most; they {each.crowd or '-'}"


def ready(folder: Path) -> Lab:
    """Return a lab of the whole province with a meeting soon."""
    lab = launch(folder, sites=(SHIPPED / "sites.yaml").read_text(encoding="utf-8"), monitor=MONITOR)
    write_meetings(lab.folder, load(lab.folder), datetime.now(UTC))
    return lab


def main() -> int:
    """Play what is asked for and say what was felt."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=", ".join(CROWDS))
    parser.add_argument("--seconds", type=float, default=60.0, help="of each kind")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    arguments = parser.parse_args()
    kinds = arguments.kinds or list(CROWDS)
    if shutil.which("wrk") is None:
        parser.error("wrk is missing: apt-get install wrk")
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    phases = list[Phase]()
    with tempfile.TemporaryDirectory(prefix="lab") as folder:
        lab = ready(Path(folder))
        try:
            for kind in kinds:
                prefix = ("prlimit", f"--nofile={FILES}:{FILES}") if kind == "descriptors" else ()
                with tempfile.TemporaryDirectory(prefix="run") as scratch:
                    running = Running(lab, Path(scratch), prefix=prefix)
                    try:
                        phases.append(play(kind, running, arguments.seconds))
                    finally:
                        running.close()
                print(f"{kind}: done", file=sys.stderr)
        finally:
            lab.stop()
    print("\n".join(table(phases)))
    broken = list(faults(phases))
    print("\n".join(broken) or "Every bound was kept.")
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(phase) for phase in phases], indent=1), encoding="utf-8")
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
