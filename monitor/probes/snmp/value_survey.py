"""Finds out which objects of a device a profile's values are made of, and reads them; no socket, no clock (see exchange.py).

A device's tables are surveyed when it is identified: columns are walked, rows chosen and named. From then on every value is asked
by its full name, together with the scalars, in one GET. Only a history, whose rows come and go, is walked at each poll.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from monitor.model.profile import Condition, Name, Profile, Value, label
from monitor.model.reason import Reason
from monitor.model.spec import SnmpSpec
from monitor.probes.snmp.exchange import Conversation, ExchangeError
from monitor.probes.snmp.if_mib import Values, number
from monitor.probes.snmp.memory import AgentMemory
from monitor.probes.snmp.requests import walk
from monitor.probes.snmp.value_plan import (
    Cell,
    PlannedValue,
    ValuePlan,
    cell_of,
    cell_text,
    evaluate,
    make_plan,
    meets,
    scalar_objects,
)
from monitor.wire.oid import Oid, format_oid, parse_oid

MAX_ROWS = 256
"""A longer table is not read: a chassis of that size needs a profile that knows where to look."""
_KEPT_OF_HISTORY = 2
"""The last result of a test may still be under way: then the one before counts."""
_RETRY_POLLS = 5
_TEXTS = 2


Get = Callable[[Sequence[Oid]], Conversation[Values]]
"""Asks for objects in one GET and returns those that the agent has; raises ExchangeError."""


class Means(NamedTuple):
    """What a poll lends: whom it asks, what is known of the agent, how to ask it, and what notes why something is missing."""

    spec: SnmpSpec
    memory: AgentMemory
    get: Get
    miss: Callable[..., None]


@dataclass(slots=True)
class _Survey:
    """One poll's reading of tables. answers: all that was read so far. tables: column's table → its rows' indexes.

    failed: tables that could not be read to their end. asked: what was asked by name, so that what the device lacks is asked once.
    """

    means: Means
    answers: Values
    asked: set[Oid] = field(default_factory=set)
    tables: dict[Oid, tuple[Oid, ...]] = field(default_factory=dict)
    failed: set[Oid] = field(default_factory=set)

    def fetch(self, oids: Iterable[Oid]) -> Conversation[None]:
        """Ask for the objects that were not read yet; those that the device lacks stay away."""
        wanted = [oid for oid in dict.fromkeys(oids) if oid not in self.answers and oid not in self.asked]
        self.asked.update(wanted)
        size = max(self.means.memory.device.get_size_within(), 2)
        for at in range(0, len(wanted), size):
            self.answers |= yield from self.means.get(wanted[at : at + size])

    def rows(self, column: Oid) -> Conversation[tuple[Oid, ...]]:
        """Return the indexes of a column's table; it is walked by the first of its columns that is wanted."""
        table = column[:-1]
        if table not in self.tables:
            limits = {"max_repetitions": self.means.spec.max_repetitions, "max_rows": MAX_ROWS}
            walked = yield from walk((column,), self.means.memory, v1=self.means.spec.credential.version == "1", **limits)
            if walked.reason is not None:
                self.failed.add(table)
                self.means.miss(Reason("of_column", {"oid": format_oid(column)}, (walked.reason,)))
                walked.values.clear()
            self.answers |= walked.values
            self.tables[table] = tuple(oid[len(column) :] for oid in walked.values)
        return self.tables[table]


def value_objects(profile: Profile, plan: ValuePlan | None) -> tuple[Oid, ...]:
    """Return what a poll asks in its GETs for the profile's values: those of the plan; of a device without one, the scalars."""
    return plan.objects if plan is not None and plan.profile is profile else scalar_objects(profile)


def read_values(profile: Profile, parts: Sequence[Values], means: Means) -> Conversation[tuple[Sequence[PlannedValue], Values]]:
    """Return the profile's values as groups of cells, and all answers that they are made of.

    parts: what the poll's GETs brought. What is not surveyed yet, or not any more, is surveyed now.
    """
    memory = means.memory
    plan = memory.plan
    is_due = plan is None or plan.profile is not profile or (not plan.is_whole and memory.polls % _RETRY_POLLS == 0)
    if plan is not None and not is_due and not plan.histories and len(parts) == 1:
        return plan.groups, parts[0]
    survey = _Survey(means, {oid: bound for part in parts for oid, bound in part.items()})
    if plan is None or is_due:
        memory.plan = plan = yield from _planned(profile, survey)
        return plan.groups, survey.answers
    groups = list(plan.groups)
    try:
        yield from _read_ahead([groups[place].value for place in plan.histories], survey)
        for place in plan.histories:
            groups[place] = yield from _surveyed(groups[place].value, survey)
    except ExchangeError as error:
        means.miss(*error.detail)
    return groups, survey.answers


def _read_ahead(histories: Sequence[Value], survey: _Survey) -> Conversation[None]:
    """Read all that histories are made of together, so that ten columns of one table are not ten questions."""
    wanted: list[Oid] = []
    for value in histories:
        indexes = yield from survey.rows(parse_oid(value.oid))
        columns = [*_name_columns(value), *(factor.oid for factor in value.times), *(each.oid for each in value.where if each.oid)]
        for index in _latest(indexes):
            wanted += cell_of(value, "", index).objects
            wanted += [(*parse_oid(column), *index) for column in columns]
    yield from survey.fetch(wanted)


def _planned(profile: Profile, survey: _Survey) -> Conversation[ValuePlan]:
    """Return the plan of a device. What is one number is not sought in further tables once it was found."""
    groups: list[PlannedValue] = []
    histories: list[int] = []
    is_whole = True
    served: set[tuple[object, ...]] = set()
    for place, value in enumerate(profile.values):
        kind = (value.metric, *value.labels.items(), *value.each)
        group = PlannedValue(value, () if value.is_column else (cell_of(value, value.series),))
        if value.is_column and (value.each or kind not in served):
            try:
                group = yield from _surveyed(value, survey)
            except ExchangeError as error:
                survey.means.miss(*error.detail)
                is_whole = False
            if value.history and group.cells:
                histories.append(place)
        if evaluate((group,), survey.answers):
            served.add(kind)
        groups.append(group)
    return make_plan(profile, groups, histories, is_whole=is_whole and not survey.failed)


def _surveyed(value: Value, survey: _Survey) -> Conversation[PlannedValue]:
    """Return the rows of a column, chosen, named, and read. Raises ExchangeError."""
    column = parse_oid(value.oid)
    indexes = yield from survey.rows(column)
    chosen = yield from _chosen(value.where, indexes, survey)
    if value.history:
        chosen = _latest(chosen)
    yield from survey.fetch((*parse_oid(name), *index) for name in _name_columns(value) for index in chosen)
    yield from survey.fetch((*parse_oid(factor.oid), *index) for factor in value.times for index in chosen)
    cells: list[Cell] = []
    taken: set[str] = set()
    left_out: set[str] = set()
    for index in chosen:
        factor = _factor(value, index, survey.answers)
        series = value.series if value.reduce is not None else _series(value, index, survey.answers, taken)
        if factor is None or (series not in taken and len(taken) >= value.most and value.reduce is None):
            left_out |= {series} if factor is not None else set()
            continue
        taken.add(series)
        cells.append(cell_of(value, series, index, factor))
    yield from survey.fetch(oid for cell in cells for oid in cell.objects)
    return PlannedValue(value, tuple(cells), len(left_out))


def _chosen(where: Sequence[Condition], indexes: Sequence[Oid], survey: _Survey) -> Conversation[Sequence[Oid]]:
    for condition in where:
        if condition.oid is None:
            indexes = [index for index in indexes if meets(condition, format_oid(index))]
            continue
        column = parse_oid(condition.oid)
        yield from survey.fetch((*column, *index) for index in indexes)
        indexes = [index for index in indexes if meets(condition, cell_text(survey.answers, (*column, *index)))]
    return indexes


def _latest(indexes: Sequence[Oid]) -> list[Oid]:
    """Return the last rows of each name, in their order; the texts of the index are the name."""
    by_name: dict[str, list[Oid]] = {}
    for index in indexes:
        by_name.setdefault(_texts(index), []).append(index)
    kept = {index for each in by_name.values() for index in each[-_KEPT_OF_HISTORY:]}
    return [index for index in indexes if index in kept]


def _name_columns(value: Value) -> list[str]:
    return [source for sources in value.each.values() for source in sources if source not in tuple(Name)]


def _factor(value: Value, index: Oid, answers: Values) -> float | None:
    """Return the product of a row's factors, None where one is not known: a number of unknown scale is no number."""
    product = 1.0
    for factor in value.times:
        bound = answers.get((*parse_oid(factor.oid), *index))
        measured = None if bound is None else number(*bound)
        known = None if measured is None else factor.map.get(int(measured))
        if known is None:
            return None
        product *= known
    return product


def _series(value: Value, index: Oid, answers: Values, taken: set[str]) -> str:
    """Return the series of a row; two rows of one name are told apart by their index, but for a history, where they are one."""
    named = {name: _named(sources, index, answers) for name, sources in value.each.items()}
    series = value.series_of(named)
    if series in taken and not value.history:
        first, *_ = named
        return value.series_of({**named, first: f"{named[first]} #{format_oid(index)}"})
    return series


def _named(sources: Sequence[str], index: Oid, answers: Values) -> str:
    """Return what a row is called: as its name columns say, else by its index."""
    texts = (_index_text(source, index, answers) for source in sources)
    return label(" ".join(dict.fromkeys(text for text in texts if text))) or format_oid(index)


def _index_text(source: str, index: Oid, answers: Values) -> str:
    if source == Name.TEXTS:
        return _texts(index)
    return format_oid(index) if source == Name.INDEX else cell_text(answers, (*parse_oid(source), *index)) or ""


def _texts(index: Oid) -> str:
    """Return the texts that an index begins with, each of which has its length in front (RFC 2578 section 7.7), joined by '/'."""
    found: list[str] = []
    at = 0
    for _ in range(_TEXTS):
        length = index[at] if at < len(index) else 0
        letters = index[at + 1 : at + 1 + length]
        if not length or len(letters) < length or not all(32 <= letter < 127 for letter in letters):
            break
        found.append(bytes(letters).decode("ascii"))
        at += 1 + length
    return "/".join(found)
