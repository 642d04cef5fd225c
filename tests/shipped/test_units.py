"""The units for systemd: its own tool accepts them, and the daemon may do little more than ping."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
UNITS = ROOT / "systemd"
MOST_EXPOSED = 2.0
"""Of 10, by systemd's count; what is left is that it has a network and opens a raw socket."""


def verified(analyze: str, folder: Path) -> str:
    """Return what it says of the units in a folder; programs that need not be installed here are replaced by one that is."""
    for path in folder.rglob("*.*"):
        if path.is_file():
            text = path.read_text().replace("/opt/monitor/bin/monitor", sys.executable)
            path.write_text(text.replace("/usr/bin/prometheus-alertmanager", sys.executable))
    done = subprocess.run(
        [analyze, "verify", "--man=no", *map(str, sorted(folder.glob("*.service")))],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"SYSTEMD_UNIT_PATH": f"{folder}:"},
    )
    return done.stdout + done.stderr


def test_the_daemons_unit_is_accepted(analyze: str, tmp_path: Path) -> None:
    shutil.copy(UNITS / "monitor.service", tmp_path)
    assert "" == verified(analyze, tmp_path)


def test_the_daemon_is_hardly_exposed(analyze: str) -> None:
    words = [analyze, "security", "--offline=true", f"--threshold={MOST_EXPOSED * 10:.0f}", str(UNITS / "monitor.service")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stdout[-200:] + done.stderr


def test_the_end_of_the_process_that_visitors_meet_is_not_the_daemons() -> None:
    """systemd would stop the whole service when the kernel ends any process of it for want of memory."""
    assert "OOMPolicy=continue" in (UNITS / "monitor.service").read_text().splitlines()


def test_alertmanagers_drop_in_is_accepted_and_makes_its_file_first(analyze: str, tmp_path: Path) -> None:
    unit = tmp_path / "prometheus-alertmanager.service"
    unit.write_text(
        "[Service]\nUser=daemon\nExecStart=/usr/bin/prometheus-alertmanager $ARGS\nExecReload=/bin/kill -HUP $MAINPID\n"
    )
    (tmp_path / f"{unit.name}.d").mkdir()
    shutil.copy(UNITS / "alertmanager.conf", tmp_path / f"{unit.name}.d" / "monitor.conf")
    assert "" == verified(analyze, tmp_path)
    text = (UNITS / "alertmanager.conf").read_text()
    made = text.partition("ExecStartPre=")[2].splitlines()[0].rpartition(" ")[2]
    assert f"--config.file={made} " in text


def test_a_fault_in_a_unit_is_noticed(analyze: str, tmp_path: Path) -> None:
    (tmp_path / "monitor.service").write_text(
        (UNITS / "monitor.service").read_text().replace("Restart=on-failure", "Restart=perhaps")
    )
    assert "perhaps" in verified(analyze, tmp_path)
