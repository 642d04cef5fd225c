"""SNMP messages: both ways, against pysnmp as the oracle, and damaged."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyasn1.codec.ber import decoder as oracle_decoder
from pyasn1.codec.ber import encoder as oracle_encoder
from pysnmp.proto import api

from monitor.wire import ber, oid, snmp
from monitor.wire.fault import MalformedError
from monitor.wire.oid import Oid
from tests.wire.refusals import refused
from tests.wire.test_ber import OIDS
from tests.wire.trap_v1 import TrapV1, decode_trap_v1, encode_trap_v1

UNSIGNED = st.integers(0, 2**32 - 1)
BOUND: st.SearchStrategy[tuple[int, ber.Value]] = st.one_of(
    st.tuples(st.just(ber.INTEGER), st.integers(-(2**31), 2**31 - 1)),
    st.tuples(st.sampled_from((ber.COUNTER32, ber.GAUGE32, ber.TIME_TICKS)), UNSIGNED),
    st.tuples(st.just(ber.COUNTER64), st.integers(0, 2**64 - 1)),
    st.tuples(st.sampled_from((ber.OCTET_STRING, ber.OPAQUE)), st.binary(max_size=300)),
    st.tuples(st.just(ber.IP_ADDRESS), st.binary(min_size=4, max_size=4)),
    st.tuples(st.just(ber.OBJECT_IDENTIFIER), OIDS),
    st.tuples(st.sampled_from((ber.NULL, *sorted(ber.EXCEPTIONS))), st.none()),
)
VARBINDS = st.lists(st.tuples(OIDS, BOUND).map(lambda pair: (pair[0], *pair[1])), max_size=8).map(tuple)
MESSAGES = st.builds(
    snmp.Message,
    version=st.sampled_from((snmp.V1, snmp.V2C)),
    community=st.binary(max_size=40),
    pdu=st.sampled_from((snmp.GET, snmp.GET_NEXT, snmp.RESPONSE, snmp.SET, snmp.GET_BULK, snmp.INFORM, snmp.TRAP_V2, snmp.REPORT)),
    request_id=st.integers(-(2**31), 2**31 - 1),
    error_status=st.integers(0, 18),
    error_index=st.integers(0, 2**31 - 1),
    varbinds=VARBINDS,
)
TRAPS = st.builds(
    TrapV1,
    community=st.binary(max_size=40),
    enterprise=OIDS,
    agent_address=st.binary(min_size=4, max_size=4),
    generic=st.integers(0, 6),
    specific=st.integers(0, 2**31 - 1),
    uptime_ticks=UNSIGNED,
    varbinds=VARBINDS,
)
UPTIME: Oid = (1, 3, 6, 1, 2, 1, 1, 3, 0)


def _reason(read: Callable[[bytes], object], octets: bytes) -> str:
    """Return why octets were refused, 'read' where they were not; any other exception is the test's failure."""
    try:
        read(octets)
    except MalformedError as error:
        return str(error)
    return "read"


@given(MESSAGES)
def test_a_message_survives_its_encoding(message: snmp.Message) -> None:
    assert message == snmp.decode(snmp.encode(message))


@given(TRAPS)
def test_a_trap_of_version_1_survives_its_encoding_and_is_no_message(trap: TrapV1) -> None:
    octets = encode_trap_v1(trap)
    assert trap == decode_trap_v1(octets)
    with refused("v1 trap"):
        snmp.decode(octets)


def test_names_longer_than_usual_are_read_and_not_remembered() -> None:
    before = oid.usual_oid.cache_info().currsize
    for last in range(100):
        name = (1, 3, *[2**31] * 60, last)
        message = snmp.Message(snmp.V2C, b"wan", snmp.RESPONSE, 1, 0, 0, ((name, ber.OBJECT_IDENTIFIER, name),))
        assert message == snmp.decode(snmp.encode(message))
    assert before == oid.usual_oid.cache_info().currsize


@given(VARBINDS.filter(lambda bounds: all(tag not in ber.EXCEPTIONS for _, tag, _ in bounds)), st.binary(max_size=20), UNSIGNED)
@settings(max_examples=60, deadline=None)
def test_pyasn1_reads_what_we_encode_and_we_read_what_pyasn1_encodes(
    varbinds: tuple[snmp.VarBind, ...], community: bytes, number: int
) -> None:
    ours = snmp.Message(snmp.V2C, community, snmp.RESPONSE, number >> 1, 0, 0, varbinds)
    octets = snmp.encode(ours)
    theirs, rest = oracle_decoder.decode(octets, asn1Spec=api.PROTOCOL_MODULES[api.SNMP_VERSION_2C].Message())
    assert rest == b""
    assert ours == snmp.decode(oracle_encoder.encode(theirs))
    module = api.PROTOCOL_MODULES[api.SNMP_VERSION_2C].apiPDU
    bounds = module.get_varbinds(api.PROTOCOL_MODULES[api.SNMP_VERSION_2C].apiMessage.get_pdu(theirs))
    assert [name for name, _, _ in varbinds] == [tuple(name) for name, _ in bounds]
    for (_, tag, value), (_, read) in zip(varbinds, bounds, strict=True):
        if isinstance(value, int):
            assert value == int(read), tag
        elif isinstance(value, bytes):
            assert value == bytes(read), tag
        elif isinstance(value, tuple):
            assert value == tuple(read), tag


@given(st.binary(max_size=200))
def test_noise_is_refused_and_never_crashes(noise: bytes) -> None:
    assert _reason(snmp.decode, noise)


@given(MESSAGES, st.data())
@settings(max_examples=200)
def test_a_damaged_message_is_read_or_refused_and_never_crashes(message: snmp.Message, data: st.DataObject) -> None:
    octets = bytearray(snmp.encode(message))
    for _ in range(data.draw(st.integers(1, 3))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    damaged = bytes(octets[: data.draw(st.integers(0, len(octets)))])
    for read in (snmp.decode, decode_trap_v1):
        assert _reason(read, damaged)


@given(MESSAGES)
def test_every_truncation_is_refused(message: snmp.Message) -> None:
    octets = snmp.encode(message)
    for size in range(0, len(octets), max(1, len(octets) // 40)):
        with pytest.raises(MalformedError):
            snmp.decode(octets[:size])


def test_trailing_octets_are_refused() -> None:
    octets = snmp.encode(snmp.Message(snmp.V2C, b"c", snmp.RESPONSE, 1, 0, 0, ()))
    with refused("1 octet after the message"):
        snmp.decode(octets + b"\x00")


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        ("300b 020103 0401 63 a203 020101", "version 3"),
        ("300b 020101 0401 63 b003 020101", "unknown PDU type 0xb0"),
        ("3013 020101 0401 63 a20c 020101 020100 020100 3000", "12 octets announced, 11 there"),
        ("3018 020101 0401 63 a210 020101 020100 020100 3005 3003 0601 2b", "VarBind 1: value: missing or truncated|has no value"),
        ("301a 020101 0401 63 a212 020101 020100 020100 3007 3005 0601 2b 3f00", "unknown type 0x3f"),
        ("301a 020101 0401 63 a212 020101 020100 020100 3007 3005 0601 2b 0201", "VarBind 1: value: 1 octet announced, 0 there"),
        ("301b 020101 0401 63 a213 020101 020100 020100 3008 3006 0601 2b 0500 00", "VarBind 1: 1 octet after its value"),
        ("301a 020101 0401 63 a212 020101 020100 020100 3007 3009 0601 2b 0500", "VarBind 1: 9 octets announced, 5 there"),
    ],
)
def test_what_is_wrong_is_said(octets: str, reason: str) -> None:
    with refused(reason):
        snmp.decode(bytes.fromhex(octets))


@pytest.mark.parametrize("request_id", [snmp.MIN_REQUEST_ID, 0x12345678, snmp.MAX_REQUEST_ID])
@pytest.mark.parametrize("count", [0, 1, 10, 40])
def test_a_template_with_its_request_id_patched_in_is_the_message_itself(request_id: int, count: int) -> None:
    oids = [(1, 3, 6, 1, 2, 1, 2, 2, 1, 10, index) for index in range(1, count + 1)]
    template = snmp.prepare(snmp.V2C, b"wan", snmp.GET_BULK, oids, first=1, second=20)
    nulls = tuple((name, ber.NULL, None) for name in oids)
    assert snmp.encode(snmp.Message(snmp.V2C, b"wan", snmp.GET_BULK, request_id, 1, 20, nulls)) == template.encode(request_id)


def test_an_agent_answers_with_values_it_encoded_before() -> None:
    request = snmp.decode(snmp.prepare(snmp.V2C, b"wan", snmp.GET, [UPTIME]).encode(snmp.MAX_REQUEST_ID))
    answer = snmp.decode(snmp.encode_answer(request, [snmp.encode_varbind(UPTIME, ber.TIME_TICKS, 42)]))
    assert snmp.Message(snmp.V2C, b"wan", snmp.RESPONSE, snmp.MAX_REQUEST_ID, 0, 0, ((UPTIME, ber.TIME_TICKS, 42),)) == answer


def test_error_statuses_are_named_as_the_rfc_names_them() -> None:
    assert [snmp.status_name(status) for status in (0, 1, 2, 16, 99)] == [
        "noError",
        "tooBig",
        "noSuchName",
        "authorizationError",
        "error-status 99",
    ]
