"""Sealed reports keep their words: each wording says, to the letter, what the version says that sealed in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.words.catalogue import LANGUAGES, Catalogue
from monitor.words.sealed import NEWEST, WORDINGS

ROOT = Path(__file__).parents[2]
LEFTOVERS = ROOT / "tests" / "leftovers"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
SEALED_IN: Mapping[str, int] = {"v0.1.0": 1}
"""Version → the number of the wording in which it seals. Two versions may share one."""
NAMES = {"xa-lung-cu": "Xã Lũng Cú"}
"""As make.py has them."""
Row = tuple[str, str, dict[str, float | int | str] | None, str, str]


def written(version: str) -> Iterator[Row]:
    """Yield what a version says: what it is, its code, what is filled in, Vietnamese, English."""
    for line in (LEFTOVERS / version / "sealed" / "wording.jsonl").read_text(encoding="utf-8").splitlines():
        yield tuple(json.loads(line))


def said(version: str, what: str) -> Catalogue:
    return {code: (vietnamese, english) for each, code, _, vietnamese, english in written(version) if each == what}


@pytest.mark.parametrize("version", SEALED_IN)
def test_every_sentence_reads_as_the_version_said_it(version: str) -> None:
    tell = WORDINGS[SEALED_IN[version]].tell
    sentences = [row for row in written(version) if row[0] == "sentence"]
    codes = {row[1] for row in sentences}
    assert {"fresh", "loss_unproven", "overbooked", "certificate_ends", "flapped", "all_ready", "do_clash"} <= codes
    for _, code, values, *told in sentences:
        assert told == [tell(code, values or {}, language, NAMES, ZONE) for language in LANGUAGES], (code, values)


@pytest.mark.parametrize("version", SEALED_IN)
def test_every_heading_and_word_is_the_version_s(version: str) -> None:
    wording = WORDINGS[SEALED_IN[version]]
    assert (said(version, "verdict"), said(version, "step"), said(version, "level")) == (
        wording.verdicts,
        wording.steps,
        wording.levels,
    )
    assert wording.report.items() <= said(version, "report").items()


def test_a_frozen_wording_has_every_line_that_a_sealed_report_may_take() -> None:
    """Those that only a report after a meeting takes, or one that is not sealed, are left out."""
    unsealed = {"title_after", "sealed_before", "not_sealed", "platform", "carrier", "itself", "minutes"}
    unsealed |= {"missed", "nothing_missed", "losses", "by_cause", "none_wrong"}
    for number, wording in WORDINGS.items():
        assert WORDINGS[NEWEST].report.keys() - unsealed == wording.report.keys() - unsealed, number


def test_every_version_before_this_one_has_left_its_words_here() -> None:
    """Else nothing would keep its wording as it was: tests/leftovers/README.md tells how they are made."""
    headings = re.findall(r"^## ([\d.]+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert {f"v{version}" for version in headings[1:]} == {each.name for each in LEFTOVERS.glob("v*")} == SEALED_IN.keys()
    assert NEWEST == max(WORDINGS)
