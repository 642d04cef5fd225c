"""Every fault that load/ can find, each provoked by a file that has it, is told in Vietnamese and in English."""

from __future__ import annotations

import ast
import io
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from openpyxl import Workbook

from monitor.cli.output import write_whole
from monitor.errors import ConfigError, Fault, MonitorError
from monitor.load.calendar import read_calendar
from monitor.load.calendar_lines import MOST_BYTES, MOST_EVENTS
from monitor.load.calendar_notices import NoticeList
from monitor.load.configuration import find_folder, load
from monitor.load.document import parse_document, read_text
from monitor.load.exchange.csv_file import read_csv
from monitor.load.exchange.netbox_form import netbox_table
from monitor.load.exchange.sites_file import read_tree
from monitor.load.exchange.update import update
from monitor.load.exchange.xlsx import read_xlsx
from monitor.load.inventory import load_inventory
from monitor.load.meetings import EVENT
from monitor.load.receivers import load_receivers, with_receivers
from monitor.load.scenario import load_scenario
from monitor.load.secrets import SecretStore
from monitor.words.faults import FAULTS
from tests.load.folders import MONITOR, SITES, make_folder
from tests.test_floor_plan import PACKAGE
from tests.words.test_faults import name_of, texts

EVENTS = "UID:a\nSUMMARY:Họp\nDTSTART:20261130T080000\nDTEND:20261130T090000\nX-MONITOR-PARTICIPANTS:all\n"

# What is written into monitor.yaml, beside what it has.
IN_MONITOR = {
    "unknown_key": "credentials: {wan: {version: 2c, community: {enw: A}}}",
    "no_key": "lissten: 127.0.0.1:1",
    "no_key_of": "logins: {a: {user: b, password: {literal: c}, pass: d}}",
    "key_missing": "logins: {a: {user: b}}",
    "key_again": "language: vi\nlanguage: vi",
    "merge_key": "<<: {language: vi}",
    "key_not_text": "[a]: b",
    "twice_in_list": "probes: {sip: {transports: [udp, udp]}}",
    "count_of_items": "probes: {sip: {transports: []}}",
    "not_a_mapping": "probes: 7",
    "not_a_list": "maintenance: 7",
    "not_what": "language: [vi]",
    "no_value": "language:",
    "tagged": "language: !x vi",
    "not_yaml": "language: [vi",
    "not_utf8": "language: \udcff",
    "not_known_here": "language: xx",
    "not_a_number": "quality: {confidence: a}",
    "not_a_whole_number": "health: {misses_to_down: 1.5}",
    "out_of_range": "health: {misses_to_down: 0}",
    "no_duration": "probes: {icmp: {every: 15}}",
    "no_percentage": "health: {flapping: {high: 0.3}}",
    "no_time_of_day": "office_hours: {from: 7h}",
    "no_dscp": "probes: {icmp: {dscp: efx}}",
    "no_host_and_port": "listen: 9877",
    "no_port": "listen: 127.0.0.1:70000",
    "no_time_zone": "timezone: Asia/Hanoi",
    "no_journal_url": "journal: journal.db",
    "no_address": "probes: {h323: {gatekeeper: 10.0.0.300}}",
    "address_network": "probes: {h323: {gatekeeper: 10.0.0.0/8}}",
    "probe_too_long": "probes: {tcp: {every: 1s, timeout: 2s}}",
    "deadline_too_short": "probes: {snmp: {deadline: 1s, timeout: 2s}}",
    "timeouts_crossed": "probes: {snmp: {timeout_min: 5s, timeout_max: 1s}}",
    "flapping_crossed": "health: {flapping: {high: 20%, low: 30%}}",
    "checks_out_of_order": "meetings: {first: 10m, second: 20m}",
    "bounds_crossed": "meetings: {rtt: 900ms, rtt_most: 300ms}",
    "no_window": "maintenance: [{reason: a, ids: [xa], days: [mon]}]",
    "end_before_start": "maintenance: [{reason: a, ids: [xa], start: 2026-11-30T08:00, end: 2026-11-30T07:00}]",
    "same_as_from": "maintenance: [{reason: a, ids: [xa], days: [mon], from: 07:00, to: 07:00}]",
    "no_date_and_time": "maintenance: [{reason: a, ids: [xa], start: nay, end: 2026-11-30T07:00}]",
    "date_without_time": "maintenance: [{reason: a, ids: [xa], start: 2026-11-30, end: 2026-11-30T07:00}]",
    "no_target": "maintenance: [{reason: a, ids: [xaa], days: [mon], from: 07:00, to: 08:00}]",
    "no_area": "maintenance: [{reason: a, areas: [nam], days: [mon], from: 07:00, to: 08:00}]",
    "no_reference": "health: {references: [cong]}",
    "secret_no_reference": "credentials: {wan: {version: 2c, community: public}}",
    "secret_references": "credentials: {wan: {version: 2c, community: {env: A, file: b}}}",
    "secret_unusable": "credentials: {wan: {version: 2c, community: {env: [A]}}}",
    "variable_unset": "credentials: {wan: {version: 2c, community: {env: UNSET}}}",
    "variable_empty": "credentials: {wan: {version: 2c, community: {env: EMPTY}}}",
    "path_unreadable": "credentials: {wan: {version: 2c, community: {file: none}}}",
    "no_secret_in_file": "credentials: {wan: {version: 2c, community: {file: empty}}}",
    "no_credentials_folder": "credentials: {wan: {version: 2c, community: {credential: wan}}}",
    "community_needed": "credentials: {wan: {version: 2c}}",
    "of_version_3": "credentials: {wan: {version: 2c, community: {literal: a}, user: b}}",
    "community_of_version_3": "credentials: {wan: {version: 3, user: a, community: {literal: b}}}",
    "user_needed": "credentials: {wan: {version: 3}}",
    "privacy_alone": "credentials: {wan: {version: 3, user: a, privacy: {protocol: aes, key: {literal: 12345678}}}}",
    "key_too_short": "credentials: {wan: {version: 3, user: a, auth: {protocol: sha, key: {literal: 123}}}}",
}
# What of sites.yaml is replaced by what.
IN_SITES = {
    "empty": ("name: Phòng họp", 'name: ""'),
    "too_long": ("name: Phòng họp", f"name: {'a' * 300}"),
    "not_one_line": ("name: Phòng họp", r'name: "a\nb"'),
    "no_id": ("id: dc-xa", "id: 'điểm cầu'"),
    "id_capitals": ("id: dc-xa", "id: DC-xa"),
    "not_a_flag": ("point: xa,", "point: xa, probes: {icmp: {enabled: yes}},"),
    "no_rate": ("contracted: 50M", "contracted: 50"),
    "no_regex": ("contracted: 50M", "wan_interface: '('"),
    "no_latitude": ("location: [23.27841, 105.36291]", "location: [105.36291, 23.27841]"),
    "no_telephone": ("point: xa,", "point: xa, contacts: [{role: a, telephone: b}],"),
    "no_sip_name": ("point: xa,", "point: xa, sip: {user: 'a@b'},"),
    "no_level": ("level: commune", "level: comune"),
    "no_area": ("area: khoi-tinh", "area: khoi"),
    "no_point": ("uplink: ubnd", "uplink: ubn"),
    "no_profile": ("profile: default", "profile: defalt"),
    "no_credential": ("credential: wan", "credential: wam"),
    "no_login": ("point: xa,", "point: xa, web: {login: codec},"),
    "is_endpoint": ("uplink: ubnd", "uplink: dc-xa"),
    "second_target": ("id: dc-xa", "id: ubnd"),
    "second_area": ("id: huyen-dong-van, name: Huyện", "id: khoi-tinh, name: Huyện"),
    "address_twice": ("10.2.17.20", "10.2.17.1"),
    "address_name_in_lab": ("10.2.17.20", "codec.example"),
    "address_of_no_device": ("10.2.17.20", "224.0.0.1"),
    "call_too_fast": ("contracted: 50M", "contracted: 1M"),
    "section_missing": ("levels: [province, district, commune]\n", ""),
    "uplink_circle": ("area: khoi-tinh,", "area: khoi-tinh, uplink: ubnd,"),
    "second_root": (", uplink: ubnd", ""),
    "no_root": ("area: khoi-tinh,", "area: khoi-tinh, uplink: mat,"),
    "no_points": (SITES[SITES.index("points:") :], "points: []\n"),
    "network_twice": ("sites.d", "network: {name: b, addresses: lab}"),
    "levels_twice": ("sites.d", "levels: [a]"),
    "no_profiles_folder": ("profile: default", "profile: router"),
}
# A profile; a value of it is written as {…}.
IN_PROFILE = {
    "match_says_nothing": "match: {}",
    "no_metric_name": "{metric: cpu, oid: 1.3.6.1}",
    "metric_is_ours": "{metric: wan_device_boot_timestamp_seconds, oid: 1.3.6.1}",
    "metric_suffix": "{metric: wan_device_cpu_percent, oid: 1.3.6.1}",
    "value_twice": "{metric: wan_device_x, oid: 1.3.6.1}\n- {metric: wan_device_x, oid: 1.3.6.1}",
    "oid_form": "{metric: wan_device_x, oid: 1.3.x}",
    "oid_short": "{metric: wan_device_x, oid: .1}",
    "oid_long": "{metric: wan_device_x, oid: 1.3" + ".1" * 130 + "}",
    "oid_root": "{metric: wan_device_x, oid: 7.3.1}",
    "oid_range": "{metric: wan_device_x, oid: 1.3.99999999999}",
    "no_label": "{metric: wan_device_x, oid: 1.3.6.1, labels: {target: a}}",
    "label_quote": "{metric: wan_device_x, oid: 1.3.6.1, labels: {a: 'b\"'}}",
    "oid_or_walk": "{metric: wan_device_x, oid: 1.3.6.1, walk: 1.3.6.1}",
    "no_rows": "{metric: wan_device_x, oid: 1.3.6.1, reduce: max}",
    "reduce_or_each": "{metric: wan_device_x, walk: 1.3.6.1, reduce: max, each: {a: index}}",
    "rows_reduced": "{metric: wan_device_x, walk: 1.3.6.1, most: 3}",
    "mapped_number": "{metric: wan_device_x, oid: 1.3.6.1, map: {1: 1}, scale: 2}",
    "nothing_between": "{metric: wan_device_x, oid: 1.3.6.1, between: [2, 1]}",
    "label_twice": "{metric: wan_device_x, walk: 1.3.6.1, each: {a: index}, labels: {a: b}}",
    "label_needed": "{metric: conference_registered, oid: 1.3.6.1}",
    "condition_of_what": "{metric: wan_device_x, walk: 1.3.6.1, where: {is: 1}}",
    "condition_says_nothing": "{metric: wan_device_x, walk: 1.3.6.1, where: {oid: 1.3.6.1}}",
}
ONE = "{id: m, title: Họp, start: 2026-11-30T08:00, end: 2026-11-30T09:00, participants: {all: true}}"
IN_MEETINGS = {
    "end_before_start": ONE.replace("T09:00", "T07:00"),
    "hours_after_start": ONE.replace("11-30T09:00", "12-30T09:00"),
    "second_meeting": f"{ONE}, {ONE}",
    "nobody_takes_part": ONE.replace("all: true", "all: true, except: [dc-xa]"),
    "no_endpoint": ONE.replace("all: true", "ids: [dc-xb]"),
    "is_point": ONE.replace("all: true", "ids: [xa]"),
    "no_level": ONE.replace("all: true", "levels: [xa]"),
    "no_area": ONE.replace("all: true", "areas: [xa]"),
    "no_tag": ONE.replace("all: true", "tags: [xa]"),
    "calendar_twice": "], calendars: [a.ics, a.ics",
    "unreadable": "], calendars: [none.ics",
    "room_twice": "], rooms: {a@x.invalid: dc-xa, A@X.invalid: dc-xb}, calendars: [",
}
# An event of a calendar, or a whole one.
IN_CALENDAR: dict[str, str | bytes] = {
    "not_utf8": b"BEGIN:VCALENDAR\nX:\xff\nEND:VCALENDAR\n",
    "calendar_too_large": b" " * (MOST_BYTES + 1),
    "calendar_too_many": "BEGIN:VCALENDAR\n" + "BEGIN:VEVENT\nEND:VEVENT\n" * (MOST_EVENTS + 1) + "END:VCALENDAR\n",
    "no_calendar": "<html>\n",
    "lines_unclear": "BEGIN:VCALENDAR\n!\nEND:VCALENDAR\n",
    "ends_nothing": "BEGIN:VCALENDAR\nEND:VEVENT\nEND:VCALENDAR\n",
    "ends_late": "BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n",
    "never_ends": "BEGIN:VCALENDAR\nBEGIN:VEVENT\n",
    "property_unreadable": EVENTS.replace("DTEND:20261130T090000", "DTEND:nay"),
    "property_again": f"{EVENTS}SUMMARY:b\n",
    "property_differs": f"{EVENTS}DTEND:20261130T093000\n",
    "event_without": EVENTS.replace("DTSTART:20261130T080000\n", ""),
    "untitled": EVENTS.replace("SUMMARY:Họp\n", ""),
    "title_cut": EVENTS.replace("SUMMARY:Họp", "SUMMARY:" + "dài " * 100),
    "perhaps_cancelled": EVENTS.replace("SUMMARY:Họp", "SUMMARY:Hủy: Họp"),
    "whole_day": EVENTS.replace("DTSTART:20261130T080000", "DTSTART;VALUE=DATE:20261130"),
    "no_end": EVENTS.replace("DTEND:20261130T090000\n", ""),
    "ends_before": EVENTS.replace("T090000", "T070000"),
    "lasts_nothing": EVENTS.replace("T090000", "T080000"),
    "lasts_over_a_day": EVENTS.replace("20261130T090000", "20261230T090000"),
    "period": f"{EVENTS}RDATE;VALUE=PERIOD:20261201T080000Z/PT100H\n",
    "no_time_in": EVENTS.replace("DTEND:20261130T090000", "DTEND;VALUE=DATE:20261130"),
    "no_time_zone": EVENTS.replace("DTSTART:", "DTSTART;TZID=Asia/Nowhere:"),
    "year_out": EVENTS.replace("DTSTART:2026", "DTSTART:1926"),
    "until_is_day": f"{EVENTS}RRULE:FREQ=DAILY;UNTIL=20261203\n",
    "too_many_dates": EVENTS + "RDATE:20261201T080000\n" * 1001,
    "frequency": f"{EVENTS}RRULE:FREQ=SECONDLY\n",
    "times_a_day": f"{EVENTS}RRULE:FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=1,2,3\n",
    "rule_part": f"{EVENTS}RRULE:FREQ=DAILY;BYWEEKNO=2\n",
    "rule_count": f"{EVENTS}RRULE:FREQ=DAILY;COUNT=5000\n",
    "rule_never": f"{EVENTS}RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\n",
    "no_property": f"{EVENTS}X-MONITOR-LEVLE:province\n",
}
# What stands in the place of an event's participants.
IN_ROOMS = {
    "no_participants": "X-NONE:a",
    "nobody_known": "X-MONITOR-PARTICIPANTS:dc-xaa",
    "nobody_takes_part": "X-MONITOR-PARTICIPANTS:all -dc-xa",
    "room_by_name": "ATTENDEE;CUTYPE=ROOM;CN=dc-xa:mailto:a@x.invalid",
    "room_unknown": "ATTENDEE;CUTYPE=ROOM;CN=dc-xa:mailto:a@x.invalid\nATTENDEE;CUTYPE=ROOM;CN=b:mailto:b@x.invalid",
}
HEAD = "kind,id,name,address,code\n"
IN_CSV: dict[str, str | bytes] = {
    "is_excel": b"PK\x03\x04",
    "is_opendocument": b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
    "not_utf8": b"kind,id\n\xff",
    "not_csv": f'{HEAD}point,"xa"b\n',
    "table_empty": "",
    "header_below": f"Danh mục\n{HEAD}",
    "column_unnamed": "kind,,id\n",
    "column_missing": "kind,name\n",
    "column_twice": "kind,id,id\n",
    "no_column": "kind,id,nmae\n",
    "too_many_cells": f"{HEAD}point,xa,a,10.2.17.1,1,2\n",
    "no_kind": f"{HEAD}pont,xa\n",
    "empty": f"{HEAD},xa\n",
    "not_of_kind": f"{HEAD}level,xa,a\n",
    "cell_unclear": "kind,id,probes\npoint,xa,[\n",
    "network_row_twice": f"{HEAD}network,,a\nnetwork,,b\n",
    "no_defaults": f"{HEAD}defaults,pont\n",
    "row_twice": f"{HEAD}point,xa\npoint,xa\n",
    "code_shortened": f"{HEAD}point,xa,,,715\n",
}
IN_CELL: dict[str, object] = {
    "cell_formula": "=1+1",
    "cell_error": "#REF!",
    "taken_for_truth": True,
    "taken_for_date": datetime(2026, 11, 30),
}
IN_SCENARIO = {
    "unknown_key": "titel: x",
    "twice_here": "title: a\ntitle: b",
    "step_of_many": "steps:\n- {cut: xa, dead: xa}",
    "step_of_none": "steps:\n- {at: 5s}",
    "path_unreadable": "agents: {xa: {play: none.snmprec}}",
    "selects_nothing": "steps:\n- {cut: 'area:nam'}",
    "no_target": "steps:\n- {cut: xaa}",
    "no_form_duration": "steps:\n- {at: 5, cut: xa}",
    "no_form_ratio": "steps:\n- {lossy: xa, loss: 500%}",
    "no_form_count": "seed: a",
    "no_form_rate": "steps:\n- {limit: xa, capacity: a}",
    "no_form_ports": "agents: {xa: {tcp: a}}",
}
ELSEWHERE = {
    "workbook_too_large": "200 MB unpacked",
    **dict.fromkeys(("left_out", "left_out_no_status", "two_routers", "many_circuits"), "tests/cli/test_sites_netbox.py"),
    **dict.fromkeys(("netbox_answers", "netbox_token", "netbox_redirects", "netbox_no_list"), "tests/cli/test_sites_netbox.py"),
    **dict.fromkeys(("netbox_silent", "netbox_unaskable", "netbox_no_json"), "tests/cli/test_sites_netbox.py"),
    "netbox_too_many": "100,000 objects",
    "no_configuration": "a machine without /etc/monitor",
}
"""Codes that no line of the tables above provokes, and why."""


def whole(event: str) -> str:
    return f"BEGIN:VCALENDAR\nBEGIN:VEVENT\n{event}END:VEVENT\nEND:VCALENDAR\n"


def of_folder(folder: Path) -> list[Fault]:
    (folder / "empty").write_text("\n")
    try:
        return list(load(folder, {"EMPTY": ""}).warnings)
    except ConfigError as error:
        return list(error.faults)


def in_monitor(where: Path, text: str) -> list[Fault]:
    of_wan = "" if "credentials" in text else MONITOR
    folder = make_folder(where, monitor="", profiles=("default",))
    (folder / "monitor.yaml").write_bytes(f"{of_wan}{text}\n".encode(errors="surrogateescape"))
    return of_folder(folder)


def in_sites(where: Path, changed: tuple[str, str]) -> list[Fault]:
    old, new = changed
    if old == "sites.d":
        return of_folder(make_folder(where, more={"a.yaml": new}, profiles=("default",)))
    folder = make_folder(where, sites=SITES.replace(old, new, 1), profiles=("default",))
    if new == "profile: router":
        for path in (folder / "profiles").iterdir():
            path.unlink()
        (folder / "profiles").rmdir()
    return of_folder(folder)


def in_profile(where: Path, text: str) -> list[Fault]:
    folder = make_folder(where, profiles=("default",))
    (folder / "profiles" / "x.yaml").write_text(f"values:\n- {text}\n" if text.startswith("{") else f"{text}\n")
    return of_folder(folder)


def in_meetings(where: Path, text: str) -> list[Fault]:
    folder = make_folder(where, profiles=("default",))
    (folder / "a.ics").write_text(whole(EVENTS))
    (folder / "meetings.yaml").write_text(f"{{meetings: [{text}]}}\n")
    return of_folder(folder)


def in_rooms(where: Path, text: str) -> list[Fault]:
    folder = make_folder(where, profiles=("default",))
    (folder / "a.ics").write_text(whole(EVENTS.replace("X-MONITOR-PARTICIPANTS:all", text)))
    (folder / "meetings.yaml").write_text("calendars: [a.ics]\n")
    return [notice.fault for notice in load(folder, {}).meetings.notices]


def in_calendar(_: Path, text: str | bytes) -> list[Fault]:
    faults: list[Fault] = []
    if isinstance(text, str) and text.startswith("UID"):
        text = whole(text)
    notices = NoticeList("a.ics")
    read_calendar(text if isinstance(text, bytes) else text.encode(), "a.ics", EVENT, UTC, faults, notices)
    return [*faults, *(notice.fault for notice in notices.all())]


def in_csv(where: Path, text: str | bytes) -> list[Fault]:
    faults: list[Fault] = []
    before, _ = read_tree(make_folder(where) / "sites.yaml", faults)
    assert before is not None
    update(before.yaml, read_csv(text if isinstance(text, bytes) else text.encode(), "a.csv", faults), faults)
    return faults


def in_workbook(fill: Callable[[Workbook], object]) -> list[Fault]:
    book, out, faults = Workbook(), io.BytesIO(), list[Fault]()
    fill(book)
    book.save(out)
    read_xlsx(out.getvalue(), "a.xlsx", faults)
    return faults


def in_cell(_: Path, value: object) -> list[Fault]:
    def fill(book: Workbook) -> None:
        book.worksheets[0].append(["kind", "id"])
        book.worksheets[0].append(["point", value])

    return in_workbook(fill)


def in_scenario(where: Path, text: str) -> list[Fault]:
    inventory, _ = load_inventory(make_folder(where), [], [])
    assert inventory is not None
    (where / "s.yaml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_scenario(where / "s.yaml", inventory)
    return list(caught.value.faults)


def by_itself(where: Path, code: str) -> list[Fault]:
    """What is no line of a table: other files, and what is refused at once."""
    folder = make_folder(where, profiles=("default", "X_y"))
    receivers, known = where / "receivers.yaml", where / "alertmanager.yml"
    known.write_text("receivers: [{name: shift}]\n")
    made: Mapping[str, Callable[[], object]] = {
        "profile_name": lambda: load(folder, {}),
        "no_folder": lambda: find_folder(str(where / "none")),
        "secret_no_url": lambda: [
            receivers.write_text("shift: {webhook: [{url: {literal: x}}]}\n"),
            load_receivers(receivers, {}),
        ],
        "no_receiver": lambda: with_receivers(known, {"shft": ()}, "receivers.yaml"),
        "unwritable": lambda: write_whole(where / "none" / "a", ""),
    }
    with pytest.raises(MonitorError) as caught:
        made[code]()
    return list(caught.value.as_faults())


def alone(where: Path, code: str) -> list[Fault]:
    """What is noted of other files."""
    faults: list[Fault] = []
    store = SecretStore({}, where)
    made: Mapping[str, Callable[[], object]] = {
        "no_netbox_url": lambda: read_text(b"{url: a, token: {literal: b}}", "netbox.yaml", netbox_table(store), faults),
        "nested_too_deeply": lambda: parse_document(b"[" * 900, "a.yaml", faults, yaml.BaseLoader),
        "no_workbook": lambda: read_xlsx(b"PK", "a.xlsx", faults),
        "workbook_empty": lambda: faults.extend(in_workbook(lambda book: book.worksheets[0].append(["kind", "id"]))),
        "cells_merged": lambda: faults.extend(in_workbook(lambda book: book.worksheets[0].merge_cells("A1:B2"))),
    }
    made[code]()
    return faults


TABLES: dict[Callable[..., list[Fault]], Mapping[str, object]] = {
    in_monitor: IN_MONITOR,
    in_sites: IN_SITES,
    in_profile: IN_PROFILE,
    in_meetings: IN_MEETINGS,
    in_calendar: IN_CALENDAR,
    in_rooms: IN_ROOMS,
    in_csv: IN_CSV,
    in_cell: IN_CELL,
    in_scenario: IN_SCENARIO,
    by_itself: {code: code for code in ("profile_name", "no_folder", "secret_no_url", "no_receiver", "unwritable")},
    alone: {code: code for code in ("no_netbox_url", "nested_too_deeply", "no_workbook", "workbook_empty", "cells_merged")},
}
LINES = [(provoke, code) for provoke, table in TABLES.items() for code in table]


@pytest.mark.parametrize(("provoke", "code"), LINES, ids=lambda each: getattr(each, "__name__", each))
def test_a_fault_is_found_and_told_in_both_languages(provoke: Callable[..., list[Fault]], code: str, tmp_path: Path) -> None:
    found = [fault for fault in provoke(tmp_path / "config", TABLES[provoke][code]) if fault.code == code]
    assert found
    for fault in found:
        vietnamese, english = fault.text_in("vi"), fault.text_in("en")
        assert (str(fault), True) == (english, vietnamese != english)
        assert bool(fault.cure) == bool(fault.cure_in("vi"))
        assert fault.text_in("vi").partition(fault.fault_in("vi"))[0] == english.partition(fault.fault)[0]


def said_by_load() -> Iterator[str]:
    """Every code that something in load/ notes or raises, by its literals."""
    calls = ("refuse", "_refuse", "_refuse_second", "Fault", "SetupError", "remark", "leave_out", "LeftOutError", "RuleError")
    for path in (PACKAGE / "load").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and name_of(node) in calls:
                yield from (text for argument in node.args for text in texts(argument))
            if isinstance(node, ast.Assign) and any(isinstance(each, ast.Name) and each.id == "code" for each in node.targets):
                yield from texts(node.value)


def test_the_tables_have_every_code_that_load_says() -> None:
    told = {code for table in TABLES.values() for code in table} | ELSEWHERE.keys()
    # A key's name can be that of a code: between and host.
    assert set() == {code for code in said_by_load() if code in FAULTS} - {"between"} - told
