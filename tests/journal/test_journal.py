"""The journal keeps what it was given: across restarts, kill -9, a full disk and a slow one."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from monitor.errors import SetupError
from monitor.journal.journal import Journal
from monitor.journal.meeting_ids import KeptId
from monitor.journal.rows import Entry
from monitor.journal.store import Store
from monitor.model.reason import Reason
from monitor.model.state import Event, State, Transition
from monitor.words.catalogue import LANGUAGES
from monitor.words.faults.system import SYSTEM
from tests.told import UNANSWERED


def transition(target: str, new: State, at: float, old: State | None = State.UP) -> Transition:
    return Transition(target, old, new, at, target, Reason("silent", {"packets": 10}), UNANSWERED, 20, 21)


def url(folder: Path) -> str:
    return f"sqlite:///{folder}/deep/journal.db"


async def test_what_was_appended_is_read_back_newest_first(tmp_path: Path) -> None:
    journal = Journal(Store(url(tmp_path)))
    down, blind = transition("a", State.DOWN, 10.0), Event(11.0, "blind", "", {"code": "blind_silent"})
    assert await journal.append([down])
    assert await journal.append([blind])
    assert [blind, down] == await journal.events()
    assert [blind] == await journal.events(since=10.0)
    assert [down] == await journal.events(target="a")
    assert [blind] == await journal.events(limit=1)
    journal.close()


async def test_the_last_state_of_every_target_outlives_a_restart(tmp_path: Path) -> None:
    journal = Journal(Store(url(tmp_path)))
    await journal.append([transition("a", State.UP, 1.0, old=None), transition("b", State.UP, 1.0)])
    await journal.append(
        [transition("a", State.DOWN, 2.0), Event(3.0, "path", "a", told=(Reason("path_beyond", {"address": "10.2.0.9"}),))]
    )
    journal.close()
    reopened = Journal(Store(url(tmp_path)))
    assert {"a": State.DOWN, "b": State.UP} == {name: entry.new for name, entry in reopened.last_states().items()}
    assert reopened.last_states()["a"] == transition("a", State.DOWN, 2.0)
    reopened.close()


async def test_a_state_that_goes_on_with_another_cause_is_remembered_since_it_began(tmp_path: Path) -> None:
    journal = Journal(Store(url(tmp_path)))
    steps = [(None, State.UP, None), (State.UP, State.UNREACHABLE, "d1"), (State.UNREACHABLE, State.UNREACHABLE, "d2")]
    batch = [Transition("a", old, new, float(at), cause, Reason("behind")) for at, (old, new, cause) in enumerate(steps, 1)]
    await journal.append([*batch, transition("b", State.DOWN, 4.0)])
    assert {"a": (2.0, "d2"), "b": (4.0, "b")} == {name: (each.at, each.cause) for name, each in journal.last_states().items()}
    journal.close()


KILLED = """
import asyncio, sys
from monitor.journal.journal import Journal
from monitor.journal.store import Store
from monitor.model.state import Event

async def main():
    journal = Journal(Store(sys.argv[1]))
    for number in range(100_000):
        if await journal.append([Event(float(number), "x", "", {"number": number})]):
            print(number, flush=True)

asyncio.run(main())
"""


async def test_after_kill_9_nothing_that_was_published_is_missing(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", KILLED, url(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    published = [int(process.stdout.readline()) for _ in range(50)]
    process.send_signal(signal.SIGKILL)
    published += [int(line) for line in process.stdout.read().split()]
    process.wait()
    journal = Journal(Store(url(tmp_path)))
    kept = {int(entry.values["number"]) for entry in await journal.events(limit=200_000) if isinstance(entry, Event)}
    assert set(published) <= kept
    assert len(published) >= 50
    journal.close()


class Faulty(Store):
    """A store whose disk is full until `mended` is set, and slow while `stuck` is set."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.mended = threading.Event()
        self.free = threading.Event()

    def write(self, batch: Sequence[Entry | KeptId]) -> None:
        self.free.wait(10)
        if not self.mended.is_set():
            raise OperationalError("insert", {}, Exception("database or disk is full"))
        super().write(batch)


async def test_what_a_full_disk_refused_is_kept_and_written_when_it_is_mended(tmp_path: Path) -> None:
    store = Faulty(url(tmp_path))
    store.free.set()
    journal = Journal(store)
    assert not await journal.append([transition("a", State.DOWN, 1.0)])
    assert not journal.is_up
    store.mended.set()
    assert await journal.append([transition("a", State.UP, 2.0)])
    assert journal.is_up
    assert [2.0, 1.0] == [entry.at for entry in await journal.events()]
    journal.close()


async def test_a_slow_disk_holds_nobody_up_and_says_so(tmp_path: Path) -> None:
    store = Faulty(url(tmp_path))
    store.mended.set()
    journal = Journal(store)
    assert not await journal.append([transition("a", State.DOWN, 1.0)])
    assert not journal.is_up
    store.free.set()
    assert await journal.append([transition("a", State.UP, 2.0)])
    assert journal.is_up
    assert [2.0, 1.0] == [entry.at for entry in await journal.events()]
    journal.close()


async def test_many_appends_at_once_are_all_committed_in_order(tmp_path: Path) -> None:
    journal = Journal(Store(url(tmp_path)))
    await asyncio.gather(*(journal.append([Event(float(n), "x", "", {"number": n})]) for n in range(200)))
    kept = [entry.values["number"] for entry in await journal.events(limit=500) if isinstance(entry, Event)]
    assert [*reversed(range(200))] == kept
    journal.close()


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ("sqlite:////proc/nowhere/journal.db", "can't be opened"),
        ("postgresql+nodriver://watch:hunter@127.0.0.1/journal", "watch:***@"),
        ("no url", "can't be opened: the database says ('Could not parse SQLAlchemy URL"),
    ],
)
def test_a_journal_that_cannot_be_opened_says_why_and_keeps_the_password(bad: str, says: str) -> None:
    with pytest.raises(SetupError) as caught:
        Store(bad)
    assert says in str(caught.value)
    assert "hunter" not in str(caught.value)
    assert caught.value.cure


def test_what_the_system_says_of_a_journal_is_told_in_the_reader_s_language() -> None:
    with pytest.raises(SetupError) as caught:
        Store("sqlite:////proc/nowhere/journal.db")
    for language, why in zip(LANGUAGES, SYSTEM["enoent"], strict=True):
        assert why in caught.value.text_in(language)
