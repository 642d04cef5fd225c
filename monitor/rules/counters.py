"""Counters of a device become totals that only grow, and rates that never spike.

Three things make a counter fall: a reset, a wrap after 2**32, and another device behind the same name. A fall after a restart is a
reset; without one, a 32-bit counter wrapped if what it then must have counted is possible on that line: on the circuit's own
interface, which is a gigabit port as a rule, what its contract lets pass. What is not possible is dropped and counted as a spike,
never exported. Rates divide by the device's own time, and by no less than ten seconds of it,
since agents refresh their counters every few seconds only (Debian's snmpd polled each second reads 0, 450k, 0 for a true 150k).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from operator import attrgetter

from monitor.model.inventory import Contracted
from monitor.model.reading import InterfaceSample, SnmpSample
from monitor.model.state import InterfaceView

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

MIN_RATE_S = 10.0
"""No rate is told over less of the device's time."""
_SPEED_SLACK = 1.1
_REFRESH_S = 5.0
"""A counter may be as old as the agent's last refresh: what it counted may stem from so much longer an interval."""
_ASSUMED_BPS = {64: 100_000_000_000, 32: 1_000_000_000}
"""Where the line's speed is not known: bits of the counter → what is possible at most."""
_LIE_COUNT = 3
"""A line that is above its speed so often in a row is faster than it says (tunnels claim 9 kbit/s): it is believed from then on."""
_OVER_CONTRACT = 2.0
"""Times its contract a circuit may carry for a fall to be still taken for a wrap: contracts are raised before we hear of it."""
_FORGOTTEN_S = 86_400.0
_PROOF_OCTETS = 1_000_000
_WRAP_32 = 2**32


@dataclass(slots=True)
class InterfaceCounters:
    """What is kept of one interface, by name, and carried on in place from poll to poll.

    last, totals: receive octets, transmit octets, receive errors, transmit errors, receive discards, transmit discards; None where
    the device has never given that column. base_*: where the rate under way is counted from; base_at_s None: nowhere yet.
    over: how often in a row it counted more than its speed permits; once that is clear it stays so. is_here: it was in the last
    complete sample.
    """

    view: InterfaceView
    at_s: float
    bits: int
    last: list[int | None]
    totals: list[int | None]
    base_at_s: float | None = None
    base_ticks: int | None = None
    base_totals: tuple[int | None, int | None] = (None, None)
    over: int = 0
    is_here: bool = True


@dataclass(slots=True)
class DeviceCounters:
    """All that is kept of one device's counters, and carried on in place from poll to poll.

    views: its interfaces as they are to be shown, in the device's order. spikes_total: impossible steps that were dropped.
    restarted, rebooted: what the last poll showed: the agent started anew; and the device did too.
    clock: by sysUpTime, the agent's. system_clock: by the object that says how long the device itself has run, None without one.
    """

    clock: DeviceClock | None = None
    system_clock: DeviceClock | None = None
    rows: dict[str, InterfaceCounters] = field(default_factory=dict)
    views: tuple[InterfaceView, ...] = ()
    spikes_total: int = 0
    restarted: bool = False
    rebooted: bool = False

    @property
    def boot_at(self) -> float | None:
        """Return when the device started, epoch seconds."""
        clock = self.system_clock or self.clock
        return clock.boot_at if clock else None

    def record_sample(self, sample: SnmpSample, at_s: float, wall_s: float, contracted: Contracted | None = None) -> None:
        """Take one more answer of the device.

        at_s: monotonic seconds of the reading; wall_s: epoch seconds of it. contracted: of the circuit, None where unknown.
        A brief sample changes nothing. In a sample that is not complete, an interface that is missing keeps its totals and has no
        rate; in a complete one it is gone from the views, but its totals go on if it returns within a day.
        """
        if sample.brief:
            return
        ticks, engine_time_s, boots = sample.uptime_ticks, sample.engine_time_s, sample.engine_boots
        clock = self.clock
        self.restarted = clock is not None and has_restarted(clock, ticks, engine_time_s, boots, at_s)
        self.rebooted = self._has_rebooted(sample, at_s)
        self.clock = advance(clock, ticks, engine_time_s, boots, at_s=at_s, wall_s=wall_s, is_reboot=self.rebooted)
        if sample.system_ticks is not None:
            system_ticks = sample.system_ticks
            self.system_clock = advance(
                self.system_clock, system_ticks, None, None, at_s=at_s, wall_s=wall_s, is_reboot=self.rebooted
            )
        views: dict[str, InterfaceView] = {}
        for interface in sample.interfaces:
            if interface.name not in views:
                views[interface.name] = self._record_row(interface, at_s, contracted)
        if len(self.rows) > len(views):
            self._miss_rows(views, at_s, is_gone=sample.complete)
        self.views = tuple(views.values())

    def _has_rebooted(self, sample: SnmpSample, at_s: float) -> bool:
        """Return whether the device itself started anew, by its own clock where it has one, else by counters that fell."""
        before, ticks = self.system_clock, sample.system_ticks
        if before is None or before.ticks is None or ticks is None:
            return self.restarted and not _goes_on(self.rows, sample)
        return has_restarted(before, ticks, None, None, at_s)

    def _record_row(self, interface: InterfaceSample, at_s: float, contracted: Contracted | None) -> InterfaceView:
        row = self.rows.get(interface.name)
        if row is None or row.bits != interface.octet_bits:
            row = self.rows[interface.name] = _first(interface, row, at_s)
        else:
            self.spikes_total += _carry_on(row, interface, at_s, self.restarted, contracted)
        return row.view

    def _miss_rows(self, views: dict[str, InterfaceView], at_s: float, *, is_gone: bool) -> None:
        """Note which interfaces a sample lacks. is_gone: it was complete, so the device has them no more."""
        for name, row in [(name, row) for name, row in self.rows.items() if name not in views]:
            if at_s - row.at_s >= _FORGOTTEN_S:
                del self.rows[name]
                continue
            row.view = replace(row.view, up=None, receive_bytes_per_second=None, transmit_bytes_per_second=None)
            row.base_at_s = None
            if is_gone:
                row.is_here = False
            elif row.is_here:
                views[name] = row.view


def _goes_on(rows: Mapping[str, InterfaceCounters], sample: SnmpSample) -> bool:
    """Return whether octet counters went on counting across a restart: then only the agent restarted, not the device."""
    proof = 0
    for interface in sample.interfaces:
        row = rows.get(interface.name)
        if row is None or row.bits != interface.octet_bits:
            continue
        for before, after in zip(row.last[:2], (interface.receive_octets, interface.transmit_octets), strict=True):
            if before is not None and after is not None:
                if after < before:
                    return False
                proof += before
    return proof >= _PROOF_OCTETS


_columns: Callable[[InterfaceSample], tuple[int | None, ...]] = attrgetter(
    "receive_octets", "transmit_octets", "receive_errors", "transmit_errors", "receive_discards", "transmit_discards"
)
"""The six counters of an interface, in the order of InterfaceCounters.last."""


def _first(interface: InterfaceSample, row: InterfaceCounters | None, at_s: float) -> InterfaceCounters:
    """Return the row of an interface that has not been seen, or whose counters have another width than before.

    Totals begin at what the device says; those of an interface that was known go on from where they were.
    """
    last = list(_columns(interface))
    known = row.totals if row is not None else [None] * len(last)
    totals = [now if kept is None else kept for kept, now in zip(known, last, strict=True)]
    fresh = InterfaceCounters(_NO_VIEW, at_s, interface.octet_bits, last, totals)
    _show(fresh, interface, at_s)
    return fresh


def _carry_on(
    row: InterfaceCounters, interface: InterfaceSample, at_s: float, restarted: bool, contracted: Contracted | None
) -> int:
    """Take one more reading into an interface's row; return how many of its steps were dropped as impossible."""
    local_s = at_s - row.at_s
    speed_bps = interface.speed_bps if row.over < _LIE_COUNT else None
    most = _most(speed_bps or _ASSUMED_BPS[row.bits], local_s)
    dropped, too_fast, has_reset = 0, False, restarted or not row.is_here
    last, totals = row.last, row.totals
    for place, now in enumerate(_columns(interface)):
        before = last[place]
        if now is None or now == before:
            continue
        last[place], total = now, totals[place]
        most_here = most if place < 2 else _WRAP_32 // 2
        if before is None or total is None:
            totals[place] = now if total is None else total
        elif before < now <= before + most_here:
            totals[place] = total + now - before
        else:
            bits = row.bits if place < 2 else 32
            wrapped = _most_wrapped(interface, contracted, most, local_s)[place] if place < 2 else most_here
            grown, is_reset = _grown(before, now, bits, restarted, (most_here, wrapped))
            dropped += grown is None
            if place < 2 and (is_reset or grown is None):
                too_fast, has_reset = too_fast or grown is None, True
            totals[place] = total + (grown or 0)
    row.at_s, row.is_here = at_s, True
    if row.over < _LIE_COUNT:
        row.over = row.over + 1 if too_fast else 0
    if has_reset:
        row.base_at_s = None
    _show(row, interface, at_s)
    return dropped


def _grown(before: int, now: int, bits: int, restarted: bool, bounds: tuple[float, float]) -> tuple[int | None, bool]:
    """Return by how much a counter grew, None where that is impossible; and whether it was reset.

    bounds: what it can have counted at most since the last reading; and what, if it fell and that shall be a wrap.
    """
    most, most_wrapped = bounds
    if now >= before:
        return (now - before if now - before <= most else None), False
    if not restarted and bits == 32:
        wrapped = now - before + _WRAP_32
        if wrapped <= most_wrapped:
            return wrapped, False
    # A reset: what it shows now was counted since. Without a restart it is believed only as far as it is possible, too.
    return (now if now <= most else None if restarted else 0), True


def _most_wrapped(interface: InterfaceSample, contracted: Contracted | None, most: float, local_s: float) -> tuple[float, float]:
    """Return how many octets, received and transmitted, a fall may stand for to be taken for a wrap.

    A gigabit port carries 2**32 octets in 34 s: by its speed alone every counter that was cleared between two polls would look as
    if it had wrapped, and the spike would be exported.
    """
    if contracted is None or interface.role != "wan":
        return most, most
    bound = _OVER_CONTRACT / _SPEED_SLACK
    down, up = (_most(speed_bps, local_s) * bound for speed_bps in (contracted.down_bps, contracted.up_bps))
    return min(most, down), min(most, up)


def _most(speed_bps: int, local_s: float) -> float:
    """Return how many octets can have been carried since the last reading."""
    return speed_bps / 8 * (local_s + _REFRESH_S) * _SPEED_SLACK


def _show(row: InterfaceCounters, interface: InterfaceSample, at_s: float) -> None:
    """Renew a row's view, and the base of its rate where a new one is due.

    The rates of the view before stand until ten more seconds of the device's time are over.
    """
    receive: float | None = None
    transmit: float | None = None
    totals, moves_base = row.totals, True
    if row.base_at_s is not None:
        local_s = at_s - row.base_at_s
        passed_s = local_s if interface.uptime_ticks is None else elapsed_s(row.base_ticks, interface.uptime_ticks, local_s)
        if passed_s is not None and passed_s >= MIN_RATE_S:
            receive = _rate(row.base_totals[0], totals[0], passed_s)
            transmit = _rate(row.base_totals[1], totals[1], passed_s)
        elif passed_s is not None:
            receive, transmit = row.view.receive_bytes_per_second, row.view.transmit_bytes_per_second
            moves_base = False
    if moves_base:
        row.base_at_s, row.base_ticks, row.base_totals = at_s, interface.uptime_ticks, (totals[0], totals[1])
    row.view = InterfaceView(
        name=interface.name,
        alias=interface.alias,
        role=interface.role,
        up=interface.up,
        receive_bytes_total=totals[0],
        transmit_bytes_total=totals[1],
        receive_errors_total=totals[2],
        transmit_errors_total=totals[3],
        receive_discards_total=totals[4],
        transmit_discards_total=totals[5],
        receive_bytes_per_second=receive,
        transmit_bytes_per_second=transmit,
    )


def _rate(before: int | None, after: int | None, passed_s: float) -> float | None:
    return None if before is None or after is None else (after - before) / passed_s


_NO_VIEW = InterfaceView("", "", "other", None, None, None, None, None, None, None, None, None)


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
