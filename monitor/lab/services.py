"""What hosts of the province say over TCP: a call-signalling port, a web page with a certificate, a status document.

One listener a port serves all hosts; the address that a connection was made to tells which is meant.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import socket
import ssl
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from monitor.lab.cisco_status import status_document
from monitor.lab.province import Province
from monitor.lab.signalling import answer_request
from monitor.model.settings import Login

_LIFE = timedelta(days=730)
_MOST_KEPT = 64

H323_PORT = 1720
HTTPS_PORT = 443
SIP_PORT = 5060
PORTS = frozenset((H323_PORT, HTTPS_PORT, SIP_PORT))
"""What is served here; every other open port takes connections and says nothing."""
_PATIENCE_S = 30.0
_LONGEST_HEAD = 8192
_CISCO = "cisco"
"""With what the profile of an endpoint begins that has a status document."""

Serve = Callable[[str, asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
"""(target, reader, writer): talks until it has nothing more to say; the connection is closed for it."""


class Services:
    """The TCP services of all hosts. logins: by the name that a target gives; its status document asks for it, or is open."""

    def __init__(self, province: Province, logins: Mapping[str, Login]) -> None:
        self._province = province
        self._logins = logins
        self._certificates = Certificates()
        self._tasks: set[asyncio.Task[None]] = set()
        self._servers: list[asyncio.Server] = []
        self.by_port: dict[int, Serve] = {
            HTTPS_PORT: self._web,
            H323_PORT: _listen,
            SIP_PORT: self._signalling,
        }

    async def start(self, listeners: Mapping[int, tuple[socket.socket, ...]]) -> None:
        """Accept on these listeners from now on; those of ports that nothing serves are left alone."""
        for port, serve in self.by_port.items():
            for listener in listeners.get(port, ()):
                self._servers.append(await asyncio.start_server(self._guarded(serve), sock=listener, limit=_LONGEST_HEAD))

    async def stop(self) -> None:
        for server in self._servers:
            server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _guarded(self, serve: Serve) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
        """Return what serves one connection to its end, whatever the other side does, and for so long at most."""

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            target = self._province.ids_by_address.get(ip_address(writer.get_extra_info("sockname")[0]).packed)
            with contextlib.suppress(OSError, EOFError, TimeoutError, asyncio.LimitOverrunError, asyncio.CancelledError):
                async with asyncio.timeout(_PATIENCE_S):
                    if target is not None:
                        await serve(target, reader, writer)
            writer.close()

        return talk

    async def _signalling(self, target: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer SIP requests; none of those that are answered here has a body."""
        device, source = self._province.device(target), writer.get_extra_info("peername")[:2]
        while head := await reader.readuntil(b"\r\n\r\n"):
            state = self._province.conditions[target].conference
            answer = answer_request(head.lstrip(b"\r\n"), source, device.target, state)
            if answer is not None:
                writer.write(answer.octets)
                await writer.drain()

    async def _web(self, target: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer requests (RFC 9112) over TLS until the client has none."""
        now = self._province.now()
        ends_at = now + self._province.conditions[target].conference.certificate_left_s
        # To the hour, so that the same certificate is told for a while.
        await writer.start_tls(self._certificates.context(ends_at // 3600 * 3600), ssl_handshake_timeout=_PATIENCE_S)
        while head := await reader.readuntil(b"\r\n\r\n"):
            status, kind, body = self._page(target, head)
            extra = b'WWW-Authenticate: Basic realm="codec"\r\n' if status.startswith("401") else b""
            lines = f"HTTP/1.1 {status}\r\nServer: lab\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
            writer.write(lines.encode() + extra + b"\r\n" + body)
            await writer.drain()

    def _page(self, target: str, head: bytes) -> tuple[str, str, bytes]:
        """Return status, content type and body of the answer to a request's head."""
        request, *fields = head.decode("latin-1").split("\r\n")
        path = request.split(" ")[1] if request.count(" ") == 2 else ""
        device = self._province.device(target)
        if path == "/":
            return "200 OK", "text/html; charset=utf-8", f"<!doctype html><title>{device.target.name}</title>".encode()
        if path != "/status.xml" or not device.target.profile.startswith(_CISCO):
            return "404 Not Found", "text/plain", b"not found"
        login = self._logins.get(device.target.web.login)
        token = "" if login is None else base64.b64encode(f"{login.user}:{login.password}".encode()).decode()
        if login is not None and f"authorization: basic {token}".lower() not in (field.lower() for field in fields):
            return "401 Unauthorized", "text/plain", b"a login is asked for"
        document = status_document(device, self._province.conditions[target].conference, self._province.now())
        return "200 OK", "text/xml", document


async def _listen(_: str, reader: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
    """Take a call-signalling connection; whoever sends a Setup is hung up on (ITU-T H.225.0 section 7.3)."""
    await reader.read(_LONGEST_HEAD)


class Certificates:
    """TLS contexts by the moment at which their certificate ends; all share one key, which is made now and never leaves memory
    but for a file that is gone at once."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._contexts: dict[int, ssl.SSLContext] = {}

    def context(self, ends_at: float) -> ssl.SSLContext:
        """Return the context of a server whose certificate ends at this epoch second."""
        moment = int(ends_at)
        if moment not in self._contexts:
            if len(self._contexts) >= _MOST_KEPT:
                self._contexts.clear()
            self._contexts[moment] = server_context(self._key, datetime.fromtimestamp(moment, UTC))
        return self._contexts[moment]


def server_context(key: ec.EllipticCurvePrivateKey, ends: datetime) -> ssl.SSLContext:
    """Return the context of a TLS server whose certificate ends at this moment, to the second."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "codec")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ends - _LIFE)
        .not_valid_after(ends)
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, *form) + certificate.public_bytes(serialization.Encoding.PEM)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile(prefix="lab-", suffix=".pem") as file:
        # Python's ssl loads a key from a file only.
        file.write(pem)
        file.flush()
        context.load_cert_chain(file.name)
    return context
