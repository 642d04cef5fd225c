"""A journal of version 0.1 is turned into codes: killed in the middle, read meanwhile, and nothing of it is lost or said otherwise.

python -m pytest tests/journal/test_turned_into_codes.py            4,500 lines
python -m tests.journal.test_turned_into_codes 100000               so many, with figures; nothing but that
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, redirect_stdout
from datetime import UTC, datetime, timedelta
from io import BytesIO, TextIOWrapper
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine
from sqlalchemy.event import listen, remove

from monitor.__main__ import main
from monitor.errors import SetupError
from monitor.journal.journal import Journal
from monitor.journal.migrate import UnknownSchemaError
from monitor.journal.migrations.texts_of_0_1 import turned
from monitor.journal.migrations.versions.r0003_codes import BATCH
from monitor.journal.rows import Entry
from monitor.journal.store import JournalReader, Store
from monitor.load.configuration import load
from monitor.model.reason import Reason
from monitor.model.state import Event, Transition
from monitor.report.readiness import file
from monitor.service.meetings.records import SEALED, seal, view_of
from monitor.words.catalogue import LANGUAGES
from monitor.words.probe_details import tell_details
from monitor.words.probes import OUTCOMES, PROBES
from monitor.words.voice import voice
from tests.leftovers import SAID, STOPPED, Leftovers, lay_out, sealed_page
from tests.leftovers.long import UNKNOWN, make
from tests.leftovers.mended import mended
from tests.leftovers.test_leftovers import SILENT, SPANS, page_texts, restarted
from tests.told import english

LINES = 2 * BATCH + 500
Row = tuple[object, ...]


def long_journal(folder: Path, lines: int) -> Leftovers:
    """Return what version 0.1 left behind, with a journal of so many lines."""
    left = lay_out(folder)
    database(left).unlink()
    make(database(left), lines)
    return left


def database(left: Leftovers) -> Path:
    return left.state / "journal.db"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A long journal that nobody has touched."""
    path = tmp_path_factory.mktemp("long") / "journal.db"
    make(path, LINES)
    return path


@pytest.fixture
def left(tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch) -> Leftovers:
    """The leftovers with a copy of the long journal, their secrets in the environment."""
    leftovers = lay_out(tmp_path)
    shutil.copy(template, database(leftovers))
    monkeypatch.chdir(tmp_path)
    for name, value in leftovers.environment.items():
        monkeypatch.setenv(name, value)
    return leftovers


def rows(path: Path, what: str = "*", where: str = "1") -> list[Row]:
    with closing(sqlite3.connect(path)) as journal:
        return journal.execute(f"SELECT {what} FROM entries WHERE {where} ORDER BY id").fetchall()


ROOT = Path(__file__).parents[2]
OLD_COLUMNS = "id, at, kind, target, old, new, cause, reason, reason_values, affected_points, affected_endpoints, text"
IS_SEALED = f"kind = '{SEALED}'"


def version(path: Path) -> str:
    with closing(sqlite3.connect(path)) as journal:
        return str(journal.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def killed_after(url: str, lines: int) -> int:
    """Bring a journal to its newest form and kill -9 the process once so many lines were seen done; return how many those were."""
    words = [sys.executable, "-m", "tests.journal.upgrade", url, str(lines)]
    with subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        done = next(done for done in (int(line.split()[0]) for line in process.stdout) if done >= lines)
        process.kill()
    assert -9 == process.returncode
    return done


def goes_on_where_another_is_killed(url: str, lines: int) -> None:
    """Bring a journal to its newest form twice at once: the second waits, and goes on where the first is killed after some."""
    words = [sys.executable, "-m", "tests.journal.upgrade", url]
    with subprocess.Popen([*words, str(lines)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        next(line for line in first.stdout if int(line.split()[0]) >= lines)
        with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as second:
            assert second.stdout is not None
            assert "0 0" == second.stdout.readline().strip(), "it waits"
            assert second.poll() is None
            first.kill()
            second.stdout.read()
        assert 0 == second.returncode


def everything(url: str) -> list[Entry]:
    reader = JournalReader(url)
    try:
        return reader.between(0.0, STOPPED + 1)
    finally:
        reader.close()


# Killed, and gone on with


def test_it_is_killed_in_the_middle_and_the_next_start_goes_on(left: Leftovers) -> None:
    path, before = database(left), rows(database(left), OLD_COLUMNS)
    read_before = everything(left.journal)
    done = killed_after(left.journal, BATCH)
    assert ("0002", BATCH) == (version(path), done)
    assert done == len(rows(path, where="reasons IS NOT NULL"))
    assert read_before == everything(left.journal), "a reader beside it reads both forms"
    steps: list[tuple[int, int]] = []
    Store(left.journal, lambda done, lines: steps.append((done, lines))).close()
    assert "0004" == version(path)
    assert LINES - BATCH - len(rows(path, where=IS_SEALED)) == steps[-1][0] == steps[-1][1]
    assert [] == rows(path, where=f"reasons IS NULL AND NOT {IS_SEALED}")
    assert [row[:-1] for row in before] == [row[:-1] for row in rows(path, OLD_COLUMNS)], "but for the text nothing is changed"
    assert read_before == everything(left.journal)


def test_nothing_is_done_twice_and_a_second_start_does_nothing(left: Leftovers) -> None:
    Store(left.journal).close()
    path, steps = database(left), list[tuple[int, int]]()
    first, copied = rows(path), copy_of(left).stat().st_mtime_ns
    Store(left.journal, lambda done, lines: steps.append((done, lines))).close()
    assert (first, [], copied) == (rows(path), steps, copy_of(left).stat().st_mtime_ns)


def test_a_reader_that_was_there_before_goes_on_reading(left: Leftovers) -> None:
    with closing(sqlite3.connect(database(left))) as other:  # a log of writes beside it: somebody has it open
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("UPDATE entries SET target = target WHERE id = 1")
        other.commit()
        reader = JournalReader(left.journal)
        before = reader.between(0.0, STOPPED + 1)
        Store(left.journal).close()
        assert before == reader.between(0.0, STOPPED + 1)
        reader.close()


# What was said


def test_every_line_says_in_english_what_it_said_but_for_names_wordings_and_digits(left: Leftovers) -> None:
    before = rows(database(left), "kind, text", f"NOT {IS_SEALED}")
    Store(left.journal).close()
    for (kind, text), entry in zip(before, (each for each in everything(left.journal) if not is_sealed(each)), strict=True):
        if kind in ("transition", "learned", "x"):
            assert of_today(str(text).replace("administratively prohibited", "prohibited")) == said(entry)
        elif kind == "path":
            assert str(text).replace("path breaks", "the path breaks").replace("path is", "the path is") == said(entry)


def of_today(text: str) -> str:
    """Return a line with probes, outcomes and the kernel's errors by their words, times and counts as the voice says them."""
    text = re.sub(r"(^|; )icmp (?=\d)", r"\1ICMP ", text)
    text = re.sub(rf"(^|; )({'|'.join(PROBES)}) ({'|'.join(OUTCOMES)})(?=;|$)", _ended, text)
    text = re.sub(r"(^|; )(snmp|sip|tcp|h323|web) ", _failed, text)
    text = re.sub(r"(^|; |: )(udp|tcp)(?=: )", lambda found: found[1] + found[2].upper(), text)
    text = re.sub(r"\b(no route to host|connection refused)\b", lambda found: found[0].capitalize(), text)
    text = re.sub(r"\b([\d.]+) ms\b", lambda found: voice("en").milliseconds(float(found[1]) / 1000), text)
    text = re.sub(r"\b([\d.]+) s\b", lambda found: voice("en").milliseconds(float(found[1])), text)
    text = re.sub(r"\b\d{5,}(?= octets| rows)", lambda found: voice("en").number(int(found[0])), text)
    return re.sub(r"\b1 (row|object|request|repetition)s\b", r"1 \1", text)


def _ended(found: re.Match[str]) -> str:
    return f"{found[1]}{PROBES[found[2]][1]} {OUTCOMES[found[3]][1]}"


def _failed(found: re.Match[str]) -> str:
    return f"{found[1]}{PROBES[found[2]][1]}: "


def said(entry: Entry) -> str:
    return english(entry.evidence if isinstance(entry, Transition) else entry.told)


def is_sealed(entry: Entry) -> bool:
    return isinstance(entry, Event) and entry.kind == SEALED


def test_only_what_no_form_knows_stays_text(left: Leftovers) -> None:
    Store(left.journal).close()
    whole = {
        str(each.values["text"])
        for entry in everything(left.journal)
        if not is_sealed(entry)
        for each in (entry.evidence if isinstance(entry, Transition) else entry.told)
        if each.code == "text"
    }
    assert {*UNKNOWN, "version: missing or truncated"} == whole


@pytest.mark.parametrize(
    ("text", "vietnamese"),
    [
        ("path breaks after hop 2, 10.2.1.1", "đứt sau chặng 2, 10.2.1.1"),
        ("path breaks after 10.2.1.1", "đứt sau 10.2.1.1"),
        ("no router on the path answers", "không chặng nào trên tuyến trả lời"),
        ("path is whole: 10.2.1.1 answers at hop 3", "tuyến thông: 10.2.1.1 trả lời ở chặng 3"),
    ],
)
def test_a_path_is_said_in_vietnamese_as_before(text: str, vietnamese: str) -> None:
    codes = turned("path", text, None)
    assert codes is not None
    assert vietnamese == tell_details([Reason(each["code"], each["values"]) for each in codes], "vi")


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("name", SPANS)
def test_reports_say_the_same_before_in_the_middle_and_after(left: Leftovers, name: str, language: str) -> None:
    before = reported(left, name, language)
    killed_after(left.journal, BATCH)
    middle = reported(left, name, language)
    Store(left.journal).close()
    after = reported(left, name, language)
    assert before == middle == after
    if name.startswith("shift"):
        assert mended(name, language) == after, "to the letter what version 0.1 said, but for how spans are rounded"


def reported(left: Leftovers, name: str, language: str) -> str:
    kind, since, until = SPANS[name]
    words = ["--config", str(left.config), "--journal", left.journal, "--language", language]
    octets = BytesIO()
    with TextIOWrapper(octets, encoding="utf-8") as out, redirect_stdout(out):
        assert 0 == main(["report", kind, "--from", since, "--to", until, *words])
        out.flush()
        told = octets.getvalue().decode()
    return "".join(line for line in told.splitlines(keepends=True) if not line.startswith(("Lập lúc ", "Made at ")))


# Seals


def test_rows_of_sealed_reports_are_not_touched_and_every_seal_verifies(left: Leftovers) -> None:
    path = database(left)
    before = rows(path, OLD_COLUMNS, IS_SEALED)
    killed_after(left.journal, BATCH)
    Store(left.journal).close()
    assert before == rows(path, OLD_COLUMNS, IS_SEALED)
    assert [(None,)] * len(before) == rows(path, "reasons", IS_SEALED)
    for (values,) in rows(path, "reason_values", IS_SEALED):
        told = json.loads(str(values))
        assert SAID["sealed"][told["meeting"]]["seal"] == told["seal"] == seal(told["body"])


async def test_sealed_reports_open_as_they_were(left: Leftovers) -> None:
    Store(left.journal).close()
    async with restarted(left) as (_, meetings):
        views = {name: await meetings.sealed(name) for name in SAID["sealed"]}
    found = {name: (view.seal, view.verdict) for name, view in views.items() if view is not None}
    assert {name: (each["seal"], each["verdict"]) for name, each in SAID["sealed"].items()} == found


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_sealed_report_is_the_same_page_before_and_after(left: Leftovers, language: str) -> None:
    before = sealed_pages(left, language)
    killed_after(left.journal, BATCH)
    Store(left.journal).close()
    assert SAID["sealed"].keys() == before.keys()
    assert before == sealed_pages(left, language)
    for name, page in before.items():
        assert page_texts(sealed_page(name, language)) == page_texts(page.decode()), "to the letter what version 0.1 said"


def sealed_pages(left: Leftovers, language: str) -> dict[str, bytes]:
    """Return the page of every sealed report by its meeting; raises ValueError where one is not what was sealed."""
    configuration = load(left.config, left.environment)
    day = datetime.fromtimestamp(STOPPED, UTC)
    meetings = {each.id: each for each in configuration.meetings.between(day - timedelta(days=2), day)}
    zone = ZoneInfo(configuration.settings.timezone)
    pages = {}
    for entry in everything(left.journal):
        if isinstance(entry, Event) and is_sealed(entry):
            view = view_of(meetings[str(entry.values["meeting"])], entry)
            pages[view.meeting.id] = file(
                view, configuration.inventory, language, zone, made_at=STOPPED, form="html", is_sealed=True
            )
    return pages


# What stands open


async def test_open_outages_go_on_since_when_they_began_and_nobody_is_told_anew(left: Leftovers) -> None:
    path = database(left)
    killed_after(left.journal, BATCH)
    Store(left.journal).close()
    async with restarted(left) as (daemon, _):
        views = daemon.board.snapshot().views
        found = {name: [views[name].state, views[name].since, views[name].cause] for name in sorted(SILENT)}
        taken = {name for name, view in views.items() if view.acknowledged is not None}
    assert {name: [SAID["states"][name][key] for key in ("state", "since", "cause")] for name in sorted(SILENT)} == found
    assert SAID["acknowledged"].keys() == taken
    told = {target for kind, target in rows(path, "kind, target", f"id > {LINES}") if kind not in ("started", "stopped")}
    assert set() == told & SILENT


# The copy, and who can't go on


def copy_of(left: Leftovers) -> Path:
    return left.state / "journal.db.before-0003"


def test_the_file_is_copied_before_anything_is_changed(left: Leftovers, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "monitor.journal")
    path, before = database(left), rows(database(left))
    path.chmod(0o640)
    Store(left.journal).close()
    assert ("0002", before, 0o640) == (version(copy_of(left)), rows(copy_of(left)), copy_of(left).stat().st_mode & 0o777)
    assert str(copy_of(left)) in caplog.text
    assert f"turning {LINES - len(rows(path, where=IS_SEALED))} lines" in caplog.text


def test_a_copy_that_was_cut_short_is_made_anew(left: Leftovers) -> None:
    before = rows(database(left))
    killed_after(left.journal, 0)
    assert not copy_of(left).exists()
    assert ("0002", before) == (version(database(left)), rows(database(left)))
    Store(left.journal).close()
    assert before == rows(copy_of(left))
    assert [] == list(left.state.glob("*.part"))


def test_the_copy_is_not_made_again_once_the_change_has_begun(left: Leftovers) -> None:
    before = rows(database(left))
    killed_after(left.journal, BATCH)
    Store(left.journal).close()
    assert before == rows(copy_of(left))


@pytest.fixture
def no_room(left: Leftovers) -> Iterator[None]:
    """Have SQLite find no room for more than a few pages beyond what is there, as on a disk that is full."""
    pages = database(left).stat().st_size // 4096 + 64

    def bound(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")

    listen(Engine, "connect", bound)
    yield
    remove(Engine, "connect", bound)


async def test_without_room_for_a_copy_nothing_is_turned_and_the_journal_is_used_as_it_is(
    left: Leftovers, caplog: pytest.LogCaptureFixture
) -> None:
    before, read_before = rows(database(left), OLD_COLUMNS), everything(left.journal)
    copy_of(left).mkdir()
    journal = Journal(Store(left.journal))
    assert "can't be copied" in caplog.text
    assert "make room" in caplog.text
    assert ("0002", before) == (version(database(left)), rows(database(left), OLD_COLUMNS))
    stopped = Event(STOPPED + 0.5, "stopped", "")
    assert await journal.append([stopped])
    journal.close()
    assert [*read_before, stopped] == everything(left.journal)
    copy_of(left).rmdir()
    Store(left.journal).close()
    assert "0004" == version(database(left))
    assert [*read_before, stopped] == everything(left.journal)
    assert before == rows(copy_of(left), OLD_COLUMNS)[:-1]


@pytest.mark.usefixtures("no_room")
def test_without_room_to_turn_what_is_left_is_read_as_it_is_and_turned_later(
    left: Leftovers, caplog: pytest.LogCaptureFixture
) -> None:
    read_before = everything(left.journal)
    Store(left.journal).close()
    assert "there is no room to change the form" in caplog.text
    assert ("0002", read_before) == (version(database(left)), everything(left.journal))
    assert copy_of(left).exists()


def test_of_two_starts_at_once_one_waits_for_the_other_and_goes_on_where_it_is_killed(left: Leftovers) -> None:
    path, before, read_before = database(left), rows(database(left)), everything(left.journal)
    goes_on_where_another_is_killed(left.journal, BATCH)
    assert ("0004", read_before) == (version(path), everything(left.journal))
    assert before == rows(copy_of(left))
    assert [] == [*left.state.glob("*.lock"), *left.state.glob("*.part")]


@pytest.mark.parametrize(
    "text",
    [
        "icmp 0/5; snmp no answer; not complete after 1.2.3 s",
        f"icmp {'9' * 5000}/5",
        "icmp 0/5; web " + "malformed answer: " * 3000 + "x",
    ],
    ids=["no number", "a number too long", "nested"],
)
def test_what_somebody_else_wrote_into_a_journal_is_text(text: str) -> None:
    codes = turned("transition", text, None)
    assert codes is None or "text" in repr(codes)


def test_a_journal_of_a_later_version_is_refused_with_a_word(left: Leftovers) -> None:
    Store(left.journal).close()
    with closing(sqlite3.connect(database(left))) as journal, journal:
        journal.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SetupError, match="later version") as refused:
        Store(left.journal)
    assert isinstance(refused.value.__cause__, UnknownSchemaError)


async def test_what_is_written_afterwards_stands_beside_it(left: Leftovers) -> None:
    journal = Journal(Store(left.journal))
    path = Event(STOPPED + 1, "path", "xa-ma-le", told=(Reason("path_untraced", because=(Reason("no_raw_socket"),)),))
    assert await journal.append([path])
    assert [path] == await journal.events(STOPPED, 1)
    journal.close()


# By hand, for as many lines as there may be


def measure(lines: int, folder: Path) -> None:
    """Turn a journal of so many lines, killed in the middle, and print what it took; reports and seals say the same after."""
    left = long_journal(folder, lines)
    os.environ.update(left.environment)
    before, size = everything(left.journal), database(left).stat().st_size
    told = {each: reported(left, *each) for each in product(SPANS, LANGUAGES)}
    began_s = time.monotonic()
    done = killed_after(left.journal, lines // 2)
    half_s = time.monotonic() - began_s
    assert before == everything(left.journal)
    began_s = time.monotonic()
    Store(left.journal).close()
    print(f"{lines} lines, {size / 1e6:.1f} MB; killed after {done} ({half_s:.1f} s, the copy and the start included);", end=" ")
    print(f"the rest in {time.monotonic() - began_s:.1f} s; now {database(left).stat().st_size / 1e6:.1f} MB")
    after = everything(left.journal)
    assert before == after
    texts = sum(each.code == "text" for entry in after for each in _all_of(entry))
    sealed = [entry.values for entry in after if isinstance(entry, Event) and is_sealed(entry)]
    assert all(seal(str(values["body"])) == values["seal"] for values in sealed)
    assert told == {each: reported(left, *each) for each in told}
    assert all(mended(*each) == said for each, said in told.items() if each[0].startswith("shift"))
    for language in LANGUAGES:
        for name, page in sealed_pages(left, language).items():
            assert page_texts(sealed_page(name, language)) == page_texts(page.decode())
    print(f"read the same before, in the middle and after; {texts} reasons are text; {len(told)} reports say the same;", end=" ")
    print(f"{len(sealed)} seals verify, and open with the words of version 0.1")


def _all_of(entry: Entry) -> Sequence[Reason]:
    return entry.evidence if isinstance(entry, Transition) else entry.told


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        measure(int(sys.argv[1]), Path(name))
