"""How a duration is written, wherever somebody writes one: in the configuration, a scenario, a form or on a command line."""

from __future__ import annotations

import re

DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d)")
_SIZES = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def seconds(text: str) -> float | None:
    """Return how many seconds a duration such as 20ms, 15s, 5m or 2h is, None where the text is none. Capitals do as well."""
    found = DURATION.fullmatch(text.lower())
    return round(float(found[1]) * _SIZES[found[2]], 9) if found else None
