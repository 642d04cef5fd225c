"""How a name is shortened where the inventory gives no `short`, and how it stands in a line of its own."""

from __future__ import annotations

from monitor.words.catalogue import say
from monitor.words.page import PAGE

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
    name = _abbreviated(name)
    for whole, short in BEGINNINGS:
        if name.startswith(whole) and len(name) > len(whole):
            return short + name[len(whole) :]
    return name


def line_name(name: str, short: str, language: str, *, is_endpoint: bool) -> str:
    """Return a target's name for a line of its own: offices in their usual abbreviation, endpoints told from their points.

    name, short: as the inventory has them.
    """
    return f"{say(PAGE, 'endpoint', language)} {short}" if is_endpoint else _abbreviated(name)


def _abbreviated(name: str) -> str:
    for whole, short in PARTS:
        name = name.replace(whole, short)
    return name
