"""The fast path reads what the plain decoder reads, and leaves to it whatever is not the plain answer."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.wire import ber, snmp
from monitor.wire.answers import Answered, Steady, read_answer
from monitor.wire.fault import MalformedError
from monitor.wire.oid import Oid
from tests.wire.test_ber import OIDS
from tests.wire.test_snmp import BOUND, UPTIME

ID = 0x12345678
OBJECTS: tuple[Oid, ...] = tuple((1, 3, 6, 1, 2, 1, 2, 2, 1, 10, index) for index in range(1, 6))
ASKED = snmp.prepare(snmp.V2C, b"wan", snmp.GET, OBJECTS)
Bound = tuple[int, ber.Value]
VALUES: tuple[Bound, ...] = (
    (ber.COUNTER32, 70_000),
    (ber.OCTET_STRING, b"ether1"),
    (ber.COUNTER64, 2**40),
    (ber.INTEGER, 2),
    (ber.NO_SUCH_INSTANCE, None),
)


def answer(bounds: tuple[Bound, ...], *, oids: tuple[Oid, ...] = OBJECTS, status: int = 0, request_id: int = ID) -> bytes:
    varbinds = tuple((oid, *bound) for oid, bound in zip(oids, bounds, strict=True))
    return snmp.encode(snmp.Message(snmp.V2C, b"wan", snmp.RESPONSE, request_id, status, 0, varbinds))


def by_decoder(data: bytes, asked: snmp.Request) -> Answered | None:
    """What the plain decoder makes of it, None where it is no plain answer to that question."""
    try:
        message = snmp.decode(data)
    except MalformedError:
        return None
    names = tuple(ber.encode_value(ber.OBJECT_IDENTIFIER, oid) for oid, _, _ in message.varbinds)
    opening = ber.encode_integer(message.version) + ber.encode_tlv(ber.OCTET_STRING, message.community)
    if (message.pdu, message.error_status, message.error_index, opening, names) != (
        snmp.RESPONSE,
        0,
        0,
        asked.opening,
        asked.names,
    ):
        return None
    return Answered(
        message.request_id, tuple(tag for _, tag, _ in message.varbinds), tuple(value for *_, value in message.varbinds)
    )


def with_value(tag: int, content: bytes) -> bytes:
    """An answer of VALUES whose first value has this content."""
    first = ber.encode_tlv(ber.SEQUENCE, ASKED.names[0] + ber.encode_tlv(tag, content))
    rest = (snmp.encode_varbind(oid, *bound) for oid, bound in zip(OBJECTS[1:], VALUES[1:], strict=True))
    return snmp.encode_answer(snmp.Message(snmp.V2C, b"wan", snmp.GET, ID, 0, 0, ()), (first, *rest))


@given(st.lists(st.tuples(OIDS, BOUND), max_size=8), st.integers(snmp.MIN_REQUEST_ID, snmp.MAX_REQUEST_ID))
def test_an_answer_reads_as_the_plain_decoder_reads_it(pairs: list[tuple[Oid, Bound]], request_id: int) -> None:
    oids, bounds = tuple(oid for oid, _ in pairs), tuple(bound for _, bound in pairs)
    asked = snmp.prepare(snmp.V2C, b"wan", snmp.GET, oids)
    data = answer(bounds, oids=oids, request_id=request_id)
    expected = by_decoder(data, asked)
    steady = Steady(asked)
    assert expected is not None
    # Names of very many octets and texts of 128 need lengths in long form, which are left to the plain decoder.
    has_long_form = any(len(snmp.encode_varbind(oid, *bound)) > 0x81 for oid, bound in pairs)
    assert [None if has_long_form else expected] * 3 == [read_answer(data, asked), steady.read(data), steady.read(data)]


@pytest.mark.parametrize("tag", sorted(ber.WIDTHS))
@pytest.mark.parametrize("size", range(11))
def test_a_number_of_any_size_reads_alike_before_and_after_its_layout_is_known(tag: int, size: int) -> None:
    beginnings = (b"", b"\0", b"\x7f", b"\x80", b"\xff")
    contents = {(first + fill * size)[:size] for first in beginnings for fill in (b"\0", b"\xff")}
    messages = [with_value(tag, content) for content in sorted(contents)]
    for learnt in messages:
        for data in messages:
            steady = Steady(ASKED)
            steady.read(learnt)
            assert by_decoder(data, ASKED) == steady.read(data)


@given(st.lists(st.tuples(*([st.integers(0, 2**64 - 1)] * 3)), min_size=2, max_size=6))
@settings(max_examples=50)
def test_counters_that_grow_wrap_and_restart_read_right_at_every_poll(polls: list[tuple[int, int, int]]) -> None:
    steady = Steady(ASKED)
    for wide, narrow, small in polls:
        bounds: tuple[Bound, ...] = (
            (ber.COUNTER64, wide),
            (ber.COUNTER32, narrow & 0xFFFFFFFF),
            (ber.GAUGE32, small & 0xFFFF),
            (ber.INTEGER, (small & 0xFFFFFFFF) - 2**31),
            (ber.TIME_TICKS, small & 0xFF),
        )
        for _ in range(2):
            read = steady.read(answer(bounds))
            assert read is not None
            assert tuple(value for _, value in bounds) == read.values


@given(st.data())
@settings(max_examples=200)
def test_a_damaged_answer_never_reads_otherwise_than_the_plain_decoder_reads_it(data: st.DataObject) -> None:
    steady = Steady(ASKED)
    octets = bytearray(answer(VALUES))
    steady.read(bytes(octets))
    for _ in range(data.draw(st.integers(1, 3))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    damaged = bytes(octets[: data.draw(st.integers(len(octets) - 2, len(octets)))])
    for read in (read_answer(damaged, ASKED), steady.read(damaged)):
        assert read is None or by_decoder(damaged, ASKED) == read


@pytest.mark.parametrize(
    "octets",
    [
        answer(VALUES, status=5),
        answer(VALUES[:4], oids=OBJECTS[:4]),
        answer((*VALUES, VALUES[0]), oids=(*OBJECTS, UPTIME)),
        answer(VALUES, oids=OBJECTS[::-1]),
        answer(VALUES)[:-1],
        answer(VALUES) + b"\0",
        answer(VALUES).replace(b"wan", b"lan"),
        ASKED.encode(ID),
        answer(VALUES, request_id=1),
        with_value(ber.COUNTER32, b"\x80"),
        b"",
        b"0",
    ],
)
def test_whatever_is_not_the_plain_answer_is_left_to_the_plain_decoder(octets: bytes) -> None:
    steady = Steady(ASKED)
    steady.read(answer(VALUES))
    assert read_answer(octets, ASKED) is None
    assert steady.read(octets) is None


def test_lengths_in_long_form_around_the_values_are_read_too() -> None:
    plain = answer(VALUES)
    bounds = b"".join(snmp.encode_varbind(oid, *bound) for oid, bound in zip(OBJECTS, VALUES, strict=True))
    listed = b"\x30\x82" + len(bounds).to_bytes(2, "big") + bounds
    inner = b"\x02\x04" + ID.to_bytes(4, "big") + b"\x02\x01\x00\x02\x01\x00" + listed
    pdu = b"\xa2\x82" + len(inner).to_bytes(2, "big") + inner
    whole = b"\x30\x83" + (len(ASKED.opening) + len(pdu)).to_bytes(3, "big") + ASKED.opening + pdu
    assert read_answer(plain, ASKED) == read_answer(whole, ASKED) == Steady(ASKED).read(whole)


def test_only_a_few_layouts_of_one_agent_are_kept() -> None:
    steady = Steady(ASKED)
    for size in range(60):
        octets = answer((*VALUES[:1], (ber.OCTET_STRING, bytes(size)), *VALUES[2:]))
        assert by_decoder(octets, ASKED) == steady.read(octets) == steady.read(octets)
    assert len(steady._layouts) <= 4
