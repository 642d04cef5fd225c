"""The whole province an hour before a meeting: everything that can be in an endpoint's way is told as what it is."""

from __future__ import annotations

import json
import shutil
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.journal.store import Store
from monitor.model.inventory import Kind
from monitor.model.reason import Reason
from monitor.model.state import State, Transition
from tests.lab_fixture import Lab
from tests.system.running import Running

CUT, DARK, LOSSY = "ubnd-huyen-quan-ba", "xa-pa-vi", "xa-lung-cu"
UNREGISTERED, BUSY, BLIND_EYE = "dc-xa-pho-cao", "dc-xa-duong-thuong", "dc-xa-mau-long"
EXPIRED, UNSEEN, UNDER_WORK, SHAKY = "dc-xa-na-khe", "dc-xa-ngam-la", "dc-xa-ngoc-long", "dc-tt-yen-minh"
PC_LATER, PC_STILL_OFF, PC_ON = "dc-xa-du-gia", "dc-xa-du-tien", "dc-xa-dong-minh"

LOOKS = 200
PATIENCE = ("every: 2s, packets: 5, spacing: 20ms, timeout: 1s", "every: 6s, packets: 5, spacing: 20ms, timeout: 4s")
"""What the lab of a busy machine answers after a second is late, and not lost."""
NOTHING = ", ".join(f"{probe}: {{enabled: false}}" for probe in ("icmp", "sip", "h323", "web"))
EXPECTED = {
    DARK.replace("xa-", "dc-xa-"): ("not_ready", "uplink", "uplink_down"),
    LOSSY.replace("xa-", "dc-xa-"): ("not_ready", "quality", "loss"),
    UNREGISTERED: ("not_ready", "registration", "unregistered"),
    BUSY: ("not_ready", "call", "busy"),
    BLIND_EYE: ("not_ready", "device", "camera_failed"),
    EXPIRED: ("at_risk", "certificate", "certificate_expired"),
    UNSEEN: ("unknown", "evidence", "not_judged"),
    UNDER_WORK: ("not_ready", "maintenance", "work_over"),
    SHAKY: ("at_risk", "history", "flapped"),
    PC_STILL_OFF: ("not_ready", "ping", "silent"),
    PC_ON: ("unknown", "signalling", "drops_strangers"),
}


def sites(text: str) -> str:
    """Return the inventory with two PCs that are on only for meetings, a codec whose page is asked, and one that nothing asks."""
    lines = []
    for line in text.splitlines():
        for name, more in (
            (PC_LATER, "expected: meetings"),
            (PC_STILL_OFF, "expected: meetings"),
            (PC_ON, "expected: meetings"),
            (EXPIRED, "probes: {web: {enabled: true}}"),
            (UNSEEN, f"credential: none, probes: {{{NOTHING}}}"),
        ):
            if f"{{id: {name}, " in line:
                line = line.rstrip().removesuffix("}") + f", {more}}}"  # noqa: PLW2901
        lines.append(line)
    return "\n".join(lines) + "\n"


def schedule(now: datetime) -> dict[str, Any]:
    """Return one meeting that begins in 50 minutes, and one that begins in three hours."""
    soon, later = now + timedelta(minutes=50), now + timedelta(hours=3)
    times = [{"start": each.isoformat(), "end": (each + timedelta(hours=1)).isoformat()} for each in (soon, later)]
    whole = {"id": "m1", "title": "Giao ban", "participants": {"all": True, "except": [PC_LATER]}, **times[0]}
    return {"meetings": [whole, {"id": "m2", "title": "Họp sau", "participants": {"ids": [PC_LATER]}, **times[1]}]}


def shaken(now: datetime) -> list[Transition]:
    """Return a week in which a line was cut three times for ten minutes."""
    found = []
    for day in (3, 2, 1):
        at = (now - timedelta(days=day)).timestamp()
        found.append(Transition(SHAKY, State.UP, State.DOWN, at, SHAKY, Reason("silent", {"bursts": 2})))
        found.append(Transition(SHAKY, State.DOWN, State.UP, at + 600, None, Reason("answers")))
    return found


@pytest.fixture
def before_the_meeting(province_lab: Lab, tmp_path: Path) -> Iterator[Running]:
    """A daemon that is started 50 minutes before a meeting of the whole province, in which much is wrong."""
    lab, now = province_lab, datetime.now(UTC)
    lab.ctl("restore", "all")
    for verb, target in (("cut", CUT), ("power-cut", DARK), ("unregistered", UNREGISTERED), ("busy", BUSY)):
        lab.ctl(verb, target)
    lab.ctl("lossy", LOSSY, loss="25%")
    lab.ctl("camera-failed", BLIND_EYE)
    lab.ctl("certificate-expired", EXPIRED)
    lab.ctl("dead", PC_LATER, PC_STILL_OFF)
    yield from _daemon(lab, now, tmp_path)
    lab.ctl("restore", "all")


def _daemon(lab: Lab, now: datetime, folder: Path) -> Iterator[Running]:
    config = folder / "config"
    shutil.copytree(lab.folder, config)
    (config / "sites.yaml").write_text(sites((lab.folder / "sites.yaml").read_text(encoding="utf-8")), encoding="utf-8")
    windows = [{"reason": "Thay thiết bị", "ids": [UNDER_WORK], "start": (now + timedelta(minutes=45)).isoformat()}]
    windows[0]["end"] = (now + timedelta(hours=2)).isoformat()
    # Half the packets of a burst, to 80 at a time: a test has no minute to spare, and 8,000 packets a second are more than a busy
    # machine's lab can answer. What it loses all the same is no loss here: 6 of 150 still prove less than 8%.
    more: dict[str, Any] = {
        "maintenance": windows,
        "meetings": {"packets": 150, "at_once": 80, "loss": "8%", "rtt": "5s", "rtt_most": "9s"},
    }
    more["meetings"] |= {"jitter": "5s", "jitter_most": "9s"}
    text = (lab.folder / "monitor.yaml").read_text(encoding="utf-8").replace(*PATIENCE)
    (config / "monitor.yaml").write_text(text + "\n".join(f"{key}: {json.dumps(each)}" for key, each in more.items()) + "\n")
    (config / "meetings.yaml").write_text(json.dumps(schedule(now), ensure_ascii=False), encoding="utf-8")
    store = Store(f"sqlite:///{folder}/journal.db")
    store.write(shaken(now))
    store.close()
    running = Running(lab, folder, options=("--config", str(config)))
    try:
        yield running
    finally:
        running.close()


def told(endpoint: dict[str, Any]) -> tuple[str, str, str]:
    reason = endpoint["reason"] or {"rung": "", "code": ""}
    return endpoint["verdict"], reason["rung"], reason["code"]


def test_an_hour_before_everything_in_the_way_is_told_as_what_it_is(before_the_meeting: Running) -> None:
    running = before_the_meeting
    inventory = running.lab.inventory
    behind = {target.id for target in inventory.of_kind(Kind.ENDPOINT) if target.area == "huyen-quan-ba"}
    expected = EXPECTED | dict.fromkeys(behind, ("not_ready", "uplink", "uplink_down"))
    running.until(lambda scrape: scrape.value("conference_meeting_start_timestamp_seconds", meeting="m1") is not None)
    meeting = running.get("/api/v1/meetings/m1")
    for _, _ in zip(running.looks(), range(LOOKS), strict=False):
        meeting = running.get("/api/v1/meetings/m1")
        found = {each["endpoint"]: told(each) for each in meeting["endpoints"]}
        if meeting["checked_at"] and {name: found[name] for name in expected} == expected:
            break
    assert expected == {name: found[name] for name in expected}
    assert 240 == len(found)
    well = Counter(each for name, each in found.items() if name not in expected)
    pcs = sum(
        target.profile == "pc-soft" and target.id not in expected and target.id != PC_LATER
        for target in inventory.of_kind(Kind.ENDPOINT)
    )
    assert {("ready", "", ""): 240 - len(expected) - pcs, ("unknown", "signalling", "drops_strangers"): pcs} == well
    assert ("hour_before", "not_ready", "some_not_ready") == (meeting["stage"], meeting["verdict"], meeting["reason"]["code"])
    assert CUT == meeting["blasts"][0]["target"]
    assert behind == set(meeting["blasts"][0]["endpoints"])
    later = running.get("/api/v1/meetings/m2")
    assert [("unknown", "ping", "off_yet")] == [told(each) for each in later["endpoints"]]
    scrape = running.scrape()
    assert 1 == scrape.value("conference_readiness", target=BUSY, meeting="m1", verdict="not_ready")
    for form, begin in (("html", b"<!DOCTYPE html>"), ("xlsx", b"PK")):
        assert report_of(running, form).startswith(begin), "the daemon's own worker makes it"


def report_of(running: Running, form: str) -> bytes:
    """Return a meeting's report, asked for again while the answer is that it is being made (503 with Retry-After)."""
    for _ in running.looks():
        try:
            with urllib.request.urlopen(f"{running.origin}/meetings/m1/report.{form}", timeout=60) as answer:
                content: bytes = answer.read()
                return content
        except urllib.error.HTTPError as error:
            if error.code != 503 or "Retry-After" not in error.headers:
                raise
    raise AssertionError("no report")
