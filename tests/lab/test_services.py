"""What the lab's hosts say over TCP, as ordinary programs see it from inside the lab."""

import asyncio
import contextlib
import socket
import ssl
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from cryptography import x509

from tests.lab_fixture import Lab
from tests.patience import LONGEST_WAIT_S


@dataclass
class Talk:
    """A connection. took_s: until it stood."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    took_s: float


@contextlib.asynccontextmanager
async def connected(
    lab: Lab, address: str, port: int, *, tls: bool = False, patience_s: float = LONGEST_WAIT_S
) -> AsyncIterator[Talk]:
    """A connection from inside the lab. Raises OSError, TimeoutError."""
    with lab.network():
        bare = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    begun = time.monotonic()
    try:
        async with asyncio.timeout(patience_s):
            await asyncio.get_running_loop().sock_connect(bare, (address, port))
    except BaseException:
        bare.close()
        raise
    took_s = time.monotonic() - begun
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if tls else None
    if context is not None:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    reader, writer = await asyncio.open_connection(sock=bare, ssl=context, server_hostname="" if tls else None)
    try:
        yield Talk(reader, writer, took_s)
    finally:
        writer.transport.abort()


async def got(lab: Lab, address: str, path: str) -> tuple[str, str]:
    """Return the status line and the body of an answer."""
    async with connected(lab, address, 443, tls=True) as talk:
        talk.writer.write(f"GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n".encode())
        head = (await talk.reader.readuntil(b"\r\n\r\n")).decode()
        length = int(head.lower().split("content-length: ")[1].split("\r\n")[0])
        return head.split("\r\n")[0], (await talk.reader.readexactly(length)).decode()


async def certificate_left_s(lab: Lab, address: str) -> float:
    async with connected(lab, address, 443, tls=True) as talk:
        octets = talk.writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        return x509.load_der_x509_certificate(octets).not_valid_after_utc.timestamp() - time.time()


@pytest.mark.parametrize("address", ["10.1.1.20", "fd00::10.1.1.20"])
async def test_an_endpoints_page_is_its_own_whatever_the_ip_version(lab: Lab, address: str) -> None:
    status, body = await got(lab, address, "/")
    assert status == "HTTP/1.1 200 OK"
    assert "<title>Phòng họp xã A1</title>" in body
    assert "Phòng họp huyện A" in (await got(lab, "10.1.0.20", "/"))[1]


async def test_what_is_long_arrives_whole_over_a_narrow_link(lab: Lab) -> None:
    lab.ctl("mtu", "dc-xa-a1", octets="600")
    async with connected(lab, "10.1.1.20", 443, tls=True) as talk:
        for _ in range(40):
            talk.writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        told = b""
        async with asyncio.timeout(LONGEST_WAIT_S):
            while told.count(b"</title>") < 40:
                told += await talk.reader.read(65_536)


async def test_a_certificate_ends_when_it_is_asked_to(lab: Lab) -> None:
    assert await certificate_left_s(lab, "10.1.1.20") > 300 * 86_400
    lab.ctl("certificate-expired", "dc-xa-a1", ago="2d")
    assert -3 * 86_400 < await certificate_left_s(lab, "10.1.1.20") < -86_400
    lab.ctl("restore", "all")
    lab.ctl("certificate-ends", "dc-xa-a1", left="5d")
    assert 4 * 86_400 < await certificate_left_s(lab, "10.1.1.20") < 6 * 86_400


async def test_a_connect_takes_as_long_as_the_way_is(lab: Lab) -> None:
    lab.ctl("slow", "xa-a1", delay="150ms")
    async with connected(lab, "10.1.1.20", 1720) as talk:
        assert talk.took_s >= 0.15


async def test_a_closed_port_refuses_a_dead_host_is_not_reached_and_a_deaf_one_says_nothing(lab: Lab) -> None:
    lab.ctl("close", "dc-xa-a1", tcp="1720")
    with pytest.raises(ConnectionRefusedError):
        async with connected(lab, "10.1.1.20", 1720):
            pass
    lab.ctl("dead", "dc-huyen-a")
    with pytest.raises(OSError, match="Errno 113"):
        async with connected(lab, "10.1.0.20", 1720):
            pass
    lab.ctl("restore", "all")
    lab.ctl("signalling-deaf", "dc-xa-a1")
    with pytest.raises(TimeoutError):
        async with connected(lab, "10.1.1.20", 1720, patience_s=1.0):
            pass
    assert (await got(lab, "10.1.1.20", "/"))[0] == "HTTP/1.1 200 OK"


async def test_a_connection_stands_still_while_the_way_is_cut_and_goes_on_after(lab: Lab) -> None:
    async with connected(lab, "10.1.1.20", 443, tls=True) as talk:
        lab.ctl("cut", "huyen-a")
        talk.writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await talk.reader.readexactly(1)
        lab.ctl("restore", "all")
        async with asyncio.timeout(LONGEST_WAIT_S):
            assert await talk.reader.readexactly(12) == b"HTTP/1.1 200"


async def test_only_a_cisco_codec_has_a_status_document(lab: Lab) -> None:
    assert (await got(lab, "10.1.1.20", "/status.xml"))[0] == "HTTP/1.1 404 Not Found"
