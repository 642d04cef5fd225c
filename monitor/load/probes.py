"""Every key that speaks of probes: in monitor.yaml, of a target, and of a profile; one form a kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from monitor.load.document import Node
from monitor.load.fields import Field, ListOf, ReadMapping, Record, Table
from monitor.load.suggest import did_you_mean
from monitor.load.values import Address, Choice, Duration, Flag, Identifier, Scalar, Schema, Text, Whole
from monitor.model.inventory import Kind, ProbeOverride, Target
from monitor.model.probe_kinds import KINDS, Given, ProbeKind
from monitor.model.profile import Profile, WebPage
from monitor.model.settings import Credential, ProbeSettings, Settings
from monitor.model.spec import Basis, SnmpSettings, Spec
from monitor.rules.timetable import own_settings
from monitor.words.phrase import Phrase

# RFC 2474 (class selectors), RFC 2597 (assured forwarding), RFC 3246 (expedited forwarding), RFC 8622 (lower effort).
DSCP = (
    {"ef": 46, "le": 1}
    | {f"cs{n}": 8 * n for n in range(8)}
    | {f"af{c}{d}": 8 * c + 2 * d for c in (1, 2, 3, 4) for d in (1, 2, 3)}
)

TRANSPORTS = ("udp", "tcp")
STATUS_READERS = ("cisco-xml",)
_MOST_PORTS = 8


class Dscp(Scalar):
    """A DSCP by its name (ef, af41, cs4) or number, 0 to 63."""

    written = "DSCP: name or 0 to 63"

    def read(self, node: Node) -> int:
        text = node.text("a_dscp").lower()
        if text in DSCP:
            return DSCP[text]
        if re.fullmatch(r"[0-9]{1,2}", text) and int(text) < 64:
            return int(text)
        raise node.refuse("no_dscp", did_you_mean(text, DSCP, Phrase("write_dscp")), text=text)

    def schema(self) -> Schema:
        return {"anyOf": [{"enum": list(DSCP)}, {"type": "integer", "minimum": 0, "maximum": 63}]}


class SipName(Scalar):
    """The user or the domain of a SIP URI, in the characters that need no escape there (RFC 3261 section 25.1)."""

    _PATTERN = r"[A-Za-z0-9_.!~*'()&=+$,;?/-]{1,128}"
    written = "part of a SIP address"
    pattern = f"^{_PATTERN}$"
    numbers = True

    def read(self, node: Node) -> str:
        text = node.text("a_sip_name")
        if not re.fullmatch(self._PATTERN, text):
            raise node.refuse("no_sip_name", text=text)
        return text


_TIMEOUT = Duration(0.05, 60)
_EVERY = Duration(1, 86400)
_OFTEN = Duration(0.2, 86400)
_PORT = Whole(1, 65535)
_TRANSPORTS = ListOf(Choice(TRANSPORTS), least=1, once=True)
_PORTS = ListOf(_PORT, least=1, most=_MOST_PORTS, once=True)
_PAGE = Record(
    WebPage,
    (
        Field("status", Choice(STATUS_READERS), doc="what reads the document at `path`; absent: it is only a page"),
        Field("path", Text(longest=200), usual="/", doc="what is asked for"),
        Field("port", _PORT, usual="443", doc="its port"),
        Field("tls", Flag(), usual="true", doc="HTTPS, whose certificate's end is read"),
    ),
)
_IS = Field("enabled", Flag(), usual="true", doc="whether it is probed in this way at all")
_MAY_BE = Field("enabled", Flag(), doc="whether it is probed in this way at all; absent: as its profile says")
_COMMON = (
    Field("every", _EVERY, attribute="every_s", doc="interval"),
    Field("timeout", _TIMEOUT, attribute="timeout_s", doc="as in monitor.yaml"),
)


def _snmp_faults(own: SnmpSettings) -> Iterator[tuple[str, dict[str, float]]]:
    if own.deadline_s < own.timeout_s:
        yield "deadline_too_short", {"deadline_s": own.deadline_s}
    if own.timeout_min_s > own.timeout_max_s:
        yield "timeouts_crossed", {}


def _no_faults(own: Any) -> Iterator[tuple[str, dict[str, float]]]:
    return iter(())


@dataclass(frozen=True, slots=True)
class ProbeForm:
    """How one kind of probe is written.

    doc: what it is. settings: its keys in monitor.yaml. own: those that a target may change. of_profile: its key in a profile, None
    where no profile names it; becomes: the setting that its value there becomes, '' where it only says that there is such a probe.
    Attributes of all these keys are fields of the kind's settings. faults: what contradicts itself: codes and what they quote.
    """

    doc: str
    settings: tuple[Field, ...]
    own: tuple[Field, ...]
    of_profile: Field | None = None
    becomes: str = ""
    faults: Callable[[Any], Iterator[tuple[str, dict[str, float]]]] = _no_faults


FORMS: Mapping[str, ProbeForm] = {
    "icmp": ProbeForm(
        "ping",
        (
            Field("every", Duration(0.2, 86400), attribute="every_s", usual="15s", doc="interval of a target's rounds"),
            Field("packets", Whole(1, 100), usual="5", doc="echo requests in a burst"),
            Field("spacing", Duration(0.001, 10), attribute="spacing_s", usual="20ms", doc="between the requests of a burst"),
            Field("timeout", Duration(0.01, 60), attribute="timeout_s", usual="1s", doc="how long each request is waited for"),
            Field("dscp", Dscp(), usual="ef", doc="mark of the requests, as the video's, so that they take its queue"),
        ),
        (
            Field("every", _OFTEN, attribute="every_s", doc="interval"),
            Field("packets", Whole(1, 100), doc="echo requests in a burst"),
            Field("spacing", Duration(0.001, 10), attribute="spacing_s", doc="between the requests of a burst"),
            Field("timeout", Duration(0.01, 60), attribute="timeout_s", doc="how long each request is waited for"),
            Field("dscp", Dscp(), doc="mark of the requests"),
        ),
    ),
    "snmp": ProbeForm(
        "SNMP",
        (
            Field("every", Duration(1, 86400), attribute="every_s", usual="60s", doc="interval of a device's polls"),
            Field(
                "timeout",
                Duration(0.05, 60),
                attribute="timeout_s",
                usual="2s",
                doc="of the first try; each retry waits half as long again",
            ),
            Field(
                "timeout_min",
                Duration(0.05, 60),
                attribute="timeout_min_s",
                usual="500ms",
                doc="a first try is waited for no shorter, however quick the agent was learned to be",
            ),
            Field(
                "timeout_max",
                Duration(0.05, 60),
                attribute="timeout_max_s",
                usual="8s",
                doc="a first try is waited for no longer, however slow the agent was learned to be",
            ),
            Field("retries", Whole(0, 10), usual="1", doc="further tries of a request"),
            Field("deadline", Duration(0.1, 600), attribute="deadline_s", usual="20s", doc="for all of a device's poll"),
            Field("port", Whole(1, 65535), usual="161", doc="UDP port of the agents"),
            Field(
                "in_flight",
                Whole(1, 10000),
                usual="200",
                doc="questions on their way at once, fewer where the receive buffer holds fewer; read at the start only",
            ),
            Field("max_repetitions", Whole(1, 50), usual="20", doc="rows asked for in one GETBULK"),
            Field("max_requests_per_second", Whole(1, 10000), usual="20", doc="to one device (address and port), retries included"),
        ),
        (
            Field("every", _OFTEN, attribute="every_s", doc="interval"),
            Field("timeout", _TIMEOUT, attribute="timeout_s", doc="of the first try"),
            Field("retries", Whole(0, 10), doc="further tries of a request"),
            Field("max_requests_per_second", Whole(1, 10000), doc="to this device, retries included"),
        ),
        faults=_snmp_faults,
    ),
    "sip": ProbeForm(
        "SIP OPTIONS to endpoints",
        (
            Field("every", _EVERY, attribute="every_s", usual="60s", doc="interval of an endpoint's probes"),
            Field("timeout", _TIMEOUT, attribute="timeout_s", usual="2s", doc="for each transport, retransmissions included"),
            Field("port", _PORT, usual="5060", doc="port of the endpoints"),
            Field("transports", _TRANSPORTS, usual="[udp, tcp]", doc="tried in this order; what answered last is tried first"),
        ),
        (*_COMMON, Field("transports", _TRANSPORTS, doc="tried in this order")),
        Field("sip", Flag(), usual="false", doc="it takes calls by SIP"),
    ),
    "tcp": ProbeForm(
        "ports that show whether a PC is on",
        (
            Field("every", _EVERY, attribute="every_s", usual="60s", doc="interval of a target's probes"),
            Field("timeout", _TIMEOUT, attribute="timeout_s", usual="2s", doc="of the connects, all ports at once"),
        ),
        (*_COMMON, Field("ports", _PORTS, doc="ports to connect to, instead of the profile's")),
        Field("tcp", _PORTS, doc="ports at which an answer, be it a refusal, shows that it is on"),
        becomes="ports",
    ),
    "h323": ProbeForm(
        "H.323 call signalling of endpoints, and their registration",
        (
            Field("every", _EVERY, attribute="every_s", usual="5m", doc="interval of an endpoint's probes"),
            Field("timeout", _TIMEOUT, attribute="timeout_s", usual="2s", doc="of the connect, and of the gatekeeper's answer"),
            Field("port", _PORT, usual="1720", doc="call-signalling port of the endpoints"),
            Field("gatekeeper", Address(), doc="the gatekeeper, asked whether an endpoint's alias is registered"),
            Field("gatekeeper_port", _PORT, usual="1719", doc="its RAS port (UDP)"),
        ),
        (*_COMMON,),
        Field("h323", Flag(), usual="false", doc="it takes calls by H.323"),
    ),
    "web": ProbeForm(
        "management pages of endpoints, with their certificates",
        (
            Field("every", _EVERY, attribute="every_s", usual="10m", doc="interval of an endpoint's probes"),
            Field("timeout", _TIMEOUT, attribute="timeout_s", usual="4s", doc="of the connection, and of the answer"),
        ),
        (*_COMMON,),
        Field("web", _PAGE, doc="it has a management page"),
        becomes="page",
    ),
}


def keywords(**given: Any) -> dict[str, Any]:
    """Return what is said of one thing, by the names of its fields: merged with what else is said of it later."""
    return given


def _override_form(kind: ProbeKind[Any, Any]) -> Field:
    enabled = _MAY_BE if kind.given is Given.NAMED else _IS
    own = Record(keywords, (enabled, *FORMS[kind.name].own))
    return Field(kind.name, own, default={}, doc=f"what differs from probes.{kind.name} of monitor.yaml")


SETTINGS = Table(
    [
        Field(name, Record(kind.settings, FORMS[name].settings), default=kind.settings(), doc=FORMS[name].doc)
        for name, kind in KINDS.items()
    ]
)
"""`probes` of monitor.yaml."""
OVERRIDES = Table([_override_form(kind) for kind in KINDS.values()])
"""`probes` of a target, or of the defaults of its kind."""
PROFILE = Table([form.of_profile for form in FORMS.values() if form.of_profile is not None])
"""`probes` of a profile."""


def read_probes(probes: ReadMapping | None) -> Mapping[str, ProbeSettings]:
    """Return kind → how it is set, of those that are not as usual; notes what can't be kept."""
    found: dict[str, ProbeSettings] = {}
    for kind in KINDS.values():
        own: ProbeSettings = kind.settings() if probes is None else probes[kind.name]
        if probes is None or own == kind.settings():
            continue
        found[kind.name] = own
        for code, quoted in _contradictions(kind, own):
            probes.refuse(kind.name, code, **quoted)
    return MappingProxyType(found)


_NOBODY = Target("", Kind.POINT, "", "", "", "", "")


def _contradictions(kind: ProbeKind[Any, Any], own: ProbeSettings) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield what contradicts itself in how a kind is set: codes and what they quote."""
    yield from FORMS[kind.name].faults(own)
    spec: Spec = kind.spec.of(Basis(_NOBODY, own, Profile(""), credential=Credential("", "2c")))
    if spec.waits_s > own.every_s:
        yield "probe_too_long", {"took": spec.waits_s, "every": own.every_s}


def check_overrides(said: Sequence[ReadMapping], settings: Settings) -> None:
    """Note where what a target says of its probes contradicts what holds for it besides. said: as read_overrides() takes it.

    The place is the nearest that says anything; what monitor.yaml alone is at fault for is not told again.
    """
    target = replace(_NOBODY, probes=read_overrides(said))
    for name, override in target.probes.items():
        kind = KINDS[name]
        if override.enabled is False or not override.changes:
            continue
        usual = {code for code, _ in _contradictions(kind, kind.of(settings))}
        nearest = next(probes for probes in reversed(said) if probes.has(name) and probes[name].keys() - {"enabled"})
        for code, quoted in _contradictions(kind, own_settings(kind, target, settings)):
            if code not in usual:
                nearest.refuse(name, code, **quoted)


def read_overrides(said: Sequence[ReadMapping]) -> Mapping[str, ProbeOverride]:
    """Return kind → what a target says of it, key by key. said: what is written, whatever counts before others last."""
    merged: dict[str, dict[str, Any]] = {}
    for probes in said:
        for name in KINDS:
            if probes.has(name):
                merged.setdefault(name, {}).update(probes[name])
    return MappingProxyType({name: ProbeOverride(given.pop("enabled", None), given) for name, given in merged.items()})


def read_profile(probes: ReadMapping | None) -> Mapping[str, Mapping[str, object]]:
    """Return kind → what a profile changes of its settings, of the kinds that such a device is asked by."""
    if probes is None:
        return MappingProxyType({})
    said = {name: probes[name] for name, form in FORMS.items() if form.of_profile is not None and probes[name]}
    return MappingProxyType({name: {FORMS[name].becomes: value} if FORMS[name].becomes else {} for name, value in said.items()})


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
