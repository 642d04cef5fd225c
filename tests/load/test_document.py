from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import Fault
from monitor.load.document import HAS_C_LOADER, Faulty, parse_document, read_file, read_text
from monitor.load.fields import Either, Field, ListOf, MapOf, OneOrMany, Record, Table
from monitor.load.manual import FORMS
from monitor.load.sites import FILE
from monitor.load.suggest import Suggester, did_you_mean
from monitor.load.values import (
    Address,
    Choice,
    ClockTime,
    Duration,
    Flag,
    Identifier,
    Moment,
    Number,
    Percent,
    Rate,
    Regex,
    Text,
    Whole,
)
from monitor.load.writing import written_duration, written_number, written_rate
from monitor.model.inventory import Contracted, Expected
from monitor.model.spelling import nearest
from monitor.words.phrase import Phrase, phrase

POINT = Table(
    (Field("id", Identifier(), required=True), Field("name", Text()), Field("code", Text(numbers=True))), what="point", key="id"
)
TOP = Table((Field("title", Text()), Field("points", ListOf(POINT), default=())))


def read(text: str | bytes, reader: Any = TOP) -> tuple[Any, list[str]]:
    faults: list[Fault] = []
    value = read_text(text.encode() if isinstance(text, str) else text, "f.yaml", reader, faults)
    return value, [str(fault) for fault in sorted(faults)]


def value_of(text: str, reader: Any) -> Any:
    entry, faults = read(f"v: {text}\n", Table((Field("v", reader),)))
    assert [] == faults
    return entry["v"]


def fault_of(text: str, reader: Any) -> str:
    _, faults = read(f"v: {text}\n", Table((Field("v", reader),)))
    assert len(faults) == 1, faults
    return faults[0]


@pytest.mark.parametrize("text", ["NO", "22:22", "00715", "1e3", "2026-11-30", "0x10", "yes", "1_000", "on"])
def test_a_text_stays_what_is_written_whatever_it_looks_like(text: str) -> None:
    assert text == value_of(text, Text())


def test_texts_and_keys_are_composed_as_nfc() -> None:
    entry, faults = read("title: Xa\u0303 Lu\u0303ng Cu\u0301\n")
    assert [] == faults
    assert entry["title"] == "Xã Lũng Cú"


def test_every_fault_of_a_file_is_reported_with_its_line_path_and_cure() -> None:
    _, faults = read("titel: x\ntitle: a\ntitle: b\npoints:\n- {id: Xa-1}\n- {name: y}\n- {id: x, nam: z}\n- 7\n")
    assert faults == [
        "f.yaml:1: titel: no key is called 'titel'; did you mean 'title'?",
        "f.yaml:3: title: the key stands here again; it is on line 2 already; remove one",
        "f.yaml:5: points.Xa-1.id: the id 'Xa-1' has capitals; write 'xa-1'",
        "f.yaml:6: points[1]: the key 'id' is missing; add it",
        "f.yaml:7: points.x.nam: no key of a point is called 'nam'; did you mean 'name'?",
        "f.yaml:8: points[3]: must be a mapping, not a text; write {key: value} or one 'key: value' line a key",
    ]


def test_an_empty_file_is_an_empty_mapping() -> None:
    entry, faults = read("# nothing\n")
    assert [] == faults
    assert entry["points"] == ()


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        (b"points:\n\t- {id: x}\n", 2, "tab"),
        (b"points: [\n  {id: x}\ntitle: y\n", 3, "opened on line 1"),
        (b"title: a: b\n", 1, "quote a text that holds ': '"),
        (b'title: "a\n', 2, "quotation mark"),
        (b"title: *a\n", 1, "alias"),
        (b"a: 1\n---\nb: 1\n", 2, "document"),
        (b"title: x\n- y\n", 2, "indentation"),
        (b"title: \x01\n", 1, "no text may hold"),
        (b"a: b\ntitle: \xff\n", 2, "UTF-8"),
    ],
)
def test_what_is_no_yaml_is_one_fault_with_line_and_cure(text: bytes, line: int, part: str) -> None:
    value, faults = read(text)
    assert value is None
    assert len(faults) == 1
    assert faults[0].startswith(f"f.yaml:{line}: is not ")
    assert part in faults[0]


@pytest.mark.parametrize("form", FORMS)
def test_a_key_that_is_like_none_is_told_with_the_keys_or_where_they_are_listed(form: str) -> None:
    _, faults = read("qqqqqqqq: 1\n", FORMS[form])
    cures = [fault.partition("; ")[2] for fault in faults if "qqqqqqqq" in fault.partition("; ")[0] or "unknown key" in fault]
    assert [True] == [cure.startswith("known are") or "docs/configuration.md" in cure for cure in cures]


def test_what_is_nested_without_end_is_one_fault_whichever_parser_reads_it() -> None:
    for loader in (yaml.CBaseLoader, yaml.BaseLoader):
        faults: list[Fault] = []
        assert parse_document(b"[" * 20_000, "f", faults, loader) is None
        assert ["nested_too_deeply"] == [fault.code for fault in faults]


def test_a_missing_file_is_a_fault() -> None:
    faults: list[Fault] = []
    assert read_file(Path("/nonexistent/x.yaml"), TOP, faults) is None
    assert [str(fault) for fault in faults] == [
        "/nonexistent/x.yaml: can't be read: No such file or directory; see that it exists and may be read"
    ]


@pytest.mark.parametrize("text", ["!x y", "!!int 5", "!!python/object:os.system {}"])
def test_tags_are_refused_and_nothing_is_ever_constructed(text: str) -> None:
    assert "tags are not used" in fault_of(text, Text()) or "must be a text" in fault_of(text, Text())


@pytest.mark.parametrize("text", ["", "~", "null"])
def test_a_key_without_a_value_is_a_fault(text: str) -> None:
    assert "has no value" in fault_of(text, Text())


def test_the_c_loader_is_there_and_reads_as_the_python_one() -> None:
    assert HAS_C_LOADER
    text = b"a: [NO, 22:22, 00715, {b: 'c d'}]\n"

    def plain(node: yaml.Node) -> Any:
        return [[plain(part) for part in pair] for pair in node.value] if isinstance(node, yaml.MappingNode) else _plain(node)

    def _plain(node: yaml.Node) -> Any:
        return [plain(item) for item in node.value] if isinstance(node, yaml.SequenceNode) else (node.value, node.tag)

    nodes = [parse_document(text, "f", [], loader) for loader in (yaml.CBaseLoader, yaml.BaseLoader)]
    assert nodes[0] is not None
    assert nodes[1] is not None
    assert plain(nodes[0].yaml) == plain(nodes[1].yaml)


@pytest.mark.parametrize(
    ("text", "reader", "value"),
    [
        ("15s", Duration(), 15.0),
        ("20ms", Duration(), 0.02),
        ("1.5h", Duration(), 5400.0),
        ("2d", Duration(), 172800.0),
        ("07:00", ClockTime(), time(7)),
        ("7:00", ClockTime(), time(7)),
        ("23:59", ClockTime(), time(23, 59)),
        ("512k", Rate(), 512_000),
        ("10M", Rate(), 10_000_000),
        ("1.5G", Rate(), 1_500_000_000),
        ("0.1%", Percent(), 0.001),
        ("30 %", Percent(), 0.3),
        ("true", Flag(), True),
        ("-5", Whole(), -5),
        ("0.25", Number(0, 1), 0.25),
        ("always", Choice(Expected), Expected.ALWAYS),
        ("10.2.17.1", Address(), "10.2.17.1"),
        ("FD00::01", Address(), "fd00::1"),
        ("Router.Example", Address(names=True), "router.example"),
        ("^(ge|xe)-", Regex(), "^(ge|xe)-"),
        ("a", OneOrMany(Identifier()), ("a",)),
        ("[a, b]", OneOrMany(Identifier()), ("a", "b")),
        ("{a: 1s}", MapOf(Identifier(), Duration()), {"a": 1.0}),
    ],
)
def test_a_value_is_read_as_its_field_says(text: str, reader: Any, value: Any) -> None:
    assert value == value_of(text, reader)


@pytest.mark.parametrize(
    ("text", "reader", "cure"),
    [
        ("15", Duration(), "did you mean '15s'?"),
        ("15x", Duration(), "such as 15s"),
        ("1s", Duration(5), "it must be at least 5s"),
        ("0", Duration(0.001, 60), "v: 0 is out of range; it must be at least 1ms and at most 1m"),
        ("0", Duration(), "did you mean '0s'?"),
        ("300", Duration(0.001, 60), "did you mean '300ms'?"),
        ("5", Duration(60), "did you mean '5m'?"),
        ("9999", Duration(1, 2), "v: 9999 is out of range; it must be at least 1s and at most 2s"),
        ("0", Rate(), "v: 0 is out of range; it must be above 0"),
        ("0.0", Rate(), "v: 0.0 is out of range; it must be above 0"),
        ("2000000", Rate(), "did you mean '2M'?"),
        ("150", Percent(), "write it like 1%"),
        ("50", Rate(), "did you mean '50M'?"),
        ("10m", Rate(), "did you mean '10M'?"),
        ("10 Mbit/s", Rate(), "did you mean '10M'?"),
        ("512K", Rate(), "did you mean '512k'?"),
        ("1", Percent(), "did you mean '1%'?"),
        ("101%", Percent(), "at most 100%"),
        ("yes", Flag(), "did you mean 'true'?"),
        ("NO", Flag(), "did you mean 'false'?"),
        ("five", Whole(), "digits"),
        ("7", Whole(1, 5), "1 to 5"),
        ("office-hours", Choice(Expected), "did you mean 'office_hours'?"),
        ("7h", ClockTime(), "07:00"),
        ("7:0", ClockTime(), "07:00"),
        ("25:00", ClockTime(), "07:00"),
        ("2026-13-01T08:00", Moment(), "2026-11-30T08:00"),
        ("2026-11-30", Moment(), "2026-11-30T08:00"),
        ("10.2.17.01", Address(names=True), "without leading zeros"),
        ("10.2.17.0/24", Address(), "without /length"),
        ("router", Address(), "10.2.17.1"),
        ("'(['", Regex(), "a '[' that no ']' closes at character 2; put a \\ before each special character"),
        ("'ge('", Regex(), "a '(' that no ')' closes at character 3;"),
        ("'ge)'", Regex(), "a ')' that no '(' opens at character 3;"),
        ("'*a'", Regex(), "a repetition of nothing at character 1;"),
        ("'a**'", Regex(), "a repetition of a repetition at character 3;"),
        ("'a{2,1}'", Regex(), "whose least is more than its most at character 3;"),
        ("'a{99999999999}'", Regex(), "a repetition of too many times;"),
        ("'[z-a]'", Regex(), "a range of characters that means nothing at character 2;"),
        ("'a\\q'", Regex(), "a character behind a '\\' that means nothing there at character 2;"),
        ("'(?z)'", Regex(), "what stands behind a '(?' means nothing at character 2;"),
        ("'(?P<1>a)'", Regex(), "a group's name that is none at character 5;"),
        ("'(?P=x)'", Regex(), "a reference to a group that is not there at character 5;"),
        ("'(?<=a+)b'", Regex(), "a look-behind (?<=…) without a fixed length;"),
        ("'(?i-'", Regex(), "the reader of expressions says ('missing flag') at character 5;"),
        ("[]", OneOrMany(Identifier()), "at least 1"),
        ("Ghế", Identifier(), "without marks"),
    ],
)
def test_a_faulty_value_names_its_cure(text: str, reader: Any, cure: str) -> None:
    fault = fault_of(text, reader)
    assert fault.startswith("f.yaml:1: v")
    assert cure in fault


def test_either_form_of_a_value_is_told_apart_by_what_stands_there() -> None:
    pair = Record(Contracted, (Field("down", Rate(), attribute="down_bps"), Field("up", Rate(), attribute="up_bps")))
    form = Either(Rate(), pair)
    assert value_of("50M", form) == 50_000_000
    assert value_of("{down: 2M, up: 1M}", form) == Contracted(2_000_000, 1_000_000)


def test_nearest_forgives_marks_and_case() -> None:
    assert nearest("huyen-dong-vn", ["huyen-meo-vac", "huyen-dong-van"]) == "huyen-dong-van"
    assert nearest("Đồng-Văn", ["dong-van"]) == "dong-van"
    assert did_you_mean("zzz", ["a", "b"]) == Phrase("known_are", {"names": ("a", "b")})


def test_after_its_budget_no_more_cures_are_looked_for() -> None:
    suggester = Suggester(budget=1)
    meant, none = phrase("did_you_mean", near="aaa"), Phrase("add_it")
    assert suggester.cure("aab", ["aaa"], none) == meant
    assert suggester.cure("aac", ["aaa"], none) == none
    assert suggester.cure("aab", ["aaa"], none) == meant


@settings(deadline=None, derandomize=True)
@given(st.integers(1, 10**13))
def test_a_rate_is_read_as_it_was_written(bps: int) -> None:
    assert bps == value_of(written_rate(bps), Rate())


@settings(deadline=None, derandomize=True)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_read_as_it_was_written(number: float) -> None:
    assert number == value_of(written_number(number), Number())


@pytest.mark.parametrize(
    ("number", "text"),
    [(1_000_000, "1000000"), (104.98580, "104.9858"), (22.81799, "22.81799"), (-0.5, "-0.5"), (0.00001, "0.00001")],
)
def test_a_number_is_written_whole_and_plain(number: float, text: str) -> None:
    assert text == written_number(number)


@settings(deadline=None, derandomize=True)
@given(st.integers(0, 10**9).map(lambda ms: ms / 1000) | st.integers(0, 10**10).map(lambda ns: ns / 10**9))
def test_a_duration_is_read_as_it_was_written(seconds: float) -> None:
    assert seconds == value_of(written_duration(seconds), Duration())


_READERS = (
    *(Text(), Text(numbers=True), Identifier(), Flag(), Number(0, 1), Whole(0, 9), Duration(1, 9), Rate(), Percent(), ClockTime()),
    *(
        Choice(("a", "b")),
        Moment(),
        Address(),
        Address(names=True),
        Regex(),
        ListOf(Text()),
        OneOrMany(Rate()),
        MapOf(Text(), Whole()),
    ),
)
_SCALARS = st.text(max_size=20) | st.from_regex(r"[0-9.:%kMGsmhT/+-]{1,12}", fullmatch=True)


@settings(deadline=None, derandomize=True)
@given(scalar=_SCALARS, style=st.sampled_from([None, "'", '"']), reader=st.sampled_from(_READERS))
def test_every_reader_answers_any_scalar_with_a_value_or_a_fault(scalar: str, style: str | None, reader: Any) -> None:
    faults: list[Fault] = []
    node = parse_document(b"x", "f", faults)
    assert node is not None
    place = node.at(yaml.ScalarNode("tag:yaml.org,2002:str", scalar, node.yaml.start_mark, None, style), "x")
    try:
        reader.read(place)
        assert [] == faults
    except Faulty:
        assert faults


_TREES = st.recursive(
    _SCALARS | st.sampled_from(["network", "points", "id", "xa", "10.0.0.1", "probes", "icmp", "contracted", "location"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from([*FILE.fields, "id", "name", "icmp", "address", "location", "probes", "x"]), inner, max_size=5
        )
    ),
    max_leaves=15,
)


@settings(deadline=None, derandomize=True)
@given(tree=_TREES)
def test_any_structure_is_a_value_or_faults_with_a_line(tree: Any) -> None:
    text = yaml.safe_dump(tree, allow_unicode=True).encode()
    faults: list[Fault] = []
    value = read_text(text, "f.yaml", FILE, faults)
    assert value is not None or faults
    assert all(fault.line >= 1 and fault.fault for fault in faults)


@settings(deadline=None, derandomize=True)
@given(st.binary(max_size=60) | st.text(alphabet="ab:{}[],-\n \t#&*!'\"|>%@?~0", max_size=60).map(str.encode))
def test_any_bytes_are_a_value_or_faults(content: bytes) -> None:
    faults: list[Fault] = []
    assert read_text(content, "f.yaml", FILE, faults) is not None or faults
