"""The checks of what the endpoint answers for: signalling, registration, device, certificate, call; and the site."""

from __future__ import annotations

from monitor.model.meeting import Rung, Stage, Verdict
from monitor.model.reading import Outcome
from monitor.model.state import ServiceView
from monitor.rules.conference import OWN_WORDS, SIGNALLING, SipMeaning, sip_meaning
from monitor.rules.readiness.inputs import EndpointInput, Finding, SourceValue, fails, holds, not_counted

# Without one of these nobody is seen or heard; without another the meeting can be followed.
_VITAL = ("camera", "microphone", "hardware")


def signalling(endpoint: EndpointInput) -> Finding:
    """Does SIP or H.323 answer? What was asked over the network counts before what the device says of itself.

    Silence on every protocol that was asked is not ready, unless the profile says that such a device drops strangers; a machine on
    which no stack listens, and that refuses, is silent too.
    """
    rung, seen = Rung.SIGNALLING, endpoint.view.services
    asked = {name: seen[name] for name in SIGNALLING if name in seen and seen[name].outcome is not Outcome.NOT_SENT}
    answering = [(name, view) for name, view in asked.items() if view.sample.transport]
    for name, view in answering:
        if not _means(view, SipMeaning.DEGRADED):
            return holds(rung, "signals", view.at, protocol=name)
    if answering:
        name, view = answering[0]
        return fails(rung, Verdict.AT_RISK, "stack_refuses", view.at, protocol=name, status=view.sample.code or 0)
    at = max((view.at for view in asked.values()), default=None)
    if endpoint.profile.drops_strangers:
        return _by_site(endpoint) or fails(rung, Verdict.UNKNOWN, "drops_strangers", at)
    if asked:
        return fails(rung, Verdict.NOT_READY, "deaf", at, protocols="+".join(asked))
    return _signalling_by_agent(endpoint)


def _means(view: ServiceView, meaning: SipMeaning) -> bool:
    """Return whether a probe's answer has a status that means this; what has no status means nothing."""
    return view.sample.code is not None and sip_meaning(view.sample.code) is meaning


def _signalling_by_agent(endpoint: EndpointInput) -> Finding:
    """Return what is known of an endpoint that no probe asked: what its agent says, or the technician on site."""
    rung, words = Rung.SIGNALLING, endpoint.values_of("conference_signalling_up")
    if (word := next((word for word in words if word.number > 0), None)) is not None:
        return holds(rung, "signals_by_agent", word.at, protocol=word.label)
    if words:
        return fails(rung, Verdict.NOT_READY, "signalling_off", words[0].at, protocol=words[0].label)
    return _by_site(endpoint) or fails(rung, Verdict.UNKNOWN, "signalling_unasked")


def _by_site(endpoint: EndpointInput) -> Finding | None:
    """Return that a technician saw and heard it work, where the machine can't see it; None without such a tick."""
    tick = endpoint.meeting_input.confirmations.get(endpoint.target.id)
    if tick is None or not (tick.good and tick.camera and tick.sound):
        return None
    return holds(Rung.SIGNALLING, "site_saw", tick.at, by=tick.by)


def registration(endpoint: EndpointInput) -> Finding:
    """Is it registered? Of one protocol any source's no counts; a yes on another protocol leaves it at risk."""
    rung, words = Rung.REGISTRATION, endpoint.values_of("conference_registered")
    by_protocol: dict[str, list[SourceValue]] = {}
    for word in words:
        by_protocol.setdefault(word.label, []).append(word)
    failed = {name: told for name, told in by_protocol.items() if any(word.number <= 0 for word in told)}
    registered = [name for name in by_protocol if name not in failed]
    at = max((word.at for word in words), default=None)
    if failed and registered:
        return fails(rung, Verdict.AT_RISK, "registered_partly", at, protocol=registered[0], failed="+".join(sorted(failed)))
    if failed:
        return fails(rung, Verdict.NOT_READY, "unregistered", at, protocol="+".join(sorted(failed)))
    if registered:
        return holds(rung, "registered", at, protocol="+".join(sorted(registered)))
    agent = endpoint.view.snmp
    if agent is not None and not agent.up and endpoint.is_expected_to_tell("conference_registered"):
        return fails(rung, Verdict.UNKNOWN, "registration_lost", agent.at)
    return not_counted(rung, "registration_untold")


def device(endpoint: EndpointInput) -> Finding:
    """Are camera, microphone, display and hardware well, as far as the device tells?"""
    rung, words = Rung.DEVICE, endpoint.values_of("conference_device_up")
    broken = [word for word in words if word.number <= 0]
    vital = [word for name in _VITAL for word in broken if word.label == name]
    if vital:
        return fails(rung, Verdict.NOT_READY, f"{vital[0].label}_failed", vital[0].at)
    if broken:
        code = "display_failed" if broken[0].label == "display" else "component_failed"
        return fails(rung, Verdict.AT_RISK, code, broken[0].at, component=broken[0].label)
    if words:
        return holds(rung, "device_well", max(word.at for word in words), components=len({word.label for word in words}))
    return not_counted(rung, "device_untold")


def certificate(endpoint: EndpointInput) -> Finding:
    """Is its certificate valid until the end? Where calls are signalled over TLS it is the call's, else the management page's."""
    rung, words = Rung.CERTIFICATE, endpoint.values_of("conference_certificate_expiry_timestamp_seconds")
    if not words:
        return not_counted(rung, "certificate_untold")
    first = min(words, key=lambda word: word.number)
    end = endpoint.meeting_input.meeting.end.timestamp()
    if first.number >= end:
        return holds(rung, "certificate_valid", first.at, until_at=first.number)
    seen = endpoint.view.services
    is_vital = any(name in seen and seen[name].sample.transport == "tls" for name in SIGNALLING)
    verdict = Verdict.NOT_READY if is_vital else Verdict.AT_RISK
    code = "certificate_expired" if first.number <= endpoint.meeting_input.now else "certificate_ends"
    return fails(rung, verdict, code, first.at, until_at=first.number)


def call(endpoint: EndpointInput) -> Finding:
    """Is it free for this meeting? A call the day before says nothing; one beside the host's own is the rehearsal."""
    meeting_input, rung = endpoint.meeting_input, Rung.CALL
    clash = next((other for other in meeting_input.others if endpoint.target.id in other.endpoints), None)
    busy = _call_of(endpoint)
    if meeting_input.is_on and busy is not None:
        return holds(rung, "in_meeting" if busy.number > 0 else "not_in_meeting", busy.at)
    if busy is not None and busy.number > 0 and meeting_input.stage not in (Stage.PLANNED, Stage.DAY_BEFORE):
        if _is_host_in_call(endpoint):
            return holds(rung, "rehearsal", busy.at)
        return fails(rung, Verdict.NOT_READY, "busy", busy.at)
    if clash is not None and not meeting_input.is_on:
        return fails(rung, Verdict.AT_RISK, "clash", None, meeting=clash.title, until_at=clash.end.timestamp())
    if busy is None:
        return not_counted(rung, "call_untold")
    return holds(rung, "idle" if busy.number <= 0 else "busy_early", busy.at)


def is_in_call(endpoint: EndpointInput) -> bool:
    busy = _call_of(endpoint)
    return busy is not None and busy.number > 0


def _call_of(endpoint: EndpointInput) -> SourceValue | None:
    """Return what is said of a call: the device's own word before what a busy answer to OPTIONS lets guess."""
    words = endpoint.values_of("conference_in_call")
    own = (said for source in OWN_WORDS if (said := [word for word in words if word.source == source]))
    if trusted := next(own, words):
        return max(trusted, key=lambda word: word.number)
    seen = endpoint.view.services
    busy = next((name for name in SIGNALLING if name in seen and _means(seen[name], SipMeaning.BUSY)), None)
    return None if busy is None else SourceValue(busy, "", 1.0, seen[busy].at)


def _is_host_in_call(endpoint: EndpointInput) -> bool:
    """Return whether the host is in a call too: then all of them are in the trial call, as far as can be told."""
    host = endpoint.meeting_input.meeting.host
    view = endpoint.meeting_input.views.get(host)
    if not host or host == endpoint.target.id:
        return host == endpoint.target.id
    return view is not None and is_in_call(EndpointInput(endpoint.meeting_input, view.target, view))


def site(endpoint: EndpointInput) -> Finding:
    """What does the technician on site say?"""
    tick = endpoint.meeting_input.confirmations.get(endpoint.target.id)
    if tick is None:
        return not_counted(Rung.SITE, "nobody_on_site")
    if not tick.good:
        return fails(Rung.SITE, Verdict.AT_RISK, "site_fault", tick.at, by=tick.by, note=tick.note)
    ticked = {"on_site": tick.on_site, "camera": tick.camera, "sound": tick.sound}
    seen = "+".join(name for name, is_ticked in ticked.items() if is_ticked)
    return holds(Rung.SITE, "site_good", tick.at, by=tick.by, seen=seen or "good")
