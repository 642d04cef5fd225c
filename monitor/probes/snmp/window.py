"""What falls due when, and how many questions are young: both made to cost next to nothing a question."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

_SLOTS_A_SECOND = 100
_GENERATION_S = 0.05

Thing = TypeVar("Thing")


class Wheel(Generic[Thing]):
    """Things by the hundredth of a second in which they fall due; none is ever taken out, but passed over when its time comes."""

    def __init__(self) -> None:
        self._slots: dict[int, list[Thing]] = {}
        self._order: list[int] = []

    def arm(self, due_s: float, thing: Thing) -> None:
        """Remember a thing until due_s, monotonic seconds, or at most a slot longer."""
        slot = int(due_s * _SLOTS_A_SECOND) + 1
        if slot in self._slots:
            self._slots[slot].append(thing)
        else:
            self._slots[slot] = [thing]
            heapq.heappush(self._order, slot)

    def due(self, now_s: float) -> list[Thing]:
        """Return what has fallen due, in the order of the slots, and forget it."""
        found: list[Thing] = []
        now = now_s * _SLOTS_A_SECOND
        while self._order and self._order[0] <= now:
            found += self._slots.pop(heapq.heappop(self._order))
        return found

    def next_s(self, is_alive: Callable[[Thing], bool]) -> float | None:
        """Return when the next thing falls due that is still alive, None where there is none; what is dead is forgotten."""
        while self._order:
            slot = self._order[0]
            if any(map(is_alive, self._slots[slot])):
                return slot / _SLOTS_A_SECOND
            del self._slots[heapq.heappop(self._order)]
        return None

    def clear(self) -> None:
        self._slots.clear()
        self._order.clear()


@dataclass(slots=True)
class Generation:
    """Questions that were asked within the same twentieth of a second. count: those still open; until_s: when it is old."""

    until_s: float
    count: int = 0
    is_old: bool = False


class Window:
    """How many open questions are young: those whose answers may still come all at once, and must find room in the buffer."""

    def __init__(self, size: int, young_s: float) -> None:
        """Permit so many; a question is young for young_s, or up to a generation longer."""
        self.size = size
        self.young = 0
        self._young_s = young_s
        self._generations: deque[Generation] = deque()

    def admit(self, now_s: float) -> Generation:
        """Count one more question; give() takes what is returned."""
        generations = self._generations
        if not generations or now_s + self._young_s > generations[-1].until_s:
            generations.append(Generation(now_s + self._young_s + _GENERATION_S))
        generation = generations[-1]
        generation.count += 1
        self.young += 1
        return generation

    def give(self, generation: Generation) -> None:
        generation.count -= 1
        if not generation.is_old:
            self.young -= 1

    def age(self, now_s: float) -> None:
        """Count those no longer that are not young any more."""
        while self._generations and self._generations[0].until_s <= now_s:
            old = self._generations.popleft()
            old.is_old = True
            self.young -= old.count

    @property
    def is_full(self) -> bool:
        return self.young >= self.size

    @property
    def next_s(self) -> float | None:
        """Return when the eldest are no longer young, None where there are none."""
        return self._generations[0].until_s if self._generations else None

    def clear(self) -> None:
        self._generations.clear()
        self.young = 0
