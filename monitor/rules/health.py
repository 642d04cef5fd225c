"""Whether a target answers: from single readings, over suspicion and confirmation, to a judgement; and what state that makes.

Silence is believed only when it is confirmed. A probe that still counts (a witness) and misses makes its target suspected; the
board then asks again at once. One answer of any probe ends the suspicion, misses_to_down silent bursts in a row make it ripe.
What a ripe silence means (down, unreachable, standby, maintenance) depends on the uplinks and the hour, never on the target alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from math import inf

from monitor.model.probe_kinds import KINDS
from monitor.model.reading import Outcome, Reading
from monitor.model.reason import Reason
from monitor.model.state import State
from monitor.rules.topology import Block, Cut

PATIENCE_S = 2.5
"""How long a suspicion waits for a probe that was asked to confirm and says nothing at all, not even that it timed out."""


class Standing(StrEnum):
    """What is believed of a target's answering.

    NEW:       nothing yet since the start.
    ANSWERING: any of its probes answered last.
    SILENT:    a confirmed silence, until it answers again.
    RETURNING: it was cut off and its uplink carries again; it has not answered yet, and its earlier silence proves nothing.
    LAPSED:    its evidence grew too old.
    """

    NEW = "new"
    ANSWERING = "answering"
    SILENT = "silent"
    RETURNING = "returning"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class ProbeHealth:
    """One probe of a target.

    outcome:    of the last conclusive reading; None where there is none that still counts.
    misses:     silent readings in a row, those left out that fell into a silence of the whole target. failures: the same, with
                refusals and malformed answers.
    unanswered: silent readings since the target last answered by any probe.
    is_trusted: False while this probe is silent though another answers: its silence then says nothing of the target.
    has_succeeded: it was OK at least once, so that its failing is news.
    is_slow: it is not asked to confirm a suspicion, and its silence raises none.
    """

    every_s: float
    outcome: Outcome | None = None
    misses: int = 0
    failures: int = 0
    unanswered: int = 0
    is_trusted: bool = True
    has_succeeded: bool = False
    is_slow: bool = False

    @property
    def counts(self) -> bool:
        """True where its silence speaks against the target."""
        return self.is_trusted and not self.is_slow

    @property
    def is_silent(self) -> bool:
        """True where the last conclusive reading brought nothing from the target."""
        return self.outcome is Outcome.TIMEOUT


@dataclass(frozen=True, slots=True)
class Health:
    """All that is believed of one target's answering. When it was heard last is kept apart: most readings change nothing else.

    suspected_s: since when it is suspected, monotonic seconds; None while it is not.
    not_before_s: a suspicion that is not ripe before this moment (grace of a returning target).
    """

    probes: Mapping[str, ProbeHealth]
    standing: Standing = Standing.NEW
    suspected_s: float | None = None
    not_before_s: float = 0.0

    @property
    def silent_bursts(self) -> int:
        """Return how many bursts of one probe in a row went unanswered since the target last answered."""
        return max((probe.unanswered for probe in self.probes.values() if probe.counts), default=0)


def unknown_health(intervals_s: Mapping[str, float]) -> Health:
    """Return the health of a target that nothing is known of. intervals_s: probe → seconds between its turns."""
    return Health({probe: ProbeHealth(every_s, is_slow=is_slow(probe, intervals_s)) for probe, every_s in intervals_s.items()})


def is_slow(probe: str, probes: Iterable[str]) -> bool:
    """Return whether a probe of a target is a slow one (ProbeKind.is_slow). probes: all that it has; if all are slow they count."""
    return KINDS[probe].is_slow and not all(KINDS[each].is_slow for each in probes)


def step_health(health: Health, reading: Reading, *, misses_to_down: int) -> Health:
    """Return the health after one more reading.

    One answer makes the target ANSWERING at once. A silent reading of a witness makes it suspected; only `settle` makes it SILENT.
    A reading that was never sent (Outcome.NOT_SENT), or of a probe that the target does not have, changes nothing. Where nothing
    changes, the health returned is the very same object.
    misses_to_down: so many misses of a probe, while another answers, and it is no longer a witness.
    """
    probe = health.probes.get(reading.probe)
    if probe is None or reading.outcome is Outcome.NOT_SENT:
        return health
    if reading.outcome.is_alive:
        is_news = not _is_as_left(health, probe, reading.outcome, misses_to_down)
        return _answered(health, reading, misses_to_down) if is_news else health
    return _missed(health, reading, probe)


def is_missing(health: Health, now_s: float) -> bool:
    """Return whether a suspected target has missed with every witness; one that still owes its answer is waited for PATIENCE_S."""
    if health.suspected_s is None:
        return False
    waited = now_s - health.suspected_s >= PATIENCE_S
    witnesses = [probe for probe in health.probes.values() if probe.counts]
    return any(probe.unanswered for probe in witnesses) and all(probe.is_silent or waited for probe in witnesses)


def is_ripe(health: Health, now_s: float, *, misses_to_down: int) -> bool:
    """Return whether a suspicion is confirmed: misses_to_down silent bursts in a row, no answer, and no grace left."""
    return is_missing(health, now_s) and health.silent_bursts >= misses_to_down and now_s >= health.not_before_s


def settle(health: Health) -> Health:
    """Return the health of a target whose silence is believed from now on."""
    return replace(health, standing=Standing.SILENT, suspected_s=None, not_before_s=0.0)


def drop(health: Health) -> Health:
    """Return the health without its suspicion; the misses stay counted, and the next one is suspected again."""
    return replace(health, suspected_s=None)


def returning(health: Health, now_s: float) -> Health:
    """Return the health of a silent target whose uplink carries again: only misses from now on speak against it.

    It has one interval of its quickest probe to come back by itself.
    """
    grace_s = min((probe.every_s for probe in health.probes.values()), default=0.0)
    return replace(
        health,
        probes=_acquitted(health),
        standing=Standing.RETURNING,
        suspected_s=now_s,
        not_before_s=now_s + grace_s,
    )


def restart(health: Health, now_s: float) -> Health:
    """Return the health of a suspected target whose misses prove nothing, since its uplink missed too and now answers again.

    It stays suspected, and only misses from now on speak against it; a returning target has its grace anew.
    """
    if health.standing is Standing.RETURNING:
        return returning(health, now_s)
    return replace(health, probes=_acquitted(health), suspected_s=now_s)


def forget_misses(health: Health) -> Health:
    """Return the health as it was before misses that prove nothing (we were blind); a silence that was believed before stays."""
    if health.standing is Standing.SILENT:
        return health
    return replace(health, probes={name: _forgotten(probe) for name, probe in health.probes.items()}, suspected_s=None)


def stood_still(health: Health, late_s: float, now_s: float) -> Health:
    """Return the health of a target whose suspicion and grace wait longer by late_s, since until now_s we looked at nothing."""
    if health.suspected_s is None:
        return health
    not_before_s = health.not_before_s + late_s if health.not_before_s else 0.0
    return replace(health, suspected_s=min(health.suspected_s + late_s, now_s), not_before_s=not_before_s)


def lapse(health: Health) -> Health:
    """Return the health of a target whose evidence is too old: nothing is known of it any more, nothing is being confirmed."""
    return Health(_each(health, outcome=None, misses=0, unanswered=0, is_trusted=True), Standing.LAPSED)


def stale_at_s(health: Health, heard_s: Mapping[str, float], since_s: float, intervals: float) -> float:
    """Return until when a target's evidence is no older than so many intervals; -inf for a target without probes.

    heard_s: probe → when its last conclusive reading was complete, monotonic seconds. since_s: before then no evidence could come
    (the start, or the end of blindness): age counts from there. What is asked seldom (ProbeHealth.is_slow) proves too little of
    now to count.
    """
    probes = [(name, each.every_s) for name, each in health.probes.items() if not each.is_slow]
    return max((fresh_until_s(every_s, heard_s.get(name), since_s, intervals) for name, every_s in probes), default=-inf)


def fresh_until_s(every_s: float, heard_s: float | None, since_s: float, intervals: float) -> float:
    """Return until when a probe's evidence is no older than so many intervals, or it had no time yet to bring any."""
    newest_s = since_s if heard_s is None or heard_s < since_s else heard_s
    return newest_s + intervals * every_s


def fault_of(health: Health, misses_to_down: int) -> Reason | None:
    """Return why an answering target is degraded by its probes: one that used to succeed fails now. None where all is well."""
    for name, probe in health.probes.items():
        if probe.has_succeeded and not probe.is_trusted:
            return Reason("probe_silent", {"probe": name, "readings": probe.misses})
        if probe.has_succeeded and probe.failures >= misses_to_down and not probe.is_silent:
            return Reason("probe_failing", {"probe": name, "readings": probe.failures})
    return None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What else decides a target's state, besides its health.

    covered: why it is under announced maintenance, None where it is not. cut: what cuts it off, None where a path is free.
    is_expected: it should answer at this hour. fault: why it is degraded while it answers.
    """

    covered: str | None = None
    cut: Cut | None = None
    is_expected: bool = True
    fault: Reason | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """A target's state, why, and the id of its root cause (itself while down)."""

    state: State
    reason: Reason
    cause: str | None = None


def judge_state(target: str, health: Health, around: Circumstances) -> Judgement | None:
    """Return the state of a target; None while nothing is known of it since the start.

    The order is maintenance, unreachable, down, standby, degraded, up; unknown where the evidence is too old or proves nothing yet.
    """
    if health.standing is Standing.NEW:
        return None
    if around.covered is not None:
        return Judgement(State.MAINTENANCE, Reason("maintenance", {"work": around.covered}))
    if health.standing in _UNKNOWN:
        return Judgement(State.UNKNOWN, _UNKNOWN[health.standing])
    if health.standing is Standing.SILENT:
        return _judge_silence(target, health, around)
    return Judgement(State.DEGRADED, around.fault) if around.fault else Judgement(State.UP, Reason("answers"))


_UNKNOWN = {Standing.LAPSED: Reason("stale"), Standing.RETURNING: Reason("uplink_returned")}


def _judge_silence(target: str, health: Health, around: Circumstances) -> Judgement:
    if around.cut is not None:
        cause = around.cut.cause
        match around.cut.by:
            case Block.MAINTENANCE:
                return Judgement(State.MAINTENANCE, Reason("behind_maintenance", {"uplink": cause}))
            case Block.DOWN:
                return Judgement(State.UNREACHABLE, Reason("behind", {"uplink": cause}), cause)
            case Block.STANDBY:
                return Judgement(State.STANDBY, Reason("behind_standby", {"uplink": cause}))
    if not around.is_expected:
        return Judgement(State.STANDBY, Reason("not_expected"))
    return Judgement(State.DOWN, Reason("silent", {"bursts": health.silent_bursts}), target)


def _is_as_left(health: Health, probe: ProbeHealth, outcome: Outcome, misses_to_down: int) -> bool:
    """Return whether one more answer of a probe finds everything as the one before has left it."""
    if outcome is not Outcome.OK or probe.outcome is not Outcome.OK or probe.failures or not probe.has_succeeded:
        return False
    if health.standing is not Standing.ANSWERING or health.suspected_s is not None or health.not_before_s:
        return False
    for each in health.probes.values():  # noqa: SIM110 at each reading, and a generator takes twice as long
        if each.unanswered or each.is_trusted is not (each.misses < misses_to_down):
            return False
    return True


def _answered(health: Health, reading: Reading, misses_to_down: int) -> Health:
    before = _acquitted(health) if _is_out(health) else health.probes
    probes = {name: replace(each, unanswered=0, is_trusted=each.misses < misses_to_down) for name, each in before.items()}
    is_ok = reading.outcome is Outcome.OK
    probe = probes[reading.probe]
    probes[reading.probe] = replace(
        probe,
        outcome=reading.outcome,
        misses=0,
        failures=0 if is_ok else probe.failures + 1,
        is_trusted=True,
        has_succeeded=probe.has_succeeded or is_ok,
    )
    return Health(probes, Standing.ANSWERING)


def _missed(health: Health, reading: Reading, probe: ProbeHealth) -> Health:
    probes = dict(health.probes)
    probes[reading.probe] = replace(
        probe,
        outcome=reading.outcome,
        misses=probe.misses + 1,
        failures=probe.failures + 1,
        unanswered=probe.unanswered + 1,
    )
    is_news = probe.counts and health.suspected_s is None and health.standing is not Standing.SILENT
    return replace(health, probes=probes, suspected_s=reading.at_s if is_news else health.suspected_s)


def _is_out(health: Health) -> bool:
    """Return whether the target is silent as a whole, so that its misses say nothing of any single probe."""
    if health.standing in (Standing.SILENT, Standing.RETURNING):
        return True
    return all(probe.is_silent for probe in health.probes.values() if probe.counts)


def _acquitted(health: Health) -> dict[str, ProbeHealth]:
    """Return the probes without the misses since the target last answered; what each had missed before still counts."""
    return {
        name: replace(each, misses=each.misses - each.unanswered, failures=each.failures - each.unanswered, unanswered=0)
        for name, each in health.probes.items()
    }


def _forgotten(probe: ProbeHealth) -> ProbeHealth:
    if not probe.is_trusted:
        return replace(probe, unanswered=0)
    failures = 0 if probe.is_silent else probe.failures
    outcome = None if probe.is_silent else probe.outcome
    return replace(probe, outcome=outcome, misses=0, failures=failures, unanswered=0)


def _each(health: Health, **changes: object) -> dict[str, ProbeHealth]:
    return {name: replace(probe, **changes) for name, probe in health.probes.items()}  # type: ignore[arg-type]
