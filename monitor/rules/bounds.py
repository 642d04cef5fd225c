"""From where on a figure stands out, by the very settings that verdicts are made with; one answer for page, card, ladder and chart.

Red is what degrades its target (rules/quality.py says so, with its proof, its window and its way back), amber what puts a call at
risk (rules/readiness/checks.py). So no face calls bad what the verdict calls good, or worth a look what it calls bad.

What no verdict asks for, but a dashboard shows in colours, has its bounds here too: nowhere else is one written.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import inf

from monitor.model.settings import Settings
from monitor.model.state import IcmpView, State, TargetView
from monitor.rules.evidence import Evidence, circuit_load
from monitor.rules.quality import CODES, is_lossy, leave_share, usual_bound_s

_LOSS_NOTED_SHARE = 0.1
"""A loss of a tenth of its bound proves nothing and is worth a look: at the usual bound of 1% what a video call begins to show."""
_LOAD_NOTED_SHARE = 0.75
"""Of a circuit's headroom: a 95th percentile from here on is worth a look before the contract is renewed."""
_DAY_S = 86_400.0


class Grade(StrEnum):
    """How a figure stands out; its value is the class of its colour.

    FINE: not at all. AMBER: over the limit. RED: far over it, and the target is degraded for it.
    """

    FINE = ""
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Bounds:
    """Above which numbers a figure is amber, and red; red: infinity where it never is, and below amber where it is so at once."""

    amber: float
    red: float = inf

    @property
    def least(self) -> float:
        """Return above which number a figure stands out."""
        return min(self.amber, self.red)


@dataclass(frozen=True, slots=True)
class Floors:
    """Below which numbers a figure is amber, and red."""

    amber: float
    red: float


@dataclass(frozen=True, slots=True)
class Grades:
    """The grade of each of a target's figures; FINE too where nothing is known or too few packets say anything."""

    loss: Grade = Grade.FINE
    rtt: Grade = Grade.FINE
    jitter: Grade = Grade.FINE
    load: Grade = Grade.FINE

    @property
    def path(self) -> Grade:
        """Return the gravest of loss, round trip and jitter."""
        found = (self.loss, self.rtt, self.jitter)
        return Grade.RED if Grade.RED in found else Grade.AMBER if Grade.AMBER in found else Grade.FINE


def share_of(value: float | None, bound: float) -> float:
    """Return how much of a bound a figure takes: above 1 it is over, 0 where nothing is known, infinity for what may not be."""
    return 0.0 if not value else value / bound if bound else inf


def loss_bounds(settings: Settings) -> Bounds:
    """Return those of a loss ratio, 0 to 1."""
    return Bounds(settings.quality.loss_ratio * _LOSS_NOTED_SHARE, settings.quality.loss_ratio)


def rtt_bounds(settings: Settings, usual_s: float | None = None) -> Bounds:
    """Return those of a round-trip time in seconds. usual_s: what is usual for the site, None while that is not known."""
    usual_bound = inf if usual_s is None else usual_bound_s(usual_s, settings.quality)
    return Bounds(settings.meetings.rtt_s, min(settings.quality.rtt_s, usual_bound))


def jitter_bounds(settings: Settings) -> Bounds:
    """Return those of a jitter in seconds."""
    return Bounds(settings.meetings.jitter_s, settings.quality.jitter_s)


def load_bounds(settings: Settings) -> Bounds:
    """Return those of a circuit's load, as a share of its contracted speed."""
    return Bounds(settings.meetings.headroom)


def often_bounds(settings: Settings) -> Bounds:
    """Return those of what a circuit often carries, as a share of its contracted speed."""
    return Bounds(settings.meetings.headroom * _LOAD_NOTED_SHARE, settings.meetings.headroom)


def ready_floors(settings: Settings) -> Floors:
    """Return those of the share of a meeting's endpoints that are ready, 0 to 1."""
    return Floors(1.0, settings.meetings.attendance)


def left_floors(settings: Settings) -> Floors:
    """Return those of the seconds until a meeting: its last two checks."""
    return Floors(settings.meetings.second_s, settings.meetings.last_s)


AVAILABILITY_FLOORS = Floors(0.99, 0.95)
"""Of the share of the time that a target was there."""
MOS_FLOORS = Floors(4.0, 3.5)
"""Of an estimated voice quality: ITU-T G.107 has 4.03 for users who are satisfied, and 3.6 where some no longer are."""
CERTIFICATE_FLOORS_S = Floors(30 * _DAY_S, _DAY_S)
"""Of the seconds until a certificate ends."""


def grades(view: TargetView, evidence: Evidence, settings: Settings) -> Grades:
    """Return how each figure of a target stands out. evidence: what of the view may be told."""
    share = circuit_load(view.target, evidence.wan).utilisation
    loaded, icmp = _grade(share, load_bounds(settings)), evidence.icmp
    if icmp is None or icmp.loss_recent is None:
        return Grades(load=loaded)
    was_degraded = view.state is State.DEGRADED and view.reason.code in CODES
    left = leave_share(was_degraded=was_degraded)
    return Grades(
        _loss_grade(icmp, icmp.loss_recent, settings, was_degraded=was_degraded),
        _grade(evidence.window_rtt_s, rtt_bounds(settings, view.usual_rtt_s), left),
        _grade(icmp.jitter_s, jitter_bounds(settings), left),
        loaded,
    )


def _grade(value: float | None, bounds: Bounds, left: float = 1.0) -> Grade:
    """Return the grade of a figure, None being fine. left: the share of red below which a degraded target is good again."""
    if value is None:
        return Grade.FINE
    return Grade.RED if value > bounds.red * left else Grade.AMBER if value > bounds.amber else Grade.FINE


def _loss_grade(icmp: IcmpView, ratio: float, settings: Settings, *, was_degraded: bool) -> Grade:
    sent = icmp.packets_recent
    if ratio and is_lossy(round(sent * ratio), sent, settings.quality, was_degraded=was_degraded):
        return Grade.RED
    return Grade.AMBER if ratio > loss_bounds(settings).amber else Grade.FINE
