"""An emulated Poly Studio tells by SNMP what is true of it, and the shipped profile reads it so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from monitor.lab.conditions import Conference
from monitor.lab.device import make_device
from monitor.lab.mib import device_mib
from monitor.lab.poly_mib import is_poly, poly_entries
from monitor.load.profiles import load_profiles
from monitor.model.inventory import Kind, Target
from monitor.model.profile import Profile
from monitor.wire.oid import parse_oid
from tests.lab.small import NOON

CODEC = Target("dc", Kind.ENDPOINT, "Cầu", "C", "10.2.17.20", "commune", "a", profile="sip-h323")
PROFILES = load_profiles(Path(__file__).parents[2] / "config" / "profiles", [])


def told(state: Conference, profile: Profile) -> dict[str, float]:
    """Return the series that the profile's values make of an endpoint's objects."""
    mib = device_mib(make_device(CODEC, NOON), has_64_bits=True).plus(*poly_entries(CODEC, lambda: state))
    found: dict[str, float] = {}
    for value in profile.values:
        entry = mib.get(parse_oid(value.oid)) or (mib.after(parse_oid(value.oid)) if value.reduce else None)
        if entry is not None and entry.oid[: len(parse_oid(value.oid))] == parse_oid(value.oid):
            number = entry.read(NOON)
            assert isinstance(number, int)
            found[value.series] = value.map[number]
    return found


def test_codecs_are_poly_in_the_lab_and_pcs_and_other_makers_are_not() -> None:
    assert [True, True, False, False] == [
        is_poly(replace(CODEC, profile=name)) for name in ("sip-h323", "poly-studio", "pc-soft", "cisco-codec")
    ]
    assert not is_poly(replace(CODEC, kind=Kind.POINT))


def test_the_shipped_profile_matches_it_and_reads_all_it_knows() -> None:
    profile = PROFILES["poly-studio"]
    assert profile.match is not None
    assert ("1.3.6.1.4.1.2684",) == profile.match.sys_object_ids
    well = told(Conference(), profile)
    assert {value.series for value in profile.values} - {"conference_in_call"} == well.keys()
    assert {1.0} == set(well.values())


def test_each_fault_shows_where_it_belongs() -> None:
    profile, well = PROFILES["poly-studio"], told(Conference(), PROFILES["poly-studio"])

    def changed(state: Conference) -> dict[str, float]:
        now = told(state, profile)
        return {series: number for series, number in now.items() if well.get(series) != number}

    lost = {f'conference_registered{{protocol="{name}"}}': 0.0 for name in ("sip", "h323")}
    assert lost == changed(Conference(is_registered=False))
    hardware = 'conference_device_up{component="hardware"}'
    assert {'conference_device_up{component="camera"}': 0.0, hardware: 0.0} == changed(Conference(broken={"camera"}))
    assert {'conference_device_up{component="microphone"}': 0.0, hardware: 0.0} == changed(Conference(broken={"microphone"}))
    assert {"conference_in_call": 1.0} == changed(Conference(is_busy=True))
