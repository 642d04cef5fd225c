"""Makes the file of a report in a process of its own, which is told no secrets, started for it and ends with it."""

from __future__ import annotations

import asyncio
import contextlib
import copyreg
import io
import logging
import math
import os
import pickle
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import cast

from monitor.export.source import ReportFailedError
from monitor.model.inventory import Inventory
from monitor.model.meeting import OUT_OF_MEMORY, MeetingView, ReportOrder
from monitor.model.reason import Reason

_KEPT = ("PATH", "HOME", "LANG", "TZ", "TMPDIR", "VIRTUAL_ENV")
_BEGIN = ("PYTHON", "LC_")

log = logging.getLogger(__name__)

_ORPHAN_S = 5.0
"""How long after its time a worker ends by itself, where we can't end it."""
_LINE_LETTERS = 300
_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class ReportLimits:
    """What one report may take: seconds from start to end, the worker's own memory, octets of the file.

    The 241 endpoints take 0.4 s of the processor, less than 24 MB and 64 KB as a workbook, and half of that as a page; ten times
    as many take between 64 and 96 MB.
    """

    time_s: float = 60.0
    memory_bytes: int = 128 << 20
    file_bytes: int = 8 << 20


class ReportProcess:
    """A Reporter that hands each order to a process of its own.

    command: what makes a report; it is given two more words, seconds and octets of memory, that it bounds itself by, the pickled
    order on stdin, and writes the file to stdout. Started by exec, so that it has nothing of us but two pipes.
    """

    def __init__(self, command: Sequence[str], limits: ReportLimits | None = None) -> None:
        self._command = tuple(command)
        self._limits = limits or ReportLimits()

    async def __call__(self, order: ReportOrder) -> bytes:
        """Return the file. Raises ReportFailedError after one line of log; a worker that is still alive then has been killed."""
        try:
            # Some 10 ms for 241 endpoints, and nothing that waits.
            return await self._made(await asyncio.to_thread(pickled, order))
        except ReportFailedError as fault:
            quoted = f" ({fault.quoted})" if fault.quoted else ""
            log.warning("no %s report of %s: %s%s", order.form, order.view.meeting.id, fault.fault, quoted)
            raise

    async def _made(self, order: bytes) -> bytes:
        time_s = self._limits.time_s
        with _folder() as folder:
            worker = await self._start(folder)
            try:
                async with asyncio.timeout(time_s):
                    content, complaint = await self._talk(worker, order)
                    status = await worker.wait()
            except TimeoutError:
                raise ReportFailedError("report_late", lasted_s=math.ceil(time_s)) from None
            finally:
                if worker.returncode is None:
                    await asyncio.shield(_ended(worker))
        return self._judged(status, content, complaint)

    async def _start(self, folder: str) -> asyncio.subprocess.Process:
        words = (*self._command, str(math.ceil(self._limits.time_s + _ORPHAN_S)), str(self._limits.memory_bytes))
        try:
            return await asyncio.create_subprocess_exec(
                *words,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=for_a_child(os.environ) | {"TMPDIR": folder},
                start_new_session=True,
            )
        except OSError as error:
            raise ReportFailedError("report_died", str(error)) from error

    async def _talk(self, worker: asyncio.subprocess.Process, order: bytes) -> tuple[bytes, bytes]:
        """Give the order, and return the file and the end of what the worker says on stderr."""
        stdin, stdout, stderr = _pipes(worker)
        async with asyncio.TaskGroup() as talk:
            talk.create_task(_give(stdin, order))
            complaint = talk.create_task(_end_of(stderr))
            content = talk.create_task(_at_most(stdout, self._limits.file_bytes + 1))
            if len(await content) > self._limits.file_bytes:
                _kill(worker)
                await _end_of(stdout)
        return content.result(), complaint.result()

    def _judged(self, status: int, content: bytes, complaint: bytes) -> bytes:
        """Return the file of a worker that ended well."""
        if len(content) > self._limits.file_bytes:
            raise ReportFailedError("report_large", megabytes=self._limits.file_bytes >> 20)
        if status == OUT_OF_MEMORY:
            raise ReportFailedError("report_memory", megabytes=self._limits.memory_bytes >> 20)
        if status or not content:
            lines = complaint.decode("utf-8", "replace").split("\n")
            last = next((line.strip() for line in reversed(lines) if line.strip()), "")[-_LINE_LETTERS:]
            raise ReportFailedError("report_died", f"{_exit(status)}{last and ': '}{last}")
        return content


def _folder() -> tempfile.TemporaryDirectory[str]:
    try:
        return tempfile.TemporaryDirectory(prefix="monitor-report-", ignore_cleanup_errors=True)
    except OSError as error:
        raise ReportFailedError("report_died", str(error)) from error


def _pipes(worker: asyncio.subprocess.Process) -> tuple[asyncio.StreamWriter, asyncio.StreamReader, asyncio.StreamReader]:
    pipes = worker.stdin, worker.stdout, worker.stderr
    return cast("tuple[asyncio.StreamWriter, asyncio.StreamReader, asyncio.StreamReader]", pipes)


def _kill(worker: asyncio.subprocess.Process) -> None:
    """Kill a worker and whatever it started: it has a session of its own."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(worker.pid, signal.SIGKILL)


async def _ended(worker: asyncio.subprocess.Process) -> None:
    """Kill a worker and return when it is gone; asyncio waits for the ends of its pipes too, so what stands in them is read."""
    _, stdout, stderr = _pipes(worker)
    _kill(worker)
    await asyncio.gather(_end_of(stdout), _end_of(stderr), worker.wait())


def _exit(status: int) -> str:
    """Return an exit status, or the signal that ended a process, by its name where it has one."""
    if status >= 0:
        return f"status {status}"
    return signal.Signals(-status).name if -status in set(signal.Signals) else f"signal {-status}"


async def _give(pipe: asyncio.StreamWriter, order: bytes) -> None:
    try:
        pipe.write(order)
        await pipe.drain()
        pipe.close()
        await pipe.wait_closed()
    except ConnectionError:
        pass  # It ended before it had heard all; its status says why.


async def _at_most(pipe: asyncio.StreamReader, most: int) -> bytes:
    """Return what comes until the end, or its first `most` octets."""
    found = bytearray()
    while len(found) < most and (piece := await pipe.read(_PIECE)):
        found += piece
    return bytes(found[:most])


async def _end_of(pipe: asyncio.StreamReader) -> bytes:
    """Read until the end and return the last of it."""
    found = b""
    while piece := await pipe.read(_PIECE):
        found = (found + piece)[-4096:]
    return found


def pickled(order: ReportOrder) -> bytes:
    """Return an order for the pipe, with no more of the inventory than its report names: the province's may be large."""
    out = io.BytesIO()
    pickler = pickle.Pickler(out, pickle.HIGHEST_PROTOCOL)
    # A MappingProxyType can't be pickled; who makes a report only reads it, and gets a dict.
    pickler.dispatch_table = copyreg.dispatch_table | {MappingProxyType: lambda proxy: (dict, (dict(proxy),))}
    pickler.dump(replace(order, inventory=_narrowed(order.inventory, order.view)))
    return out.getvalue()


def _narrowed(inventory: Inventory, view: MeetingView) -> Inventory:
    named = dict.fromkeys(_named(view))
    return replace(inventory, targets={id_: inventory.targets[id_] for id_ in named if id_ in inventory.targets})


def _named(view: MeetingView) -> Iterator[str]:
    """Yield every id that a report of the view may name."""
    yield view.meeting.host
    yield from view.meeting.endpoints
    yield from _values(view.reason)
    for each in view.endpoints.values():
        yield from (each.endpoint, each.cause, *_values(each.reason), *_values(each.action))
        for found in each.evidence:
            yield from _values(found.text)
    for blast in view.blasts:
        yield blast.target
    for loss in view.losses:
        yield from (loss.endpoint, loss.cause, *_values(loss.reason))


def _values(reason: Reason | None) -> Iterator[str]:
    if reason is not None:
        yield from (value for value in reason.values.values() if isinstance(value, str))


def for_a_child(environment: Mapping[str, str], also: Sequence[str] = ()) -> dict[str, str]:
    """Return the variables that a child needs to run. also: what further names may begin with."""
    return {name: value for name, value in environment.items() if name in _KEPT or name.startswith((*_BEGIN, *also))}
