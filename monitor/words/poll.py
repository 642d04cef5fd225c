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
    "summary": (
        "{answering}/{asked} đối tượng trả lời trong {took}",
        "{answering}/{asked:# target answers|# targets answer}, in {took}",
    ),
    "progress": ("đã hỏi {done}/{of}", "asked {done}/{of}"),
}
