"""What the availability report says."""

from __future__ import annotations

from monitor.words.catalogue import Catalogue

AVAILABILITY: Catalogue = {
    "title": ("Báo cáo độ khả dụng", "Availability report"),
    "period": ("Từ {start} đến {end}", "From {start} to {end}"),
    "made": ("Lập lúc {at}, theo nhật ký của bộ giám sát", "Made at {at} from the monitor's journal"),
    "points": ("Điểm mạng", "Points"),
    "endpoints": ("Điểm cầu", "Endpoints"),
    "summary": (
        "{kind}: khả dụng {ratio}; {outages:# lần} mất kết nối, cộng {down} giờ:phút",
        "{kind}: {ratio} available; {outages:# outage|# outages}, {down} h:min in all",
    ),
    "watched": (
        "Quan sát được {ratio} thời gian của kỳ; phần còn lại chưa rõ, không tính vào độ khả dụng",
        "{ratio} of the period was watched; the rest is unknown and counts neither for nor against availability",
    ),
    "levels": ("Theo cấp", "By level"),
    "areas": ("Theo địa bàn", "By area"),
    "worst": ("Thấp nhất", "The lowest"),
    "causes": ("Nguyên nhân gốc", "Root causes"),
    "targets": ("Mọi điểm", "All targets"),
    "level": ("Cấp", "Level"),
    "area": ("Địa bàn", "Area"),
    "name": ("Tên", "Name"),
    "id": ("Mã", "ID"),
    "kind": ("Loại", "Kind"),
    "ratio": ("Khả dụng", "Available"),
    "outages": ("Số lần", "Outages"),
    "down": ("Mất kết nối", "Down"),
    "longest": ("Dài nhất", "Longest"),
    "available": ("Hoạt động", "Up"),
    "unreachable": ("Mất do tuyến trên", "Unreachable"),
    "maintenance": ("Bảo trì", "Maintenance"),
    "standby": ("Nghỉ", "Standby"),
    "unseen": ("Chưa rõ", "Unknown"),
    "point_ratio": ("Điểm mạng", "Points"),
    "point_down": ("giờ:phút mất", "h:min down"),
    "endpoint_ratio": ("Điểm cầu", "Endpoints"),
    "endpoint_down": ("giờ:phút mất", "h:min down"),
    "own": ("Bản thân", "Itself"),
    "took_points": ("Điểm mạng", "Points"),
    "took_endpoints": ("Điểm cầu", "Endpoints"),
    "cause": ("Nguyên nhân", "Cause"),
    "causes_note": (
        "Thời gian mà mỗi nguyên nhân làm mất của chính nó, của các điểm mạng và điểm cầu phía sau (giờ:phút, cộng dồn).",
        "The time that each cause took from itself, and from points and endpoints behind it (h:min, added up).",
    ),
    "worst_note": (
        "{count} điểm có độ khả dụng thấp nhất trong số {all} điểm từng tự mất kết nối.",
        "The {count:# lowest|# lowest} of {all} that {all:was|were} down by {all:itself|themselves}.",
    ),
    "no_outage": ("Không điểm nào tự mất kết nối.", "Nothing was down by itself."),
    "how": (
        "Độ khả dụng = thời gian hoạt động / (hoạt động + mất kết nối). Không tính: bảo trì ({maintenance} giờ:phút), "
        "nghỉ ({standby}), chưa rõ ({unseen}), mất do tuyến trên ({unreachable}; tính cho nguyên nhân gốc).",
        "Availability = up / (up + down). Left out: maintenance ({maintenance} h:min), standby ({standby}), unknown ({unseen}), "
        "unreachable ({unreachable}; charged to its cause).",
    ),
    "own_side": (
        "Bộ giám sát không nhìn thấy mạng {blind}, ngừng chạy {stopped} (giờ:phút trong kỳ).",
        "The monitor saw nothing for {blind} and did not run for {stopped} (h:min of the period).",
    ),
    "nothing": ("Nhật ký không có gì về kỳ này.", "The journal holds nothing of this period."),
    "written": ("Đã ghi {path}", "Written: {path}"),
}
