"""One agent polled to see what a profile makes of it: a real one over the network, or a recording of one without any."""

from __future__ import annotations

import asyncio
import importlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from monitor.errors import ConfigError, SetupError, reason_of
from monitor.lab.agent import Agent
from monitor.lab.recording import read_recording
from monitor.model.inventory import AddressMode
from monitor.model.profile import Profile
from monitor.model.reading import Outcome, Reading, SnmpSample
from monitor.model.reason import Reason, Reasons
from monitor.model.settings import Credential
from monitor.model.spec import SnmpSpec
from monitor.probes.guard import ensure_permitted
from monitor.probes.snmp.exchange import Answer, Ask, Conversation, ExchangeError
from monitor.probes.snmp.memory import AgentMemory
from monitor.probes.snmp.poll import Poll
from monitor.probes.snmp.prober import SnmpProber
from monitor.service.poller import OpenableProber
from monitor.service.process import SystemClock
from monitor.wire.snmp import V1, V2C, decode, prepare
from monitor.words.phrase import Phrase

_UPTIME = re.compile(r"^\.?1\.3\.6\.1\.2\.1\.1\.3\.0\|67\|(\d+)", re.MULTILINE)
_COMMUNITY = "recorded"
_MOST_OCTETS = 65_000


@dataclass(frozen=True, slots=True)
class ProfileTrial:
    """What came of it. sample: None where the agent said nothing, and detail says why; detail may also say what is missing.

    asks: how many questions the first poll took, and each one after; None where a network was between.
    """

    sample: SnmpSample | None
    detail: Reasons
    asks: tuple[int, int] | None = None


def make_spec(address: str, credential: Credential, profile: Profile, profiles: Mapping[str, Profile], *, named: bool) -> SnmpSpec:
    """Return what is asked: all interfaces, every value explained. named: the profile is taken as it is, not refined."""
    candidates = () if named else tuple(each for each in profiles.values() if each.match is not None)
    return SnmpSpec(
        target="trial",
        address=address,
        credential=credential,
        profile=replace(profile, refine=not named),
        candidates=candidates,
        interfaces="all",
        explain=True,
    )


# A recording


def try_recording(path: Path, spec: SnmpSpec) -> ProfileTrial:
    """Poll a recording as the lab's agent plays it. Raises ConfigError for lines that can't be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise SetupError("path_unreadable", Phrase("give_recording"), path=path, reason=reason_of(error)) from None
    found = _UPTIME.search(text)
    ticks = int(found[1]) if found else 0
    mib, faults = read_recording(text, lambda _: ticks, str(path))
    if faults:
        raise ConfigError(faults)
    agent = Agent(mib, _COMMUNITY.encode())
    agent.ills.most_octets = _MOST_OCTETS
    poll = Poll(spec, AgentMemory())
    try:
        sample, _ = _played(poll.run(), agent, spec)
        return ProfileTrial(sample, poll.detail, _questions(agent, replace(spec, interfaces="wan", explain=False)))
    except ExchangeError as error:
        return ProfileTrial(None, error.detail)


def _questions(agent: Agent, spec: SnmpSpec) -> tuple[int, int]:
    """Return how many questions the first contact takes, and each poll after it, as the daemon asks: the WAN interface alone."""
    memory = AgentMemory()
    first, then = (_played(Poll(spec, memory).run(), agent, spec)[1] for _ in range(2))
    return first, then


def recorded_credential(version: str) -> Credential:
    """Return what a recording is asked with."""
    return Credential(name="recorded", version=version, community=_COMMUNITY)


def _played(conversation: Conversation[SnmpSample], agent: Agent, spec: SnmpSpec) -> tuple[SnmpSample, int]:
    """Carry a poll's questions to an agent in this process; return its end, and how many questions it took."""
    asked, version = 0, V1 if spec.credential.version == "1" else V2C
    try:
        ask = next(conversation)
        while True:
            asked += 1
            ask = conversation.send(_answer(ask, agent, version, asked))
    except StopIteration as complete:
        return cast("SnmpSample", complete.value), asked


def _answer(ask: Ask, agent: Agent, version: int, request_id: int) -> Answer:
    request = prepare(version, _COMMUNITY.encode(), ask.pdu, ask.oids, second=ask.repetitions)
    octets = agent.answer(request.encode(request_id), 0.0)
    if octets is None:
        raise ExchangeError(Outcome.TIMEOUT, Reason("recording_silent"), is_final=True)
    message = decode(octets)
    return Answer(message.error_status, message.error_index, message.varbinds, 0.0)


# A real agent


def try_address(spec: SnmpSpec, mode: AddressMode) -> ProfileTrial:
    """Poll an agent once. Raises SetupError where this machine must not or can't."""
    ensure_permitted(mode, spec.asks)
    reading = asyncio.run(_polled(spec))
    return ProfileTrial(reading.snmp if reading.outcome is Outcome.OK else None, reading.detail)


async def _polled(spec: SnmpSpec) -> Reading:
    clock = SystemClock()
    prober: OpenableProber = SnmpProber(clock)
    if spec.credential.version == "3":
        module = importlib.import_module("monitor.probes.snmp.pysnmp_engine")
        prober = module.PysnmpProber(clock, [spec.credential])
    readings: list[Reading] = []
    await prober.open()
    try:
        await prober.probe([spec], readings.append)
    finally:
        prober.close()
    return readings[0]
