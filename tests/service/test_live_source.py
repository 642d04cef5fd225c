"""What the faces read of a daemon is what it knows now."""

from __future__ import annotations

import asyncio
from pathlib import Path

from monitor.errors import Fault
from monitor.model.agent_fault import AgentFault, FaultKind
from monitor.model.agent_limits import AgentLimits, LearnedLimit
from monitor.model.reading import IcmpSample, Outcome, Reading
from monitor.service.live_source import LiveSource
from tests.service.daemons import ONE, TWO, Desk


async def test_the_picture_names_the_agents_that_misbehave_now(tmp_path: Path) -> None:
    fault = AgentFault(FaultKind.LOOPS, {})
    async with Desk().daemon(tmp_path) as daemon:
        source = LiveSource(daemon)
        assert {} == source.snapshot().complaints
        for _ in range(2):
            daemon.deliver(Reading("root", "snmp", daemon.clock.monotonic(), Outcome.OK, agent_fault=fault))
        assert {"root": (fault,)} == (await source.fresh()).complaints


async def test_nothing_is_ready_before_the_first_round_is_opened(tmp_path: Path) -> None:
    async with Desk().daemon(tmp_path) as daemon:
        source = LiveSource(daemon)
        assert not source.is_ready()
        daemon.round_opened("icmp")
        assert source.is_ready()


async def test_settings_and_targets_are_those_in_force_after_a_reload(tmp_path: Path) -> None:
    desk = Desk()
    async with desk.daemon(tmp_path) as daemon:
        source = LiveSource(daemon)
        assert ONE.settings is source.settings
        assert () == await source.reload()
        assert {"root", "d0"} == source.snapshot().views.keys()
        assert TWO.inventory is source.snapshot().inventory


async def test_who_polls_gets_each_reading_and_so_do_board_and_journal(tmp_path: Path) -> None:
    async with Desk().daemon(tmp_path) as daemon, daemon.running():
        source, published = LiveSource(daemon), asyncio.Event()
        source.subscribe(lambda _: published.set())
        asked, readings = await source.poll(["root"])
        assert ["root"] * asked == [reading.target async for reading in readings]
        await published.wait()
        assert ["up"] == [entry.new for entry in await source.events(None, 10, "root")]  # type: ignore[union-attr]


async def test_a_target_that_was_pinged_has_a_day_and_another_has_none(tmp_path: Path) -> None:
    async with Desk().daemon(tmp_path) as daemon:
        source = LiveSource(daemon)
        assert await source.history("root") is None
        daemon.deliver(Reading("root", "icmp", daemon.clock.monotonic(), Outcome.OK, icmp=IcmpSample(1, (0.01,))))
        assert await source.history("root") is not None


async def test_limits_are_those_that_the_engines_tell(tmp_path: Path) -> None:
    limits = AgentLimits(LearnedLimit(20), LearnedLimit(10), LearnedLimit(2), None, None, None, 0, 0)
    async with Desk().daemon(tmp_path) as daemon:
        source = LiveSource(daemon, {"root": limits}.get)
        assert (limits, None) == (await source.agent_limits("root"), await source.agent_limits("d0"))


async def test_the_daemons_own_metrics_are_of_this_moment(tmp_path: Path) -> None:
    async with Desk().daemon(tmp_path) as daemon:
        assert "monitor_blind 0.0" in await LiveSource(daemon).own_metrics(is_openmetrics=False)


async def test_a_reload_that_the_guard_refuses_is_answered_with_why(tmp_path: Path) -> None:
    async with Desk(permits=False).daemon(tmp_path) as daemon:
        (fault,) = await LiveSource(daemon).reload()
    assert isinstance(fault, Fault)
    assert "listen_refused" == fault.code
