"""The routes of meetings' reports: a program gets the file in one request, a browser a page that waits where that takes long."""

from __future__ import annotations

import math
from collections.abc import Hashable
from urllib.parse import quote, urlencode

from aiohttp import web

from monitor.export.pages.error_page import is_a_persons
from monitor.export.pages.renderer import Renderer
from monitor.export.reports.queue import QueueFullError, QueueLimits, ReportFile, ReportRequest, Reports
from monitor.export.request import BadParameterError, language_of
from monitor.export.responses import as_json, refusal, refused
from monitor.export.sentences import capital, sentences
from monitor.export.server.admission import Refusal
from monitor.export.server.connection import ADMISSION, client_that_asks
from monitor.export.source import Meetings, Reporter, ReportFailedError, Source
from monitor.model.inventory import Inventory
from monitor.model.meeting import EndpointVerdict, MeetingView, ReportOrder
from monitor.words.phrase import Phrase
from monitor.words.report_queue import tell_queue

_TYPES = {
    "html": "text/html; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_FORMS = {"html": "HTML", "xlsx": "Excel"}
_PERSONS_PATIENCE_S = 2.0
_PROGRAMS_PATIENCE_S = 55.0
"""Most programs give up after a minute; before that they are told to come back."""
_COMES_BACK_S = 2


class ReportRoutes:
    """Reports over HTTP. reporter: None where there are none."""

    def __init__(
        self,
        source: Source,
        meetings: Meetings,
        reporter: Reporter | None,
        renderer: Renderer,
        *,
        limits: QueueLimits | None = None,
        persons_patience_s: float = _PERSONS_PATIENCE_S,
        programs_patience_s: float = _PROGRAMS_PATIENCE_S,
    ) -> None:
        self._source, self._meetings = source, meetings
        self._renderer = renderer
        self._limits = limits or QueueLimits()
        self._patience_s = {True: persons_patience_s, False: programs_patience_s}
        self._names_of: Inventory | None = None
        self._names_version = 0
        self.reports = None if reporter is None else Reports(reporter, self._limits)

    def join(self, app: web.Application) -> None:
        """Add the routes to an application, at whose end no worker is left."""
        app.add_routes([web.get(r"/meetings/{id}/{which:report|sealed}.{form:html|xlsx}", self.serve)])
        app.on_shutdown.append(self._end)

    async def serve(self, request: web.Request) -> web.Response:
        """Answer a report as it stands now, or as it was sealed: the file, or how far it is."""
        found = await self._asked(request)
        if isinstance(found, web.Response):
            return found
        assert self.reports is not None, "where there are no reports, nothing was found"
        is_persons = is_a_persons(request)
        patience_s = self._patience_s[is_persons or _responds_async(request)]
        try:
            got = await self.reports.get(found, patience_s, lambda: request.transport is None or request.transport.is_closing())
        except ReportFailedError as error:
            if not isinstance(error, QueueFullError):
                return self._refused(request, found, error, math.ceil(self._limits.failed_s))
            request.config_dict[ADMISSION].refusals.note(Refusal.QUEUE, found.client)
            return self._refused(request, found, error, error.retry_s)
        if isinstance(got, int):
            return self._progress(request, found, got)
        if is_persons and "progress" in request.query:
            return self._there(request, found)
        return _file(request, found, got)

    async def _end(self, _: web.Application) -> None:
        if self.reports is not None:
            await self.reports.end()

    async def _asked(self, request: web.Request) -> ReportRequest | web.Response:
        snapshot = await self._source.fresh()
        id_, which, form = (request.match_info[key] for key in ("id", "which", "form"))
        language, since = language_of(request, self._source.settings.language), _since(request)
        view = next((each for each in self._meetings.meetings() if each.meeting.id == id_), None)
        if view is None or self.reports is None:
            return refusal(404, "no_meeting_here", Phrase("meetings_listed"), name=repr(id_))
        if which == "sealed":
            try:
                view = await self._meetings.sealed(id_)
            except ValueError:
                return refusal(409, "seal_broken", name=repr(id_))
            if view is None:
                return refusal(404, "not_sealed", name=repr(id_), id=id_)
        zone = self._source.settings.timezone
        order = ReportOrder(view, snapshot.inventory, language, zone, snapshot.at, form, which == "sealed")
        of = (zone, self._version_of(snapshot.inventory), view.seal if order.is_sealed else what_it_is_of(view))
        return ReportRequest((id_, which, form, language), of, order, client_that_asks(request), since)

    def _version_of(self, inventory: Inventory) -> int:
        """Return a number that changes when the inventory does, which may come from another process as another object each time."""
        if self._names_of is not inventory:
            self._names_version += self._names_of != inventory
            self._names_of = inventory
        return self._names_version

    def _progress(self, request: web.Request, asked: ReportRequest, place: int) -> web.Response:
        assert self.reports is not None, "it was asked"
        # Before the place is given up.
        retry_s = min(self.reports.retry_s(place), math.ceil(self._limits.lease_s / 2))
        language = asked.order.language
        address = _address(request, asked, progress="1")
        if not is_a_persons(request):
            if _responds_async(request):
                answer = as_json({"place": place, "url": _address(request, asked)}, status=202)
            else:
                key = "report_queued" if place else "report_making"
                answer = refusal(503, key, place=place, retry_s=retry_s)
            answer.headers["Retry-After"] = str(retry_s)
            return answer
        key = "waiting" if place else "making"
        heading, why = tell_queue(key, language, place=place), tell_queue(f"{key}_why", language, form=_FORMS[asked.order.form])
        page = self._page(asked, heading, why, leads_to=address, link=address, link_text=tell_queue("look", language))
        page.set_status(202)
        page.headers["Retry-After"] = str(_COMES_BACK_S)
        return page

    def _there(self, request: web.Request, asked: ReportRequest) -> web.Response:
        """Answer that a report is there, and lead to it: a download leaves the page that it is asked from standing."""
        language, file = asked.order.language, _address(request, asked)
        heading, why = tell_queue("there", language), tell_queue("there_why", language, form=_FORMS[asked.order.form])
        return self._page(asked, heading, why, leads_to=file, after_s=0, link=file, link_text=tell_queue("take", language))

    def _refused(self, request: web.Request, asked: ReportRequest, error: ReportFailedError, retry_s: int) -> web.Response:
        status, language = 429 if isinstance(error, QueueFullError) else 503, asked.order.language
        if is_a_persons(request):
            fault, cure = error.fault_in(language), error.cure_in(language)
            again = _address(request, asked)
            # Where the queue is full the page tries again by itself; what failed waits for somebody who wants it again.
            leads_to = _address(request, asked, progress="1") if status == 429 else ""
            why = f"{capital(fault)}; {cure}."
            heading, link_text = tell_queue("not_made", language), tell_queue("again", language)
            answer = self._page(asked, heading, why, leads_to=leads_to, after_s=retry_s, link=again, link_text=link_text)
            answer.set_status(status)
        else:
            answer = refused(status, error)
        answer.headers["Retry-After"] = str(retry_s)
        return answer

    def _page(
        self,
        asked: ReportRequest,
        heading: str,
        why: str,
        *,
        leads_to: str,
        after_s: int = _COMES_BACK_S,
        **told: str,
    ) -> web.Response:
        language, meeting = asked.order.language, asked.order.view.meeting
        text = self._renderer.plain(
            "report_progress.html",
            sentences(language, asked.order.zone),
            asked.order.inventory.network,
            heading=heading,
            why=why,
            title=meeting.title,
            board=f"/meetings/{quote(meeting.id, safe='')}",
            board_text=tell_queue("to_the_meeting", language),
            leads_to=leads_to,
            after_s=after_s,
            **told,
        )
        return web.Response(text=text, content_type="text/html", headers={"Cache-Control": "no-store", "Vary": "Accept, Cookie"})


def what_it_is_of(view: MeetingView) -> Hashable:
    """Return what makes another report of a meeting as it stands, as soon as it changes.

    Figures within a reason and the age of evidence are left out: they change every few seconds, and a report says of when it is.
    """
    return (
        view.meeting,
        view.stage,
        view.verdict,
        view.reason.code,
        view.seal,
        view.checked_at,
        tuple((loss.endpoint, loss.cause) for loss in view.losses),
        tuple(map(_what_is_said, view.endpoints.values())),
    )


def _what_is_said(each: EndpointVerdict) -> Hashable:
    codes = (each.reason and each.reason.code, each.action and each.action.code)
    return each.endpoint, each.verdict, each.rung, codes, each.cause, each.call, each.confirmation, each.disputed


def _file(request: web.Request, asked: ReportRequest, file: ReportFile) -> web.Response:
    """Answer a file, or that the client's is the same. A client may keep it, and asks each time whether it still holds."""
    headers = {"ETag": f'"{file.etag}"', "Cache-Control": "private, no-cache", "Vary": "Accept, Cookie"}
    known = request.if_none_match or ()
    if any(each.value in (file.etag, "*") for each in known):
        return web.Response(status=304, headers=headers)
    id_, which, form, _ = asked.slot
    headers |= {"Content-Type": _TYPES[form], "Content-Disposition": f'attachment; filename="{id_}-{which}.{form}"'}
    return web.Response(body=file.content, headers=headers)


def _address(request: web.Request, asked: ReportRequest, **more: str) -> str:
    """Return where a report is that is waited for since now, or since it was first asked for."""
    since = asked.order.made_at if math.isinf(asked.since) else asked.since
    return f"{request.rel_url.raw_path}?{urlencode({'lang': asked.order.language, 'since': repr(since), **more})}"


def _since(request: web.Request) -> float:
    """Return ?since=, epoch seconds; infinity where it is not given, so that nothing older will do."""
    text = request.query.get("since")
    try:
        since = math.inf if text is None else float(text)
    except ValueError:
        since = math.nan
    if math.isnan(since):
        raise BadParameterError("given_no_time", Phrase("epoch_of_page"), name="since", text=text)
    return since


def _responds_async(request: web.Request) -> bool:
    """Return whether a program would rather come back than wait (RFC 7240)."""
    return "respond-async" in request.headers.get("Prefer", "")
