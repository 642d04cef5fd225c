"""What the journal's lines say, as staff read them: one sentence for every kind of event, and for a change of state."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from monitor.words.catalogue import Catalogue, say
from monitor.words.complaints import COMPLAINTS, complain
from monitor.words.paths import path_text
from monitor.words.reasons import explain
from monitor.words.states import STATES
from monitor.words.voice import voice

Values = Mapping[str, float | int | str]

EVENTS: Catalogue = {
    "changed": ("{name}: {old} → {new}, {why}", "{name}: {old} → {new}, {why}"),
    "first": ("{name}: {new}, {why}", "{name}: {new}, {why}"),
    "started": ("Bộ giám sát khởi động, theo dõi {targets} điểm", "The monitor started with {targets} targets"),
    "stopped": ("Bộ giám sát dừng", "The monitor stopped"),
    "reload": ("Nạp lại cấu hình: {targets} điểm", "The configuration was reloaded: {targets} targets"),
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
}


def tell_change(target: str, states: tuple[str | None, str], why: str, language: str, names: Mapping[str, str]) -> str:
    """Return a change of state as a sentence without its full stop. states: old and new. why: the reason in words."""
    old, new = states
    told = {"name": names.get(target, target), "new": _state(new, language), "why": why}
    if old is None:
        return say(EVENTS, "first", language, **told)
    return say(EVENTS, "changed", language, old=_state(old, language), **told)


def tell(kind: str, target: str, values: Values, text: str, language: str, names: Mapping[str, str]) -> str:  # noqa: PLR0917
    """Return an event of the journal as a sentence without its full stop.

    values, text: as in model.state.Event; names: id → name, of targets and areas. A kind that has no sentence, and a line of before
    there were values, is told by its text, which is English.
    """
    if kind not in EVENTS:
        return text
    name = names.get(target, target) or "Agent"
    try:
        told = say(EVENTS, kind, language, **{**values, "name": name, **_MORE.get(kind, _nothing)(values, text, language, names)})
    except (KeyError, ValueError):
        return text
    return told[:1].upper() + told[1:]


def _nothing(_values: Values, _text: str, _language: str, _names: Mapping[str, str]) -> Mapping[str, str]:
    return {}


def _blind(values: Values, _text: str, language: str, names: Mapping[str, str]) -> Mapping[str, str]:
    return {"why": explain(str(values["code"]), values, language, names)}


def _sighted(values: Values, _text: str, language: str, _names: Mapping[str, str]) -> Mapping[str, str]:
    return {"lasted": voice(language).duration(float(values["lasted_s"]))}


def _path(_values: Values, text: str, language: str, _names: Mapping[str, str]) -> Mapping[str, str]:
    return {"path": path_text(text, language) or text}


def _misbehaves(values: Values, _text: str, language: str, _names: Mapping[str, str]) -> Mapping[str, str]:
    deed = str(values["deed"])
    told = say(COMPLAINTS, deed, language, **values) if deed == "more" else complain(deed, values, language)
    if "how" not in values:
        return {"complaint": told}
    lasted = voice(language).duration(float(values["lasted_s"]))
    return {"complaint": say(COMPLAINTS, str(values["how"]), language, complaint=told, lasted=lasted)}


def _acknowledged(values: Values, _text: str, _language: str, _names: Mapping[str, str]) -> Mapping[str, str]:
    return {"note": f": {values['note']}" if values["note"] else ""}


def _maintenance(values: Values, _text: str, _language: str, names: Mapping[str, str]) -> Mapping[str, str]:
    ids = f"{values['ids']} {values['areas']}".split()
    return {"covers": ", ".join(names.get(each, each) for each in ids)}


_MORE: Mapping[str, Callable[[Values, str, str, Mapping[str, str]], Mapping[str, str]]] = {
    "blind": _blind,
    "sighted": _sighted,
    "path": _path,
    "misbehaves": _misbehaves,
    "behaves": _misbehaves,
    "acknowledged": _acknowledged,
    "maintenance": _maintenance,
}


def _state(state: str, language: str) -> str:
    return say(STATES, state, language).lower()
