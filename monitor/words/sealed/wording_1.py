"""The words of version 0.1, in which the reports that it sealed are told: a frozen copy, used for nothing else and never changed.

Also what is said otherwise today stays as it was: 0,04% is what <0,1% was then, 71,109 s are 20 giờ, an English date is 2026-11-23.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo

from monitor.words.catalogue import Catalogue, say

REPORT: Catalogue = {
    "title_before": ("Báo cáo sẵn sàng trước phiên họp", "Readiness report before the meeting"),
    "meeting": ("{title}, {start} đến {end}", "{title}, {start} to {end}"),
    "made": ("Lập lúc {at}, bằng chứng đến {judged}", "Made at {at}, evidence until {judged}"),
    "sealed": ("Đã chốt, SHA-256 của nội dung: {seal}", "Sealed, SHA-256 of its content: {seal}"),
    "verdict": ("Kết luận: {verdict}. {reason}.", "Verdict: {verdict}. {reason}."),
    "host": ("Chủ trì: {name}", "Host: {name}"),
    "counted": (
        "{ready} sẵn sàng, {at_risk} có điều kiện, {unknown} chưa rõ, {not_ready} chưa sẵn sàng trong {all} điểm cầu; "
        "kỹ thuật viên đã xác nhận {confirmed}",
        "{ready} ready, {at_risk} at risk, {unknown} unknown, {not_ready} not ready of {all} endpoints; "
        "{confirmed} confirmed on site",
    ),
    "blasts": ("Một chỗ hỏng, nhiều điểm vắng", "One fault, many absent"),
    "wrong": ("Chưa sẵn sàng và có điều kiện", "Not ready and at risk"),
    "areas": ("Theo địa bàn", "By area"),
    "all": ("Mọi điểm cầu", "All endpoints"),
    "evidence": ("Bằng chứng", "Evidence"),
    "name": ("Điểm cầu", "Endpoint"),
    "id": ("Mã", "ID"),
    "area": ("Địa bàn", "Area"),
    "level": ("Cấp", "Level"),
    "verdict_of": ("Kết luận", "Verdict"),
    "why": ("Lý do", "Why"),
    "to_do": ("Việc cần làm", "To do"),
    "call": ("Gọi", "Call"),
    "site": ("Tại chỗ", "On site"),
    "site_good": ("{by} xác nhận tốt {at}", "{by}: good, {at}"),
    "site_fault": ("{by} báo hỏng {at}: {note}", "{by}: a fault, {at}: {note}"),
    "disputed": ("trái với máy đo", "machine and people disagree"),
    "cause": ("Nguyên nhân", "Cause"),
    "endpoints": ("Số điểm cầu", "Endpoints"),
    "ready_after": ("Sẵn sàng nếu sửa xong", "Ready once it is mended"),
    "step": ("Bậc", "Step"),
    "holds": ("Đạt", "Holds"),
    "found": ("Tìm thấy", "Found"),
    "at": ("Lúc", "At"),
    "yes": ("đạt", "yes"),
    "no": ("không", "no"),
    "unsaid": ("chưa rõ", "unknown"),
    "how": (
        "Chưa rõ không bao giờ tính là sẵn sàng. Máy đo và người tại chỗ đứng cạnh nhau, không bên nào tự xóa bên kia.",
        "Unknown never counts as ready. Machine and people on site stand side by side; neither overrules the other.",
    ),
    "how_sealed": (
        "Nội dung đã chốt nằm trong nhật ký; bộ giám sát từ chối lập báo cáo nếu nội dung không còn khớp mã trên.",
        "What was sealed is in the journal; the monitor makes no report of what does not match that hash any more.",
    ),
}
VERDICTS: Catalogue = {
    "ready": ("Sẵn sàng", "ready"),
    "at_risk": ("Sẵn sàng có điều kiện", "at risk"),
    "not_ready": ("Chưa sẵn sàng", "not ready"),
    "unknown": ("Chưa rõ", "unknown"),
}
STEPS: Catalogue = {
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
LEVELS: Catalogue = {
    "central": ("Trung ương", "central"),
    "province": ("Cấp tỉnh", "province"),
    "district": ("Cấp huyện", "district"),
    "commune": ("Cấp xã", "commune"),
}
_FINDINGS: Catalogue = {
    "blind": ("máy giám sát đang không nhìn thấy mạng", "the monitor itself can't see the network"),
    "not_judged": ("chưa có kết quả đo nào", "nothing was measured yet"),
    "stale": ("kết quả đo đã cũ", "the evidence is too old"),
    "judged": ("đã xác minh", "confirmed"),
    "fresh": ("kết quả đo mới {age_s}", "measured {age_s} ago"),
    "no_work": ("không trùng lịch bảo trì", "no work is announced over it"),
    "work_over": ("bảo trì trùng giờ họp: {work}", "announced work falls into the meeting: {work}"),
    "work_now": ("đang bảo trì nên chưa đo được: {work}", "under maintenance, so that nothing can be seen: {work}"),
    "uplinks_up": ("tuyến trên thông suốt", "its uplinks carry"),
    "uplink_down": ("tuyến trên mất kết nối: {uplink}", "cut off behind {uplink}"),
    "answers": ("có trả lời, độ trễ {rtt_s}", "it answers, round trip {rtt_s}"),
    "answers_otherwise": ("có trả lời, không qua ping", "it answers, though not to pings"),
    "silent": ("mất kết nối từ {since_at}", "no answer since {since_at}"),
    "still_off": ("chưa bật máy, im lặng từ {since_at}", "still switched off, silent since {since_at}"),
    "off_yet": ("chưa tới giờ bật máy ({until_at})", "not expected to be on before {until_at}"),
    "no_samples": ("chưa có gói đo nào", "no packets were sent yet"),
    "few_samples": ("chưa đủ mẫu: mới {packets} gói", "too few samples: only {packets} packets"),
    "loss": ("mất gói {loss_ratio} trên {packets} gói", "packet loss {loss_ratio} of {packets} packets"),
    "loss_below": (
        "mất {lost}/{packets} gói, chắc chắn dưới {bound_ratio}",
        "{lost} of {packets} packets lost: below {bound_ratio} for sure",
    ),
    "loss_unproven": (
        "mất {lost}/{packets} gói, chưa chắc dưới mức cho phép (có thể tới {bound_ratio})",
        "{lost} of {packets} packets lost: it may be as much as {bound_ratio}",
    ),
    "rtt": ("độ trễ {rtt_s}, ngưỡng {bound_s}", "round trip {rtt_s}, bound {bound_s}"),
    "rtt_usual": ("độ trễ {rtt_s}, thường ngày {usual_s}", "round trip {rtt_s}, usually {usual_s}"),
    "jitter": ("biến động trễ {jitter_s}, ngưỡng {bound_s}", "jitter {jitter_s}, bound {bound_s}"),
    "no_contract": ("chưa khai băng thông hợp đồng", "no contracted speed is known"),
    "carries": (
        "đủ băng thông: {calls} cuộc gọi cần {wanted_bps}, còn {free_bps}",
        "{calls} calls want {wanted_bps}, {free_bps} are free",
    ),
    "carries_alone": (
        "đủ băng thông: cần {wanted_bps}, được dùng {free_bps} (chưa biết tải thường ngày)",
        "{calls} calls want {wanted_bps} of {free_bps}; the usual load is not known",
    ),
    "overbooked": (
        "thiếu băng thông tại {circuit}: {calls} cuộc gọi cần {wanted_bps}, giờ này chỉ còn {free_bps}",
        "{circuit}: {calls} calls want {wanted_bps}, only {free_bps} are free at that hour",
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
    "registration_lost": ("thiết bị thôi báo tình trạng đăng ký", "the device no longer tells whether it is registered"),
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
    "certificate_untold": ("không có chứng thư để xem", "no certificate to be seen"),
    "idle": ("đang rảnh", "it is free"),
    "busy": ("bận cuộc gọi khác", "busy in another call"),
    "busy_early": ("đang trong một cuộc gọi", "in a call"),
    "rehearsal": ("đang trong cuộc gọi cùng điểm cầu chủ trì", "in a call beside the host's"),
    "in_meeting": ("đang trong cuộc họp", "in the meeting"),
    "not_in_meeting": ("không ở trong cuộc gọi nào", "in no call"),
    "clash": ("trùng giờ với {meeting} (đến {until_at})", "takes part in {meeting} until {until_at}"),
    "call_untold": ("không có thông tin cuộc gọi", "nobody tells of calls"),
    "flapping_now": ("đang chập chờn", "it is flapping"),
    "flapped": ("đang tốt nhưng {past_s} qua mất kết nối {outages} lần", "well now, but cut off {outages} times in {past_s}"),
    "steady": ("{past_s} qua mất kết nối {outages} lần", "cut off {outages} times in {past_s}"),
    "past_untold": ("chưa có lịch sử", "no history yet"),
    "site_good": ("{by} xác nhận tốt", "{by} says that it is well"),
    "site_fault": ("{by} báo lỗi: {note}", "{by} reports a fault: {note}"),
    "nobody_on_site": ("chưa ai xác nhận", "nobody has confirmed yet"),
    "not_looked": ("chưa xem được", "could not be looked at"),
}
_MEETINGS: Catalogue = {
    "planned": ("chưa đến lượt kiểm tra", "its first check is still to come"),
    "nobody": ("không có điểm cầu nào", "it has no endpoints"),
    "host_not_ready": ("điểm cầu chủ trì chưa sẵn sàng", "its host is not ready"),
    "host_unknown": ("chưa rõ điểm cầu chủ trì", "nothing is known of its host"),
    "some_not_ready": ("{not_ready}/{of} điểm cầu chưa sẵn sàng", "{not_ready} of {of} endpoints are not ready"),
    "some_unknown": ("{unknown}/{of} điểm cầu chưa rõ", "{unknown} of {of} endpoints are unknown"),
    "some_at_risk": (
        "{ready}/{of} điểm cầu sẵn sàng, còn lại có điều kiện",
        "{ready} of {of} endpoints are ready, the others at risk",
    ),
    "all_ready": ("tất cả {of} điểm cầu sẵn sàng", "all {of} endpoints are ready"),
}
_ON_SITE = (
    "gọi đầu mối kỹ thuật tại điểm cầu kiểm tra và xác nhận hình, tiếng",
    "call the technician on site to check it and to confirm picture and sound",
)
_LINE = (
    "báo nhà mạng thử đường truyền, dự phòng 4G hoặc điểm cầu khác",
    "have the carrier test the line; keep 4G or another site ready",
)
_CODEC = (
    "nhờ kỹ thuật tại chỗ khởi động lại thiết bị; không được thì đổi thiết bị dự phòng",
    "have the technician restart the device; else take the spare one",
)
_REGISTER = (
    "kiểm tra địa chỉ, tài khoản GK/SIP trên thiết bị và trạng thái trên MCU",
    "check the gatekeeper's or SIP server's address and account on the device, and its state on the MCU",
)
_LIGHTEN = (
    "hạ tốc độ cuộc gọi hoặc giảm tải đường truyền trong giờ họp",
    "lower the call rate, or keep other traffic off the line",
)
_WAIT = ("chờ kết quả đo mới; nếu kéo dài, xem máy giám sát", "wait for fresh evidence; if none comes, look at the monitor")

_ACTIONS: Catalogue = {
    "do_blind": ("kiểm tra đường mạng của chính máy giám sát", "look at the monitor's own network first"),
    "do_not_judged": _WAIT,
    "do_stale": _WAIT,
    "do_work_over": ("dời việc bảo trì ra ngoài giờ họp", "move the work out of the meeting"),
    "do_work_now": ("hỏi người bảo trì bao giờ xong, rồi kiểm tra lại", "ask when the work ends, then check again"),
    "do_uplink_down": (
        "khắc phục tuyến trên trước: gọi trực ca nhà mạng; hỏi điện lực nếu mất điện",
        "mend the uplink first: call the carrier's shift, and the power company if the power is out",
    ),
    "do_silent": (
        "hỏi kỹ thuật tại chỗ: có điện không, thiết bị có bật không; rồi gọi trực ca nhà mạng",
        "ask on site whether there is power and the device is on; then call the carrier's shift",
    ),
    "do_still_off": ("nhờ điểm cầu bật máy ngay", "have the site switch it on now"),
    "do_off_yet": ("nhắc điểm cầu bật máy trước giờ họp 60 phút", "remind the site to switch on an hour before"),
    "do_no_samples": _WAIT,
    "do_few_samples": ("chờ đo đủ mẫu hoặc chạy kiểm tra ngay", "wait for more samples, or check now"),
    "do_loss": _LINE,
    "do_loss_unproven": (
        "chạy kiểm tra lại để đo thêm; nếu còn mất gói, báo nhà mạng",
        "check again; if packets are still lost, call the carrier",
    ),
    "do_rtt": _LINE,
    "do_rtt_usual": _LINE,
    "do_jitter": _LINE,
    "do_overbooked": _LIGHTEN,
    "do_too_narrow": _LIGHTEN,
    "do_signalling_off": _CODEC,
    "do_stack_refuses": _CODEC,
    "do_deaf": _CODEC,
    "do_drops_strangers": _ON_SITE,
    "do_signalling_unasked": _ON_SITE,
    "do_unregistered": _REGISTER,
    "do_registered_partly": _REGISTER,
    "do_registration_lost": _REGISTER,
    "do_camera_failed": _CODEC,
    "do_microphone_failed": _CODEC,
    "do_hardware_failed": _CODEC,
    "do_display_failed": ("dùng màn hình dự phòng", "take the spare display"),
    "do_component_failed": _CODEC,
    "do_certificate_expired": ("gia hạn chứng thư của thiết bị", "renew the device's certificate"),
    "do_certificate_ends": ("gia hạn chứng thư của thiết bị trước giờ họp", "renew the device's certificate before the meeting"),
    "do_busy": ("gọi điểm cầu rời cuộc gọi đang diễn ra", "have the site leave the call it is in"),
    "do_clash": ("thống nhất với hai đơn vị chủ trì ai dùng điểm cầu", "agree with both hosts who takes the site"),
    "do_flapping_now": _LINE,
    "do_flapped": (
        "báo nhà mạng theo dõi đường truyền trong giờ họp, chuẩn bị dự phòng",
        "have the carrier watch the line during the meeting, and keep a spare one ready",
    ),
    "do_site_fault": ("gọi lại người tại điểm cầu và xử lý lỗi đã báo", "call the site back about the fault"),
}

_SENTENCES: Catalogue = {**_FINDINGS, **_MEETINGS, **_ACTIONS}


def tell(
    code: str,
    values: Mapping[str, float | int | str],
    language: str,
    names: Mapping[str, str] | None = None,
    zone: tzinfo | None = None,
) -> str:
    """Return the sentence of a finding, a meeting's reason or an action, as words.readiness.tell does."""
    known = names or {}
    return say(_SENTENCES, code, language, **{key: _read(key, value, language, known, zone) for key, value in values.items()})


def _read(key: str, value: float | int | str, language: str, names: Mapping[str, str], zone: tzinfo | None) -> str:
    if isinstance(value, str):
        return (
            value.upper().replace("H323", "H.323").replace("+", ", ")
            if key.startswith("protocol") or key == "failed"
            else names.get(value, value)
        )
    if key.endswith("_at"):
        return datetime.fromtimestamp(value, zone).strftime(
            "%H:%M %d/%m/%Y" if key == "until_at" and value > 4e9 else "%H:%M %d/%m"
        )
    if key.endswith("_ratio"):
        text = f"{value * 100:.2f}".rstrip("0").rstrip(".") + "%"
    elif key.endswith("_bps"):
        text = f"{value / 1e6:.3g} Mbit/s" if value < 1e9 else f"{value / 1e9:.3g} Gbit/s"
    elif key.endswith("_s"):
        text = _duration(value, language)
    else:
        text = f"{value:g}"
    return text.replace(".", ",") if language == "vi" else text


def _duration(seconds: float, language: str) -> str:
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    minutes, hours, days = ("phút", "giờ", "ngày") if language == "vi" else ("min", "h", "days")
    for least, size, unit in ((172_800, 86_400, days), (7_200, 3_600, hours), (120, 60, minutes)):
        if seconds >= least:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def moment(at: datetime, language: str) -> str:
    """Return a local time to the second."""
    return at.strftime("%H:%M:%S %d/%m/%Y" if language == "vi" else "%Y-%m-%d %H:%M:%S")


def span(start: datetime, end: datetime, _language: str) -> tuple[str, str]:
    """Return when a meeting begins and ends, in local time."""
    return start.strftime("%H:%M"), end.strftime("%H:%M %d/%m/%Y")
