"""What operators say over HTTP reaches the daemon, and what they can't say is answered with a cure in their language."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from monitor.export.source import RefusedError
from monitor.model.state import Acknowledgement, State
from monitor.words.phrase import Phrase
from tests.export import oracle, sample
from tests.export.sample import FakeSource

Client = TestClient[web.Request, web.Application]
TAKE = "/api/v1/acknowledgements"
WITHDRAW = "/api/v1/acknowledgements/withdraw"
ANNOUNCE = "/api/v1/maintenance"
END = "/api/v1/maintenance/end"


async def post(client: Client, path: str, body: object, origin: str | None = None) -> tuple[int, dict[str, Any]]:
    headers = {"Origin": origin or str(client.make_url("/")).rstrip("/")}
    async with client.post(path, json=body, headers=headers) as answer:
        return answer.status, await answer.json()


@pytest.mark.parametrize(
    ("path", "body", "heard"),
    [
        (TAKE, {"target": "ubnd-1", "by": " Ca  trực\n", "note": "gọi VNPT"}, ("acknowledge", "ubnd-1", "Ca trực", "gọi VNPT")),
        (TAKE, {"target": "ubnd-1", "by": "Ca trực"}, ("acknowledge", "ubnd-1", "Ca trực", "")),
        (WITHDRAW, {"target": "ubnd-1", "by": "Ca trực"}, ("withdraw", "ubnd-1", "Ca trực")),
        (
            ANNOUNCE,
            {"covers": ["xa-1-1", "xa-1-1"], "for": "2h", "reason": "thay modem", "by": "VNPT"},
            ("announce", ("xa-1-1",), "2h", "", "thay modem", "VNPT"),
        ),
        (END, {"work": "3", "by": "VNPT"}, ("end", "3", "VNPT")),
    ],
)
async def test_what_is_said_is_heard(
    client: Client, source: FakeSource, path: str, body: dict[str, object], heard: tuple[object, ...]
) -> None:
    assert 200 == (await post(client, path, body))[0]
    assert [heard] == source.operations.said


@pytest.mark.parametrize("path", [TAKE, WITHDRAW, ANNOUNCE, END])
async def test_what_another_site_says_is_not_heard(client: Client, source: FakeSource, path: str) -> None:
    assert 403 == (await post(client, path, {"target": "ubnd-1", "by": "x"}, "http://elsewhere.example"))[0]
    assert [] == source.operations.said


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (TAKE, []),
        (TAKE, {"target": "ubnd-1"}),
        (TAKE, {"target": "ubnd-1", "by": " \t"}),
        (TAKE, {"target": 1, "by": "Ca trực"}),
        (TAKE, {"target": "ubnd-1", "by": "x" * 61}),
        (TAKE, {"target": "ubnd-1", "by": "x", "note": "x" * 301}),
        (ANNOUNCE, {"covers": "xa-1-1", "for": "2h", "reason": "x", "by": "x"}),
        (ANNOUNCE, {"covers": ["xa-1-1"], "for": "2h", "by": "x"}),
    ],
)
async def test_what_cannot_be_understood_is_refused(client: Client, source: FakeSource, path: str, body: object) -> None:
    status, answer = await post(client, path, body)
    assert 400 == status
    assert answer["error"]
    assert answer["cure"]
    assert [] == source.operations.said


async def test_what_cannot_be_done_now_is_said_in_the_readers_language(client: Client, source: FakeSource) -> None:
    source.operations.refusal = RefusedError("not_down", name="Xã 1.1", state=Phrase("state_up"))
    status, answer = await post(client, TAKE, {"target": "xa-1-1", "by": "Ca trực"})
    assert (409, "Xã 1.1 không phải nguyên nhân gốc: trạng thái hoạt động") == (status, answer["error"])
    _, answer = await post(client, f"{TAKE}?lang=en", {"target": "xa-1-1", "by": "Ca trực"})
    assert "Xã 1.1 is no root cause: its state is up" == answer["error"]
    assert ("not_down", {"name": "Xã 1.1", "state": {"code": "state_up", "values": {}}}) == (answer["code"], answer["values"])
    assert {"code": "not_down_cure", "values": answer["values"]} == answer["remedy"]


async def test_the_name_is_remembered_for_the_next_form(client: Client) -> None:
    assert "" == (await (await client.get("/api/v1/me")).json())["name"]
    await post(client, TAKE, {"target": "ubnd-1", "by": 'Ca trực "A"'})
    assert 'Ca trực "A"' == (await (await client.get("/api/v1/me")).json())["name"]
    assert "Ca trực" not in await (await client.get("/card/ubnd-1")).text()


async def test_only_a_root_causes_card_asks_who_takes_it(client: Client, source: FakeSource) -> None:
    source.now = sample.snapshot(states={"ubnd-1": State.DOWN})
    assert "Nhận xử lý" in await (await client.get("/card/ubnd-1")).text()
    for other in ("xa-1-1", "xa-2-1"):
        assert "data-post" not in await (await client.get(f"/card/{other}")).text()


async def test_root_causes_say_who_has_them(client: Client, source: FakeSource) -> None:
    taken = Acknowledgement("VNPT", sample.NOW, "đang nối cáp")
    source.now = sample.with_view(
        sample.snapshot(states={"ubnd-1": State.DOWN, "xa-2-1": State.DOWN}), "ubnd-1", acknowledged=taken
    )
    body = await (await client.get(TAKE)).json()
    assert {"by": "VNPT", "at": sample.NOW, "note": "đang nối cáp"} == body["root_causes"][0]["acknowledged"]
    assert [("ubnd-1", 5), ("xa-2-1", 0)] == [(each["target"], each["affected"]["points"]) for each in body["root_causes"]]
    metrics = oracle.parsed(await (await client.get("/metrics")).text())
    told = {dict(labels)["target"]: value for (name, labels), value in metrics.items() if name == "wan_target_acknowledged"}
    assert {"ubnd-1": 1.0, "xa-2-1": 0.0} == told


async def test_announced_and_configured_work_is_listed(client: Client, source: FakeSource) -> None:
    source.operations.announced = [sample.WORK]
    body = await (await client.get(ANNOUNCE)).json()
    assert [(3, ["xa-1-1"], "thay thiết bị", sample.NOW + 7_200)] == [
        (each["number"], each["ids"], each["reason"], each["end"]) for each in body["announced"]
    ]
    assert [["Xã 1.1"]] == [each["names"] for each in body["announced"]]
    assert [] == body["configured"]
