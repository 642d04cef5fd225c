"""What probes bring beside their numbers, as staff read it: why nothing answers, what is missing, where a path breaks.

One clause for every code of a Reading's detail and learned, of PathTrace.describe, and of a Transition's evidence. What came from
outside (the text of an error, the phrase of a status line, the name of an interface) is a value, and told as it came.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from monitor.words.catalogue import Catalogue, say
from monitor.words.faults.system import tell_system
from monitor.words.probes import OUTCOMES, probe_name
from monitor.words.readiness import VERDICTS
from monitor.words.wire_faults import WIRE_FAULTS


class Coded(Protocol):
    """A code, what its sentence is filled with, and what lies under it: model.reason.Reason."""

    @property
    def code(self) -> str:
        """Return the code."""
        ...

    @property
    def values(self) -> Mapping[str, float | int | str]:
        """Return the values."""
        ...

    @property
    def because(self) -> Sequence[Coded]:
        """Return what lies under it."""
        ...


_ANSWERS: Catalogue = {
    "no_answer": ("im lặng", "no answer"),
    "unanswered": ("im lặng sau {tries:# lần hỏi}", "no answer to {tries:# try|# tries}"),
    "unanswered_for": ("im lặng sau {tries:# lần hỏi} trong {waited_s}", "no answer to {tries:# try|# tries} in {waited_s}"),
    "retry_unsent": (
        "im lặng, và không gửi được lần hỏi lại: {because}",
        "no answer, and the retry could not be sent: {because}",
    ),
    "not_complete": ("chưa đọc xong sau {deadline_s}", "not complete after {deadline_s}"),
    "pace_too_slow": (
        "chưa đọc xong kịp với {per_second} lần hỏi mỗi giây",
        "not complete in time at {per_second:# request|# requests} a second",
    ),
    "recording_silent": ("bản ghi không trả lời", "the recording does not answer"),
    "port_closed": ("cổng SNMP đóng: không có agent nào ở đó", "port unreachable: no agent listens there"),
    "network_unreachable": ("{reporter} báo không tới được (network unreachable)", "network unreachable from {reporter}"),
    "host_unreachable": ("{reporter} báo không tới được (host unreachable)", "host unreachable from {reporter}"),
    "port_unreachable": ("{reporter} báo không tới được (port unreachable)", "port unreachable from {reporter}"),
    "prohibited": ("{reporter} báo bị chặn (prohibited)", "prohibited from {reporter}"),
    "hops_exceeded": ("{reporter} báo quá số chặng (time to live exceeded)", "time to live exceeded from {reporter}"),
    "icmp_error": ("{reporter} báo ICMP loại {type} mã {number}", "ICMP type {type} code {number} from {reporter}"),
}
_AGENTS: Catalogue = {
    "agent_status": ("agent báo lỗi {status}", "the agent answers {status}"),
    "lacks_objects": (
        "agent thiếu hơn {most} giá trị được hỏi",
        "the agent lacks more than {most} of the objects asked for",
    ),
    "other_objects": (
        "agent trả lời giá trị khác với giá trị được hỏi",
        "the answer names other objects than were asked for",
    ),
    "answer_from": (
        "có trả lời từ {address} cổng {port}; nếu đúng là thiết bị đó thì thêm vào answers_from",
        "an answer came from {address} port {port}; if it is the same device, add it to answers_from",
    ),
    "wrong_request_id": (
        "request-id {asked!s} được trả lời bằng {answered!s}",
        "request-id {asked!s} answered with {answered!s}",
    ),
    "wrong_reply": (
        "gói trả lời có community, phiên bản hoặc loại khác với gói hỏi",
        "the answer has another community, version or type than was asked for",
    ),
    "oversized": ("gói trả lời quá dài: {octets:# octet}", "oversized answer: {octets:# octet|# octets}"),
    "malformed": ("gói trả lời không đọc được: {because}", "malformed answer: {because}"),
    "no_interface": (
        "không cổng nào khớp '{pattern}'; hiện có {names}",
        "no interface matches '{pattern}'; there are {names}",
    ),
    "no_interfaces": (
        "không cổng nào khớp '{pattern}'; hiện không có cổng nào",
        "no interface matches '{pattern}'; there are none",
    ),
    "interface_unread": ("không đọc được cổng {interface}", "interface {interface} could not be read"),
    "interfaces": ("bảng cổng: {because}", "interfaces: {because}"),
    "of_column": ("{oid}: {because}", "{oid}: {because}"),
    "after_rows": ("{because}, sau {rows:# dòng}", "{because}, after {rows:# row|# rows}"),
    "status_after_rows": ("{status} sau {rows:# dòng}", "{status} after {rows:# row|# rows}"),
    "endless": ("sau {requests:# lần hỏi} bảng vẫn chưa hết", "still not at its end after {requests:# request|# requests}"),
    "no_values": ("gói trả lời không có giá trị", "an answer without values"),
    "not_increasing": ("OID không tăng: {oid} sau {after}", "names do not increase: {oid} after {after}"),
    "too_many_rows": ("quá {rows:# dòng}", "more than {rows:# row|# rows}"),
    "silent_to_encrypted": (
        "im lặng với gói mã hóa tuy vẫn gửi report: sai khóa hoặc thuật toán mã hóa",
        "silent to what is encrypted, though it reports: wrong privacy key or protocol",
    ),
    "wrong_authentication_key": (
        "sai khóa hoặc thuật toán xác thực (user '{user}')",
        "wrong authentication key or protocol (user '{user}')",
    ),
    "wrong_privacy_key": (
        "sai khóa hoặc thuật toán mã hóa (user '{user}')",
        "wrong privacy key or protocol (user '{user}')",
    ),
    "unknown_user": ("agent không biết người dùng này (user '{user}')", "the agent knows no such user (user '{user}')"),
    "security_level": (
        "agent không cho người dùng này mức bảo mật đã chọn (user '{user}')",
        "the agent does not permit this security level for the user (user '{user}')",
    ),
    "time_window": (
        "lệch giờ với agent dù đã đồng bộ lại (user '{user}')",
        "not in the agent's time window, even after resynchronising (user '{user}')",
    ),
    "wrong_authentication": (
        "xác thực của gói trả lời không đúng (user '{user}')",
        "the answer's authentication is wrong (user '{user}')",
    ),
    "pysnmp": ("pysnmp: {error}", "pysnmp: {error}"),
    "shared_engine": (
        "snmpEngineID {engine_id} cũng là của {owner}: nếu là hai thiết bị thì đặt cho mỗi thiết bị một mã riêng",
        "snmpEngineID {engine_id} is also that of {owner}: if these are two devices, give each its own",
    ),
}
_OURS: Catalogue = {
    "os_error": ("{error}", "{error}"),
    "no_buffer": ("bộ giám sát hết bộ đệm để gửi", "no buffer space for the packet"),
    "overflow": (
        "không tính: bộ đệm nhận của bộ giám sát tràn {dropped} gói",
        "void: our receive buffer overflowed by {dropped:# packet|# packets}",
    ),
    "loop_late": (
        "không tính: chính bộ giám sát chậm {late_s}",
        "void: our own loop was late by {late_s}",
    ),
    "stalled": ("không tính: bộ giám sát bị treo {stalled_s}", "void: we were stalled for {stalled_s}"),
    "stopped_sending": ("không tính: bộ giám sát bị dừng khi đang gửi", "void: we were stopped while sending"),
    "own_fault": ("lỗi của chính bộ giám sát: {error}", "a fault of the monitor's own: {error}"),
    "stopping": ("bộ giám sát đang dừng", "the monitor is stopping"),
    "closed": ("bộ giám sát đã thôi hỏi", "the prober was closed"),
    "socket_closed": ("socket đã đóng", "the socket was closed"),
    "not_sent": ("không gửi được", "not sent"),
    "nothing_asked": ("không có gói nào cần gửi", "no packets are asked for"),
    "partly_unsent": (
        "{refused} trên {packets} gói không gửi được: {because}",
        "{refused} of {packets:# packet|# packets} not sent: {because}",
    ),
    "no_reply": ("{requests:# gói} không có trả lời", "no reply to {requests:# request|# requests}"),
    "unresolved": ("tên '{name}' không có địa chỉ: {because}", "the name '{name}' has no address: {because}"),
    "unresolved_yet": ("DNS chưa trả lời", "no answer yet"),
    "no_host_name": ("không phải tên máy hợp lệ", "it is no host name"),
    "needs_pysnmp": ("phiên bản {version} cần engine: pysnmp", "version {version} needs engine: pysnmp"),
    "no_ip_version": ("máy này không dùng IPv{version}", "this machine does not speak IPv{version}"),
    "no_ip_socket": ("chưa mở được socket IPv{version}", "no IPv{version} socket is open"),
    "no_raw_socket": (
        "không được phép dùng raw socket (CAP_NET_RAW)",
        "raw sockets are not permitted (CAP_NET_RAW)",
    ),
}
_CONFERENCE: Catalogue = {
    "by_transport": ("{transport}: {because}", "{transport}: {because}"),
    "tcp_refuses": ("cổng TCP {port} từ chối", "TCP port {port} refuses"),
    "tcp_silent": ("cổng TCP {port} im lặng", "no answer from TCP port {port}"),
    "tcp_error": ("cổng TCP {port}: {because}", "TCP port {port}: {because}"),
    "tcp_mute": ("cổng TCP {port} mở nhưng không nói gì", "TCP port {port} is open and says nothing"),
    "no_handshake": (
        "cổng TCP {port} nhận kết nối nhưng không bắt tay TLS",
        "TCP port {port} takes connections, but shakes no hands",
    ),
    "request_unanswered": (
        "cổng TCP {port} nhận kết nối nhưng không kịp trả lời",
        "TCP port {port} takes connections, but answers no request in time",
    ),
    "tls": ("TLS: {because}", "TLS: {because}"),
    "http": ("HTTP: {because}", "HTTP: {because}"),
    "document": ("{path}: {because}", "{path}: {because}"),
    "page_status": ("{path}: {status}", "{path}: {status}"),
    "login_refused": ("{path}: {status}; kiểm tra tài khoản", "{path}: {status}; check its login"),
    "sip_status": ("{status}", "{status}"),
    "provisional": ("chỉ có trả lời tạm {status}, không có trả lời cuối", "{status} and no more"),
    "other_request": ("trả lời cho yêu cầu khác", "it answers another request"),
    "udp_refused": ("cổng UDP đóng (port unreachable)", "port unreachable"),
    "unreachable_from": ("{reporter} báo không tới được", "unreachable, says {reporter}"),
    "gatekeeper": ("gatekeeper: {because}", "gatekeeper: {because}"),
    "gatekeeper_at": ("gatekeeper {address}: {because}", "gatekeeper {address}: {because}"),
    "registered": ("đã đăng ký", "registered"),
    "registered_at": ("đã đăng ký ở {signalling}", "registered at {signalling}"),
    "registration_refused": ("{answer}", "{answer}"),
    "no_such_alias": (
        "alias '{alias}' không hợp lệ, không hỏi gatekeeper được",
        "no gatekeeper can be asked for the alias '{alias}'",
    ),
}
_RAS: Catalogue = {
    "notRegistered": ("chưa đăng ký (notRegistered)", "notRegistered"),
    "unallocatedNumber": ("số này không cấp cho ai (unallocatedNumber)", "unallocatedNumber"),
    "invalidPermission": ("không cho bộ giám sát hỏi (invalidPermission)", "invalidPermission"),
    "requestDenied": ("từ chối trả lời (requestDenied)", "requestDenied"),
    "undefinedReason": ("từ chối, không nêu lý do (undefinedReason)", "undefinedReason"),
    "securityDenial": ("từ chối vì bảo mật (securityDenial)", "securityDenial"),
    "securityError": ("từ chối vì lỗi bảo mật (securityError)", "securityError"),
    "resourceUnavailable": ("gatekeeper hết tài nguyên (resourceUnavailable)", "resourceUnavailable"),
    "incompleteAddress": ("alias chưa đủ số (incompleteAddress)", "incompleteAddress"),
    "noRouteToDestination": ("không có đường gọi tới đó (noRouteToDestination)", "noRouteToDestination"),
}
"""Reasons of a gatekeeper by their names in H.225.0, which are English enough."""
_LEARNED: Catalogue = {
    "fewer_rows": (
        "từ nay mỗi lần hỏi {size:# dòng}: {because}",
        "asked for {size:# row|# rows} at a time from now on: {because}",
    ),
    "fewer_objects": (
        "từ nay mỗi lần hỏi {size:# giá trị}: {because}",
        "asked for {size:# object|# objects} at a time from now on: {because}",
    ),
    "at_repetitions": ("{because} khi hỏi {tried:# dòng}", "{because} at {tried:# repetition|# repetitions}"),
    "at_objects": ("{because} khi hỏi {tried:# giá trị}", "{because} at {tried:# object|# objects}"),
    "status": ("{status}", "{status}"),
    "larger_lost": (
        "im lặng, tuy hỏi {answered:# giá trị} thì trả lời,",
        "silence, though {answered:# is answered|# are answered},",
    ),
    "slow": (
        "trả lời sau {took_s}: từ nay chờ {wait_s} thay vì {timeout_s}",
        "answers in {took_s}: waited for {wait_s} instead of {timeout_s} from now on",
    ),
    "slow_no_longer": (
        "lại trả lời sau {took_s}: không còn chờ lâu hơn {timeout_s}",
        "answers in {took_s} again: no longer waited for longer than {timeout_s}",
    ),
    "usual_answer": ("thường trả lời sau {usual_s}", "answers in {usual_s} as a rule"),
}
_EVIDENCE: Catalogue = {
    "pings": ("ICMP {received}/{sent}", "ICMP {received}/{sent}"),
    "pings_in": ("ICMP {received}/{sent}, {rtt_s}", "ICMP {received}/{sent}, {rtt_s}"),
    "probe_failed": ("{probe}: {because}", "{probe}: {because}"),
    "probe_ended": ("{probe} {outcome}", "{probe} {outcome}"),
    "outcome": ("{outcome}", "{outcome}"),
    "verdicts": ("{count} {verdict}", "{count} {verdict}"),
}
PATHS: Catalogue = {
    "path_after": ("đứt sau chặng {hop}, {address}", "the path breaks after hop {hop}, {address}"),
    "path_beyond": ("đứt sau {address}", "the path breaks after {address}"),
    "path_mute": ("không chặng nào trên tuyến trả lời", "no router on the path answers"),
    "path_whole": ("tuyến thông: {address} trả lời ở chặng {hop}", "the path is whole: {address} answers at hop {hop}"),
    "path_untraced": ("chưa dò được tuyến: {because}", "path not traced: {because}"),
}
OF_OLD_JOURNALS: Catalogue = {
    # Text of version 0.1 that no form of the migration knows.
    "text": ("{text}", "{text}"),
    # Second names of codes above.
    "no_room": _OURS["no_buffer"],
    "no_ip_version_here": _OURS["no_ip_version"],
    "closed_without_response": WIRE_FAULTS["closed_unanswered"],
    "long_headers": WIRE_FAULTS["long_head"],
    # xml_at and xml_encoding, when the parser's own sentence was handed on.
    "no_xml": ("không phải XML: {error}", "no XML: {error}"),
}
"""Codes that nothing writes any more, and that rows of journals hold."""
DETAILS: Catalogue = {
    **_ANSWERS,
    **_AGENTS,
    **_OURS,
    **_CONFERENCE,
    **_LEARNED,
    **_EVIDENCE,
    **PATHS,
    **WIRE_FAULTS,
    **OF_OLD_JOURNALS,
}


def tell_details(reasons: Sequence[Coded], language: str) -> str:
    """Return what reasons say, in their order; '' where there are none. A code without words is told as it is."""
    return "; ".join(_detail_text(each, language) for each in reasons)


def _detail_text(reason: Coded, language: str) -> str:
    if reason.code not in DETAILS:
        return reason.code
    values = {name: _word(name, value, language) for name, value in reason.values.items()}
    if "errno" in values:
        values["error"] = tell_system(str(values["errno"]), str(values["error"]), language)
    return say(DETAILS, reason.code, language, because=tell_details(reason.because, language), **values)


def _word(name: str, value: float | int | str, language: str) -> float | int | str:
    """Return what a value that is itself a code is called; all others as they are."""
    if name == "probe":
        return probe_name(str(value), language)
    if name == "transport":
        return str(value).upper()
    if name == "verdict":
        return say(VERDICTS, str(value), language).lower()
    known = _CODES.get(name, {})
    return say(known, str(value), language) if value in known else value


_CODES: Mapping[str, Catalogue] = {"outcome": OUTCOMES, "answer": _RAS}


def path_text(path: Coded | None, language: str) -> str:
    """Return where a path breaks; '' for None, and where nothing could be traced."""
    return "" if path is None or path.code == "path_untraced" else tell_details((path,), language)
