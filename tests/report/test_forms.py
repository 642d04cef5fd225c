"""The shift log as page, workbook and JSON says the same, and what people typed stays what they typed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from monitor.model.inventory import Kind, Target
from monitor.model.state import Acknowledgement
from monitor.report.page import shift_html
from monitor.report.shift import Gap, Maintenance, ShiftLog, shift_log
from monitor.report.shift_json import shift_json
from monitor.report.wording import ShiftWording
from monitor.report.xlsx import shift_xlsx
from tests.report import evening
from tests.report.evening import SINCE, UNTIL

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
LOG = shift_log(evening.JOURNAL, evening.inventory(), SINCE, UNTIL)
VI, EN = (ShiftWording(language, ZONE, evening.inventory(), SINCE) for language in ("vi", "en"))
QUIET = ShiftLog(SINCE, UNTIL)


@pytest.mark.parametrize(
    ("log", "vietnamese", "english"),
    [
        (
            LOG,
            "4 sự cố: 2 đã khắc phục, 2 còn mở, 1 chưa ai nhận. 3 đợt bảo trì. 1 lúc bộ giám sát không nhìn thấy.",
            "4 outages: 2 over, 2 still open, 1 nobody's. 3 under maintenance. 1 time the monitor saw nothing.",
        ),
        (QUIET, "Không có sự cố nào.", "Nothing broke."),
        (replace(QUIET, maintenance=LOG.maintenance), "Không có sự cố nào. 3 đợt bảo trì.", "Nothing broke. 3 under maintenance."),
    ],
)
def test_a_shift_is_summed_up_in_a_sentence(log: ShiftLog, vietnamese: str, english: str) -> None:
    assert [vietnamese, english] == [VI.summary(log), EN.summary(log)]


def test_endpoints_of_one_short_name_are_told_apart_by_their_area() -> None:
    def office(area: str) -> Target:
        return evening.target(f"dc-{area}", f"UBND huyện {area}", "district", area, kind=Kind.ENDPOINT, short="UBND huyện")

    known = evening.inventory()
    offices = {each.id: each for each in map(office, ("dong-van", "meo-vac"))}
    areas = {id_: replace(area, short=area.name.removeprefix("Huyện ")) for id_, area in known.areas.items()}
    wording = ShiftWording("vi", ZONE, replace(known, areas=areas, targets={**known.targets, **offices}), SINCE)
    assert ["Điểm cầu UBND huyện Đồng Văn", "Điểm cầu UBND huyện Mèo Vạc"] == [wording.name(id_) for id_ in offices]
    assert "Điểm cầu Cán Tỷ" == wording.name("dc-xa-can-ty")


def test_an_outage_is_told_by_names_times_and_reasons_in_the_readers_language() -> None:
    outage = next(each for each in LOG.outages if each.target == "ubnd-dong-van")
    assert "UBND huyện Đồng Văn" == VI.name(outage.target)
    assert "Không trả lời 2 loạt gói liên tiếp; đứt sau chặng 3, 10.0.1.1" == VI.why(outage)
    assert "2 bursts in a row went unanswered; the path breaks after hop 3, 10.0.1.1" == EN.why(outage)
    assert "Ca trực 16:34: đã gọi trực ca VNPT, mã kênh 1234; VNPT 16:50: đang nối cáp ở km 7" == VI.who(outage)
    assert "chưa ai nhận" == VI.who(LOG.open[0])
    assert "Thứ Hai 30/11/2026, 14:00 – 22:00 (8 giờ)" == VI.span(LOG)
    assert "23:10 29/11" == VI.time(SINCE - 14 * 3_600 - 50 * 60)


def test_what_is_behind_another_outage_says_so_in_place_of_nobody() -> None:
    outage = replace(LOG.open[0], behind="ubnd-dong-van")
    log = replace(QUIET, outages=(outage,))
    assert "nay mất do tuyến trên, xem UBND huyện Đồng Văn" == VI.who(outage)
    assert "1 sự cố: 1 còn mở, 1 nay mất do tuyến trên." == VI.summary(log)
    assert "1 outage: 1 still open, 1 now behind another." == EN.summary(log)
    page = shift_html(log, VI, "Mạng thử", UNTIL)
    assert ("chưa ai nhận" in page, "who untaken" in page, "xem UBND huyện Đồng Văn" in page) == (False, False, True)
    assert "ubnd-dong-van" == shift_json(log, VI)["outages"][0]["behind"]


def test_a_gap_without_a_beginning_is_bounded_by_the_journals_last_line() -> None:
    gap = Gap("stopped", None, SINCE + 1_500, after=SINCE + 1_200)
    assert ("sau 14:20", "nhiều nhất 5 phút") == (VI.began(gap), VI.lasted(gap, UNTIL))
    assert ("after 14:20", "not running (after 14:20)") == (EN.began(gap), EN.gap_in_full(gap))
    assert "sau 14:20" in shift_html(replace(QUIET, gaps=(gap,)), VI, "Mạng thử", UNTIL)
    assert "không rõ" == VI.began(replace(gap, after=None))


def test_many_covered_targets_are_counted() -> None:
    many = Maintenance(("xa-lung-cu", "xa-sung-mang", "goc", "xa-na-khuong", "xa-lao-va-chai"), (), "x", SINCE, None, "VNPT")
    assert "Xã Lũng Cú, Xã Sủng Máng, Sở Thông tin và Truyền thông và 2 điểm khác" == VI.covers(many)


def test_the_page_tells_everything_and_needs_nothing_else() -> None:
    html = shift_html(LOG, VI, "Mạng Mẫu", UNTIL)
    for text in ("Nhật ký ca trực", "UBND huyện Đồng Văn", "đang nối cáp ở km 7", "cập nhật tường lửa hằng tuần", "Người nhận ca"):
        assert text in html
    assert not re.search(r"(src|href)=|url\(|@import", html)
    assert "Không còn gì mở." in shift_html(QUIET, VI, "Mạng Mẫu", UNTIL)


def with_note(note: str) -> ShiftLog:
    taken = Acknowledgement("Ca trực", SINCE, note)
    return replace(LOG, outages=(replace(LOG.open[0], taken=(taken,), holder=taken),))


def test_a_page_escapes_and_a_workbook_never_computes_what_somebody_typed() -> None:
    assert "&lt;script&gt;" in shift_html(with_note("<script>"), VI, "Mạng Mẫu", UNTIL)
    told = Acknowledgement("=1+1", SINCE, "")
    log = replace(
        LOG, maintenance=(replace(LOG.maintenance[0], reason="=HYPERLINK(1)"),), outages=(replace(LOG.open[0], taken=(told,)),)
    )
    book = load_workbook(BytesIO(shift_xlsx(log, VI, "=2+2", UNTIL)))
    assert {"s", "n", "d"} >= {cell.data_type for sheet in book for row in sheet for cell in row}


def test_the_sheets_are_named_in_the_language_of_the_log() -> None:
    book = load_workbook(BytesIO(shift_xlsx(LOG, EN, "Mạng Mẫu", UNTIL)))
    assert ["Summary", "Outages", "Maintenance", "Answered badly", "Also"] == book.sheetnames


def test_the_workbook_holds_times_as_times_and_what_is_open_first() -> None:
    book = load_workbook(BytesIO(shift_xlsx(LOG, VI, "Mạng Mẫu", UNTIL)))
    assert ["Tóm tắt", "Sự cố", "Bảo trì", "Suy giảm", "Việc khác"] == book.sheetnames
    rows = [[cell.value for cell in row] for row in book["Sự cố"]]
    assert ["Tình trạng", "Từ", "Đến"] == rows[0][:3]
    assert ["còn mở", "còn mở", "đã khắc phục", "đã khắc phục"] == [row[0] for row in rows[1:]]
    assert (datetime(2026, 11, 30, 16, 31), datetime(2026, 11, 30, 17, 48)) == tuple(rows[4][1:3])
    assert (19, 20) == tuple(rows[4][7:9])


def test_programs_get_numbers_codes_and_null_for_what_goes_on() -> None:
    told = shift_json(LOG, EN)
    first, *_, last = told["outages"]
    assert ("xa-lao-va-chai", None, "Ca sáng") == (first["target"], first["ended"], first["holder"]["by"])
    assert ("xa-lung-cu", None, None) == (last["target"], last["ended"], last["holder"])
    assert {"code": "silent", "values": {"bursts": 2}, "text": "2 bursts in a row went unanswered"} == last["reason"]
    assert [3, None, 2] == [each["number"] for each in told["maintenance"]]
