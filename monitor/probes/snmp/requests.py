"""GETs and walks that get what there is: what is refused is left out, what is too big asked in halves, every walk ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from monitor.model.agent_fault import AgentFault, FaultKind
from monitor.model.reading import Outcome
from monitor.model.reason import Reason, Reasons
from monitor.model.spec import SnmpSpec
from monitor.probes.snmp.exchange import (
    Answer,
    Ask,
    Conversation,
    ExchangeError,
    reader_of,
    status_reason,
)
from monitor.probes.snmp.if_mib import ABSENT, SYS_UPTIME, Values
from monitor.probes.snmp.memory import AgentMemory
from monitor.wire.ber import Value
from monitor.wire.oid import Oid, format_oid
from monitor.wire.snmp import GET, GET_BULK, GET_NEXT, ErrorStatus, VarBind, status_name

MAX_ROWS = 512
MAX_REQUESTS = 120
_VALUES_IN_AN_ANSWER = 60
"""At some 25 octets each they fit one Ethernet frame; an answer in fragments is lost with any of them."""

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
        if error.outcome is Outcome.TIMEOUT:
            self._memory.device.lost_get(len(ask.oids), after_answer=bool(self.answered))
        else:
            self._memory.device.doubt_losses()

    def note_got(self, ask: Ask, answer: Answer) -> None:
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
                agent_fault = AgentFault(FaultKind.TOO_BIG) if answer.status == ErrorStatus.TOO_BIG else None
                raise ExchangeError(Outcome.REFUSED, status_reason(answer.status), agent_fault=agent_fault)
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
        try:
            answer = with_tags(answer, oids)
        except ExchangeError:
            return None
        return oids, answer.tags, answer.values


def _values(asked: tuple[Oid, ...], answer: Answer) -> Values:
    if answer.tags:
        bounds = zip(asked, answer.tags, answer.values, strict=True)
        return {oid: (tag, value) for oid, tag, value in bounds if tag not in ABSENT}
    wanted = set(asked)
    return {oid: (tag, value) for oid, tag, value in answer.varbinds if oid in wanted and tag not in ABSENT}


@dataclass(slots=True)
class Walked:
    """What a walk brought. values: name → value. reason: why it ended early, None where every column was read to its end.

    agent_fault: what the agent did that none should, None where the end came otherwise.
    """

    values: Values = field(default_factory=dict)
    reason: Reason | None = None
    requests: int = 0
    agent_fault: AgentFault | None = None


@dataclass(slots=True)
class _WalkedColumn:
    """One column under way. last: the greatest name seen. rows: how many were seen."""

    prefix: Oid
    last: Oid
    rows: int = 0


_Left = tuple[list[_WalkedColumn], Reason | None, AgentFault | None]
"""Which columns are not at their end; why the walk must end, None where it need not; and what the agent did that none should."""


def walk(
    columns: tuple[Oid, ...], memory: AgentMemory, *, max_repetitions: int, v1: bool, max_rows: int = MAX_ROWS
) -> Conversation[Walked]:
    """Read whole columns side by side and return what was sound of them.

    max_repetitions: as configured; fewer are asked where the agent was found to choke, and never more than fit a frame.
    After an ExchangeError that is not final half as many rows are asked for; where these are answered, the larger answer was too
    much, which is remembered. A second error ends the walk, as does any name that does not increase.
    """
    walked = Walked()
    active = [_WalkedColumn(prefix, prefix) for prefix in columns]
    lost = 0
    fault: Reasons = ()
    while active:
        if walked.requests >= MAX_REQUESTS:
            walked.reason = Reason("endless", {"requests": MAX_REQUESTS})
            walked.agent_fault = AgentFault(FaultKind.ENDLESS, {"rows": _rows(active)})
            break
        ask = _question(active, memory, lost // 2 if lost else max_repetitions, v1)
        walked.requests += 1
        try:
            answer = yield ask
        except ExchangeError as error:
            if error.is_final or lost or ask.repetitions < 2:
                walked.reason = Reason("after_rows", {"rows": _rows(active)}, error.detail)
                walked.agent_fault = error.agent_fault or _died(error, active)
                break
            lost, fault = ask.repetitions, error.detail
            continue
        if lost and fault:
            memory.device.choked_on_repetitions(lost, *fault)
            fault = ()
        if answer.status:
            active, walked.reason, walked.agent_fault = _refused(answer, ask, active, memory)
        else:
            active, walked.reason, walked.agent_fault = _append_rows(answer.varbinds, active, walked.values, max_rows)
        if walked.reason is not None:
            break
    return walked


def _question(active: list[_WalkedColumn], memory: AgentMemory, max_repetitions: int, v1: bool) -> Ask:
    """Return what to ask next: all columns at once from where each one stands."""
    names = tuple(column.last for column in active)
    if v1 or not memory.has_bulk:
        return Ask(GET_NEXT, names)
    limit = memory.device.repetitions_within(max_repetitions)
    return Ask(GET_BULK, names, max(1, min(limit, _VALUES_IN_AN_ANSWER // len(names))))


def _refused(answer: Answer, ask: Ask, active: list[_WalkedColumn], memory: AgentMemory) -> _Left:
    """Return what is left to be read after an error-status."""
    status = answer.status
    if status == ErrorStatus.TOO_BIG and ask.repetitions > 1:
        memory.device.choked_on_repetitions(ask.repetitions, Reason("status", {"status": status_name(status)}))
        return active, None, None
    if status == ErrorStatus.NO_SUCH_NAME:
        # v1's end of the MIB view (RFC 1157 4.1.3): the one that error-index names is at its end, the others are not.
        ended = answer.culprit - 1
        left = [column for at, column in enumerate(active) if at != ended] if 0 <= ended < len(active) else []
        return left, None, None
    if ask.pdu == GET_BULK and status != ErrorStatus.TOO_BIG:
        memory.has_bulk = False
        return active, None, None
    agent_fault = AgentFault(FaultKind.TOO_BIG) if status == ErrorStatus.TOO_BIG else None
    return active, Reason("status_after_rows", {"status": status_name(status), "rows": _rows(active)}), agent_fault


def _append_rows(varbinds: tuple[VarBind, ...], active: list[_WalkedColumn], values: Values, max_rows: int) -> _Left:
    """Keep the rows of one answer and return what is left to be read.

    The answer holds one value a column, column after column, again and again (RFC 3416 4.2.3); its end may be cut anywhere.
    """
    if not varbinds:
        return active, Reason("no_values"), None
    width = len(active)
    left: list[_WalkedColumn] = []
    for place, column in enumerate(active):
        is_at_end, fault = _append_column(varbinds[place::width], column, values, max_rows)
        if fault is not None:
            return active, *fault
        if not is_at_end:
            left.append(column)
    return left, None, None


def _append_column(
    varbinds: tuple[VarBind, ...], column: _WalkedColumn, values: Values, max_rows: int
) -> tuple[bool, tuple[Reason, AgentFault] | None]:
    """Keep one column's rows of an answer; return whether it is at its end, and what was wrong with it, None where nothing was."""
    prefix, last, rows = column.prefix, column.last, column.rows
    size = len(prefix)
    is_at_end = False
    fault: tuple[Reason, AgentFault] | None = None
    for oid, tag, value in varbinds:
        if oid[:size] != prefix or tag in ABSENT:
            is_at_end = True
            break
        if oid <= last:
            names = {"oid": format_oid(oid), "after": format_oid(last)}
            fault = Reason("not_increasing", names), AgentFault(FaultKind.LOOPS, names)
            break
        if rows >= max_rows:
            fault = Reason("too_many_rows", {"rows": max_rows}), AgentFault(FaultKind.ENDLESS, {"rows": max_rows})
            break
        last = oid
        rows += 1
        values[oid] = (tag, value)
    column.last, column.rows = last, rows
    return is_at_end, fault


def _died(error: ExchangeError, active: list[_WalkedColumn]) -> AgentFault | None:
    """Return that the agent fell silent in the middle, None where the walk ended for another reason."""
    return AgentFault(FaultKind.DIES, {"rows": _rows(active)}) if error.outcome is Outcome.TIMEOUT else None


def _rows(active: list[_WalkedColumn]) -> int:
    return max((column.rows for column in active), default=0)


def ask_for(spec: SnmpSpec, memory: AgentMemory, oids: tuple[Oid, ...]) -> Ask:
    """Return the question for objects, remembered as long as the same tuple is asked for."""
    ask = memory.plain
    if ask is None or ask.oids is not oids:
        memory.plain = ask = Ask(GET, oids, 0, reader_of(spec, oids))
    return ask


def with_tags(answer: Answer, oids: tuple[Oid, ...]) -> Answer:
    """Return an answer with its tags and values in the order of oids (see wire/ber.py for tags).

    What the agent lacks has one of the tags of ber.EXCEPTIONS. Raises ExchangeError for an error-status and for other objects.
    """
    if answer.tags:
        return answer
    if answer.status:
        raise ExchangeError(Outcome.REFUSED, status_reason(answer.status))
    if tuple(oid for oid, _, _ in answer.varbinds) != oids:
        raise ExchangeError(Outcome.MALFORMED, Reason("other_objects"))
    tags, values = (tuple(bound[at] for bound in answer.varbinds) for at in (1, 2))
    return answer._replace(tags=tags, values=values)  # type: ignore[arg-type]
