"""A sentence by its code and what it quotes: rooms hand it on, and it is said at the last moment, in its reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Any


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


def coded(told: Phrase) -> dict[str, Any]:
    """Return a phrase as JSON has it: {"code", "values"}, phrases within it so too, tuples as lists."""
    return {"code": told.code, "values": coded_values(told.values)}


def coded_values(values: Mapping[str, object]) -> dict[str, Any]:
    """Return the values of a phrase as JSON has them."""
    return {name: _coded(value) for name, value in values.items()}


def _coded(value: object) -> object:
    if isinstance(value, Phrase):
        return coded(value)
    return [_coded(each) for each in value] if isinstance(value, tuple) else value


def decoded(told: Any) -> Phrase:
    """Return the phrase that JSON holds. Raises LookupError, TypeError or AttributeError where it holds none."""
    return Phrase(str(told["code"]), decoded_values(told["values"]))


def decoded_values(values: Mapping[str, Any]) -> dict[str, object]:
    """Return the values of a phrase that JSON holds."""
    return {str(name): _decoded(value) for name, value in values.items()}


def _decoded(value: Any) -> object:
    if isinstance(value, Mapping):
        return decoded(value)
    return tuple(_decoded(each) for each in value) if isinstance(value, list) else value
