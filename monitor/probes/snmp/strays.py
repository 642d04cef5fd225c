"""Datagrams that answer no open question, counted by kind and by source, so that whoever floods us can be named."""

from __future__ import annotations

from monitor.model.agent_fault import Unsolicited

_MOST_SOURCES = 1024
"""Kept apart between two calls of take(); sources can be forged, memory must not follow them."""


class UnsolicitedLog:
    """What came and answered nothing, since it was last taken."""

    __slots__ = ("_seen",)

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], tuple[int, float]] = {}

    def note(self, address: str, kind: str, late_s: float = 0.0) -> None:
        """Count one datagram. late_s: from the question that was given up to this answer, else 0."""
        key = (address, kind)
        if key not in self._seen and len(self._seen) >= _MOST_SOURCES:
            key = ("", kind)
        datagrams, latest_s = self._seen.get(key, (0, 0.0))
        self._seen[key] = (datagrams + 1, max(latest_s, late_s))

    def take(self) -> tuple[Unsolicited, ...]:
        """Return what came since the last call, one for each source and kind."""
        taken = tuple(Unsolicited(address, kind, count, late_s) for (address, kind), (count, late_s) in self._seen.items())
        self._seen.clear()
        return taken
