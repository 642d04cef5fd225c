"""Why a state is what it is, as staff read it: one sentence for every code of model.reason.Reason, its values filled in."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.words.catalogue import Catalogue, say
from monitor.words.faults.system import tell_system
from monitor.words.probes import probe_name
from monitor.words.voice import voice

REASONS: Catalogue = {
    "start": ("chưa có kết quả đo nào từ khi khởi động", "nothing measured since the start"),
    "answers": ("có trả lời", "it answers"),
    "silent": ("không trả lời {bursts:# loạt gói} liên tiếp", "{bursts:# burst|# bursts in a row} went unanswered"),
    "behind": ("nằm sau {uplink} đang mất kết nối", "it hangs on {uplink}, which is down"),
    "behind_maintenance": ("nằm sau {uplink} đang bảo trì", "it hangs on {uplink}, which is under maintenance"),
    "behind_standby": ("nằm sau {uplink} đang nghỉ", "it hangs on {uplink}, which is on standby"),
    "maintenance": ("đang bảo trì: {work}", "announced work: {work}"),
    "not_expected": ("ngoài giờ cần hoạt động", "it is not expected to answer at this hour"),
    "stale": ("chưa có kết quả đo mới", "no fresh evidence"),
    "uplink_returned": ("tuyến trên vừa có lại, đang chờ trả lời", "its uplink has just returned, its own answer is awaited"),
    "probe_silent": (
        "{probe} trước đây có trả lời, nay im {readings} lần liền",
        "{probe} used to answer, silent {readings:# time|# times in a row}",
    ),
    "probe_failing": ("{probe} trả lời lỗi {readings} lần liền", "{probe} answers with errors, {readings:# time|# times in a row}"),
    "loss": ("mất gói {loss_ratio} trên {packets:# gói}", "packet loss {loss_ratio} of {packets:# packet|# packets}"),
    "rtt": ("độ trễ {rtt_s}, ngưỡng {bound_s}", "round trip {rtt_s}, bound {bound_s}"),
    "rtt_usual": (
        "độ trễ {rtt_s}, thường ngày {usual_s}",
        "round trip {rtt_s}, usually {usual_s}",
    ),
    "jitter": ("biến động trễ {jitter_s}, ngưỡng {bound_s}", "jitter {jitter_s}, bound {bound_s}"),
    "flapping": ("chập chờn: {change_ratio} số lần đo đổi trạng thái", "flapping: {change_ratio} of the checks changed its state"),
    "blind_silent": (
        "điểm gốc và mọi mốc đối chiếu đều im lặng",
        "the root and everything that proves our sight are silent",
    ),
    "blind_sends": (
        "bộ giám sát không gửi được: {refused} trên {attempted:#} loạt bị từ chối ({refusal})",
        "we can't send: the kernel refused {refused} of {attempted:# burst|# bursts} ({refusal})",
    ),
    "blind_carrier": ("cổng {link} của máy chạy bộ giám sát mất tín hiệu", "our own link {link} has no carrier"),
    # In journals of version 0.1 only: a late loop blinds no more.
    "blind_lag": ("bộ giám sát bị treo {lag_s}", "the monitor itself stalled for {lag_s}"),
    "blind_drops": (
        "nhân hệ điều hành của máy chạy bộ giám sát bỏ {drops} gói trả lời",
        "our kernel dropped {drops:# reply|# replies}",
    ),
}


def explain(code: str, values: Mapping[str, float | int | str], language: str, names: Mapping[str, str] | None = None) -> str:
    """Return the sentence of a reason.

    values: as in model.reason.Reason, read by what their names end with (Voice.value). names: id → name, for values that are ids of
    targets.
    """
    known = names or {}
    return say(REASONS, code, language, **{key: _read(key, value, language, known) for key, value in values.items()})


def _read(key: str, value: float | int | str, language: str, names: Mapping[str, str]) -> object:
    if key == "probe":
        return probe_name(str(value), language)
    if key == "refusal":
        # The kernel's own sentence in journals of before, which has no words.
        return tell_system(str(value), "", language)
    if isinstance(value, str):
        return names.get(value, value)
    return voice(language).value(key, value)
