"""Every code that readiness can say has a sentence in both languages, and every one that is in the way has an action."""

from __future__ import annotations

import re
from datetime import timedelta, timezone
from pathlib import Path
from string import Formatter

import pytest

from monitor.model.meeting import Rung, Stage, Verdict
from monitor.words.readiness import FINDINGS, GISTS, MEETINGS, RUNGS, STAGES, VERDICTS, tell_finding
from monitor.words.readiness_actions import ACTIONS

RULES = Path(__file__).parents[2] / "monitor" / "rules" / "readiness"
SOURCE = "\n".join((RULES / f"{name}.py").read_text(encoding="utf-8") for name in ("checks", "device_checks"))
LOCAL = timezone(timedelta(hours=7))
FAILS = r"""fails\((?:rung|Rung\.\w+), (?:Verdict\.\w+|verdict), "(\w+)\""""
HOLDS = r"""(?:holds|not_counted)\((?:rung|Rung\.\w+), "(\w+)\""""
IN_THE_WAY = set(re.findall(FAILS, SOURCE)) | {"component_failed", "display_failed", "certificate_expired", "certificate_ends"}
IN_THE_WAY |= {f"{part}_failed" for part in ("camera", "microphone", "hardware")}
SAID = IN_THE_WAY | set(re.findall(HOLDS, SOURCE))


def test_every_noun_has_its_word() -> None:
    assert [set(VERDICTS), set(RUNGS), set(STAGES)] == [{each.value for each in kind} for kind in (Verdict, Rung, Stage)]


def test_every_code_of_the_rules_has_a_sentence() -> None:
    assert len(SAID) > 40
    assert set() == SAID - FINDINGS.keys()


def test_what_tells_numbers_or_names_is_also_told_without() -> None:
    assert {code for code, told in FINDINGS.items() if "{" in "".join(told)} == GISTS.keys()
    assert [] == [told for told in GISTS.values() if "{" in "".join(told)]


def test_everything_in_the_way_has_an_action_and_nothing_else_has() -> None:
    assert {f"do_{code}" for code in IN_THE_WAY} == ACTIONS.keys()


@pytest.mark.parametrize("catalogue", [FINDINGS, MEETINGS, ACTIONS, VERDICTS, RUNGS, STAGES])
def test_both_languages_name_the_same_values(catalogue: dict[str, tuple[str, str]]) -> None:
    for code, texts in catalogue.items():
        named = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in texts]
        spare = {"calls"} if code in ("carries_alone",) else set()
        assert named[0] ^ named[1] <= spare, code
        assert all(texts)


@pytest.mark.parametrize(
    ("code", "values", "vi", "en"),
    [
        ("uplink_down", {"uplink": "huyen"}, "tuyến trên mất kết nối: UBND huyện", "cut off behind UBND huyện"),
        ("few_samples", {"packets": 20}, "chưa đủ mẫu: mới 20 gói", "too few samples: only 20 packets"),
        ("loss", {"loss_ratio": 0.034, "packets": 118}, "mất gói 3,4% trên 118 gói", "packet loss 3.4% of 118 packets"),
        ("unregistered", {"protocol": "sip+h323"}, "chưa đăng ký được SIP, H.323", "registration failed (SIP, H.323)"),
        ("silent", {"since_at": 1_764_460_800.0}, "mất kết nối từ 07:00 30/11", "no answer since 07:00 30/11"),
        ("fresh", {"age_s": 14.0}, "đo cách đây 14 s", "measured 14 s ago"),
        ("fresh", {"age_s": 3_600}, "đo cách đây 1 giờ", "measured 1 h ago"),
        (
            "loss_below",
            {"packets": 600, "lost": 1, "bound_ratio": 0.01},
            "mất 1/600 gói, chắc chắn dưới 1%",
            "1 of 600 packets lost: below 1% for sure",
        ),
        (
            "overbooked",
            {"circuit": "huyen", "calls": 1, "wanted_bps": 512_000, "free_bps": 0},
            "thiếu băng thông tại UBND huyện: 1 cuộc gọi cần 512 kbit/s, giờ này chỉ còn 0 bit/s",
            "UBND huyện: 1 call wants 512 kbit/s, only 0 bit/s are free at that hour",
        ),
        (
            "flapped",
            {"outages": 1, "past_s": 604_800},
            "đang tốt nhưng trong 7 ngày qua mất kết nối 1 lần",
            "well now, but cut off 1 time in 7 d",
        ),
        (
            "clash",
            {"meeting": "Giao ban", "until_at": 1_764_460_800.0},
            "trùng giờ với Giao ban (đến 07:00 30/11)",
            "takes part in Giao ban until 07:00 30/11",
        ),
        (
            "certificate_valid",
            {"until_at": 1_795_996_800.0},
            "chứng thư còn hạn đến 07:00 30/11/2026",
            "valid until 07:00 30/11/2026",
        ),
        ("all_ready", {"of": 1}, "tất cả 1 điểm cầu sẵn sàng", "1 endpoint is ready"),
        ("some_not_ready", {"not_ready": 1, "of": 241}, "1/241 điểm cầu chưa sẵn sàng", "1 of 241 endpoints is not ready"),
        ("some_unknown", {"unknown": 2, "of": 241}, "2/241 điểm cầu chưa rõ", "2 of 241 endpoints are unknown"),
        (
            "some_at_risk",
            {"ready": 1, "of": 241},
            "1/241 điểm cầu sẵn sàng, còn lại có điều kiện",
            "1 of 241 endpoints is ready, the others at risk",
        ),
        ("answers", {"rtt_s": 0.0123}, "có trả lời, độ trễ 12 ms", "it answers, round trip 12 ms"),
    ],
)
def test_sentences_read_well(code: str, values: dict[str, float | str], vi: str, en: str) -> None:
    names = {"huyen": "UBND huyện"}
    assert [vi, en] == [tell_finding(code, values, language, names, LOCAL) for language in ("vi", "en")]
