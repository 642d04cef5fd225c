"""Names lead to addresses that may change, may be gone, and may take their time."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from monitor.probes.kernel import socket_address
from monitor.probes.names import FRESH_S, Names, Place, UnresolvedNameError, literal
from tests.told import english

from .fake_network import SteppedClock


@asynccontextmanager
async def names(resolve: Callable[[str], str], clock: SteppedClock | None = None) -> AsyncIterator[Names]:
    found = Names(clock or SteppedClock(), resolve)
    try:
        yield found
    finally:
        found.close()


def fail(_name: str) -> str:
    raise OSError(-2, "Name or service not known")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("127.0.0.1", Place(4, "127.0.0.1", ("127.0.0.1", 0), socket_address(("127.0.0.1", 0)))),
        ("0:0::1", Place(6, "::1", ("::1", 0, 0, 0), socket_address(("::1", 0, 0, 0)))),
        ("fe80::1%lo", Place(6, "fe80::1", ("fe80::1", 0, 0, 1), socket_address(("fe80::1", 0, 0, 1)))),
        ("router.invalid", None),
        ("10.1", None),
    ],
)
def test_only_a_whole_address_is_taken_literally(text: str, place: Place | None) -> None:
    assert place == literal(text)


async def test_an_address_is_known_at_once_and_nobody_is_asked() -> None:
    async with names(fail) as found:
        assert Place(4, "127.0.0.1", ("127.0.0.1", 0), socket_address(("127.0.0.1", 0))) == found.known("127.0.0.1")


async def test_a_name_follows_the_device_that_moved() -> None:
    clock, answers = SteppedClock(), ["127.0.0.2", "127.0.0.3"]
    async with names(lambda _: answers.pop(0), clock) as found:
        assert found.known("router.invalid") is None
        assert "127.0.0.2" == (await found.find("router.invalid")).address
        assert found.known("router.invalid") is not None
        clock.monotonic_step_s += FRESH_S
        assert found.known("router.invalid") is None
        assert "127.0.0.3" == (await found.find("router.invalid")).address


async def test_a_name_that_has_no_answer_any_more_keeps_its_last_address() -> None:
    answers = iter(["127.0.0.2"])

    def resolve(name: str) -> str:
        return next(answers, "") or fail(name)

    async with names(resolve) as found:
        await found.find("router.invalid")
        assert "127.0.0.2" == (await found.find("router.invalid")).address


async def test_a_name_without_an_address_says_why() -> None:
    async with names(fail) as found:
        with pytest.raises(UnresolvedNameError) as unresolved:
            await found.find("router.invalid")
    assert "the name 'router.invalid' has no address: Name or service not known" == english([unresolved.value.reason])


async def test_the_resolver_runs_beside_the_loop() -> None:
    loops = threading.get_ident()
    asked: list[int] = []

    def resolve(_name: str) -> str:
        asked.append(threading.get_ident())
        return "127.0.0.2"

    async with names(resolve) as found:
        await found.find("router.invalid")
    assert [True] == [thread != loops for thread in asked]
