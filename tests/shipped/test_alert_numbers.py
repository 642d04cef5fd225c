"""Prometheus says a number in an alert's text as the monitor's voice says it on a page."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from grafana.build.alert_numbers import KINDS, RULES, filled, template
from monitor.words.voice import Voice, voice
from tests.words.spoken import MEASURED, NUMBERS, PLAIN, SHARES

SHARES_OF_1 = sorted({ratio for ratio, *_ in SHARES if 0 <= ratio < 2} | {0.07, 0.0225, 0.1225, 0.96, 0.804, 1.00001})
SPOKEN: Mapping[str, tuple[Callable[[Voice, float], str], Sequence[float]]] = {
    "loss": (Voice.loss, SHARES_OF_1),
    "load": (Voice.load, SHARES_OF_1),
    "bound": (Voice.bound, [ratio for ratio in SHARES_OF_1 if ratio <= 1]),
    "milliseconds": (Voice.milliseconds, [seconds for seconds, *_ in MEASURED if 0 <= seconds < 59.5]),
    "plain": (Voice.plain, [number for number, *_ in PLAIN if 0 <= number < 10_000]),
    "count": (Voice.number, [number for number, *_ in NUMBERS if 0 <= number <= 1e9] + [234_567_890.4]),
    "whole": (Voice.number, [0, 1, 241, 9_999, 10_000, 123_456, 1_234_567]),
}
"""Kind of number → who says it, and numbers that are easily said wrong."""


def compare(promtool: str, folder: Path, kind: str, say: Callable[[Voice, float], str], numbers: Sequence[float]) -> None:
    """Have promtool compare what Prometheus makes of a kind's numbers with what is said of them; fail where it is another text."""
    texts = {language: template(language, kind) for language in ("vi", "en")}
    rule = {"alert": "Said", "expr": "said", "annotations": texts}
    (folder / "rules.yml").write_text(json.dumps({"groups": [{"name": "said", "rules": [rule]}]}))
    told = [
        {
            "exp_labels": {"place": str(place)},
            "exp_annotations": {language: say(voice(language), number) for language in texts},
        }
        for place, number in enumerate(numbers)
    ]
    series = [{"series": f'said{{place="{place}"}}', "values": repr(float(number))} for place, number in enumerate(numbers)]
    test = {
        "interval": "1m",
        "input_series": series,
        "alert_rule_test": [{"eval_time": "0m", "alertname": "Said", "exp_alerts": told}],
    }
    (folder / "test.yml").write_text(json.dumps({"rule_files": ["rules.yml"], "evaluation_interval": "1m", "tests": [test]}))
    done = subprocess.run([promtool, "test", "rules", "test.yml"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("kind", KINDS)
def test_a_number_in_an_alert_reads_as_on_a_page(promtool: str, tmp_path: Path, kind: str) -> None:
    compare(promtool, tmp_path, kind, *SPOKEN[kind])


def test_promtool_sees_another_digit(promtool: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"12\.3%"):
        compare(promtool, tmp_path, "loss", Voice.availability, [0.1225])


def test_a_template_is_written_between_its_marks_and_nothing_else_changes() -> None:
    text = "a {{/* vi whole $value */}}old{{/* said */}} b {{/* en plain . | first | value */}}{{/* said */}}{{ $labels.name }}"
    written = filled(text)
    assert written == filled(written)
    assert f"a {{{{/* vi whole $value */}}}}{template('vi', 'whole')}{{{{/* said */}}}} b " in written
    assert written.endswith("{{/* said */}}{{ $labels.name }}")


def texts() -> list[tuple[str, str, str]]:
    """Return (alert, annotation, its text) of all rules."""
    files = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in RULES.glob("*.yml")]
    found = [rule for file in files for group in file["groups"] for rule in group["rules"] if "alert" in rule]
    return [(rule["alert"], key, text) for rule in found for key, text in rule["annotations"].items()]


def test_no_alert_says_a_number_by_itself() -> None:
    number = re.compile(r"\$value|\.Value|\| value|humanize|%[.0-9]*[gfedv]")
    found = [
        (alert, key, action)
        for alert, key, text in texts()
        for action in re.findall(r"\{\{.*?\}\}", re.sub(r"\{\{/\* \w\w .*?/\* said \*/\}\}", "", text))
        # Conditions are not told, and times are the voice's too (test_alertmanager.py).
        if number.search(action) and not re.match(r"\{\{-? (if|else if) |\{\{-? \(\.Value \| toTime\)", action)
    ]
    assert [] == found


def test_each_number_is_said_in_the_language_of_its_text() -> None:
    said = [(key, language) for _, key, text in texts() for language in re.findall(r"\{\{/\* (vi|en) ", text)]
    assert len(said) > 20
    assert [] == [(key, language) for key, language in said if (language == "en") != key.endswith("_en")]


def test_ends_are_named_before_what_is_rounded() -> None:
    """Where two conditions hold, the first one speaks."""
    for language in ("vi", "en"):
        bounds = [float(each) for each in re.findall(r"lt \$n ([\d.e-]+)", template(language, "milliseconds"))]
        assert all(one < other for one, other in pairwise(bounds))
