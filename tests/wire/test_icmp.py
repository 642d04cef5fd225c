"""ICMP messages, bytes to values and back."""

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.wire.icmp import REQUEST_BYTES, SLOT_BYTES, EchoCodec, build_error, checksum, parse_quoted_echo
from tests.wire.icmp_messages import (
    Echo,
    IcmpError,
    MalformedIcmp,
    Quote,
    build_echo,
    parse_icmp,
    parse_ipv4,
    parse_ipv6,
    parse_quote,
)

V6_ENDS = (bytes.fromhex("fd00") + bytes(13) + b"\1", bytes.fromhex("fd00") + bytes(13) + b"\2")
words = st.integers(0, 0xFFFF)


def ipv4(message: bytes, *, source: str = "10.0.0.1", destination: str = "10.2.17.1", protocol: int = 1, options: int = 0) -> bytes:
    ends = [bytes(map(int, address.split("."))) for address in (source, destination)]
    header = struct.pack("!BBHHHBBH", 0x45 + options, 0, 20 + 4 * options + len(message), 0, 0, 64, protocol, 0)
    return header + b"".join(ends) + bytes(4 * options) + message


def ipv6(message: bytes, next_header: int = 58) -> bytes:
    return struct.pack("!IHBB", 6 << 28, len(message), next_header, 64) + b"".join(V6_ENDS) + message


def plain_checksum(data: bytes) -> int:
    """RFC 1071, word by word, as its section 4.1 has it."""
    padded = data + bytes(len(data) % 2)
    total: int = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


@given(st.binary(min_size=1, max_size=100).filter(any))
def test_a_checksum_is_that_of_rfc_1071(data: bytes) -> None:
    assert plain_checksum(data) == checksum(data)


def test_the_checksum_of_rfc_1071s_example_is_right() -> None:
    assert 0xFFFF - 0xDDF2 == checksum(bytes.fromhex("0001f203f4f5f6f7"))


@pytest.mark.parametrize(("version", "ends"), [(4, None), (6, None), (6, V6_ENDS)])
@given(echo=st.builds(Echo, st.booleans(), words, words, st.binary(max_size=80)))
def test_an_echo_reads_back_as_it_was_built(version: int, ends: tuple[bytes, bytes] | None, echo: Echo) -> None:
    assert echo == parse_icmp(version, build_echo(version, echo, ends), ends)


def test_an_echo_request_worked_out_by_hand_reads_right() -> None:
    # 0x0800 + 0x1a2b + 0x0001 is 0x222c, whose complement is 0xddd3.
    message = bytes.fromhex("0800ddd31a2b00010000000000000000")
    assert Echo(False, 0x1A2B, 1, bytes(8)) == parse_icmp(4, message)


@pytest.mark.parametrize(
    ("version", "message", "reason"),
    [
        (4, b"", "too few"),
        (4, b"\0" * 7, "too few"),
        (4, build_echo(4, Echo(True, 1, 2, b"x"))[:-1] + b"y", "checksum"),
        (6, build_echo(6, Echo(True, 1, 2, b"x"), V6_ENDS)[:-1] + b"y", "checksum"),
        (4, build_error(4, 0, 1, b"abcd"), "code 1"),
        (4, build_error(4, 5, 0, b"abcd"), "neither"),
        (6, build_error(6, 135, 0, b"abcd", ends=V6_ENDS), "neither"),
    ],
)
def test_what_is_malformed_is_refused_with_a_reason(version: int, message: bytes, reason: str) -> None:
    with pytest.raises(MalformedIcmp, match=reason):
        parse_icmp(version, message, V6_ENDS if version == 6 else None)


@pytest.mark.parametrize("kept", [8, 12, 64])
def test_an_error_tells_whose_request_it_quotes_even_from_eight_bytes(kept: int) -> None:
    request = build_echo(4, Echo(False, 7, 8, bytes(56)))
    error = parse_icmp(4, build_error(4, 3, 1, ipv4(request[:kept], options=1)))
    assert IcmpError(3, 1, None, Quote("10.0.0.1", "10.2.17.1", 7, 8, request[8:kept])) == error


def test_an_ipv6_error_tells_whose_request_it_quotes() -> None:
    request = build_echo(6, Echo(False, 7, 8, b""), V6_ENDS)
    error = parse_icmp(6, build_error(6, 1, 3, ipv6(request), ends=V6_ENDS), V6_ENDS)
    assert IcmpError(1, 3, None, Quote("fd00::1", "fd00::2", 7, 8, b"")) == error


@pytest.mark.parametrize(
    ("version", "kind", "code", "mtu", "expected"),
    [(4, 3, 4, 1400, 1400), (4, 3, 4, 0, None), (4, 3, 1, 1400, None), (6, 2, 0, 1280, 1280), (6, 1, 0, 1280, None)],
)
def test_the_next_hops_mtu_is_read_where_the_type_carries_one(
    version: int, kind: int, code: int, mtu: int, expected: int | None
) -> None:
    error = parse_icmp(version, build_error(version, kind, code, b"", mtu=mtu))
    assert isinstance(error, IcmpError)
    assert expected == error.mtu


@pytest.mark.parametrize(
    ("version", "quoted"),
    [
        (4, b""),
        (4, ipv4(b"\x08\0\0\0\0\1\0")),
        (4, ipv4(build_echo(4, Echo(True, 1, 2, b"")))),
        (4, ipv4(build_echo(4, Echo(False, 1, 2, b"")), protocol=17)),
        (4, b"\x4f" + ipv4(b"")[1:]),
        (4, ipv4(b"")[:6] + b"\0\x10" + ipv4(build_echo(4, Echo(False, 1, 2, b"")))[8:]),
        (6, ipv6(build_echo(6, Echo(False, 1, 2, b"")), next_header=17)),
        (6, ipv4(build_echo(4, Echo(False, 1, 2, b"")))),
    ],
)
def test_a_quote_of_anything_but_an_echo_request_is_none(version: int, quoted: bytes) -> None:
    assert parse_quote(version, quoted) is None


@given(st.binary(max_size=120), st.sampled_from([4, 6]))
def test_any_bytes_either_read_or_are_refused(data: bytes, version: int) -> None:
    with contextlib.suppress(MalformedIcmp):
        parse_icmp(version, data)
    with contextlib.suppress(MalformedIcmp):
        (parse_ipv4 if version == 4 else parse_ipv6)(data)
    parse_quote(version, data)
    parse_quoted_echo(version, data)
    EchoCodec(version, 7).reply(data)
    slot = memoryview(data[:SLOT_BYTES].ljust(SLOT_BYTES, b"\0"))
    for has_ip_header in (False, True):
        EchoCodec(version, 7, has_ip_header=has_ip_header).replies(slot, [len(data)])


def written(codec: EchoCodec, *numbers: tuple[int, int]) -> list[bytes]:
    """Return requests of these sequences and cookies."""
    requests = bytearray(codec.blank() * len(numbers))
    codec.write(requests, [sequence for sequence, _ in numbers], [cookie for _, cookie in numbers])
    return [bytes(requests[at : at + REQUEST_BYTES]) for at in range(0, len(requests), REQUEST_BYTES)]


def read(codec: EchoCodec, *packets: bytes) -> list[tuple[int, int] | None]:
    """Return what a batch of packets says."""
    slots = b"".join(packet[:SLOT_BYTES].ljust(SLOT_BYTES, b"\xee") for packet in packets)
    return codec.replies(memoryview(slots), [len(packet) for packet in packets])


@given(st.sampled_from([4, 6]), words, st.lists(st.tuples(words, st.integers(0, 2**64 - 1)), min_size=1, max_size=3))
def test_the_fast_path_writes_what_the_plain_one_reads(version: int, ident: int, numbers: list[tuple[int, int]]) -> None:
    codec = EchoCodec(version, ident)
    replies = []
    for request, (sequence, cookie) in zip(written(codec, *numbers), numbers, strict=True):
        if version == 4:
            echo = parse_icmp(4, request)
            assert isinstance(echo, Echo)
            assert (False, ident, sequence) == (echo.is_reply, echo.ident, echo.sequence)
            assert cookie.to_bytes(8, "big") == echo.payload[:8]
        replies.append(build_echo(version, Echo(True, ident, sequence, request[8:])))
        assert (sequence, cookie) == codec.reply(replies[-1])
        assert (sequence, cookie) == codec.reply(b"some header" + replies[-1], 11)
    assert numbers == read(codec, *replies)
    assert numbers == read(EchoCodec(version, ident, has_ip_header=True), *(ipv4(reply) for reply in replies))


def test_the_fast_path_takes_nothing_but_echo_replies_to_its_id() -> None:
    codec = EchoCodec(4, 7)
    good = build_echo(4, Echo(True, 7, 1, bytes(56)))
    refused = (
        b"",
        good[:15],
        good[:-1] + b"\1",
        build_echo(4, Echo(True, 8, 1, bytes(56))),
        build_echo(4, Echo(False, 7, 1, bytes(56))),
        build_error(4, 3, 1, ipv4(written(codec, (1, 2))[0])),
        build_echo(4, Echo(True, 7, 1, b"\1" * SLOT_BYTES)),
    )
    assert (1, 0) == codec.reply(good)
    assert [None] * len(refused) == [codec.reply(message[:SLOT_BYTES]) for message in refused]
    assert [(1, 0), *[None] * len(refused), (1, 0)] == read(codec, good, *refused, good)


def test_replies_with_ip_options_or_less_payload_are_read_and_cut_or_changed_ones_are_not() -> None:
    codec = EchoCodec(4, 7, has_ip_header=True)
    whole = build_echo(4, Echo(True, 7, 1, written(codec, (1, 2))[0][8:]))
    short = build_echo(4, Echo(True, 7, 1, (2).to_bytes(8, "big") + bytes(4)))
    changed = whole[:40] + b"\xff" + whole[41:]
    packets = (ipv4(whole), ipv4(whole, options=3), ipv4(short), ipv4(whole)[:-1], ipv4(changed), ipv4(whole)[:9])
    assert [(1, 2), (1, 2), (1, 2), None, None, None] == read(codec, *packets)
