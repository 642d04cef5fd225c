"""What the pages say beside states and reasons."""

from __future__ import annotations

from monitor.words.catalogue import Catalogue, say
from monitor.words.voice import voice

PAGE: Catalogue = {
    "title": ("Toàn tỉnh", "The province"),
    "no_page": ("Không có trang này", "There is no such page"),
    "no_page_why": (
        "Điểm, phiên họp hoặc trang ở địa chỉ này không có, hoặc không còn trong cấu hình.",
        "No target, meeting or page has this address, or it is no longer in the configuration.",
    ),
    "not_shown": ("Không hiển thị được trang này", "This page can't be shown"),
    "not_shown_why": (
        "Bộ giám sát không hiểu hoặc không đáp ứng được địa chỉ này.",
        "The monitor can't make sense of this address, or can't answer it now.",
    ),
    "busy": ("Bộ giám sát đang bận", "The monitor is busy"),
    "busy_why": ("Trang này chưa hiển thị được ngay lúc này.", "This page can't be shown just now."),
    "to_the_province": ("Về trang toàn tỉnh", "To the page of the province"),
    "runbooks": ("Sổ tay xử lý", "Runbooks"),
    "contents": ("Mục lục", "Contents"),
    "how_to_mend": ("Cách xử lý", "What to do"),
    "skip": ("Đến phần trạng thái các điểm", "Skip to the state of every point"),
    "last_round": ("Vòng đo cuối", "Last round"),
    "ago": ("{age} trước", "{age} ago"),
    "no_round": ("chưa có", "none yet"),
    "fresh": ("Dữ liệu mới", "Fresh data"),
    "monitor": ("Bộ giám sát", "Monitor"),
    "monitor_good": ("Tốt", "Good"),
    "monitor_blind": ("Không nhìn thấy", "Blind"),
    "monitor_lost": ("Mất liên lạc", "No contact"),
    "blind": (
        "Bộ giám sát không nhìn thấy mạng từ {time}. Dưới đây là trạng thái lúc đó, không phải bây giờ.",
        "The monitor can't see the network since {time}. Below is the state of that moment, not of now.",
    ),
    "lost": (
        "Màn hình mất liên lạc với bộ giám sát từ {time}, đang nối lại. Dưới đây là trạng thái lúc đó.",
        "This screen lost the monitor at {time} and is reconnecting. Below is the state of that moment.",
    ),
    "other_language": ("English", "Tiếng Việt"),
    "light": ("Nền sáng", "Light"),
    "dark": ("Nền tối", "Dark"),
    "points": ("Điểm mạng", "Points"),
    "endpoints": ("Điểm cầu", "Endpoints"),
    "endpoint": ("Điểm cầu", "Endpoint"),
    "counts": ("Số điểm theo trạng thái", "Targets by state"),
    "more_than_hour_ago": ("nhiều hơn một giờ trước {count}", "{count} more than an hour ago"),
    "causes": ("Nguyên nhân gốc", "Root causes"),
    "causes_sum": (
        "{count:# chỗ hỏng} làm mất {points:# điểm mạng}, {endpoints:# điểm cầu}",
        "{count:# fault takes|# faults take} {points:# point|# points} and {endpoints:# endpoint|# endpoints}",
    ),
    "causes_more": ("còn {count} chỗ khác", "{count} more"),
    "causes_none": ("Không có chỗ hỏng nào.", "Nothing is broken."),
    "causes_last": ("Lần cuối: {name}, lúc {time}, kéo dài {age}.", "The last: {name} at {time}, for {age}."),
    "causes_waiting": ("Đang chờ kết quả đo đầu tiên.", "Waiting for the first readings."),
    "hit_points": ("{count:# điểm mạng}", "{count:# point|# points}"),
    "hit_endpoints": ("{count:# điểm cầu}", "{count:# endpoint|# endpoints}"),
    "since": ("từ {time}", "since {time}"),
    "taken": ("đã nhận {time}", "took it {time}"),
    "untaken": ("chưa ai nhận", "nobody has it"),
    "call": ("Gọi {role}", "Call {role}"),
    "show_up": ("Hiện {count} điểm hoạt động", "Show {count} that are up"),
    "show_unreachable": ("Hiện {count} điểm mất do tuyến trên", "Show {count} behind an uplink"),
    "show_both": ("Hiện {up} hoạt động, {unreachable} mất do tuyến trên", "Show {up} up, {unreachable} behind an uplink"),
    "show_less": ("Thu gọn", "Show less"),
    "links": ("Đường truyền kém nhất", "Worst links"),
    "links_note": ("{window} · vạch {load} hợp đồng", "{window} · tick at {load} of contract"),
    "links_none": ("Chưa có số đo.", "No measurements yet."),
    "link": ("Điểm", "Point"),
    "loss": ("Mất gói", "Loss"),
    "rtt": ("Trễ", "RTT"),
    "rtt_usual": ("/thường", "/usual"),
    "load": ("Tải", "Load"),
    "over": ("vượt ngưỡng", "over the limit"),
    "far_over": ("vượt xa ngưỡng", "far over the limit"),
    "changes": ("Thay đổi trong giờ qua", "Changes in the last hour"),
    "changes_count": ("{count} lần", "{count}"),
    "changes_none": ("Không có thay đổi nào.", "Nothing changed."),
    "many_points": ("{count:# điểm} {place}", "{count:# point|# points} {place}"),
    "many_endpoints": ("{count:# điểm cầu} {place}", "{count:# endpoint|# endpoints} {place}"),
    "many_targets": ("{count:# điểm} {place}", "{count:# target|# targets} {place}"),
    "foot": (
        "Ô: dấu trái là điểm mạng, dấu phải là điểm cầu. Viền: đổi trong 5 phút qua.",
        "Tile: left mark the point, right mark its worst endpoint. Ring: changed in the last 5 minutes.",
    ),
    "tile": ("{name}: {state}", "{name}: {state}"),
    "tile_endpoint": ("điểm cầu: {state}", "endpoint: {state}"),
    "tile_endpoints": ("{count} điểm cầu, tệ nhất: {state}", "{count} endpoints, the worst: {state}"),
    "close": ("Đóng", "Close"),
    "card_cause": ("Nguyên nhân gốc", "Root cause"),
    "card_why": ("Lý do", "Why"),
    "card_loss": ("Mất gói", "Packet loss"),
    "card_rtt": ("Độ trễ", "Round trip"),
    "card_usual": ("thường lệ {rtt}", "usually {rtt}"),
    "card_jitter": ("Biến động trễ", "Jitter"),
    "card_snmp": ("SNMP", "SNMP"),
    "card_snmp_up": ("trả lời", "answers"),
    "card_snmp_down": ("không trả lời", "no answer"),
    "card_snmp_none": ("không hỏi", "not asked"),
    "card_complaint": ("Lỗi agent", "Misbehaves"),
    "card_traffic": ("Lưu lượng", "Traffic"),
    "card_receive": ("xuống {rate}", "down {rate}"),
    "card_transmit": ("lên {rate}", "up {rate}"),
    "card_contract": ("Hợp đồng", "Contract"),
    "card_address": ("Địa chỉ", "Address"),
    "card_uplink": ("Tuyến trên", "Uplink"),
    "card_behind": ("Phía sau", "Behind it"),
    "card_who": ("Người xử lý", "Who has it"),
    "card_contacts": ("Liên hệ", "Contacts"),
    "card_endpoints": ("Điểm cầu", "Endpoints"),
    "card_flapping": ("chập chờn", "flapping"),
    "say_by": ("Người nhận", "Who"),
    "say_by_hint": ("ca trực, VNPT…", "shift, carrier…"),
    "say_note": ("Ghi chú", "Note"),
    "say_note_hint": ("đã gọi ai, chờ gì", "whom was called, what is awaited"),
    "say_take": ("Nhận xử lý", "Take it on"),
    "say_take_over": ("Nhận thay", "Take it over"),
    "say_withdraw": ("Rút lại", "Withdraw"),
    "say_failed": ("Chưa ghi được: mất liên lạc với bộ giám sát. Thử lại.", "Not written: no contact with the monitor. Try again."),
    "card_failed": ("Không lấy được chi tiết; thử lại sau.", "The details can't be had; try again."),
    "window": ("{count} gói trong {window}", "{count} packets in {window}"),
    "nothing": ("–", "–"),
}

_SHORT_WEEKDAYS = (("T2", "T3", "T4", "T5", "T6", "T7", "CN"), ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))


def counted(kind: str, count: int, language: str) -> str:
    """Return how many `points` or `endpoints` are hit."""
    return say(PAGE, f"hit_{kind}", language, count=count)


def short_weekdays(language: str) -> tuple[str, ...]:
    """Return the days of the week, Monday first, as tables write them."""
    return _SHORT_WEEKDAYS[0 if language == "vi" else 1]


def percent(ratio: float, language: str, digits: int = 0) -> str:
    """Return a share of 1 as a percentage."""
    return voice(language).percent(ratio, digits)


def milliseconds(seconds: float, language: str) -> str:
    """Return a time as milliseconds without the unit."""
    return voice(language).bare_milliseconds(seconds)


def rate(bps: float, language: str) -> str:
    """Return bit/s."""
    return voice(language).rate(bps)


def age(seconds: float, language: str) -> str:
    """Return how long something lasts."""
    return voice(language).duration(seconds)
