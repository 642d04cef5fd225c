"""What conference probes mean: SIP's answers, one word a subject from several sources, and who is not to be disturbed."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from monitor.model.probe_kinds import KINDS, SERVICES, SNMP
from monitor.model.state import ServiceView, TargetView

PROBES = tuple(name for name, kind in KINDS.items() if kind.speaks_of_conference)
"""The probes that tell of the conference side of an endpoint, by the names that readings carry."""

SIGNALLING = tuple(name for name, kind in KINDS.items() if kind.is_signalling)
"""Those by whose protocols calls are set up."""

IN_CALL = "conference_in_call"


class SipMeaning(StrEnum):
    """What an answer to OPTIONS says of an endpoint (RFC 3261 sections 11.2 and 21). Any of them proves that its stack is alive.

    READY:       it would take a call.
    BUSY:        it is in a call, or told to disturb nobody.
    ALIVE:       it wants credentials, or does not do OPTIONS: nothing more can be said.
    WRONG_ALIAS: it is alive and knows no such user; where none was asked for, many stacks say so, and it means ALIVE.
    DEGRADED:    it says itself that it can't take calls now.
    """

    READY = "ready"
    BUSY = "busy"
    ALIVE = "alive"
    WRONG_ALIAS = "wrong_alias"
    DEGRADED = "degraded"


SIP_CODES: Mapping[int, SipMeaning] = MappingProxyType(
    {
        200: SipMeaning.READY,
        401: SipMeaning.ALIVE,
        403: SipMeaning.ALIVE,
        404: SipMeaning.WRONG_ALIAS,
        405: SipMeaning.ALIVE,
        407: SipMeaning.ALIVE,
        480: SipMeaning.DEGRADED,
        486: SipMeaning.BUSY,
        500: SipMeaning.DEGRADED,
        501: SipMeaning.ALIVE,
        503: SipMeaning.DEGRADED,
        600: SipMeaning.BUSY,
        604: SipMeaning.WRONG_ALIAS,
    }
)
"""Codes that say something of their own; of all others only their class counts."""


def sip_meaning(code: int) -> SipMeaning:
    """Return what a final response says; a code that is not in SIP_CODES is ready where it is 2xx, else alive."""
    return SIP_CODES.get(code) or (SipMeaning.READY if 200 <= code < 300 else SipMeaning.ALIVE)


_ORDER = (*SERVICES, SNMP.name)
_OWN_WORD_FIRST = tuple(sorted(_ORDER, key=lambda source: not KINDS[source].is_own_word))
"""Whose word counts first. For signalling and registration what was asked of the protocol itself, or of its gatekeeper, before what
the device says of itself; for a call the device's own word before what a busy answer lets guess."""

OWN_WORDS = tuple(source for source in _OWN_WORD_FIRST if KINDS[source].is_own_word)
"""Who says of a call what the device itself says."""


def joined_series(services: Mapping[str, ServiceView], agent: Mapping[str, float]) -> dict[str, float]:
    """Return series → number of all that is known of a target's services and its agent, each series once.

    services: the probes that may be told. agent: what its SNMP profile read, {} where that may not be told. What concerns
    conferences comes first, in the order of its names; the agent's other values keep theirs.
    """
    found: dict[str, dict[str, float]] = {}
    sources = {name: view.sample.values for name, view in services.items()}
    for source, values in (*sources.items(), (SNMP.name, agent)):
        for series, number in values.items():
            found.setdefault(series, {})[source] = number
    told = {}
    for series, by_source in found.items():
        order = _OWN_WORD_FIRST if series == IN_CALL else _ORDER
        told[series] = next(by_source[source] for source in order if source in by_source)
    ours = sorted(series for series in told if series.startswith("conference_"))
    return {series: told[series] for series in (*ours, *(series for series in told if not series.startswith("conference_")))}


def teller_of_call(view: TargetView) -> str | None:
    """Return whose word it is that an endpoint is in a call ('web', 'snmp', 'sip', …), None where nobody says so.

    What is too old is not in the view. An agent that has fallen silent says nothing.
    """
    told = {source: service.sample.values for source, service in view.services.items()}
    if view.snmp is not None and view.snmp.up:
        told[SNMP.name] = view.snmp.values
    teller = next((source for source in _OWN_WORD_FIRST if IN_CALL in told.get(source, {})), None)
    return teller if teller is not None and told[teller][IN_CALL] > 0 else None


def is_held(probe: str, view: TargetView) -> bool:
    """Return whether a probe must wait because the endpoint is in a call.

    The one that tells of the call goes on, or nobody would learn that it has ended.
    """
    if not KINDS[probe].disturbs_calls or (view.snmp is None and not view.services):
        return False
    teller = teller_of_call(view)
    return teller is not None and teller != probe
