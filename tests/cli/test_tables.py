"""Tables line up by what a reader sees, and lose nothing in a pipe."""

from __future__ import annotations

import unicodedata

from monitor.cli.tables import TableColumn, seen_width, table

COLUMNS = [TableColumn("Đối tượng"), TableColumn("Độ trễ", is_number=True), TableColumn("SNMP")]
ROWS = [["xa-lung-cu", "9.1 ms", "tốt"], ["ubnd-huyen-hoang-su-phi", "112.0 ms", "hết giờ: no answer to 2 tries in 5.0 s"]]


def test_columns_line_up_and_numbers_stand_to_the_right() -> None:
    heading, first, second = table(COLUMNS, ROWS, 200).splitlines()
    ends = {line.index(cell) + len(cell) for line, cell in ((heading, "Độ trễ"), (first, "9.1 ms"), (second, "112.0 ms"))}
    assert 1 == len(ends)
    assert first.index("tốt") == second.index("hết") == heading.index("SNMP")


def test_decomposed_vietnamese_takes_no_more_room_than_composed() -> None:
    name = "Nậm Tỵ"
    assert 6 == seen_width(name) == seen_width(unicodedata.normalize("NFD", name))


def test_a_line_that_is_too_long_for_the_terminal_ends_in_an_ellipsis() -> None:
    lines = table(COLUMNS, ROWS, 60).splitlines()
    assert max(map(seen_width, lines)) <= 60
    assert lines[2].endswith("…")


def test_in_a_pipe_nothing_is_cut_and_no_space_trails() -> None:
    text = table(COLUMNS, ROWS)
    assert "no answer to 2 tries in 5.0 s" in text
    assert text == "\n".join(line.rstrip() for line in text.splitlines())
