"""The poller's end: answers what the web process asks, and sends it what changed since it asked last."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from monitor.background import BackgroundTasks
from monitor.errors import LOG, Notice
from monitor.export.remote.channel import PeerChannel
from monitor.export.remote.codec import LONGEST_CALL, MessageKind, PackedSnapshot, SnapshotUpdate, pack, pack_inventory, unpack_call
from monitor.export.source import Meetings, RefusedError, Source
from monitor.model.inventory import Inventory
from monitor.model.meeting import Confirmation, MeetingView
from monitor.model.settings import Settings
from monitor.model.state import Snapshot, TargetView

log = logging.getLogger(__name__)

_NO_SECRETS: Mapping[str, Any] = MappingProxyType({})
_CHANGES = ("acknowledge", "withdraw", "announce", "end", "confirm", "reload")
MOST_CALLS = 1_000
"""At once; admission lets in a tenth of that."""
FINISH_S = 2.0
"""How long the end waits for changes under way: a commit takes a second at the longest."""


class Differ:
    """Knows what the other side has, and says what is another now; by identity, for what is unchanged stays the same object.

    number: of the picture that was told last.
    """

    def __init__(self, number: int = 0) -> None:
        self.number = number
        self._inventory: Inventory | None = None
        self._settings: Settings | None = None
        self._views: Mapping[str, TargetView] = {}
        self._told: Snapshot | None = None
        self._meetings: dict[str, MeetingView] = {}
        self._notices: Sequence[Notice] | None = None

    def packed(
        self,
        snapshot: Snapshot,
        settings: Settings,
        meetings: Sequence[MeetingView],
        notices: Sequence[Notice] = (),
        *,
        is_ready: bool,
    ) -> PackedSnapshot:
        """Return what changed since the last call, without credentials: what the web process doesn't have, nobody takes from it."""
        before, self._told = self._told, snapshot
        is_other = snapshot.inventory is not self._inventory
        known = {} if is_other else self._views
        views = {id_: view for id_, view in snapshot.views.items() if known.get(id_) is not view}
        changed = [view for view in meetings if self._meetings.get(view.meeting.id) is not view]
        update = SnapshotUpdate(
            at=snapshot.at,
            generation=snapshot.generation,
            blind=snapshot.blind,
            last_round_at=snapshot.last_round_at,
            fresh=snapshot.fresh,
            is_ready=is_ready,
            settings=None if settings is self._settings else replace(settings, credentials=_NO_SECRETS, logins=_NO_SECRETS),
            views=views,
            root_causes=None if before is not None and before.root_causes is snapshot.root_causes else snapshot.root_causes,
            changes=None if before is not None and before.changes == snapshot.changes else snapshot.changes,
            complaints=None if before is not None and before.complaints == snapshot.complaints else dict(snapshot.complaints),
            shown=tuple(view.meeting.id for view in meetings),
            meetings=changed,
            notices=None if notices is self._notices else notices,
        )
        inventory = pack_inventory(snapshot.inventory) if is_other else None
        self._inventory, self._settings, self._views = snapshot.inventory, settings, snapshot.views
        self._meetings, self._notices = {view.meeting.id: view for view in meetings}, notices
        self.number += 1
        return PackedSnapshot(self.number, inventory, pack(update))


class PollerSide:
    """Serves one channel until its other end is gone."""

    def __init__(
        self, source: Source, meetings: Meetings, channel: PeerChannel, *, serving: Callable[[], None] = lambda: None
    ) -> None:
        """serving is called once the other side says that it takes visitors."""
        self._source = source
        self._meetings = meetings
        self._channel = channel
        self._differ = Differ()
        self._answering = BackgroundTasks("an answer to the faces")
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._has_news = False
        self._serving = serving
        self._calls = self._answered()
        self.messages = 0
        """How many came from the other side, ever."""

    async def run(self) -> None:
        """Answer until the other side is gone; what it asked for and nobody waits for any more is ended."""
        ends = (self._source.subscribe(self._published), self._meetings.subscribe(self._published))
        try:
            async for kind, call, body in self._channel.messages(LONGEST_CALL):
                self.messages += 1
                self._receive(kind, call, body)
        except ValueError as error:
            log.error("the process of the faces sends what is no message: %s", error)
        finally:
            for end in ends:
                end()
            self._channel.close()
            for call in tuple(self._tasks):
                self._give_up(call)
            if self._tasks:
                await asyncio.wait(self._tasks.values(), timeout=FINISH_S)

    def end(self) -> None:
        self._channel.close()

    def _published(self, _: object) -> None:
        """Tell once that there is news, and then not again before it was fetched."""
        if not self._has_news:
            self._has_news = True
            self._channel.send(MessageKind.NEWS, 0)

    def _receive(self, kind: MessageKind, call: int, body: bytes) -> None:
        if kind is MessageKind.CANCEL:
            self._give_up(call)
            return
        name, arguments = unpack_call(body)
        if len(self._tasks) >= MOST_CALLS:
            raise ValueError(f"more than {MOST_CALLS} calls at once")
        task = self._tasks[call] = self._answering.start(self._answer(call, name, arguments), name)
        task.add_done_callback(lambda _: self._tasks.pop(call, None))

    def _give_up(self, call: int) -> None:
        """End what nobody waits for any more; a change is brought to its end, or the journal would hold half of it."""
        task = self._tasks.get(call)
        if task is not None and task.get_name() not in _CHANGES:
            task.cancel()

    async def _answer(self, call: int, name: str, arguments: Mapping[str, Any]) -> None:
        try:
            answer = pack(await self._calls[name](call, **arguments))
        except RefusedError as error:
            self._channel.send(MessageKind.ERROR, call, pack(("refused", error.code, error.answer_in(LOG))))
        except ValueError as error:
            self._channel.send(MessageKind.ERROR, call, pack(("value", str(error), {})))
        except Exception as error:  # whatever it is, the other side must not wait for an answer that never comes
            log.exception("%s: what the faces asked for failed", name)
            self._channel.send(MessageKind.ERROR, call, pack(("failed", f"{type(error).__name__}: {error}", {})))
        else:
            self._channel.send(MessageKind.RESULT, call, answer)

    def _answered(self) -> Mapping[str, Callable[..., Awaitable[object]]]:
        source, operations, meetings = self._source, self._source.operations, self._meetings
        return {
            "serving": self._serves,
            "alive": self._is_alive,
            "fresh": self._fresh,
            "poll": self._poll,
            "check": self._check,
            "confirm": self._confirm,
            "history": _plain(source.history),
            "agent_limits": _plain(source.agent_limits),
            "own_metrics": _plain(source.own_metrics),
            "reload": _plain(source.reload),
            "acknowledge": _plain(operations.acknowledge),
            "withdraw": _plain(operations.withdraw),
            "works": _plain(operations.works),
            "announce": _plain(operations.announce),
            "end": _plain(operations.end),
            "sealed": lambda _, meeting: meetings.sealed(meeting),
        }

    async def _serves(self, _: int) -> None:
        self._serving()

    async def _is_alive(self, _: int) -> None:
        """Do nothing: that it asks tells that it lives, which run() counts."""

    async def _fresh(self, _: int, taken: int) -> PackedSnapshot:
        """Return what changed since a picture that the other side took; all of it where that is not the one that was told last."""
        self._has_news = False
        if taken != self._differ.number:
            self._differ = Differ(self._differ.number)
        snapshot = await self._source.fresh()
        meetings, notices = self._meetings.meetings(), self._meetings.calendar_notices()
        return self._differ.packed(snapshot, self._source.settings, meetings, notices, is_ready=self._source.is_ready())

    async def _poll(self, call: int, ids: Sequence[str]) -> None:
        asked, readings = await self._source.poll(ids)
        self._channel.send(MessageKind.ITEM, call, pack(asked))
        async for reading in readings:
            self._channel.send(MessageKind.ITEM, call, pack(reading))

    async def _check(self, call: int, meeting: str) -> MeetingView | None:
        return await self._meetings.check(meeting, lambda done, of: self._channel.send(MessageKind.ITEM, call, pack((done, of))))

    async def _confirm(self, _: int, meeting: str, endpoint: str, confirmation: Mapping[str, Any]) -> MeetingView | None:
        return await self._meetings.confirm(meeting, endpoint, Confirmation(**confirmation))


def _plain(called: Callable[..., Awaitable[object]]) -> Callable[..., Awaitable[object]]:
    """Return a call that answers once and needs not know which call it is."""
    return lambda _, **arguments: called(**arguments)
