"""Asks NetBox's REST API for the objects that an inventory is made of."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from monitor.errors import SetupError, reason_of
from monitor.load.exchange.netbox_form import NetBox
from monitor.words.phrase import Phrase

PAGE = 500
"""Objects asked for at once; NetBox gives at most its MAX_PAGE_SIZE, 1,000 unless set otherwise."""
_TIMEOUT_S = 60
_MOST = 100_000
_BEARER = "nbt_"
"""How tokens begin that go with Bearer; those from before NetBox 4.5 go with Token."""

Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answers:
    """What NetBox has, as its API gives it. circuits are circuits.circuit, assignments tenancy.contactassignment."""

    regions: list[Object]
    sites: list[Object]
    devices: list[Object]
    circuits: list[Object]
    assignments: list[Object]
    contacts: list[Object]


def fetch_netbox(netbox: NetBox) -> Answers:
    """Return everything that is needed. Raises SetupError with the reason and the cure."""
    return asyncio.run(_ask(netbox))


async def _ask(netbox: NetBox) -> Answers:
    roles = [("role", role) for role in (*netbox.points, *netbox.endpoints)]
    async with _session(netbox) as session:
        api = _NetboxApi(session, netbox.url)
        return Answers(
            sites=await api.all_of("dcim/sites", list(netbox.sites.items())),
            regions=await api.all_of("dcim/regions"),
            devices=await api.all_of("dcim/devices", [*roles, ("exclude", "config_context")]) if roles else [],
            circuits=await api.all_of("circuits/circuits"),
            assignments=await api.all_of("tenancy/contact-assignments", [("object_type", "dcim.site")]),
            contacts=await api.all_of("tenancy/contacts"),
        )


def _session(netbox: NetBox) -> aiohttp.ClientSession:
    try:
        trusted = ssl.create_default_context(cafile=netbox.ca_file)
    except (OSError, ssl.SSLError) as error:
        raise SetupError("path_unreadable", Phrase("name_ca_file"), path=netbox.ca_file, reason=reason_of(error)) from None
    scheme = "Bearer" if netbox.token.startswith(_BEARER) else "Token"
    headers = {"Authorization": f"{scheme} {netbox.token}", "Accept": "application/json"}
    return aiohttp.ClientSession(
        headers=headers, connector=aiohttp.TCPConnector(ssl=trusted), timeout=aiohttp.ClientTimeout(total=_TIMEOUT_S)
    )


@dataclass(eq=False)
class _NetboxApi:
    _session: aiohttp.ClientSession
    _url: str

    async def all_of(self, path: str, query: list[tuple[str, str]] | None = None) -> list[Object]:
        """Return all objects of a list, page by page.

        By offset, since the `next` of the answer names what NetBox takes its own address for, which behind a proxy is often wrong;
        and the token goes nowhere but to the configured one.
        """
        found: list[Object] = []
        while len(found) < _MOST:
            page = [("limit", str(PAGE)), ("offset", str(len(found)))]
            answer = await self._get(f"{self._url}/api/{path}/", [*(query or []), *page])
            results = answer.get("results")
            if not isinstance(results, list) or not all(isinstance(each, dict) for each in results):
                raise SetupError("netbox_no_list", Phrase("really_netbox"), url=f"{self._url}/api/{path}/")
            found += results
            if not results or len(found) >= int(answer.get("count") or 0):
                return found
        raise SetupError("netbox_too_many", url=f"{self._url}/api/{path}/", most=_MOST)

    async def _get(self, url: str, query: list[tuple[str, str]]) -> Mapping[str, Any]:
        try:
            async with self._session.get(url, params=query, allow_redirects=False) as response:
                body = await response.read()
                status, location = response.status, response.headers.get("Location", "")
        except TimeoutError:
            raise SetupError("netbox_silent", url=url, within_s=_TIMEOUT_S) from None
        except aiohttp.ClientError as error:
            raise SetupError("netbox_unaskable", url=url, reason=reason_of(error)) from None
        if status != 200:
            raise _refused(url, status, location, body)
        try:
            answer = json.loads(body)
        except ValueError:
            raise SetupError("netbox_no_json", Phrase("really_netbox"), url=url) from None
        return answer if isinstance(answer, dict) else {}


def _refused(url: str, status: int, location: str, body: bytes) -> SetupError:
    if status in (401, 403):
        return SetupError("netbox_token", url=url, status=status)
    if 300 <= status < 400:
        return SetupError("netbox_redirects", url=url, location=location)
    said = " ".join(body.decode("utf-8", errors="replace").split())[:200]
    return SetupError("netbox_answers", url=url, status=status, said=said)
