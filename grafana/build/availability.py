"""Availability: how much of the time targets were there, by month, area and level; who was worst, and what took it."""

from __future__ import annotations

from dataclasses import astuple

from grafana_foundation_sdk.builders import bargauge, stat, table, timeseries
from grafana_foundation_sdk.builders import common as common_builders
from grafana_foundation_sdk.builders import dashboard as builders

from grafana.build import limits
from grafana.build.frame import WHERE, Grid, area_and_level, dashboard, restarts, to_target
from grafana.build.names import area_names, level_names, levels
from grafana.build.panels import bars, colored, column, grid, lines, number, rows, sorted_by, transformed, unseen
from grafana.build.style import (
    DEGRADED,
    DOWN,
    MAINTENANCE,
    TEXT,
    UNREACHABLE,
    UP,
    Say,
    edges,
    hourly,
    hours,
    latest,
    mapped,
    named,
    now,
    over_time,
    painted,
    prop,
    share,
)
from monitor.rules.bounds import AVAILABILITY_FLOORS

_GOOD = limits.heights(AVAILABILITY_FLOORS)
_NOTE = (
    "Bảo trì, nghỉ và chưa rõ không tính; mất do tuyến trên tính cho nguyên nhân gốc.",
    "Maintenance, standby and unknown do not count; unreachable is charged to its cause.",
)
_WORST, _CAUSES = 12, 9


def build(say: Say) -> builders.Dashboard:
    """Return the dashboard in one language."""
    board = dashboard(
        "availability",
        say("Độ khả dụng", "Availability"),
        say(
            "Bao nhiêu phần thời gian mạng thông suốt: theo tháng, địa bàn, cấp; điểm nào kém nhất và vì đâu.",
            "How much of the time the network was there: by month, area and level; who was worst, and why.",
        ),
        say,
        since="now-30d",
        refresh="5m",
    ).annotations([restarts(say)])
    for variable in area_and_level(say):
        board.with_variable(variable)
    page = Grid(board)
    spans = (("1d", say("24 giờ", "24 hours")), ("30d", say("30 ngày", "30 days")))
    page.line(
        4,
        *((4, _whole(say, kind, span, told)) for kind in ("point", "endpoint") for span, told in spans),
        (4, _below(say)),
        (4, _cut_off(say)),
    )
    page.line(12, (12, _over_time(say)), (12, _causes(say)))
    page.line(14, (9, _areas(say)), (15, _worst(say)))
    page.line(14, (9, _levels(say)), (15, _months(say)))
    return board


def _share(span: str, where: str, by: str = "") -> str:
    """Return the availability over a recorded span of all that match, of their summed seconds. by: labels to keep."""
    there, gone = (hourly(f"target:wan_target_{what}_seconds:sum{span}{{{where}}}") for what in ("available", "down"))
    total = f"sum{by} ({there})"
    return f"{total} / ({total} + sum{by} ({gone}) > 0)"


def _limits(say: Say) -> str:
    amber, red = (limits.share(say, each) for each in astuple(AVAILABILITY_FLOORS))
    return say(f"Vàng: dưới {amber}. Đỏ: dưới {red}.", f"Amber: below {amber}. Red: below {red}.")


def _whole(say: Say, kind: str, span: str, told: str) -> stat.Panel:
    title = (say("Điểm mạng", "Points") if kind == "point" else say("Điểm cầu", "Endpoints")) + ", " + told
    about = f"{say(*_NOTE)} {_limits(say)}"
    return (
        number(title, about, "percentunit", latest(_share(span, f'kind="{kind}", {WHERE}')), *_GOOD)
        .decimals(2)
        .mappings(edges(say, 2))
    )


def _below(say: Say) -> stat.Panel:
    floor, good = AVAILABILITY_FLOORS.amber, limits.share(say, AVAILABILITY_FLOORS.amber)
    about = say(f"Số điểm mạng có độ khả dụng 30 ngày dưới {good}.", f"How many points were there for less than {good} of 30 days.")
    ratio = hourly(f'target:wan_target_availability:ratio30d{{kind="point", {WHERE}}}')
    expr = f"count({ratio} < {floor:g}) or vector(0)"
    return number(say(f"Điểm mạng dưới {good}", f"Points below {good}"), about, "none", latest(expr), (None, TEXT))


def _cut_off(say: Say) -> stat.Panel:
    about = say(
        "Tổng thời gian mất kết nối của mọi điểm mạng trong khoảng đang xem, kể cả mất do tuyến trên; toàn mạng.",
        "How long all points together were cut off within the shown time, also behind a cause; the whole network.",
    )
    expr = 'sum(sum_over_time(cause_kind:wan_target_cut_off_seconds:sum1h{kind="point"}[$__range])) / 3600'
    return number(say("Tổng thời gian mất", "Time cut off"), about, hours(say), latest(expr), (None, TEXT)).decimals(0)


def _over_time(say: Say) -> timeseries.Panel:
    about = say(
        "Độ khả dụng của 24 giờ trước mỗi thời điểm, theo cấp.", "The availability of the 24 hours before each moment, by level."
    )
    there, gone = (
        f'sum by (level) (sum_over_time({_summed(what)}{{kind="point", {WHERE}}}[1d]))' for what in ("available", "down")
    )
    query = over_time(f"{there} / ({there} + {gone} > 0)", "{{level}}")
    panel = lines(say("Điểm mạng theo cấp, 24 giờ trượt", "Points by level, sliding 24 hours"), about, "percentunit", query)
    for (id_, name), color in zip(levels(say).items(), (MAINTENANCE, UNREACHABLE, UP, DEGRADED), strict=False):
        panel.override_by_name(id_, [prop("displayName", name), painted(color)])
    return panel.max(1).axis_soft_min(AVAILABILITY_FLOORS.amber).decimals(1)


def _summed(what: str) -> str:
    """Return the series that records each hour's seconds, available or down, of all who share area, level and kind."""
    return f"area_level_kind:wan_target_{what}_seconds:sum1h"


def _causes(say: Say) -> bargauge.Panel:
    about = say(
        "Nguyên nhân gốc làm mất nhiều nhất trong khoảng đang xem: cộng thời gian của mọi điểm bị cắt theo; toàn mạng.",
        "The root causes that took most within the shown time: the time of all that they cut off; the whole network.",
    )
    lost = f"topk({_CAUSES}, sum by (cause) (sum_over_time(cause_kind:wan_target_cut_off_seconds:sum1h[$__range])) / 3600)"
    query = latest(named(f'label_replace({lost}, "target", "$1", "cause", "(.*)")'), "{{name}}")
    panel = bars(say("Mất nhiều nhất, theo nguyên nhân", "Most lost, by cause"), about, hours(say), query, (None, DOWN)).decimals(1)
    panel.text(common_builders.VizTextDisplayOptions().title_size(16).value_size(18))
    return panel.override_by_field_type("number", [prop("links", to_target(say, of_field=True))])


def _areas(say: Say) -> table.Panel:
    return _by(say, "area", say("Theo địa bàn, 30 ngày", "By area, 30 days"))


def _levels(say: Say) -> table.Panel:
    return _by(say, "level", say("Theo cấp, 30 ngày", "By level, 30 days"))


def _by(say: Say, label: str, title: str) -> table.Panel:
    what = say("Địa bàn", "Area") if label == "area" else say("Cấp", "Level")
    kinds = {"A": ("point", say("Điểm mạng", "Points")), "B": ("endpoint", say("Điểm cầu", "Endpoints"))}
    panel = rows(
        title,
        f"{say(*_NOTE)} {_limits(say)}",
        {label: what} | {f"Value #{ref}": heading for ref, (_, heading) in kinds.items()},
        *(now(_share("30d", f'kind="{kind}", {WHERE}', f" by ({label})"), ref) for ref, (kind, _) in kinds.items()),
        dense=True,
    )
    panel.override_by_name(what, [prop("mappings", area_names() if label == "area" else level_names(say))])
    for _, heading in kinds.values():
        panel.override_by_name(heading, [*column(115), *share(say, 2), *colored(*_GOOD)])
    return panel


def _worst(say: Say) -> table.Panel:
    name, kind, gone = say("Điểm", "Target"), say("Loại", "Kind"), say("Thời gian mất", "Time down")
    of_time = {"A": say("30 ngày", "30 days"), "C": say("24 giờ", "24 hours")}
    ratio = hourly(f"target:wan_target_availability:ratio30d{{{WHERE}}}")
    worst = f"bottomk({_WORST}, {ratio})"
    down = hourly(f"target:wan_target_down_seconds:sum30d{{{WHERE}}}") + " / 3600"
    day = hourly(f"target:wan_target_availability:ratio1d{{{WHERE}}}")
    panel = rows(
        say("Kém nhất trong 30 ngày", "Worst over 30 days"),
        say(
            "Những điểm tự mình mất kết nối nhiều nhất; mất do tuyến trên không tính ở đây.",
            "The targets that were down most by themselves; what was lost behind a cause does not count here.",
        ),
        {"name": name, "kind": kind, "Value #A": of_time["A"], "Value #B": gone, "Value #C": of_time["C"], "target": "target"},
        now(named(f"max by (target, kind) ({worst})"), "A"),
        now(named(f"max by (target, kind) ({down}) and on (target) {worst}"), "B"),
        now(named(f"max by (target, kind) ({day}) and on (target) {worst}"), "C"),
        dense=True,
    )
    kinds = mapped({"point": (say("Điểm mạng", "Point"), None), "endpoint": (say("Điểm cầu", "Endpoint"), None)})
    panel.override_by_name(name, [prop("links", to_target(say)), *colored((None, TEXT))])
    panel.override_by_name(kind, column(105, mappings=kinds)).override_by_name(gone, column(140, unit=hours(say), decimals=1))
    for heading in of_time.values():
        panel.override_by_name(heading, [*column(110), *share(say, 2), *colored(*_GOOD)])
    return panel.override_by_name("target", unseen()).sort_by(sorted_by(of_time["A"], falling=False))


def _months(say: Say) -> table.Panel:
    # A step a day, at midnight UTC; 7 hours before it was midnight in Vietnam, and the day that then ended has a month.
    ended = "vector(time() - 12 * 3600)"
    month = f'label_replace(count_values("month", 100 * year({ended}) + month({ended})), "month", "$1-$2", "month", "(....)(..)")'

    def of_months(what: str) -> str:
        day = f'sum by (area) (sum_over_time({_summed(what)}{{kind="point", {WHERE}}}[1d] offset 7h))'
        return f"sum by (area, month) (sum_over_time(({day} * on () group_left (month) {month})[400d:1d]))"

    there, gone = of_months("available"), of_months("down")
    area = say("Địa bàn", "Area")
    shape = [
        transformed("sortBy", fields={}, sort=[{"field": "month"}]),
        transformed("groupingToMatrix", columnField="month", rowField="area", valueField="Value"),
        transformed("organize", excludeByName={}, indexByName={}, renameByName={"area\\month": area}),
    ]
    panel = grid(
        say("Điểm mạng theo tháng", "Points by month"),
        f"{say('Theo tháng dương lịch, giờ Việt Nam.', 'By calendar month.')} {say(*_NOTE)} {_limits(say)}",
        shape,
        now(f"{there} / ({there} + {gone} > 0)"),
        dense=True,
    )
    panel.override_by_field_type("number", [*share(say, 2), *colored(*_GOOD)])
    panel.override_by_name(area, column(180, mappings=area_names()))
    return panel.sort_by(sorted_by(area, falling=False))
