"""What the sentences meant that version 0.1 wrote into the journal: its own frozen copy of them, which nothing later changes.

That version kept English where codes stand now. A text is turned only where the codes hold all of it: each form below is a template
that the values found in it fill again to the very same text. What no form knows stays the text that it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

Code = dict[str, Any]
"""A reason as the journal keeps it: {'code': …, 'values': {…}}, and 'because' where something lies under it."""
Codes = list[Code]


class _Kind(NamedTuple):
    """A kind of value: what it looks like, what it becomes, and how that is written again."""

    pattern: str
    read: Callable[[str], Any]
    write: Callable[[Any], str]


_KINDS: Mapping[str, _Kind] = {
    "n": _Kind(r"-?\d+", int, str),
    "tenths": _Kind(r"\d+\.\d", float, lambda value: f"{value:.1f}"),
    "g": _Kind(r"\d+(?:\.\d+)?(?:e[+-]\d+)?", float, lambda value: f"{value:g}"),
    "ms": _Kind(r"\d+\.\d", lambda text: round(float(text) / 1000, 9), lambda value: f"{value * 1000:.1f}"),
    "word": _Kind(r"\S+", str, str),
    "probe": _Kind(r"snmp|sip|h323|web|tcp", str, str),
    "transport": _Kind(r"udp|tcp|tls", str, str),
    "outcome": _Kind(r"ok|timeout|refused|malformed|not_sent", str, str),
    "oid": _Kind(r"(?:\d+\.)+\d+", str, str),
    "text": _Kind(r".+", str, str),
}
_PLACE = re.compile(r"\{(\w+):(\w+)\}")


class _Form:
    """One sentence: a template in which {name:kind} stands for a value, and {because:under} for what lies under it."""

    def __init__(self, code: str, template: str, values: Mapping[str, Any] | None = None) -> None:
        self.code = code
        self._fixed = values or {}
        self._kinds = {name: kind for name, kind in _PLACE.findall(template) if kind != "under"}
        parts = _PLACE.split(template)
        pattern = "".join(
            re.escape(parts[at]) + (_group(parts[at + 1], parts[at + 2]) if at + 2 < len(parts) else "")
            for at in range(0, len(parts), 3)
        )
        self._pattern = re.compile(pattern, re.DOTALL)

    def read(self, text: str) -> Code | None:
        """Return what a text says by this form, None where it is none of its kind or not all of it would be kept."""
        found = self._pattern.fullmatch(text)
        if found is None:
            return None
        values = dict(self._fixed)
        for name, kind in self._kinds.items():
            values[name] = _KINDS[kind].read(found[name])
            if _KINDS[kind].write(values[name]) != found[name]:
                return None
        told: Code = {"code": self.code, "values": values}
        if "because" in self._pattern.groupindex:
            told["because"] = details(found["because"])
        return told


def _group(name: str, kind: str) -> str:
    return f"(?P<{name}>{'.+' if kind == 'under' else _KINDS[kind].pattern})"


_OS = ("network is unreachable", "no route to host", "operation not permitted", "connection refused")
_OS_SYMBOLS = ("ENETUNREACH", "EHOSTUNREACH", "EPERM", "ECONNREFUSED")
_OS_ERRORS = tuple(
    _Form("os_error", text, {"errno": symbol, "error": text})
    for said, symbol in zip(_OS, _OS_SYMBOLS, strict=True)
    for text in (said, said.capitalize())
)
_USMS = {
    "wrong_authentication_key": "wrong authentication key or protocol",
    "wrong_privacy_key": "wrong privacy key or protocol",
    "unknown_user": "the agent knows no such user",
    "security_level": "the agent does not permit this security level for the user",
    "time_window": "not in the agent's time window, even after resynchronising",
    "wrong_authentication": "the answer's authentication is wrong",
}
_UNREACHABLE = (
    _Form("network_unreachable", "network unreachable from {reporter:word}"),
    _Form("host_unreachable", "host unreachable from {reporter:word}"),
    _Form("port_unreachable", "port unreachable from {reporter:word}"),
    _Form("prohibited", "prohibited from {reporter:word}"),
    _Form("prohibited", "administratively prohibited from {reporter:word}"),
    _Form("hops_exceeded", "time to live exceeded from {reporter:word}"),
    _Form("icmp_error", "ICMP type {type:n} code {number:n} from {reporter:word}"),
)
_LONG = (
    _Form("answer_from", "an answer came from {address:word} port {port:n}; if it is the same device, add it to answers_from"),
    _Form("no_interfaces", "no interface matches '{pattern:text}'; there are none"),
    _Form("no_interface", "no interface matches '{pattern:text}'; there are {names:text}"),
    _Form("login_refused", "{path:word}: {status:text}; check its login"),
)
"""What has a '; ' of its own."""
_TO_THE_END = (
    _Form("interfaces", "interfaces: {because:under}"),
    _Form("of_column", "{oid:oid}: {because:under}"),
)
"""What all that follows belongs to."""
_SHORT = (
    _Form("no_answer", "no answer"),
    _Form("unanswered_for", "no answer to {tries:n} tries in {waited_s:tenths} s"),
    _Form("unanswered_for", "no answer to 1 try in {waited_s:tenths} s", {"tries": 1}),
    _Form("unanswered", "no answer to {tries:n} tries"),
    _Form("unanswered", "no answer to 1 try", {"tries": 1}),
    _Form("tcp_silent", "no answer from TCP port {port:n}"),
    _Form("retry_unsent", "no answer, and the retry could not be sent: {because:under}"),
    _Form("not_complete", "not complete after {deadline_s:g} s"),
    _Form("pace_too_slow", "not complete in time at {per_second:n} requests a second"),
    _Form("port_closed", "port unreachable: no agent listens there"),
    *_UNREACHABLE,
    _Form("agent_status", "the agent answers {status:word}"),
    _Form("lacks_objects", "the agent lacks more than {most:n} of the objects asked for"),
    _Form("other_objects", "the answer names other objects than were asked for"),
    _Form("wrong_request_id", "request-id {asked:n} answered with {answered:n}"),
    _Form("wrong_reply", "the answer has another community, version or type than was asked for"),
    _Form("oversized", "oversized answer: {octets:n} octets"),
    _Form("malformed", "malformed answer: {because:under}"),
    _Form("interface_unread", "interface {interface:text} could not be read"),
    _Form("endless", "still not at its end after {requests:n} requests"),
    _Form("no_values", "an answer without values"),
    _Form("not_increasing", "names do not increase: {oid:oid} after {after:oid}"),
    _Form("too_many_rows", "more than {rows:n} rows"),
    _Form("silent_to_encrypted", "silent to what is encrypted, though it reports: wrong privacy key or protocol"),
    *(_Form(code, said + " (user '{user:text}')") for code, said in _USMS.items()),
    _Form("pysnmp", "pysnmp: {error:text}"),
    _Form(
        "shared_engine",
        "snmpEngineID {engine_id:word} is also that of {owner:word}: if these are two devices, give each its own",
    ),
    *_OS_ERRORS,
    _Form("no_buffer", "no buffer space for the packet"),
    _Form("overflow", "void: our receive buffer overflowed by {dropped:n}"),
    _Form("own_fault", "a fault of the monitor's own: {error:text}"),
    _Form("stopping", "the monitor is stopping"),
    _Form("closed", "the prober was closed"),
    _Form("no_reply", "no reply to {requests:n} requests"),
    _Form("by_transport", "{transport:transport}: {because:under}"),
    _Form("tcp_refuses", "TCP port {port:n} refuses"),
    _Form("tcp_mute", "TCP port {port:n} is open and says nothing"),
    _Form("no_handshake", "TCP port {port:n} takes connections, but shakes no hands"),
    _Form("request_unanswered", "TCP port {port:n} takes connections, but answers no request in time"),
    _Form("tcp_error", "TCP port {port:n}: {because:under}"),
    _Form("tls", "TLS: {because:under}"),
    _Form("http", "HTTP: {because:under}"),
    _Form("provisional", "{status:n} and no more"),
    _Form("other_request", "it answers another request"),
    _Form("closed_unanswered", "the connection was closed without an answer"),
    _Form("udp_refused", "port unreachable"),
    _Form("unreachable_from", "unreachable, says {reporter:word}"),
    _Form("gatekeeper_at", "gatekeeper {address:word}: {because:under}"),
    _Form("registered_at", "registered at {signalling:word}"),
    _Form("registered", "registered"),
    _Form("sip_status", "{status:text}"),
    _Form("after_rows", "{because:under}, after {rows:n} rows"),
    _Form("status_after_rows", "{status:word} after {rows:n} rows"),
)
_SIP_STATUS = re.compile(r"\d{3}(?: .*)?")
_LEARNED = (
    _Form("fewer_rows", "asked for {size:n} rows at a time from now on: {because:under}"),
    _Form("fewer_objects", "asked for {size:n} objects at a time from now on: {because:under}"),
    _Form("slow", "answers in {took_s:tenths} s: waited for {wait_s:tenths} s instead of {timeout_s:g} s from now on"),
    _Form("slow_no_longer", "answers in {took_s:tenths} s again: no longer waited for longer than {timeout_s:g} s"),
)
_LEARNED_BECAUSE = (
    _Form("at_repetitions", "{because:under} at {tried:n} repetitions"),
    _Form("at_objects", "{because:under} at {tried:n} objects"),
    _Form("larger_lost", "silence, though {answered:n} are answered,"),
    _Form("larger_lost", "silence, though 1 is answered,", {"answered": 1}),
    _Form("status", "tooBig", {"status": "tooBig"}),
)
_PATHS = (
    _Form("path_after", "path breaks after hop {hop:n}, {address:word}"),
    _Form("path_beyond", "path breaks after {address:word}"),
    _Form("path_mute", "no router on the path answers"),
    _Form("path_whole", "path is whole: {address:word} answers at hop {hop:n}"),
    _Form("path_untraced", "path not traced: {because:under}"),
)
_PATH_FAULTS = (_Form("no_raw_socket", "raw sockets are not permitted (CAP_NET_RAW)"),)
_PINGS = (
    _Form("pings_in", "icmp {received:n}/{sent:n}, {rtt_s:ms} ms"),
    _Form("pings", "icmp {received:n}/{sent:n}"),
)
_PROBE_ENDED = _Form("probe_ended", "{probe:probe} {outcome:outcome}")
_PROBE_FAILED = _Form("probe_failed", "{probe:probe} {because:under}")
_VERDICTS = re.compile(r"\d+ \w+(?:, \d+ \w+)*")
_BY_VALUES: Mapping[str, tuple[str, ...]] = {
    "started": ("targets",),
    "stopped": (),
    "reload": ("targets",),
    "blind": ("code",),
    "sighted": ("lasted_s",),
    "acknowledged": ("by", "note"),
    "withdrawn": ("by",),
    "acknowledgement_over": ("by",),
    "maintenance": ("number", "ids", "areas", "by", "reason"),
    "maintenance_ended": ("number", "by", "reason"),
    "meeting_confirmed": ("meeting", "by", "note", "good", "on_site", "camera", "sound"),
}
"""Kinds whose text was made of their values and nothing else, and the values that it needs."""
SEALED = "meeting_sealed"
"""The kind of a sealed report: the whole row is evidence, and stays as it is."""


def text_as_reasons(text: str) -> Codes:
    """Return a text as the reason that is nothing but that; [] for ''."""
    return [{"code": "text", "values": {"text": text}}] if text else []


def turned(kind: str, text: str, values: Mapping[str, Any] | None) -> Codes | None:
    """Return in codes what a row's text told beside its values; None where no form knows it, or it must not be touched.

    Never raises: what somebody else has written into a journal is text.
    """
    try:
        return _turned(kind, text, values or {})
    except (ValueError, OverflowError, RecursionError):
        return None


def _turned(kind: str, text: str, known: Mapping[str, Any]) -> Codes | None:
    if kind in _BY_VALUES:
        return [] if all(name in known for name in _BY_VALUES[kind]) else None
    if kind in _BY_TEXT:
        return _BY_TEXT[kind](text, known)
    return None


def details(text: str) -> Codes:
    """Return what a probe said why; parts that no form knows stay text."""
    return list(_details(text.split("; ")))


def _details(parts: Sequence[str]) -> Iterator[Code]:
    at = 0
    while at < len(parts):
        rest, pair = "; ".join(parts[at:]), "; ".join(parts[at : at + 2])
        if (told := _first(rest, _TO_THE_END)) is not None:
            yield told
            return
        if at + 1 < len(parts) and (told := _first(pair, _LONG)) is not None:
            yield told
            at += 2
            continue
        told = _first(parts[at], (*_SHORT, *_LEARNED_BECAUSE, *_PATH_FAULTS))
        yield from [told] if told is not None else text_as_reasons(parts[at])
        at += 1


def _first(text: str, forms: Sequence[_Form]) -> Code | None:
    for form in forms:
        if form.code == "sip_status" and not _SIP_STATUS.fullmatch(text):
            continue
        if (told := form.read(text)) is not None:
            return told
    return None


def _whole(text: str, forms: Sequence[_Form]) -> Codes | None:
    told = _first(text, forms)
    return None if told is None else [told]


def _all_of(text: str, forms: Sequence[_Form]) -> Codes | None:
    """Return news that were told in one line; None where one of them is unknown."""
    found: Codes = []
    rest = text.split("; ")
    while rest:
        for count in range(len(rest), 0, -1):
            told = _first("; ".join(rest[:count]), forms)
            if told is not None and not any(_first(each, forms) for each in rest[1:count]):
                found.append(told)
                rest = rest[count:]
                break
        else:
            return None
    return found


def _evidence(text: str) -> Codes | None:
    """Return what was seen at a change of state: pings, what a router said, and how each other probe ended."""
    parts = text.split("; ") if text else []
    found: Codes = []
    if parts and (pings := _first(parts[0], _PINGS)) is not None:
        found.append(pings)
        parts = parts[1:]
    if parts and (quoted := _first(parts[0], _UNREACHABLE)) is not None:
        found.append(quoted)
        parts = parts[1:]
    probes: list[list[str]] = []
    for part in parts:
        if _PROBE_FAILED.read(part) is not None:
            probes.append([part])
        elif probes:
            probes[-1].append(part)
        else:
            return None
    return [*found, *(_of_probe("; ".join(each)) for each in probes)]


def _of_probe(text: str) -> Code:
    told = _PROBE_ENDED.read(text) or _PROBE_FAILED.read(text)
    assert told is not None
    return told


def _checked(text: str, values: Mapping[str, Any]) -> Codes | None:
    begins = f"{values.get('meeting')} checked ({values.get('stage')}): {values.get('verdict')}; "
    counts = text.removeprefix(begins)
    if counts == text or _VERDICTS.fullmatch(counts) is None:
        return None
    pairs = (each.split(" ") for each in counts.split(", "))
    return [{"code": "verdicts", "values": {"verdict": verdict, "count": int(count)}} for count, verdict in pairs]


def _agent_fault(_: str, values: Mapping[str, Any]) -> Codes | None:
    return text_as_reasons(str(values.get("fault", ""))) if "deed" in values else None


_BY_TEXT: Mapping[str, Callable[[str, Mapping[str, Any]], Codes | None]] = {
    "transition": lambda text, _: _evidence(text),
    "path": lambda text, _: _whole(text, _PATHS),
    "learned": lambda text, _: _all_of(text, _LEARNED),
    "misbehaves": _agent_fault,
    "behaves": _agent_fault,
    "meeting_checked": _checked,
}
