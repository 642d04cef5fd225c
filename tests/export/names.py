"""The names that others build on: routes, metrics with type and labels, and every key of the API's JSON, as lines of text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient

KEYED = re.compile(r"\.(conference|values)\.[^.\[]+")
"""A key below one of these is the name of a probe, a metric or a value and none of the API's; it is written as *."""


async def served(client: TestClient[web.Request, web.Application], asked: Sequence[str]) -> set[str]:
    """Return all names of an application. asked: paths that are answered with JSON, with '…' where a name of theirs is put."""
    found = set(routes(client.app)) | set(metrics(await (await client.get("/metrics")).text()))
    for path in asked:
        answer = await client.get(path.replace("…", ""))
        assert 200 == answer.status, path
        shown = re.sub(r"…[^?/…]+…", "ID", path)
        found |= {f"GET {shown} {key}" for key in keys(await answer.json())}
    return found


def routes(app: web.Application) -> Iterator[str]:
    """Yield method and path of everything that can be asked for."""
    for route in app.router.routes():
        info = route.resource.get_info() if route.resource is not None else {}
        path = info.get("path") or info.get("formatter")
        if path and route.method != "HEAD":
            yield f"{route.method} {path}"


def metrics(text: str) -> Iterator[str]:
    """Yield each metric as 'metric NAME TYPE label …': the labels that any of its series has, by the alphabet."""
    labels: dict[str, set[str]] = defaultdict(set)
    types = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))
    for name, told in re.findall(r"^(\w+)(?:\{(.*)\})? \S+$", text, re.MULTILINE):
        family = name if name in types else re.sub(r"_(?:bucket|sum|count|created)$", "", name)
        labels[family] |= set(re.findall(r'(\w+)="', told))
    for family, kind in types.items():
        if not family.endswith("_created"):
            yield " ".join(("metric", family, kind, *sorted(labels[family])))


def keys(told: Any, at: str = "") -> Iterable[str]:
    """Yield the path of every key in JSON, such as '.targets[].loss'."""
    if isinstance(told, dict):
        for key, value in told.items():
            path = f"{at}.{key}"
            yield KEYED.sub(r".\1.*", path)
            yield from keys(value, path)
    elif isinstance(told, list):
        for value in told:
            yield from keys(value, f"{at}[]")
