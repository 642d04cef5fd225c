"""A stalled event loop, and devices that answer meanwhile: they live in threads, so they don't care how the loop stands."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Answer = Callable[[bytes, int], list[bytes]]
"""(request, how many came before it) → the datagrams to send back."""
_LONGEST_S = 30.0


class Stall:
    """One stall of the running loop: it begins when `begin` is called from whatever thread, and ends when seconds are over.

    whatever waits for `begun` falls into it. late_s: how much longer `answered` is waited for at most.
    """

    def __init__(self, seconds: float) -> None:
        self.begun = threading.Event()
        self.answered = threading.Event()
        self._seconds = seconds
        self._loop = asyncio.get_running_loop()

    def begin(self) -> None:
        """Have the loop stand still as soon as it looks."""
        self._loop.call_soon_threadsafe(self.stand_still)

    def stand_still(self) -> None:
        """Stand still now, in the loop itself, until the time is over and what was to be answered meanwhile is answered."""
        end_s = time.monotonic() + self._seconds
        self.begun.set()
        assert self.answered.wait(_LONGEST_S)
        while (left_s := end_s - time.monotonic()) > 0:
            time.sleep(left_s)


class ThreadedDevice:
    """Answers datagrams at 127.0.0.1. asked: all that came, in order."""

    def __init__(self, answer: Answer, stall: Stall | None, after: int) -> None:
        self.asked: list[bytes] = []
        self._answer, self._stall, self._after = answer, stall, after
        self._sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sock.bind(("127.0.0.1", 0))
        self.port: int = self._sock.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            data, source = self._sock.recvfrom(65536)
            if not data:
                return
            self.asked.append(data)
            is_last = len(self.asked) == self._after
            if self._stall is not None and is_last:
                self._stall.begin()
                assert self._stall.begun.wait(_LONGEST_S)
            for each in self._answer(data, len(self.asked) - 1):
                self._sock.sendto(each, source)
            if self._stall is not None and is_last:
                self._stall.answered.set()

    def close(self) -> None:
        """End the thread by an empty datagram."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join(_LONGEST_S)
        self._sock.close()


@contextmanager
def device(answer: Answer, stall: Stall | None = None, *, after: int = 1) -> Iterator[ThreadedDevice]:
    """Yield a device in a thread. stall: begins when `after` requests have come; the answer to the last of them comes during it."""
    opened = ThreadedDevice(answer, stall, after)
    try:
        yield opened
    finally:
        opened.close()
