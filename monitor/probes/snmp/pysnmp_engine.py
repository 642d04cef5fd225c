"""The second SNMP engine: pysnmp, for every version 3 credential and for whoever asks for it. It asks just what the fast one asks.

Slower by far (1.4 to 15 ms of CPU an exchange against some 0.02), so its concurrency is bounded: with 300 requests in flight
pysnmp was seen to report false time-outs. Its engine takes 0.14 s to make, so there is one for each credential, made by open().
Authentication, privacy and the time window (RFC 3414) are pysnmp's: it resynchronises once on notInTimeWindow and then reports.
Its sockets are its own too, read one datagram a turn of the loop and without stamps: so a try that timed out while the loop was
late is tried again, as over TCP, and a time that was taken meanwhile is nobody's.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from pysnmp.entity import config
from pysnmp.error import PySnmpError
from pysnmp.hlapi.v3arch import asyncio as hlapi
from pysnmp.proto import errind

from monitor.model.agent_fault import AgentFault
from monitor.model.agent_limits import AgentLimits
from monitor.model.clock import Clock
from monitor.model.reading import Deliver, Outcome, Reading, SnmpSample
from monitor.model.reason import Reason
from monitor.model.settings import Credential
from monitor.model.spec import BACK_OFF, SnmpSpec
from monitor.probes.kernel import drops_of, enlarge
from monitor.probes.lateness import Lateness
from monitor.probes.names import Names, Place, UnresolvedNameError, resolve_by_system, route_fault
from monitor.probes.snmp.adaptive_limits import KnownAgent
from monitor.probes.snmp.exchange import Answer, Ask, Conversation, ExchangeError, not_complete
from monitor.probes.snmp.if_mib import SYS_UPTIME
from monitor.probes.snmp.memory import AgentMemory, Memories
from monitor.probes.snmp.poll import Poll
from monitor.probes.why import library_error
from monitor.wire.ber import (
    COUNTER32,
    COUNTER64,
    EXCEPTIONS,
    GAUGE32,
    INTEGER,
    NULL,
    OBJECT_IDENTIFIER,
    TIME_TICKS,
    UINTEGER32,
    Value,
)
from monitor.wire.snmp import GET, GET_BULK, VarBind
from monitor.words.probe_details import tell_details

IN_FLIGHT = 24
"""Devices that are polled at once, at most: a poll takes 3.7 ms of the loop, and what waits behind many of them times out."""
_AUTH = {
    None: hlapi.USM_AUTH_NONE,
    "md5": hlapi.USM_AUTH_HMAC96_MD5,
    "sha": hlapi.USM_AUTH_HMAC96_SHA,
    "sha224": hlapi.USM_AUTH_HMAC128_SHA224,
    "sha256": hlapi.USM_AUTH_HMAC192_SHA256,
    "sha384": hlapi.USM_AUTH_HMAC256_SHA384,
    "sha512": hlapi.USM_AUTH_HMAC384_SHA512,
}
_PRIV = {
    None: hlapi.USM_PRIV_NONE,
    "des": hlapi.USM_PRIV_CBC56_DES,
    "aes": hlapi.USM_PRIV_CFB128_AES,
    "aes192": hlapi.USM_PRIV_CFB192_AES_BLUMENTHAL,
    "aes256": hlapi.USM_PRIV_CFB256_AES_BLUMENTHAL,
    "aes192c": hlapi.USM_PRIV_CFB192_AES,
    "aes256c": hlapi.USM_PRIV_CFB256_AES,
}
"""No RFC says how a short key is lengthened for AES-192 and AES-256: net-snmp and most others follow Blumenthal's draft (aes192,
aes256), Cisco follows Reeder's (aes192c, aes256c)."""

_REFUSALS: tuple[tuple[type[errind.ErrorIndication], str], ...] = (
    (errind.WrongDigest, "wrong_authentication_key"),
    (errind.DecryptionError, "wrong_privacy_key"),
    (errind.UnknownUserName, "unknown_user"),
    (errind.UnsupportedSecurityLevel, "security_level"),
    (errind.NotInTimeWindow, "time_window"),
    (errind.AuthenticationError, "wrong_authentication"),
)
_WHOLE = frozenset((INTEGER, COUNTER32, GAUGE32, TIME_TICKS, COUNTER64, UINTEGER32))
_WANTED_BUFFER_BYTES = 4 * 1024 * 1024
_EXCUSED = 2
"""How many tries of one question may be void for our own loop's being late before the question is."""
_Found = tuple[Any, Any, Any, Any]
"""What a command of pysnmp's brings: error indication, status and index, and the bindings."""
_OWNED_S = 3600.0
"""An engine id that was not heard for longer belongs to whoever is heard under it next: devices are replaced and renamed."""
_log = logging.getLogger(__name__)


class PysnmpProber:
    """Polls agents by pysnmp; see open(), probe(), close()."""

    def __init__(
        self,
        clock: Clock,
        credentials: Iterable[Credential] = (),
        *,
        in_flight: int = IN_FLIGHT,
        resolve: Callable[[str], str] = resolve_by_system,
    ) -> None:
        """Prepare, without opening anything. credentials: those whose engines open() makes; others are made when first used."""
        self._clock = clock
        self._lateness = Lateness(clock)
        self._credentials = tuple(credentials)
        self._room = asyncio.Semaphore(in_flight)
        self._names = Names(clock, resolve)
        self._engines: dict[Credential, hlapi.SnmpEngine] = {}
        self._targets: dict[tuple[object, ...], Any] = {}
        self._memories = Memories(clock)
        self._met: set[tuple[Credential, str, int]] = set()
        self._owners: dict[str, tuple[str, float]] = {}
        self._told: set[tuple[str, str]] = set()
        self._sockets: dict[int, socket.socket] = {}

    async def open(self) -> None:
        for credential in self._credentials:
            self._engine(credential)

    @property
    def receive_drops(self) -> int:
        drops = 0
        for each in self._sockets.values():
            with suppress(OSError):
                drops += drops_of(each)
        return drops

    def drain_unsolicited(self) -> tuple[()]:
        """Return nothing: pysnmp tells nobody what answered no open question."""
        return ()

    def agent_limits(self, target: str) -> AgentLimits | None:
        """Return what was learned of one target's agent, None before its first poll."""
        return self._memories.agent_limits(target)

    async def probe(self, specs: Sequence[SnmpSpec], deliver: Deliver) -> None:
        async with asyncio.TaskGroup() as group:
            for spec in specs:
                group.create_task(self._probe(spec, deliver))

    def close(self) -> None:
        for engine in self._engines.values():
            engine.close_dispatcher()
        self._engines.clear()
        self._sockets.clear()
        self._names.close()

    async def _probe(self, spec: SnmpSpec, deliver: Deliver) -> None:
        """Poll one agent, when there is room; a name is looked up before, so that a slow resolver takes no room."""
        memory: AgentMemory | None = None
        at_s: float | None = None
        agent_fault: AgentFault | None = None
        try:
            place = self._names.known(spec.address) or await self._names.find(spec.address)
            memory = self._memories.of(spec, place)
            poll = Poll(spec, memory)
            async with self._room:
                sample, at_s = await self._converse(spec, place, memory.device, poll.run())
            outcome, detail, agent_fault = Outcome.OK, poll.detail, poll.agent_fault
        except UnresolvedNameError as error:
            sample, outcome, detail = None, Outcome.NOT_SENT, (error.reason,)
        except ExchangeError as error:
            sample, outcome, detail, agent_fault = None, error.outcome, error.detail, error.agent_fault
        except Exception as error:
            _log.exception("%s: a fault of the monitor's own while polling", spec.target)
            sample, outcome, detail = None, Outcome.NOT_SENT, (Reason("own_fault", {"error": repr(error)}),)
        shared = self._sharing(memory.engine_id if memory else "", spec.target)
        if shared is not None:
            detail = (*detail, shared)
        at_s = self._clock.monotonic() if at_s is None else at_s
        learned = memory.device.drain_news() if memory else ()
        deliver(Reading(spec.target, "snmp", at_s, outcome, None, sample, detail, spec.confirms, agent_fault, learned))

    def _sharing(self, engine_id: str, target: str) -> Reason | None:
        """Return what to say where another target was heard under the same engine id within an hour, None where none was.

        An id is to be unique (RFC 3411 section 5, SnmpEngineID): two devices under one spoil each other's time window. Logged once.
        """
        now_s = self._clock.monotonic()
        owner, heard_s = self._owners.get(engine_id, (target, now_s))
        if not engine_id or owner == target or now_s - heard_s > _OWNED_S:
            self._owners[engine_id] = (target, now_s)
            return None
        shared = Reason("shared_engine", {"engine_id": engine_id, "owner": owner})
        if (engine_id, target) not in self._told:
            self._told.add((engine_id, target))
            _log.warning("%s: %s", target, tell_details((shared,), "en"))
        return shared

    async def _converse(
        self, spec: SnmpSpec, place: Place, device: KnownAgent, conversation: Conversation[SnmpSample]
    ) -> tuple[SnmpSample, float]:
        """Carry a poll's questions and answers; return what came of it, and when the agent spoke last. Raises ExchangeError."""
        heard_s = self._clock.monotonic()
        deadline_s = heard_s + spec.deadline_s
        over: ExchangeError | None = None
        try:
            with self._lateness.under_way() as late:
                ask = next(conversation)
                while True:
                    try:
                        left_s = deadline_s + late.seconds - self._clock.monotonic()
                        answer = await self._exchange(spec, place, device, ask, left_s) if over is None else None
                    except ExchangeError as error:
                        over = error if error.is_final else None
                        ask = conversation.throw(error)
                        continue
                    heard_s = self._clock.monotonic() if answer is not None else heard_s
                    ask = conversation.send(answer) if answer is not None else conversation.throw(over or _deadline(spec))
        except StopIteration as complete:
            sample: SnmpSample = complete.value
            return sample, heard_s
        finally:
            conversation.close()

    async def _exchange(self, spec: SnmpSpec, place: Place, device: KnownAgent, ask: Ask, left_s: float) -> Answer:
        """Return the answer to one question, for which left_s are left. Raises ExchangeError."""
        drops = self.receive_drops
        with self._lateness.under_way() as late:
            try:
                async with asyncio.timeout(left_s):
                    took_s, (indication, status, culprit, bounds) = await self._tries(spec, place, device, ask)
            except TimeoutError:
                raise (_void(late.reason) if late.excuses(spec.timeout_s) else _deadline(spec)) from None
            except (OSError, PySnmpError) as error:
                why = library_error(error, Reason("pysnmp", {"error": str(error)}))
                raise ExchangeError(Outcome.NOT_SENT, why, is_final=True) from error
        if isinstance(indication, errind.RequestTimedOut) and (dropped := self.receive_drops - drops) > 0:
            raise _void(Reason("overflow", {"dropped": dropped}))
        if isinstance(indication, errind.RequestTimedOut) and spec.credential.priv_protocol and await self._reports(spec, place):
            raise ExchangeError(Outcome.REFUSED, Reason("silent_to_encrypted"), is_final=True)
        if indication:
            raise _failure(spec, place, indication)
        if took_s is not None:
            device.answered_in(took_s, spec)
        return Answer(int(status), int(culprit), tuple(_varbind(name, value) for name, value in bounds), took_s)

    async def _tries(self, spec: SnmpSpec, place: Place, device: KnownAgent, ask: Ask) -> tuple[float | None, _Found]:
        """Ask until something comes back, each try when it is its turn; return how long the last one took, and what came of it.

        How long it took is None where our own loop was late meanwhile. Raises ExchangeError where that makes silence void.
        pysnmp drops an answer to a try that it gave up, so a quick agent is waited for no shorter than the spec says.
        """
        learned_s = device.times.wait_s(spec.timeout_s, spec.timeout_min_s, spec.timeout_max_s)
        timeout_s = spec.timeout_s
        while timeout_s < learned_s:
            timeout_s *= BACK_OFF  # in few steps, since pysnmp keeps an entry for each
        tries_left, excused_left = spec.retries, _EXCUSED
        while True:
            await self._turn(spec, place, device)
            with self._lateness.under_way() as late:
                sent_s = self._clock.monotonic()
                found = await self._command(spec, place, ask, timeout_s)
                took_s = None if late.seconds else self._clock.monotonic() - sent_s
                if not isinstance(found[0], errind.RequestTimedOut):
                    return took_s, found
                if late.excuses(timeout_s):
                    if not excused_left:
                        raise _void(late.reason)
                    excused_left -= 1
                elif tries_left:
                    tries_left -= 1
                else:
                    return took_s, found

    async def _turn(self, spec: SnmpSpec, place: Place, device: KnownAgent) -> None:
        """Wait until the device may be asked; a version 3 agent is first asked for its id and its time (RFC 3414 section 4)."""
        rate = spec.max_requests_per_second
        if rate is None:
            return
        stranger = (spec.credential, place.address, spec.port)
        requests = 3 if spec.credential.version == "3" and stranger not in self._met else 1
        self._met.add(stranger)
        for _ in range(requests):
            now_s = self._clock.monotonic()
            while (turn_s := device.turn_s(now_s, rate)) > now_s:
                device.held_back += 1
                await asyncio.sleep(turn_s - now_s)
                now_s = self._clock.monotonic()
            device.note_sent(now_s, rate)

    async def _reports(self, spec: SnmpSpec, place: Place) -> bool:
        """Return whether an agent that is silent reports an unknown user: then it is our encryption that it can't read.

        net-snmp drops what it decrypts into nonsense without a word, so that a wrong privacy key looks like a dead agent.
        """
        stranger = Credential("stranger", "3", user="monitor-asks-who-is-there")
        asked = replace(spec, credential=stranger)
        engine = self._engine(spec.credential)
        try:
            async with asyncio.timeout(2 * spec.timeout_s):
                indication, *_ = await self._command(asked, place, Ask(GET, (SYS_UPTIME,)), spec.timeout_s, engine)
        except (TimeoutError, OSError, PySnmpError):
            return False
        return isinstance(indication, errind.UnknownUserName)

    async def _command(
        self, spec: SnmpSpec, place: Place, ask: Ask, timeout_s: float, engine: hlapi.SnmpEngine | None = None
    ) -> tuple[Any, Any, Any, Any]:
        credential = spec.credential
        engine = engine or self._engine(credential)
        target = await self._target(place, spec.port, timeout_s)
        objects = [hlapi.ObjectType(hlapi.ObjectIdentity(oid)) for oid in ask.oids]
        context = hlapi.ContextData(contextName=credential.context.encode())
        common = (engine, _auth_data(credential), target, context)
        if ask.pdu == GET_BULK:
            answer = await hlapi.bulk_cmd(*common, 0, ask.repetitions, *objects, lookupMib=False)
        else:
            command = hlapi.get_cmd if ask.pdu == GET else hlapi.next_cmd
            answer = await command(*common, *objects, lookupMib=False)
        self._enlarge(engine)
        indication, status, culprit, bounds = answer
        return indication, status, culprit, bounds

    def _engine(self, credential: Credential) -> hlapi.SnmpEngine:
        if credential not in self._engines:
            self._engines[credential] = hlapi.SnmpEngine()
        return self._engines[credential]

    async def _target(self, place: Place, port: int, timeout_s: float) -> Any:
        """Return pysnmp's name for an agent; the same object for the same agent, since its engine keeps one entry for each."""
        key = (place.sockaddr, port, timeout_s)
        if key not in self._targets:
            kind = hlapi.UdpTransportTarget if place.version == 4 else hlapi.Udp6TransportTarget
            self._targets[key] = await kind.create((place.address, port), timeout=timeout_s, retries=0)
        return self._targets[key]

    def _enlarge(self, engine: hlapi.SnmpEngine) -> None:
        """Give pysnmp's sockets a larger receive buffer when they first exist."""
        for domain in (hlapi.UdpTransportTarget.TRANSPORT_DOMAIN, hlapi.Udp6TransportTarget.TRANSPORT_DOMAIN):
            carrier = config.get_transport(engine, domain)
            sock = carrier.transport.get_extra_info("socket") if carrier is not None and carrier.transport else None
            if sock is None or sock.fileno() in self._sockets:
                continue
            self._sockets[sock.fileno()] = sock
            with suppress(OSError):
                enlarge(sock, _WANTED_BUFFER_BYTES)


def _failure(spec: SnmpSpec, place: Place, indication: errind.ErrorIndication) -> ExchangeError:
    for kind, code in _REFUSALS:
        if isinstance(indication, kind):
            return ExchangeError(Outcome.REFUSED, Reason(code, {"user": spec.credential.user}), is_final=True)
    if isinstance(indication, errind.RequestTimedOut):
        # pysnmp tells a refused send and a lost answer apart no more than asyncio's datagram transport does.
        unroutable = route_fault(place)
        if unroutable is not None:
            return ExchangeError(Outcome.NOT_SENT, unroutable, is_final=True)
        return ExchangeError(Outcome.TIMEOUT, Reason("unanswered", {"tries": spec.retries + 1}))
    outcome = Outcome.MALFORMED if isinstance(indication, errind.ParseError) else Outcome.REFUSED
    return ExchangeError(outcome, Reason("pysnmp", {"error": str(indication)}), is_final=True)


def _auth_data(credential: Credential) -> Any:
    if credential.version != "3":
        return hlapi.CommunityData(credential.community, mpModel=0 if credential.version == "1" else 1)
    return hlapi.UsmUserData(
        credential.user,
        authKey=credential.auth_key or None,
        privKey=credential.priv_key or None,
        authProtocol=_AUTH[credential.auth_protocol],
        privProtocol=_PRIV[credential.priv_protocol],
    )


def _varbind(name: Any, value: Any) -> VarBind:
    """Return one of pysnmp's values as ours: its BER tag and a plain Python value."""
    outer = value.tagSet[-1] if len(value.tagSet) else None
    tag = NULL if outer is None else int(outer.tagClass | outer.tagFormat | outer.tagId)
    plain: Value = None
    if tag == OBJECT_IDENTIFIER:
        plain = tuple(value)
    elif tag in _WHOLE:
        plain = int(value)
    elif tag != NULL and tag not in EXCEPTIONS:
        plain = bytes(value)
    return tuple(name), tag, plain


def _void(why: Reason) -> ExchangeError:
    return ExchangeError(Outcome.NOT_SENT, why, is_final=True)


def _deadline(spec: SnmpSpec) -> ExchangeError:
    return ExchangeError(Outcome.TIMEOUT, not_complete(spec), is_final=True)
