"""Moves packets between the TUN device, the emulator and the hosts' own TCP, each answer at its own time."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import heapq
import os
import struct
import time
from collections.abc import Callable

from monitor.lab.emulator import Emulator, Reply
from monitor.lab.tun import Tun

_CLOCK_MONOTONIC = 1
_NON_BLOCKING = os.O_NONBLOCK | os.O_CLOEXEC
_EARLY_S = 30e-6
"""Answers due so soon are sent at once: waking up again takes as long."""

_LONG_S = 0.2
"""What an agent says so much later may find its way cut meanwhile."""
_FLOOD_EVERY_S = 0.01

_libc = ctypes.CDLL(None, use_errno=True)


class Pump:
    """Reads the TUN device in batches and writes answers when they are due.

    A timerfd wakes it, since asyncio's own timers are as coarse as epoll's milliseconds. now: the lab's clock, epoch seconds.
    inner: the device behind which the hosts' TCP is.
    """

    def __init__(self, tun: Tun, inner: Tun, emulator: Emulator, now: Callable[[], float]) -> None:
        self._tun = tun
        self._inner = inner
        self._emulator = emulator
        self._now = now
        self._due: list[tuple[float, int, Reply]] = []
        self._count = 0
        self._flooding: asyncio.TimerHandle | None = None
        self._timer = _libc.timerfd_create(_CLOCK_MONOTONIC, _NON_BLOCKING)

    def start(self) -> None:
        """Begin to answer; call it from the running loop."""
        loop = asyncio.get_running_loop()
        loop.add_reader(self._tun.descriptor, self._receive)
        loop.add_reader(self._inner.descriptor, self._let_out)
        loop.add_reader(self._timer, self._wake)

    def stop(self) -> None:
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._tun.descriptor)
        loop.remove_reader(self._inner.descriptor)
        loop.remove_reader(self._timer)
        os.close(self._timer)
        if self._flooding is not None:
            self._flooding.cancel()

    def _receive(self) -> None:
        for packet in self._tun.read_batch():
            arrived = time.monotonic()
            for reply in self._emulator.answer(packet, self._now()):
                self._count += 1
                heapq.heappush(self._due, (arrived + reply.delay_s, self._count, reply))
        self._send_due()
        if self._emulator.is_flooding and self._flooding is None:
            self._flood()

    def _let_out(self) -> None:
        """Carry what hosts say by TCP; the way there has taken the whole round trip's time already."""
        for packet in self._inner.read_batch():
            for reply in self._emulator.let_out(packet):
                self._send(reply)

    def _flood(self) -> None:
        """Let agents that flood send their share of the last moment, and again in the next."""
        for packet in self._emulator.unasked(self._now()):
            self._tun.write(packet)
        on = self._emulator.is_flooding
        self._flooding = asyncio.get_running_loop().call_later(_FLOOD_EVERY_S, self._flood) if on else None

    def _wake(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._timer, 8)
        self._send_due()

    def _send_due(self) -> None:
        while self._due and self._due[0][0] <= time.monotonic() + _EARLY_S:
            _, _, reply = heapq.heappop(self._due)
            if reply.delay_s <= _LONG_S or self._emulator.passes(reply):
                self._send(reply)
        if self._due:
            wait = max(self._due[0][0] - time.monotonic(), 1e-6)
            whole, part = divmod(int(wait * 1e9), 1_000_000_000)
            _libc.timerfd_settime(self._timer, 0, struct.pack("@qqqq", 0, 0, whole, part), None)

    def _send(self, reply: Reply) -> None:
        (self._inner if reply.is_inward else self._tun).write(reply.packet)
