"""An invented evening shift as a journal would hold it: 14:00 to 22:00 of 30 November 2026 in Vietnam."""

from __future__ import annotations

from datetime import UTC, datetime

from monitor.model.inventory import AddressMode, Area, Inventory, Kind, Network, Target
from monitor.model.reason import Reason
from monitor.model.settings import MaintenanceWindow
from monitor.model.state import Acknowledgement, AnnouncedWork, Event, State, Transition
from monitor.report.shift import Entry, ShiftRecords
from monitor.rules import operations
from tests.told import UNANSWERED

SINCE = 1_796_022_000.0
UNTIL = SINCE + 8 * 3_600


def at(clock: str) -> float:
    """Return the epoch seconds of a time of day of that shift, such as '14:05' or '14:05:30'."""
    hour, minute, *second = map(int, clock.split(":"))
    return SINCE + (hour - 14) * 3_600 + minute * 60 + (second[0] if second else 0)


ANSWERS = Reason("answers")


def target(id_: str, name: str, level: str, area: str, *, kind: Kind = Kind.POINT, short: str = "") -> Target:
    return Target(id_, kind, name, short or name, "127.0.0.1", level, area, () if id_ == "goc" else ("goc",))


def inventory() -> Inventory:
    targets = [
        target("goc", "Sở Thông tin và Truyền thông", "province", "khoi"),
        target("ubnd-dong-van", "Ủy ban nhân dân huyện Đồng Văn", "district", "dong-van"),
        target("xa-lung-cu", "Xã Lũng Cú", "commune", "dong-van"),
        target("xa-sung-mang", "Xã Sủng Máng", "commune", "meo-vac"),
        target("xa-lao-va-chai", "Xã Lao Và Chải", "commune", "yen-minh"),
        target("xa-na-khuong", "Xã Nà Khương", "commune", "quang-binh"),
        target("dc-xa-can-ty", "Phòng họp trực tuyến UBND xã Cán Tỷ", "commune", "quan-ba", kind=Kind.ENDPOINT, short="Cán Tỷ"),
    ]
    areas = {
        "khoi": "Khối cơ quan tỉnh",
        "dong-van": "Huyện Đồng Văn",
        "meo-vac": "Huyện Mèo Vạc",
        "yen-minh": "Huyện Yên Minh",
        "quan-ba": "Huyện Quản Bạ",
        "quang-binh": "Huyện Quang Bình",
    }
    network = Network("Mạng truyền số liệu chuyên dùng tỉnh Mẫu", AddressMode.LAB)
    named = {id_: Area(id_, name) for id_, name in areas.items()}
    return Inventory(network, ("province", "district", "commune"), named, {each.id: each for each in targets}, "goc")


def fell(id_: str, clock: str, points: int = 0, endpoints: int = 0) -> Transition:
    reason = Reason("silent", {"bursts": 2})
    return Transition(id_, State.UP, State.DOWN, at(clock), id_, reason, UNANSWERED, points, endpoints)


def became(id_: str, clock: str, new: State, reason: Reason = ANSWERS, old: State = State.DOWN) -> Transition:
    return Transition(id_, old, new, at(clock), None, reason)


def took(id_: str, clock: str, by: str, note: str = "") -> Event:
    return operations.acknowledged(id_, Acknowledgement(by, at(clock), note))


def path(id_: str, clock: str, found: Reason) -> Event:
    return Event(at(clock), "path", id_, told=(found,))


def work(number: int, ids: tuple[str, ...], reason: str, since: str, until: str) -> AnnouncedWork:
    start, end = (datetime.fromtimestamp(at(clock), UTC) for clock in (since, until))
    return AnnouncedWork(number, MaintenanceWindow(reason, ids, (), start, end), "Ca trực", at(since) - 600)


LOSS = Reason("loss", {"loss_ratio": 0.034, "packets": 118})
WEEKLY = Reason("maintenance", {"work": "cập nhật tường lửa hằng tuần"})
BEFORE: list[Entry] = [
    fell("xa-lao-va-chai", "13:10"),
    took("xa-lao-va-chai", "13:20", "Ca sáng", "điện lực báo cắt điện đến tối"),
    became("xa-lung-cu", "09:00", State.UP),
    Event(at("06:00"), "started", "", {"targets": 7}),
]
DURING: list[Entry] = [
    became("xa-sung-mang", "14:20", State.DEGRADED, LOSS, State.UP),
    became("xa-sung-mang", "14:50", State.UP, old=State.DEGRADED),
    fell("dc-xa-can-ty", "15:02"),
    became("dc-xa-can-ty", "15:03", State.UP),
    fell("dc-xa-can-ty", "15:07"),
    became("dc-xa-can-ty", "15:09", State.UP),
    fell("ubnd-dong-van", "16:31", 19, 20),
    path("ubnd-dong-van", "16:31:02", Reason("path_after", {"hop": 3, "address": "10.0.1.1"})),
    took("ubnd-dong-van", "16:34", "Ca trực", "đã gọi trực ca VNPT, mã kênh 1234"),
    took("ubnd-dong-van", "16:50", "VNPT", "đang nối cáp ở km 7"),
    operations.acknowledgement_over("ubnd-dong-van", Acknowledgement("VNPT", at("16:50"), ""), at("17:48")),
    became("ubnd-dong-van", "17:48", State.UP),
    Event(at("18:00"), "blind", "", {"code": "blind_carrier", "link": "eth0"}),
    Event(at("18:04"), "sighted", "", {"lasted_s": 240}),
    became("xa-na-khuong", "19:00", State.MAINTENANCE, WEEKLY, State.UP),
    became("xa-na-khuong", "19:40", State.UP, old=State.MAINTENANCE),
    Event(at("20:00"), "reload", "", {"targets": 7}),
    became("xa-sung-mang", "21:30", State.DEGRADED, LOSS, State.UP),
    fell("xa-lung-cu", "21:41", 0, 1),
]
WORKS = [
    operations.announced(work(1, ("xa-sung-mang",), "nâng cấp tuyến", "08:00", "12:00")),
    operations.announced(work(2, ("xa-na-khuong",), "thay modem", "20:10", "23:00")),
    operations.announced(work(3, ("goc", "xa-lung-cu"), "thử nguồn", "15:00", "17:00")),
    operations.ended(work(3, ("goc",), "thử nguồn", "15:00", "17:00"), "Ca trực", at("15:30")),
]
JOURNAL = ShiftRecords(BEFORE, DURING, WORKS)
