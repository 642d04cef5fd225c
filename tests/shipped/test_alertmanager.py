"""Alertmanager: its own tool accepts our configuration, routes as we say, and our messages read well."""

from __future__ import annotations

import json
import re
import shutil
import stat
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.__main__ import main
from monitor.words.voice import voice
from tests.words.spoken import SPANS

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "config" / "alertmanager"
FIRING = {
    "status": "firing",
    "labels": {"alertname": "TargetDown", "severity": "critical", "name": "UBND huyện Mèo Vạc", "cause": "ubnd-huyen-meo-vac"},
    "annotations": {
        "summary": "Mất kết nối: UBND huyện Mèo Vạc",
        "description": "UBND huyện Mèo Vạc không trả lời; tuyến trên vẫn thông. Kéo theo 18 điểm mạng.",
        "summary_en": "Down: UBND huyện Mèo Vạc",
        "description_en": "UBND huyện Mèo Vạc does not answer; the path to it is free. 18 points are cut off behind it.",
        "where": "Huyện Mèo Vạc",
        "since": "07:09 24/11/2026",
        "meetings": "Giao ban, 08:00 24/11: 17 điểm cầu",
        "call": "cán bộ kỹ thuật tại chỗ; trực ca nhà mạng; điện lực",
        "call_en": "technician on site; carrier's shift; power company",
        "runbook": "docs/runbooks.md#targetdown",
        "dashboard": "/d/target?var-target=ubnd-huyen-meo-vac",
    },
    "startsAt": "2026-11-24T00:10:00Z",
    "endsAt": "0001-01-01T00:00:00Z",
}
RESOLVED = FIRING | {"status": "resolved", "endsAt": "2026-11-24T17:30:00Z"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "config" / "alertmanager")).parent


def run(*words: str) -> str:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_amtool_accepts_it(amtool: str) -> None:
    assert "SUCCESS" in run(amtool, "check-config", str(FOLDER / "alertmanager.yml"))


@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        ("alertname=TargetDown severity=critical cause=ubnd-huyen-dong-van", "on-call"),
        ("alertname=MonitorBlind severity=critical cause=monitor", "on-call"),
        ("alertname=AreaCutOff severity=critical cause=ubnd-huyen-dong-van", "on-call"),
        ("alertname=TargetDown severity=warning level=commune kind=point cause=xa-lung-cu", "shift"),
        ("alertname=PowerCutSuspected severity=warning level=commune kind=point cause=xa-lung-cu", "shift"),
        ("alertname=TargetDown severity=warning level=district kind=endpoint cause=dc-ubnd-huyen-dong-van", "shift"),
        ("alertname=HighLoss severity=warning level=commune cause=xa-lung-cu", "shift"),
        ("alertname=HighLoss severity=warning level=district cause=ubnd-huyen-dong-van", "shift"),
        ("alertname=DeviceRebooted severity=info cause=xa-lung-cu", "records"),
        ("alertname=Watchdog severity=none cause=monitor", "watchdog"),
        ("alertname=SomethingNew cause=x", "shift"),
    ],
)
def test_alerts_go_where_they_belong(amtool: str, labels: str, receiver: str) -> None:
    said = run(amtool, "config", "routes", "test", f"--config.file={FOLDER / 'alertmanager.yml'}", *labels.split())
    assert receiver == said.strip()


def route_of(**labels: str) -> dict[str, Any]:
    """Return the first route that takes these labels, by the matchers as Alertmanager reads them."""
    for route in yaml.safe_load((FOLDER / "alertmanager.yml").read_text(encoding="utf-8"))["route"]["routes"]:
        parts = [re.fullmatch(r'(\w+)(=~|=)"(.*)"', matcher) for matcher in route["matchers"]]
        assert all(parts), route
        if all(re.fullmatch(part[3] if part[2] == "=~" else re.escape(part[3]), labels.get(part[1], "")) for part in parts if part):
            return dict(route)
    return {}


@pytest.mark.parametrize(
    ("labels", "hours"),
    [
        ({"severity": "critical", "alertname": "TargetDown"}, None),
        ({"severity": "warning", "level": "commune", "alertname": "TargetDown"}, None),
        ({"severity": "warning", "level": "commune", "alertname": "LinkNearCapacity"}, ["office-hours"]),
        ({"severity": "warning", "level": "district", "alertname": "LinkNearCapacity"}, None),
        ({"severity": "info", "level": "district", "alertname": "LinkFullInTwoWeeks"}, ["office-hours"]),
    ],
)
def test_only_what_no_one_need_mend_at_night_waits_for_the_morning(labels: dict[str, str], hours: list[str] | None) -> None:
    assert hours == route_of(**labels).get("active_time_intervals")


def test_every_alert_that_a_route_or_an_inhibition_names_is_one_of_the_rules() -> None:
    rules = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "config" / "prometheus" / "rules").glob("*.yml"))
    named = re.findall(r'alertname=~?"([^"]+)"', (FOLDER / "alertmanager.yml").read_text(encoding="utf-8"))
    assert named
    assert set() == {name for names in named for name in names.split("|")} - set(re.findall(r"- alert: (\w+)", rules))


def rendered(amtool: str, tmp_path: Path, name: str, status: str, *alerts: dict[str, Any], kind: str = "text") -> str:
    data = tmp_path / "data.json"
    data.write_text(json.dumps({"status": status, "alerts": alerts}))
    glob = f"--template.glob={FOLDER / 'templates' / '*.tmpl'}"
    text = f'--template.text={{{{ template "monitor.{name}" . }}}}'
    return run(amtool, "template", "render", glob, text, f"--template.type={kind}", f"--template.data={data}").strip()


def test_a_telephone_shows_what_where_since_when_and_what_it_takes_down(amtool: str, tmp_path: Path) -> None:
    lines = rendered(amtool, tmp_path, "telegram", "firing", FIRING).splitlines()
    assert lines == [
        "<b>[Nghiêm trọng] Mất kết nối: UBND huyện Mèo Vạc</b>",
        "",
        "UBND huyện Mèo Vạc không trả lời; tuyến trên vẫn thông. Kéo theo 18 điểm mạng.",
        "📍 Huyện Mèo Vạc",
        "🕒 Từ 07:09 24/11/2026",
        "📅 Cuộc họp sắp tới: Giao ban, 08:00 24/11: 17 điểm cầu",
        "📞 Gọi: cán bộ kỹ thuật tại chỗ; trực ca nhà mạng; điện lực",
        "<i>UBND huyện Mèo Vạc does not answer; the path to it is free. 18 points are cut off behind it. "
        "Call: technician on site; carrier's shift; power company.</i>",
        '<a href="http://127.0.0.1:3000/d/target?var-target=ubnd-huyen-meo-vac">Biểu đồ</a> · '
        '<a href="http://127.0.0.1:9877/docs/runbooks.md#targetdown">Cách xử lý</a>',
    ]


def test_what_nobody_knows_is_not_said(amtool: str, tmp_path: Path) -> None:
    known = ("summary", "description", "summary_en", "description_en", "runbook", "dashboard")
    bare = FIRING | {"annotations": {name: FIRING["annotations"][name] for name in known}}  # type: ignore[index]
    text = rendered(amtool, tmp_path, "telegram", "firing", bare)
    assert "🕒 Từ 07:10 24/11/2026\n<i>" in text, "when the alert began, where the monitor does not say since when it is so"
    for sign in ("📍", "📅", "📞", "Call:"):
        assert sign not in text


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        ("2026-11-24T17:30:00Z", "đến 00:30 25/11/2026, sau 17 giờ 20"),
        ("2026-11-24T00:22:10Z", "đến 07:22 24/11/2026, sau 12 phút"),
        ("2026-11-24T02:10:00Z", "đến 09:10 24/11/2026, sau 2 giờ"),
        ("2026-11-24T00:10:20Z", "đến 07:10 24/11/2026, sau 20 s"),
    ],
)
def test_the_end_is_told_in_vietnams_time_with_how_long_it_took(amtool: str, tmp_path: Path, ends: str, told: str) -> None:
    lines = rendered(amtool, tmp_path, "telegram", "resolved", RESOLVED | {"endsAt": ends}).splitlines()
    assert lines == ["<b>[Đã khôi phục] Mất kết nối: UBND huyện Mèo Vạc</b>", "", f"✅ Từ 07:09 24/11/2026 {told}"]


def test_how_long_it_took_is_said_as_everywhere(amtool: str, tmp_path: Path) -> None:
    began = datetime(2026, 11, 24, 0, 10, tzinfo=UTC)
    spans = [span for span, _, _ in SPANS if 0.5 <= span < 401 * 86_400]
    alerts = [RESOLVED | {"startsAt": began.isoformat(), "endsAt": (began + timedelta(seconds=each)).isoformat()} for each in spans]
    text = rendered(amtool, tmp_path, "telegram", "resolved", *alerts)
    told = re.findall(r", sau (.+)", text)
    assert [voice("vi").duration(each) if each < 365 * 86_400 else "9600 giờ" for each in spans] == told


def test_of_several_that_end_each_is_named(amtool: str, tmp_path: Path) -> None:
    lines = rendered(amtool, tmp_path, "telegram", "resolved", RESOLVED, RESOLVED).splitlines()
    assert 2 == lines.count("Mất kết nối: UBND huyện Mèo Vạc")


def test_the_subject_counts_what_else_the_cause_brought(amtool: str, tmp_path: Path) -> None:
    assert rendered(amtool, tmp_path, "subject", "firing", FIRING) == "[Nghiêm trọng] Mất kết nối: UBND huyện Mèo Vạc"
    assert rendered(amtool, tmp_path, "subject", "firing", FIRING, FIRING, FIRING).endswith("(+2)")


def test_a_mail_escapes_what_a_name_may_hold(amtool: str, tmp_path: Path) -> None:
    odd = FIRING | {"annotations": FIRING["annotations"] | {"description": "a <b> & c"}}  # type: ignore[operator]
    assert "a &lt;b&gt; &amp; c" in rendered(amtool, tmp_path, "email", "firing", odd, kind="html")


def test_without_channels_nobody_is_told_and_that_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["alertmanager", "--config", str(folder)]) == 1
    assert capsys.readouterr().out.splitlines()[0].split(maxsplit=1) == ["on-call", "chưa báo cho ai"]
    assert main(["alertmanager", "--config", str(folder), "--language", "en"]) == 1
    assert capsys.readouterr().out.splitlines()[0].split(maxsplit=1) == ["on-call", "nobody is told"]


def test_channels_come_into_the_file_with_their_secrets_readable_by_its_owner_alone(
    amtool: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("A_TOKEN", "made-up")
    (folder / "alertmanager" / "password").write_text("also made up\n")
    (folder / "alertmanager" / "receivers.yaml").write_text(
        "on-call:\n"
        "  telegram: [{token: {env: A_TOKEN}, chat: -5}]\n"
        "  webhook: [{url: {literal: 'http://127.0.0.1:9/x'}}]\n"
        "shift:\n"
        "  email: [{to: a@noc.example, from: b@noc.example, smarthost: 'mail.example:587', user: b, password: {file: password}}]\n"
    )
    out = tmp_path / "alertmanager.yml"
    assert main(["alertmanager", "--config", str(folder), "-o", str(out)]) == 0
    said = capsys.readouterr().out
    assert "on-call   telegram, webhook" in said
    assert "made" not in said
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert "SUCCESS" in run(amtool, "check-config", str(out))
    receivers = {each["name"]: each for each in yaml.safe_load(out.read_text())["receivers"]}
    assert receivers["on-call"]["telegram_configs"][0]["bot_token"] == "made-up"
    assert receivers["shift"]["email_configs"][0]["auth_password"] == "also made up"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("on-cal:\n  webhook: [{url: {literal: 'http://x'}}]\n", "on-cal: "),
        ("on-call:\n  webhook: [{url: 'http://x'}]\n", "receivers.yaml:2: on-call.webhook[0].url: a secret must be a reference"),
        ("on-call:\n  webhook: [{url: {literal: x}}]\n", "receivers.yaml:2: on-call.webhook[0].url: what it refers to is no URL"),
        ("on-call:\n  telegram: [{chat: -5}]\n", "receivers.yaml:2: on-call.telegram[0]: the key 'token' is missing"),
        ("on-call:\n  telegam: []\n", "did you mean 'telegram'?"),
        ("shift:\n  email: [{to: a, from: b, smarthost: mail}]\n", "'mail' is not HOST:PORT"),
    ],
)
def test_a_faulty_channel_is_told_with_its_place(folder: Path, capsys: pytest.CaptureFixture[str], text: str, fault: str) -> None:
    (folder / "alertmanager" / "receivers.yaml").write_text(text)
    assert main(["alertmanager", "--config", str(folder), "--language", "en"]) == 2
    assert fault in capsys.readouterr().err
