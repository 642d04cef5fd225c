"""The daemon as the benchmarks run it: as `monitor run` composes it.

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

from monitor.cli.program import start_log
from monitor.cli.run import compose_daemon, start_web_process
from monitor.load.configuration import load
from monitor.probes.guard import ensure_permitted
from monitor.service.process import open_listener
from monitor.service.specs import addresses_asked, turns


async def run(folder: Path, *, is_burst: bool) -> None:
    """Watch what the folder says until stdin ends."""
    configuration = load(folder)
    ensure_permitted(configuration.inventory.network.addresses, addresses_asked(configuration))
    settings = configuration.settings
    async with contextlib.AsyncExitStack() as stack:
        daemon, source, self_monitor, meetings = await compose_daemon(configuration, lambda: load(folder), stack)
        web = start_web_process(source, meetings, [open_listener(settings.listen)], stack)
        async with daemon.running():
            if is_burst:
                timetable = turns(configuration.inventory, settings, configuration.profiles)
                daemon.poller.replace([replace(turn, offset_s=0.0) for turn in timetable])
            watching = asyncio.create_task(self_monitor.run())
            await web.serving.wait()
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
