"""What is said when an operator takes a root cause on or announces work: what can't be done and why, what commands print."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.words.catalogue import Catalogue, say
from monitor.words.states import STATES

# What can't be done, and under the same key with _cure what would do.
REFUSALS: Catalogue = {
    "no_target": ("không có điểm hay địa bàn nào tên '{name}'", "no target or area is called '{name}'"),
    "no_target_cure": ("`monitor sites list` liệt kê tất cả", "`monitor sites list` shows them all"),
    "misspelt": ("không có điểm hay địa bàn nào tên '{name}'", "no target or area is called '{name}'"),
    "misspelt_cure": ("có phải '{near}' không?", "did you mean '{near}'?"),
    "behind": (
        "{name} mất kết nối do tuyến trên, nguyên nhân gốc là {cause}",
        "{name} is cut off by its uplink; the root cause is {cause}",
    ),
    "behind_cure": ("nhận nguyên nhân gốc: {id}", "take the root cause on: {id}"),
    "not_down": (
        "{name} không phải nguyên nhân gốc: trạng thái {state}",
        "{name} is no root cause: its state is {state}",
    ),
    "not_down_cure": (
        "chỉ nhận được điểm đang mất kết nối hoặc chập chờn; `monitor ack` liệt kê",
        "only what is down or flapping can be taken on; `monitor ack` lists it",
    ),
    "not_taken": ("chưa ai nhận {name}", "nobody has {name}"),
    "not_taken_cure": (
        "không có gì để rút; `monitor ack` liệt kê",
        "there is nothing to withdraw; `monitor ack` lists who has what",
    ),
    "no_work": ("không có đợt bảo trì nào đang hay sắp diễn ra là '{name}'", "no maintenance, present or to come, is '{name}'"),
    "no_work_cure": (
        "`monitor maintenance list` liệt kê; đợt ghi trong monitor.yaml thì sửa ở đó",
        "`monitor maintenance list` shows them; what stands in monitor.yaml is changed there",
    ),
    "many_works": ("'{name}' thuộc nhiều đợt bảo trì: {numbers}", "'{name}' is of several maintenances: {numbers}"),
    "many_works_cure": ("nêu số của đợt cần kết thúc", "give the number of the one to be ended"),
    "no_cover": ("chưa nêu điểm hay địa bàn nào để bảo trì", "neither a target nor an area is named"),
    "no_cover_cure": ("nêu ít nhất một mã điểm hoặc mã địa bàn", "name at least one target or area by its id"),
    "too_long": ("đợt bảo trì dài {lasts}, tối đa 31 ngày", "the maintenance lasts {lasts}; 31 days are the most"),
    "too_long_cure": (
        "việc dài hơn thì khai trong `maintenance:` của monitor.yaml",
        "write longer work into `maintenance:` of monitor.yaml",
    ),
    "over": ("đợt bảo trì đã kết thúc trước lúc này", "the maintenance would be over before now"),
    "over_cure": ("cho thời điểm bắt đầu muộn hơn hoặc thời lượng dài hơn", "give a later start or a longer time"),
    "missing": ("thiếu `{field}`", "`{field}` is missing"),
    "missing_cure": ("gửi {form}", "send {form}"),
    "too_many_letters": ("`{field}` dài {letters} ký tự, tối đa {most}", "`{field}` has {letters} letters; {most} are the most"),
    "too_many_letters_cure": ("viết ngắn hơn", "write less"),
    "no_duration": ("`{field}`: '{text}' không phải thời lượng", "`{field}`: '{text}' is no duration"),
    "no_duration_cure": ("viết như 30m, 2h hoặc 1d", "write it as 30m, 2h or 1d"),
    "no_time": ("`{field}`: '{text}' không phải thời điểm", "`{field}`: '{text}' is no time"),
    "no_time_cure": ("viết như 22:00 hoặc 2026-11-30T22:00", "write it as 22:00 or 2026-11-30T22:00"),
    "no_object": ("nội dung gửi lên không phải JSON như mong đợi", "the body is not the JSON that is expected"),
    "no_object_cure": ("gửi {form}", "send {form}"),
    "sealed_later": (
        "báo cáo của {name} do phiên bản mới hơn chốt; phiên bản này không có lời của báo cáo đó",
        "the report of {name} was sealed by a later version, in words that this one does not have",
    ),
    "sealed_later_cure": ("mở bằng phiên bản đó hoặc mới hơn", "open it with that version or a later one"),
}

OPERATIONS: Catalogue = {
    "unreachable_daemon": (
        "không liên lạc được với bộ giám sát tại {origin}: {reason}",
        "the daemon at {origin} can't be reached: {reason}",
    ),
    "unreachable_daemon_cure": (
        "kiểm tra `systemctl status monitor`, hoặc chỉ địa chỉ bằng --daemon URL",
        "see `systemctl status monitor`, or give its address with --daemon URL",
    ),
    "odd_answer": ("{origin} không trả lời như bộ giám sát ({status})", "{origin} does not answer as the daemon does ({status})"),
    "odd_answer_cure": (
        "xem có chương trình khác giữ cổng đó không, hoặc chỉ địa chỉ bằng --daemon URL",
        "see whether another program has that port, or give the daemon's address with --daemon URL",
    ),
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
    "no_name": ("chưa nêu ai nhận", "nobody is named"),
    "no_name_cure": ("thêm --by TÊN, là tên hoặc vai trò của người nhận", "add --by NAME, the name or role of who takes it on"),
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


def refuse(key: str, values: Mapping[str, float | int | str], language: str) -> tuple[str, str]:
    """Return why something can't be done, and what would do. values: what the sentences are filled with; a `state` by its id."""
    told = dict(values)
    if "state" in told:
        told["state"] = say(STATES, str(told["state"]), language).lower()
    return say(REFUSALS, key, language, **told), say(REFUSALS, f"{key}_cure", language, **told)
