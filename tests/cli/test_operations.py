"""`monitor ack` and `monitor maintenance` against a served daemon, and what they say where there is none."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer

from monitor.__main__ import main
from monitor.export.http import make_app
from monitor.export.source import RefusedError
from monitor.model.settings import MaintenanceWindow
from monitor.model.state import Acknowledgement, State
from tests.export import sample
from tests.export.sample import FakeSource
from tests.ports import reserved

SITES = """
network: {name: Mạng thử, addresses: lab}
levels: [province, district]
areas: [{id: khoi, name: Khối}]
points:
  - {id: trung-tam, name: Trung tâm, level: province, area: khoi, address: 10.0.0.1}
  - {id: ubnd-1, name: UBND huyện 1, level: district, area: khoi, address: 10.1.0.1, uplink: trung-tam}
"""
BROKEN = sample.snapshot(states={"ubnd-1": State.DOWN})


@pytest.fixture
def config(tmp_path: Path) -> str:
    (tmp_path / "sites.yaml").write_text(SITES)
    return str(tmp_path)


@pytest_asyncio.fixture
async def served() -> AsyncIterator[tuple[FakeSource, str]]:
    """A source in which a district is down, and where it is served."""
    source = FakeSource(BROKEN)
    async with TestServer(make_app(source, fresh_s=0)) as server:
        yield source, str(server.make_url("/")).rstrip("/")


Served = tuple[FakeSource, str]


async def run(*words: str) -> int:
    return await asyncio.to_thread(main, words)


async def test_a_root_cause_is_taken_on_by_name_and_note(served: Served, config: str, capsys: pytest.CaptureFixture[str]) -> None:
    source, url = served
    words = ("--config", config, "--daemon", url)
    assert 0 == await run("ack", "ubnd-1", "--by", "Ca trực", "--note", "đã gọi VNPT", *words)
    assert "Ca trực đã nhận UBND huyện 1.\n" == capsys.readouterr().out
    assert 0 == await run("ack", "ubnd-1", "--by", "Ca trực", "--withdraw", *words)
    assert [("acknowledge", "ubnd-1", "Ca trực", "đã gọi VNPT"), ("withdraw", "ubnd-1", "Ca trực")] == source.operations.said


async def test_the_list_says_who_has_what_and_exits_with_1_while_nobody_has_it(
    served: Served, config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    source, url = served
    words = ("--config", config, "--daemon", url)
    assert 1 == await run("ack", *words)
    heading, row = capsys.readouterr().out.splitlines()
    assert ["Nơi hỏng", "Từ", "Kéo theo", "Người xử lý", "Mã"] == [cell.strip() for cell in heading.split("  ") if cell]
    assert "UBND huyện 1  07:39 30/11  5 điểm mạng, 6 điểm cầu  chưa ai nhận" in row
    source.now = sample.with_view(BROKEN, "ubnd-1", acknowledged=Acknowledgement("VNPT", sample.NOW, "đang nối cáp"))
    assert 0 == await run("ack", "--language", "en", *words)
    assert "VNPT 07:53 30/11: đang nối cáp" in capsys.readouterr().out
    assert 0 == await run("ack", "--format", "json", *words)
    assert "VNPT" == json.loads(capsys.readouterr().out)[0]["acknowledged"]["by"]
    source.now = sample.snapshot()
    assert 0 == await run("ack", *words)
    assert "Không có nguyên nhân gốc nào.\n" == capsys.readouterr().out


async def test_what_the_daemon_refuses_is_told_with_its_cure(
    served: Served, config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    source, url = served
    source.operations.refusal = RefusedError("behind", name="Xã 1.1", cause="UBND huyện 1", id="ubnd-1")
    assert 2 == await run("ack", "xa-1-1", "--by", "Ca trực", "--config", config, "--daemon", url)
    told = "Xã 1.1 mất kết nối do tuyến trên, nguyên nhân gốc là UBND huyện 1; nhận nguyên nhân gốc: ubnd-1\n"
    assert told == capsys.readouterr().err
    assert 2 == await run("ack", "ubnd-1", "--config", config, "--daemon", url)
    assert "--by" in capsys.readouterr().err


async def test_work_is_announced_listed_and_ended(served: Served, config: str, capsys: pytest.CaptureFixture[str]) -> None:
    source, url = served
    words = ("--config", config, "--daemon", url)
    assert 0 == await run("maintenance", "add", "ubnd-1", "--for", "2h", "--reason", "thay thiết bị", "--by", "VNPT", *words)
    assert "Bảo trì số 3: Xã 1.1, 07:53 30/11 – 09:53.\n" == capsys.readouterr().out
    weekly = MaintenanceWindow("cập nhật", (), ("khoi",), days=(5, 6), from_time=time(1), to_time=time(4))
    source.settings = replace(source.settings, maintenance=(weekly,))
    source.operations.announced = [sample.WORK]
    assert 0 == await run("maintenance", "list", *words)
    _, first, second = capsys.readouterr().out.splitlines()
    assert ["3", "Xã 1.1", "07:53 30/11 – 09:53", "thay thiết bị", "VNPT"] == [cell.strip() for cell in first.split("  ") if cell]
    assert ["Khối cơ quan tỉnh", "T7 CN 01:00–04:00", "cập nhật", "monitor.yaml"] == [
        cell.strip() for cell in second.split("  ") if cell
    ]
    assert 0 == await run("maintenance", "end", "3", "--by", "VNPT", "--format", "json", *words)
    assert 3 == json.loads(capsys.readouterr().out)["number"]
    assert [("announce", ("ubnd-1",), "2h", "", "thay thiết bị", "VNPT"), ("end", "3", "VNPT")] == source.operations.said


@pytest.mark.parametrize("broken", ["sites.yaml", "monitor.yaml", "meetings.yaml"])
@pytest.mark.parametrize("words", [("ack",), ("maintenance", "list")])
async def test_a_half_edited_configuration_does_not_stop_who_names_the_daemon(
    words: tuple[str, ...], broken: str, served: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, url = served
    (tmp_path / broken).write_text("bogus: [")
    assert 2 > await run(*words, "--config", str(tmp_path), "--daemon", url)
    assert "" == capsys.readouterr().err


@pytest.mark.parametrize("words", [("ack",), ("maintenance", "list")])
async def test_only_a_faulty_monitor_yaml_stops_who_does_not_name_the_daemon(
    words: tuple[str, ...], served: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, url = served
    (tmp_path / "sites.yaml").write_text("bogus: [")
    (tmp_path / "monitor.yaml").write_text(f"listen: {url.removeprefix('http://')}\n")
    assert 2 > await run(*words, "--config", str(tmp_path))
    (tmp_path / "monitor.yaml").write_text("bogus: [")
    assert 2 == await run(*words, "--config", str(tmp_path))
    assert "monitor.yaml" in capsys.readouterr().err


async def test_the_daemon_is_asked_from_where_no_configuration_is(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert 0 == await run("maintenance", "list", "--daemon", served[1])
    assert "" == capsys.readouterr().err


@pytest.mark.parametrize("words", [("ack",), ("maintenance", "list")])
async def test_without_a_daemon_both_say_so_and_what_to_do(
    words: tuple[str, ...], config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with reserved() as (port,):
        assert 2 == await run(*words, "--config", config, "--daemon", f"http://127.0.0.1:{port}")
    told = capsys.readouterr().err
    assert f"http://127.0.0.1:{port}" in told
    assert "systemctl status monitor" in told


async def test_another_program_on_that_port_is_told_from_the_daemon(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    async def babble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.0 500 Oops\r\n\r\n<html>")
        writer.close()

    async with await asyncio.start_server(babble, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert 2 == await run("ack", "--language", "en", "--config", config, "--daemon", f"http://127.0.0.1:{port}")
    assert "does not answer as the daemon does (HTTP 500)" in capsys.readouterr().err
