"""Where a path breaks."""

from __future__ import annotations

import asyncio
import errno
import socket
import threading
from collections.abc import Callable, Sequence

import icmplib
import pytest

from monitor.lab.packet import Packet, icmp_error
from monitor.model.reading import Hop, PathTrace
from monitor.probes.trace import Tracer, path_of
from tests.told import english, text

from .fake_network import Answer, FakeNetwork, alive, on_network, silent

Traceroute = Callable[..., Sequence[icmplib.Hop]]
FIRST, SECOND = "10.2.0.1", "10.2.0.9"


@pytest.mark.parametrize(
    ("trace", "said"),
    [
        (PathTrace("10.3.0.1", fault=text("no")[0]), "path not traced: no"),
        (PathTrace("10.3.0.1"), "no router on the path answers"),
        (PathTrace("10.3.0.1", (Hop(1, FIRST), Hop(2, SECOND))), "the path breaks after hop 2, 10.2.0.9"),
        (PathTrace("10.3.0.1", (Hop(8, FIRST),)), "the path breaks after 10.2.0.1"),
        (PathTrace("10.3.0.1", (Hop(1, FIRST), Hop(2, "10.3.0.1")), True), "the path is whole: 10.3.0.1 answers at hop 2"),
    ],
)
def test_a_trace_says_where_the_path_breaks(trace: PathTrace, said: str) -> None:
    assert said == english((trace.describe(),))


def test_a_router_that_answers_for_all_that_is_behind_it_counts_once() -> None:
    answers = [Hop(1, FIRST), Hop(2, SECOND), Hop(3, SECOND), Hop(4, SECOND)]
    assert PathTrace("10.3.0.1", (Hop(1, FIRST), Hop(2, SECOND))) == path_of("10.3.0.1", answers)


def by_hop(*routers: str, then: Answer) -> Answer:
    """Return what answers like a path over these routers."""

    def answer(packet: Packet) -> Sequence[bytes]:
        if packet.ttl <= len(routers):
            return [icmp_error(packet, socket.inet_aton(routers[packet.ttl - 1]), (11, 0, 0))]
        return then(packet)

    return answer


def unreachable_from(router: str) -> Answer:
    return lambda packet: [icmp_error(packet, socket.inet_aton(router), (3, 1, 0))]


def test_each_ending_of_a_path_is_told_apart() -> None:
    paths = {
        "10.3.0.1": by_hop(FIRST, SECOND, then=alive),
        "10.3.0.2": by_hop(FIRST, SECOND, then=silent),
        "10.3.0.3": by_hop(FIRST, SECOND, then=unreachable_from(SECOND)),
        "10.3.0.4": silent,
    }
    expected = {
        "10.3.0.1": "the path is whole: 10.3.0.1 answers at hop 3",
        "10.3.0.2": "the path breaks after hop 2, 10.2.0.9",
        "10.3.0.3": "the path breaks after hop 2, 10.2.0.9",
        "10.3.0.4": "no router on the path answers",
    }

    async def body(network: FakeNetwork) -> None:
        network.hosts = paths
        tracer = Tracer(max_hops=5, timeout_s=0.1, again_after_s=0)
        traces = await asyncio.gather(*(tracer.trace(address) for address in paths))
        tracer.close()
        assert expected == {trace.address: english((trace.describe(),)) for trace in traces}

    on_network(body)


def test_hops_are_bounded() -> None:
    async def body(network: FakeNetwork) -> None:
        tracer = Tracer(max_hops=3, timeout_s=0.02, again_after_s=0)
        await tracer.trace("10.3.0.4")
        tracer.close()
        assert [1, 2, 3] * 2 == [packet.ttl for _, packet in network.seen]

    on_network(body)


@pytest.mark.parametrize("address", ["127.0.0.1", "0:0::1", "localhost"])
async def test_a_path_is_whole_however_its_end_is_written(address: str) -> None:
    def traceroute(where: str, **_options: object) -> list[icmplib.Hop]:
        end = "::1" if ":" in where else where
        return [icmplib.Hop(end, 1, [0.1], 1)]

    tracer = Tracer(traceroute=traceroute)
    trace = await tracer.trace(address)
    tracer.close()
    assert trace.reached


async def test_a_name_that_cannot_be_resolved_is_a_result_too() -> None:
    tracer, name = Tracer(), f"{'x' * 64}.invalid"
    trace = await tracer.trace(name)
    tracer.close()
    assert f"path not traced: the name '{name}' has no address: it is no host name" == english((trace.describe(),))


def refused_by_the_kernel(_address: str, **_options: object) -> list[icmplib.Hop]:
    try:
        raise OSError(errno.ENETDOWN, "Network is down")
    except OSError as error:
        raise icmplib.ICMPSocketError(str(error))  # noqa: B904 - as icmplib does


def refused_by_icmplib(_address: str, **_options: object) -> list[icmplib.Hop]:
    raise icmplib.SocketUnavailableError


@pytest.mark.parametrize(
    ("traceroute", "said"),
    [
        (refused_by_the_kernel, "path not traced: Network is down"),
        (refused_by_icmplib, "path not traced: a fault of the monitor's own: SocketUnavailableError"),
    ],
)
async def test_why_there_is_no_trace_is_the_kernels_word_and_never_icmplibs(traceroute: Traceroute, said: str) -> None:
    tracer = Tracer(traceroute=traceroute)
    trace = await tracer.trace("127.0.0.1")
    tracer.close()
    assert said == english((trace.describe(),))


async def test_a_path_of_which_no_hop_answered_is_tried_once_more() -> None:
    results = [[], [icmplib.Hop(FIRST, 1, [0.1], 1)]]
    tracer = Tracer(again_after_s=0, traceroute=lambda _address, **_options: results.pop(0))
    assert PathTrace("10.3.0.1", (Hop(1, FIRST),)) == await tracer.trace("10.3.0.1")
    tracer.close()


async def test_two_paths_are_traced_at_once_and_never_more() -> None:
    pair, inside, most = threading.Barrier(2), set[str](), list[int]()

    def traceroute(address: str, **_options: object) -> list[icmplib.Hop]:
        inside.add(address)
        pair.wait(20)
        most.append(len(inside))
        pair.wait(20)
        inside.discard(address)
        return [icmplib.Hop(FIRST, 1, [0.1], 1)]

    tracer = Tracer(traceroute=traceroute)
    await asyncio.gather(*(tracer.trace(f"10.3.0.{number}") for number in range(1, 7)))
    tracer.close()
    assert ([2] * 6, set()) == (most, inside)


def test_an_address_without_a_route_is_a_result_and_no_error() -> None:
    async def body(_network: FakeNetwork) -> None:
        tracer = Tracer(max_hops=2, timeout_s=0.02, again_after_s=0)
        trace = await tracer.trace("192.0.2.1")
        tracer.close()
        assert not trace.reached

    on_network(body)
