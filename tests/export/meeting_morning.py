"""An invented meeting over any inventory on the morning of morning.py, and one who watches meetings of whom the test says all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from monitor.errors import Notice
from monitor.model.inventory import Contact, Kind
from monitor.model.meeting import (
    Blast,
    Confirmation,
    EndpointVerdict,
    Loss,
    Meeting,
    MeetingView,
    Rung,
    RungEvidence,
    Stage,
    Verdict,
)
from monitor.model.reason import Reason
from monitor.model.state import Snapshot, State

ID = "giao-ban-thang-11"
TO_START_S = 33 * 60 + 20
CARRIER, TECHNICIAN, MCU, POWER = (
    Contact("Ca trực nhà mạng", "0219 000 001"),
    Contact("Kỹ thuật xã", "0219 000 002"),
    Contact("Người vận hành MCU", "0219 000 003"),
    Contact("Điện lực", "0219 000 004"),
)
Case = tuple[Verdict, Rung, Reason, Reason, tuple[Contact, ...]]

_NOT, _RISK, _UNKNOWN = Verdict.NOT_READY, Verdict.AT_RISK, Verdict.UNKNOWN


def _cases(at: float) -> Iterator[tuple[int, Case]]:
    """Yield how many endpoints have each fault."""
    yield 3, (_NOT, Rung.REGISTRATION, Reason("unregistered", {"protocol": "sip"}), Reason("do_unregistered"), (MCU,))
    yield 4, (_NOT, Rung.SIGNALLING, Reason("deaf", {"protocols": "sip+h323"}), Reason("do_deaf"), (TECHNICIAN,))
    yield 1, (_NOT, Rung.DEVICE, Reason("camera_failed"), Reason("do_camera_failed"), (TECHNICIAN,))
    yield 9, (_UNKNOWN, Rung.EVIDENCE, Reason("stale", {"age_s": 720.0}), Reason("do_stale"), (TECHNICIAN,))
    yield 2, (_RISK, Rung.QUALITY, Reason("loss", {"loss_ratio": 0.018, "packets": 1500}), Reason("do_loss"), (CARRIER,))
    yield 2, (_RISK, Rung.CAPACITY, Reason("overbooked", _room()), Reason("do_overbooked"), (TECHNICIAN,))
    yield 3, (_RISK, Rung.HISTORY, Reason("flapped", {"past_s": 604_800.0, "outages": 4}), Reason("do_flapped"), (CARRIER,))
    yield 3, (_RISK, Rung.CALL, Reason("busy_early"), Reason("do_busy"), (MCU,))
    yield 1, (_RISK, Rung.CERTIFICATE, Reason("certificate_ends", {"until_at": at + 7_000}), Reason("do_certificate_ends"), (MCU,))


def _room() -> Mapping[str, float | int | str]:
    return {"circuit": "", "calls": 1, "wanted_bps": 2.4e6, "free_bps": 1.1e6}


def meeting(snapshot: Snapshot, id_: str = ID, *, to_start_s: float = TO_START_S) -> Meeting:
    """Return the meeting of everybody."""
    endpoints = tuple(target.id for target in snapshot.inventory.of_kind(Kind.ENDPOINT))
    start = datetime.fromtimestamp(snapshot.at + to_start_s, UTC)
    host = "dc-hoi-truong-ubnd-tinh" if "dc-hoi-truong-ubnd-tinh" in endpoints else endpoints[0]
    return Meeting(
        id_, id_, "Giao ban trực tuyến tháng 11", start, start + timedelta(hours=3), endpoints, "province", host,
        call_rate_bps=2_000_000,
    )  # fmt: skip


def view(snapshot: Snapshot, *, stage: Stage = Stage.HOUR_BEFORE, is_fine: bool = False) -> MeetingView:
    """Return the meeting as it is half an hour before, with the faults of the snapshot and some of the endpoints' own."""
    held = meeting(snapshot)
    verdicts: dict[str, EndpointVerdict] = {}
    faults = iter([] if is_fine else [case for number, case in _cases(snapshot.at) for _ in range(number)])
    for number, id_ in enumerate(held.endpoints):
        cause = snapshot.views[id_].cause if snapshot.views[id_].state is State.UNREACHABLE else None
        is_confirmed = cause is None and number % 4 != 3
        if cause is not None:
            verdicts[id_] = _of(id_, _uplink(cause), snapshot.at, cause)
        elif number % 7 == 5 and (case := next(faults, None)) is not None:
            reason = case[2]
            if "circuit" in reason.values:
                case = (
                    *case[:2],
                    replace(reason, values={**reason.values, "circuit": snapshot.views[id_].target.parents[0]}),
                    *case[3:],
                )
            verdicts[id_] = _of(id_, case, snapshot.at, id_)
            is_confirmed = number % 2 == 0
        else:
            verdicts[id_] = EndpointVerdict(id_, Verdict.READY, evidence=_ladder(None, None, snapshot.at))
        if is_confirmed:
            told = Confirmation("Kỹ thuật xã", snapshot.at - 900, on_site=True, camera=True, sound=True)
            is_disputed = verdicts[id_].verdict is Verdict.NOT_READY
            verdicts[id_] = replace(verdicts[id_], confirmation=told, disputed=is_disputed)
    return judged(held, verdicts, snapshot, stage)


def judged(held: Meeting, verdicts: Mapping[str, EndpointVerdict], snapshot: Snapshot, stage: Stage) -> MeetingView:
    """Return the view that these verdicts make."""
    found = MeetingView(held, stage, snapshot.at, Verdict.READY, Reason("all_ready", {"of": len(verdicts)}), verdicts)
    counts = found.counts()
    behind: dict[str, list[str]] = {}
    for each in verdicts.values():
        if each.rung is Rung.UPLINK:
            behind.setdefault(each.cause, []).append(each.endpoint)
    blasts = [Blast(cause, tuple(ids), counts[Verdict.READY] + len(ids)) for cause, ids in behind.items()]
    verdict, reason = found.verdict, found.reason
    if counts[_NOT]:
        verdict, reason = _NOT, Reason("some_not_ready", {"not_ready": counts[_NOT], "of": len(verdicts)})
    is_held = stage in (Stage.LIVE, Stage.OVER)
    return replace(
        found,
        verdict=verdict,
        reason=reason,
        blasts=tuple(sorted(blasts, key=lambda each: -len(each.endpoints))),
        losses=tuple(
            Loss(each.endpoint, 12.0, each.cause, Reason("silent", {"bursts": 2}))
            for each in verdicts.values()
            if each.verdict is _NOT
        )
        if is_held
        else (),
        checked_at=snapshot.at - 41,
        next_check_at=snapshot.at + 1_120,
        seal="" if stage in (Stage.PLANNED, Stage.DAY_BEFORE, Stage.HOUR_BEFORE) else "5d41402abc4b2a76b9719d911017c592" * 2,
    )


def _uplink(cause: str) -> Case:
    return _NOT, Rung.UPLINK, Reason("uplink_down", {"uplink": cause}), Reason("do_uplink_down"), (CARRIER, POWER)


def _of(id_: str, case: Case, at: float, cause: str) -> EndpointVerdict:
    verdict, rung, reason, action, call = case
    return EndpointVerdict(id_, verdict, rung, reason, _ladder(rung, reason, at), action, call, cause)


def _ladder(fails: Rung | None, why: Reason | None, at: float) -> tuple[RungEvidence, ...]:
    good = {
        Rung.MAINTENANCE: Reason("no_work"),
        Rung.UPLINK: Reason("uplinks_up"),
        Rung.PING: Reason("answers", {"rtt_s": 0.012}),
        Rung.QUALITY: Reason("loss_below", {"lost": 0, "packets": 1500, "bound_ratio": 0.002}),
        Rung.SIGNALLING: Reason("signals", {"protocol": "sip"}),
        Rung.REGISTRATION: Reason("registered", {"protocol": "sip"}),
        Rung.DEVICE: Reason("device_well"),
        Rung.CALL: Reason("idle"),
    }
    found = []
    for rung in Rung:
        if rung is fails and why is not None:
            found.append(
                RungEvidence(rung, None if rung is Rung.EVIDENCE else False, why, at - (720 if rung is Rung.EVIDENCE else 22))
            )
            if rung in (Rung.UPLINK, Rung.EVIDENCE):
                break
        elif rung in good:
            found.append(RungEvidence(rung, True, good[rung], at - 41))
    return tuple(found)


@dataclass
class FakeMeetings:
    """One who watches meetings, of whom everything is said by the test."""

    now: list[MeetingView] = field(default_factory=list)
    callbacks: list[Callable[[MeetingView], None]] = field(default_factory=list)
    told: list[tuple[str, str, Confirmation]] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def meetings(self) -> Sequence[MeetingView]:
        return self.now

    def calendar_notices(self) -> Sequence[Notice]:
        return self.notices

    def subscribe(self, callback: Callable[[MeetingView], None]) -> Callable[[], None]:
        self.callbacks.append(callback)
        return lambda: self.callbacks.remove(callback)

    def publish(self, changed: MeetingView) -> None:
        self.now = [changed if each.meeting.id == changed.meeting.id else each for each in self.now]
        for callback in tuple(self.callbacks):
            callback(changed)

    async def confirm(self, meeting: str, endpoint: str, confirmation: Confirmation) -> MeetingView | None:
        held = next((each for each in self.now if each.meeting.id == meeting), None)
        if held is None or endpoint not in held.endpoints:
            return None
        self.told.append((meeting, endpoint, confirmation))
        verdict = replace(held.endpoints[endpoint], confirmation=confirmation)
        verdict = replace(verdict, disputed=confirmation.good and verdict.verdict is Verdict.NOT_READY)
        changed = replace(held, endpoints={**held.endpoints, endpoint: verdict})
        self.publish(changed)
        return changed

    async def check(self, meeting: str, progress: Callable[[int, int], None]) -> MeetingView | None:
        progress(1, 1)
        return next((each for each in self.now if each.meeting.id == meeting), None)

    async def sealed(self, meeting: str) -> MeetingView | None:
        return next((each for each in self.now if each.meeting.id == meeting and each.seal), None)


def week(snapshot: Snapshot) -> FakeMeetings:
    """Return today's meeting, one in the afternoon, one on another day, and one that is just over."""
    now = view(snapshot)
    over = replace(
        view(snapshot, stage=Stage.OVER, is_fine=True),
        meeting=replace(meeting(snapshot, "giao-ban-som", to_start_s=-12_000), title="Giao ban Tỉnh ủy"),
    )
    later = [
        MeetingView(
            replace(meeting(snapshot, id_, to_start_s=seconds), title=title, endpoints=now.meeting.endpoints[:number]),
            Stage.PLANNED,
            snapshot.at,
            Verdict.UNKNOWN,
            Reason("planned"),
        )
        for id_, title, seconds, number in (
            ("tap-huan", "Tập huấn chữ ký số", 23_600, 64),
            ("tiep-dan", "Tiếp công dân trực tuyến", 110_000, 18),
            ("hoi-nghi", "Hội nghị tổng kết năm", 900_000, 241),
        )
    ]
    return FakeMeetings([now, *later, over])
