"""The fast engine reads every sort of device, whatever it lacks and however its interfaces move."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.model.profile import Match, Profile, Reduce, Value
from monitor.model.reading import Outcome
from monitor.probes.snmp.prober import SnmpProber
from monitor.probes.snmp.pysnmp_engine import PysnmpProber
from monitor.service.process import SystemClock
from monitor.wire import ber, snmp
from monitor.wire.oid import parse_oid
from tests.probes.fake_agent import FakeAgent, Mib, router
from tests.probes.readings import read, sample, snmp_spec
from tests.told import english

ROUTER = router()
UPTIME = parse_oid("1.3.6.1.2.1.1.3.0")


@pytest.mark.parametrize("version", ["1", "2c"])
async def test_an_honest_router_is_read_whole(fast: SnmpProber, version: str) -> None:
    async with FakeAgent(ROUTER) as agent:
        got = await sample(fast, snmp_spec(port=agent.port, version=version, interfaces="all"))
    assert ("Router of the test", "xã-thử", "1.3.6.1.4.1.99999.1") == (got.sys_descr, got.sys_name, got.sys_object_id)
    assert [("lo", "other"), ("ge0/0", "wan"), ("ge0/1", "other")] == [(row.name, row.role) for row in got.interfaces]
    wan = got.interfaces[1]
    bits = 32 if version == "1" else 64
    assert (bits, 2 * 10**10 % 2**bits, 4 * 10**10 % 2**bits) == (wan.octet_bits, wan.receive_octets, wan.transmit_octets)
    assert (14, 20, 13, 19) == (wan.receive_errors, wan.transmit_errors, wan.receive_discards, wan.transmit_discards)
    assert (1_000_000_000, True, "line 2", 100_000) == (wan.speed_bps, wan.up, wan.alias, wan.uptime_ticks)


async def test_from_the_second_poll_on_one_get_brings_everything(fast: SnmpProber) -> None:
    async with FakeAgent(ROUTER) as agent:
        spec = snmp_spec(port=agent.port)
        first = await sample(fast, spec)
        agent.requests.clear()
        assert replace(first, rtt_s=None) == replace(await sample(fast, spec), rtt_s=None)
        (request,) = agent.requests
        assert snmp.GET == request.pdu
        assert UPTIME == request.varbinds[0][0]
        assert 14 >= len(request.varbinds)


async def test_both_engines_read_the_same_of_every_agent(fast: SnmpProber) -> None:
    second = PysnmpProber(SystemClock())
    await second.open()
    for version in ("1", "2c"):
        for mib in (ROUTER, router(wide=False), router(names=()), {UPTIME: ROUTER[UPTIME]}):
            async with FakeAgent(mib) as agent:
                spec = snmp_spec(port=agent.port, version=version, interfaces="all")
                ours, theirs = await sample(fast, spec), await sample(second, spec)
                assert replace(theirs, rtt_s=None) == replace(ours, rtt_s=None)
    second.close()


# Devices that lack something


async def test_an_agent_without_ifxtable_is_read_in_32_bits_and_asked_for_64_once(fast: SnmpProber) -> None:
    async with FakeAgent(router(wide=False)) as agent:
        spec = snmp_spec(port=agent.port)
        row = (await sample(fast, spec)).interfaces[0]
        assert ("ge0/0", 32, 2 * 10**10 % 2**32, 1_000_000_000) == (row.name, row.octet_bits, row.receive_octets, row.speed_bps)
        agent.requests.clear()
        await sample(fast, spec)
        assert not any(oid[:10] == (1, 3, 6, 1, 2, 1, 31, 1, 1, 1) and oid[10] == 6 for oid, _, _ in agent.requests[0].varbinds)


async def test_rows_without_64_bit_counters_are_read_beside_those_that_have_them(fast: SnmpProber) -> None:
    mib = {oid: value for oid, value in ROUTER.items() if not (oid[:8] == (1, 3, 6, 1, 2, 1, 31, 1) and oid[-1] == 3)}
    async with FakeAgent(mib) as agent:
        got = await sample(fast, snmp_spec(port=agent.port, interfaces="all"))
    assert [64, 64, 32] == [row.octet_bits for row in got.interfaces]
    assert ["lo", "ge0/0", "ge0/1"] == [row.name for row in got.interfaces]
    assert got.complete


async def test_an_ifoperstatus_of_0_is_unknown_and_an_empty_sysdescr_is_no_fault(fast: SnmpProber) -> None:
    mib = ROUTER | {parse_oid(f"1.3.6.1.2.1.2.2.1.8.{row}"): (ber.INTEGER, 0) for row in (1, 2, 3)}
    mib |= {parse_oid("1.3.6.1.2.1.1.1.0"): (ber.OCTET_STRING, b"")}
    async with FakeAgent(mib) as agent:
        got = await sample(fast, snmp_spec(port=agent.port))
    assert ("", None) == (got.sys_descr, got.interfaces[0].up)


@pytest.mark.parametrize("version", ["1", "2c"])
async def test_an_agent_without_sysuptime_is_read_without_it(fast: SnmpProber, version: str) -> None:
    async with FakeAgent({oid: value for oid, value in ROUTER.items() if oid != UPTIME}) as agent:
        spec = snmp_spec(port=agent.port, version=version)
        got = await sample(fast, spec)
        assert (None, None) == (got.uptime_ticks, got.interfaces[0].uptime_ticks)
        assert got.interfaces[0].receive_octets is not None


async def test_what_a_v1_agent_lacks_is_left_out_from_then_on(fast: SnmpProber) -> None:
    absent = Value("wan_device_absent", "1.3.6.1.4.1.1.1.0")
    present = Value("wan_device_ticks", "1.3.6.1.2.1.31.1.5.0")
    async with FakeAgent(ROUTER) as agent:
        spec = snmp_spec(port=agent.port, version="1", profile=Profile("p", values=(absent, present)))
        assert {"wan_device_ticks": 7.0} == (await sample(fast, spec)).values
        agent.requests.clear()
        assert {"wan_device_ticks": 7.0} == (await sample(fast, spec)).values
        assert 1 == len(agent.requests)


async def test_an_empty_agent_is_alive(fast: SnmpProber) -> None:
    for version in ("1", "2c"):
        async with FakeAgent({}) as agent:
            reading = await read(fast, agent.port, version=version)
            assert Outcome.OK is reading.outcome
            assert reading.snmp is not None
            assert () == reading.snmp.interfaces


# Interfaces that move


async def test_a_renumbered_wan_interface_is_found_again_in_the_same_poll(fast: SnmpProber) -> None:
    async with FakeAgent(router(names=("lo", "ge0/0", "eth9"))) as agent:
        spec = snmp_spec(port=agent.port, wan_interface="ge0/0")
        assert 2 == (await sample(fast, spec)).interfaces[0].index
        agent.mib = router(names=("lo", "eth9", "ge0/0"))
        row = (await sample(fast, spec)).interfaces[0]
        assert ("ge0/0", 3, 3 * 10**10) == (row.name, row.index, row.receive_octets)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({UPTIME: (ber.TIME_TICKS, 100)}, "the agent restarted"),
        ({parse_oid("1.3.6.1.2.1.31.1.5.0"): (ber.TIME_TICKS, 99_000)}, "ifTableLastChange changed"),
    ],
)
async def test_the_interfaces_are_surveyed_again_when(fast: SnmpProber, change: Mib, why: str) -> None:
    async with FakeAgent(ROUTER) as agent:
        spec = snmp_spec(port=agent.port)
        await sample(fast, spec)
        agent.requests.clear()
        agent.mib = ROUTER | change
        await sample(fast, spec)
        assert snmp.GET_BULK in [request.pdu for request in agent.requests], why


async def test_an_interface_that_is_gone_is_gone_from_a_complete_sample(fast: SnmpProber) -> None:
    async with FakeAgent(ROUTER) as agent:
        spec = snmp_spec(port=agent.port, wan_interface="ge0/1")
        await sample(fast, spec)
        agent.mib = router(names=("lo", "ge0/0"))
        reading = await read(fast, agent.port, wan_interface="ge0/1")
    assert reading.snmp is not None
    assert ((), True) == (reading.snmp.interfaces, reading.snmp.complete)
    assert "no interface matches 'ge0/1'; there are lo, ge0/0" == english(reading.detail)


# Profiles


async def test_an_agent_is_read_by_the_profile_that_describes_it(fast: SnmpProber) -> None:
    values = (
        Value("wan_device_types", "1.3.6.1.2.1.2.2.1.3", reduce=Reduce.SUM),
        Value("wan_device_mapped_ratio", "1.3.6.1.2.1.31.1.5.0", map={7: 0.5}),
        Value("wan_device_unmapped_ratio", "1.3.6.1.2.1.31.1.5.0", map={8: 0.5}),
        Value("wan_device_name", "1.3.6.1.2.1.1.5.0"),
    )
    special = Profile("special", match=Match(("1.3.6.1.4.1.99999",)), interfaces=False, values=values)
    async with FakeAgent(ROUTER) as agent:
        got = await sample(fast, snmp_spec(port=agent.port, candidates=(special,)))
    assert "special" == got.profile
    assert {"wan_device_types": 36.0, "wan_device_mapped_ratio": 0.5} == got.values
    assert () == got.interfaces
