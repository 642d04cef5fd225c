"""Who may come in, told by tables."""

from __future__ import annotations

import pytest

from monitor.errors import MonitorError
from monitor.export.server.admission import (
    LINE_EVERY_S,
    Admission,
    Limits,
    NoRoomError,
    Quota,
    Refusal,
    Refusals,
    Shortage,
    client_of,
    is_shared,
    limits_for,
)
from monitor.words.faults import FAULTS

A, B, C, PROXY = "127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.1"


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("10.2.17.1", "10.2.17.1"),
        ("127.0.0.1", "127.0.0.1"),
        ("127.0.0.2", "127.0.0.2"),
        ("::1", "::1"),
        ("::ffff:10.2.17.1", "10.2.17.1"),
        ("2001:db8:0:1:aaaa::1", "2001:db8:0:1::/64"),
        ("2001:db8:0:1:bbbb::2", "2001:db8:0:1::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        (None, ""),
        ("/run/monitor.sock", "/run/monitor.sock"),
    ],
)
def test_a_client_is_a_source_address_and_of_ipv6_its_64(address: str | None, client: str) -> None:
    assert client == client_of(address)


@pytest.mark.parametrize(("address", "shared"), [("127.0.0.1", True), ("::1", True), ("127.0.0.2", False), ("10.0.0.1", False)])
def test_only_this_machines_own_address_stands_for_many(address: str, shared: bool) -> None:
    assert shared == is_shared(client_of(address))


@pytest.mark.parametrize(
    ("held", "who", "shortage"),
    [
        ({}, A, None),
        ({A: 3}, A, None),
        ({A: 4}, A, Shortage.CLIENT),
        ({A: 4}, B, None),
        ({A: 4, B: 3}, B, Shortage.CLIENT),  # 3 are free: who holds as many gets none of them
        ({A: 4, B: 3}, C, None),
        ({A: 4, B: 3, C: 1, "10.0.0.1": 1}, "10.0.0.2", None),  # the last place is for who holds none
        ({A: 4, B: 3, C: 1, "10.0.0.1": 1}, C, Shortage.CLIENT),
        ({A: 4, B: 3, C: 1, "10.0.0.1": 1, "10.0.0.2": 1}, "10.0.0.3", Shortage.TOTAL),
        ({PROXY: 9}, PROXY, None),
        ({PROXY: 10}, PROXY, Shortage.TOTAL),
        ({PROXY: 10}, A, Shortage.TOTAL),
    ],
)
def test_the_newest_of_whoever_holds_most_is_refused(held: dict[str, int], who: str, shortage: Shortage | None) -> None:
    quota = Quota(10, 4)
    for client, count in held.items():
        for _ in range(count):
            assert quota.acquire(client) is None
    before = quota.held
    assert shortage is quota.acquire(who)
    assert before + (shortage is None) == quota.held


def test_a_place_given_back_is_free_again() -> None:
    quota = Quota(1, 1)
    for client in (A, B, A):
        assert quota.acquire(client) is None
        assert Shortage.TOTAL is quota.acquire(C)
        quota.give_back(client)
    assert 0 == quota.held


@pytest.mark.parametrize("files", [16, 64, 128, 256, 512, 1024, 4096, 1_000_000])
def test_limits_leave_the_process_its_own_descriptors(files: int) -> None:
    limits = limits_for(files)
    least = max(files * 3 // 8, 32)
    if files >= 64:
        assert files - limits.connections - limits.reserve >= min(least, 128)
    assert 0 < limits.streams <= limits.connections * 2 // 3
    assert 0 < limits.streams_of_client < limits.streams
    assert 4 <= limits.reserve <= 16


def test_with_files_enough_the_limits_are_those_that_are_documented() -> None:
    assert Limits() == limits_for(1024)
    assert (72, 16, 48, 9, 8) == (
        *(limits_for(128).connections, limits_for(128).connections_of_client, limits_for(128).streams),
        *(limits_for(128).streams_of_client, limits_for(128).reserve),
    )


def test_a_place_is_held_while_it_is_needed_and_no_longer() -> None:
    admission = Admission(Limits(streams=1))
    with admission.stream(A):
        with pytest.raises(NoRoomError) as refused, admission.stream(B):
            pass
        assert (503, Refusal.STREAMS) == (refused.value.status, refused.value.reason)
    with pytest.raises(ZeroDivisionError), admission.stream(B):
        raise ZeroDivisionError
    assert 0 == admission.streams.held


def test_one_client_too_many_is_429_and_names_the_client_as_the_reason() -> None:
    admission = Admission(Limits(requests_of_client=1))
    with admission.request(A), pytest.raises(NoRoomError) as refused, admission.request(A):
        pass
    assert (429, Refusal.CLIENT_REQUESTS) == (refused.value.status, refused.value.reason)


def test_the_log_has_one_line_a_minute_of_what_was_refused_how_often_and_whose() -> None:
    refusals = Refusals()
    assert refusals.line(0.0) is None
    refusals.note(Refusal.STREAMS, A)
    first = refusals.line(1.0)
    assert first is not None
    assert "1 event streams beyond the limit for all (1 of 127.0.0.2)" in first
    for _ in range(900):
        refusals.note(Refusal.CLIENT_CONNECTIONS, A)
    refusals.note(Refusal.CLIENT_CONNECTIONS, B)
    assert refusals.line(1.0 + LINE_EVERY_S - 0.1) is None
    later = refusals.line(1.0 + LINE_EVERY_S)
    assert later is not None
    assert "901 connections beyond the limit for one client (900 of 127.0.0.2, 1 of 127.0.0.3)" in later
    assert not refusals.has_untold
    assert {Refusal.STREAMS: 1, Refusal.CLIENT_CONNECTIONS: 901} == {why: count for why, count in refusals.total.items() if count}


def test_a_line_stays_short_and_memory_small_whoever_comes() -> None:
    refusals = Refusals()
    for number in range(100_000):
        refusals.note(Refusal.CONNECTIONS, f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    line = refusals.line(0.0)
    assert line is not None
    assert "100000 connections" in line
    assert len(line) < 300


def test_every_reason_to_refuse_a_request_has_its_words() -> None:
    reasons = {code.removeprefix("busy_") for code in FAULTS if code.startswith("busy_") and not code.endswith("_cure")}
    assert reasons < {reason.value for reason in Refusal}
    for reason in reasons:
        told = MonitorError(f"busy_{reason}", retry_s=5)
        assert all("5 s" in told.cure_in(language) for language in ("vi", "en"))
