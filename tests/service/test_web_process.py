"""The process that visitors meet lives beside the poller: served by it, started again when it dies, ended with it."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientSession

from monitor.export.remote.channel import PeerChannel
from monitor.export.remote.poller_side import PollerSide
from monitor.export.source import NoMeetings
from monitor.model.settings import Settings
from monitor.service.web_process import PROGRAM, START_LOOKS, WebProcess
from tests.export.sample import FakeSource
from tests.export.waiting import until
from tests.patience import LONGEST_WAIT_S


def child() -> int:
    """Return the id of the one process of faces that this one started; daemons of other tests may live beside it."""
    children = map(int, Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())
    faces = [pid for pid in children if b"monitor.cli.web" in words_of(pid) or b"pack_call" in words_of(pid)]
    assert len(faces) == 1
    return faces[0]


def words_of(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def lives(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[tuple[WebProcess, str]]:
    """Have a process serve a source; give it and the address to ask."""
    source = FakeSource(settings=Settings(journal=f"sqlite:///{folder}/journal.db"))
    environment = os.environ | {"NOTIFY_SOCKET": "/not/there", "MONITOR_WAN_COMMUNITY": "SECRET"}
    with socket.create_server(("127.0.0.1", 0)) as listener:
        web = WebProcess(source, NoMeetings(), [listener], first_pause_s=0.01, environment=environment)
        running = asyncio.create_task(web.run())
        try:
            await web.serving.wait()
            yield web, "http://{}:{}".format(*listener.getsockname())
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def text(url: str) -> str:
    async with ClientSession() as session, session.get(url) as answer:
        assert 200 == answer.status
        return await answer.text()


async def test_visitors_are_served_and_the_process_ends_with_the_poller(tmp_path: Path) -> None:
    async with served(tmp_path) as (_, url):
        pid = child()
        assert "wan_target_up{" in await text(url + "/metrics")
        assert "healthy\n" == await text(url + "/-/healthy")
    assert not lives(pid)


async def test_a_process_that_dies_is_started_again_on_the_same_listener(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with served(tmp_path) as (web, url):
        first = child()
        os.kill(first, signal.SIGKILL)
        assert "healthy\n" == await text(url + "/-/healthy")  # it waits in the listener's queue meanwhile
        assert (2, True) == (web.starts, first != child())
        assert "by SIGKILL" in caplog.text


async def test_it_steps_back_behind_the_poller_and_knows_nothing_of_the_service_manager(tmp_path: Path) -> None:
    async with served(tmp_path):
        process = Path(f"/proc/{child()}")
        assert os.getpriority(os.PRIO_PROCESS, child()) >= min(19, os.getpriority(os.PRIO_PROCESS, 0) + 5)
        assert 500 == int((process / "oom_score_adj").read_text())
        assert b"NOTIFY_SOCKET" not in (process / "environ").read_bytes()


async def test_ctrl_c_of_the_terminal_is_the_pollers_to_hear(tmp_path: Path) -> None:
    async with served(tmp_path) as (web, url):
        os.kill(child(), signal.SIGINT)
        assert "healthy\n" == await text(url + "/-/healthy")
        assert 1 == web.starts


async def test_it_ends_by_itself_when_the_poller_is_gone(tmp_path: Path) -> None:
    ours, theirs = socket.socketpair()
    source, serving = FakeSource(settings=Settings(journal=f"sqlite:///{tmp_path}/journal.db")), asyncio.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener, theirs:
        fds = [theirs.fileno(), listener.fileno()]
        process = await asyncio.create_subprocess_exec(sys.executable, *PROGRAM, *map(str, fds), pass_fds=fds)
        theirs.close()
        side = asyncio.create_task(PollerSide(source, NoMeetings(), await PeerChannel.over(ours), serving=serving.set).run())
        await serving.wait()
        side.cancel()
        assert 0 == await process.wait()


async def test_it_is_not_told_what_secrets_the_environment_holds(tmp_path: Path) -> None:
    async with served(tmp_path):
        environment = Path(f"/proc/{child()}/environ").read_bytes()  # noqa: ASYNC240
        assert b"SECRET" not in environment
        assert b"PATH=" in environment


_SAYS = """
import signal, socket, sys
from monitor.export.remote.codec import MessageKind, frame, pack_call
poller = socket.socket(fileno=int(sys.argv[1]))
poller.sendall({said})
signal.pause()
"""
_SERVING = 'frame(MessageKind.CALL, 1, pack_call("serving", {}))'


@pytest.mark.parametrize(
    "said",
    ["frame(MessageKind.CALL, 1, b'[' * 100_000)", "frame(MessageKind.CALL, 1, b'7')", "b'x' * 100"],
    ids=["nests", "no call", "no frame"],
)
async def test_one_that_talks_nonsense_is_ended_and_started_again(said: str, caplog: pytest.LogCaptureFixture) -> None:
    await started_twice(said, look_every_s=LONGEST_WAIT_S)
    assert "no message" in caplog.text
    assert "Traceback" not in caplog.text


async def test_one_that_hangs_is_ended_and_started_again(caplog: pytest.LogCaptureFixture) -> None:
    served = await started_twice(_SERVING, look_every_s=0.02, start_looks=round(LONGEST_WAIT_S / 0.02))
    assert served.serving.is_set()
    assert "says nothing any more" in caplog.text


async def test_one_that_never_says_a_word_is_ended_and_started_again(caplog: pytest.LogCaptureFixture) -> None:
    await started_twice("b''", look_every_s=0.02, start_looks=10)
    assert "says nothing any more" in caplog.text


async def started_twice(said: str, *, look_every_s: float, start_looks: int = START_LOOKS) -> WebProcess:
    """Return what kept a process that says this once it was started a second time."""
    program = ("-c", _SAYS.replace("{said}", said))
    web = WebProcess(
        FakeSource(),
        NoMeetings(),
        [],
        program=program,
        first_pause_s=0.01,
        end_s=0.05,
        look_every_s=look_every_s,
        start_looks=start_looks,
    )
    running = asyncio.create_task(web.run())
    await until(lambda: web.starts >= 2)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return web


_STUBBORN = """
import signal, socket, sys
from monitor.export.remote.codec import MessageKind, frame, pack_call
signal.signal(signal.SIGTERM, signal.SIG_IGN)
socket.socket(fileno=int(sys.argv[1])).sendall(frame(MessageKind.CALL, 1, pack_call("serving", {})))
signal.pause()
"""


async def test_one_that_does_not_end_is_killed() -> None:
    web = WebProcess(FakeSource(), NoMeetings(), [], program=("-c", _STUBBORN), end_s=0.05)
    running = asyncio.create_task(web.run())
    await web.serving.wait()
    pid = child()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert not lives(pid)
