"""The composition root hands each part what it needs."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

from monitor.cli.run import open_store, root_first
from monitor.load.configuration import Configuration
from monitor.model.settings import HealthSettings
from monitor.service.process import ServiceManager
from tests.leftovers import lay_out
from tests.service.province import PROFILES, SETTINGS, inventory, point


def test_the_link_that_is_watched_is_the_one_to_the_root() -> None:
    targets = [replace(point(f"d{number}", "root"), address=f"127.0.1.{number}") for number in range(9)]
    settings = replace(SETTINGS, health=HealthSettings(references=("127.0.9.9", "d1")))
    plan = inventory([*targets, replace(point("root"), address="127.0.0.9")])
    found = list(root_first(Configuration(plan, settings, PROFILES, Path("config"))))
    assert "127.0.0.9" == found[0]
    assert {target.address for target in plan.targets.values()} | {"127.0.9.9"} == set(found)


def test_a_start_that_changes_the_journal_is_not_taken_for_hung(tmp_path: Path) -> None:
    left, address = lay_out(tmp_path), str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(address)
        systemd.setblocking(False)
        open_store(left.journal, ServiceManager({"NOTIFY_SOCKET": address})).close()
        copied, turned = systemd.recv(200), systemd.recv(200)
    assert b"EXTEND_TIMEOUT_USEC=120000000\nSTATUS=turning the journal into codes: 0 of 141 lines" == copied
    assert b"EXTEND_TIMEOUT_USEC=120000000\nSTATUS=turning the journal into codes: 139 of 139 lines" == turned
