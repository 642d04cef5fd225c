"""Every fault in both languages: none lacks, none quotes what the other does not, none is said by nobody, none is said unknown."""

from __future__ import annotations

import ast
import json
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import MonitorError
from monitor.load import meetings
from monitor.load.manual import FORMS, keys_of
from monitor.load.receivers import receivers_table
from monitor.load.secrets import SecretStore
from monitor.words.faults import CATALOGUES, FAULTS, tell_fault
from monitor.words.faults.keys import KEYS
from monitor.words.faults.system import SYSTEM
from monitor.words.phrase import Phrase, coded, decoded, joined, phrase
from tests.test_floor_plan import FLOORS, PACKAGE, on
from tests.words.twins import twins

MADE = re.compile(r"(what|key|form|no_form|no_target_has|busy|state)_\w+|no_(level|area|tag)")
"""Codes that are put together where they are said: of what a mapping is, of a key, a form, a reason to refuse, a state."""
PLACE_OF_CODE = {
    **dict.fromkeys(("SetupError", "MonitorError", "ActionError", "UnfitError", "UnsupportedVersionError", "Phrase", "phrase"), 0),
    **dict.fromkeys(("or_else", "joined", "BadParameterError", "NotThereError", "InvalidOidError"), 0),
    **dict.fromkeys(("RefusedError", "ReportFailedError", "QueueFullError"), 0),
    "said_by": 0,
    "refusal": 1,
    "Fault": 3,
    **dict.fromkeys(("remark", "leave_out", "LeftOutError"), 1),
    "RuleError": 0,
}
NAMED = re.compile(r"`[^`]+`|--[a-z-]+|\b[a-z]+_[a-z_]+\b|\b[a-z-]+\.ya?ml\b|/[a-z]+/[a-z/.]+|\bRFC \d+\b|\b[A-Z][A-Z-]{4,}\b")
"""What an operator types or looks up: commands, options, keys, files, standards, properties of calendars."""
TRANSLATED = {"`journal: sqlite:////PATH/journal.db`"}


def trees(here: str) -> list[tuple[Path, ast.Module]]:
    """The files of a floor but for the catalogues of faults."""
    return [(path, tree) for path, tree in on(here) if "faults" not in path.relative_to(PACKAGE).parts]


def quoted(template: str) -> list[str]:
    return sorted({name for _, name, _, _ in string.Formatter().parse(template) if name is not None})


def texts(node: ast.expr | None) -> Iterator[str]:
    """What an expression may be, where it is a text or a choice between texts."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from texts(node.body)
        yield from texts(node.orelse)


def name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id if isinstance(call.func, ast.Name) else ""


def said_codes(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every code that is said as a literal, with its line."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name, place = name_of(node), PLACE_OF_CODE.get(name_of(node))
        if name == "refuse" and node.args:
            # An entry is told the key before the code, a node the code alone.
            of_entry = len(node.args) > 1 and (list(texts(node.args[1])) or isinstance(node.args[1], ast.Name | ast.JoinedStr))
            place = 1 if of_entry else 0
        if place is not None and len(node.args) > place:
            yield from ((code, node.lineno) for code in texts(node.args[place]))


def lacking(tree: ast.AST) -> Iterator[tuple[int, str, set[str]]]:
    """Every call that says a code without all that its sentence quotes: line, code, what lacks."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or any(each.arg is None for each in node.keywords):
            continue
        name, given = name_of(node), {str(each.arg) for each in node.keywords}
        place = PLACE_OF_CODE.get(name) if name != "refuse" else 1 if len(node.args) > 1 and [*texts(node.args[1])] else 0
        if place is None or name in ("Fault", "Phrase", "joined", "or_else") or len(node.args) <= place:
            continue
        for code in (each for each in texts(node.args[place]) if each in FAULTS):
            cure = FAULTS.get(f"{code}_cure", ("", ""))[1] if len(node.args) == place + 1 else ""
            lack = {*quoted(FAULTS[code][1]), *quoted(cure)} - given
            if lack:
                yield node.lineno, code, lack


def constants() -> set[str]:
    found = set[str]()
    for _, tree in (each for here in FLOORS for each in trees(here)):
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found


def test_both_languages_quote_the_same() -> None:
    assert [] == [code for code, (vietnamese, english) in FAULTS.items() if not vietnamese or not english]
    assert [] == [code for code, (vietnamese, english) in FAULTS.items() if quoted(english) != quoted(vietnamese)]


def test_what_an_operator_types_stands_in_both_unchanged() -> None:
    assert [] == [
        (code, literal)
        for code, (vietnamese, english) in FAULTS.items()
        for literal in set(NAMED.findall(re.sub(r"\{\w+\}", " ", english))) - TRANSLATED
        if literal not in vietnamese
    ]


TWINS = {
    frozenset({"a_whole_number", "form_count"}): "a form of the lab's, whose code is put together",
    frozenset({"an_id", "form_id"}): "a form of the lab's, whose code is put together",
    frozenset({"network_twice", "levels_twice"}): "English has a plural here",
    frozenset({"empty", "table_empty"}): "a value, and a table whose cure tells of its first row; Vietnamese names the table",
    frozenset({"path_unreadable", "property_unreadable"}): "a file, and a property of an event whose cure is its RFC",
}
"""Codes that a language does not tell apart, and why they are two."""
OTHERS_OWN = SYSTEM.keys() | KEYS.keys()
"""Errors by the names that the system has for them, and keys by where they stand: several may mean one thing."""


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_two_codes_say_one_thing(language: str) -> None:
    ours = {code: said for code, said in FAULTS.items() if code not in OTHERS_OWN and not code.endswith("_cure")}
    assert [] == [sorted(codes) for codes in twins(ours, language) if frozenset(codes) not in TWINS]


def test_every_pair_that_may_say_one_thing_does() -> None:
    found = {frozenset(codes) for language in ("vi", "en") for codes in twins(FAULTS, language)}
    assert set() == TWINS.keys() - found


def test_no_code_stands_in_two_catalogues_and_no_cure_without_its_fault() -> None:
    assert len(FAULTS) == sum(len(catalogue) for catalogue in CATALOGUES)
    assert [] == [code for code in FAULTS if code.endswith("_cure") and code.removesuffix("_cure") not in FAULTS]


@pytest.mark.parametrize("here", FLOORS)
def test_every_code_that_is_said_is_in_the_catalogue_and_given_what_its_sentence_quotes(here: str) -> None:
    for path, tree in trees(here):
        assert [] == [(line, code) for code, line in said_codes(tree) if code not in FAULTS], path
        assert [] == list(lacking(tree)), path


def test_every_code_of_the_catalogue_is_said_somewhere() -> None:
    said = constants()
    silent = [code for code in FAULTS if code not in said and code.removesuffix("_cure") not in said]
    assert [] == [code for code in silent if code not in SYSTEM and not MADE.fullmatch(code)]


def test_what_a_required_key_means_is_told_as_the_manual_tells_it() -> None:
    store = SecretStore({}, Path())
    receivers: Any = receivers_table(store).item
    forms = [*FORMS.values(), receivers.table, meetings.EVENT]
    docs = {field.doc for form in forms for _, field in keys_of(form) if field.required}
    known = {english for _, english in KEYS.values()}
    assert set() == docs - known
    assert set() == known - docs


@pytest.mark.parametrize("here", FLOORS)
def test_nobody_hands_on_a_sentence_where_a_code_would_do(here: str) -> None:
    for path, tree in trees(here):
        made = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and name_of(node) in PLACE_OF_CODE]
        assert [] == [call.lineno for call in made if any(is_sentence(each) for each in parts(call))], path


def is_sentence(part: ast.expr) -> bool:
    return isinstance(part, ast.Call) and name_of(part) in ("say", "tell", "saying", "told", "fault_in", "cure_in")


def parts(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(each.value for each in call.keywords)]


def test_every_code_stands_in_the_manual() -> None:
    manual = (PACKAGE.parent / "docs/faults.md").read_text()
    told = {code for code in FAULTS if not code.endswith("_cure")}
    assert told == set(re.findall(r"^\| `(\w+)` \|", manual, re.MULTILINE))


def test_what_comes_back_from_json_is_the_same_phrase() -> None:
    told = phrase("not_what", what=phrase("one_of", options=("a", Phrase("nothing"), 3)), found=0.5)
    assert told == decoded(json.loads(json.dumps(coded(told))))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_refusal_that_was_answered_is_said_in_the_language_of_who_hears_it(language: str) -> None:
    told = MonitorError("odd_answer", phrase("did_you_mean", near="b"), origin="http://a", status=502)
    heard = MonitorError.answered(json.loads(json.dumps(told.answer_in("en"))))
    assert (told.code, told.text_in(language)) == (heard.code, heard.text_in(language))


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"code": "not_known_to_us", "values": {}, "remedy": None},
        {"code": "odd_answer", "values": {"origin": "a"}, "remedy": None},
        {"code": "odd_answer", "values": None, "remedy": None},
        {"code": "odd_answer", "values": {"origin": "a", "status": 1}, "remedy": 7},
        {"code": "count_of_items", "values": {"count": "many"}, "remedy": None},
    ],
)
def test_the_refusal_of_another_version_is_told_in_its_own_words(more: dict[str, Any]) -> None:
    assert "its fault; its cure" == MonitorError.answered({"error": "its fault", "cure": "its cure", **more}).text_in("vi")


@pytest.mark.parametrize("answer", [{}, [], None, "text", {"error": "no cure"}])
def test_what_is_no_refusal_is_told_as_none(answer: object) -> None:
    with pytest.raises((LookupError, TypeError)):
        MonitorError.answered(answer)


def test_a_phrase_quotes_texts_phrases_and_several_of_them() -> None:
    told = phrase("not_what", what=phrase("one_of", options=("a", Phrase("nothing"))), found=joined("or", ["x", "y", "{z}"]))
    assert "must be one of a, nothing, not x or y or {z}" == tell_fault(told, "en")
    assert "phải là một trong a, chỗ trống, không phải x hoặc y hoặc {z}" == tell_fault(told, "vi")
    assert "" == tell_fault(joined("and", []), "vi")


@pytest.mark.parametrize(
    ("told", "vietnamese", "english"),
    [
        (phrase("probe_too_long", took=9.5, every=1.0), "mất 9,5 s, dài hơn chu kỳ 1 s", "take 9.5 s, longer than"),
        (phrase("deadline_too_short", deadline_s=0.75), "deadline 750 ms", "deadline of 750 ms"),
        (phrase("hours_after_start", lasted_s=259_200.0), "sau khi bắt đầu 3 ngày", "3 d after the start"),
        (phrase("flapping_crossed", low=phrase("share", bound_ratio=0.125), high="0.1"), "low (12,5%)", "low (12.5%)"),
        (phrase("call_too_fast", rate_bps=2_250_000, point="xa"), "cuộc gọi 2,3 Mbit/s", "call of 2.3 Mbit/s"),
        (phrase("netbox_too_many", url="u", most=50_000), "hơn 50.000 đối tượng", "more than 50,000 objects"),
        (phrase("key_again", line=12_345), "ở dòng 12345", "on line 12345"),
        (phrase("loopback_port", port=65_535, reason=""), "cổng UDP 65535", "UDP port 65535"),
        (phrase("one_of", options=(12_345, 0.5)), "12.345, 0,5", "12,345, 0.5"),
    ],
    ids=lambda told: told.code if isinstance(told, Phrase) else "",
)
def test_numbers_are_said_by_the_voice_and_numerals_as_they_are(told: Phrase, vietnamese: str, english: str) -> None:
    assert vietnamese in tell_fault(told, "vi")
    assert english in tell_fault(told, "en")
