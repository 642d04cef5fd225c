"""The lab for tests: an emulated province in a network namespace of its own. Registered for all tests by tests/conftest.py.

    def test_a_point_answers(lab: Lab) -> None:                  # one small province for the whole session, mended before each test
        assert lab.exec("fping", "-c", "1", lab.address("xa-a1")).returncode == 0

    async def test_a_prober(lab: Lab) -> None:
        with lab.network():                                      # sockets opened here live in the lab; only root may
            prober = IcmpProber(...)
        lab.ctl("cut", "huyen-a")                                # what `monitor lab ctl cut huyen-a` does
        lab.ctl("lossy", "xa-a1", loss="5%", lasts="2m")
        lab.counters("xa-a1")["interfaces"]["wan0"]["receive_octets"]     # true octets now, unwrapped

    def test_with_another_province(start_lab: StartLab) -> None:  # a lab of its own, ended with the test
        lab = start_lab(sites=SITES_YAML, monitor=MONITOR_YAML, scenario=SCENARIO_YAML)

The small province: root `goc` 10.0.0.1; `huyen-a` 10.1.0.1 with communes `xa-a1` 10.1.1.1, `xa-a2` 10.1.2.1; `huyen-b` 10.2.0.1
with `xa-b1` 10.2.1.1; `xa-doi` 10.3.0.1 on both districts. Endpoints dc-huyen-a, dc-xa-a1, dc-xa-b1 (.20 beside their point). All
have an SNMP agent (v1 and v2c, community "lab"). Links: 2 ms a round trip, no jitter, no loss; every IPv4 target also answers at
fd00::a.b.c.d. A test that needs the lab skips only where the machine permits no network namespace or TUN device.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import pytest

from monitor.lab.control import ask_lab, socket_path
from monitor.lab.namespace import _CLONE_NEWNET, _libc, join_network
from monitor.load.configuration import load
from monitor.model.inventory import Inventory
from tests.patience import LONGEST_WAIT_S

SITES = """
network: {name: Mạng thử, addresses: lab}
levels: [province, district, commune]
areas:
  - {id: khoi-tinh, name: Khối cơ quan tỉnh}
  - {id: khu-a, name: Huyện A}
  - {id: khu-b, name: Huyện B}
defaults:
  point: {credential: wan, contracted: 20M}
  endpoint: {credential: wan}
points:
  - {id: goc, name: Gốc, level: province, area: khoi-tinh, address: 10.0.0.1}
  - {id: huyen-a, name: Huyện A, level: district, area: khu-a, address: 10.1.0.1, uplink: goc}
  - {id: huyen-b, name: Huyện B, level: district, area: khu-b, address: 10.2.0.1, uplink: goc}
  - {id: xa-a1, name: Xã A1, level: commune, area: khu-a, address: 10.1.1.1, uplink: huyen-a}
  - {id: xa-a2, name: Xã A2, level: commune, area: khu-a, address: 10.1.2.1, uplink: huyen-a}
  - {id: xa-b1, name: Xã B1, level: commune, area: khu-b, address: 10.2.1.1, uplink: huyen-b}
  - {id: xa-doi, name: Xã hai đường, level: commune, area: khu-b, address: 10.3.0.1, uplink: [huyen-a, huyen-b]}
endpoints:
  - {id: dc-huyen-a, name: Phòng họp huyện A, point: huyen-a, address: 10.1.0.20}
  - {id: dc-xa-a1, name: Phòng họp xã A1, point: xa-a1, address: 10.1.1.20}
  - {id: dc-xa-b1, name: Phòng họp xã B1, point: xa-b1, address: 10.2.1.20}
"""
MONITOR = """
credentials: {wan: {version: 2c, community: {literal: lab}}}
"""
SCENARIO = """
title: quiet
links: {default: {delay: 2ms, jitter: 0ms, loss: 0%}}
"""
PROFILES = Path(__file__).parents[1] / "config" / "profiles"
_NOT_PERMITTED = "this machine permits no"


class Lab:
    """A running lab. folder: its configuration (--config). state: where it is found (--state)."""

    def __init__(self, process: subprocess.Popen[str], folder: Path, state: Path) -> None:
        self.process = process
        self.folder = folder
        self.state = state
        self.inventory: Inventory = load(folder).inventory

    def address(self, target: str) -> str:
        """Return a target's address."""
        return self.inventory.targets[target].address

    def command(self, *words: str) -> list[str]:
        """Return the command line that runs these words inside the lab."""
        return [sys.executable, "-m", "monitor", "lab", "exec", "--state", str(self.state), "--", *words]

    def exec(self, *words: str, timeout_s: float = LONGEST_WAIT_S) -> subprocess.CompletedProcess[str]:
        """Run a command inside the lab to its end; its output is text. It may fail: look at returncode."""
        return subprocess.run(self.command(*words), capture_output=True, text=True, timeout=timeout_s, check=False)

    def popen(self, *words: str, **options: Any) -> subprocess.Popen[str]:
        """Start a command inside the lab; the caller ends it. options: as of subprocess.Popen."""
        return subprocess.Popen(self.command(*words), text=True, **options)

    @contextlib.contextmanager
    def network(self) -> Iterator[None]:
        """Be inside the lab with this thread for a while: sockets opened here stay there. Skips the test where it isn't root's."""
        if os.geteuid() != 0:
            pytest.skip("only root may open a socket in the lab from outside")
        with visit_network(self.process.pid):
            yield

    def ctl(self, verb: str, *targets: str, lasts: str | None = None, share: str | None = None, **values: str) -> str:
        """Let something happen, as `monitor lab ctl` does, and return what did. Values as they are written there: loss="5%"."""
        request: dict[str, object] = {"do": verb, "targets": targets, "values": values}
        request |= {} if lasts is None else {"for": lasts}
        request |= {} if share is None else {"share": share}
        return str(self._ask(request)["done"])

    def status(self) -> dict[str, Any]:
        """Return what is broken now."""
        return self._ask({"ask": "status"})

    def counters(self, target: str) -> dict[str, Any]:
        """Return what is true now.

        {"at", "booted_at", "uptime_ticks", "interfaces": {name: {"index", "receive_octets", "transmit_octets"}}}
        """
        return self._ask({"ask": "counters", "target": target})

    def stop(self) -> int:
        """End it as Ctrl-C does and return its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        with self.process:
            return self.process.wait(LONGEST_WAIT_S)

    def _ask(self, request: dict[str, object]) -> dict[str, Any]:
        answer = ask_lab(socket_path(self.state), request)
        assert answer["ok"], answer["error"]
        return answer


class StartLab(Protocol):
    """What start_lab gives: a lab of one's own, of the texts of sites.yaml, monitor.yaml, a scenario, and further files by name."""

    def __call__(
        self, sites: str = SITES, monitor: str = MONITOR, scenario: str = SCENARIO, files: Mapping[str, str] | None = None
    ) -> Lab: ...


def launch(
    folder: Path,
    sites: str = SITES,
    monitor: str = MONITOR,
    scenario: str = SCENARIO,
    files: Mapping[str, str] | None = None,
) -> Lab:
    """Start a lab whose files lie in this folder, which must have a short path; skip the test where none is permitted."""
    config, state = folder / "config", folder / "state"
    shutil.copytree(PROFILES, config / "profiles")
    (config / "sites.yaml").write_text(sites, encoding="utf-8")
    (config / "monitor.yaml").write_text(monitor, encoding="utf-8")
    for name, text in ({"scenario.yaml": scenario} | dict(files or {})).items():
        (config / name).write_text(text, encoding="utf-8")
    words = [sys.executable, "-m", "monitor", "lab", "--language", "en", "--config", str(config), "--state", str(state)]
    words += ["--scenario", str(config / "scenario.yaml")]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    first = process.stdout.readline()
    if not first.startswith("The lab answers"):
        process.terminate()
        rest = process.communicate(timeout=LONGEST_WAIT_S)[0]
        if _NOT_PERMITTED in first:
            pytest.skip(first.strip())
        raise AssertionError(f"the lab did not start: {first}{rest}")
    return Lab(process, config, state)


@pytest.fixture(scope="session")
def session_lab() -> Iterator[Lab]:
    """The small province, running for the whole session; tests take `lab`."""
    with tempfile.TemporaryDirectory(prefix="lab") as folder:
        lab = launch(Path(folder))
        yield lab
        assert lab.stop() == 0


@pytest.fixture
def lab(session_lab: Lab) -> Lab:
    """The small province with every fault mended."""
    session_lab.ctl("restore", "all")
    return session_lab


@pytest.fixture
def start_lab() -> Iterator[StartLab]:
    """A function that starts further labs, which end with the test."""
    with contextlib.ExitStack() as stack:

        def start(
            sites: str = SITES, monitor: str = MONITOR, scenario: str = SCENARIO, files: Mapping[str, str] | None = None
        ) -> Lab:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="lab"))
            lab = launch(Path(folder), sites, monitor, scenario, files)
            stack.callback(lab.stop)
            return lab

        yield start


@contextlib.contextmanager
def visit_network(pid: int) -> Iterator[None]:
    """Be in the network of process `pid` for a while, with the calling thread alone; sockets that are opened there stay there.

    Only root comes back, so only root may go. Raises SetupError as join_network does.
    """
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    join_network(pid)
    try:
        yield
    finally:
        _libc.setns(home, _CLONE_NEWNET)
        os.close(home)
