"""The emulated province: its scenarios, its recordings, what it needs of this machine, and what it is told to break."""

from __future__ import annotations

from monitor.words.catalogue import Catalogue

LAB: Catalogue = {
    # Scenarios, and what `monitor lab ctl` is told.
    "twice_here": ("có hai lần ở đây", "stands here twice"),
    "step_of_many": ("mỗi bước chỉ làm một việc, không phải {verbs}", "a step does one thing, not {verbs}"),
    "step_of_many_cure": ("tách thành nhiều bước", "make it several steps"),
    "step_of_none": ("chưa nêu việc gì xảy ra", "does not say what happens"),
    "write_one_of": ("viết một trong {names}", "write one of {names}"),
    "targets_form": (
        "một mã, một danh sách mã, all, area:ID, level:TÊN hoặc kind:point",
        "an id, a list of ids, all, area:ID, level:NAME or kind:point",
    ),
    "name_recording": (
        "ghi tên một tệp .snmprec, tính từ tệp này",
        "name a .snmprec file, relative to this one",
    ),
    "form_duration": ("một thời lượng như 200ms, 30s hoặc 2m", "a duration such as 200ms, 30s or 2m"),
    "form_ratio": ("một tỷ lệ như 5% hoặc 0.05", "a share such as 5% or 0.05"),
    "form_rate": ("một tốc độ tính bằng bit/s như 512k hoặc 10M", "a rate in bit/s such as 512k or 10M"),
    "form_count": ("một số nguyên", "a whole number"),
    "form_ports": ("các cổng như 22,443", "ports such as 22,443"),
    "form_id": ("một mã", "an id"),
    "no_form_duration": (
        "'{text}' không phải thời lượng như 200ms, 30s hoặc 2m",
        "'{text}' is not a duration such as 200ms, 30s or 2m",
    ),
    "no_form_ratio": ("'{text}' không phải tỷ lệ như 5% hoặc 0.05", "'{text}' is not a share such as 5% or 0.05"),
    "no_form_rate": (
        "'{text}' không phải tốc độ tính bằng bit/s như 512k hoặc 10M",
        "'{text}' is not a rate in bit/s such as 512k or 10M",
    ),
    "no_form_count": ("'{text}' không phải số nguyên", "'{text}' is not a whole number"),
    "no_form_ports": ("'{text}' không phải các cổng như 22,443", "'{text}' is not ports such as 22,443"),
    "no_form_id": ("'{text}' không phải một mã", "'{text}' is not an id"),
    "no_verb": ("không có gì tên '{name}'", "nothing is called '{name}'"),
    "there_are": ("chỉ có {names}", "there are {names}"),
    "no_parameter": ("{verb} không nhận '{name}'", "{verb} takes no '{name}'"),
    "takes_near": ("có phải '{near}' không? lệnh này nhận {names}", "did you mean '{near}'? it takes {names}"),
    "takes_these": ("lệnh này nhận {names}", "it takes {names}"),
    "takes_nothing": ("lệnh này không nhận gì", "it takes nothing"),
    "verb_of_what": (
        "{verb} cái gì? Ghi mã, all, area:ID, level:TÊN, kind:point hoặc kind:endpoint",
        "{verb} what? Give ids, all, area:ID, level:NAME, kind:point or kind:endpoint",
    ),
    "no_uplink_to": ("'{target}' không có tuyến trên tới '{via}'", "'{target}' has no uplink to '{via}'"),
    "uplinks_near": ("có phải '{near}' không? các tuyến trên: {names}", "did you mean '{near}'? its uplinks: {names}"),
    "uplinks_are": ("các tuyến trên: {names}", "its uplinks: {names}"),
    "no_uplinks": ("điểm này không có tuyến trên", "its uplinks: none"),
    "done": ("{what}: {targets}", "{what}: {targets}"),
    "restored": ("đã khôi phục: {targets}", "restored: {targets}"),
    "and_more": ("{names} và {count} điểm nữa", "{names} and {count} more"),
    "monitor_itself": ("chính bộ giám sát", "the monitor itself"),
    "request_form": ("yêu cầu phải là một đối tượng JSON", "a request is a JSON object"),
    "request_not_json": ("không phải JSON, từ ký tự thứ {number}", "not JSON, from character {number} on"),
    "ask_what": (
        "hỏi status, counters hoặc verbs, hoặc cho làm một việc",
        "ask status, counters or verbs, or do something",
    ),
    "selects_nothing": ("không có điểm nào thuộc {field} '{value}'", "no target is of {field} '{value}'"),
    "write_selector": (
        "viết một mã, all, area:ID, level:TÊN, kind:point hoặc kind:endpoint",
        "write an id, all, area:ID, level:NAME, kind:point or kind:endpoint",
    ),
    # Recordings.
    "recorded_line": (
        "mỗi dòng là OID|TAG|VALUE, như snmpsim ghi",
        "a line is OID|TAG|VALUE, as snmpsim records it",
    ),
    "give_recording": (
        "dùng bản ghi theo dạng của snmpsim: OID|TAG|VALUE, mã UTF-8",
        "give a recording in snmpsim's form: OID|TAG|VALUE, in UTF-8",
    ),
    # What the lab needs of this machine.
    "no_tcp": ("các máy của phòng thử không dùng được TCP: {reason}", "the lab's hosts can't have TCP: {reason}"),
    "root_or_loopback": ("chạy bằng root, hoặc dùng --loopback", "run it as root, or take --loopback"),
    "no_loopback_address": (
        "không có địa chỉ loopback nào thay được {address}",
        "{address} has no loopback address to stand for it",
    ),
    "no_loopback_address_cure": (
        "dùng địa chỉ thuộc 10.0.0.0/8 trong phòng thử, hoặc chạy bằng root",
        "use addresses of 10.0.0.0/8 in the lab, or run it as root",
    ),
    "loopback_port": (
        "không mở được cổng UDP {port} trên loopback: {reason}",
        "UDP port {port} can't be had on loopback: {reason}",
    ),
    "loopback_port_cure": ("tăng giới hạn số tệp được mở", "raise the limit of open files"),
    "ports_taken": ("các cổng UDP {first} đến {last} đều đã có chương trình dùng", "UDP ports {first} to {last} are all taken"),
    "ports_taken_cure": ("dừng các phòng thử đang chạy", "end the labs that run already"),
    "no_tun": (
        "máy này không cho tạo thiết bị TUN ({device}: {reason})",
        "this machine permits no TUN device ({device}: {reason})",
    ),
    "no_tun_cure": (
        "nạp mô-đun tun (modprobe tun), chạy bằng root, hoặc dùng --loopback",
        "load the module tun (modprobe tun), run it as root, or take --loopback",
    ),
    "no_namespace": (
        "máy này không cho tạo không gian mạng riêng (network namespace: {reason})",
        "this machine permits no network namespace ({reason})",
    ),
    "permit_namespaces": (
        "chạy bằng root, hoặc cho phép user namespace (sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone=1), "
        "hoặc dùng --loopback",
        "run it as root, or permit user namespaces (sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone=1), "
        "or take --loopback",
    ),
    "lab_closed": ("không vào được mạng của phòng thử: {reason}", "the lab's network can't be entered: {reason}"),
    "lab_closed_cure": (
        "chạy bằng người dùng đã khởi chạy phòng thử",
        "run it as the user who started the lab",
    ),
    "state_folder": ("{folder}: {reason}", "{folder}: {reason}"),
    "state_folder_cure": ("chỉ thư mục khác bằng --state", "give another folder with --state"),
    "lab_runs": (
        "đã có một phòng thử đang chạy (tiến trình {pid}, {folder})",
        "a lab is running already (process {pid}, {folder})",
    ),
    "lab_runs_cure": (
        "dừng nó, hoặc thêm --state FOLDER để chạy phòng thử khác",
        "stop it, or give --state FOLDER for another one",
    ),
    "no_lab": ("không có phòng thử nào đang chạy ({folder})", "no lab is running ({folder})"),
    "no_lab_cure": (
        "khởi chạy bằng `monitor lab`, hoặc chỉ thư mục của nó bằng --state",
        "start one with `monitor lab`, or name its folder with --state",
    ),
    "socket_path": ("{path}: quá dài cho một socket unix", "{path}: too long for a unix socket"),
    "socket_path_cure": (
        "chọn thư mục --state ngắn hơn {most} ký tự",
        "give a --state folder of fewer than {most:# letter|# letters}",
    ),
    # `monitor lab`, `monitor demo`.
    "real_addresses": (
        "{folder}: đây là địa chỉ thật, mà bản trình diễn chỉ mô phỏng",
        "{folder}: these addresses are real, and the demo only plays",
    ),
    "real_addresses_cure": (
        "chọn thư mục có network.addresses là lab",
        "give a folder whose network.addresses is lab",
    ),
    "exec_needs_command": ("exec cần một lệnh", "exec needs a command"),
    "exec_needs_command_cure": (
        "chẳng hạn: monitor lab exec -- fping 10.0.0.1",
        "such as: monitor lab exec -- fping 10.0.0.1",
    ),
    "lab_on_loopback": (
        "phòng thử này chạy trên địa chỉ loopback, không có mạng để vào",
        "this lab is on loopback addresses and has no network to enter",
    ),
    "lab_on_loopback_cure": (
        "chạy thẳng lệnh đó, với địa chỉ 127.x.y.z",
        "run the command itself, with 127.x.y.z addresses",
    ),
    "command_fails": ("{command}: {reason}", "{command}: {reason}"),
    "program_fails": ("{program} không khởi chạy được:\n  {lines}", "{program} does not start:\n  {lines}"),
    "program_fails_cure": ("xem {log}, hoặc bỏ --stack", "see {log}, or leave --stack out"),
    "past_fails": ("không tạo được dữ liệu lịch sử", "the past can't be made up"),
    "past_fails_cure": ("bỏ --past, hoặc xem ở trên", "leave --past out, or see above"),
    "no_free_port": ("không còn cổng trống trên {host}", "no port is free on {host}"),
    "no_free_port_cure": ("dừng các chương trình đang giữ cổng", "end what holds them"),
    # `monitor lab history`.
    "past_to_nowhere": ("chưa chỉ nơi ghi dữ liệu lịch sử", "nothing to write the past to"),
    "past_to_nowhere_cure": (
        "thêm --blocks DIR, --openmetrics DIR hoặc --journal FILE",
        "give --blocks DIR, --openmetrics DIR or --journal FILE",
    ),
    "past_two_ways": (
        "--blocks và --openmetrics là hai cách cho cùng một việc",
        "--blocks and --openmetrics are two ways to the same",
    ),
    "past_two_ways_cure": ("dùng một trong hai", "give one of them"),
    "past_days": ("--days {days}: số ngày không hợp lệ", "--days {days} is no past"),
    "past_days_cure": ("chọn số từ 1 đến {most}", "give 1 to {most}"),
    "no_promtool": ("chưa cài promtool", "promtool is not installed"),
    "no_promtool_cure": (
        "cài gói `prometheus` của Debian, hoặc dùng --openmetrics DIR",
        "install Debian's package `prometheus`, or give --openmetrics DIR",
    ),
    "past_exists": ("{path} đã có", "{path} exists"),
    "past_exists_cure": (
        "chỉ một tệp mới: dữ liệu lịch sử không được ghi nối sau những gì đã có",
        "give a new file: a past is not written behind what is already there",
    ),
    "past_blocks": ("promtool không tạo được khối: {reason}", "promtool made no block: {reason}"),
    "past_blocks_cure": ("xem {folder} có ghi được không", "look whether {folder} may be written to"),
}
