"""The ICMP prober where its own side fails: no sockets, refused sends, small buffers, loud strangers. Nobody is called lost."""

from __future__ import annotations

import asyncio
import errno
import os
import resource
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest

from monitor.errors import SetupError
from monitor.lab.packet import Packet
from monitor.model.reading import Outcome, Reading
from monitor.probes.datagrams import KERNEL, Kernel
from monitor.probes.icmp.prober import IcmpProber
from tests.probes.fake_network import Answer, FakeNetwork, SteppedClock, alive, forged, on_network
from tests.probes.icmp.test_prober import KINDS, probe, prober, sample, to
from tests.told import english

HERE = [to(f"127.2.0.{number}", timeout_s=0.1) for number in range(1, 41)]
DEBIANS_RMEM_MAX = 212_992


def failing(sends: Callable[[int], int] = lambda count: count, receives: Sequence[int] = ()) -> Kernel:
    """Return the kernel with faults.

    sends: how many were to be sent → how many it takes of these, or -errno. receives: -errno of one call after the other, 0 where
    the call is served; all further ones are.
    """

    faults = iter(receives)

    def send(descriptor: int, messages: int, count: int) -> int:
        taken = sends(count)
        return KERNEL.send(descriptor, messages, taken) if taken > 0 else taken

    def receive(descriptor: int, messages: int, count: int) -> int:
        return next(faults, 0) or KERNEL.receive(descriptor, messages, count)

    return Kernel(send, receive)


async def probe_here(kernel: Kernel) -> tuple[IcmpProber, list[Reading]]:
    async with prober(kernel=kernel) as pinger:
        readings = await probe(pinger, *HERE)
        return pinger, list(readings.values())


@pytest.mark.parametrize(
    "fault",
    [errno.EPERM, errno.EACCES, errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EINVAL, errno.ENOBUFS, errno.EAGAIN],
    ids=errno.errorcode.get,
)
async def test_what_the_kernel_never_takes_is_not_sent_and_says_why(fault: int) -> None:
    pinger, readings = await probe_here(failing(sends=lambda _: -fault))
    assert {(Outcome.NOT_SENT, os.strerror(fault), 0)} == {
        (reading.outcome, english(reading.detail), sample(reading).sent) for reading in readings
    }
    assert (200, 200, errno.errorcode[fault]) == (pinger.sends_attempted, pinger.sends_refused, pinger.last_refusal)


@pytest.mark.parametrize("fault", [errno.ENOBUFS, errno.EAGAIN, errno.ENOMEM], ids=errno.errorcode.get)
async def test_where_the_kernel_has_no_room_for_a_moment_the_request_goes_later_and_none_is_refused(fault: int) -> None:
    answers = iter([-fault] * 3)
    pinger, readings = await probe_here(failing(sends=lambda count: next(answers, count)))
    assert {(Outcome.OK, 5, 5)} == {(reading.outcome, sample(reading).sent, sample(reading).received) for reading in readings}
    assert 0 == pinger.sends_refused


@pytest.mark.parametrize("fault", [errno.EPERM, errno.EHOSTUNREACH, errno.EINTR], ids=errno.errorcode.get)
async def test_a_send_that_fails_once_is_made_again_and_nobody_pays(fault: int) -> None:
    calls = 0

    def every_second(count: int) -> int:
        nonlocal calls
        calls += 1
        return count if calls % 2 else -fault

    pinger, readings = await probe_here(failing(sends=every_second))
    assert {(Outcome.OK, 5, 5)} == {(reading.outcome, sample(reading).sent, sample(reading).received) for reading in readings}
    assert (200, 0) == (pinger.sends_attempted, pinger.sends_refused)


async def test_a_refusal_in_the_middle_of_a_batch_is_that_targets_alone() -> None:
    """The kernel takes three, refuses the fourth for good, takes three more: ENETUNREACH of one route among many."""
    left = 3

    def fourth_fails(count: int) -> int:
        nonlocal left
        if not left:
            # Once in the batch and once more alone.
            left = 3 if count == 1 else 0
            return -errno.ENETUNREACH
        taken = min(count, left)
        left -= taken
        return taken

    pinger, readings = await probe_here(failing(sends=fourth_fails))
    assert 200 == pinger.sends_attempted == sum(sample(reading).sent for reading in readings) + pinger.sends_refused
    assert 0 < pinger.sends_refused < 100
    assert {True} == {reading.outcome in (Outcome.OK, Outcome.NOT_SENT) for reading in readings}
    assert all(sample(reading).received == sample(reading).sent for reading in readings)
    parts = {f"{number} of 5 packets not sent: Network is unreachable" for number in range(1, 5)}
    assert parts | {"", "Network is unreachable"} >= {english(reading.detail) for reading in readings}


async def test_a_receive_that_fails_for_a_while_loses_nothing() -> None:
    faults = [-errno.ENOMEM, -errno.EHOSTUNREACH, 0, -errno.ENOBUFS, *[-errno.EINTR] * 8]
    _, readings = await probe_here(failing(receives=faults))
    assert {(Outcome.OK, 5)} == {(reading.outcome, sample(reading).received) for reading in readings}


@contextmanager
def files_left(count: int) -> Iterator[None]:
    """Let this process open so many files more, and see that none of them stays open."""
    lowest = _lowest_free()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest + count, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert lowest == _lowest_free()


def _lowest_free() -> int:
    descriptor = os.dup(0)
    os.close(descriptor)
    return descriptor


@pytest.mark.parametrize("count", [0, 1], ids=["none", "IPv4 only"])
async def test_too_many_open_files_is_a_fault_with_its_cure_and_leaves_nothing_open(count: int) -> None:
    with files_left(count), pytest.raises(SetupError, match=r"Too many open files.*LimitNOFILE"):
        await IcmpProber(SteppedClock()).open()


async def test_with_debians_default_buffers_five_thousand_targets_lose_nothing() -> None:
    async with prober(buffer_bytes=DEBIANS_RMEM_MAX) as pinger:
        assert 184 == pinger.window
        specs = [to(f"127.1.{number // 250}.{number % 250 + 1}", packets=1) for number in range(5000)]
        readings = await probe(pinger, *specs)
        assert 0 == pinger.receive_drops
    assert {Outcome.OK} == {reading.outcome for reading in readings.values()}


def among_strangers(answer: Answer, count: int) -> Answer:
    """Return what sends so many unsolicited packets before each answer."""
    noise = forged(payload=bytes(56))

    def both(packet: Packet) -> Sequence[bytes]:
        return [*list(noise(packet)) * count, *answer(packet)]

    return both


@KINDS
@pytest.mark.parametrize("buffer_bytes", [16 << 20, DEBIANS_RMEM_MAX], ids=["granted", "debian"])
def test_in_a_flood_of_twenty_thousand_packets_only_what_the_kernel_dropped_is_missing(raw: bool, buffer_bytes: int) -> None:
    """Replies to our id from our target with another cookie, 400 for each of 50 requests in 0.1 s."""

    async def body(network: FakeNetwork) -> None:
        network.hosts = {f"10.1.0.{number}": among_strangers(alive, 400) for number in range(1, 11)}
        async with prober(allow_raw=raw, buffer_bytes=buffer_bytes) as pinger:
            readings = (await probe(pinger, *(to(address, spacing_s=0.02) for address in network.hosts))).values()
            drops = pinger.receive_drops
        answered = sum(sample(reading).received for reading in readings)
        assert {True} == {reading.outcome in (Outcome.OK, Outcome.NOT_SENT) for reading in readings}
        assert {True} == {sample(reading).received == sample(reading).sent for reading in readings}
        assert 50 == len(network.seen)
        assert answered + drops >= 50
        assert (answered == 50) or drops > 0
        if buffer_bytes > DEBIANS_RMEM_MAX:
            assert (50, 0) == (answered, drops)

    on_network(body)


def test_a_flood_to_another_id_costs_nothing_and_drops_nothing() -> None:
    async def body(network: FakeNetwork) -> None:
        def flood(packet: Packet) -> Sequence[bytes]:
            return [*list(forged(ident=1)(packet)) * 1000, *alive(packet)]

        network.hosts = {f"10.1.0.{number}": flood for number in range(1, 5)}
        async with prober(buffer_bytes=DEBIANS_RMEM_MAX) as pinger:
            readings = await probe(pinger, *map(to, network.hosts))
            assert 0 == pinger.receive_drops
        assert {5} == {sample(reading).received for reading in readings.values()}

    on_network(body)


def run(*command: str) -> None:
    subprocess.run(command, check=True)


def test_what_a_firewall_forbids_is_not_sent_and_its_neighbours_are_not_touched() -> None:
    async def body(network: FakeNetwork) -> None:
        run("nft", "add table inet t; add chain inet t out { type filter hook output priority 0; }")
        run("nft", "add rule inet t out ip daddr 10.1.0.2 drop")
        network.hosts = dict.fromkeys(["10.1.0.1", "10.1.0.2", "10.1.0.3"], alive)
        async with prober() as pinger:
            readings = await probe(pinger, *map(to, network.hosts))
            assert (15, 5, "EPERM") == (pinger.sends_attempted, pinger.sends_refused, pinger.last_refusal)
        assert ["ok", "not_sent", "ok"] == [readings[address].outcome for address in network.hosts]
        assert "Operation not permitted" == english(readings["10.1.0.2"].detail)

    on_network(body)


@KINDS
def test_an_interface_that_goes_down_and_comes_up_makes_nobody_silent(raw: bool) -> None:
    async def body(network: FakeNetwork) -> None:
        def answer_and_cut(packet: Packet) -> Sequence[bytes]:
            if len(network.seen) == 6:
                # All sent so far is answered; what is sent from now on finds no route.
                asyncio.get_running_loop().call_soon(run, "ip", "link", "set", "lab0", "down")
            return alive(packet)

        network.hosts = {"10.1.0.1": answer_and_cut, "10.1.0.2": answer_and_cut}
        specs = [to(address, packets=10, spacing_s=0.02) for address in network.hosts]
        async with prober(allow_raw=raw) as pinger:
            cut = await probe(pinger, *specs)
            down = await probe(pinger, *specs)
            run("ip", "link", "set", "lab0", "up")
            run("ip", "route", "replace", "10.0.0.0/8", "dev", "lab0")
            up = await probe(pinger, *specs)
        for reading in cut.values():
            assert (Outcome.OK, sample(reading).sent) == (reading.outcome, sample(reading).received)
            assert english(reading.detail) == f"{10 - sample(reading).sent} of 10 packets not sent: Network is unreachable"
        assert {(Outcome.NOT_SENT, "Network is unreachable")} == {
            (reading.outcome, english(reading.detail)) for reading in down.values()
        }
        assert {(Outcome.OK, 10)} == {(reading.outcome, sample(reading).received) for reading in up.values()}

    on_network(body)
