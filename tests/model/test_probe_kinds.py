"""The table of probe kinds: what it says holds together, and nothing else is said of a kind elsewhere."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from monitor.model.probe_kinds import KINDS, SERVICES, Brings
from monitor.model.settings import Settings
from monitor.model.spec import SnmpSettings

ROOT = Path(__file__).parents[2] / "monitor"
BY_NAME = pytest.mark.parametrize("name", KINDS)


@BY_NAME
def test_each_kind_says_of_its_settings_and_specs_only_what_they_have(name: str) -> None:
    kind = KINDS[name]
    settings, spec = ({each.name for each in fields(made)} for made in (kind.settings, kind.spec))
    how = kind.confirmation
    assert ({kind.needs} - {""}) | {*kind.at_start} <= settings
    assert how is None or {*how.at_most, *how.changes} <= spec
    assert {"target", "address", "confirms", "timeout_s"} <= spec


def test_pings_and_polls_are_no_services() -> None:
    assert {"icmp": Brings.PINGS, "snmp": Brings.AGENT} == {
        name: kind.brings for name, kind in KINDS.items() if name not in SERVICES
    }


@BY_NAME
def test_what_is_slow_confirms_no_suspicion_and_all_else_does(name: str) -> None:
    assert KINDS[name].is_slow == (KINDS[name].confirmation is None)


def test_what_is_slow_is_known_of_two_kinds() -> None:
    assert {"h323", "web"} <= {name for name, kind in KINDS.items() if kind.is_slow and kind.disturbs_calls}


def test_what_is_not_set_is_as_usual() -> None:
    brisk = SnmpSettings(every_s=10.0)
    settings = Settings(probes={"snmp": brisk})
    assert brisk is KINDS["snmp"].of(settings)
    assert all(KINDS[name].of(settings) == KINDS[name].settings() for name in KINDS if name != "snmp")


def test_nobody_asks_what_class_a_spec_is_of() -> None:
    """Whatever depends on the kind of a probe is a column of the table, so that a new kind is one row of it."""
    asking = re.compile(r"isinstance\([^)]*Spec\b|case \w*Spec\b|type\(spec\)")
    found = [f"{path}:{number}" for path in ROOT.rglob("*.py") for number, line in enumerate(path.open(), 1) if asking.search(line)]
    assert [] == found
