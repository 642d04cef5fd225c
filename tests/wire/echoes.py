"""Echoes as octets, one at a time; the product seals whole bursts at once (EchoCodec)."""

from __future__ import annotations

from monitor.wire.icmp import _HEADER, _REPLY, _REQUEST, Echo, _sealed


def build_echo(version: int, echo: Echo, ends: tuple[str, str] | None = None) -> bytes:
    """Return the message of an echo, IP version 4 or 6. ends: source and destination, for the checksum of version 6."""
    kind = _REPLY[version] if echo.is_reply else _REQUEST[version]
    return _sealed(_HEADER.pack(kind, 0, 0, echo.ident, echo.sequence) + echo.payload, version, ends)
