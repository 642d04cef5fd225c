"""The names of states, kinds and levels, as staff say them."""

from __future__ import annotations

from monitor.words.catalogue import Catalogue

STATES: Catalogue = {
    "up": ("Hoạt động", "up"),
    "degraded": ("Suy giảm", "degraded"),
    "down": ("Mất kết nối", "down"),
    "unreachable": ("Mất do tuyến trên", "unreachable"),
    "maintenance": ("Bảo trì", "maintenance"),
    "standby": ("Nghỉ", "standby"),
    "unknown": ("Chưa rõ", "unknown"),
}

KINDS: Catalogue = {
    "point": ("Điểm mạng", "point"),
    "endpoint": ("Điểm cầu", "endpoint"),
}

LEVELS: Catalogue = {
    "central": ("Trung ương", "central"),
    "province": ("Cấp tỉnh", "province"),
    "district": ("Cấp huyện", "district"),
    "commune": ("Cấp xã", "commune"),
}
