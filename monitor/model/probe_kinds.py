"""The one table of probe kinds: all that the rest of the house wants to know of a kind of probe stands in its row.

docs/probes.md tells what else a new kind needs. Its prober is bound to its name in cli/probers.py, its keys in load/probes.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Generic, TypeVar, cast

from monitor.model.settings import ProbeSettings, Settings
from monitor.model.spec import (
    H323Settings,
    H323Spec,
    IcmpSettings,
    IcmpSpec,
    SipSettings,
    SipSpec,
    SnmpSettings,
    SnmpSpec,
    Spec,
    TcpSettings,
    TcpSpec,
    WebSettings,
    WebSpec,
)

_NOTHING: Mapping[str, Any] = MappingProxyType({})
CONFIRM_TIMEOUT_S = 1.0
"""Not even an agent that was learned to be slower is waited for longer: a whole family waits for it before anybody is judged."""


class Given(StrEnum):
    """Which targets have a probe, unless they say otherwise themselves.

    ALWAYS:     all of them.
    CREDENTIAL: those that name a credential which is set; without one there is no probe, and no fault.
    NAMED:      those of which the profile, or the target itself, says so.
    """

    ALWAYS = "always"
    CREDENTIAL = "credential"
    NAMED = "named"


class Brings(StrEnum):
    """What its readings hold: pings (Reading.icmp), an agent's poll (Reading.snmp), or what a service said (Reading.service)."""

    PINGS = "icmp"
    AGENT = "snmp"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class ConfirmingProbe:
    """How a probe settles a suspicion: by its spec with these changes, at once.

    at_most: fields that are no longer then than so much. changes: fields that are something else.
    """

    at_most: Mapping[str, float] = field(default_factory=lambda: _NOTHING)
    changes: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)


SAME_BURST = ConfirmingProbe()
SHORT_QUESTION = ConfirmingProbe({"timeout_s": CONFIRM_TIMEOUT_S})
ONE_OBJECT = ConfirmingProbe({"timeout_s": CONFIRM_TIMEOUT_S, "timeout_max_s": CONFIRM_TIMEOUT_S}, {"brief": True, "retries": 0})

AnySettings = TypeVar("AnySettings", bound=ProbeSettings)
AnySpec = TypeVar("AnySpec", bound=Spec)


@dataclass(frozen=True, slots=True)
class ProbeKind(Generic[AnySettings, AnySpec]):
    """One kind of probe.

    name: of its readings, its keys in the configuration and its label in the metrics; words/probes.py tells what people call it.
    settings: how it is set. spec: what its prober is asked; Spec.asks is every address that it sends to, Spec.span_s how long after
    its beginning a miss is known at most.
    given: who has it. needs: the setting without which there is nothing to ask; whoever has it has the probe.
    confirmation: how it settles a suspicion, None: it is not asked.
    disturbs_calls: the device's call control or web server has to serve it, so it is held while the endpoint is in a call.
    is_slow: it takes the device's time and is asked seldom. Its answer proves that the target is on; its silence alone suspects
    nobody and nobody waits for it, unless a target has no others.
    speaks_of_conference: what it brings is the conference side of an endpoint. is_signalling: calls are set up by its protocol.
    is_own_word: what the device itself says of its calls, which counts before what others let guess.
    at_start: the settings that its prober is made with: what changes of them takes effect at the next start.
    """

    name: str
    settings: type[AnySettings]
    spec: type[AnySpec]
    given: Given = Given.NAMED
    brings: Brings = Brings.SERVICE
    needs: str = ""
    confirmation: ConfirmingProbe | None = None
    disturbs_calls: bool = False
    is_slow: bool = False
    speaks_of_conference: bool = False
    is_signalling: bool = False
    is_own_word: bool = False
    at_start: tuple[str, ...] = ()

    def of(self, settings: Settings) -> AnySettings:
        """Return how this kind is set; what monitor.yaml says nothing of is as usual."""
        return cast("AnySettings", settings.probes.get(self.name) or self.settings())


ICMP = ProbeKind("icmp", IcmpSettings, IcmpSpec, Given.ALWAYS, Brings.PINGS, confirmation=SAME_BURST)
SNMP = ProbeKind(
    "snmp",
    SnmpSettings,
    SnmpSpec,
    Given.CREDENTIAL,
    Brings.AGENT,
    confirmation=ONE_OBJECT,
    is_own_word=True,
    at_start=("in_flight",),
)
SIP = ProbeKind("sip", SipSettings, SipSpec, confirmation=SHORT_QUESTION, speaks_of_conference=True, is_signalling=True)
TCP = ProbeKind("tcp", TcpSettings, TcpSpec, needs="ports", confirmation=SHORT_QUESTION, speaks_of_conference=True)
H323 = ProbeKind("h323", H323Settings, H323Spec, disturbs_calls=True, is_slow=True, speaks_of_conference=True, is_signalling=True)
WEB = ProbeKind("web", WebSettings, WebSpec, disturbs_calls=True, is_slow=True, speaks_of_conference=True, is_own_word=True)

KINDS: Mapping[str, ProbeKind[Any, Any]] = MappingProxyType({kind.name: kind for kind in (ICMP, SNMP, SIP, TCP, H323, WEB)})
"""Every kind by its name. Their order is that of pages and tables, and of who speaks for a target: its first probe counts as its
rounds, and of two that say the same the earlier one is believed."""

SERVICES = tuple(name for name, kind in KINDS.items() if kind.brings is Brings.SERVICE)
"""The kinds whose readings stand in TargetView.services."""
