"""What a tile tells when it is opened: all that is known of one target, in words."""

from __future__ import annotations

from monitor.export.audience import Audience
from monitor.export.pages.panels import Figure, figure
from monitor.export.pages.renderer import Renderer
from monitor.export.pages.tiles import root_cause_of, shown_state
from monitor.export.request import no_target
from monitor.export.sentences import Sentences, names_of, sentences
from monitor.model.inventory import Kind
from monitor.model.settings import Settings
from monitor.model.state import Snapshot, State, TargetView
from monitor.rules.bounds import Grades, grades
from monitor.rules.evidence import Evidence, circuit_load, gather
from monitor.rules.operations import may_be_taken
from monitor.words.page import counted

_Row = tuple[str, Figure]
"""A line of the card: the key of its label, and what it says."""


def card_html(id_: str, renderer: Renderer, snapshot: Snapshot, settings: Settings, audience: Audience) -> str:
    """Return a target's card. Raises NotThereError where no target has that id."""
    view = snapshot.views.get(id_)
    if view is None:
        raise no_target(id_)
    say, layout = sentences(audience.language, settings.timezone), renderer.layout(snapshot.inventory)
    evidence = gather(view, snapshot, settings, is_frozen=True)
    graded = grades(view, evidence, settings)
    rows: tuple[_Row, ...] = (
        *_standing(view, snapshot, say),
        *_line(view, evidence, graded, settings, say),
        *_agent(view, evidence, graded, say),
        ("card_complaint", Figure(". ".join(say.complaint(each) for each in snapshot.complaints.get(id_, ())))),
        *_people(view, snapshot, say, has_telephones=audience.sees_telephones),
    )
    return renderer.render(
        "card.html",
        say,
        snapshot=snapshot,
        view=view,
        state=shown_state(view),
        place=f"{layout.area(view.target.area).name} · {say.level(view.target.level)}",
        since=view.since if view.state else 0.0,
        since_text=say.day_clock(view.since, snapshot.at),
        rows=[(say(label), shown) for label, shown in rows if shown.text],
        endpoints=[(snapshot.views[each], shown_state(snapshot.views[each])) for each in layout.endpoints_of.get(id_, ())],
        may_be_taken=may_be_taken(view.state, flapping=view.flapping),
    )


def _standing(view: TargetView, snapshot: Snapshot, say: Sentences) -> list[_Row]:
    why = say.reason(view.reason, names_of(snapshot))
    if view.flapping:
        why = f"{why}; {say('card_flapping')}" if why else say("card_flapping")
    root = root_cause_of(view.target.id, snapshot)
    hit = (("points", root.points), ("endpoints", root.endpoints)) if root else ()
    behind = ", ".join(counted(kind, count, say.language) for kind, count in hit)
    cause = snapshot.views.get(view.cause or "")
    named = cause.target.name if cause is not None and cause is not view else ""
    return [
        ("card_why", Figure(". ".join(filter(None, (why, say.path(root.path) if root else ""))))),
        ("card_cause", Figure(named)),
        ("card_behind", Figure(behind)),
    ]


def _line(view: TargetView, evidence: Evidence, graded: Grades, settings: Settings, say: Sentences) -> list[_Row]:
    loss = "" if evidence.loss_ratio is None else say.voice.loss(evidence.loss_ratio)
    if loss and evidence.icmp is not None and evidence.icmp.loss_recent is not None:
        loss += f" ({say('window', count=evidence.icmp.packets_recent, window=say.age(settings.quality.window_s))})"
    rtt = "" if evidence.window_rtt_s is None else say.voice.milliseconds(evidence.window_rtt_s)
    if view.usual_rtt_s is not None:
        usual = say("card_usual", rtt=say.voice.milliseconds(view.usual_rtt_s))
        rtt = f"{rtt}, {usual}" if rtt else usual
    jitter_s = evidence.icmp.jitter_s if evidence.icmp else None
    return [
        ("card_loss", Figure(loss, graded.loss)),
        ("card_rtt", Figure(rtt, graded.rtt)),
        ("card_jitter", figure(jitter_s, say.voice.milliseconds, graded.jitter)),
    ]


def _agent(view: TargetView, evidence: Evidence, graded: Grades, say: Sentences) -> list[_Row]:
    agent = evidence.snmp
    if agent is None:
        said = "" if view.snmp else say("card_snmp_none")
    else:
        said = say("card_snmp_up") if agent.up else ": ".join(filter(None, (say("card_snmp_down"), say.detail(agent.detail))))
    carried = circuit_load(view.target, evidence.wan)
    directions = (
        ("card_receive", carried.receive_bps, carried.receive_ratio),
        ("card_transmit", carried.transmit_bps, carried.transmit_ratio),
    )
    traffic = ", ".join(
        say(key, rate=say.voice.rate(bps)) + (f" ({say.voice.load(ratio)})" if ratio is not None else "")
        for key, bps, ratio in directions
        if bps is not None
    )
    contracted = view.target.contracted
    contract = ""
    if contracted is not None:
        down, up = say.voice.rate(contracted.down_bps), say.voice.rate(contracted.up_bps)
        contract = down if down == up else f"{say('card_receive', rate=down)}, {say('card_transmit', rate=up)}"
    return [("card_snmp", Figure(said)), ("card_traffic", Figure(traffic, graded.load)), ("card_contract", Figure(contract))]


def _people(view: TargetView, snapshot: Snapshot, say: Sentences, *, has_telephones: bool) -> list[_Row]:
    target, owner = view.target, view.acknowledged
    uplinks = ", ".join(snapshot.views[each].target.name for each in target.parents if each in snapshot.views)
    who = ""
    if owner is not None:
        who = " · ".join(filter(None, (f"{owner.by} {say('taken', time=say.day_clock(owner.at, snapshot.at))}", owner.note)))
    elif view.state is State.DOWN:
        who = say("untaken")
    contacts = ", ".join(f"{each.role} {each.telephone}" if has_telephones else each.role for each in target.contacts)
    label = "card_uplink" if target.kind is Kind.POINT else "link"
    rows = ((label, uplinks), ("card_address", target.address), ("card_who", who), ("card_contacts", contacts))
    return [(key, Figure(text)) for key, text in rows]
