"""Which profile reads an agent, by what the agent says of itself."""

from __future__ import annotations

import re
from collections.abc import Iterable

from monitor.model.profile import Match, Profile

Specificity = tuple[int, int]
"""How many sub-identifiers of sysObjectID were named, and whether sysDescr was too; the greater is the more specific."""

_NONE: Specificity = (-1, 0)


def recognise(profile: Profile, candidates: Iterable[Profile], sys_object_id: str, sys_descr: str) -> Profile:
    """Return the profile that an agent is read by: `profile`, or where it may be refined the most specific candidate that matches.

    A candidate must be more specific than `profile` itself is. Of equally specific ones the first by id is taken, so that the
    choice does not depend on the order of files.
    """
    if not profile.refine:
        return profile
    best, found = specificity(profile.match, sys_object_id, sys_descr), profile
    for candidate in sorted(candidates, key=lambda each: each.id):
        reached = specificity(candidate.match, sys_object_id, sys_descr)
        if reached > best:
            best, found = reached, candidate
    return found


def specificity(match: Match | None, sys_object_id: str, sys_descr: str) -> Specificity:
    """Return how specifically a match describes an agent; (-1, 0) where it does not, or says nothing."""
    if match is None:
        return _NONE
    if match.sys_descr is not None and not re.search(match.sys_descr, sys_descr):
        return _NONE
    described = int(match.sys_descr is not None)
    if not match.sys_object_ids:
        return (0, described)
    named = f"{sys_object_id}."
    lengths = [prefix.count(".") + 1 for prefix in match.sys_object_ids if named.startswith(f"{prefix}.")]
    return (max(lengths), described) if lengths else _NONE
