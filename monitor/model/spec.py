"""What all probes have, then the kinds of them, one after the other: how each is set, and what its prober is asked to do.

A spec says everything of one probe of one target, so that a prober needs no configuration. It is made of a Basis: the settings of
its kind with whatever the kind of device and the target itself change of them. probe_kinds.py has the table of all kinds.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import Any, Generic, Self, TypeVar

from monitor.model.inventory import Target
from monitor.model.profile import Profile, WebPage
from monitor.model.settings import Credential, Login, ProbeSettings

GRACE_S = 0.1
"""What timers and a busy loop add to whatever is waited for."""
AnySettings = TypeVar("AnySettings", bound=ProbeSettings)

BACK_OFF = 1.5
"""Each retry of an SNMP question waits so many times as long as the try before it."""
HANDSHAKE_LEAST_S = 0.05
"""So long a TLS handshake is waited for, however long the connection took to stand; GRACE_S has room for it."""
RAS_EXTENSION = 2.0
"""A gatekeeper that says 'in progress' is waited for so many timeouts in all."""

_ANY_PAGE = WebPage()


@dataclass(frozen=True, slots=True)
class Basis(Generic[AnySettings]):
    """What the spec of one target is made of.

    settings: of this kind, what the profile and the target change of them joined in. profile: what the inventory names, and the
    candidates that may refine it. credential, login: what the target names, None where it names none. engine: of SNMP, as usual.
    """

    target: Target
    settings: AnySettings
    profile: Profile
    candidates: tuple[Profile, ...] = ()
    credential: Credential | None = None
    login: Login | None = None
    engine: str = "fast"


@dataclass(frozen=True, slots=True)
class Spec:
    """What all specs have. address: IPv4, IPv6 or a name, as text. confirms: asked to confirm a suspicion, not by the schedule."""

    target: str
    address: str
    confirms: bool = field(default=False, kw_only=True)

    @classmethod
    def of(cls, basis: Basis[Any]) -> Self:
        """Return the spec of a target: what the settings say under the names of its own fields, and whatever more() adds to it."""
        made: Any = cls  # mypy knows no class to be hashable
        shared = {name: getattr(basis.settings, name) for name in _shared(made, basis.settings.__class__)}
        return cls(basis.target.id, basis.target.address, **shared | cls.more(basis))

    @classmethod
    def more(cls, basis: Basis[Any]) -> dict[str, Any]:
        """Return by the names of fields what the settings don't say, or what somebody knows better."""
        return {}

    @property
    def asks(self) -> tuple[str, ...]:
        """Return every address that its prober sends to: the target's own, and of whoever else is asked about it."""
        return (self.address,)

    @property
    def waits_s(self) -> float:
        """Return the seconds that its prober waits in all, at most."""
        raise NotImplementedError

    @property
    def span_s(self) -> float:
        """Return within how many seconds of its beginning its reading is there, were it a miss.

        It holds for a loop that comes in time: a wait that stands still while ours is late takes so much longer. The search for the
        address of a name comes before it.
        """
        return self.waits_s + GRACE_S


@lru_cache
def _shared(spec: type[Spec], settings: type[ProbeSettings]) -> tuple[str, ...]:
    """Return the names of the fields that a spec has from its settings."""
    known = {each.name for each in fields(settings)}
    return tuple(each.name for each in fields(spec) if each.name in known)


# Ping


@dataclass(frozen=True, slots=True)
class IcmpSettings(ProbeSettings):
    """Bursts of packets, spacing_s apart. timeout_s: for each of them. dscp: 0 to 63, EF is 46."""

    every_s: float = 15.0
    timeout_s: float = 1.0
    packets: int = 5
    spacing_s: float = 0.02
    dscp: int = 46


@dataclass(frozen=True, slots=True)
class IcmpSpec(Spec):
    """A burst of echo requests. dscp: 0 to 63."""

    packets: int = 5
    spacing_s: float = 0.02
    timeout_s: float = 1.0
    dscp: int = 46

    @property
    def waits_s(self) -> float:
        """Return the seconds from the first request to the time-out of the last."""
        return max(0, self.packets - 1) * self.spacing_s + self.timeout_s


# SNMP


@dataclass(frozen=True, slots=True)
class SnmpSettings(ProbeSettings):
    """timeout_s: of the first try; each retry waits half as long again. deadline_s: for all of a device's poll.

    timeout_min_s, timeout_max_s: bounds of what a first try is waited for once it is known how long an agent takes.
    max_requests_per_second: to one device, retries included.
    """

    every_s: float = 60.0
    timeout_s: float = 2.0
    retries: int = 1
    deadline_s: float = 20.0
    port: int = 161
    in_flight: int = 200
    max_repetitions: int = 20
    timeout_min_s: float = 0.5
    timeout_max_s: float = 8.0
    max_requests_per_second: int = 20


@dataclass(frozen=True, slots=True)
class SnmpSpec(Spec):
    """One poll of an agent. candidates: profiles that may refine `profile` once sysObjectID and sysDescr are known.

    brief: only sysUpTime is asked, to see whether the agent is alive. wan_interface: a regular expression over ifName, ifAlias,
    ifDescr that picks the WAN interface; None leaves it to the profile. interfaces: 'wan' or 'all', which rows are read each time.
    explain: the sample tells how each value of the profile came about.
    timeout_s: of the first try before anything is known of the agent; then as long as it was learned to take, between timeout_min_s
    and timeout_max_s. max_requests_per_second: to the device at this address and port, retries included; None: no bound.
    """

    credential: Credential
    profile: Profile
    candidates: tuple[Profile, ...] = ()
    port: int = 161
    timeout_s: float = 2.0
    retries: int = 1
    deadline_s: float = 20.0
    max_repetitions: int = 20
    answers_from: tuple[str, ...] = ()
    wan_interface: str | None = None
    interfaces: str = "wan"
    engine: str = "fast"
    brief: bool = False
    explain: bool = False
    timeout_min_s: float = 0.5
    timeout_max_s: float = 8.0
    max_requests_per_second: int | None = None

    @classmethod
    def more(cls, basis: Basis[SnmpSettings]) -> dict[str, Any]:
        """Return who is asked and by which profile; a poll never outlives its interval."""
        target, own, credential = basis.target, basis.settings, basis.credential
        assert credential is not None  # only a target with a credential has SNMP
        return {
            "credential": credential,
            "profile": basis.profile,
            "candidates": basis.candidates,
            "deadline_s": min(own.deadline_s, own.every_s),
            "max_repetitions": target.max_repetitions or own.max_repetitions,
            "answers_from": target.answers_from,
            "wan_interface": target.wan_interface,
            "interfaces": target.interfaces,
            "engine": "pysnmp" if credential.version == "3" else target.engine or basis.engine,
        }

    @property
    def tries(self) -> float:
        """Return how many times the first wait all tries of a question take together: 1, 2.5, 4.75, 8.125, …"""
        return float((BACK_OFF ** (self.retries + 1) - 1) / (BACK_OFF - 1))

    @property
    def waits_s(self) -> float:
        """Return the seconds of a whole poll, or of all tries of one question to an agent as slow as may be learned of it.

        A question that max_requests_per_second holds back is sent about a second later.
        """
        if not self.brief or self.engine != "fast":
            return self.deadline_s  # whoever answers a question and then no more is silent once the last one was waited for
        return min(self.deadline_s, max(self.timeout_s, self.timeout_max_s) * self.tries)


# SIP


@dataclass(frozen=True, slots=True)
class SipSettings(ProbeSettings):
    """OPTIONS to endpoints. transports: 'udp', 'tcp', tried in this order; timeout_s: for each of them."""

    every_s: float = 60.0
    timeout_s: float = 2.0
    port: int = 5060
    transports: tuple[str, ...] = ("udp", "tcp")


@dataclass(frozen=True, slots=True)
class SipSpec(Spec):
    """One OPTIONS request (RFC 3261 section 11) to an endpoint, over the first transport that answers.

    transports: 'udp', 'tcp', in this order; all at once where it confirms. user, domain: of the request's URI; '' leaves the user
    out and takes the address. timeout_s: for each transport, retransmissions of section 17.1.2 included.
    drops_strangers: silence then says nothing, and makes no value.
    """

    port: int = 5060
    transports: tuple[str, ...] = ("udp", "tcp")
    user: str = ""
    domain: str = ""
    timeout_s: float = 2.0
    drops_strangers: bool = False

    @classmethod
    def more(cls, basis: Basis[SipSettings]) -> dict[str, Any]:
        access = basis.target.sip
        return {
            "port": access.port or basis.settings.port,
            "user": access.user,
            "domain": access.domain,
            "drops_strangers": basis.profile.drops_strangers,
        }

    @property
    def waits_s(self) -> float:
        """Return the seconds of all transports, one after the other."""
        return self.timeout_s * (1 if self.confirms else len(self.transports))


# Ports


@dataclass(frozen=True, slots=True)
class TcpSettings(ProbeSettings):
    """Connects that only ask whether a host is on. timeout_s: for all ports at once; ports: the profile's, or the target's own."""

    every_s: float = 60.0
    timeout_s: float = 2.0
    ports: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class TcpSpec(Spec):
    """A connect to each of some ports: a refusal, too, proves that the host is on."""

    ports: tuple[int, ...]
    timeout_s: float = 2.0

    @property
    def waits_s(self) -> float:
        """Return the seconds of one connect: all ports are tried at once."""
        return self.timeout_s


# H.323


@dataclass(frozen=True, slots=True)
class H323Settings(ProbeSettings):
    """A connect to an endpoint's call-signalling port, seldom. gatekeeper: address of who knows who is registered, '' for none."""

    every_s: float = 300.0
    timeout_s: float = 2.0
    port: int = 1720
    gatekeeper: str = ""
    gatekeeper_port: int = 1719


@dataclass(frozen=True, slots=True)
class H323Spec(Spec):
    """A TCP connect to the call-signalling port (ITU-T H.225.0), and a LocationRequest for the alias to a gatekeeper.

    gatekeeper: its address, '' for none. alias: E.164 digits or an H.323-ID, '' where it has none: then registration is not asked.
    timeout_s: of the connect, and again of the question to the gatekeeper. drops_strangers: silence then says nothing.
    """

    port: int = 1720
    gatekeeper: str = ""
    gatekeeper_port: int = 1719
    alias: str = ""
    timeout_s: float = 2.0
    drops_strangers: bool = False

    @classmethod
    def more(cls, basis: Basis[H323Settings]) -> dict[str, Any]:
        access = basis.target.h323
        return {
            "port": access.port or basis.settings.port,
            "alias": access.alias,
            "drops_strangers": basis.profile.drops_strangers,
        }

    @property
    def asks_gatekeeper(self) -> bool:
        """Return whether its registration is asked for: there is somebody to ask, and something to ask for."""
        return bool(self.gatekeeper and self.alias)

    @property
    def asks(self) -> tuple[str, ...]:
        """Return the endpoint's address, and the gatekeeper's where that is asked."""
        return (self.address, self.gatekeeper) if self.asks_gatekeeper else (self.address,)

    @property
    def waits_s(self) -> float:
        """Return the seconds of the connect, or beside it of a gatekeeper that asks for patience."""
        return self.timeout_s * (RAS_EXTENSION if self.gatekeeper else 1)


# Management pages


@dataclass(frozen=True, slots=True)
class WebSettings(ProbeSettings):
    """Management pages of endpoints. timeout_s: of the connection, and of the answer. page: what the kind of device has there."""

    every_s: float = 600.0
    timeout_s: float = 4.0
    page: WebPage = _ANY_PAGE


@dataclass(frozen=True, slots=True)
class WebSpec(Spec):
    """The management page of an endpoint, or what its maker tells there.

    tls: HTTPS, and the certificate's end is read (never verified: nearly all sign their own). status: the profile's reader of a
    status document, such as 'cisco-xml', '' for none; path: what is asked for. user, password: of basic authentication, if any.
    """

    port: int = 443
    tls: bool = True
    path: str = "/"
    status: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    timeout_s: float = 4.0

    @classmethod
    def more(cls, basis: Basis[WebSettings]) -> dict[str, Any]:
        own: WebSettings = basis.settings
        page, access, login = own.page, basis.target.web, basis.login
        return {
            "port": access.port or page.port,
            "tls": page.tls,
            "path": access.path or page.path,
            "status": page.status,
            "user": "" if login is None else login.user,
            "password": "" if login is None else login.password,
        }

    @property
    def waits_s(self) -> float:
        """Return the seconds of connection and handshake, and of the answer."""
        return self.timeout_s * 2
