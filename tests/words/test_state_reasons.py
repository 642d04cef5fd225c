"""Reasons as sentences: every code that a rule can give is in the catalogue, in both languages, with its values."""

import re
from pathlib import Path
from string import Formatter

import pytest

import monitor.rules
from monitor.model.probe_kinds import KINDS
from monitor.words.probe_details import DETAILS
from monitor.words.probes import PROBES
from monitor.words.readiness import MEETINGS
from monitor.words.state_reasons import REASONS, explain


def given() -> set[str]:
    """The codes that the rules and the board name in their source."""
    folder = Path(monitor.rules.__file__).parent
    texts = [path.read_text() for path in (*folder.rglob("*.py"), *(folder.parent / "service").rglob("*.py"))]
    return {code for text in texts for code in re.findall(r'Reason\(\s*"(\w+)"', text)}


def test_every_code_that_is_given_can_be_explained() -> None:
    assert given() - REASONS.keys() - MEETINGS.keys() - DETAILS.keys() == set()


@pytest.mark.parametrize("code", sorted(REASONS))
def test_both_languages_tell_the_same_values(code: str) -> None:
    vietnamese, english = ({name for _, name, _, _ in Formatter().parse(text) if name} for text in REASONS[code])
    assert vietnamese == english
    values: dict[str, float | int | str] = dict.fromkeys(vietnamese | english, 0.5)
    assert all(explain(code, values, language) for language in ("vi", "en"))


@pytest.mark.parametrize(
    ("language", "expected"),
    [("vi", "mất gói 3,4% trên 118 gói"), ("en", "packet loss 3.4% of 118 packets")],
)
def test_shares_are_read_in_per_cent_with_the_languages_decimal_sign(language: str, expected: str) -> None:
    assert expected == explain("loss", {"loss_ratio": 0.034, "packets": 118}, language)


def test_seconds_below_one_are_read_in_milliseconds() -> None:
    assert "round trip 312 ms, bound 300 ms" == explain("rtt", {"rtt_s": 0.312, "bound_s": 0.3}, "en")


def test_ids_are_read_as_names_where_names_are_given() -> None:
    text = explain("behind", {"uplink": "ubnd-huyen-dong-van"}, "vi", {"ubnd-huyen-dong-van": "UBND huyện Đồng Văn"})
    assert "nằm sau UBND huyện Đồng Văn đang mất kết nối" == text


@pytest.mark.parametrize(
    ("refusal", "vietnamese", "english"),
    [
        ("ENETUNREACH", "không có tuyến tới mạng đó", "Network is unreachable"),
        ("EXFULL", "EXFULL", "EXFULL"),
        # As journals of before have it.
        ("Network is unreachable", "Network is unreachable", "Network is unreachable"),
    ],
)
def test_what_the_kernel_refuses_is_told_by_its_name(refusal: str, vietnamese: str, english: str) -> None:
    values: dict[str, float | int | str] = {"refused": 16, "attempted": 30, "refusal": refusal}
    for language, said in (("vi", vietnamese), ("en", english)):
        assert explain("blind_sends", values, language).endswith(f"({said})")


def test_every_kind_of_probe_has_a_name() -> None:
    assert PROBES.keys() == KINDS.keys()
