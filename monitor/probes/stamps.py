"""The kernel's receive stamps, moved from the wall clock to the monotonic one as long as nobody has set the wall clock."""

from __future__ import annotations

import socket
import struct

from monitor.model.clock import Clock

SO_TIMESTAMPNS = 35
"""Linux's number (asm-generic/socket.h), also of the control message, that Python's socket module has no name for."""
STAMP = struct.Struct(f"@{socket.CMSG_LEN(0)}xll")
"""A control message with a struct timespec; of a socket that attaches no other."""
STAMP_BYTES = socket.CMSG_SPACE(STAMP.size - socket.CMSG_LEN(0))
"""Room for it, and for nothing else."""
SAME_OFFSET_S = 0.0002
_LOOKS = 3


class Stamps:
    """Moves receive stamps to the monotonic clock; look() before each drain."""

    __slots__ = ("_clock", "_offset_s", "_steady")

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._offset_s: float | None = None
        self._steady = True

    def forget(self) -> None:
        """Take the next look as the first: whatever is measured from now on is sent after it."""
        self._offset_s = None

    def look(self) -> None:
        """See whether the wall clock was stepped since the last look; then the stamps of this drain can't be trusted.

        NTP slews both clocks alike, so their offset changes by steps only.
        """
        offset, width = 0.0, 1.0
        for _ in range(_LOOKS):
            before = self._clock.monotonic()
            wall = self._clock.wall()
            after = self._clock.monotonic()
            if after - before < width:
                offset, width = wall - (before + after) / 2, after - before
            if width < SAME_OFFSET_S / 10:
                break
        if self._offset_s is None or not self._steady:
            self._offset_s, self._steady = offset, True
        elif abs(offset - self._offset_s) > SAME_OFFSET_S + width:
            self._steady = False

    @property
    def offset_s(self) -> float | None:
        """Return what is to be taken from this drain's stamps to have monotonic seconds, None where they can't be trusted."""
        return self._offset_s if self._steady else None
