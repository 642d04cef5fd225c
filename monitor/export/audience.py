"""For whom something is rendered: everybody of one language and role is shown the very same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What somebody may see and do; each may all that those before it may."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"


_CHANGES = ("acknowledge", "maintain", "confirm", "check", "poll", "reload")
"""What changes something, or has devices asked: a root cause taken on, work announced, a technician's word, and so on."""
MAY: Mapping[Role, tuple[str, ...]] = MappingProxyType({Role.VIEWER: (), Role.OPERATOR: _CHANGES, Role.ADMIN: _CHANGES})
"""Role → what it may do. A form of a page names one of these as its data-may."""


@dataclass(frozen=True, slots=True)
class Audience:
    """All who read in one language, in one role."""

    language: str
    role: Role

    @property
    def sees_telephones(self) -> bool:
        """Return whether they are told whom to call by number: that is for who has work to do."""
        return self.role is not Role.VIEWER
