"""What an operator probably meant by a word that nothing is called."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.model.spelling import nearest
from monitor.words.phrase import Phrase, phrase


def did_you_mean(word: str, known: Iterable[str], otherwise: Phrase | None = None) -> Phrase | None:
    """Return a cure: the nearest known word as a question, else `otherwise`; without one all known words where they are few."""
    words = list(known)
    near = nearest(word, words)
    if near is not None:
        return phrase("did_you_mean", near=near)
    if otherwise is not None or not words or len(words) > 12:
        return otherwise
    return phrase("known_are", names=tuple(words))


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
