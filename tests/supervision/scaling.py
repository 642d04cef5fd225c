"""Rules, routes and settings with every duration in them made shorter by one factor, so that the shape of it all stays."""

from __future__ import annotations

import re

_MS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
_DURATION = re.compile(r"(?<![\w.])(?:\d+(?:ms|[smhdw]))+\b")


def scaled(text: str, faster: float) -> str:
    """Return a text of YAML or PromQL with each duration divided by `faster`; 1 leaves it as it is."""
    if faster == 1:
        return text
    return _DURATION.sub(lambda match: shorter(match[0], faster), text)


def shorter(duration: str, faster: float) -> str:
    """Return a duration such as 1h30m divided by `faster`, in whole milliseconds."""
    whole = sum(int(number) * _MS[unit] for number, unit in re.findall(r"(\d+)(ms|[smhdw])", duration))
    return f"{round(whole / faster)}ms" if whole else "0s"
