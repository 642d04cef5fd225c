"""Agents that misbehave in every way, one each, among healthy neighbours; watched by a daemon at a faster pace."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.lab_fixture import SITES, launch
from tests.system.running import Running, Scrape, running_in

MONITOR = """
probes:
  icmp: {every: 2s, packets: 5, spacing: 20ms, timeout: 500ms}
  snmp: {every: 4s, timeout: 1500ms, retries: 1}
quality: {loss: 90%, rtt: 30s, jitter: 30s, rtt_usual_extra: 30s}
credentials: {wan: {version: 2c, community: {literal: lab}}}
"""
PORTS = 40


@dataclass(frozen=True, slots=True)
class Ill:
    """What a target's agent does (a verb of the lab with its values), and what the event must say of it."""

    verb: str
    values: Mapping[str, str]
    told: str


HOSTILE = {
    "xa-cut-short": Ill("agent-garbled", {}, "can't be decoded: message: "),
    "xa-oversized": Ill("agent-oversized", {}, "answers are far too long: 59"),
    "xa-nested": Ill("agent-nested", {"depth": "5000"}, "can't be decoded: "),
    "xa-wrong-id": Ill("agent-wrong-id", {}, "answers with a wrong request-id ("),
    "xa-elsewhere": Ill("agent-elsewhere", {}, "come from another address, 10.9.4.254 port 161"),
    "xa-flood": Ill("agent-floods", {"rate": "2000"}, "datagrams a second that nobody asked for"),
    "xa-loop": Ill("agent-loop", {}, "does not end: OID did not increase ("),
    "xa-dies": Ill("agent-dies", {"after": "17", "away": "2s"}, "falls silent in the middle of a walk, after 17 rows"),
    "xa-slow": Ill("agent-slow", {"delay": "10s"}, "answers after 1"),
    "xa-too-big": Ill("agent-small", {"octets": "0"}, "answers tooBig even to a single value"),
    "xa-endless": Ill("agent-endless", {}, "does not end: beyond 512 rows"),
    "xa-same-id": Ill("agent-twin", {}, "two devices share snmpEngineID 80001f8805"),
}
OTHER_TWIN = "xa-a2"
HEALTHY = 10


def _sites() -> str:
    points = "".join(
        f"  - {{id: {name}, name: {name}, level: commune, area: khu-a, address: 10.9.{number}.1, uplink: huyen-a}}\n"
        for number, name in enumerate(HOSTILE)
    )
    return SITES.replace("endpoints:\n", f"{points}endpoints:\n")


def _switch() -> str:
    """Return a recording of a device with more interfaces than one answer holds."""
    lines = ["1.3.6.1.2.1.1.1.0|4|a switch", "1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.8072.3.2.10", "1.3.6.1.2.1.1.3.0|67|4711"]
    for column, tag, value in ((2, 4, "port {}"), (3, 2, "6"), (8, 2, "1"), (10, 65, "1000"), (16, 65, "1000")):
        lines += [f"1.3.6.1.2.1.2.2.1.{column}.{port}|{tag}|{value.format(port)}" for port in range(1, PORTS + 1)]
    return "\n".join(lines) + "\n"


SCENARIO = """
links: {default: {delay: 2ms, jitter: 0ms, loss: 0%}}
agents: {xa-dies: {play: switch.snmprec}}
"""


@dataclass(frozen=True, slots=True)
class Siege:
    """A daemon among hostile agents, from its first moment on. early: its first scrape with a state of everybody."""

    running: Running
    early: Future[Scrape]


@contextmanager
def besiege() -> Iterator[Siege]:
    """Start the lab, let every agent fall ill, then start the daemon; nobody waits for it."""
    with tempfile.TemporaryDirectory(prefix="lab") as folder:
        lab = launch(Path(folder), _sites(), MONITOR, SCENARIO, {"switch.snmprec": _switch()})
        try:
            for name, ill in HOSTILE.items():
                lab.ctl(ill.verb, *((OTHER_TWIN, name) if ill.verb == "agent-twin" else (name,)), **ill.values)
            with running_in(lab) as running, ThreadPoolExecutor(1) as meanwhile:
                count = len(lab.inventory.targets)
                yield Siege(running, meanwhile.submit(running.until, lambda scrape: len(scrape.states()) == count))
        finally:
            lab.stop()
