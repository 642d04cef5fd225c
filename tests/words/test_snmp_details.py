"""Why a poll failed is said in Vietnamese where the page is, whatever part of the engine found it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from monitor.words.snmp_details import snmp_detail

PROBES = Path(__file__).parents[2] / "monitor" / "probes" / "snmp"


@pytest.mark.parametrize(
    ("said", "vietnamese"),
    [
        ("", ""),
        ("no answer", "im lặng"),
        ("no answer to 2 tries in 5.0 s", "im lặng sau 2 lần hỏi trong 5.0 s"),
        (
            "no answer to 1 try in 2.0 s; host unreachable from 10.2.0.9",
            "im lặng sau 1 lần hỏi trong 2.0 s; 10.2.0.9 báo không tới được (host unreachable)",
        ),
        (
            "no answer; an answer came from 10.2.0.9 port 161; if it is the same device, add it to answers_from",
            "im lặng; có trả lời từ 10.2.0.9 cổng 161; nếu đúng là thiết bị đó thì thêm vào answers_from",
        ),
        ("interfaces: no answer to 2 tries in 5.0 s, after 12 rows", "bảng cổng: im lặng sau 2 lần hỏi trong 5.0 s, sau 12 dòng"),
        ("1.3.6.1.2.1.33.1.2: the agent answers genErr", "1.3.6.1.2.1.33.1.2: agent báo lỗi genErr"),
        ("no interface matches '^wan'; there are Gi0/0, Gi0/1", "không cổng nào khớp '^wan'; hiện có Gi0/0, Gi0/1"),
        ("wrong authentication key or protocol (user 'watch')", "sai khóa hoặc thuật toán xác thực (user 'watch')"),
        ("something new", "something new"),
    ],
)
def test_each_part_is_said_in_vietnamese_and_what_is_new_stays(said: str, vietnamese: str) -> None:
    assert vietnamese == snmp_detail(said, "vi")
    assert said == snmp_detail(said, "en")


def fixed_reasons() -> list[str]:
    """Return the reasons that the engine gives as plain texts."""
    found: set[str] = set()
    for path in PROBES.glob("*.py"):
        found |= set(re.findall(r'\(errind\.\w+, "([^"]+)"', path.read_text(encoding="utf-8")))
        found |= set(re.findall(r'ExchangeError\(Outcome\.\w+, "([^"]+)"', path.read_text(encoding="utf-8")))
    return sorted(found)


@pytest.mark.parametrize("said", fixed_reasons())
def test_every_plain_reason_of_the_engine_has_its_vietnamese(said: str) -> None:
    assert said != snmp_detail(said, "vi")


def test_the_engine_has_plain_reasons() -> None:
    assert len(fixed_reasons()) >= 8
