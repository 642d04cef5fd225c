"""One target: its state over time and why, how well and how much its circuit carries, what its device says, what happened to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple

from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.builders import heatmap, stat, statetimeline, table, timeseries
from grafana_foundation_sdk.models import common
from grafana_foundation_sdk.models.heatmap import HeatmapColorMode, HeatmapColorScale
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from grafana.build import limits
from grafana.build.frame import STEP, Event, Grid, area_and_level, dashboard, restarts, target
from grafana.build.panels import column, counts, dashed, grid, history, lines, number, sorted_by, transformed, worded
from grafana.build.style import (
    DEGRADED,
    DOWN,
    MAINTENANCE,
    MEASURED,
    QUIET,
    RATE,
    SOURCE,
    STANDBY,
    TEXT,
    UNREACHABLE,
    UP,
    Say,
    bounds,
    fixed,
    hourly,
    latest,
    mapped,
    named,
    now,
    over_time,
    painted,
    prop,
    share,
    state_codes,
    stepped,
    usual,
)
from monitor.rules.bounds import MOS_FLOORS

_IT = 'target="$target"'
_CODE = f"target:wan_target_state:code{{{_IT}}}"


def build(say: Say) -> builders.Dashboard:
    """Return the dashboard in one language."""
    board = dashboard(
        "target",
        say("Một điểm", "One target"),
        say(
            "Tất cả về một điểm mạng hay điểm cầu: trạng thái, độ trễ, mất gói, băng thông, thiết bị, sự kiện.",
            "All about one point or endpoint: states, round trips, loss, traffic, device, events.",
        ),
        say,
    ).annotations([restarts(say), *_events(say)])
    for variable in (*area_and_level(say), target(say)):
        board.with_variable(variable)
    page = Grid(board)
    page.line(4, (5, _state(say)), (4, _since(say)), (7, _cause(say)), (8, _now(say)))
    page.line(6, (24, _history(say)))
    page.line(10, (12, _heatmap(say)), (12, _latency(say)))
    page.line(8, (12, _loss(say)), (12, _jitter(say)))
    page.line(10, (12, _traffic(say, "receive")), (12, _traffic(say, "transmit")))
    page.line(8, (12, _errors(say)), (12, _device(say)))
    page.line(9, (12, _changes(say)), (12, _facts(say)))
    return board


def _events(say: Say) -> Iterable[Event]:
    down = f"target:wan_target_down:now{{{_IT}}} == 1"
    before = f"target:wan_target_down:now{{{_IT}}} offset {STEP} == 1"
    yield Event(say("Mất kết nối", "Down"), DOWN, f"{down} unless {before}")
    yield Event(say("Khôi phục", "Recovered"), UP, f"{before} unless {down}")
    name = say("Thiết bị khởi động lại", "Device rebooted")
    # The boot is known at the first poll after it: a minute or two later.
    yield Event(name, MAINTENANCE, f"time() - max by (target) (wan_device_boot_timestamp_seconds{{{_IT}}}) < 180")


def _state(say: Say) -> stat.Panel:
    about = say("Trạng thái hiện tại theo bộ giám sát.", "The state that the monitor sees now.")
    return worded(say("Trạng thái", "State"), about, latest(_CODE), state_codes(say))


def _since(say: Say) -> stat.Panel:
    about = say("Lần đổi trạng thái gần nhất.", "When the state changed last.")
    changed = f"1000 * max by (target) (wan_target_state_changed_timestamp_seconds{{{_IT}}})"
    return number(say("Từ", "Since"), about, "time:HH:mm DD/MM/YYYY", latest(changed), (None, TEXT))


def _cause(say: Say) -> stat.Panel:
    about = say(
        "Chỗ hỏng làm điểm này mất kết nối: chính nó, hoặc tuyến trên gần gốc nhất.",
        "What keeps it from answering: itself, or the uplink nearest to the root.",
    )
    cause = f'label_replace(target:wan_target_cause:now{{{_IT}}}, "target", "$1", "cause", "(.*)")'
    none = f'label_replace(vector(0), "name", "{say("Không có", "None")}", "", "")'
    query = latest(f"max by (name) ({named(cause)}) or on () {none}", "{{name}}")
    panel = counts(say("Nguyên nhân gốc", "Root cause"), about, query).text_mode(common.BigValueTextMode.NAME)
    return panel.thresholds(bounds((None, QUIET), (1, DOWN)))


def _now(say: Say) -> stat.Panel:
    about = say(
        "Trung bình 5 phút của độ trễ và biến động trễ, mất gói 15 phút, điểm MOS ước lượng chất lượng thoại (1 đến 4,5).",
        "Round trip and jitter over 5 minutes, loss over 15, and the MOS that estimates voice quality (1 to 4.5).",
    )
    shown = {
        say("Độ trễ", "Round trip"): (
            MEASURED,
            f"target:wan_icmp_rtt_average_seconds:avg5m{{{_IT}}}",
            limits.steps(limits.round_trip(), TEXT),
        ),
        say("Biến động", "Jitter"): (
            MEASURED,
            f"min by (target) (avg_over_time(wan_icmp_jitter_seconds{{{_IT}}}[5m]))",
            limits.steps(limits.jitter(), TEXT),
        ),
        say("Mất gói", "Loss"): (
            "percentunit",
            f"target:wan_icmp_loss_ratio:ratio15m{{{_IT}}}",
            limits.steps(limits.loss(), TEXT),
        ),
        "MOS": ("none", f"max by (target) (wan_voice_mos{{{_IT}}})", limits.heights(MOS_FLOORS)),
    }
    queries = [latest(expr, name, ref) for ref, (name, (_, expr, _)) in zip("ABCD", shown.items(), strict=True)]
    panel = counts(say("Chất lượng lúc này", "Quality now"), about, *queries).decimals(1)
    for name, (unit, _, steps) in shown.items():
        form = share(say, 1) if unit == "percentunit" else [prop("unit", unit)]
        panel.override_by_name(name, [*form, prop("thresholds", stepped(*steps))])
    return panel


def _history(say: Say) -> statetimeline.Panel:
    about = say(
        "Điểm này, tuyến trên của nó và những điểm cầu đặt tại đây, theo thời gian.",
        "The target, its uplink and the endpoints that stand here, over time.",
    )
    uplink = f'label_replace(wan_target_info{{{_IT}}}, "target", "$1", "uplink", "([^,]+).*")'
    behind = 'wan_target_info{uplink=~"(.*,)?$target(,.*)?", kind="endpoint"}'
    family = f"(max by (target) ({uplink}) or max by (target) (wan_target_info{{{_IT}}}) or max by (target) ({behind}))"
    code = "max by (target) (target:wan_target_state:code)"
    query = over_time(f"{code} * on (target) group_left (name) ({named(family)})", "{{name}}")
    return history(say("Diễn biến trạng thái", "States over time"), about, say, query).color_scheme(fixed(UP))


def _heatmap(say: Say) -> heatmap.Panel:
    about = say(
        "Mỗi cột là một khoảng thời gian, càng sáng càng nhiều gói ở mức độ trễ đó: thấy cả những gói chậm mà trung bình giấu đi.",
        "Every column is a span of time; the brighter, the more packets took so long: slow ones show that a mean hides.",
    )
    expr = f"sum by (le) (increase(wan_icmp_rtt_seconds_bucket{{{_IT}}}[$__rate_interval]))"
    color = heatmap.HeatmapColorOptions().mode(HeatmapColorMode.SCHEME).scheme("Viridis").steps(64)
    return (
        heatmap.Panel()
        .title(say("Phân bố độ trễ", "Round trips by length"))
        .description(about)
        .unit("none")
        .datasource(SOURCE)
        .with_target(over_time(expr, "{{le}}").format(PromQueryFormat.HEATMAP))
        .calculate(False)
        .color(color.scale(HeatmapColorScale.EXPONENTIAL).exponent(0.5).reverse(False))
        .y_axis(heatmap.YAxisConfig().unit(MEASURED).axis_placement(common.AxisPlacement.LEFT))
        .cell_gap(1)
        .show_legend()
    )


def _latency(say: Say) -> timeseries.Panel:
    amber, red = (limits.milliseconds(say, each) for each in astuple(limits.round_trip()))
    about = say(
        f"Trung bình mỗi lượt đo, cạnh mức thường ngày của chính điểm này (trung vị 7 ngày). Nét đứt: ngưỡng {amber} và {red}.",
        f"The mean of each round beside what is usual for this target (median of 7 days). Dashed: the limits of {amber} and {red}.",
    )
    here, median = say("Độ trễ", "Round trip"), say("Thường ngày", "Usual")
    panel = lines(
        say("Độ trễ khứ hồi", "Round trip"),
        about,
        MEASURED,
        over_time(f"min by (target) (wan_icmp_rtt_average_seconds{{{_IT}}})", here),
        over_time(hourly(f"target:wan_icmp_rtt_average_seconds:median7d{{{_IT}}}"), median, "B"),
        limits=limits.dashes(limits.round_trip()),
    )
    panel.override_by_name(here, [painted(UP)]).override_by_name(median, [painted(QUIET), *dashed()])
    return panel.min(0)


def _loss(say: Say) -> timeseries.Panel:
    amber, red = (limits.share(say, each) for each in astuple(limits.loss()))
    about = say(
        f"Mất gói qua 15 phút, theo chính số gói. Nét đứt: {amber} là vàng, {red} là đỏ.",
        f"Loss over 15 minutes by the packets themselves. Dashed: {amber} amber, {red} red.",
    )
    name = say("Mất gói", "Loss")
    query = over_time(f"target:wan_icmp_loss_ratio:ratio15m{{{_IT}}}", name)
    panel = lines(name, about, "percentunit", query, limits=limits.dashes(limits.loss()))
    return panel.override_by_name(name, [painted(UP)]).min(0).axis_soft_max(2 * limits.loss().red)


def _jitter(say: Say) -> timeseries.Panel:
    amber, red = (limits.milliseconds(say, each) for each in astuple(limits.jitter()))
    about = say(
        f"Biến động trễ theo RFC 3550, nối qua các lượt đo. Nét đứt: {amber} và {red}.",
        f"Jitter by RFC 3550, carried from round to round. Dashed: {amber} and {red}.",
    )
    name = say("Biến động trễ", "Jitter")
    query = over_time(f"min by (target) (wan_icmp_jitter_seconds{{{_IT}}})", name)
    panel = lines(name, about, MEASURED, query, limits=limits.dashes(limits.jitter()))
    return panel.override_by_name(name, [painted(UP)]).min(0)


def _traffic(say: Say, direction: str) -> timeseries.Panel:
    here = say("Hiện tại", "Carried")
    usually = say("Thường ngày giờ này", "Usual for the hour")
    contract = say("Hợp đồng", "Contract")
    role = "wan_interface_info{" + _IT + ', role="wan"}'
    rate = f"wan_interface_{direction}_bytes_per_second{{{_IT}}} * on (instance, job, target, interface) group_left () {role}"
    of = f'{{{_IT}, direction="{direction}"}}'
    panel = lines(
        say("Lưu lượng xuống (về điểm)", "Traffic towards the point")
        if direction == "receive"
        else say("Lưu lượng lên (từ điểm)", "Traffic from the point"),
        say(
            "Theo đồng hồ của thiết bị; cạnh tốc độ hợp đồng và mức thường ngày của cùng thứ, cùng giờ bốn tuần trước.",
            "By the device's own clock; beside the contract and what the same weekday and hour carried over four weeks.",
        ),
        RATE,
        over_time(f"8 * max by (target) ({rate})", here),
        over_time(f"8 * {usual('target:wan_link_bytes_per_second:usual1h' + of)}", usually, "B"),
        over_time(f"8 * max by (target) (wan_link_contracted_bytes_per_second{of})", contract, "C"),
    )
    panel.override_by_name(here, [painted(UP), prop("custom.fillOpacity", 20)])
    panel.override_by_name(usually, [painted(QUIET), *dashed()]).override_by_name(contract, [painted(DEGRADED), *dashed()])
    return panel.min(0)


def _errors(say: Say) -> timeseries.Panel:
    about = say("Khung lỗi và khung bị bỏ mỗi giây, theo cổng.", "Errors and discards a second, by interface.")

    def rate(what: str) -> str:
        both = (f"rate(wan_interface_{way}_{what}_total{{{_IT}}}[5m])" for way in ("receive", "transmit"))
        return f"max by (target, interface) ({' + '.join(both)})"

    return lines(
        say("Lỗi trên cổng", "Errors on interfaces"),
        about,
        "pps",
        over_time(rate("errors"), say("lỗi", "errors") + " {{interface}}"),
        over_time(rate("discards"), say("bỏ", "discards") + " {{interface}}", "B"),
    ).min(0)


def _device(say: Say) -> timeseries.Panel:
    about = say(
        "CPU, bộ nhớ và pin UPS, của thiết bị nào báo qua SNMP.",
        "CPU, memory and UPS battery, of devices that tell them by SNMP.",
    )
    shown = {
        say("SNMP trả lời", "SNMP answers"): "wan_snmp_up",
        "CPU": "wan_device_cpu_ratio",
        say("Bộ nhớ", "Memory"): "wan_device_memory_ratio",
        say("Pin UPS", "UPS battery"): "wan_ups_charge_ratio",
    }
    queries = [
        over_time(f"max by (target) ({metric}{{{_IT}}})", name, ref)
        for ref, (name, metric) in zip("ABCD", shown.items(), strict=True)
    ]
    panel = lines(say("Thiết bị", "Device"), about, "percentunit", *queries).min(0).max(1)
    for name, color in zip(shown, (STANDBY, UP, MAINTENANCE, UNREACHABLE), strict=True):
        panel.override_by_name(name, [painted(color)])
    return panel


def _changes(say: Say) -> table.Panel:
    about = say("Mỗi lần đổi trạng thái trong khoảng thời gian đang xem, mới nhất trước.", "Every change of state, newest first.")
    at, state = say("Lúc", "At"), say("Sang trạng thái", "To")
    query = over_time(f"{_CODE} != {_CODE} offset $__interval").format(PromQueryFormat.TABLE)
    shape = [
        transformed("filterFieldsByName", include={"names": ["Time", "Value"]}),
        transformed("organize", excludeByName={}, indexByName={"Time": 0, "Value": 1}, renameByName={"Time": at, "Value": state}),
    ]
    panel = grid(say("Sự kiện", "Events"), about, shape, query, dense=True)
    panel.override_by_name(at, column(190, unit="time:HH:mm:ss DD/MM/YYYY"))
    panel.override_by_name(state, [prop("mappings", state_codes(say)), prop("custom.cellOptions", {"type": "color-text"})])
    panel.override_by_name(state, [prop("custom.align", "left")])
    return panel.sort_by(sorted_by(at)).max_data_points(2000)


def _facts(say: Say) -> table.Panel:
    about = say("Những gì danh mục ghi về điểm này.", "What the inventory says of it.")
    names = {
        "name": say("Tên", "Name"),
        "address": say("Địa chỉ", "Address"),
        "uplink": say("Tuyến trên", "Uplink"),
        "profile": say("Hồ sơ thiết bị", "Profile"),
        "kind": say("Loại", "Kind"),
    }
    expr = "max by (name, address, uplink, profile, kind) (wan_target_info{" + _IT + "})"
    shape = [
        transformed("filterFieldsByName", include={"names": list(names)}),
        transformed("organize", excludeByName={}, indexByName={}, renameByName=names),
        transformed("reduce", reducers=["lastNotNull"]),
        transformed(
            "organize",
            excludeByName={},
            indexByName={},
            renameByName={"Field": say("Mục", "What"), "Last *": say("Giá trị", "Value")},
        ),
    ]
    panel = grid(say("Danh mục", "Inventory"), about, shape, now(expr), dense=True)
    kinds = mapped({"point": (say("điểm mạng", "point"), None), "endpoint": (say("điểm cầu", "endpoint"), None)})
    return panel.mappings(kinds).override_by_name(say("Mục", "What"), [prop("custom.width", 170)])
