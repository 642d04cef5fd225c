"""Walks that end: columns are read by GETBULK or GETNEXT under caps, and an agent that loops or dies is left at once.

Why so strict (measured with pysnmp's own walk): a looping agent took 2,733 steps without an error; one that died in the middle
took 22 timeouts and was still being asked.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.model.agent_fault import AgentFault, FaultKind
from monitor.model.reading import Outcome
from monitor.model.reason import Reason, Reasons
from monitor.probes.snmp.exchange import Answer, Ask, Conversation, ExchangeError
from monitor.probes.snmp.if_mib import ABSENT, Values
from monitor.probes.snmp.memory import AgentMemory
from monitor.wire.oid import Oid, format_oid
from monitor.wire.snmp import GET_BULK, GET_NEXT, ErrorStatus, VarBind, status_name

MAX_ROWS = 512
MAX_REQUESTS = 120
_VALUES_IN_AN_ANSWER = 60
"""At some 25 octets each they fit one Ethernet frame; an answer in fragments is lost with any of them."""


@dataclass(slots=True)
class Walked:
    """What a walk brought. values: name → value. reason: why it ended early, None where every column was read to its end.

    misdeed: what the agent did that none should, None where the end came otherwise.
    """

    values: Values = field(default_factory=dict)
    reason: Reason | None = None
    requests: int = 0
    misdeed: AgentFault | None = None


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
            walked.misdeed = AgentFault(FaultKind.ENDLESS, {"rows": _rows(active)})
            break
        ask = _question(active, memory, lost // 2 if lost else max_repetitions, v1)
        walked.requests += 1
        try:
            answer = yield ask
        except ExchangeError as error:
            if error.is_final or lost or ask.repetitions < 2:
                walked.reason = Reason("after_rows", {"rows": _rows(active)}, error.detail)
                walked.misdeed = error.misdeed or _died(error, active)
                break
            lost, fault = ask.repetitions, error.detail
            continue
        if lost and fault:
            memory.device.choked_on_repetitions(lost, *fault)
            fault = ()
        if answer.status:
            active, walked.reason, walked.misdeed = _refused(answer, ask, active, memory)
        else:
            active, walked.reason, walked.misdeed = _take(answer.varbinds, active, walked.values, max_rows)
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
    misdeed = AgentFault(FaultKind.TOO_BIG) if status == ErrorStatus.TOO_BIG else None
    return active, Reason("status_after_rows", {"status": status_name(status), "rows": _rows(active)}), misdeed


def _take(varbinds: tuple[VarBind, ...], active: list[_WalkedColumn], values: Values, max_rows: int) -> _Left:
    """Keep the rows of one answer and return what is left to be read.

    The answer holds one value a column, column after column, again and again (RFC 3416 4.2.3); its end may be cut anywhere.
    """
    if not varbinds:
        return active, Reason("no_values"), None
    width = len(active)
    left: list[_WalkedColumn] = []
    for place, column in enumerate(active):
        is_at_end, fault = _take_column(varbinds[place::width], column, values, max_rows)
        if fault is not None:
            return active, *fault
        if not is_at_end:
            left.append(column)
    return left, None, None


def _take_column(
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
    """Return how many rows were read."""
    return max((column.rows for column in active), default=0)
