"""Why an SNMP poll failed, as staff read it: the probes say it in English, part by part."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_VIETNAMESE: Mapping[str, str] = {
    r"no answer": "im lặng",
    r"no answer to (\d+) (?:try|tries)": r"im lặng sau \1 lần hỏi",
    r"no answer to (\d+) (?:try|tries) in ([\d.]+) s": r"im lặng sau \1 lần hỏi trong \2 s",
    r"no answer, and the retry could not be sent: (.*)": r"im lặng, và không gửi được lần hỏi lại: \1",
    r"not complete after ([\d.]+) s": r"chưa đọc xong sau \1 s",
    r"not complete in time at (\d+) requests a second": r"chưa đọc xong kịp với \1 lần hỏi mỗi giây",
    r"still not at its end after (\d+) requests": r"sau \1 lần hỏi bảng vẫn chưa hết",
    r"port unreachable: no agent listens there": "cổng SNMP đóng: không có agent nào ở đó",
    r"(network|host|port) unreachable from (\S+)": r"\2 báo không tới được (\1 unreachable)",
    r"prohibited from (\S+)": r"\1 báo bị chặn (prohibited)",
    r"ICMP type (\d+) code (\d+) from (\S+)": r"\3 báo ICMP loại \1 mã \2",
    r"the agent answers (\S+)": r"agent báo lỗi \1",
    r"the agent lacks more than (\d+) of the objects asked for": r"agent không có quá \1 giá trị được hỏi",
    r"the answer names other objects than were asked for": "agent trả lời giá trị khác với giá trị được hỏi",
    r"an answer came from (\S+) port (\d+)": r"có trả lời từ \1 cổng \2",
    r"if it is the same device, add it to answers_from": "nếu đúng là thiết bị đó thì thêm vào answers_from",
    r"no interface matches '(.*)'; there are (.*)": r"không cổng nào khớp '\1'; hiện có \2",
    r"interface (.*) could not be read": r"không đọc được cổng \1",
    r"interfaces: (.*)": r"bảng cổng: \1",
    r"names do not increase: (\S+) after (\S+)": r"OID không tăng: \1 sau \2",
    r"no buffer space for the packet": "máy giám sát hết bộ đệm để gửi",
    r"void: our receive buffer overflowed by (\d+)": r"không tính: bộ đệm nhận của máy giám sát tràn \1 gói",
    r"a fault of the monitor's own: (.*)": r"lỗi của chính bộ giám sát: \1",
    r"the monitor is stopping": "bộ giám sát đang dừng",
    r"silent to what is encrypted, though it reports: wrong privacy key or protocol": (
        "im lặng với gói mã hóa tuy vẫn gửi report: sai khóa hoặc thuật toán mã hóa"
    ),
    r"wrong authentication key or protocol(.*)": r"sai khóa hoặc thuật toán xác thực\1",
    r"wrong privacy key or protocol(.*)": r"sai khóa hoặc thuật toán mã hóa\1",
    r"the agent knows no such user(.*)": r"agent không biết người dùng này\1",
    r"the agent does not permit this security level for the user(.*)": r"agent không cho người dùng này mức bảo mật đã chọn\1",
    r"not in the agent's time window, even after resynchronising(.*)": r"lệch giờ với agent dù đã đồng bộ lại\1",
    r"the answer's authentication is wrong(.*)": r"xác thực của gói trả lời không đúng\1",
    r"[Nn]etwork is unreachable": "không có tuyến tới mạng đó",
    r"[Nn]o route to host": "không có tuyến tới thiết bị",
    r"[Oo]peration not permitted": "hệ điều hành không cho gửi",
    r"[Cc]onnection refused": "bị từ chối",
}
_WHOLE = tuple((re.compile(form), said) for form, said in _VIETNAMESE.items())
_AFTER_ROWS = re.compile(r"(?P<why>.*), after (?P<rows>\d+) rows")
_OF_COLUMN = re.compile(r"(?P<oid>(?:\d+\.)+\d+): (?P<why>.*)")


def snmp_detail(detail: str, language: str) -> str:
    """Return the reason of a poll that failed, in a language; what has no words of its own stays as the probe said it."""
    if language == "en" or not detail:
        return detail
    told = _told(detail)
    if told is not None:
        return told
    return "; ".join(_told(part) or part for part in detail.split("; "))


def _told(part: str) -> str | None:
    for form, said in _WHOLE:
        if found := form.fullmatch(part):
            return _filled(said, [_told(text) or text for text in found.groups()])
    if found := _AFTER_ROWS.fullmatch(part):
        return f"{_told(found['why']) or found['why']}, sau {found['rows']} dòng"
    if found := _OF_COLUMN.fullmatch(part):
        return f"{found['oid']}: {_told(found['why']) or found['why']}"
    return None


def _filled(said: str, parts: Sequence[str]) -> str:
    return re.sub(r"\\(\d)", lambda place: parts[int(place[1]) - 1], said)
