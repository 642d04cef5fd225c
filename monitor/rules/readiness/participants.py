"""Who takes part in a meeting: levels, areas, tags and ids resolved to the inventory's endpoints."""

from __future__ import annotations

from monitor.model.inventory import Inventory, Kind
from monitor.model.meeting import Participants


def resolve_participants(participants: Participants, inventory: Inventory, host: str = "") -> tuple[str, ...]:
    """Return the ids of the endpoints, in the inventory's order: the union of all that is named, less the exceptions.

    host: takes part whatever else is said, '' where it is not ours.
    """
    named, excluded = set(participants.ids), set(participants.excluded)
    return tuple(
        target.id
        for target in inventory.of_kind(Kind.ENDPOINT)
        if target.id == host
        or (
            target.id not in excluded
            and (
                participants.everyone
                or target.id in named
                or target.level in participants.levels
                or target.area in participants.areas
                or any(tag in participants.tags for tag in target.tags)
            )
        )
    )
