"""Whether the uplinks make a tree (or a mesh without circles) with one root."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.errors import Fault
from monitor.load.fields import ReadMapping


def check_hierarchy(points: Mapping[str, ReadMapping], file: str, faults: list[Fault]) -> str | None:
    """Return the root: the only point without an uplink. Notes circles, named in full, and a root that lacks or is not alone.

    points: id → as it is written. file: where faults of the whole are reported.
    """
    if not points:
        if not any(fault.path not in ("network", "levels") for fault in faults):
            faults.append(Fault(file, 1, "points", "no_points"))
        return None
    circles = _circles({name: [up for up in entry["uplink"] or () if up in points] for name, entry in points.items()})
    for circle in circles:
        way = " → ".join((*circle, circle[0]))
        points[circle[0]].refuse("uplink", "uplink_circle", way=way)
    roots = [name for name, entry in points.items() if "uplink" not in entry.places]
    for name in roots[1:]:
        first = points[roots[0]].node
        points[name].refuse("uplink", "second_root", root=roots[0], place=f"{first.file}:{first.line}")
    if not roots and not circles:
        faults.append(Fault(file, 1, "points", "no_root"))
    return roots[0] if len(roots) == 1 and not circles else None


def _circles(uplinks: Mapping[str, list[str]]) -> list[list[str]]:
    """Return every circle that a walk up the uplinks closes, each once, without recursion: chains may be long."""
    done: set[str] = set()
    circles: list[list[str]] = []
    for start in uplinks:
        if start in done:
            continue
        way = [start]
        place = {start: 0}
        pending = [iter(uplinks[start])]
        while pending:
            above = next(pending[-1], None)
            if above is None:
                pending.pop()
                done.add(way[-1])
                del place[way.pop()]
            elif above in place:
                circles.append(way[place[above] :])
            elif above not in done:
                place[above] = len(way)
                way.append(above)
                pending.append(iter(uplinks[above]))
    return circles
