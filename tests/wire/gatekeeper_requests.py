"""A GatekeeperRequest, as terminals send it; the monitor asks for an alias instead, which says more."""

from __future__ import annotations

from monitor.wire.h323 import TransportAddress, _begun, _Ras, _write_place, _write_protocol

RAS_PORT = 1719


def gatekeeper_request(sequence: int, reply_to: TransportAddress) -> bytes:
    """Return a GatekeeperRequest of a terminal. sequence: 1 to 65535."""
    writer = _begun(_Ras.GRQ, 4, sequence)
    _write_protocol(writer)
    _write_place(writer, reply_to)
    # EndpointType with terminal alone, and TerminalInfo, mc and undefinedNode without anything.
    writer.bits(0b0_000001, 7)
    writer.bits(0, 4)
    return writer.encoded()
