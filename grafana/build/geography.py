"""The ground of the map: every district as the land that is nearer to its communes than to any other's, as GeoJSON.

These are no official borders, which we may not ship, but they need nothing but the inventory, and no internet: enough to see
where in the province a dot is. Neighbours share their edges exactly, so what lies between two communes of one district falls out.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from monitor.model.inventory import Area, Inventory, Kind

Place = tuple[float, float]
"""Longitude and latitude in degrees, or kilometres east and north of the middle."""

_REACH_KM = 13.0
"""How far land belongs to a commune at most: half of the way to the ghosts around the province."""
_GHOSTS_KM = 4.0
"""How far apart the ghosts stand."""
_KM_A_DEGREE = 111.2
_SAME_KM = 0.01
_DIGITS = 4


def outline(inventory: Inventory) -> str:
    """Return the GeoJSON text: one feature an area that has communes, its `id` and `name` as properties.

    Raises ValueError where land falls apart that should not: two communes at one place.
    """
    places = _communes(inventory)
    middle = _mean([place for of_area in places.values() for place in of_area])
    owners = [(area, _to_km(place, middle)) for area, of_area in places.items() for place in of_area]
    ghosts = _ghosts([place for _, place in owners])
    sites = [place for _, place in owners] + ghosts
    corners = _Corners()
    cells: dict[str, list[list[int]]] = defaultdict(list)
    for number, (area, _) in enumerate(owners):
        cells[area].append([corners.number(place) for place in _cell(number, sites)])
    features = [
        _feature(inventory.areas[area], [[_to_degrees(corners.places[each], middle) for each in ring] for ring in _rings(of_area)])
        for area, of_area in cells.items()
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, indent=None) + "\n"


def _communes(inventory: Inventory) -> Mapping[str, list[Place]]:
    """Return area → where its communes are: the points of the lowest level."""
    found: dict[str, list[Place]] = defaultdict(list)
    for each in inventory.of_kind(Kind.POINT):
        if each.level == inventory.levels[-1] and each.location is not None:
            found[each.area].append((each.location.longitude, each.location.latitude))
    return found


def _ghosts(places: Sequence[Place]) -> list[Place]:
    """Return places around the province, on a grid, so that the land of its communes ends half-way to them."""
    reach = 2 * _REACH_KM
    east, north = (range(*_span([place[axis] for place in places], reach)) for axis in (0, 1))
    grid = [(_GHOSTS_KM * x, _GHOSTS_KM * y) for x in east for y in north]
    return [ghost for ghost in grid if _REACH_KM < min(math.dist(ghost, place) for place in places) < reach]


def _span(values: Iterable[float], reach: float) -> tuple[int, int]:
    kept = list(values)
    return math.floor((min(kept) - reach) / _GHOSTS_KM), math.ceil((max(kept) + reach) / _GHOSTS_KM)


def _cell(number: int, sites: Sequence[Place]) -> list[Place]:
    """Return the corners of what is nearer to one site than to any other, anticlockwise (its Voronoi cell)."""
    x, y = sites[number]
    far = 4 * _REACH_KM
    cell = [(x - far, y - far), (x + far, y - far), (x + far, y + far), (x - far, y + far)]
    others = sorted((each for place, each in enumerate(sites) if place != number), key=lambda each: math.dist(each, (x, y)))
    for other in others:
        if math.dist(other, (x, y)) > 2 * max(math.dist(corner, (x, y)) for corner in cell):
            break
        cell = _cut(cell, (x, y), other)
    return cell


def _cut(cell: Sequence[Place], site: Place, other: Place) -> list[Place]:
    """Return the part of a convex cell that is nearer to the site than to the other."""

    def beyond(place: Place) -> float:
        return math.dist(place, site) ** 2 - math.dist(place, other) ** 2

    kept: list[Place] = []
    for here, there in zip(cell, [*cell[1:], cell[0]], strict=True):
        from_here, from_there = beyond(here), beyond(there)
        if from_here <= 0:
            kept.append(here)
        if from_here * from_there < 0:
            share = from_here / (from_here - from_there)
            kept.append((here[0] + share * (there[0] - here[0]), here[1] + share * (there[1] - here[1])))
    return kept


class _Corners:
    """Gives corners numbers; what is nearly the same place has the same number, so that neighbours share their edges."""

    def __init__(self) -> None:
        self.places: list[Place] = []
        self._near: dict[tuple[int, int], list[int]] = defaultdict(list)

    def number(self, place: Place) -> int:
        """Return the number of a corner."""
        x, y = (math.floor(each / _SAME_KM) for each in place)
        for square in ((x + east, y + north) for east in (-1, 0, 1) for north in (-1, 0, 1)):
            for number in self._near[square]:
                if math.dist(self.places[number], place) < _SAME_KM:
                    return number
        self.places.append(place)
        self._near[x, y].append(len(self.places) - 1)
        return len(self.places) - 1


def _rings(cells: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return the closed rings around cells that touch: their edges, less those that two of them share."""
    edges = {edge for cell in cells for edge in zip(cell, [*cell[1:], cell[0]], strict=True) if edge[0] != edge[1]}
    after: dict[int, list[int]] = defaultdict(list)
    for start, end in sorted(edge for edge in edges if (edge[1], edge[0]) not in edges):
        after[start].append(end)
    rings = []
    while after:
        ring = [min(after)]
        while len(ring) == 1 or ring[-1] != ring[0]:
            onward = after.get(ring[-1])
            if not onward:
                raise ValueError("the land of a district falls apart: two communes at one place?")
            ring.append(onward.pop())
            if not onward:
                del after[ring[-2]]
        rings.append(ring)
    return rings


def _feature(area: Area, rings: Sequence[Sequence[Place]]) -> dict[str, object]:
    """Return an area as GeoJSON (RFC 7946).

    Outer rings go clockwise: readers in the plane (OpenLayers, which Grafana's map is) don't mind, and those on the sphere (d3)
    take an anticlockwise ring for the rest of the globe.
    """
    outer = [ring for ring in rings if _turn(ring) > 0]
    holes = [ring for ring in rings if _turn(ring) <= 0]
    polygons = [[ring[::-1], *(hole[::-1] for hole in holes if _is_within(hole[0], ring))] for ring in outer]
    return {
        "type": "Feature",
        "properties": {"id": area.id, "name": area.short or area.name},
        "geometry": {"type": "MultiPolygon", "coordinates": polygons},
    }


def _turn(ring: Sequence[Place]) -> float:
    return sum(here[0] * there[1] - there[0] * here[1] for here, there in pairwise(ring))


def _is_within(place: Place, ring: Sequence[Place]) -> bool:
    crossings = [
        here
        for here, there in pairwise(ring)
        if (here[1] > place[1]) != (there[1] > place[1])
        and place[0] < here[0] + (place[1] - here[1]) / (there[1] - here[1]) * (there[0] - here[0])
    ]
    return len(crossings) % 2 == 1


def _mean(places: Sequence[Place]) -> Place:
    return sum(place[0] for place in places) / len(places), sum(place[1] for place in places) / len(places)


def _to_km(place: Place, middle: Place) -> Place:
    wide = _KM_A_DEGREE * math.cos(math.radians(middle[1]))
    return (place[0] - middle[0]) * wide, (place[1] - middle[1]) * _KM_A_DEGREE


def _to_degrees(place: Place, middle: Place) -> Place:
    wide = _KM_A_DEGREE * math.cos(math.radians(middle[1]))
    return round(middle[0] + place[0] / wide, _DIGITS), round(middle[1] + place[1] / _KM_A_DEGREE, _DIGITS)
