"""What a transition says: its evidence for the journal, and its one line in the log."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, tzinfo

from monitor.model.state import State, Transition
from monitor.service.track import Track
from monitor.words.reasons import explain

log = logging.getLogger("monitor.state")

_UNREACHABLE = {
    (3, 0): "network unreachable",
    (3, 1): "host unreachable",
    (3, 3): "port unreachable",
    (3, 13): "administratively prohibited",
    (11, 0): "time to live exceeded",
}
"""RFC 792 and RFC 1812 section 5.2.7.1: type and code."""
_FEW = 3


def evidence(track: Track) -> str:
    """Return what was seen of a target, in words that need no other record: 'icmp 0/10; host unreachable from 10.2.0.9'."""
    if track.silence is not None:
        parts = [f"icmp {track.silence.received}/{track.silence.sent}"] if track.silence.sent else []
        parts += _quoted(track)
        parts += [f"{probe} {told or 'timeout'}" for probe, told in track.silence.told.items() if probe != "icmp"]
        return "; ".join(parts)
    return "; ".join(_answers(track))


def describe(transition: Transition) -> str:
    """Return the reason of a transition as an English sentence."""
    return explain(transition.reason.code, transition.reason.values, "en")


def announce(transitions: Sequence[Transition], since: dict[str, float], zone: tzinfo) -> None:
    """Log one line a transition; those that an uplink takes along or brings back come in one line together.

    What is no news is left out.

    since: target → epoch seconds since when its old state held, where it had one.
    """
    news = [each for each in transitions if each.is_news]
    if len(news) < len(transitions):
        log.debug("%s targets are well at their first judgement", len(transitions) - len(news))
    alone, together = _sorted(news)
    for transition in alone:
        behind = _blast(transition)
        log.info(
            "%s: %s%s → %s, %s%s%s",
            transition.target,
            transition.old or "none",
            _since(since.get(transition.target), zone),
            transition.new,
            describe(transition),
            behind,
            f" [{transition.evidence}]" if transition.evidence else "",
        )
    for (old, new, cause), ids in together.items():
        shown = ", ".join(sorted(ids)[:_FEW])
        why = f" behind {cause}" if cause else ""
        log.info("%s targets%s: %s → %s (%s and %s more)", len(ids), why, old, new, shown, len(ids) - _FEW)


def _sorted(transitions: Sequence[Transition]) -> tuple[list[Transition], dict[tuple[str, str, str], list[str]]]:
    """Part what deserves its own line from what happened to many alike: only root causes and small numbers stand alone."""
    groups: dict[tuple[str, str, str], list[Transition]] = defaultdict(list)
    alone: list[Transition] = []
    for transition in transitions:
        if transition.new is State.DOWN:
            alone.append(transition)
        else:
            groups[str(transition.old or "none"), str(transition.new), transition.cause or ""].append(transition)
    together = {}
    for key, members in groups.items():
        if len(members) > _FEW:
            together[key] = [each.target for each in members]
        else:
            alone.extend(members)
    return alone, together


def _blast(transition: Transition) -> str:
    if not transition.affected_points and not transition.affected_endpoints:
        return ""
    points, endpoints = transition.affected_points, transition.affected_endpoints
    return f"; takes down {points} point{_plural(points)} and {endpoints} endpoint{_plural(endpoints)}"


def _plural(count: int) -> str:
    return "" if count == 1 else "s"


def _since(at: float | None, zone: tzinfo) -> str:
    """Return since when the old state held; when the new one began is the line's own time."""
    return "" if at is None else f" (since {datetime.fromtimestamp(at, zone):%Y-%m-%d %H:%M:%S})"


def _quoted(track: Track) -> list[str]:
    error = track.measured.icmp.sample.unreachable if track.measured.icmp else None
    if error is None:
        return []
    name = _UNREACHABLE.get((error.type, error.code), f"ICMP type {error.type} code {error.code}")
    return [f"{name} from {error.reporter}"]


def _answers(track: Track) -> list[str]:
    parts = []
    if track.measured.icmp is not None:
        sample = track.measured.icmp.sample
        rtt_s = sample.rtt_average_s
        parts.append(f"icmp {sample.received}/{sample.sent}" + (f", {rtt_s * 1000:.1f} ms" if rtt_s is not None else ""))
    parts += [
        f"{name} {'ok' if probe.failures == 0 else probe.outcome}"
        for name, probe in track.health.probes.items()
        if name != "icmp" and probe.outcome is not None
    ]
    return parts
