"""What the reports before and after a meeting say beside verdicts, findings and actions."""

from __future__ import annotations

from monitor.words.catalogue import Catalogue

MEETING_REPORT: Catalogue = {
    "title_before": ("Báo cáo sẵn sàng trước phiên họp", "Readiness report before the meeting"),
    "title_after": ("Báo cáo sau phiên họp", "Report after the meeting"),
    "meeting": ("{title}, {start} đến {end}", "{title}, {start} to {end}"),
    "made": ("Lập lúc {at}, bằng chứng đến {judged}", "Made at {at}, evidence until {judged}"),
    "sealed": ("Đã chốt, SHA-256 của nội dung: {seal}", "Sealed, SHA-256 of its content: {seal}"),
    "sealed_before": ("Báo cáo trước phiên đã chốt, SHA-256: {seal}", "The report before it was sealed, SHA-256: {seal}"),
    "not_sealed": ("Chưa chốt: còn thay đổi theo bằng chứng mới", "Not sealed: it still changes with new evidence"),
    "verdict": ("Kết luận: {verdict}. {reason}.", "Verdict: {verdict}. {reason}."),
    "host": ("Chủ trì: {name}", "Host: {name}"),
    "platform": ("Nền tảng: {name}", "Platform: {name}"),
    "carrier": ("Nhà mạng: {name}", "Carrier: {name}"),
    "counted": (
        "{ready} sẵn sàng, {at_risk} có điều kiện, {unknown} chưa rõ, {not_ready} chưa sẵn sàng trong {all} điểm cầu; "
        "kỹ thuật viên đã xác nhận {confirmed}",
        "{ready} ready, {at_risk} at risk, {unknown} unknown, {not_ready} not ready of {all:# endpoint|# endpoints}; "
        "{confirmed} confirmed on site",
    ),
    "missed": (
        "{count} trong {all} điểm cầu vắng khi họp, cộng {minutes} giờ:phút",
        "{count} of {all:# endpoint|# endpoints} {count:was|were} absent while it was under way, {minutes} h:min in all",
    ),
    "nothing_missed": ("Không điểm cầu nào vắng khi họp", "No endpoint was absent while it was under way"),
    "losses": ("Vắng khi họp", "Absent while under way"),
    "by_cause": ("Theo nguyên nhân", "By cause"),
    "blasts": ("Một chỗ hỏng, nhiều điểm vắng", "One fault, many absent"),
    "wrong": ("Chưa sẵn sàng và có điều kiện", "Not ready and at risk"),
    "none_wrong": ("Mọi điểm cầu sẵn sàng.", "Every endpoint is ready."),
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
    "itself": ("tại điểm cầu", "the endpoint itself"),
    "minutes": ("giờ:phút vắng", "h:min absent"),
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
