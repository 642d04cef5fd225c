"""The reports before and after a meeting: what they say, to people and to spreadsheets."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from monitor.model.meeting import Loss, MeetingView, Stage, Verdict
from monitor.model.reason import Reason
from monitor.model.state import State
from monitor.report.readiness import file, readiness_report
from monitor.words.meeting_report import MEETING_REPORT
from tests.export import meeting_morning, sample

SNAPSHOT = sample.snapshot(sample.inventory(5, 8), {"ubnd-1": State.DOWN})
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
BEFORE = meeting_morning.view(SNAPSHOT, stage=Stage.LOCKED)
AFTER = replace(
    BEFORE,
    stage=Stage.OVER,
    losses=(
        Loss("dc-xa-1-1", 90.0, "ubnd-1", Reason("behind", {"uplink": "ubnd-1"})),
        Loss("dc-xa-1-2", 30.0, "ubnd-1", Reason("behind", {"uplink": "ubnd-1"})),
        Loss("dc-xa-2-1", 4.0, "dc-xa-2-1", Reason("silent", {"bursts": 2})),
    ),
)


def html(view: MeetingView, language: str = "vi") -> str:
    return file(view, SNAPSHOT.inventory, language, ZONE, made_at=SNAPSHOT.at, form="html").decode()


def test_the_report_before_tells_verdict_counts_host_and_seal() -> None:
    text = html(BEFORE)
    counts = BEFORE.counts()
    assert "Báo cáo sẵn sàng trước phiên họp" in text
    assert f"{counts[Verdict.READY]} sẵn sàng, {counts[Verdict.AT_RISK]} có điều kiện" in text
    assert BEFORE.seal in text
    assert "Chưa chốt" in html(replace(BEFORE, seal=""))


def test_only_what_was_sealed_says_that_it_is_what_was_sealed() -> None:
    sealed = readiness_report(BEFORE, SNAPSHOT.inventory, "vi", ZONE, made_at=0.0, is_sealed=True).about[-1]
    assert ("Đã chốt, SHA-256", True) == (sealed[:16], BEFORE.seal in sealed)
    assert readiness_report(BEFORE, SNAPSHOT.inventory, "vi", ZONE, made_at=0.0).about[-1].startswith("Báo cáo trước phiên đã chốt")


def test_everyone_who_is_not_ready_stands_there_with_what_to_do_and_whom_to_call() -> None:
    (wrong,) = [
        each
        for each in readiness_report(BEFORE, SNAPSHOT.inventory, "vi", ZONE, made_at=0.0).sections
        if each.title.startswith("Chưa sẵn")
    ]
    assert len(wrong.rows) == len(BEFORE.endpoints) - BEFORE.counts()[Verdict.READY]
    assert all(str(cell) for row in wrong.rows for cell in row)
    assert "Ca trực nhà mạng 0219 000 001, Điện lực 0219 000 004" in {row[-1] for row in wrong.rows}


def test_the_report_after_tells_minutes_by_endpoint_and_by_cause() -> None:
    report = readiness_report(AFTER, SNAPSHOT.inventory, "vi", ZONE, made_at=0.0)
    losses, causes = report.sections[:2]
    assert [90 * 60, 30 * 60, 4 * 60] == [row[-1] for row in losses.rows]
    why = ["Nằm sau UBND huyện 1 đang mất kết nối"] * 2 + ["Không trả lời 2 loạt gói liên tiếp"]
    assert why == [row[3] for row in losses.rows], "the journal's reasons, not those of a check"
    later = replace(AFTER, losses=(replace(AFTER.losses[0], reason=Reason("of_a_newer_version")),))
    assert "Of_a_newer_version" in html(later), "nothing costs the report"
    assert [["UBND huyện 1", 2, 7_200], ["tại điểm cầu", 1, 240]] == [list(row) for row in causes.rows]
    assert f"3 trong {len(AFTER.endpoints)} điểm cầu vắng khi họp, cộng 2:04 giờ:phút" in html(AFTER)


def test_what_carries_a_meeting_is_told_unless_the_report_is_what_was_sealed() -> None:
    carried = replace(BEFORE, meeting=replace(BEFORE.meeting, platform="mcu", carrier="vnpt"))
    lines = {"Nền tảng: mcu", "Nhà mạng: vnpt"}
    assert lines <= set(readiness_report(carried, SNAPSHOT.inventory, "vi", ZONE, made_at=0.0).about)
    assert lines.isdisjoint(readiness_report(carried, SNAPSHOT.inventory, "vi", ZONE, made_at=0.0, is_sealed=True).about)


def test_a_meeting_without_a_loss_says_so() -> None:
    assert "Không điểm cầu nào vắng khi họp" in html(replace(AFTER, losses=()))


def test_the_page_needs_nothing_else_and_escapes_names() -> None:
    evil = replace(BEFORE, meeting=replace(BEFORE.meeting, title="<script>alert(1)</script>"))
    text = html(evil)
    assert "<script>" not in text
    assert not re.search(r'(src|href)="', text)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("view", [BEFORE, AFTER], ids=["before", "after"])
def test_the_workbook_holds_every_endpoint_and_all_its_evidence(view: MeetingView, language: str) -> None:
    book = load_workbook(io.BytesIO(file(view, SNAPSHOT.inventory, language, ZONE, made_at=SNAPSHOT.at, form="xlsx")))
    everyone, evidence = book.worksheets[-2:]
    assert everyone.max_row == 1 + len(view.endpoints)
    assert evidence.max_row == 1 + sum(len(each.evidence) for each in view.endpoints.values())


def test_a_title_that_looks_like_a_formula_is_text_in_the_workbook() -> None:
    title = '=HYPERLINK("http://x.invalid","bấm")'
    view = replace(BEFORE, meeting=replace(BEFORE.meeting, title=title))
    book = load_workbook(io.BytesIO(file(view, SNAPSHOT.inventory, "vi", ZONE, made_at=SNAPSHOT.at, form="xlsx")))
    cells = [
        cell for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str) and title in cell.value
    ]
    assert cells
    assert {"s"} == {cell.data_type for cell in cells}


def test_a_sheet_is_named_in_whole_words() -> None:
    book = load_workbook(io.BytesIO(file(BEFORE, SNAPSHOT.inventory, "vi", ZONE, made_at=SNAPSHOT.at, form="xlsx")))
    assert "Báo cáo sẵn sàng trước phiên" == book.sheetnames[0]


@pytest.mark.parametrize(
    ("language", "first", "last"), [("vi", "Báo cáo sau phiên họp", "Bằng chứng"), ("en", "Report after the meeting", "Evidence")]
)
def test_sheets_are_named_in_the_language_of_the_report(language: str, first: str, last: str) -> None:
    book = load_workbook(io.BytesIO(file(AFTER, SNAPSHOT.inventory, language, ZONE, made_at=SNAPSHOT.at, form="xlsx")))
    assert (first, last) == (book.sheetnames[0], book.sheetnames[-1])


def test_times_are_told_in_the_zone_that_is_asked_for() -> None:
    assert "07:53:20" in readiness_report(BEFORE, SNAPSHOT.inventory, "vi", ZONE, made_at=SNAPSHOT.at).about[2]
    assert "00:53:20" in readiness_report(BEFORE, SNAPSHOT.inventory, "vi", UTC, made_at=SNAPSHOT.at).about[2]


def test_both_languages_fill_in_the_same_names() -> None:
    for vietnamese, english in MEETING_REPORT.values():
        assert set(re.findall(r"\{(\w+)", vietnamese)) == set(re.findall(r"\{(\w+)", english))


def test_a_form_that_nobody_knows_is_refused() -> None:
    with pytest.raises(KeyError):
        file(BEFORE, SNAPSHOT.inventory, "vi", ZONE, made_at=0.0, form="pdf")
