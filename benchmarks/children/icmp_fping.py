"""fping over a file of targets, as Smokeping and its like run it: a process a round, a summary line a target.

-c: so many packets to each. -p: between two packets to the same target. -i 0: no pause between targets. -t: its own default in
count mode is the period, which would be a false loss at any delay. -q: only the summary. CPU time is fping's alone, less that of
a run over one target.
"""

from __future__ import annotations

import json
import re
import resource
import subprocess
import tempfile
import time
from typing import Any

from benchmarks.children.report import parameters
from benchmarks.network import addresses

_SUMMARY = re.compile(r"xmt/rcv/%loss = (\d+)/(\d+)/")


def cpu_s() -> float:
    """Return the CPU seconds of all children that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def ping(targets: list[str], asked: dict[str, Any]) -> tuple[int, int, float, float]:
    """Run fping once; return packets sent, lost, its CPU seconds and its wall seconds."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file, tempfile.TemporaryFile("w+") as output:
        file.write("\n".join(targets) + "\n")
        file.flush()
        period_ms, timeout_ms = round(asked["spacing_s"] * 1000), round(asked["timeout_s"] * 1000)
        words = (
            "fping",
            "-c",
            str(asked["packets"]),
            "-p",
            str(period_ms),
            "-i",
            "0",
            "-t",
            str(timeout_ms),
            "-q",
            "-f",
            file.name,
        )
        before_s, began_s = cpu_s(), time.perf_counter()
        subprocess.run(words, stdout=subprocess.DEVNULL, stderr=output, check=False)
        wall_s, used_s = time.perf_counter() - began_s, cpu_s() - before_s
        output.seek(0)
        counts = [(int(sent), int(received)) for sent, received in _SUMMARY.findall(output.read())]
    sent = sum(each for each, _ in counts)
    return sent, sent - sum(received for _, received in counts), used_s, wall_s


def main() -> None:
    """Run as many rounds as asked, and one over a single target to subtract."""
    asked = parameters()
    targets = addresses(asked["targets"])
    _, _, start_s, _ = ping(targets[:1], asked)
    rounds = [ping(targets, asked) for _ in range(asked["rounds"])]
    figures = {
        "exchanges": sum(sent for sent, _, _, _ in rounds),
        "lost": sum(lost for _, lost, _, _ in rounds),
        "cpu_s": sum(used_s - start_s for _, _, used_s, _ in rounds),
        "wall_s": sum(wall_s for _, _, _, wall_s in rounds),
    }
    print(json.dumps(figures))


main()
