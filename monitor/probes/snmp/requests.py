"""GETs that get what there is: objects that an agent refuses are left out, what is too big is asked in halves."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.model.agent_fault import AgentFault, FaultKind
from monitor.model.reading import Outcome
from monitor.model.reason import Reason
from monitor.probes.snmp.exchange import Answer, Ask, Conversation, ExchangeError, status_reason
from monitor.probes.snmp.if_mib import SYS_UPTIME, Values, is_absent
from monitor.probes.snmp.memory import AgentMemory
from monitor.wire.ber import Value
from monitor.wire.oid import Oid
from monitor.wire.snmp import GET, ErrorStatus, status_name

_MAX_DROPPED = 16
_LACKS = (ErrorStatus.NO_SUCH_NAME, ErrorStatus.GEN_ERR)


class Getter:
    """The GETs of one poll. rtt_s: of the first that was answered. answered: the objects and the answer of each."""

    __slots__ = ("_memory", "answered", "rtt_s")

    def __init__(self, memory: AgentMemory) -> None:
        self._memory = memory
        self.rtt_s: float | None = None
        self.answered: list[tuple[tuple[Oid, ...], Answer]] = []

    def ask(self, ask: Ask) -> Conversation[Answer]:
        """Return the answer to one GET, and learn from whether there is one."""
        try:
            answer = yield ask
        except ExchangeError as error:
            self.note_lost(ask, error)
            raise
        self.note_got(ask, answer)
        return answer

    def note_lost(self, ask: Ask, error: ExchangeError) -> None:
        """Learn from a GET that nothing answered."""
        if error.outcome is Outcome.TIMEOUT:
            self._memory.device.lost_get(len(ask.oids), after_answer=bool(self.answered))
        else:
            self._memory.device.doubt_losses()

    def note_got(self, ask: Ask, answer: Answer) -> None:
        """Learn from a GET that was answered."""
        device = self._memory.device
        if device.lost_size:
            device.got(len(ask.oids))
        if self.rtt_s is None:
            self.rtt_s = answer.rtt_s
        self.answered.append((ask.oids, answer))

    def get(self, oids: Sequence[Oid], given: tuple[tuple[Oid, ...], Answer] | None = None) -> Conversation[Values]:
        """Ask for objects in one GET, and return those that the agent has.

        An object for which the agent refuses the whole GET (v1's noSuchName, some agents' genErr) is left out from then on. After
        tooBig the halves are asked one by one, sysUpTime with each. given: a GET and its answer that need not be
        asked again. Raises
        ExchangeError.
        """
        memory = self._memory
        wanted = [oid for oid in oids if oid not in memory.missing or oid == SYS_UPTIME]
        for _ in range(_MAX_DROPPED):
            if not wanted:
                return {}
            asked = tuple(wanted)
            answer = given[1] if given and given[0] == asked else (yield from self.ask(Ask(GET, asked)))
            given = None
            if not answer.status:
                return _values(asked, answer)
            culprit = answer.culprit - 1
            if answer.status in _LACKS and (len(wanted) == 1 or 0 <= culprit < len(wanted)):
                memory.missing.add(wanted.pop(culprit if 0 <= culprit < len(wanted) else 0))
            elif answer.status in (ErrorStatus.TOO_BIG, *_LACKS) and len(wanted) > 1:
                if answer.status == ErrorStatus.TOO_BIG:
                    memory.device.choked_on_get(len(wanted), Reason("status", {"status": status_name(answer.status)}))
                return (yield from self._halves(wanted))
            else:
                misdeed = AgentFault(FaultKind.TOO_BIG) if answer.status == ErrorStatus.TOO_BIG else None
                raise ExchangeError(Outcome.REFUSED, status_reason(answer.status), misdeed=misdeed)
        raise ExchangeError(Outcome.REFUSED, Reason("lacks_objects", {"most": _MAX_DROPPED}))

    def _halves(self, wanted: list[Oid]) -> Conversation[Values]:
        """Ask for the two halves of a GET that was too big, or whose culprit was not named."""
        lead = wanted[:1] if wanted[0] == SYS_UPTIME and len(wanted) > 2 else []
        rest = wanted[len(lead) :]
        middle = (len(rest) + 1) // 2
        values = yield from self.get([*lead, *rest[:middle]])
        values.update((yield from self.get([*lead, *rest[middle:]])))
        return values

    def only_answer(self) -> tuple[tuple[Oid, ...], tuple[int, ...], tuple[Value, ...]] | None:
        """Return the objects, tags and values of the one GET that was needed, None where it was more, or answered out of order."""
        if len(self.answered) != 1:
            return None
        oids, answer = self.answered[0]
        if answer.tags:
            return oids, answer.tags, answer.values
        if answer.status or tuple(bound[0] for bound in answer.varbinds) != oids:
            return None
        return oids, tuple(bound[1] for bound in answer.varbinds), tuple(bound[2] for bound in answer.varbinds)


def _values(asked: tuple[Oid, ...], answer: Answer) -> Values:
    """Return what an answer holds of what was asked for."""
    if answer.tags:
        bounds = zip(asked, answer.tags, answer.values, strict=True)
        return {oid: (tag, value) for oid, tag, value in bounds if not is_absent(tag)}
    wanted = set(asked)
    return {oid: (tag, value) for oid, tag, value in answer.varbinds if oid in wanted and not is_absent(tag)}
