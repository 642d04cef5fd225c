"""Bandwidth and capacity: who fills their circuit, who will, who carries most, and in which hours."""

from __future__ import annotations

from grafana_foundation_sdk.builders import bargauge, stat, table, timeseries
from grafana_foundation_sdk.builders import common as common_builders
from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from grafana.build import limits
from grafana.build.frame import WHERE, Grid, area_and_level, dashboard, restarts, target, to_target
from grafana.build.names import area_names
from grafana.build.panels import bars, colored, column, dashed, grid, lines, number, rows, sorted_by, transformed, unseen
from grafana.build.style import (
    DEGRADED,
    DOWN,
    GROUND,
    QUIET,
    RATE,
    TEXT,
    UP,
    Say,
    edges,
    hourly,
    latest,
    mapped,
    named,
    now,
    over_time,
    painted,
    prop,
    share,
    speaker_of,
    usual,
)

_HERE = f'kind="point", {WHERE}, target=~"$target"'
_BARS, _ROWS, _LINES = 8, 12, 5
_HEAT = ((None, GROUND), (0.05, "#1c3338"), (0.1, "#22474a"), (0.2, "#31695f"), (0.3, UP), *limits.filling()[1:])


def build(say: Say) -> builders.Dashboard:
    """Return the dashboard in one language."""
    board = dashboard(
        "capacity",
        say("Băng thông và dung lượng", "Bandwidth and capacity"),
        say(
            "Đường truyền nào đầy so với hợp đồng, đường nào sắp đầy, ai dùng nhiều nhất, giờ nào cao điểm.",
            "Which circuits are full against their contract, which will be, who carries most, and when.",
        ),
        say,
        since="now-24h",
        refresh="1m",
    ).annotations([restarts(say)])
    for variable in (*area_and_level(say), target(say, everything=True)):
        board.with_variable(variable)
    page = Grid(board)
    page.line(4, (4, _full_now(say)), (4, _full_often(say)), (4, _full_soon(say)), *((4, each) for each in _totals(say)))
    page.line(10, (8, _talkers(say)), (8, _fullest(say)), (8, _forecast(say)))
    page.line(11, (12, _over_time(say)), (12, _carried(say)))
    page.line(9, (24, _hours(say)))
    page.line(14, (24, _table(say)))
    return board


def _full_now(say: Say) -> stat.Panel:
    free = limits.share(say, limits.load().amber)
    about = say(
        f"Số đường truyền đang dùng trên {free} hợp đồng.", f"How many circuits carry more than {free} of their contract now."
    )
    expr = f"count(max by (target) (target:wan_link_utilisation_ratio:now{{{_HERE}}}) > {limits.load().amber:g}) or vector(0)"
    return number(say(f"Trên {free} lúc này", f"Above {free} now"), about, "none", latest(expr), (None, QUIET), (1, DOWN))


def _full_often(say: Say) -> stat.Panel:
    free = limits.share(say, limits.load().amber)
    about = say(
        f"Số đường truyền có phân vị 95 của 7 ngày trên {free} hợp đồng: đầy thường xuyên.",
        f"How many circuits have a 95th percentile of 7 days above {free} of their contract: often full.",
    )
    expr = f"count(max by (target) ({_p95('7d')}) > {limits.load().amber:g}) or vector(0)"
    return number(say(f"Thường xuyên trên {free}", f"Often above {free}"), about, "none", latest(expr), (None, QUIET), (1, DOWN))


def _full_soon(say: Say) -> stat.Panel:
    free = limits.share(say, limits.load().amber)
    about = say(
        f"Số đường truyền mà theo đà hai tuần qua, giờ cao điểm sẽ trên {free} hợp đồng trong hai tuần tới.",
        f"How many circuits will pass {free} of their contract within two weeks by the trend of the last two.",
    )
    soon = hourly(f"target:wan_link_utilisation_ratio:forecast14d{{{_HERE}}}")
    expr = f"count(max by (target) ({soon}) > {limits.load().amber:g}) or vector(0)"
    return number(
        say(f"Sẽ trên {free} sau 2 tuần", f"Above {free} in 2 weeks"), about, "none", latest(expr), (None, QUIET), (1, DEGRADED)
    )


def _totals(say: Say) -> list[stat.Panel]:
    about = say("Tổng các điểm đã chọn, trung bình 5 phút.", "The sum of the chosen points, mean of 5 minutes.")

    def carried(direction: str) -> str:
        return f'8 * sum(target:wan_link_bytes_per_second:avg5m{{{_HERE}, direction="{direction}"}})'

    contract = f'8 * sum(max without (instance, job) (wan_link_contracted_bytes_per_second{{{_HERE}, direction="receive"}}))'
    shown = {
        say("Tổng lưu lượng xuống", "Carried downwards"): carried("receive"),
        say("Tổng lưu lượng lên", "Carried upwards"): carried("transmit"),
        say("Tổng hợp đồng (xuống)", "Contracted downwards"): contract,
    }
    return [number(title, about, RATE, latest(expr), (None, TEXT)) for title, expr in shown.items()]


def _p95(days: str) -> str:
    """Return the 95th percentile as a share of the contract."""
    carried = hourly(f"target:wan_link_bytes_per_second:p95_{days}{{{_HERE}}}")
    return f"{carried} / on (target, direction) group_left () max by (target, direction) (wan_link_contracted_bytes_per_second)"


def _short(expr: str) -> str:
    return f'label_replace(topk({_BARS}, {named(expr)}), "name", "$1", "name", "Xã (.*)")'


def _linked(say: Say, panel: bargauge.Panel) -> bargauge.Panel:
    text = common_builders.VizTextDisplayOptions().title_size(16).value_size(18)
    return panel.text(text).override_by_field_type("number", [prop("links", to_target(say, of_field=True))])


def _talkers(say: Say) -> bargauge.Panel:
    about = say(
        "Những điểm có lưu lượng cả hai chiều lớn nhất, trung bình 5 phút.", "Who carries most, both ways, mean of 5 minutes."
    )
    query = latest(_short(f"8 * sum by (target) (target:wan_link_bytes_per_second:avg5m{{{_HERE}}})"), "{{name}}")
    return _linked(say, bars(say("Dùng nhiều nhất", "Top talkers"), about, RATE, query, (None, UP)))


def _fullest(say: Say) -> bargauge.Panel:
    about = say(
        "Phân vị 95 của 7 ngày so với hợp đồng, chiều nặng hơn.", "The 95th percentile of 7 days against the contract, heavier way."
    )
    query = latest(_short(f"max by (target) ({_p95('7d')})"), "{{name}}")
    title = say("Đầy nhất trong 7 ngày (phân vị 95)", "Fullest over 7 days (95th percentile)")
    return _linked(say, bars(title, about, "percentunit", query, *limits.filling()).max(1).decimals(0).mappings(edges(say, 0)))


def _forecast(say: Say) -> bargauge.Panel:
    about = say(
        "Giờ cao điểm sau hai tuần nữa, theo đà hai tuần qua.",
        "The busiest part of the day in two weeks, by the trend of the last two.",
    )
    soon = hourly(f"target:wan_link_utilisation_ratio:forecast14d{{{_HERE}}}")
    query = latest(_short(f"max by (target) ({soon})"), "{{name}}")
    return _linked(
        say,
        bars(say("Dự báo hai tuần tới", "Forecast of two weeks"), about, "percentunit", query, *limits.filling())
        .max(1)
        .decimals(0)
        .mappings(edges(say, 0)),
    )


def _over_time(say: Say) -> timeseries.Panel:
    free = limits.share(say, limits.load().amber)
    about = say(
        f"Năm đường đầy nhất lúc này so với hợp đồng. Nét đứt: {free}.",
        f"The five that are fullest now, against their contract. Dashed: {free}.",
    )
    share = f"target:wan_link_utilisation_ratio:avg5m{{{_HERE}}}"
    query = over_time(named(f"max by (target) ({share}) and topk({_LINES}, max by (target) ({share} @ end()))"), "{{name}}")
    return lines(
        say("Tải theo thời gian", "Load over time"), about, "percentunit", query, limits=((limits.load().amber, DOWN),)
    ).min(0)


def _carried(say: Say) -> timeseries.Panel:
    about = say(
        "Tổng các điểm đã chọn, cạnh mức thường ngày của cùng thứ, cùng giờ bốn tuần trước.",
        "The sum of the chosen points, beside what the same weekday and hour carried over four weeks.",
    )
    down, up, expected = say("Xuống", "Down"), say("Lên", "Up"), say("Thường ngày (xuống)", "Usual (down)")
    usually = usual(f'target:wan_link_bytes_per_second:usual1h{{{_HERE}, direction="receive"}}')
    panel = lines(
        say("Tổng lưu lượng", "All traffic"),
        about,
        RATE,
        over_time(f'8 * sum(target:wan_link_bytes_per_second:avg5m{{{_HERE}, direction="receive"}})', down),
        over_time(f'8 * sum(target:wan_link_bytes_per_second:avg5m{{{_HERE}, direction="transmit"}})', up, "B"),
        over_time(f"8 * sum({usually})", expected, "C"),
    ).min(0)
    panel.override_by_name(down, [painted(UP), prop("custom.fillOpacity", 20)]).override_by_name(up, [painted(DEGRADED)])
    return panel.override_by_name(expected, [painted(QUIET), *dashed()])


def _hours(say: Say) -> table.Panel:
    about = say(
        "Tuần thường ngày: trung bình bốn tuần theo thứ và giờ (giờ Việt Nam), tổng lưu lượng xuống của các điểm đã chọn so với "
        "tổng hợp đồng.",
        "The usual week: the mean of four weeks by weekday and hour, what all chosen points carry downwards of their contracts.",
    )
    here = f'{_HERE}, direction="receive"'
    usually = f"sum({hourly(f'target:wan_link_bytes_per_second:usual1h{{{here}}}')})"
    contract = f"sum(max without (instance, job) (wan_link_contracted_bytes_per_second{{{here}}}))"
    # A step an hour over a week, each a series of its own by weekday and hour: of the hour before it, by Vietnam's clock.
    then = "vector(time() + 6 * 3600)"
    day_of, hour_of = f'count_values("day", (day_of_week({then}) + 6) % 7 + 1)', f'count_values("hour", hour({then}))'
    hour_of = f'label_replace({hour_of}, "hour", "0$1", "hour", "(.)")'
    share = f"{usually} / scalar(last_over_time({contract}[1d:1h] @ end()))"
    query = over_time(f"{share} * on () group_left (day) {day_of} * on () group_left (hour) {hour_of}").format(
        PromQueryFormat.TABLE
    )
    day = say("Thứ", "Day")
    shape = [
        transformed("sortBy", fields={}, sort=[{"field": "hour"}]),
        transformed("groupingToMatrix", columnField="hour", rowField="day", valueField="Value"),
        transformed("organize", excludeByName={}, indexByName={}, renameByName={"day\\hour": day}),
    ]
    panel = (
        grid(say("Giờ cao điểm", "Busy hours"), about, shape, query, dense=True)
        .unit("percentunit")
        .decimals(0)
        .mappings(edges(say, 0))
    )
    panel.override_by_field_type("number", [prop("custom.width", 73), *colored(*_HEAT, ground=True)])
    week = mapped({str(day_): (word, None) for day_, word in enumerate(speaker_of(say).weekdays, start=1)})
    panel.override_by_name(day, column(120, mappings=week, custom__cellOptions={"type": "auto"}))
    return panel.sort_by(sorted_by(day, falling=False)).interval("1h").max_data_points(168).time_from("7d")


def _table(say: Say) -> table.Panel:
    about = say(
        "Mỗi dòng một chiều của một đường truyền, đầy nhất trong 7 ngày ở trên: bảng để rà soát hợp đồng.",
        "One line is one way of one circuit, the fullest of 7 days on top: what to look at when contracts are renewed.",
    )
    name, area, way = say("Điểm", "Point"), say("Địa bàn", "Area"), say("Chiều", "Way")
    worst = f"topk({_ROWS}, {_p95('7d')})"
    shown = {
        "A": (say("Phân vị 95, 7 ngày", "95th pc., 7 d"), worst),
        "B": (say("Phân vị 95, 30 ngày", "95th pc., 30 d"), _p95("30d")),
        "C": (say("Lúc này", "Now"), f"target:wan_link_utilisation_ratio:now{{{_HERE}}}"),
        "D": (say("Sau 2 tuần", "In 2 weeks"), hourly(f"target:wan_link_utilisation_ratio:forecast14d{{{_HERE}}}")),
        "E": (say("Hợp đồng", "Contract"), f"8 * max without (instance, job) (wan_link_contracted_bytes_per_second{{{_HERE}}})"),
    }
    sides = f"max by (target, area, direction) ({worst})"

    def only_worst(expr: str) -> str:
        return named(f"max by (target, area, direction) ({expr}) and on (target, direction) {sides}")

    panel = rows(
        say("Đường truyền cần xem lại hợp đồng", "Circuits whose contract to look at"),
        about,
        {"name": name, "area": area, "direction": way}
        | {f"Value #{ref}": head for ref, (head, _) in shown.items()}
        | {"target": "target"},
        *(now(only_worst(expr), ref) for ref, (_, expr) in shown.items()),
        dense=True,
    )
    ways = mapped({"receive": (say("Xuống", "Down"), None), "transmit": (say("Lên", "Up"), None)})
    panel.override_by_name(name, [prop("links", to_target(say)), *colored((None, TEXT))])
    panel.override_by_name(area, column(180, mappings=area_names())).override_by_name(way, column(100, mappings=ways))
    for ref, (heading, _) in shown.items():
        steps = ((None, TEXT),) if ref == "E" else limits.filling()
        form = [prop("unit", RATE), prop("decimals", 0)] if ref == "E" else share(say, 0)
        panel.override_by_name(heading, [*column(190), *form, *colored(*steps)])
    panel.override_by_name("target", unseen())
    return panel.sort_by(sorted_by(shown["A"][0]))
