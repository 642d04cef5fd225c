"""What `monitor ready` and `monitor meetings` say, beside the sentences of words/readiness.py."""

from __future__ import annotations

from monitor.words.catalogue import Catalogue

READY: Catalogue = {
    "endpoint": ("Điểm cầu", "Endpoint"),
    "verdict": ("Kết luận", "Verdict"),
    "why": ("Lý do", "Why"),
    "action": ("Việc cần làm", "What to do"),
    "call": ("Gọi", "Call"),
    "meeting": ("Phiên họp", "Meeting"),
    "begins": ("Bắt đầu", "Begins"),
    "ends": ("Kết thúc", "Ends"),
    "endpoints": ("Điểm cầu", "Endpoints"),
    "place": ("Khai báo tại", "Written in"),
    "head": ("{title} – {start}: {verdict} ({reason})", "{title} – {start}: {verdict} ({reason})"),
    "counts": (
        "{ready} sẵn sàng · {at_risk} có điều kiện · {not_ready} chưa sẵn sàng · {unknown} chưa rõ",
        "{ready} ready · {at_risk} at risk · {not_ready} not ready · {unknown} unknown",
    ),
    "checked": ("kiểm tra lúc {at}", "checked at {at}"),
    "never_checked": ("chưa kiểm tra lần nào", "not checked yet"),
    "sealed": ("báo cáo đã chốt, sha256 {seal}", "report sealed, sha256 {seal}"),
    "blast": (
        "khắc phục {target}: thêm {count} điểm cầu, {share} dự họp",
        "mending {target} brings back {count:# endpoint|# endpoints}: {share} attendance",
    ),
    "all_well": ("Không điểm cầu nào cần xử lý.", "No endpoint needs anything."),
    "probing": ("đang đo {done}/{of}", "probing {done}/{of}"),
    "unscheduled": (
        "{path} không có hoặc không có phiên họp nào: chưa theo dõi phiên họp nào",
        "{path} is not there or has no meeting: none is watched",
    ),
    "none": ("không có phiên họp nào trong {days} ngày tới", "no meeting in the next {days:# day|# days}"),
    "fine": (
        "lịch họp tốt: {singles} phiên họp riêng lẻ, {calendars} lịch; {count} phiên họp trong {days} ngày tới",
        "the schedule is fine: {singles:# single meeting|# single meetings}, {calendars:# calendar|# calendars}; "
        "{count:# meeting|# meetings} in the next {days:# day|# days}",
    ),
    "left_out": ("bỏ qua", "left out"),
    "taken_oddly": ("lưu ý", "note"),
    "notices_more": ("… và {count} điều nữa", "… and {count} more"),
    "calendars_told": (
        "lịch: {left_out} sự kiện hoặc phần bị bỏ qua, {odd} điều cần lưu ý",
        "calendars: {left_out:# event or part|# events or parts} left out, {odd:# note|# notes}",
    ),
    "by_name": ("theo tên phòng", "by room names"),
    "reload": (
        "bộ giám sát đang chạy chỉ dùng lịch mới sau khi nạp lại: systemctl reload monitor, hoặc curl -X POST {origin}/-/reload",
        "a daemon that runs takes it with its next reload: systemctl reload monitor, or curl -X POST {origin}/-/reload",
    ),
    "imported": (
        "đã đưa {file} vào {into}: {count} phiên họp trong {days} ngày tới",
        "{file} is in {into}: {count:# meeting|# meetings} in {days:# day|# days}",
    ),
}
