"""What conference endpoints and gatekeepers say: RAS messages, status documents of codecs, HTTP responses."""

from __future__ import annotations

import re
from collections.abc import Iterable
from random import Random
from xml.etree import ElementTree

from pycrate_asn1dir import H225

from monitor.lab.cisco_status import status_document
from monitor.lab.conditions import Conference
from monitor.lab.device import make_device
from monitor.model.inventory import Kind, Target
from monitor.wire import h323
from monitor.wire.cisco_status import read_status
from monitor.wire.fault import MalformedError
from monitor.wire.http import ResponseReader
from tests.fuzz import mutation
from tests.fuzz.subject import must
from tests.wire.gatekeeper_requests import gatekeeper_request

_GRAMMAR = H225.H323_MESSAGES.RasMessage
_KINDS = {
    "gatekeeperConfirm": h323.GatekeeperAnswerKind.GATEKEEPER_CONFIRM,
    "gatekeeperReject": h323.GatekeeperAnswerKind.GATEKEEPER_REJECT,
    "locationConfirm": h323.GatekeeperAnswerKind.LOCATION_CONFIRM,
    "locationReject": h323.GatekeeperAnswerKind.LOCATION_REJECT,
    "requestInProgress": h323.GatekeeperAnswerKind.IN_PROGRESS,
}
_OF_ORACLE = 32
"""One of so many inputs goes to the oracle too, which takes a hundred times as long as we do."""
_DIGITS = re.compile(r"\d+")


def _place(random: Random) -> h323.TransportAddress:
    return random.choice(("10.2.17.20", "0.0.0.0", "fd00::1")), random.choice((0, 1719, 65535))


class RasMessages:
    """What a datagram of a gatekeeper may hold."""

    name = "h323"
    slow_s = 1.0
    size = 65_507

    def valid(self, random: Random) -> bytes:
        sequence = random.choice((1, 255, 256, 65535, random.randrange(1, 65536)))
        match random.randrange(6):
            case 0:
                return h323.gatekeeper_confirm(sequence, _place(random))
            case 1:
                return h323.location_reject(sequence, random.choice(("notRegistered", "requestDenied")))
            case 2:
                return gatekeeper_request(sequence, _place(random))
            case 3:
                alias = "".join(random.choices(random.choice(("0123456789#*,", "abđô ")), k=random.randrange(1, 60)))
                return h323.location_request(sequence, alias, _place(random))
            case 4:
                return bytes.fromhex("800500") + (sequence - 1).to_bytes(2, "big") + random.randbytes(2)
            case _:
                return h323.location_confirm(sequence, _place(random), _place(random))

    def mutated(self, data: bytes, other: bytes, random: Random) -> bytes:
        return mutation.octets(data, other, random)

    def check(self, data: bytes, *, thorough: bool) -> str:
        question, answer = _question(data), _answer(data)
        must(
            not (isinstance(question, h323.Question) and isinstance(answer, h323.GatekeeperAnswer)), "both a question and an answer"
        )
        if isinstance(question, h323.Question):
            must(1 <= question.sequence <= 65535, f"requestSeqNum {question.sequence}")
        if isinstance(answer, h323.GatekeeperAnswer):
            must(1 <= answer.sequence <= 65535, f"requestSeqNum {answer.sequence}")
            must(0 <= answer.delay_s <= 65.536, f"a delay of {answer.delay_s} s")
        if thorough or sum(data) % _OF_ORACLE == 0:
            _against_oracle(data, answer)
        return f"{_told(question)} | {_told(answer)}"


def _question(data: bytes) -> h323.Question | str:
    try:
        return h323.read_question(data)
    except MalformedError as error:
        return str(error)


def _answer(data: bytes) -> h323.GatekeeperAnswer | str:
    try:
        return h323.read_gatekeeper_answer(data)
    except MalformedError as error:
        return str(error)


def _told(read: h323.Question | h323.GatekeeperAnswer | str) -> str:
    if isinstance(read, h323.Question):
        return f"question {read.alias is None} {read.reply_to is None}"
    if isinstance(read, h323.GatekeeperAnswer):
        return f"{read.kind} {read.reason} {read.signalling is None}"
    return _DIGITS.sub("#", read)


def _against_oracle(data: bytes, answer: h323.GatekeeperAnswer | str) -> None:
    """What the standard's grammar reads as an answer must be read as the same; we are content with less than it."""
    try:
        _GRAMMAR.from_aper(data)
        name, fields = _GRAMMAR.get_val()
    except Exception:
        # pycrate raises errors of any kind where bits run out.
        return
    kind = _KINDS.get(name)
    sequence = fields["requestSeqNum"] if kind else 0
    if kind is None or sequence > 65535:
        return
    must(isinstance(answer, h323.GatekeeperAnswer), f"the oracle reads {name}, we say: {answer}")
    assert isinstance(answer, h323.GatekeeperAnswer)
    must((kind, sequence) == (answer.kind, answer.sequence), f"the oracle reads {name} {sequence}, we {answer}")


class _Words:
    """Texts that are damaged by words."""

    slow_s = 2.0
    size = 40_000

    def __init__(self, name: str, words: Iterable[bytes], *seeds: bytes) -> None:
        self.name = name
        self._words = tuple(words)
        self._seeds = seeds

    def valid(self, random: Random) -> bytes:
        return random.choice(self._seeds)

    def mutated(self, data: bytes, other: bytes, random: Random) -> bytes:
        return mutation.text(data, other, self._words, random)


class StatusDocuments(_Words):
    """What a codec may answer to GET /status.xml."""

    def check(self, data: bytes, *, thorough: bool) -> str:
        try:
            status = read_status(data)
        except MalformedError as error:
            if thorough and b"<!" not in data and b"encoding" not in data:
                must(_root(data) != "status" or error.code == "many_elements", f"an XML library reads it, we say: {error}")
            return _DIGITS.sub("#", str(error))[:40]
        must(_root(data) == "status", "read what no XML library reads")
        must(status.product.isprintable() and len(status.product) <= 121, f"a product that upsets a terminal: {status.product!r}")
        for series, value in status.values.items():
            top = float("inf") if series.endswith("_seconds") else 1.0
            must(0 <= value <= top, f"{series} is {value}")
        return " ".join(f"{series}={int(value > 0)}" for series, value in sorted(status.values.items()))


def _root(data: bytes) -> str | None:
    """Return the name of the root element, in lower case; None where it is no XML."""
    try:
        return ElementTree.fromstring(data).tag.lower()
    except (ElementTree.ParseError, ValueError, LookupError):
        return None


class Responses(_Words):
    """What a web server may answer: it must not matter in what pieces it comes."""

    def check(self, data: bytes, *, thorough: bool) -> str:
        whole = _read([data])
        step = 1 if thorough else 1 + len(data) % 40
        must(whole == _read([data[at : at + step] for at in range(0, len(data), step)]), "it matters in what pieces it comes")
        return _DIGITS.sub("#", " ".join(map(str, whole[:2])))[:60]


def _read(parts: list[bytes]) -> tuple[object, ...]:
    reader = ResponseReader(5000)
    try:
        for part in parts:
            reader.feed(part)
        reader.end()
    except MalformedError as error:
        return (str(error),)
    must(len(reader.body) <= 5000, "a body beyond its bound")
    must((reader.phrase + reader.server).isprintable(), f"words that upset a terminal: {reader.phrase!r} {reader.server!r}")
    return reader.code, reader.phrase, reader.server, bytes(reader.body)


_CODEC = Target("dc", Kind.ENDPOINT, "dc", "dc", "10.2.17.20", "commune", "khu", ("xa",), profile="cisco-codec")
_DOCUMENTS = tuple(
    status_document(make_device(_CODEC, 1.8e9), conference, 1.8e9)
    for conference in (Conference(), Conference(is_busy=True, is_registered=False, broken={"camera", "microphone"}))
)
_XML = (
    *(b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&b;", b"&#0;", b"&#27;", b"&amp;", b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<?x y?>"),
    *(b"<?xml version='1.1' encoding='utf-16'?>", b"encoding='latin-1'", b"\xff\xfe", b"\xef\xbb\xbf", b"xmlns='a'", b"a:b"),
    *(b"True", b"False", b"Registered", b"Inactive", b"-1", b"1e9", b"99999999999999999999", b"NaN", b"item='1'", b"<a>", b"</a>"),
)
_HTTP = (
    *(
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.0 100 Go\r\n\r\n",
        b"\r\n\r\n",
        b"\n\n",
        b"\r",
        b"Content-Length: 5\r\n",
        b"Content-Length: -1",
    ),
    *(
        b"Transfer-Encoding: chunked\r\n",
        b"0\r\n\r\n",
        b"5\r\nabcde\r\n",
        b"ffffffff\r\n",
        b";x",
        b"Server: x\r\n",
        b": ",
        b"\x00",
        b"\x85",
    ),
)
_RESPONSES = (
    b"HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Length: 5\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 401 No\n\nclosed at the end",
)
CONFERENCE = (
    RasMessages(),
    StatusDocuments("codec", _XML, *_DOCUMENTS),
    Responses("http", _HTTP, *_RESPONSES),
)
