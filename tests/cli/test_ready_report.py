"""`monitor ready --format html|xlsx`: the daemon's report, or our own, as a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from monitor.cli.ready import FORMS, fetched, made
from monitor.errors import SetupError
from monitor.export.http import make_app
from monitor.export.source import ReportFailedError
from monitor.load.configuration import Configuration, load
from tests.export import meeting_morning, sample
from tests.export.meeting_morning import ID
from tests.export.reporting import GatedReporter, made_here
from tests.export.sample import FakeSource

ROOT = Path(__file__).parents[2]
BEGIN = {"html": b"<!DOCTYPE html>", "xlsx": b"PK"}


@pytest.fixture(scope="module")
def configuration() -> Configuration:
    return load(ROOT / "config")


@pytest.mark.parametrize("form", FORMS)
async def test_the_daemons_report_is_fetched(configuration: Configuration, form: str) -> None:
    source = FakeSource()
    meetings = meeting_morning.week(source.now)
    async with TestServer(make_app(source, meetings=meetings, reporter=made_here)) as server:
        here = replace(configuration, settings=replace(configuration.settings, advertise=str(server.make_url("/")).rstrip("/")))
        assert (await fetched(here, ID, form)).startswith(BEGIN[form])
        with pytest.raises(SetupError, match="HTTP 404"):
            await fetched(here, "none", form)
    with pytest.raises(SetupError, match="gives no report"):
        await fetched(here, ID, form)


async def test_why_the_daemon_gives_no_report_is_told_in_its_words(configuration: Configuration) -> None:
    reporter = GatedReporter(told={ID: ReportFailedError("report_died")})
    reporter.let(1)
    source = FakeSource()
    async with TestServer(make_app(source, meetings=meeting_morning.week(source.now), reporter=reporter)) as server:
        here = replace(configuration, settings=replace(configuration.settings, advertise=str(server.make_url("/")).rstrip("/")))
        with pytest.raises(SetupError, match="HTTP 503: the process that makes the report ended before it was done") as refused:
            await fetched(here, ID, "html")
    assert "HTTP 503: tiến trình lập báo cáo đã dừng giữa chừng; thử lại" in refused.value.text_in("vi")


@pytest.mark.parametrize("form", FORMS)
def test_a_check_of_our_own_makes_the_same_report(configuration: Configuration, form: str) -> None:
    snapshot = sample.snapshot()
    content = made(meeting_morning.view(snapshot), replace(configuration, inventory=snapshot.inventory), form)
    assert content.startswith(BEGIN[form])
