"""Values as the configuration writes them: the other way of load/values.py."""

from __future__ import annotations

from decimal import Decimal

_PLAIN = (1e-9, 1e21)
"""From the one to the other numbers are written without an exponent, which readers of durations and rates do not take."""


def written_number(number: float) -> str:
    """Return a number as the configuration writes it, in as few digits as mean the same number: 0.5, 12, 104.98583, 1000000."""
    text = repr(float(number)).removesuffix(".0")
    return format(Decimal(text), "f") if _PLAIN[0] <= abs(number) < _PLAIN[1] else text


def written_duration(seconds: float) -> str:
    """Return a duration as the configuration writes it: 0.02 → 20ms, 300 → 5m."""
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        if seconds >= size and seconds % size == 0:
            return f"{round(seconds / size)}{unit}"
    return f"{written_number(seconds)}s" if seconds >= 1 or seconds == 0 else f"{written_number(round(seconds * 1000, 6))}ms"


def written_rate(bps: int) -> str:
    """Return a rate as the configuration writes it: 50_000_000 → 50M. Exact: what is read from it is the same number."""
    for unit, size in (("G", 10**9), ("M", 10**6)):
        if bps >= size and bps % (size // 1000) == 0:
            return f"{bps / size:.10g}{unit}"
    return f"{bps // 1000}k" if bps % 1000 == 0 else f"{bps / 1000:.3f}k"
