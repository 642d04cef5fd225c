"""What faces in another process know is what the poller has: told whole once, then by what changed."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from monitor.errors import Fault, Notice
from monitor.export.http import make_app
from monitor.export.remote.channel import PeerChannel
from monitor.export.remote.codec import LONGEST_ANSWER, MessageKind, PackedSnapshot, Unpacker, pack_call
from monitor.export.remote.poller_side import PollerSide
from monitor.export.source import NoMeetings, RefusedError, SilentError
from monitor.load.configuration import load
from monitor.model.agent_limits import AgentLimits, LearnedLimit
from monitor.model.day_series import Day
from monitor.model.meeting import Confirmation, MeetingView
from monitor.model.reading import Reading
from monitor.model.reason import Reason
from monitor.model.settings import Credential, Login, Settings
from monitor.model.state import Acknowledgement, Blindness, Snapshot, State
from monitor.words.phrase import Phrase
from tests.export import morning, sample
from tests.export.meetings import FakeMeetings
from tests.export.remote.pair import paired
from tests.export.sample import FakeSource

SHIPPED = Path(__file__).parents[3] / "config"

BAD = Fault("monitor.yaml", 1, "", "not_utf8")


def shown(snapshot: Snapshot) -> Snapshot:
    """Return a snapshot as it is shown: without the rounds that only judges read."""
    views = {
        id_: view if view.icmp is None else replace(view, icmp=replace(view.icmp, rounds_recent=()))
        for id_, view in snapshot.views.items()
    }
    return replace(snapshot, views=views)


async def test_the_picture_arrives_as_it_is_with_the_inventorys_own_targets() -> None:
    whole = morning.morning(load(SHIPPED).inventory)
    async with paired(FakeSource(whole)) as pair:
        told = await pair.remote.fresh()
        assert shown(whole) == told
        assert told is pair.remote.snapshot()
        assert all(view.target is told.inventory.targets[id_] for id_, view in told.views.items())
        assert list(whole.views) == list(told.views)


async def test_what_did_not_change_stays_the_same_object_and_what_changed_is_new() -> None:
    async with paired(FakeSource()) as pair:
        before = await pair.remote.fresh()
        pair.poller.publish(sample.with_view(pair.poller.now, "xa-1-1", state=State.DOWN, cause="xa-1-1"))
        after = await _next(pair.remote.fresh, lambda snapshot: snapshot.generation > before.generation)
        assert State.DOWN is after.views["xa-1-1"].state
        assert before.inventory is after.inventory
        assert {"xa-1-1"} == {id_ for id_ in after.views if after.views[id_] is not before.views[id_]}


async def _next(fresh: Callable[[], object], wanted: Callable[[Snapshot], bool]) -> Snapshot:
    while True:
        snapshot = await fresh()  # type: ignore[misc]
        assert isinstance(snapshot, Snapshot)
        if wanted(snapshot):
            return snapshot


async def test_a_publication_is_told_to_who_listens_without_being_asked() -> None:
    async with paired(FakeSource()) as pair:
        await pair.remote.fresh()
        heard = asyncio.Queue[Snapshot]()
        end = pair.remote.subscribe(heard.put_nowait)
        pair.poller.publish(replace(pair.poller.now, generation=2, blind=Blindness(3.0, Reason("blind_carrier", {"link": "eth0"}))))
        told = await heard.get()
        assert (2, "blind_carrier") == (told.generation, told.blind.reason.code if told.blind else "")
        end()


async def test_another_inventory_replaces_every_view() -> None:
    async with paired(FakeSource()) as pair:
        await pair.remote.fresh()
        other = sample.snapshot(load(SHIPPED).inventory, generation=2)
        pair.poller.publish(other)
        told = await _next(pair.remote.fresh, lambda snapshot: snapshot.generation == 2)
        assert shown(other) == told


async def test_faces_get_no_credential() -> None:
    secret = Settings(
        credentials={"wan": Credential("wan", "2c", community="not-told")},
        logins={"codec": Login("monitor", "not-told")},
        language="en",
    )
    async with paired(FakeSource(settings=secret)) as pair:
        await pair.remote.fresh()
        assert ({}, {}, "en") == (dict(pair.remote.settings.credentials), dict(pair.remote.settings.logins), "en")
        assert replace(secret, credentials={}, logins={}) == pair.remote.settings


async def test_what_is_asked_is_answered_by_the_poller() -> None:
    day, agent_limits = (
        Day(60.0, losses=(0.5,) * 1440),
        AgentLimits(LearnedLimit(20.0), LearnedLimit(24.0), LearnedLimit(2.0), None, None, 20, 0, 0),
    )
    poller = FakeSource(days={"xa-1-1": day}, manners={"xa-1-1": agent_limits}, faults=(BAD,))
    async with paired(poller) as pair:
        remote = pair.remote
        await remote.fresh()
        assert (day, None) == (await remote.history("xa-1-1"), await remote.history("xa-1-2"))
        assert (agent_limits, None) == (await remote.agent_limits("xa-1-1"), await remote.agent_limits("xa-1-2"))
        (fault,) = await remote.reload()
        assert (BAD, "monitor.yaml:1: không phải UTF-8; lưu tệp theo mã UTF-8") == (fault, fault.text_in("vi"))
        assert "monitor_blind 0.0" in await remote.own_metrics(is_openmetrics=False)
        taken = await remote.operations.acknowledge("xa-1-1", "Trực ca", "đã gọi VNPT")
        assert ("Trực ca", "đã gọi VNPT") == (taken.by, taken.note)
        assert sample.WORK == await remote.operations.announce(["xa-1-1"], "2h", "", "thay thiết bị", "VNPT")
        assert sample.WORK == await remote.operations.end("3", "VNPT")
        await remote.operations.withdraw("xa-1-1", "Trực ca")
        assert [] == list(await remote.operations.works())
        assert ["acknowledge", "announce", "end", "withdraw"] == [each[0] for each in poller.operations.said]


async def test_what_the_poller_refuses_is_refused_here_with_its_values() -> None:
    poller = FakeSource()
    poller.operations.refusal = RefusedError("not_down", Phrase("list_targets"), name="Xã Một", state=Phrase("state_up"))
    async with paired(poller) as pair:
        with pytest.raises(RefusedError) as caught:
            await pair.remote.operations.acknowledge("xa-1-1", "Trực ca", "")
        assert poller.operations.refusal.answer_in("vi") == caught.value.answer_in("vi")


async def test_readings_come_one_by_one() -> None:
    async with paired(FakeSource()) as pair:
        asked, readings = await pair.remote.poll(["xa-1-1", "xa-1-2"])
        assert (2, ["xa-1-1", "xa-1-2"]) == (asked, [reading.target async for reading in readings])


@dataclass
class EndlessPoll(FakeSource):
    """A poll whose second reading never comes; ended is set when somebody gave it up."""

    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def poll(self, ids: Sequence[str]) -> tuple[int, AsyncIterator[Reading]]:
        _, first = await super().poll(ids[:1])

        async def answers() -> AsyncIterator[Reading]:
            try:
                async for reading in first:
                    yield reading
                await asyncio.Event().wait()
            finally:
                self.ended.set()

        return len(ids), answers()


async def test_who_stops_reading_ends_the_poll() -> None:
    poller = EndlessPoll()
    async with paired(poller) as pair:
        _, readings = await pair.remote.poll(["xa-1-1", "xa-1-2"])
        assert "xa-1-1" == (await anext(readings)).target
        await readings.aclose()  # type: ignore[attr-defined]
        await poller.ended.wait()


async def test_a_meeting_is_told_checked_and_ticked() -> None:
    meetings = KeptMeetings()
    async with paired(FakeSource(), meetings) as pair:
        await pair.remote.fresh()
        remote, steps = pair.remote.meetings, list[tuple[int, int]]()
        assert meetings.views == list(remote.meetings())
        assert meetings.views[0] == await remote.check("m1", lambda done, of: steps.append((done, of)))
        assert [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)] == steps
        tick = Confirmation("Kỹ thuật viên", 1.0, False, on_site=True, note="micro hỏng")
        assert meetings.views[0] == await remote.confirm("m1", "dc-xa", tick)
        assert [tick] == meetings.ticks
        with pytest.raises(ValueError, match="not what was sealed"):
            await remote.sealed("m1")


async def test_what_is_told_of_calendars_is_told_once_and_anew_when_it_is_another() -> None:
    meetings = FakeMeetings(notices=[Notice(Fault("lich.ics", 3, "", "whole_day"), is_left_out=True)])
    async with paired(FakeSource(), meetings) as pair:
        await pair.remote.fresh()
        first = pair.remote.meetings.calendar_notices()
        assert meetings.notices == list(first)
        await pair.remote.fresh()
        assert first is pair.remote.meetings.calendar_notices()


@dataclass
class KeptMeetings(FakeMeetings):
    ticks: list[Confirmation] = field(default_factory=list)

    async def confirm(self, _meeting: str, _endpoint: str, confirmation: Confirmation) -> MeetingView | None:
        self.ticks.append(confirmation)
        return self.views[0]

    async def sealed(self, _meeting: str) -> MeetingView | None:
        raise ValueError("not what was sealed")


class Broken(FakeSource):
    async def history(self, target: str) -> Day | None:
        raise KeyError(target)


async def test_a_fault_of_the_poller_is_an_error_here_and_nothing_waits_for_ever(caplog: pytest.LogCaptureFixture) -> None:
    async with paired(Broken()) as pair:
        with pytest.raises(RuntimeError, match="KeyError"):
            await pair.remote.history("xa-1-1")
        assert "history" in caplog.text
        assert await pair.remote.fresh()


class Still(FakeSource):
    """A poller that stands still once it has told one picture."""

    has_told = False

    async def fresh(self) -> Snapshot:
        if self.has_told:
            await asyncio.Event().wait()
        self.has_told = True
        return self.now


async def test_a_poller_that_stands_still_is_silence_and_not_yesterdays_picture() -> None:
    async with paired(Still(), answer_s=0.05) as pair:
        await pair.remote.fresh()
        app = make_app(pair.remote)
        async with TestClient(TestServer(app)) as client:
            for path in ("/metrics", "/-/healthy", "/-/ready", "/api/v1/targets"):
                answer = await client.get(path)
                assert (503, "5") == (answer.status, answer.headers["Retry-After"]), path


async def test_every_question_is_answered_once_the_poller_is_gone() -> None:
    async with paired(Still()) as pair:
        await pair.remote.fresh()
        waiting = asyncio.create_task(pair.remote.fresh())
        pair.socket.shutdown(socket.SHUT_RDWR)
        with pytest.raises(SilentError):
            await waiting


async def test_pages_api_and_metrics_are_the_same_over_the_socket() -> None:
    snapshot = morning.morning(load(SHIPPED).inventory)
    async with paired(FakeSource(snapshot)) as pair:
        await pair.remote.fresh()
        near, far = [make_app(source) for source in (pair.poller, pair.remote)]
        async with TestClient(TestServer(near)) as here, TestClient(TestServer(far)) as there:
            for path in ("/", "/targets/xa-lung-cu", "/api/v1/targets", "/api/v1/targets/xa-lung-cu", "/metrics", "/meetings"):
                assert await _text(here, path) == await _text(there, path), path


async def _text(client: TestClient[web.Request, web.Application], path: str) -> str:
    text = await (await client.get(path)).text()
    return "\n".join(line for line in text.splitlines() if not re.match(r"(# \w+ )?(monitor_web_)?process_", line))


async def test_the_poller_is_told_once_that_visitors_are_taken() -> None:
    async with paired(FakeSource()) as pair:
        await pair.remote.serving()
        assert pair.serving.is_set()


@dataclass
class Counted(FakeSource):
    asked_fresh: int = 0

    async def fresh(self) -> Snapshot:
        self.asked_fresh += 1
        return self.now


async def test_many_visitors_at_once_are_one_question() -> None:
    poller = Counted()
    async with paired(poller, fresh_s=3600.0) as pair:
        await asyncio.gather(*(pair.remote.fresh() for _ in range(50)))
        await pair.remote.fresh()
        assert 1 == poller.asked_fresh
        await pair.remote.operations.withdraw("xa-1-1", "Trực ca")  # what was said must be seen by who said it
        await pair.remote.fresh()
        assert 2 == poller.asked_fresh


@dataclass
class Overtaken(FakeSource):
    """Publishes something new while it is being asked for the picture, once."""

    newer: Snapshot | None = None

    async def fresh(self) -> Snapshot:
        now, newer = self.now, self.newer
        if newer is not None:
            self.newer = None
            self.publish(newer)
        return now


async def test_news_that_comes_while_a_picture_is_on_its_way_is_heard_all_the_same() -> None:
    poller = Overtaken()
    async with paired(poller) as pair:
        await pair.remote.fresh()
        heard = asyncio.Queue[Snapshot]()
        pair.remote.subscribe(heard.put_nowait)
        poller.newer = replace(poller.now, generation=3)
        poller.publish(replace(poller.now, generation=2))
        while (await heard.get()).generation < 3:
            pass


async def test_what_was_told_and_not_taken_is_told_again() -> None:
    """An answer that comes when nobody waits for it any more must not be missing for ever."""
    poller = FakeSource()
    async with asked(poller) as ask:
        first = await ask(taken=0)
        again = await ask(taken=0)
        assert first.inventory is not None
        assert (2, first.inventory, first.update) == (again.number, again.inventory, again.update)
        assert (3, None) == (await ask(taken=2))[:2]
        assert (await ask(taken=2)).inventory is not None
        assert (5, None) == (await ask(taken=4))[:2]


@asynccontextmanager
async def asked(poller: FakeSource) -> AsyncIterator[Callable[..., Awaitable[PackedSnapshot]]]:
    """Give what asks a poller for its picture, by hand."""
    ours, theirs = socket.socketpair()
    faces = await PeerChannel.over(theirs)
    answers, side = faces.messages(LONGEST_ANSWER), PollerSide(poller, NoMeetings(), await PeerChannel.over(ours))

    async def ask(taken: int) -> PackedSnapshot:
        faces.send(MessageKind.CALL, 1, pack_call("fresh", {"taken": taken}))
        _, _, body = await anext(answers)
        picture = Unpacker().unpack(body)
        assert isinstance(picture, PackedSnapshot)
        return picture

    running = asyncio.create_task(side.run())
    yield ask
    faces.close()
    await running


@dataclass
class Committing(sample.FakeOperations):
    """Takes as long to keep what is said as the test wants."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)
    may_end: asyncio.Event = field(default_factory=asyncio.Event)

    async def acknowledge(self, target: str, by: str, note: str) -> Acknowledgement:
        self.begun.set()
        await self.may_end.wait()
        return await super().acknowledge(target, by, note)


async def test_what_an_operator_said_is_brought_to_its_end_though_the_faces_are_gone() -> None:
    operations = Committing()
    async with paired(FakeSource(operations=operations)) as pair:
        saying = asyncio.create_task(pair.remote.operations.acknowledge("xa-1-1", "Trực ca", ""))
        await operations.begun.wait()
        pair.socket.shutdown(socket.SHUT_RDWR)
        operations.may_end.set()
        with pytest.raises(SilentError):
            await saying
    assert [("acknowledge", "xa-1-1", "Trực ca", "")] == operations.said
