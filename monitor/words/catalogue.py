"""How a word is looked up; the words themselves stand in the modules beside this one, one subject each."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.words.voice import voice

LANGUAGES = ("vi", "en")

Catalogue = Mapping[str, tuple[str, str]]


def say(catalogue: Catalogue, key: str, language: str, **values: object) -> str:
    """Return the text of a key in a language, its {names} filled in.

    catalogue: key → (Vietnamese, English), each a str.format template. A whole number may take forms: '{count:# point|# points}';
    in a language without plurals it has one, '{count:# điểm}'. Other numbers come as the voice says them. Raises KeyError for a key
    or a language that is not there: both are our bugs, and tests hold that every key used is in its catalogue.
    """
    if language not in LANGUAGES:
        raise KeyError(f"no language is called {language!r}")
    template = catalogue[key][LANGUAGES.index(language)]
    if ":#" in template:
        count = voice(language).count
        values = {name: count(value) if isinstance(value, int | float) else value for name, value in values.items()}
    return template.format(**values)
