"""The steady state reads what the long way reads, whatever the agent does between two polls."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.model.profile import Profile, Value
from monitor.probes.snmp.prober import SnmpProber
from monitor.wire import ber, snmp
from monitor.wire.oid import parse_oid
from tests.probes.fake_agent import FakeAgent, Mib, router
from tests.probes.readings import readings, snmp_spec
from tests.told import english

ROUTER = router()
IF = "1.3.6.1.2.1.2.2.1"
IFX = "1.3.6.1.2.1.31.1.1.1"
UPTIME = parse_oid("1.3.6.1.2.1.1.3.0")
PROFILE = Profile("p", values=(Value("wan_device_ticks", "1.3.6.1.2.1.31.1.5.0"), Value("wan_device_absent", "1.3.6.1.4.1.1.1.0")))


def cell(oid: str, tag: int, value: ber.Value) -> Mib:
    return {parse_oid(oid): (tag, value)}


def without(*oids: str) -> Mib:
    gone = {parse_oid(oid) for oid in oids}
    return {oid: bound for oid, bound in ROUTER.items() if oid not in gone}


CHANGES: dict[str, Mib] = {
    "nothing": ROUTER,
    "counters grow": router(uptime=200_000, octets=3 * 10**10),
    "a counter is an octet longer": ROUTER | cell(f"{IFX}.6.2", ber.COUNTER64, 2**63 + 5),
    "a counter changes its type": ROUTER | cell(f"{IFX}.6.2", ber.COUNTER32, 5),
    "a counter is gone": without(f"{IF}.14.2"),
    "64-bit counters are gone": without(f"{IFX}.6.2", f"{IFX}.10.2"),
    "the line is down": ROUTER | cell(f"{IF}.8.2", ber.INTEGER, 2),
    "ifOperStatus is 0": ROUTER | cell(f"{IF}.8.2", ber.INTEGER, 0),
    "the speed is gone": ROUTER | cell(f"{IFX}.15.2", ber.GAUGE32, 0),
    "the agent restarted": ROUTER | cell("1.3.6.1.2.1.1.3.0", ber.TIME_TICKS, 5),
    "sysUpTime is gone": without("1.3.6.1.2.1.1.3.0"),
    "sysUpTime is a text": ROUTER | cell("1.3.6.1.2.1.1.3.0", ber.OCTET_STRING, b"5 days"),
    "the tables changed": ROUTER | cell("1.3.6.1.2.1.31.1.5.0", ber.TIME_TICKS, 99_000),
    "the interfaces moved": router(names=("lo", "eth9", "ge0/0")),
    "the interface is gone": router(names=("lo",)),
    "the name is a number": ROUTER | cell(f"{IFX}.1.2", ber.INTEGER, 3),
    "all is gone but sysUpTime": {UPTIME: ROUTER[UPTIME]},
}


@pytest.mark.parametrize("interfaces", ["wan", "all"])
@pytest.mark.parametrize("version", ["1", "2c"])
@pytest.mark.parametrize("change", CHANGES)
async def test_both_ways_read_the_same_after(fast: SnmpProber, change: str, version: str, interfaces: str) -> None:
    asked = {"version": version, "interfaces": interfaces, "profile": PROFILE}
    async with FakeAgent(ROUTER) as agent:
        short = snmp_spec("short", port=agent.port, **asked)  # type: ignore[arg-type]
        long = replace(short, target="long", explain=True)
        for mib in (ROUTER, ROUTER, ROUTER, CHANGES[change], CHANGES[change], CHANGES[change]):
            agent.mib = mib
            found = await readings(fast, [short, long])
            read, expected = found["short"].snmp, found["long"].snmp
            assert (found["long"].outcome, english(found["long"].detail)) == (
                found["short"].outcome,
                english(found["short"].detail),
            )
            assert (expected is None) == (read is None)
            if read is not None and expected is not None:
                assert replace(expected, rtt_s=None, explained=()) == replace(read, rtt_s=None)


async def test_an_answer_in_another_order_or_with_other_names_is_read_the_long_way(fast: SnmpProber) -> None:
    async with FakeAgent(ROUTER) as agent:
        spec = snmp_spec(port=agent.port)
        first = [(await readings(fast, [spec]))["xa-thu"].snmp for _ in range(3)][-1]

        def turned(request: snmp.Message, data: bytes) -> list[bytes]:
            (honest,) = agent.honest(request, data)
            return [snmp.encode(snmp.decode(honest)._replace(varbinds=snmp.decode(honest).varbinds[::-1]))]

        agent.answering = turned
        again = (await readings(fast, [spec]))["xa-thu"].snmp
    assert first is not None
    assert again is not None
    assert replace(first, rtt_s=None) == replace(again, rtt_s=None)
