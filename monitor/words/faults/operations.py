"""Why a root cause can't be taken on, nor work announced or ended, as an operator asks."""

from __future__ import annotations

from monitor.words.catalogue import Catalogue
from monitor.words.states import STATES

OPERATIONS: Catalogue = {
    "no_target_or_area": ("không có điểm hay địa bàn nào tên '{name}'", "no target or area is called '{name}'"),
    "no_target_or_area_cure": ("`monitor sites list` liệt kê tất cả", "`monitor sites list` shows them all"),
    # Taking on.
    "behind": (
        "{name} mất kết nối do tuyến trên, nguyên nhân gốc là {cause}",
        "{name} is cut off by its uplink; the root cause is {cause}",
    ),
    "behind_cure": ("nhận nguyên nhân gốc: {id}", "take the root cause on: {id}"),
    "not_down": ("{name} không phải nguyên nhân gốc: trạng thái {state}", "{name} is no root cause: its state is {state}"),
    "not_down_cure": (
        "chỉ nhận được điểm đang mất kết nối hoặc chập chờn; `monitor ack` liệt kê",
        "only what is down or flapping can be taken on; `monitor ack` lists it",
    ),
    **{f"state_{state}": (vietnamese.lower(), english.lower()) for state, (vietnamese, english) in STATES.items()},
    "not_taken": ("chưa ai nhận {name}", "nobody has {name}"),
    "not_taken_cure": (
        "không có gì để rút; `monitor ack` liệt kê",
        "there is nothing to withdraw; `monitor ack` lists who has what",
    ),
    "nobody_named": ("chưa nêu ai nhận", "nobody is named"),
    "nobody_named_cure": (
        "thêm --by TÊN, là tên hoặc vai trò của người nhận",
        "add --by NAME, the name or role of who takes it on",
    ),
    # Maintenance.
    "no_work": ("không có đợt bảo trì nào đang hay sắp diễn ra là '{name}'", "no maintenance, present or to come, is '{name}'"),
    "no_work_cure": (
        "`monitor maintenance list` liệt kê; đợt ghi trong monitor.yaml thì sửa ở đó",
        "`monitor maintenance list` shows them; what stands in monitor.yaml is changed there",
    ),
    "many_works": ("'{name}' thuộc nhiều đợt bảo trì: {numbers}", "'{name}' is of several maintenances: {numbers}"),
    "many_works_cure": ("nêu số của đợt cần kết thúc", "give the number of the one to be ended"),
    "no_cover": ("chưa nêu điểm hay địa bàn nào để bảo trì", "neither a target nor an area is named"),
    "no_cover_cure": ("nêu ít nhất một mã điểm hoặc mã địa bàn", "name at least one target or area by its id"),
    "work_too_long": ("đợt bảo trì dài {lasts_s}, tối đa {most_s}", "the maintenance lasts {lasts_s}; {most_s} are the most"),
    "work_too_long_cure": (
        "việc dài hơn thì khai trong `maintenance:` của monitor.yaml",
        "write longer work into `maintenance:` of monitor.yaml",
    ),
    "work_over": ("đợt bảo trì đã kết thúc trước lúc này", "the maintenance would be over before now"),
    "work_over_cure": ("chọn thời điểm bắt đầu muộn hơn hoặc thời lượng dài hơn", "give a later start or a longer time"),
    "sealed_later": (
        "báo cáo của {name} do phiên bản mới hơn chốt; phiên bản này không có lời của báo cáo đó",
        "the report of {name} was sealed by a later version, in words that this one does not have",
    ),
    "sealed_later_cure": ("mở bằng phiên bản đó hoặc mới hơn", "open it with that version or a later one"),
    # What was given, on a command line or in a form.
    "given_no_time": ("{name}: '{text}' không phải thời điểm", "{name}: '{text}' is no time"),
    "given_no_time_cure": ("viết như 22:00 hoặc 2026-11-30T22:00", "write it like 22:00 or 2026-11-30T22:00"),
    "given_too_far": ("{name}: '{text}' còn hơn {most} năm nữa", "{name}: '{text}' is more than {most:# year|# years} away"),
    "given_too_far_cure": ("kiểm tra lại năm", "check the year"),
    "given_no_duration": ("{name}: '{text}' không phải thời lượng", "{name}: '{text}' is no duration"),
    "given_no_duration_cure": ("viết như 30m, 2h hoặc 1d", "write it like 30m, 2h or 1d"),
    "field_missing": ("thiếu '{field}'", "'{field}' is missing"),
    "field_too_long": (
        "'{field}' dài {letters} ký tự, tối đa {most}",
        "'{field}' has {letters:# letter|# letters}, more than {most}",
    ),
    "field_too_long_cure": ("viết ngắn hơn", "write less"),
    "send_form": ("gửi {form}", "send {form}"),
}
