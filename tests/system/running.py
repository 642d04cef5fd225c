"""A daemon running inside a lab, seen from outside as a Prometheus or a browser sees it."""

from __future__ import annotations

import json
import math
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from monitor.journal.rows import Entry
from monitor.journal.store import JournalReader
from monitor.service.process import FIRST_PASSED_FD
from tests.lab_fixture import Lab
from tests.patience import LONGEST_WAIT_S

# The service manager's part: the listener becomes fd 3, and LISTEN_PID is the daemon's own.
_HAND_IN = 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$@"'
LOOK_EVERY_S = 0.2
EVEN_SHARE = 0.8


class Samples:
    """Metric → its samples' labels and values, from /metrics. Only what is asked for is parsed: all of it takes a second."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._parsed: dict[str, list[tuple[Mapping[str, str], float]]] = {}

    def __getitem__(self, name: str) -> list[tuple[Mapping[str, str], float]]:
        """Return a metric's samples; none where there is no such metric."""
        if name not in self._parsed:
            lines = "\n".join(re.findall(rf"^{name}[{{ ].*$", self._text, re.MULTILINE)) + "\n"
            families = text_string_to_metric_families(lines)
            self._parsed[name] = [(each.labels, each.value) for family in families for each in family.samples]
        return self._parsed[name]


@dataclass(frozen=True, slots=True)
class Scrape:
    """One answer of /metrics. at: epoch seconds."""

    samples: Samples
    text: str
    at: float

    def value(self, name: str, **labels: str) -> float | None:
        """Return the one sample that has these labels, None where there is none."""
        found = [value for of, value in self.samples[name] if labels.items() <= of.items()]
        assert len(found) <= 1, f"{name} {labels} is not one series"
        return found[0] if found else None

    def bursts_since(self, earlier: Scrape, target: str) -> float:
        """Return how many bursts of five went to a target since an earlier scrape."""
        sent = [scrape.value("wan_icmp_packets_sent_total", target=target) or 0 for scrape in (earlier, self)]
        return (sent[1] - sent[0]) / 5

    def states(self) -> dict[str, str]:
        """Return id → state of every target that has one."""
        found = [(of["target"], of["state"]) for of, value in self.samples["wan_target_state"] if value == 1]
        assert len(found) == len(dict(found)), "a target has two states"
        return dict(found)

    def counts(self) -> Counter[str]:
        """Return how many targets are in each state."""
        return Counter(self.states().values())

    def in_state(self, state: str) -> set[str]:
        """Return the ids that are in a state."""
        return {target for target, each in self.states().items() if each == state}

    def causes(self) -> dict[str, str]:
        """Return id → id of its root cause."""
        return {of["target"]: of["cause"] for of, _ in self.samples["wan_target_cause_info"]}


class Running:
    """`monitor run` in a lab's network, its listener opened outside and handed in."""

    def __init__(self, lab: Lab, folder: Path, *, prefix: tuple[str, ...] = (), options: tuple[str, ...] = ()) -> None:
        """folder: for journal and log. prefix: a command in front, such as faketime. options: further ones of `monitor run`."""
        self.lab = lab
        self.journal = folder / "journal.db"
        self.log = folder / "log"
        self._prefix = prefix
        self._options = options
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.origin = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.process = self._start()

    def _start(self) -> subprocess.Popen[str]:
        daemon = [
            sys.executable,
            "-m",
            "monitor",
            "run",
            "--config",
            str(self.lab.folder),
            "--journal",
            f"sqlite:///{self.journal}",
            *self._options,
        ]
        listener = self._listener.fileno()

        def hand_in() -> None:
            os.dup2(listener, FIRST_PASSED_FD)

        words = ["sh", "-c", _HAND_IN, "sh", *self._prefix, *daemon]
        with self.log.open("a") as log:
            return self.lab.popen(*words, stdout=log, stderr=log, pass_fds=[FIRST_PASSED_FD], preexec_fn=hand_in)

    def start_again(self) -> None:
        """Start the daemon anew, on the same listener and journal."""
        self.process = self._start()

    def children(self) -> list[int]:
        """Return the processes that the daemon started and that live: that which visitors meet."""
        pid = self.process.pid
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def stop(self) -> int:
        """End it as systemd does and return its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(LONGEST_WAIT_S)

    def close(self) -> None:
        """End it, whatever its state is, and give the listener back."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.stop()
        self._listener.close()

    def get(self, path: str) -> Any:
        """Return the JSON that a path answers."""
        with urllib.request.urlopen(self.origin + path, timeout=LONGEST_WAIT_S) as answer:
            return json.load(answer)

    def entries(self) -> list[Entry]:
        """Return all that the journal of a daemon that has answered once holds, oldest first; the API tells the newest thousand."""
        reader = JournalReader(f"sqlite:///{self.journal}")
        try:
            return reader.between(0.0, math.inf)
        finally:
            reader.close()

    def events_since(self, scrape: Scrape) -> list[dict[str, Any]]:
        """Return the journal's entries that are younger than a scrape, newest first."""
        found: list[dict[str, Any]] = self.get(f"/api/v1/events?since={scrape.at}&limit=1000&lang=en")["events"]
        return found

    def events_until(self, scrape: Scrape, kind: str) -> list[dict[str, Any]]:
        """Return the same once one of this kind is among them: what is not a state is shown first and written then."""
        self.eventually(lambda: kind in [event["kind"] for event in self.events_since(scrape)])
        return self.events_since(scrape)

    def scrape(self) -> Scrape:
        """Return what /metrics says now."""
        try:
            with urllib.request.urlopen(f"{self.origin}/metrics", timeout=LONGEST_WAIT_S) as answer:
                text = answer.read().decode()
        except OSError as error:
            raise AssertionError(f"no answer: {error}; status {self.process.poll()}\n{self.log.read_text()[-3000:]}") from error
        at = time.time()
        return Scrape(Samples(text), text, at)

    def scrapes(self) -> Iterator[Scrape]:
        """Yield scrape after scrape, LOOK_EVERY_S apart; fails after LONGEST_WAIT_S, with the states and the log's end."""
        end_s = time.monotonic() + LONGEST_WAIT_S
        while True:
            scrape = self.scrape()
            yield scrape
            if time.monotonic() > end_s:
                raise AssertionError(f"it never held; at the end: {scrape.counts()}\n{self.log.read_text()[-3000:]}")
            self._rest()

    def looks(self) -> Iterator[None]:
        """Come back again and again, LOOK_EVERY_S apart, for what no scrape shows; fails after LONGEST_WAIT_S."""
        end_s = time.monotonic() + LONGEST_WAIT_S
        while time.monotonic() < end_s:
            yield
            self._rest()
        raise AssertionError(f"it never held\n{self.log.read_text()[-3000:]}")

    def until(self, holds: Callable[[Scrape], bool]) -> Scrape:
        """Return the first scrape of which something holds; fails as scrapes() does."""
        return next(scrape for scrape in self.scrapes() if holds(scrape))

    def eventually(self, holds: Callable[[], object]) -> None:
        """Return once something holds that no scrape shows; fails as looks() does."""
        next(None for _ in self.looks() if holds())

    def until_up(self, count: int) -> Scrape:
        """Return the first scrape in which so many targets are up and no other state is left."""
        return self.until(lambda scrape: scrape.counts() == {"up": count})

    def _rest(self) -> None:
        """Leave the machine alone until the next look; a daemon that ended is told at once."""
        try:
            status = self.process.wait(LOOK_EVERY_S)
        except subprocess.TimeoutExpired:
            return
        raise AssertionError(f"the daemon ended with {status}\n{self.log.read_text()[-3000:]}")


def is_even(counts: Collection[float], *, spare: int = 1) -> bool:
    """Return whether nobody got much less than the others: EVEN_SHARE of what most got, less what the end of the counting cuts off.

    More than the others is no fault: whoever misses on a busy machine is asked again. Such a machine leaves out single turns, too.
    """
    return min(counts) >= EVEN_SHARE * median(counts) - spare


@contextmanager
def running_in(lab: Lab, *, prefix: tuple[str, ...] = ()) -> Iterator[Running]:
    """A daemon in a lab, with a journal of its own; it ends with the context, whatever its state is."""
    with tempfile.TemporaryDirectory(prefix="run") as folder:
        running = Running(lab, Path(folder), prefix=prefix)
        try:
            yield running
        finally:
            running.close()
