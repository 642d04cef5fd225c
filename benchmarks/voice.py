"""Saying a number: the voice of pages, commands and reports, and Babel's own formatting of the same numbers."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.benchmark import Benchmark, Contender, Goal, Measure, Role, Workload, Workshop
from benchmarks.child import python
from benchmarks.machine import library

TITLES = {
    "small": "0 to 999",
    "large": "1,000 to a milliard",
    "negative": "below 0",
    "shares": "shares",
    "times": "milliseconds",
    "rates": "bit/s",
}
"""Kind of number → what its workload is called."""
AT_MOST_US = 1.0
_NO_UNIT = "its units are words of CLDR's, not ours"
_NOTES = (
    "Numbers of chance in Vietnamese, one decimal, each said once: nothing is remembered of the last time. Babel, whose symbols "
    "the voice takes, is given its own patterns with one decimal; it rounds half to even, and 99.96% reads as 100.0%.",
)


def benchmarks(workshop: Workshop) -> Sequence[Benchmark]:
    """Return the one benchmark of this file."""
    numbers = 20_000 if workshop.quick else 200_000
    workloads = [Workload(kind, title, {"kind": kind, "numbers": numbers}) for kind, title in TITLES.items()]
    contenders = (
        Contender("ours", Role.OURS, python("benchmarks.children.voice_ours"), how="`words/voice.py`"),
        Contender(
            "Babel",
            Role.PEER,
            python("benchmarks.children.voice_babel"),
            version=library("babel"),
            how="`format_decimal`, `format_percent`, with a pattern",
            left_out={"times": _NO_UNIT, "rates": _NO_UNIT},
        ),
    )
    return [
        Benchmark(
            "voice",
            "Saying a number",
            "number",
            workloads,
            contenders,
            measure=Measure(title="CPU time a number"),
            goals=[Goal(each.id, AT_MOST_US) for each in workloads],
            notes=_NOTES,
        )
    ]
