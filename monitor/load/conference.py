"""Every key that speaks of conference probes: in monitor.yaml, of a target, and of a profile."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from monitor.load.document import Node
from monitor.load.fields import Entry, Field, ListOf, Record, Table
from monitor.load.secrets import Secret, SecretStore
from monitor.load.values import Address, Choice, Duration, Flag, Identifier, Schema, Text, Whole
from monitor.model.profile import ConferenceProbes, WebPage
from monitor.model.settings import H323Settings, Login, SipSettings, TcpSettings, WebSettings
from monitor.words.phrase import Phrase

TRANSPORTS = ("udp", "tcp")
STATUS_READERS = ("cisco-xml",)
_MOST_PORTS = 8


class SipName:
    """The user or the domain of a SIP URI, in the characters that need no escape there (RFC 3261 section 25.1)."""

    _PATTERN = r"[A-Za-z0-9_.!~*'()&=+$,;?/-]{1,128}"

    def read(self, node: Node) -> str:
        """Return it as it is written."""
        text = node.text("a_sip_name")
        if not re.fullmatch(self._PATTERN, text):
            raise node.refuse("no_sip_name", text=text)
        return text

    def schema(self) -> Schema:
        """A string; digits alone look like a number."""
        return {"type": ["string", "number"], "pattern": f"^{self._PATTERN}$"}

    def form(self) -> str:
        """Return how it is written."""
        return "part of a SIP address"


_TIMEOUT = Duration(0.05, 60)
_EVERY = Duration(1, 86400)
_PORT = Whole(1, 65535)
_TRANSPORTS = ListOf(Choice(TRANSPORTS), least=1, once=True)
_PORTS = ListOf(_PORT, least=1, most=_MOST_PORTS, once=True)

# monitor.yaml

SIP = Record(
    SipSettings,
    (
        Field("every", _EVERY, attribute="every_s", usual="60s", doc="interval of an endpoint's probes"),
        Field("timeout", _TIMEOUT, attribute="timeout_s", usual="2s", doc="for each transport, retransmissions included"),
        Field("port", _PORT, usual="5060", doc="port of the endpoints"),
        Field("transports", _TRANSPORTS, usual="[udp, tcp]", doc="tried in this order; what answered last is tried first"),
    ),
)
H323 = Record(
    H323Settings,
    (
        Field("every", _EVERY, attribute="every_s", usual="5m", doc="interval of an endpoint's probes"),
        Field("timeout", _TIMEOUT, attribute="timeout_s", usual="2s", doc="of the connect, and of the gatekeeper's answer"),
        Field("port", _PORT, usual="1720", doc="call-signalling port of the endpoints"),
        Field("gatekeeper", Address(), doc="the gatekeeper, asked whether an endpoint's alias is registered"),
        Field("gatekeeper_port", _PORT, usual="1719", doc="its RAS port (UDP)"),
    ),
)
WEB = Record(
    WebSettings,
    (
        Field("every", _EVERY, attribute="every_s", usual="10m", doc="interval of an endpoint's probes"),
        Field("timeout", _TIMEOUT, attribute="timeout_s", usual="4s", doc="of the connection, and of the answer"),
    ),
)
TCP = Record(
    TcpSettings,
    (
        Field("every", _EVERY, attribute="every_s", usual="60s", doc="interval of a target's probes"),
        Field("timeout", _TIMEOUT, attribute="timeout_s", usual="2s", doc="of the connects, all ports at once"),
    ),
)
SETTINGS = (
    Field("sip", SIP, default=SipSettings(), doc="SIP OPTIONS to endpoints"),
    Field("h323", H323, default=H323Settings(), doc="H.323 call signalling of endpoints, and their registration"),
    Field("web", WEB, default=WebSettings(), doc="management pages of endpoints, with their certificates"),
    Field("tcp", TCP, default=TcpSettings(), doc="ports that show whether a PC is on"),
)


def login_table(store: SecretStore) -> Table:
    """Return the form of one login."""
    return Table(
        (
            Field("user", Text(longest=128, numbers=True), required=True, doc="user name"),
            Field("password", Secret(store), required=True, doc="its password"),
        ),
        what="login",
    )


def read_logins(entries: Mapping[str, Entry]) -> dict[str, Login]:
    """Return the logins that have no fault."""
    return {name: Login(name, entry["user"], entry["password"]) for name, entry in entries.items() if entry.is_whole}


def read_probes(probes: Entry) -> dict[str, Any]:
    """Return the settings of the conference probes by the names of Settings; notes what can't be kept."""
    sip: SipSettings = probes["sip"]
    longest = {"sip": sip.timeout_s * len(sip.transports)}
    longest |= {name: probes[name].timeout_s * times for name, times in (("h323", 2), ("web", 2), ("tcp", 1))}
    for name, took_s in longest.items():
        every_s = probes[name].every_s
        if took_s > every_s:
            probes.refuse(name, "probe_too_long", Phrase("lengthen_every"), took=f"{took_s:g}", every=f"{every_s:g}")
    return {name: probes[name] for name in longest}


# A target


def keywords(**given: Any) -> dict[str, Any]:
    """Return what a target says of one thing, by the names of its fields: merged with its kind's defaults later."""
    return given


def overrides() -> tuple[Field, ...]:
    """Return what a target may change of each conference probe."""
    common = (
        Field("enabled", Flag(), doc="whether it is probed in this way at all; absent: as its profile says"),
        Field("every", _EVERY, attribute="every_s", doc="interval"),
        Field("timeout", _TIMEOUT, attribute="timeout_s", doc="as in monitor.yaml"),
    )
    own = {
        "sip": (Field("transports", _TRANSPORTS, doc="tried in this order"),),
        "h323": (),
        "web": (),
        "tcp": (Field("ports", _PORTS, doc="ports to connect to, instead of the profile's"),),
    }
    return tuple(
        Field(name, Record(keywords, (*common, *more)), default={}, doc=f"what differs from probes.{name} of monitor.yaml")
        for name, more in own.items()
    )


ACCESS = (
    Field(
        "sip",
        Record(
            keywords,
            (
                Field("user", SipName(), doc="user of its SIP address; absent: none is asked for"),
                Field("domain", SipName(), doc="domain of its SIP address; absent: its IP address"),
                Field("port", _PORT, doc="its port; absent: that of probes.sip"),
            ),
        ),
        doc="how it is addressed in SIP",
    ),
    Field(
        "h323",
        Record(
            keywords,
            (
                Field("alias", Text(longest=128, numbers=True), doc="its E.164 number or H.323-ID, as the gatekeeper knows it"),
                Field("port", _PORT, doc="its port; absent: that of probes.h323"),
            ),
        ),
        doc="how it is addressed in H.323",
    ),
    Field(
        "web",
        Record(
            keywords,
            (
                Field("login", Identifier(), doc="login of monitor.yaml"),
                Field("port", _PORT, doc="its port; absent: the profile's"),
                Field("path", Text(longest=200), doc="what is asked for; absent: the profile's"),
            ),
        ),
        doc="how its management page is reached",
    ),
)

# A profile

PROFILE = Record(
    ConferenceProbes,
    (
        Field("sip", Flag(), usual="false", doc="it takes calls by SIP"),
        Field("h323", Flag(), usual="false", doc="it takes calls by H.323"),
        Field(
            "web",
            Record(
                WebPage,
                (
                    Field("status", Choice(STATUS_READERS), doc="what reads the document at `path`; absent: it is only a page"),
                    Field("path", Text(longest=200), usual="/", doc="what is asked for"),
                    Field("port", _PORT, usual="443", doc="its port"),
                    Field("tls", Flag(), usual="true", doc="HTTPS, whose certificate's end is read"),
                ),
            ),
            doc="it has a management page",
        ),
        Field("tcp", _PORTS, doc="ports at which an answer, be it a refusal, shows that it is on"),
    ),
)
