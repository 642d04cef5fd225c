"""Debian's snmpd as the witness: what both engines read from it is what net-snmp's own tools read, on every version."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.model.profile import Profile, Reduce, Value
from monitor.model.reading import Outcome, SnmpSample
from monitor.model.settings import Credential
from monitor.probes.datagrams import KERNEL, Kernel
from monitor.probes.snmp.prober import SnmpProber
from monitor.probes.snmp.pysnmp_engine import PysnmpProber
from monitor.probes.snmp.requests import Walked
from monitor.service.process import SystemClock
from monitor.wire import ber
from monitor.wire.oid import format_oid, parse_oid
from tests.probes.readings import readings, sample, snmp_spec
from tests.told import english
from tests.witness.snmpd import AUTH_KEY, COMMUNITY, PRIV_KEY, USERS, WIDE_USERS, Snmpd, needs_snmpd, running

pytestmark = needs_snmpd

SUBTREES = ("1.3.6.1.2.1.1", "1.3.6.1.2.1.2", "1.3.6.1.2.1.31", "1.3.6.1.2.1.25.1", "1.3.6.1.2.1.4.20", "1.3.6.1.4.1.2021.4")
HOST = Profile(
    "host",
    values=(
        Value("wan_device_memory_size_bytes", "1.3.6.1.2.1.25.2.2.0", 1024),
        Value("wan_device_longest_packet_bytes", "1.3.6.1.2.1.2.2.1.4", reduce=Reduce.MAX),
    ),
)


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snmpd]:
    with running(tmp_path_factory.mktemp("snmpd")) as started:
        yield started


@pytest.fixture
async def second() -> AsyncIterator[PysnmpProber]:
    prober = PysnmpProber(SystemClock())
    await prober.open()
    yield prober
    prober.close()


PRINTERS: dict[int, Callable[[ber.Value], tuple[str, str]]] = {
    ber.INTEGER: lambda value: ("INTEGER", str(value)),
    ber.COUNTER32: lambda value: ("Counter32", str(value)),
    ber.GAUGE32: lambda value: ("Gauge32", str(value)),
    ber.COUNTER64: lambda value: ("Counter64", str(value)),
    ber.TIME_TICKS: lambda value: ("Timeticks", str(value)),
    ber.OBJECT_IDENTIFIER: lambda value: ("OID", "." + format_oid(value)),  # type: ignore[arg-type]
    ber.IP_ADDRESS: lambda value: ("IpAddress", ".".join(str(octet) for octet in value)),  # type: ignore[union-attr]
    ber.OCTET_STRING: lambda value: ("Hex-STRING", value.hex(" ").upper() + " ") if value else ("STRING", ""),  # type: ignore[union-attr]
}


@pytest.mark.parametrize("version", ["1", "2c"])
@pytest.mark.parametrize("root", SUBTREES)
async def test_every_value_of_a_subtree_is_what_snmpbulkwalk_reads(agent: Snmpd, fast: SnmpProber, root: str, version: str) -> None:
    before = agent.walk(root, version)
    spec = snmp_spec(port=agent.port, version=version, community=COMMUNITY, timeout_s=5.0)
    (ours,) = await fast.walk([spec], (parse_oid(root),))
    assert isinstance(ours, Walked)
    after = agent.walk(root, version)
    assert ours.reason is None
    assert len(ours.values) > 3
    assert before.keys() == ours.values.keys()
    steady = 0
    for oid, (tag, value) in ours.values.items():
        printed = PRINTERS[tag](value)
        assert before[oid][0] == printed[0]
        if before[oid] == after[oid]:
            steady += 1
            assert before[oid] == printed, format_oid(oid)
        else:
            assert in_order(before[oid][1], printed[1], after[oid][1]), format_oid(oid)
    assert steady > len(ours.values) / 2


def in_order(*printed: str) -> bool:
    """Return whether values grow: counters as numbers, DateAndTime (RFC 2579) as it is printed."""
    return sorted(printed, key=lambda each: int(each) if each.isdigit() else each) == list(printed)


def steady(read: SnmpSample) -> SnmpSample:
    """Return what of a sample does not change between two polls."""
    still = {"uptime_ticks": None, "receive_octets": None, "transmit_octets": None}
    rows = tuple(replace(row, **still) for row in read.interfaces)  # type: ignore[arg-type]
    return replace(read, uptime_ticks=None, engine_time_s=None, rtt_s=None, interfaces=rows)


@pytest.mark.parametrize("version", ["1", "2c"])
async def test_both_engines_read_the_same_sample(agent: Snmpd, fast: SnmpProber, second: PysnmpProber, version: str) -> None:
    spec = snmp_spec(port=agent.port, version=version, interfaces="all", profile=HOST)
    theirs = await sample(second, spec)
    ours = await sample(fast, spec)
    assert steady(theirs) == steady(ours)
    assert ours.values["wan_device_memory_size_bytes"] > 10_000_000
    assert 65536 == ours.values["wan_device_longest_packet_bytes"]
    before = {row.name: row for row in theirs.interfaces}
    for row in ours.interfaces:
        assert row.receive_octets is not None
        assert row.uptime_ticks is not None
        assert row.receive_octets >= (before[row.name].receive_octets or 0)
    assert "lo" in before


@pytest.fixture
def sent() -> list[int]:
    """Return how many datagrams were handed to the kernel, call by call."""
    return []


@pytest.fixture
async def counted(sent: list[int]) -> AsyncIterator[SnmpProber]:
    """Yield a fast engine whose datagrams are counted."""

    def send(descriptor: int, messages: int, count: int) -> int:
        sent.append(count)
        return KERNEL.send(descriptor, messages, count)

    prober = SnmpProber(SystemClock(), kernel=Kernel(send, KERNEL.receive))
    await prober.open()
    yield prober
    prober.close()


async def test_a_steady_poll_of_the_wan_interface_is_one_exchange(agent: Snmpd, counted: SnmpProber, sent: list[int]) -> None:
    spec = snmp_spec(port=agent.port, wan_interface="^lo$")
    first = await sample(counted, spec)
    sent.clear()
    again = await sample(counted, spec)
    assert [1] == sent
    assert [("lo", "wan", 64)] == [(row.name, row.role, row.octet_bits) for row in again.interfaces]
    assert again.interfaces[0].uptime_ticks == again.uptime_ticks
    assert (again.uptime_ticks or 0) >= (first.uptime_ticks or 0)


async def test_a_brief_poll_asks_for_sysuptime_only(agent: Snmpd, counted: SnmpProber, sent: list[int]) -> None:
    read = await sample(counted, snmp_spec(port=agent.port, brief=True))
    assert read.brief
    assert read.uptime_ticks is not None
    assert [1] == sent


@pytest.mark.parametrize(("user", "auth", "priv"), USERS + WIDE_USERS, ids=lambda each: each or "-")
async def test_version_3_is_read_with_every_protocol(
    agent: Snmpd, second: PysnmpProber, user: str, auth: str | None, priv: str | None
) -> None:
    credential = Credential("v3", "3", "", user, auth, AUTH_KEY if auth else "", priv, PRIV_KEY if priv else "")
    read = await sample(second, snmp_spec(port=agent.port, credential=credential, wan_interface="^lo$"))
    assert "xa-thu" == read.sys_name
    assert [("lo", "wan")] == [(row.name, row.role) for row in read.interfaces]


@pytest.mark.parametrize(
    ("credential", "reason"),
    [
        (Credential("v3", "3", "", "a-sha", "sha", "not-the-auth-key"), "wrong authentication key"),
        (Credential("v3", "3", "", "p-sha-aes", "sha", AUTH_KEY, "aes", "not-the-privacy-key"), "wrong privacy key"),
        (Credential("v3", "3", "", "nobody-here", "sha", AUTH_KEY), "no such user"),
        (Credential("v3", "3", "", "none", "sha", AUTH_KEY), "security level"),
    ],
)
async def test_a_wrong_key_is_refused_with_its_reason(
    agent: Snmpd, second: PysnmpProber, credential: Credential, reason: str
) -> None:
    spec = snmp_spec(port=agent.port, credential=credential, timeout_s=0.3, retries=0)
    reading = (await readings(second, [spec]))["xa-thu"]
    assert (Outcome.REFUSED, None) == (reading.outcome, reading.snmp), english(reading.detail)
    assert reason in english(reading.detail)


async def test_a_wrong_community_is_silence(agent: Snmpd, fast: SnmpProber, second: PysnmpProber) -> None:
    spec = snmp_spec(port=agent.port, community="another", timeout_s=0.2, retries=0)
    for prober in (fast, second):
        reading = (await readings(prober, [spec]))["xa-thu"]
        assert Outcome.TIMEOUT is reading.outcome


async def test_two_devices_with_one_engine_id_are_both_named(
    agent: Snmpd, second: PysnmpProber, caplog: pytest.LogCaptureFixture
) -> None:
    credential = Credential("v3", "3", "", "none")
    specs = [snmp_spec(target, port=agent.port, credential=credential) for target in ("xa-mot", "xa-hai")]
    for _ in range(2):
        found = await readings(second, specs)
        assert sum("is also that of" in english(reading.detail) for reading in found.values()) == 1
    (warning,) = (record.getMessage() for record in caplog.records if record.name == "monitor.probes.snmp.pysnmp_engine")
    assert "xa-mot" in warning
    assert "xa-hai" in warning


async def test_one_user_with_another_key_elsewhere_harms_nobody(agent: Snmpd, second: PysnmpProber) -> None:
    keys = (("here", AUTH_KEY), ("there", "not-the-auth-key"))
    good, bad = (Credential(name, "3", "", "a-sha", "sha", key) for name, key in keys)
    specs = [snmp_spec(each.name, port=agent.port, credential=each, timeout_s=1.0) for each in (bad, good)]
    for _ in range(2):
        found = await readings(second, specs)
        assert (Outcome.OK, Outcome.REFUSED) == (found["here"].outcome, found["there"].outcome)


async def test_a_version_3_agent_that_restarts_is_in_its_time_window_again(tmp_path: Path, second: PysnmpProber) -> None:
    credential = Credential("v3", "3", "", "a-sha", "sha", AUTH_KEY)
    with running(tmp_path) as first:
        spec = snmp_spec(port=first.port, credential=credential)
        before = await sample(second, spec)
    with running(tmp_path, port=first.port):
        after = await sample(second, spec)
    assert (after.engine_boots or 0) > (before.engine_boots or 0)


async def test_an_agent_that_restarts_is_read_on(tmp_path: Path, fast: SnmpProber) -> None:
    with running(tmp_path) as first:
        spec = snmp_spec(port=first.port, wan_interface="^lo$")
        before = await sample(fast, spec)
    with running(tmp_path, port=first.port):
        after = await sample(fast, spec)
    assert before.interfaces[0].name == after.interfaces[0].name
    assert (after.engine_boots or 0) > (before.engine_boots or 0)
