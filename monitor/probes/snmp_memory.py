"""What is known of each agent from its earlier polls, kept as long as it is asked in the same way."""

from __future__ import annotations

from monitor.model.spec import SnmpSpec
from monitor.probes.snmp_exchange import AgentMemory

_MAX_KEPT = 50_000


class Memories:
    """Target → memory. A target whose address, credential, profile or interfaces changed starts anew."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[SnmpSpec, AgentMemory]] = {}

    def of(self, spec: SnmpSpec) -> AgentMemory:
        """Return the memory of the agent that a spec asks. A brief spec uses it and never replaces it."""
        kept = self._kept.get(spec.target)
        if kept is not None and (kept[0] is spec or _identity(kept[0]) == _identity(spec)):
            return kept[1]
        memory = AgentMemory()
        if not spec.brief:
            while len(self._kept) >= _MAX_KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[spec.target] = (spec, memory)
        return memory


def _identity(spec: SnmpSpec) -> tuple[object, ...]:
    """Return all of a spec that what was learnt depends on."""
    credential = spec.credential
    return (
        (spec.address, spec.port, credential.name, credential.version, credential.community, credential.user),
        (spec.profile, spec.candidates, spec.wan_interface, spec.interfaces, spec.max_repetitions),
    )
