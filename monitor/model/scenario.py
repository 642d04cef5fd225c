"""What may happen to the emulated province: verbs, actions, steps, and a scenario that plays them by the clock.

The YAML files and the lab's control socket speak the same verbs; VERBS is their one table, and parse_value their one grammar.
words/verbs.py tells what each is for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

from monitor.model.clock import seconds
from monitor.model.inventory import Inventory
from monitor.model.spelling import nearest

Value = float | int | tuple[int, ...] | str


class UnfitError(ValueError):
    """A word that fits no scenario and no target. code, remedy: of words/faults, what is wrong and what would do, '' for the code's
    own cure; values: what both quote."""

    def __init__(self, code: str, remedy: str = "", /, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.remedy = remedy
        self.values = values


class ValueForm(Enum):
    """How a value is written; durations become seconds, ratios 0 to 1, rates bit/s."""

    DURATION = "duration"
    RATIO = "ratio"
    RATE = "rate"
    COUNT = "count"
    PORTS = "ports"
    ID = "id"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value that a verb takes. usual: what it is where it is not given, as an operator would write it; '' for nothing."""

    name: str
    form: ValueForm
    usual: str = ""


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing that may be done. lasts: a fault that stays until it is restored or `for` has passed; else done at once.

    has_targets: False for what concerns the monitor's own link.
    """

    name: str
    parameters: tuple[Parameter, ...] = ()
    lasts: bool = True
    has_targets: bool = True

    def has_parameter(self, name: str) -> bool:
        return any(parameter.name == name for parameter in self.parameters)

    def parameter(self, name: str) -> Parameter:
        """Return one parameter. Raises UnfitError, with what was probably meant, where there is none of that name."""
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        names = tuple(parameter.name for parameter in self.parameters)
        near = nearest(name, names) or ""
        remedy = "takes_near" if near else "takes_these" if names else "takes_nothing"
        raise UnfitError("no_parameter", remedy, verb=self.name, name=name, near=near, names=names)


_VERBS = (
    Verb("cut", (Parameter("via", ValueForm.ID),)),
    Verb(
        "flap",
        (
            Parameter("down", ValueForm.DURATION, "10s"),
            Parameter("up", ValueForm.DURATION, "10s"),
        ),
    ),
    Verb("power-cut"),
    Verb("dead"),
    Verb("mute"),
    Verb("lossy", (Parameter("loss", ValueForm.RATIO, "5%"),)),
    Verb(
        "slow",
        (
            Parameter("delay", ValueForm.DURATION, "200ms"),
            Parameter("jitter", ValueForm.DURATION, "0ms"),
        ),
    ),
    Verb("duplicate", (Parameter("share", ValueForm.RATIO, "10%"),)),
    Verb("mtu", (Parameter("octets", ValueForm.COUNT, "1400"),)),
    Verb(
        "limit",
        (
            Parameter("capacity", ValueForm.RATE, "4M"),
            Parameter("offered", ValueForm.RATE),
            Parameter("buffer", ValueForm.DURATION, "100ms"),
        ),
    ),
    Verb("agent-dead"),
    Verb("agent-slow", (Parameter("delay", ValueForm.DURATION, "3s"),)),
    Verb("agent-loop"),
    Verb(
        "agent-dies",
        (
            Parameter("after", ValueForm.COUNT, "2"),
            Parameter("away", ValueForm.DURATION, "20s"),
        ),
    ),
    Verb("agent-endless"),
    Verb("agent-small", (Parameter("octets", ValueForm.COUNT, "484"),)),
    Verb("agent-garbled"),
    Verb("agent-oversized", (Parameter("octets", ValueForm.COUNT, "60000"),)),
    Verb("agent-nested", (Parameter("depth", ValueForm.COUNT, "2000"),)),
    Verb("agent-wrong-id"),
    Verb("agent-floods", (Parameter("rate", ValueForm.COUNT, "1000"),)),
    Verb("agent-twin"),
    Verb("agent-elsewhere", (Parameter("octet", ValueForm.COUNT, "254"),)),
    Verb("agent-32bit"),
    Verb("busy"),
    Verb("unregistered"),
    Verb("signalling-deaf"),
    Verb("camera-failed"),
    Verb("microphone-failed"),
    Verb("certificate-expired", (Parameter("ago", ValueForm.DURATION, "1d"),)),
    Verb("certificate-ends", (Parameter("left", ValueForm.DURATION, "5d"),)),
    Verb(
        "open",
        (
            Parameter("tcp", ValueForm.PORTS),
            Parameter("udp", ValueForm.PORTS),
        ),
    ),
    Verb(
        "close",
        (
            Parameter("tcp", ValueForm.PORTS),
            Parameter("udp", ValueForm.PORTS),
        ),
    ),
    Verb("reboot", (Parameter("away", ValueForm.DURATION, "0s"),), lasts=False),
    Verb("reset-counters", lasts=False),
    Verb("set-counters", (Parameter("value", ValueForm.COUNT, "4294000000"),), lasts=False),
    Verb("renumber", lasts=False),
    Verb("blind", has_targets=False),
    Verb("unplug", has_targets=False),
    Verb("restore", lasts=False),
)

VERBS: Mapping[str, Verb] = MappingProxyType({verb.name: verb for verb in _VERBS})


@dataclass(frozen=True, slots=True)
class Action:
    """One verb with what it is done to.

    selectors: ids, 'all', 'area:ID', 'level:NAME', 'kind:point'. values: parameter → value.
    share: of what they select, a random part of 0 to 1; None: all of it. for_s: seconds until it is undone; None: it stays.
    """

    verb: str
    selectors: tuple[str, ...] = ()
    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    share: float | None = None
    for_s: float | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """An action by the clock. at_s: seconds after the lab's start. every_s: then again and again; None: once."""

    at_s: float
    action: Action
    every_s: float | None = None


@dataclass(frozen=True, slots=True)
class LinkSettings:
    """What an uplink usually does, as a round trip sees it; None leaves the emulator's own value.

    delay_s, jitter_s: seconds a round trip, jitter uniform from 0. loss_ratio: of round trips. mtu: octets of an IP packet.
    """

    delay_s: float | None = None
    jitter_s: float | None = None
    loss_ratio: float | None = None
    mtu: int | None = None


@dataclass(frozen=True, slots=True)
class AgentSettings:
    """What a target's SNMP agent plays. recording: the text of a .snmprec file; source: its name. tcp, udp: further open ports."""

    recording: str | None = None
    source: str = ""
    tcp: tuple[int, ...] = ()
    udp: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """How the province behaves, and what happens to it when.

    links, agents: in the order of the file, (selector, settings); a later one overrides an earlier one.
    """

    title: str = ""
    about: str = ""
    seed: int = 1
    links: tuple[tuple[str, LinkSettings], ...] = ()
    agents: tuple[tuple[str, AgentSettings], ...] = ()
    steps: tuple[Step, ...] = ()


def find_verb(name: str) -> Verb:
    """Return a verb. Raises UnfitError, with what was probably meant, where there is none of that name."""
    verb = VERBS.get(name)
    if verb is None:
        near = nearest(name, VERBS) or ""
        raise UnfitError("no_verb", "did_you_mean" if near else "there_are", name=name, near=near, names=tuple(VERBS))
    return verb


_RATE = re.compile(r"(\d+(?:\.\d+)?)([kMG]?)")
_BITS = {"": 1.0, "k": 1e3, "M": 1e6, "G": 1e9}
_RATIO = re.compile(r"(\d+(?:\.\d+)?)(%?)")


def parse_value(form: ValueForm, text: str) -> Value:
    """Return what a text says in a form. Raises UnfitError with what it should look like."""
    value = _parse(form, text)
    if value is None:
        raise UnfitError(f"no_form_{form.value}", text=text)
    return value


def parse_number(form: ValueForm, text: str) -> float:
    """Return seconds, 0 to 1 or bit/s, as the form is. Raises UnfitError with what it should look like."""
    return float(str(parse_value(form, text)))


def _parse(form: ValueForm, text: str) -> Value | None:
    if form is ValueForm.DURATION:
        return seconds(text)
    if form is ValueForm.RATE:
        match = _RATE.fullmatch(text)
        return float(match[1]) * _BITS[match[2]] if match else None
    if form is ValueForm.RATIO:
        match = _RATIO.fullmatch(text)
        ratio = float(match[1]) / (100 if match[2] else 1) if match else 2.0
        return ratio if ratio <= 1 else None
    if form is ValueForm.COUNT:
        return int(text) if text.isascii() and text.isdigit() else None
    if form is ValueForm.PORTS:
        return _ports(text.replace(" ", "").split(","))
    return text or None


def _ports(parts: list[str]) -> tuple[int, ...] | None:
    ports = tuple(int(part) for part in parts if part.isascii() and part.isdigit())
    return ports if len(ports) == len(parts) and max(ports) < 65_536 else None


def with_usual_values(verb: Verb, given: Mapping[str, Value]) -> Mapping[str, Value]:
    """Return the values of a verb, with the usual ones for those that are not given."""
    values = dict(given)
    for parameter in verb.parameters:
        if parameter.name not in values and parameter.usual:
            values[parameter.name] = parse_value(parameter.form, parameter.usual)
    return MappingProxyType(values)


def select(inventory: Inventory, selector: str) -> tuple[str, ...]:
    """Return the ids that a selector means, in the inventory's order.

    Raises UnfitError, with what was probably meant, where it means none.
    """
    targets = inventory.targets
    if selector in targets:
        return (selector,)
    if selector == "all":
        return tuple(targets)
    field_name, colon, value = selector.partition(":")
    if colon and field_name in ("area", "level", "kind"):
        found = tuple(target.id for target in targets.values() if getattr(target, field_name) == value)
        if not found:
            known = {str(getattr(target, field_name)) for target in targets.values()}
            near = nearest(value, known) or ""
            raise UnfitError("selects_nothing", "did_you_mean" if near else "", field=field_name, value=value, near=near)
        return found
    near = nearest(selector, targets) or ""
    raise UnfitError("no_target", "did_you_mean" if near else "write_selector", name=selector, near=near)
