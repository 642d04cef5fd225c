"""Run the daemon: poll everything, judge it, and serve metrics, the API and the pages."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from monitor.background import BackgroundTasks
from monitor.cli.parser import Parser
from monitor.cli.probers import open_probers
from monitor.cli.program import start_log
from monitor.errors import left_out_first
from monitor.journal.journal import Journal
from monitor.journal.store import Store
from monitor.load.configuration import Configuration, find_folder, load
from monitor.probes.guard import ensure_permitted
from monitor.probes.netlink import OwnLink
from monitor.probes.trace import Tracer
from monitor.service.daemon import Daemon
from monitor.service.history import History
from monitor.service.live_source import LiveSource
from monitor.service.meetings.loads import Loads
from monitor.service.meetings.watch import MeetingWatch
from monitor.service.process import (
    ServiceManager,
    SystemClock,
    ensure_files,
    let_the_loop_in,
    on_signals,
    open_listener,
    passed_listeners,
    spare_what_stays,
)
from monitor.service.self_monitor import LoopHolder, SelfMonitor
from monitor.service.specs import addresses_asked
from monitor.service.web_process import WebProcess

log = logging.getLogger(__name__)

_SERVED_WITHIN_S = 30.0
"""How long the start waits for the faces; it is complete without them too, or systemd would end the poller for their sake."""

_NEXT_WORD_WITHIN_S = 120.0
"""While the journal is brought into a new form: a batch takes well under a second, a copy's step on a slow disk a few."""


def add_arguments(parser: Parser) -> None:
    parser.add_config()
    parser.add_language()
    parser.add_argument("--listen", metavar="HOST:PORT", help=parser.say("listen"))
    parser.add_argument("--meetings", metavar="FILE", help=parser.say("schedule"))
    parser.add_argument("--journal", metavar="URL", help=parser.say("journal"))


def execute(arguments: argparse.Namespace) -> int:
    start_log()
    ensure_files()
    folder = find_folder(arguments.config)

    def read() -> Configuration:
        configuration = load(folder, meetings=Path(arguments.meetings) if arguments.meetings else None)
        _log_notices(configuration)
        return _with_arguments(configuration, arguments)

    asyncio.run(_run(read(), read))
    return 0


def _log_notices(configuration: Configuration) -> None:
    """Say in one line how much of the calendars is left out; /meetings and `monitor meetings check` tell what and why."""
    notices = configuration.meetings.notices
    ordered, left_out = left_out_first(notices)
    if left_out:
        log.warning(
            "calendars: %d events or parts left out, %d more notes; the first: %s",
            left_out,
            len(notices) - left_out,
            ordered[0].fault,
        )
    elif notices:
        log.info("calendars: all taken, %d notes", len(notices))


def _with_arguments(configuration: Configuration, arguments: argparse.Namespace) -> Configuration:
    given = {name: getattr(arguments, name) for name in ("listen", "journal", "language")}
    changed = {name: value for name, value in given.items() if value is not None}
    return replace(configuration, settings=replace(configuration.settings, **changed))


def _permit(configuration: Configuration) -> None:
    """Run the guard over everything that the configuration would send to."""
    ensure_permitted(configuration.inventory.network.addresses, addresses_asked(configuration))


def root_first(configuration: Configuration) -> Iterator[str]:
    """Yield every address that is sent to, the root's first: the link that leads there is the one to be watched."""
    inventory = configuration.inventory
    if inventory.root in inventory.targets:
        yield inventory.targets[inventory.root].address
    yield from addresses_asked(configuration)


async def _run(configuration: Configuration, read: Callable[[], Configuration]) -> None:
    """Open everything in the order in which it depends on each other, run, and close it in the opposite order."""
    for warning in configuration.warnings:
        log.warning("%s", warning)
    _permit(configuration)
    listeners = passed_listeners(os.environ) or [open_listener(configuration.settings.listen)]
    async with contextlib.AsyncExitStack() as stack:
        daemon, source, self_monitor, meetings = await compose_daemon(configuration, read, stack)
        web = start_web_process(source, meetings, listeners, stack)
        await _live(daemon, self_monitor, meetings, web, listeners)


def open_store(url: str, manager: ServiceManager) -> Store:
    """Return the journal's database; the service manager is told how far it is being brought into a new form. Raises SetupError."""

    def at_work(done: int, lines: int) -> None:
        manager.still_starting(f"turning the journal into codes: {done} of {lines} lines", _NEXT_WORD_WITHIN_S)

    return Store(url, at_work)


async def compose_daemon(
    configuration: Configuration,
    read: Callable[[], Configuration],
    stack: contextlib.AsyncExitStack,
) -> tuple[Daemon, LiveSource, SelfMonitor, MeetingWatch]:
    """Return the daemon, not yet at work, what the faces read of it, what watches its own side, and what watches the meetings.

    The stack closes it all.

    read: loads the configuration anew, for a reload. The guard was run over the configuration before. Raises SetupError.
    """
    settings, clock = configuration.settings, SystemClock()
    journal = Journal(await asyncio.to_thread(open_store, settings.journal, ServiceManager(os.environ)))
    stack.callback(journal.close)
    history = stack.enter_context(History().kept_beside(settings.journal))
    loads = stack.enter_context(Loads().kept_beside(settings.journal))
    probers = await open_probers(settings, clock, stack)
    log.info(probers.icmp.describe())
    tracer = Tracer()
    stack.callback(tracer.close)
    daemon = Daemon(
        configuration,
        reload_from=read,
        permit=_permit,
        journal=journal,
        history=history,
        probers=probers.by_probe,
        trace=tracer.trace,
        receive_drops=lambda: probers.receive_drops,
        drain_unsolicited=probers.snmp.drain_unsolicited,
        clock=clock,
    )
    meetings = MeetingWatch(
        daemon.board,
        journal,
        clock,
        daemon.samples,
        loads,
        ask=daemon.poller.poll,
        configuration=lambda: daemon.configuration,
        windows=daemon.operations.windows,
    )
    daemon.clock.on_step(meetings.clock_stepped)
    holder = stack.enter_context(LoopHolder())
    self_monitor = SelfMonitor(
        daemon.clock,
        probers.icmp,
        OwnLink(root_first(configuration)).look,
        tick=holder.tick,
        name_holder=holder.name_holder,
        report=daemon.see_own_side,
        see_lag=daemon.own.see_loop_lag,
    )
    spare_what_stays()
    let_the_loop_in()
    return daemon, LiveSource(daemon, probers.snmp.agent_limits), self_monitor, meetings


def start_web_process(
    source: LiveSource, meetings: MeetingWatch, listeners: list[socket.socket], stack: contextlib.AsyncExitStack
) -> WebProcess:
    """Start the process that visitors meet and keep it alive; it serves soon. The stack ends it."""
    web = WebProcess(source, meetings, listeners)
    serving = BackgroundTasks("what keeps the process of the faces alive")
    serving.start(web.run())
    stack.push_async_callback(serving.end)
    return web


async def _live(
    daemon: Daemon, self_monitor: SelfMonitor, meetings: MeetingWatch, web: WebProcess, listeners: list[socket.socket]
) -> None:
    manager, ended = ServiceManager(os.environ), asyncio.Event()
    tasks = BackgroundTasks("a background task of `monitor run`")

    async def reload() -> None:
        manager.reloading()
        await daemon.reload()
        manager.ready(_status(daemon))

    on_signals(asyncio.get_running_loop(), ended.set, lambda: tasks.start(reload()))
    async with daemon.running(), meetings.running():
        for work in (self_monitor.run(), _pat(manager), _tell_when_served(web, listeners, manager, daemon)):
            tasks.start(work)
        await ended.wait()
        log.info("ending")
        manager.stopping()
        await tasks.end()


async def _tell_when_served(web: WebProcess, listeners: list[socket.socket], manager: ServiceManager, daemon: Daemon) -> None:
    try:
        await asyncio.wait_for(web.serving.wait(), _SERVED_WITHIN_S)
    except TimeoutError:
        log.error("nobody serves pages and /metrics yet; polling goes on")
    for listener in listeners:
        log.info("serving on http://%s:%s", *listener.getsockname()[:2])
    manager.ready(_status(daemon))


def _status(daemon: Daemon) -> str:
    return f"{len(daemon.configuration.inventory.targets)} targets"


async def _pat(manager: ServiceManager) -> None:
    """Pat the watchdog from the loop: a loop that hangs is one that systemd should restart."""
    while manager.watchdog_s:
        manager.alive()
        await asyncio.sleep(manager.watchdog_s)
