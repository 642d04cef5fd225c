"""H.323 endpoints and gatekeepers on this machine."""

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Callable
from typing import Any, cast

import pytest

from monitor.model.reading import Outcome, Reading
from monitor.model.spec import H323Spec
from monitor.probes.h323.prober import H323Prober
from monitor.service.process import SystemClock
from monitor.wire import h323
from tests.probes.web_servers import serving, silent
from tests.told import english

UP = 'conference_signalling_up{protocol="h323"}'
REGISTERED = 'conference_registered{protocol="h323"}'
ALIAS = "0243826"
SIGNALLING, RAS = ("10.2.17.20", 1720), ("10.0.0.9", 1719)

Answers = Callable[[h323.Question], list[bytes]]
"""A question → the datagrams that come back."""


class FakeGatekeeper(asyncio.DatagramProtocol):
    """Answers as it is told to. asked: every question that came."""

    def __init__(self, answers: Answers) -> None:
        self.asked: list[h323.Question] = []
        self._answers = answers

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Python 3.11 has it without saying so.
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        question = h323.read_question(data)
        assert question.reply_to == addr
        self.asked.append(question)
        for answer in self._answers(question):
            self._transport.sendto(answer, addr)


@contextlib.asynccontextmanager
async def gatekeeper(answers: Answers) -> AsyncIterator[tuple[FakeGatekeeper, int]]:
    loop = asyncio.get_running_loop()
    transport, fake = await loop.create_datagram_endpoint(lambda: FakeGatekeeper(answers), local_addr=("127.0.0.1", 0))
    try:
        yield fake, transport.get_extra_info("sockname")[1]
    finally:
        transport.close()


@pytest.fixture
async def prober() -> AsyncIterator[H323Prober]:
    prober = H323Prober(SystemClock())
    await prober.open()
    yield prober
    prober.close()


async def read(prober: H323Prober, port: int, **more: Any) -> Reading:
    found: list[Reading] = []
    fields: dict[str, Any] = {"timeout_s": 5.0, **more}
    await prober.probe([H323Spec("dc-thu", "127.0.0.1", port=port, **fields)], found.append)
    (reading,) = found
    assert ("dc-thu", "h323") == (reading.target, reading.probe)
    return reading


def told(reading: Reading) -> tuple[Outcome, dict[str, float]]:
    assert reading.service is not None
    return reading.outcome, dict(reading.service.values)


def confirm(question: h323.Question) -> bytes:
    return h323.location_confirm(question.sequence, SIGNALLING, RAS)


@contextlib.contextmanager
def deaf_port() -> Any:
    """A port of this machine at which connects hang: its listener's queue is full and nobody takes from it."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        port = listener.getsockname()[1]
        for _ in range(3):
            waiting = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK))
            waiting.connect_ex(("127.0.0.1", port))
        yield port


async def test_a_listener_is_up_hears_nothing_and_sees_an_end(prober: H323Prober) -> None:
    heard: asyncio.Queue[bytes] = asyncio.Queue()

    async def listen(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        heard.put_nowait(await reader.read())

    async with serving(listen) as port:
        reading = await read(prober, port)
        assert b"" == await heard.get()
    assert (Outcome.OK, {UP: 1.0}) == told(reading)
    assert reading.service is not None
    assert reading.service.transport == "tcp"
    assert reading.service.rtt_s is not None


async def test_a_refusal_is_a_sign_of_life_without_calls(prober: H323Prober) -> None:
    async with serving(silent) as port:
        pass
    reading = await read(prober, port)
    assert (Outcome.REFUSED, {UP: 0.0}) == told(reading)
    assert english(reading.detail) == f"TCP port {port} refuses"


@pytest.mark.parametrize(("drops_strangers", "values"), [(False, {UP: 0.0}), (True, {})])
async def test_silence_says_that_it_is_not_up_unless_strangers_are_dropped(
    prober: H323Prober, drops_strangers: bool, values: dict[str, float]
) -> None:
    with deaf_port() as port:
        reading = await read(prober, port, timeout_s=0.2, drops_strangers=drops_strangers)
    assert (Outcome.TIMEOUT, values) == told(reading)
    assert english(reading.detail) == f"no answer from TCP port {port}"


async def test_a_name_without_an_address_is_not_asked() -> None:
    def resolve(_: str) -> str:
        raise OSError(0, "Name or service not known")

    prober = H323Prober(SystemClock(), resolve=resolve)
    found: list[Reading] = []
    await prober.probe([H323Spec("dc-thu", "codec.invalid")], found.append)
    prober.close()
    assert (Outcome.NOT_SENT, {}) == told(found[0])
    assert "codec.invalid" in english(found[0].detail)


@pytest.mark.parametrize(
    ("answers", "values", "detail"),
    [
        (lambda question: [confirm(question)], {UP: 1.0, REGISTERED: 1.0}, ""),
        (lambda question: [h323.location_reject(question.sequence)], {UP: 1.0, REGISTERED: 0.0}, "notRegistered"),
        (lambda question: [h323.location_reject(question.sequence, "requestDenied")], {UP: 1.0}, "requestDenied"),
        (lambda question: [h323.location_reject(question.sequence, "undefinedReason")], {UP: 1.0}, "undefinedReason"),
        (
            lambda question: [
                b"\xff\xff",
                h323.location_reject(question.sequence % 65535 + 1),
                h323.gatekeeper_confirm(question.sequence, RAS),
                confirm(question),
                h323.location_reject(question.sequence),
            ],
            {UP: 1.0, REGISTERED: 1.0},
            "",
        ),
    ],
    ids=["confirmed", "not registered", "denied", "undefined", "the first that answers this question"],
)
async def test_what_the_gatekeeper_says_is_told(
    prober: H323Prober, answers: Answers, values: dict[str, float], detail: str
) -> None:
    async with serving(silent) as port, gatekeeper(answers) as (fake, ras):
        reading = await read(prober, port, gatekeeper="127.0.0.1", gatekeeper_port=ras, alias=ALIAS)
    assert (Outcome.OK, values) == told(reading)
    assert english(reading.detail) == (f"gatekeeper 127.0.0.1: {detail}" if detail else "")
    assert [ALIAS] == [question.alias for question in fake.asked]


async def test_a_question_that_was_lost_is_repeated_with_its_number(prober: H323Prober) -> None:
    def second(question: h323.Question) -> list[bytes]:
        return [confirm(question)] if len(fake.asked) == 2 else []

    async with serving(silent) as port, gatekeeper(second) as (fake, ras):
        reading = await read(prober, port, gatekeeper="127.0.0.1", gatekeeper_port=ras, alias=ALIAS, timeout_s=0.6)
    assert (Outcome.OK, {UP: 1.0, REGISTERED: 1.0}) == told(reading)
    assert fake.asked[0] == fake.asked[1]


async def test_a_gatekeeper_that_is_silent_says_nothing_of_the_registration(prober: H323Prober) -> None:
    asked_s: list[float] = []

    def note(_question: h323.Question) -> list[bytes]:
        asked_s.append(time.monotonic())
        return []

    async with serving(silent) as port, gatekeeper(note) as (fake, ras):
        reading = await read(prober, port, gatekeeper="127.0.0.1", gatekeeper_port=ras, alias=ALIAS, timeout_s=0.2)
    assert reading.at_s < asked_s[-1], "it tells of when the endpoint spoke, not of how long the gatekeeper was waited for"
    assert (Outcome.OK, {UP: 1.0}) == told(reading)
    assert english(reading.detail) == "gatekeeper 127.0.0.1: no answer"
    assert len(fake.asked) == 2


async def test_a_gatekeeper_that_works_on_it_is_waited_for_and_not_for_ever(prober: H323Prober) -> None:
    # requestInProgress with a delay of 60 s, as the oracle writes it, but for its number.
    def in_progress(question: h323.Question) -> list[bytes]:
        return [bytes.fromhex("800500") + (question.sequence - 1).to_bytes(2, "big") + (59_999).to_bytes(2, "big")]

    async with serving(silent) as port, gatekeeper(in_progress) as (fake, ras):
        begun_s = asyncio.get_running_loop().time()
        reading = await read(prober, port, gatekeeper="127.0.0.1", gatekeeper_port=ras, alias=ALIAS, timeout_s=0.2)
        assert asyncio.get_running_loop().time() - begun_s >= 0.4
    assert (Outcome.OK, {UP: 1.0}) == told(reading)
    assert len(fake.asked) == 1


async def test_where_no_gatekeeper_listens_the_registration_is_not_known_and_it_is_found_again_later(prober: H323Prober) -> None:
    async with gatekeeper(lambda _: []) as (_, ras):
        pass
    async with serving(silent) as port:
        reading = await read(prober, port, gatekeeper="127.0.0.1", gatekeeper_port=ras, alias=ALIAS)
        assert (Outcome.OK, {UP: 1.0}) == told(reading)
        assert english(reading.detail) == "gatekeeper 127.0.0.1: Connection refused"
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: FakeGatekeeper(lambda question: [confirm(question)]), local_addr=("127.0.0.1", ras)
        )
        again = await read(prober, port, gatekeeper="127.0.0.1", gatekeeper_port=ras, alias=ALIAS)
        transport.close()
    assert (Outcome.OK, {UP: 1.0, REGISTERED: 1.0}) == told(again)


async def test_an_alias_that_nobody_can_ask_for_is_told(prober: H323Prober) -> None:
    async with serving(silent) as port:
        reading = await read(prober, port, gatekeeper="127.0.0.1", alias="😀")
    assert (Outcome.OK, {UP: 1.0}) == told(reading)
    assert english(reading.detail) == "no gatekeeper can be asked for the alias '😀'"


async def test_the_registration_is_told_of_an_endpoint_that_refuses_calls_too(prober: H323Prober) -> None:
    async with serving(silent) as port:
        pass
    async with gatekeeper(lambda question: [confirm(question)]) as (_, ras):
        reading = await read(prober, port, gatekeeper="127.0.0.1", gatekeeper_port=ras, alias=ALIAS)
    assert (Outcome.REFUSED, {UP: 0.0, REGISTERED: 1.0}) == told(reading)


async def test_many_endpoints_share_one_socket_to_their_gatekeeper(prober: H323Prober) -> None:
    def by_alias(question: h323.Question) -> list[bytes]:
        return [confirm(question) if int(question.alias or "0") % 2 else h323.location_reject(question.sequence)]

    found: list[Reading] = []
    async with serving(silent) as port, gatekeeper(by_alias) as (fake, ras):
        more: dict[str, Any] = {"port": port, "gatekeeper": "127.0.0.1", "gatekeeper_port": ras, "timeout_s": 5.0}
        await prober.probe([H323Spec(str(number), "127.0.0.1", alias=str(number), **more) for number in range(200)], found.append)
    assert {str(number): float(number % 2) for number in range(200)} == {each.target: told(each)[1][REGISTERED] for each in found}
    assert len({question.reply_to for question in fake.asked}) == 1
