"""What each option and argument of a command is for, as --help tells it; what stands in brackets holds where nothing is given."""

from __future__ import annotations

from monitor.words.catalogue import Catalogue

OPTIONS: Catalogue = {
    # Shared.
    "config": (
        "thư mục cấu hình (mặc định: ./config, rồi /etc/monitor)",
        "the configuration's folder (default: ./config, then /etc/monitor)",
    ),
    "language": (
        "vi hoặc en (theo cấu hình, nếu không có thì theo LANG, rồi tiếng Việt)",
        "vi or en (the configuration's own, else as LANG says, else Vietnamese)",
    ),
    "format": ("{formats} ({usual})", "{formats} ({usual})"),
    "or": (" hoặc ", " or "),
    "output": (
        "ghi vào đó; FILE.html, .xlsx hoặc .json cho biết định dạng",
        "write it there; FILE.html, .xlsx or .json says the format",
    ),
    "output_unknown": (
        "{text}: không ghi được dạng {suffix}; đặt tên đuôi {known} hoặc .txt",
        "{text}: no {suffix} is written; give a name in {known} or .txt",
    ),
    "daemon": (
        "bộ giám sát đang chạy (`advertise` hoặc `listen` của cấu hình)",
        "the running daemon (the configuration's `advertise` or `listen`)",
    ),
    "listen": ("địa chỉ phục vụ (`listen` của cấu hình)", "where to serve (the configuration's `listen`)"),
    "schedule": ("lịch họp (meetings.yaml của thư mục)", "the schedule (the folder's meetings.yaml)"),
    "journal": (
        "URL của nhật ký theo SQLAlchemy (`journal` của cấu hình)",
        "the journal's SQLAlchemy URL (the configuration's `journal`)",
    ),
    # check
    "write_schema": (
        "chỉ ghi sites.schema.json và monitor.schema.json vào đó",
        "write sites.schema.json and monitor.schema.json there, and nothing else",
    ),
    # poll, ready, ack, alertmanager
    "poll_ids": ("các điểm; không ghi thì là tất cả", "targets; all of them where none is given"),
    "ready_meeting": (
        "mã phiên họp (phiên họp kế tiếp hoặc đang diễn ra)",
        "its id (the next one, or the one under way)",
    ),
    "ready_now": (
        "đo mọi điểm cầu ngay thay vì dùng kết quả đã có",
        "probe everybody now instead of telling what is known",
    ),
    "ack_id": ("nguyên nhân gốc; không ghi thì liệt kê tất cả", "the root cause; without it, all are listed"),
    "ack_by": (
        "ai nhận: tên hoặc chức danh, như ca trực quen gọi",
        "who takes it on: a name or a role, as the shift calls it",
    ),
    "ack_note": ("đã gọi ai, đang chờ gì", "whom was called, what is awaited"),
    "ack_withdraw": ("rút lại: không còn ai nhận", "nobody has it any more"),
    "alertmanager_output": (
        "ghi vào đó; không có thì chỉ nêu báo cho ai",
        "write it there; without it, only say who is told",
    ),
    # meetings
    "meetings_list": ("các phiên họp sắp tới", "the coming meetings"),
    "meetings_check": ("liệt kê mọi lỗi trong lịch họp", "say what is wrong with the schedule"),
    "meetings_import": ("nhập một lịch (.ics) vào cấu hình", "take a calendar (.ics) into the configuration"),
    "calendar": ("một tệp iCalendar", "an iCalendar file"),
    "calendar_called": (
        "tên của nó trong thư mục cấu hình (tên riêng của tệp)",
        "what it is called in the configuration's folder (its own name)",
    ),
    "calendar_key": ("{what} của các sự kiện không tự nêu", "{what} of events that do not say it"),
    "calendar_all": (
        "mọi điểm cầu đều dự các sự kiện không nêu ai dự",
        "every endpoint takes part in events that do not say who does",
    ),
    "days": (
        "tính và liệt kê họp trong bao nhiêu ngày tới, 1 đến {most} ({usual})",
        "how far ahead meetings are counted and listed, 1 to {most} ({usual})",
    ),
    "days_unknown": (
        "'{text}' không phải số ngày từ 1 đến {most}",
        "'{text}' is not a number of days from 1 to {most}",
    ),
    # maintenance
    "maintenance_add": ("báo bảo trì", "announce work"),
    "maintenance_list": ("những đợt đang diễn ra hoặc đã báo", "what is under way or announced"),
    "maintenance_end": ("kết thúc một đợt, hoặc hủy", "end work, or call it off"),
    "maintenance_ids": ("các điểm và địa bàn", "targets and areas"),
    "maintenance_for": (
        "trong bao lâu, như 30m, 2h hoặc 1d; nhiều nhất 31d",
        "how long, such as 30m, 2h or 1d; at most 31d",
    ),
    "maintenance_from": ("khi nào bắt đầu, như 22:00 (bây giờ)", "when it begins, such as 22:00 (now)"),
    "maintenance_reason": ("làm gì, viết ngắn gọn", "what is done, in a few words"),
    "maintenance_work": ("như `list` đã nêu", "as `list` shows it"),
    "maintenance_by": (
        "ai báo: tên hoặc chức danh (người dùng đang chạy lệnh)",
        "who says so: a name or a role (whom this shell belongs to)",
    ),
    # report
    "reports": ("các báo cáo", "reports"),
    "report_availability": (
        "độ khả dụng của điểm mạng và điểm cầu trong một khoảng thời gian",
        "how much of a period points and endpoints were there",
    ),
    "report_shift": (
        "những gì xảy ra trong ca, ai nhận, còn gì chưa xong",
        "what happened in a shift, who took it on, what is still open",
    ),
    "shift_last": ("bao nhiêu giờ vừa qua, như 12h ({usual})", "the last so many hours, such as 12h ({usual})"),
    "shift_from": (
        "từ khi nào, như 14:00 hoặc 2026-11-30T14:00",
        "from when, such as 14:00 or 2026-11-30T14:00",
    ),
    "shift_to": ("đến khi nào (bây giờ)", "to when (now)"),
    "availability_month": (
        "như 2026-11 (tháng này, đến bây giờ)",
        "such as 2026-11 (this month, until now)",
    ),
    "availability_from": (
        "thời điểm đầu của khoảng, như 2026-11-01 hoặc 2026-11-01T07:00",
        "the period's first moment, such as 2026-11-01 or 2026-11-01T07:00",
    ),
    "availability_to": ("thời điểm kết thúc, không tính chính nó (bây giờ)", "its first moment no more (now)"),
    "availability_journal": (
        "nhật ký khác với nhật ký của cấu hình, như sqlite:///journal.db",
        "another journal than the configuration's, such as sqlite:///journal.db",
    ),
    # sites
    "sites_import": (
        "nhập một tệp CSV, một tệp Excel hoặc NetBox",
        "bring a CSV file, an Excel workbook or NetBox in",
    ),
    "sites_file": (
        "FILE.csv (UTF-8, phân cách bằng ',' hoặc ';') hoặc FILE.xlsx",
        "FILE.csv (UTF-8, with ',' or ';') or FILE.xlsx",
    ),
    "sites_netbox": ("hỏi NetBox mà tệp này chỉ", "ask the NetBox that this file names"),
    "sites_write": (
        "tệp cần ghi; không có thì chỉ nêu sẽ thay đổi gì",
        "the file to write; without it, only say what would change",
    ),
    "sites_prune": ("bỏ các điểm không có dòng", "remove targets that have no row"),
    "sites_all": (
        "hiện mọi thay đổi, khi 20 dòng mỗi loại là quá ít",
        "show every change, where 20 lines of each kind are too few",
    ),
    "sites_export": (
        "xuất danh mục dạng CSV hoặc tệp Excel",
        "give the inventory away as CSV or as an Excel workbook",
    ),
    "sites_format": (
        "csv hoặc xlsx; không ghi thì theo tên FILE, không có nữa thì csv",
        "csv or xlsx; otherwise as FILE is named, csv where nothing is",
    ),
    "sites_excel": (
        "CSV có dấu BOM và ';', như Excel mở được",
        "CSV with a byte order mark and ';', as Excel opens it",
    ),
    "sites_output": ("ghi vào đó thay vì in ra", "write it there instead of printing it"),
    "sites_list": ("in danh sách các điểm", "print the targets"),
    "sites_area": ("chỉ các điểm của địa bàn này", "only those of this area"),
    "sites_level": ("chỉ các điểm của cấp này", "only those of this level"),
    "sites_kind": ("chỉ điểm mạng hoặc chỉ điểm cầu", "only points or only endpoints"),
    "list_format": ("table (mặc định) hoặc json", "table (default) or json"),
    # profiles
    "profiles_list": ("in danh sách hồ sơ thiết bị", "print the profiles"),
    "profiles_test": (
        "thử một hồ sơ trên bản ghi hoặc trên thiết bị",
        "try a profile on a recording or on a device",
    ),
    "profiles_subject": ("một bản ghi, hoặc địa chỉ của thiết bị", "a recording, or a device's address"),
    "profiles_profile": ("đọc theo hồ sơ này (hồ sơ phù hợp nhất)", "read it by this profile (the one that fits best)"),
    "profiles_credential": (
        "một thông tin xác thực của monitor.yaml ({usual})",
        "a credential of monitor.yaml ({usual})",
    ),
    "profiles_community": (
        "nơi cất community; không bao giờ ghi chính community",
        "where the community is kept; never the community itself",
    ),
    "profiles_version": (
        "phiên bản SNMP, dùng với --community hoặc bản ghi (2c)",
        "SNMP version, with --community or a recording (2c)",
    ),
    "profiles_port": ("cổng UDP (của cấu hình, thường là 161)", "UDP port (the configuration's, usually 161)"),
    # lab, demo
    "demo_listen": (
        "địa chỉ phục vụ trang (`listen` của cấu hình)",
        "where the page is served (the configuration's `listen`)",
    ),
    "demo_scenario": (
        "lúc nào xảy ra gì (scenarios/demo.yaml của cấu hình)",
        "what happens when (the configuration's scenarios/demo.yaml)",
    ),
    "demo_stack": (
        "kèm Prometheus, Alertmanager và Grafana, nếu đã cài",
        "Prometheus, Alertmanager and Grafana beside it, where installed",
    ),
    "demo_past": (
        "cùng --stack: bắt đầu với 35 ngày dữ liệu lịch sử giả lập",
        "with --stack: begin with 35 days of made-up history",
    ),
    "demo_state": (
        "giữ nhật ký và log ở đó; cũng theo đó mà tìm thấy phòng thử",
        "keep journal and logs there, and let the lab be found there",
    ),
    "lab_scenario": (
        "lúc nào xảy ra gì, như config/scenarios/storm.yaml (không có gì)",
        "what happens when, such as config/scenarios/storm.yaml (nothing)",
    ),
    "lab_state": (
        "nơi tìm thấy phòng thử đang chạy (thư mục tạm của người dùng)",
        "where the running lab is found (the user's runtime folder)",
    ),
    "lab_loopback": (
        "dùng địa chỉ loopback cả khi máy cho tạo namespace",
        "loopback addresses even where a namespace is permitted",
    ),
    "lab_below": ("với phòng thử đang chạy, hoặc không", "with a running lab, or without"),
    "lab_exec": ("chạy một lệnh trong mạng của phòng thử", "run a command in the lab's network"),
    "of_the_lab": ("của phòng thử", "of the lab"),
    "hand_in": (
        "một cổng đã mở trao cho lệnh, như systemd trao (LISTEN_FDS)",
        "an open listener for the command, as systemd hands it in (LISTEN_FDS)",
    ),
    "lab_ctl": ("gây một sự việc trong phòng thử, hoặc hỏi", "let something happen, or ask"),
    "ctl_for": ("trả lại như cũ sau bao lâu, như 2m", "undo it after so long, such as 2m"),
    "ctl_verb": ("status, counters, hoặc một trong các việc dưới đây", "status, counters, or one of those below"),
    "ctl_words": ("làm với điểm nào, và các giá trị", "what it is done to, and its values"),
    "ctl_targets": (
        "Điểm ghi bằng mã, all, area:ID, level:TÊN, kind:point hoặc kind:endpoint; share=30% lấy ngẫu nhiên một phần.",
        "Targets are ids, all, area:ID, level:NAME, kind:point or kind:endpoint; share=30% takes a random part of them.",
    ),
    "ctl_usual": (" (thường là {usual})", " (usually {usual})"),
    "lab_history": ("tạo dữ liệu lịch sử giả lập", "make up a past"),
    "history_days": ("dữ liệu lịch sử dài bao nhiêu ngày, nhiều nhất {most} (35)", "how long the past is, at most {most} (35)"),
    "history_detail": (
        "phần cuối được ghi chi tiết dài bao nhiêu (48h)",
        "how much of its end is told in detail (48h)",
    ),
    "history_until": (
        "kết thúc khi nào, như 2026-11-28T07:00 (bây giờ)",
        "when it ends, such as 2026-11-28T07:00 (now)",
    ),
    "history_seed": ("số khác thì dữ liệu khác (1)", "another number is another past (1)"),
    "history_instance": (
        "nhãn `instance` mà Prometheus gán cho bộ giám sát (`listen`)",
        "the label `instance` that Prometheus gives the daemon (`listen`)",
    ),
    "history_blocks": (
        "dùng promtool tạo khối trong thư mục dữ liệu này của Prometheus",
        "make blocks in this data folder of a Prometheus, by promtool",
    ),
    "history_openmetrics": ("ghi các tệp OpenMetrics vào thư mục này", "write OpenMetrics files into this folder"),
    "history_journal": (
        "ghi cùng dữ liệu đó thành một nhật ký (SQLite)",
        "write the same past as a journal (SQLite)",
    ),
}
