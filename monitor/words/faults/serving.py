"""What can't be served now: too many visitors, a full queue of reports, a report that can't be made."""

from __future__ import annotations

from monitor.words.catalogue import Catalogue

SERVING: Catalogue = {
    # Visitors, by the reason that admission gives.
    "busy_connections": ("bộ giám sát đang có quá nhiều kết nối", "the monitor has too many open connections"),
    "busy_connections_cure": ("thử lại sau {retry_s}", "try again in {retry_s}"),
    "busy_client_connections": ("máy của bạn đang mở quá nhiều kết nối", "your machine has too many open connections"),
    "busy_client_connections_cure": ("đóng bớt trang, rồi thử lại sau {retry_s}", "close some pages, then try again in {retry_s}"),
    "busy_streams": ("đã có quá nhiều màn hình đang mở", "too many screens are open"),
    "busy_streams_cure": ("đóng bớt màn hình, rồi thử lại sau {retry_s}", "close some of them, then try again in {retry_s}"),
    "busy_client_streams": ("máy của bạn đang mở quá nhiều màn hình", "your machine has too many open screens"),
    "busy_client_streams_cure": ("đóng bớt trang, rồi thử lại sau {retry_s}", "close some pages, then try again in {retry_s}"),
    "busy_requests": ("bộ giám sát đang phải trả lời quá nhiều yêu cầu", "the monitor has too many requests to answer"),
    "busy_requests_cure": ("thử lại sau {retry_s}", "try again in {retry_s}"),
    "busy_client_requests": ("máy của bạn đang gửi quá nhiều yêu cầu cùng lúc", "your machine sends too many requests at once"),
    "busy_client_requests_cure": ("gửi ít hơn, rồi thử lại sau {retry_s}", "send fewer, then try again in {retry_s}"),
    "busy_queue": ("đã có đủ người chờ việc này", "enough people wait for this already"),
    "busy_queue_cure": ("thử lại sau {retry_s}", "try again in {retry_s}"),
    "head_late": ("yêu cầu không đến kịp", "the request did not come in time"),
    "head_late_cure": ("gửi một lần trọn vẹn", "send it in one go"),
    # Reports of meetings.
    "report_full": (
        "hàng đợi lập báo cáo đã đầy ({waiting} báo cáo)",
        "the queue of reports is full ({waiting:# is|# are} waiting)",
    ),
    "report_full_cure": ("thử lại sau {retry_s}", "ask again in {retry_s}"),
    "report_many": (
        "địa chỉ này đang chờ {mine:#} báo cáo, không nhận thêm",
        "this address is waiting for {mine:# report|# reports}; there are no more at once",
    ),
    "report_many_cure": ("chờ các báo cáo đó xong rồi thử lại", "ask again when those are there"),
    "report_making": ("báo cáo vẫn đang được lập", "the report is still being made"),
    "report_making_cure": ("thử lại sau {retry_s}", "ask again in {retry_s}"),
    "report_queued": (
        "báo cáo vẫn đang chờ, thứ {place} trong hàng",
        "the report is still waiting, number {place} in the queue",
    ),
    "report_queued_cure": (
        "thử lại sau {retry_s}; chỗ trong hàng được giữ tới lúc đó",
        "ask again in {retry_s}; the place in the queue is kept until then",
    ),
    "report_late": ("lập báo cáo quá {lasted_s} nên đã bị dừng", "the report took longer than {lasted_s} and was stopped"),
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
