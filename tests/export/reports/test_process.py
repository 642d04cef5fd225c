"""A report is made in a process of its own: real ones, which hang, die, write on and on, or do their work."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import pickle
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.export.reports.process import ReportLimits, ReportProcess, pickled
from monitor.export.source import ReportFailedError
from monitor.model.meeting import OUT_OF_MEMORY, ReportOrder, Stage
from tests.export import meeting_morning, morning, sample
from tests.export.reporting import WORKER, made_here, order

ORDER = order()


def program(text: str, *words: str) -> tuple[str, ...]:
    """Return a command that runs a program of Python; argv has the words first."""
    return (sys.executable, "-c", text, *words)


@contextlib.contextmanager
def pipe_at(path: Path) -> Iterator[int]:
    """Make a named pipe and yield its reading end, whose reads wait while somebody holds the other."""
    os.mkfifo(path)
    reading = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(reading, True)
    yield reading
    os.close(reading)


def is_there(folder: str) -> bool:
    return Path(folder).exists()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def failure(command: tuple[str, ...], limits: ReportLimits | None = None) -> ReportFailedError:
    with pytest.raises(ReportFailedError) as failed:
        await ReportProcess(command, limits)(ORDER)
    return failed.value


@pytest.mark.parametrize("form", ["html", "xlsx"])
@pytest.mark.parametrize("language", ["vi", "en"])
async def test_the_worker_makes_what_is_made_here(form: str, language: str) -> None:
    asked = replace(ORDER, form=form, language=language)
    made, expected = await ReportProcess(WORKER)(asked), await made_here(asked)
    if form == "html":
        assert expected == made
    else:  # a workbook says when it was written
        assert (b"PK", True) == (made[:2], abs(len(made) - len(expected)) < 64)


@pytest.mark.parametrize("stage", [Stage.HOUR_BEFORE, Stage.OVER])
async def test_the_order_holds_all_names_that_its_report_tells_and_no_more(stage: Stage) -> None:
    snapshot = morning.morning(sample.inventory(12, 19))
    view = meeting_morning.view(snapshot, stage=stage)
    asked = replace(ORDER, view=view)
    assert await made_here(asked) == await made_here(pickle.loads(pickled(asked)))
    few = replace(view, endpoints=dict(list(view.endpoints.items())[:1]), meeting=replace(view.meeting, endpoints=()), blasts=())
    told: ReportOrder = pickle.loads(pickled(replace(asked, view=replace(few, losses=()))))
    assert len(told.inventory.targets) <= 3 < len(snapshot.inventory.targets)


async def test_a_worker_that_hangs_is_killed_with_all_that_it_started(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with pipe_at(tmp_path / "held") as held:
        hangs = "import os, sys, time; os.open(sys.argv[1], os.O_WRONLY); os.fork(); time.sleep(3600)"
        failed = await failure(program(hangs, str(tmp_path / "held")), ReportLimits(time_s=1.5))
        assert ("report_late", 2) == (failed.code, failed.values["lasted_s"])
        assert ["no html report of giao-ban-thang-11: the report took longer than 2 s and was stopped"] == caplog.messages
        # It ends when nobody holds the other side any more.
        assert b"" == await asyncio.to_thread(os.read, held, 1)


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "report_died", "ended before it was done (SIGKILL)"),
        ("import sys; sys.stdin.read(1); raise KeyError('area')", "report_died", "(status 1: KeyError: 'area')"),
        ("pass", "report_died", "ended before it was done (status 0)"),
        (f"raise SystemExit({OUT_OF_MEMORY})", "report_memory", "the report needs more than 128 MB"),
        ("import sys\nwhile True: sys.stdout.write('x' * 65536)", "report_large", "file is larger than 8 MB"),
        ("import sys\nwhile True: sys.stderr.write('x' * 65536)", "report_late", "took longer than 2 s"),
        ("print(1); import os; os.close(0); os.close(1); import time; time.sleep(3600)", "report_late", "took longer than 2 s"),
    ],
    ids=["killed", "a fault of ours", "says nothing", "out of memory", "writes for ever", "complains for ever", "half done"],
)
async def test_a_worker_that_fails_is_told_in_one_line(caplog: pytest.LogCaptureFixture, text: str, key: str, said: str) -> None:
    caplog.set_level(logging.INFO)
    limits = ReportLimits(time_s=2.0 if key == "report_late" else 60.0)
    assert key == (await failure(program(text), limits)).code
    (line,) = (each for each in caplog.messages if "report" in each)
    assert said in line
    assert "\n" not in line


async def test_a_command_that_is_not_there_is_told(caplog: pytest.LogCaptureFixture) -> None:
    assert "report_died" == (await failure(("/nowhere/python",))).code
    assert "ended before it was done ([Errno 2] No such file or directory: '/nowhere/python')" in caplog.text


async def test_where_no_folder_can_be_made_it_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    assert "report_died" == (await failure(WORKER)).code
    (line,) = caplog.messages
    assert "done ([Errno 2] No such file or directory: " in line


async def test_who_is_cancelled_leaves_no_worker_and_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "begun")
    begins = "import os, sys, time; open(sys.argv[1], 'w').write(f\"{os.getpid()} {os.environ['TMPDIR']}\"); time.sleep(3600)"
    task = asyncio.create_task(ReportProcess(program(begins, str(tmp_path / "begun")))(ORDER))
    pid, folder = (await asyncio.to_thread((tmp_path / "begun").read_text)).split()
    assert (True, True) == (is_alive(int(pid)), is_there(folder))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (False, False) == (is_alive(int(pid)), is_there(folder))


async def test_the_worker_inherits_no_secret_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_WAN_COMMUNITY", "secret")
    monkeypatch.setenv("NOTIFY_SOCKET", "/run/notify")
    names = (await ReportProcess(program("import os; print(*os.environ)"))(ORDER)).decode().split()
    assert {"PATH", "TMPDIR"} <= set(names)
    assert not {"MONITOR_WAN_COMMUNITY", "NOTIFY_SOCKET"} & set(names)


async def test_the_worker_stands_back_and_bounds_itself() -> None:
    looks = "; ".join(
        (
            "import os, pathlib, resource, runpy, sys",
            "main = runpy.run_module('monitor.report.worker', run_name='worker')['_stand_back']",
            "main(int(sys.argv[1]), int(sys.argv[2]))",
            "adj = pathlib.Path('/proc/self/oom_score_adj').read_text().strip()",
            "print(os.nice(0), adj, *(resource.getrlimit(each)[1] for each in (resource.RLIMIT_DATA, resource.RLIMIT_CPU)))",
        )
    )
    nice, score, memory, seconds = (await ReportProcess(program(looks))(ORDER)).decode().split()
    assert (1000, 128 << 20, 65) == (int(score), int(memory), int(seconds))
    assert int(nice) >= 10


async def test_a_report_that_needs_more_memory_than_it_may_take_says_so() -> None:
    long = "á" * 150_000
    verdicts = {id_: replace(each, cause=long + id_) for id_, each in ORDER.view.endpoints.items()}
    large = replace(ORDER, view=replace(ORDER.view, endpoints=verdicts))
    with pytest.raises(ReportFailedError, match="needs more than 32 MB"):
        await ReportProcess(WORKER, ReportLimits(memory_bytes=32 << 20))(large)


@pytest.mark.parametrize(("form", "foreign"), [("html", "openpyxl"), ("xlsx", "jinja2")])
async def test_the_worker_loads_only_what_its_form_needs(form: str, foreign: str) -> None:
    works = "; ".join(
        (
            "import atexit, runpy, sys",
            "atexit.register(lambda: print(*sys.modules))",
            "runpy.run_module('monitor.report.worker', run_name='__main__', alter_sys=True)",
        )
    )
    names = (await ReportProcess(program(works))(replace(ORDER, form=form))).splitlines()[-1].decode("utf-8", "replace").split()
    assert "monitor.report.readiness" in names
    assert not {foreign, "aiohttp", "sqlalchemy"} & set(names)
