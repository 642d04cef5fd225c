"""The web process' end: the poller's picture, kept here as it was told last, and everything else asked for over the socket."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import asdict, replace
from typing import Any, TypeVar, cast

from monitor.background import BackgroundTasks
from monitor.errors import Fault, Notice
from monitor.export.remote.channel import PeerChannel
from monitor.export.remote.codec import LONGEST_ANSWER, MessageKind, PackedSnapshot, SnapshotUpdate, Unpacker, pack_call
from monitor.export.source import RefusedError, SilentError
from monitor.model.agent_limits import AgentLimits
from monitor.model.day_series import Day
from monitor.model.meeting import Confirmation, MeetingView
from monitor.model.reading import Reading
from monitor.model.settings import Settings
from monitor.model.state import Acknowledgement, AnnouncedWork, Event, Snapshot, Transition

ANSWER_S = 5.0
"""How long the poller may take for what it has at hand; it answers within milliseconds, or it stands still."""
LONG_ANSWER_S = 120.0
"""For what takes its time: a configuration that is loaded anew, the steps of a poll or a check."""
ALIVE_EVERY_S = 5.0
FRESH_S = 0.25
"""So old may a picture be that is given out as of now: many visitors at once are one question."""

Events = Callable[[float | None, int, str | None], Awaitable[Sequence[Transition | Event]]]
_END = (MessageKind.RESULT, MessageKind.ERROR)
_ONLY_READ = ("serving", "alive", "fresh", "history", "agent_limits", "own_metrics", "works", "sealed")
_Callback = TypeVar("_Callback")


class _Calls:
    """Questions under way on one channel. has_news: the picture that was fetched last is no longer that of now."""

    def __init__(self, channel: PeerChannel, answer_s: float) -> None:
        self._answer_s = answer_s
        self._channel = channel
        self._is_gone = False
        self._open: dict[int, asyncio.Queue[tuple[MessageKind, bytes] | None]] = {}
        self._last = 0
        self.has_news = True
        self.unpacker = Unpacker()

    def deliver(self, kind: MessageKind, call: int, body: bytes) -> None:
        """Hand on what came for a call that somebody waits for."""
        if (waiting := self._open.get(call)) is not None:
            waiting.put_nowait((kind, body))

    def end_all(self) -> None:
        """End every wait: nobody will answer any more."""
        self._is_gone = True
        for waiting in self._open.values():
            waiting.put_nowait(None)

    async def steps(
        self, name: str, within_s: float, arguments: Mapping[str, object]
    ) -> AsyncGenerator[tuple[MessageKind, Any], None]:
        """Ask, and yield what comes, its result last. within_s: for each step. Raises SilentError, or what the poller refused."""
        if self._is_gone:
            raise SilentError("it is gone")
        self._last += 1
        call, answers = self._last, asyncio.Queue[tuple[MessageKind, bytes] | None]()
        self._open[call] = answers
        self._channel.send(MessageKind.CALL, call, pack_call(name, arguments))
        is_over = False
        try:
            while not is_over:
                kind, value = await self._step(name, answers, within_s)
                is_over = kind in _END
                yield kind, value
        finally:
            del self._open[call]
            self.has_news = self.has_news or name not in _ONLY_READ
            if not is_over:
                self._channel.send(MessageKind.CANCEL, call)

    async def _step(
        self, name: str, answers: asyncio.Queue[tuple[MessageKind, bytes] | None], within_s: float
    ) -> tuple[MessageKind, Any]:
        try:
            answer = await asyncio.wait_for(answers.get(), within_s)
        except TimeoutError:
            raise SilentError(f"no answer to {name} within {within_s:g} s") from None
        if answer is None:
            raise SilentError("it is gone")
        kind, body = answer
        value = self.unpacker.unpack(body)
        if kind is MessageKind.ERROR:
            _fail(*value)
        return kind, value

    async def ask(self, name: str, *, within_s: float | None = None, **arguments: object) -> Any:
        """Ask, and return the answer. within_s: that of every call where it is left out."""
        async with aclosing(self.steps(name, self._answer_s if within_s is None else within_s, arguments)) as steps:
            async for kind, value in steps:
                if kind is MessageKind.RESULT:
                    return value
        raise SilentError(f"no answer to {name}")


def _fail(how: str, text: str, answer: Mapping[str, Any]) -> None:
    if how == "refused":
        raise RefusedError.answered(answer)
    raise ValueError(text) if how == "value" else RuntimeError(text)


class RemoteSource:
    """A Source, its Operations and its Meetings, of a poller in another process.

    Events are read from the journal, beside the poller. Nothing is known before fresh() has brought the first picture.
    """

    def __init__(self, channel: PeerChannel, *, answer_s: float = ANSWER_S, fresh_s: float = FRESH_S) -> None:
        """answer_s: how long the poller may take for what it has at hand before it counts as silent. fresh_s: see FRESH_S."""
        self._channel = channel
        self._calls = _Calls(channel, answer_s)
        self._fresh_s = fresh_s
        self._settings = Settings()
        self._snapshot: Snapshot | None = None
        self._is_ready = False
        self._views: dict[str, MeetingView] = {}
        self._shown: tuple[str, ...] = ()
        self._notices: Sequence[Notice] = ()
        self._asked_s = float("-inf")
        self._taken = 0
        self._background = BackgroundTasks("what tells the poller that we live")
        self._fetching: asyncio.Task[Snapshot] | None = None
        self._due: asyncio.TimerHandle | None = None
        self._listeners: list[Callable[[Snapshot], None]] = []
        self._of_meetings: list[Callable[[MeetingView], None]] = []
        self._events: Events | None = None
        self.operations = RemoteOperations(self._calls)
        self.meetings = RemoteMeetings(self._calls, self._meetings_shown, lambda: self._notices, self._of_meetings)

    async def run(self) -> None:
        alive = self._background.start(self._say_alive())
        try:
            async for kind, call, body in self._channel.messages(LONGEST_ANSWER):
                if kind is MessageKind.NEWS:
                    self._calls.has_news = True
                    self._fetch_for_listeners()
                else:
                    self._calls.deliver(kind, call, body)
        finally:
            alive.cancel()
            self._calls.end_all()

    async def _say_alive(self) -> None:
        """Speak every few seconds whatever is asked: a web process that hangs is one to be ended."""
        while True:
            await asyncio.sleep(ALIVE_EVERY_S)
            with contextlib.suppress(SilentError):
                await self._calls.ask("alive")

    def read_events_by(self, events: Events) -> None:
        self._events = events

    async def serving(self) -> None:
        await self._calls.ask("serving")

    # Source

    @property
    def settings(self) -> Settings:
        return self._settings

    def snapshot(self) -> Snapshot:
        assert self._snapshot is not None, "nothing is shown before the first picture"
        return self._snapshot

    def is_ready(self) -> bool:
        return self._is_ready

    async def fresh(self) -> Snapshot:
        """Return the picture of now; who asks while it is being fetched gets that one."""
        is_recent = not self._calls.has_news and time.monotonic() - self._asked_s < self._fresh_s
        return self._snapshot if is_recent and self._snapshot is not None else await asyncio.shield(self._fetch())

    def _fetch(self) -> asyncio.Task[Snapshot]:
        if self._fetching is None:
            self._fetching = asyncio.get_running_loop().create_task(self._bring())
            self._fetching.add_done_callback(self._fetched)
        return self._fetching

    def _fetched(self, task: asyncio.Task[Snapshot]) -> None:
        self._fetching = None
        if not task.cancelled() and task.exception() is None:  # whoever waited has an exception; without news none is asked again
            self._fetch_for_listeners()

    def _fetch_for_listeners(self) -> None:
        """Fetch what is new where somebody listens, no more often than pictures are good for."""
        if self._calls.has_news and (self._listeners or self._of_meetings) and self._fetching is None and self._due is None:
            loop = asyncio.get_running_loop()
            wait_s = max(0.0, self._asked_s + self._fresh_s - time.monotonic())
            self._due = loop.call_later(wait_s, self._fetch_now)

    def _fetch_now(self) -> None:
        self._due = None
        self._fetch()

    async def _bring(self) -> Snapshot:
        asked_s, self._calls.has_news = time.monotonic(), False
        try:
            picture: PackedSnapshot = await self._calls.ask("fresh", taken=self._taken)
            snapshot = self._unpack(picture)
        except BaseException:
            self._calls.has_news = True
            raise
        self._asked_s, self._taken = asked_s, picture.number
        return snapshot

    def _unpack(self, picture: PackedSnapshot) -> Snapshot:
        unpacker = self._calls.unpacker
        if picture.inventory is not None:
            unpacker.inventory = unpacker.unpack(picture.inventory)
        update: SnapshotUpdate = unpacker.unpack(picture.update)
        assert unpacker.inventory is not None
        old = self._snapshot or Snapshot(0, 0.0, unpacker.inventory, {})
        # Another inventory comes with all its views.
        views = update.views if picture.inventory is not None else {**old.views, **update.views}
        self._snapshot = replace(
            old,
            generation=update.generation,
            at=update.at,
            inventory=unpacker.inventory,
            views=views,
            root_causes=old.root_causes if update.root_causes is None else update.root_causes,
            changes=old.changes if update.changes is None else update.changes,
            blind=update.blind,
            last_round_at=update.last_round_at,
            fresh=update.fresh,
            complaints=old.complaints if update.complaints is None else update.complaints,
        )
        self._settings, self._is_ready = update.settings or self._settings, update.is_ready
        self._notices = self._notices if update.notices is None else update.notices
        known = self._views | {view.meeting.id: view for view in update.meetings}
        self._shown, self._views = update.shown, {id_: known[id_] for id_ in update.shown}
        self._call_back(self._snapshot, old.generation, update.meetings)
        return self._snapshot

    def _call_back(self, snapshot: Snapshot, generation: int, meetings: Sequence[MeetingView]) -> None:
        if snapshot.generation != generation:
            for listener in tuple(self._listeners):
                listener(snapshot)
        for view in meetings:
            for callback in tuple(self._of_meetings):
                callback(view)

    def subscribe(self, callback: Callable[[Snapshot], None]) -> Callable[[], None]:
        return _joined(self._listeners, callback)

    async def events(self, since: float | None, limit: int, target: str | None = None) -> Sequence[Transition | Event]:
        assert self._events is not None
        return await self._events(since, limit, target)

    async def history(self, target: str) -> Day | None:
        return cast("Day | None", await self._calls.ask("history", target=target))

    async def agent_limits(self, target: str) -> AgentLimits | None:
        return cast("AgentLimits | None", await self._calls.ask("agent_limits", target=target))

    async def own_metrics(self, *, is_openmetrics: bool) -> str:
        return cast("str", await self._calls.ask("own_metrics", is_openmetrics=is_openmetrics))

    async def reload(self) -> Sequence[Fault]:
        return cast("Sequence[Fault]", await self._calls.ask("reload", within_s=LONG_ANSWER_S))

    async def poll(self, ids: Sequence[str]) -> tuple[int, AsyncIterator[Reading]]:
        """Probe targets now; who stops reading ends the poll."""
        steps = self._calls.steps("poll", LONG_ANSWER_S, {"ids": list(ids)})
        _, asked = await anext(steps)
        return asked, _items(steps)

    def _meetings_shown(self) -> Sequence[MeetingView]:
        return [self._views[id_] for id_ in self._shown]


class RemoteOperations:
    """Where operators are heard, over the socket."""

    def __init__(self, calls: _Calls) -> None:
        self._calls = calls

    async def acknowledge(self, target: str, by: str, note: str) -> Acknowledgement:
        return cast("Acknowledgement", await self._calls.ask("acknowledge", target=target, by=by, note=note))

    async def withdraw(self, target: str, by: str) -> None:
        await self._calls.ask("withdraw", target=target, by=by)

    async def works(self) -> Sequence[AnnouncedWork]:
        return cast("Sequence[AnnouncedWork]", await self._calls.ask("works"))

    async def announce(self, covers: Sequence[str], lasts: str, start: str, reason: str, by: str) -> AnnouncedWork:
        return cast(
            "AnnouncedWork", await self._calls.ask("announce", covers=list(covers), lasts=lasts, start=start, reason=reason, by=by)
        )

    async def end(self, work: str, by: str) -> AnnouncedWork:
        return cast("AnnouncedWork", await self._calls.ask("end", work=work, by=by))


class RemoteMeetings:
    """The meetings that the poller's watch keeps, over the socket."""

    def __init__(
        self,
        calls: _Calls,
        shown: Callable[[], Sequence[MeetingView]],
        notices: Callable[[], Sequence[Notice]],
        listeners: list[Callable[[MeetingView], None]],
    ) -> None:
        self._calls = calls
        self._shown = shown
        self.calendar_notices = notices
        self._listeners = listeners

    def meetings(self) -> Sequence[MeetingView]:
        return self._shown()

    def subscribe(self, callback: Callable[[MeetingView], None]) -> Callable[[], None]:
        return _joined(self._listeners, callback)

    async def confirm(self, meeting: str, endpoint: str, confirmation: Confirmation) -> MeetingView | None:
        tick = asdict(confirmation)
        return cast("MeetingView | None", await self._calls.ask("confirm", meeting=meeting, endpoint=endpoint, confirmation=tick))

    async def check(self, meeting: str, progress: Callable[[int, int], None]) -> MeetingView | None:
        """Have a meeting checked; who stops waiting ends it."""
        found: MeetingView | None = None
        async with aclosing(self._calls.steps("check", LONG_ANSWER_S, {"meeting": meeting})) as steps:
            async for kind, value in steps:
                if kind is MessageKind.ITEM:
                    progress(*value)
                else:
                    found = value
        return found

    async def sealed(self, meeting: str) -> MeetingView | None:
        return cast("MeetingView | None", await self._calls.ask("sealed", meeting=meeting))


async def _items(steps: AsyncGenerator[tuple[MessageKind, Any], None]) -> AsyncIterator[Any]:
    async with aclosing(steps):
        async for kind, value in steps:
            if kind is MessageKind.ITEM:
                yield value


def _joined(callbacks: list[_Callback], callback: _Callback) -> Callable[[], None]:
    callbacks.append(callback)
    return lambda: callbacks.remove(callback) if callback in callbacks else None
