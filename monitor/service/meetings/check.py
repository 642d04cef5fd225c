"""One check of a meeting's endpoints: a burst long enough for what a verdict claims, and every other probe they have, at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from monitor.model.probe_kinds import KINDS, Brings
from monitor.model.reading import Reading
from monitor.model.settings import MeetingSettings
from monitor.model.spec import Spec
from monitor.model.state import State, TargetView
from monitor.rules.conference import teller_of_call
from monitor.rules.timetable import spread

Form = Callable[[str, Spec], Spec | None]
"""What becomes of the spec of a probe; None leaves it out."""
Ask = Callable[[Iterable[str], Form], tuple[int, AsyncIterator[Reading]]]
"""What asks targets: how many readings there will be, and each as it comes."""
Progress = Callable[[int, int], None]
"""Told how many of how many readings are there."""

_SILENT = (State.DOWN, State.UNREACHABLE, State.STANDBY)


async def check(ids: Sequence[str], views: Mapping[str, TargetView], rules: MeetingSettings, ask: Ask, progress: Progress) -> None:
    """Probe endpoints; every reading is handed on as evidence, and this ends when the last has come.

    Bursts go to at most `at_once` endpoints at a time, neighbours apart, so that no circuit carries many of them. An endpoint that
    is in a call, or is known to be silent, gets no burst but the usual round.
    """
    apart = sorted((name for name in ids if not _is_spared(views.get(name))), key=lambda name: spread(name, 1.0))
    in_bursts = frozenset(apart)
    changes: dict[str, Any] = {"packets": rules.packets, "spacing_s": rules.spacing_s}

    def as_burst(probe: str, spec: Spec) -> Spec | None:
        return replace(spec, **changes) if _is_ping(probe) else None

    def beside_bursts(probe: str, spec: Spec) -> Spec | None:
        return None if _is_ping(probe) and spec.target in in_bursts else spec

    others, their_readings = ask(ids, beside_bursts)
    done, of = 0, others + len(apart)
    progress(done, of)

    async def collect(readings: AsyncIterator[Reading]) -> None:
        nonlocal done
        async for _ in readings:
            done += 1
            progress(min(done, of), of)

    async def burst() -> None:
        for first in range(0, len(apart), rules.at_once):
            _, readings = ask(apart[first : first + rules.at_once], as_burst)
            await collect(readings)

    await asyncio.gather(burst(), collect(their_readings))


def _is_spared(view: TargetView | None) -> bool:
    return view is not None and (view.state in _SILENT or teller_of_call(view) is not None)


def _is_ping(probe: str) -> bool:
    return KINDS[probe].brings is Brings.PINGS
