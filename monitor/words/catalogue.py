"""How a word is looked up; the words themselves stand in the modules beside this one, one subject each."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.words.voice import voice

LANGUAGES = ("vi", "en")

Catalogue = Mapping[str, tuple[str, str]]
NUMERALS = frozenset({"code", "column", "line", "number", "pid", "port", "row", "status", "version", "year"})
"""What is called so is told apart by its digits, and counts nothing: port 65535, line 12345, not 12.345."""


def say(catalogue: Catalogue, key: str, language: str, **values: object) -> str:
    """Return the text of a key in a language, its {names} filled in.

    catalogue: key → (Vietnamese, English), each a str.format template. Numbers are said by the voice: with the unit that the
    name ends with ({took_s}, {loss_ratio}, {rate_bps}), as they are where they are NUMERALS or marked so ({asked!s}), else as
    counts, which may take forms: '{count:# point|# points}'; in a language without plurals it is one, '{count:# điểm}'. What a
    file holds, or has to hold, comes as text, as files have it.

    Raises KeyError for a key or a language that is not there: both are our bugs, and tests hold that every key used is in its
    catalogue.
    """
    if language not in LANGUAGES:
        raise KeyError(f"no language is called {language!r}")
    template = catalogue[key][LANGUAGES.index(language)]
    for name, value in values.items():
        if isinstance(value, (int, float)):
            is_numeral = name in NUMERALS or ("!s" in template and f"{{{name}!s}}" in template)
            values[name] = str(value) if is_numeral else voice(language).value(name, value)
    return template.format(**values)
