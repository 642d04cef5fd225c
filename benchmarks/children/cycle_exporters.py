"""prometheus-blackbox-exporter and prometheus-snmp-exporter over some cycles: two scrapes a target each, as Prometheus makes them.

CPU time is the two exporters'. Prometheus, which must scrape, parse, store and judge, would come on top; so would a journal.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from benchmarks.child import ROOT
from benchmarks.children.dark import dark
from benchmarks.children.process import Account, cuts, started
from benchmarks.children.report import parameters
from benchmarks.children.scraping import Scrape, drive
from benchmarks.network import addresses
from benchmarks.responder import PORT

_CONFIGS = ROOT / "benchmarks" / "exporters"
_BLACKBOX, _SNMP = 9115, 9116
_READY_S = 10.0
_SUCCESS = re.compile(rb"^probe_success 1$", re.MULTILINE)


def wait_ready(port: int) -> None:
    """Wait until something answers. Raises OSError."""
    until = time.monotonic() + _READY_S
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=1).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


def scrapes(targets: list[str], path: str, over_s: float) -> list[Scrape]:
    """Return one scrape a target, evenly over so many seconds."""
    step_s = over_s / len(targets)
    return [Scrape(place * step_s, path.format(target), target) for place, target in enumerate(targets)]


async def cycle(targets: list[str], over_s: float) -> int:
    """Do a cycle; return how many targets did not answer to both."""
    pings = drive(
        _BLACKBOX, scrapes(targets, "/probe?module=icmp&target={}", over_s), lambda status, body: bool(_SUCCESS.search(body))
    )
    polls = drive(
        _SNMP,
        scrapes(targets, f"/snmp?module=wan&target={{}}:{PORT}", over_s),
        lambda status, body: status == 200 and b"ifHCInOctets" in body,
    )
    pinged, polled = await asyncio.gather(pings, polls)
    return len(targets) - len(pinged & polled)


def main() -> None:
    """Start the exporters, warm them up, then account for their cycles."""
    asked = parameters()
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch, cuts() as firewall, contextlib.ExitStack() as stack:
        processes = [
            stack.enter_context(started(_words(name, port), Path(scratch) / name))
            for name, port in (("blackbox", _BLACKBOX), ("snmp", _SNMP))
        ]
        for port in (_BLACKBOX, _SNMP):
            wait_ready(port)
        print(json.dumps(measure(asked, [Account(process.pid) for process in processes], firewall)))


def _words(name: str, port: int) -> tuple[str, ...]:
    own = (f"--config.file={_CONFIGS}/{name}.yml", f"--web.listen-address=127.0.0.1:{port}", "--log.level=error")
    return (f"prometheus-{name}-exporter", *own)


def measure(asked: dict[str, Any], accounts: list[Account], firewall: Any) -> dict[str, float]:
    """Return what the exporters took."""
    size, every_s, cycles = asked["targets"], asked["every_s"], asked["cycles"]
    targets = addresses(size)
    over_s = every_s if asked["mode"] == "spread" else 0.0
    asyncio.run(cycle(targets, 0.0))
    began_s, before_s = time.monotonic(), sum(account.cpu_s() for account in accounts)
    lost = 0
    for number in range(1, cycles + 1):
        firewall.only(dark(size, number))
        lost += asyncio.run(cycle(targets, over_s)) - len(dark(size, number))
        time.sleep(max(0.0, began_s + number * every_s - time.monotonic()))
    return {
        "exchanges": size * cycles,
        "cpu_s": sum(account.cpu_s() for account in accounts) - before_s,
        "wall_s": time.monotonic() - began_s,
        "lost": lost,
        "memory_mib": sum(account.resident_mib() for account in accounts),
    }


main()
