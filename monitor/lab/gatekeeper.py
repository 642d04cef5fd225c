"""The province's gatekeeper: it knows every endpoint by the alias that the inventory gives it (RAS: ITU-T H.225.0)."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.lab.topology import LinkCondition
from monitor.model.inventory import Inventory
from monitor.wire.fault import MalformedError
from monitor.wire.h323 import (
    SIGNALLING_PORT,
    TransportAddress,
    gatekeeper_confirm,
    location_confirm,
    location_reject,
    read_question,
)


def answer_ras(
    request: bytes, own: TransportAddress, inventory: Inventory, conditions: Mapping[str, LinkCondition]
) -> bytes | None:
    """Return what the gatekeeper at `own` says to a datagram; None where it says nothing, as to what it can't read.

    A registration outlives the power of its endpoint for a while, as real ones do until their time to live is over.
    """
    try:
        question = read_question(request)
    except MalformedError:
        return None
    if question.alias is None:
        return gatekeeper_confirm(question.sequence, own)
    for target in inventory.targets.values():
        if target.h323.alias == question.alias and conditions[target.id].conference.is_registered:
            return location_confirm(question.sequence, (target.address, target.h323.port or SIGNALLING_PORT), own)
    return location_reject(question.sequence)
