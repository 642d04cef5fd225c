"""What NetBox knows, as rows of the inventory: sites are points, devices of certain roles their addresses and the endpoints.

An empty value of NetBox says nothing: what the inventory knows beyond NetBox is kept. Facts of NetBox's API: a choice is
{value, label}; an address is in CIDR; commit_rate, port_speed and upstream_speed are kbit/s; since 4.2 a circuit's end names its
site as `termination`, before as `site`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit

import yaml

from monitor.errors import Fault
from monitor.load.exchange.netbox_api import Answers, Object
from monitor.load.exchange.netbox_form import NetBox
from monitor.load.exchange.rows import COLUMNS_OF, Rows
from monitor.load.exchange.yaml_tree import flow, mapping, scalar, sequence
from monitor.load.writing import written_rate
from monitor.words.phrase import joined

_PRIORITIES = ("primary", "secondary", "tertiary")
_ACTIVE = "active"


def rows_from_netbox(netbox: NetBox, answers: Answers, faults: list[Fault], warnings: list[Fault]) -> Rows:
    """Return the rows. Notes what can't be decided as faults, what was left out as warnings, each at the object's address."""
    return _Reading(netbox, answers, faults, warnings).rows()


class _Reading:
    def __init__(self, netbox: NetBox, answers: Answers, faults: list[Fault], warnings: list[Fault]) -> None:
        self._netbox = netbox
        self._answers = answers
        self._faults = faults
        self._warnings = warnings
        self._rows = Rows(is_sparse=True)
        self._sites = {site["id"]: site for site in answers.sites if self._is_active(site)}
        self._contacts = _contacts(answers)
        self._circuits = _circuits_by_site(answers.circuits)

    def rows(self) -> Rows:
        routers: dict[int, list[Object]] = defaultdict(list)
        for device in self._answers.devices:
            place = _id(device.get("site"))
            if place in self._sites and self._role(device) in self._netbox.points and self._is_active(device):
                routers[place].append(device)
        self._areas()
        for number, site in self._sites.items():
            self._point(site, routers[number])
        for device in self._answers.devices:
            room = self._sites.get(_id(device.get("site")))
            if room is not None and self._role(device) in self._netbox.endpoints and self._is_active(device):
                self._endpoint(device, room)
        return self._rows

    def _areas(self) -> None:
        used = {_id(site.get("region")) for site in self._sites.values()}
        for region in self._answers.regions:
            if region.get("id") in used:
                self._add("area", region, {"id": region.get("slug"), "name": region.get("name"), **self._own(region, "area")})

    def _point(self, site: Object, routers: Sequence[Object]) -> None:
        if len(routers) > 1:
            names = joined("and", [str(router.get("name")) for router in routers[:2]])
            quoted = {"names": names, "roles": self._netbox.points}
            self._faults.append(Fault(self._place(site), 0, "", "two_routers", values=quoted))
        router = routers[0] if routers else {}
        self._add(
            "point",
            site,
            {
                "id": site.get("slug"),
                "name": site.get("name"),
                "code": site.get("facility"),
                "level": _slug(site.get("group")),
                "area": _slug(site.get("region")),
                "address": _address(router),
                "tags": _tags(site),
                "contracted": self._contracted(site),
                "contacts": self._contacts.get(_id(site), ""),
                **_location(site),
                **self._own(router, "point"),
                **self._own(site, "point"),
            },
        )

    def _endpoint(self, device: Object, site: Object) -> None:
        name = str(device.get("name") or "")
        self._add(
            "endpoint",
            device,
            {
                "id": name.lower().replace(" ", "-").replace("_", "-"),
                "name": device.get("description") or name,
                "point": site.get("slug"),
                "address": _address(device),
                "tags": _tags(device),
                **_location(device),
                **self._own(device, "endpoint"),
            },
        )

    def _add(self, kind: str, item: Object, cells: Mapping[str, object]) -> None:
        plain = {column: text for column, value in cells.items() if (text := _text(value))}
        mark = yaml.Mark(self._place(item), 0, -1, 0, None, 0)  # -1: an object has no line
        self._rows.add(kind, plain, mark, self._faults)

    def _own(self, item: Object, kind: str) -> dict[str, str]:
        """Return the columns that an object's custom fields fill."""
        fields = item.get("custom_fields") or {}
        named = {column: self._netbox.custom_fields.get(column, column) for column in COLUMNS_OF[kind]}
        filled = {column: _text(fields.get(name)) for column, name in named.items()}
        return {column: text for column, text in filled.items() if text}

    def _contracted(self, site: Object) -> str:
        """Return the speed of a site's only active circuit, '' where it has none or several."""
        ends = [(circuit, end) for circuit, end in self._circuits[_id(site)] if _value(circuit.get("status")) == _ACTIVE]
        if len(ends) > 1:
            self._warnings.append(Fault(self._place(site), 0, "", "many_circuits", values={"count": len(ends)}))
        if len(ends) != 1:
            return ""
        circuit, end = ends[0]
        down, up = end.get("port_speed") or circuit.get("commit_rate"), end.get("upstream_speed")
        if not down:
            return ""
        return written_rate(down * 1000) if not up or up == down else f"{written_rate(down * 1000)}/{written_rate(up * 1000)}"

    def _is_active(self, item: Object) -> bool:
        status = _value(item.get("status"))
        if status == _ACTIVE:
            return True
        code = "left_out" if status else "left_out_no_status"
        self._warnings.append(Fault(self._place(item), 0, "", code, values={"status": status}))
        return False

    def _role(self, device: Object) -> str:
        # `role` is `device_role` before NetBox 3.6.
        return _slug(device.get("role")) or _slug(device.get("device_role"))

    def _place(self, item: Object) -> str:
        """Return the page where an object is edited: the API's address without /api, at the NetBox that was asked."""
        path = urlsplit(str(item.get("url", ""))).path.replace("/api/", "/", 1)
        prefix = urlsplit(self._netbox.url).path
        return self._netbox.url + (path.removeprefix(prefix) if prefix else path)


def _id(item: object) -> int:
    return int(item["id"]) if isinstance(item, dict) and isinstance(item.get("id"), int) else 0


def _slug(item: object) -> str:
    return str(item.get("slug") or "") if isinstance(item, dict) else ""


def _value(choice: object) -> str:
    return str(choice.get("value") or "") if isinstance(choice, dict) else str(choice or "")


def _text(value: object) -> str:
    """Return a value, or that of a custom field, as a cell: an object by its slug or name, several with spaces between."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return str(value.get("slug") or value.get("value") or value.get("name") or value.get("display") or "")
    if isinstance(value, list):
        return " ".join(_text(item) for item in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.10g}" if isinstance(value, float) else str(value).strip()


def _address(device: Object) -> str:
    primary = device.get("primary_ip") or device.get("primary_ip4") or device.get("primary_ip6")
    return str(primary.get("address", "")).partition("/")[0] if isinstance(primary, dict) else ""


def _tags(item: Object) -> str:
    return " ".join(filter(None, (_slug(tag) for tag in item.get("tags") or ())))


def _location(item: Object) -> dict[str, str]:
    pair = {name: _text(item.get(name)) for name in ("latitude", "longitude")}
    return pair if all(pair.values()) else {}


def _circuits_by_site(circuits: Sequence[Object]) -> dict[int, list[tuple[Object, Object]]]:
    found: dict[int, list[tuple[Object, Object]]] = defaultdict(list)
    for circuit in circuits:
        for side in ("termination_a", "termination_z"):
            end = circuit.get(side)
            if isinstance(end, dict) and (site := _site_of(end)):
                found[site].append((circuit, end))
    return found


def _site_of(end: Object) -> int:
    if "termination_type" in end:
        return _id(end.get("termination")) if end.get("termination_type") == "dcim.site" else 0
    return _id(end.get("site"))


def _contacts(answers: Answers) -> dict[int, str]:
    """Return site → its contacts as a cell: roles and telephones, in the order of their priority."""
    telephones = {_id(contact): str(contact.get("phone") or "") for contact in answers.contacts}
    return {
        site: flow(sequence(mapping({"role": scalar(role), "telephone": scalar(number)}) for role, number in numbers))
        for site, numbers in _by_site(answers.assignments, telephones).items()
    }


def _by_site(assignments: Sequence[Object], telephones: Mapping[int, str]) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for assignment in _in_order(assignments):
        telephone = telephones.get(_id(assignment.get("contact")), "")
        role = assignment.get("role")
        if telephone and isinstance(role, dict):
            found[assignment.get("object_id", 0)].append((str(role.get("name") or ""), telephone))
    return found


def _in_order(assignments: Sequence[Object]) -> Iterator[Object]:
    for priority in (*_PRIORITIES, ""):
        for assignment in assignments:
            if _value(assignment.get("priority")) == priority and assignment.get("object_type", "dcim.site") == "dcim.site":
                yield assignment
