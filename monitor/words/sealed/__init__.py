"""The wordings of sealed reports: each is told in the words that reports spoke when it was sealed, whatever they say today.

What is sealed are codes and values, and with them the number of the wording that was today's: NEWEST. Version 0.1 sealed no number;
its wording is the first. NEWEST itself is whatever all else says today: the catalogues, and the voice for numbers and times.

So nothing of that may change any more once a version was released whose seals bear the number. Whoever changes a sentence, a
heading or how a number reads first copies what was into a module beside wording_1, where it stays, and gives today's the next
number. tests/words/test_sealed.py fails until then: it holds each number to what its version wrote into tests/leftovers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Protocol

from monitor.words import readiness
from monitor.words.catalogue import Catalogue
from monitor.words.meeting import STEPS
from monitor.words.meeting_report import MEETING_REPORT
from monitor.words.sealed import wording_1
from monitor.words.states import LEVELS
from monitor.words.voice import voice


class Tell(Protocol):
    """Makes a sentence of a finding, a meeting's reason or an action; its arguments are those of words.readiness.tell."""

    def __call__(
        self,
        code: str,
        values: Mapping[str, float | int | str],
        language: str,
        names: Mapping[str, str] | None = None,
        zone: tzinfo | None = None,
        /,
    ) -> str:
        """Return the sentence. Raises KeyError for a code that is not there."""


class MomentTeller(Protocol):
    """Says a local time."""

    def __call__(self, at: datetime, language: str, /) -> str:
        """Return the time to the second, with its date."""


class Span(Protocol):
    """Says from when to when a meeting lasts, in local time."""

    def __call__(self, start: datetime, end: datetime, language: str, /) -> tuple[str, str]:
        """Return both ends."""


@dataclass(frozen=True, slots=True)
class Wording:
    """All that a report of a meeting says but for names. report: headings and lines; a frozen one has those of sealed reports."""

    report: Catalogue
    verdicts: Catalogue
    steps: Catalogue
    levels: Catalogue
    tell: Tell
    moment: MomentTeller
    span: Span


def _moment(at: datetime, language: str) -> str:
    return voice(language).time(at, seconds=True)


def _span(start: datetime, end: datetime, language: str) -> tuple[str, str]:
    speaker = voice(language)
    return speaker.clock(start), speaker.time(end)


OF_0_1 = 1
NEWEST = 2
WORDINGS: Mapping[int, Wording] = {
    OF_0_1: Wording(
        wording_1.REPORT,
        wording_1.VERDICTS,
        wording_1.STEPS,
        wording_1.LEVELS,
        wording_1.tell,
        wording_1.moment,
        wording_1.span,
    ),
    NEWEST: Wording(MEETING_REPORT, readiness.VERDICTS, STEPS, LEVELS, readiness.tell_finding, _moment, _span),
}
