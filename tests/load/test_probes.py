"""The keys of every kind of probe become fields of its settings, wherever they are written."""

from __future__ import annotations

from dataclasses import fields

import pytest

from monitor.load.probes import FORMS, OVERRIDES, SETTINGS
from monitor.model.probe_kinds import KINDS, Given


@pytest.mark.parametrize("name", KINDS)
def test_each_key_of_a_kind_is_a_field_of_its_settings(name: str) -> None:
    form, known = FORMS[name], {each.name for each in fields(KINDS[name].settings)}
    written = {each.attribute or each.name for each in (*form.settings, *form.own)}
    assert written | ({form.becomes} - {""}) <= known
    assert {"every_s", "timeout_s"} <= written


def test_each_kind_may_be_written_for_all_and_for_one_target() -> None:
    assert [*KINDS] == [*SETTINGS.fields] == [*OVERRIDES.fields]
    assert FORMS.keys() == KINDS.keys()


def test_a_profile_names_the_kinds_that_are_not_given_to_everybody() -> None:
    assert {name for name, kind in KINDS.items() if kind.given is Given.NAMED} == {
        name for name, form in FORMS.items() if form.of_profile is not None and form.of_profile.name == name
    }
