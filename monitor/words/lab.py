"""What `monitor lab` and `monitor demo` say."""

from __future__ import annotations

from monitor.words.catalogue import Catalogue

LAB: Catalogue = {
    "answers": (
        "Phòng thử trả lời thay {targets:#} điểm của {config}; không gói nào ra ngoài được. Ctrl-C để dừng.",
        "The lab answers for {targets:# target|# targets} of {config}; nothing can leave it. Ctrl-C ends it.",
    ),
    "look_loopback": (
        "  hỏi thử:        snmpwalk -v2c -c COMMUNITY {address}:{port}",
        "  ask an agent:  snmpwalk -v2c -c COMMUNITY {address}:{port}",
    ),
    "look": ("  xem bên trong:  {command} exec -- fping {address}", "  look inside:   {command} exec -- fping {address}"),
    "break": ("  làm hỏng thử:   {command} ctl --help", "  break things:  {command} ctl --help"),
    "scenario": ("  kịch bản:       {title}", "  scenario:      {title}"),
    "missing": (
        "Máy này không cho tạo mạng riêng ({reason}), nên chạy trên địa chỉ loopback 127.x.y.z. Khác biệt:\n"
        "  - nhân hệ điều hành trả lời mọi ping: không điểm nào mất kết nối theo ping được, không có trễ và mất gói\n"
        "  - SNMP ở cổng UDP {port}; kịch bản chỉ thấy được qua SNMP\n"
        "  - không có TCP, traceroute, IPv6; cấu hình cho bộ giám sát: {config}",
        "No network of its own ({reason}), so the lab runs on loopback addresses 127.x.y.z. What differs:\n"
        "  - the kernel answers every ping: nothing can be down by ping, and there is no delay or loss\n"
        "  - SNMP is on UDP port {port}; a scenario shows in SNMP only\n"
        "  - no TCP, traceroute or IPv6; the daemon's configuration: {config}",
    ),
    "history": (
        "{days:#} ngày đến {until}: {targets:#} điểm, {samples:#} mẫu, {entries:#} dòng nhật ký; mất {took}.",
        "{days:# day|# days} until {until}: {targets:# target|# targets}, {samples:# sample|# samples}, "
        "{entries:# journal entry|# journal entries}; it took {took}.",
    ),
    "asked_for": ("theo yêu cầu", "as asked for"),
    "demo_starts": (
        "Đang dựng cả tỉnh trên máy này: {targets:#} điểm…",
        "Setting the province up on this machine: {targets:# target|# targets}…",
    ),
    "demo_ready": ("Trang theo dõi:  {url}", "Open:  {url}"),
    "demo_metrics": ("Cho Prometheus:  {url}metrics", "For Prometheus:  {url}metrics"),
    "demo_first": (
        "Sau vòng đo đầu tiên (khoảng một phút) mọi điểm đều có trạng thái. Ctrl-C để dừng tất cả.",
        "After the first round (about a minute) everything has a state. Ctrl-C ends it all.",
    ),
    "demo_log": ("Nhật ký: {path}", "Log: {path}"),
    "demo_cut": (
        "Tự cắt một huyện:   {command} ctl cut {target} --for 2m",
        "Cut a district:      {command} ctl cut {target} --for 2m",
    ),
    "demo_dark": ("Mất điện một xã:    {command} ctl power-cut {target}", "Power-cut a commune: {command} ctl power-cut {target}"),
    "demo_ready_for": ("Trước phiên họp:    {command}", "Before a meeting:    {command}"),
    "demo_ack": ("Nhận sự cố ấy:      {command}", "Take that on:        {command}"),
    "demo_taker": ("Ca trực", "On duty"),
    "demo_shift": ("Nhật ký ca trực:    {command}", "The shift's log:     {command}"),
    "demo_mend": ("Khôi phục tất cả:   {command} ctl restore all", "Mend everything:     {command} ctl restore all"),
    "demo_died": ("{what} đã dừng (mã {status}). Những dòng cuối:", "{what} ended (status {status}). Its last lines:"),
    "demo_over": ("Đã dừng tất cả.", "Everything has ended."),
    "stack_prometheus": ("Prometheus:      {url}", "Prometheus:      {url}"),
    "stack_alertmanager": (
        "Cảnh báo:        {url} (bản trình diễn không báo cho ai)",
        "Alerts:          {url} (the demo tells nobody)",
    ),
    "stack_grafana": ("Grafana:         {url}dashboards", "Grafana:         {url}dashboards"),
    "stack_missing": ("{what}: máy này chưa cài ({how}), nên bỏ qua.", "{what} is not installed here ({how}), so it is left out."),
    "past": (
        "Đang tạo 35 ngày dữ liệu lịch sử cho Prometheus và nhật ký (vài phút)…",
        "Making 35 days of past up for Prometheus and journal (minutes)…",
    ),
    "prometheus": ("Prometheus", "Prometheus"),
    "alertmanager": ("Alertmanager", "Alertmanager"),
    "grafana": ("Grafana", "Grafana"),
    "the_daemon": ("Bộ giám sát", "The daemon"),
    "the_lab": ("Phòng thử", "The lab"),
}
