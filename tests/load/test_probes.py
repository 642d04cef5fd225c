"""The keys of every kind of probe become fields of its settings, wherever they are written."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from monitor.load.probes import FORMS, OVERRIDES, SETTINGS
from monitor.load.values import Address
from monitor.model.inventory import H323Access, Kind, Target
from monitor.model.probe_kinds import KINDS, Given
from monitor.model.settings import Credential, ProbeSettings, Settings
from monitor.rules.timetable import own_settings, turn_of


@pytest.mark.parametrize("name", KINDS)
def test_each_key_of_a_kind_is_a_field_of_its_settings(name: str) -> None:
    form, known = FORMS[name], {each.name for each in fields(KINDS[name].settings)}
    written = {each.attribute or each.name for each in (*form.settings, *form.own)}
    assert written | ({form.becomes} - {""}) <= known
    assert {"every_s", "timeout_s"} <= written


@pytest.mark.parametrize("name", KINDS)
def test_whoever_is_named_by_an_address_is_among_those_who_are_asked(name: str) -> None:
    """The guard, the lab and `monitor check` know of nobody else (service/specs.py)."""
    kind, form = KINDS[name], FORMS[name]
    named = [each.attribute or each.name for each in (*form.settings, *form.own) if isinstance(each.reader, Address)]
    addresses = {field: f"127.0.7.{number}" for number, field in enumerate(named, 1)}
    settings = Settings(probes={name: replace(kind.settings(), **addresses)}, credentials={"wan": Credential("wan", "2c")})
    target = Target("a", Kind.ENDPOINT, "A", "A", "127.0.0.2", "", "", credential="wan", h323=H323Access("1715"))
    turn = turn_of(kind, target, settings, own_settings(kind, target, settings))
    assert ("127.0.0.2", *addresses.values()) == turn.spec.asks


def test_a_profile_says_what_is_asked_for_and_never_how_often_or_how_long() -> None:
    """So that a target's interval and waits can be told without its profile (rules/timetable.py)."""
    assert set() == {form.becomes for form in FORMS.values()} & {each.name for each in fields(ProbeSettings)}


def test_each_kind_may_be_written_for_all_and_for_one_target() -> None:
    assert [*KINDS] == [*SETTINGS.fields] == [*OVERRIDES.fields]
    assert FORMS.keys() == KINDS.keys()


def test_a_profile_names_the_kinds_that_are_not_given_to_everybody() -> None:
    assert {name for name, kind in KINDS.items() if kind.given is Given.NAMED} == {
        name for name, form in FORMS.items() if form.of_profile is not None and form.of_profile.name == name
    }
