"""Sheets: columns of many rows written at once are what each row by itself would be."""

from __future__ import annotations

import random

from monitor.export.metrics.exposition import Exposition, Row, Shape

WIDE = (False, True, False)


def shape(name: str) -> Shape:
    return (f"a{{{name}}} %d\n".encode(), f"b{{{name}}} %d %.15g\n".encode(), f"c{{{name}}} %b\n".encode())


def expected(shapes: list[Shape], rows: list[Row]) -> list[bytes]:
    """Return the text of each column, line by line."""
    columns = range(len(WIDE))
    return [b"".join(lines[at] % row[at] for lines, row in zip(shapes, rows, strict=True) if row[at] is not None) for at in columns]


def test_a_sheet_without_rows_is_empty() -> None:
    assert [b"", b"", b""] == Exposition(WIDE).write([], [])


def test_what_is_none_has_no_line() -> None:
    rows: list[Row] = [(1, None, b"x"), (None, (2, 0.5), None)]
    assert [b"a{p} 1\n", b"b{q} 2 0.5\n", b"c{p} x\n"] == Exposition(WIDE).write([shape("p"), shape("q")], rows)


def test_15_digits_of_a_number_are_written() -> None:
    assert b"b{p} 0 0.333333333333333\n" == Exposition(WIDE).write([shape("p")], [(None, (0, 1 / 3), None)])[1]


def test_a_sheet_that_wrote_before_writes_what_a_new_one_would() -> None:
    chance = random.Random(3)
    known = [shape(f"t{number}") for number in range(8)]
    sheet, shapes = Exposition(WIDE), known[:5]
    rows: list[Row] = [(1, (1, 1.0), b"x")] * 5
    for _ in range(300):
        if chance.random() < 0.2:
            shapes = chance.sample(known, chance.randint(0, 8))
        rows = (rows + [(1, (1, 1.0), b"x")] * 8)[: len(shapes)]
        for at in range(len(rows)):
            if chance.random() < 0.2:
                rows[at] = (chance.choice([None, 1, 2]), chance.choice([None, (1, 0.5), (2, 2.5)]), chance.choice([None, b"x"]))
        assert expected(shapes, rows) == sheet.write(list(shapes), list(rows))
