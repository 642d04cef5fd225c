"""What the monitor knows of its own side: the evidence without which a mass silence is never called 'blind'."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OwnSide:
    """How well we ourselves could send and receive since the previous OwnSide.

    at_s:           monotonic seconds when it was taken.
    sends_attempted, sends_refused: echo requests that were handed to the kernel, and how many of them it did not take.
    refusal:        the name of what the kernel said last, such as 'ENETUNREACH'; '' where it refused nothing.
    carrier:        False where the link that our packets leave by is down or has no carrier, None where that can't be told.
    link:           the name of that link, '' where none is known.
    receive_drops:  replies that the kernel dropped because our buffer was full.
    """

    at_s: float
    sends_attempted: int = 0
    sends_refused: int = 0
    refusal: str = ""
    carrier: bool | None = None
    link: str = ""
    receive_drops: int = 0
