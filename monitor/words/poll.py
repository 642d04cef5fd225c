"""What `monitor poll` says."""

from __future__ import annotations

from monitor.words.catalogue import Catalogue

POLL: Catalogue = {
    "target": ("Đối tượng", "Target"),
    "ping": ("Ping", "Ping"),
    "loss": ("Mất gói", "Loss"),
    "rtt": ("Độ trễ", "RTT"),
    "why": ("Lý do", "Why"),
    "none": ("–", "–"),
    "no_target": ("không có điểm nào tên là '{name}'", "no target is called '{name}'"),
    "no_target_cure": ("`monitor sites list` liệt kê tất cả", "`monitor sites list` shows them all"),
    "near": ("có phải '{near}'?", "did you mean '{near}'?"),
    "broke_off": ("bộ giám sát tại {origin} ngừng trả lời giữa chừng: {reason}", "the daemon at {origin} broke off: {reason}"),
    "broke_off_cure": ("xem nhật ký của nó rồi đo lại", "look at its log, then poll again"),
    "summary": (
        "{answering}/{asked} đối tượng trả lời trong {took}",
        "{answering}/{asked:# target answers|# targets answer}, in {took}",
    ),
    "progress": ("đã hỏi {done}/{asked}", "asked {done}/{asked}"),
}
