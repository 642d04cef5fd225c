"""What was learned of how an agent wants to be asked, so that it is asked no more and no faster than it can bear."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.model.reason import Reason


@dataclass(frozen=True, slots=True)
class LearnedLimit:
    """A number that is in force for one agent.

    reason: why it is not the configured one, None where it is. at: epoch seconds since when, None where nothing was learned.
    """

    value: float
    reason: Reason | None = None
    at: float | None = None


@dataclass(frozen=True, slots=True)
class AgentLimits:
    """How one target's agent is asked.

    repetitions: rows asked for in one GETBULK. get_size: objects in one GET. timeout_s: seconds that a first try is waited for.
    response_s, deviation_s: its smoothed response time and mean deviation (RFC 6298), seconds; None before its first answer.
    requests_per_second: at most so many in any second, retries included; None: no bound. held_back: requests that waited for
    that, ever. late: answers, ever, that came when they were no longer waited for.
    """

    repetitions: LearnedLimit
    get_size: LearnedLimit
    timeout_s: LearnedLimit
    response_s: float | None
    deviation_s: float | None
    requests_per_second: int | None
    held_back: int
    late: int
