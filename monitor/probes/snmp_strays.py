"""Datagrams that answer no open question, counted by kind and by source, so that whoever floods us can be named."""

from __future__ import annotations

from monitor.model.misdeed import Stray

_MOST_SOURCES = 1024
"""Kept apart between two calls of take(); sources can be forged, memory must not follow them."""
KINDS = ("late", "garbage", "unasked")


class Strays:
    """What came unasked. totals: datagrams by kind since the start."""

    __slots__ = ("_since", "totals")

    def __init__(self) -> None:
        self.totals = dict.fromkeys(KINDS, 0)
        self._since: dict[tuple[str, str], list[float]] = {}

    def note(self, address: str, kind: str, late_s: float = 0.0) -> None:
        """Count one datagram. late_s: from the question that was given up to this answer, else 0."""
        self.totals[kind] += 1
        seen = self._since.get((address, kind))
        if seen is None:
            key = (address, kind) if len(self._since) < _MOST_SOURCES else ("", kind)
            seen = self._since.setdefault(key, [0, 0.0])
        seen[0] += 1
        seen[1] = max(seen[1], late_s)

    def take(self) -> tuple[Stray, ...]:
        """Return what came since the last call, one for each source and kind."""
        taken = tuple(Stray(address, kind, int(count), late_s) for (address, kind), (count, late_s) in self._since.items())
        self._since.clear()
        return taken
