"""What cli/run.py joins: reports over HTTP, each made by the worker, one process at a time."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from monitor.export.http import make_app
from monitor.export.reports.process import ReportProcess
from tests.export import meeting_morning, morning, sample
from tests.export.meeting_morning import ID
from tests.export.sample import FakeSource

BEGIN = {"html": b"<!DOCTYPE html>", "xlsx": b"PK"}
NOTED = """
import atexit, os, re, runpy, sys
book = os.open(sys.argv.pop(1), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
os.write(book, b"+")
most = lambda: re.search(rb"VmHWM:\\s+(\\d+)", open("/proc/self/status", "rb").read())[1]
atexit.register(lambda: os.write(book, b"-%s\\n" % most()))
runpy.run_module("monitor.report.worker", run_name="__main__", alter_sys=True)
"""
"""The worker itself, which notes in a file when it begins and, with its greatest memory in KB, when it ends.

ru_maxrss would begin with that of the process that it was started from.
"""
MOST_KB = 96 << 10
MOST_GROWTH_KB = 32 << 10


def resident_kb() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 10


async def report_at(client: TestClient[web.Request, web.Application], path: str) -> ClientResponse:
    """Return the answer to whoever asks again for a report that is queued or being made; on a busy machine it may long be."""
    while True:
        answer = await client.get(path)
        if answer.status != 503 or (await answer.json())["code"] not in ("report_queued", "report_making"):
            return answer


@pytest.mark.parametrize("form", ["html", "xlsx"])
async def test_forty_reports_at_once_are_made_by_one_process_at_a_time_and_the_same_once(tmp_path: Path, form: str) -> None:
    snapshot, book = morning.morning(sample.inventory(12, 19)), tmp_path / "book"
    reporter = ReportProcess((sys.executable, "-c", NOTED, str(book)))
    app = make_app(FakeSource(now=snapshot), meetings=meeting_morning.week(snapshot), reporter=reporter)
    async with TestClient(TestServer(app)) as client:
        paths = [f"/meetings/{id_}/report.{form}?lang={lang}" for id_ in (ID, "giao-ban-som") for lang in ("vi", "en")]
        await (await client.get("/meetings")).read()
        before_kb = resident_kb()
        answers = await asyncio.gather(*(report_at(client, path) for path in paths * 10))
        files = [(each.status, (await each.read()).startswith(BEGIN[form])) for each in answers]
        grown_kb = resident_kb() - before_kb
    assert [(200, True)] * 40 == files
    noted = book.read_text().splitlines()
    assert [True] * len(paths) == [line.startswith("+-") for line in noted], "each ended before the next began"
    assert max(int(line[2:]) for line in noted) < MOST_KB
    assert grown_kb < MOST_GROWTH_KB


async def test_a_worker_that_is_killed_costs_its_report_and_nothing_else(tmp_path: Path) -> None:
    """The first one is killed while it works, as the kernel does when memory ends; the next does its work."""
    snapshot, once = morning.morning(sample.inventory(12, 19)), tmp_path / "once"
    text = "import os, runpy, sys\nonce = sys.argv.pop(1)\nif not os.path.exists(once): open(once, 'w'); os.kill(os.getpid(), 9)\n"
    text += "runpy.run_module('monitor.report.worker', run_name='__main__', alter_sys=True)"
    reporter = ReportProcess((sys.executable, "-c", text, str(once)))
    app = make_app(FakeSource(now=snapshot), meetings=meeting_morning.week(snapshot), reporter=reporter)
    async with TestClient(TestServer(app)) as client:
        paths = [f"/meetings/{ID}/report.{form}?lang=en" for form in ("html", "xlsx")]
        first, second = await asyncio.gather(*map(client.get, paths))
        assert (503, "the process that makes the report ended before it was done") == (first.status, (await first.json())["error"])
        assert (200, b"PK") == (second.status, (await second.read())[:2])
        assert 200 == (await client.get("/metrics")).status
