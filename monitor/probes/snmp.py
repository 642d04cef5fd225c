"""The fast SNMP engine: polls any number of v1 and v2c agents at once over one socket an IP version."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from monitor.model.clock import Clock
from monitor.model.misdeed import Misdeed, Stray
from monitor.model.reading import Deliver, Outcome, Reading, SnmpSample
from monitor.model.spec import SnmpSpec
from monitor.probes.names import Names, Place, UnresolvedNameError, resolve_by_system
from monitor.probes.snmp_exchange import Answer, Ask, Conversation, ExchangeError
from monitor.probes.snmp_memory import Memories
from monitor.probes.snmp_poll import Poll
from monitor.probes.snmp_transport import Exchange, SnmpTransport
from monitor.wire.oid import Oid
from monitor.wire.snmp import V1, V2C, Request, prepare

_SLICE = 64
"""Polls that are begun before the loop does something else."""
_WIRE_VERSIONS = {"1": V1, "2c": V2C}
_log = logging.getLogger(__name__)


class _Batch:
    """The polls of one call of probe(), which ends when none is left."""

    def __init__(self, left: int) -> None:
        self.left = left
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def count_down(self) -> None:
        self.left -= 1
        if not self.left and not self.done.done():
            self.done.set_result(None)


@dataclass(slots=True, eq=False)
class _Job:
    """One poll of one agent. over: set when no further question may be asked."""

    spec: SnmpSpec
    deliver: Deliver
    batch: _Batch
    poll: Poll
    conversation: Conversation[SnmpSample]
    place: Place | None = None
    deadline_s: float = 0.0
    exchange: Exchange | None = None
    over: ExchangeError | None = None
    is_finished: bool = False


class SnmpProber:
    """Polls agents; see open(), probe(), close()."""

    def __init__(self, clock: Clock, *, in_flight: int = 200, resolve: Callable[[str], str] = resolve_by_system) -> None:
        """Prepare, without opening anything. in_flight: how many questions may be younger than half a second."""
        self._clock = clock
        self._names = Names(clock, resolve)
        self._transport = SnmpTransport(clock, in_flight)
        self._transport.on_room = self._begin_more
        self._waiting: deque[_Job] = deque()
        self._jobs: set[_Job] = set()
        self._finding: set[asyncio.Task[None]] = set()
        self._memories = Memories()
        self._is_beginning = False

    async def open(self) -> None:
        """Open the sockets. Raises SetupError."""
        self._transport.open()

    @property
    def receive_drops(self) -> int:
        """Return how many datagrams the kernel dropped for want of room since open()."""
        return self._transport.receive_drops

    @property
    def sends_attempted(self) -> int:
        """Return how many datagrams were handed to the kernel."""
        return self._transport.sends_attempted

    @property
    def sends_refused(self) -> int:
        """Return how many of them it refused to send."""
        return self._transport.sends_refused

    @property
    def last_refusal(self) -> str:
        """Return the kernel's last reason, '' where it refused nothing."""
        return self._transport.last_refusal

    def take_strays(self) -> tuple[Stray, ...]:
        """Return what answered no open question since the last call, by source and kind."""
        return self._transport.strays.take()

    async def probe(self, specs: Sequence[SnmpSpec], deliver: Deliver) -> None:
        """Poll the agents, and deliver each one's Reading when it is complete; ends when all are."""
        if not specs:
            return
        batch = _Batch(len(specs))
        jobs = [self._job(spec, deliver, batch) for spec in specs]
        self._jobs.update(jobs)
        for job in jobs:
            if job.spec.confirms:
                self._waiting.appendleft(job)
            else:
                self._waiting.append(job)
        self._begin_more()
        try:
            await batch.done
        finally:
            for job in jobs:
                self._drop(job)

    def close(self) -> None:
        """Close the sockets; polls still under way are delivered as not sent."""
        self._transport.on_room = lambda: None
        for job in tuple(self._jobs):
            self._conclude(job, Outcome.NOT_SENT, None, "the monitor is stopping")
        for task in self._finding:
            task.cancel()
        self._transport.close()
        self._names.close()

    # A poll's way

    def _job(self, spec: SnmpSpec, deliver: Deliver, batch: _Batch) -> _Job:
        poll = Poll(spec, self._memories.of(spec))
        return _Job(spec, deliver, batch, poll, poll.run())

    def _begin_more(self) -> None:
        """Begin as many waiting polls as the window permits, a slice at a time."""
        if self._is_beginning:
            return
        self._is_beginning = True
        try:
            for _ in range(_SLICE):
                if not self._waiting or not self._transport.has_room:
                    return
                job = self._waiting.popleft()
                if not job.is_finished:
                    self._locate(job)
        finally:
            self._is_beginning = False
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._begin_more)

    def _locate(self, job: _Job) -> None:
        """Find the agent's address, off the loop where it is a name, and begin."""
        place = self._names.known(job.spec.address)
        if place is not None:
            self._begin(job, place)
            return
        task = asyncio.get_running_loop().create_task(self._find(job))
        self._finding.add(task)
        task.add_done_callback(self._finding.discard)

    async def _find(self, job: _Job) -> None:
        try:
            place = await self._names.find(job.spec.address)
        except UnresolvedNameError as error:
            self._conclude(job, Outcome.NOT_SENT, None, str(error))
            return
        if not job.is_finished:
            self._begin(job, place)

    def _begin(self, job: _Job, place: Place) -> None:
        if job.spec.credential.version not in _WIRE_VERSIONS:
            self._conclude(job, Outcome.NOT_SENT, None, f"version {job.spec.credential.version} needs engine: pysnmp")
            return
        if not self._transport.speaks(place.version):
            self._conclude(job, Outcome.NOT_SENT, None, f"this machine does not speak IPv{place.version}")
            return
        job.place = place
        job.deadline_s = self._clock.monotonic() + job.spec.deadline_s
        self._advance(job, lambda: next(job.conversation))

    def _answered(self, job: _Job, answer: Answer) -> None:
        self._advance(job, lambda: job.conversation.send(answer))

    def _failed(self, job: _Job, error: ExchangeError) -> None:
        job.over = error if error.is_final else None
        self._advance(job, lambda: job.conversation.throw(error))

    def _advance(self, job: _Job, step: Callable[[], Ask]) -> None:
        """Go on until the next question is on its way, or the poll is complete."""
        try:
            ask = step()
            while (error := job.over or self._ask(job, ask)) is not None:
                job.over = error if error.is_final else None
                ask = job.conversation.throw(error)
        except StopIteration as complete:
            self._conclude(job, Outcome.OK, complete.value, job.poll.detail, job.poll.misdeed)
        except ExchangeError as error:
            self._conclude(job, error.outcome, None, error.detail, error.misdeed)
        except Exception as error:
            _log.exception("%s: a fault of the monitor's own while polling", job.spec.target)
            self._conclude(job, Outcome.NOT_SENT, None, f"a fault of the monitor's own: {error!r}")

    def _ask(self, job: _Job, ask: Ask) -> ExchangeError | None:
        """Send a question; return why it could not be sent."""
        spec, place = job.spec, job.place
        assert place is not None
        now = self._clock.monotonic()
        if now >= job.deadline_s:
            return ExchangeError(Outcome.TIMEOUT, f"not complete after {spec.deadline_s:g} s", is_final=True)
        version, community = _WIRE_VERSIONS[spec.credential.version], spec.credential.community.encode()
        job.exchange = Exchange(
            request=_template(version, community, ask.pdu, ask.oids, ask.repetitions),
            version=version,
            community=community,
            ip_version=place.version,
            destination=(place.sockaddr[0], spec.port, *place.sockaddr[2:]),
            sources=frozenset((place.address, *spec.answers_from)),
            timeout_s=spec.timeout_s,
            tries_left=spec.retries,
            deadline_s=job.deadline_s,
            answered=lambda answer: self._answered(job, answer),
            failed=lambda error: self._failed(job, error),
        )
        return self._transport.ask(job.exchange)

    def _conclude(
        self, job: _Job, outcome: Outcome, sample: SnmpSample | None, detail: str, misdeed: Misdeed | None = None
    ) -> None:
        """Deliver a poll's reading."""
        if job.is_finished:
            return
        self._drop(job)
        spec = job.spec
        try:
            at_s = self._clock.monotonic()
            job.deliver(Reading(spec.target, "snmp", at_s, outcome, None, sample, detail, spec.confirms, misdeed))
        finally:
            job.batch.count_down()
            self._begin_more()

    def _drop(self, job: _Job) -> None:
        """Forget a poll, whatever it waits for."""
        job.is_finished = True
        self._jobs.discard(job)
        if job.exchange is not None and not job.exchange.is_over:
            self._transport.cancel(job.exchange)
        job.conversation.close()


@lru_cache(maxsize=8192)
def _template(version: int, community: bytes, pdu: int, oids: tuple[Oid, ...], repetitions: int) -> Request:
    """Return a question that is encoded but for its request-id; a device is asked the same one at every poll."""
    return prepare(version, community, pdu, oids, second=repetitions)
