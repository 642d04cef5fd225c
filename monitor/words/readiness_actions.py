"""What to do next about an endpoint that is not ready: a sentence for each reason of words/readiness.py, under do_ and its code."""

from __future__ import annotations

from monitor.words.catalogue import Catalogue

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
_WAIT = ("chờ kết quả đo mới; nếu kéo dài, xem bộ giám sát", "wait for fresh evidence; if none comes, look at the monitor")

ACTIONS: Catalogue = {
    "do_blind": ("kiểm tra đường mạng của chính bộ giám sát", "look at the monitor's own network first"),
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
