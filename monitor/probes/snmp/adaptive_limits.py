"""What is learned of how each agent wants to be asked: sizes, patience, pace. No socket; the clock is the prober's.

It belongs to whoever answers at an address and port, not to a target: two targets with one address are one device.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.model.agent_limits import AgentLimits, LearnedLimit
from monitor.model.clock import Clock
from monitor.model.reason import Reason, Reasons
from monitor.model.spec import SnmpSpec

GET_SIZE = 24
"""Objects in one GET, as a rule: at some 25 octets each the answer is half an Ethernet frame."""
GROW_AFTER_S = 3600.0
_LONGEST_GROWING_S = 86_400.0
_PACE_WINDOW_S = 1.02
"""A second, and what a network may push two packets together in."""
_GRANULARITY_S = 0.05
"""RFC 6298's G: a tick of the timers and of a loop that has other things to do."""
_SMOOTHING, _DEVIATING = 1 / 8, 1 / 4
_STRIKES = 2
_TOLD_AGAIN_S = 3600.0
_MAX_DEVICES = 50_000

Key = tuple[str, int]
"""Address, as the kernel writes it, and port."""


@dataclass(slots=True)
class AdaptiveLimit:
    """A size that is as configured until the agent chokes on it: then half of what it choked on, and a quarter more every hour.

    What choked again after growing waits twice as long for the next growth, at most a day.
    """

    learned: int | None = None
    reason: Reason | None = None
    at: float | None = None
    _wait_s: float = GROW_AFTER_S / 2
    _grow_s: float = 0.0

    def within(self, configured: int, now_s: float) -> int:
        if self.learned is None:
            return configured
        if now_s >= self._grow_s:
            self.learned += max(1, self.learned // 4)
            self._grow_s = now_s + self._wait_s
        if self.learned >= configured:
            self.learned, self.reason, self.at = None, None, None
            return configured
        return self.learned

    def halve(self, tried: int, reason: Reason, *, least: int, now_s: float, at: float) -> bool:
        """Take half of what was too much; return whether that changes anything. at: epoch seconds."""
        half = max(least, tried // 2)
        if self.learned is not None and half >= self.learned:
            return False
        self.learned, self.reason, self.at = half, reason, at
        self._wait_s = min(2 * self._wait_s, _LONGEST_GROWING_S)
        self._grow_s = now_s + self._wait_s
        return True

    def shown(self, configured: int) -> LearnedLimit:
        return (
            LearnedLimit(configured) if self.learned is None else LearnedLimit(min(self.learned, configured), self.reason, self.at)
        )


@dataclass(slots=True)
class ResponseTimes:
    """How long an agent takes to answer, smoothed as RFC 6298 section 2 smooths round-trip times.

    Every try has a request-id of its own, so each answer tells which try it is for and Karn's rule is not needed.
    """

    smoothed_s: float | None = None
    deviation_s: float = 0.0

    def add(self, took_s: float) -> None:
        if self.smoothed_s is None:
            self.smoothed_s, self.deviation_s = took_s, took_s / 2
            return
        error_s = took_s - self.smoothed_s
        self.smoothed_s += _SMOOTHING * error_s
        self.deviation_s += _DEVIATING * (abs(error_s) - self.deviation_s)

    def wait_s(self, timeout_s: float, least_s: float, most_s: float) -> float:
        """Return how long a first try is to be waited for: timeout_s before the first answer, then what was learned, within bounds.

        A configured timeout outside the bounds widens them.
        """
        if self.smoothed_s is None:
            return timeout_s
        wait_s = self.smoothed_s + max(_GRANULARITY_S, 4 * self.deviation_s)
        floor_s = least_s if least_s < timeout_s else timeout_s
        return floor_s if wait_s < floor_s else min(wait_s, max(most_s, timeout_s))


class _NoClock:
    def monotonic(self) -> float:
        return 0.0

    def wall(self) -> float:
        return 0.0


_NO_CLOCK = _NoClock()


@dataclass(slots=True, eq=False)
class KnownAgent:
    """What is known of whoever answers at one address and port.

    clock: none where an agent is played in this process, so that what is learned of it has no time.
    news: what was learned since somebody last took it. held_back, late: as in AgentLimits.
    is_wary: the last poll lost a GET, so that the next one asks for one object first. lost_size: the smallest GET that was lost
    and that none as large was answered since, 0 where there is none.
    """

    clock: Clock = _NO_CLOCK
    repetitions: AdaptiveLimit = field(default_factory=AdaptiveLimit)
    get_size: AdaptiveLimit = field(default_factory=AdaptiveLimit)
    times: ResponseTimes = field(default_factory=ResponseTimes)
    news: list[Reason] = field(default_factory=list)
    held_back: int = 0
    late: int = 0
    is_wary: bool = False
    lost_size: int = 0
    _is_between: bool = False
    _strikes: int = 0
    _slow_at: float | None = None
    _told_s: float | None = None
    _sent: list[float] = field(default_factory=list)

    # Sizes

    def repetitions_within(self, configured: int) -> int:
        """Return how many rows to ask for at most in one GETBULK."""
        return configured if self.repetitions.learned is None else self.repetitions.within(configured, self.clock.monotonic())

    def get_size_within(self, configured: int = GET_SIZE) -> int:
        """Return how many objects to ask for at most in one GET."""
        return configured if self.get_size.learned is None else self.get_size.within(configured, self.clock.monotonic())

    def choked_on_repetitions(self, tried: int, *because: Reason) -> None:
        now_s, at = self.clock.monotonic(), self.clock.wall()
        why = Reason("at_repetitions", {"tried": tried}, because)
        if self.repetitions.halve(tried, why, least=1, now_s=now_s, at=at):
            self.news.append(Reason("fewer_rows", {"size": self.repetitions.learned or 0}, (why,)))

    def choked_on_get(self, tried: int, *because: Reason) -> None:
        now_s, at = self.clock.monotonic(), self.clock.wall()
        why = Reason("at_objects", {"tried": tried}, because)
        if self.get_size.halve(tried, why, least=2, now_s=now_s, at=at):
            self.news.append(Reason("fewer_objects", {"size": self.get_size.learned or 0}, (why,)))

    def lost_get(self, size: int, *, after_answer: bool) -> None:
        """Note that nothing answered a GET of so many objects: the agent, the line, or only what exceeds a frame may be lost.

        after_answer: an earlier GET of the same poll was answered. Where none was, all is silent: no loss so far tells of sizes.
        """
        if size > 2:
            self.is_wary = True
            self.lost_size = min(size, self.lost_size or size)
        if after_answer and size > 2:
            self._is_between = True
        else:
            self.doubt_losses()

    def doubt_losses(self) -> None:
        """Draw nothing from the losses so far: the line or the agent was gone."""
        self._is_between = False
        self._strikes = 0

    def got(self, size: int) -> None:
        """Note that a GET of so many objects was answered.

        Where a larger one was lost twice, each time between smaller ones that were answered and with no silence in between, it is
        fragments that are lost. A line that comes and goes loses either everything or nothing.
        """
        if size >= self.lost_size:
            self.lost_size = 0
            self.doubt_losses()
        elif self._is_between:
            self._is_between = False
            self._strikes += 1
            if self._strikes >= _STRIKES:
                lost, self.lost_size, self._strikes = self.lost_size, 0, 0
                self.choked_on_get(lost, Reason("larger_lost", {"answered": size}))

    # Patience

    def answered_in(self, took_s: float, spec: SnmpSpec) -> None:
        """Take the time of an answer into account, and say so where the agent turns out slow, or no longer is."""
        times = self.times
        times.add(took_s)
        if spec.brief or (self._slow_at is None and took_s < spec.timeout_s / 4):
            return
        wait_s = times.wait_s(spec.timeout_s, spec.timeout_min_s, spec.timeout_max_s)
        if self._slow_at is None and wait_s > spec.timeout_s:
            self._slow_at = self.clock.wall()
            times_s = {"took_s": round(took_s, 3), "wait_s": round(wait_s, 3), "timeout_s": spec.timeout_s}
            self._tell(Reason("slow", times_s))
        elif self._slow_at is not None and wait_s < spec.timeout_s:
            self._slow_at = None
            self._tell(Reason("slow_no_longer", {"took_s": round(took_s, 3), "timeout_s": spec.timeout_s}))

    def _tell(self, news: Reason) -> None:
        """Tell of patience, at most once an hour: an agent may be slow and quick by turns for ever."""
        now_s = self.clock.monotonic()
        if self._told_s is None or now_s - self._told_s >= _TOLD_AGAIN_S:
            self._told_s = now_s
            self.news.append(news)

    def answered_late(self, took_s: float, spec: SnmpSpec) -> None:
        self.late += 1
        self.answered_in(took_s, spec)

    # Pace

    def turn_s(self, now_s: float, per_second: int) -> float:
        """Return when the next request may be sent, now_s where that is now; per_second: at most so many in any second."""
        sent = self._sent
        return now_s if len(sent) < per_second else max(now_s, sent[-per_second] + _PACE_WINDOW_S)

    def note_sent(self, now_s: float, per_second: int) -> None:
        sent = self._sent
        if sent and now_s - sent[-1] > _PACE_WINDOW_S:
            sent.clear()
        elif len(sent) >= 2 * per_second:
            del sent[:-per_second]
        sent.append(now_s)

    # For people

    def agent_limits(self, spec: SnmpSpec) -> AgentLimits:
        times = self.times
        wait_s = times.wait_s(spec.timeout_s, spec.timeout_min_s, spec.timeout_max_s)
        reason = None if times.smoothed_s is None else Reason("usual_answer", {"usual_s": round(times.smoothed_s, 6)})
        return AgentLimits(
            repetitions=self.repetitions.shown(spec.max_repetitions),
            get_size=self.get_size.shown(GET_SIZE),
            timeout_s=LearnedLimit(wait_s, reason, self._slow_at),
            response_s=times.smoothed_s,
            deviation_s=None if times.smoothed_s is None else times.deviation_s,
            requests_per_second=spec.max_requests_per_second,
            held_back=self.held_back,
            late=self.late,
        )

    def drain_news(self) -> Reasons:
        if not self.news:
            return ()
        news = tuple(self.news)
        self.news.clear()
        return news


class Devices:
    """Every device that was asked. It outlives reloads; a restart begins anew, since an hour of polls teaches it all again."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[Key, KnownAgent] = {}

    def at(self, address: str, port: int) -> KnownAgent:
        """Return the device at an address; the one longest known is forgotten where there are too many."""
        key = (address, port)
        device = self._known.get(key)
        if device is None:
            while len(self._known) >= _MAX_DEVICES:
                del self._known[next(iter(self._known))]
            device = self._known[key] = KnownAgent(self._clock)
        return device
