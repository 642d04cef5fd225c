"""A campaign: input after input against one subject, what is new kept and damaged further, every finding made small and saved."""

from __future__ import annotations

import hashlib
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import FrameType

from tests.fuzz.subject import Finding, Subject

CORPUS = Path(__file__).parent / "corpus"
_POOL = 400
_SHRINKS = 2000


class Slow(Exception):  # noqa: N818 - a finding, see Finding
    """An input took longer than its subject permits."""


@dataclass(slots=True)
class Report:
    """What a campaign did. findings: file names in the corpus → what was found. told: what became of the inputs, how often."""

    subject: str
    seed: int
    executions: int = 0
    seconds: float = 0.0
    findings: dict[str, str] = field(default_factory=dict)
    told: dict[str, int] = field(default_factory=dict)


def corpus(name: str) -> dict[str, bytes]:
    """Return a subject's saved inputs by file name."""
    return {path.name: path.read_bytes() for path in sorted((CORPUS / name).glob("*"))}


def verdict(subject: Subject, data: bytes, *, thorough: bool) -> tuple[str, str | None]:
    """Return what became of an input, and what was found, None where nothing was."""
    try:
        with _alarm(subject.slow_s):
            return subject.check(data, thorough=thorough), None
    except (Finding, Slow) as finding:
        return "", ascii(str(finding))[1:-1][:400]
    except RecursionError:
        return "", "RecursionError"
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        return "", f"{type(error).__name__} in {Path(place.filename).name}:{place.name}: {error}"


def run(
    subject: Subject, seed: int, *, executions: int, is_over: Callable[[], bool] = lambda: False, folder: Path | None = None
) -> Report:
    """Run so many executions, or until is_over. folder: where findings are saved, None: nowhere. Equal seeds do equal things."""
    random = Random(f"{subject.name} {seed}")
    report = Report(subject.name, seed)
    pool = [*corpus(subject.name).values()]
    begun = time.monotonic()
    while len(pool) < 64:
        pool.append(subject.valid(random))
    while report.executions < executions and not (report.executions % 64 == 0 and is_over()):
        data = _next(subject, pool, random)[: subject.size]
        told, found = verdict(subject, data, thorough=False)
        report.executions += 1
        if found is not None:
            _keep(subject, report, data, found, folder)
        elif told not in report.told:
            pool.append(data)
        elif random.random() < 0.01:
            pool[random.randrange(len(pool))] = data
        report.told[told] = report.told.get(told, 0) + 1
        if len(pool) > _POOL:
            del pool[random.randrange(len(pool))]
    report.seconds = time.monotonic() - begun
    return report


def _next(subject: Subject, pool: list[bytes], random: Random) -> bytes:
    """Return the next input: a valid one now and then, most often a damaged one."""
    if random.random() < 0.08:
        return subject.valid(random)
    return subject.mutated(random.choice(pool), random.choice(pool), random)


def _keep(subject: Subject, report: Report, data: bytes, found: str, folder: Path | None) -> None:
    """Save a finding of a kind that was not seen yet, made as small as it goes."""
    kind = kind_of(found)
    if any(kind_of(other) == kind for other in report.findings.values()):
        return
    small = shrunk(subject, data, kind)
    name = f"found-{hashlib.sha256(small).hexdigest()[:12]}"
    report.findings[f"{name}-seed-{report.seed}"] = found
    if folder is not None and not any((folder / subject.name).glob(f"{name}*")):
        (folder / subject.name).mkdir(parents=True, exist_ok=True)
        (folder / subject.name / f"{name}-seed-{report.seed}").write_bytes(small)


def shrunk(subject: Subject, data: bytes, kind: str) -> bytes:
    """Return a part of an input that still shows a finding of this kind, by leaving ever smaller pieces out."""
    step = max(len(data) // 2, 1)
    tries = 0
    while step and tries < _SHRINKS:
        at = 0
        while at < len(data) and tries < _SHRINKS:
            tries += 1
            shorter = data[:at] + data[at + step :]
            found = verdict(subject, shorter, thorough=True)[1]
            if found is not None and kind_of(found) == kind:
                data = shorter
            else:
                at += step
        step //= 2
    return data


def kind_of(found: str) -> str:
    """Return what findings of one cause have in common."""
    return "".join(letter for letter in found if not letter.isdigit())[:60]


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise Slow in what runs inside once it took so many seconds of the processor; only in a process's main thread."""
    if signal.getsignal(signal.SIGPROF) is not _ring:
        signal.signal(signal.SIGPROF, _ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _ring(_number: int, _frame: FrameType | None) -> None:
    raise Slow("takes too long")
