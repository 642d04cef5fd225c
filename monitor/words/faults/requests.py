"""What a request can't have: pages that are not there, parameters that mean nothing, a configuration that is not taken."""

from __future__ import annotations

from monitor.words.catalogue import Catalogue

REQUESTS: Catalogue = {
    # Places.
    "nothing_at": ("không có gì ở {path}", "there is nothing at {path}"),
    "nothing_at_cure": ("docs/http.md liệt kê những gì có", "docs/http.md lists what there is"),
    "no_method": ("{path} không nhận {method}", "{path} does not take {method}"),
    "no_method_cure": ("địa chỉ này nhận {allowed}", "it takes {allowed}"),
    "no_target_here": ("không có điểm nào tên {name}", "no target is called {name}"),
    "no_target_here_cure": ("/api/v1/targets liệt kê tất cả", "/api/v1/targets lists them all"),
    "no_meeting_here": ("không có phiên họp nào tên {name}", "no meeting is called {name}"),
    "meetings_listed": ("/meetings liệt kê tất cả", "/meetings lists them all"),
    "no_meeting_this_week": (
        "không có phiên họp nào trong tuần tới tên {name}",
        "no meeting of the coming week is called {name}",
    ),
    "no_meeting_due": ("không có phiên họp nào sắp tới", "no meeting is due"),
    "meetings_are": ("/api/v1/meetings liệt kê: {names}", "/api/v1/meetings lists them: {names}"),
    "none_are_due": ("chưa có phiên họp nào", "none are due"),
    "no_endpoint_here": (
        "phiên họp này không có điểm cầu nào tên {name}",
        "no endpoint of this meeting is called {name}",
    ),
    "no_endpoint_of_meeting": (
        "không có phiên họp {meeting} nào có điểm cầu {endpoint}",
        "no meeting {meeting} has an endpoint {endpoint}",
    ),
    "seal_broken": ("báo cáo đã chốt của {name} đã bị sửa: không khớp mã băm", "the sealed report of {name} was changed"),
    "seal_broken_cure": (
        "nhật ký đã bị sửa tay; báo cáo theo dữ liệu hiện có nằm ở /meetings/ID/report.html",
        "the journal was changed by hand; /meetings/ID/report.html is as it stands now",
    ),
    "not_sealed": ("báo cáo của {name} chưa được chốt", "the report of {name} is not sealed yet"),
    "not_sealed_cure": (
        "báo cáo theo dữ liệu hiện có nằm ở /meetings/{id}/report.html",
        "/meetings/{id}/report.html is as it stands now",
    ),
    "no_runbooks": ("bản cài đặt này không có runbooks.md", "runbooks.md did not come with this installation"),
    "no_runbooks_cure": ("cài lại gói", "install the package anew"),
    "no_stream_page": ("không có trang này", "there is no such page"),
    "no_stream_page_cure": (
        "docs/http.md liệt kê những gì có thể hỏi ở luồng sự kiện",
        "docs/http.md lists what a stream can be asked for",
    ),
    # Parameters.
    "give_one_of": ("chọn một trong {names}", "give one of {names}"),
    "lang_unknown": ("lang: {text} không phải ngôn ngữ nào", "lang: {text} is not a language"),
    "parameter_unknown": ("{name}: không có tham số nào tên như vậy", "{name}: no parameter is called so"),
    "epoch_or_time": (
        "ghi số giây epoch hoặc 2026-11-30T07:00:00+07:00",
        "give epoch seconds or 2026-11-30T07:00:00+07:00",
    ),
    "since_out": ("since: {text} không nằm trong khoảng 1970 đến 2200", "since: {text} is no time from 1970 to 2200"),
    "since_out_cure": ("bỏ tham số này để xem các dòng mới nhất", "leave it out for the newest lines"),
    "epoch_of_page": (
        "bỏ tham số này, hoặc ghi số giây epoch của trang đang chờ",
        "leave it out, or give the epoch seconds of the page that waits",
    ),
    "limit_out": ("limit: {text} không phải số từ 1 đến {most}", "limit: {text} is not a number from 1 to {most}"),
    "limit_out_cure": ("bỏ tham số này để lấy {usual}", "leave it out for {usual}"),
    "discover_what": ("of: {text} không phải thứ có thể liệt kê", "of: {text} is nothing to discover"),
    "discover_what_cure": ("ghi targets hoặc monitor", "give targets or monitor"),
    "choice_unknown": ("{name}: không có {text}", "{name}: {text} is not one"),
    "port_unknown": ("port: {text} không phải cổng", "port: {text} is not a port"),
    "port_unknown_cure": (
        "ghi số từ 1 đến 65535, hoặc bỏ tham số này",
        "give a number from 1 to 65535, or leave it out",
    ),
    # Bodies and heads.
    "body_unreadable": ("không đọc được nội dung gửi lên: {reason}", "the body can't be read: {reason}"),
    "body_unreadable_cure": (
        "gửi trọn vẹn, mã hóa đúng như header đã ghi",
        "send it whole, coded as its headers say",
    ),
    "body_coding": (
        "không giải nén được như header Content-Encoding đã ghi",
        "it is not packed as its header Content-Encoding says",
    ),
    "body_broken_off": ("bị cắt giữa chừng", "it was broken off"),
    "body_unexpected": ("nội dung gửi lên không như mong đợi", "the body is not what is expected"),
    "send_targets": (
        'gửi {{"targets": ["ID", …]}}; danh sách trống nghĩa là tất cả',
        'send {{"targets": ["ID", …]}}; an empty list means all',
    ),
    "body_too_large": ("nội dung gửi lên quá lớn", "the body is too large"),
    "body_too_large_cure": ("docs/http.md cho biết giới hạn", "docs/http.md says how large one may be"),
    "body_late": ("nội dung gửi lên không đến kịp", "the body did not come in time"),
    "body_late_cure": ("gửi một lần trọn vẹn", "send it in one go"),
    "origin_foreign": ("header Origin không khớp", "the Origin header does not match"),
    "origin_foreign_cure": ("gửi Origin: {origin}", "send Origin: {origin}"),
    "expect_unknown": ("với header Expect chỉ hiểu 100-continue", "of Expect only 100-continue is understood"),
    "expect_unknown_cure": ("bỏ header đó", "leave the header out"),
    "no_http": ("yêu cầu không phải HTTP ('{reason}')", "the request is no HTTP ('{reason}')"),
    "no_http_cure": ("gửi yêu cầu đúng theo RFC 9112", "send a request as RFC 9112 has it"),
    "http_other": ("không làm được như vậy: HTTP {status} '{reason}'", "that can't be done: HTTP {status} '{reason}'"),
    "http_other_cure": ("docs/http.md liệt kê những gì được hiểu", "docs/http.md lists what is understood"),
    # The monitor itself.
    "poller_silent": ("tiến trình đo không trả lời", "the poller does not answer"),
    "poller_silent_cure": (
        "thử lại sau {retry_s}; nhật ký của bộ giám sát cho biết thêm",
        "try again in {retry_s}; the monitor's log says more",
    ),
    "monitor_failed": ("bộ giám sát không trả lời được", "the monitor failed to answer"),
    "monitor_failed_cure": (
        "nhật ký của nó cho biết chỗ lỗi; báo cho người quản trị bộ giám sát",
        "its log says where; tell whoever looks after it",
    ),
    "its_log_says": ("nhật ký của nó cho biết chỗ lỗi", "its log says where"),
    "not_reloaded": ("cấu hình có lỗi", "the configuration has faults"),
    "not_reloaded_cure": (
        "sửa lỗi rồi nạp lại; cấu hình cũ vẫn có hiệu lực",
        "mend the faults and reload again; the former configuration stays in force",
    ),
}
