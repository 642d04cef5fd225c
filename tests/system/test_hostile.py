"""Hostile agents, all kinds at once: each is named with what it did, nobody else waits for them, and memory stays flat."""

from __future__ import annotations

import pytest

from monitor.model.agent_fault import FaultKind
from monitor.model.state import Event
from tests.system.hostile import HEALTHY, HOSTILE, Siege
from tests.system.running import Scrape, is_even
from tests.told import sentence

GROWTH = 1.1
ROUNDS = 4
LATENESS = (FaultKind.LATE, FaultKind.DIES)
"""How it looks when an answer comes too late."""


def told(siege: Siege) -> dict[str, list[str]]:
    """Return id → what the journal says of its agent's misbehaviour, but what a busy machine makes of any agent: a late answer."""
    found: dict[str, list[str]] = {}
    for entry in siege.running.entries():
        if isinstance(entry, Event) and entry.kind == "misbehaves":
            is_own = entry.target in HOSTILE and HOSTILE[entry.target].told in sentence(entry)
            if is_own or entry.values["deed"] not in LATENESS:
                found.setdefault(entry.target, []).append(sentence(entry))
    return found


def last_poll(scrape: Scrape, target: str) -> float:
    return scrape.value("wan_last_reading_timestamp_seconds", target=target, probe="snmp") or 0


@pytest.fixture(scope="module")
def named(siege: Siege) -> dict[str, list[str]]:
    """What is told once every hostile agent was named."""
    assert siege.early.result().states()  # from then on there is a journal
    siege.running.eventually(lambda: told(siege).keys() >= HOSTILE.keys())
    return told(siege)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_agent_is_named_once_with_what_it_did(named: dict[str, list[str]], name: str) -> None:
    (text,) = named[name]
    assert HOSTILE[name].told in text
    assert HOSTILE.keys() == named.keys(), "nobody else is complained of"


def test_a_target_tells_what_its_agent_does(siege: Siege, named: dict[str, list[str]]) -> None:
    assert named
    codes = {name: [each["code"] for each in siege.running.get(f"/api/v1/targets/{name}")["complaints"]] for name in HOSTILE}
    assert all(codes.values())
    assert ["wrong_id"] == codes["xa-wrong-id"]


def test_everybody_keeps_the_cadence_and_memory_stays_flat(siege: Siege, named: dict[str, list[str]]) -> None:
    running = siege.running
    everybody = set(running.lab.inventory.targets)
    healthy = everybody - HOSTILE.keys()
    assert HEALTHY == len(healthy)
    began = siege.early.result()
    assert len(everybody) == len(began.states())
    polls: dict[str, set[float]] = {name: set() for name in healthy}
    for scrape in running.scrapes():
        assert not scrape.in_state("down")
        assert 0 == scrape.value("monitor_blind")
        for name in healthy:
            polls[name].add(last_poll(scrape, name))
        if scrape.bursts_since(began, "goc") >= ROUNDS and min(len(seen) for seen in polls.values()) > 2:
            break
    bursts = {name: scrape.bursts_since(began, name) for name in everybody}
    assert is_even(bursts.values())
    assert is_even([len(seen) for seen in polls.values()]), "an agent waited for another one's malice"
    assert {"up"} == {scrape.states()[name] for name in healthy}
    assert all(scrape.value("wan_snmp_up", target=name) == 1 for name in healthy)
    resident = [each.value("process_resident_memory_bytes") or 0 for each in (siege.early.result(), scrape)]
    assert resident[1] < resident[0] * GROWTH
