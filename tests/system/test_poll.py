"""`monitor poll` inside the lab: what it prints, and what its exit status says."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios

import pytest

from monitor.cli.tables import seen_width
from tests.lab_fixture import Lab, StartLab

ASKED = ("huyen-a", "huyen-b", "xa-b1")
COLUMNS = 80


MONITOR = """
probes: {icmp: {timeout: 500ms}, snmp: {timeout: 500ms, retries: 1}}
credentials: {wan: {version: 2c, community: {literal: lab}}}
"""


@pytest.fixture
def ailing(start_lab: StartLab) -> Lab:
    """The small province in which xa-b1 is dead and the agent of huyen-b says nothing."""
    lab = start_lab(monitor=MONITOR)
    lab.ctl("dead", "xa-b1")
    lab.ctl("agent-dead", "huyen-b")
    return lab


def words(lab: Lab, *asked: str) -> list[str]:
    return [sys.executable, "-m", "monitor", "poll", "--config", str(lab.folder), "--language", "en", *asked]


def on_a_terminal(lab: Lab, *asked: str) -> tuple[int, list[str]]:
    """Return the exit status and the lines that a terminal of 80 columns is given."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
    process = lab.popen(*words(lab, *asked), stdin=theirs, stdout=theirs, stderr=subprocess.DEVNULL)
    os.close(theirs)
    text = b""
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        try:
            while part := terminal.read(4096):
                text += part
        except OSError:
            pass  # EIO: the other end is closed
    return process.wait(10), text.decode().splitlines()


def test_the_table_fits_eighty_columns_and_says_who_is_silent(ailing: Lab) -> None:
    status, lines = on_a_terminal(ailing, *ASKED)
    assert 1 == status
    assert max(map(seen_width, lines)) <= COLUMNS
    header, *rows, summary = (line.split(maxsplit=6) for line in lines)
    assert ["Target", "Ping", "Loss", "RTT", "SNMP", "Why"] == header
    assert ["huyen-a", "answers", "0.0%", "ms", "answers"] == [*rows[0][:3], *rows[0][4:]]
    assert ["huyen-b", "answers", "0.0%", "ms", "silent"] == [*rows[1][:3], *rows[1][4:6]]
    assert ["xa-b1", "silent", "100.0%", "silent"] == rows[2][:4]
    assert "2/3" == summary[0]


def test_json_holds_one_row_for_each_probe(ailing: Lab) -> None:
    done = ailing.exec(*words(ailing, "--format", "json", *ASKED))
    assert 1 == done.returncode
    rows = json.loads(done.stdout)
    assert {
        ("huyen-a", "icmp"): "ok",
        ("huyen-a", "snmp"): "ok",
        ("huyen-b", "icmp"): "ok",
        ("huyen-b", "snmp"): "timeout",
        ("xa-b1", "icmp"): "timeout",
        ("xa-b1", "snmp"): "timeout",
    } == {(each["target"], each["probe"]): each["outcome"] for each in rows}
    pings = {each["target"]: each["icmp"] for each in rows if each["probe"] == "icmp"}
    assert (0, 5) == (pings["huyen-a"]["loss"], pings["huyen-a"]["received"])
    assert (1, None) == (pings["xa-b1"]["loss"], pings["xa-b1"]["rtt_ms"])


def test_the_status_is_0_where_everybody_answers(lab: Lab) -> None:
    done = lab.exec(*words(lab))
    assert 0 == done.returncode, done.stdout + done.stderr
    assert len(lab.inventory.targets) + 2 == len(done.stdout.splitlines())


def test_an_unknown_id_is_answered_with_what_was_probably_meant(lab: Lab) -> None:
    done = lab.exec(*words(lab, "xa-a1", "xa-dooi"))
    assert (2, "") == (done.returncode, done.stdout)
    assert "no target is called 'xa-dooi'; did you mean 'xa-doi'?" in done.stderr
