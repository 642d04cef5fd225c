"""What a process of ours is told of the environment: secrets that the configuration refers to stand there too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_KEPT = ("PATH", "HOME", "LANG", "TZ", "TMPDIR", "VIRTUAL_ENV")
_BEGIN = ("PYTHON", "LC_")


def for_a_child(environment: Mapping[str, str], also: Sequence[str] = ()) -> dict[str, str]:
    """Return the variables that a child needs to run. also: what further names may begin with."""
    return {name: value for name, value in environment.items() if name in _KEPT or name.startswith((*_BEGIN, *also))}
