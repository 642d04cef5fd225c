from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.rules.collation import collation_key

DISTRICTS = [
    "Huyện Bắc Mê",
    "Huyện Bắc Quang",
    "Huyện Đồng Văn",
    "Huyện Hoàng Su Phì",
    "Huyện Mèo Vạc",
    "Huyện Quản Bạ",
    "Huyện Quang Bình",
    "Huyện Vị Xuyên",
    "Huyện Xín Mần",
    "Huyện Yên Minh",
    "Thành phố Hà Giang",
]


def test_the_districts_sort_as_a_vietnamese_reader_expects() -> None:
    assert sorted(set(DISTRICTS), key=collation_key) == DISTRICTS


def test_the_order_of_code_points_would_put_dong_van_last() -> None:
    assert max(name.removeprefix("Huyện ") for name in DISTRICTS if name.startswith("Huyện")) == "Đồng Văn"


def test_communes_of_one_district_sort_by_letters_then_tones() -> None:
    expected = ["Lũng Cú", "Lũng Phìn", "Lũng Táo", "Lũng Thầu", "Má Lé", "Phố Cáo", "Phố Là", "Sà Phìn", "Sảng Tủng", "Sính Lủng"]
    assert sorted(set(expected), key=collation_key) == expected


@pytest.mark.parametrize(
    "names",
    [
        ["ma", "mà", "mả", "mã", "má", "mạ"],
        ["an", "ăn", "ân"],
        ["on", "ôn", "ơn"],
        ["da", "đa", "ê"],
        ["tu", "tư", "va"],
        ["Ngọc Đường", "Ngọc Hà", "Ngọc Minh"],
        ["Bản", "Bản Díu", "Bản Đường", "Bang"],
        ["Phòng 2", "Phòng 10", "Phòng A"],
        ["Xã", "xã"],
    ],
)
def test_each_of_these_is_in_order(names: list[str]) -> None:
    assert sorted(set(names), key=collation_key) == names


@settings(deadline=None, derandomize=True)
@given(st.text())
def test_every_text_has_a_key_and_composition_does_not_matter_to_letters(text: str) -> None:
    composed = collation_key(unicodedata.normalize("NFC", text))
    assert composed[:2] == collation_key(unicodedata.normalize("NFD", text))[:2]
