"""A NetBox of our own: answers as NetBox's REST API does, page by page, in the shape of version 4.1 or 4.2 and later."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

TOKEN = "token-of-a-test"
LISTS = (
    "dcim/sites",
    "dcim/regions",
    "dcim/devices",
    "circuits/circuits",
    "tenancy/contact-assignments",
    "tenancy/contacts",
)


@dataclass
class FakeNetBox:
    """What it holds, by list, and what it was asked: (path, query). page: the most objects of one answer (MAX_PAGE_SIZE)."""

    objects: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {name: [] for name in LISTS})
    asked: list[tuple[str, str]] = field(default_factory=list)
    page: int = 2
    answer: web.Response | None = None
    url: str = ""

    def put(self, name: str, /, **values: Any) -> dict[str, Any]:
        number = len(self.objects[name]) + 1
        item = {"id": number, "url": f"http://netbox.invalid/api/{name}/{number}/", "custom_fields": {}, "tags": [], **values}
        self.objects[name].append(item)
        return item

    async def serve(self, request: web.Request) -> web.Response:
        self.asked.append((request.path, request.query_string))
        if self.answer is not None:
            return self.answer
        if request.headers.get("Authorization") != f"Token {TOKEN}":
            return web.json_response({"detail": "Invalid token"}, status=403)
        name = request.match_info["name"]
        if name not in self.objects:
            return web.json_response({"detail": "Not found."}, status=404)
        found = [item for item in self.objects[name] if _is_asked_for(item, request)]
        at, limit = int(request.query["offset"]), min(int(request.query["limit"]), self.page)
        more = at + limit < len(found)
        following = f"http://netbox.invalid/api/{name}/?limit={limit}&offset={at + limit}" if more else None
        return web.json_response({"count": len(found), "next": following, "previous": None, "results": found[at : at + limit]})


def _is_asked_for(item: dict[str, Any], request: web.Request) -> bool:
    roles, tag = request.query.getall("role", []), request.query.get("tag")
    if roles and item["role"]["slug"] not in roles:
        return False
    return tag is None or tag in [each["slug"] for each in item["tags"]]


def brief(item: dict[str, Any]) -> dict[str, Any]:
    """Return an object as others refer to it."""
    return {key: item[key] for key in ("id", "url", "name", "slug") if key in item}


def choice(value: str) -> dict[str, str]:
    return {"value": value, "label": value.title()}


@contextmanager
def running(netbox: FakeNetBox) -> Iterator[FakeNetBox]:
    """Serve on 127.0.0.1 in a thread of its own, since the command that asks runs a loop of its own."""
    loop = asyncio.new_event_loop()
    runner = web.AppRunner(_app(netbox))
    loop.run_until_complete(runner.setup())
    site = web.TCPSite(runner, "127.0.0.1", 0)
    loop.run_until_complete(site.start())
    netbox.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield netbox
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.run_until_complete(runner.cleanup())
        loop.close()


def _app(netbox: FakeNetBox) -> web.Application:
    app = web.Application()
    app.add_routes([web.get("/api/{name:.+}/", netbox.serve)])
    return app
