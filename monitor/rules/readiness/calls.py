"""Whom to call about an endpoint, and in which order."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from monitor.model.inventory import Contact, Inventory, Kind

# How roles are recognised, in the order in which they are called; a role that fits none comes last.
ORDER = (
    ("technician", ("ky thuat", "technician", "can bo xa", "van hoa - xa hoi")),
    ("carrier", ("nha mang", "carrier", "vnpt", "viettel", "mobifone", "fpt", "truyen dan")),
    ("power", ("dien luc", "power", "evn")),
    ("mcu", ("mcu", "dieu hanh", "hoi nghi truyen hinh")),
    ("office", ("van phong", "office", "ubnd", "uy ban")),
)


def whom_to_call(endpoint: str, cause: str, inventory: Inventory) -> tuple[Contact, ...]:
    """Return the contacts of an endpoint, of its point, and of what cuts it off, technicians first, nobody twice.

    Among those of one role, whoever is nearest to the endpoint comes first. cause: id of a target, '' where it is the endpoint.
    """
    found: dict[tuple[str, str], Contact] = {}
    for name in _places(endpoint, cause, inventory):
        target = inventory.targets.get(name)
        for contact in () if target is None else target.contacts:
            found.setdefault((contact.role, contact.telephone), contact)
    return tuple(sorted(found.values(), key=lambda contact: rank(contact.role)))


def rank(role: str) -> int:
    """Return the place of a role in the order of calls, len(ORDER) for one that is not recognised."""
    plain = _plain(role)
    return next((place for place, (_, words) in enumerate(ORDER) if any(word in plain for word in words)), len(ORDER))


def _places(endpoint: str, cause: str, inventory: Inventory) -> Iterable[str]:
    yield endpoint
    target = inventory.targets.get(endpoint)
    yield from target.parents if target is not None else ()
    if cause:
        yield cause
        at = inventory.targets.get(cause)
        if at is not None and at.kind is Kind.ENDPOINT:
            yield from at.parents


def _plain(text: str) -> str:
    marked = unicodedata.normalize("NFD", text.lower()).replace("đ", "d")
    return "".join(letter for letter in marked if not unicodedata.combining(letter))
