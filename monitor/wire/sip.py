"""SIP (RFC 3261): an OPTIONS request to octets, what answers it from octets, and where a message ends in a stream. No sockets.

What is compared to know an answer (the topmost Via's branch, Call-ID, CSeq) is read strictly. All else is taken as real stacks send
it: compact and oddly written names, folded lines, line feeds alone, a status line without a phrase, lines that are no header.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from monitor.wire.fault import MalformedError

PORT = 5060
LONGEST = 65_535
"""Octets of a message, headers and body; what is longer is refused."""
COOKIE = "z9hG4bK"
"""With what a branch begins (section 8.1.1.7)."""
_AGENT = "monitor"
_LONGEST_TEXT = 120

_COMPACT = {"v": "via", "i": "call-id", "l": "content-length", "f": "from", "t": "to"}
"""Section 7.3.3, of what is read here."""
_ONCE = frozenset(("call-id", "cseq", "content-length"))
_STATUS = re.compile(r"SIP[ \t]*/[ \t]*2\.0[ \t]+([1-6][0-9]{2})(?:[ \t]+(.*))?", re.IGNORECASE)
_REQUEST = re.compile(r"[A-Za-z0-9!%*_+`'~.-]+[ \t]+[^ \t]+[ \t]+SIP[ \t]*/", re.IGNORECASE)
_CSEQ = re.compile(r"([0-9]{1,10})[ \t]+([A-Za-z0-9!%*_+`'~.-]+)")
_VIA = re.compile(r"SIP[ \t]*/[ \t]*2\.0[ \t]*/[ \t]*[A-Za-z0-9!%*_+`'~.-]+[ \t]+(.*)", re.IGNORECASE | re.DOTALL)
_TOKEN = re.compile(r"[A-Za-z0-9!%*_+`'~.-]+")


@dataclass(frozen=True, slots=True)
class Options:
    """One OPTIONS request outside of any dialog (section 11.1).

    transport: 'udp' or 'tcp'. host, port: of the request's URI; an IPv6 address without brackets. user: '' for none. local_host,
    local_port: where the answer is to go. branch: with COOKIE in front; branch, call_id and tag are unique, so as random.
    """

    transport: str
    host: str
    port: int
    user: str
    local_host: str
    local_port: int
    branch: str
    call_id: str
    tag: str
    cseq: int = 1

    def encode(self) -> bytes:
        """Return the octets. A retransmission is the very same (section 17.1.2.2)."""
        name, local = _bracketed(self.host), f"{_bracketed(self.local_host)}:{self.local_port}"
        uri = f"sip:{self.user}@{name}" if self.user else f"sip:{name}"
        target = uri + (f":{self.port}" if self.port != PORT else "") + (";transport=tcp" if self.transport == "tcp" else "")
        lines = (
            f"OPTIONS {target} SIP/2.0",
            f"Via: SIP/2.0/{self.transport.upper()} {local};branch={self.branch};rport",
            "Max-Forwards: 70",
            f"From: <sip:{_AGENT}@{_bracketed(self.local_host)}>;tag={self.tag}",
            f"To: <{uri}>",
            f"Call-ID: {self.call_id}",
            f"CSeq: {self.cseq} OPTIONS",
            f"Contact: <sip:{_AGENT}@{local}{';transport=tcp' if self.transport == 'tcp' else ''}>",
            "Accept: application/sdp",
            f"User-Agent: {_AGENT}",
            "Content-Length: 0",
        )
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


@dataclass(frozen=True, slots=True)
class Response:
    """What a server said.

    code: 100 to 699. phrase, server (Server, else User-Agent): printable, at most 120 characters, '' where it gives none.
    branch: of the topmost Via, '' where it has none. cseq, method: of CSeq. length: Content-Length, None where it is not given.
    """

    code: int
    phrase: str
    branch: str
    call_id: str
    cseq: int
    method: str
    server: str = ""
    length: int | None = None

    @property
    def is_final(self) -> bool:
        """True where nothing more will come (section 7.2)."""
        return self.code >= 200

    def answers(self, request: Options) -> bool:
        """Return whether it answers this request (section 17.1.3, and its Call-ID)."""
        is_same = (self.branch, self.call_id, self.cseq) == (request.branch, request.call_id, request.cseq)
        return is_same and self.method == "OPTIONS"


class RequestError(MalformedError):
    """What came asks something instead of answering."""


def parse_response(octets: bytes) -> Response:
    """Return a response; raises RequestError for a request, MalformedError for what is neither."""
    if len(octets) > LONGEST:
        raise MalformedError("longer", most=LONGEST)
    first, headers = _head(octets.lstrip(b"\r\n"))
    status = _STATUS.fullmatch(first)
    if status is None:
        if _REQUEST.match(first):
            raise RequestError("sip_request")
        raise MalformedError("no_status_line")
    cseq, method = _cseq(headers.get("cseq"))
    return Response(
        code=int(status[1]),
        phrase=_text(status[2] or ""),
        branch=_branch(headers.get("via")),
        call_id=_required(headers, "call-id"),
        cseq=cseq,
        method=method,
        server=_text(headers.get("server") or headers.get("user-agent") or ""),
        length=_length(headers.get("content-length")),
    )


def split_message(stream: bytes) -> tuple[bytes, bytes] | None:
    """Return the first message of a stream and what follows it; None while it is not whole (section 18.3).

    Line ends between messages, by which some keep a connection open (RFC 5626 section 4.4.1), are left out. A message without
    Content-Length has no body. Raises MalformedError where no end can come any more.
    """
    stream = stream.lstrip(b"\r\n")
    end = _end_of_head(stream)
    if end is None:
        if len(stream) > LONGEST:
            raise MalformedError("long_head", most=LONGEST)
        return None
    _, headers = _head(stream[:end])
    total = end + (_length(headers.get("content-length")) or 0)
    if total > LONGEST:
        raise MalformedError("longer", most=LONGEST)
    return (stream[:total], stream[total:]) if len(stream) >= total else None


def is_keep_alive(octets: bytes) -> bool:
    """Return whether a datagram only keeps a way through a router open: nothing but line ends or zeros."""
    return not octets.strip(b"\r\n\0 ")


def _end_of_head(octets: bytes) -> int | None:
    """Return where the empty line ends that ends the headers; None where there is none."""
    ends = (at + len(mark) for mark in (b"\n\n", b"\n\r\n") if (at := octets.find(mark)) >= 0)
    return min(ends, default=None)


def _head(octets: bytes) -> tuple[str, dict[str, str]]:
    """Return the first line, and name → value of the headers that are read here; of repeated ones the first.

    Raises MalformedError where one that may stand once stands twice and differs.
    """
    end = _end_of_head(octets)
    text = octets[:end].decode("utf-8", "replace")
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    headers: dict[str, str] = {}
    for line in _unfolded(lines[1:]):
        name, colon, value = line.partition(":")
        name = name.strip(" \t").lower()
        name = _COMPACT.get(name, name)
        if not colon or not _TOKEN.fullmatch(name):
            continue
        value = value.strip(" \t")
        if name in _ONCE and headers.setdefault(name, value) != value:
            raise MalformedError("two_headers", name=name)
        headers.setdefault(name, value)
    return lines[0].strip(" \t"), headers


def _unfolded(lines: list[str]) -> list[str]:
    """Return header lines with their continuations (section 7.3.1) joined to them."""
    whole: list[list[str]] = []
    for line in lines:
        if line[:1] in (" ", "\t") and whole:
            whole[-1].append(line.strip(" \t"))
        else:
            whole.append([line])
    return [" ".join(parts) for parts in whole]


def _required(headers: dict[str, str], name: str) -> str:
    value = headers.get(name)
    if not value:
        raise MalformedError("without_header", name=name)
    return value


def _cseq(value: str | None) -> tuple[int, str]:
    found = _CSEQ.fullmatch(value or "")
    if found is None:
        raise MalformedError("without_header", name="cseq") if value is None else MalformedError("bad_cseq")
    return int(found[1]), found[2]


def _length(value: str | None) -> int | None:
    if value is None:
        return None
    if not (value.isascii() and value.isdigit()):
        raise MalformedError("bad_content_length")
    if len(value) > 9:
        raise MalformedError("longer", most=LONGEST)
    return int(value)


def _branch(value: str | None) -> str:
    """Return the branch of the first value of a Via header, '' where it has none."""
    found = _VIA.match(value or "")
    if found is None:
        return ""
    for parameter in _parameters(found[1]):
        name, _, text = parameter.partition("=")
        if name.strip(" \t").lower() == "branch":
            return text.strip(" \t")
    return ""


def _parameters(text: str) -> list[str]:
    """Return what stands between the semicolons of a header's first value; quoted text is not cut."""
    parts: list[str] = []
    part: list[str] = []
    is_quoted = is_escaped = False
    for letter in text:
        if is_escaped:
            is_escaped = False
        elif is_quoted:
            is_escaped = letter == "\\"
            is_quoted = letter != '"'
        elif letter == '"':
            is_quoted = True
        elif letter == ",":
            break
        elif letter == ";":
            parts.append("".join(part))
            part = []
            continue
        part.append(letter)
    return [*parts, "".join(part)][1:]


def _text(value: str) -> str:
    return "".join(letter for letter in value if letter.isprintable())[:_LONGEST_TEXT].strip()


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
