"""Profiles: config/profiles/ID.yaml, one kind of device a file."""

from __future__ import annotations

import re
from pathlib import Path

from monitor.errors import Fault
from monitor.load.document import read_file, yaml_files
from monitor.load.fields import Field, ListOf, OneOrMany, ReadMapping, Record, Table
from monitor.load.probes import PROFILE, read_profile
from monitor.load.profile_values import VALUE, ObjectIdentifier, make_value
from monitor.load.values import Choice, Flag, Regex, Text
from monitor.model.inventory import Expected
from monitor.model.profile import Match, Profile, Value

DEFAULT = Profile(id="default", title="Any agent", refine=True)
"""Serves where the folder has no default.yaml."""

MATCH = Record(
    Match,
    (
        Field(
            "sys_object_id",
            OneOrMany(ObjectIdentifier()),
            attribute="sys_object_ids",
            doc="sysObjectID begins with this (one of these)",
        ),
        Field("sys_descr", Regex(), doc="sysDescr holds this (regular expression)"),
    ),
    what="match",
)
FILE = Table(
    (
        Field("title", Text(longest=120), default="", doc="what kind of device this is, for people"),
        Field("match", MATCH, doc="which agents it is for; all that is given must hold"),
        Field(
            "refine", Flag(), default=False, doc="an agent that matches a more specific profile is read by that one", usual="false"
        ),
        Field("expected", Choice(Expected), default=Expected.ALWAYS, doc="when it is expected to answer", usual="always"),
        Field(
            "drops_strangers",
            Flag(),
            default=False,
            doc="it ignores SIP and H.323 from strangers: silence says nothing",
            usual="false",
        ),
        Field("probes", PROFILE, doc="how it is asked beside ping and SNMP"),
        Field("interfaces", Flag(), default=True, doc="read its interfaces", usual="true"),
        Field("wan_interface", Regex(), doc="picks the interface that carries the circuit by ifName, ifAlias or ifDescr"),
        Field("uptime", ObjectIdentifier(), doc="how long the device has run, in 1/100 s, where sysUpTime is only its agent's"),
        Field("values", ListOf(VALUE, most=40), default=(), doc="objects that become metrics"),
    ),
    what="profile",
)
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")


def load_profiles(folder: Path, faults: list[Fault]) -> dict[str, Profile]:
    """Return id → profile of every *.yaml in the folder, and `default` in any case; a missing folder has only that.

    Every fault is added to `faults` with its file and line; a profile with faults is there with what could be read, so that
    targets that name it are not blamed.
    """
    found = {DEFAULT.id: DEFAULT}
    for path in yaml_files(folder, faults):
        if not _NAME.fullmatch(path.stem):
            faults.append(Fault(str(path), 0, "", "profile_name"))
            continue
        entry = read_file(path, FILE, faults)
        found[path.stem] = _profile(path.stem, entry) if entry is not None else Profile(path.stem)
    return found


def _profile(profile_id: str, entry: ReadMapping) -> Profile:
    """Return what a file says; notes values that contradict each other."""
    match: Match | None = entry["match"]
    if match is not None and not match.sys_object_ids and match.sys_descr is None:
        entry.refuse("match", "match_says_nothing")
        match = None
    values: list[Value] = []
    for each in entry["values"]:
        value = make_value(each)
        if value is not None and (value.series, value.oid, value.where) in [(kept.series, kept.oid, kept.where) for kept in values]:
            each.refuse("metric", "value_twice", metric=value.series)
        elif value is not None:
            values.append(value)
    return Profile(
        id=profile_id,
        title=entry["title"],
        match=match,
        refine=entry["refine"],
        expected=entry["expected"],
        drops_strangers=entry["drops_strangers"],
        interfaces=entry["interfaces"],
        wan_interface=entry["wan_interface"],
        values=tuple(values),
        uptime=entry["uptime"],
        probes=read_profile(entry["probes"]),
    )
