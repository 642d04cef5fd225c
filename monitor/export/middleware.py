"""What holds for every request: who may come in, that a change comes from our own pages, and that every refusal tells its cure."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from urllib.parse import urlsplit

from aiohttp import web

from monitor.export.pages.error_page import for_its_reader
from monitor.export.pages.renderer import Renderer
from monitor.export.rendered import Renderings
from monitor.export.request import BadParameterError, NotThereError
from monitor.export.responses import refusal, refused
from monitor.export.server.admission import Admission, NoRoomError, Refusal, Shortage
from monitor.export.server.connection import HttpConnection, client_that_asks, tell_refusals
from monitor.export.server.unexpected import Faults
from monitor.export.source import RefusedError, SilentError, Source

STREAM = "/api/v1/stream"
VITAL = ("/metrics", "/-/healthy", "/-/ready")
"""What whoever watches the monitor asks: served whatever the limits say, out of the reserve."""
_SAFE = ("GET", "HEAD", "OPTIONS")
_SILENT_RETRY_S = 5
_GONE = 499
"""The status of an answer that nobody is there to read; nginx's, and never sent."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Guard:
    """The middleware of all requests."""

    def __init__(self, source: Source, renderer: Renderer, renderings: Renderings, admission: Admission, faults: Faults) -> None:
        self._source = source
        self._renderer = renderer
        self._renderings = renderings
        self._admission = admission
        self._faults = faults

    async def __call__(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        connection = request.protocol if isinstance(request.protocol, HttpConnection) else None
        if connection is not None:
            connection.begin(request.content)
        is_vital = request.method in ("GET", "HEAD") and request.path in VITAL
        try:
            if is_vital:
                answer = await self._answer(request, handler)
            else:
                with self._place(request, connection):
                    answer = await self._answer(request, handler)
        except NoRoomError as error:
            answer = self._busy(request, error)
        if request.method not in _SAFE and not 400 <= answer.status < 500:
            # Nobody is shown what was rendered before a change, nor before half of one: who just took a cause on sees his name.
            self._renderings.forget()
        answer = for_its_reader(answer, request, self._source, self._renderer)
        if connection is not None and connection.shortage is not None:
            answer.force_close()
        return answer

    def _place(self, request: web.Request, connection: HttpConnection | None) -> AbstractContextManager[None]:
        if connection is not None and connection.shortage is not None:
            of_all = connection.shortage is Shortage.TOTAL
            raise NoRoomError(connection.shortage.value, Refusal.CONNECTIONS if of_all else Refusal.CLIENT_CONNECTIONS, 5)
        of = self._admission.stream if request.path == STREAM else self._admission.request
        return of(client_that_asks(request))

    def _busy(self, request: web.Request, error: NoRoomError) -> web.Response:
        self._admission.refusals.note(error.reason, client_that_asks(request))
        tell_refusals(self._admission, asyncio.get_running_loop().time())
        answer = refusal(error.status, f"busy_{error.reason.value}", retry_s=error.retry_after_s)
        answer.headers["Retry-After"] = str(error.retry_after_s)
        return answer

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await _of_our_own(request, handler)
        except (BadParameterError, NotThereError) as error:
            return refused(404 if isinstance(error, NotThereError) else 400, error)
        except RefusedError as error:
            return refused(409 if error.is_of_now else 400, error)
        except web.HTTPException as error:
            return _as_refusal(request, error)
        except SilentError:
            answer = refusal(503, "poller_silent", retry_s=_SILENT_RETRY_S)
            answer.headers["Retry-After"] = str(_SILENT_RETRY_S)
            return answer
        except NoRoomError:
            raise
        except Exception as error:
            return self._unexpected(request, error)

    def _unexpected(self, request: web.Request, error: Exception) -> web.Response:
        """Answer what nobody expected; a hang-up is none of that, whatever it broke off."""
        transport = request.transport
        if transport is None or transport.is_closing():
            return web.Response(status=_GONE)
        self._faults.note(error, f"{request.method} {request.rel_url.raw_path}", asyncio.get_running_loop().time())
        if request.writer.output_size > 0:
            # A part of the answer is sent; only a connection that breaks off tells that it is not whole.
            transport.abort()
        return refusal(500, "monitor_failed")


async def _of_our_own(request: web.Request, handler: Handler) -> web.StreamResponse:
    if request.method in _SAFE or _is_same_origin(request):
        return await handler(request)
    host = request.headers.get("Host", "")
    return refusal(403, "origin_foreign", origin=f"{request.scheme}://{host}")


def _as_refusal(request: web.Request, error: web.HTTPException) -> web.Response:
    if error.status < 400:
        raise error
    if isinstance(error, web.HTTPMethodNotAllowed):
        allowed = ", ".join(sorted(error.allowed_methods))
        answer = refusal(405, "no_method", path=repr(request.path), method=error.method, allowed=allowed)
        answer.headers["Allow"] = allowed
        return answer
    if isinstance(error, web.HTTPNotFound):
        return refusal(404, "nothing_at", path=repr(request.path))
    if isinstance(error, web.HTTPRequestEntityTooLarge):
        return refusal(413, "body_too_large")
    if isinstance(error, web.HTTPRequestTimeout):
        return refusal(408, "body_late")
    return refusal(error.status, "http_other", status=error.status, reason=error.reason)


def _is_same_origin(request: web.Request) -> bool:
    # A browser always sends Origin with a POST; a page of another site can't forge it.
    try:
        origin = urlsplit(request.headers.get("Origin", "")).netloc
    except ValueError:  # such as a [ that nothing closes
        return False
    return bool(origin) and origin == request.headers.get("Host")
