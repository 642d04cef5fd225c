"""How a name is shortened where the inventory gives no `short`."""

from __future__ import annotations

# What begins a name, or stands in it, and what a tile shows instead. In this order; the first of BEGINNINGS that fits is taken.
BEGINNINGS = (
    ("Phòng họp trực tuyến ", ""),
    ("Xã ", ""),
    ("Thị trấn ", "TT "),
    ("Phường ", "P. "),
    ("Huyện ", ""),
    ("Thành phố ", "TP "),
    ("Văn phòng ", "VP "),
)
PARTS = (
    ("Ủy ban nhân dân", "UBND"),
    ("Uỷ ban nhân dân", "UBND"),
)


def shortened(name: str) -> str:
    """Return a name as a tile shows it: 'Xã Lũng Cú' → 'Lũng Cú', 'Thị trấn Đồng Văn' → 'TT Đồng Văn'."""
    for whole, short in PARTS:
        name = name.replace(whole, short)
    for whole, short in BEGINNINGS:
        if name.startswith(whole) and len(name) > len(whole):
            return short + name[len(whole) :]
    return name
