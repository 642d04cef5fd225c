"""The fall-back on loopback addresses: agents answer on a high port, and nobody is led outside."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.errors import SetupError
from monitor.lab.control import ask_lab, socket_path
from monitor.lab.loopback import loopback_address, loopback_document, loopback_inventory, with_agent_port
from monitor.load.configuration import load
from monitor.model.probe_kinds import SNMP
from tests.lab.small import inventory
from tests.lab_fixture import MONITOR, PROFILES, SITES

LAB = [sys.executable, "-m", "monitor", "lab"]


def test_addresses_keep_all_but_their_first_octet() -> None:
    assert loopback_address("10.2.17.20") == "127.2.17.20"
    assert loopback_address("127.2.17.20") == "127.2.17.20"
    with pytest.raises(SetupError, match=r"192\.0\.2\.1 has no loopback address"):
        loopback_address("192.0.2.1")
    assert {each.address.split(".")[0] for each in loopback_inventory(inventory()).targets.values()} == {"127"}


def test_a_document_is_rewritten_where_a_whole_text_is_an_address() -> None:
    document = {"a": ["10.0.0.1", "10.0.0", "at 10.0.0.1"], "b": {"c": ""}}
    assert loopback_document(document) == {"a": ["127.0.0.1", "10.0.0", "at 10.0.0.1"], "b": {"c": None}}
    assert with_agent_port({"probes": {"icmp": None, "snmp": {"retries": "2"}}}, 10161) == {
        "probes": {"icmp": None, "snmp": {"retries": "2", "port": "10161"}}
    }
    assert with_agent_port(None, 10161) == {"probes": {"snmp": {"port": "10161"}}}


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    """A lab on loopback addresses; its state folder."""
    config, folder = tmp_path / "config", tmp_path / "state"
    config.mkdir()
    (config / "profiles").symlink_to(PROFILES)
    (config / "sites.yaml").write_text(SITES, encoding="utf-8")
    (config / "monitor.yaml").write_text(MONITOR, encoding="utf-8")
    words = [*LAB, "--loopback", "--config", str(config), "--state", str(folder), "--language", "en"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert "What differs" in process.stdout.readline()
        while not process.stdout.readline().startswith("The lab answers"):
            assert process.poll() is None
        yield folder
        process.terminate()


def test_agents_answer_on_loopback_and_the_daemon_gets_a_configuration_for_them(state: Path) -> None:
    status = ask_lab(socket_path(state), {"ask": "status"})
    configuration = load(Path(status["config"]))
    assert SNMP.of(configuration.settings).port == status["port"]
    address = configuration.inventory.targets["xa-a1"].address
    asked = ["snmpget", "-v2c", "-c", "lab", "-Oqv", "-r0", "-t1", f"{address}:{status['port']}", "1.3.6.1.2.1.1.5.0"]
    assert subprocess.run(asked, capture_output=True, text=True, check=False).stdout == '"xa-a1"\n'
    ask_lab(socket_path(state), {"do": "cut", "targets": ["huyen-a"]})
    assert "Timeout" in subprocess.run(asked, capture_output=True, text=True, check=False).stderr


def test_exec_refuses_to_run_a_command_outside(state: Path) -> None:
    answer = subprocess.run(
        [*LAB, "--language", "en", "exec", "--state", str(state), "--", "echo", "outside"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "has no network to enter" in answer.stderr
