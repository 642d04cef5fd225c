"""A GET and no more: for whoever wants a few objects of many agents, without recognising or surveying anything."""

from __future__ import annotations

from monitor.model.reading import Outcome
from monitor.model.reason import Reason
from monitor.model.spec import SnmpSpec
from monitor.probes.snmp.exchange import Answer, Ask, ExchangeError, status_reason
from monitor.probes.snmp.memory import AgentMemory
from monitor.probes.snmp.question import reader_of
from monitor.wire.oid import Oid
from monitor.wire.snmp import GET


def ask_for(spec: SnmpSpec, memory: AgentMemory, oids: tuple[Oid, ...]) -> Ask:
    """Return the question for objects, remembered as long as the same tuple is asked for."""
    ask = memory.plain
    if ask is None or ask.oids is not oids:
        memory.plain = ask = Ask(GET, oids, 0, reader_of(spec, oids))
    return ask


def with_tags(answer: Answer, oids: tuple[Oid, ...]) -> Answer:
    """Return an answer with its tags and values in the order of oids (see wire/ber.py for tags).

    What the agent lacks has one of the tags of ber.EXCEPTIONS. Raises ExchangeError for an error-status and for other objects.
    """
    if answer.tags:
        return answer
    if answer.status:
        raise ExchangeError(Outcome.REFUSED, status_reason(answer.status))
    if tuple(oid for oid, _, _ in answer.varbinds) != oids:
        raise ExchangeError(Outcome.MALFORMED, Reason("other_objects"))
    tags, values = (tuple(bound[at] for bound in answer.varbinds) for at in (1, 2))
    return answer._replace(tags=tags, values=values)  # type: ignore[arg-type]
