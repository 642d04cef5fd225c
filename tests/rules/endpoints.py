"""Endpoints of a small province, and what is seen of them, for tests of readiness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from monitor.model.inventory import AddressMode, Contact, Contracted, Expected, Inventory, Kind, Network, Target
from monitor.model.meeting import Meeting, Samples, Stage
from monitor.model.profile import Profile, Value
from monitor.model.reading import IcmpSample, Outcome, ServiceSample
from monitor.model.reason import Reason
from monitor.model.settings import Settings
from monitor.model.state import IcmpView, RecentRounds, ServiceView, SnmpView, State, TargetView
from monitor.rules.readiness.inputs import MeetingInput
from monitor.rules.topology import topology_of

LOCAL = timezone(timedelta(hours=7))
START = datetime(2026, 11, 30, 8, tzinfo=LOCAL)
END = datetime(2026, 11, 30, 11, tzinfo=LOCAL)
NOW = (START - timedelta(minutes=58)).timestamp()

POINTS = (
    Target("goc", Kind.POINT, "Sở gốc", "gốc", "10.0.1.1", "province", "tinh"),
    Target(
        "huyen",
        Kind.POINT,
        "UBND huyện",
        "huyện",
        "10.1.1.1",
        "district",
        "a",
        ("goc",),
        contracted=Contracted(20_000_000, 20_000_000),
        contacts=(Contact("Trực ca nhà mạng", "18001166"),),
    ),
    Target(
        "xa",
        Kind.POINT,
        "Xã",
        "xã",
        "10.1.2.1",
        "commune",
        "a",
        ("huyen",),
        contracted=Contracted(10_000_000, 10_000_000),
        contacts=(Contact("Văn phòng UBND xã", "0210"), Contact("Điện lực huyện", "0211")),
    ),
)
ENDPOINT = Target(
    "dc-xa",
    Kind.ENDPOINT,
    "Phòng họp xã",
    "xã",
    "10.1.2.20",
    "commune",
    "a",
    ("xa",),
    profile="codec",
    call_rate_bps=2_000_000,
    contacts=(Contact("Đầu mối kỹ thuật xã", "0212"),),
)
HOST = replace(ENDPOINT, id="dc-huyen", name="Phòng họp huyện", address="10.1.1.20", parents=("huyen",), contacts=())
PROFILES = {
    "codec": Profile("codec"),
    "pc-soft": Profile("pc-soft", expected=Expected.OFFICE_HOURS, drops_strangers=True),
    "poly-studio": Profile("poly-studio", values=(Value("conference_registered", "1.2.3"),)),
}
MEETING = Meeting("m1", "m1", "Giao ban", START, END, ("dc-xa", "dc-huyen"), host="dc-huyen")

_ANSWERS, _MANY, _SETTINGS = Reason("answers"), Samples(1_000, 0, NOW - 10), Settings()


def inventory(endpoint: Target = ENDPOINT) -> Inventory:
    targets = {target.id: target for target in (*POINTS, endpoint, HOST)}
    return Inventory(Network("x", AddressMode.LAB), ("province", "district", "commune"), {}, targets, "goc")


def icmp(
    at: float = NOW - 10,
    *,
    rtt_s: float = 0.012,
    jitter_s: float | None = 0.001,
    loss: float = 0.0,
    packets: int = 100,
    rounds: tuple[RecentRounds, ...] | None = None,
) -> IcmpView:
    """Return what ping says: the last round, and loss and RTT over the last minutes. rounds: those, where RTTs differ."""
    sample = IcmpSample(5, (rtt_s,) * 5)
    even = (0.0, packets, packets, packets, rtt_s * packets, None, packets, (jitter_s or 0.0) * packets)
    return IcmpView(at, sample, Outcome.OK, 0, 0, (), 0.0, jitter_s, None, loss, packets, (even,) if rounds is None else rounds)


def answered(at: float = NOW - 10, code: int | None = 200, transport: str = "udp", **values: float) -> ServiceView:
    """Return what a conference probe says that was answered; values by series, their '=' written as __."""
    named = {f"{name.partition('__')[0]}{{{_label(name)}}}" if "__" in name else name: number for name, number in values.items()}
    return ServiceView(at, Outcome.OK, (), ServiceSample(transport, code, values=named))


def unanswered(at: float = NOW - 10) -> ServiceView:
    return ServiceView(at, Outcome.TIMEOUT, (Reason("no_answer"),), ServiceSample())


def refused(at: float = NOW - 10) -> ServiceView:
    """Return what is said of a machine that is on and has no such port open."""
    return ServiceView(at, Outcome.REFUSED, (Reason("udp_refused"),), ServiceSample())


def agent(at: float | None = NOW - 20, *, up: bool = True, profile: str = "poly-studio", **values: float) -> SnmpView:
    named = {f"{name.partition('__')[0]}{{{_label(name)}}}" if "__" in name else name: number for name, number in values.items()}
    return SnmpView(at, up, (), profile, None, (), named)


def _label(name: str) -> str:
    metric, _, value = name.partition("__")
    return f'{"component" if metric == "conference_device_up" else "protocol"}="{value}"'


def seen(
    target: Target = ENDPOINT,
    state: State | None = State.UP,
    *,
    ping: IcmpView | None = None,
    snmp: SnmpView | None = None,
    sip: ServiceView | None = None,
    more: Mapping[str, ServiceView] | None = None,
    cause: str | None = None,
    flapping: bool = False,
    reason: Reason = _ANSWERS,
    usual_rtt_s: float | None = None,
) -> TargetView:
    """Return a view of an endpoint that is well unless something else is said: it answers to pings and to SIP."""
    services = {"sip": sip or answered(), **(more or {})}
    return TargetView(
        target,
        state,
        NOW - 3600,
        cause,
        reason,
        flapping=flapping,
        icmp=ping or icmp(),
        snmp=snmp,
        services=services,
        usual_rtt_s=usual_rtt_s,
    )


def meeting_input(
    view: TargetView | None = None,
    *,
    views: Sequence[TargetView] = (),
    now: float = NOW,
    stage: Stage = Stage.HOUR_BEFORE,
    samples: Samples | None = _MANY,
    settings: Settings = _SETTINGS,
    meeting: Meeting = MEETING,
    **more: object,
) -> MeetingInput:
    """Return a meeting with one endpoint as it is seen, and its host, which is well."""
    view = view or seen()
    plan = inventory(view.target)
    found = {target.id: TargetView(target, State.UP) for target in POINTS}
    found |= {HOST.id: seen(HOST), view.target.id: view} | {each.target.id: each for each in views}
    known = {HOST.id: _MANY} | ({} if samples is None else {view.target.id: samples})
    return MeetingInput(
        meeting,
        stage,
        now,
        plan,
        topology_of(plan),
        settings,
        PROFILES,
        found,
        samples=known,
        **more,  # type: ignore[arg-type]
    )
