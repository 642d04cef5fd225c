"""SIP messages: what we send, and what real stacks send back."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.wire.fault import MalformedError
from monitor.wire.sip import LONGEST, Options, RequestError, Response, is_keep_alive, parse_response, split_message
from tests.wire.refusals import refused

REQUEST = Options("udp", "10.2.17.20", 5060, "1715", "10.0.0.9", 40_000, "z9hG4bKab12", "call-1", "tag-1", 7)
ANSWER = (
    "SIP/2.0 200 OK\r\n"
    "Via: SIP/2.0/UDP 10.0.0.9:40000;branch=z9hG4bKab12;rport=40000;received=10.0.0.9\r\n"
    "From: <sip:monitor@10.0.0.9>;tag=tag-1\r\n"
    "To: <sip:1715@10.2.17.20>;tag=x\r\n"
    "Call-ID: call-1\r\n"
    "CSeq: 7 OPTIONS\r\n"
    "Server: PolycomStudioX50/4.1\r\n"
    "Content-Length: 0\r\n\r\n"
)
READ = Response(200, "OK", "z9hG4bKab12", "call-1", 7, "OPTIONS", "PolycomStudioX50/4.1", 0)


def parsed(text: str) -> Response:
    return parse_response(text.encode())


def test_a_request_has_everything_that_rfc_3261_section_8_1_1_and_11_1_ask_for() -> None:
    assert (
        b"OPTIONS sip:1715@10.2.17.20 SIP/2.0\r\n"
        b"Via: SIP/2.0/UDP 10.0.0.9:40000;branch=z9hG4bKab12;rport\r\n"
        b"Max-Forwards: 70\r\n"
        b"From: <sip:monitor@10.0.0.9>;tag=tag-1\r\n"
        b"To: <sip:1715@10.2.17.20>\r\n"
        b"Call-ID: call-1\r\n"
        b"CSeq: 7 OPTIONS\r\n"
        b"Contact: <sip:monitor@10.0.0.9:40000>\r\n"
        b"Accept: application/sdp\r\n"
        b"User-Agent: monitor\r\n"
        b"Content-Length: 0\r\n\r\n"
    ) == REQUEST.encode()


def test_a_request_over_tcp_to_another_port_and_an_ipv6_address_without_a_user() -> None:
    lines = replace(REQUEST, transport="tcp", host="fd00::14", port=5070, user="", local_host="fd00::1").encode().split(b"\r\n")
    assert b"OPTIONS sip:[fd00::14]:5070;transport=tcp SIP/2.0" == lines[0]
    assert b"Via: SIP/2.0/TCP [fd00::1]:40000;branch=z9hG4bKab12;rport" == lines[1]
    assert b"To: <sip:[fd00::14]>" in lines
    assert b"Contact: <sip:monitor@[fd00::1]:40000;transport=tcp>" in lines


def test_an_answer_is_read_and_answers_its_request() -> None:
    assert READ == parsed(ANSWER)
    assert READ.answers(REQUEST)


@pytest.mark.parametrize(
    "change",
    [{"branch": "z9hG4bKother"}, {"branch": ""}, {"call_id": "call-2"}, {"cseq": 8}, {"method": "INVITE"}, {"method": "options"}],
)
def test_an_answer_to_anything_else_answers_nothing(change: dict[str, object]) -> None:
    assert not replace(READ, **change).answers(REQUEST)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("line feeds alone", ANSWER.replace("\r\n", "\n")),
        ("both kinds of line ends", ANSWER.replace("\r\nC", "\nC")),
        ("empty lines in front", "\r\n\r\n" + ANSWER),
        ("no empty line at the end", ANSWER.removesuffix("\r\n\r\n")),
        ("odd case", ANSWER.replace("Via", "VIA").replace("CSeq", "cSEQ").replace("SIP/2.0/UDP", "sip/2.0/udp")),
        ("compact forms", ANSWER.replace("Via", "v").replace("Call-ID", "i").replace("Content-Length", "l")),
        ("blanks in front of the colon", ANSWER.replace("Call-ID:", "Call-ID  :").replace("CSeq:", "CSeq\t:")),
        ("a folded header", ANSWER.replace(";branch", "\r\n ;branch").replace("7 OPTIONS", "7\r\n\tOPTIONS")),
        ("lines that are no header", ANSWER.replace("From:", "?!\r\nno colon here\r\nspaced name: x\r\n: nameless\r\nFrom:")),
        ("the same Call-ID twice", ANSWER.replace("Call-ID: call-1\r\n", "Call-ID: call-1\r\ni: call-1\r\n")),
        ("several Vias in one line", ANSWER.replace("received=10.0.0.9", "received=10.0.0.9, SIP/2.0/TCP a;branch=z9hG4bKzz")),
        ("several Vias", ANSWER.replace("From:", "Via: SIP/2.0/TCP a;branch=z9hG4bKzz\r\nFrom:", 1)),
        ("a Via with quotes in it", ANSWER.replace(";branch", ';x="a;branch=b,\\"c";branch')),
        ("a parameter in another case", ANSWER.replace("branch=", "Branch = ")),
        ("User-Agent instead of Server", ANSWER.replace("Server:", "User-Agent:")),
    ],
)  # fmt: skip
def test_what_real_stacks_send_reads_the_same(what: str, text: str) -> None:
    assert READ == parsed(text), what


@pytest.mark.parametrize(
    ("line", "code", "phrase"),
    [
        ("SIP/2.0 486 Busy Here", 486, "Busy Here"),
        ("SIP/2.0 200", 200, ""),
        ("SIP/2.0 200 ", 200, ""),
        ("sip/2.0  404   Không tìm thấy", 404, "Không tìm thấy"),
        ("SIP/2.0 699 x\x07y" + "z" * 200, 699, "xy" + "z" * 118),
    ],
)
def test_a_status_line_needs_no_phrase(line: str, code: int, phrase: str) -> None:
    read = parsed(ANSWER.replace("SIP/2.0 200 OK", line))
    assert (code, phrase) == (read.code, read.phrase)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "does not begin with a status line of SIP/2.0"),
        ("HTTP/1.1 400 Bad Request\r\n\r\n", "does not begin with a status line of SIP/2.0"),
        (ANSWER.replace("200", "99", 1), "does not begin with a status line of SIP/2.0"),
        (ANSWER.replace("200", "700", 1), "does not begin with a status line of SIP/2.0"),
        (ANSWER.replace("SIP/2.0 200", "SIP/3.0 200"), "does not begin with a status line of SIP/2.0"),
        (ANSWER.replace("Call-ID: call-1\r\n", ""), "without call-id"),
        (ANSWER.replace("CSeq: 7 OPTIONS\r\n", ""), "without cseq"),
        (ANSWER.replace("7 OPTIONS", "OPTIONS"), "its cseq is no number and method"),
        (ANSWER.replace("Call-ID: call-1\r\n", "Call-ID: call-1\r\nCall-ID: call-2\r\n"), "two different call-id headers"),
        (ANSWER.replace("Length: 0", "Length: -1"), "its content-length is no number"),
        (ANSWER.replace("Length: 0", "Length: ٣"), "its content-length is no number"),
        (ANSWER + "x" * LONGEST, f"longer than {LONGEST:,} octets"),
    ],
)
def test_what_is_no_answer_is_refused_with_a_reason(text: str, reason: str) -> None:
    with refused(f"^{re.escape(reason)}$"):
        parsed(text)


def test_a_request_is_told_from_an_answer() -> None:
    with pytest.raises(RequestError):
        parse_response(REQUEST.encode())


@pytest.mark.parametrize("octets", [b"", b"\r\n\r\n", b"\0\0\0\0", b"\r\n\0 "])
def test_what_only_keeps_a_way_open_is_known(octets: bytes) -> None:
    assert is_keep_alive(octets)
    assert not is_keep_alive(octets + b"x")


# A stream


def body_of(size: int) -> bytes:
    return ANSWER.replace("Length: 0", f"Length: {size}").encode() + b"b" * size


@given(st.lists(st.integers(0, 200), min_size=1, max_size=4), st.integers(1, 64), st.booleans())
def test_messages_are_cut_out_of_a_stream_wherever_it_was_cut(sizes: list[int], step: int, has_line_ends: bool) -> None:
    messages = [body_of(size) for size in sizes]
    stream = (b"\r\n\r\n" if has_line_ends else b"").join([b"", *messages])
    found, waiting = [], b""
    for at in range(0, len(stream), step):
        waiting += stream[at : at + step]
        while (taken := split_message(waiting)) is not None:
            found.append(taken[0])
            waiting = taken[1]
    assert (messages, b"") == (found, waiting)


def test_a_message_without_a_length_has_no_body() -> None:
    bare = ANSWER.replace("Content-Length: 0\r\n", "").encode()
    assert (bare, b"SIP/") == split_message(bare + b"SIP/")


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        (b"x" * (LONGEST + 1), f"a head of more than {LONGEST:,} octets"),
        (body_of(0).replace(b"Length: 0", b"Length: 99999"), f"longer than {LONGEST:,} octets"),
        (body_of(0).replace(b"Length: 0", b"Length: 9999999999999"), f"longer than {LONGEST:,} octets"),
    ],
)
def test_a_stream_that_can_come_to_no_end_is_refused(octets: bytes, reason: str) -> None:
    with refused(f"^{reason}$"):
        split_message(octets)


# Any input

WORD = st.text("abcdefghijklmnopqrstuvwxyz0123456789-.", min_size=1, max_size=20)
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Zs", "Cf", "Co", "Cn"]), max_size=40)


@given(
    st.builds(Response, st.integers(100, 699), TEXT, WORD, WORD, st.integers(0, 2**31 - 1), st.just("OPTIONS"), TEXT), st.booleans()
)
def test_what_is_written_is_read_back(said: Response, is_compact: bool) -> None:
    via, call = ("v", "i") if is_compact else ("Via", "Call-ID")
    text = (
        f"SIP/2.0 {said.code} {said.phrase}\r\n{via}: SIP/2.0/TCP h;rport;branch={said.branch}\r\n{call}: {said.call_id}\r\n"
        f"CSeq: {said.cseq} {said.method}\r\nServer: {said.server}\r\n\r\n"
    )
    assert said == parsed(text)


@given(st.binary(max_size=300), st.integers(0, len(ANSWER)))
def test_any_octets_are_read_or_refused(octets: bytes, cut: int) -> None:
    for each in (octets, ANSWER.encode()[:cut] + octets, octets + ANSWER.encode()[cut:]):
        for read in (parse_response, split_message):
            with suppress(MalformedError):
                assert read(each) is None or each
