"""The lab's scenarios (config/scenarios/*.yaml) to the model, with every fault at its line.

title: A district is cut
seed: 7
links:  {default: {delay: 4ms}, "level:commune": {jitter: 2ms}, xa-lung-cu: {loss: 3%, mtu: 1400}}
agents: {dc-xa-lung-cu: {play: codec.snmprec, tcp: "8080"}}
steps:
  - {at: 30s, cut: ubnd-huyen-dong-van, for: 2m}
  - {at: 1m, every: 5m, for: 30s, lossy: [xa-a, xa-b], loss: 5%}
  - {at: 0s, dead: "kind:endpoint", share: 30%}
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from monitor.errors import ConfigError, Fault, reason_of
from monitor.load.document import Faulty, Node, read_file
from monitor.load.suggest import did_you_mean
from monitor.model.inventory import Inventory
from monitor.model.scenario import (
    VERBS,
    Action,
    AgentSettings,
    LinkSettings,
    Scenario,
    Step,
    UnfitError,
    Value,
    ValueForm,
    Verb,
    parse_value,
    select,
    with_usual_values,
)
from monitor.words.phrase import Phrase, joined, phrase

_LINK_KEYS = {
    "delay": ("delay_s", ValueForm.DURATION),
    "jitter": ("jitter_s", ValueForm.DURATION),
    "loss": ("loss_ratio", ValueForm.RATIO),
    "mtu": ("mtu", ValueForm.COUNT),
}
_STEP_KEYS = {"at": ValueForm.DURATION, "every": ValueForm.DURATION, "for": ValueForm.DURATION, "share": ValueForm.RATIO}


def load_scenario(path: Path, inventory: Inventory) -> Scenario:
    """Return a scenario for this inventory. Raises ConfigError with all faults."""
    faults: list[Fault] = []
    scenario = read_file(path, _ScenarioReader(inventory, path.parent), faults)
    if faults or scenario is None:
        raise ConfigError(faults)
    return scenario


@dataclass(eq=False)
class _ScenarioReader:
    """Reads a whole file. folder: what the names of recordings are relative to."""

    _inventory: Inventory
    _folder: Path

    def read(self, node: Node) -> Scenario:
        readers: dict[str, Callable[[Node], Any]] = {
            "title": lambda value: value.text("a_text"),
            "about": lambda value: value.text("a_text"),
            "seed": partial(_value, ValueForm.COUNT),
            "links": lambda value: tuple(self._by_selector(value, _link)),
            "agents": lambda value: tuple(self._by_selector(value, self._agent)),
            "steps": lambda value: tuple(_items_read(value, self._step)),
        }
        return Scenario(**_by_key(node, readers))

    def schema(self) -> dict[str, object]:
        return {"type": "object", "properties": {key: {} for key in ("title", "about", "seed", "links", "agents", "steps")}}

    def form(self) -> str:
        return "a scenario"

    def _by_selector(self, node: Node, read: Callable[[Node], Any]) -> Iterable[tuple[str, Any]]:
        for selector, value in _children(node):
            if selector != "default":
                self._check(value, selector)
            try:
                yield selector, read(value)
            except Faulty:
                continue

    def _check(self, node: Node, selector: str) -> None:
        try:
            select(self._inventory, selector)
        except UnfitError as error:
            _refuse(node, error)

    def _agent(self, node: Node) -> AgentSettings:
        ports = partial(_value, ValueForm.PORTS)
        found = _by_key(node, {"play": self._recording, "tcp": ports, "udp": ports})
        source, recording = found.pop("play", ("", None))
        return AgentSettings(recording, source, **found)

    def _recording(self, node: Node) -> tuple[str, str]:
        path = self._folder / node.text("a_recording")
        try:
            return str(path), path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise node.refuse("path_unreadable", Phrase("name_recording"), path=path, reason=reason_of(error)) from None

    def _step(self, node: Node) -> Step:
        children = dict(_children(node))
        times = {key: _value(form, children[key]) for key, form in _STEP_KEYS.items() if key in children}
        verbs = [key for key in children if key in VERBS]
        if len(verbs) != 1:
            raise _which_verb(node, verbs, children)
        verb = VERBS[verbs[0]]
        values = {
            key: read
            for key, value in children.items()
            if key not in _STEP_KEYS and key != verb.name and (read := _parameter(verb, key, value)) is not None
        }
        selectors = self._selectors(verb, children[verb.name])
        takes_share = verb.has_parameter("share")
        share = times.get("share")
        if takes_share and share is not None:
            values["share"] = share
        action = Action(verb.name, selectors, with_usual_values(verb, values), None if takes_share else share, times.get("for"))  # type: ignore[arg-type]
        return Step(float(times.get("at", 0.0)), action, times.get("every"))  # type: ignore[arg-type]

    def _selectors(self, verb: Verb, node: Node) -> tuple[str, ...]:
        if not verb.has_targets:
            return ()
        if isinstance(node.yaml, yaml.SequenceNode):
            selectors = tuple(_items_read(node, lambda each: each.text("an_id")))
        else:
            selectors = (node.text("targets_form"),)
        for selector in selectors:
            self._check(node, selector)
        return selectors


def _link(node: Node) -> LinkSettings:
    found = _by_key(node, {key: partial(_value, form) for key, (_, form) in _LINK_KEYS.items()})
    return LinkSettings(**{_LINK_KEYS[key][0]: value for key, value in found.items()})


def _by_key(node: Node, readers: Mapping[str, Callable[[Node], Any]]) -> dict[str, Any]:
    """Return what a mapping says under known keys, those that could be read; notes the unknown ones."""
    found: dict[str, Any] = {}
    for key, value in _children(node):
        if key not in readers:
            value.refuse("unknown_key", did_you_mean(key, readers))
            continue
        with contextlib.suppress(Faulty):
            found[key] = readers[key](value)
    return found


def _parameter(verb: Verb, key: str, node: Node) -> Value | None:
    """Return the value of a verb's parameter; None where the verb has none of that name (noted)."""
    known = {parameter.name: parameter for parameter in verb.parameters}
    if key in known:
        return _value(known[key].form, node)
    node.refuse("unknown_key", did_you_mean(key, [*known, *_STEP_KEYS, verb.name]))
    return None


def _which_verb(node: Node, found: list[str], keys: Iterable[str]) -> Faulty:
    if found:
        return node.refuse("step_of_many", verbs=joined("and", found))
    strange = next((key for key in keys if key not in _STEP_KEYS), "")
    return node.refuse("step_of_none", did_you_mean(strange, VERBS, phrase("write_one_of", names=tuple(VERBS))))


def _value(form: ValueForm, node: Node) -> Value:
    try:
        return parse_value(form, node.text(f"form_{form.value}"))
    except UnfitError as error:
        raise _refuse(node, error) from None


def _refuse(node: Node, error: UnfitError) -> Faulty:
    return node.refuse(error.code, Phrase(error.remedy, error.values) if error.remedy else None, **error.values)


def _children(node: Node) -> list[tuple[str, Node]]:
    """Return a mapping's keys and values; a key that stands twice is a fault."""
    found: dict[str, Node] = {}
    for key, _, value in node.pairs():
        place = node.at(value, f"{node.path}.{key}" if node.path else key)
        if key in found:
            place.refuse("twice_here", Phrase("remove_one"))
        found[key] = place
    return list(found.items())


def _items_read(node: Node, read: Callable[[Node], Any]) -> Iterable[Any]:
    for number, item in enumerate(node.items()):
        try:
            yield read(node.at(item, f"{node.path}[{number}]"))
        except Faulty:
            continue
