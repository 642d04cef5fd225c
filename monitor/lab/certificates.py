"""Certificates of the lab's web pages: signed by themselves, as nearly all endpoints' are, and ended whenever it is asked for."""

from __future__ import annotations

import ssl
import tempfile
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_LIFE = timedelta(days=730)
_MOST_KEPT = 64


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
