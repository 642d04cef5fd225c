"""What of BER is taken, what is tolerated, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.wire import ber
from monitor.wire.fault import MalformedError
from monitor.wire.oid import Oid, ensure_valid, format_oid, oid_content, oid_of, parse_oid
from tests.wire.refusals import refused

SUB = st.integers(0, 2**32 - 1)
OIDS: st.SearchStrategy[Oid] = st.one_of(
    st.tuples(st.integers(0, 1), st.integers(0, 39)), st.tuples(st.just(2), st.integers(0, 2**32 - 1))
).flatmap(lambda front: st.lists(SUB, max_size=20).map(lambda rest: (*front, *rest)))


@given(OIDS)
def test_an_identifier_survives_its_encoding(oid: Oid) -> None:
    assert oid == oid_of(oid_content(oid))
    assert oid == parse_oid(format_oid(oid))


def test_128_sub_identifiers_pass_and_129_do_not() -> None:
    longest = (1, 3, *range(126))
    assert longest == oid_of(oid_content(longest))
    with refused("more than 128"):
        oid_of(oid_content(longest) + b"\x01")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\x2b\x86", "cut off"),
        (b"\x2b\x80\x01", "padded"),
        (b"\x2b\x90\x80\x80\x80\x00", "above 4294967295"),
        (b"\x2b\xff\xff\xff\xff\xff\xff\x7f", "above 4294967295"),
    ],
)
def test_a_damaged_identifier_is_refused_with_its_reason(content: bytes, reason: str) -> None:
    with refused(reason):
        oid_of(content)


def test_the_greatest_sub_identifier_passes_behind_the_second_arc_too() -> None:
    assert (2, 2**32 - 1, 2**32 - 1) == oid_of(oid_content((2, 2**32 - 1, 2**32 - 1)))


def test_an_identifier_without_octets_reads_as_zero_dot_zero() -> None:
    assert oid_of(b"") == (0, 0)


@pytest.mark.parametrize("text", ["", "1", "1.x", "3.1", "1.40", "1.3.4294967296", "1.-3", "1..3", "1.²"])
def test_text_that_is_no_identifier_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^oid_(form|short|root|range) "):
        parse_oid(text)


def test_a_leading_dot_is_allowed_in_text() -> None:
    assert parse_oid(".1.3.6") == (1, 3, 6)


def test_a_tuple_that_is_no_identifier_is_our_own_error() -> None:
    for oid in ((1,), (1, 3, -1), (1, 3, 2**32), tuple([1] * 129)):
        with pytest.raises(ValueError, match=r"."):
            ensure_valid(oid)


@pytest.mark.parametrize(
    ("tag", "content", "value"),
    [
        (ber.INTEGER, b"\x7f", 127),
        (ber.INTEGER, b"\xff", -1),
        (ber.INTEGER, b"\x80\x00\x00\x00", -(2**31)),
        (ber.INTEGER, b"\x00\x00\x00\x05", 5),
        (ber.COUNTER32, b"\x00\xff\xff\xff\xff", 2**32 - 1),
        (ber.COUNTER32, b"\xff\xff\xff\xff", 2**32 - 1),
        (ber.GAUGE32, b"\x00\x00\x01", 1),
        (ber.COUNTER64, b"\x00" + b"\xff" * 8, 2**64 - 1),
        (ber.COUNTER64, b"\xff" * 8, 2**64 - 1),
        (ber.COUNTER64, b"\x01", 1),
        (ber.OCTET_STRING, b"", b""),
        (ber.IP_ADDRESS, b"\x0a\x02\x11\x01", b"\x0a\x02\x11\x01"),
        (ber.NULL, b"", None),
        (ber.END_OF_MIB_VIEW, b"", None),
    ],
)
def test_values_read_as_their_type_says_and_known_deviations_are_tolerated(tag: int, content: bytes, value: ber.Value) -> None:
    assert value == ber.DECODERS[tag](content)


@pytest.mark.parametrize(
    ("tag", "content"),
    [
        (ber.INTEGER, b""),
        (ber.INTEGER, b"\x00" * 5),
        (ber.COUNTER32, b""),
        (ber.COUNTER32, b"\xff"),
        (ber.COUNTER32, b"\xff\xff\xff"),
        (ber.TIME_TICKS, b"\x01\x00\x00\x00\x00"),
        (ber.GAUGE32, b"\x00" * 6),
        (ber.COUNTER64, b""),
        (ber.COUNTER64, b"\xff" * 7),
        (ber.COUNTER64, b"\x01" + b"\x00" * 8),
        (ber.COUNTER64, b"\x00" * 10),
        (ber.IP_ADDRESS, b"\x0a\x02\x11"),
        (ber.NULL, b"\x00"),
        (ber.NO_SUCH_INSTANCE, b"\x00"),
    ],
)
def test_a_value_that_its_type_forbids_is_refused(tag: int, content: bytes) -> None:
    with pytest.raises(MalformedError):
        ber.DECODERS[tag](content)


def test_the_least_integer_is_read_as_pyasn1_writes_it() -> None:
    assert ber.DECODERS[ber.INTEGER](b"\xff\x80\x00\x00\x00") == -(2**31)


@given(st.integers(-(2**31), 2**31 - 1))
def test_an_integer_takes_the_fewest_octets_and_comes_back(number: int) -> None:
    encoded = ber.encode_value(ber.INTEGER, number)
    assert (number, len(encoded)) == ber.read_integer(encoded, 0, len(encoded), "number")
    content = encoded[2:]
    assert len(content) == 1 or content[:1] not in (b"\x00", b"\xff") or (content[0] ^ content[1]) & 0x80


@given(st.integers(0, 2**64 - 1))
def test_a_counter64_comes_back(number: int) -> None:
    assert number == ber.DECODERS[ber.COUNTER64](ber.encode_value(ber.COUNTER64, number)[2:])


@pytest.mark.parametrize(
    ("tag", "value"),
    [(ber.INTEGER, 2**31), (ber.COUNTER32, -1), (ber.COUNTER64, 2**64), (ber.IP_ADDRESS, b"\x01"), (ber.NULL, 1), (0x99, 1)],
)
def test_encoding_a_value_outside_its_type_is_our_own_error(tag: int, value: ber.Value) -> None:
    with pytest.raises(ValueError, match="is no"):
        ber.encode_value(tag, value)


@pytest.mark.parametrize("length", [0, 1, 127, 128, 255, 256, 65535])
def test_lengths_come_back(length: int) -> None:
    data = ber.encode_tlv(ber.OCTET_STRING, bytes(length))
    start, stop = ber.read_element(data, 0, len(data), ber.OCTET_STRING, "text")
    assert length == stop - start
    assert len(data) == stop


def test_a_length_in_needlessly_long_form_is_tolerated() -> None:
    data = b"\x04\x82\x00\x02ab"
    assert ber.read_element(data, 0, len(data), ber.OCTET_STRING, "text") == (4, 6)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x04\x80ab\x00\x00", "indefinite"),
        (b"\x04\x85\x00\x00\x00\x00\x01a", "length of 5 octets"),
        (b"\x04\x82\x00", "truncated"),
        (b"\x04\x05ab", "5 octets announced, 2 there"),
        (b"\x05\x02ab", "type 0x05 where 0x04 belongs"),
        (b"\x04", "truncated"),
        (b"", "missing"),
    ],
)
def test_a_damaged_element_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    with refused(reason):
        ber.read_element(data, 0, len(data), ber.OCTET_STRING, "text")
