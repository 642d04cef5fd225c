"""What rooms hand on in place of a sentence: a code and its values; sentences are made of them in words/, for whoever reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_NO_VALUES: Mapping[str, float | int | str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is as it is: a code of words/ and what its sentence is filled with.

    Such as Reason('loss', {'loss_ratio': 0.034, 'packets': 118}) or Reason('silent', {'packets': 10}). because: what lies under it,
    as in Reason('interfaces', because=(Reason('no_answer'),)). Text that came from outside (what an agent or an operator said) is a
    value, and read as it is in every language; what the system refused is told by its name: Reason('os_error', {'errno': …}).
    """

    code: str
    values: Mapping[str, float | int | str] = field(default_factory=lambda: _NO_VALUES)
    because: Reasons = ()


Reasons = tuple[Reason, ...]
"""Several, in the order in which they are told; () where there is nothing to say."""
