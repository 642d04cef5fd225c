"""What the faces read of a running daemon: the Source (export/source.py) of every page, metric and stream."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace

from monitor.errors import Fault
from monitor.journal.rows import Entry
from monitor.model.agent_limits import AgentLimits
from monitor.model.day_series import Day
from monitor.model.reading import Reading
from monitor.model.settings import Settings
from monitor.model.state import Snapshot
from monitor.service.daemon import Daemon


class LiveSource:
    """The Source of a daemon in this process, whose picture is always that of now.

    agent_limits tells what was learned of how a target's agent wants to be asked.
    """

    def __init__(self, daemon: Daemon, agent_limits: Callable[[str], AgentLimits | None] = lambda _: None) -> None:
        self.operations = daemon.operations
        self._daemon = daemon
        self._agent_limits = agent_limits

    @property
    def settings(self) -> Settings:
        return self._daemon.configuration.settings

    def snapshot(self) -> Snapshot:
        return replace(self._daemon.board.snapshot(), complaints=self._daemon.agent_faults.open)

    async def fresh(self) -> Snapshot:
        return self.snapshot()

    def subscribe(self, callback: Callable[[Snapshot], None]) -> Callable[[], None]:
        return self._daemon.board.subscribe(callback)

    async def events(self, since: float | None, limit: int, target: str | None = None) -> Sequence[Entry]:
        return await self._daemon.journal.events(since, limit, target)

    async def history(self, target: str) -> Day | None:
        return self._daemon.history.day(target, self._daemon.clock.wall())

    async def reload(self) -> Sequence[Fault]:
        return await self._daemon.reload()

    async def poll(self, ids: Sequence[str]) -> tuple[int, AsyncIterator[Reading]]:
        return self._daemon.poller.poll(ids)

    async def agent_limits(self, target: str) -> AgentLimits | None:
        return self._agent_limits(target)

    async def own_metrics(self, *, is_openmetrics: bool) -> str:
        self._daemon.own.see(self.snapshot())
        return self._daemon.own.render(is_openmetrics=is_openmetrics)

    def is_ready(self) -> bool:
        return self._daemon.is_ready
