"""The daemon watches itself: is the loop late and what holds it, could we send, was the clock set though no reading comes?"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Protocol, Self

from monitor.model.clock import next_tick
from monitor.model.state import OwnSide
from monitor.service.clock_steps import WatchedClock

OVERDUE_S = 0.45
"""A tick this long after the one before is overdue; ticks come every fifth of a second."""
SAMPLE_EVERY_S = 0.05
LINE_EVERY_S = 60.0
_WORKING_SHARE = 0.25
_OURS = str(Path(__file__).parents[1]) + "/"
STOOD_STILL = "the whole process stood still: it was stopped, or got no processor, or its machine stood still"
NOT_SEEN = "nobody saw by what"

log = logging.getLogger(__name__)
EVERY_S = 0.2
REPORT_EVERY_S = 1.0
HELD_S = 0.5
"""A look that comes later is worth a line in the log that says what held the loop."""


class IcmpCounts(Protocol):
    sends_attempted: int
    sends_refused: int
    last_refusal: str

    @property
    def receive_drops(self) -> int:
        """Return how many replies the kernel dropped because our buffer was full."""


class SelfMonitor:
    """Measures the loop's lag at each look, looks at the clocks, takes what the sender counted, and reports once a second."""

    def __init__(
        self,
        clock: WatchedClock,
        sender: IcmpCounts,
        look_at_link: Callable[[], tuple[str, bool | None]],
        *,
        tick: Callable[[], None],
        name_holder: Callable[[float], str],
        report: Callable[[OwnSide], None],
        see_lag: Callable[[float], None],
    ) -> None:
        """look_at_link tells the link that our packets leave by and whether it has a carrier (None where that can't be told).

        tick is told at each look that the loop runs, name_holder names what held it for so many seconds until now.
        report is given an OwnSide every REPORT_EVERY_S, see_lag the seconds by which each look came late.
        """
        self._clock = clock
        self._sender = sender
        self._look_at_link = look_at_link
        self._tick = tick
        self._name_holder = name_holder
        self._held = HeldLog()
        self._report = report
        self._see_lag = see_lag
        self._counted = _counts(sender)
        self._reported_s = clock.monotonic()

    async def run(self) -> None:
        while True:
            now_s = asyncio.get_running_loop().time()
            due_s = self._clock.monotonic() + next_tick(now_s, EVERY_S) - now_s
            await asyncio.sleep(due_s - self._clock.monotonic())
            self.look(self._clock.monotonic() - due_s)

    def look(self, lag_s: float) -> None:
        """Look once. lag_s: by how much it came late."""
        now_s, _ = self._clock.look()
        self._see_lag(lag_s)
        if lag_s > HELD_S:
            self._held.note(lag_s, self._name_holder(lag_s))
        self._tick()
        if line := self._held.line(now_s):
            log.warning(line)
        if now_s - self._reported_s >= REPORT_EVERY_S:
            self._reported_s = now_s
            self._report(self._own_side(now_s))

    def _own_side(self, now_s: float) -> OwnSide:
        link, carrier = self._look_at_link()
        counts = _counts(self._sender)
        attempted, refused, drops = (new - old for new, old in zip(counts, self._counted, strict=True))
        seen = OwnSide(
            at_s=now_s,
            sends_attempted=attempted,
            sends_refused=refused,
            refusal=self._sender.last_refusal if refused else "",
            carrier=carrier,
            link=link,
            receive_drops=drops,
        )
        self._counted = counts
        return seen


def _counts(sender: IcmpCounts) -> tuple[int, int, int]:
    return sender.sends_attempted, sender.sends_refused, sender.receive_drops


class LoopHolder:
    """Samples what the loop's thread runs while it is overdue; see name_holder(). A context manager: its thread lives within.

    The thread wakes twice a second to see that the loop ticks on, which takes 0.24 ms of a processor's second, measured.
    """

    def __init__(self, *, now: Callable[[], float] = time.monotonic, worked: Callable[[], float] = time.process_time) -> None:
        """Watch over the thread that this is called in. worked: seconds for which this process has had a processor so far."""
        self._now, self._worked = now, worked
        self._loop_thread = threading.get_ident()
        self._ticked_s, self._worked_s = now(), worked()
        self._seen: Counter[str] = Counter()
        self._due_s = self._ticked_s + OVERDUE_S
        self._overslept_s = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="loop-holder", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def tick(self) -> None:
        self._ticked_s, self._worked_s = self._now(), self._worked()
        self._overslept_s = 0.0
        if self._seen:
            self._seen = Counter()

    def name_holder(self, lag_s: float) -> str:
        """Return what held the loop for lag_s until now, in words: call it before tick()."""
        overslept_s = max(self._overslept_s, self._now() - self._due_s)  # after a stop the loop may be awake before the thread
        if overslept_s > lag_s / 2 and self._worked() - self._worked_s < lag_s * _WORKING_SHARE:
            return STOOD_STILL
        return self._seen.most_common(1)[0][0] if self._seen else NOT_SEEN

    def _watch(self) -> None:
        while not self._ended.wait(max(0.0, self._due_s - self._now())):
            now_s = self._now()
            self._overslept_s = max(self._overslept_s, now_s - self._due_s)
            if now_s - self._ticked_s < OVERDUE_S:
                self._due_s = self._ticked_s + OVERDUE_S
                continue
            frame = sys._current_frames().get(self._loop_thread)
            if frame is not None:
                self._seen[place(frame)] += 1
            del frame  # it would keep alive whatever runs there
            self._due_s = now_s + SAMPLE_EVERY_S


class HeldLog:
    """What is told of a loop that was held up: at once, and then once a minute at most, the longest of that minute."""

    def __init__(self) -> None:
        self._times = 0
        self._longest_s = 0.0
        self._by = ""
        self._line_s = float("-inf")

    def note(self, lag_s: float, by: str) -> None:
        """Record one more time. by: what held it."""
        self._times += 1
        if lag_s > self._longest_s:
            self._longest_s, self._by = lag_s, by

    def line(self, now_s: float) -> str:
        """Return what is to be told now, '' for nothing. now_s: monotonic."""
        if not self._times or now_s - self._line_s < LINE_EVERY_S:
            return ""
        often = "" if self._times == 1 else f" {self._times} times within a minute, the longest"
        line = f"the event loop was held up{often} for {self._longest_s:.1f} s: {self._by}"
        self._times, self._longest_s, self._by, self._line_s = 0, 0.0, "", now_s
        return line


def place(frame: FrameType) -> str:
    """Return where a thread is: the innermost of our own functions, what runs in it, and which of our functions began it."""
    ours = [each for each in _outward(frame) if each.f_code.co_filename.startswith(_OURS)]
    if not ours:
        return _named(frame)
    inside = "" if frame is ours[0] else f", in {_named(frame)}"
    begun_by = "" if len(ours) == 1 else f", begun by {ours[-1].f_code.co_qualname}"
    return f"{_named(ours[0])}{inside}{begun_by}"


def _outward(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _named(frame: FrameType) -> str:
    code = frame.f_code
    file = code.co_filename
    file = "monitor/" + file.removeprefix(_OURS) if file.startswith(_OURS) else "/".join(Path(file).parts[-2:])
    return f"{file}:{frame.f_lineno} {code.co_qualname}"
