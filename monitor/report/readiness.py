"""The reports before and after a meeting: who can join, why not, what to do; then who was absent for how long and through what."""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, tzinfo

from monitor.model.inventory import Inventory
from monitor.model.meeting import Confirmation, EndpointVerdict, Loss, MeetingView, Stage, Verdict
from monitor.model.reason import Reason
from monitor.report.sections import ColumnForm, Report, ReportColumn, ReportTexts, Section, Value
from monitor.words import say
from monitor.words.sealed import NEWEST, WORDINGS
from monitor.words.state_reasons import REASONS, explain
from monitor.words.voice import voice

_WRITERS = {"html": ("monitor.report.page", "report_html"), "xlsx": ("monitor.report.xlsx", "report_xlsx")}
"""Form → what makes it, by module and name: a page needs no openpyxl, a workbook no Jinja2; each is half a worker's start."""
FORMS = tuple(_WRITERS)
_GRAVITY = {verdict: rank for rank, verdict in enumerate(Verdict)}


def file(
    view: MeetingView, inventory: Inventory, language: str, zone: tzinfo, *, made_at: float, form: str, is_sealed: bool = False
) -> bytes:
    """Return a report as a file of one of FORMS. made_at: epoch seconds. Raises KeyError for another form or language.

    is_sealed: the view is what was sealed, to the letter; else its seal is only that of the report that was.
    """
    report = readiness_report(view, inventory, language, zone, made_at=made_at, is_sealed=is_sealed)
    module, name = _WRITERS[form]
    content: str | bytes = getattr(importlib.import_module(module), name)(report, language)
    return content.encode() if isinstance(content, str) else content


def readiness_report(
    view: MeetingView, inventory: Inventory, language: str, zone: tzinfo, *, made_at: float, is_sealed: bool = False
) -> Report:
    """Return the report of a meeting as it stands: the one after it once it is over, else the one before."""
    return _ReadinessWriter(view, inventory, language, zone).report(made_at, is_sealed=is_sealed)


class _ReadinessWriter:
    def __init__(self, view: MeetingView, inventory: Inventory, language: str, zone: tzinfo) -> None:
        self._view, self._inventory, self._language, self._zone = view, inventory, language, zone
        self._words = WORDINGS[NEWEST if view.wording is None else view.wording]
        self._say = ReportTexts(self._words.report, language)
        self._names: Mapping[str, str] = {id_: target.name for id_, target in inventory.targets.items()}

    def report(self, made_at: float, *, is_sealed: bool) -> Report:
        view, meeting = self._view, self._view.meeting
        is_over = view.stage is Stage.OVER
        start, end = meeting.start.astimezone(self._zone), meeting.end.astimezone(self._zone)
        begins, ends = self._words.span(start, end, self._language)
        host = meeting.external_host or self._names.get(meeting.host, meeting.host)
        about = [
            self._inventory.network.name,
            self._say("meeting", title=meeting.title, start=begins, end=ends),
            self._say("made", at=self._time(made_at), judged=self._time(view.at)),
            self._say("verdict", verdict=self._verdict(view.verdict), reason=self._sentence(view.reason)),
            self._counted(),
            *([self._say("host", name=host)] if host else []),
            *([] if is_sealed else self._carried()),
            *([self._missed()] if is_over else []),
            self._say("sealed" if is_sealed else "sealed_before", seal=view.seal) if view.seal else self._say("not_sealed"),
        ]
        held = (self._losses(), self._causes()) if is_over or view.losses else ()
        sections = (*held, self._wrong(), self._blasts(), self._areas())
        notes = (self._say("how"), *([self._say("how_sealed")] if is_sealed else []))
        title = self._say("title_after" if is_over else "title_before")
        return Report(title, about, [each for each in sections if each.rows], (self._all(), self._evidence()), notes)

    def _carried(self) -> list[str]:
        """Return what joins the calls and whose network carries them: as meetings.yaml has it, and no part of what is sealed."""
        carriers = (("platform", self._view.meeting.platform), ("carrier", self._view.meeting.carrier))
        return [self._say(key, name=name) for key, name in carriers if name]

    def _sentence(self, reason: Reason | None) -> str:
        if reason is None:
            return ""
        return _capital(self._words.tell(reason.code, reason.values, self._language, self._names, self._zone))

    def _absence(self, loss: Loss) -> str:
        # What the journal says of a state, not what a check finds; one that the catalogue does not know must not cost the report.
        reason = loss.reason
        return _capital(explain(reason.code, reason.values, self._language, self._names) if reason.code in REASONS else reason.code)

    def _verdict(self, verdict: Verdict) -> str:
        return _capital(say(self._words.verdicts, verdict, self._language))

    def _time(self, at: float) -> str:
        return self._words.moment(datetime.fromtimestamp(at, self._zone), self._language)

    def _name(self, id_: str) -> str:
        return self._names.get(id_, id_)

    def _area(self, id_: str) -> str:
        target = self._inventory.targets.get(id_)
        area = self._inventory.areas.get(target.area) if target else None
        return area.name if area else target.area if target else ""

    def _counted(self) -> str:
        counts = self._view.counts()
        confirmed = sum(each.confirmation is not None for each in self._view.endpoints.values())
        numbers = {verdict.value: number for verdict, number in counts.items()}
        return self._say("counted", **numbers, all=len(self._view.meeting.endpoints), confirmed=confirmed)

    def _missed(self) -> str:
        losses = self._view.losses
        if not losses:
            return self._say("nothing_missed")
        minutes = voice(self._language).account(sum(loss.minutes for loss in losses) * 60)
        count = len({loss.endpoint for loss in losses})
        return self._say("missed", count=count, all=len(self._view.meeting.endpoints), minutes=minutes)

    def _cause(self, loss: Loss) -> str:
        return self._say("itself") if loss.cause in ("", loss.endpoint) else self._name(loss.cause)

    def _losses(self) -> Section:
        rows: list[list[Value]] = [
            [self._name(loss.endpoint), self._area(loss.endpoint), self._cause(loss), self._absence(loss), loss.minutes * 60]
            for loss in sorted(self._view.losses, key=lambda loss: -loss.minutes)
        ]
        minutes = self._say.columns("minutes", form=ColumnForm.SECONDS)
        return Section(self._say("losses"), [*self._say.columns("name", "area", "cause", "why"), *minutes], rows)

    def _causes(self) -> Section:
        minutes, hit = Counter[str](), Counter[str]()
        for loss in self._view.losses:
            minutes[self._cause(loss)] += loss.minutes  # type: ignore[assignment]
            hit[self._cause(loss)] += 1
        rows: list[list[Value]] = [[cause, hit[cause], lasted * 60] for cause, lasted in minutes.most_common()]
        columns = [
            *self._say.columns("cause"),
            *self._say.columns("endpoints", form=ColumnForm.COUNT),
            *self._say.columns("minutes", form=ColumnForm.SECONDS),
        ]
        return Section(self._say("by_cause"), columns, rows)

    def _wrong(self) -> Section:
        wrong = [each for each in self._view.endpoints.values() if each.verdict is not Verdict.READY]
        wrong.sort(key=lambda each: _GRAVITY[each.verdict])
        rows = [
            [
                self._name(each.endpoint),
                self._verdict(each.verdict),
                self._sentence(each.reason),
                self._sentence(each.action),
                self._calls(each),
            ]
            for each in wrong
        ]
        return Section(self._say("wrong"), self._say.columns("name", "verdict_of", "why", "to_do", "call"), rows)

    def _calls(self, each: EndpointVerdict) -> str:
        return ", ".join(f"{contact.role} {contact.telephone}".strip() for contact in each.call)

    def _blasts(self) -> Section:
        rows: list[list[Value]] = [
            [self._name(blast.target), len(blast.endpoints), blast.ready_after]
            for blast in self._view.blasts
            if len(blast.endpoints) > 1
        ]
        columns = [*self._say.columns("cause"), *self._say.columns("endpoints", "ready_after", form=ColumnForm.COUNT)]
        return Section(self._say("blasts"), columns, rows)

    def _areas(self) -> Section:
        counts: dict[str, Counter[Verdict]] = {}
        for each in self._view.endpoints.values():
            counts.setdefault(self._area(each.endpoint), Counter())[each.verdict] += 1
        order = (Verdict.READY, Verdict.AT_RISK, Verdict.UNKNOWN, Verdict.NOT_READY)
        columns = [*self._say.columns("area"), *(ReportColumn(self._verdict(verdict), ColumnForm.COUNT) for verdict in order)]
        rows: list[list[Value]] = [[area, *(found[verdict] for verdict in order)] for area, found in counts.items()]
        return Section(self._say("areas"), columns, rows)

    def _all(self) -> Section:
        columns = self._say.columns("id", "name", "area", "level", "verdict_of", "why", "to_do", "call", "site")
        return Section(self._say("all"), columns, [self._row(each) for each in self._view.endpoints.values()])

    def _row(self, each: EndpointVerdict) -> list[Value]:
        target = self._inventory.targets.get(each.endpoint)
        level = target.level if target else ""
        return [
            each.endpoint,
            self._name(each.endpoint),
            self._area(each.endpoint),
            say(self._words.levels, level, self._language) if level in self._words.levels else level,
            self._verdict(each.verdict),
            self._sentence(each.reason),
            self._sentence(each.action),
            self._calls(each),
            self._site(each.confirmation, is_disputed=each.disputed),
        ]

    def _site(self, tick: Confirmation | None, *, is_disputed: bool) -> str:
        if tick is None:
            return ""
        text = self._say("site_good" if tick.good else "site_fault", by=tick.by, at=self._time(tick.at), note=tick.note)
        return f"{text.rstrip(': ')} ({self._say('disputed')})" if is_disputed else text.rstrip(": ")

    def _evidence(self) -> Section:
        holds = {True: self._say("yes"), False: self._say("no"), None: self._say("unsaid")}
        rows: list[list[Value]] = [
            [
                verdict.endpoint,
                say(self._words.steps, each.rung, self._language),
                holds[each.ok],
                self._sentence(each.text),
                None if each.at is None else self._time(each.at),
            ]
            for verdict in self._view.endpoints.values()
            for each in verdict.evidence
        ]
        return Section(self._say("evidence"), self._say.columns("id", "step", "holds", "found", "at"), rows)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
