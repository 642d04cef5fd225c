"""What the province answers to packets, without a network."""

import socket
import struct

import pytest

from monitor.lab.conditions import CapacityLimit
from monitor.lab.emulator import Emulator
from monitor.lab.faults import LabFault
from monitor.lab.packet import ICMP, ICMPV6, TCP, Packet, build, parse_packet, udp
from monitor.lab.province import Province
from monitor.lab.topology import queue
from monitor.model.scenario import VERBS, Scenario, Value, with_usual_values
from monitor.wire.icmp import checksum, pseudo_header
from tests.lab.small import NOON, OWN, Clock, inventory, packed, province
from tests.wire.icmp_messages import Echo, IcmpError, build_echo, parse_icmp

OWN6 = "fd00::aff:ff01"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def small(clock: Clock) -> Province:
    return province(clock)


@pytest.fixture
def emulator(small: Province) -> Emulator:
    return Emulator(small, seed=1)


def fault(verb: str, *targets: str, **values: Value) -> LabFault:
    return LabFault(1, verb, targets, with_usual_values(VERBS[verb], values), NOON)


def echo(address: str, *, ttl: int = 64, payload: bytes = b"x" * 56) -> bytes:
    if ":" in address:
        message = build_echo(6, Echo(False, 7, 1, payload), ends=(packed(OWN6), packed(address)))
        return build(packed(OWN6), packed(address), ICMPV6, message, ttl=ttl)
    return build(packed(OWN), packed(address), ICMP, build_echo(4, Echo(False, 7, 1, payload)), ttl=ttl)


def answers(emulator: Emulator, raw: bytes, at: float = NOON) -> list[tuple[float, Packet]]:
    found = []
    for delay, reply, _ in emulator.answer(raw, at):
        packet = parse_packet(reply)
        assert packet is not None
        found.append((delay, packet))
    return found


def error(emulator: Emulator, raw: bytes, at: float = NOON) -> tuple[str, IcmpError]:
    """Return who sent the one error that came back, and the error."""
    ((_, packet),) = answers(emulator, raw, at)
    family = socket.AF_INET if packet.version == 4 else socket.AF_INET6
    message = parse_icmp(packet.version, packet.payload, (packet.source, packet.destination))
    assert isinstance(message, IcmpError)
    return socket.inet_ntop(family, packet.source), message


@pytest.mark.parametrize("address", ["10.1.1.20", "fd00::10.1.1.20"])
def test_an_echo_comes_back_whole_after_the_delays_of_all_its_links(emulator: Emulator, address: str) -> None:
    ((delay, packet),) = answers(emulator, echo(address))
    assert delay == pytest.approx(0.04)
    assert packet.source == packed(address)
    assert parse_icmp(packet.version, packet.payload, (packed(address), packet.destination)) == Echo(True, 7, 1, b"x" * 56)
    assert packet.ttl == 61


@pytest.mark.parametrize(("ttl", "router"), [(1, "10.0.0.1"), (2, "10.1.0.1"), (3, "10.1.1.1")])
def test_an_echo_whose_ttl_runs_out_names_each_router_of_the_chain(emulator: Emulator, ttl: int, router: str) -> None:
    source, message = error(emulator, echo("10.1.1.20", ttl=ttl))
    assert (source, message.type) == (router, 11)
    assert message.quote is not None
    assert (message.quote.ident, message.quote.sequence) == (7, 1)


def test_ipv6_hops_complain_too(emulator: Emulator) -> None:
    source, message = error(emulator, echo("fd00::10.1.1.20", ttl=2))
    assert packed(source) == packed("fd00::10.1.0.1")
    assert (message.type, message.code) == (3, 0)


def test_the_last_living_router_says_host_unreachable_until_its_limit(small: Province, emulator: Emulator) -> None:
    small.apply((fault("cut", "xa"),))
    source, message = error(emulator, echo("10.1.1.20"))
    assert (source, message.type, message.code) == ("10.1.0.1", 3, 1)
    more = [bool(answers(emulator, echo("10.1.1.20"))) for _ in range(9)]
    assert more == [True] * 5 + [False] * 4
    assert answers(emulator, echo("10.1.1.20"), NOON + 1.5)


def test_behind_a_dead_root_there_is_only_silence(small: Province, emulator: Emulator) -> None:
    small.apply((fault("dead", "goc"),))
    assert answers(emulator, echo("10.0.0.1")) == []
    assert answers(emulator, echo("10.1.1.1")) == []


def test_a_point_on_two_uplinks_survives_the_loss_of_one(small: Province, emulator: Emulator) -> None:
    small.apply((fault("cut", "huyen"),))
    assert len(answers(emulator, echo("10.3.0.1"))) == 1
    small.apply((fault("cut", "huyen", "huyen-khac"),))
    assert not small.paths["xa-doi"].is_whole
    small.apply((fault("cut", "xa-doi", via="huyen"),))
    assert small.paths["xa-doi"].nodes == ("goc", "huyen-khac", "xa-doi")


def test_a_power_cut_darkens_the_point_and_its_endpoints_and_restarts_them(small: Province, clock: Clock) -> None:
    small.apply((fault("power-cut", "xa"),))
    assert not small.paths["dc-xa"].is_whole
    clock.at += 60
    small.apply(())
    assert small.device("xa").booted_at == clock.at
    assert small.device("dc-xa").booted_at == clock.at
    assert small.device("huyen").booted_at < NOON


def test_a_cut_link_does_not_restart_anything(small: Province) -> None:
    booted = small.device("xa").booted_at
    small.apply((fault("cut", "xa"),))
    small.apply(())
    assert small.device("xa").booted_at == booted


def test_loss_is_that_of_the_whole_path(small: Province, emulator: Emulator) -> None:
    small.apply((fault("lossy", "huyen", "xa", loss=0.1),))
    count = sum(len(answers(emulator, echo("10.1.1.1"))) for _ in range(4000))
    assert 0.81 * 4000 == pytest.approx(count, abs=4 * (4000 * 0.81 * 0.19) ** 0.5)


def test_jitter_is_between_none_and_all_of_it(small: Province, emulator: Emulator) -> None:
    small.apply((fault("slow", "xa", delay=0.1, jitter=0.05),))
    delays = [delay for _ in range(200) for delay, _ in answers(emulator, echo("10.1.1.1"))]
    assert 0.13 <= min(delays) < 0.135
    assert 0.175 < max(delays) <= 0.18


def test_duplicates_come_as_often_as_told(small: Province, emulator: Emulator) -> None:
    small.apply((fault("duplicate", "xa", share=1.0),))
    first, second = answers(emulator, echo("10.1.1.1"))
    assert first[1].raw == second[1].raw
    assert first[0] < second[0]


def test_a_mute_target_answers_no_ping_and_what_hangs_on_it_does(small: Province, emulator: Emulator) -> None:
    small.apply((fault("mute", "xa"),))
    assert answers(emulator, echo("10.1.1.1")) == []
    assert answers(emulator, echo("10.1.1.20"))


def test_a_packet_that_may_not_be_fragmented_learns_the_mtu(small: Province, emulator: Emulator) -> None:
    small.apply((fault("mtu", "xa", octets=1400),))
    large = echo("10.1.1.1", payload=bytes(1400))
    flagged = large[:6] + b"\x40\x00" + large[8:]
    source, message = error(emulator, flagged)
    assert (source, message.type, message.code, message.mtu) == ("10.1.0.1", 3, 4, 1400)
    assert len(answers(emulator, large)) == 1
    source, message = error(emulator, echo("fd00::10.1.1.1", payload=bytes(1400)))
    assert (message.type, message.mtu) == (2, 1400)


def test_fragments_are_put_together_in_any_order(emulator: Emulator) -> None:
    message = build_echo(4, Echo(False, 7, 1, bytes(range(256)) * 10))
    first = build(packed(OWN), packed("10.1.1.1"), ICMP, message[:1480])
    second = build(packed(OWN), packed("10.1.1.1"), ICMP, message[1480:])
    first, second = first[:6] + b"\x20\x00" + first[8:], second[:6] + (1480 // 8).to_bytes(2, "big") + second[8:]
    assert answers(emulator, second) == []
    ((_, packet),) = answers(emulator, first)
    assert parse_icmp(4, packet.payload) == Echo(True, 7, 1, bytes(range(256)) * 10)


def test_a_closed_udp_port_is_refused_and_an_open_one_silent(emulator: Emulator) -> None:
    source, message = error(emulator, udp(packed(OWN), packed("10.1.1.1"), 4000, 9, b"hello"))
    assert (source, message.type, message.code) == ("10.1.1.1", 3, 3)
    assert answers(emulator, udp(packed(OWN), packed("10.1.1.20"), 4000, 5060, b"hello")) == []


def segment(address: str, port: int, flags: int, sequence: int = 100, data: bytes = b"") -> bytes:
    bare = struct.pack("!HHIIBBHHH", 4000, port, sequence, 0, 5 << 4, flags, 1000, 0, 0) + data
    total = checksum(pseudo_header(packed(OWN), packed(address), TCP, len(bare)) + bare)
    return build(packed(OWN), packed(address), TCP, bare[:16] + total.to_bytes(2, "big") + bare[18:])


@pytest.mark.parametrize(("port", "flags"), [(1720, 0x12), (81, 0x14)])
def test_a_tcp_port_takes_or_refuses(emulator: Emulator, port: int, flags: int) -> None:
    ((_, packet),) = answers(emulator, segment("10.1.1.20", port, 0x02))
    assert packet.payload[13] == flags
    assert int.from_bytes(packet.payload[8:12], "big") == 101
    assert checksum(pseudo_header(packet.source, packet.destination, TCP, 20) + packet.payload) == 0


def test_ports_open_and_close_on_demand(small: Province, emulator: Emulator) -> None:
    small.apply((fault("open", "xa", tcp=(81,)), fault("close", "xa", tcp=(22,))))
    assert answers(emulator, segment("10.1.1.1", 81, 0x02))[0][1].payload[13] == 0x12
    assert answers(emulator, segment("10.1.1.1", 22, 0x02))[0][1].payload[13] == 0x14


def test_nobody_complains_about_a_complaint(small: Province, emulator: Emulator) -> None:
    small.apply((fault("cut", "xa"),))
    refusal = build(packed(OWN), packed("10.1.1.1"), ICMP, b"\x03\x03\x00\x00" + bytes(32))
    assert answers(emulator, refusal) == []


def test_an_address_that_nobody_has_is_unreachable_by_the_root(emulator: Emulator) -> None:
    source, message = error(emulator, echo("10.9.9.9"))
    assert (source, message.type) == ("10.0.0.1", 3)


def test_a_blind_monitor_hears_nothing(small: Province, emulator: Emulator) -> None:
    small.apply((LabFault(1, "blind", (), {}, NOON),))
    assert answers(emulator, echo("10.0.0.1")) == []


def test_rubbish_is_met_with_silence(emulator: Emulator) -> None:
    for raw in (b"", b"\x45", bytes(20), b"\x60" + bytes(39), b"\x45\x00\x00\xff" + bytes(30)):
        assert emulator.answer(raw, NOON) == []


def test_a_link_queues_towards_its_capacity_and_loses_above_it() -> None:
    limit = CapacityLimit(4_000_000, None, 0.1)
    waits = [queue(limit, offered)[0] for offered in (1e6, 3e6, 3.9e6, 8e6)]
    assert waits == sorted(waits)
    assert waits[1] == pytest.approx(0.009)
    assert queue(limit, 3e6)[1] == 0.0
    assert queue(limit, 8e6) == (0.1, 0.5)


def test_a_full_link_loses_what_is_too_much(small: Province, emulator: Emulator) -> None:
    small.apply((fault("limit", "xa", capacity=4e6, offered=5e6),))
    count = sum(len(answers(emulator, echo("10.1.1.1"))) for _ in range(2000))
    assert 0.8 * 2000 == pytest.approx(count, abs=4 * (2000 * 0.16) ** 0.5)


def test_a_target_without_a_credential_has_no_agent(clock: Clock) -> None:
    bare = Province(inventory(), {}, Scenario(), clock)
    _, message = error(Emulator(bare, 1), udp(packed(OWN), packed("10.1.1.1"), 4000, 161, b"x"))
    assert (message.type, message.code) == (3, 3)


def between(source: str, destination: str, port: int, octets: int = 20) -> bytes:
    """Return a SYN, or as much of a segment, from one address to the other."""
    ends = packed(source), packed(destination)
    return build(*ends, TCP, struct.pack("!HHIIBBHHH", 40_000, port, 1, 0, 5 << 4, 2, 1000, 0, 0) + bytes(octets - 20))


def test_a_segment_goes_to_the_host_where_more_is_behind_an_open_port(small: Province) -> None:
    emulator = Emulator(small, seed=1, served=(1720, 25))
    request = between(OWN, "10.1.1.20", 1720)
    (handed,) = emulator.answer(request, NOON)
    assert (request, True) == (handed.packet, handed.is_inward)
    assert handed.delay_s == pytest.approx(0.04)
    for port in (25, 5060):
        ((_, _, is_inward),) = emulator.answer(between(OWN, "10.1.1.20", port), NOON)
        assert not is_inward
    small.apply([fault("cut", "xa")])
    assert not emulator.passes(handed)


def test_what_a_host_says_reaches_the_monitor_alone_and_only_over_a_whole_way(small: Province, emulator: Emulator) -> None:
    said = between("10.1.1.20", OWN, 40_000, octets=1480)
    assert [said] == [reply.packet for reply in emulator.let_out(said)]
    assert [] == emulator.let_out(between("10.1.1.20", "10.1.1.1", 40_000))
    assert [] == emulator.let_out(between("192.0.2.1", OWN, 40_000))
    assert [] == emulator.let_out(b"E")
    small.apply([fault("blind")])
    assert [] == emulator.let_out(said)
    small.apply([fault("cut", "huyen")])
    assert [] == emulator.let_out(said)


@pytest.mark.parametrize("source", ["10.1.1.20", "fd00::10.1.1.20"])
def test_a_host_is_told_what_a_narrow_link_takes(small: Province, emulator: Emulator, source: str) -> None:
    small.apply([fault("mtu", "huyen", octets=1400)])
    monitor = OWN6 if ":" in source else OWN
    (told,) = emulator.let_out(between(source, monitor, 40_000, octets=1440))
    assert told.is_inward
    packet = parse_packet(told.packet)
    assert packet is not None
    message = parse_icmp(packet.version, packet.payload, (packed(monitor), packed(source)))
    assert isinstance(message, IcmpError)
    assert message.mtu == 1400


@pytest.mark.parametrize("port", [1720, 5060])
def test_deaf_signalling_takes_no_connection_and_refuses_none(small: Province, emulator: Emulator, port: int) -> None:
    small.apply([fault("signalling-deaf", "dc-xa")])
    assert [] == emulator.answer(between(OWN, "10.1.1.20", port), NOON)


def test_what_is_on_its_way_when_the_line_is_cut_does_not_arrive(small: Province, emulator: Emulator) -> None:
    (reply,) = emulator.answer(echo("10.1.1.1"), NOON)
    assert emulator.passes(reply)
    small.apply([fault("cut", "huyen")])
    assert not emulator.passes(reply)
