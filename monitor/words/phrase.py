"""A sentence by its code and what it quotes: rooms hand it on, and it is said at the last moment, in its reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence, or a part of one.

    code: where it stands in the catalogue. values: what its {names} are: a text that is quoted as it is, a number, another
    Phrase, or a tuple of these, which is said with commas between.
    """

    code: str
    values: Mapping[str, object] = field(default_factory=dict, hash=False)


def phrase(code: str, /, **values: object) -> Phrase:
    """Return a phrase, for calls that read as the sentence does."""
    return Phrase(code, plain(values))


def plain(values: Mapping[str, object]) -> Mapping[str, object]:
    """Return values as a phrase may hold them: whatever else they are, a path or another's error, becomes its text."""
    return {name: value if isinstance(value, str | int | float | Phrase | tuple) else str(value) for name, value in values.items()}


def joined(by: str, items: Iterable[str | Phrase]) -> Phrase:
    """Return several items as one phrase, which is empty where there are none; by: the code of what joins two, 'and' or 'or'."""
    found = [item if isinstance(item, Phrase) else phrase("quoted", text=item) for item in items]
    if not found:
        return phrase("quoted", text="")
    return reduce(lambda left, right: phrase(by, left=left, right=right), found)
