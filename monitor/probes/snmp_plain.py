"""A GET and no more: for whoever wants a few objects of many agents, without recognising or surveying anything."""

from __future__ import annotations

from monitor.model.reading import Outcome
from monitor.model.spec import SnmpSpec
from monitor.probes.snmp_exchange import Ask, Conversation, ExchangeError
from monitor.probes.snmp_memory import AgentMemory
from monitor.probes.snmp_objects import Values, is_absent
from monitor.probes.snmp_question import WIRE_VERSIONS
from monitor.wire.answers import Steady
from monitor.wire.oid import Oid
from monitor.wire.snmp import GET, prepare, status_name


def objects(spec: SnmpSpec, memory: AgentMemory, oids: tuple[Oid, ...]) -> Conversation[Values]:
    """Ask for objects in one GET and return those that the agent has. Raises ExchangeError, also for an error-status."""
    ask = memory.plain
    if ask is None or ask.oids != oids:
        version = WIRE_VERSIONS.get(spec.credential.version)
        reader = None if version is None else Steady(prepare(version, spec.credential.community.encode(), GET, oids))
        memory.plain = ask = Ask(GET, oids, 0, reader)
    answer = yield ask
    if answer.status:
        raise ExchangeError(Outcome.REFUSED, f"the agent answers {status_name(answer.status)}")
    if answer.tags:
        bounds = zip(oids, answer.tags, answer.values, strict=True)
        return {oid: (tag, value) for oid, tag, value in bounds if not is_absent(tag)}
    return {oid: (tag, value) for oid, tag, value in answer.varbinds if not is_absent(tag)}
