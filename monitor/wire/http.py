"""One HTTP/1.1 request and its response, bytes to values and back (RFC 9112), bounded in every direction.

Tolerant of what small web servers send (bare line feeds, HTTP/1.0, no length at all), strict where that would let one of them make
us wait or keep more than we asked for.
"""

from __future__ import annotations

import base64
import re

from monitor.wire.fault import MalformedError

LONGEST_HEAD = 32_768
_MOST_FIELDS = 200
_MOST_INTERIM = 5
_STATUS = re.compile(rb"HTTP/1\.[0-9] +([1-9][0-9]{2})(?: (.*))?")
_LENGTH = re.compile(rb"[0-9]{1,12}")
_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;.*)?")
_LONGEST_LINE = 4096


def get(host: str, path: str, user: str = "", password: str = "") -> bytes:
    """Return a GET request for which the connection closes after the answer. user: '' for no authentication (RFC 7617)."""
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: [{host}]" if ":" in host else f"Host: {host}",
        "User-Agent: monitor",
        "Accept: */*",
        "Accept-Encoding: identity",
        "Connection: close",
    ]
    if user:
        lines.append("Authorization: Basic " + base64.b64encode(f"{user}:{password}".encode()).decode())
    return "\r\n".join((*lines, "", "")).encode()


class ResponseReader:
    """A response as it comes in; feed() it what arrives, then end() it.

    code, phrase, server: of its head, None and '' before that is there. body: what there is of it, decoded. is_complete: nothing
    more is needed. most: octets of a body at most; None: the head alone is of interest.
    """

    def __init__(self, most: int | None) -> None:
        self.code: int | None = None
        self.phrase = ""
        self.server = ""
        self.body = bytearray()
        self.is_complete = False
        self._most = most
        self._buffer = bytearray()
        self._searched = 0
        self._interim = 0
        self._left: int | None = None
        self._is_chunked = False
        self._wants_size = True

    def feed(self, data: bytes) -> None:
        """Take what has come. Raises MalformedError where it is no response, or a larger one than permitted."""
        if self.is_complete:
            return
        self._buffer += data
        while self.code is None:
            if not self._read_head():
                return
        if not self.is_complete:
            self._read_body()

    def end(self) -> None:
        """Take that nothing more comes. Raises MalformedError where more was promised."""
        if self.is_complete:
            return
        if self.code is None:
            raise MalformedError("closed_in_head" if self._buffer else "closed_unanswered")
        if self._is_chunked or self._left:
            raise MalformedError("closed_in_body")
        self.is_complete = True

    def _read_head(self) -> bool:
        """Read one head, an interim one (1xx) perhaps; return whether there was one."""
        if len(self._buffer) >= 5 and not self._buffer.startswith(b"HTTP/"):
            raise MalformedError("no_http")
        begin = max(self._searched - 3, 0)
        self._searched = len(self._buffer)
        ends = [at for at in (self._buffer.find(b"\r\n\r\n", begin), self._buffer.find(b"\n\n", begin)) if at >= 0]
        end = min(ends, default=len(self._buffer))
        if end > LONGEST_HEAD:
            raise MalformedError("long_head", most=LONGEST_HEAD)
        if not ends:
            return False
        self._searched = 0
        head = bytes(self._buffer[:end])
        del self._buffer[: end + (4 if self._buffer[end : end + 1] == b"\r" else 2)]
        lines = head.replace(b"\r\n", b"\n").split(b"\n")
        match = _STATUS.fullmatch(lines[0])
        if match is None:
            raise MalformedError("no_http")
        if match[1].startswith(b"1"):
            self._interim += 1
            if self._interim > _MOST_INTERIM:
                raise MalformedError("endless_interim")
            return True
        self._read_fields(lines[1:])
        self.code, self.phrase = int(match[1]), _text(match[2] or b"")
        if self._most is None or self.code in (204, 304) or (self._left == 0 and not self._is_chunked):
            self.is_complete = True
        return True

    def _read_fields(self, lines: list[bytes]) -> None:
        if len(lines) > _MOST_FIELDS:
            raise MalformedError("many_fields", most=_MOST_FIELDS)
        lengths: set[bytes] = set()
        for line in lines:
            name, _, value = line.partition(b":")
            value = value.strip()
            match name.strip().lower():
                case b"server":
                    self.server = _text(value)
                case b"content-length":
                    lengths.add(value)
                case b"transfer-encoding" if value.lower() != b"identity":
                    if value.lower() != b"chunked":
                        raise MalformedError("transfer_encoding", value=_text(value))
                    self._is_chunked = True
                case b"content-encoding" if value.lower() not in (b"identity", b"") and self._most is not None:
                    raise MalformedError("content_encoding", value=_text(value))
        if lengths and not self._is_chunked:
            (length,) = lengths if len(lengths) == 1 else (b"",)
            if not _LENGTH.fullmatch(length):
                raise MalformedError("no_content_length")
            self._left = int(length)
            self._check(self._left)

    def _check(self, size: int) -> None:
        if self._most is not None and size > self._most:
            raise MalformedError("long_body", most=self._most)

    def _read_body(self) -> None:
        if self._is_chunked:
            while self._read_chunk():
                pass
            return
        part = self._buffer if self._left is None else self._buffer[: self._left]
        self._check(len(self.body) + len(part))
        self.body += part
        if self._left is not None:
            self._left -= len(part)
            self.is_complete = self._left == 0
        self._buffer.clear()

    def _read_chunk(self) -> bool:
        """Read a chunk's size, or as much of its data as there is; return whether there may be more to read."""
        if self._wants_size:
            end = self._buffer.find(b"\n")
            if end < 0:
                if len(self._buffer) > _LONGEST_LINE:
                    raise MalformedError("chunk_without_size")
                return False
            line = bytes(self._buffer[:end]).rstrip(b"\r")
            del self._buffer[: end + 1]
            if not line and self._left == 0:
                return True
            match = _CHUNK.fullmatch(line)
            if match is None:
                raise MalformedError("chunk_without_size")
            self._left = int(match[1], 16)
            self._check(len(self.body) + self._left)
            self.is_complete = self._left == 0
            self._wants_size = self._left == 0
            return not self.is_complete
        assert self._left is not None
        part = self._buffer[: self._left]
        self.body += part
        self._left -= len(part)
        del self._buffer[: len(part)]
        self._wants_size = self._left == 0
        return self._wants_size


def _text(octets: bytes) -> str:
    """Return what a device wrote, fit to be shown: one line of at most 100 letters."""
    return "".join(letter if letter.isprintable() else "?" for letter in octets[:100].decode("latin-1")).strip()
