"""The path from the root down to a target and what hangs on it, with the link that is bad."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.export.pages.tiles import GRAVITY, ProvinceLayout, shown_state
from monitor.export.sentences import Sentences
from monitor.model.inventory import Kind, Target
from monitor.model.settings import Settings
from monitor.model.state import Snapshot, State, TargetView
from monitor.rules.evidence import circuit_load, gather


@dataclass(frozen=True, slots=True)
class UplinkHop:
    """One target on the path, and the link that leads to it.

    grade: of the link: '' sound, 'amber' poor, 'red' broken, 'beyond' behind a break. above, below: what is written along it.
    is_self: the target whose page this is.
    """

    target: str
    name: str
    state: State
    said: str
    address: str
    grade: str
    above: str
    below: str
    is_self: bool


def chain(target: Target, snapshot: Snapshot) -> list[TargetView]:
    """Return the views from the root down to a target, by the uplinks that answer where there is a choice."""
    views, found = snapshot.views, [snapshot.views[target.id]]
    while parents := [views[each] for each in found[0].target.parents if each in views]:
        chosen = min(parents, key=lambda parent: shown_state(parent) in (State.DOWN, State.UNREACHABLE))
        if chosen in found:
            break
        found.insert(0, chosen)
    return found


def uplink_path(
    view: TargetView, layout: ProvinceLayout, snapshot: Snapshot, settings: Settings, say: Sentences
) -> list[UplinkHop]:
    """Return the path: the root first, then down to the target, then its gravest endpoint."""
    below = [snapshot.views[each] for each in layout.endpoints_of.get(view.target.id, ())]
    below.sort(key=lambda each: GRAVITY[shown_state(each)])
    found: list[UplinkHop] = []
    is_beyond = False
    for each in chain(view.target, snapshot):
        hop = _hop(each, snapshot, settings, say, is_beyond=is_beyond, is_self=each is view)
        found.append(hop)
        is_beyond = is_beyond or each.state in (State.DOWN, State.UNREACHABLE)
    found += [_hop(each, snapshot, settings, say, is_beyond=is_beyond, is_self=False) for each in below[:1]]
    return found


def _hop(view: TargetView, snapshot: Snapshot, settings: Settings, say: Sentences, *, is_beyond: bool, is_self: bool) -> UplinkHop:
    target, state = view.target, shown_state(view)
    evidence = gather(view, snapshot, settings, is_frozen=True)
    rtt = "" if evidence.window_rtt_s is None else say.voice.milliseconds(evidence.window_rtt_s)
    loss = evidence.window_loss_ratio
    share = circuit_load(target, evidence.wan).utilisation
    lost = say("link_loss", loss=say.voice.loss(loss)) if loss else ""
    loaded = say("link_load", load=say.voice.load(share)) if share is not None else ""
    grade = "beyond" if is_beyond else "red" if state is State.DOWN else "amber" if state is State.DEGRADED else ""
    broken = next((say.path(cause.path) for cause in snapshot.root_causes if cause.target == target.id), "")
    carries = "" if target.contracted is None else say.voice.rate(target.contracted.down_bps)
    return UplinkHop(
        target.id,
        target.name,
        state,
        ", ".join(filter(None, (say.state(state), rtt))),
        target.address,
        grade,
        say("lan") if target.kind is Kind.ENDPOINT else carries,
        (broken or say("link_broken")) if grade == "red" else ", ".join(filter(None, (lost, loaded))) if not is_beyond else "",
        is_self,
    )
