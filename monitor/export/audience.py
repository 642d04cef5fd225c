"""For whom something is rendered: everybody of one language and role is shown the very same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from aiohttp import web

from monitor.export.request import language_of


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


def role_of(_: web.Request) -> Role:
    """Return a visitor's role: nobody signs in, so whoever reaches the daemon is one of the shift."""
    return Role.OPERATOR


def audience_of(request: web.Request, language: str) -> Audience:
    """Return for whom a request's answer is rendered. language: of the settings, where the visitor chose none.

    Raises BadParameterError for a ?lang= that is no language.
    """
    return Audience(language_of(request, language), role_of(request))


def text_language_of(request: web.Request) -> str:
    """Return the language of what programs read beside codes: that of ?lang=, else English. Raises as audience_of does."""
    return language_of(request, "en") if "lang" in request.query else "en"
