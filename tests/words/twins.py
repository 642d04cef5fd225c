"""Codes that say one thing: their sentences are the same in a language, whatever the values are called that they quote."""

from __future__ import annotations

import re

from monitor.words import LANGUAGES, Catalogue

QUOTED = re.compile(r"\{(\w+)(?=[:!}])")


def twins(catalogue: Catalogue, language: str) -> list[set[str]]:
    """Return the codes that no reader of a language could tell apart; those without a word of their own are none."""
    by_words: dict[str, set[str]] = {}
    for code, texts in catalogue.items():
        text = _unnamed(texts[LANGUAGES.index(language)])
        if re.search(r"[^\W\d_]", re.sub(r"\{\d+\}", "", text)):
            by_words.setdefault(text, set()).add(code)
    return [codes for codes in by_words.values() if len(codes) > 1]


def _unnamed(template: str) -> str:
    """Return a sentence with its values by their order: '{path} is {text}' and '{name} is {reason}' are one."""
    places: dict[str, int] = {}
    return QUOTED.sub(lambda found: f"{{{places.setdefault(found[1], len(places))}", template.replace(":#}", "}"))
