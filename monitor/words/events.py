"""What the journal's lines say, as staff read them: one sentence for every kind of event, and for a change of state."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from monitor.words.agent_faults import COMPLAINTS, complain
from monitor.words.catalogue import Catalogue, say
from monitor.words.probe_details import Coded, tell_details
from monitor.words.readiness import STAGES, VERDICTS
from monitor.words.state_reasons import explain
from monitor.words.states import STATES
from monitor.words.voice import voice

Values = Mapping[str, float | int | str]

EVENTS: Catalogue = {
    "changed": ("{name}: {old} → {new}, {why}", "{name}: {old} → {new}, {why}"),
    "first": ("{name}: {new}, {why}", "{name}: {new}, {why}"),
    "started": ("Bộ giám sát khởi động, theo dõi {targets:# điểm}", "The monitor started with {targets:# target|# targets}"),
    "stopped": ("Bộ giám sát dừng", "The monitor stopped"),
    "reload": ("Nạp lại cấu hình: {targets:# điểm}", "The configuration was reloaded: {targets:# target|# targets}"),
    "blind": ("Bộ giám sát không nhìn thấy mạng: {why}", "The monitor is blind: {why}"),
    "sighted": ("Bộ giám sát nhìn thấy lại sau {lasted}", "The monitor sees again after {lasted}"),
    "path": ("{name}: {path}", "{name}: {path}"),
    "misbehaves": ("{name}: {complaint}", "{name}: {complaint}"),
    "behaves": ("{name}: {complaint}", "{name}: {complaint}"),
    "acknowledged": ("{by} nhận {name}{note}", "{by} took on {name}{note}"),
    "withdrawn": ("{by} rút lại việc nhận {name}", "{by} withdrew from {name}"),
    "acknowledgement_over": ("{name} đã hết sự cố, {by} xong việc", "{name}: the outage that {by} had is over"),
    "maintenance": ("{by} báo bảo trì số {number}, {covers}: {reason}", "{by} announced maintenance {number}, {covers}: {reason}"),
    "maintenance_ended": ("{by} kết thúc bảo trì số {number}: {reason}", "{by} ended maintenance {number}: {reason}"),
    "meeting_checked": ("{meeting} {stage}: {verdict}; {counts}", "{meeting}, {stage}: {verdict}; {counts}"),
    "meeting_sealed": ("{meeting} đã chốt báo cáo: {verdict}, sha256 {seal}", "{meeting} sealed: {verdict}, sha256 {seal}"),
    "meeting_confirmed": ("{meeting}: {by} {said}{seen}{note}", "{meeting}: {by} {said}{seen}{note}"),
}


def tell_change(target: str, states: tuple[str | None, str], why: str, language: str, names: Mapping[str, str]) -> str:
    """Return a change of state as a sentence without its full stop. states: old and new. why: the reason in words."""
    old, new = states
    values = {"name": names.get(target, target), "new": _state(new, language), "why": why}
    if old is None:
        return say(EVENTS, "first", language, **values)
    return say(EVENTS, "changed", language, old=_state(old, language), **values)


def tell_event(  # noqa: PLR0917
    kind: str, target: str, values: Values, told: Sequence[Coded], language: str, names: Mapping[str, str]
) -> str:
    """Return an event of the journal as a sentence without its full stop.

    values, told: as in model.state.Event; names: id → name, of targets and areas. What has no sentence, and a line of before there
    were values, is told by its reasons alone.
    """
    if kind not in EVENTS:
        return tell_details(told, language)
    name = names.get(target, target) or "Agent"
    try:
        more = _MORE.get(kind, _nothing)(values, told, language, names)
        said = say(EVENTS, kind, language, **{**values, "name": name, **more})
    except (KeyError, ValueError):
        return tell_details(told, language)
    ids = (name if name == target else "", str(values.get("meeting", "")))
    # An id is written as it is.
    return said if any(each and said.startswith(each) for each in ids) else said[:1].upper() + said[1:]


def _nothing(_values: Values, _told: Sequence[Coded], _language: str, _names: Mapping[str, str]) -> Mapping[str, str]:
    return {}


def _blind(values: Values, _told: Sequence[Coded], language: str, names: Mapping[str, str]) -> Mapping[str, str]:
    return {"why": explain(str(values["code"]), values, language, names)}


def _sighted(values: Values, _told: Sequence[Coded], language: str, _names: Mapping[str, str]) -> Mapping[str, str]:
    return {"lasted": voice(language).duration(float(values["lasted_s"]))}


def _path(_values: Values, told: Sequence[Coded], language: str, _names: Mapping[str, str]) -> Mapping[str, str]:
    return {"path": tell_details(told, language)}


def _misbehaves(values: Values, told: Sequence[Coded], language: str, _names: Mapping[str, str]) -> Mapping[str, str]:
    deed = str(values["deed"])
    said = say(COMPLAINTS, deed, language, **values) if deed == "more" else complain(deed, values, language, told)
    if "how" not in values:
        return {"complaint": said}
    lasted = voice(language).duration(float(values["lasted_s"]))
    return {"complaint": say(COMPLAINTS, str(values["how"]), language, complaint=said, lasted=lasted)}


def _acknowledged(values: Values, _told: Sequence[Coded], _language: str, _names: Mapping[str, str]) -> Mapping[str, str]:
    return {"note": f": {values['note']}" if values["note"] else ""}


def _maintenance(values: Values, _told: Sequence[Coded], _language: str, names: Mapping[str, str]) -> Mapping[str, str]:
    ids = f"{values['ids']} {values['areas']}".split()
    return {"covers": ", ".join(names.get(each, each) for each in ids)}


def _checked(values: Values, told: Sequence[Coded], language: str, _names: Mapping[str, str]) -> Mapping[str, str]:
    counts = (f"{each.values['count']} {_verdict(each.values['verdict'], language)}" for each in told)
    return {
        "stage": say(STAGES, str(values["stage"]), language).lower(),
        "verdict": _verdict(values["verdict"], language),
        "counts": ", ".join(counts),
    }


def _sealed(values: Values, _told: Sequence[Coded], language: str, _names: Mapping[str, str]) -> Mapping[str, str]:
    return {"verdict": _verdict(values["verdict"], language)}


def _confirmed(values: Values, _told: Sequence[Coded], language: str, _names: Mapping[str, str]) -> Mapping[str, str]:
    seen = [say(_SEEN, name, language) for name in _SEEN if values[name]]
    return {
        "said": say(_SAID, "good" if values["good"] else "bad", language),
        "seen": f" ({', '.join(seen)})" if seen else "",
        "note": f": {values['note']}" if values["note"] else "",
    }


def _verdict(verdict: float | int | str, language: str) -> str:
    return say(VERDICTS, str(verdict), language).lower()


_SAID: Catalogue = {"good": ("xác nhận tốt", "says that it is well"), "bad": ("báo có lỗi", "reports a fault")}
_SEEN: Catalogue = {
    "on_site": ("có người", "somebody on site"),
    "camera": ("có hình", "picture"),
    "sound": ("có tiếng", "sound"),
}
_More = Callable[[Values, Sequence[Coded], str, Mapping[str, str]], Mapping[str, str]]
_MORE: Mapping[str, _More] = {
    "blind": _blind,
    "sighted": _sighted,
    "path": _path,
    "misbehaves": _misbehaves,
    "behaves": _misbehaves,
    "acknowledged": _acknowledged,
    "maintenance": _maintenance,
    "meeting_checked": _checked,
    "meeting_sealed": _sealed,
    "meeting_confirmed": _confirmed,
}


def _state(state: str, language: str) -> str:
    return say(STATES, state, language).lower()
