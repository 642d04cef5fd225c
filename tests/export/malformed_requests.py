"""Requests that no browser sends, made from a seed: octets at random, damaged requests, and well-formed ones that ask nonsense."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any
from urllib.parse import quote

from tests.export import sample
from tests.fuzz import mutation

_GETS = (
    "/", "/targets/ID", "/card/ID", "/runbooks", "/docs/runbooks.md", "/meetings", "/meetings/ID", "/meetings/ID/endpoints/ID",
    "/meetings/ID/report.html", "/meetings/ID/sealed.xlsx", "/metrics", "/-/healthy", "/-/ready", "/api/v1/targets",
    "/api/v1/targets/ID", "/api/v1/events", "/api/v1/stream", "/api/v1/sd", "/api/v1/meetings", "/api/v1/meetings/ID",
    "/api/v1/acknowledgements", "/api/v1/maintenance", "/static/ID", "/nothing/ID",
)  # fmt: skip
_POSTS = (
    "/-/reload", "/api/v1/poll", "/api/v1/meetings/ID/check", "/api/v1/meetings/ID/endpoints/ID/good",
    "/api/v1/meetings/ID/endpoints/ID/fault", "/api/v1/acknowledgements", "/api/v1/acknowledgements/withdraw",
    "/api/v1/maintenance", "/api/v1/maintenance/end",
)  # fmt: skip
_METHODS = ("HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "get", "G E T", "PROPFIND", "", "\x00", "X" * 9000)
_PARAMETERS = ("since", "limit", "lang", "page", "id", "parts", "kind", "level", "area", "profile", "tag", "port", "of", "other")
_SNARES = (
    "", "0", "-1", "1", "1e400", "-1e400", "nan", "inf", "-inf", "1" * 4000, "10" * 5, str(10**9), "0x10", "1_000", "²", "２", "٣",
    "9999-12-31T23:59:59-14:00", "9999-12-31T23:59", "0001-01-01T00:00:00+14:00", "2026-11-30T07:00:00+07:00", "2026-02-30T00:00",
    "253402300800", "1e18", "-62135596801", "24:00", "23:59", "9" * 400 + "h", "2h", "31d", "0s", "-1h", "1e9d", "vi", "en", "VI",
    "next", "all", "ID", "point", "district", "monitor", "..", "../../../etc/passwd", "<script>", "{}", "${x}", "%", "a\x00b",
    "\ud800", "\udcff", "\u202e", "\ufeff", "Đồng Văn", "💥", "\r\nX: y", "a" * 3000, "'", '"', "\\", "area:", "area:huyen-1", "|",
    "0.5.5",
)  # fmt: skip
_TARGETS = (*sample.inventory().targets, "huyen-1", "m", "giao-ban")
_FIELDS = ("targets", "target", "by", "note", "covers", "for", "from", "reason", "work", "on_site", "camera", "sound")
_FORMS: Mapping[str, Sequence[str]] = {
    "/api/v1/poll": ("targets",),
    "/api/v1/acknowledgements": ("target", "by", "note"),
    "/api/v1/acknowledgements/withdraw": ("target", "by"),
    "/api/v1/maintenance": ("covers", "for", "from", "reason", "by"),
    "/api/v1/maintenance/end": ("work", "by"),
}
_RAW_JSON = (
    b"[" * 100_000, b'{"a":' * 30_000, b"9" * 5_000, b"1e999", b"NaN", b"[1,", b"\xff\xfe{\x00}\x00", b"\xef\xbb\xbf{}", b"",
    b"null", b'"\\ud800"', b'{"targets": [' + b"1" * 5000 + b"]}", b'{"by": "a", "by": "b"}', b"{" * 999, b"\x00" * 999,
    b"[" * 9000 + b"]" * 9000, b" " * 300_000, b'{"note": "' + b"\xc3\x28" + b'"}',
)  # fmt: skip
_HEADERS = (
    b"Content-Type: application/json; charset=nonesuch", b"Content-Type: application/json; charset=utf-16",
    b"Content-Type: \xff\xfe", b"Content-Type: multipart/form-data; boundary=", b"Content-Type: text/plain; charset=\xe9",
    b"Content-Encoding: gzip", b"Content-Encoding: deflate", b"Content-Encoding: br", b"Content-Encoding: zstd",
    b"Content-Encoding: x", b"Content-Length: -1", b"Content-Length: +5", b"Content-Length: 99999999999999999999",
    b"Content-Length: 5, 5", b"Content-Length: x", b"Transfer-Encoding: gzip", b"Transfer-Encoding: chunked, chunked",
    b"Transfer-Encoding: \x0bchunked", b"Expect: 100-continue", b"Expect: nothing", b"Connection: upgrade\r\nUpgrade: websocket",
    b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings", b"Connection: close", b"Connection: keep-alive, \xff",
    b"Cookie: lang=\xff; theme=\x01; by=%ED%A0%80", b"Cookie: lang=en; by=%00%FF", b"Cookie: " + b"a=b; " * 1500,
    b'Cookie: lang="; by="\\777', b"Cookie: ;;;===", b"X: " + b"y" * 9000, b"X" * 9000 + b": y", b"X : y", b"X\x00: y",
    b"X: y\x00z", b": y", b"no colon", b" folded: x", b"\tX: y", b"X: y\r", b"Host: a\r\nHost: b", b"Host: \xff\xfe", b"Host:",
    b"Host: [::1", b"Accept: text/html", b"Accept: text/html\r\nCookie: lang=en", b"Accept: \xff", b"Accept-Encoding: gzip;q=x",
    b"Accept-Encoding: identity;q=0, *;q=0", b"Accept: application/openmetrics-text", b"Range: bytes=0-,-1,9999999999999-",
    b"If-None-Match: *", b'If-None-Match: "\xff', b"If-Modified-Since: Fri, 31 Dec 9999 23:59:59 GMT",
    b"If-Modified-Since: Mon, 99 Foo -001 99:99:99", b"Origin: http://[", b"Origin: null", b"Origin: \xff",
    b"X-Forwarded-For: \xff", b"Authorization: Basic \xff", b"Last-Event-ID: \x01",
    b"Sec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\nUpgrade: websocket",
)  # fmt: skip
_CHUNKS = (
    b"zz\r\n", b"-5\r\nabc\r\n", b"FFFFFFFFFFFFFFFFF\r\nx\r\n", b"5\r\nab\r\n0\r\n\r\n",
    b"5;x=" + b"y" * 9000 + b"\r\nabcde\r\n0\r\n\r\n", b"2\r\n{}\r\n0\r\nX: y\r\n\r\n",
    b"2\r\n{}\r\n0\r\n" + b"X: y\r\n" * 300 + b"\r\n", b"2\n{}\n0\n\n", b"0\r\n\r\n", b"2\r\n{}", b"0x2\r\n{}\r\n0\r\n\r\n",
)  # fmt: skip
_OTHER_PROTOCOLS = (
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"GET /\r\n", b"GET / HTTP/9.9\r\n\r\n",
    b"GET / HTTP/1.1 x\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n", b"\r\n" * 200, b"\x00" * 500, b"OPTIONS sip:x SIP/2.0\r\n\r\n",
    b"*1\r\n$4\r\nPING\r\n", b"GET http://elsewhere.example/ HTTP/1.1\r\nHost: x\r\n\r\n", b"CONNECT a:443 HTTP/1.1\r\n\r\nxxxx",
    b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", b"GET //// HTTP/1.1\r\n\r\n", b"GET ? HTTP/1.1\r\n\r\n",
    b"GET /?a=b HTTP/1.0\r\n\r\n", b"POST /-/reload HTTP/1.0\r\n\r\n", b"GET http://[::1/ HTTP/1.1\r\n\r\n",
    b"GET /targets/%zz HTTP/1.1\r\nAccept: text/html\r\n\r\n", b"GET /\xff\xfe HTTP/1.1\r\nAccept: text/html\r\n\r\n",
)  # fmt: skip


def request(number: int, seed: int, origin: str) -> bytes:
    """Return the request of a number; the same of the same seed."""
    random = Random(f"{seed} {number}")
    kind = random.random()
    if kind < 0.05:
        return random.randbytes(random.randrange(2000))
    if kind < 0.12:
        return random.choice(_OTHER_PROTOCOLS)
    found = _semi_valid(random, origin)
    return mutation.octets(found, _semi_valid(random, origin), random) if kind < 0.35 else found


def _semi_valid(random: Random, origin: str) -> bytes:
    is_change = random.random() < 0.45
    path = random.choice(_POSTS if is_change else _GETS)
    method = random.choice(_METHODS) if random.random() < 0.07 else "POST" if is_change else "GET"
    headers = [b"Host: " + origin.removeprefix("http://").encode()]
    if random.random() < 0.9:
        headers.append(b"Origin: " + origin.encode())
    body = b""
    if is_change or random.random() < 0.1:
        body = _body(random, path)
        if random.random() < 0.15:
            headers.append(b"Transfer-Encoding: chunked")
            body = random.choice(_CHUNKS) if random.random() < 0.7 else b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
        else:
            if random.random() < 0.1:
                headers.append(b"Content-Encoding: gzip")
                body = gzip.compress(body, 1, mtime=0)[: random.choice((None, -3, 20))]
            wrong = random.choice((-3, 7)) if random.random() < 0.05 else 0
            headers.append(f"Content-Length: {max(0, len(body) + wrong)}".encode())
    for _ in range(random.choice((0, 0, 1, 1, 2))):
        headers.insert(random.randrange(len(headers) + 1), random.choice(_HEADERS))
    if random.random() < 0.02:
        headers += [b"X-%d: y" % number for number in range(300)]
    line = f"{method} {_path(random, path)}{_query(random)} ".encode(errors="surrogatepass") + random.choice(
        (b"HTTP/1.1",) * 9 + (b"HTTP/1.0",)
    )
    return b"\r\n".join((line, *headers, b"", body))


def _path(random: Random, path: str) -> str:
    while "ID" in path:
        path = (
            path.replace("ID", _escaped(random, _value(random)), 1)
            if random.random() < 0.6
            else path.replace("ID", random.choice(_TARGETS), 1)
        )
    return path


def _query(random: Random) -> str:
    if random.random() < 0.4:
        return ""
    pairs = (
        f"{_escaped(random, random.choice(_PARAMETERS))}={_escaped(random, _value(random))}"
        for _ in range(random.choice((1, 1, 2, 3)))
    )
    return "?" + "&".join(pairs)


def _value(random: Random) -> str:
    return random.choice(_TARGETS if random.random() < 0.3 else _SNARES).replace("ID", "xa-1-1")


def _escaped(random: Random, text: str) -> str:
    match random.randrange(6):
        case 0:
            return "".join(letter for letter in text if letter not in " \r\n?#/ID")
        case 1:
            return quote(text, safe="", errors="surrogatepass") + random.choice(
                ("%00", "%ff%fe", "%ed%a0%80", "%", "%zz", "%c0%af")
            )
        case _:
            return quote(text, safe="", errors="surrogatepass")


def _body(random: Random, path: str) -> bytes:
    if random.random() < 0.25:
        return random.choice(_RAW_JSON)
    fields = _FORMS.get(path, _FIELDS) if random.random() < 0.85 else random.sample(_FIELDS, random.randrange(1, 5))
    content: Any = {name: _usual(random, name) if random.random() < 0.7 else _odd(random, 3) for name in fields}
    return json.dumps(content).encode()


def _usual(random: Random, name: str) -> object:
    match name:
        case "targets" | "covers":
            return [random.choice(_TARGETS) for _ in range(random.randrange(4))]
        case "target":
            return random.choice(_TARGETS)
        case "for":
            return random.choice(("2h", "31d", "1m", _value(random)))
        case "from":
            return random.choice(("", "22:00", "2026-11-30T22:00", "9999-12-31T23:59", "0001-01-01T00:00+14:00", _value(random)))
        case "work":
            return random.choice(("1", "2", _value(random)))
        case _:
            return random.choice(("Ca trực", "on", _value(random)))


def _odd(random: Random, depth: int) -> object:
    match random.randrange(6 if depth else 4):
        case 0:
            return _value(random)
        case 1:
            return random.choice((0, -1, 1, 10**30, 10**400, -0.0, 1e308, float("nan"), float("inf"), 0.5))
        case 2:
            return random.choice((None, True, False, [], {}))
        case 3:
            return random.choice(_SNARES) * random.choice((1, 30))
        case 4:
            return {_value(random): _odd(random, depth - 1) for _ in range(random.randrange(3))}
        case _:
            return [_odd(random, depth - 1) for _ in range(random.randrange(4))]
