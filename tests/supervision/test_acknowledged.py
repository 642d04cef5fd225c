"""A real Alertmanager with the shipped routes and inhibitions: what somebody has is not repeated, and its end is told."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.patience import LONGEST_WAIT_S
from tests.ports import reserved

FOLDER = Path(__file__).parents[2] / "config" / "alertmanager"
PROGRAM = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
CAUSE = "ubnd-huyen-dong-van"
TARGET_DOWN = {"alertname": "TargetDown", "severity": "critical", "target": CAUSE, "cause": CAUSE}
TAKEN = {"alertname": "RootCauseAcknowledged", "severity": "info", "target": CAUSE, "cause": CAUSE}
WATCHDOG = {"alertname": "Watchdog", "severity": "none", "cause": "monitor"}

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="prometheus-alertmanager is not installed")


@dataclass
class Sink:
    """Where every receiver's messages arrive, with the alerts that each tells: (status, alertname)."""

    told: dict[str, list[list[tuple[str, str]]]] = field(default_factory=dict)
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def take(self, request: web.Request) -> web.Response:
        body = await request.json()
        async with self.news:
            alerts = [(each["status"], each["labels"]["alertname"]) for each in body["alerts"]]
            self.told.setdefault(request.match_info["receiver"], []).append(alerts)
            self.news.notify_all()
        return web.Response()

    async def until(self, receiver: str, number: int) -> list[list[tuple[str, str]]]:
        """Return a receiver's messages once there are so many."""
        async with asyncio.timeout(LONGEST_WAIT_S), self.news:
            await self.news.wait_for(lambda: len(self.told.get(receiver, ())) >= number)
        return self.told[receiver]

    async def some_time(self) -> None:
        """Wait until the watchdog was told five times more: a page could be repeated three times meanwhile."""
        await self.until("watchdog", len(self.told.get("watchdog", ())) + 5)


def hurried(sink_url: str) -> str:
    """Return the shipped configuration, a minute as 5 ms and every wait at least 100 ms, with one webhook a receiver."""
    text = (FOLDER / "alertmanager.yml").read_text(encoding="utf-8")
    seconds = {"s": 1, "m": 60, "h": 3600}

    def scale(found: re.Match[str]) -> str:
        return f"{found[1]}: {max(100, round(int(found[2]) * seconds[found[3]] / 12))}ms"

    text = re.sub(r"(group_wait|group_interval|repeat_interval): (\d+)([smh])", scale, text)
    configuration = yaml.safe_load(text)
    del configuration["templates"]
    configuration["route"]["repeat_interval"] = configuration["route"]["routes"][1]["repeat_interval"] = "200ms"
    configuration["route"]["group_interval"] = "100ms"
    for receiver in configuration["receivers"]:
        receiver["webhook_configs"] = [{"url": f"{sink_url}/{receiver['name']}"}]
    return yaml.safe_dump(configuration)


@asynccontextmanager
async def alertmanager(folder: Path, sink_url: str) -> AsyncIterator[str]:
    """Run Alertmanager with the shipped configuration in a hurry; yields its URL once it is ready."""
    with reserved() as (port,):
        async with _alertmanager_on(port, folder, sink_url):
            yield f"http://127.0.0.1:{port}"


@asynccontextmanager
async def _alertmanager_on(port: int, folder: Path, sink_url: str) -> AsyncIterator[None]:
    assert PROGRAM is not None
    (folder / "alertmanager.yml").write_text(hurried(sink_url), encoding="utf-8")
    words = [f"--config.file={folder}/alertmanager.yml", f"--storage.path={folder}/data", "--cluster.listen-address="]
    process = await asyncio.create_subprocess_exec(
        PROGRAM, *words, f"--web.listen-address=127.0.0.1:{port}", stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    try:
        async with asyncio.timeout(LONGEST_WAIT_S):
            while b"Listening on" not in (line := await process.stderr.readline()) and b"msg=Listening" not in line:
                assert line, "Alertmanager ended"
        drain = asyncio.create_task(process.stderr.read())
        yield
        drain.cancel()
    finally:
        process.terminate()
        await process.wait()


async def post(url: str, *alerts: dict[str, str], over: bool = False) -> None:
    """Tell Alertmanager of alerts in one message, as Prometheus does."""
    now = datetime.now(UTC)
    end = now if over else now + timedelta(hours=1)
    body: list[dict[str, Any]] = [
        {"labels": labels, "startsAt": (now - timedelta(minutes=5)).isoformat(), "endsAt": end.isoformat()} for labels in alerts
    ]
    async with aiohttp.ClientSession() as session, session.post(f"{url}/api/v2/alerts", json=body) as answer:
        assert answer.status == 200, json.dumps(await answer.text())


async def test_a_page_is_repeated_until_somebody_has_it_and_its_end_is_told_once(tmp_path: Path) -> None:
    sink = Sink()
    app = web.Application()
    app.router.add_post("/{receiver}", sink.take)
    firing, resolved = [("firing", "TargetDown")], [("resolved", "TargetDown")]
    async with TestServer(app) as served, alertmanager(tmp_path, str(served.make_url("/")).rstrip("/")) as url:
        await post(url, WATCHDOG, TARGET_DOWN)
        assert [firing] * 3 == (await sink.until("on-call", 3))[:3]

        await post(url, TAKEN, TARGET_DOWN)
        await sink.some_time()
        repeated = len(sink.told["on-call"])
        await sink.some_time()
        assert [firing] * repeated == sink.told["on-call"], "a page was repeated, or its end told, while somebody has it"

        await post(url, TAKEN, over=True)
        assert [firing] * (repeated + 1) == (await sink.until("on-call", repeated + 1))[: repeated + 1], "withdrawn: repeated again"

        await post(url, TAKEN, TARGET_DOWN)
        await sink.some_time()
        repeated = len(sink.told["on-call"])
        await post(url, TAKEN, TARGET_DOWN, over=True)
        assert resolved == (await sink.until("on-call", repeated + 1))[repeated]
        await sink.some_time()
        assert len(sink.told["on-call"]) == repeated + 1
