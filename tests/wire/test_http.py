"""Responses of web servers, good and hostile, in whatever pieces they come."""

import pytest

from monitor.wire.http import LONGEST_HEAD, ResponseReader, get
from tests.wire.refusals import refused

OK = b"HTTP/1.1 200 OK\r\n"
MOST = 1000


def read(*parts: bytes, most: int | None = MOST) -> ResponseReader:
    """Return the reader once all parts have come and the connection was closed."""
    reader = ResponseReader(most)
    for part in parts:
        reader.feed(part)
    reader.end()
    return reader


def test_a_request_asks_for_one_answer_that_is_neither_packed_nor_kept_open() -> None:
    assert get("10.2.17.20", "/status.xml").split(b"\r\n") == [
        b"GET /status.xml HTTP/1.1",
        b"Host: 10.2.17.20",
        b"User-Agent: monitor",
        b"Accept: */*",
        b"Accept-Encoding: identity",
        b"Connection: close",
        b"",
        b"",
    ]
    assert b"Host: [fd00::1]\r\n" in get("fd00::1", "/")


def test_a_login_is_written_as_rfc_7617_has_it() -> None:
    # The example of RFC 7617 section 2.1, whose password is not in ASCII.
    assert b"Authorization: Basic dGVzdDoxMjPCow==\r\n" in get("codec", "/", "test", "123£")


@pytest.mark.parametrize(
    ("response", "code", "phrase", "body"),
    [
        (OK + b"Content-Length: 4\r\n\r\nbodyand more", 200, "OK", b"body"),
        (OK + b"Content-Length: 0\r\n\r\n", 200, "OK", b""),
        (OK + b"\r\nuntil it is closed", 200, "OK", b"until it is closed"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n3;x=y\r\n123\r\n0\r\nTrailer: x\r\n\r\n", 200, "OK", b"body123"),
        (OK + b"transfer-encoding:CHUNKED\r\nContent-Length: 99999\r\n\r\n 2 \r\nab\r\n0\r\n\r\n", 200, "OK", b"ab"),
        (b"HTTP/1.0 404 Not Found\n\nnothing", 404, "Not Found", b"nothing"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 1\r\n\r\nx", 200, "OK", b"x"),
        (b"HTTP/1.1 204\r\n\r\n", 204, "", b""),
    ],
)
def test_a_response_is_read_whole_or_octet_by_octet(response: bytes, code: int, phrase: str, body: bytes) -> None:
    for reader in (read(response), read(*(response[at : at + 1] for at in range(len(response))))):
        assert (code, phrase, body) == (reader.code, reader.phrase, bytes(reader.body))


def test_what_a_device_calls_itself_can_be_shown() -> None:
    reader = read(b"HTTP/1.1 503 \x1b[31mRed\r\nServer: nginx\x00\x07" + b"x" * 200 + b"\r\n\r\n", most=None)
    assert ("?[31mRed", "nginx??" + "x" * 93) == (reader.phrase, reader.server)


def test_of_a_page_the_head_suffices() -> None:
    reader = ResponseReader(None)
    reader.feed(OK + b"Content-Length: 999999999999\r\nContent-Encoding: gzip\r\n\r\n")
    assert reader.is_complete
    reader.feed(b"x" * 5000)
    assert not reader.body


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (b"", "the connection was closed without an answer"),
        (b"HTT", "closed within the head"),
        (OK, "closed within the head"),
        (b"SSH-2.0-dropbear\r\n", "no HTTP response"),
        (b"<html>\r\n\r\n", "no HTTP response"),
        (b"HTTP/2 200\r\n\r\n", "no HTTP response"),
        (b"HTTP/1.1 2000 OK\r\n\r\n", "no HTTP response"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * (LONGEST_HEAD + 1), "a head of more than 32,768 octets"),
        (OK + b"a: b\r\n" * 300 + b"\r\n", "more than 200 fields"),
        (b"HTTP/1.1 102 Wait\r\n\r\n" * 9, "interim responses without end"),
        (OK + b"Content-Length: 1001\r\n\r\n", "a body of more than 1000 octets"),
        (OK + b"Content-Length: -1\r\n\r\n", "a content length that is none"),
        (OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", "a content length that is none"),
        (OK + b"Content-Length: 10\r\n\r\nshort", "closed within the body"),
        (OK + b"\r\n" + b"x" * 1001, "a body of more than 1000 octets"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n3E9\r\n", "a body of more than 1000 octets"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 1001, "a body of more than 1000 octets"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n-4\r\n", "a chunk without a size"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"0" * 5000, "a chunk without a size"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n4\r\nbo", "closed within the body"),
        (OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n", "transfer encoding 'gzip, chunked'"),
        (OK + b"Content-Encoding: gzip\r\n\r\n", "content encoding 'gzip'"),
    ],
)
def test_what_is_no_response_or_too_large_is_refused_with_the_reason(response: bytes, reason: str) -> None:
    with refused(reason):
        read(response)
    with refused(reason):
        read(*(response[at : at + 7] for at in range(0, len(response), 7)))
