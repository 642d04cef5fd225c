"""Make what lies in this folder: what the version that it is called after leaves behind, by running that version.

    git worktree add /tmp/v0.1.0 v0.1.0 && cd /tmp/v0.1.0 && make .venv/.installed-test
    PYTHONHASHSEED=0 .venv/bin/python …/tests/leftovers/v0.1.0/make.py

The configuration was written by hand, and is refused where it lacks a key of that version's schemas. The real daemon lives through
the story over its real journal; only time and devices are played. It refuses to run on any other code: what later versions are
tested against must be what that one wrote. Two runs make the same files.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sqlite3
import string
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import apscheduler.executors.base
import apscheduler.schedulers.base
import apscheduler.triggers.interval
import story
import yaml
from devices import Devices
from openpyxl import load_workbook
from virtual_time import VirtualClock, VirtualLoop, give_clock

import monitor
import monitor.service.poller
from monitor.load.configuration import Configuration, load
from monitor.cli.check import schemas
from monitor.model.meeting import MeetingView
from monitor.report.readiness import file
from monitor.service.history import History
from monitor.service.loads import Loads
from monitor.words.meeting import STEPS
from monitor.words.meeting_report import MEETING_REPORT
from monitor.words.readiness import FINDINGS, MEETINGS, VERDICTS, tell_finding
from monitor.words.readiness_actions import ACTIONS
from monitor.words.states import LEVELS

HERE = Path(__file__).resolve().parent
CONFIG, STATE, REPORTS, SEALED = HERE / "config", HERE / "state", HERE / "reports", HERE / "sealed"
ENVIRONMENT = json.loads((HERE / "environment.json").read_text()) | {"CREDENTIALS_DIRECTORY": str(HERE / "credentials")}
SPANS = {
    "shift-night": ("shift", "2026-11-22T14:00", "2026-11-23T06:00"),
    "shift-day": ("shift", "2026-11-23T06:00", "2026-11-23T16:40"),
    "availability": ("availability", "2026-11-22T12:00", "2026-11-23T16:40"),
}
"""Report → what `monitor report` is called with."""
MADE_AT = ("Lập lúc ", "Made at ")
"""Begins the line that tells when a report was made: it is left out."""
READ_CLOCKS = (apscheduler.schedulers.base, apscheduler.executors.base, apscheduler.triggers.interval, monitor.service.poller)


OTHER_FORMS = {("token", form) for form in ("file", "credential", "literal")}
"""Of the one secret of netbox.yaml only one form can stand there; monitor.yaml has all of them."""


def main() -> None:
    """Make everything anew, or end with the reason why not."""
    _refuse_other_code()
    os.environ.update(ENVIRONMENT)
    if lacking := sorted(_lacking_keys()):
        sys.exit("the configuration lacks keys of this version:\n" + "\n".join(lacking))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder}/journal.db"
        configuration = load(CONFIG)
        configuration = replace(configuration, settings=replace(configuration.settings, journal=url))
        said, sealed = asyncio.Runner(loop_factory=VirtualLoop).run(_live(configuration))
        for made in (STATE, REPORTS, SEALED):
            shutil.rmtree(made, ignore_errors=True)
            made.mkdir()
        for kept in ("history.minutes", "loads.hours"):
            shutil.copy(folder / kept, STATE / kept)
        with closing(sqlite3.connect(folder / "journal.db")) as journal:
            (STATE / "journal.sql").write_text("\n".join(journal.iterdump()) + "\n")
        _report(url)
    for name, text in sealed.items():
        (SEALED / name).write_text(text)
    (SEALED / "wording.jsonl").write_text(wording())
    said |= _kept()
    (HERE / "said.json").write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n")


def _refuse_other_code() -> None:
    tag, code = HERE.name, Path(monitor.__file__).resolve().parent
    if f"v{monitor.__version__}" != tag:
        sys.exit(
            f"this is version {monitor.__version__}; only {tag} leaves behind what lies here: run it there, as {__file__} says"
        )
    if subprocess.run(["git", "diff", "--quiet", tag, "--", "."], cwd=code, check=False).returncode:
        sys.exit(f"the code in {code} is not what {tag} was: run it in a worktree of that tag, as {__file__} says")
    if os.environ.get("PYTHONHASHSEED") != "0":
        sys.exit("set PYTHONHASHSEED=0, so that sets have the same order in each run")


# The configuration


def _lacking_keys() -> Iterator[str]:
    """Yield every key of the version's schemas that stands nowhere in the configuration."""
    files = {
        "sites": [CONFIG / "sites.yaml", *(CONFIG / "sites.d").glob("*.yaml")],
        "profile": list((CONFIG / "profiles").glob("*.yaml")),
    }
    for name, schema in schemas().items():
        kind = name.partition(".")[0]
        documents = [yaml.load(path.read_text(), yaml.BaseLoader) for path in files.get(kind, [CONFIG / f"{kind}.yaml"])]
        given = {key for document in documents for key in _given(document)}
        known = set(_known(json.loads(schema))) - OTHER_FORMS
        yield from (f"{kind}: {'.'.join(key)}" for key in known if not any(_is(key, each) for each in given))


def _known(schema: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the paths of all keys of a schema; * stands for a name, items of lists add nothing."""
    for key, below in schema.get("properties", {}).items():
        yield (*path, key)
        yield from _known(below, (*path, key))
    free = schema.get("additionalProperties")
    if isinstance(free, dict):
        yield from _known(free, (*path, "*"))
    for below in (schema.get("items"), *schema.get("anyOf", ())):
        if isinstance(below, dict):
            yield from _known(below, path)


def _given(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(value, dict):
        for key, below in value.items():
            yield (*path, key)
            yield from _given(below, (*path, key))
    elif isinstance(value, list):
        for below in value:
            yield from _given(below, path)


def _is(key: tuple[str, ...], given: tuple[str, ...]) -> bool:
    return len(key) == len(given) and all(each in ("*", name) for each, name in zip(key, given, strict=True))


# The life


async def _live(configuration: Configuration) -> tuple[dict[str, Any], dict[str, str]]:
    """Let the daemon live through the story three times started; return what it says before its last stop, and its seals' files."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    clock = VirtualClock(loop, story.BEGAN.timestamp())
    give_clock(clock, READ_CLOCKS)
    devices = Devices(configuration.inventory, clock)
    async with story.running(configuration, clock, devices, is_kept=False) as run:
        await story.lunch(run)
    await clock.until(datetime(2026, 11, 22, 12, 50, tzinfo=story.ZONE))
    async with story.running(configuration, clock, devices) as run:
        await story.afternoon(run)
        await story.night(run)
    await clock.until(datetime(2026, 11, 23, 6, 5, tzinfo=story.ZONE))
    async with story.running(configuration, clock, devices) as run:
        await story.monday(run)
        return _said(run), files(_sealed(run), configuration, run.clock.wall())


def _sealed(run: story.Run) -> dict[str, MeetingView]:
    return {name: view for name in (story.MEETING, story.WEEKLY) if (view := run.meetings.sealed(name)) is not None}


def _said(run: story.Run) -> dict[str, Any]:
    views, sealed = run.daemon.snapshot().views, _sealed(run)
    taken = {name: view.acknowledged for name, view in views.items()}
    return {
        "at": run.clock.wall(),
        "states": {
            name: {"state": view.state, "since": view.since, "cause": view.cause, "reason": view.reason and view.reason.code}
            for name, view in views.items()
        },
        "acknowledged": {name: [each.by, each.at, each.note] for name, each in taken.items() if each is not None},
        "works": [
            {
                "number": work.number,
                "ids": work.window.ids,
                "areas": work.window.areas,
                "start": work.start_at,
                "end": work.end_at,
                "reason": work.window.reason,
                "by": work.by,
            }
            for work in run.daemon.operations.works()
        ],
        "sealed": {
            name: {
                "seal": view.seal,
                "verdict": view.verdict,
                "endpoints": {endpoint: each.verdict for endpoint, each in view.endpoints.items()},
            }
            for name, view in sealed.items()
        },
        "ticks": {
            view.meeting.id: {
                name: [each.confirmation.by, each.confirmation.at, each.confirmation.good, each.confirmation.note]
                for name, each in view.endpoints.items()
                if each.confirmation is not None
            }
            for view in run.meetings.meetings()
            if view.endpoints
        },
        "meetings": [view.meeting.id for view in run.meetings.meetings()],
    }


# Sealed reports


def files(sealed: Mapping[str, MeetingView], configuration: Configuration, at: float) -> dict[str, str]:
    """Return each sealed report as the version opens it: the page, and the cells of the workbook; file name → text."""
    made = {}
    for name, view in sealed.items():
        for language in ("vi", "en"):
            given = (view, configuration.inventory, language, story.ZONE)
            made[f"{name}.{language}.html"] = file(*given, made_at=at, form="html", is_sealed=True).decode()
            made[f"{name}.{language}.xlsx.json"] = cells(file(*given, made_at=at, form="xlsx", is_sealed=True))
    return made


def cells(workbook: bytes) -> str:
    """Return what stands in a workbook, a row a line under the name of its sheet: of the file itself no two are the same."""
    lines = []
    for sheet in load_workbook(BytesIO(workbook)).worksheets:
        lines += [sheet.title, *(json.dumps(row, ensure_ascii=False) for row in sheet.iter_rows(values_only=True))]
    return "\n".join(lines) + "\n"


# Whatever a sealed report can say

SAMPLES: Mapping[str, Sequence[float | int | str]] = {
    "_ratio": (0.0, 0.0004, 0.000_049, 0.0025, 0.01, 0.02, 0.040_4, 0.166_666_7, 0.125_55, 0.999_95, 0.999_99, 1.0),
    "_bps": (0.4, 950, 512_000, 999_600, 2_400_000.0, 32_000_000, 123_456_789, 999_600_000, 1_000_000_000, 2.5e9),
    "_s": (
        *(0.0, 0.0004, 0.0241, 0.0095, 0.9994, 0.9996, 1.3, 2.5, 59.6, 119.6, 120.0, 150.0, 3_599.0, 3_600.0),
        *(7_199.6, 7_200.0, 9_000.0, 71_109.029, 86_400.0, 172_799.6, 172_800.0, 216_000.0, 604_800.0),
    ),
    "_at": (1_795_394_709.029, 1_798_736_399.9, 1_830_000_000.0, 4_100_000_000.0),
    "protocol": ("sip", "h323", "h323+sip"),
    "text": ("xa-lung-cu", "Kỹ thuật xã Lũng Cú", "micro rè"),
    "count": (0, 1, 2, 15, 999, 2_300, 12_345, 1_234_567, 2.5),
}
"""How a value's name begins or ends, or what it is → values that are awkward to say."""
TEXTS = frozenset({"by", "circuit", "component", "meeting", "note", "status", "uplink", "work"})
NAMES = {"xa-lung-cu": "Xã Lũng Cú"}


def wording() -> str:
    """Return every word of sealed reports, as lines of JSON: what it is, its code, what is filled in, Vietnamese, English."""
    catalogues = {"report": MEETING_REPORT, "verdict": VERDICTS, "step": STEPS, "level": LEVELS}
    rows: list[list[Any]] = [[name, key, None, *each[key]] for name, each in catalogues.items() for key in each]
    rows += [
        ["sentence", code, values, *(tell_finding(code, values, language, NAMES, story.ZONE) for language in ("vi", "en"))]
        for catalogue in (FINDINGS, MEETINGS, ACTIONS)
        for code, templates in catalogue.items()
        for values in _samples(templates)
    ]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _samples(templates: tuple[str, str]) -> Iterator[dict[str, float | int | str]]:
    """Yield as many sets of values as it takes to have each value's samples once, {} for a sentence without any."""
    wanted = {name for template in templates for _, name, _, _ in string.Formatter().parse(template) if name}
    samples = {name: _samples_of(name) for name in sorted(wanted)}
    for number in range(max(map(len, samples.values()), default=1)):
        yield {name: each[(number + place) % len(each)] for place, (name, each) in enumerate(samples.items())}


def _samples_of(name: str) -> Sequence[float | int | str]:
    if name.startswith("protocol") or name == "failed":
        return SAMPLES["protocol"]
    return next((each for end, each in SAMPLES.items() if name.endswith(end)), SAMPLES["text" if name in TEXTS else "count"])


# What lies beside the journal


def _kept() -> dict[str, Any]:
    """Return what the version reads in its own files."""
    history, loads = History(), Loads()
    history.load(STATE / "history.minutes")
    loads.load(STATE / "loads.hours")
    targets = load(CONFIG).inventory.targets
    now = datetime(2026, 11, 23, 16, 40, tzinfo=story.ZONE).timestamp()
    days = {name: day for name in targets if (day := history.day(name, now)) is not None}
    weekday = datetime(2026, 11, 23, 8), datetime(2026, 11, 23, 10)
    return {
        "usual_rtt_s": {name: history.usual_rtt_s(name) for name in days},
        "minutes": {
            name: {
                field: [sum(each is not None for each in values), round(sum(each or 0.0 for each in values), 6)]
                for field in ("rtts_s", "losses", "jitters_s", "receive_bps", "transmit_bps")
                if (values := getattr(day, field))
            }
            for name, day in days.items()
        },
        "loads": {name: [each.down_bps, each.up_bps] for name, each in loads.usual(*weekday).items()},
    }


def _report(url: str) -> None:
    """Write what the version's reports say of its journal, in both languages."""
    for name, (report, since, until) in SPANS.items():
        for language in ("vi", "en"):
            words = [
                "report",
                report,
                "--config",
                str(CONFIG),
                "--journal",
                url,
                "--from",
                since,
                "--to",
                until,
                "--language",
                language,
            ]
            made = subprocess.run([sys.executable, "-m", "monitor", *words], capture_output=True, text=True, check=True)
            told = [line for line in made.stdout.splitlines(keepends=True) if not line.startswith(MADE_AT)]
            (REPORTS / f"{name}.{language}.txt").write_text("".join(told))


if __name__ == "__main__":
    main()
