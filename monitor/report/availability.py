"""The availability report: a period of the journal as a document that staff read, and as values for programs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

from monitor.model.inventory import Inventory, Kind
from monitor.report.sections import ColumnForm, Report, ReportColumn, ReportTexts, Section, Value, read
from monitor.rules.availability import Account, Availability
from monitor.words import say
from monitor.words.availability import AVAILABILITY
from monitor.words.states import KINDS, LEVELS
from monitor.words.voice import voice

WORST = 20
CAUSES = 12


def availability_report(found: Availability, inventory: Inventory, language: str, zone: tzinfo, made_at: float) -> Report:
    """Return the report in a language. zone: of the times that it tells. made_at: epoch seconds."""
    return _AvailabilityWriter(found, inventory, language, zone).report(made_at)


class _AvailabilityWriter:
    def __init__(self, found: Availability, inventory: Inventory, language: str, zone: tzinfo) -> None:
        self._found, self._inventory, self._language, self._zone = found, inventory, language, zone
        self._voice, self._say = voice(language), ReportTexts(AVAILABILITY, language)

    def report(self, made_at: float) -> Report:
        found, totals = self._found, {kind: self._total(kind) for kind in Kind}
        whole = Account(targets=0)
        for total in totals.values():
            whole.add(total)
        about = [
            self._inventory.network.name,
            self._say("period", start=self._time(found.start), end=self._time(found.end)),
            self._say("made", at=self._time(made_at)),
            self._say("watched", ratio=read(whole.watched, ColumnForm.RATIO, self._language)),
            *(self._summary(kind, total) for kind, total in totals.items() if total.targets),
        ]
        if not any(account.available_s or account.down_s for account in found.targets.values()):
            about.append(self._say("nothing"))
        names = ("maintenance", "standby", "unseen", "unreachable")
        left_out = {name: self._voice.account(getattr(whole, f"{name}_s")) for name in names}
        notes = (
            self._say("how", **left_out),
            self._say("own_side", blind=self._voice.account(found.blind_s), stopped=self._voice.account(found.stopped_s)),
        )
        return Report(
            self._say("title"), about, (self._levels(), self._areas(), self._worst(), self._causes()), (self._all(),), notes
        )

    def _time(self, at: float) -> str:
        return self._voice.time(datetime.fromtimestamp(at, self._zone))

    def _total(self, kind: Kind) -> Account:
        total = Account(targets=0)
        for (_, each), account in self._found.levels.items():
            if each is kind:
                total.add(account)
        return total

    def _summary(self, kind: Kind, total: Account) -> str:
        return self._say(
            "summary",
            kind=self._say(f"{kind.value}s"),
            ratio=read(total.ratio, ColumnForm.RATIO, self._language),
            outages=total.outages,
            down=self._voice.account(total.down_s),
        )

    def _levels(self) -> Section:
        rows = [self._pair(self._found.levels, level, self._level(level)) for level in self._inventory.levels]
        return Section(self._say("levels"), self._pair_columns("level"), rows)

    def _areas(self) -> Section:
        rows = [self._pair(self._found.areas, id_, area.name) for id_, area in self._inventory.areas.items()]
        return Section(self._say("areas"), self._pair_columns("area"), rows)

    def _pair_columns(self, name: str) -> list[ReportColumn]:
        forms = {"ratio": ColumnForm.RATIO, "down": ColumnForm.SECONDS}
        columns = [ReportColumn(self._say(f"{kind.value}_{what}"), form) for kind in Kind for what, form in forms.items()]
        return [*columns, *self._say.columns(name)]

    def _pair(self, groups: Mapping[tuple[str, Kind], Account], key: str, name: str) -> list[Value]:
        accounts = [groups.get((key, kind)) for kind in Kind]
        return [*(value for each in accounts for value in ((each.ratio, each.down_s) if each else (None, None))), name]

    def _worst(self) -> Section:
        fell = [(id_, account) for id_, account in self._found.targets.items() if account.down_s > 0]
        lowest = sorted(fell, key=lambda each: (each[1].ratio or 0.0, each[0]))[:WORST]
        columns = [
            *self._say.columns("ratio", form=ColumnForm.RATIO),
            *self._say.columns("outages", form=ColumnForm.COUNT),
            *self._say.columns("down", "longest", form=ColumnForm.SECONDS),
            *self._say.columns("name"),
        ]
        rows: list[list[Value]] = [[each.ratio, each.outages, each.down_s, each.longest_s, self._name(id_)] for id_, each in lowest]
        note = self._say("worst_note", count=len(lowest), all=len(fell)) if fell else self._say("no_outage")
        return Section(self._say("worst"), columns, rows, note)

    def _causes(self) -> Section:
        columns = [
            *self._say.columns("outages", form=ColumnForm.COUNT),
            *self._say.columns("own", "took_points", "took_endpoints", form=ColumnForm.SECONDS),
            *self._say.columns("cause"),
        ]
        rows: list[list[Value]] = [
            [each.outages, each.own_s, each.points_s, each.endpoints_s, self._name(each.cause)]
            for each in self._found.charges[:CAUSES]
        ]
        return Section(self._say("causes"), columns, rows, self._say("causes_note") if rows else self._say("no_outage"))

    def _all(self) -> Section:
        seconds = ("available", "down", "longest", "unreachable", "maintenance", "standby", "unseen")
        columns = [
            *self._say.columns("id", "name", "kind", "level", "area"),
            *self._say.columns("ratio", form=ColumnForm.RATIO),
            *self._say.columns("outages", form=ColumnForm.COUNT),
            *self._say.columns(*seconds, form=ColumnForm.SECONDS),
        ]
        rows: list[list[Value]] = []
        for id_, account in self._found.targets.items():
            target = self._inventory.targets[id_]
            area = self._inventory.areas[target.area].name if target.area in self._inventory.areas else target.area
            about: list[Value] = [id_, target.name, say(KINDS, target.kind.value, self._language), self._level(target.level), area]
            times = [float(getattr(account, f"{key}_s")) for key in seconds]
            rows.append([*about, account.ratio, account.outages, *times])
        return Section(self._say("targets"), columns, rows)

    def _level(self, level: str) -> str:
        return say(LEVELS, level, self._language) if level in LEVELS else level

    def _name(self, id_: str) -> str:
        target = self._inventory.targets.get(id_)
        return target.name if target else id_


def values(found: Availability, inventory: Inventory) -> dict[str, Any]:
    """Return everything as JSON takes it: times in epoch seconds, durations in seconds, ratios 0 to 1 or null."""
    return {
        "from": found.start,
        "to": found.end,
        "monitor": {"blind_s": round(found.blind_s, 3), "stopped_s": round(found.stopped_s, 3)},
        "levels": [{"level": key, "kind": kind.value} | _account(account) for (key, kind), account in found.levels.items()],
        "areas": [{"area": key, "kind": kind.value} | _account(account) for (key, kind), account in found.areas.items()],
        "causes": [
            {
                "cause": each.cause,
                "outages": each.outages,
                "own_s": round(each.own_s, 3),
                "points_s": round(each.points_s, 3),
                "endpoints_s": round(each.endpoints_s, 3),
            }
            for each in found.charges
        ],
        "targets": [
            {
                "id": id_,
                "name": inventory.targets[id_].name,
                "kind": inventory.targets[id_].kind.value,
                "level": inventory.targets[id_].level,
                "area": inventory.targets[id_].area,
            }
            | _account(account)
            for id_, account in found.targets.items()
        ],
    }


def _account(account: Account) -> dict[str, Any]:
    names = ("available", "down", "unreachable", "maintenance", "standby", "unseen", "longest")
    seconds = {f"{name}_s": round(getattr(account, f"{name}_s"), 3) for name in names}
    return {"targets": account.targets, "availability": account.ratio, "outages": account.outages} | seconds
