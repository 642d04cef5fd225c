"""What rooms hand on in place of a sentence: a code and its values; sentences are made of them in words/, for whoever reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is as it is: a code of words/ and what its sentence is filled with.

    Such as Reason('loss', {'loss_ratio': 0.034, 'packets': 118}) or Reason('silent', {'packets': 10}).
    """

    code: str
    values: Mapping[str, float | int | str] = field(default_factory=lambda: MappingProxyType({}))
