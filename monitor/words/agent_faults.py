"""What an agent does that no agent should, as staff read it: one sentence for every deed of model/agent_fault.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from monitor.words.catalogue import Catalogue, say
from monitor.words.probe_details import Coded, tell_details

COMPLAINTS: Catalogue = {
    "malformed": ("trả lời của agent không đọc được: {because}", "agent's answers can't be decoded: {because}"),
    "oversized": ("trả lời của agent dài quá mức: {octets:# octet}", "agent's answers are far too long: {octets:# octet|# octets}"),
    "wrong_id": (
        "agent trả lời sai request-id ({asked!s} được trả lời bằng {answered!s})",
        "agent answers with a wrong request-id ({asked!s} answered with {answered!s})",
    ),
    "wrong_reply": (
        "agent trả lời bằng community, phiên bản hoặc loại PDU khác",
        "agent answers with another community, version or PDU type than it was asked with",
    ),
    "elsewhere": (
        "agent trả lời từ địa chỉ khác, {address} cổng {port}; nếu đúng là thiết bị đó thì thêm vào answers_from",
        "agent's answers come from another address, {address} port {port}; if it is the same device, add it to answers_from",
    ),
    "late": ("agent trả lời trễ {late_s}, khi đã thôi chờ", "agent answers after {late_s}, when it has been given up"),
    "loops": (
        "bảng của agent không kết thúc: OID không tăng ({oid} sau {after})",
        "walk of the agent does not end: OID did not increase ({oid} after {after})",
    ),
    "endless": ("bảng của agent không kết thúc: quá {rows:# dòng}", "walk of the agent does not end: beyond {rows:# row|# rows}"),
    "dies": (
        "agent im lặng giữa chừng khi đọc bảng, sau {rows:# dòng}",
        "agent falls silent in the middle of a walk, after {rows:# row|# rows}",
    ),
    "too_big": ("agent báo tooBig dù chỉ hỏi một giá trị", "agent answers tooBig even to a single value"),
    "shared_engine": (
        "hai thiết bị trùng snmpEngineID {engine_id}: {one} và {other}",
        "two devices share snmpEngineID {engine_id}: {one} and {other}",
    ),
    "floods": (
        "agent gửi {datagrams:# gói} mỗi giây không ai hỏi",
        "agent sends {datagrams:# datagram|# datagrams} a second that nobody asked for",
    ),
    "over": ("đã hết: {complaint} (kéo dài {lasted})", "no longer: {complaint} (for {lasted})"),
    "unheard": ("không còn thấy: {complaint} (kéo dài {lasted})", "not seen for an hour: {complaint} (for {lasted})"),
    "more": (
        "còn {count:# lỗi} khác của các agent, không kể từng lỗi",
        "{count:# more misbehaviour of agents was|# more misbehaviours of agents were} not told one by one",
    ),
}


def complain(deed: str, values: Mapping[str, float | int | str], language: str, because: Sequence[Coded] = ()) -> str:
    """Return what an agent does, as a sentence without its full stop. deed, values, because: as in model.misdeed.Misdeed."""
    return say(COMPLAINTS, deed, language, because=tell_details(because, language), **values)
