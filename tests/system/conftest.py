"""The shipped province, played once for all tests of this folder and watched at a faster pace."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab_fixture import Lab, launch
from tests.system.running import Running

SHIPPED = Path(__file__).parents[2] / "config"

# A fifth of the shipped intervals, so that what takes a minute there takes twelve seconds here. Bounds of quality that a busy
# machine can't reach: these tests are about outages.
FAST = """
probes:
  icmp: {every: 3s, packets: 5, spacing: 20ms, timeout: 1s}
  snmp: {every: 12s, timeout: 2s, retries: 1}
quality: {loss: 90%, rtt: 30s, jitter: 30s, rtt_usual_extra: 30s}
credentials: {wan: {version: 2c, community: {literal: public}}}
"""
TARGETS = 477


@pytest.fixture(scope="session")
def province_lab() -> Iterator[Lab]:
    """The whole province in a lab of its own, without any fault."""
    with tempfile.TemporaryDirectory(prefix="lab") as folder:
        lab = launch(Path(folder), sites=(SHIPPED / "sites.yaml").read_text(encoding="utf-8"), monitor=FAST)
        yield lab
        assert lab.stop() == 0


@pytest.fixture(scope="session")
def watched(province_lab: Lab) -> Iterator[Running]:
    """A daemon that watches the whole province; tests take `province`."""
    with tempfile.TemporaryDirectory(prefix="run") as folder:
        running = Running(province_lab, Path(folder))
        try:
            running.until_up(TARGETS)
            yield running
        finally:
            running.close()


@pytest.fixture
def province(watched: Running) -> Running:
    """The whole province, everything mended and up, and a daemon that watches it."""
    watched.lab.ctl("restore", "all")
    watched.until_up(TARGETS)
    return watched
