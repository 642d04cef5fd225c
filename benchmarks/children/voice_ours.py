"""The voice says numbers in Vietnamese."""

from __future__ import annotations

from functools import partial

from benchmarks.children.numbers import said
from monitor.words.voice import voice

_VOICE = voice("vi")
_NUMBER = partial(_VOICE.number, digits=1)
said(
    {
        "small": _NUMBER,
        "large": _NUMBER,
        "negative": _NUMBER,
        "shares": _VOICE.percent,
        "times": _VOICE.milliseconds,
        "rates": _VOICE.rate,
    }
)
