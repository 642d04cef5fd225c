"""What a transition says: its evidence for the journal, and its one line in the log; an event's line in the log, too."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo

from monitor.model.probe_kinds import ICMP
from monitor.model.reading import Outcome
from monitor.model.reason import Reason, Reasons
from monitor.model.state import Event, State, Transition
from monitor.service.board.track import Track
from monitor.words.events import tell_event
from monitor.words.page import counted
from monitor.words.probe_details import tell_details
from monitor.words.state_reasons import explain

log = logging.getLogger("monitor.state")

_FEW = 3


def evidence_of(track: Track) -> Reasons:
    """Return what was seen of a target, so that no other record is needed: 'ICMP 0/10; host unreachable from 10.2.0.9'."""
    silence, icmp = track.silence, track.measured.icmp
    if silence is None:
        return tuple(_answers(track))
    pings = (Reason("pings", {"received": silence.received, "sent": silence.sent}),) if silence.sent else ()
    quoted = (icmp.sample.unreachable.reason,) if icmp and icmp.sample.unreachable else ()
    failed = (
        Reason("probe_failed", {"probe": probe}, why) if why else Reason("probe_ended", {"probe": probe, "outcome": "timeout"})
        for probe, why in silence.told.items()
        if probe != ICMP.name
    )
    return (*pings, *quoted, *failed)


def sentence(event: Event) -> str:
    """Return an event as an English sentence, targets by their ids: what the log says."""
    return tell_event(event.kind, event.target, event.values, event.told, "en", {})


def announce(transitions: Sequence[Transition], since: dict[str, float], zone: tzinfo) -> None:
    """Log one line a transition; those that an uplink takes along or brings back come in one line together, root causes never.

    What is no news is left out. since: target → epoch seconds since when its old state held, where it had one.
    """
    news = [each for each in transitions if each.is_news]
    if len(news) < len(transitions):
        log.debug("%s targets are well at their first judgement", len(transitions) - len(news))
    alone: list[Transition] = []
    groups: dict[tuple[str, str, str], list[Transition]] = defaultdict(list)
    for transition in news:
        if transition.new is State.DOWN:
            alone.append(transition)
        else:
            groups[str(transition.old or "none"), str(transition.new), transition.cause or ""].append(transition)
    alone += (transition for members in groups.values() if len(members) <= _FEW for transition in members)
    for transition in alone:
        log.info(
            "%s: %s%s → %s, %s%s%s",
            transition.target,
            transition.old or "none",
            _since(since.get(transition.target), zone),
            transition.new,
            explain(transition.reason.code, transition.reason.values, "en"),
            _blast(transition),
            f" [{tell_details(transition.evidence, 'en')}]" if transition.evidence else "",
        )
    for (old, new, cause), members in groups.items():
        if (count := len(members)) > _FEW:
            shown = ", ".join(sorted(transition.target for transition in members)[:_FEW])
            why = f" behind {cause}" if cause else ""
            log.info("%s targets%s: %s → %s (%s and %s more)", count, why, old, new, shown, count - _FEW)


def _blast(transition: Transition) -> str:
    if not transition.affected_points and not transition.affected_endpoints:
        return ""
    points, endpoints = transition.affected_points, transition.affected_endpoints
    return f"; takes down {counted('points', points, 'en')} and {counted('endpoints', endpoints, 'en')}"


def _since(at: float | None, zone: tzinfo) -> str:
    """Return since when the old state held; when the new one began is the line's own time."""
    return "" if at is None else f" (since {datetime.fromtimestamp(at, zone):%Y-%m-%d %H:%M:%S})"


def _answers(track: Track) -> Iterator[Reason]:
    if track.measured.icmp is not None:
        sample = track.measured.icmp.sample
        rtt_s, pings = sample.rtt_average_s, {"received": sample.received, "sent": sample.sent}
        yield Reason("pings", pings) if rtt_s is None else Reason("pings_in", {**pings, "rtt_s": round(rtt_s, 6)})
    for name, probe in track.health.probes.items():
        if name != ICMP.name and probe.outcome is not None:
            outcome = Outcome.OK if probe.failures == 0 else probe.outcome
            yield Reason("probe_ended", {"probe": name, "outcome": outcome.value})
