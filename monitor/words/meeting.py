"""What the pages and reports of meetings say: verdicts, rungs, stages and labels; why and what to do is in readiness.py."""

from __future__ import annotations

from monitor.words.catalogue import Catalogue

VERDICTS: Catalogue = {
    "ready": ("Sẵn sàng", "ready"),
    "at_risk": ("Có điều kiện", "at risk"),
    "unknown": ("Chưa rõ", "unknown"),
    "not_ready": ("Chưa sẵn sàng", "not ready"),
}

RUNGS: Catalogue = {
    "evidence": ("Bằng chứng", "Evidence"),
    "maintenance": ("Lịch bảo trì", "Announced work"),
    "uplink": ("Tuyến trên", "Uplinks"),
    "ping": ("Trả lời ping", "Answers pings"),
    "quality": ("Chất lượng", "Quality"),
    "capacity": ("Chỗ cho cuộc gọi", "Room for the call"),
    "signalling": ("Cổng báo hiệu", "Signalling"),
    "registration": ("Đăng ký", "Registration"),
    "device": ("Thiết bị", "Device"),
    "certificate": ("Chứng thư", "Certificate"),
    "call": ("Đang rảnh", "Free for a call"),
    "history": ("Những ngày qua", "The last days"),
    "site": ("Kỹ thuật tại chỗ", "Technician on site"),
}
"""The steps of the ladder, named for what has to hold."""

REASON_CHIPS: Catalogue = {
    "evidence": ("Không có bằng chứng", "No evidence"),
    "maintenance": ("Bảo trì", "Announced work"),
    "uplink": ("Mất đường truyền", "Circuit down"),
    "ping": ("Thiết bị không trả lời", "Device silent"),
    "quality": ("Chất lượng", "Quality"),
    "capacity": ("Thiếu băng thông", "No room"),
    "signalling": ("Không báo hiệu", "No signalling"),
    "registration": ("Mất đăng ký", "Not registered"),
    "device": ("Camera, micro", "Camera, microphone"),
    "certificate": ("Chứng thư", "Certificate"),
    "call": ("Bận cuộc gọi khác", "Busy in another call"),
    "history": ("Hay hỏng", "Failed lately"),
    "site": ("Tại chỗ báo hỏng", "Fault told on site"),
}
"""Why endpoints can't join, as the filters of the board name it."""

MEETING: Catalogue = {
    "pages": ("Các trang", "Pages"),
    "meetings": ("Phiên họp", "Meetings"),
    "next_meeting": ("Phiên {time}", "Meeting {time}"),
    "next_live": ("đang họp", "under way"),
    "next_not_ready": ("{count} chưa sẵn sàng", "{count} not ready"),
    "next_ready": ("{ready}/{all} sẵn sàng", "{ready}/{all} ready"),
    "not_checked": ("chưa kiểm tra", "not checked yet"),
}
