"""A reader meets words of ours and never a code: whatever a probe is, however it ends, whatever a check finds, on every face."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import product
from string import Formatter
from zoneinfo import ZoneInfo

import pytest

from monitor.export.api import targets
from monitor.export.api.meetings_json import MeetingWording
from monitor.export.sentences import Sentences
from monitor.model.meeting import Stage, Verdict
from monitor.model.probe_kinds import KINDS
from monitor.model.reading import Outcome, Reading
from monitor.model.reason import Reason, Reasons
from monitor.model.state import Event, State, Transition
from monitor.report.wording import ShiftWording
from monitor.service.board.announcing import sentence
from monitor.service.board.measured import Measured
from monitor.words import LANGUAGES, Catalogue
from monitor.words.agent_faults import COMPLAINTS
from monitor.words.events import EVENTS
from monitor.words.faults.system import SYSTEM
from monitor.words.probe_details import DETAILS
from monitor.words.probes import OUTCOMES, PROBES
from monitor.words.readiness import FINDINGS, GISTS, MEETINGS, RUNGS, STAGES, VERDICTS
from monitor.words.readiness_actions import ACTIONS
from monitor.words.state_reasons import REASONS
from monitor.words.states import STATES
from tests.export import sample

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
INVENTORY = sample.inventory()
IT = "xa-1-1"
TARGET = INVENTORY.targets[IT]
NAMES = {IT: TARGET.name}
SETTINGS = {"answers_from"}
"""What an operator is to write into a file: its key, as it is written there."""
VALUES = {value.value for of in (Outcome, Verdict, Stage, State) for value in of}
IN_ENGLISH = {"ok", "timeout"}
"""Beside those with an underscore. Others are the English words themselves: ready, down, refused."""

every_language = pytest.mark.parametrize("language", LANGUAGES)
kinds_outcomes_verdicts = pytest.mark.parametrize(("kind", "outcome", "verdict"), [*product(KINDS, Outcome, Verdict)])


def raw(text: str, language: str) -> set[str]:
    """Return the codes that stand in a sentence: names, and values of ours."""
    return names(text) | set(re.findall(r"\w+", text)) & (VALUES if language == "vi" else IN_ENGLISH)


def names(text: str) -> set[str]:
    """Return the names that only programs have: with an underscore, or a probe's as it stands in the configuration."""
    tokens = set(re.findall(r"\w+", text))
    is_word = {"web"}  # within a sentence
    return {each for each in tokens if "_" in each and each.islower()} - SETTINGS | tokens & KINDS.keys() - is_word


def test_raw_codes_are_found() -> None:
    assert {"h323", "timeout"} == raw("h323 timeout", "vi") == raw("h323 timeout", "en")
    assert {"not_ready"} == raw("3 not_ready, 2 ready", "en")
    assert {"not_ready", "ready"} == raw("3 not_ready, 2 ready", "vi")
    assert set() == raw("SNMP: im lặng sau 2 lần hỏi; thêm vào answers_from", "vi")


def seen(kind: str, outcome: Outcome, verdict: Verdict) -> Reasons:
    """Return whatever evidence tells of a probe, and of a check."""
    why = (Reason("by_transport", {"transport": "udp"}, (Reason("os_error", {"errno": "ENETUNREACH", "error": "x"}),)),)
    return (
        Reason("pings", {"received": 0, "sent": 10}),
        Reason("pings_in", {"received": 5, "sent": 5, "rtt_s": 0.02}),
        Reason("probe_ended", {"probe": kind, "outcome": outcome.value}),
        Reason("probe_failed", {"probe": kind}, why),
        Reason("outcome", {"outcome": outcome.value}),
        Reason("verdicts", {"verdict": verdict.value, "count": 3}),
    )


def on_the_board(kind: str, evidence: Reasons, language: str) -> Iterator[str]:
    say = Sentences(language, ZONE)
    yield say.detail(evidence)
    for code in ("probe_silent", "probe_failing"):
        yield say.reason(Reason(code, {"probe": kind, "readings": 2}), NAMES)


def in_the_api(kind: str, evidence: Reasons, language: str) -> Iterator[str]:
    reason = Reason("probe_silent", {"probe": kind, "readings": 2})
    for old, new in product((None, *State), State):
        change = Transition(IT, old, new, sample.NOW, None, reason, evidence)
        entry = targets.entry(change, Sentences(language, ZONE).entry(change, NAMES), language)
        yield from (str(entry["text"]), str(entry["evidence"]))


def in_reports(kind: str, evidence: Reasons, language: str) -> Iterator[str]:
    wording = ShiftWording(language, ZONE, INVENTORY, sample.NOW)
    yield wording.reason(Reason("probe_failing", {"probe": kind, "readings": 2}))
    yield from (wording.note(event) for event in checks(evidence))


def of_readiness(kind: str, language: str) -> Iterator[str]:
    teller = MeetingWording(language, NAMES, ZoneInfo("Asia/Ho_Chi_Minh"))
    protocols: dict[str, float | int | str] = {
        "protocol": kind,
        "protocols": f"{kind}+sip",
        "failed": f"h323+{kind}",
        "status": 486,
    }
    for code, texts in FINDINGS.items():
        named = {name for _, name, _, _ in Formatter().parse(texts[0]) if name}
        if named and named <= protocols.keys():
            yield teller.sentence(Reason(code, {name: protocols[name] for name in named}))


def checks(evidence: Reasons) -> Iterator[Event]:
    told = tuple(each for each in evidence if each.code == "verdicts")
    for stage, verdict in product(Stage, Verdict):
        values = {"meeting": "giao-ban", "stage": stage.value, "verdict": verdict.value, "seal": "c946"}
        yield Event(sample.NOW, "meeting_checked", "", values, told)
        yield Event(sample.NOW, "meeting_sealed", "", values)
    for good in (0, 1):
        ticked: dict[str, float | int | str] = {"meeting": "giao-ban", "by": "Kỹ thuật", "note": "", "good": good}
        yield Event(sample.NOW, "meeting_confirmed", IT, {**ticked, "on_site": 1, "camera": 1, "sound": 1})


@every_language
@kinds_outcomes_verdicts
def test_no_face_shows_a_code_whatever_comes(kind: str, outcome: Outcome, verdict: Verdict, language: str) -> None:
    evidence = seen(kind, outcome, verdict)
    said = [
        *on_the_board(kind, evidence, language),
        *in_the_api(kind, evidence, language),
        *in_reports(kind, evidence, language),
        *of_readiness(kind, language),
    ]
    assert {} == {text: codes for text in said if (codes := raw(text, language))}
    assert all(said)


@kinds_outcomes_verdicts
def test_the_log_shows_none_either(kind: str, outcome: Outcome, verdict: Verdict) -> None:
    assert {} == {text: codes for text in map(sentence, checks(seen(kind, outcome, verdict))) if (codes := raw(text, "en"))}


@every_language
@pytest.mark.parametrize("outcome", [each for each in Outcome if each is not Outcome.OK])
def test_an_agent_that_brought_no_reason_is_told_by_how_its_poll_ended(outcome: Outcome, language: str) -> None:
    measured = Measured()
    measured.record_snmp(Reading(IT, "snmp", 0.0, outcome), TARGET, sample.NOW)
    assert measured.snmp is not None
    said = Sentences(language, ZONE).detail(measured.snmp.detail)
    assert OUTCOMES[outcome][LANGUAGES.index(language)] == said


def test_every_kind_every_outcome_and_every_verdict_has_a_word() -> None:
    assert [KINDS.keys(), set(Outcome), set(Verdict)] == [PROBES.keys(), OUTCOMES.keys(), VERDICTS.keys()]


CATALOGUES: tuple[Catalogue, ...] = (
    *(DETAILS, REASONS, EVENTS, COMPLAINTS, SYSTEM, PROBES, OUTCOMES),
    *(FINDINGS, GISTS, MEETINGS, ACTIONS, RUNGS, STAGES, VERDICTS, STATES),
)


@every_language
@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda each: next(iter(each)))
def test_no_sentence_of_a_catalogue_has_a_code_in_it(catalogue: Catalogue, language: str) -> None:
    found = {code: names(written(texts[LANGUAGES.index(language)])) for code, texts in catalogue.items()}
    assert {} == {code: codes for code, codes in found.items() if codes}


def written(template: str) -> str:
    """Return what a template says itself, without what it is filled with."""
    return " ".join(_parts(template))


def _parts(template: str) -> Iterable[str]:
    for text, name, form, _ in Formatter().parse(template):
        yield text
        if name and form and form.startswith("#"):
            yield form.replace("#", "").replace("|", " ")
