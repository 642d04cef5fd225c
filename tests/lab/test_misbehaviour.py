"""Agents misbehave as they are told, each in its own way."""

import pytest

from monitor.lab.agent import Agent, Ills
from monitor.lab.device import make_device
from monitor.lab.emulator import Emulator
from monitor.lab.faults import LabFault
from monitor.lab.mib import ENGINE_ID, device_mib
from monitor.lab.packet import parse_packet, udp
from monitor.lab.province import Province
from monitor.model.scenario import VERBS, Value, with_usual_values
from monitor.wire import ber, snmp
from monitor.wire.fault import MalformedError
from monitor.wire.oid import parse_oid
from tests.lab.small import COMMUNITY, NOON, OWN, Clock, packed, province, target

NAME = parse_oid("1.3.6.1.2.1.1.5.0")
IF_DESCR = parse_oid("1.3.6.1.2.1.2.2.1.2")
REQUEST_ID = snmp.MIN_REQUEST_ID


def ill(ills: Ills) -> Agent:
    agent = Agent(device_mib(make_device(target("xa", "10.1.1.1", "huyen"), NOON), has_64_bits=True), COMMUNITY)
    agent.ills = ills
    return agent


def ask(agent: Agent, pdu: int = snmp.GET, oid: tuple[int, ...] = NAME, repetitions: int = 0) -> bytes:
    answer = agent.answer(snmp.prepare(snmp.V2C, COMMUNITY, pdu, [oid], second=repetitions).encode(REQUEST_ID), NOON)
    assert answer is not None
    return answer


def fault(verb: str, *targets: str, number: int = 1, **values: Value) -> LabFault:
    return LabFault(number, verb, targets, with_usual_values(VERBS[verb], values), NOON)


def test_a_wrong_request_id_is_the_only_thing_that_is_wrong() -> None:
    answer = snmp.decode(ask(ill(Ills(has_wrong_id=True))))
    assert answer.request_id != REQUEST_ID
    assert answer.varbinds == ((NAME, ber.OCTET_STRING, b"xa"),)


def test_an_oversized_answer_is_sound_and_huge() -> None:
    octets = ask(ill(Ills(oversized=60_000)))
    assert 59_000 < len(octets) <= 60_100
    answer = snmp.decode(octets)
    assert (REQUEST_ID, (NAME, ber.OCTET_STRING, b"xa")) == (answer.request_id, answer.varbinds[0])


@pytest.mark.parametrize("depth", [1, 100, 12_000])
def test_a_nested_answer_is_as_deep_as_it_was_asked_for_and_no_message(depth: int) -> None:
    octets = ask(ill(Ills(nested=depth)))
    assert depth < len(octets) < 60_000
    assert octets.endswith(b"\x30\x00")
    if depth > 1:
        with pytest.raises(MalformedError):
            snmp.decode(octets)


def test_an_endless_table_has_always_one_row_more_and_its_names_increase() -> None:
    agent = ill(Ills(is_endless=True))
    seen: list[tuple[int, ...]] = []
    for _ in range(40):
        answer = snmp.decode(ask(agent, snmp.GET_BULK, seen[-1] if seen else IF_DESCR, 20))
        seen += [oid for oid, _, _ in answer.varbinds]
    assert len(seen) > 600
    assert seen == sorted(set(seen))
    assert all(oid[: len(IF_DESCR)] == IF_DESCR for oid in seen)


def test_a_looping_table_leads_from_its_last_row_to_its_first() -> None:
    answer = snmp.decode(ask(ill(Ills(loops=True)), snmp.GET_BULK, IF_DESCR, 9))
    names = [oid for oid, _, _ in answer.varbinds]
    assert names == names[:3] * 3
    assert all(oid[: len(IF_DESCR)] == IF_DESCR for oid in names)


def test_what_is_no_table_ends_though_the_tables_do_not() -> None:
    answer = snmp.decode(ask(ill(Ills(is_endless=True)), snmp.GET_NEXT, parse_oid("1.3.6.1.2.1.1.7")))
    assert answer.varbinds[0][0] == parse_oid("1.3.6.1.2.1.1.7.0")


def test_an_agent_of_no_size_says_too_big_to_everything() -> None:
    small = province(Clock())
    small.apply([fault("agent-small", "xa", octets=0)])
    agent = small.agent("xa")
    assert agent is not None
    for pdu in (snmp.GET, snmp.GET_NEXT, snmp.GET_BULK):
        assert snmp.decode(ask(agent, pdu, repetitions=1)).error_status == snmp.ErrorStatus.TOO_BIG


def test_twins_tell_one_engine_id_and_others_have_none() -> None:
    small = province(Clock())
    small.apply([fault("agent-twin", "xa", "huyen", number=7)])
    told = {}
    for name in ("xa", "huyen", "goc"):
        agent = small.agent(name)
        assert agent is not None
        told[name] = snmp.decode(ask(agent, oid=ENGINE_ID)).varbinds[0][1:]
    assert told["xa"] == told["huyen"] == (ber.OCTET_STRING, bytes.fromhex("80001f88050000000000000007"))
    assert told["goc"] == (ber.NO_SUCH_OBJECT, None)


@pytest.fixture
def flooding() -> tuple[Province, Emulator]:
    """A province in which xa floods with 500 datagrams a second, and has just been asked."""
    small = province(Clock())
    small.apply([fault("agent-floods", "xa", rate=500)])
    emulator = Emulator(small, seed=1)
    request = snmp.prepare(snmp.V2C, COMMUNITY, snmp.GET, [NAME]).encode(REQUEST_ID)
    emulator.answer(udp(packed(OWN), packed("10.1.1.1"), 40_000, 161, request), NOON)
    return small, emulator


def test_an_agent_that_floods_sends_so_many_a_second_to_whoever_asked_it(flooding: tuple[Province, Emulator]) -> None:
    _, emulator = flooding
    assert emulator.is_flooding
    counts = [len(emulator.unasked(NOON + 0.01 * step)) for step in range(1, 201)]
    assert sum(counts) == pytest.approx(1000, abs=1)
    (first, *_) = emulator.unasked(NOON + 2.1)
    packet = parse_packet(first)
    assert packet is not None
    assert (packet.source, packet.destination) == (packed("10.1.1.1"), packed(OWN))
    assert packet.payload[:4] == (161).to_bytes(2, "big") + (40_000).to_bytes(2, "big")
    with pytest.raises(MalformedError):
        snmp.decode(packet.payload[8:])


def test_a_flood_is_cut_off_with_its_agent_and_ends_with_the_fault(flooding: tuple[Province, Emulator]) -> None:
    small, emulator = flooding
    small.apply([fault("agent-floods", "xa", rate=500), fault("cut", "huyen")])
    assert emulator.unasked(NOON + 1) == []
    small.apply(())
    assert emulator.unasked(NOON + 2) == []
    assert not emulator.is_flooding


def test_a_lab_that_was_held_up_does_not_make_up_for_the_flood(flooding: tuple[Province, Emulator]) -> None:
    _, emulator = flooding
    assert len(emulator.unasked(NOON + 3600)) == 2000
    assert len(emulator.unasked(NOON + 3600.01)) < 10
