"""What is said otherwise today of what v0.1.0 left behind: its reports themselves are never changed."""

from __future__ import annotations

from collections.abc import Mapping

from tests.leftovers import report

WAN_0 = "Bộ giám sát không nhìn thấy mạng: cổng mạng wan0 của máy giám sát mất tín hiệu"
WAN_0_TODAY = "Bộ giám sát không nhìn thấy mạng: cổng wan0 của máy chạy bộ giám sát mất tín hiệu"
MENDED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "shift-night.vi": (
        (
            "Chủ nhật 22/11/2026, 14:00 – Thứ Hai 23/11/2026, 06:00 (16 giờ 00)",
            "Chủ nhật 22/11/2026, 14:00 – Thứ Hai 23/11/2026, 06:00 (16 giờ)",
        ),
        ("13:30        14:05        34", "13:30        14:05        35"),
        ("15:00        15:40        39", "15:00        15:40        40"),
        ("03:00 23/11  04:10 23/11  1 giờ 09", "03:00 23/11  04:10 23/11  1 giờ 10"),
        (f"21:00        21:03           2 phút   {WAN_0}", f"21:00        21:03           3 phút   {WAN_0_TODAY}"),
        ("21:30        21:33           2", "21:30        21:33           3"),
        (f"05:50 23/11  đang tiếp diễn  9 phút   {WAN_0}", f"05:50 23/11  đang tiếp diễn  10 phút  {WAN_0_TODAY}"),
        ("05:56 23/11  đang tiếp diễn  3", "05:56 23/11  đang tiếp diễn  4"),
        ("Xã Má Lé               1  29", "Xã Má Lé               1  30"),
    ),
    "shift-night.en": (
        ("Sun 22/11/2026, 14:00 – Mon 23/11/2026, 06:00 (16 h 00)", "Sun 22/11/2026, 14:00 – Mon 23/11/2026, 06:00 (16 h)"),
        ("13:30        14:05        34", "13:30        14:05        35"),
        ("15:00        15:40        39", "15:00        15:40        40"),
        ("03:00 23/11  04:10 23/11  1 h 09", "03:00 23/11  04:10 23/11  1 h 10"),
        ("21:00        21:03    2", "21:00        21:03    3"),
        ("21:30        21:33    2", "21:30        21:33    3"),
        ("05:50 23/11  goes on  9 min ", "05:50 23/11  goes on  10 min"),
        ("05:56 23/11  goes on  3", "05:56 23/11  goes on  4"),
        ("Xã Má Lé              1  29", "Xã Má Lé              1  30"),
    ),
    "shift-day.vi": (
        ("15:50  49", "15:50  50"),
        ("11:00  5 giờ 39", "11:00  5 giờ 40"),
        ("16:05  34", "16:05  35"),
        ("07:40  08:15  34", "07:40  08:15  35"),
        ("05:56  06:05  8", "05:56  06:05  9"),
        (f"05:50  06:05  14 phút  {WAN_0}", f"05:50  06:05  15 phút  {WAN_0_TODAY}"),
    ),
    "shift-day.en": (
        ("15:50  49", "15:50  50"),
        ("11:00  5 h 39", "11:00  5 h 40"),
        ("16:05  34", "16:05  35"),
        ("07:40  08:15  34", "07:40  08:15  35"),
        ("05:56  06:05  8", "05:56  06:05  9"),
        ("05:50  06:05  14", "05:50  06:05  15"),
    ),
    "availability.vi": (
        ("  89,717%", "  89,718%"),
        ("  96,766%", "  96,767%"),
        ("  98,514%", "  98,515%"),
        (" 71,915%", " 71,916%"),
        (" 94,438%", " 94,439%"),
        (" 97,072%", " 97,073%"),
        (" 97,648%", " 97,649%"),
    ),
    "availability.en": (
        ("From 2026-11-22 12:00 to 2026-11-23 16:40", "From 12:00 22/11/2026 to 16:40 23/11/2026"),
        (" 89.717%", " 89.718%"),
        (" 96.766%", " 96.767%"),
        (" 98.514%", " 98.515%"),
        ("  71.915%", "  71.916%"),
        ("  94.438%", "  94.439%"),
        ("  97.072%", "  97.073%"),
        ("  97.648%", "  97.649%"),
    ),
}
"""Report → what it said and what it says. Spans are rounded, as in the availability report: 13:30 to 14:05 is 35 minutes, not 34.
Shares are rounded half up, as the same report's workbook shows them. A date is written in one way in both languages. The monitor
and an interface have one Vietnamese name each."""


def mended(name: str, language: str) -> str:
    """Return a report of v0.1.0 as it reads today; each line that is mended is in it once."""
    text = report(name, language)
    for said, says in MENDED[f"{name}.{language}"]:
        assert text.count(said) == 1, said
        text = text.replace(said, says)
    return text
