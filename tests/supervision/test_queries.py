"""What the dashboards ask, asked of a real Prometheus over a made-up past: every query runs, and shows what there is to show."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from grafana.build.__main__ import dashboards
from tests.supervision.past import END, call
from tests.supervision.queries import Query, faults, filled, listed, loaded, made, queries, selectors

ALL = [query for path, text in dashboards().items() if path.parent.name == "vi" for query in queries(loaded(text))]
BEGIN = (datetime.fromisoformat(END) - timedelta(days=7)).isoformat()
CHOSEN = {"target": "xa-a2", "meeting": "m1"}
# Empty where all is well, and why it is at the end of this past.
QUIET = {
    r"annotation Bộ giám sát khởi động lại": "the daemon's start is told once in five minutes, and changes() looks at one",
    r"annotation Thiết bị khởi động lại": "no device started in the hours that are told in detail",
    r"Một điểm: annotation": "the target was not cut off in the hours that are told in detail",
    r"Nguyên nhân gốc và những gì mất theo": "nobody is cut off",
    r"Vừa thay đổi": "nothing changed in the last hour",
    r"Lượt đo [BCDE]": "of the daemon's own only what was answered is told",
}


@pytest.fixture(scope="module")
def labels_of(past_prometheus: str) -> Mapping[str, frozenset[str]]:
    """Metric → labels of all that the past tells."""
    found: dict[str, set[str]] = {}
    for series in call(past_prometheus, "series", start=BEGIN, end=END, **{"match[]": '{__name__=~".+"}'}):
        found.setdefault(series.pop("__name__"), set()).update(series)
    found["wan_target_info"] |= {"latitude", "longitude"}  # Prometheus drops empty labels, and this province has no places
    return {metric: frozenset(labels) for metric, labels in found.items()}


def ask(prometheus: str, query: Query) -> list[object]:
    expr = filled(query.expr, CHOSEN)
    if query.is_range:
        return list(
            call(prometheus, "query_range", query=expr, start=BEGIN, end=END, step="1m" if "annotation" in query.place else "5m")[
                "result"
            ]
        )
    return list(call(prometheus, "query", query=expr, time=END)["result"])


@pytest.mark.parametrize("query", ALL, ids=lambda query: query.place)
def test_a_query_names_labels_that_are_there_and_shows_what_there_is(
    past_prometheus: str, labels_of: Mapping[str, frozenset[str]], query: Query
) -> None:
    assert [] == faults(query, labels_of)
    found = ask(past_prometheus, query)
    missing = {metric for metric, _ in selectors(query.expr)} - set(labels_of)
    if not missing and not any(re.search(pattern, query.place) for pattern in QUIET):
        assert found, f"{query.place} shows nothing: {filled(query.expr, CHOSEN)}"


def test_most_of_what_is_asked_is_there_to_be_asked_for(labels_of: Mapping[str, frozenset[str]]) -> None:
    askable = [query for query in ALL if {metric for metric, _ in selectors(query.expr)} <= set(labels_of)]
    assert len(askable) > 100, len(askable)


@pytest.mark.parametrize(
    ("expr", "told"),
    [
        ('up{job="x"}', []),
        ('up{jab="x"}', ["here: up has no label 'jab'"]),
        ("sum by (job) (up)", []),
        ("sum by (jab) (up)", ["here: nothing here has the label 'jab'"]),
        ('sum by (jab) (label_replace(up, "jab", "$1", "job", "(.*)"))', []),
        ('elsewhere{jab="x"}', []),
    ],
)
def test_a_label_that_nothing_has_is_told_with_its_place(expr: str, told: list[str]) -> None:
    assert told == faults(Query("here", "", expr, is_range=False), {"up": frozenset({"job", "instance"})})


def test_what_a_query_names_is_read_from_it() -> None:
    expr = 'topk(3, sum by (a, b) (rate(x_total{c="y{z}", d=~"$e"}[5m])) / on (a) group_left (n) k:m:now offset 1h) or vector(0)'
    assert [("x_total", frozenset({"c", "d"})), ("k:m:now", frozenset())] == selectors(expr)
    assert {"a", "b", "n"} == listed(expr)
    assert {"hour", "name"} == made('label_replace(count_values("hour", hour(x)), "name", "$1", "a", "(.*)")')
    assert 'x{d=~".*", t="xa-a2"}[5m]' == filled('x{d=~"$e", t="$target"}[$__interval]', CHOSEN)
