"""What comes from outside is told by its name, in both languages, by a fault and by a reading alike."""

from __future__ import annotations

import contextlib
import errno
import http.client
import os
import socket
import ssl
import urllib.error
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from monitor.errors import name_of, reason_of
from monitor.lab.services import server_context
from monitor.probes.why import library_error, os_error, os_error_number, unresolved
from monitor.words import LANGUAGES
from monitor.words.faults import tell_fault
from monitor.words.faults.system import SYSTEM
from monitor.words.probe_details import tell_details
from tests.told import english, text

KEY = ec.generate_private_key(ec.SECP256R1())
NUMBERS = {name.lower(): number for number, name in errno.errorcode.items()} | {"eopnotsupp": errno.EOPNOTSUPP}


@pytest.mark.parametrize("number", [NUMBERS[code] for code in SYSTEM if code in NUMBERS], ids=errno.errorcode.get)
def test_a_fault_and_a_reading_tell_an_error_of_the_kernels_alike_and_in_english_as_the_kernel_does(number: int) -> None:
    error = OSError(number, os.strerror(number))
    assert os.strerror(number) == tell_fault(reason_of(error), "en")
    for language in LANGUAGES:
        told = tell_fault(reason_of(error), language)
        assert told == tell_details([os_error(error)], language) == tell_details([os_error_number(number)], language)


def test_an_error_without_words_is_told_by_its_name_and_the_systems_sentence() -> None:
    error = OSError(errno.EXFULL, os.strerror(errno.EXFULL))
    for language in LANGUAGES:
        assert "EXFULL ('Exchange full')" == tell_fault(reason_of(error), language) == tell_details([os_error(error)], language)


def test_an_error_without_a_name_is_told_as_it_is() -> None:
    error = OSError("what a {library} says")
    assert ("", "what a {library} says") == name_of(error)
    assert "what a {library} says" == tell_fault(reason_of(error), "vi") == tell_details([os_error(error)], "vi")


def test_a_name_that_has_no_address_is_told_by_the_resolvers_code() -> None:
    with pytest.raises(socket.gaierror) as none:
        socket.getaddrinfo("no.address", None, flags=socket.AI_NUMERICHOST)
    assert ("EAI_NONAME", "Name or service not known") == name_of(none.value)
    reason = unresolved("no.address", none.value)
    assert "tên 'no.address' không có địa chỉ: DNS không có tên này" == tell_details([reason], "vi")
    assert "the name 'no.address' has no address: Name or service not known" == english([reason])


def test_what_can_be_no_host_name_is_told_without_pythons_words() -> None:
    with pytest.raises(UnicodeError) as refused:
        socket.getaddrinfo(f"{'x' * 64}.invalid", None)
    assert "tên 'x' không có địa chỉ: không phải tên máy hợp lệ" == tell_details([unresolved("x", refused.value)], "vi")


def test_numbers_of_other_libraries_are_not_taken_for_the_kernels() -> None:
    assert "" == name_of(socket.herror(errno.EPERM, "Unknown host"))[0]
    with pytest.raises(ssl.SSLError) as refused:
        ssl.create_default_context(cafile=__file__)
    assert "TLS_NO_CERTIFICATE_OR_CRL_FOUND" == name_of(refused.value)[0]
    assert "tệp không có chứng thư nào" == tell_fault(reason_of(refused.value), "vi")


Answer = Callable[[ssl.MemoryBIO, ssl.MemoryBIO], None]


def shaken(client: ssl.SSLContext, answer: Answer) -> ssl.SSLError:
    """Return how a handshake fails against what answers: it is given the octets of the client and where its own go."""
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    connection = client.wrap_bio(to_client, to_server, server_hostname="codec")
    for _ in range(8):
        try:
            connection.do_handshake()
        except ssl.SSLWantReadError:
            answer(to_server, to_client)
        except ssl.SSLError as error:
            return error
    raise AssertionError("the handshake did not fail")


def no_tls(_: ssl.MemoryBIO, to_client: ssl.MemoryBIO) -> None:
    to_client.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def tls_server(context: ssl.SSLContext) -> Answer:
    inbox, outbox = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = context.wrap_bio(inbox, outbox, server_side=True)

    def answer(to_server: ssl.MemoryBIO, to_client: ssl.MemoryBIO) -> None:
        inbox.write(to_server.read())
        with contextlib.suppress(ssl.SSLError):
            server.do_handshake()
        to_client.write(outbox.read())

    return answer


def test_who_speaks_no_tls_is_told_by_openssls_reason() -> None:
    error = shaken(ssl.create_default_context(), no_tls)
    assert "TLS_WRONG_VERSION_NUMBER" == name_of(error)[0]
    assert ["bên kia không nói TLS", "wrong version number"] == [tell_details([os_error(error)], each) for each in LANGUAGES]


def test_a_certificate_that_is_not_trusted_is_told_by_openssls_number() -> None:
    error = shaken(ssl.create_default_context(), tls_server(server_context(KEY, datetime.now(UTC) + timedelta(days=365))))
    assert ("X509_18", error.verify_message) == name_of(error)  # type: ignore[attr-defined]
    assert "chứng thư tự ký, không có CA nào bảo đảm" == tell_fault(reason_of(error), "vi")
    assert error.verify_message == tell_fault(reason_of(error), "en")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (http.client.RemoteDisconnected("Remote end closed connection without response"), "HTTP_DISCONNECTED"),
        (http.client.IncompleteRead(b"half", 10), "HTTP_CUT"),
        (http.client.BadStatusLine("SSH-2.0"), "HTTP_MALFORMED"),
        (aiohttp.ServerDisconnectedError(), "HTTP_DISCONNECTED"),
        (aiohttp.ClientPayloadError("Response payload is not completed"), "HTTP_CUT"),
        (aiohttp.ServerTimeoutError("Timeout on reading data from socket"), "ETIMEDOUT"),
        (aiohttp.ClientOSError(errno.ECONNRESET, "Connection reset by peer"), "ECONNRESET"),
        (aiohttp.InvalidURL("x"), "HTTP_URL"),
        (urllib.error.URLError(ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")), "ECONNREFUSED"),
        (urllib.error.URLError(socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")), "EAI_AGAIN"),
        (ConnectionResetError(), "ECONNRESET"),
        (TimeoutError(), "ETIMEDOUT"),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, Exception) else "",
)
def test_a_client_of_http_is_told_by_what_happened_to_it(error: Exception, name: str) -> None:
    assert name == name_of(error)[0]
    assert [SYSTEM[name.lower()][at] for at in (0, 1)] == [tell_fault(reason_of(error), language) for language in LANGUAGES]


def wrapped() -> None:
    """Raise what a library makes of the kernel's error, as icmplib and pysnmp do."""
    try:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise ValueError(str(error))  # noqa: B904


def test_a_library_that_wraps_the_kernels_error_is_told_by_the_kernels() -> None:
    with pytest.raises(ValueError, match="Permission denied") as told:
        wrapped()
    assert os_error_number(errno.EACCES) == library_error(told.value, text("no")[0])
    assert text("no")[0] == library_error(ValueError("its own"), text("no")[0])
