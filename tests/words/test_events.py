"""Every kind of line in the journal is a sentence in both languages, and a line of before is told as it was written."""

from __future__ import annotations

import pytest

from monitor.model.reason import Reason
from monitor.words import LANGUAGES
from monitor.words.events import EVENTS, Values, tell_change, tell_event
from tests.told import text

NAMES = {"xa-a": "Xã A", "huyen-x": "Huyện X"}
SAID: dict[str, tuple[str, Values, str, str]] = {
    "started": ("", {"targets": 477}, "Bộ giám sát khởi động, theo dõi 477 điểm", "The monitor started with 477 targets"),
    "stopped": ("", {}, "Bộ giám sát dừng", "The monitor stopped"),
    "reload": ("", {"targets": 3}, "Nạp lại cấu hình: 3 điểm", "The configuration was reloaded: 3 targets"),
    "blind": (
        "",
        {"code": "blind_carrier", "link": "eth0"},
        "Bộ giám sát không nhìn thấy mạng: cổng eth0 của máy chạy bộ giám sát mất tín hiệu",
        "The monitor is blind: our own link eth0 has no carrier",
    ),
    "sighted": ("", {"lasted_s": 130}, "Bộ giám sát nhìn thấy lại sau 2 phút", "The monitor sees again after 2 min"),
    "path": ("xa-a", {}, "Xã A: đứt sau 10.0.1.1", "Xã A: the path breaks after 10.0.1.1"),
    "misbehaves": (
        "xa-a",
        {"deed": "late", "late_s": 4.2},
        "Xã A: agent trả lời trễ 4,2 s, khi đã thôi chờ",
        "Xã A: agent answers after 4.2 s, when it has been given up",
    ),
    "behaves": (
        "xa-a",
        {"deed": "late", "late_s": 4.2, "how": "over", "lasted_s": 600},
        "Xã A: đã hết: agent trả lời trễ 4,2 s, khi đã thôi chờ (kéo dài 10 phút)",
        "Xã A: no longer: agent answers after 4.2 s, when it has been given up (for 10 min)",
    ),
    "acknowledged": (
        "xa-a",
        {"by": "Ca trực", "note": "chờ điện"},
        "Ca trực nhận Xã A: chờ điện",
        "Ca trực took on Xã A: chờ điện",
    ),
    "withdrawn": ("xa-a", {"by": "VNPT"}, "VNPT rút lại việc nhận Xã A", "VNPT withdrew from Xã A"),
    "acknowledgement_over": (
        "xa-a",
        {"by": "VNPT"},
        "Xã A đã hết sự cố, VNPT xong việc",
        "Xã A: the outage that VNPT had is over",
    ),
    "maintenance": (
        "xa-a",
        {"by": "VNPT", "number": 3, "ids": "xa-a", "areas": "huyen-x", "reason": "nối cáp"},
        "VNPT báo bảo trì số 3, Xã A, Huyện X: nối cáp",
        "VNPT announced maintenance 3, Xã A, Huyện X: nối cáp",
    ),
    "maintenance_ended": (
        "xa-a",
        {"by": "VNPT", "number": 3, "reason": "nối cáp"},
        "VNPT kết thúc bảo trì số 3: nối cáp",
        "VNPT ended maintenance 3: nối cáp",
    ),
    "meeting_checked": (
        "",
        {"meeting": "giao-ban", "stage": "day_before", "verdict": "not_ready"},
        "giao-ban đã kiểm tra trước một ngày: chưa sẵn sàng; 1 chưa sẵn sàng, 2 sẵn sàng",
        "giao-ban, checked the day before: not ready; 1 not ready, 2 ready",
    ),
    "meeting_sealed": (
        "",
        {"meeting": "giao-ban", "verdict": "ready", "seal": "c946"},
        "giao-ban đã chốt báo cáo: sẵn sàng, sha256 c946",
        "giao-ban sealed: ready, sha256 c946",
    ),
    "meeting_confirmed": (
        "xa-a",
        {"meeting": "giao-ban", "by": "Kỹ thuật", "note": "micro rè", "good": 0, "on_site": 1, "camera": 1, "sound": 0},
        "giao-ban: Kỹ thuật báo có lỗi (có người, có hình): micro rè",
        "giao-ban: Kỹ thuật reports a fault (somebody on site, picture): micro rè",
    ),
}
REASONS = {
    "path": (Reason("path_beyond", {"address": "10.0.1.1"}),),
    "meeting_checked": tuple(
        Reason("verdicts", {"verdict": each, "count": count}) for each, count in (("not_ready", 1), ("ready", 2))
    ),
}


@pytest.mark.parametrize("kind", SAID)
def test_each_kind_is_said_in_both_languages(kind: str) -> None:
    target, values, *told = SAID[kind]
    assert told == [tell_event(kind, target, values, REASONS.get(kind, ()), language, NAMES) for language in LANGUAGES]


def test_every_sentence_of_the_catalogue_is_tried_here() -> None:
    assert EVENTS.keys() - {"changed", "first"} == SAID.keys()


@pytest.mark.parametrize(("kind", "values"), [("sighted", {}), ("learned", {}), ("blind", {"code": "of_tomorrow"})])
def test_what_has_no_sentence_is_told_as_it_was_written(kind: str, values: Values) -> None:
    assert "it sees again" == tell_event(kind, "", values, text("it sees again"), "vi", NAMES)


def test_a_change_says_from_what_to_what_and_why() -> None:
    assert "Xã A: hoạt động → mất kết nối, không trả lời" == tell_change("xa-a", ("up", "down"), "không trả lời", "vi", NAMES)
    assert "Xã A: down, silent" == tell_change("xa-a", (None, "down"), "silent", "en", NAMES)


def test_a_journal_of_version_0_1_that_told_of_a_late_loop_is_still_read() -> None:
    values: Values = {"code": "blind_lag", "lag_s": 3.4}
    told = [tell_event("blind", "", values, (), language, NAMES) for language in LANGUAGES]
    assert [
        "Bộ giám sát không nhìn thấy mạng: bộ giám sát bị treo 3,4 s",
        "The monitor is blind: the monitor itself stalled for 3.4 s",
    ] == told
