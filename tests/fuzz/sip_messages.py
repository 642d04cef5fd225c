"""What SIP stacks may send, by datagram and by stream, to the monitor and to the lab's endpoints."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.message import Message
from random import Random

from monitor.lab.conditions import Conference
from monitor.lab.signalling import answer_request
from monitor.model.inventory import Kind, Target
from monitor.wire.fault import MalformedError
from monitor.wire.sip import LONGEST, Options, RequestError, Response, parse_response, split_message
from tests.fuzz import mutation
from tests.fuzz.subject import must

_CODEC = Target("dc", Kind.ENDPOINT, "Cầu", "C", "10.2.17.20", "commune", "a", profile="sip-h323")
_BROKEN = b"broken:"
_DIGITS = re.compile(r"\d+")
_TOLD = r"SIP/2.0 sip/2.0 200 699 100 0 -1 99999999999999999999 OPTIONS INVITE ACK SIP/2.0/UDP SIP/2.0/TCP sip: < > [ ] @"
_NAMES = r"Via: v: Call-ID: i: CSeq: Content-Length: l: From: To: ;branch= ;branch=z9hG4bK ;rport ;rport= , ; = :"
_ENDS = (b"\r\n", b"\n", b"\r", b"\r\n\r\n", b"\n\n", b"\r\n ", b"\t", b"\0", b"\xff", b'"', b'\\"', b" ")


class SipMessages:
    """A response or a request, with what may follow it in a stream."""

    name = "sip"
    slow_s = 2.0
    size = 66_000
    _words = (*_TOLD.encode().split(), *_NAMES.encode().split(), *_ENDS)

    def valid(self, random: Random) -> bytes:
        token = f"{random.randrange(10**6)}"
        request = Options(
            "udp", "10.2.17.20", 5060, "", "10.0.0.9", 40_000, f"z9hG4bK{token}", token, token, random.randrange(2**31)
        )
        if random.random() < 0.3:
            return request.encode()
        answer = answer_request(request.encode(), ("10.0.0.9", 40_000), _CODEC, Conference(is_busy=random.random() < 0.5))
        assert answer
        return answer.octets + random.choice((b"", b"", b"\r\n\r\n", answer.octets, request.encode()))

    def mutated(self, data: bytes, other: bytes, random: Random) -> bytes:
        return mutation.text(data, other, self._words, random)

    def check(self, data: bytes, *, thorough: bool) -> str:
        _check_stream(data, 1 if thorough and len(data) < 5000 else 19 + len(data) % 97)
        asked = answer_request(data, ("10.0.0.9", 40_000), _CODEC, Conference())
        if asked is not None:
            must(asked.octets.startswith(b"SIP/2.0 ") and 0 < asked.port < 65_536, "the lab answers what is no answer, or nowhere")
            must(len(asked.octets) < len(data) * 4 + 400, "an answer far longer than its request")
        told = _read(data)
        if not isinstance(told, Response):
            return told
        must(100 <= told.code <= 699, f"the status {told.code}")
        for text in (told.phrase, told.server):
            must(text.isprintable() and len(text) <= 120, f"a text that upsets a terminal: {text!r}")
        must(bool(told.call_id) and told.cseq >= 0 and (told.length or 0) >= 0, "an answer without what names its request")
        must(b"\r" in data.replace(b"\r\n", b"") or told == _read(data.replace(b"\r\n", b"\n")), "it matters how lines end")
        if thorough or sum(data) % 16 == 0:
            _against_oracle(data, told)
        return f"{told.code // 100}xx {bool(told.branch)} {bool(told.server)} {told.length is not None}"


def _read(data: bytes) -> Response | str:
    try:
        return parse_response(data)
    except RequestError:
        return "request"
    except MalformedError as error:
        must(bool(str(error)), "a refusal without a reason")
        return _DIGITS.sub("#", str(error))


def _check_stream(data: bytes, step: int) -> None:
    """See that messages are cut out of a stream alike in whatever pieces it comes, and that nothing of it is lost."""
    whole, waiting = _cut(data)
    if not waiting.startswith(_BROKEN):
        ends = bytes.maketrans(b"", b""), b"\r\n"
        must((b"".join(whole) + waiting).translate(*ends) == data.translate(*ends), "octets are lost")
    pieces, left = list[bytes](), b""
    for at in range(0, len(data), step):
        found, left = _cut(left + data[at : at + step])
        pieces += found
        if left.startswith(_BROKEN):
            break
    if not waiting.startswith(_BROKEN) and not left.startswith(_BROKEN):
        must((whole, waiting) == (pieces, left), "it matters in what pieces a stream comes")


def _cut(stream: bytes) -> tuple[list[bytes], bytes]:
    """Return the whole messages of a stream and what is left, _BROKEN in front of what no end can come of."""
    found = []
    try:
        while (taken := split_message(stream)) is not None:
            must(len(taken[0]) <= LONGEST and len(taken[1]) < len(stream), "a message beyond the bound, or of nothing")
            found.append(taken[0])
            stream = taken[1]
    except MalformedError:
        return found, _BROKEN + stream
    return found, stream.lstrip(b"\r\n")


def _against_oracle(data: bytes, told: Response) -> None:
    """What the standard library's reader of mail headers reads plainly must be read as the same."""
    head = re.split(rb"\r?\n\r?\n", data.lstrip(b"\r\n"), maxsplit=1)[0]
    message: Message = message_from_bytes(head.partition(b"\n")[2])
    if message.defects or re.search(rb"[^\x20-\x7e\r\n\t]", head) or b"\r" in head.replace(b"\r\n", b""):
        return
    names = [name.lower() for name in message.keys()]  # noqa: SIM118 a mail's own keys, repeated ones too
    if names.count("call-id") == 1 and "i" not in names:
        must(" ".join(str(message["call-id"]).split()) == " ".join(told.call_id.split()), "the oracle reads another Call-ID")
    if names.count("cseq") == 1:
        number, method = str(message["cseq"]).split()
        must((int(number), method) == (told.cseq, told.method), "the oracle reads another CSeq")
