"""What a trial of a profile found, as rows for people and as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from monitor.cli.profiles_trial import ProfileTrial
from monitor.cli.tables import TableColumn, fitted, printed_width, seen_width, table
from monitor.model.profile import Match, Profile
from monitor.model.reading import Explained, InterfaceSample, Lack, SnmpSample
from monitor.rules.recognition import specificity
from monitor.words import say
from monitor.words.probe_details import tell_details
from monitor.words.profiles import PROFILES
from monitor.words.voice import voice

_TELLING = (Lack.BOUNDS, Lack.UNMAPPED, Lack.INVALID, Lack.CONDITION, Lack.NO_NUMBER, Lack.BEYOND, Lack.NO_ROWS, Lack.ABSENT)
"""Of several reasons the one that helps most: what the device did say."""
_ENTERPRISES = "1.3.6.1.4.1."
_RAW_LETTERS = 10
_LEAST_LETTERS = 12


@dataclass(frozen=True, slots=True)
class TrialReport:
    """A trial that was answered. profiles: all there are. why: why this profile reads the agent, in the operator's language."""

    profile: Profile
    profiles: tuple[Profile, ...]
    trial: ProfileTrial
    sample: SnmpSample
    why: str


def matching(profiles: Iterable[Profile], sample: SnmpSample) -> list[Profile]:
    """Return the profiles that describe an agent, the most specific first."""
    scored = [(specificity(each.match, sample.sys_object_id, sample.sys_descr), each) for each in profiles]
    found = [(score, each) for score, each in scored if score > (-1, 0)]
    return [each for _, each in sorted(found, key=lambda pair: ([-part for part in pair[0]], pair[1].id))]


def describe_match(match: Match | None, language: str) -> str:
    if match is None:
        return say(PROFILES, "named", language)
    parts = []
    if match.sys_object_ids:
        parts.append(say(PROFILES, "object_id", language, prefixes=", ".join(match.sys_object_ids)))
    if match.sys_descr is not None:
        parts.append(say(PROFILES, "descr", language, pattern=match.sys_descr))
    return "; ".join(parts)


def short_match(match: Match | None, language: str) -> str:
    """Return the same in few letters: what begins with 1.3.6.1.4.1 is a maker's, and is told by what follows."""
    if match is None:
        return say(PROFILES, "named", language)
    oids = [f"…{oid.removeprefix(_ENTERPRISES)}" if oid.startswith(_ENTERPRISES) else oid for oid in match.sys_object_ids]
    return " ".join([*oids, *([f"/{match.sys_descr}/"] if match.sys_descr is not None else [])])


def is_served(told: Explained, values: Mapping[str, float]) -> bool:
    """Return whether a value that came to nothing was read from elsewhere, or row by row."""
    return told.series in values or any(series.startswith(f"{told.series}{{") for series in values)


def lacking(sample: SnmpSample) -> list[Explained]:
    """Return what the profile asked for and the device did not give, each series once with its most telling reason."""
    best: dict[str, Explained] = {}
    for told in sample.explained:
        if told.lack in (Lack.NONE, Lack.SUBSTITUTE) or (told.lack is not Lack.BEYOND and is_served(told, sample.values)):
            continue
        key = told.series if told.lack is not Lack.BEYOND else f"{told.series} …"
        if key not in best or _TELLING.index(told.lack) < _TELLING.index(best[key].lack):
            best[key] = told
    return list(best.values())


def readable_number(series: str, number: float, language: str) -> str:
    """Return a value with the unit that its metric ends with."""
    metric, speaker = series.partition("{")[0], voice(language)
    if metric.endswith("_seconds"):
        return speaker.milliseconds(number)
    if metric.endswith("_ratio"):
        return speaker.load(number)
    return str(speaker.value(metric, number))


# JSON


def report_as_json(found: TrialReport) -> dict[str, Any]:
    sample, asks = found.sample, found.trial.asks
    return {
        "agent": {
            "sys_object_id": sample.sys_object_id,
            "sys_descr": sample.sys_descr,
            "sys_name": sample.sys_name,
            "uptime_s": None if sample.uptime_ticks is None else sample.uptime_ticks / 100,
        },
        "profile": {"id": found.profile.id, "title": found.profile.title},
        "matches": [each.id for each in matching(found.profiles, sample)],
        "values": [
            {"series": each.series, "value": each.number, "said": each.raw, "oid": each.oid}
            for each in sample.explained
            if each.number is not None
        ],
        "lacking": [{"series": each.series, "oid": each.oid, "why": each.lack.value, "said": each.raw} for each in lacking(sample)],
        "interfaces": [_interface_json(each) for each in sample.interfaces],
        "questions": None if asks is None else {"first": asks[0], "then": asks[1]},
        "incomplete": tell_details(found.trial.detail, "en"),
    }


def _interface_json(each: InterfaceSample) -> dict[str, Any]:
    return {
        "name": each.name,
        "descr": each.descr,
        "alias": each.alias,
        "index": each.index,
        "up": each.up,
        "speed_bps": each.speed_bps,
        "counter_bits": each.octet_bits if each.receive_octets is not None or each.transmit_octets is not None else None,
        "wan": each.role == "wan",
    }


# For people


def print_findings(found: TrialReport, language: str) -> None:
    _print_pairs(_heading(found, language))
    sample = found.sample
    if found.trial.detail:
        print(fitted(say(PROFILES, "incomplete", language, detail=tell_details(found.trial.detail, language)), printed_width()))
    print()
    read = [(each, each.number) for each in sample.explained if each.number is not None]
    if read:
        columns = [_column("value", language), _column("number", language, is_number=True), _column("said", language)]
        print(table(columns, [[each.series, readable_number(each.series, number, language), each.raw] for each, number in read]))
    else:
        print(say(PROFILES, "nothing" if found.profile.values else "asks_nothing", language))
    missing = lacking(sample)
    if missing:
        print()
        _print_lacking(missing, language)
    print()
    _print_interfaces(found.profile, sample, language)


def _print_lacking(missing: Iterable[Explained], language: str) -> None:
    """Print what has no value; where there is no room for a whole object identifier, its end, which tells it from others."""
    columns = [_column("lacking", language), _column("reason", language), _column("object", language)]
    rows = [(each.series, _reason(each, language), each.oid) for each in missing]
    headed = [(columns[0].heading, columns[1].heading), *(row[:2] for row in rows)]
    taken = sum(max(seen_width(line[place]) for line in headed) + 2 for place in (0, 1))
    room = max(printed_width() - taken, _LEAST_LETTERS)
    print(table(columns, [[series, reason, oid if len(oid) <= room else f"…{oid[1 - room :]}"] for series, reason, oid in rows]))


def _reason(told: Explained, language: str) -> str:
    """Return why there is no value, short enough that the object beside it can be read on a terminal."""
    raw = told.raw if len(told.raw) <= _RAW_LETTERS else f"{told.raw[: _RAW_LETTERS - 1]}…"
    return say(PROFILES, told.lack.value, language, raw=raw)


def _heading(found: TrialReport, language: str) -> Iterator[tuple[str, str]]:
    profile, sample = found.profile, found.sample
    yield say(PROFILES, "device", language), sample.sys_descr or say(PROFILES, "no_descr", language)
    yield "sysObjectID", sample.sys_object_id or say(PROFILES, "no_object_id", language)
    ticks = sample.uptime_ticks if sample.system_ticks is None else sample.system_ticks
    if ticks is not None:
        yield say(PROFILES, "uptime", language), voice(language).duration(ticks / 100)
    yield say(PROFILES, "profile", language), f"{profile.id} ({profile.title})" if profile.title else profile.id
    yield say(PROFILES, "why", language), found.why
    others = [each.id for each in matching(found.profiles, sample) if each.id != profile.id]
    if others:
        yield say(PROFILES, "also", language), ", ".join(others)
    if found.trial.asks is not None:
        first, then = found.trial.asks
        yield say(PROFILES, "asks", language), say(PROFILES, "asks_text", language, first=first, then=then)


def _print_pairs(pairs: Iterable[tuple[str, str]]) -> None:
    known = list(pairs)
    wide = max(seen_width(name) for name, _ in known)
    for name, text in known:
        print(fitted(f"{name}{' ' * (wide - seen_width(name))}  {text}", printed_width()))


def _print_interfaces(profile: Profile, sample: SnmpSample, language: str) -> None:
    if not profile.interfaces or not sample.interfaces:
        print(say(PROFILES, "no_interfaces" if profile.interfaces else "not_read", language))
        return
    columns = [_column("interface", language), TableColumn(""), *(_column(key, language) for key in ("state", "counter", "names"))]
    print(table(columns, [_interface_row(each, language) for each in sample.interfaces]))
    if all(each.role != "wan" for each in sample.interfaces):
        print(fitted(say(PROFILES, "no_wan", language), printed_width()))


def _interface_row(each: InterfaceSample, language: str) -> list[str]:
    state = {True: "up", False: "down", None: "unclear"}[each.up]
    has_octets = each.receive_octets is not None or each.transmit_octets is not None
    names = [text for text in (each.descr, each.alias) if text and text != each.name]
    return [
        each.name,
        say(PROFILES, "wan", language) if each.role == "wan" else "",
        say(PROFILES, state, language),
        say(PROFILES, "bits", language, bits=each.octet_bits) if has_octets else say(PROFILES, "no_counter", language),
        " · ".join(dict.fromkeys(names)),
    ]


def _column(key: str, language: str, *, is_number: bool = False) -> TableColumn:
    return TableColumn(say(PROFILES, key, language), is_number)
