"""Another process as the kernel accounts for it, and the firewall that cuts targets off."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_READY_S = 30.0
_CUTS = """table inet cuts {
  set dark { type ipv4_addr; }
  chain input { type filter hook input priority 0; ip daddr @dark drop; }
}
"""


class Account:
    """CPU seconds and memory of a process and of those that it started and that live, all their threads included."""

    def __init__(self, pid: int) -> None:
        self._pid = pid

    def cpu_s(self) -> float:
        """Return user and system seconds so far, by the scheduler's nanoseconds and not in ticks."""
        # CPUCLOCK_SCHED of a process: clock_getcpuclockid(3)
        return sum(time.clock_gettime((~pid << 3) | 2) for pid in self._family())

    def resident_mib(self) -> float:
        """Return the memory that they hold now; what they share counts as often as it is mapped."""
        lines = [line for pid in self._family() for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()]
        return sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024

    def _family(self) -> list[int]:
        children = Path(f"/proc/{self._pid}/task/{self._pid}/children").read_text(encoding="ascii")
        return [self._pid, *map(int, children.split())]


@contextmanager
def started(words: Sequence[str], log: Path) -> Iterator[subprocess.Popen[str]]:
    """Run a process until the end of the block; end its stdin first, then itself. log: where its stderr goes."""
    with log.open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True)
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process
        finally:
            process.stdin.close()
            try:
                process.wait(_READY_S / 3)
            except subprocess.TimeoutExpired:
                process.terminate()
                process.wait()
            process.stdout.close()


class Cuts:
    """Cuts off addresses of this network: what is sent to them is dropped without a word, as by a broken line."""

    def __init__(self) -> None:
        self._run(_CUTS)

    def only(self, addresses: Sequence[str]) -> None:
        """Cut off these, and no others any longer."""
        self._run("flush set inet cuts dark\n" + (self._adding(addresses) if addresses else ""))

    def also(self, addresses: Sequence[str]) -> None:
        """Cut off these, too."""
        self._run(self._adding(addresses))

    def end(self) -> None:
        """Let everything pass."""
        self._run("delete table inet cuts\n")

    @staticmethod
    def _adding(addresses: Sequence[str]) -> str:
        return f"add element inet cuts dark {{ {', '.join(addresses)} }}\n"

    @staticmethod
    def _run(rules: str) -> None:
        environment = {"PATH": "/usr/sbin:/sbin:" + os.environ.get("PATH", "")}
        subprocess.run(("nft", "-f", "-"), input=rules, text=True, check=True, env=environment)


@contextmanager
def cuts() -> Iterator[Cuts]:
    """Have a firewall for the time of the block."""
    found = Cuts()
    try:
        yield found
    finally:
        found.end()
