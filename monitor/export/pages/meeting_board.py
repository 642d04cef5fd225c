"""A meeting's go/no-go board as data: a tile an endpoint, counts, filters, what to do, and what mending one place brings back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.export.pages.tiles import root_cause_of
from monitor.export.sentences import Sentences, capital, names_of
from monitor.model.inventory import Inventory, Target
from monitor.model.meeting import Blast, EndpointVerdict, MeetingView, Rung, Verdict
from monitor.model.state import Snapshot

GRAVITY = {verdict: rank for rank, verdict in enumerate(Verdict)}
ACTIONS_SHOWN = 11
BLASTS_SHOWN = 3
NAMES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class EndpointTile:
    """One endpoint. is_behind: an uplink is what fails. site: 'good', 'fault' or ''. group: the action that it belongs to."""

    target: Target
    verdict: Verdict
    is_behind: bool
    site: str
    rung: str
    group: str
    is_host: bool
    is_disputed: bool

    @property
    def values(self) -> tuple[str | int, ...]:
        return (self.verdict.value, int(self.is_behind), self.site, self.rung, self.group, int(self.is_disputed))


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter. key: attribute=value as the script reads it."""

    key: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class NextStep:
    """One thing to do. group: as in its tiles. at: epoch seconds of the oldest evidence that it rests on, None where there is none.

    who: the role to call; what: what to say; taker: who has it; note: that machine and people disagree, '' where they don't.
    """

    group: str
    verdict: Verdict
    count: int
    names: str
    why: str
    at: float | None
    who: str
    what: str
    taker: str
    note: str


def tile(id_: str, view: MeetingView, inventory: Inventory) -> EndpointTile:
    """Return an endpoint's tile; one that was not judged yet is unknown."""
    found = view.endpoints.get(id_) or EndpointVerdict(id_, Verdict.UNKNOWN)
    tick = found.confirmation
    return EndpointTile(
        inventory.targets[id_],
        found.verdict,
        found.verdict is Verdict.NOT_READY
        and bool(found.cause)
        and found.cause != id_
        # Where the endpoint's own point is the cause, nothing else has to be mended first.
        and found.cause not in inventory.targets[id_].parents,
        "" if tick is None else "good" if tick.good else "fault",
        found.rung.value if found.rung else "",
        group_of(found),
        id_ == view.meeting.host,
        found.disputed,
    )


def group_of(verdict: EndpointVerdict) -> str:
    """Return what endpoints with the same thing to do have in common, '' where nothing is to do."""
    if verdict.verdict is Verdict.READY or verdict.rung is None:
        return ""
    if verdict.rung is Rung.UPLINK and verdict.cause:
        return verdict.cause
    code = verdict.action.code if verdict.action else verdict.reason.code if verdict.reason else ""
    return f"{verdict.verdict}:{verdict.rung}:{code}"


def chips(tiles: Sequence[EndpointTile], say: Sentences, levels: Sequence[str]) -> list[Chip]:
    """Return the filters: all, each reason by the ladder's order, who has not confirmed, who disagrees, and the levels."""
    rungs = Counter(each.rung for each in tiles if each.rung and each.verdict is not Verdict.READY)
    by_level = Counter(each.target.level for each in tiles)
    disputed = sum(each.is_disputed for each in tiles)
    found = [Chip("", say("all_endpoints"), len(tiles))]
    found += [Chip(f"r={rung}", say.chip(rung), rungs[rung]) for rung in Rung if rungs[rung]]
    found.append(Chip("v=", say("unconfirmed"), sum(not each.site for each in tiles)))
    found += [Chip("d=1", say("disputed"), disputed)] if disputed else []
    return found + [Chip(f"l={level}", capital(say.level(level)), by_level[level]) for level in levels if by_level[level]]


def actions(view: MeetingView, snapshot: Snapshot, say: Sentences) -> list[NextStep]:
    """Return everything to do: by verdict, then by how many endpoints it frees."""
    groups: dict[str, list[EndpointVerdict]] = {}
    for verdict in view.endpoints.values():
        if (group := group_of(verdict)) and verdict.endpoint in snapshot.inventory.targets:
            groups.setdefault(group, []).append(verdict)
    found = [_action(group, members, snapshot, say) for group, members in groups.items()]
    return sorted(found, key=lambda action: (GRAVITY[action.verdict], -action.count))


def _action(group: str, members: Sequence[EndpointVerdict], snapshot: Snapshot, say: Sentences) -> NextStep:
    first, targets, names = members[0], snapshot.inventory.targets, names_of(snapshot)
    cause = targets.get(group)
    ticked = sum(each.confirmation is not None for each in members)
    times = [found.at for each in members for found in each.evidence if found.rung is each.rung and found.at is not None]
    why = _why(members, names, say)
    if cause is not None:
        title = say.name(cause, snapshot.inventory)
        root = root_cause_of(group, snapshot)
        why = (say.path(root.path) or say.reason(root.reason, names)) if root else why
    else:
        shorts = [snapshot.inventory.short_name(targets[each.endpoint]) for each in members[: NAMES_SHOWN + 1]]
        title = ", ".join(shorts[:NAMES_SHOWN])
        if len(members) > NAMES_SHOWN + 1:
            title = say("names_more", names=title, count=len(members) - NAMES_SHOWN)
        elif len(members) > NAMES_SHOWN:
            title = ", ".join(shorts)
    owner = snapshot.views[group].acknowledged if group in snapshot.views else None
    taker = say("nobody_called") if cause is not None or len(members) == 1 else ""
    if owner is not None:
        taker = f"{owner.by} {say('taken', time=say.day_clock(owner.at, snapshot.at))}"
    elif cause is None and (ticked or len(members) > 1):
        taker = say("ticked", count=ticked, all=len(members))
    return NextStep(
        group,
        min((each.verdict for each in members), key=GRAVITY.__getitem__),
        len(members),
        title,
        why,
        min(times, default=None),
        first.call[0].role if first.call else "",
        say.readiness(first.action, names) if first.action else "",
        taker,
        say("site_disagrees") if any(each.disputed for each in members) else "",
    )


def _why(members: Sequence[EndpointVerdict], names: Mapping[str, str], say: Sentences) -> str:
    """Return the reason that all have in common; where theirs differ, only what is wrong: one's figures are not another's."""
    reasons = {say.readiness(member.reason, names) for member in members if member.reason}
    if len(reasons) > 1 and members[0].rung is not None:
        return say.chip(members[0].rung)
    return next(iter(reasons), "")


def blast_rows(view: MeetingView, snapshot: Snapshot) -> list[Blast]:
    """Return the places whose mending brings back two endpoints or more."""
    return [each for each in view.blasts if len(each.endpoints) > 1 and each.target in snapshot.views]


def verdict_sentence(view: MeetingView, snapshot: Snapshot, say: Sentences) -> str:
    """Return the verdict in one sentence, with what is still possible."""
    counts, names, meeting = view.counts(), names_of(snapshot), view.meeting
    parts = [say.readiness(view.reason, names)]
    host = view.endpoints.get(meeting.host)
    if host is not None and meeting.host in names:
        parts.append(say("host_said", name=names[meeting.host], verdict=say.verdict(host.verdict).lower()))
    elif meeting.external_host:
        parts.append(say("host_external", name=meeting.external_host))
    possible = counts[Verdict.READY] + counts[Verdict.AT_RISK]
    if view.endpoints and possible < len(meeting.endpoints):
        parts.append(say("possible", possible=possible, all=len(meeting.endpoints)))
    return ". ".join(parts) + "."


def share(counts: Mapping[Verdict, int]) -> list[tuple[Verdict, float, float]]:
    """Return each verdict's stretch of a bar of 100: where it begins and how wide it is, the gravest first."""
    whole, at, found = sum(counts.values()) or 1, 0.0, []
    for verdict in (Verdict.NOT_READY, Verdict.AT_RISK, Verdict.UNKNOWN, Verdict.READY):
        width = counts[verdict] / whole * 100
        if width:
            found.append((verdict, round(at, 2), round(width, 2)))
        at += width
    return found


def endpoint_title(each: EndpointTile, say: Sentences) -> str:
    """Return a tile in words; meeting.js says the same when it changes."""
    parts = [say.verdict(each.verdict)]
    if each.rung and each.verdict is not Verdict.READY:
        parts.append(say.chip(each.rung))
    parts.append(say(f"site_{each.site or 'none'}"))
    if each.is_host:
        parts.append(say("is_host"))
    return f"{each.target.name}: {', '.join(parts)}"
