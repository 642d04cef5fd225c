"""What a profile's values ask of an agent, and how its answers become numbers; no socket, no clock (see snmp_exchange.py)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from monitor.model.profile import Profile, Reduce, Value
from monitor.model.spec import SnmpSpec
from monitor.probes.snmp_exchange import AgentMemory, Conversation
from monitor.probes.snmp_objects import Values, number
from monitor.probes.snmp_walk import walk
from monitor.wire.oid import Oid, parse_oid

_MAX_VALUE_ROWS = 64

Miss = Callable[[str], None]
"""Notes that something is missing, and why."""


def scalar_objects(profile: Profile) -> list[Oid]:
    """Return the objects that a profile asks for at each poll, besides the columns that read_values walks."""
    return [parse_oid(value.oid) for value in profile.values if value.reduce is None]


def read_values(
    profile: Profile, parts: Sequence[Values], spec: SnmpSpec, memory: AgentMemory, miss: Miss
) -> Conversation[dict[str, float]]:
    """Return a profile's values by the name of their series; columns are walked now, scalars are taken from what was answered."""
    found: dict[str, float] = {}
    for value in profile.values:
        if value.reduce is None:
            oid = parse_oid(value.oid)
            bound = next((part[oid] for part in parts if oid in part), None)
            measured = None if bound is None else _scaled(value, number(*bound))
        else:
            measured = yield from _reduced(value, value.reduce, spec, memory, miss)
        if measured is not None:
            found[value.series] = measured
    return found


def _reduced(value: Value, reduce: Reduce, spec: SnmpSpec, memory: AgentMemory, miss: Miss) -> Conversation[float | None]:
    """Return a column as one number, None where it has no rows or could not be read to its end."""
    limits = {"max_repetitions": spec.max_repetitions, "max_rows": _MAX_VALUE_ROWS}
    walked = yield from walk((parse_oid(value.oid),), memory, v1=spec.credential.version == "1", **limits)
    if walked.reason:
        miss(f"{value.metric}: {walked.reason}")
        return None
    numbers = [each for each in (_scaled(value, number(*bound)) for bound in walked.values.values()) if each is not None]
    if not numbers:
        return None
    match reduce:
        case Reduce.AVERAGE:
            return sum(numbers) / len(numbers)
        case Reduce.MAX:
            return max(numbers)
        case Reduce.MIN:
            return min(numbers)
        case Reduce.SUM:
            return sum(numbers)


def _scaled(value: Value, measured: float | None) -> float | None:
    """Return a number as the profile says it is to be read, None where its map does not know it."""
    if measured is None:
        return None
    return value.map.get(int(measured)) if value.map else measured * value.scale
