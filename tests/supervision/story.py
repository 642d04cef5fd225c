"""What happens to the province in one go, and what people were told: one run that the tests and `make drill` share.

Everything happens at once as far as it can. All times are the shipped ones divided by `faster`, but for what takes as long as it
takes: a packet's timeout, and how long the daemon may be absent while it restarts (chain.py). An act waits for what was told, never
for a clock, where that is possible.
"""

from __future__ import annotations

import re
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from monitor.model.state import State, Transition
from tests.lab_fixture import Lab, launch
from tests.patience import LONGEST_WAIT_S
from tests.supervision.chain import SHIPPED, Chain, chain_over
from tests.supervision.scaling import scaled
from tests.supervision.sink import Message
from tests.system.running import Running, running_in

DISTRICT = "ubnd-huyen-dong-van"
POWERLESS = "xa-pa-vi"
FLAPPING = "xa-tat-nga"
MAINTAINED = "ubnd-huyen-quan-ba"
RESTING = ("dc-xa-lao-chai", "dc-xa-xin-chai", "dc-xa-thanh-duc")
STORM = tuple(f"ubnd-huyen-{name}" for name in ("yen-minh", "hoang-su-phi", "xin-man", "bac-me", "quang-binh"))
SINGLES = 20
MONITOR = "monitor"

FLAPS_S = 35.0
FLAPS_FOR_S = 600.0
STORM_S = 60.0
GROUP_INTERVAL_S = 300.0
_TOLD_S = 240.0  # a wait that takes longer than this has failed, at shipped intervals
_SLACK_S = LONGEST_WAIT_S  # and so much more at any

# Faults of quality are not what this is about: bounds that a busy machine can't reach.
_SETTINGS = """
probes:
  icmp: {{every: {icmp}, packets: 5, spacing: 20ms, timeout: 1s}}
  snmp: {{every: {snmp}, timeout: 2s, retries: 1}}
quality: {{loss: 90%, rtt: 30s, jitter: 30s, rtt_usual_extra: 30s}}
maintenance: [{{reason: Thay thiết bị, ids: [{maintained}], start: 2020-01-01T00:00, end: 2099-01-01T00:00}}]
credentials: {{wan: {{version: 2c, community: {{literal: public}}}}}}
logins: {{codec: {{user: monitor, password: {{literal: public}}}}}}
"""


@dataclass(frozen=True, slots=True)
class Act:
    """Something that was done to a cause. what: cut mended killed. at: epoch seconds."""

    what: str
    cause: str
    at: float


@dataclass(frozen=True, slots=True)
class Told:
    """One notification, as the sink had it."""

    cause: str
    status: str
    receiver: str
    at: float
    alerts: tuple[str, ...]
    summary: str
    description: str


@dataclass(slots=True)
class Account:
    """All that happened and all that was told. expected: the causes that people must hear of, each once. behind: how many points
    and endpoints hang on the cut district. barks: how often the watchdog was heard."""

    acts: list[Act] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    behind: dict[str, int] = field(default_factory=dict)
    barks: int = 0

    def of(self, cause: str) -> list[Told]:
        """Return what was told of a cause, in order."""
        return [told for told in self.told if told.cause == cause]

    def when(self, what: str, cause: str) -> float:
        """Return when something was done last."""
        return max(act.at for act in self.acts if (act.what, act.cause) == (what, cause))

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return asdict(self)

    @staticmethod
    def from_json(form: dict[str, Any]) -> Account:
        """Return what as_json wrote."""
        told = [Told(**each | {"alerts": tuple(each["alerts"])}) for each in form["told"]]
        return Account(**form | {"acts": [Act(**each) for each in form["acts"]], "told": told})


def settings(faster: float) -> str:
    """Return the daemon's settings with its rounds so much faster; a packet takes as long as it takes."""
    return _SETTINGS.format(icmp=scaled("15s", faster), snmp=scaled("60s", faster), maintained=MAINTAINED)


def sites() -> str:
    """Return the shipped inventory in which three endpoints rest unless there is a meeting."""
    text = (SHIPPED / "sites.yaml").read_text(encoding="utf-8")
    return re.sub(rf"{{id: ({'|'.join(RESTING)}),", r"{id: \1, expected: meetings,", text)


@contextmanager
def stage(faster: float) -> Iterator[tuple[Running, Chain]]:
    """The shipped province in a lab, the daemon, Prometheus, Alertmanager and the sink."""
    with tempfile.TemporaryDirectory(prefix="lab") as folder:
        lab = launch(Path(folder), sites=sites(), monitor=settings(faster))
        try:
            with running_in(lab) as running:
                # A daemon that still begins to poll has no time for Prometheus on a busy machine: that is an absence, and told.
                running.until(lambda scrape: len(scrape.states()) == len(lab.inventory.targets) and not scrape.in_state("unknown"))
                address = running.origin.removeprefix("http://")
                with chain_over(address, Path(folder), faster=faster) as chain:
                    yield running, chain
        finally:
            lab.stop()


class Story:
    """Plays the whole of it once."""

    def __init__(self, running: Running, chain: Chain, faster: float, say: Callable[[str], None]) -> None:
        """say: hears of each act, in a sentence."""
        self.running, self.chain, self.faster = running, chain, faster
        self.account = Account()
        self._say = say
        self._lab: Lab = running.lab
        self._pending: set[str] = set()

    def play(self) -> Account:
        """Do everything in its order and return what came of it."""
        self._begin()
        self._first_faults()
        self._restart()
        self._mend(DISTRICT, POWERLESS)
        self._storm()
        if self._left_to_flap_s() <= 0:
            self._mend(FLAPPING)  # its calm, and what is told of it, pass while the daemon is killed
        self._kill()
        self._calm()
        self.account.told = [_told(message) for message in self.chain.sink.messages()]
        self.account.barks = self.chain.sink.barks()
        return self.account

    def _begin(self) -> None:
        targets = self._lab.inventory.targets
        for id_ in (DISTRICT, POWERLESS, FLAPPING, MAINTAINED, *RESTING, *STORM):
            assert id_ in targets, id_
        self._until_heard(lambda: self.chain.sink.barks() > 0, "the watchdog")

    def _first_faults(self) -> None:
        below = [target for target in self._lab.inventory.targets.values() if self._hangs_on(target.id, DISTRICT)]
        endpoints = sum(target.kind == "endpoint" for target in below)
        self.account.behind = {"points": len(below) - endpoints, "endpoints": endpoints}
        self._do("cut", MAINTAINED, verb="cut", is_told=False)
        for id_ in RESTING:
            self._do("cut", id_, verb="dead", is_told=False)
        self._do("cut", DISTRICT, verb="cut")
        self._do("cut", POWERLESS, verb="power-cut")
        every = scaled(f"{FLAPS_S:.0f}s", self.faster)
        self._do("cut", FLAPPING, verb="flap", down=every, up=every)
        self._until_told(DISTRICT, POWERLESS, FLAPPING)
        self.running.eventually(lambda: self._falls(FLAPPING) > 1)  # after one alone a slow restart looks like calm

    def _falls(self, id_: str) -> int:
        """Return how often a target went down, by the journal."""
        transitions = (entry for entry in self.running.entries() if isinstance(entry, Transition))
        return sum((entry.target, entry.new) == (id_, State.DOWN) for entry in transitions)

    def _restart(self) -> None:
        self._say("the daemon is restarted while all this is down")
        self.running.stop()
        self.running.start_again()
        self._until_judged()

    def _storm(self) -> None:
        singles = self._singles()
        pause_s = STORM_S / self.faster / (len(STORM) + len(singles))
        order = [*singles]
        for place, district in enumerate(STORM):
            order.insert(place * 5, district)
        for id_ in order:
            self._do("cut", id_, verb="cut" if self._lab.inventory.targets[id_].kind == "point" else "dead")
            self._rest(pause_s)
        self._until_told(*order)
        self._mend(*order)
        gone = {*order, DISTRICT, POWERLESS}
        self.running.until(lambda scrape: not gone & set(scrape.causes().values()))
        self._rest(30 / self.faster)  # three scrapes, so that Prometheus knows it too

    def _singles(self) -> list[str]:
        """Return ten communes and ten endpoints of districts to which nothing else happens."""
        # Personal computers are at rest out of office hours, and this is any hour.
        untouched, half = {"huyen-vi-xuyen", "huyen-bac-quang", "huyen-meo-vac"}, SINGLES // 2
        free = [each for each in self._lab.inventory.targets.values() if each.area in untouched and each.profile != "pc-soft"]
        free = [each for each in free if not {each.id, *each.parents} & {*RESTING, POWERLESS, FLAPPING}]
        points = [each.id for each in free if (each.kind, each.level) == ("point", "commune")][::4][:half]
        endpoints = [each.id for each in free if each.kind == "endpoint" and each.parents[0] not in points][:half]
        assert (half, half) == (len(points), len(endpoints))
        return [id_ for pair in zip(points, endpoints, strict=True) for id_ in pair]

    def _kill(self) -> None:
        self._say("the daemon is killed")
        self.account.acts.append(Act("killed", MONITOR, time.time()))
        self.account.expected.append(MONITOR)
        self.running.process.send_signal(signal.SIGKILL)
        self.running.process.wait()
        self._until_told(MONITOR)
        self.running.start_again()
        self.account.acts.append(Act("mended", MONITOR, time.time()))
        self._until_judged()

    def _left_to_flap_s(self) -> float:
        """Return how long the link has to go on flapping: ten minutes in all."""
        return self.account.when("cut", FLAPPING) + FLAPS_FOR_S / self.faster - time.time()

    def _calm(self) -> None:
        """Let the link flap for as long as it has to, then be calm, and hear whether that is told, once, with nothing after it."""
        if not any((act.what, act.cause) == ("mended", FLAPPING) for act in self.account.acts):
            self._rest(self._left_to_flap_s())
            self._mend(FLAPPING)
        self._until_heard(lambda: self._causes("resolved") >= set(self.account.expected), "that all is well", waits=3)
        self._rest((GROUP_INTERVAL_S + 30) / self.faster)  # what would come after the end would come by now

    def _do(self, what: str, id_: str, *, verb: str, is_told: bool = True, **values: str) -> None:
        self._lab.ctl(verb, id_, **values)
        self._say(f"{verb} {id_}")
        self.account.acts.append(Act(what, id_, time.time()))
        if is_told:
            self.account.expected.append(id_)

    def _mend(self, *ids: str) -> None:
        self._lab.ctl("restore", *ids)
        self._say("mended: " + ", ".join(ids))
        self.account.acts += [Act("mended", id_, time.time()) for id_ in ids]

    def _hangs_on(self, id_: str, cause: str) -> bool:
        parents = self._lab.inventory.targets[id_].parents
        return cause in parents or any(self._hangs_on(parent, cause) for parent in parents)

    def _causes(self, status: str) -> set[str]:
        return {message.cause for message in self.chain.sink.messages() if message.status == status}

    def _until_told(self, *causes: str) -> None:
        self._until_heard(lambda: self._causes("firing") >= set(causes), f"what happened to {', '.join(causes)}")

    def _until_heard(self, holds: Callable[[], bool], what: str, waits: int = 1) -> None:
        heard = self.chain.sink.until(holds, waits * (_TOLD_S / self.faster + _SLACK_S))
        self.chain.ensure_alive()
        assert heard, f"nobody was told {what}; told: {[(m.cause, m.status) for m in self.chain.sink.messages()]}"

    def _until_judged(self) -> None:
        """Wait until the daemon that started has a word on every target."""
        for _ in self.running.looks():
            try:
                scrape = self.running.scrape()
            except AssertionError:
                continue
            if len(scrape.states()) == len(self._lab.inventory.targets):
                return

    def _rest(self, seconds: float) -> None:
        """Let time pass, with what is going on in it."""
        if seconds > 0:
            self.chain.sink.until(lambda: False, seconds)


def _told(message: Message) -> Told:
    return Told(
        message.cause,
        message.status,
        message.receiver,
        message.at,
        tuple(message.alerts),
        message.text("summary"),
        message.text("description"),
    )


def play(faster: float, say: Callable[[str], None]) -> Account:
    """Set the stage, play it and return the account. Raises MissingError where Prometheus or Alertmanager is not installed."""
    with stage(faster) as (running, chain):
        return Story(running, chain, faster, say).play()
