"""Profiles: config/profiles/ID.yaml, one kind of device a file."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from monitor.errors import Fault
from monitor.load.document import Node, read_file
from monitor.load.fields import Entry, Field, ListOf, MapOf, OneOrMany, Record, Schema, Table
from monitor.load.values import Choice, Flag, Number, Regex, Text, Whole
from monitor.model.inventory import Expected
from monitor.model.profile import Match, Profile, Reduce, Value
from monitor.wire.oid import format_oid, parse_oid

DEFAULT = Profile(id="default", title="Any agent", refine=True)
"""Serves where the folder has no default.yaml."""

_METRIC = re.compile(r"(wan_device|wan_ups|conference_device)_[a-z0-9]+(_[a-z0-9]+)*")
_OWN = frozenset(("wan_device_boot_timestamp_seconds",))
_SUFFIXES = {
    "_total": "profile values are gauges: leave '_total' away",
    "_count": "profile values are gauges: leave '_count' away",
    "_sum": "profile values are gauges: leave '_sum' away",
    "_bucket": "profile values are gauges: leave '_bucket' away",
    "_info": "profile values are gauges: leave '_info' away",
    "_percent": "metrics are in base units: end it with '_ratio' and write scale: 0.01",
    "_minutes": "metrics are in base units: end it with '_seconds' and write scale: 60",
    "_milliseconds": "metrics are in base units: end it with '_seconds' and write scale: 0.001",
    "_kilobytes": "metrics are in base units: end it with '_bytes' and write scale: 1024",
    "_megabytes": "metrics are in base units: end it with '_bytes' and write scale: 1048576",
}
_TAKEN_LABELS = frozenset(("target", "kind", "level", "area", "job", "instance", "le", "quantile"))


class Metric:
    """The name of a metric that a profile may make: wan_device_…, wan_ups_… or conference_device_…, in base units."""

    def read(self, node: Node) -> str:
        """Return the name."""
        text = node.text("a metric's name")
        if not _METRIC.fullmatch(text):
            raise node.refuse(
                f"'{text}' is no name for a profile's metric", "begin it with wan_device_, wan_ups_ or conference_device_"
            )
        if text in _OWN:
            raise node.refuse(f"'{text}' is made by the monitor itself", "choose another name")
        for suffix, cure in _SUFFIXES.items():
            if text.endswith(suffix):
                raise node.refuse(f"'{text}' ends with '{suffix}'", cure)
        return text

    def schema(self) -> Schema:
        """A string of the pattern; suffixes are checked on loading."""
        return {"type": "string", "pattern": f"^{_METRIC.pattern}$"}

    def form(self) -> str:
        """Return how it is written."""
        return "name of a metric"


class ObjectIdentifier:
    """A dotted object identifier, such as 1.3.6.1.2.1.1.3.0."""

    def read(self, node: Node) -> str:
        """Return it without a leading dot."""
        text = node.text("an object identifier")
        try:
            return format_oid(parse_oid(text))
        except ValueError as error:
            raise node.refuse(str(error), "write it as numbers and dots, such as 1.3.6.1.2.1.1.3.0") from None

    def schema(self) -> Schema:
        """A string of numbers and dots; 1.3 alone would look like a number."""
        return {"type": ["string", "number"], "pattern": r"^\.?[0-9]+(\.[0-9]+)+$"}

    def form(self) -> str:
        """Return how it is written."""
        return "object identifier"


class LabelName:
    """The name of a further label, such as component."""

    def read(self, node: Node) -> str:
        """Return it."""
        text = node.text("a label's name")
        if not re.fullmatch(r"[a-z][a-z0-9_]*", text) or text in _TAKEN_LABELS:
            raise node.refuse(
                f"'{text}' can't be a label here", "use lower-case letters and '_'; target, kind, level, area are taken"
            )
        return text

    def schema(self) -> Schema:
        """A string of the pattern."""
        return {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"}

    def form(self) -> str:
        """Return how it is written."""
        return "label"


class LabelText(Text):
    """A label's value: short, and without what would have to be escaped."""

    def read(self, node: Node) -> str:
        """Return it."""
        text = super().read(node)
        if '"' in text or "\\" in text:
            raise node.refuse("holds a quotation mark or a backslash", "leave it away")
        return text


VALUE = Table(
    (
        Field("metric", Metric(), required=True, doc="name of the metric: wan_device_…, wan_ups_… or conference_device_…"),
        Field("oid", ObjectIdentifier(), doc="the object, with its instance (.0 for a scalar)"),
        Field("walk", ObjectIdentifier(), doc="instead of oid: a column, whose rows (at most 64) become one number"),
        Field("reduce", Choice(Reduce), doc="how the rows of walk become one number", usual="average"),
        Field("scale", Number(), default=1.0, doc="the number is multiplied by this", usual="1"),
        Field(
            "map",
            MapOf(Whole(), Number()),
            default=MappingProxyType({}),
            doc="what each number means; a number that is not in it yields no value",
        ),
        Field(
            "labels", MapOf(LabelName(), LabelText(longest=60)), default=MappingProxyType({}), doc="further labels of the metric"
        ),
    ),
    what="value",
    key="metric",
)
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
        Field("interfaces", Flag(), default=True, doc="read its interfaces", usual="true"),
        Field("wan_interface", Regex(), doc="picks the interface that carries the circuit by ifName, ifAlias or ifDescr"),
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
    for path in sorted(folder.glob("*.yaml")):
        if not _NAME.fullmatch(path.stem):
            cure = "name it in lower-case letters, digits and '-'"
            faults.append(Fault(str(path), 0, "", "its name can't be the id of a profile", cure))
            continue
        entry = read_file(path, FILE, faults)
        found[path.stem] = _profile(path.stem, entry) if entry is not None else Profile(path.stem)
    return found


def _profile(profile_id: str, entry: Entry) -> Profile:
    """Return what a file says; notes values that contradict each other."""
    match: Match | None = entry["match"]
    if match is not None and not match.sys_object_ids and match.sys_descr is None:
        entry.refuse("match", "says nothing", "give it sys_object_id or sys_descr, or remove it")
        match = None
    values: dict[str, Value] = {}
    for each in entry["values"]:
        value = _value(each)
        if value is not None and value.series in values:
            each.refuse("metric", f"'{value.series}' is made twice", "remove one, or give them different labels")
        elif value is not None:
            values[value.series] = value
    return Profile(
        id=profile_id,
        title=entry["title"],
        match=match,
        refine=entry["refine"],
        expected=entry["expected"],
        drops_strangers=entry["drops_strangers"],
        interfaces=entry["interfaces"],
        wan_interface=entry["wan_interface"],
        values=tuple(values.values()),
    )


def _value(entry: Entry) -> Value | None:
    """Return one value, None where it is faulty."""
    before = len(entry.node.faults)
    if entry.is_whole and entry.has("oid") == entry.has("walk"):
        entry.refuse("oid", "a value has either 'oid' or 'walk'", "give one of them")
    if entry.has("reduce") and not entry.has("walk"):
        entry.refuse("reduce", "there is nothing to reduce", "write walk: in place of oid:, or remove it")
    if entry.has("scale") and entry.has("map"):
        entry.refuse("scale", "a mapped number is not scaled", "write the scaled numbers into map, or remove one")
    if not entry.is_whole or len(entry.node.faults) > before:
        return None
    value = Value(entry["metric"], entry["oid"] or entry["walk"], entry["scale"], entry["map"], labels=entry["labels"])
    return value if not entry.has("walk") else replace(value, reduce=entry["reduce"] or Reduce.AVERAGE)
