"""Who asks: in which role, and GET /api/v1/me, which tells a page's script what belongs to one visitor alone.

Pages are rendered once for everybody and hold nothing of this; their script fills forms and shows buttons by it.
"""

from __future__ import annotations

from aiohttp import web

from monitor.export.audience import MAY, Audience, Role
from monitor.export.request_body import remembered_name
from monitor.export.responses import as_json, language_of


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


class Me:
    """The one route."""

    def routes(self) -> list[web.RouteDef]:
        """Return it."""
        return [web.get("/api/v1/me", self.show)]

    async def show(self, request: web.Request) -> web.Response:
        """Answer the name that was given last from this browser ('' where none was), the role, and what it may do."""
        role = role_of(request)
        answer = as_json({"name": remembered_name(request), "role": role.value, "may": list(MAY[role])})
        answer.headers["Cache-Control"] = "no-store"
        return answer
