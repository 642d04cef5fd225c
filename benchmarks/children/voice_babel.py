"""Babel says numbers in Vietnamese, by patterns with one decimal."""

from __future__ import annotations

from functools import partial

from babel import Locale
from babel.numbers import format_decimal, format_percent

from benchmarks.children.numbers import said

_LOCALE = Locale("vi")
_NUMBER = partial(format_decimal, format="#,##0.0", locale=_LOCALE)
said(
    {
        "small": _NUMBER,
        "large": _NUMBER,
        "negative": _NUMBER,
        "shares": partial(format_percent, format="#,##0.0%", locale=_LOCALE),
    }
)
