"""Lets things happen to the province: what is asked for over the control socket, and what the scenario's clock says."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Iterable
from functools import partial

from monitor.errors import LOG, MonitorError
from monitor.lab.faults import LabFault, next_flap
from monitor.lab.province import Province
from monitor.model.scenario import VERBS, Action, Scenario, Step, UnfitError, select, with_usual_values
from monitor.model.spelling import nearest
from monitor.words.faults import tell_fault
from monitor.words.phrase import Phrase, phrase

_log = logging.getLogger(__name__)


class ActionError(MonitorError):
    """What was asked for can't be done; the cure says what to write instead."""

    @classmethod
    def of(cls, error: UnfitError) -> ActionError:
        return cls(error.code, Phrase(error.remedy, error.values) if error.remedy else None, **error.values)


class Director:
    """Keeps the list of what is broken. set_carrier: plugs the monitor's own cable in or out."""

    def __init__(self, province: Province, scenario: Scenario, set_carrier: Callable[[bool], None]) -> None:
        self.faults: tuple[LabFault, ...] = ()
        self._province = province
        self._scenario = scenario
        self._now = province.now
        self._set_carrier = set_carrier
        self._chance = random.Random(scenario.seed)
        self._count = 0
        self._timers: set[asyncio.TimerHandle] = set()
        self._is_plugged = True

    def start(self) -> None:
        """Begin the scenario; call it from the running loop."""
        for step in self._scenario.steps:
            self._after(step.at_s, partial(self._play, step))

    def stop(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    def do(self, action: Action) -> Phrase:
        """Let something happen now and return what did. Raises ActionError."""
        verb = VERBS[action.verb]
        try:
            values = with_usual_values(verb, action.values)
            targets = self._targets(action) if verb.has_targets else ()
        except UnfitError as error:
            raise ActionError.of(error) from None
        self._check_via(values.get("via"), targets)
        now = self._now()
        if action.verb == "restore":
            return self._restore(targets, everything="all" in action.selectors)
        if verb.lasts or action.verb == "reboot":
            away = values.get("away") if action.verb == "reboot" else action.for_s
            self._count += 1
            lasts = float(away) if isinstance(away, int | float) else None
            fault = LabFault(self._count, action.verb, targets, values, now, None if lasts is None else now + lasts)
            self._set((*self.faults, fault))
            if lasts is not None:
                self._end_later(fault.number, lasts)
            if action.verb == "flap":
                self._flap_on(fault)
            return _done(fault)
        for target in targets:
            self._do_at_once(action.verb, target, values.get("value"))
        return phrase("done", what=action.verb, targets=_names(targets))

    def _targets(self, action: Action) -> tuple[str, ...]:
        """Return the ids that an action concerns. Raises UnfitError."""
        found = dict.fromkeys(target for selector in action.selectors for target in select(self._province.inventory, selector))
        if not found:
            raise UnfitError("verb_of_what", verb=action.verb)
        targets = tuple(found)
        if action.share is None:
            return targets
        chosen = set(self._chance.sample(targets, round(action.share * len(targets))))
        return tuple(target for target in targets if target in chosen)

    def _check_via(self, via: object, targets: tuple[str, ...]) -> None:
        for target in targets if via else ():
            parents = self._province.inventory.targets[target].parents
            if via not in parents:
                near = nearest(str(via), parents) or ""
                remedy = "uplinks_near" if near else "uplinks_are" if parents else "no_uplinks"
                raise ActionError("no_uplink_to", phrase(remedy, near=near, names=parents), target=target, via=via)

    def _do_at_once(self, verb: str, target: str, value: object) -> None:
        device = self._province.device(target)
        now = self._now()
        if verb == "renumber":
            device.renumber(now)
        elif verb == "reset-counters":
            device.set_counters(now, 0)
        elif verb == "set-counters":
            device.set_counters(now, int(str(value)))

    def _restore(self, targets: tuple[str, ...], *, everything: bool) -> Phrase:
        """End the faults of these targets; a fault of several goes on for the others."""
        gone = set(targets)
        left: list[LabFault] = []
        for fault in self.faults:
            remaining = tuple(target for target in fault.targets if target not in gone)
            if remaining or (not fault.targets and not everything):
                left.append(LabFault(fault.number, fault.verb, remaining, fault.values, fault.since, fault.until))
        self._set(left)
        return phrase("restored", targets=_names(targets))

    def _set(self, faults: Iterable[LabFault]) -> None:
        self.faults = tuple(faults)
        self._province.apply(self.faults)
        is_plugged = all(fault.verb != "unplug" for fault in self.faults)
        if is_plugged != self._is_plugged:
            self._is_plugged = is_plugged
            self._set_carrier(is_plugged)

    def _end(self, number: int) -> None:
        ended = [fault for fault in self.faults if fault.number == number]
        if ended:
            self._set(fault for fault in self.faults if fault.number != number)
            _log.info("over: %s", tell_fault(_done(ended[0]), LOG))

    def _end_later(self, number: int, after_s: float) -> None:
        if after_s <= 0:
            self._end(number)
        else:
            self._after(after_s, lambda: self._end(number))

    def _flap_on(self, fault: LabFault) -> None:
        """Let a flapping link change at its next turn, as long as the fault is there."""
        if any(each.number == fault.number for each in self.faults):
            self._set(self.faults)
            now = self._now()
            self._after(max(next_flap(fault, now) - now, 0.0) + 0.001, lambda: self._flap_on(fault))

    def _play(self, step: Step) -> None:
        try:
            _log.info("scenario: %s", tell_fault(self.do(step.action), LOG))
        except ActionError as error:
            _log.warning("scenario: %s", error)
        if step.every_s is not None:
            self._after(step.every_s, lambda: self._play(step))

    def _after(self, delay_s: float, call: Callable[[], None]) -> None:
        def run() -> None:
            self._timers.discard(timer)
            call()

        timer = asyncio.get_running_loop().call_later(delay_s, run)
        self._timers.add(timer)


def _done(fault: LabFault) -> Phrase:
    values = ", ".join(f"{name} {value}" for name, value in fault.values.items())
    what = f"{fault.verb} ({values})" if values else fault.verb
    return phrase("done", what=what, targets=_names(fault.targets) if fault.targets else Phrase("monitor_itself"))


def _names(targets: tuple[str, ...]) -> Phrase:
    return phrase("quoted", text=targets) if len(targets) <= 6 else phrase("and_more", names=targets[:5], count=len(targets) - 5)
