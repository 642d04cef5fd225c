"""Which of the known words somebody meant by one that nothing is called."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable


def nearest(word: str, known: Iterable[str], alike: float = 0.6) -> str | None:
    """Return the known word that is most like a word, None where none is near. Case and Vietnamese marks count for little.

    alike: how much it must be, from 0 to 1.
    """
    folded: dict[str, str] = {}
    for each in known:
        folded.setdefault(_fold(each), each)
    found = difflib.get_close_matches(_fold(word), folded, n=1, cutoff=alike)
    return folded[found[0]] if found else None


def _fold(word: str) -> str:
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFD", word.lower()).replace("đ", "d")
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
