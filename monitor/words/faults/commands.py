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
    "no_recording_cure": ("đưa một bản ghi có sẵn, hoặc một địa chỉ", "give a recording that is there, or an address"),
    "for_a_device": (
        "--{option} dùng cho thiết bị, mà {subject} là bản ghi",
        "--{option} is for a device, and {subject} is a recording",
    ),
    "for_a_device_cure": ("bỏ --{option}", "leave --{option} away"),
    "list_profiles": ("`monitor profiles list` liệt kê tất cả", "`monitor profiles list` shows them all"),
    "version_alone": ("--version cho biết dùng --community thế nào", "--version says how a --community is used"),
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
    # Reports and meetings.
    "no_report": ("bộ giám sát tại {origin} không đưa báo cáo: {reason}", "the daemon at {origin} gives no report: {reason}"),
    "start_daemon": ("khởi chạy bộ giám sát, hoặc xem nhật ký của nó", "start the daemon, or look at its log"),
    "see_log": ("xem nhật ký của bộ giám sát", "see the daemon's log"),
    "list_meetings": ("`monitor meetings list` liệt kê các cuộc họp", "`monitor meetings list` shows them"),
    "report_on_terminal": (
        "báo cáo không phải văn bản để hiện trên màn hình dòng lệnh",
        "a report is no text for a terminal",
    ),
    "report_on_terminal_cure": ("thêm -o FILE, hoặc chuyển đi: > FILE", "give -o FILE, or send it on: > FILE"),
    "calendar_name": ("'{name}' không thể là tên lịch", "'{name}' is no name for a calendar"),
    "calendar_name_cure": ("viết --name TÊN.ics, không kèm thư mục", "give --name NAME.ics, without a folder"),
    "calendar_not_utf8": ("{path} không phải UTF-8", "{path} is not UTF-8"),
    "calendars_no_list": ("calendars trong meetings.yaml không phải danh sách", "calendars in meetings.yaml is no list"),
    "calendars_no_list_cure": ("viết nó thành danh sách trước", "write it as a list first"),
    # The running daemon.
    "daemon_refuses_poll": ("bộ giám sát tại {origin} không đo: {reason}", "the daemon at {origin} does not poll: {reason}"),
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
