"""One value of a profile: which objects it is made of, how they read, and what it is called."""

from __future__ import annotations

import re
from types import MappingProxyType

from monitor.load.document import Node
from monitor.load.fields import Field, ListOf, MapOf, OneOrMany, ReadMapping, Table
from monitor.load.values import Choice, Flag, Number, Regex, Scalar, Schema, Text, Whole
from monitor.load.writing import written_number
from monitor.model.probe_kinds import KINDS
from monitor.model.profile import ROWS, Condition, Factor, Name, Reduce, Value
from monitor.wire.oid import InvalidOidError, format_oid, parse_oid
from monitor.words.phrase import Phrase, joined, phrase

_FREE = r"(wan_device|wan_ups|conference_device)_[a-z0-9]+(_[a-z0-9]+)*"
_METRIC = re.compile(rf"{_FREE}|conference_registered|conference_signalling_up|conference_in_call")
_OWN = frozenset(("wan_device_boot_timestamp_seconds",))
_PROTOCOL = ("protocol", tuple(name for name, kind in KINDS.items() if kind.is_signalling))
_CONTRACTED = {
    "conference_registered": _PROTOCOL,
    "conference_signalling_up": _PROTOCOL,
    "conference_device_up": ("component", ("camera", "microphone", "display", "hardware")),
}
"""Metrics that others rely on: the label that each must have, and its values."""
_SUFFIXES = {suffix: phrase("leave_suffix", suffix=suffix) for suffix in ("_total", "_count", "_sum", "_bucket", "_info")} | {
    suffix: phrase("take_base_unit", unit=unit, scale=scale)
    for suffix, unit, scale in (
        ("_percent", "_ratio", "0.01"),
        ("_minutes", "_seconds", "60"),
        ("_milliseconds", "_seconds", "0.001"),
        ("_kilobytes", "_bytes", "1024"),
        ("_megabytes", "_bytes", "1048576"),
    )
}
_WHOLE = ("conference_registered", "conference_signalling_up", "conference_in_call")
_TAKEN_LABELS = frozenset(("target", "kind", "level", "area", "job", "instance", "le", "quantile"))
_NOTHING: MappingProxyType[str, str] = MappingProxyType({})


class Metric(Scalar):
    """The name of a metric that a profile may make: wan_device_…, wan_ups_…, conference_device_… or one of the contract's."""

    written = "name of a metric"
    pattern = f"^{_METRIC.pattern}$"

    def read(self, node: Node) -> str:
        text = node.text("a_metric_name")
        if not _METRIC.fullmatch(text):
            raise node.refuse("no_metric_name", text=text, names=_WHOLE)
        if text in _OWN:
            raise node.refuse("metric_is_ours", text=text)
        for suffix, cure in _SUFFIXES.items():
            if text.endswith(suffix):
                raise node.refuse("metric_suffix", cure, text=text, suffix=suffix)
        return text


class ObjectIdentifier(Scalar):
    """A dotted object identifier, such as 1.3.6.1.2.1.1.3.0."""

    written = "object identifier"
    pattern = r"^\.?[0-9]+(\.[0-9]+)+$"
    numbers = True

    def read(self, node: Node) -> str:
        """Return it without a leading dot."""
        text = node.text("an_object_identifier")
        try:
            return format_oid(parse_oid(text))
        except InvalidOidError as error:
            raise node.refuse(error.code, Phrase("write_oid"), **error.values) from None


class LabelName(Scalar):
    """The name of a further label, such as component."""

    written = "label"
    pattern = "^[a-z][a-z0-9_]*$"

    def read(self, node: Node) -> str:
        text = node.text("a_label_name")
        if not re.fullmatch(r"[a-z][a-z0-9_]*", text) or text in _TAKEN_LABELS:
            raise node.refuse("no_label", text=text)
        return text


class LabelText(Text):
    """A label's value: short, and without what would have to be escaped."""

    def read(self, node: Node) -> str:
        text = super().read(node)
        if '"' in text or "\\" in text:
            raise node.refuse("label_quote")
        return text


class NameSource(Scalar):
    """What names a row: a column of names, `index` (its index in numbers) or `texts` (those that its index begins with)."""

    written = "object identifier, index or texts"

    def read(self, node: Node) -> str:
        text = node.text("a_name_source")
        return text if text in tuple(Name) else ObjectIdentifier().read(node)

    def schema(self) -> Schema:
        return {"anyOf": [{"enum": list(Name)}, ObjectIdentifier().schema()]}


_OIDS = OneOrMany(ObjectIdentifier())
_TEXTS = OneOrMany(Text(longest=120, numbers=True))
_WHERE = Table(
    (
        Field("oid", ObjectIdentifier(), doc="the column whose cell in the same row is looked at"),
        Field("is", _TEXTS, default=(), doc="the cell is this (one of these): a number, an object identifier or a text"),
        Field("matches", Regex(), doc="the cell holds this (regular expression)"),
        Field("index", Regex(), doc="instead of oid: the row's index, dotted, holds this (regular expression)"),
    ),
    what="condition",
)
_ONLY_IF = Table(
    (
        Field(
            "oid", ObjectIdentifier(), required=True, doc="the object, or with walk the column whose cell in the row is looked at"
        ),
        Field("is", _TEXTS, default=(), doc="it is this (one of these)"),
        Field("matches", Regex(), doc="it holds this (regular expression)"),
    ),
    what="condition",
)
_TIMES = Table(
    (
        Field("oid", ObjectIdentifier(), required=True, doc="a column of the same rows"),
        Field("map", MapOf(Whole(), Number()), required=True, doc="what each of its numbers multiplies by; another voids the row"),
    ),
    what="factor",
)
VALUE = Table(
    (
        Field(
            "metric",
            Metric(),
            required=True,
            doc="wan_device_…, wan_ups_…, conference_device_…, or a conference_… of the contract",
        ),
        Field("oid", ObjectIdentifier(), doc="the object, with its instance (.0 for a scalar)"),
        Field("walk", ObjectIdentifier(), doc="instead of oid: a column of a table (at most 256 rows)"),
        Field("reduce", Choice(Reduce), doc="the rows of walk become one number: how", usual="average"),
        Field(
            "each",
            MapOf(LabelName(), OneOrMany(NameSource())),
            default=_NOTHING,
            doc="instead of reduce: each row becomes a series; label: the column (columns) that names it, `index` or `texts`",
        ),
        Field("most", Whole(1, 32), default=ROWS, doc="with each: at most so many rows", usual=str(ROWS)),
        Field("where", OneOrMany(_WHERE), default=(), doc="which rows of walk are read; all conditions must hold"),
        Field("only_if", OneOrMany(_ONLY_IF), default=(), doc="what must hold at each poll, else there is no value"),
        Field("history", Flag(), default=False, doc="with each: results come and go; the last of each name counts", usual="false"),
        Field("plus", _OIDS, default=(), doc="objects (columns) that are added to it, those that are there"),
        Field("scale", Number(), default=1.0, doc="the number is multiplied by this", usual="1"),
        Field("times", OneOrMany(_TIMES), default=(), doc="columns that say what a row is multiplied by, as scale and precision"),
        Field("over", _OIDS, default=(), doc="it is divided by this object (column), or by the sum of these"),
        Field("rest", Flag(), default=False, doc="what is missing to 1 instead: of the free share the used one", usual="false"),
        Field(
            "map",
            MapOf(Whole(), Number()),
            default=MappingProxyType({}),
            doc="what each number means; a number that is not in it yields no value",
        ),
        Field("invalid", OneOrMany(Number()), default=(), doc="numbers that stand for none, such as 0 or -1"),
        Field(
            "between",
            ListOf(Number(), least=2, most=2),
            doc="what it can be, else no value",
            usual="ratios 0 to 1, °C -60 to 200",
        ),
        Field("labels", MapOf(LabelName(), LabelText(longest=60)), default=_NOTHING, doc="further labels of the metric"),
    ),
    what="value",
    key="metric",
)
_OF_COLUMNS = ("reduce", "each", "where", "times", "most", "history")
_OF_NUMBERS = ("scale", "plus", "over", "rest", "times")


def make_value(entry: ReadMapping) -> Value | None:
    """Return one value of a profile, None where it is faulty; its faults are noted."""
    before = len(entry.node.faults)
    if entry.is_whole:
        _refuse_contradictions(entry)
        _refuse_labels(entry)
    where = _conditions(entry["where"])
    only_if = _conditions(entry["only_if"])
    if not entry.is_whole or len(entry.node.faults) > before:
        return None
    reduce = entry["reduce"] or Reduce.AVERAGE if entry.has("walk") and not entry.has("each") else None
    return Value(
        entry["metric"],
        entry["oid"] or entry["walk"],
        entry["scale"],
        entry["map"],
        reduce,
        entry["labels"],
        plus=entry["plus"],
        over=entry["over"],
        rest=entry["rest"],
        times=tuple(Factor(each["oid"], each["map"]) for each in entry["times"]),
        invalid=entry["invalid"],
        between=entry["between"],
        where=where,
        only_if=only_if,
        each=entry["each"],
        most=entry["most"],
        history=entry["history"],
    )


def _refuse_contradictions(entry: ReadMapping) -> None:
    if entry.has("oid") == entry.has("walk"):
        entry.refuse("oid", "oid_or_walk")
    for name in _OF_COLUMNS:
        if entry.has(name) and not entry.has("walk"):
            entry.refuse(name, "no_rows")
    if entry.has("reduce") and entry.has("each"):
        entry.refuse("reduce", "reduce_or_each")
    for name in ("most", "history"):
        if entry.has(name) and not entry.has("each"):
            entry.refuse(name, "rows_reduced")
    for name in _OF_NUMBERS:
        if entry.has(name) and entry.has("map"):
            entry.refuse(name, "mapped_number")
    between = entry["between"]
    if between is not None and between[0] >= between[1]:
        entry.refuse("between", "nothing_between", least=written_number(between[0]), most=written_number(between[1]))


def _refuse_labels(entry: ReadMapping) -> None:
    """Note labels that are given twice, or that the contract wants otherwise."""
    for name in entry["each"].keys() & entry["labels"].keys():
        entry.refuse("labels", "label_twice", Phrase("remove_one"), name=name)
    wanted = _CONTRACTED.get(entry["metric"])
    if wanted is not None and entry["labels"].get(wanted[0]) not in wanted[1]:
        label, values = wanted
        entry.refuse("labels", "label_needed", metric=entry["metric"], label=label, values=joined("or", values))


def _conditions(entries: tuple[ReadMapping, ...]) -> tuple[Condition, ...]:
    """Return the conditions that could be read; notes those that say nothing."""
    found = []
    for entry in entries:
        index = entry.values.get("index")
        if entry.is_whole and (entry.has("oid") == (index is not None)):
            entry.refuse("oid", "condition_of_what")
        elif entry.is_whole and index is None and not entry.has("is") and not entry.has("matches"):
            entry.refuse("is", "condition_says_nothing")
        else:
            found.append(Condition(entry["oid"], tuple(entry["is"]), index or entry["matches"]))
    return tuple(found)
