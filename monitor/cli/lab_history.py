"""`monitor lab history`: a made-up past, as OpenMetrics or as blocks of a Prometheus, and as a journal that agrees with it."""

from __future__ import annotations

import argparse
import importlib
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor.cli.parser import Parser
from monitor.errors import SetupError
from monitor.lab.history import InventedHistory, past_of
from monitor.load.configuration import find_folder, load
from monitor.load.values import aware
from monitor.model.inventory import Expected
from monitor.model.scenario import ValueForm, parse_number
from monitor.service.process import SystemClock
from monitor.words import say
from monitor.words.lab import LAB
from monitor.words.phrase import phrase
from monitor.words.voice import voice

if TYPE_CHECKING:
    # Loaded by name: no other part of the lab needs the exporter.
    from monitor.cli.lab_history_text import HistoryText

_MOST_DAYS = 400
_BLOCK_S = 18 * 3600
_DETAIL_BLOCK_S = 2 * 3600
"""promtool makes blocks of 2, 6, 18, … hours, and reads a whole file once for each: so each file is one block. Two hours of detail
are as much text as 18 hours of what is recorded."""
_ROWS_A_COMMIT = 5000


def add_arguments(parser: Parser) -> None:
    parser.add_common()
    parser.add_argument("--days", type=int, default=35, help=parser.say("history_days", most=_MOST_DAYS))
    parser.add_argument("--detail", default="48h", metavar="DURATION", help=parser.say("history_detail"))
    parser.add_argument("--until", metavar="TIME", help=parser.say("history_until"))
    parser.add_argument("--seed", type=int, default=1, help=parser.say("history_seed"))
    parser.add_values(("--instance", "HOST:PORT", "history_instance"))
    files = (
        ("--blocks", "DIR", "history_blocks"),
        ("--openmetrics", "DIR", "history_openmetrics"),
        ("--journal", "FILE", "history_journal"),
    )
    parser.add_values(*files, type=Path)


def execute(arguments: argparse.Namespace) -> int:
    started = time.monotonic()
    _check(arguments)
    configuration = load(find_folder(arguments.config))
    settings, inventory = configuration.settings, configuration.inventory
    zone, profiles = ZoneInfo(settings.timezone), configuration.profiles
    past = past_of(arguments.days, _until(arguments.until, zone), settings.office_hours, zone, arguments.seed)
    expected = {
        id_: target.expected or (profiles[target.profile].expected if target.profile in profiles else Expected.ALWAYS)
        for id_, target in inventory.targets.items()
    }
    history = InventedHistory(inventory, expected, past, _detail(arguments.detail) / 86_400)
    samples = 0
    if arguments.blocks or arguments.openmetrics:
        exporting = importlib.import_module("monitor.cli.lab_history_text")
        text = exporting.HistoryText(history, settings, arguments.instance or settings.listen)
        samples = _write_blocks(text, arguments.blocks) if arguments.blocks else _write_files(text, arguments.openmetrics)
    if arguments.journal:
        _write_journal(history, arguments.journal)
    language = str(arguments.spoken)
    speaker = voice(language)
    print(
        say(
            LAB,
            "history",
            language,
            days=arguments.days,
            until=speaker.time(datetime.fromtimestamp(past.end, zone)),
            targets=len(inventory.targets),
            samples=samples,
            entries=len(history.story.entries),
            took=speaker.duration(time.monotonic() - started),
        )
    )
    return 0


def _check(arguments: argparse.Namespace) -> None:
    if not (arguments.blocks or arguments.openmetrics or arguments.journal):
        raise SetupError("past_to_nowhere")
    if arguments.blocks and arguments.openmetrics:
        raise SetupError("past_two_ways")
    if not 1 <= arguments.days <= _MOST_DAYS:
        raise SetupError("past_days", days=str(arguments.days), most=_MOST_DAYS)
    if arguments.blocks and shutil.which("promtool") is None:
        raise SetupError("no_promtool")
    if arguments.journal and arguments.journal.exists():
        raise SetupError("past_exists", path=arguments.journal)


def _until(text: str | None, zone: ZoneInfo) -> float:
    if text is None:
        return SystemClock().wall()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise SetupError("given_no_time", phrase("write_it_as", example="2026-11-28T07:00"), name="--until", text=text) from error
    return aware(moment, zone).timestamp()


def _detail(text: str) -> float:
    try:
        return parse_number(ValueForm.DURATION, text)
    except ValueError as error:
        raise SetupError("given_no_duration", name="--detail", text=text) from error


def _spans(history: InventedHistory) -> Iterator[tuple[int, int]]:
    """Yield the steps of one block after another: from the first to before the last."""
    grid = history.grid
    blocks = [grid.at(step) // (_BLOCK_S if step < history.detail else _DETAIL_BLOCK_S) for step in range(grid.count)]
    first = 0
    for _, steps in groupby(blocks):
        last = first + len(list(steps))
        yield first, last
        first = last


def _write_files(text: HistoryText, folder: Path) -> int:
    """Write one file for each span; return how many samples they hold."""
    folder.mkdir(parents=True, exist_ok=True)
    samples = 0
    for first, last in _spans(text.history):
        stamp = datetime.fromtimestamp(text.history.grid.at(first)).astimezone().strftime("%Y%m%dT%H%M")
        with (folder / f"{stamp}.om").open("wb") as file:
            samples += text.write(file, first, last)
    return samples


def _write_blocks(text: HistoryText, folder: Path) -> int:
    """Have promtool make a block of each span, whose text is then forgotten; return how many samples they hold."""
    folder.mkdir(parents=True, exist_ok=True)
    samples = 0
    with tempfile.TemporaryDirectory(dir=folder, prefix="history-") as scratch:
        for first, last in _spans(text.history):
            path = Path(scratch) / "span.om"
            with path.open("wb") as file:
                samples += text.write(file, first, last)
            words = ["promtool", "tsdb", "create-blocks-from", "openmetrics", f"--max-block-duration={_BLOCK_S // 3600}h"]
            done = subprocess.run([*words, str(path), str(folder)], capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise SetupError("past_blocks", reason=done.stderr.strip(), folder=folder)
    return samples


def _write_journal(history: InventedHistory, path: Path) -> None:
    store = importlib.import_module("monitor.journal.store").Store(f"sqlite:///{path.absolute()}")
    entries = history.story.entries
    try:
        for first in range(0, len(entries), _ROWS_A_COMMIT):
            store.write(entries[first : first + _ROWS_A_COMMIT])
    finally:
        store.close()
