from __future__ import annotations

from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.errors import ConfigError
from monitor.load.configuration import find_folder, load
from monitor.load.manual import keys_of
from monitor.load.probes import DSCP
from monitor.load.secrets import SecretStore
from monitor.load.settings import settings_table
from monitor.model.probe_kinds import H323, ICMP, SIP, SNMP, TCP, WEB
from monitor.model.settings import (
    Credential,
    Login,
    MaintenanceWindow,
    OfficeHours,
    Settings,
)
from monitor.model.spec import H323Settings, SipSettings, TcpSettings, WebSettings
from tests.load.folders import MONITOR, SITES, make_folder

PLAIN = SITES.replace(", credential: wan", "")


def settings_of(folder: Path, monitor: str, environment: dict[str, str] | None = None) -> Settings:
    return load(make_folder(folder, monitor=monitor, sites=PLAIN), environment or {}).settings


def faults_of(folder: Path, monitor: str, environment: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        settings_of(folder, monitor, environment)
    return [str(fault).removeprefix(f"{folder}/") for fault in caught.value.faults]


def test_an_empty_file_and_no_file_mean_the_defaults(tmp_path: Path) -> None:
    assert settings_of(tmp_path / "a", "") == Settings()
    folder = make_folder(tmp_path / "b", sites=PLAIN)
    (folder / "monitor.yaml").unlink()
    assert load(folder, {}).settings == Settings()


def test_the_defaults_that_the_documentation_names_are_those_that_hold(tmp_path: Path) -> None:
    """Every `usual` of the field tables, written out as a file, gives the settings of an empty file."""
    lines: dict[str, str] = {}
    for path, field in keys_of(settings_table(SecretStore({}, tmp_path))):
        if field.usual and "[" not in path and "NAME" not in path:
            lines[path] = field.usual
    text = "{" + _flow(lines) + "}"
    assert settings_of(tmp_path, text) == Settings()


def _flow(lines: dict[str, str]) -> str:
    groups: dict[str, dict[str, str]] = {}
    for path, value in lines.items():
        head, _, rest = path.partition(".")
        groups.setdefault(head, {})[rest] = value
    parts = [
        f"{head}: '{inner['']}'" if "" in inner and not inner[""].startswith("[") else f"{head}: {inner['']}"
        for head, inner in groups.items()
        if "" in inner
    ]
    return ", ".join(parts + [f"{head}: {{{_flow(inner)}}}" for head, inner in groups.items() if "" not in inner])


def test_every_key_is_read(tmp_path: Path) -> None:
    settings = settings_of(
        tmp_path,
        """\
listen: "[::1]:9000"
advertise: noc.example:9877
journal: sqlite:////tmp/j.db
language: en
timezone: Europe/Berlin
engine: pysnmp
probes:
  icmp: {every: 30s, packets: 3, spacing: 10ms, timeout: 500ms, dscp: af41}
  snmp: {every: 2m, timeout: 3s, retries: 2, deadline: 30s, port: 1161, in_flight: 50, max_repetitions: 10,
    timeout_min: 300ms, timeout_max: 5s, max_requests_per_second: 7}
  sip: {every: 30s, timeout: 1s, port: 5070, transports: [tcp]}
  h323: {every: 10m, timeout: 3s, port: 1721, gatekeeper: 10.0.0.9, gatekeeper_port: 1718}
  web: {every: 1h, timeout: 5s}
  tcp: {every: 20s, timeout: 500ms}
logins: {codec: {user: xem, password: {literal: mk}}}
health: {misses_to_down: 3, flapping: {high: 40%, low: 20%}, references: [192.0.2.1, xa], stale_intervals: 4}
quality: {loss: 2%, rtt: 200ms, jitter: 10ms, rtt_usual_factor: 2, rtt_usual_extra: 20ms, window: 10m, confidence: 0.9}
office_hours: {days: [mon, sat], from: 06:30, to: 18:00}
export: {histogram: false, contacts: true}
""",
    )
    assert (settings.listen, settings.language, settings.engine) == ("[::1]:9000", "en", "pysnmp")
    icmp, snmp = ICMP.of(settings), SNMP.of(settings)
    assert (icmp.dscp, icmp.timeout_s, snmp.every_s, snmp.port) == (34, 0.5, 120.0, 1161)
    assert (snmp.timeout_min_s, snmp.timeout_max_s, snmp.max_requests_per_second) == (0.3, 5.0, 7)
    assert SIP.of(settings) == SipSettings(30.0, 1.0, 5070, ("tcp",))
    assert H323.of(settings) == H323Settings(600.0, 3.0, 1721, "10.0.0.9", 1718)
    assert (WEB.of(settings), TCP.of(settings)) == (WebSettings(3600.0, 5.0), TcpSettings(20.0, 0.5))
    assert settings.logins == {"codec": Login("xem", "mk")}
    assert (settings.health.flapping_high, settings.health.flapping_low, settings.health.references) == (
        0.4,
        0.2,
        ("192.0.2.1", "xa"),
    )
    assert (settings.quality.loss_ratio, settings.quality.window_s) == (0.02, 600.0)
    assert settings.office_hours == OfficeHours((0, 5), time(6, 30), time(18, 0))
    assert (settings.export.histogram, settings.export.contacts) == (False, True)


def test_maintenance_is_single_or_weekly_and_in_the_settings_zone(tmp_path: Path) -> None:
    windows = settings_of(
        tmp_path,
        """\
maintenance:
  - {reason: Thay thiết bị, ids: [ubnd], start: 2026-12-05T08:00, end: 2026-12-05T11:00+07:00}
  - {reason: Định kỳ, areas: [khoi-tinh], days: [sun], from: 22:00, to: 02:00}
""",
    ).maintenance
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    assert windows[0].reason == "Thay thiết bị"
    assert windows[0].start == datetime(2026, 12, 5, 8, tzinfo=zone)
    assert windows[0].end == datetime(2026, 12, 5, 11, tzinfo=zone)
    assert windows[1] == MaintenanceWindow("Định kỳ", areas=("khoi-tinh",), days=(6,), from_time=time(22), to_time=time(2))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("probes: {snmp: {timeout_min: 9s}}", "probes.snmp: timeout_min is longer than timeout_max"),
        ("listen: 9877", "monitor.yaml:1: listen: '9877' is not HOST:PORT; did you mean '127.0.0.1:9877'?"),
        ("listen: a:99999", "there is no port 99999"),
        ("journal: /var/x.db", "journal: is no SQLAlchemy URL; write it like sqlite:////var/lib"),
        ("language: vn", "language: 'vn' is not known here; known are vi, en"),
        ("timezone: Asia/Ho_Chi_Min", "no time zone is called 'Asia/Ho_Chi_Min'; did you mean 'Asia/Ho_Chi_Minh'?"),
        ("timezone: Asia/Hanoi", "no time zone is called 'Asia/Hanoi'; did you mean 'Asia/Ho_Chi_Minh'?"),
        ("quality: {rtt: 0}", "quality.rtt: 0 is out of range; it must be at least 1ms and at most 1m"),
        ("quality: {rtt: 300}", "quality.rtt: '300' is no duration; did you mean '300ms'?"),
        ("probes: {icmp: {dscp: ef1}}", "probes.icmp.dscp: 'ef1' is no DSCP; did you mean 'ef'?"),
        ("probes: {icmp: {every: 1s, timeout: 2s}}", "probes.icmp: a probe may take 2.08 s, longer than its interval of 1 s"),
        ("probes: {snmp: {deadline: 1s}}", "probes.snmp: the deadline of 1 s is shorter than one timeout"),
        ("health: {flapping: {high: 20%}}", "health.flapping: low (25%) must be below high (20%)"),
        ("health: {references: [xb]}", "health.references: 'xb' is neither a target nor an address; known are goc"),
        (
            "maintenance: [{reason: x, ids: [xb], days: [mon], from: 22:00, to: 23:00}]",
            "no target is called 'xb'; known are goc",
        ),
        (
            "maintenance: [{reason: x, start: 2026-12-05T08:00}]",
            "maintenance[0]: start does not make a window; write start and end",
        ),
        (
            "maintenance: [{reason: x, start: 2026-12-05T08:00, end: 2026-12-05T07:00}]",
            "maintenance[0].end: is not after the start",
        ),
        ("maintenance: [{reason: x}]", "maintenance[0]: no time does not make a window"),
        ("office_hours: {days: [t2]}", "office_hours.days[0]: 't2' is not known here"),
        ("credentials: {wan: {version: 2}}", "credentials.wan.version: '2' is not known here"),
        ("credentials: {wan: {version: 2c}}", "credentials.wan: version 2c needs a community"),
        ("credentials: {a: {version: 2c, community: {literal: x}, user: y}}", "credentials.a.user: is of version 3"),
        ("credentials: {a: {version: 3}}", "credentials.a: version 3 needs a user"),
        (
            "credentials: {a: {version: 3, user: u, privacy: {protocol: aes, key: {literal: 12345678}}}}",
            "credentials.a.privacy: encryption needs authentication",
        ),
        (
            "credentials: {a: {version: 3, user: u, auth: {protocol: sha, key: {literal: s3cr3t}}}}",
            "credentials.a.auth.key: is shorter than 8 characters",
        ),
    ],
)
def test_each_fault_of_the_settings_is_reported_with_its_cure(tmp_path: Path, text: str, fault: str) -> None:
    faults = faults_of(tmp_path, text + "\n")
    assert any(fault in each for each in faults), faults
    assert len(faults) == 1


@pytest.mark.parametrize(
    "name",
    [
        *("Asia/Hanoii", "Asia/Hanoy", "Asia/Ha_Noi", "Asia/Hà_Nội", "Hanoi", "Saigon", "Asia/Sai Gon", "Asia/Saigonn"),
        *("Viet Nam", "Asia/Vietnam", "Asia/HoChiMinh", "Asia/Ho_Chi_Minh_City", "ICT", "UTC+7", "GMT+07:00", "+07:00"),
    ],
)
def test_whatever_means_vietnams_time_zone_is_answered_by_its_name(tmp_path: Path, name: str) -> None:
    (fault,) = faults_of(tmp_path, f"timezone: '{name}'\n")
    assert f"no time zone is called '{name}'; did you mean 'Asia/Ho_Chi_Minh'?" in fault


@pytest.mark.parametrize(
    ("name", "meant"), [("Asia/Shanghi", "Asia/Shanghai"), ("Asia/Bankok", "Asia/Bangkok"), ("Asia/Vientane", "Asia/Vientiane")]
)
def test_another_zone_is_answered_by_its_own_name(tmp_path: Path, name: str, meant: str) -> None:
    (fault,) = faults_of(tmp_path, f"timezone: {name}\n")
    assert f"did you mean '{meant}'?" in fault


def test_dscp_names_have_their_registered_numbers() -> None:
    assert (DSCP["ef"], DSCP["af41"], DSCP["cs4"], DSCP["af11"], DSCP["cs0"]) == (46, 34, 32, 10, 0)


def test_a_secret_is_fetched_from_where_it_is_kept(tmp_path: Path) -> None:
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "codec").write_text("from-systemd\n")
    (tmp_path / "key").write_text("from-a-file\nsecond line\n")
    settings = settings_of(
        tmp_path / "config",
        """\
credentials:
  a: {version: 2c, community: {env: WAN_COMMUNITY}}
  b: {version: 1, community: {file: ../key}}
  c: {version: 2c, community: {credential: codec}}
  d: {version: 3, user: noc, auth: {protocol: sha256, key: {env: WAN_COMMUNITY}},
    privacy: {protocol: aes256c, key: {file: ../key}}}
""",
        {"WAN_COMMUNITY": "from-the-environment", "CREDENTIALS_DIRECTORY": str(tmp_path / "given")},
    )
    assert [settings.credentials[name].community for name in "abc"] == ["from-the-environment", "from-a-file", "from-systemd"]
    assert settings.credentials["d"] == Credential(
        *("d", "3"),
        user="noc",
        auth_protocol="sha256",
        auth_key="from-the-environment",
        priv_protocol="aes256c",
        priv_key="from-a-file",
    )
    assert "from-" not in repr(settings)


@pytest.mark.parametrize(
    ("reference", "fault"),
    [
        (
            "{env: NOT_THERE}",
            "the environment variable NOT_THERE is not set; export NOT_THERE=… or set it in the unit's EnvironmentFile",
        ),
        ("{env: EMPTY}", "the environment variable EMPTY is empty"),
        ("{file: nowhere}", "nowhere can't be read: No such file or directory; write the secret into it"),
        (
            "{credential: codec}",
            "systemd handed over no credentials (CREDENTIALS_DIRECTORY is not set); add LoadCredential=codec:PATH",
        ),
        ("s3cr3t", "a secret must be a reference; write {env: NAME}, {file: PATH}, {credential: NAME} or {literal: …}"),
        ("[s3cr3t]", "a secret must be a reference"),
        ("{s3cr3t}", "unknown key; known are env, file, credential, literal"),
        ("{literal: [s3cr3t]}", "must be a text, not a list"),
        ("{literal: !s3cr3t x}", "tags are not used here"),
        ("{literal: *s3cr3t }", "an alias (*name) that nothing defines"),
        ("{env: A, literal: s3cr3t}", "2 references stand here, it must be one"),
    ],
)
def test_a_secret_that_lacks_is_a_fault_that_never_quotes_one(tmp_path: Path, reference: str, fault: str) -> None:
    faults = faults_of(tmp_path, f"credentials: {{wan: {{version: 2c, community: {reference}}}}}\n", {"EMPTY": "", "A": "x"})
    assert any(fault in each for each in faults), faults
    assert "s3cr3t" not in "\n".join(faults)


def test_a_faulty_credential_does_not_make_its_targets_faulty(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, monitor=MONITOR.replace("{literal: public}", "{env: NOT_THERE}"))
    with pytest.raises(ConfigError) as caught:
        load(folder, {})
    assert len(caught.value.faults) == 1


def test_a_folder_without_profiles_is_one_fault_where_targets_name_them(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, sites=SITES.replace("profile: default", "profile: generic-router"))
    (folder / "profiles").rmdir()
    with pytest.raises(ConfigError) as caught:
        load(folder, {})
    assert str(caught.value) == (
        f"{folder}/profiles: there is no such folder, and targets name profiles ('generic-router'); "
        "copy the folder config/profiles that the monitor comes with"
    )


def test_the_folder_that_is_named_must_be_there(tmp_path: Path) -> None:
    assert find_folder(str(tmp_path)) == tmp_path
    with pytest.raises(Exception, match=r"nowhere is no folder; give --config"):
        find_folder(str(tmp_path / "nowhere"))
