"""`monitor ready` asks the running daemon, prints what it says, and its exit status is the verdict."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from monitor.cli.ready import _listed
from monitor.export.http import make_app
from monitor.model.state import State
from monitor.rules.readiness.verdicts import judge_readiness
from tests.export.meetings import FakeMeetings
from tests.export.sample import FakeSource, snapshot
from tests.rules.endpoints import meeting_input, seen


async def ready(*words: str, state: State = State.DOWN, old_ids: tuple[str, ...] = ()) -> tuple[int | None, str, str]:
    view = judge_readiness(meeting_input(seen(state=state)))
    meetings = FakeMeetings([replace(view, meeting=replace(view.meeting, old_ids=old_ids))])
    app = make_app(FakeSource(snapshot()), meetings=meetings)
    async with TestServer(app) as server:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "monitor", "ready", "--daemon", str(server.make_url("/")), "--language", "en", *words),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


async def test_the_next_meeting_is_told_with_who_is_not_ready_and_why() -> None:
    status, out, _ = await ready()
    assert 1 == status
    head, counts, _, _, first, *more = out.splitlines()
    assert "Giao ban – 08:00 30/11/2026: not ready (1 of 2 endpoints is not ready)" == head
    assert counts.startswith("1 ready · 0 at risk · 1 not ready · 0 unknown · not checked yet")
    assert first.startswith("not ready  dc-xa")
    assert "no answer since" in first
    assert "Đầu mối kỹ thuật xã 0212" in first
    assert [] == more


async def test_a_meeting_that_is_ready_is_exit_0() -> None:
    status, out, _ = await ready("m1", state=State.UP)
    assert (0, True) == (status, "No endpoint needs anything." in out)


@pytest.mark.parametrize("words", [(), ("--now",)], ids=["as it stands", "checked now"])
async def test_a_meeting_is_found_by_what_it_was_called_before(words: tuple[str, ...]) -> None:
    old = "m1-2026-11-30"
    status, out, _ = await ready(old, "--format", "json", *words, state=State.UP, old_ids=(old,))
    assert (0, "m1") == (status, json.loads(out)["meeting"])


def test_a_narrow_terminal_loses_neither_reason_nor_what_to_do() -> None:
    row = ["Chưa sẵn sàng", "Phòng họp trực tuyến UBND xã Lũng Cú", "mất gói 4% trên 350 gói", "", "báo nhà mạng thử đường truyền"]
    headings = ["Kết luận", "Điểm cầu", "Lý do", "Gọi", "Việc cần làm"]
    wide = _listed(headings, [row], 200)
    assert all(part in wide.splitlines()[1] for part in row)
    narrow = _listed(headings, [row], 80)
    assert all(len(line) <= 80 for line in narrow.splitlines())
    assert "mất gói 4% trên 350 gói · báo nhà mạng thử đường truyền" in " ".join(narrow.split())


async def test_a_table_is_written_where_it_is_wanted(tmp_path: Path) -> None:
    for form, part in (("table", "no answer since"), ("json", '"verdict": "not_ready"')):
        status, out, _ = await ready("--format", form, "-o", str(tmp_path / "told"))
        assert (1, "") == (status, out)
        assert part in (tmp_path / "told").read_text(encoding="utf-8")
    await ready("-o", str(tmp_path / "told.json"))
    assert "m1" == json.loads((tmp_path / "told.json").read_text(encoding="utf-8"))["meeting"]


async def test_json_is_what_the_api_says_and_progress_is_none_of_it() -> None:
    status, out, err = await ready("--now", "--format", "json")
    assert (1, "m1", "") == (status, json.loads(out)["meeting"], err)


async def test_what_is_not_there_is_exit_2_with_its_cure() -> None:
    status, _, err = await ready("m9")
    told = "says: no meeting of the coming week is called 'm9'; /api/v1/meetings lists them: m1"
    assert (2, True) == (status, told in err)
