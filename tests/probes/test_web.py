"""Management pages, real ones over TLS on this machine, and servers that mean ill."""

import asyncio
import itertools
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from monitor.model.reading import Outcome, Reading, ServiceSample
from monitor.model.spec import WebSpec
from monitor.probes.web import WebProber
from monitor.service.process import SystemClock
from tests.probes.web_servers import ENDS, Talk, answering, page, secured, serving, silent
from tests.told import english

EXPIRY = "conference_certificate_expiry_timestamp_seconds"
STATUS = b"""<?xml version="1.0"?><Status product="Cisco Codec" version="ce9.15">
<SIP><Registration item="1"><Status>Registered</Status></Registration></SIP>
<SystemUnit><State><NumberOfActiveCalls>1</NumberOfActiveCalls></State></SystemUnit></Status>"""
BOMB = b'<!DOCTYPE s [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><Status>&b;</Status>'


@pytest.fixture
async def prober() -> AsyncIterator[WebProber]:
    prober = WebProber(SystemClock())
    await prober.open()
    yield prober
    prober.close()


async def read(prober: WebProber, port: int, **more: Any) -> Reading:
    """Return the reading of one page on this machine."""
    found: list[Reading] = []
    fields: dict[str, Any] = {"timeout_s": 5.0, **more}
    await prober.probe([WebSpec("dc-thu", "127.0.0.1", port=port, **fields)], found.append)
    (reading,) = found
    assert ("dc-thu", "web") == (reading.target, reading.probe)
    return reading


def sample(reading: Reading) -> ServiceSample:
    assert reading.service is not None
    return reading.service


async def test_a_page_tells_its_code_its_server_and_when_its_certificate_ends(prober: WebProber) -> None:
    async with serving(answering(page("200 OK", b"hello", "Server: nginx/1.2")), secured()) as port:
        reading = await read(prober, port)
    assert (Outcome.OK, "") == (reading.outcome, english(reading.detail))
    told = sample(reading)
    assert ("tls", 200, "OK", "nginx/1.2") == (told.transport, told.code, told.phrase, told.server)
    assert {EXPIRY: ENDS.timestamp()} == told.values
    assert told.rtt_s is not None
    assert told.rtt_s > 0


@pytest.mark.parametrize(
    "ends", [datetime(2020, 1, 1, tzinfo=UTC), datetime(2049, 12, 31, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)]
)
async def test_a_certificate_that_has_ended_is_read_like_any_other(prober: WebProber, ends: datetime) -> None:
    async with serving(answering(page("200 OK", b"")), secured(ends)) as port:
        reading = await read(prober, port)
    assert (Outcome.OK, {EXPIRY: ends.timestamp()}) == (reading.outcome, sample(reading).values)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2])
async def test_a_server_that_only_speaks_old_tls_is_understood(prober: WebProber, version: ssl.TLSVersion) -> None:
    tls = secured()
    tls.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    tls.maximum_version = version
    tls.set_ciphers("ALL:@SECLEVEL=0")
    async with serving(answering(page("200 OK", b"")), tls) as port:
        assert (await read(prober, port)).outcome is Outcome.OK


async def test_without_tls_there_is_no_certificate(prober: WebProber) -> None:
    async with serving(answering(page("200 OK", b""))) as port:
        reading = await read(prober, port, tls=False)
    assert (Outcome.OK, "tcp", {}) == (reading.outcome, sample(reading).transport, dict(sample(reading).values))


@pytest.mark.parametrize("status", ["301 Moved Permanently", "401 Unauthorized", "404 Not Found", "503 Busy"])
async def test_a_page_answers_whatever_its_answer_is(prober: WebProber, status: str) -> None:
    async with serving(answering(page(status, b"")), secured()) as port:
        reading = await read(prober, port)
    assert (Outcome.OK, int(status[:3])) == (reading.outcome, sample(reading).code)


async def test_a_status_document_is_asked_for_with_the_login_and_read(prober: WebProber) -> None:
    asked: list[bytes] = []
    async with serving(answering(page("200 OK", STATUS), asked=asked), secured()) as port:
        reading = await read(prober, port, path="/status.xml", status="cisco-xml", user="test", password="123£")
    assert (Outcome.OK, "Cisco Codec ce9.15") == (reading.outcome, sample(reading).server)
    expected = {EXPIRY: ENDS.timestamp(), 'conference_registered{protocol="sip"}': 1.0, "conference_in_call": 1.0}
    assert expected == sample(reading).values
    assert asked[0].startswith(b"GET /status.xml HTTP/1.1\r\n")
    assert b"Authorization: Basic dGVzdDoxMjPCow==\r\n" in asked[0]


async def test_a_login_is_never_shown(prober: WebProber) -> None:
    spec = WebSpec("dc-thu", "127.0.0.1", user="codec", password="for-the-test")
    assert "for-the-test" not in repr(spec)


CLOSED = "HTTP: the connection was closed without an answer"
TOO_LARGE = "HTTP: a body of more than 2,000,000 octets"
HUGE = b"HTTP/1.1 200 OK\r\n\r\n", *(b"x" * 100_000,) * 100
ENDLESS_HEAD = b"HTTP/1.1 200 OK\r\n", *(b"X: " + b"y" * 10_000 + b"\r\n",) * 100


@pytest.mark.parametrize(
    ("parts", "outcome", "detail"),
    [
        ((b"",), Outcome.MALFORMED, CLOSED),
        ((b"\x15\x03\x01 rubbish",), Outcome.MALFORMED, "HTTP: no HTTP response"),
        (ENDLESS_HEAD, Outcome.MALFORMED, "HTTP: a head of more than 32,768 octets"),
        (HUGE, Outcome.MALFORMED, TOO_LARGE),
        ((b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n",), Outcome.MALFORMED, TOO_LARGE),
        ((page("401 Unauthorized", b""),), Outcome.REFUSED, "/status.xml: 401 Unauthorized; check its login"),
        ((page("404 Not Found", b""),), Outcome.REFUSED, "/status.xml: 404 Not Found"),
        ((page("200 OK", b"<html>Sign in</html>"),), Outcome.MALFORMED, "/status.xml: no status document"),
        ((page("200 OK", BOMB),), Outcome.MALFORMED, "/status.xml: a document type declaration, which a status document has not"),
    ],
)
async def test_what_a_device_sends_instead_of_a_status_document_is_told_and_its_certificate_no_less(
    prober: WebProber, parts: tuple[bytes, ...], outcome: Outcome, detail: str
) -> None:
    async with serving(answering(*parts), secured()) as port:
        reading = await read(prober, port, path="/status.xml", status="cisco-xml")
    assert (outcome, detail) == (reading.outcome, english(reading.detail))
    assert {EXPIRY: ENDS.timestamp()} == sample(reading).values


@pytest.mark.parametrize(
    "talk", [silent, answering(*(page("200 OK", STATUS)[at : at + 1] for at in range(200)), pause_s=0.01)], ids=["silent", "drips"]
)
async def test_a_device_that_says_nothing_or_drips_is_not_waited_for(prober: WebProber, talk: Talk) -> None:
    async with serving(talk, secured()) as port:
        reading = await read(prober, port, path="/status.xml", status="cisco-xml", timeout_s=0.3)
    assert reading.outcome is Outcome.MALFORMED
    assert f"TCP port {port} takes connections, but answers no request in time" == english(reading.detail)
    assert {EXPIRY: ENDS.timestamp()} == sample(reading).values


async def test_a_device_that_shakes_no_hands_is_alive_and_its_page_is_not(prober: WebProber) -> None:
    async with serving(silent) as port:
        reading = await read(prober, port, timeout_s=0.2)
    assert (Outcome.MALFORMED, f"TCP port {port} takes connections, but shakes no hands") == (
        reading.outcome,
        english(reading.detail),
    )


@pytest.mark.parametrize(
    ("said", "detail"),
    [(b"HTTP/1.1 400 Bad Request\r\n\r\n", "TLS: wrong version number"), (b"", "TLS: "), (b"\x16\x03\x01\xff\xff" * 999, "TLS: ")],
)
async def test_what_is_no_tls_is_told_as_such(prober: WebProber, said: bytes, detail: str) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65_536)
        writer.write(said)
        await writer.drain()

    async with serving(talk) as port:
        reading = await read(prober, port)
    assert reading.outcome is Outcome.MALFORMED
    assert english(reading.detail).startswith(detail)
    assert len(english(reading.detail)) > len("TLS: ")


async def test_a_closed_port_refuses(prober: WebProber) -> None:
    async with serving(silent) as port:
        pass
    reading = await read(prober, port)
    assert (Outcome.REFUSED, f"TCP port {port} refuses", {}) == (
        reading.outcome,
        english(reading.detail),
        dict(sample(reading).values),
    )


async def test_what_is_under_way_when_the_prober_closes_was_not_sent(prober: WebProber) -> None:
    found: list[Reading] = []
    met = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        met.set()
        await silent(reader, writer)

    async with serving(talk) as port:
        specs = [WebSpec(f"dc-{number}", "127.0.0.1", port=port, tls=False) for number in range(3)]
        probing = asyncio.ensure_future(prober.probe(specs, found.append))
        await met.wait()
        prober.close()
        await probing
    assert {"dc-0", "dc-1", "dc-2"} == {reading.target for reading in found}
    assert {(Outcome.NOT_SENT, "the prober was closed")} == {(reading.outcome, english(reading.detail)) for reading in found}


async def test_many_pages_are_asked_at_once_and_none_twice(prober: WebProber) -> None:
    counter = itertools.count()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        next(counter)
        await answering(page("200 OK", b""))(reader, writer)

    found: list[Reading] = []
    async with serving(talk, secured()) as port:
        await prober.probe([WebSpec(f"dc-{number}", "127.0.0.1", port=port) for number in range(100)], found.append)
    assert {f"dc-{number}" for number in range(100)} == {reading.target for reading in found if reading.outcome is Outcome.OK}
    assert next(counter) == len(found) == 100
