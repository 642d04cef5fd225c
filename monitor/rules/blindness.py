"""Whether it is we who cannot see. Needs evidence on our own side; a mass failure behind an answering root is an outage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.model.reason import Reason
from monitor.model.state import OwnSide

REFUSED_RATIO = 0.5
DROPS_RATIO = 0.5
"""A dropped reply is one lost packet; only where they are many can whole bursts be ours."""


@dataclass(frozen=True, slots=True)
class WitnessSilence:
    """Who is silent of those that prove that we can see.

    root: the root is silent, and that is confirmed. references: the configured references that were asked, and how many of them are
    silent. neighbours: the root's direct children, and how many of them are silent. has_answer: anyone at all has answered since
    the root fell silent.
    """

    root: bool = False
    references: int = 0
    silent_references: int = 0
    neighbours: int = 0
    silent_neighbours: int = 0
    has_answer: bool = False


def judge_own_side(own: Sequence[OwnSide]) -> Reason | None:
    """Return why the monitor is blind by what it knows of itself, None while that speaks for its sight.

    own: over the last round, the newest last, at least one. A late event loop is no blindness: the kernel has stamped what came in
    time, and only what it had to drop is lost.
    """
    newest = own[-1]
    if newest.carrier is False:
        return Reason("blind_carrier", {"link": newest.link})
    attempted, refused = sum(each.sends_attempted for each in own), sum(each.sends_refused for each in own)
    if attempted and refused / attempted > REFUSED_RATIO:
        refusal = next((each.refusal for each in reversed(own) if each.refusal), "")
        return Reason("blind_sends", {"refused": refused, "attempted": attempted, "refusal": refusal})
    if newest.receive_drops and newest.receive_drops > DROPS_RATIO * newest.sends_attempted:
        return Reason("blind_drops", {"drops": newest.receive_drops, "attempted": newest.sends_attempted})
    return None


def judge_silence(silence: WitnessSilence) -> Reason | None:
    """Return why the monitor is blind by who is silent: the root AND the references, without these the root and all directly on it.

    None where anyone at all answers, which proves sight.
    """
    if not silence.root or silence.has_answer:
        return None
    if silence.references:
        if silence.silent_references < silence.references:
            return None
        return Reason("blind_silent", {"references": silence.references, "neighbours": silence.neighbours})
    if not silence.neighbours or silence.silent_neighbours < silence.neighbours:
        return None
    return Reason("blind_silent", {"references": 0, "neighbours": silence.neighbours})
