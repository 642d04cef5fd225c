"""What dashboards ask: their queries with their places, filled in as Grafana fills them in, and what a query names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

FILLED = {"__rate_interval": "15m", "__interval": "5m", "__range": "7d"}
"""What Grafana's own variables stand for in tests: for samples every five minutes, as the made-up past has them."""

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_LISTS = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")
_METRIC = re.compile(r"(?<![\w:$])([a-zA-Z_][\w:]*)\b(?!\s*\()\s*(\{[^}]*\})?")
_WORDS = {"and", "or", "unless", "bool", "offset", "by", "without", "on", "ignoring", "group_left", "group_right", "inf", "nan"}


@dataclass(frozen=True, slots=True)
class Query:
    """One query. place: dashboard, panel (or annotation, variable) and letter. title: of the panel, '' of others."""

    place: str
    title: str
    expr: str
    is_range: bool


def panels(board: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the panels of a dashboard."""
    return list(board["panels"])


def queries(board: Mapping[str, Any]) -> Iterator[Query]:
    """Yield every query of a dashboard: of panels, of annotations, of variables."""
    for panel in panels(board):
        for target in panel["targets"]:
            place = f"{board['title']}: {panel['title']} {target['refId']}"
            yield Query(place, panel["title"], target["expr"], is_range=bool(target.get("range")))
    for annotation in board["annotations"]["list"]:
        yield Query(f"{board['title']}: annotation {annotation['name']}", "", annotation["expr"], is_range=True)
    for variable in board.get("templating", {}).get("list", ()):
        if variable["type"] == "query":
            expr = re.fullmatch(r"query_result\((.*)\)", variable["query"]["query"])
            assert expr, variable["name"]
            yield Query(f"{board['title']}: variable {variable['name']}", "", expr[1], is_range=False)


def loaded(text: str) -> dict[str, Any]:
    """Return a dashboard from its JSON."""
    board: dict[str, Any] = json.loads(text)
    return board


def filled(expr: str, chosen: Mapping[str, str]) -> str:
    """Return an expression without variables. chosen: what a variable stands for; everything else stands for All."""
    values = {**FILLED, **chosen}
    return re.sub(r"\$\{?(\w+)\}?", lambda found: found[0] if found[1].isdigit() else values.get(found[1], ".*"), expr)


def selectors(expr: str) -> list[tuple[str, frozenset[str]]]:
    """Return each metric that an expression names, and the labels that it chooses by there."""
    bare = re.sub(r"\[[^\]]*\]", "", _LISTS.sub("", _STRING.sub('""', expr)))
    found = []
    for name, matchers in _METRIC.findall(bare):
        if name not in _WORDS:
            found.append((name, frozenset(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", matchers))))
    return found


def listed(expr: str) -> set[str]:
    """Return the labels that an expression groups or joins by."""
    lists = _LISTS.findall(_STRING.sub('""', expr))
    return {label.strip() for each in lists for label in each.split(",") if label.strip()}


def made(expr: str) -> set[str]:
    """Return the labels that an expression makes itself."""
    return set(re.findall(r'label_replace\(.*?,\s*"(\w+)",', expr)) | set(re.findall(r'count_values\("(\w+)"', expr))


def faults(query: Query, labels_of: Mapping[str, frozenset[str]]) -> list[str]:
    """Return what a query names wrongly, each with its place. labels_of: metric → the labels that its series have.

    Of metrics that are not there nothing is said.
    """
    named = selectors(query.expr)
    found = [
        f"{query.place}: {metric} has no label {label!r}"
        for metric, labels in named
        for label in sorted(labels - labels_of.get(metric, labels))
    ]
    if all(metric in labels_of for metric, _ in named):
        there = frozenset[str]().union(*(labels_of[metric] for metric, _ in named)) | made(query.expr)
        found += [f"{query.place}: nothing here has the label {label!r}" for label in sorted(listed(query.expr) - there)]
    return found
