"""What a probe brought back. The network never raises: it becomes an Outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from monitor.model.agent_fault import AgentFault
from monitor.model.reason import Reason, Reasons


class Outcome(StrEnum):
    """How one probe of one target ended.

    OK:        a valid answer came from the target.
    TIMEOUT:   asked, and nothing valid came in time.
    REFUSED:   the target answered with a refusal (SNMP authorizationError, TCP reset): it is alive, the probe failed.
    MALFORMED: what came could not be decoded; the target is alive, the probe failed.
    NOT_SENT:  nothing was sent (no route, EPERM, no buffer, no name) or the reading is void (loop lag): says nothing of the target.
    """

    OK = "ok"
    TIMEOUT = "timeout"
    REFUSED = "refused"
    MALFORMED = "malformed"
    NOT_SENT = "not_sent"

    @property
    def is_alive(self) -> bool:
        """True where the target itself has said something."""
        return self is Outcome.OK or self is Outcome.REFUSED or self is Outcome.MALFORMED


_UNREACHABLE: Mapping[tuple[int, int], str] = MappingProxyType(
    {
        (3, 0): "network_unreachable",
        (3, 1): "host_unreachable",
        (3, 3): "port_unreachable",
        (3, 13): "prohibited",
        (11, 0): "hops_exceeded",
    }
)
"""RFC 792 and RFC 1812 section 5.2.7.1: type and code."""


@dataclass(frozen=True, slots=True)
class Unreachable:
    """An ICMP error (RFC 792, RFC 4443) that quoted one of our packets: evidence, never a verdict.

    reporter: the address that sent it. type, code: as on the wire. mtu: next-hop MTU of 'fragmentation needed', else None.
    """

    reporter: str
    type: int
    code: int
    mtu: int | None = None

    @property
    def reason(self) -> Reason:
        """Return what it says, as a code of words/probe_details.py."""
        known = _UNREACHABLE.get((self.type, self.code))
        if known is None:
            return Reason("icmp_error", {"type": self.type, "number": self.code, "reporter": self.reporter})
        return Reason(known, {"reporter": self.reporter})


@dataclass(frozen=True, slots=True)
class IcmpSample:
    """What a burst of echo requests brought back.

    sent:       requests that the kernel accepted; 0 means nothing can be said, not "no loss".
    rtts_s:     round-trip times in seconds in the order of sending, None where no reply came; len(rtts_s) == sent.
    duplicates: replies that came more than once; not counted in rtts_s.
    clock:      'kernel' where receive stamps are the kernel's, 'loop' where the loop's clock had to serve.
    """

    sent: int
    rtts_s: tuple[float | None, ...]
    duplicates: int = 0
    unreachable: Unreachable | None = None
    clock: str = "kernel"

    @property
    def received(self) -> int:
        """Return how many requests were answered."""
        return len(self.rtts_s) - self.rtts_s.count(None)

    @property
    def loss_ratio(self) -> float | None:
        """Return the share of the sent requests that no reply came to, 0 to 1; None where nothing was sent."""
        return 1 - self.received / self.sent if self.sent else None

    @property
    def rtt_average_s(self) -> float | None:
        """Return the mean round-trip time in seconds, None where no reply came."""
        total_s, received = 0.0, 0
        for rtt_s in self.rtts_s:
            if rtt_s is not None:
                total_s += rtt_s
                received += 1
        return total_s / received if received else None


@dataclass(frozen=True, slots=True)
class Hop:
    """One router of a path that said so. distance: hops from us, 1 is the nearest."""

    distance: int
    address: str


@dataclass(frozen=True, slots=True)
class PathTrace:
    """The path to an address as far as it answers.

    hops: those that answered, the nearest first, each router once. reached: the address itself answered. fault: why there is no
    trace, None where there is one.
    """

    address: str
    hops: tuple[Hop, ...] = ()
    reached: bool = False
    fault: Reason | None = None

    def describe(self) -> Reason:
        """Return where the path breaks: a code of words/probe_details.py.

        A hop's number is told only where all nearer ones answered too: 'host unreachable' of the last living router may answer for
        any greater distance, and routers limit such errors (RFC 1812 section 4.3.2.8): a hop without an answer proves nothing.
        """
        if self.fault is not None:
            return Reason("path_untraced", because=(self.fault,))
        if self.reached:
            return Reason("path_whole", {"address": self.address, "hop": self.hops[-1].distance})
        if not self.hops:
            return Reason("path_mute")
        last = self.hops[-1]
        if last.distance != len(self.hops):
            return Reason("path_beyond", {"address": last.address})
        return Reason("path_after", {"hop": last.distance, "address": last.address})


@dataclass(frozen=True, slots=True)
class InterfaceSample:
    """One row of ifTable/ifXTable (RFC 2863) as the device gave it; None where it has no such column.

    name: ifName, else ifDescr, else 'if' + ifIndex: the key, since ifIndex moves. speed_bps: ifHighSpeed or ifSpeed.
    octet_bits: 64 where the octet counters are ifHC*, else 32. up: ifOperStatus is up(1).
    role: 'wan' for the interface that carries the circuit, else 'other'.
    """

    name: str
    index: int
    descr: str = ""
    alias: str = ""
    up: bool | None = None
    speed_bps: int | None = None
    octet_bits: int = 64
    receive_octets: int | None = None
    transmit_octets: int | None = None
    receive_errors: int | None = None
    transmit_errors: int | None = None
    receive_discards: int | None = None
    transmit_discards: int | None = None
    uptime_ticks: int | None = None
    role: str = "other"


class Lack(StrEnum):
    """Why a value that a profile asks for has no number."""

    NONE = ""
    ABSENT = "absent"
    NO_ROWS = "no_rows"
    NO_NUMBER = "no_number"
    INVALID = "invalid"
    UNMAPPED = "unmapped"
    CONDITION = "condition"
    BOUNDS = "bounds"
    SUBSTITUTE = "substitute"
    BEYOND = "beyond"


@dataclass(frozen=True, slots=True)
class Explained:
    """How one value of a profile came about, for whoever writes profiles.

    series: as in SnmpSample.values. oid: the object, or the column. raw: what the device said, '' where nothing; of rows that are
    left out (Lack.BEYOND) how many they are. number: what came of it; None: nothing, and lack says why.
    """

    series: str
    oid: str
    raw: str
    number: float | None
    lack: Lack


_NO_VALUES: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class SnmpSample:
    """What an agent said.

    uptime_ticks: sysUpTime in 1/100 s (wraps at 2**32), read in the same PDU as the counters; InterfaceSample.uptime_ticks is that
      row's own where the rows came in several PDUs.
    engine_time_s, engine_boots: snmpEngineTime/snmpEngineBoots (RFC 3411), None where the agent has none.
    system_ticks: how long the device itself has run in 1/100 s, by the object that its profile names (hrSystemUptime); None where
      there is none. explained: how each value came about, where the spec asks to explain.
    values: metric name → value, as the profile maps them.
    profile: the profile that was applied. rtt_s: of the first answered exchange.
    complete: False where some of what was asked is missing because the agent died, looped or refused: what is not there is unknown,
      not gone; Reading.detail says why. brief: only sysUpTime was asked.
    engine_id: snmpEngineID in hexadecimal, '' where the agent tells none.
    """

    profile: str
    uptime_ticks: int | None = None
    engine_time_s: int | None = None
    engine_boots: int | None = None
    sys_object_id: str = ""
    sys_descr: str = ""
    sys_name: str = ""
    interfaces: tuple[InterfaceSample, ...] = ()
    values: Mapping[str, float] = field(default_factory=lambda: _NO_VALUES)
    rtt_s: float | None = None
    complete: bool = True
    brief: bool = False
    engine_id: str = ""
    system_ticks: int | None = None
    explained: tuple[Explained, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceSample:
    """What a probe of a service brought back (Brings.SERVICE of model/probe_kinds.py): neither pings nor an agent's poll.

    transport: 'udp', 'tcp', 'tls'; '' where nothing answered. code, phrase: the status line of SIP or HTTP, None and '' where the
      protocol has none. server: what the stack calls itself, '' where it does not say. rtt_s: until the answer, else None.
    values: series → number as in SnmpSample.values, under the names of the metrics: conference_signalling_up{protocol="sip"},
      conference_registered{protocol="h323"}, conference_in_call, conference_device_up{component="camera"},
      conference_certificate_expiry_timestamp_seconds, …; what was not told is not there.
    """

    transport: str = ""
    code: int | None = None
    phrase: str = ""
    server: str = ""
    rtt_s: float | None = None
    values: Mapping[str, float] = field(default_factory=lambda: _NO_VALUES)


@dataclass(frozen=True, slots=True)
class Reading:
    """One probe of one target, complete.

    probe: the name of its kind (KINDS of model/probe_kinds.py), which says whether it brings `icmp`, `snmp` or `service`. at_s:
    monotonic seconds (time.monotonic) when it was complete. detail: why, where the outcome is not OK, or something is missing:
    codes of words/probe_details.py; they go into transitions as evidence.
    confirms: True where it was asked for to confirm a suspicion and not by the schedule. agent_fault: what the agent did that none
    should, None where it behaved as far as was seen. learned: what was learned in this poll of how the agent wants to be asked,
    codes of words/probe_details.py, too: they go into an event.
    asked_s: of a miss, monotonic seconds: its question was not sent before; None where nobody noted it.
    """

    target: str
    probe: str
    at_s: float
    outcome: Outcome
    icmp: IcmpSample | None = None
    snmp: SnmpSample | None = None
    detail: Reasons = ()
    confirms: bool = False
    agent_fault: AgentFault | None = None
    learned: Reasons = ()
    service: ServiceSample | None = None
    asked_s: float | None = None


Deliver = Callable[[Reading], None]
