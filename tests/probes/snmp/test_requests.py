"""Walks without a socket: whole where the agent is honest, and always at an end."""

from __future__ import annotations

from bisect import bisect_right

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model.reading import Outcome
from monitor.model.reason import Reason
from monitor.probes.snmp.exchange import Answer, Ask, ExchangeError
from monitor.probes.snmp.memory import AgentMemory
from monitor.probes.snmp.requests import MAX_REQUESTS, MAX_ROWS, Walked, walk
from monitor.wire import ber
from monitor.wire.oid import Oid
from monitor.wire.snmp import GET_BULK, VarBind
from tests.told import english

BASE: Oid = (1, 3, 6, 1, 2, 1, 2, 2, 1)
COLUMNS: tuple[Oid, ...] = tuple((*BASE, column) for column in (2, 3, 8))


def after(names: list[Oid], oid: Oid) -> VarBind:
    at = bisect_right(names, oid)
    return (names[at], ber.INTEGER, at) if at < len(names) else (oid, ber.END_OF_MIB_VIEW, None)


def answer(names: list[Oid], ask: Ask, cut: int) -> Answer:
    """Return what an honest agent answers that has room for `cut` values only."""
    bounds: list[VarBind] = []
    standing = list(ask.oids)
    for _ in range(max(1, ask.repetitions)):
        rows = [after(names, oid) for oid in standing]
        standing = [oid for oid, _, _ in rows]
        bounds += rows
    return Answer(0, 0, tuple(bounds[: max(1, cut)]))


@given(
    st.sets(st.tuples(st.sampled_from((1, 2, 3, 5, 8, 9)), st.integers(1, 400)), max_size=120),
    st.lists(st.integers(1, 80), min_size=1, max_size=8),
    st.booleans(),
)
def test_every_row_of_every_column_is_read_once_wherever_answers_are_cut(
    cells: set[tuple[int, int]], cuts: list[int], v1: bool
) -> None:
    names = sorted((*BASE, column, row) for column, row in cells)
    conversation = walk(COLUMNS, AgentMemory(), max_repetitions=7, v1=v1)
    asked = 0
    try:
        ask = next(conversation)
        while True:
            asked += 1
            ask = conversation.send(answer(names, ask, cuts[asked % len(cuts)]))
    except StopIteration as complete:
        walked: Walked = complete.value
    wanted = [name for name in names if name[:10] in COLUMNS]
    if not walked.reason:
        assert wanted == sorted(walked.values)
    else:
        assert MAX_REQUESTS == walked.requests
        assert set(walked.values) <= set(wanted)


def said(walked: Walked) -> str:
    return english(() if walked.reason is None else (walked.reason,))


def drive(script: list[Answer | ExchangeError]) -> tuple[Walked, list[Ask], AgentMemory]:
    memory = AgentMemory()
    conversation = walk(COLUMNS[:1], memory, max_repetitions=20, v1=False)
    asks = [next(conversation)]
    try:
        for turn in script:
            asks.append(conversation.throw(turn) if isinstance(turn, ExchangeError) else conversation.send(turn))
    except StopIteration as complete:
        return complete.value, asks, memory
    raise AssertionError("the walk still asks")


SILENT = ExchangeError(Outcome.TIMEOUT, Reason("unanswered_for", {"tries": 2, "waited_s": 5.0}))
ROW = Answer(0, 0, (((*COLUMNS[0], 5), ber.INTEGER, 1),))


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ([ROW, ROW], "names do not increase"),
        ([Answer(0, 0, ((COLUMNS[0], ber.INTEGER, 1),))], "names do not increase"),
        ([ROW, SILENT, SILENT], "no answer to 2 tries in 5 s, after 1 row"),
        ([ExchangeError(Outcome.TIMEOUT, Reason("not_complete", {"deadline_s": 20.0}), is_final=True)], "not complete after 20 s"),
        ([Answer(0, 0, ())], "an answer without values"),
        ([ROW, Answer(1, 0, ()), Answer(1, 0, ()), Answer(1, 0, ()), Answer(1, 0, ()), Answer(1, 0, ())], "tooBig after 1 row"),
        ([Answer(5, 0, ()), Answer(5, 0, ())], "genErr after 0 rows"),
    ],
)
def test_a_walk_ends_at_the_first_sign_of_trouble_and_says_which(script: list[Answer | ExchangeError], reason: str) -> None:
    walked, _, _ = drive(script)
    assert reason in said(walked)


def test_a_loop_far_from_the_first_row_is_seen_by_the_greatest_name() -> None:
    rows = tuple(((*COLUMNS[0], row), ber.INTEGER, row) for row in (1, 2, 3, 4, 2))
    walked, _, _ = drive([Answer(0, 0, rows)])
    assert "names do not increase: 1.3.6.1.2.1.2.2.1.2.2 after 1.3.6.1.2.1.2.2.1.2.4" == said(walked)
    assert 4 == len(walked.values)


def test_a_table_without_end_is_left_at_the_cap() -> None:
    pages = [tuple(((*COLUMNS[0], row), ber.INTEGER, 1) for row in range(first, first + 20)) for first in range(1, 10_000, 20)]
    walked, asks, _ = drive([Answer(0, 0, page) for page in pages])
    assert (f"more than {MAX_ROWS} rows", MAX_ROWS) == (said(walked), len(walked.values))
    assert MAX_ROWS // 20 + 1 == len(asks)


def test_an_agent_that_gives_one_row_at_a_time_is_left_after_so_many_requests() -> None:
    walked, asks, _ = drive([Answer(0, 0, (((*COLUMNS[0], row), ber.INTEGER, 1),)) for row in range(1, MAX_ROWS)])
    assert (f"still not at its end after {MAX_REQUESTS} requests", MAX_REQUESTS) == (said(walked), len(asks))


def test_repetitions_are_halved_for_good_where_half_as_many_are_answered() -> None:
    end = Answer(0, 0, ((COLUMNS[0], ber.END_OF_MIB_VIEW, None),))
    _, asks, memory = drive([SILENT, end])
    assert [20, 10] == [ask.repetitions for ask in asks]
    assert (10, "no answer to 2 tries in 5 s at 20 repetitions") == (
        memory.device.repetitions.learned,
        english((memory.device.repetitions.reason,)) if memory.device.repetitions.reason else "",
    )


def test_an_agent_that_is_silent_to_fewer_repetitions_too_is_not_taken_to_choke() -> None:
    _, asks, memory = drive([SILENT, SILENT])
    assert [20, 10] == [ask.repetitions for ask in asks]
    assert memory.device.repetitions.learned is None


def test_an_answer_in_a_frame_holds_no_more_than_sixty_values() -> None:
    ask = next(walk(COLUMNS, AgentMemory(), max_repetitions=25, v1=False))
    assert (GET_BULK, 20, 3) == (ask.pdu, ask.repetitions, len(ask.oids))
    ask = next(walk(COLUMNS * 2, AgentMemory(), max_repetitions=25, v1=False))
    assert 10 == ask.repetitions
