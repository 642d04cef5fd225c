"""What one poll asks of an agent, and how the answers become an SnmpSample; no socket, no clock (see exchange.py).

First contact: who are you (sysDescr, sysObjectID, sysName), which profile reads you, which interfaces do you have. From then on
usually one GET: sysUpTime, engine time, the profile's values, and the WAN interface's counters in the same PDU as sysUpTime.
The interfaces are surveyed again when the agent restarted, when ifTableLastChange changed, when a name is no longer where it was,
and every REFRESH_POLLS polls.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from monitor.model.agent_fault import AgentFault
from monitor.model.profile import Profile
from monitor.model.quick import quick
from monitor.model.reading import Explained, InterfaceSample, SnmpSample
from monitor.model.reason import Reason, Reasons
from monitor.model.spec import SnmpSpec
from monitor.probes.snmp.exchange import Answer, Ask, Conversation, ExchangeError, reader_of
from monitor.probes.snmp.if_mib import (
    ENGINE_BOOTS,
    ENGINE_ID,
    ENGINE_TIME,
    SURVEY_COLUMNS,
    SYS_DESCR,
    SYS_NAME,
    SYS_OBJECT_ID,
    SYS_UPTIME,
    TABLE_LAST_CHANGE,
    TELLING_COLUMNS,
    WIDE_OCTETS,
    KnownRow,
    Values,
    interface_rows,
    interface_sample,
    is_same_row,
    octets,
    row_objects,
    text,
    whole_number,
)
from monitor.probes.snmp.memory import AgentMemory
from monitor.probes.snmp.requests import Getter, walk
from monitor.probes.snmp.steady import Scalars, SteadyGet
from monitor.probes.snmp.value_plan import evaluate, explain_values
from monitor.probes.snmp.value_survey import Means, read_values, value_objects
from monitor.rules.interfaces import InterfaceRow, choose_wan, interface_keys
from monitor.rules.recognition import recognise
from monitor.wire.oid import Oid, parse_oid
from monitor.wire.snmp import GET

_sample = quick(SnmpSample)

REFRESH_POLLS = 60
"""Once an hour at the usual interval: who the agent is, and which interfaces it has, are asked anew."""
_NAMES_SHOWN = 6


class Poll:
    """One poll under way. run() is the conversation; detail says afterwards what was missing, () where nothing was.

    agent_fault: what the agent did that none should, None where nothing was seen.
    """

    __slots__ = ("_complete", "_explained", "_getter", "_given", "_v1", "agent_fault", "detail", "memory", "spec")

    def __init__(self, spec: SnmpSpec, memory: AgentMemory) -> None:
        self.spec = spec
        self.memory = memory
        self.detail: Reasons = ()
        self.agent_fault: AgentFault | None = None
        self._v1 = spec.credential.version == "1"
        self._getter = Getter(memory)
        self._given: tuple[tuple[Oid, ...], Answer] | None = None
        self._complete = True
        self._explained: tuple[Explained, ...] = ()

    def run(self) -> Conversation[SnmpSample]:
        """Return what the agent said. Raises ExchangeError where it said nothing that counts: not even the first GET succeeded.

        An agent that left the last poll's GET unanswered is first asked for one object: a dead one is spared the rest, and one that
        answers this but not the rest was asked for too much.
        """
        memory = self.memory
        if self.spec.brief:
            values = yield from self._getter.get((SYS_UPTIME,))
            profile = memory.profile or self.spec.profile
            return self._sample(profile, _scalars_of(profile, values), {}, ())
        if memory.device.is_wary:
            yield from self._getter.get((SYS_UPTIME,))
            memory.device.is_wary = False
        if memory.profile is None or memory.polls >= REFRESH_POLLS:
            memory.steady = None
            yield from self._identify()
        elif memory.steady is not None and memory.steady.plan is memory.plan and not self.spec.explain:
            sample = yield from self._steadily(memory.steady, memory.profile)
            if sample is not None:
                return sample
        return (yield from self._in_full(memory.profile or self.spec.profile))

    def _steadily(self, steady: SteadyGet, profile: Profile) -> Conversation[SnmpSample | None]:
        """Ask the one question that is asked at each poll; None where its answer is to be read in full, by _in_full."""
        memory = self.memory
        try:
            answer = yield steady.ask
        except ExchangeError as error:
            self._getter.note_lost(steady.ask, error)
            raise
        self._getter.note_got(steady.ask, answer)
        if answer.tags == steady.tags:
            values = (*answer.values, None)
            scalars, rows = steady.scalars(values), steady.rows(values)
            if rows is not None and scalars[3] == memory.table_last_change_ticks and not self._has_restarted(scalars):
                memory.uptime_ticks = scalars[0]
                memory.polls += 1
                numbers: dict[str, float] = {}
                if profile.values:
                    means = Means(self.spec, memory, self._getter.get, self._miss)
                    numbers = evaluate(*(yield from read_values(profile, (steady.of_profile(values),), means)))
                return self._sample(profile, scalars, numbers, rows)
        self._given = (steady.ask.oids, answer)
        return None

    def _in_full(self, profile: Profile) -> Conversation[SnmpSample]:
        memory = self.memory
        memory.steady = None
        known = memory.rows if profile.interfaces and memory.is_surveyed else ()
        groups = self._groups(self._scalar_objects(profile), known)
        parts = yield from self._read_parts(groups, is_first=True)
        rows = self._rows(known, parts)
        scalars = _scalars_of(profile, parts[0])
        has_moved = scalars[3] != memory.table_last_change_ticks
        if self._has_restarted(scalars):
            has_moved = True
            memory.polls = REFRESH_POLLS
            memory.plan = None
        surveys = profile.interfaces and (not memory.is_surveyed or rows is None or has_moved)
        if surveys:
            rows = yield from self._survey_and_read(profile)
        means = Means(self.spec, memory, self._getter.get, self._miss)
        cells, answers = yield from read_values(profile, parts, means)
        self._explained = explain_values(cells, answers) if self.spec.explain else ()
        memory.uptime_ticks, _, _, memory.table_last_change_ticks, _ = scalars
        memory.polls += 1
        if self._complete and rows is not None and not surveys:
            memory.steady = self._settled(profile, known)
        return self._sample(profile, scalars, evaluate(cells, answers), rows or ())

    def _settled(self, profile: Profile, known: Sequence[KnownRow]) -> SteadyGet | None:
        """Return how the next poll may go by one GET, None where this one did not."""
        only = self._getter.only_answer()
        if only is None or any(row.bits is None for row in known):
            return None
        oids, tags, values = only
        reader = reader_of(self.spec, oids)
        system_uptime = None if profile.uptime is None else parse_oid(profile.uptime)
        objects = value_objects(profile, self.memory.plan)
        return SteadyGet(
            Ask(GET, oids, 0, reader), self.memory.plan, tags, values, rows=known, objects=objects, system_uptime=system_uptime
        )

    # What is asked

    def _identify(self) -> Conversation[None]:
        """Ask who the agent is and choose the profile; forget what was learnt of who it was."""
        memory = self.memory
        memory.missing.clear()
        memory.has_bulk = True
        engine_id = () if self._v1 else (ENGINE_ID,)  # v1 would refuse the whole question where the agent has none
        values = yield from self._getter.get((SYS_UPTIME, SYS_DESCR, SYS_OBJECT_ID, SYS_NAME, *engine_id))
        memory.engine_id = octets(values, ENGINE_ID).hex()
        memory.sys_descr = text(values, SYS_DESCR)
        memory.sys_object_id = text(values, SYS_OBJECT_ID)
        memory.sys_name = text(values, SYS_NAME)
        memory.profile = recognise(self.spec.profile, self.spec.candidates, memory.sys_object_id, memory.sys_descr)
        memory.is_surveyed = False
        memory.plan = None
        memory.polls = 0

    def _scalar_objects(self, profile: Profile) -> list[Oid]:
        """Return the objects that are asked at each poll, sysUpTime first."""
        found = [SYS_UPTIME] if self._v1 else [SYS_UPTIME, ENGINE_TIME, ENGINE_BOOTS]
        if profile.interfaces:
            found.append(TABLE_LAST_CHANGE)
        if profile.uptime is not None:
            found.append(parse_oid(profile.uptime))
        found += value_objects(profile, self.memory.plan)
        return list(dict.fromkeys(found))

    def _groups(self, scalars: list[Oid], known: Iterable[KnownRow]) -> list[list[Oid]]:
        """Return the objects of each GET: the scalars, and the rows with sysUpTime in front; no row is split between two GETs."""
        groups = [list(scalars)]
        for row in known:
            columns = row_objects(row, v1=self._v1)
            if len(groups[-1]) > 1 and len(groups[-1]) + len(columns) > self.memory.device.get_size_within():
                groups.append([SYS_UPTIME])
            groups[-1] += columns
        return groups

    def _read_parts(self, groups: list[list[Oid]], *, is_first: bool) -> Conversation[list[Values]]:
        """Return what each GET brought. is_first: the first one must succeed; what fails later leaves the sample incomplete."""
        parts: list[Values] = []
        for group in groups:
            part: Values = {}
            try:
                for chunk in self._chunks(group):
                    part |= yield from self._getter.get(chunk, self._given)
            except ExchangeError as error:
                if is_first and not parts and not part:
                    raise
                self._miss(*error.detail, agent_fault=error.agent_fault)
                return [*parts, part]
            parts.append(part)
        return parts

    def _chunks(self, group: list[Oid]) -> Iterable[list[Oid]]:
        """Return a GET as it is, or cut where a profile has more values than fit one."""
        size = max(self.memory.device.get_size_within(), 2)
        if len(group) <= size + len(WIDE_OCTETS):
            return (group,)
        return [group[:size], *([SYS_UPTIME, *group[at : at + size - 1]] for at in range(size, len(group), size - 1))]

    # Interfaces

    def _survey_and_read(self, profile: Profile) -> Conversation[tuple[InterfaceSample, ...] | None]:
        known = yield from self._survey(profile)
        if not known:
            return ()
        parts = yield from self._read_parts(self._groups([SYS_UPTIME], known), is_first=False)
        return self._rows(known, parts, keep=True)

    def _survey(self, profile: Profile) -> Conversation[tuple[KnownRow, ...]]:
        """Walk the columns that name interfaces and return the rows to read.

        A walk that ended early is not remembered. Its rows serve where they can't mislead: those that were known before and those
        that the operator's pattern names; nothing is guessed from half a table.
        """
        walked = yield from walk(SURVEY_COLUMNS, self.memory, max_repetitions=self.spec.max_repetitions, v1=self._v1)
        rows = interface_rows(walked.values)
        memory = self.memory
        memory.is_surveyed = walked.reason is None
        pattern = self.spec.wan_interface or profile.wan_interface or self.spec.profile.wan_interface
        if walked.reason is not None:
            self._miss(Reason("interfaces", because=(walked.reason,)), agent_fault=walked.agent_fault)
            if memory.rows:
                return memory.rows
            if pattern is None and self.spec.interfaces != "all":
                return ()
        wan = choose_wan(rows, pattern)
        if wan is None and pattern is not None and walked.reason is None:
            names = ", ".join(row.key for row in rows[:_NAMES_SHOWN]) + (", …" if len(rows) > _NAMES_SHOWN else "")
            found = Reason("no_interface", {"pattern": pattern, "names": names}) if names else None
            self.detail = self.detail or (found or Reason("no_interfaces", {"pattern": pattern}),)
        known = self._chosen(rows, wan)
        memory.rows = known
        return known

    def _chosen(self, rows: Sequence[InterfaceRow], wan: InterfaceRow | None) -> tuple[KnownRow, ...]:
        bits = {each.key: each.bits for each in self.memory.rows}
        names = interface_keys(rows)
        return tuple(
            KnownRow(row, names[row.index], "wan" if row is wan else "other", bits.get(names[row.index]))
            for row in rows
            if row is wan or self.spec.interfaces == "all"
        )

    def _has_restarted(self, scalars: Scalars) -> bool:
        """Return whether sysUpTime went back since the last poll."""
        before, uptime = self.memory.uptime_ticks, scalars[0]
        return before is not None and uptime is not None and uptime < before

    def _rows(
        self, known: Sequence[KnownRow], parts: Sequence[Values], *, keep: bool = False
    ) -> tuple[InterfaceSample, ...] | None:
        """Return the rows that were read; None where one is not where it was, unless keep: then it is left out."""
        samples = []
        for row in known:
            values = next((part for part in parts if any((*column, row.row.index) in part for column in TELLING_COLUMNS)), None)
            if values is None or not is_same_row(row, values):
                if not keep:
                    return None
                self._miss(Reason("interface_unread", {"interface": row.key}))
                continue
            samples.append(interface_sample(row, values))
        return tuple(samples)

    # What comes of it

    def _miss(self, *detail: Reason, agent_fault: AgentFault | None = None) -> None:
        """Note that something is missing; the first reason is the one that is told."""
        self._complete = False
        self.agent_fault = self.agent_fault or agent_fault
        self.detail = self.detail or detail

    def _sample(
        self, profile: Profile, scalars: Scalars, numbers: dict[str, float], rows: tuple[InterfaceSample, ...]
    ) -> SnmpSample:
        """Return all of it as one sample; by position, since it is made for every device at every poll."""
        memory = self.memory
        uptime_ticks, engine_time_s, engine_boots, _, system_ticks = scalars
        return _sample(
            profile.id,
            uptime_ticks,
            engine_time_s,
            engine_boots,
            memory.sys_object_id,
            memory.sys_descr,
            memory.sys_name,
            rows,
            numbers,
            self._getter.rtt_s,
            self._complete,
            self.spec.brief,
            memory.engine_id,
            system_ticks,
            self._explained,
        )


def _scalars_of(profile: Profile, values: Values) -> Scalars:
    """Return what SteadyGet.scalars returns, of any answer."""
    uptime, engine_time, boots, changed = (
        whole_number(values, oid) for oid in (SYS_UPTIME, ENGINE_TIME, ENGINE_BOOTS, TABLE_LAST_CHANGE)
    )
    return uptime, engine_time, boots, changed, None if profile.uptime is None else whole_number(values, parse_oid(profile.uptime))
