"""The daemon joins its parts: what one of them finds out reaches the others."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.errors import ConfigError, Fault
from monitor.model.reading import Outcome, Reading
from monitor.model.reason import Reason
from monitor.model.settings import QualitySettings
from monitor.model.spec import SnmpSettings
from monitor.model.state import Event, OwnSide
from monitor.service.daemon import Daemon
from monitor.service.process import SystemClock
from tests.service.daemons import ONE, TWO, Desk, StepClock
from tests.service.province import SETTINGS

FEWER = (Reason("fewer_rows", {"size": 10}, (Reason("at_repetitions", {"tried": 20}),)),)


async def kinds(daemon: Daemon) -> list[str]:
    return [entry.kind for entry in await daemon.journal.events(None, 10) if isinstance(entry, Event)]


async def test_a_reload_that_the_guard_refuses_changes_nothing_and_says_why(tmp_path: Path) -> None:
    desk = Desk(permits=False)
    async with desk.daemon(tmp_path) as daemon:
        (fault,) = await daemon.reload()
        assert str(fault).startswith("can't listen on 127.0.0.1:9877: Address already in use; end what listens there")
        assert fault.text_in("vi").startswith("không lắng nghe được trên 127.0.0.1:9877: địa chỉ đang được dùng; dừng")
        assert ONE is daemon.configuration
        assert "monitor_config_last_reload_successful 0.0" in daemon.own.render()


async def test_a_configuration_with_faults_changes_nothing_and_every_fault_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    faults = [Fault("sites.yaml", line, "points", "no_key", values={"name": "x"}) for line in (3, 9)]
    async with Desk(ConfigError(faults)).daemon(tmp_path) as daemon:
        assert faults == list(await daemon.reload())
        assert "not reloaded: sites.yaml:3: points: no key is called 'x'; remove it; " in caplog.text
        assert "lists the keys [no_key]" in caplog.text
        assert ONE is daemon.configuration


async def test_a_good_reload_is_polled_at_once_and_noted(tmp_path: Path) -> None:
    async with Desk().daemon(tmp_path) as daemon:
        async with daemon.running():
            assert () == await daemon.reload()
            assert {"root", "d0"} == daemon.board.snapshot().views.keys()
            asked, readings = daemon.poller.poll(["d0"])
            assert ["d0"] * asked == [reading.target async for reading in readings]
            assert "monitor_config_last_reload_successful 1.0" in daemon.own.render()
        assert ["stopped", "reload", "started"] == await kinds(daemon)


async def test_a_reload_that_changes_nothing_is_noted_and_disturbs_nobody(tmp_path: Path) -> None:
    async with Desk(replace(ONE, inventory=replace(ONE.inventory), folder=Path("elsewhere"))).daemon(tmp_path) as daemon:
        before = daemon.board.snapshot().inventory
        assert () == await daemon.reload()
        assert before is daemon.board.snapshot().inventory
        assert Path("elsewhere") == daemon.configuration.folder
        assert ["reload"] == await kinds(daemon)


async def test_a_reload_moves_the_bounds_that_alerts_compare_with(tmp_path: Path) -> None:
    lenient = replace(TWO, settings=replace(SETTINGS, quality=QualitySettings(loss_ratio=0.05)))
    async with Desk(lenient).daemon(tmp_path) as daemon:
        assert "wan_loss_bound_ratio 0.01" in daemon.own.render()
        assert () == await daemon.reload()
        assert "wan_loss_bound_ratio 0.05" in daemon.own.render()


async def test_what_only_a_start_takes_over_is_said_at_a_reload(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    changed = replace(SETTINGS, listen="127.0.0.1:9", probes={**SETTINGS.probes, "snmp": SnmpSettings(in_flight=7, retries=3)})
    async with Desk(replace(TWO, settings=changed)).daemon(tmp_path) as daemon:
        assert () == await daemon.reload()
        assert SETTINGS.listen == daemon.configuration.settings.listen
    said = [record.getMessage() for record in caplog.records if "next start" in record.getMessage()]
    assert [f"`{name}` changed; it takes effect at the next start" for name in ("listen", "probes.snmp.in_flight")] == said


async def test_what_our_own_side_lost_is_exported(tmp_path: Path) -> None:
    desk = Desk()
    async with desk.daemon(tmp_path) as daemon:
        for drops in (3, 8):
            desk.drops = drops
            daemon.see_own_side(OwnSide(at_s=SystemClock().monotonic()))
        text = daemon.own.render()
    assert "monitor_receive_drops_total 8.0" in text
    assert "monitor_journal_up 1.0" in text


async def test_what_was_learned_of_an_agent_is_an_event(tmp_path: Path) -> None:
    async with Desk().daemon(tmp_path) as daemon:
        daemon.deliver(Reading("root", "snmp", SystemClock().monotonic(), Outcome.OK, learned=FEWER))
        await asyncio.wait(asyncio.all_tasks() - {asyncio.current_task()})
        (event,) = await daemon.journal.events(None, 1)
    assert isinstance(event, Event)
    assert ("learned", "root", FEWER) == (event.kind, event.target, event.told)


async def test_a_clock_that_was_set_lays_the_rounds_anew_whoever_finds_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    clock = StepClock()
    async with Desk(clock=clock).daemon(tmp_path) as daemon, daemon.running():
        for job in daemon.poller._scheduler.get_jobs():
            job.modify(next_run_time=job.next_run_time.replace(year=job.next_run_time.year + 1))
        clock.set_by_s = -31_536_000.0
        daemon.deliver(Reading("root", "icmp", clock.monotonic(), Outcome.OK))
        waits_s = [(job.next_run_time - datetime.now(UTC)).total_seconds() for job in daemon.poller._scheduler.get_jobs()]
    assert {15, 60} == {round(wait_s) for wait_s in waits_s}
    told = [message for message in caplog.messages if "the wall clock was set by" in message]
    assert ["the wall clock was set by -31536000.0 s; the rounds keep their rhythm"] == told
