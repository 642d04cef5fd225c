"""`monitor demo` shows the province on a page that the host reaches, and ends cleanly."""

import os
import re
import selectors
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab_fixture import SITES, Lab
from tests.patience import LONGEST_WAIT_S

DEMO = [sys.executable, "-m", "monitor", "demo", "--language", "en"]


def demo(lab: Lab, state: Path, listen: str) -> subprocess.Popen[str]:
    words = [*DEMO, "--config", str(lab.folder), "--state", str(state), "--listen", listen]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@pytest.fixture
def shown(lab: Lab, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A demo of the small province that is ready, and its address."""
    with demo(lab, tmp_path / "state", "127.0.0.1:0") as process:
        try:
            yield process, _until(process, r"Open: +(\S+)")
        finally:
            process.send_signal(signal.SIGINT)


def _until(process: subprocess.Popen[str], pattern: str) -> str:
    """Return what the pattern's group finds in the next line that fits."""
    assert process.stdout is not None
    seen = ""
    for line in process.stdout:
        seen += line
        match = re.search(pattern, line)
        if match:
            return match[1]
    raise AssertionError(f"never said: {pattern}\n{seen}")


def _child(process: subprocess.Popen[str], word: str) -> int:
    """Return the pid of the demo's child whose command line has this word."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return next(int(pid) for pid in children if word in Path(f"/proc/{pid}/cmdline").read_text().split("\0"))


def test_the_page_is_served_outside_and_the_daemon_polls_inside(shown: tuple[subprocess.Popen[str], str]) -> None:
    process, url = shown
    with urllib.request.urlopen(f"{url}metrics", timeout=LONGEST_WAIT_S) as answer:
        text = answer.read().decode()
    assert text.count("wan_target_info{") == SITES.count("{id: ") - SITES.split("points:")[0].count("{id: ")
    daemon = _child(process, "run")
    assert os.stat(f"/proc/{daemon}/ns/net").st_ino != os.stat("/proc/self/ns/net").st_ino
    process.send_signal(signal.SIGINT)
    assert process.wait(LONGEST_WAIT_S) == 0
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(url, timeout=LONGEST_WAIT_S)


def test_a_daemon_that_dies_ends_the_demo_with_its_last_lines(shown: tuple[subprocess.Popen[str], str]) -> None:
    process, _ = shown
    os.kill(_child(process, "run"), signal.SIGKILL)
    assert _until(process, r"(The daemon ended) \(status -9\)")
    assert process.wait(LONGEST_WAIT_S) == 1


def test_nothing_outlives_a_demo_that_was_killed(shown: tuple[subprocess.Popen[str], str]) -> None:
    process, _ = shown
    ends = [os.pidfd_open(_child(process, word)) for word in ("lab", "run")]
    process.kill()
    for end in ends:
        with selectors.DefaultSelector() as selector:
            selector.register(end, selectors.EVENT_READ)  # readable once the process is gone, pidfd_open(2)
            assert selector.select(LONGEST_WAIT_S)
        os.close(end)


def test_the_commands_to_try_can_be_typed_as_they_are_printed(lab: Lab, tmp_path: Path) -> None:
    with demo(lab, tmp_path / "state", "127.0.0.1:0") as process:
        try:
            take = _typed(_until(process, r"Take that on: +(.+)"))
            ready = _typed(_until(process, r"Before a meeting: +(.+)"))
            log = _typed(_until(process, r"The shift's log: +(.+)"))
            command = _until(process, r"Mend everything: +(.+) lab ")
        finally:
            process.send_signal(signal.SIGINT)
    assert shutil.which(command.split()[0])
    assert (2, True) == (take.returncode, "is no root cause" in take.stderr)  # it reached the daemon, which knows the target
    assert ready.stdout.startswith("Giao ban trực tuyến toàn tỉnh – ")
    assert (0, "Shift log") == (log.returncode, log.stdout[:9])


def _typed(command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(shlex.split(command), check=False, capture_output=True, text=True, timeout=LONGEST_WAIT_S)


def test_a_busy_port_is_named_with_its_cure(lab: Lab, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with demo(lab, tmp_path / "state", f"127.0.0.1:{port}") as process:
            output, _ = process.communicate(timeout=LONGEST_WAIT_S)
    assert process.returncode == 2
    assert f"can't listen on 127.0.0.1:{port}" in output
    assert "--listen" in output
