"""One run: a fresh child process that does a workload once and prints its figures as one line of JSON.

The child measures its own work where it can (after imports and a warm-up); the kernel's account of the whole process, children
included, is kept beside it.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.benchmark import Command, Contender, Workload

ROOT = Path(__file__).parent.parent
DEADLINE_S = 300.0
_TOLD = 400


class RunError(Exception):
    """A run gave no figures; the text says why."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one run brought. values: 'cpu_us', 'lost', 'rate', 'wall_s', 'cpu_s', 'process_cpu_s', and what else the child told.

    exchanges: how many of the workload's exchanges the CPU time is divided by. measured_by: 'itself' where the child measured its
    own work, 'process' where its empty run was subtracted from the process's whole account.
    """

    exchanges: int
    values: Mapping[str, float]
    measured_by: str


def python(module: str, *words: str) -> Command:
    """Return the command of a Python child: a module that is run with the words and the workload's parameters as JSON."""
    return lambda workload: (sys.executable, "-m", module, *words, json.dumps(dict(workload.parameters)))


def binary(path: Path | None, *words: str, keys: Sequence[str]) -> Command:
    """Return the command of a C program: the words, then these parameters of the workload in this order."""
    return lambda workload: (str(path), *words, *(str(workload.parameters[key]) for key in keys))


def run(contender: Contender, workload: Workload) -> Run:
    """Have the contender do the workload once. Raises RunError."""
    told, process_cpu_s = _child(contender.command(workload))
    measured_by = "itself"
    if "cpu_s" not in told:
        if contender.empty is None:
            raise RunError("it told no CPU time, and there is no empty run to subtract")
        told["cpu_s"] = process_cpu_s - _child(contender.empty(workload))[1]
        measured_by = "process"
    exchanges = int(told.pop("exchanges", 0))
    if exchanges < 1:
        raise RunError("it did no exchange")
    values = dict(told, process_cpu_s=process_cpu_s, cpu_us=told["cpu_s"] / exchanges * 1e6)
    if values.get("wall_s"):
        values["rate"] = exchanges / values["wall_s"]
    values.setdefault("lost", 0.0)
    return Run(exchanges, values, measured_by)


def _child(command: Sequence[str]) -> tuple[dict[str, float], float]:
    """Run a child to its end; return what it told and the CPU seconds of it and its children. Raises RunError."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as complaints:
        try:
            process = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=complaints, start_new_session=True
            )
        except OSError as error:
            raise RunError(f"{command[0]}: {error.strerror}") from error
        status, cpu_s = _wait(process)
        complaints.seek(0)
        complaint = complaints.read().decode(errors="replace").strip()[-_TOLD:]
        if status:
            raise RunError(f"{_ended(status)}{': ' if complaint else ''}{complaint}")
        output.seek(0)
        return _told(output.read()), cpu_s


def _wait(process: subprocess.Popen[bytes]) -> tuple[int, float]:
    """Wait for a child's end, at most DEADLINE_S; return its wait status and its CPU seconds."""
    descriptor = os.pidfd_open(process.pid)
    try:
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        if not poll.poll(DEADLINE_S * 1000):
            os.killpg(process.pid, signal.SIGKILL)
        _, status, usage = os.wait4(process.pid, 0)
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        raise
    finally:
        os.close(descriptor)
    process.returncode = os.waitstatus_to_exitcode(status)
    return status, usage.ru_utime + usage.ru_stime


def _ended(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    if code == -signal.SIGKILL:
        return f"it was killed, perhaps for not being done after {DEADLINE_S:g} s"
    return f"it ended with status {code}"


def _told(output: bytes) -> dict[str, float]:
    """Return the figures of the last line."""
    lines = output.decode(errors="replace").strip().splitlines()
    try:
        figures = json.loads(lines[-1])
        return {str(key): float(value) for key, value in figures.items()}
    except (IndexError, ValueError, AttributeError, TypeError) as error:
        raise RunError(f"it printed no line of figures ({error})") from error
