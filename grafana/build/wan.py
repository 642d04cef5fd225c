"""Wide-area supervision: the screen on the wall. What is broken, what it takes down, where, and what is about to be."""

from __future__ import annotations

from grafana_foundation_sdk.builders import bargauge, geomap, stat, statetimeline, table
from grafana_foundation_sdk.builders import common as common_builders
from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.models import common
from grafana_foundation_sdk.models import dashboard as models

from grafana.build.frame import Grid, area_and_level, dashboard
from grafana.build.style import (
    DEGRADED,
    DOWN,
    QUIET,
    SOURCE,
    STATES,
    UP,
    Say,
    bars,
    bounds,
    by_bounds,
    fixed,
    history,
    latest,
    now,
    number,
    over_time,
    prop,
    rows,
    words,
)

_ALL = 'area=~"$area", level=~"$level"'
_NAME = "target:wan_target_name:now"


def build(say: Say) -> builders.Dashboard:
    """Return the dashboard in one language."""
    board = dashboard(
        "wan",
        say("Giám sát diện rộng", "Wide-area supervision"),
        say(
            "Toàn mạng trên một màn hình: cái gì hỏng, kéo theo những gì, ở đâu, và cái gì sắp hỏng.",
            "The whole network on one screen: what is broken, what it takes down, where, and what is about to be.",
        ),
        say,
    )
    for variable in area_and_level(say):
        board.with_variable(variable)
    grid = Grid(board)
    grid.line(4, (10, _counts(say, "point")), (10, _counts(say, "endpoint")), (4, _sight(say)))
    grid.line(13, (10, _causes(say)), (7, _map(say)), (7, _areas(say)))
    grid.line(9, (6, _loss(say)), (6, _latency(say)), (6, _load(say)), (6, _changes(say)))
    grid.line(8, (24, _history(say)))
    return board


def _counts(say: Say, kind: str) -> stat.Panel:
    title = say("Điểm mạng", "Points") if kind == "point" else say("Điểm cầu", "Endpoints")
    about = say("Số lượng theo trạng thái hiện tại.", "How many are in each state now.")
    panel = (
        stat.Panel()
        .title(title)
        .description(about)
        .unit("none")
        .datasource(SOURCE)
        .orientation(common.VizOrientation.VERTICAL)
        .text_mode(common.BigValueTextMode.VALUE_AND_NAME)
        .color_mode(common.BigValueColorMode.VALUE)
        .graph_mode(common.BigValueGraphMode.NONE)
        .wide_layout(False)
        .thresholds(bounds((None, QUIET)))
        .reduce_options(common_builders.ReduceDataOptions().calcs(["lastNotNull"]))
    )
    for name in ("down", "unreachable", "degraded", "unknown", "maintenance", "standby", "up"):
        shown = STATES[name]
        expr = f'sum(max without (instance, job) (wan_target_state{{kind="{kind}", state="{name}", {_ALL}}}))'
        label = say(shown.vi, shown.en)
        panel.with_target(over_time(expr, label, ref=name).instant())
        quiet_at_zero = {"mode": "absolute", "steps": [{"color": QUIET, "value": None}, {"color": shown.color, "value": 1}]}
        panel.override_by_name(label, [prop("thresholds", quiet_at_zero)])
    return panel


def _sight(say: Say) -> stat.Panel:
    mapping = models.ValueMap(
        options={
            "0": models.ValueMappingResult(text=say("Đang nhìn thấy", "Sighted"), color=UP, index=0),
            "1": models.ValueMappingResult(text=say("Mất tầm nhìn", "Blind"), color=DEGRADED, index=1),
        }
    )
    about = say(
        "Bộ giám sát có nhìn thấy mạng không; mất tầm nhìn thì mọi trạng thái bị giữ nguyên.",
        "Whether the monitor sees the network; while it is blind every state is frozen.",
    )
    return number(say("Bộ giám sát", "The monitor"), about, "none", now("min(monitor_blind)")).mappings([mapping])


def _causes(say: Say) -> table.Panel:
    outage = f"target:wan_target_outage:now{{{_ALL}}}"
    cause = f"max by (target, name) ({outage})"
    since = f"{cause} * on (target) group_left () max by (target) (wan_target_state_changed_timestamp_seconds) * 1000"
    panel = rows(
        say("Nguyên nhân gốc", "Root causes"),
        say(
            "Mỗi dòng là một chỗ hỏng; những điểm mất theo nó được đếm, không liệt kê.",
            "One line is one fault; what it takes down is counted, not listed.",
        ),
        {
            "name": say("Điểm", "Target"),
            "Value #A": say("Từ lúc", "Since"),
            "Value #B": say("Điểm mạng", "Points"),
            "Value #C": say("Điểm cầu", "Endpoints"),
        },
        now(since, "A"),
        now(_behind(cause, "points"), "B"),
        now(_behind(cause, "endpoints"), "C"),
    )
    panel.override_by_name(say("Từ lúc", "Since"), [prop("unit", "time:HH:mm DD/MM"), prop("custom.width", 130)])
    for heading in (say("Điểm mạng", "Points"), say("Điểm cầu", "Endpoints")):
        panel.override_by_name(heading, [prop("custom.width", 110), prop("decimals", 0)])
    return panel


def _behind(cause: str, kind: str) -> str:
    """Return how many of a kind are behind each cause, 0 where none are: a query without rows would drop out of the table."""
    return f'{cause} * on (target) group_left () max by (target) (wan_target_affected{{affected="{kind}"}}) or {cause} * 0'


def _map(say: Say) -> geomap.Panel:
    style = {
        "color": {"field": "Value", "fixed": QUIET},
        "opacity": 0.9,
        "size": {"fixed": 5, "min": 4, "max": 9, "field": "Value", "mode": "linear"},
        "symbol": {"fixed": "img/icons/marker/circle.svg", "mode": "fixed"},
    }
    layer = (
        common_builders.MapLayerOptions()
        .type("markers")
        .name(say("Điểm mạng", "Points"))
        .tooltip(True)
        .location(
            common_builders.FrameGeometrySource()
            .mode(common.FrameGeometrySourceMode.COORDS)
            .latitude("latitude")
            .longitude("longitude")
        )
        .config({"style": style, "showLegend": False})
    )
    expr = (
        f'target:wan_target_state:code{{kind="point", {_ALL}}} '
        "* on (target) group_left (name, latitude, longitude) max by (target, name, latitude, longitude) (wan_target_info)"
    )
    return (
        geomap.Panel()
        .title(say("Bản đồ", "Map"))
        .description(say("Mỗi chấm là một điểm mạng; màu là trạng thái.", "Every dot is a point; its colour is its state."))
        .unit("none")
        .datasource(SOURCE)
        .with_target(now(expr))
        .mappings(words(say))
        .thresholds(bounds(*((None if each.code == 0 else each.code, each.color) for each in STATES.values())))
        .color_scheme(by_bounds())
        .layers([layer])
        .view(geomap.MapViewConfig().id("fit").all_layers(True))
        .controls(geomap.ControlsOptions().show_zoom(False).mouse_wheel_zoom(False).show_attribution(False))
    )


def _areas(say: Say) -> table.Panel:
    def count(state: str) -> str:
        return f'sum by (area) (max without (instance, job) (wan_target_state{{kind="point", state="{state}", {_ALL}}}))'

    shown = {"A": "down", "B": "unreachable", "C": "degraded", "D": "up"}
    headings = {"A": say("Mất", "Down"), "B": say("Mất theo", "Behind"), "C": say("Suy giảm", "Degraded"), "D": say("Tốt", "Up")}
    panel = rows(
        say("Theo địa bàn", "By area"),
        say("Số điểm mạng mỗi địa bàn theo trạng thái.", "How many points of each area are in which state."),
        {"area": say("Địa bàn", "Area")} | {f"Value #{ref}": heading for ref, heading in headings.items()},
        *(now(count(state), ref) for ref, state in shown.items()),
        dense=True,
    )
    for ref, heading in headings.items():
        steps = {"mode": "absolute", "steps": [{"color": QUIET, "value": None}, {"color": STATES[shown[ref]].color, "value": 1}]}
        colored = prop("custom.cellOptions", {"type": "color-text"})
        none = prop("mappings", [{"type": "value", "options": {"0": {"text": "·"}}}])
        panel.override_by_name(heading, [prop("custom.width", 88), prop("thresholds", steps), colored, none])
    return panel


def _worst(expr: str) -> str:
    return f"topk(8, {expr} * on (target) group_left (name) {_NAME})"


def _loss(say: Say) -> bargauge.Panel:
    about = say("Tám đường mất gói nhiều nhất trong 15 phút.", "The eight lines that lost most over 15 minutes.")
    query = latest(_worst(f"target:wan_icmp_loss_ratio:ratio15m{{{_ALL}}}"), "{{name}}")
    return bars(say("Mất gói", "Loss"), about, "percentunit", query, (None, QUIET), (0.001, DEGRADED), (0.01, DOWN)).max(0.1)


def _latency(say: Say) -> bargauge.Panel:
    about = say("Tám đường chậm nhất so với chính nó thường ngày.", "The eight lines furthest above their own usual.")
    expr = f"target:wan_icmp_rtt_average_seconds:avg5m{{{_ALL}}}"
    return bars(say("Độ trễ", "Latency"), about, "s", latest(_worst(expr), "{{name}}"), (None, QUIET), (0.2, DEGRADED), (0.3, DOWN))


def _load(say: Say) -> bargauge.Panel:
    about = say("Tám đường đầy nhất so với hợp đồng.", "The eight fullest lines, against their contract.")
    query = latest(_worst(f"max by (target) (target:wan_link_utilisation_ratio:now{{{_ALL}}})"), "{{name}}")
    return bars(say("Tải đường truyền", "Load"), about, "percentunit", query, (None, QUIET), (0.8, DEGRADED), (0.95, DOWN)).max(1)


def _changes(say: Say) -> table.Panel:
    expr = (
        "topk(8, 1000 * max without (instance, job) (wan_target_state_changed_timestamp_seconds{" + _ALL + "}) "
        "and on (target) max by (target) (changes(target:wan_target_state:code[1h])) > 0)"
    )
    panel = rows(
        say("Vừa thay đổi", "What changed"),
        say(
            "Các điểm đổi trạng thái trong giờ qua, mới nhất trước.",
            "Targets whose state changed within the last hour, newest first.",
        ),
        {"name": say("Điểm", "Target"), "Value #A": say("Lúc", "At"), "Value #B": say("Nay", "Now")},
        now(f"({expr}) * on (target) group_left (name) {_NAME}", "A"),
        now(f"max by (target) (target:wan_target_state:code) and on (target) ({expr})", "B"),
    )
    panel.override_by_name(say("Lúc", "At"), [prop("unit", "time:HH:mm"), prop("custom.width", 80)])
    mapped = [{"type": "value", "options": {str(s.code): {"text": say(s.vi, s.en), "color": s.color}}} for s in STATES.values()]
    panel.override_by_name(say("Nay", "Now"), [prop("mappings", mapped), prop("custom.width", 150)])
    return panel


def _history(say: Say) -> statetimeline.Panel:
    about = say(
        "Trạng thái nặng nhất của mỗi địa bàn theo thời gian (không kể điểm mất theo).",
        "The gravest state of each area over time.",
    )
    query = over_time(f'max by (area) (target:wan_target_state:code{{kind="point", {_ALL}}})', "{{area}}")
    return history(say("Diễn biến theo địa bàn", "Areas over time"), about, say, query).color_scheme(fixed(UP))
