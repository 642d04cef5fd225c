"""Is a path good enough for a call: loss, RTT and jitter over a sliding window, with the certainty that its packets allow.

Single rounds are far too short for that: at 0.1% true loss, 29 rounds a day lose one of their 5 packets, which reads as 20%.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from math import ceil

from monitor.model.reading import IcmpSample
from monitor.model.reason import Reason
from monitor.model.settings import QualitySettings
from monitor.model.state import RecentRounds
from monitor.rules.binomial import smallest_proof

JITTER_DIFFERENCES = 30
"""RFC 3550's jitter starts from 0 and needs about two of its 16-sample memories to be worth reading."""
_SILENT_ROUNDS_OF_AN_OUTAGE = 2
_LONGEST_WINDOW = 3.0
"""A window that is short of packets reaches back at most so many times its length."""
_PARTS = 60
"""Parts of a window: rounds that follow each other closer are kept as one, or a burst a second would fill the memory."""
_LEAVE_SHARE = 0.8
"""What is out of bounds is good again only below this share of the bound."""

_MOST = 0.75
"""What three replies in four keep to is what a path takes: one late burst is none of it, and what is slow every other minute is."""
_FEWEST = 20
_LONG_BURST = 30
"""Replies from which on a burst's RTT is told by its own three in four, not by its mean; a round has a handful."""

_DEFAULTS = QualitySettings()

CODES = frozenset(("loss", "rtt", "rtt_usual", "jitter"))
"""The codes of judge_quality()'s reasons."""


@dataclass(slots=True)
class Quality:
    """What the recent rounds of one target were like: carried from round to round, in place.

    rounds: those of the window, the oldest first; what lies closer than a 60th of the window is one. sent, received, timed,
    rtt_sum_s: their sums; timed are the replies that the kernel stamped, whose RTTs make the sum. running_jitter_s, differences:
    RFC 3550's estimate and how many differences it rests on. silent: rounds without any reply since the last one with.
    """

    rounds: list[RecentRounds] = field(default_factory=list)
    sent: int = 0
    received: int = 0
    timed: int = 0
    rtt_sum_s: float = 0.0
    running_jitter_s: float = 0.0
    differences: int = 0
    silent: int = 0

    @property
    def jitter_s(self) -> float | None:
        """Return the jitter in seconds (RFC 3550 section 6.4.1), None until 30 differences."""
        return self.running_jitter_s if self.differences >= JITTER_DIFFERENCES else None

    @property
    def loss_ratio(self) -> float | None:
        """Return the loss over the window, 0 to 1, None where nothing was sent; whether it proves anything is judge_quality()'s."""
        return (self.sent - self.received) / self.sent if self.sent else None

    @property
    def rtt_s(self) -> float | None:
        """Return the mean RTT over the window in seconds, None without replies."""
        return self.rtt_sum_s / self.timed if self.timed else None

    def record_burst(self, sample: IcmpSample, now_s: float, settings: QualitySettings = _DEFAULTS) -> None:
        """Take one more round.

        A round that was not sent changes nothing. The first reply after an outage (two silent rounds or more) starts afresh: what
        was lost while the target was down is the outage's, and no quality. A single silent round is loss like any other.
        """
        sent, received = sample.sent, sample.received
        if not sent:
            return
        if not received:
            self.silent += 1
        elif self.silent >= _SILENT_ROUNDS_OF_AN_OUTAGE:
            self.rounds.clear()
            self.sent = self.received = self.timed = self.differences = self.silent = 0
            self.rtt_sum_s = self.running_jitter_s = 0.0
        else:
            self.silent = 0
        is_timed = sample.clock == "kernel"
        timed, rtt_sum_s, moves, moved_s = self._add_rtts(sample, received) if is_timed else (0, 0.0, 0, 0.0)
        self.sent += sent
        self.received += received
        self.timed += timed
        self.rtt_sum_s += rtt_sum_s
        long_s = _upper_s([each for each in sample.rtts_s if each is not None]) if timed >= _LONG_BURST else None
        rounds = self.rounds
        if rounds and now_s - rounds[-1][0] < settings.window_s / _PARTS:
            rounds[-1] = _together(rounds[-1], (now_s, sent, received, timed, rtt_sum_s, long_s, moves, moved_s))
        else:
            rounds.append((now_s, sent, received, timed, rtt_sum_s, long_s, moves, moved_s))
        if now_s - rounds[0][0] >= settings.window_s:
            self._slide(now_s, settings)

    def _add_rtts(self, sample: IcmpSample, received: int) -> tuple[int, float, int, float]:
        """Take a burst's replies into the jitter; return their number, the sum of their RTTs, that of differences and their sum."""
        jitter_s, sum_s, moves, moved_s = self.running_jitter_s, 0.0, 0, 0.0
        previous: float | None = None
        for rtt_s in sample.rtts_s:
            if rtt_s is None:
                continue
            if previous is not None:
                move_s = abs(rtt_s - previous)
                jitter_s += (move_s - jitter_s) / 16
                moved_s += move_s
                moves += 1
            previous = rtt_s
            sum_s += rtt_s
        self.running_jitter_s = jitter_s
        self.differences += moves
        return received, sum_s, moves, moved_s

    def _slide(self, now_s: float, settings: QualitySettings) -> None:
        """Let go of the rounds that are older than the window, as long as the rest has packets enough to be judged."""
        old = 0
        for at_s, sent, received, timed, rtt_sum_s, _, _, _ in self.rounds:
            age_s = now_s - at_s
            if age_s < settings.window_s:
                break
            if self.sent - sent < settings.min_packets and age_s < settings.window_s * _LONGEST_WINDOW:
                break
            old += 1
            self.sent -= sent
            self.received -= received
            self.timed -= timed
            self.rtt_sum_s -= rtt_sum_s
        del self.rounds[:old]


def upper_rtt_s(rounds: Iterable[RecentRounds]) -> float | None:
    """Return the RTT in seconds that three replies in four keep to, None below 20 replies that the kernel stamped.

    Replies count as long as their round took on average, and those of a long burst as long as three in four of it took: so one
    round that comes late, or a second of a check's burst, changes nothing, where a mean would follow it.
    """
    return _kept_to(
        [(sum_s / timed if long_s is None else long_s, timed) for _, _, _, timed, sum_s, long_s, _, _ in rounds if timed]
    )


def upper_jitter_s(rounds: Iterable[RecentRounds]) -> float | None:
    """Return the jitter in seconds that three differences in four keep to, None below 20 differences.

    A round's, or a long burst's, is the mean of its differences: what RFC 3550's estimate tends to, without its memory, in which
    one reply 560 ms late among even ones still reads 49 ms a round later.
    """
    return _kept_to([(moved_s / moves, moves) for *_, moves, moved_s in rounds if moves])


def _kept_to(weighed: list[tuple[float, int]]) -> float | None:
    total = sum(weight for _, weight in weighed)
    if total < _FEWEST:
        return None
    weighed.sort()
    so_far = accumulate(weight for _, weight in weighed)
    return next(value for (value, _), within in zip(weighed, so_far, strict=True) if within >= total * _MOST)


def _upper_s(rtts_s: Sequence[float]) -> float:
    return sorted(rtts_s)[ceil(len(rtts_s) * _MOST) - 1]


def _together(before: RecentRounds, more: RecentRounds) -> RecentRounds:
    """Return two rounds that lie close together as one, which began when the first did."""
    at_s, sent, received, timed, sum_s, long_s, moves, moved_s = before
    _, sent_2, received_2, timed_2, sum_2_s, long_2_s, moves_2, moved_2_s = more
    long_s = long_s if long_2_s is None else long_2_s
    return (
        at_s,
        sent + sent_2,
        received + received_2,
        timed + timed_2,
        sum_s + sum_2_s,
        long_s,
        moves + moves_2,
        moved_s + moved_2_s,
    )


def judge_quality(quality: Quality, usual_rtt_s: float | None, settings: QualitySettings, was_degraded: bool) -> Reason | None:
    """Return why the path is not good enough, None where it is or where too few packets say anything.

    usual_rtt_s: this site's usual RTT, None while it is not known. was_degraded: what was out of bounds has to be clearly good to
    be good again: RTT and jitter below 0.8 of their bound, loss no longer above its bound even by the plain count.
    """
    if quality.sent < settings.min_packets:
        return None
    if quality.received < quality.sent:
        found = _judge_loss(quality, settings, was_degraded)
        if found is not None:
            return found
    share = leave_share(was_degraded=was_degraded)
    return _judge_rtt(quality, usual_rtt_s, settings, share) or _judge_jitter(quality, settings.jitter_s * share, settings)


def leave_share(*, was_degraded: bool) -> float:
    """Return the share of a bound below which RTT and jitter are good."""
    return _LEAVE_SHARE if was_degraded else 1.0


def is_lossy(lost: int, sent: int, settings: QualitySettings, *, was_degraded: bool) -> bool:
    """Return whether so many lost packets prove a loss above the bound, or, once degraded, are above it."""
    if was_degraded:
        return lost > sent * settings.loss_ratio
    return lost >= smallest_proof(sent, settings.loss_ratio, settings.confidence)


def usual_bound_s(usual_rtt_s: float, settings: QualitySettings) -> float:
    """Return above which RTT, in seconds, a path is not what is usual for its site."""
    return max(usual_rtt_s * settings.rtt_usual_factor, usual_rtt_s + settings.rtt_usual_extra_s)


def mean_rtt_s(rounds: Iterable[RecentRounds]) -> float | None:
    """Return the mean RTT of a window's rounds in seconds, as judge_quality() takes it; None where no reply was stamped."""
    timed, sum_s = 0, 0.0
    for _, _, _, of_round, of_round_s, _, _, _ in rounds:
        timed += of_round
        sum_s += of_round_s
    return sum_s / timed if timed else None


def _judge_loss(quality: Quality, settings: QualitySettings, was_degraded: bool) -> Reason | None:
    lost = quality.sent - quality.received
    if not is_lossy(lost, quality.sent, settings, was_degraded=was_degraded):
        return None
    return Reason("loss", {"loss_ratio": lost / quality.sent, "packets": quality.sent})


def _judge_rtt(quality: Quality, usual_rtt_s: float | None, settings: QualitySettings, share: float) -> Reason | None:
    rtt_s = quality.rtt_s
    if rtt_s is None:
        return None
    if rtt_s > settings.rtt_s * share:
        return Reason("rtt", {"rtt_s": rtt_s, "bound_s": settings.rtt_s})
    if usual_rtt_s is None or rtt_s <= (bound_s := usual_bound_s(usual_rtt_s, settings)) * share:
        return None
    return Reason("rtt_usual", {"rtt_s": rtt_s, "usual_s": usual_rtt_s, "bound_s": bound_s})


def _judge_jitter(quality: Quality, bound_s: float, settings: QualitySettings) -> Reason | None:
    jitter_s = quality.jitter_s
    if jitter_s is None or jitter_s <= bound_s:
        return None
    return Reason("jitter", {"jitter_s": jitter_s, "bound_s": settings.jitter_s})


def voice_rating(latency_s: float, jitter_s: float, loss_ratio: float) -> float:
    """Return the simplified E-model's R. latency_s: one way. It rates voice; nothing is said of video."""
    effective_ms = latency_s * 1000 + 2 * jitter_s * 1000 + 10
    delay = effective_ms / 40 if effective_ms < 160 else (effective_ms - 120) / 10
    return 93.2 - delay - 2.5 * loss_ratio * 100


def voice_mos(latency_s: float, jitter_s: float, loss_ratio: float) -> float:
    """Return the mean opinion score of voice, 1 to 4.5, from the one-way latency, the jitter and the loss (0 to 1)."""
    rating = voice_rating(latency_s, jitter_s, loss_ratio)
    if rating <= 0:
        return 1.0
    if rating >= 100:
        return 4.5
    score = 1 + 0.035 * rating + 7e-6 * rating * (rating - 60) * (100 - rating)
    return 1.0 if score < 1.0 else min(score, 4.5)


def mos_of(rtt_s: float | None, jitter_s: float | None, loss_ratio: float) -> float | None:
    """Return the voice MOS of one round by its mean RTT, None without replies or jitter. One way is taken for half of the RTT."""
    return None if rtt_s is None or jitter_s is None else voice_mos(rtt_s / 2, jitter_s, loss_ratio)
