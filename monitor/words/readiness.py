"""Whether a meeting can be held, as staff read it: verdicts, rungs, what was found, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo

from monitor.words.catalogue import Catalogue, say
from monitor.words.probes import probe_name
from monitor.words.readiness_actions import ACTIONS
from monitor.words.voice import voice

VERDICTS: Catalogue = {
    "ready": ("Sẵn sàng", "ready"),
    "at_risk": ("Sẵn sàng có điều kiện", "at risk"),
    "not_ready": ("Chưa sẵn sàng", "not ready"),
    "unknown": ("Chưa rõ", "unknown"),
}
RUNGS: Catalogue = {
    "evidence": ("Kết quả đo", "evidence"),
    "maintenance": ("Bảo trì", "maintenance"),
    "uplink": ("Tuyến trên", "uplinks"),
    "ping": ("Ping", "ping"),
    "quality": ("Chất lượng đường truyền", "quality"),
    "capacity": ("Băng thông", "capacity"),
    "signalling": ("Báo hiệu", "signalling"),
    "registration": ("Đăng ký GK/SIP", "registration"),
    "device": ("Thiết bị", "device"),
    "certificate": ("Chứng thư", "certificate"),
    "call": ("Cuộc gọi", "call"),
    "history": ("Những ngày qua", "history"),
    "site": ("Người tại điểm cầu", "site"),
}
STAGES: Catalogue = {
    "planned": ("Đã lên lịch", "planned"),
    "day_before": ("Đã kiểm tra trước một ngày", "checked the day before"),
    "hour_before": ("Đã kiểm tra kỹ thuật", "technical check made"),
    "locked": ("Đã chốt báo cáo", "report sealed"),
    "live": ("Đang họp", "under way"),
    "over": ("Đã kết thúc", "over"),
}

FINDINGS: Catalogue = {
    "blind": ("bộ giám sát không nhìn thấy mạng", "the monitor itself can't see the network"),
    "not_judged": ("chưa có kết quả đo nào", "nothing was measured yet"),
    "stale": ("kết quả đo đã cũ", "the evidence is too old"),
    "judged": ("đã xác minh", "confirmed"),
    "fresh": ("đo cách đây {age_s}", "measured {age_s} ago"),
    "no_work": ("không trùng lịch bảo trì", "no work is announced over it"),
    "work_over": ("bảo trì trùng giờ họp: {work}", "announced work falls into the meeting: {work}"),
    "work_now": ("đang bảo trì nên chưa đo được: {work}", "under maintenance, so that nothing can be seen: {work}"),
    "uplinks_up": ("tuyến trên thông suốt", "its uplinks carry"),
    "uplink_down": ("tuyến trên mất kết nối: {uplink}", "cut off behind {uplink}"),
    "answers": ("có trả lời, độ trễ {rtt_s}", "it answers, round trip {rtt_s}"),
    "answers_otherwise": ("có trả lời, nhưng không trả lời ping", "it answers, though not to pings"),
    "silent": ("mất kết nối từ {since_at}", "no answer since {since_at}"),
    "still_off": ("chưa bật máy, im lặng từ {since_at}", "still switched off, silent since {since_at}"),
    "off_yet": ("chưa tới giờ bật máy ({until_at})", "not expected to be on before {until_at}"),
    "no_samples": ("chưa có gói đo nào", "no packets were sent yet"),
    "few_samples": ("chưa đủ mẫu: mới {packets:# gói}", "too few samples: only {packets:# packet|# packets}"),
    "loss": ("mất gói {loss_ratio} trên {packets:# gói}", "packet loss {loss_ratio} of {packets:# packet|# packets}"),
    "loss_below": (
        "mất {lost}/{packets:# gói}, chắc chắn dưới {bound_ratio}",
        "{lost} of {packets:# packet|# packets} lost: below {bound_ratio} for sure",
    ),
    "loss_unproven": (
        "mất {lost}/{packets:# gói}, chưa chắc dưới mức cho phép (có thể tới {bound_ratio})",
        "{lost} of {packets:# packet|# packets} lost: it may be as much as {bound_ratio}",
    ),
    "rtt": ("độ trễ {rtt_s}, ngưỡng {bound_s}", "round trip {rtt_s}, bound {bound_s}"),
    "rtt_usual": ("độ trễ {rtt_s}, thường ngày {usual_s}", "round trip {rtt_s}, usually {usual_s}"),
    "jitter": ("biến động trễ {jitter_s}, ngưỡng {bound_s}", "jitter {jitter_s}, bound {bound_s}"),
    "no_contract": ("chưa khai băng thông hợp đồng", "no contracted speed is known"),
    "carries": (
        "đủ băng thông: {calls} cuộc gọi cần {wanted_bps}, còn {free_bps}",
        "{calls:# call wants|# calls want} {wanted_bps}, {free_bps} are free",
    ),
    "carries_alone": (
        "đủ băng thông: cần {wanted_bps}, được dùng {free_bps} (chưa biết tải thường ngày)",
        "{calls:# call wants|# calls want} {wanted_bps} of {free_bps}; the usual load is not known",
    ),
    "overbooked": (
        "thiếu băng thông tại {circuit}: {calls} cuộc gọi cần {wanted_bps}, giờ này chỉ còn {free_bps}",
        "{circuit}: {calls:# call wants|# calls want} {wanted_bps}, only {free_bps} are free at that hour",
    ),
    "too_narrow": (
        "đường truyền {circuit} không đủ: cần {wanted_bps}, hợp đồng {contracted_bps}",
        "the circuit of {circuit} is too narrow: {wanted_bps} wanted, {contracted_bps} contracted",
    ),
    "signals": ("{protocol} có trả lời", "{protocol} answers"),
    "signals_by_agent": ("thiết bị báo {protocol} hoạt động", "the device says that {protocol} works"),
    "signalling_off": ("thiết bị báo {protocol} không hoạt động", "the device says that {protocol} does not work"),
    "stack_refuses": ("{protocol} trả lời từ chối ({status})", "{protocol} answers that it can't take calls ({status})"),
    "deaf": ("không trả lời {protocols}", "no answer on {protocols}"),
    "drops_strangers": (
        "phần mềm họp không trả lời người lạ, cần người tại chỗ xác nhận",
        "its soft client answers no strangers; somebody on site has to say",
    ),
    "signalling_unasked": ("chưa kiểm tra được báo hiệu", "signalling could not be asked"),
    "site_saw": ("{by} đã thử hình và tiếng", "{by} has tried picture and sound"),
    "registered": ("đã đăng ký {protocol}", "registered ({protocol})"),
    "unregistered": ("chưa đăng ký được {protocol}", "registration failed ({protocol})"),
    "registered_partly": ("đã đăng ký {protocol}, còn {failed} thì không", "registered by {protocol}, but not by {failed}"),
    "registration_lost": ("thiết bị không còn báo tình trạng đăng ký", "the device no longer tells whether it is registered"),
    "registration_untold": ("không có thông tin đăng ký", "nobody tells of its registration"),
    "device_well": ("thiết bị tốt", "the device is well"),
    "camera_failed": ("hỏng camera", "the camera has failed"),
    "microphone_failed": ("hỏng micro", "the microphone has failed"),
    "hardware_failed": ("lỗi phần cứng", "its hardware has failed"),
    "display_failed": ("hỏng màn hình", "the display has failed"),
    "component_failed": ("hỏng bộ phận {component}", "a part has failed: {component}"),
    "device_untold": ("thiết bị không báo tình trạng", "the device does not tell"),
    "certificate_valid": ("chứng thư còn hạn đến {until_at}", "valid until {until_at}"),
    "certificate_expired": ("chứng thư hết hạn từ {until_at}", "the certificate expired on {until_at}"),
    "certificate_ends": ("chứng thư hết hạn trước khi họp xong ({until_at})", "the certificate ends during it ({until_at})"),
    "certificate_untold": ("chưa thấy chứng thư", "no certificate to be seen"),
    "idle": ("đang rảnh", "it is free"),
    "busy": ("bận cuộc gọi khác", "busy in another call"),
    "busy_early": ("đang trong một cuộc gọi", "in a call"),
    "rehearsal": ("đang trong cuộc gọi cùng điểm cầu chủ trì", "in a call beside the host's"),
    "in_meeting": ("đang trong cuộc họp", "in the meeting"),
    "not_in_meeting": ("không ở trong cuộc gọi nào", "in no call"),
    "clash": ("trùng giờ với {meeting} (đến {until_at})", "takes part in {meeting} until {until_at}"),
    "call_untold": ("không có thông tin cuộc gọi", "nobody tells of calls"),
    "flapping_now": ("đang chập chờn", "it is flapping"),
    "flapped": (
        "đang tốt nhưng trong {past_s} qua mất kết nối {outages} lần",
        "well now, but cut off {outages:# time|# times} in {past_s}",
    ),
    "steady": ("trong {past_s} qua mất kết nối {outages} lần", "cut off {outages:# time|# times} in {past_s}"),
    "past_untold": ("chưa có lịch sử", "no history yet"),
    "site_good": ("{by} xác nhận tốt", "{by} says that it is well"),
    "site_fault": ("{by} báo lỗi: {note}", "{by} reports a fault: {note}"),
    "nobody_on_site": ("chưa ai xác nhận", "nobody has confirmed yet"),
    "not_looked": ("chưa kiểm tra được", "could not be looked at"),
}

MEETINGS: Catalogue = {
    "planned": ("chưa đến lượt kiểm tra", "its first check is still to come"),
    "nobody": ("không có điểm cầu nào", "it has no endpoints"),
    "host_not_ready": ("điểm cầu chủ trì chưa sẵn sàng", "its host is not ready"),
    "host_unknown": ("chưa rõ điểm cầu chủ trì", "nothing is known of its host"),
    "some_not_ready": (
        "{not_ready}/{of} điểm cầu chưa sẵn sàng",
        "{not_ready} of {of:# endpoint|# endpoints} {not_ready:is|are} not ready",
    ),
    "some_unknown": (
        "{unknown}/{of} điểm cầu chưa rõ",
        "{unknown} of {of:# endpoint|# endpoints} {unknown:is|are} unknown",
    ),
    "some_at_risk": (
        "{ready}/{of} điểm cầu sẵn sàng, còn lại có điều kiện",
        "{ready} of {of:# endpoint|# endpoints} {ready:is|are} ready, the others at risk",
    ),
    "all_ready": ("tất cả {of} điểm cầu sẵn sàng", "{of:# endpoint is|all # endpoints are} ready"),
}

GISTS: Catalogue = {
    "fresh": ("vừa đo xong", "measured just now"),
    "work_over": ("bảo trì trùng giờ họp", "announced work falls into the meeting"),
    "work_now": ("đang bảo trì nên chưa đo được", "under maintenance, so that nothing can be seen"),
    "uplink_down": ("tuyến trên mất kết nối", "cut off behind an uplink"),
    "answers": ("có trả lời", "it answers"),
    "silent": ("mất kết nối", "no answer"),
    "still_off": ("chưa bật máy", "still switched off"),
    "off_yet": ("chưa tới giờ bật máy", "not expected to be on yet"),
    "few_samples": ("chưa đủ mẫu", "too few samples"),
    "loss": ("mất gói quá mức cho phép", "too much packet loss"),
    "loss_below": ("mất gói dưới mức cho phép", "packet loss within bounds"),
    "loss_unproven": ("mất gói, chưa chắc dưới mức cho phép", "packet loss, not surely within bounds"),
    "rtt": ("độ trễ vượt ngưỡng", "round trip above its bound"),
    "rtt_usual": ("độ trễ cao hơn thường ngày", "round trip above its usual"),
    "jitter": ("biến động trễ vượt ngưỡng", "jitter above its bound"),
    "carries": ("đủ băng thông", "enough bandwidth"),
    "carries_alone": ("đủ băng thông (chưa biết tải thường ngày)", "enough bandwidth, the usual load is not known"),
    "overbooked": ("thiếu băng thông vào giờ họp", "too little bandwidth is free at that hour"),
    "too_narrow": ("đường truyền không đủ", "the circuit is too narrow"),
    "signals": ("báo hiệu có trả lời", "signalling answers"),
    "signals_by_agent": ("thiết bị cho biết báo hiệu hoạt động", "the device says that signalling works"),
    "signalling_off": ("thiết bị cho biết báo hiệu không hoạt động", "the device says that signalling does not work"),
    "stack_refuses": ("báo hiệu trả lời từ chối", "it answers that it can't take calls"),
    "deaf": ("báo hiệu không trả lời", "signalling does not answer"),
    "site_saw": ("kỹ thuật viên đã thử hình và tiếng", "a technician has tried picture and sound"),
    "registered": ("đã đăng ký", "registered"),
    "unregistered": ("chưa đăng ký được", "registration failed"),
    "registered_partly": ("chỉ đăng ký được một phần", "registered by one protocol, but not by another"),
    "component_failed": ("hỏng một bộ phận", "a part has failed"),
    "certificate_valid": ("chứng thư còn hạn", "the certificate is valid"),
    "certificate_expired": ("chứng thư đã hết hạn", "the certificate has expired"),
    "certificate_ends": ("chứng thư hết hạn trước khi họp xong", "the certificate ends during the meeting"),
    "clash": ("trùng giờ với phiên họp khác", "takes part in another meeting at that time"),
    "flapped": ("đang tốt nhưng mấy ngày qua mất kết nối nhiều lần", "well now, but cut off again and again these days"),
    "steady": ("mấy ngày qua ít mất kết nối", "seldom cut off these days"),
    "site_good": ("kỹ thuật viên xác nhận tốt", "a technician says that it is well"),
    "site_fault": ("kỹ thuật viên báo lỗi", "a technician reports a fault"),
}
"""Findings that tell numbers and names, without them: for a chart, whose metric carries none."""

_ALL: Catalogue = {**FINDINGS, **MEETINGS, **ACTIONS}


def tell_finding(
    code: str,
    values: Mapping[str, float | int | str],
    language: str,
    names: Mapping[str, str] | None = None,
    zone: tzinfo | None = None,
) -> str:
    """Return the sentence of a finding, a meeting's reason or an action.

    values: as in model.reason.Reason. What ends in _s is seconds, in _ratio 0 to 1, in _bps bit/s, in _at epoch seconds, told in
    `zone`. names: id → name, for values that are ids of targets.
    """
    speaker, known = voice(language), names or {}
    # A certificate ends in another year than this one.
    has_year = code.removeprefix("do_").startswith("certificate_")
    filled: dict[str, object] = {}
    for key, value in values.items():
        if isinstance(value, str):
            filled[key] = _protocols(value, language) if key.startswith("protocol") or key == "failed" else known.get(value, value)
        elif key.endswith("_at"):
            moment = datetime.fromtimestamp(value, zone)
            filled[key] = speaker.time(moment) if has_year else speaker.short_time(moment)
        else:
            filled[key] = speaker.value(key, value)
    return say(_ALL, code, language, **filled)


def _protocols(ids: str, language: str) -> str:
    return ", ".join(probe_name(each, language) for each in ids.split("+"))
