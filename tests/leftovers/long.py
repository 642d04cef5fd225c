"""A long journal of version 0.1: the leftovers' own, with any number of lines before it, in every shape that that version wrote.

    python -m tests.leftovers.long 100000 /tmp/long.db

The sentences are what that version's own format strings made, copied here and never changed; the seed makes two runs the same. All
that happens before is over before the leftovers' story begins, so that what stands open, and what reports say of its days, is the
story's alone.
"""

from __future__ import annotations

import json
import random
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.leftovers import FOLDER

STORY_BEGAN = 1795323600.0
"""Noon of 22 November 2026 in Vietnam."""
DAY_S = 86_400.0
SEED = 20_261_122
TARGETS: Mapping[str, str | None] = {
    "ubnd-huyen-dong-van": None,
    "ubnd-huyen-meo-vac": None,
    "huyen-uy-dong-van": None,
    "xa-lung-cu": "ubnd-huyen-dong-van",
    "xa-ma-le": "ubnd-huyen-dong-van",
    "xa-khau-vai": "ubnd-huyen-meo-vac",
    "dc-xa-lung-cu": "xa-lung-cu",
    "dc-xa-khau-vai": "xa-khau-vai",
}
"""Target → what it hangs on."""
COLUMNS = (
    *("at", "kind", "target", "old", "new", "cause", "reason", "reason_values", "affected_points", "affected_endpoints", "text"),
)
Row = dict[str, Any]
Say = Callable[[random.Random], str]


def _tries(count: int) -> str:
    return f"{count} {'try' if count == 1 else 'tries'}"


def _address(dice: random.Random) -> str:
    return f"10.{dice.randint(0, 3)}.{dice.randint(1, 30)}.{dice.randint(1, 254)}"


def _oid(dice: random.Random) -> str:
    return f"1.3.6.1.2.1.2.2.1.{dice.randint(1, 22)}.{dice.randint(1, 48)}"


def _silence(dice: random.Random) -> str:
    return f"no answer to {_tries(dice.randint(1, 4))} in {dice.uniform(0.5, 12):.1f} s"


def _unreachable(dice: random.Random) -> str:
    what = dice.choice(("network unreachable", "host unreachable", "port unreachable", "ICMP type 12 code 0"))
    return f"{what} from {_address(dice)}"


WALKS: tuple[Say, ...] = (
    lambda dice: f"{_silence(dice)}, after {dice.randint(0, 40)} rows",
    lambda dice: f"names do not increase: {_oid(dice)} after {_oid(dice)}",
    lambda dice: f"more than {dice.choice((256, 512))} rows",
    lambda dice: "still not at its end after 120 requests",
    lambda dice: "an answer without values",
    lambda dice: f"{dice.choice(('tooBig', 'genErr'))} after {dice.randint(0, 40)} rows",
)
SNMP: tuple[Say, ...] = (
    _silence,
    lambda dice: f"no answer to {_tries(dice.randint(1, 4))}",
    lambda dice: f"{_silence(dice)}; {_unreachable(dice)}",
    lambda dice: f"{_silence(dice)}; prohibited from {_address(dice)}",
    lambda dice: (
        f"{_silence(dice)}; an answer came from {_address(dice)} port 161; if it is the same device, add it to answers_from"
    ),
    lambda dice: f"{_silence(dice)}; request-id {dice.randint(1, 2**31)} answered with {dice.randint(1, 2**31)}",
    lambda dice: f"{_silence(dice)}; malformed answer: version: missing or truncated",
    lambda dice: f"{_silence(dice)}; oversized answer: {dice.randint(24_577, 65_000)} octets",
    lambda dice: f"{_silence(dice)}; the answer has another community, version or type than was asked for",
    lambda dice: "no answer, and the retry could not be sent: Network is unreachable",
    lambda dice: f"not complete after {dice.choice((20.0, 0.25, 7.5)):g} s",
    lambda dice: f"not complete in time at {dice.randint(1, 20)} requests a second",
    lambda dice: "port unreachable: no agent listens there",
    lambda dice: f"the agent answers {dice.choice(('genErr', 'authorizationError', 'tooBig'))}",
    lambda dice: "the agent lacks more than 16 of the objects asked for",
    lambda dice: "the answer names other objects than were asked for",
    lambda dice: f"wrong authentication key or protocol (user '{dice.choice(('giamsat', 'o brien'))}')",
    lambda dice: "wrong privacy key or protocol (user 'giamsat')",
    lambda dice: "the agent knows no such user (user 'giamsat')",
    lambda dice: "the agent does not permit this security level for the user (user 'giamsat')",
    lambda dice: "not in the agent's time window, even after resynchronising (user 'giamsat')",
    lambda dice: "the answer's authentication is wrong (user 'giamsat')",
    lambda dice: "silent to what is encrypted, though it reports: wrong privacy key or protocol",
    lambda dice: "pysnmp: Empty SNMP message; see the log",
    lambda dice: f"no interface matches '^wan'; there are {dice.choice(('none', 'lo, Gi0/0', 'a, b, c, d, e, f, …'))}",
    lambda dice: "interface Gi0/0 could not be read",
    lambda dice: f"interfaces: {dice.choice(WALKS)(dice)}",
    lambda dice: f"1.3.6.1.4.1.9.9.109.1.1.1.1.8: {dice.choice(WALKS)(dice)}",
    lambda dice: "snmpEngineID 80001f88 is also that of xa-a: if these are two devices, give each its own",
)
_TCP: tuple[Say, ...] = (
    lambda dice: f"TCP port {dice.choice((80, 443, 5060, 1720))} refuses",
    lambda dice: f"no answer from TCP port {dice.choice((135, 3389))}; no answer from TCP port 445",
    lambda dice: f"TCP port {dice.choice((80, 443))}: no route to host",
)
DETAILS: Mapping[str, tuple[Say, ...]] = {
    "snmp": SNMP,
    "tcp": _TCP,
    "sip": (
        lambda dice: f"udp: no answer; tcp: {dice.choice(_TCP)(dice)}",
        lambda dice: "udp: port unreachable; tcp: TCP port 5060 is open and says nothing",
        lambda dice: "udp: 100 and no more; tcp: the connection was closed without an answer",
        lambda dice: f"udp: unreachable, says {_address(dice)}; tcp: it answers another request",
        lambda dice: f"{dice.choice(('503 Service Unavailable', '480', '500 Lỗi máy chủ'))}",
        lambda dice: "udp: two different call-id headers; tcp: connection reset by peer",
    ),
    "h323": (
        *_TCP,
        lambda dice: f"gatekeeper {_address(dice)}: {dice.choice(('notRegistered', 'no answer', 'connection refused'))}",
        lambda dice: f"TCP port 1720 refuses; gatekeeper {_address(dice)}: notRegistered",
    ),
    "web": (
        *_TCP,
        lambda dice: "TCP port 443 takes connections, but shakes no hands",
        lambda dice: "TCP port 443 takes connections, but answers no request in time",
        lambda dice: "TLS: wrong version number",
        lambda dice: "HTTP: closed without a response",
        lambda dice: "/status.xml: 401 Unauthorized; check its login",
        lambda dice: "/status.xml: no XML: not well-formed (invalid token): line 1, column 0",
    ),
}
LEARNED: tuple[Say, ...] = (
    lambda dice: f"asked for {dice.randint(1, 10)} rows at a time from now on: tooBig at {dice.randint(2, 20)} repetitions",
    lambda dice: f"asked for 5 rows at a time from now on: {_silence(dice)} at 10 repetitions",
    lambda dice: "asked for 12 objects at a time from now on: silence, though 1 is answered, at 24 objects",
    lambda dice: "asked for 6 objects at a time from now on: silence, though 3 are answered, at 12 objects",
    lambda dice: (
        f"answers in {dice.uniform(2, 4):.1f} s: waited for {dice.uniform(4, 8):.1f} s instead of 2 s from now on; "
        "asked for 12 objects at a time from now on: tooBig at 24 objects"
    ),
    lambda dice: f"answers in {dice.uniform(0, 1):.1f} s again: no longer waited for longer than {dice.choice((2.0, 0.5)):g} s",
)
PATHS: tuple[Say, ...] = (
    lambda dice: f"path breaks after hop {dice.randint(1, 11)}, {_address(dice)}",
    lambda dice: f"path breaks after {_address(dice)}",
    lambda dice: "no router on the path answers",
    lambda dice: f"path is whole: {_address(dice)} answers at hop {dice.randint(1, 12)}",
    lambda dice: "path not traced: raw sockets are not permitted (CAP_NET_RAW)",
    lambda dice: "path not traced: The name 'codec.invalid' cannot be resolved",
)
UNKNOWN = ("cable seen cut", "icmp lost; all of it", "ghi tay: mất điện; chờ báo lại", "{braces} and \\1 and %s")
"""What no form knows: such as somebody's own hand wrote into the database."""


def make(path: Path, lines: int) -> None:
    """Make the journal as an SQLite database: `lines` lines, of which the last are the leftovers' story."""
    with closing(sqlite3.connect(path)) as journal:
        journal.executescript((FOLDER / "state" / "journal.sql").read_text(encoding="utf-8"))
        story = journal.execute(f"SELECT {', '.join(COLUMNS)} FROM entries ORDER BY id").fetchall()
        sealed = [row for row in story if row[1] == "meeting_sealed"]
        journal.execute("DELETE FROM entries")
        before = [tuple(row[name] for name in COLUMNS) for row in _past(lines - len(story) - len(sealed))]
        for at, row in enumerate(sealed):
            before.insert(len(before) // 3 * (at + 1), row)
        places = ", ".join("?" for _ in COLUMNS)
        journal.executemany(f"INSERT INTO entries ({', '.join(COLUMNS)}) VALUES ({places})", [*before, *story])
        journal.commit()


def _past(lines: int) -> Iterator[Row]:
    """Yield so many lines of the days before; every target is up at the end, and nobody has it."""
    dice = random.Random(SEED)
    states = dict.fromkeys(TARGETS, "up")
    at, step_s = STORY_BEGAN - 300 * DAY_S, 299 * DAY_S / max(1, lines)
    taken: dict[str, str] = {}
    for left in range(lines, 0, -1):
        at += step_s
        if left == 1:
            yield _event(at, "stopped", "", "stopped", None)
        elif left <= 3 * len(TARGETS):
            yield _homecoming(at, dice, states, taken)
        else:
            yield _line(at, dice, states, taken)


def _line(at: float, dice: random.Random, states: dict[str, str], taken: dict[str, str]) -> Row:
    makers = (_change, _change, _change, _change, _path, _learned, _misdeed, _own, _operator, _meeting, _odd)
    return dice.choice(makers)(at, dice, states, taken)


def _homecoming(at: float, dice: random.Random, states: dict[str, str], taken: dict[str, str]) -> Row:
    if taken:
        target, by = taken.popitem()
        return _event(at, "acknowledgement_over", target, f"the outage that {by} had is over", {"by": by})
    for name, state in states.items():
        if state != "up":
            return _to_up(at, dice, states, name)
    return _event(at, "reload", "", "configuration reloaded: 10 targets", {"targets": 10})


def _event(at: float, kind: str, target: str, text: str, values: Mapping[str, Any] | None) -> Row:
    return dict.fromkeys(COLUMNS) | {
        "at": at,
        "kind": kind,
        "target": target,
        "text": text,
        "reason_values": json.dumps(dict(values) if values else None),
    }


def _transition(
    at: float, target: str, states: dict[str, str], new: str, reason: tuple[str, Mapping[str, Any]], *, text: str
) -> Row:
    old, states[target] = states[target], new
    cause = target if new == "down" else TARGETS[target] if new == "unreachable" else None
    return dict.fromkeys(COLUMNS) | {
        "at": at,
        "kind": "transition",
        "target": target,
        "old": old,
        "new": new,
        "cause": cause,
        "reason": reason[0],
        "reason_values": json.dumps(dict(reason[1])),
        "affected_points": 0,
        "affected_endpoints": 0,
        "text": text,
    }


def _change(at: float, dice: random.Random, states: dict[str, str], _: dict[str, str]) -> Row:
    target = dice.choice(tuple(TARGETS))
    if states[target] != "up":
        return _to_up(at, dice, states, target)
    new = dice.choice(("down", "down", "degraded", "maintenance", "unknown", *(("unreachable",) if TARGETS[target] else ())))
    reasons: Mapping[str, tuple[str, Mapping[str, Any]]] = {
        "down": ("silent", {"bursts": dice.randint(2, 9)}),
        "degraded": ("loss", {"loss_ratio": round(dice.uniform(0.02, 0.6), 4), "packets": dice.randint(50, 400)}),
        "maintenance": ("maintenance", {"work": "nâng cấp tuyến"}),
        "unknown": ("uplink_returned", {}),
        "unreachable": ("behind", {"uplink": TARGETS[target]}),
    }
    return _transition(at, target, states, new, reasons[new], text=_well(dice) if new == "degraded" else _silent(dice))


def _to_up(at: float, dice: random.Random, states: dict[str, str], target: str) -> Row:
    return _transition(at, target, states, "up", ("answers", {}), text=_well(dice))


def _silent(dice: random.Random) -> str:
    parts = [f"icmp {dice.randint(0, 1)}/{dice.choice((5, 10, 1100))}"] if dice.random() < 0.9 else []
    if dice.random() < 0.1:
        parts.append(dice.choice((_unreachable(dice), f"administratively prohibited from {_address(dice)}")))
    for probe in dice.sample(sorted(DETAILS), dice.randint(0, 3)):
        parts.append(f"{probe} {dice.choice(DETAILS[probe])(dice) if dice.random() < 0.9 else 'timeout'}")
    return "; ".join(parts)


def _well(dice: random.Random) -> str:
    parts = [f"icmp 5/5, {dice.uniform(0.1, 700):.1f} ms" if dice.random() < 0.9 else "icmp 0/5"]
    parts += [f"{probe} {dice.choice(('ok', 'timeout', 'refused'))}" for probe in dice.sample(sorted(DETAILS), dice.randint(0, 3))]
    return "; ".join(parts)


def _path(at: float, dice: random.Random, _: dict[str, str], __: dict[str, str]) -> Row:
    return _event(at, "path", dice.choice(tuple(TARGETS)), dice.choice(PATHS)(dice), None)


def _learned(at: float, dice: random.Random, _: dict[str, str], __: dict[str, str]) -> Row:
    return _event(at, "learned", dice.choice(tuple(TARGETS)), dice.choice(LEARNED)(dice), None)


def _misdeed(at: float, dice: random.Random, _: dict[str, str], __: dict[str, str]) -> Row:
    oid, after = _oid(dice), _oid(dice)
    values, text = dice.choice(
        (
            (
                {"oid": oid, "after": after, "deed": "loops"},
                f"walk of the agent does not end: OID did not increase ({oid} after {after})",
            ),
            (
                {"fault": "version: missing or truncated", "deed": "malformed"},
                "agent's answers can't be decoded: version: missing or truncated",
            ),
            ({"asked": 7, "answered": 9, "deed": "wrong_id"}, "agent answers with a wrong request-id (7 answered with 9)"),
        )
    )
    if dice.random() < 0.5:
        return _event(at, "misbehaves", "xa-ma-le", text, values)
    over = {**values, "how": "over", "lasted_s": 1920}
    return _event(at, "behaves", "xa-ma-le", f"no longer: {text} (for 32 min)", over)


def _own(at: float, dice: random.Random, _: dict[str, str], __: dict[str, str]) -> Row:
    kind, text, values = dice.choice(
        (
            ("started", "started with 10 targets", {"targets": 10}),
            ("stopped", "stopped", None),
            ("reload", "configuration reloaded: 10 targets", {"targets": 10}),
            ("blind", "our own link wan0 has no carrier", {"link": "wan0", "code": "blind_carrier"}),
            ("blind", "the monitor itself stalled for 3.4 s", {"lag_s": 3.4, "code": "blind_lag"}),
            ("sighted", "it sees again after 180 s", {"lasted_s": 180}),
        )
    )
    return _event(at, kind, "", text, values)


def _operator(at: float, dice: random.Random, _: dict[str, str], taken: dict[str, str]) -> Row:
    target, by = dice.choice(tuple(TARGETS)), dice.choice(("Ca trực", "VNPT"))
    if target in taken:
        by = taken.pop(target)
        return _event(at, "withdrawn", target, f"nobody has it any more, says {by}", {"by": by})
    if dice.random() < 0.3:
        values = {"number": 1, "ids": target, "areas": "", "start": at, "end": at + 600, "by": by, "reason": "thay modem"}
        return _event(at, "maintenance", target, f"maintenance 1 of {target} announced by {by}: thay modem", values)
    note = dice.choice(("", "đã gọi trực ca"))
    taken[target] = by
    return _event(at, "acknowledged", target, f"taken on by {by}" + (f": {note}" if note else ""), {"by": by, "note": note})


def _meeting(at: float, dice: random.Random, _: dict[str, str], __: dict[str, str]) -> Row:
    which = {"meeting": "giao-ban-thang-10", "start": "2026-10-23T08:00:00+07:00"}
    if dice.random() < 0.5:
        counts = f"{dice.randint(1, 9)} not_ready, {dice.randint(1, 200)} ready"
        told = {**which, "stage": "hour_before", "verdict": "not_ready"}
        return _event(at, "meeting_checked", "", f"giao-ban-thang-10 checked (hour_before): not_ready; {counts}", told)
    tick = {**which, "by": "Kỹ thuật", "note": "micro rè", "good": 0, "on_site": 1, "camera": 1, "sound": 0}
    text = "giao-ban-thang-10: Kỹ thuật says a fault (on_site camera): micro rè"
    return _event(at, "meeting_confirmed", "dc-xa-lung-cu", text, tick)


def _odd(at: float, dice: random.Random, states: dict[str, str], _: dict[str, str]) -> Row:
    """Yield what no form knows, and events of before there were values."""
    target = dice.choice(tuple(TARGETS))
    kind = dice.choice(("transition", "path", "learned", "reload", "x"))
    if kind == "transition":
        row = _to_up(at, dice, states, target)
        return row | {"text": dice.choice(UNKNOWN)}
    return _event(at, kind, target, dice.choice(UNKNOWN), None)


if __name__ == "__main__":
    make(Path(sys.argv[2]), int(sys.argv[1]))
