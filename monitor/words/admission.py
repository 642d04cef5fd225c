"""What is said to whoever can't be served now, by the reason that admission gives."""

from __future__ import annotations

from monitor.words.catalogue import Catalogue, say
from monitor.words.voice import voice

# What there is not enough of, and under the same key with _cure what would do.
BUSY: Catalogue = {
    "connections": ("bộ giám sát đang có quá nhiều kết nối", "the monitor has too many open connections"),
    "connections_cure": ("thử lại sau {lasts}", "try again in {lasts}"),
    "client_connections": ("máy của bạn đang mở quá nhiều kết nối", "your machine has too many open connections"),
    "client_connections_cure": (
        "đóng bớt trang, rồi thử lại sau {lasts}",
        "close some pages, then try again in {lasts}",
    ),
    "streams": ("đã có quá nhiều màn hình đang mở", "too many screens are open"),
    "streams_cure": ("đóng bớt màn hình, rồi thử lại sau {lasts}", "close some of them, then try again in {lasts}"),
    "client_streams": ("máy của bạn đang mở quá nhiều màn hình", "your machine has too many open screens"),
    "client_streams_cure": ("đóng bớt trang, rồi thử lại sau {lasts}", "close some pages, then try again in {lasts}"),
    "requests": ("bộ giám sát đang phải trả lời quá nhiều yêu cầu", "the monitor has too many requests to answer"),
    "requests_cure": ("thử lại sau {lasts}", "try again in {lasts}"),
    "client_requests": ("máy của bạn đang gửi quá nhiều yêu cầu cùng lúc", "your machine sends too many requests at once"),
    "client_requests_cure": ("gửi ít hơn, rồi thử lại sau {lasts}", "send fewer, then try again in {lasts}"),
    "queue": ("đã có đủ người chờ việc này", "enough people wait for this already"),
    "queue_cure": ("thử lại sau {lasts}", "try again in {lasts}"),
}


def busy(reason: str, language: str, *, seconds: int) -> tuple[str, str]:
    """Return why somebody can't be served, and what would do. seconds: after which it is worth to try again."""
    return say(BUSY, reason, language), say(BUSY, f"{reason}_cure", language, lasts=voice(language).duration(seconds))
