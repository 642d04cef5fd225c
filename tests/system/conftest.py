"""The shipped province, played once for all tests of this folder and watched at a faster pace."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lab_fixture import Lab, launch
from tests.patience import LONGEST_WAIT_S
from tests.system.hostile import Siege, besiege
from tests.system.running import Running, running_in

SHIPPED = Path(__file__).parents[2] / "config"

# A fifth of the shipped intervals and less, so that what takes a minute there takes twelve seconds here. Bounds of quality that a
# busy machine can't reach: these tests are about outages.
FAST = """
probes:
  icmp: {every: 2s, packets: 5, spacing: 20ms, timeout: 1s}
  snmp: {every: 12s, timeout: 2s, retries: 1}
quality: {loss: 90%, rtt: 30s, jitter: 30s, rtt_usual_extra: 30s}
credentials: {wan: {version: 2c, community: {literal: public}}}
logins: {codec: {user: monitor, password: {literal: public}}}
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
def starting(province_lab: Lab) -> Iterator[Running]:
    """A daemon that begins to watch the whole province; nobody waits for it yet."""
    with running_in(province_lab) as running:
        yield running


@pytest.fixture(scope="session")
def watched(starting: Running) -> Running:
    """A daemon that watches the whole province; tests take `province`."""
    starting.until_up(TARGETS)
    return starting


@pytest.fixture
def province(watched: Running) -> Running:
    """The whole province, everything mended and up, and a daemon that watches it."""
    watched.lab.ctl("restore", "all")
    watched.until_up(TARGETS)
    return watched


# No more buffer than net.core.rmem_max grants (Debian 12: 212,992): CAP_NET_ADMIN, which could force more, is not to be had.
UNPRIVILEGED = ("setpriv", "--bounding-set", "-net_admin", "--inh-caps", "-net_admin")
BRISK = """
probes:
  icmp: {every: 1s, packets: 5, spacing: 20ms, timeout: 500ms}
  snmp: {every: 3s, timeout: 500ms, retries: 1}
quality: {loss: 90%, rtt: 30s, jitter: 30s, rtt_usual_extra: 30s}
credentials: {wan: {version: 2c, community: {literal: lab}}}
"""
FEW = 10


@pytest.fixture(scope="session")
def brisk() -> Iterator[Running]:
    """The small province in a lab of its own, watched each second by a daemon with no more buffer than any program may have."""
    with tempfile.TemporaryDirectory(prefix="lab") as folder:
        lab = launch(Path(folder), monitor=BRISK)
        try:
            with running_in(lab, prefix=UNPRIVILEGED) as running:
                yield running
        finally:
            lab.stop()


@pytest.fixture
def attentive(brisk: Running) -> Running:
    """The small province, everything mended, up and answering SNMP; it is watched each second."""
    brisk.lab.ctl("restore", "all")
    brisk.until_up(FEW)
    brisk.until(lambda scrape: sum(value for _, value in scrape.samples["wan_snmp_up"]) == FEW)
    return brisk


class Rounds:
    """A thousand rounds of the whole province, being lived through by another process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._said = ""

    def result(self) -> Any:
        """Return what thousand_rounds.py printed, once it has."""
        self._said = self._said or self._process.communicate(timeout=2 * LONGEST_WAIT_S)[0]
        assert self._process.returncode == 0
        return json.loads(self._said)


@pytest.fixture(scope="session")
def thousand_rounds() -> Iterator[Rounds]:
    """Started by whoever takes it first; half a minute of work, which goes on while another test waits for its own."""
    words = [sys.executable, "-m", "tests.system.thousand_rounds"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=SHIPPED.parent) as process:
        yield Rounds(process)
        process.kill()


@pytest.fixture(scope="session")
def siege() -> Iterator[Siege]:
    """Hostile agents of every kind among healthy neighbours, and a daemon that watches them from whenever this was first taken."""
    with besiege() as begun:
        yield begun
