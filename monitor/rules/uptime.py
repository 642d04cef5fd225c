"""How long a device has run, told from answers that wrap at 497 days, jitter by seconds, and restart with the agent."""

from __future__ import annotations

from dataclasses import dataclass

TICKS_PER_S = 100
WRAP_TICKS = 2**32
"""sysUpTime is TimeTicks (RFC 2578 7.1.8): it wraps after 497 days, 2 hours, 27 minutes and 53 seconds."""
_WRAP_S = WRAP_TICKS / TICKS_PER_S
_SLACK_S = 30.0
"""A poll may take up to its deadline, so that its moment is known no better than this."""
_SLACK_RATIO = 0.02
_BOOT_SLACK_S = 5.0
_BOOT_DRIFT = 1e-4
"""A cheap crystal is off by up to 100 ppm; without this the boot time would move every few days."""


@dataclass(frozen=True, slots=True)
class DeviceClock:
    """What the last poll said of the device's time.

    at_s: monotonic seconds of that poll. ticks: sysUpTime as it was read. offset_s: what has to be added to it since it wrapped, or
    since the agent restarted and the device did not.
    engine_time_s, engine_boots: as in SnmpSample. boot_at: epoch seconds when the device (or its agent, where that can't be told
    apart) started; None without any clock.
    """

    at_s: float
    ticks: int | None
    offset_s: float = 0.0
    engine_time_s: int | None = None
    engine_boots: int | None = None
    boot_at: float | None = None


def elapsed_s(before: int | None, after: int | None, local_s: float) -> float | None:
    """Return the device's own seconds between two values of sysUpTime, across a wrap too.

    local_s: what our clock says of it. None where there is no sysUpTime, or where the two clocks contradict each other (the
    agent restarted, its clock was set, or stands still).
    """
    if before is None or after is None:
        return None
    device_s = (after - before) % WRAP_TICKS / TICKS_PER_S
    return device_s if abs(device_s - local_s) <= _slack_s(local_s) else None


def has_restarted(clock: DeviceClock, ticks: int | None, engine_time_s: int | None, engine_boots: int | None, at_s: float) -> bool:
    """Return whether the agent restarted since the last poll; a wrap after 497 days is none.

    snmpEngineBoots that grew, or snmpEngineTime that fell, prove it; engine time that grew as our clock did disproves it; one that
    stands still says nothing. Else sysUpTime decides: what it should read now, modulo its wrap, against what it reads.
    """
    local_s = at_s - clock.at_s
    if engine_boots is not None and clock.engine_boots is not None and engine_boots != clock.engine_boots:
        return True
    if engine_time_s is not None and clock.engine_time_s is not None and engine_time_s != clock.engine_time_s:
        return engine_time_s - clock.engine_time_s < local_s - _slack_s(local_s)
    if ticks is None or clock.ticks is None:
        return False
    if ticks >= clock.ticks:
        return (ticks - clock.ticks) / TICKS_PER_S < local_s - _slack_s(local_s)
    return elapsed_s(clock.ticks, ticks, local_s) is None


def advance(
    clock: DeviceClock | None,
    ticks: int | None,
    engine_time_s: int | None,
    engine_boots: int | None,
    *,
    at_s: float,
    wall_s: float,
    is_reboot: bool,
) -> DeviceClock:
    """Return the clock after one more poll. is_reboot: the device itself restarted, so that its boot time is a new one.

    The boot time is kept while the estimate moves by no more than a few seconds (and 100 ppm of the uptime).
    """
    if clock is None or is_reboot:
        clock = DeviceClock(clock.at_s if clock else at_s, None)
    offset_s = clock.offset_s
    if _has_wrapped(clock, ticks, at_s):
        offset_s += _WRAP_S
    elif clock.boot_at is not None and has_restarted(clock, ticks, engine_time_s, engine_boots, at_s):
        offset_s = wall_s - clock.boot_at - (ticks or 0) / TICKS_PER_S
    uptime_s = _uptime_s(ticks, offset_s, engine_time_s)
    boot_at = clock.boot_at if uptime_s is None else wall_s - uptime_s
    if uptime_s is not None and boot_at is not None and clock.boot_at is not None:
        moved_s = abs(boot_at - clock.boot_at)
        boot_at = clock.boot_at if moved_s <= _BOOT_SLACK_S + _BOOT_DRIFT * uptime_s else boot_at
    return DeviceClock(at_s, ticks, offset_s, engine_time_s, engine_boots, boot_at)


def _has_wrapped(clock: DeviceClock, ticks: int | None, at_s: float) -> bool:
    """Return whether sysUpTime wrapped since the last poll."""
    if ticks is None or clock.ticks is None or ticks >= clock.ticks:
        return False
    return elapsed_s(clock.ticks, ticks, at_s - clock.at_s) is not None


def _uptime_s(ticks: int | None, offset_s: float, engine_time_s: int | None) -> float | None:
    """Return how long the device has run: engine time where sysUpTime differs from it by whole wraps only, else sysUpTime."""
    if ticks is None:
        return None if engine_time_s is None else float(engine_time_s)
    uptime_s = ticks / TICKS_PER_S + offset_s
    if engine_time_s is not None:
        missed = round((engine_time_s - uptime_s) / _WRAP_S)
        if missed > 0 and abs(uptime_s + missed * _WRAP_S - engine_time_s) < _SLACK_S * 10:
            return float(engine_time_s)
    return uptime_s


def _slack_s(local_s: float) -> float:
    """Return by how much two clocks may differ over an interval."""
    return _SLACK_S + _SLACK_RATIO * local_s
