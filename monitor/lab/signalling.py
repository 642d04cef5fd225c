"""What is answered by SIP (RFC 3261), as an endpoint stands, and by RAS (ITU-T H.225.0): the gatekeeper knows every alias."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from monitor.lab.conditions import Conference, LinkCondition
from monitor.model.inventory import Inventory, Target
from monitor.wire.fault import MalformedError
from monitor.wire.h323 import (
    SIGNALLING_PORT,
    TransportAddress,
    gatekeeper_confirm,
    location_confirm,
    location_reject,
    read_question,
)

_STRANGERS = "pc"
"""With what the profile of an endpoint begins whose soft client answers nobody but its own server."""
_LONGEST = 8192
_REQUEST = re.compile(r"([A-Z]+) sips?:(?:([^@\s;>]*)@)?[^\s]+ SIP/2\.0")
_HEADER = re.compile(r"([A-Za-z-]+)[ \t]*:[ \t]*(.*)")
_COMPACT = {"v": "via", "f": "from", "t": "to", "i": "call-id"}
_SENT_BY = re.compile(r"SIP/2\.0/[A-Z]+ +(?:\[[^\]]+\]|[^\s;:]+)(?::(\d+))?", re.IGNORECASE)
_MOST_VIAS = 8


class SipAnswer(NamedTuple):
    """A response and the port that it goes to (section 18.2.2, RFC 3581)."""

    octets: bytes
    port: int


def answer_request(octets: bytes, source: tuple[str, int], target: Target, conference: Conference) -> SipAnswer | None:
    """Return what an endpoint says; None for silence. source: where the request came from."""
    if conference.is_deaf or target.profile.startswith(_STRANGERS) or len(octets) > _LONGEST:
        return None
    first, _, rest = octets.decode("utf-8", "replace").replace("\r\n", "\n").partition("\n")
    asked = _REQUEST.fullmatch(first)
    headers = _headers(rest.partition("\n\n")[0])
    if asked is None or asked[1] == "ACK" or not all(headers.get(name) for name in ("via", "from", "to", "call-id", "cseq")):
        return None
    vias = [_with_source(headers["via"][0], source), *headers["via"][1:_MOST_VIAS]]
    lines = [
        f"SIP/2.0 {_status(asked[1], asked[2] or '', target, conference)}",
        *(f"Via: {via}" for via in vias),
        f"From: {headers['from'][0]}",
        f"To: {headers['to'][0]}" + ("" if "tag=" in headers["to"][0] else f";tag={target.id}"),
        f"Call-ID: {headers['call-id'][0]}",
        f"CSeq: {headers['cseq'][0]}",
        "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS",
        "Accept: application/sdp",
        "Server: lab",
        "Content-Length: 0",
    ]
    return SipAnswer(("\r\n".join(lines) + "\r\n\r\n").encode(), _port(headers["via"][0], source[1]))


def _status(method: str, user: str, target: Target, conference: Conference) -> str:
    if user and target.sip.user and user != target.sip.user:
        return "404 Not Found"
    if conference.is_busy and method in ("OPTIONS", "INVITE"):
        return "486 Busy Here"
    return "200 OK" if method == "OPTIONS" else "501 Not Implemented"


def _headers(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in re.sub(r"\n[ \t]+", " ", text).split("\n"):
        header = _HEADER.fullmatch(line)
        if header:
            name = header[1].lower()
            found.setdefault(_COMPACT.get(name, name), []).append(header[2])
    return found


def _with_source(via: str, source: tuple[str, int]) -> str:
    """Return a Via with where its request came from (section 18.2.1, RFC 3581 section 4)."""
    seen = re.sub(r";[ \t]*rport(?=[ \t]*(;|,|$))", f";rport={source[1]}", via, count=1)
    value, comma, others = seen.partition(",")
    return f"{value};received={source[0]}{comma}{others}"


def _port(via: str, source_port: int) -> int:
    if re.search(r";[ \t]*rport[ \t]*(;|,|$)", via):
        return source_port
    sent_by = _SENT_BY.match(via)
    port = int(sent_by[1]) if sent_by and sent_by[1] and len(sent_by[1]) < 6 else 5060
    return port if 0 < port < 65_536 else source_port


def answer_ras(
    request: bytes, own: TransportAddress, inventory: Inventory, conditions: Mapping[str, LinkCondition]
) -> bytes | None:
    """Return what the gatekeeper at `own` says to a datagram; None where it says nothing, as to what it can't read.

    A registration outlives the power of its endpoint for a while, as real ones do until their time to live is over.
    """
    try:
        question = read_question(request)
    except MalformedError:
        return None
    if question.alias is None:
        return gatekeeper_confirm(question.sequence, own)
    for target in inventory.targets.values():
        if target.h323.alias == question.alias and conditions[target.id].conference.is_registered:
            return location_confirm(question.sequence, (target.address, target.h323.port or SIGNALLING_PORT), own)
    return location_reject(question.sequence)
