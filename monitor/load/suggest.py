"""What an operator probably meant by a word that nothing is called."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable

from monitor.words.phrase import Phrase, phrase


def nearest(word: str, known: Iterable[str], alike: float = 0.6) -> str | None:
    """Return the known word that is most like a word, None where none is near. Case and Vietnamese marks count for little.

    alike: how much it must be, from 0 to 1.
    """
    folded: dict[str, str] = {}
    for each in known:
        folded.setdefault(_fold(each), each)
    found = difflib.get_close_matches(_fold(word), folded, n=1, cutoff=alike)
    return folded[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str], otherwise: Phrase | None = None) -> Phrase | None:
    """Return a cure: the nearest known word as a question, else `otherwise`; without one all known words where they are few."""
    words = list(known)
    near = nearest(word, words)
    if near is not None:
        return phrase("did_you_mean", near=near)
    if otherwise is not None or not words or len(words) > 12:
        return otherwise
    return phrase("known_are", names=tuple(words))


def _fold(word: str) -> str:
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFD", word.lower()).replace("đ", "d")
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


class Suggester:
    """Cures for many wrong words: each is looked up once, and after a while none, so that 10,000 wrong words cost no minutes."""

    def __init__(self, budget: int = 60) -> None:
        self.budget = budget
        self._known: dict[str, Phrase | None] = {}

    def cure(self, word: str, known: Iterable[str], otherwise: Phrase | None = None) -> Phrase | None:
        """Return did_you_mean's answer, or `otherwise` once the budget is spent."""
        if word not in self._known:
            if len(self._known) >= self.budget:
                return otherwise
            self._known[word] = did_you_mean(word, known, otherwise)
        return self._known[word]
