"""What is said of a meeting's report while it waits to be made, when it is there, and where it can't be made."""

from __future__ import annotations

from monitor.words.catalogue import Catalogue, say
from monitor.words.voice import voice

REPORT_QUEUE: Catalogue = {
    "making": ("Đang lập báo cáo", "The report is being made"),
    "making_why": (
        "Thường xong sau vài giây. Trang này tự cập nhật, tệp {form} tự tải về khi xong.",
        "That takes some seconds. This page brings itself up to date; the {form} file is downloaded once it is there.",
    ),
    "waiting": ("Báo cáo đang chờ: thứ {place} trong hàng", "The report is waiting: number {place} in the queue"),
    "waiting_why": (
        "Bộ giám sát lập từng báo cáo một. Trang này tự cập nhật, tệp {form} tự tải về khi xong.",
        "The monitor makes one report at a time. This page brings itself up to date; the {form} file is downloaded at last.",
    ),
    "there": ("Báo cáo đã lập xong", "The report is there"),
    "there_why": ("Tệp {form} đang được tải về.", "The {form} file is being downloaded."),
    "take": ("Tải tệp nếu chưa thấy", "Download it, where nothing happens"),
    "look": ("Xem ngay", "Look now"),
    "again": ("Thử lại", "Try again"),
    "to_the_meeting": ("Về bảng của phiên họp", "To the meeting's board"),
    "not_made": ("Chưa lập được báo cáo", "The report can't be made now"),
    # Why a report is not made, and under the same key with _cure what would do.
    "report_full": (
        "hàng đợi lập báo cáo đã đầy ({waiting} báo cáo)",
        "the queue of reports is full ({waiting} are waiting)",
    ),
    "report_full_cure": ("thử lại sau {lasts}", "ask again in {lasts}"),
    "report_many": (
        "địa chỉ này đang chờ {mine:#} báo cáo, không nhận thêm",
        "this address is waiting for {mine:# report|# reports}; there are no more at once",
    ),
    "report_many_cure": ("chờ các báo cáo đó xong rồi thử lại", "ask again when those are there"),
    "report_making": ("báo cáo vẫn đang được lập", "the report is still being made"),
    "report_making_cure": ("thử lại sau {lasts}", "ask again in {lasts}"),
    "report_queued": (
        "báo cáo vẫn đang chờ, thứ {place} trong hàng",
        "the report is still waiting, number {place} in the queue",
    ),
    "report_queued_cure": (
        "thử lại sau {lasts}; chỗ trong hàng được giữ tới lúc đó",
        "ask again in {lasts}; the place in the queue is kept until then",
    ),
    "report_late": (
        "lập báo cáo quá {lasts} nên đã bị dừng",
        "the report took longer than {lasts} and was stopped",
    ),
    "report_late_cure": (
        "máy đang bận: thử lại sau ít phút; nếu lặp lại, xem nhật ký của bộ giám sát",
        "the machine is busy: ask again in some minutes; where that does not help, see the monitor's log",
    ),
    "report_memory": (
        "lập báo cáo cần quá {megabytes} MB bộ nhớ nên đã bị dừng",
        "the report needs more than {megabytes} MB of memory and was stopped",
    ),
    "report_memory_cure": (
        "lấy dạng HTML, nhẹ hơn Excel; nếu cũng không được, chia phiên họp thành nhiều phiên",
        "take the HTML form, which needs less than Excel's; where that does not do either, divide the meeting",
    ),
    "report_large": ("tệp báo cáo lớn quá {megabytes} MB", "the report's file is larger than {megabytes} MB"),
    "report_large_cure": (
        "lấy dạng HTML, không có phần bằng chứng; hoặc chia phiên họp thành nhiều phiên",
        "take the HTML form, which has no evidence in it; or divide the meeting",
    ),
    "report_died": ("tiến trình lập báo cáo đã dừng giữa chừng", "the process that makes the report ended before it was done"),
    "report_died_cure": (
        "thử lại; nếu lặp lại, xem nhật ký của bộ giám sát (journalctl -u monitor)",
        "ask again; where that does not help, see the monitor's log (journalctl -u monitor)",
    ),
    "report_ending": ("bộ giám sát đang dừng", "the monitor is ending"),
    "report_ending_cure": ("thử lại khi nó chạy lại", "ask again when it is back"),
}


def tell(key: str, language: str, **values: object) -> str:
    """Return the text of a key. Raises KeyError for a key or a language that is not there. `seconds` is a number."""
    lasts = values.get("seconds")
    told = {"lasts": voice(language).duration(lasts)} if isinstance(lasts, int | float) else {}
    return say(REPORT_QUEUE, key, language, **values, **told)
