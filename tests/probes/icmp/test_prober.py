"""The ICMP prober against hosts that answer, and hosts that do all that hosts do."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from monitor.errors import SetupError
from monitor.lab.packet import Packet, build
from monitor.model.reading import IcmpSample, Outcome, Reading, Unreachable
from monitor.model.spec import IcmpSpec
from monitor.probes.icmp.burst import Burst, FamilyState, Round, SendGroup
from monitor.probes.icmp.prober import IcmpProber
from monitor.probes.icmp.socket import IcmpSocket
from monitor.probes.names import FRESH_S, literal
from tests.probes.fake_network import (
    Answer,
    FakeNetwork,
    SteppedClock,
    alive,
    every,
    forged,
    on_network,
    silent,
    twice,
    unreachable,
)
from tests.told import english

BURST = IcmpSpec("a", "10.1.0.1", packets=5, spacing_s=0.005, timeout_s=0.5)
KINDS = pytest.mark.parametrize("raw", [True, False], ids=["raw", "ping"])


@asynccontextmanager
async def prober(clock: SteppedClock | None = None, **options: object) -> AsyncIterator[IcmpProber]:
    """Yield an open prober. options: as IcmpProber takes them."""
    opened = IcmpProber(clock or SteppedClock(), **options)  # type: ignore[arg-type]
    await opened.open()
    try:
        yield opened
    finally:
        opened.close()


async def probe(pinger: IcmpProber, *specs: IcmpSpec) -> dict[str, Reading]:
    """Return target → reading, each of which was delivered exactly once."""
    delivered: list[Reading] = []
    await pinger.probe(specs, delivered.append)
    readings = {reading.target: reading for reading in delivered}
    assert len(specs) == len(delivered) == len(readings)
    return readings


def sample(reading: Reading) -> IcmpSample:
    assert reading.icmp is not None
    return reading.icmp


def to(address: str, **changes: object) -> IcmpSpec:
    return replace(BURST, target=address, address=address, **changes)  # type: ignore[arg-type]


async def test_loopback_answers_every_request_by_kernel_stamps() -> None:
    async with prober() as pinger:
        readings = await probe(pinger, to("127.0.0.1"), to("127.9.8.7"), to("::1"))
    for reading in readings.values():
        taken = sample(reading)
        assert (Outcome.OK, "", 5, 5, 0, "kernel") == (
            reading.outcome,
            english(reading.detail),
            taken.sent,
            taken.received,
            taken.duplicates,
            taken.clock,
        )
        assert all(rtt is not None and 0 <= rtt < BURST.timeout_s for rtt in taken.rtts_s)


async def test_nothing_to_probe_ends_at_once() -> None:
    async with prober() as pinger:
        await probe(pinger)


async def test_no_packets_asked_for_is_not_sent() -> None:
    async with prober() as pinger:
        reading = (await probe(pinger, to("127.0.0.1", packets=0)))["127.0.0.1"]
    assert (Outcome.NOT_SENT, 0, "no packets are asked for") == (reading.outcome, sample(reading).sent, english(reading.detail))


async def test_a_thousand_that_nothing_can_be_sent_for_delay_nobody_behind_them() -> None:
    async with prober() as pinger:
        idle = [to(f"127.3.{number // 250}.{number % 250 + 1}", packets=0) for number in range(1000)]
        readings = await probe(pinger, *idle, to("127.0.0.1"))
    assert Outcome.OK is readings.pop("127.0.0.1").outcome
    assert {Outcome.NOT_SENT} == {reading.outcome for reading in readings.values()}


async def test_the_prober_describes_what_the_kernel_granted() -> None:
    pinger = IcmpProber(SteppedClock())
    assert (0, "ICMP: not open") == (pinger.window, pinger.describe())
    await pinger.open()
    assert pinger.window >= 16
    assert f"window {pinger.window}" in pinger.describe()
    assert pinger.receive_drops == 0
    pinger.close()


async def test_a_stalled_loop_neither_loses_replies_nor_inflates_their_times() -> None:
    async with prober() as pinger:
        spec = to("127.0.0.1", packets=4, spacing_s=0.05, timeout_s=0.2)

        stalled = False

        def stall() -> None:
            nonlocal stalled
            end_s = time.monotonic() + 0.4
            while time.monotonic() < end_s:
                pass
            stalled = True

        asyncio.get_running_loop().call_later(0.06, stall)
        taken = sample((await probe(pinger, spec))["127.0.0.1"])
        assert stalled
    assert (4, 4) == (taken.sent, taken.received)
    assert all(rtt is not None and rtt < 0.1 for rtt in taken.rtts_s)


@pytest.mark.parametrize("step_s", [3600.0, -3600.0])
async def test_a_stepped_wall_clock_loses_nothing_and_says_whose_time_it_took(step_s: float) -> None:
    clock = SteppedClock()
    async with prober(clock) as pinger:
        under_way = asyncio.ensure_future(probe(pinger, to("127.0.0.1", packets=4, spacing_s=0.05)))
        await asyncio.sleep(0.06)
        clock.wall_step_s = step_s
        taken = sample((await under_way)["127.0.0.1"])
    assert (4, 4, "loop") == (taken.sent, taken.received, taken.clock)
    assert all(rtt is not None and 0 <= rtt <= BURST.timeout_s for rtt in taken.rtts_s)


async def test_a_name_is_resolved_again_and_a_failing_one_is_only_its_targets_fault() -> None:
    clock = SteppedClock()
    asked: list[str] = []

    def resolve(name: str) -> str:
        asked.append(name)
        if name == "nobody.invalid":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return f"127.0.0.{len(asked)}"

    async with prober(clock, resolve=resolve) as pinger:
        readings = await probe(pinger, to("nobody.invalid"), to("router.invalid"), to("127.0.0.1"))
        assert ["not_sent", "ok", "ok"] == [readings[name].outcome for name in ("nobody.invalid", "router.invalid", "127.0.0.1")]
        assert "nobody.invalid" in english(readings["nobody.invalid"].detail)
        await probe(pinger, to("router.invalid"))
        assert ["nobody.invalid", "router.invalid"] == sorted(asked)
        clock.monotonic_step_s += FRESH_S
        await probe(pinger, to("router.invalid"))
    assert ["nobody.invalid", "router.invalid", "router.invalid"] == sorted(asked)


async def test_a_cancelled_probe_leaves_nothing_behind() -> None:
    async with prober() as pinger:
        delivered: list[Reading] = []
        under_way = asyncio.ensure_future(pinger.probe([to("127.0.0.1", packets=50)], delivered.append))
        await asyncio.sleep(0.02)
        under_way.cancel()
        with pytest.raises(asyncio.CancelledError):
            await under_way
        await probe(pinger, to("127.0.0.2", packets=20))
    assert [] == delivered


async def test_a_fault_of_the_receiver_is_raised_to_its_caller_alone() -> None:
    def refuse(_reading: Reading) -> None:
        raise LookupError("board")

    async with prober() as pinger:
        other = asyncio.ensure_future(probe(pinger, to("127.0.0.2")))
        with pytest.raises(LookupError, match="board"):
            await pinger.probe([to("127.0.0.1")], refuse)
        assert (await other)["127.0.0.2"].outcome is Outcome.OK


async def test_a_fault_of_our_own_reaches_every_caller_instead_of_leaving_them_to_wait() -> None:
    class BrokenClock(SteppedClock):
        def wall(self) -> float:
            raise LookupError("clock")

    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context["exception"]))
    async with prober(BrokenClock()) as pinger:
        ends = await asyncio.gather(probe(pinger, to("127.0.0.1")), probe(pinger, to("127.0.0.2")), return_exceptions=True)
    assert [LookupError] * 3 == [type(end) for end in (*ends, *complaints)]


async def test_a_resolver_that_hangs_delays_nobody_else() -> None:
    answer = threading.Event()

    def resolve(_name: str) -> str:
        answer.wait()
        return "127.0.0.3"

    async with prober(resolve=resolve) as pinger:
        delivered: asyncio.Queue[Reading] = asyncio.Queue()
        under_way = asyncio.ensure_future(pinger.probe([to("slow.invalid"), to("127.0.0.1")], delivered.put_nowait))
        assert (await delivered.get()).target == "127.0.0.1"
        answer.set()
        assert (await delivered.get()).outcome is Outcome.OK
        await under_way


async def test_closing_delivers_what_is_under_way_as_not_sent() -> None:
    pinger = IcmpProber(SteppedClock())
    await pinger.open()
    under_way = asyncio.ensure_future(probe(pinger, to("127.0.0.1", packets=100)))
    await asyncio.sleep(0.02)
    pinger.close()
    assert (Outcome.NOT_SENT, "the prober was closed") == (
        (reading := (await under_way)["127.0.0.1"]).outcome,
        english(reading.detail),
    )


async def test_another_prober_on_this_machine_sees_nothing_of_ours() -> None:
    async with prober() as ours, prober() as other:
        await probe(ours, to("127.0.0.1"), to("::1"))
        for family in other._families.values():
            assert ((), 0) == family.socket.receive()
        assert other.receive_drops == 0


async def test_a_socket_that_is_opened_amid_the_pings_of_others_has_nothing_of_theirs() -> None:
    """A raw socket takes everybody's replies until its filter is attached: the kernel knows no socket that is born with one."""
    async with prober() as ours:
        is_over = threading.Event()
        opened = asyncio.get_running_loop().run_in_executor(None, waiting_in_new_sockets, 300, is_over)
        while not is_over.is_set():
            await probe(ours, *(to(f"127.0.1.{number}", packets=20, spacing_s=0.0) for number in range(1, 50)))
        assert [0] * 300 == await opened


def waiting_in_new_sockets(count: int, is_over: threading.Event) -> list[int]:
    """Return how many datagrams wait in each of so many sockets when it has just been opened."""
    waiting = []
    try:
        for _ in range(count):
            opened = IcmpSocket(4)
            waiting.append(opened.receive()[1])
            opened.close()
    finally:
        is_over.set()
    return waiting


async def test_five_thousand_targets_at_once_lose_nothing() -> None:
    async with prober() as pinger:
        specs = [to(f"127.1.{number // 250}.{number % 250 + 1}", packets=1) for number in range(5000)]
        readings = await probe(pinger, *specs)
        assert pinger.receive_drops == 0
    assert {Outcome.OK} == {reading.outcome for reading in readings.values()}


async def test_bursts_of_more_requests_than_there_are_sequences_give_up_those_that_are_answered() -> None:
    """A longer probe before a meeting: 300 requests to each of 241 endpoints are 72,300 sequences, and there are 65,536."""
    family = FamilyState(IcmpSocket(4))
    spec = to("127.0.0.1")
    place = literal(spec.address)
    assert place
    of_round = Round(1, print, asyncio.get_running_loop().create_future())
    burst = Burst(spec, place, of_round, SendGroup(family, spec), 0.0)
    burst.rtts = [None if index in (10, 11) else 0.01 for index in range(65536)]
    family.flights = [(burst, index, 0.0, 0) for index in range(65536)]
    family.sequence = 0
    assert [*range(10), 12, 13] == [*family.reserve_sequences(12)]
    assert [14, 15] == [*family.reserve_sequences(2)]
    family.socket.close()


async def test_a_small_buffer_makes_a_small_window_and_still_loses_nothing() -> None:
    async with prober(buffer_bytes=40_000) as pinger:
        assert pinger.window < 100
        readings = await probe(pinger, *(to(f"127.1.0.{number}", packets=3) for number in range(1, 251)))
        assert pinger.receive_drops == 0
    assert {3} == {sample(reading).received for reading in readings.values()}


@KINDS
def test_more_silent_hosts_than_the_window_holds_keep_nobody_from_being_asked(raw: bool) -> None:
    async def body(network: FakeNetwork) -> None:
        network.hosts = {f"10.1.1.{number}": alive for number in range(1, 51)}
        # A machine that gives us no processor for as long as this short timeout is no machine that stood still.
        async with prober(buffer_bytes=40_000, allow_raw=raw, worked=time.monotonic) as pinger:
            assert pinger.window < 50
            silent, well = ([to(f"10.1.{net}.{number}", packets=3, timeout_s=0.1) for number in range(1, 51)] for net in (0, 1))
            readings = await probe(pinger, *silent, *well)
        assert {("timeout", 3, 0)} == {told(readings[spec.target]) for spec in silent}
        assert {("ok", 3, 3)} == {told(readings[spec.target]) for spec in well}

    def told(reading: Reading) -> tuple[str, int, int]:
        return reading.outcome, sample(reading).sent, sample(reading).received

    on_network(body)


def test_without_permission_the_fault_names_the_sysctl_and_the_capability() -> None:
    async def body(_network: FakeNetwork) -> None:
        with pytest.raises(SetupError, match=r"CAP_NET_RAW.*net\.ipv4\.ping_group_range"):
            await IcmpProber(SteppedClock(), allow_raw=False).open()

    on_network(body, ping_sockets=False)


@KINDS
def test_a_silent_host_times_out_and_its_neighbours_do_not(raw: bool) -> None:
    async def body(network: FakeNetwork) -> None:
        network.hosts = {"10.1.0.1": alive, "fd00::1": alive}
        async with prober(allow_raw=raw) as pinger:
            readings = await probe(pinger, to("10.1.0.1"), to("10.1.0.2"), to("fd00::1"), to("fd00::2"))
        assert ["ok", "timeout", "ok", "timeout"] == [reading.outcome for reading in _in_order(readings)]
        assert (5, (None,) * 5) == (sample(readings["10.1.0.2"]).sent, sample(readings["10.1.0.2"]).rtts_s)
        assert english(readings["10.1.0.2"].detail) == "no reply to 5 requests"

    on_network(body)


def _in_order(readings: dict[str, Reading]) -> list[Reading]:
    return [readings[target] for target in sorted(readings)]


@KINDS
def test_without_a_route_nothing_is_sent_and_nothing_is_called_loss(raw: bool) -> None:
    async def body(network: FakeNetwork) -> None:
        network.hosts = {"10.1.0.1": alive}
        async with prober(allow_raw=raw) as pinger:
            readings = await probe(pinger, to("10.1.0.1"), to("192.0.2.1"), to("2001:db8::1"))
            assert (15, 10) == (pinger.sends_attempted, pinger.sends_refused)
        assert ["ok", "not_sent", "not_sent"] == [reading.outcome for reading in _in_order(readings)]
        assert "Network is unreachable" == english(readings["192.0.2.1"].detail)
        assert sample(readings["192.0.2.1"]).loss_ratio is None

    on_network(body)


@KINDS
def test_an_unreachable_is_evidence_of_its_target_and_no_innocents_send_error(raw: bool) -> None:
    async def body(network: FakeNetwork) -> None:
        innocents = [f"10.1.1.{number}" for number in range(1, 60)]
        network.hosts = {**dict.fromkeys(innocents, alive), **{f"10.1.2.{number}": unreachable for number in range(1, 60)}}
        network.hosts["fd00::2"] = unreachable
        async with prober(allow_raw=raw) as pinger:
            readings = await probe(pinger, *(to(address) for address in network.hosts))
            assert pinger.sends_refused == 0
        for address, answer in network.hosts.items():
            taken = sample(readings[address])
            if answer is alive:
                assert (5, 5, None) == (taken.sent, taken.received, taken.unreachable)
            elif address == "fd00::2":
                assert Unreachable("fd00::2", 1, 3) == taken.unreachable
            else:
                assert (Outcome.TIMEOUT, Unreachable("10.2.0.9", 3, 1)) == (readings[address].outcome, taken.unreachable)

    on_network(body)


@KINDS
@pytest.mark.parametrize(
    "forgery",
    [
        forged(source="10.1.0.2"),
        forged(payload=bytes(56)),
        forged(sequence=1),
        forged(ident=1),
        forged(flip=True),
        forged(truncate=60),
        forged(payload=b""),
    ],
    ids=["source", "cookie", "sequence", "id", "checksum", "short header", "no payload"],
)
def test_a_reply_counts_only_with_our_source_id_sequence_and_cookie(raw: bool, forgery: Answer) -> None:
    async def body(network: FakeNetwork) -> None:
        network.hosts = {"10.1.0.1": forgery}
        async with prober(allow_raw=raw) as pinger:
            reading = (await probe(pinger, to("10.1.0.1", packets=2, timeout_s=0.1)))["10.1.0.1"]
        assert len(network.seen) == 2
        assert (False, 0, 0) == (reading.outcome.is_alive, sample(reading).received, sample(reading).duplicates)

    on_network(body)


@KINDS
def test_duplicates_are_counted_apart(raw: bool) -> None:
    async def body(network: FakeNetwork) -> None:
        network.hosts = {"10.1.0.1": twice}
        async with prober(allow_raw=raw) as pinger:
            taken = sample((await probe(pinger, to("10.1.0.1")))["10.1.0.1"])
        assert (5, 5) == (taken.sent, taken.received)
        assert taken.duplicates >= 4

    on_network(body)


def test_lost_packets_keep_their_place_in_the_order_of_sending() -> None:
    async def body(network: FakeNetwork) -> None:
        network.hosts = {"10.1.0.1": every(3, silent)}
        async with prober() as pinger:
            reading = (await probe(pinger, to("10.1.0.1", packets=6)))["10.1.0.1"]
        assert reading.outcome is Outcome.OK
        assert [True, True, False] * 2 == [rtt is not None for rtt in sample(reading).rtts_s]

    on_network(body)


def test_a_late_reply_is_lost_and_confuses_no_later_burst() -> None:
    async def body(network: FakeNetwork) -> None:
        network.hosts = {"10.1.0.1": alive}
        network.delays_s = {"10.1.0.1": 0.15}
        async with prober() as pinger:
            spec = to("10.1.0.1", packets=2, timeout_s=0.1)
            for _ in range(3):
                assert not (await probe(pinger, spec))["10.1.0.1"].outcome.is_alive

    on_network(body)


def test_a_reply_beyond_its_timeout_is_lost_though_its_burst_is_still_under_way() -> None:
    async def body(network: FakeNetwork) -> None:
        network.hosts = {"10.1.0.1": alive}
        network.delays_s = {"10.1.0.1": 0.1}
        async with prober() as pinger:
            readings = await probe(pinger, to("10.1.0.1", packets=2, spacing_s=0.15, timeout_s=0.06))
        assert (2, 0) == (len(network.seen), sample(readings["10.1.0.1"]).received)

    on_network(body)


@KINDS
def test_an_unreachable_that_comes_just_before_a_send_is_not_the_next_targets(raw: bool) -> None:
    async def body(network: FakeNetwork) -> None:
        network.hosts = {"10.1.0.1": unreachable, "10.1.0.2": alive, "10.1.0.3": alive}
        clock = NetworkFirstClock(network)
        async with prober(clock, allow_raw=raw) as pinger:
            # Other marks, other calls: what goes in one call is past before the network can answer.
            readings = await probe(pinger, *(to(address, dscp=mark) for mark, address in enumerate(network.hosts)))
            assert (15, 0) == (pinger.sends_attempted, pinger.sends_refused)
        assert ["timeout", "ok", "ok"] == [reading.outcome for reading in _in_order(readings)]
        assert {5} == {sample(reading).sent for reading in readings.values()}

    on_network(body)


class NetworkFirstClock(SteppedClock):
    """Lets the network answer whatever was sent whenever the prober looks at the time, as it does before each send."""

    def __init__(self, network: FakeNetwork) -> None:
        super().__init__()
        self._network = network

    def monotonic(self) -> float:
        self._network.read()
        return super().monotonic()


@KINDS
def test_an_unreachable_that_quotes_another_destination_is_nobodys_evidence(raw: bool) -> None:
    async def body(network: FakeNetwork) -> None:
        def about_another(packet: Packet) -> Sequence[bytes]:
            other = build(packet.source, socket.inet_aton("10.1.0.77"), packet.protocol, packet.payload)
            return unreachable(packet._replace(raw=other))

        network.hosts = {"10.1.0.1": about_another}
        async with prober(allow_raw=raw) as pinger:
            readings = await probe(pinger, to("10.1.0.1", packets=2, timeout_s=0.05))
        assert sample(readings["10.1.0.1"]).unreachable is None

    on_network(body)


def test_the_burst_of_every_target_goes_out_interleaved_with_its_own_dscp() -> None:
    async def body(network: FakeNetwork) -> None:
        marks = {"10.1.0.1": 46, "10.1.0.2": 0, "10.1.0.3": 34, "fd00::1": 46, "fd00::2": 32}
        network.hosts = dict.fromkeys(marks, alive)
        async with prober() as pinger:
            await probe(pinger, *(to(address, packets=3, dscp=dscp) for address, dscp in marks.items()))
        assert [*marks] * 3 == [address for address, _ in network.seen]
        assert {marks[address] << 2 == packet.traffic_class for address, packet in network.seen} == {True}

    on_network(body)


def test_a_confirming_burst_goes_before_the_others() -> None:
    async def body(network: FakeNetwork) -> None:
        network.hosts = {f"10.1.0.{number}": alive for number in range(1, 6)}
        async with prober() as pinger:
            specs = [to(address, packets=1) for address in network.hosts]
            readings = await probe(pinger, *specs[:4], replace(specs[4], confirms=True))
        assert (network.seen[0][0], readings["10.1.0.5"].confirms) == ("10.1.0.5", True)

    on_network(body)


def test_silence_after_we_ourselves_were_away_is_void() -> None:
    async def body(network: FakeNetwork) -> None:
        clock = SteppedClock()
        async with prober(clock) as pinger:
            under_way = asyncio.ensure_future(probe(pinger, to("10.1.0.1", packets=1), to("10.1.0.2", packets=1)))
            await asyncio.sleep(0.05)
            clock.monotonic_step_s += 5
            readings = await under_way
        assert {Outcome.NOT_SENT} == {reading.outcome for reading in readings.values()}
        assert english(readings["10.1.0.1"].detail).startswith("void: we were stalled for ")

    on_network(body)


def test_a_request_is_not_called_lost_where_we_were_stopped_while_sending_it() -> None:
    async def body(network: FakeNetwork) -> None:
        class StoppingClock(NetworkFirstClock):
            def monotonic(self) -> float:
                now = super().monotonic()
                if network.seen and not self.monotonic_step_s:
                    self.monotonic_step_s = 0.3
                return now + self.monotonic_step_s

        network.hosts = {"10.1.0.2": alive}
        async with prober(StoppingClock(network)) as pinger:
            together = (to("10.1.0.1", packets=1), to("10.1.0.2", packets=1))
            readings = await probe(pinger, *together, to("10.1.0.3", packets=1, dscp=0))
        assert ["not_sent", "ok", "timeout"] == [reading.outcome for reading in _in_order(readings)]
        assert english(readings["10.1.0.1"].detail) == "void: we were stopped while sending"

    on_network(body)


def test_silence_beside_a_reply_that_came_while_we_were_away_is_the_targets_own() -> None:
    async def body(network: FakeNetwork) -> None:
        clock = SteppedClock()

        def answer_and_stall(packet: Packet) -> Sequence[bytes]:
            clock.monotonic_step_s += 5
            return alive(packet)

        network.hosts = {"10.1.0.2": answer_and_stall}
        async with prober(clock) as pinger:
            readings = await probe(pinger, to("10.1.0.1", packets=1), to("10.1.0.2", packets=1))
        assert ["timeout", "ok"] == [reading.outcome for reading in _in_order(readings)]
        assert sample(readings["10.1.0.2"]).clock == "loop"

    on_network(body)


def test_a_burst_that_ends_while_our_buffer_overflows_blames_nobody() -> None:
    async def body(network: FakeNetwork) -> None:
        def flood(packet: Packet) -> Sequence[bytes]:
            return list(alive(packet)) * 400

        network.hosts = {"10.1.0.1": flood}
        async with prober(buffer_bytes=4_000) as pinger:
            readings = await probe(pinger, to("10.1.0.1", packets=2), to("10.1.0.2", packets=2))
            assert pinger.receive_drops > 0
        assert ["ok", "not_sent"] == [reading.outcome for reading in _in_order(readings)]
        assert "overflowed" in english(readings["10.1.0.2"].detail)

    on_network(body)


def test_silence_while_our_own_loop_was_busy_is_the_targets_own() -> None:
    async def body(network: FakeNetwork) -> None:
        clock = SteppedClock()
        async with prober(clock, worked=lambda: clock.monotonic_step_s / 2) as pinger:
            under_way = asyncio.ensure_future(probe(pinger, to("10.1.0.1", packets=1)))
            await asyncio.sleep(0.05)
            clock.monotonic_step_s += 5
            readings = await under_way
        assert (Outcome.TIMEOUT, 1) == (readings["10.1.0.1"].outcome, sample(readings["10.1.0.1"]).sent)

    on_network(body)


class Stall:
    """A loop that stands still as soon as the first request is answered. ended_s: when it went on (monotonic)."""

    ended_s = 0.0

    def after(self, answer: Answer) -> Answer:
        def first(packet: Packet) -> Sequence[bytes]:
            if not self.ended_s:
                asyncio.get_running_loop().call_soon(self._stand_still)
            return answer(packet)

        return first

    def _stand_still(self) -> None:
        time.sleep(0.6)
        self.ended_s = time.monotonic()


def test_a_burst_tells_of_when_it_was_complete_however_late_that_is_read() -> None:
    async def body(network: FakeNetwork) -> None:
        stall = Stall()
        network.hosts = {"10.1.0.1": stall.after(alive)}
        async with prober() as pinger:
            reading = (await probe(pinger, to("10.1.0.1", packets=1)))["10.1.0.1"]
        assert Outcome.OK is reading.outcome
        assert reading.at_s < stall.ended_s

    on_network(body)


def test_each_request_of_a_burst_is_judged_from_its_own_sending_however_far_a_stall_pulls_them_apart() -> None:
    async def body(network: FakeNetwork) -> None:
        stall = Stall()
        network.hosts = {"10.1.0.1": stall.after(every(3, silent))}
        async with prober() as pinger:
            readings = await probe(pinger, to("10.1.0.1", packets=3, spacing_s=0.05, timeout_s=0.2))
        taken = sample(readings["10.1.0.1"])
        assert (3, [True, True, False]) == (taken.sent, [rtt is not None and rtt < 0.2 for rtt in taken.rtts_s])

    on_network(body)
