"""The conversation of a poll against agents that answer whatever a script of octets says: it ends, and yields no nonsense."""

from __future__ import annotations

import math
import struct
from itertools import cycle
from pathlib import Path
from random import Random

from monitor.errors import Fault
from monitor.load.profiles import load_profiles
from monitor.model.profile import Profile
from monitor.model.reading import Outcome, SnmpSample
from monitor.model.reason import Reason
from monitor.model.settings import Credential
from monitor.model.spec import SnmpSpec
from monitor.probes.snmp.exchange import Answer, Ask, ExchangeError
from monitor.probes.snmp.if_mib import IF_ALIAS, IF_DESCR, IF_NAME, SYS_UPTIME, TABLE_LAST_CHANGE
from monitor.probes.snmp.memory import AgentMemory
from monitor.probes.snmp.poll import Poll
from monitor.wire import ber, snmp
from monitor.wire.oid import Oid
from tests.fuzz import mutation
from tests.fuzz.subject import Finding, must
from tests.told import english

_FAULTS: list[Fault] = []
_PROFILES: tuple[Profile, ...] = tuple(load_profiles(Path(__file__).parents[2] / "config" / "profiles", _FAULTS).values())
_POLLS = 4
_MOST_QUESTIONS = 6_000
"""Far above what the caps of walks and of split GETs add up to for the largest profile; a poll that asks more has no end."""
_HEAD = 4
_TEXTS = (
    b"",
    b"nan",
    b"inf",
    b"-1e999",
    b"23.5",
    b"1e400",
    b'"Gi0/1"',
    b"\xff\xfe\x00",
    b"eth0\n\x1b[31m",
    "Đồng Văn".encode(),
    b"9" * 400,
)
_CALM_TAGS = (ber.COUNTER64, ber.COUNTER32, ber.INTEGER, ber.GAUGE32, ber.NO_SUCH_OBJECT)
_TAGS = (2, 4, 5, 6, 0x40, 0x41, 0x42, 0x43, 0x44, 0x46, 0x80, 0x81, 0x82)


class _Agent:
    """An agent that does what its script says; the script begins anew when it is over, so that damage goes on for ever.

    is_calm: what it says depends on the object and the poll alone, and is most often what it was. has_readers: its answer to a
    question with a reader goes through that, as the fast engine's do; without, through the plain decoder's form, as pysnmp's do.
    """

    def __init__(self, script: bytes, *, is_calm: bool, has_readers: bool) -> None:
        self._script = script or b"\0"
        self._octets = cycle(self._script)
        self._is_calm = is_calm
        self._has_readers = has_readers
        self.poll = 0

    def octet(self) -> int:
        return next(self._octets)

    def bound(self, oid: Oid) -> tuple[int, ber.Value]:
        """Return what an object says."""
        if not self._is_calm:
            return self.value()
        told = self._at(sum(oid) + self.poll)
        if oid == SYS_UPTIME:
            return ber.TIME_TICKS, 5 if told > 230 else 6000 * self.poll
        if oid == TABLE_LAST_CHANGE:
            return ber.TIME_TICKS, 5 if told > 200 else 4
        if oid[:-1] in (IF_NAME, IF_DESCR, IF_ALIAS):
            return ber.OCTET_STRING, b"eth%d" % (oid[-1] + (told > 240))
        tag = _CALM_TAGS[(sum(oid) + (told > 240)) % len(_CALM_TAGS)]
        return tag, told << (told % 23) if tag in ber.WIDTHS else None

    def _at(self, place: int) -> int:
        return self._script[place % len(self._script)]

    def value(self) -> tuple[int, ber.Value]:
        """Return a value that the decoder could have read."""
        tag, what = _TAGS[self.octet() % len(_TAGS)], self.octet()
        if tag in ber.WIDTHS:
            top = 2 ** (8 * ber.WIDTHS[tag])
            number = (what, 0, 1, top - 1, top // 2, what << 20)[what % 6] % top
            return tag, number - top // 2 if tag == ber.INTEGER else number
        if tag == ber.OCTET_STRING:
            return tag, _TEXTS[what % len(_TEXTS)]
        if tag == ber.OPAQUE:
            number_or_not = (math.nan, math.inf, -0.0, 41.5, 1e308)[what % 5]
            return tag, b"\x9f\x79\x08" + struct.pack(">d", number_or_not)
        if tag == ber.OBJECT_IDENTIFIER:
            return tag, (1, 3, 6, 1, 4, 1, what, 1)
        return tag, bytes((what, 1, 2, 3)) if tag == ber.IP_ADDRESS else None

    def answer(self, ask: Ask) -> Answer | ExchangeError:
        """Return what comes back: most often what was asked, in all shades of wrong otherwise."""
        kind = 0 if self._is_calm else self.octet()
        if kind < 150:
            return self._through(ask, self._sound(ask))
        if kind < 180:
            return Answer(kind % 20, self.octet() - 2, tuple((oid, ber.NULL, None) for oid in ask.oids), 0.01)
        if kind < 200:
            return ExchangeError(
                (Outcome.TIMEOUT, Outcome.MALFORMED, Outcome.REFUSED)[kind % 3], Reason("no_answer"), is_final=kind % 5 == 0
            )
        sound = self._sound(ask)
        match kind % 8:
            case 0:
                sound = ()
            case 1:
                sound = sound[::-1]
            case 2:
                sound = sound[: self.octet() % (len(sound) + 1)]
            case 3:
                sound = sound * 3
            case 4:
                sound = tuple((oid, *self.bound(oid)) for oid in ask.oids)
            case 5:
                sound = tuple(((*oid[:-1], oid[-1] ^ self.octet()), tag, value) for oid, tag, value in sound)
            case 6:
                sound = tuple((oid[: max(self.octet() % len(oid), 2)], tag, value) for oid, tag, value in sound)
            case _:
                sound = tuple(((2, 2**32 - 1), *self.value()) for _ in ask.oids)
        return self._through(ask, sound)

    def _through(self, ask: Ask, varbinds: tuple[snmp.VarBind, ...]) -> Answer:
        """Return an answer as the engine would hand it on."""
        if ask.reader is not None and self._has_readers:
            version = ask.reader.request.opening[2]
            message = snmp.Message(version, b"public", snmp.RESPONSE, snmp.MIN_REQUEST_ID, 0, 0, varbinds)
            read = ask.reader.read(snmp.encode(message))
            if read is not None:
                return Answer(0, 0, (), 0.01, read.tags, read.values)
        return Answer(0, 0, varbinds, 0.01)

    def _sound(self, ask: Ask) -> tuple[snmp.VarBind, ...]:
        """Return an answer with the names that were asked for, or that come next: tables of as many rows as the script says."""
        if ask.pdu == snmp.GET:
            return tuple((oid, *self.bound(oid)) for oid in ask.oids)
        length = self._at(self.poll) if self._is_calm else len(self._script)
        rows = length % 7 if length % 11 or self._is_calm else 10_000
        found: list[snmp.VarBind] = []
        names = list(ask.oids)
        for _ in range(min(ask.repetitions or 1, 25)):
            for place, oid in enumerate(names):
                following = (*oid, 1) if oid[-1] > 30 or len(oid) < 12 else (*oid[:-1], oid[-1] + 1)
                names[place] = following if following[-1] <= rows else (*following[:-2], following[-2] + 1, 1)
                found.append((names[place], *self.bound(names[place])))
        return tuple(found)


class Polls:
    """Four octets choose the profile and how it is read, the rest is the agent's script."""

    name = "polls"
    slow_s = 10.0
    size = 400

    def valid(self, random: Random) -> bytes:
        kinds = random.choice(((0,), (0,), (0, 0, 0, 210), (0, 160), (0, 190, 230)))
        script = b"".join(
            bytes((random.choice(kinds),)) + random.randbytes(random.randrange(8)) for _ in range(random.randrange(1, 30))
        )
        return random.randbytes(_HEAD) + script

    def mutated(self, data: bytes, other: bytes, random: Random) -> bytes:
        return mutation.octets(data, other, random)

    def check(self, data: bytes, *, thorough: bool) -> str:
        head, script = data[:_HEAD].ljust(_HEAD, b"\0"), data[_HEAD:]
        is_calm = bool(head[2] & 32)
        agents = [_Agent(script, is_calm=is_calm, has_readers=each) for each in ((True, False) if is_calm else (True,))]
        memories = [AgentMemory() for _ in agents]
        told = []
        for poll in range(_POLLS):
            ended = [_polled(_spec(head, poll), memory, agent, poll) for memory, agent in zip(memories, agents, strict=True)]
            must(ended[0] == ended[-1], "the short cut of the steady state yields another sample")
            told.append(ended[0][0])
        return " ".join(told) + (" steady" if memories[0].steady is not None else "")


def _spec(head: bytes, poll: int) -> SnmpSpec:
    version = ("2c", "2c", "1")[head[1] % 3]
    return SnmpSpec(
        target="xa",
        address="127.0.0.1",
        credential=Credential("wan", version, community="public"),
        profile=_PROFILES[head[0] % len(_PROFILES)],
        candidates=_PROFILES if head[2] & 1 else (),
        interfaces="all" if head[2] & 2 else "wan",
        wan_interface="eth|Gi" if head[2] & 4 else None,
        explain=bool(head[2] & 8),
        brief=bool(head[2] & 16) and poll == 1,
        max_repetitions=1 + head[3] % 60,
    )


def _polled(spec: SnmpSpec, memory: AgentMemory, agent: _Agent, number: int) -> tuple[str, SnmpSample | str]:
    """Drive one poll to its end; return in a word how it ended, and what came of it."""
    agent.poll = number + 1
    poll = Poll(spec, memory)
    conversation = poll.run()
    over: ExchangeError | None = None
    try:
        ask = next(conversation)
        for _ in range(_MOST_QUESTIONS):
            must(0 < len(ask.oids) <= 200, f"a question for {len(ask.oids)} objects")
            answer = over or agent.answer(ask)
            if isinstance(answer, ExchangeError):
                over = answer if answer.is_final else None
                ask = conversation.throw(answer)
            else:
                ask = conversation.send(answer)
        raise Finding(f"still asking after {_MOST_QUESTIONS} questions")
    except StopIteration as ended:
        sample: SnmpSample = ended.value
        _check(sample, english(poll.detail))
        return "complete" if sample.complete else "incomplete", sample
    except ExchangeError as error:
        must(bool(error.detail) and error.outcome is not Outcome.OK, "an end without a reason")
        return error.outcome.name.lower(), english(error.detail)


def _check(sample: SnmpSample, detail: str) -> None:
    """See that a sample holds numbers that are some, and texts that fit one line."""
    must(sample.complete or bool(detail), "incomplete without a reason")
    for series, number in sample.values.items():
        must(isinstance(number, float | int) and math.isfinite(number), f"{series} is {number}")
        must(series.isprintable(), f"a series of the name {series!r}")
    ticks = (sample.uptime_ticks, sample.engine_time_s, sample.engine_boots, sample.system_ticks)
    must(all(each is None or isinstance(each, int) for each in ticks), f"ticks {ticks}")
    texts = [sample.sys_descr, sample.sys_name, sample.sys_object_id]
    for row in sample.interfaces:
        counted = (row.speed_bps, row.receive_octets, row.transmit_octets, row.receive_errors, row.transmit_errors)
        must(all(each is None or isinstance(each, int) for each in counted), f"a row counts {counted}")
        texts += [row.name, row.descr, row.alias]
    must(all(text.isprintable() for text in texts), f"texts {texts}")
