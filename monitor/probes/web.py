"""An endpoint's management page: whether it answers, when its certificate ends, and what a status document there tells.

Nobody is trusted: certificates are read and never verified, old TLS is taken as it is, and every answer is bounded in size and in
time, whatever is sent and however slowly.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cryptography import x509

from monitor.model.clock import Clock
from monitor.model.probe_kinds import WEB
from monitor.model.reading import Outcome, Reading, ServiceSample
from monitor.model.reason import Reason
from monitor.model.spec import HANDSHAKE_LEAST_S, WebSpec
from monitor.probes.lateness import Late, Wait
from monitor.probes.names import resolve_by_system
from monitor.probes.service_prober import ServiceProber
from monitor.probes.tcp_connect import Failure, TcpConnection
from monitor.probes.why import malformed, os_error
from monitor.wire import cisco_status, http
from monitor.wire.fault import MalformedError

_EXPIRY = "conference_certificate_expiry_timestamp_seconds"
_CHUNK = 65_536
_NEVER_S = 3600.0
"""asyncio's own time-out of a handshake knows nothing of our being late; ours ends it long before."""
_OP_LEGACY_SERVER_CONNECT = 0x4
"""OpenSSL's, which Python names from 3.12 on: servers without secure renegotiation (RFC 5746)."""

ReadStatus = Callable[[bytes], cisco_status.CodecStatus]
STATUS_READERS: Mapping[str, tuple[ReadStatus, int]] = {"cisco-xml": (cisco_status.read_status, cisco_status.MOST_OCTETS)}
"""What reads a status document, and how large one may be, by the name that profiles give it."""


@dataclass(slots=True)
class _Heard:
    """What one exchange has brought so far; it counts even where the rest fails. heard_s: when the page last spoke (monotonic)."""

    transport: str
    heard_s: float
    rtt_s: float | None = None
    server: str = ""
    values: dict[str, float] = field(default_factory=dict)
    response: http.ResponseReader | None = None


class _Fault(Exception):  # noqa: N818 - it becomes a reading's outcome
    def __init__(self, outcome: Outcome, reason: Reason) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.reason = reason


class WebProber(ServiceProber[WebSpec]):
    """Shakes hands, asks for a page, and reads what it tells.

    Fewer at once than of other probes: a handshake takes milliseconds of the processor's time.
    """

    kind = WEB.name
    at_once = 32

    def __init__(self, clock: Clock, *, resolve: Callable[[str], str] = resolve_by_system) -> None:
        super().__init__(clock, resolve=resolve)
        self._tls = _trusting()

    async def _read(self, spec: WebSpec) -> Reading:
        begun_s = self._clock.monotonic()
        outcome, detail = Outcome.OK, tuple[Reason, ...]()
        with self._lateness.under_way() as late:
            connected = await self._connector.connect(spec.address, spec.port, spec.timeout_s)
            if isinstance(connected, Failure):
                return self._reading(spec, connected.outcome, (connected.detail,), ServiceSample())
            found = _Heard("tls" if spec.tls else "tcp", self._clock.monotonic())
            try:
                left_s = max(spec.timeout_s - (connected.took_s or 0.0), HANDSHAKE_LEAST_S)
                await self._exchange(spec, connected, found, left_s, late)
                found.rtt_s = None if late.seconds else self._clock.monotonic() - begun_s
                _read_document(spec, found)
            except _Fault as fault:
                outcome, detail = fault.outcome, (fault.reason,)
        response = found.response
        sample = ServiceSample(
            transport=found.transport,
            code=response.code if response else None,
            phrase=response.phrase if response else "",
            server=found.server or (response.server if response else ""),
            rtt_s=found.rtt_s,
            values=found.values,
        )
        return self._reading(spec, outcome, detail, sample, found.heard_s)

    async def _exchange(self, spec: WebSpec, connected: TcpConnection, found: _Heard, handshake_s: float, late: Late) -> None:
        """Shake hands, ask, and read the answer. Raises _Fault; the connection is closed in any case."""
        try:
            async with Wait(late, handshake_s).limit():
                reader, writer = await self._opened(spec, connected)
        except TimeoutError:
            connected.bare.close()
            raise _ran_out(spec, "no_handshake") from None
        except OSError as error:
            connected.bare.close()
            raise _Fault(Outcome.MALFORMED, Reason("tls", because=(_why(error),))) from None
        try:
            if spec.tls:
                found.heard_s = self._clock.monotonic()
                _note_certificate(writer.get_extra_info("ssl_object"), found)
            async with Wait(late, spec.timeout_s).limit():
                await _converse(spec, reader, writer, found)
            found.heard_s = self._clock.monotonic()
        except TimeoutError:
            raise _ran_out(spec, "request_unanswered") from None
        except (OSError, MalformedError) as error:
            raise _Fault(Outcome.MALFORMED, Reason("http", because=(_why(error),))) from None
        finally:
            writer.transport.abort()

    async def _opened(self, spec: WebSpec, connected: TcpConnection) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if not spec.tls:
            return await asyncio.open_connection(sock=connected.bare, limit=_CHUNK)
        return await asyncio.open_connection(
            sock=connected.bare,
            limit=_CHUNK,
            ssl=self._tls,
            server_hostname="",
            ssl_handshake_timeout=_NEVER_S,
            ssl_shutdown_timeout=1,
        )


def _trusting() -> ssl.SSLContext:
    """Return a context that takes every certificate, and whatever version and cipher of TLS the other side still speaks."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.options |= _OP_LEGACY_SERVER_CONNECT
    return context


def _note_certificate(secured: ssl.SSLObject, found: _Heard) -> None:
    """Note when the certificate ends; one that can't be read says nothing."""
    octets = secured.getpeercert(binary_form=True)
    if octets is None:
        return
    try:
        found.values[_EXPIRY] = x509.load_der_x509_certificate(octets).not_valid_after_utc.timestamp()
    except (ValueError, x509.InvalidVersion):
        return


async def _converse(spec: WebSpec, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, found: _Heard) -> None:
    most = STATUS_READERS[spec.status][1] if spec.status else None
    response = found.response = http.ResponseReader(most)
    writer.write(http.get(spec.address, spec.path, spec.user, spec.password))
    while not response.is_complete:
        data = await reader.read(_CHUNK)
        if not data:
            response.end()
            return
        response.feed(data)


def _read_document(spec: WebSpec, found: _Heard) -> None:
    """Read the status document, where there is to be one. Raises _Fault."""
    response = found.response
    assert response is not None
    if not spec.status:
        return
    if response.code != 200:
        code = "login_refused" if response.code in (401, 403) else "page_status"
        status = f"{response.code} {response.phrase}".rstrip()
        raise _Fault(Outcome.REFUSED, Reason(code, {"path": spec.path, "status": status}))
    try:
        document = STATUS_READERS[spec.status][0](bytes(response.body))
    except MalformedError as error:
        raise _Fault(Outcome.MALFORMED, Reason("document", {"path": spec.path}, (malformed(error),))) from None
    found.server = document.product
    found.values.update(document.values)


def _ran_out(spec: WebSpec, code: str) -> _Fault:
    return _Fault(Outcome.MALFORMED, Reason(code, {"port": spec.port}))


def _why(error: OSError | MalformedError) -> Reason:
    return os_error(error) if isinstance(error, OSError) else malformed(error)
