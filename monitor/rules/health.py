"""Whether a target answers: readings, suspicion, confirmation; and from there to a judgement. What flapping is stands at the end.

A target's standing is one of five (`Standing`), eight events move it (`HealthEvent`), and STANDING_AFTER says where each leads.
Nothing else writes a standing.

One answer of any probe makes a target ANSWERING, whatever was before: what answers is there, and older misses can't outweigh it. A
miss moves nothing at all. It only raises a suspicion (`Health.suspected_s`) if a probe missed that counts, a witness, so that one
lost burst wakes nobody and what is published stands while the board asks again. An answer ends the suspicion; misses_to_down
silent bursts in a row make it ripe. Only then, or when the target misses behind uplinks that are silent themselves, comes
CONFIRMED, the one way into SILENT. A suspicion that has asked often enough without a conclusive answer (the kernel would not send)
is DROPPED, and the next miss raises it anew.

What a silence means (down, unreachable, standby, maintenance) depends on the uplinks and the hour, never on the target alone: that
is `judge_state`, and no standing. But uplinks take evidence away. When a path is free again behind which a silent target was
hidden, its silence says nothing of itself any more: it is FREED, RETURNING and suspected, with an interval of grace to come back
by itself, and only fresh misses make it SILENT again. When an uplink that missed answers after all, whoever missed behind it is
EXCUSED: it stands as it did and is asked anew. And when it is we who were blind, the misses of everybody are FORGOTTEN; a silence
that was confirmed before stays, or each blindness would end all outages.

Whoever was not heard for too long has EXPIRED: LAPSED is not NEW, for of a new target nothing is said at all, while a lapsed one
is told as unknown. What comes next moves both alike.

A cell that is missing can't come, and is a KeyError, which is our bug: who is SILENT is not suspected, so that nothing is left to
be confirmed, dropped or excused; only who is SILENT is freed; a RETURNING target is waited for and its suspicion never dropped;
who has lapsed does not lapse again.

Beside the standing stands the evidence of each probe (`ProbeHealth`), which no table can hold, since it counts. A reading is made
an event by `step_health`, which also counts it; `step_event` takes all other events, and says what each leaves of the evidence and
of the suspicion. Which events come is the board's to say (service/board/suspicion.py).
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


class HealthEvent(StrEnum):
    """What moves a standing, or might.

    ANSWERED:  any of its probes brought something from the target, a refusal included.
    MISSED:    a probe brought nothing.
    CONFIRMED: its silence is believed from now on.
    DROPPED:   its suspicion is given up; the misses stay counted, and the next one is suspected again.
    FREED:     it is silent, and an uplink carries again: only misses from now on speak against it.
    EXCUSED:   it is suspected, and an uplink that missed too answers: only misses from now on speak against it.
    FORGOTTEN: its misses prove nothing, for we were blind.
    EXPIRED:   its evidence is too old: nothing is known of it any more, nothing is being confirmed.
    """

    ANSWERED = "answered"
    MISSED = "missed"
    CONFIRMED = "confirmed"
    DROPPED = "dropped"
    FREED = "freed"
    EXCUSED = "excused"
    FORGOTTEN = "forgotten"
    EXPIRED = "expired"


STANDING_AFTER: Mapping[Standing, Mapping[HealthEvent, Standing]] = {
    Standing.NEW: {
        HealthEvent.ANSWERED: Standing.ANSWERING,
        HealthEvent.MISSED: Standing.NEW,
        HealthEvent.CONFIRMED: Standing.SILENT,
        HealthEvent.DROPPED: Standing.NEW,
        HealthEvent.EXCUSED: Standing.NEW,
        HealthEvent.FORGOTTEN: Standing.NEW,
        HealthEvent.EXPIRED: Standing.LAPSED,
    },
    Standing.ANSWERING: {
        HealthEvent.ANSWERED: Standing.ANSWERING,
        HealthEvent.MISSED: Standing.ANSWERING,
        HealthEvent.CONFIRMED: Standing.SILENT,
        HealthEvent.DROPPED: Standing.ANSWERING,
        HealthEvent.EXCUSED: Standing.ANSWERING,
        HealthEvent.FORGOTTEN: Standing.ANSWERING,
        HealthEvent.EXPIRED: Standing.LAPSED,
    },
    Standing.SILENT: {
        HealthEvent.ANSWERED: Standing.ANSWERING,
        HealthEvent.MISSED: Standing.SILENT,
        HealthEvent.FREED: Standing.RETURNING,
        HealthEvent.FORGOTTEN: Standing.SILENT,
        HealthEvent.EXPIRED: Standing.LAPSED,
    },
    Standing.RETURNING: {
        HealthEvent.ANSWERED: Standing.ANSWERING,
        HealthEvent.MISSED: Standing.RETURNING,
        HealthEvent.CONFIRMED: Standing.SILENT,
        HealthEvent.EXCUSED: Standing.RETURNING,
        HealthEvent.FORGOTTEN: Standing.RETURNING,
        HealthEvent.EXPIRED: Standing.LAPSED,
    },
    Standing.LAPSED: {
        HealthEvent.ANSWERED: Standing.ANSWERING,
        HealthEvent.MISSED: Standing.LAPSED,
        HealthEvent.CONFIRMED: Standing.SILENT,
        HealthEvent.DROPPED: Standing.LAPSED,
        HealthEvent.EXCUSED: Standing.LAPSED,
        HealthEvent.FORGOTTEN: Standing.LAPSED,
    },
}


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
    def votes(self) -> bool:
        """True where its silence speaks against the target: it is a witness."""
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
        return max((probe.unanswered for probe in self.probes.values() if probe.votes), default=0)


def unknown_health(intervals_s: Mapping[str, float]) -> Health:
    """Return the health of a target that nothing is known of. intervals_s: probe → seconds between its turns."""
    return Health({probe: ProbeHealth(every_s, is_slow=is_slow(probe, intervals_s)) for probe, every_s in intervals_s.items()})


def is_slow(probe: str, probes: Iterable[str]) -> bool:
    """Return whether a probe of a target is a slow one (ProbeKind.is_slow). probes: all that it has; if all are slow they count."""
    return KINDS[probe].is_slow and not all(KINDS[each].is_slow for each in probes)


def step_health(health: Health, reading: Reading, *, misses_to_down: int) -> Health:
    """Return the health after one more reading.

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
    witnesses = [probe for probe in health.probes.values() if probe.votes]
    return any(probe.unanswered for probe in witnesses) and all(probe.is_silent or waited for probe in witnesses)


def is_ripe(health: Health, now_s: float, *, misses_to_down: int) -> bool:
    """Return whether a suspicion is confirmed: misses_to_down silent bursts in a row, no answer, and no grace left."""
    return is_missing(health, now_s) and health.silent_bursts >= misses_to_down and now_s >= health.not_before_s


def step_event(health: Health, event: HealthEvent, now_s: float) -> Health:
    """Return the health after anything but a reading. now_s: monotonic seconds."""
    standing = STANDING_AFTER[health.standing][event]
    match event:
        case HealthEvent.CONFIRMED:
            return replace(health, standing=standing, suspected_s=None, not_before_s=0.0)
        case HealthEvent.FREED | HealthEvent.EXCUSED:
            grace_s = min((probe.every_s for probe in health.probes.values()), default=0.0)
            not_before_s = now_s + grace_s if standing is Standing.RETURNING else health.not_before_s
            return Health(_acquitted(health), standing, now_s, not_before_s)
        case HealthEvent.FORGOTTEN if standing is not Standing.SILENT:
            return replace(health, probes={name: _forgotten(probe) for name, probe in health.probes.items()}, suspected_s=None)
        case HealthEvent.EXPIRED:
            probes = {
                name: replace(probe, outcome=None, misses=0, unanswered=0, is_trusted=True) for name, probe in health.probes.items()
            }
            return Health(probes, standing)
        case _:
            return replace(health, standing=standing, suspected_s=None)


def stood_still(health: Health, late_s: float, now_s: float) -> Health:
    """Return the health of a target whose suspicion and grace wait longer by late_s, since until now_s we looked at nothing."""
    if health.suspected_s is None:
        return health
    not_before_s = health.not_before_s + late_s if health.not_before_s else 0.0
    return replace(health, suspected_s=min(health.suspected_s + late_s, now_s), not_before_s=not_before_s)


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

_BEHIND = {
    Block.MAINTENANCE: (State.MAINTENANCE, "behind_maintenance"),
    Block.DOWN: (State.UNREACHABLE, "behind"),
    Block.STANDBY: (State.STANDBY, "behind_standby"),
}


def _judge_silence(target: str, health: Health, around: Circumstances) -> Judgement:
    if around.cut is not None:
        (state, code), uplink = _BEHIND[around.cut.by], around.cut.cause
        return Judgement(state, Reason(code, {"uplink": uplink}), uplink if state is State.UNREACHABLE else None)
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
    return Health(probes, STANDING_AFTER[health.standing][HealthEvent.ANSWERED])


def _missed(health: Health, reading: Reading, probe: ProbeHealth) -> Health:
    probes = dict(health.probes)
    probes[reading.probe] = replace(
        probe,
        outcome=reading.outcome,
        misses=probe.misses + 1,
        failures=probe.failures + 1,
        unanswered=probe.unanswered + 1,
    )
    standing = STANDING_AFTER[health.standing][HealthEvent.MISSED]
    is_news = probe.votes and health.suspected_s is None and standing is not Standing.SILENT
    return Health(probes, standing, reading.at_s if is_news else health.suspected_s, health.not_before_s)


def _is_out(health: Health) -> bool:
    """Return whether the target is silent as a whole, so that its misses say nothing of any single probe."""
    if health.standing in (Standing.SILENT, Standing.RETURNING):
        return True
    return all(probe.is_silent for probe in health.probes.values() if probe.votes)


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


# Flapping

CHECKS = 20
_ALL = (1 << CHECKS) - 1
_WEIGHTS = tuple(1.18 - 0.02 * age for age in range(CHECKS))


@dataclass(frozen=True, slots=True)
class Flapping:
    """What the last checks say, by Icinga 2's weighted share of changes over the last 20 checks.

    Source: Icinga 2 documentation, Advanced Topics, "Check Flapping": each of the last 20 checks that changed the state counts with
    its weight, from 0.8 for the oldest in steps of 0.02 up to 1.18 for the newest; the sum is divided by 20.

    changes: bit n is set where the check n turns ago (0 is the newest) saw another state than the one before it.
    answered: what the newest check saw, None before the first.
    """

    changes: int = 0
    answered: bool | None = None
    is_flapping: bool = False

    @property
    def change_ratio(self) -> float:
        """Return the weighted share of checks that changed the state, 0 to 0.99."""
        return sum(weight for age, weight in enumerate(_WEIGHTS) if self.changes >> age & 1) / CHECKS


def step_flapping(flapping: Flapping, answered: bool, *, high: float, low: float) -> Flapping:
    """Return the opinion after one more check. Above high it flaps; then until it is no longer above low. Ratios are 0 to 1.

    Where nothing changes, it is the very same object.
    """
    if not flapping.changes and flapping.answered is answered:
        return flapping
    has_changed = flapping.answered is not None and flapping.answered is not answered
    changes = (flapping.changes << 1 | has_changed) & _ALL
    bound = low if flapping.is_flapping else high
    return Flapping(changes, answered, Flapping(changes).change_ratio > bound)
