"""What judgements change: transitions to be committed, and details of what is published that are no news."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.model.state import State, Transition
from monitor.rules.health import Judgement
from monitor.service.board.announcing import evidence_of
from monitor.service.board.judge import Judge
from monitor.service.board.published import Published, detail
from monitor.service.board.track import Track


def transitions_of(
    judged: Mapping[str, Judgement], tracks: Mapping[str, Track], bench: Judge, picture: Published, wall: float
) -> tuple[list[tuple[Judgement, Transition]], bool]:
    """Return the transitions that judgements make, and whether a target just went on from the journal's last word on it.

    wall: epoch seconds. Views that only change in detail are replaced here.
    """
    changed: dict[str, Judgement] = {}
    has_resumed = False
    for name, judgement in judged.items():
        track, is_covered = tracks[name], bench.is_covered(name)
        if track.view.state is None and track.memory is not None and _is_same(track.memory, judgement):
            detail(track, judgement, track.memory.at, is_covered=is_covered)
            track.memory, has_resumed = None, True
        elif (track.view.state, track.view.cause) != (judgement.state, judgement.cause):
            changed[name] = judgement
        else:
            detail(track, judgement, track.view.since, is_covered=is_covered)
    made = [(judgement, _transition(tracks[name], judgement, changed, picture, wall)) for name, judgement in changed.items()]
    return made, has_resumed


def _transition(
    track: Track, judgement: Judgement, changed: Mapping[str, Judgement], picture: Published, wall: float
) -> Transition:
    name = track.target.id
    points, endpoints = picture.affected(name, changed) if judgement.state is State.DOWN else (0, 0)
    return Transition(
        target=name,
        old=track.view.state or (track.memory.new if track.memory else None),
        new=judgement.state,
        at=wall,
        cause=judgement.cause,
        reason=judgement.reason,
        evidence=evidence_of(track),
        affected_points=points,
        affected_endpoints=endpoints,
    )


def _is_same(memory: Transition, judgement: Judgement) -> bool:
    """Return whether the journal's last word on a target is what is judged now, so that nothing changed over a restart."""
    return (memory.new, memory.cause) == (judgement.state, judgement.cause)
