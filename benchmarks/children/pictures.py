"""Snapshots of a province to be written out, and each one's successor in which a share of the targets was probed again."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.province import write_province
from monitor.load.configuration import load
from monitor.model.inventory import Target
from monitor.model.reading import IcmpSample, Outcome
from monitor.model.reason import Reason
from monitor.model.settings import Settings
from monitor.model.state import RTT_BOUNDS_S, IcmpView, InterfaceView, Snapshot, SnmpView, State, TargetView

_ROUNDS = 5_000
"""Of ICMP since the daemon's start: nearly a day."""


def first(size: int) -> tuple[Snapshot, Settings]:
    """Return a snapshot in which all targets are up and measured, and the settings under which it is written out."""
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        write_province(Path(scratch) / "config", size)
        found = load(Path(scratch) / "config")
    chance, at = random.Random(size), time.time()
    views = {name: _view(target, at, chance) for name, target in found.inventory.targets.items()}
    return Snapshot(1, at, found.inventory, views, last_round_at=at, fresh=size), found.settings


def next_picture(before: Snapshot, again: Sequence[str], chance: random.Random) -> Snapshot:
    """Return a snapshot 15 s later, in which these targets were probed by every probe that they have."""
    at = before.at + 15
    fresh = {name: _view(before.views[name].target, at, chance) for name in again}
    return replace(before, generation=before.generation + 1, at=at, views={**before.views, **fresh})


def _view(target: Target, at: float, chance: random.Random) -> TargetView:
    return TargetView(
        target, State.UP, at - 3600, reason=Reason("answers"), icmp=_icmp(at, chance), snmp=_snmp(at, chance), usual_rtt_s=0.012
    )


def _icmp(at: float, chance: random.Random) -> IcmpView:
    rtts = tuple(chance.uniform(0.004, 0.025) for _ in range(5))
    received = 5 * _ROUNDS + chance.randrange(1_000)
    buckets = tuple(int(received * share / len(RTT_BOUNDS_S)) for share in range(1, len(RTT_BOUNDS_S) + 1))
    return IcmpView(
        at=at,
        sample=IcmpSample(5, rtts),
        outcome=Outcome.OK,
        sent_total=received,
        received_total=received,
        rtt_buckets=buckets,
        rtt_sum_s=received * 0.0123456,
        jitter_s=chance.uniform(0.0001, 0.002),
        mos=chance.uniform(4.2, 4.4),
        loss_recent=0.0,
        packets_recent=100,
    )


def _snmp(at: float, chance: random.Random) -> SnmpView:
    wan = InterfaceView(
        name="eth0",
        alias="WAN",
        role="wan",
        up=True,
        receive_bytes_total=chance.randrange(10**12),
        transmit_bytes_total=chance.randrange(10**12),
        receive_errors_total=chance.randrange(10),
        transmit_errors_total=0,
        receive_discards_total=chance.randrange(100),
        transmit_discards_total=0,
        receive_bytes_per_second=chance.uniform(10**4, 10**6),
        transmit_bytes_per_second=chance.uniform(10**4, 10**6),
    )
    return SnmpView(at, True, (), "generic-router", at - 86_400, (wan,), {})
