"""The emulated agent answers as the RFCs say, and is ill as told."""

import pytest

from monitor.lab.agent import Agent
from monitor.lab.device import make_device
from monitor.lab.mib import device_mib
from monitor.lab.recording import read_recording
from monitor.wire import ber, snmp
from monitor.wire.oid import Oid, parse_oid
from monitor.wire.snmp import ErrorStatus, Message
from tests.lab.small import COMMUNITY, NOON, target

NAME = parse_oid("1.3.6.1.2.1.1.5.0")
UPTIME = parse_oid("1.3.6.1.2.1.1.3.0")
IF_DESCR = parse_oid("1.3.6.1.2.1.2.2.1.2")
HC_IN = parse_oid("1.3.6.1.2.1.31.1.1.1.6")


def agent() -> Agent:
    return Agent(device_mib(make_device(target("xa", "10.1.1.1", "huyen"), NOON), has_64_bits=True), COMMUNITY)


def ask(
    each: Agent, pdu: int, *oids: Oid, version: int = snmp.V2C, first: int = 0, second: int = 0, at: float = NOON
) -> Message | None:
    request = snmp.prepare(version, COMMUNITY, pdu, oids, first=first, second=second).encode(snmp.MIN_REQUEST_ID)
    answer = each.answer(request, at)
    return snmp.decode(answer) if answer is not None else None


def told(each: Agent, pdu: int, *oids: Oid, version: int = snmp.V2C, first: int = 0, second: int = 0) -> Message:
    answer = ask(each, pdu, *oids, version=version, first=first, second=second)
    assert answer is not None
    return answer


def walk(each: Agent, start: Oid) -> list[Oid]:
    """Return the names that GETNEXT leads through, at most 1,000."""
    names: list[Oid] = []
    while len(names) < 1000:
        ((oid, tag, _),) = told(each, snmp.GET_NEXT, names[-1] if names else start).varbinds
        if tag == ber.END_OF_MIB_VIEW:
            break
        names.append(oid)
    return names


def test_get_gives_the_value_and_the_request_id() -> None:
    answer = told(agent(), snmp.GET, NAME)
    assert answer.request_id == snmp.MIN_REQUEST_ID
    assert answer.varbinds == ((NAME, ber.OCTET_STRING, b"xa"),)


def test_what_is_missing_is_said_as_its_version_says_it() -> None:
    missing_instance, missing_object = (*NAME[:-1], 7), parse_oid("1.3.6.1.2.1.99.1.0")
    assert [tag for _, tag, _ in told(agent(), snmp.GET, missing_instance, missing_object).varbinds] == [
        ber.NO_SUCH_INSTANCE,
        ber.NO_SUCH_OBJECT,
    ]
    v1 = told(agent(), snmp.GET, NAME, missing_object, version=snmp.V1)
    assert (v1.error_status, v1.error_index) == (ErrorStatus.NO_SUCH_NAME, 2)


def test_a_wrong_community_and_rubbish_are_met_with_silence() -> None:
    each = agent()
    assert each.answer(snmp.prepare(snmp.V2C, b"other", snmp.GET, [NAME]).encode(snmp.MIN_REQUEST_ID), NOON) is None
    assert each.answer(b"\x30\x03abc", NOON) is None
    assert ask(Agent(each.mib, COMMUNITY, (snmp.V1,)), snmp.GET, NAME) is None


def test_a_walk_is_strictly_increasing_and_ends() -> None:
    names = walk(agent(), (1, 3))
    assert names == sorted(set(names))
    assert 100 < len(names) < 1000


def test_v1_is_shown_no_counter64() -> None:
    answer = told(agent(), snmp.GET_NEXT, HC_IN, version=snmp.V1)
    assert answer.varbinds[0][1] != ber.COUNTER64
    assert told(agent(), snmp.GET, (*HC_IN, 3), version=snmp.V1).error_status == ErrorStatus.NO_SUCH_NAME


def test_bulk_repeats_columns_row_by_row_after_the_non_repeaters() -> None:
    answer = told(agent(), snmp.GET_BULK, UPTIME[:-1], IF_DESCR, HC_IN, first=1, second=2)
    assert [oid for oid, _, _ in answer.varbinds] == [UPTIME, (*IF_DESCR, 1), (*HC_IN, 1), (*IF_DESCR, 2), (*HC_IN, 2)]


def test_bulk_fills_a_message_and_no_more() -> None:
    each = agent()
    request = snmp.prepare(snmp.V2C, COMMUNITY, snmp.GET_BULK, [(1, 3)], second=200).encode(snmp.MIN_REQUEST_ID)
    answer = each.answer(request, NOON)
    assert answer is not None
    assert 1000 < len(answer) <= each.ills.most_octets


def test_bulk_says_where_the_view_ends() -> None:
    answer = told(agent(), snmp.GET_BULK, parse_oid("1.3.6.1.2.1.31.1.5"), second=5)
    assert [tag for _, tag, _ in answer.varbinds] == [ber.TIME_TICKS, ber.END_OF_MIB_VIEW]


def test_a_small_agent_says_too_big() -> None:
    each = agent()
    each.ills.most_octets, each.ills.refuses_big_bulk = 200, True
    bulk = told(each, snmp.GET_BULK, IF_DESCR, second=20)
    assert (bulk.error_status, bulk.varbinds) == (ErrorStatus.TOO_BIG, ())
    assert told(each, snmp.GET_BULK, IF_DESCR, second=2).error_status == ErrorStatus.NO_ERROR
    assert told(each, snmp.GET, *([NAME] * 12)).error_status == ErrorStatus.TOO_BIG
    assert len(told(each, snmp.GET, *([NAME] * 12), version=snmp.V1).varbinds) == 12


def test_a_set_is_refused() -> None:
    assert told(agent(), snmp.SET, NAME).error_status == ErrorStatus.NOT_WRITABLE


def test_a_looping_agent_never_ends_and_repeats_itself() -> None:
    each = agent()
    each.ills.loops = True
    names = walk(each, (1, 3))
    assert len(names) == 1000
    assert len(set(names)) < 100


def test_a_dying_agent_falls_silent_at_a_row_and_is_back_a_while_later() -> None:
    each = agent()
    each.ills.dies_after = 2
    second, third = (*IF_DESCR, 1), (*IF_DESCR, 2)
    asked = [(0, IF_DESCR), (1, IF_DESCR), (2, second), (3, third), (4, IF_DESCR), (30, second)]
    answers = [ask(each, snmp.GET_NEXT, oid, at=NOON + after_s) for after_s, oid in asked]
    assert [answer is not None for answer in answers] == [True, True, True, False, False, True]
    assert ask(each, snmp.GET, NAME, at=NOON + 30) is not None


@pytest.mark.parametrize("repetitions", [1, 2, 3, 20])
def test_a_dying_agent_gives_as_many_rows_however_they_are_asked_for(repetitions: int) -> None:
    each = agent()
    each.ills.dies_after = 2
    names: list[Oid] = []
    while (answer := ask(each, snmp.GET_BULK, names[-1] if names else IF_DESCR, second=repetitions)) is not None:
        names += [oid for oid, _, _ in answer.varbinds]
    assert names == [(*IF_DESCR, 1), (*IF_DESCR, 2)]


def test_an_agent_without_64_bits_has_no_ifxtable() -> None:
    device = make_device(target("xa", "10.1.1.1", "huyen"), NOON)
    names = walk(Agent(device_mib(device, has_64_bits=False), COMMUNITY), (1, 3))
    assert not [oid for oid in names if oid[:7] == HC_IN[:7]]


def test_32_bit_counters_are_the_true_ones_wrapped() -> None:
    device = make_device(target("xa", "10.1.1.1", "huyen"), NOON)
    device.set_counters(NOON, 2**32 + 5)
    each = Agent(device_mib(device, has_64_bits=True), COMMUNITY)
    values = [value for _, _, value in told(each, snmp.GET, (*parse_oid("1.3.6.1.2.1.2.2.1.10"), 3), (*HC_IN, 3)).varbinds]
    assert values == [5, 2**32 + 5]


def test_a_recording_is_played_with_all_its_types() -> None:
    text = (
        "1.3.6.1.2.1.1.1.0|4|A box\n1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.9\n1.3.6.1.2.1.1.3.0|67|5\n1.3.6.1.2.1.2.1.0|2|-3\n"
        "1.3.6.1.2.1.2.2.1.6.1|4x|0a0B0c\n1.3.6.1.2.1.4.20.1.1.1|64|10.0.0.1\n1.3.6.1.2.1.31.1.1.1.6.1|70|18446744073709551615\n"
    )
    mib, faults = read_recording(text, lambda _: 4711)
    answer = told(Agent(mib, COMMUNITY), snmp.GET_BULK, (1, 3), second=10)
    assert faults == ()
    assert [value for _, _, value in answer.varbinds] == [
        b"A box",
        parse_oid("1.3.6.1.4.1.9"),
        4711,
        -3,
        b"\x0a\x0b\x0c",
        b"\x0a\x00\x00\x01",
        2**64 - 1,
        None,
    ]


def test_a_recordings_faulty_lines_are_named_and_the_others_played() -> None:
    mib, faults = read_recording("nonsense\n1.3.6.1.2.1.1.5.0|4|box\n1.3.6.1.2.1.1.6.0|99|x\n", lambda _: 0)
    assert [fault.line for fault in faults] == [1, 3]
    assert mib.get(NAME) is not None
