"""What one target measured in the last 24 hours, for whoever draws it."""

from __future__ import annotations

from dataclasses import dataclass

MINUTES = 24 * 60
UNSEEN: tuple[float | None, ...] = (None,) * MINUTES


@dataclass(frozen=True, slots=True)
class Day:
    """A target's last 1440 whole minutes, the oldest first; None where nothing was seen or nothing came back.

    end: epoch seconds at which the last of them ended. rtts_s: mean RTT, seconds. losses: share of the packets lost, 0 to 1.
    jitters_s: RFC 3550, seconds. receive_bps, transmit_bps: what the circuit carried towards the point and from it, bit/s.
    """

    end: float
    rtts_s: tuple[float | None, ...] = UNSEEN
    losses: tuple[float | None, ...] = UNSEEN
    jitters_s: tuple[float | None, ...] = UNSEEN
    receive_bps: tuple[float | None, ...] = UNSEEN
    transmit_bps: tuple[float | None, ...] = UNSEEN
