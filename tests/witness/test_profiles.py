"""The profile of hosts, held against Debian's snmpd and what the kernel says of itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from monitor.__main__ import main
from tests.witness.snmpd import AUTH_KEY, COMMUNITY, PRIV_KEY, needs_snmpd, running

pytestmark = needs_snmpd

ROOT = Path(__file__).parents[2]
SITES = """
network: {name: Mạng thử, addresses: lab}
levels: [province]
areas: [{id: khoi-tinh, name: Khối cơ quan tỉnh}]
points: [{id: goc, name: Gốc, level: province, area: khoi-tinh, address: 10.0.0.1}]
"""
CREDENTIALS = f"""
credentials:
  wan: {{version: 2c, community: {{literal: {COMMUNITY}}}}}
  secure:
    version: 3
    user: p-sha256-aes
    auth: {{protocol: sha256, key: {{literal: {AUTH_KEY}}}}}
    privacy: {{protocol: aes, key: {{literal: {PRIV_KEY}}}}}
"""


def memory_in_use() -> float:
    """Return the share of the memory that is neither free, buffer nor cache, as the kernel counts it."""
    lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    sizes = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)}
    idle = sizes["MemFree"] + sizes["Buffers"] + sizes["Cached"] + sizes["SReclaimable"]
    return 1 - idle / sizes["MemTotal"]


def test_a_real_agent_is_recognised_and_read_by_version_2c_and_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config, agent_folder = tmp_path / "config", tmp_path / "snmpd"
    config.mkdir()
    agent_folder.mkdir()
    (config / "sites.yaml").write_text(SITES, encoding="utf-8")
    (config / "monitor.yaml").write_text(CREDENTIALS, encoding="utf-8")
    (config / "profiles").symlink_to(ROOT / "config" / "profiles")
    with running(agent_folder) as agent:
        for credential in ("wan", "secure"):
            words = ["--credential", credential, "--port", str(agent.port), "--config", str(config), "--format", "json"]
            assert 0 == main(["profiles", "test", "127.0.0.1", *words])
            found: dict[str, Any] = json.loads(capsys.readouterr().out)
            assert ("generic-host", "xa-thu", "") == (found["profile"]["id"], found["agent"]["sys_name"], found["incomplete"])
            values = {each["series"]: each["value"] for each in found["values"]}
            assert memory_in_use() == pytest.approx(values["wan_device_memory_ratio"], abs=0.1)
            assert 0 <= values["wan_device_load_average"]
