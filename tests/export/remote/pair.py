"""A poller of which the test says everything, and faces of it at the other end of a socket, both on one loop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from monitor.export.remote.channel import PeerChannel
from monitor.export.remote.poller_side import PollerSide
from monitor.export.remote.web_side import RemoteSource
from monitor.export.source import Meetings, NoMeetings
from tests.export.sample import FakeSource


@dataclass
class Pair:
    """poller: what is asked. remote: who asks. socket: the poller's end."""

    poller: FakeSource
    remote: RemoteSource
    socket: socket.socket
    serving: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def paired(
    poller: FakeSource, meetings: Meetings | None = None, *, answer_s: float = 5.0, fresh_s: float = 0.0
) -> AsyncIterator[Pair]:
    """Connect the two until the block ends; unless fresh_s says else, every picture is fetched anew."""
    ours, theirs = socket.socketpair()
    faces = await PeerChannel.over(theirs)
    pair = Pair(poller, RemoteSource(faces, answer_s=answer_s, fresh_s=fresh_s), ours)
    side = PollerSide(poller, meetings or NoMeetings(), await PeerChannel.over(ours), serving=pair.serving.set)
    pair.remote.read_events_by(poller.events)
    tasks = [asyncio.create_task(side.run()), asyncio.create_task(pair.remote.run())]
    try:
        yield pair
    finally:
        faces.close()
        await asyncio.gather(*tasks)
