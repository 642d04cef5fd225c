"""Each maker's device is recognised by the shipped profiles and yields what its objects mean, on recordings written by hand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import pytest

from monitor.cli.profiles_report import lacking
from monitor.cli.profiles_trial import make_spec, recorded_credential, try_recording
from monitor.load.profiles import DEFAULT, load_profiles
from monitor.model.reading import SnmpSample
from tests.told import english

ROOT = Path(__file__).parents[2]
DEVICES = ROOT / "tests" / "devices"
PROFILES = load_profiles(ROOT / "config" / "profiles", [])


class Device(NamedTuple):
    """What a recording is to yield. wan: the interface that carries the circuit. lacks: series → why there is none."""

    recording: str
    profile: str
    wan: str | None
    values: dict[str, float]
    lacks: Mapping[str, str] = MappingProxyType({})


CISCO_SLA = dict.fromkeys(
    ("wan_device_sla_success", "wan_device_sla_rtt_seconds", "wan_device_sla_loss_ratio", "wan_device_sla_jitter_seconds"),
    "no_rows",
)
TABLE = (
    Device(
        "cisco-iosxe",
        "cisco-ios",
        "Gi0/0/0",
        {
            "wan_device_cpu_ratio": 0.41,
            "wan_device_memory_ratio": 0.3,
            'wan_device_sla_success{sla="so-ttt"}': 1,
            'wan_device_sla_success{sla="20"}': 0,
            'wan_device_sla_rtt_seconds{sla="so-ttt"}': 0.0152,
            'wan_device_sla_loss_ratio{sla="so-ttt"}': 0.05,
            'wan_device_sla_jitter_seconds{sla="so-ttt"}': 0.0018,
            "wan_device_power_supply_up": 1,
            "wan_device_temperature_celsius": 41.5,
        },
        {
            'wan_device_sla_success{sla="moi"}': "unmapped",
            'wan_device_sla_rtt_seconds{sla="20"}': "condition",
            'wan_device_sla_rtt_seconds{sla="moi"}': "condition",
        },
    ),
    Device(
        "cisco-ios",
        "cisco-ios",
        "Gi0/1",
        {"wan_device_cpu_ratio": 0.08, "wan_device_power_supply_up": 1, "wan_device_temperature_celsius": 36},
        {"wan_device_memory_ratio": "no_rows", **CISCO_SLA},
    ),
    Device(
        "huawei-vrp",
        "huawei-vrp",
        "GigabitEthernet0/0/4",
        {
            "wan_device_cpu_ratio": 0.24,
            "wan_device_memory_ratio": 0.58,
            'wan_device_sla_success{sla="admin/icmp"}': 1,
            'wan_device_sla_success{sla="admin/jitter"}': 1,
            'wan_device_sla_rtt_seconds{sla="admin/icmp"}': 0.012,
            'wan_device_sla_rtt_seconds{sla="admin/jitter"}': 0.015,
            'wan_device_sla_loss_ratio{sla="admin/icmp"}': 1 / 3,
            'wan_device_sla_loss_ratio{sla="admin/jitter"}': 0.05,
            'wan_device_sla_jitter_seconds{sla="admin/jitter"}': 0.003,
            "wan_device_power_supply_up": 1,
            "wan_device_temperature_celsius": 44,
        },
        {
            'wan_device_sla_success{sla="admin/new"}': "unmapped",
            'wan_device_sla_rtt_seconds{sla="admin/new"}': "condition",
            'wan_device_sla_loss_ratio{sla="admin/new"}': "condition",
        },
    ),
    Device(
        "mikrotik-routeros7",
        "mikrotik-routeros",
        "ether1",
        {"wan_device_cpu_ratio": 0.06, "wan_device_memory_ratio": 0.25, "wan_device_temperature_celsius": 38},
        dict.fromkeys([f'wan_device_power_supply_up{{supply="{name}"}}' for name in ("primary", "backup")], "absent"),
    ),
    Device(
        "mikrotik-routeros6",
        "mikrotik-routeros",
        "ether1",
        {
            "wan_device_cpu_ratio": 0.1,
            "wan_device_memory_ratio": 0.25,
            'wan_device_power_supply_up{supply="primary"}': 1,
            'wan_device_power_supply_up{supply="backup"}': 0,
            "wan_device_temperature_celsius": 41.5,
        },
    ),
    Device("draytek-vigor", "draytek-vigor", "WAN1", {}),
    Device(
        "fortinet-fortigate",
        "fortinet-fortigate",
        "wan1",
        {
            "wan_device_cpu_ratio": 0.07,
            "wan_device_memory_ratio": 0.33,
            'wan_device_sla_success{sla="TSLCD wan1"}': 1,
            'wan_device_sla_success{sla="TSLCD wan2"}': 0,
            'wan_device_sla_rtt_seconds{sla="TSLCD wan1"}': 0.013039,
            'wan_device_sla_loss_ratio{sla="TSLCD wan1"}': 0.015,
            'wan_device_sla_loss_ratio{sla="TSLCD wan2"}': 1,
            'wan_device_sla_jitter_seconds{sla="TSLCD wan1"}': 0.000354,
            'wan_device_sla_success{sla="so-ttt"}': 1,
            'wan_device_sla_rtt_seconds{sla="so-ttt"}': 0.0095,
            'wan_device_sla_loss_ratio{sla="so-ttt"}': 0,
            'wan_device_sla_jitter_seconds{sla="so-ttt"}': 0.00025,
            "wan_device_power_supply_up": 0,
            "wan_device_temperature_celsius": 51.569,
        },
        {
            'wan_device_sla_rtt_seconds{sla="TSLCD wan2"}': "condition",
            'wan_device_sla_jitter_seconds{sla="TSLCD wan2"}': "condition",
        },
    ),
    Device(
        "juniper-junos",
        "juniper-junos",
        "ge-0/0/0",
        {
            "wan_device_cpu_ratio": 0.22,
            "wan_device_memory_ratio": 0.61,
            'wan_device_sla_success{sla="TSLCD/so-ttt"}': 1,
            'wan_device_sla_success{sla="TSLCD/dead"}': 0,
            'wan_device_sla_rtt_seconds{sla="TSLCD/so-ttt"}': 0.012345,
            'wan_device_sla_loss_ratio{sla="TSLCD/so-ttt"}': 0.1,
            'wan_device_sla_loss_ratio{sla="TSLCD/dead"}': 1,
            'wan_device_sla_jitter_seconds{sla="TSLCD/so-ttt"}': 0.0008,
            "wan_device_power_supply_up": 0,
            "wan_device_temperature_celsius": 47,
        },
    ),
    Device("zte-zxr10", "zte-zxr10", "fei_1/1", {"wan_device_cpu_ratio": 0.31, "wan_device_memory_ratio": 0.44}),
    Device(
        "net-snmp-host",
        "generic-host",
        "ens18",
        {
            "wan_device_cpu_ratio": 0.2,
            "wan_device_memory_ratio": 0.25,
            "wan_device_load_average": 0.73,
            "wan_device_temperature_celsius": 48,
        },
    ),
    Device(
        "windows-host",
        "windows-host",
        "Realtek PCIe GbE Family Controller",
        {"wan_device_cpu_ratio": 0.3, "wan_device_memory_ratio": 0.45},
    ),
    Device(
        "ups-rfc1628",
        "ups-mib",
        None,
        {
            "wan_ups_on_battery": 1,
            "wan_ups_on_battery_seconds": 754,
            "wan_ups_charge_ratio": 0.31,
            "wan_ups_battery_low": 1,
            "wan_ups_load_ratio": 1.12,
        },
        {"wan_ups_remaining_seconds": "invalid", "wan_device_temperature_celsius": "invalid"},
    ),
    Device(
        "apc-ups",
        "apc-ups",
        None,
        {
            "wan_ups_on_battery": 0,
            "wan_ups_on_battery_seconds": 0,
            "wan_ups_charge_ratio": 0.98,
            "wan_ups_remaining_seconds": 2820,
            "wan_ups_battery_low": 0,
            "wan_ups_battery_fault": 1,
            "wan_ups_load_ratio": 0.23,
            "wan_device_temperature_celsius": 27,
        },
    ),
    Device(
        "eaton-ups",
        "eaton-ups",
        None,
        {
            "wan_ups_on_battery": 1,
            "wan_ups_on_battery_seconds": 66,
            "wan_ups_charge_ratio": 0.87,
            "wan_ups_remaining_seconds": 1240,
            "wan_ups_battery_low": 0,
            "wan_ups_battery_fault": 0,
            "wan_ups_load_ratio": 0.25,
            "wan_device_temperature_celsius": 29,
        },
    ),
    Device(
        "poly-idle",
        "poly-studio",
        "eth0",
        {
            'conference_signalling_up{protocol="h323"}': 1,
            'conference_signalling_up{protocol="sip"}': 1,
            'conference_registered{protocol="sip"}': 0,
            'conference_device_up{component="hardware"}': 1,
            'conference_device_up{component="microphone"}': 1,
            'conference_device_up{component="camera"}': 1,
        },
        {'conference_registered{protocol="h323"}': "unmapped", "conference_in_call": "absent"},
    ),
    Device(
        "poly-call",
        "poly-studio",
        "eth0",
        {
            'conference_signalling_up{protocol="sip"}': 1,
            'conference_registered{protocol="sip"}': 1,
            "conference_in_call": 1,
            'conference_device_up{component="hardware"}': 1,
            'conference_device_up{component="microphone"}': 1,
            'conference_device_up{component="camera"}': 0,
        },
        {'conference_signalling_up{protocol="h323"}': "unmapped", 'conference_registered{protocol="h323"}': "unmapped"},
    ),
    Device("cisco-codec", "cisco-codec", None, {}),
    Device("unknown-router", "default", "ppp0", {}),
)


def played(recording: str, version: str = "2c", profile: str | None = None) -> SnmpSample:
    """Return what a recording says to its first poll."""
    spec = make_spec("", recorded_credential(version), PROFILES[profile or DEFAULT.id], PROFILES, named=profile is not None)
    trial = try_recording(DEVICES / f"{recording}.snmprec", spec)
    assert trial.sample is not None, english(trial.detail)
    assert "" == english(trial.detail)
    return trial.sample


def test_every_recording_and_every_profile_for_a_maker_is_in_the_table() -> None:
    assert {path.stem for path in DEVICES.glob("*.snmprec")} == {device.recording for device in TABLE}
    assert {each.id for each in PROFILES.values() if each.match is not None} <= {device.profile for device in TABLE}


@pytest.mark.parametrize("version", ["2c", "1"])
@pytest.mark.parametrize("device", TABLE, ids=lambda device: device.recording)
def test_a_device_yields(device: Device, version: str) -> None:
    sample = played(device.recording, version)
    assert device.profile == sample.profile
    assert device.values == pytest.approx(dict(sample.values))
    assert [device.wan] if device.wan else [] == [each.name for each in sample.interfaces if each.role == "wan"]
    assert device.lacks == {told.series: told.lack.value for told in lacking(sample)}


@pytest.mark.parametrize("device", TABLE, ids=lambda device: device.recording)
def test_a_device_is_asked_few_questions_once_it_is_known(device: Device) -> None:
    spec = make_spec("", recorded_credential("2c"), PROFILES[DEFAULT.id], PROFILES, named=False)
    _, then = try_recording(DEVICES / f"{device.recording}.snmprec", spec).asks or (0, 0)
    assert 1 <= then <= (5 if device.recording == "huawei-vrp" else 2), "NQA's results come and go: they are walked each time"


def test_a_router_may_have_more_interfaces_than_wide_counters_and_lack_ifadminstatus() -> None:
    sample = played("cisco-iosxe")
    assert 12 == len(sample.interfaces)
    assert [64] * 8 + [32] * 4 == [each.octet_bits for each in sample.interfaces]
    assert all(each.receive_octets is not None for each in sample.interfaces)


def test_a_sysdescr_in_quotation_marks_and_over_several_lines_is_one_line_without_them() -> None:
    assert "Cisco IOS Software [Amsterdam], ISR Software" in played("cisco-iosxe").sys_descr
    assert played("cisco-iosxe").sys_descr.endswith("Version 17.3.1 Technical Support")


def test_without_sysuptime_the_engines_time_is_there() -> None:
    sample = played("cisco-iosxe")
    assert (None, 864_000) == (sample.uptime_ticks, sample.engine_time_s)
    assert (None, None) == (played("cisco-codec").uptime_ticks, played("cisco-codec").engine_time_s)


def test_a_hosts_own_uptime_is_read_beside_its_agents() -> None:
    sample = played("net-snmp-host")
    assert (360_000, 86_400_000) == (sample.uptime_ticks, sample.system_ticks)


def test_an_ifoperstatus_of_0_says_nothing_and_ports_without_a_name_have_their_number() -> None:
    rows = {each.name: each for each in played("draytek-vigor").interfaces}
    assert (None, True, False) == (rows["WAN1"].up, rows["LAN"].up, rows["WAN2"].up)
    assert 32 == rows["WAN1"].octet_bits
    assert "if8" in rows


def test_a_profile_that_is_named_reads_whatever_the_device_says_it_is() -> None:
    assert "ups-mib" == played("eaton-ups", profile="ups-mib").profile
    assert {"wan_ups_on_battery_seconds": 66, "wan_ups_battery_low": 0} == played("eaton-ups", profile="ups-mib").values
