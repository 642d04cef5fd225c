"""What a prober is asked to do: one spec a target and probe, everything in it, so that a prober needs no configuration."""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.model.profile import Profile
from monitor.model.settings import Credential


@dataclass(frozen=True, slots=True)
class IcmpSpec:
    """A burst of echo requests. address: IPv4 or IPv6, as text. dscp: 0 to 63. confirms: asked to confirm a suspicion."""

    target: str
    address: str
    packets: int = 5
    spacing_s: float = 0.02
    timeout_s: float = 1.0
    dscp: int = 46
    confirms: bool = False

    @property
    def longest_s(self) -> float:
        """Return how long it takes at most, in seconds."""
        return self.timeout_s + self.packets * self.spacing_s


@dataclass(frozen=True, slots=True)
class SnmpSpec:
    """One poll of an agent. candidates: profiles that may refine `profile` once sysObjectID and sysDescr are known.

    brief: only sysUpTime is asked, to see whether the agent is alive. wan_interface: a regular expression over ifName, ifAlias,
    ifDescr that picks the WAN interface; None leaves it to the profile. interfaces: 'wan' or 'all', which rows are read each time.
    explain: the sample tells how each value of the profile came about.
    timeout_s: of the first try before anything is known of the agent; then as long as it was learned to take, between timeout_min_s
    and timeout_max_s. max_requests_per_second: to the device at this address and port, retries included; None: no bound.
    """

    target: str
    address: str
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
    confirms: bool = False
    explain: bool = False
    timeout_min_s: float = 0.5
    timeout_max_s: float = 8.0
    max_requests_per_second: int | None = None

    @property
    def longest_s(self) -> float:
        """Return how long it takes at most, in seconds."""
        return self.deadline_s


@dataclass(frozen=True, slots=True)
class SipSpec:
    """One OPTIONS request (RFC 3261 section 11) to an endpoint, over the first transport that answers.

    transports: 'udp', 'tcp', in this order. user, domain: of the request's URI; '' leaves the user out and takes the address.
    timeout_s: for each transport, retransmissions of section 17.1.2 included. confirms: all transports are tried at once.
    drops_strangers: silence then says nothing, and makes no value.
    """

    target: str
    address: str
    port: int = 5060
    transports: tuple[str, ...] = ("udp", "tcp")
    user: str = ""
    domain: str = ""
    timeout_s: float = 2.0
    confirms: bool = False
    drops_strangers: bool = False

    @property
    def longest_s(self) -> float:
        """Return how long it takes at most, in seconds."""
        return self.timeout_s * len(self.transports)


@dataclass(frozen=True, slots=True)
class H323Spec:
    """A TCP connect to the call-signalling port (ITU-T H.225.0), and a LocationRequest for the alias to a gatekeeper.

    gatekeeper: its address, '' for none. alias: E.164 digits or an H.323-ID, '' where it has none: then registration is not asked.
    timeout_s: of the connect, and again of the question to the gatekeeper. drops_strangers: silence then says nothing.
    """

    target: str
    address: str
    port: int = 1720
    gatekeeper: str = ""
    gatekeeper_port: int = 1719
    alias: str = ""
    timeout_s: float = 2.0
    confirms: bool = False
    drops_strangers: bool = False

    @property
    def longest_s(self) -> float:
        """Return how long it takes at most, in seconds."""
        return self.timeout_s * 2


@dataclass(frozen=True, slots=True)
class WebSpec:
    """The management page of an endpoint, or what its maker tells there.

    tls: HTTPS, and the certificate's end is read (never verified: nearly all sign their own). status: the profile's reader of a
    status document, such as 'cisco-xml', '' for none; path: what is asked for. user, password: of basic authentication, if any.
    """

    target: str
    address: str
    port: int = 443
    tls: bool = True
    path: str = "/"
    status: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    timeout_s: float = 4.0
    confirms: bool = False

    @property
    def longest_s(self) -> float:
        """Return how long it takes at most, in seconds: the handshake and the answer."""
        return self.timeout_s * 2


@dataclass(frozen=True, slots=True)
class TcpSpec:
    """A connect to each of some ports: a refusal, too, proves that the host is on."""

    target: str
    address: str
    ports: tuple[int, ...]
    timeout_s: float = 2.0
    confirms: bool = False

    @property
    def longest_s(self) -> float:
        """Return how long it takes at most, in seconds: all ports are tried at once."""
        return self.timeout_s


Spec = IcmpSpec | SnmpSpec | SipSpec | H323Spec | WebSpec | TcpSpec
