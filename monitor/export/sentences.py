"""Words of one language and one time zone, for whoever renders."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from monitor import words
from monitor.model.agent_fault import AgentFault
from monitor.model.inventory import Inventory, Kind, Target
from monitor.model.reason import Reason, Reasons
from monitor.model.state import Event, Snapshot, Transition
from monitor.words import meeting, page, readiness, target
from monitor.words.agent_faults import complain
from monitor.words.events import tell_change, tell_event
from monitor.words.probe_details import path_text, tell_details
from monitor.words.short_names import line_name
from monitor.words.state_reasons import explain
from monitor.words.states import LEVELS, STATES
from monitor.words.voice import voice

TEXTS: words.Catalogue = {**page.PAGE, **meeting.MEETING, **target.TARGET}
"""Everything that a page says beside states, verdicts and reasons."""


class Sentences:
    """Says what a page says. Calling it with a key of words/page.py, meeting.py or target.py gives that text."""

    def __init__(self, language: str, zone: tzinfo) -> None:
        self.language = language
        self.zone = zone
        self.voice = voice(language)

    def __call__(self, key: str, **values: object) -> str:
        return words.say(TEXTS, key, self.language, **values)

    def state(self, state: str) -> str:
        """Return a state's name with a capital, as headings and titles begin."""
        return capital(words.say(STATES, state, self.language))

    def level(self, level: str) -> str:
        """Return a level's name within a sentence; a level that the catalogue does not know is named by its id."""
        name = words.say(LEVELS, level, self.language) if level in LEVELS else level
        return lower_first(name)

    def reason(self, reason: Reason, names: Mapping[str, str] | None = None) -> str:
        """Return why a state is what it is, as a sentence without its full stop. names: id → name, for the ids in it."""
        try:
            text = explain(reason.code, reason.values, self.language, names)
        except KeyError:
            # A page must outlive a reason that the catalogue does not know; tests hold that there is none.
            text = reason.code
        return capital(text)

    def entry(self, item: Transition | Event, names: Mapping[str, str]) -> str:
        """Return a line of the journal as a sentence without its full stop. names: id → name, of targets and areas."""
        if isinstance(item, Event):
            return tell_event(item.kind, item.target, item.values, item.told, self.language, names)
        states = (item.old.value if item.old else None, item.new.value)
        return tell_change(item.target, states, lower_first(self.reason(item.reason, names)), self.language, names)

    def detail(self, reasons: Reasons) -> str:
        """Return what a probe said beside its numbers, such as why it failed; '' where it said nothing."""
        return tell_details(reasons, self.language)

    def complaint(self, agent_fault: AgentFault) -> str:
        """Return what an agent does that none should, as a sentence without its full stop."""
        return capital(complain(agent_fault.kind, agent_fault.values, self.language, agent_fault.because))

    def path(self, path: Reason | None) -> str:
        """Return where a path breaks, '' where there is no trace."""
        return capital(path_text(path, self.language))

    def name(self, target: Target, inventory: Inventory) -> str:
        """Return a name for a line of its own: office names in their usual abbreviation, endpoints told from their points."""
        return line_name(target.name, inventory.short_name(target), self.language, is_endpoint=target.kind is Kind.ENDPOINT)

    def age(self, seconds: float) -> str:
        return self.voice.duration(seconds)

    def verdict(self, verdict: str) -> str:
        """Return a verdict's name with a capital, as short as it goes beside its mark."""
        return capital(words.say({**readiness.VERDICTS, **meeting.SHORT_VERDICTS}, verdict, self.language))

    def chip(self, rung: str) -> str:
        """Return what is wrong where a step fails, as short as a filter's name."""
        return words.say(meeting.REASON_CHIPS, rung, self.language)

    def stage(self, stage: str) -> str:
        return words.say(readiness.STAGES, stage, self.language)

    def readiness(self, reason: Reason, names: Mapping[str, str] | None = None) -> str:
        """Return what was found on a step, why an endpoint or a meeting is not ready, or what to do: without its full stop."""
        try:
            text = readiness.tell_finding(reason.code, reason.values, self.language, names, self.zone)
        except KeyError:
            # As in reason().
            text = reason.code
        return capital(text)

    def rung(self, rung: str) -> str:
        return words.say(meeting.STEPS, rung, self.language)

    def day_clock(self, at: float, now: float) -> str:
        """Return the time of day, with the weekday unless it is today's, and with the date from a week on."""
        return self.voice.near_time(datetime.fromtimestamp(at, self.zone), datetime.fromtimestamp(now, self.zone).date())

    def clock(self, at: float, *, seconds: bool = False) -> str:
        """Return the local time of day of a moment (epoch seconds)."""
        return self.voice.clock(datetime.fromtimestamp(at, self.zone), seconds=seconds)

    def date(self, at: float) -> str:
        """Return the local weekday and date of a moment (epoch seconds)."""
        return self.voice.weekday(datetime.fromtimestamp(at, self.zone))


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """Return a name as it stands within a sentence: 'Ca trực' → 'ca trực', but 'VNPT' stays."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


@lru_cache(maxsize=8)
def sentences(language: str, zone: str) -> Sentences:
    return Sentences(language, ZoneInfo(zone))


def names_of(snapshot: Snapshot) -> dict[str, str]:
    """Return id → name, for sentences that name a target."""
    return {id_: target.name for id_, target in snapshot.inventory.targets.items()}


def place_names(snapshot: Snapshot) -> dict[str, str]:
    """Return id → name of all areas and targets."""
    return {id_: area.name for id_, area in snapshot.inventory.areas.items()} | names_of(snapshot)
