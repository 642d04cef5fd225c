"""What commands print when an operator takes a root cause on or announces work."""

from __future__ import annotations

from monitor.words.catalogue import Catalogue

OPERATIONS: Catalogue = {
    "id": ("Mã", "Id"),
    "where": ("Nơi hỏng", "What broke"),
    "since": ("Từ", "Since"),
    "hit": ("Kéo theo", "Takes down"),
    "who": ("Người xử lý", "Who has it"),
    "untaken": ("chưa ai nhận", "nobody"),
    "taken": ("{by} {time}{note}", "{by} {time}{note}"),
    "none_open": ("Không có nguyên nhân gốc nào.", "There is no root cause."),
    "took": ("{by} đã nhận {name}.", "{by} has {name}."),
    "withdrew": ("{name}: không còn ai nhận.", "{name}: nobody has it any more."),
    "number": ("Số", "No."),
    "covers": ("Bảo trì", "Covers"),
    "when": ("Khi nào", "When"),
    "reason": ("Lý do", "Reason"),
    "by": ("Người báo", "By"),
    "everything": ("toàn bộ", "everything"),
    "none_announced": ("Không có đợt bảo trì nào đang hay sắp diễn ra.", "No maintenance is under way or announced."),
    "announced": ("Bảo trì số {number}: {covers}, {span}.", "Maintenance {number}: {covers}, {span}."),
    "ended": ("Đã kết thúc bảo trì số {number}: {covers}.", "Maintenance {number} is ended: {covers}."),
}
