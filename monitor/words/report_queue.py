"""What the page says of a meeting's report while it waits to be made, when it is there, and where it can't be made."""

from __future__ import annotations

from monitor.words.catalogue import Catalogue, say

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
}


def tell_queue(key: str, language: str, **values: object) -> str:
    """Return the text of a key. Raises KeyError for a key or a language that is not there."""
    return say(REPORT_QUEUE, key, language, **values)
