"""What a command can't do as it was asked to: files that are not there, options that contradict, a daemon that refuses."""

from __future__ import annotations

from monitor.words.catalogue import Catalogue

COMMANDS: Catalogue = {
    # Shipped files.
    "not_shipped": ("không có {path}", "{path} is not there"),
    "take_prometheus": (
        "lấy tệp đi kèm bộ giám sát trong config/prometheus",
        "take the one that the monitor ships in config/prometheus",
    ),
    "take_alertmanager": (
        "lấy tệp đi kèm bộ giám sát trong config/alertmanager",
        "take the one that the monitor ships in config/alertmanager",
    ),
    "take_grafana": (
        "lấy thư mục grafana đi kèm bộ giám sát, đặt cạnh cấu hình",
        "take the folder grafana that the monitor ships, beside the configuration",
    ),
    # Profiles.
    "no_recording": ("không có tệp {path}", "there is no file {path}"),
    "no_recording_cure": ("chỉ một bản ghi có sẵn, hoặc một địa chỉ", "give a recording that is there, or an address"),
    "for_a_device": (
        "--{option} dùng cho thiết bị, mà {subject} là bản ghi",
        "--{option} is for a device, and {subject} is a recording",
    ),
    "for_a_device_cure": ("bỏ --{option}", "leave --{option} away"),
    "list_profiles": ("`monitor profiles list` liệt kê tất cả", "`monitor profiles list` shows them all"),
    "version_alone": ("--version chỉ dùng kèm --community", "--version says how a --community is used"),
    "version_alone_cure": (
        "thêm --community, hoặc chỉ dùng --credential",
        "give --community, or --credential alone",
    ),
    "community_unset": (
        "--community: biến môi trường {name} chưa được đặt",
        "--community: the environment variable {name} is not set",
    ),
    "community_unset_cure": ("export {name}=…", "export {name}=…"),
    "community_unreadable": ("--community: không đọc được {name}: {reason}", "--community: {name} can't be read: {reason}"),
    "community_unreadable_cure": ("ghi community ở dòng đầu", "write the community on its first line"),
    "community_no_line": ("--community: {name} không có dòng đầu", "--community: {name} has no first line"),
    "community_no_line_cure": ("ghi community vào đó", "write the community on it"),
    "community_itself": (
        "--community nhận tham chiếu, không nhận chính community",
        "--community takes a reference, not the community itself",
    ),
    "community_itself_cure": ("viết env:TÊN hoặc file:ĐƯỜNG-DẪN", "write env:NAME or file:PATH"),
    # Files and periods.
    "file_on_terminal": ("tệp {form} không hiện được trên màn hình dòng lệnh", "a file of {form} can't be shown on a terminal"),
    "file_on_terminal_cure": (
        "thêm -o {example}, hoặc chuyển đi: > {example}",
        "add -o {example}, or send it on: > {example}",
    ),
    "period_empty": ("không có khoảng thời gian nào từ {since} đến {until}", "there is no time between {since} and {until}"),
    "period_empty_cure": (
        "đặt --from sớm hơn --to, cả hai không sau lúc này",
        "give a --from before --to, and neither after now",
    ),
    "period_two_ways": ("--month và --from/--to cùng chỉ kỳ báo cáo", "--month and --from or --to are two ways to say when"),
    "period_two_ways_cure": ("chỉ dùng một cách", "give one of them"),
    "period_without_start": ("có --to mà không có --from", "--to without --from"),
    "period_without_start_cure": (
        "cho biết kỳ bắt đầu khi nào: --from 2026-11-01",
        "say when the period begins: --from 2026-11-01",
    ),
    "no_month": ("--month '{text}': không phải tháng", "--month '{text}' is no month"),
    "no_month_cure": ("viết như 2026-11", "write it like 2026-11"),
    # Reports and meetings.
    "no_report": ("bộ giám sát tại {origin} không trả báo cáo: {reason}", "the daemon at {origin} gives no report: {reason}"),
    "http_alone": ("HTTP {status}", "HTTP {status}"),
    "http_says": ("HTTP {status}: {reason}", "HTTP {status}: {reason}"),
    "start_daemon": ("khởi chạy bộ giám sát, hoặc xem nhật ký của nó", "start the daemon, or look at its log"),
    "see_log": ("xem nhật ký của bộ giám sát", "see the daemon's log"),
    "list_meetings": ("`monitor meetings list` liệt kê các phiên họp", "`monitor meetings list` shows them"),
    "list_these_meetings": ("`monitor meetings list` liệt kê: {names}", "`monitor meetings list` shows them: {names}"),
    "calendar_name": ("'{name}' không thể là tên lịch", "'{name}' is no name for a calendar"),
    "calendar_name_cure": ("viết --name TÊN.ics, không kèm thư mục", "give --name NAME.ics, without a folder"),
    "calendars_no_list": ("calendars trong meetings.yaml không phải danh sách", "calendars in meetings.yaml is no list"),
    "calendars_no_list_cure": ("viết nó thành danh sách trước", "write it as a list first"),
    # The running daemon.
    "list_targets": ("`monitor sites list` liệt kê tất cả", "`monitor sites list` shows them all"),
    "unreachable_daemon": (
        "không liên lạc được với bộ giám sát tại {origin}: {reason}",
        "the daemon at {origin} can't be reached: {reason}",
    ),
    "unreachable_daemon_cure": (
        "kiểm tra `systemctl status monitor`, hoặc chỉ địa chỉ bằng --daemon URL",
        "see `systemctl status monitor`, or give its address with --daemon URL",
    ),
    "start_or_probe": (
        "khởi chạy bộ giám sát, xem nhật ký của nó, chỉ địa chỉ bằng --daemon URL, hoặc tự đo bằng --now",
        "start the daemon, look at its log, give its address with --daemon URL, or probe by yourself with --now",
    ),
    "odd_answer": (
        "{origin} không trả lời như bộ giám sát (HTTP {status})",
        "{origin} does not answer as the daemon does (HTTP {status})",
    ),
    "odd_answer_cure": (
        "xem có chương trình khác giữ cổng đó không, hoặc chỉ địa chỉ bằng --daemon URL",
        "see whether another program has that port, or give the daemon's address with --daemon URL",
    ),
    "before_the_end": ("chưa kiểm tra xong", "the check is not over"),
    "daemon_broke_off": (
        "bộ giám sát tại {origin} ngừng trả lời giữa chừng: {reason}",
        "the daemon at {origin} broke off: {reason}",
    ),
    "daemon_broke_off_cure": ("xem nhật ký của nó rồi đo lại", "look at its log, then poll again"),
    "daemon_refuses_poll": ("bộ giám sát tại {origin} từ chối đo: {reason}", "the daemon at {origin} does not poll: {reason}"),
    "daemon_says": ("bộ giám sát tại {origin} báo: {reason}", "the daemon at {origin} says: {reason}"),
    "or_start_for_poll": (
        "{cure}; hoặc khởi chạy bộ giám sát để `poll` hỏi nó",
        "{cure}; or start the daemon, which `poll` then asks",
    ),
    "or_start_for_ready": (
        "{cure}; hoặc khởi chạy bộ giám sát để `ready --now` hỏi nó",
        "{cure}; or start the daemon, which `ready --now` then asks",
    ),
}
