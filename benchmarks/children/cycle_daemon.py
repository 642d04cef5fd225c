"""The daemon as the benchmarks run it: the product's own parts, joined as cli/run.py joins them.

  python -m benchmarks.children.cycle_daemon DIR          every target at its usual place in the interval
  python -m benchmarks.children.cycle_daemon DIR burst    all of a round at once

Beside the burst, which no configuration asks for, nothing differs from `monitor run`. It says so when it polls, and ends with its
stdin.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from dataclasses import replace
from pathlib import Path

from aiohttp import web

from monitor.cli.options import start_log
from monitor.cli.probers import open_probers
from monitor.cli.run import root_first
from monitor.export.http import make_app
from monitor.journal.journal import Journal
from monitor.journal.store import Store
from monitor.load.configuration import load
from monitor.probes.guard import ensure_permitted
from monitor.probes.own_side import OwnLink
from monitor.probes.trace import Tracer
from monitor.service.clock import SystemClock
from monitor.service.daemon import Daemon
from monitor.service.garbage import spare_what_stays
from monitor.service.history import History, history_file
from monitor.service.process import open_listener
from monitor.service.specs import turns
from monitor.service.watch import Watch


async def run(folder: Path, *, is_burst: bool) -> None:
    """Watch what the folder says until stdin ends."""
    configuration = load(folder)
    ensure_permitted(configuration.inventory.network.addresses, root_first(configuration))
    settings, clock = configuration.settings, SystemClock()
    listener = open_listener(settings.listen)
    async with contextlib.AsyncExitStack() as stack:
        journal = Journal(await asyncio.to_thread(Store, settings.journal))
        stack.callback(journal.close)
        history = stack.enter_context(History().kept_in(history_file(settings.journal)))
        probers = await open_probers(settings.credentials.values(), clock, stack)
        tracer = Tracer()
        stack.callback(tracer.close)
        daemon = Daemon(
            configuration,
            reload_from=lambda: load(folder),
            permit=lambda fresh: None,
            journal=journal,
            history=history,
            probers=probers.by_probe,
            trace=tracer.trace,
            receive_drops=lambda: probers.receive_drops,
            clock=clock,
        )
        link = OwnLink(root_first(configuration))
        watch = Watch(clock, probers.icmp, link.look, report=daemon.see_own_side, stepped=daemon.clock_stepped)
        runner = web.AppRunner(make_app(daemon, daemon.own), access_log=None, shutdown_timeout=2)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.SockSite(runner, listener).start()
        spare_what_stays()
        async with daemon.running():
            if is_burst:
                timetable = turns(configuration.inventory, settings, configuration.profiles)
                daemon.poller.replace([replace(turn, offset_s=0.0) for turn in timetable])
            watching = asyncio.create_task(watch.run())
            await _stdin_ended()
            watching.cancel()


async def _stdin_ended() -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    print("ready", flush=True)
    await reader.read()


def main() -> None:
    """Run it."""
    start_log()
    asyncio.run(run(Path(sys.argv[1]), is_burst="burst" in sys.argv[2:]))


if __name__ == "__main__":
    main()
