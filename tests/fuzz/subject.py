"""What is fuzzed: how its input is made, and what must hold for any input."""

from __future__ import annotations

from random import Random
from typing import Protocol


class Finding(Exception):  # noqa: N818 - it is the finding, whose message is what was found
    """An input for which what must hold does not hold."""


class Subject(Protocol):
    """One reader of foreign input.

    name: its folder in corpus/. slow_s: seconds of the processor that one input may take. size: octets that an input may have.
    """

    name: str
    slow_s: float
    size: int

    def valid(self, random: Random) -> bytes:
        """Return an input that must be read."""
        ...

    def mutated(self, data: bytes, other: bytes, random: Random) -> bytes:
        """Return an input like this one, but damaged; other: one to splice it with."""
        ...

    def check(self, data: bytes, *, thorough: bool) -> str:
        """Return in a few words what became of an input; inputs of which something new is told are kept and damaged further.

        thorough: ask the slow oracles too. Raises Finding where something does not hold; any other exception is a finding too.
        """
        ...


def must(holds: bool, what: str) -> None:
    """Raise Finding unless it holds."""
    if not holds:
        raise Finding(what)
