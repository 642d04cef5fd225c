"""Nothing that people read is given its digits, its comma or its date anywhere but by the voice."""

from __future__ import annotations

import ast
import re

import pytest

from tests.test_floor_plan import FILES, FLOORS, PACKAGE, floor, on

OTHERS = {
    "journal/migrations/texts_of_0_1.py": "texts as 0.1.0 wrote them",
    "words/sealed/wording_1.py": "texts as 0.1.0 sealed them",
    "load/exchange/netbox.py": "values as files have them",
    "load/exchange/xlsx.py": "cells as files have them",
    "load/schedule.py": "ids of meetings",
    "load/writing.py": "values as files have them",
    "probes/snmp/value_plan.py": "what an agent says",
    "service/board/announcing.py": "the log",
    "service/self_monitor.py": "the log",
    "service/poller.py": "the log",
    "export/metrics/meeting_metrics.py": "the text of /metrics",
    "export/api/operations.py": "times of day in the API's JSON",
    "export/remote/web_side.py": "the log",
    "cli/lab_history_text.py": "OpenMetrics",
    "cli/lab_history.py": "the names of files",
    "cli/check_machine.py": "a zone's offset, for programs",
}
"""File → what its numbers are for."""
SAID = [path for path in FILES if path.name != "voice.py"]


def formats(node: ast.AST) -> bool:
    """Return whether a number or a time is given digits here."""
    if isinstance(node, ast.FormattedValue) and isinstance(node.format_spec, ast.JoinedStr):
        spec = "".join(str(part.value) for part in node.format_spec.values if isinstance(part, ast.Constant))
        return re.search(r"\.|,|%|[feg]$", spec) is not None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr == "strftime"
    return isinstance(node, ast.Constant) and re.search(r"\{\w+:[,.\d]*[feg%]\}", str(node.value)) is not None


@pytest.mark.parametrize("here", FLOORS)
def test_what_people_read_is_given_its_digits_by_the_voice(here: str) -> None:
    for path, tree in ((path, tree) for path, tree in on(here) if path in SAID):
        found = [node.lineno for node in ast.walk(tree) if isinstance(node, ast.expr) and formats(node)]
        assert bool(found) == (path.relative_to(PACKAGE).as_posix() in OTHERS), f"{path}: lines {found}"


def test_templates_of_pages_format_no_number() -> None:
    for path in (*PACKAGE.glob("export/pages/templates/*.html"), *PACKAGE.glob("report/**/*.html")):
        # Lengths of bars are for style sheets.
        text = re.sub(r'style="[^"]*"', "", path.read_text(encoding="utf-8"))
        assert [] == re.findall(r"\|\s*(?:round|format|filesizeformat)\b|'%[^']*' %|strftime", text), path


def test_a_count_has_one_form_in_vietnamese_and_in_english_two_where_it_has_a_noun() -> None:
    found = 0
    for path in (path for path in FILES if floor(path) == "words"):
        for pair in (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Tuple)):
            texts = [each.value for each in pair.elts if isinstance(each, ast.Constant) and isinstance(each.value, str)]
            if len(texts) == len(pair.elts) == 2 and any(":#" in text for text in texts):
                vietnamese, english = (re.findall(r"\{\w+:(#[^{}]*)\}", text) for text in texts)
                assert [] == [forms for forms in vietnamese if "|" in forms], (path, texts)
                assert [] == [forms for forms in english if forms.count("|") != (0 if forms == "#" else 1)], (path, texts)
                found += 1
    assert found > 50
