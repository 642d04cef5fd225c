"""docs/lab.md says all that may happen."""

import re
from pathlib import Path

from monitor.load.scenario import load_scenario
from monitor.model.scenario import VERBS
from tests.lab_fixture import Lab

DOCS = Path(__file__).parents[2] / "docs" / "lab.md"


def test_every_verb_and_value_is_documented_and_no_other() -> None:
    rows = re.findall(r"^\| (`[a-z].*?) \| .*? \| (.*?) ?\|$", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    documented = {
        verb: re.findall(r"`([a-z]+)`", values) for names, values in rows for verb in re.findall(r"`([a-z0-9-]+)`", names)
    }
    assert {name: [parameter.name for parameter in verb.parameters] for name, verb in VERBS.items()} == documented


def test_the_documented_scenario_loads(tmp_path: Path, lab: Lab) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    for known, ours in (
        ("ubnd-huyen-dong-van", "huyen-a"),
        ("dc-xa-lung-cu", "dc-xa-a1"),
        ("xa-lung-cu", "xa-a1"),
        ("xa-ma-le", "xa-a2"),
    ):
        text = text.replace(known, ours)
    (tmp_path / "codec.snmprec").write_text("1.3.6.1.2.1.1.5.0|4|codec\n")
    (tmp_path / "scenario.yaml").write_text(text, encoding="utf-8")
    assert len(load_scenario(tmp_path / "scenario.yaml", lab.inventory).steps) == 4
