"""What happens in the leftovers' small province, from noon of Sunday, 22 November 2026, to Monday evening, to a real daemon.

The first run is killed, the second stops while it is blind, the third stops with outages, work, ticks and a complaint open.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from devices import Devices
from virtual_time import VirtualClock, VirtualLoop

from monitor.journal.journal import Journal
from monitor.journal.rows import Entry
from monitor.journal.store import Store
from monitor.load.configuration import Configuration
from monitor.model.meeting import Confirmation
from monitor.model.misdeed import Deed, Misdeed
from monitor.service.daemon import Daemon
from monitor.service.history import History, history_file
from monitor.service.loads import Loads, loads_file
from monitor.service.meeting_watch import MeetingWatch
from monitor.service.watch import Watch

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
BEGAN = datetime(2026, 11, 22, 12, tzinfo=ZONE)
MEETING = "giao-ban-thang-11"
WEEKLY = "giao-ban-tuan-2026-11-23"
SHIFT = "Ca trực"


class HeldJournal(Journal):
    """The journal, whose writer works while virtual time stands still. is_dead: its process was killed, and writes nothing."""

    is_dead = False

    async def append(self, batch: Sequence[Entry]) -> bool:
        if self.is_dead:
            return False
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        loop.hold()
        try:
            return await super().append(batch)
        finally:
            loop.release()


@dataclass
class Run:
    """One run of the daemon, put together as `monitor run` does it but for sockets."""

    clock: VirtualClock
    devices: Devices
    journal: HeldJournal
    daemon: Daemon
    meetings: MeetingWatch

    async def at(self, clock: str, day: int = 23) -> None:
        """Wait until a time of day such as '08:30' or '08:30:15'."""
        await self.clock.until(datetime.fromisoformat(f"2026-11-{day}T{clock}").replace(tzinfo=ZONE))

    async def tick(self, endpoint: str, by: str, note: str = "", *, meeting: str = MEETING, is_good: bool = True) -> None:
        """Have somebody on site say how it is."""
        told = Confirmation(by, self.clock.wall(), is_good, on_site=True, camera=True, sound=is_good, note=note)
        assert await self.meetings.confirm(meeting, endpoint, told) is not None


@asynccontextmanager
async def running(
    configuration: Configuration, clock: VirtualClock, devices: Devices, *, is_kept: bool = True
) -> AsyncIterator[Run]:
    """Run a daemon over the configuration's journal, and keep its history and loads beside that at the end, where they are kept."""
    url = configuration.settings.journal
    journal = HeldJournal(Store(url))
    history, loads = History(), Loads()
    with (
        history.kept_in(history_file(url)) if is_kept else nullcontext(),
        loads.kept_in(loads_file(history_file(url))) if is_kept else nullcontext(),
    ):
        daemon = Daemon(
            configuration,
            reload_from=lambda: replace(configuration),
            permit=lambda _: None,
            journal=journal,
            history=history,
            probers=dict.fromkeys(("icmp", "snmp", "sip", "h323", "web", "tcp"), devices),
            trace=devices.trace,
            receive_drops=lambda: 0,
            take_strays=devices.take_strays,
            clock=clock,
        )
        meetings = MeetingWatch(daemon, journal, clock, daemon.samples, loads)
        watch = Watch(clock, devices, devices.look_at_link, report=daemon.see_own_side, stepped=daemon.clock_stepped)
        try:
            async with daemon.running(), meetings.running():
                watching = asyncio.create_task(watch.run())
                yield Run(clock, devices, journal, daemon, meetings)
                watching.cancel()
                with suppress(asyncio.CancelledError):
                    await watching
        finally:
            journal.close()


async def lunch(run: Run) -> None:
    """Sunday noon: a commune is down when the process is killed; the daemon that follows finds it up again."""
    run.devices.silent.add("dc-xa-khau-vai")  # a PC that is on for its meetings only
    await run.at("12:20", 22)
    run.devices.silent.add("xa-lung-cu")
    await run.at("12:40:02", 22)
    run.journal.is_dead = True
    run.devices.silent.discard("xa-lung-cu")


async def afternoon(run: Run) -> None:
    """Sunday, 12:50 to 18:30: outages and work with all that operators say of them, and loss."""
    devices, operations = run.devices, run.daemon.operations
    await run.at("13:30", 22)
    devices.silent.add("xa-lung-cu")
    await run.at("13:35", 22)
    await operations.acknowledge("xa-lung-cu", SHIFT, "đã gọi VNPT, mã kênh 1234")
    await run.at("13:50", 22)
    await operations.acknowledge("xa-lung-cu", "VNPT", "đang nối cáp ở km 7")
    await run.at("14:05", 22)
    devices.silent.discard("xa-lung-cu")

    await run.at("15:00", 22)  # a district with all behind it but who has two uplinks
    devices.silent.add("ubnd-huyen-dong-van")
    await run.at("15:05", 22)
    await operations.acknowledge("ubnd-huyen-dong-van", SHIFT, "")
    await run.at("15:12", 22)
    await operations.withdraw("ubnd-huyen-dong-van", SHIFT)
    await run.at("15:40", 22)
    devices.silent.discard("ubnd-huyen-dong-van")

    await run.at("16:00", 22)  # work that ends early, work that is called off, work that runs its time
    await operations.announce(["xa-ma-le", "dc-xa-lung-cu"], "2h", "16:30", "thay modem", SHIFT)
    called_off = await operations.announce(["area:huyen-meo-vac"], "4h", "2026-11-23T22:00", "nâng cấp tuyến", "VNPT")
    await operations.announce(["xa-lung-cu"], "30m", "", "thử nguồn", SHIFT)
    await run.at("16:40", 22)
    devices.silent.add("xa-ma-le")
    await run.at("17:10", 22)
    devices.silent.discard("xa-ma-le")
    await run.at("17:20", 22)
    await operations.end("xa-ma-le", SHIFT)
    await operations.end(str(called_off.number), "VNPT")

    await run.at("18:00", 22)
    devices.losing["xa-khau-vai"] = 12
    await run.at("18:30", 22)
    devices.losing.clear()


async def night(run: Run) -> None:
    """Sunday, 19:00 to Monday, 05:56: agents, coming and going, blindness, weekly work, an outage that nobody takes on."""
    devices = run.devices
    await run.at("19:00", 22)  # agents: one falls silent, one loops for a while, one was learned to want smaller questions
    devices.mute.add(("xa-ma-le", "snmp"))
    devices.misdeeds["ubnd-huyen-dong-van"] = Misdeed(
        Deed.LOOPS, MappingProxyType({"oid": "1.3.6.1.2.1.2.2.1.2.3", "after": "1.3.6.1.2.1.2.2.1.2.7"})
    )
    devices.learned["xa-lung-cu"] = "asked for 10 rows at a time from now on: an answer was too big"
    await run.at("19:30", 22)
    devices.mute.clear()
    devices.misdeeds.clear()
    devices.floods["10.2.18.1"] = 400
    await run.at("19:33", 22)
    devices.floods.clear()

    for minute in range(6):  # a room that comes and goes
        await run.at(f"20:{minute:02}", 22)
        devices.silent.add("dc-xa-lung-cu")
        await run.at(f"20:{minute:02}:30", 22)
        devices.silent.discard("dc-xa-lung-cu")

    await run.at("21:00", 22)
    devices.carrier = False
    await run.at("21:03", 22)
    devices.carrier = True
    await run.at("21:30", 22)
    devices.silent.add("so-thong-tin-va-truyen-thong")
    await run.at("21:33", 22)
    devices.silent.discard("so-thong-tin-va-truyen-thong")

    await run.at("23:00", 22)
    assert not await run.daemon.reload()
    await run.at("03:00")  # cut while its weekly work is over and nobody is there to take it on
    devices.silent.add("huyen-uy-dong-van")
    await run.at("04:10")
    devices.silent.discard("huyen-uy-dong-van")
    await run.at("05:50")
    devices.carrier = False
    await run.at("05:56:02")


async def monday(run: Run) -> None:
    """Monday, 06:05 to 16:40: two meetings with checks, ticks and seals, and what stays open at the end."""
    devices, operations = run.devices, run.daemon.operations
    devices.carrier = True
    await run.at("07:05")
    devices.silent.discard("dc-xa-khau-vai")
    await run.at("07:20")
    await run.tick("dc-xa-lung-cu", "Kỹ thuật xã Lũng Cú")
    await run.tick("dc-xa-khau-vai", "Kỹ thuật xã Khâu Vai", "micro rè", is_good=False)
    await run.at("07:40")
    devices.silent.add("xa-ma-le")
    await run.at("07:52")
    await run.tick("dc-xa-khau-vai", "Kỹ thuật xã Khâu Vai", "đã thay micro")
    await run.at("08:15")
    devices.silent.discard("xa-ma-le")
    await run.at("08:30")  # drops out of the meeting and comes back
    devices.silent.add("xa-lung-cu")
    await run.at("08:34")
    await operations.acknowledge("xa-lung-cu", "Ca sáng", "")
    await run.at("08:50")
    devices.silent.discard("xa-lung-cu")
    await run.at("10:30")
    devices.silent.add("dc-xa-khau-vai")

    await run.at("11:00")
    devices.silent.add("huyen-uy-dong-van")
    await run.at("11:10")
    await operations.acknowledge("huyen-uy-dong-van", "Ca sáng", "điện lực báo cắt điện đến tối")
    await run.at("13:05")
    await operations.acknowledge("huyen-uy-dong-van", "Ca chiều", "điện lực hẹn 19:00")
    await run.at("13:50")
    await run.tick("dc-xa-lung-cu", "Kỹ thuật xã Lũng Cú", meeting=WEEKLY)
    await run.at("14:00")
    devices.misdeeds["ubnd-huyen-dong-van"] = Misdeed(Deed.WRONG_ID, MappingProxyType({"asked": 7, "answered": 9}))

    await run.at("15:00")
    await operations.announce(["xa-lung-cu"], "4h", "", "chuyển sang cáp quang", "VNPT")
    await operations.announce(["area:huyen-meo-vac", "dc-xa-lung-cu"], "2h", "2026-11-24T01:00", "nâng cấp tuyến", "VNPT")
    await run.at("15:10")
    devices.silent.add("xa-lung-cu")
    await run.at("15:50")
    devices.silent.add("ubnd-huyen-meo-vac")
    await run.at("15:54")
    await operations.acknowledge("ubnd-huyen-meo-vac", "Ca chiều", "đã gọi trực ca nhà mạng")
    await run.at("16:05")
    devices.silent.add("xa-ma-le")
    await run.at("16:10")
    await operations.acknowledge("xa-ma-le", "Ca chiều", "")
    await run.at("16:12")
    await operations.withdraw("xa-ma-le", "Ca chiều")
    devices.losing["so-thong-tin-va-truyen-thong"] = 15
    await run.at("16:40:02")
