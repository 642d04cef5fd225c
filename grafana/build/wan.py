"""Wide-area supervision: the screen on the wall. What is broken, what it takes down, where, and what is about to be."""

from __future__ import annotations

from grafana_foundation_sdk.builders import bargauge, geomap, stat, statetimeline, table
from grafana_foundation_sdk.builders import common as common_builders
from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.models import common

from grafana.build import limits
from grafana.build.frame import WHERE, Grid, area_and_level, dashboard, outages, restarts, to_target, uid
from grafana.build.names import area_names, call_areas_by_name
from grafana.build.panels import bars, colored, column, counts, history, rows, sorted_by, unseen, worded
from grafana.build.style import (
    DEGRADED,
    DOWN,
    LINE,
    MEASURED,
    QUIET,
    SOURCE,
    STATES,
    TEXT,
    UP,
    Say,
    bounds,
    by_bounds,
    edges,
    fixed,
    latest,
    mapped,
    named,
    now,
    over_time,
    prop,
    state_codes,
    state_word,
    stepped,
)

GROUND = "public/maps/monitor-districts.geojson"
"""Where Grafana finds the outline of the districts: a file of its own public folder, so that no internet is needed."""

_SHOWN = ("down", "unreachable", "degraded", "unknown", "maintenance", "standby", "up")
_WORST = 6
_CAUSE = f"max by (target, name) (target:wan_target_outage:now{{{WHERE}}})"
_POINTS = f'kind="point", {WHERE}'
"""Circuits are the points'; what stands behind them repeats what happens to them."""


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
    ).annotations([restarts(say), *outages(say)])
    for variable in area_and_level(say):
        board.with_variable(variable)
    grid = Grid(board)
    grid.line(4, (10, _counts(say, "point")), (10, _counts(say, "endpoint")), (4, _sight(say)))
    grid.line(14, (9, [(5, _gravest(say)), (9, _causes(say))]), (8, _map(say)), (7, _areas(say)))
    grid.line(8, (6, _loss(say)), (6, _latency(say)), (6, _load(say)), (6, _changes(say)))
    grid.line(10, (24, _history(say)))
    return board


def _counts(say: Say, kind: str) -> stat.Panel:
    def of(state: str) -> str:
        return f'sum(max without (instance, job) (wan_target_state{{kind="{kind}", state="{state}", {WHERE}}}))'

    panel = counts(
        say("Điểm mạng", "Points") if kind == "point" else say("Điểm cầu", "Endpoints"),
        say("Số lượng theo trạng thái hiện tại.", "How many are in each state now."),
        *(latest(of(state), state_word(say, state), ref=state) for state in _SHOWN),
    )
    for state in _SHOWN:
        quiet_at_zero = stepped((None, QUIET), (1, STATES[state]))
        panel.override_by_name(state_word(say, state), [prop("thresholds", quiet_at_zero)])
    return panel.text(common_builders.VizTextDisplayOptions().title_size(15).value_size(44))


def _sight(say: Say) -> stat.Panel:
    words = mapped({"0": (say("Nhìn thấy mạng", "Sees the network"), UP), "1": (say("Mất tầm nhìn", "Blind"), DEGRADED)})
    about = say(
        "Bộ giám sát có nhìn thấy mạng không; mất tầm nhìn thì mọi trạng thái bị giữ nguyên.",
        "Whether the monitor sees the network; while it is blind every state is frozen.",
    )
    return worded(say("Bộ giám sát", "The monitor"), about, now("min(monitor_blind)"), words)


def _gravest(say: Say) -> stat.Panel:
    about = say(
        "Ba chỗ hỏng kéo theo nhiều nhất; số điểm mạng và điểm cầu mất, kể cả chính nó.",
        "The three faults that take most down; how many points and endpoints are lost, itself included.",
    )
    lost = f"{_CAUSE} + on (target) group_left () sum by (target) (max by (target, affected) (wan_target_affected))"
    none = f'label_replace(vector(0), "name", "{say("Không có sự cố", "No outage")}", "", "")'
    query = latest(f"topk(3, max by (target, name) ({lost} or {_CAUSE})) or on () {none}", "{{name}}")
    panel = counts(say("Nặng nhất", "Gravest"), about, query).unit(say("suffix: điểm mất", "suffix: lost"))
    panel.thresholds(bounds((None, QUIET), (1, DOWN))).override_by_field_type(
        "number", [prop("links", to_target(say, of_field=True))]
    )
    return panel.text(common_builders.VizTextDisplayOptions().title_size(24).value_size(32))


def _causes(say: Say) -> table.Panel:
    cause = _CAUSE
    since = f"{cause} * on (target) group_left () max by (target) (wan_target_state_changed_timestamp_seconds) * 1000"
    name, began, taken = say("Nguyên nhân", "Cause"), say("Từ lúc", "Since"), say("Tiếp nhận", "Taken on")
    behind = {"B": say("Điểm mạng", "Points"), "C": say("Điểm cầu", "Endpoints")}
    panel = rows(
        say("Nguyên nhân gốc và những gì mất theo", "Root causes and what is lost behind them"),
        say(
            "Mỗi dòng là một chỗ hỏng, kéo theo nhiều nhất ở trên: mất theo bao nhiêu, đã có ai nhận chưa.",
            "One line is one fault, the one that takes most down on top: how much is lost behind it, whether anybody took it on.",
        ),
        {
            "name": name,
            "Value #A": began,
            "Value #B": behind["B"],
            "Value #C": behind["C"],
            "Value #D": taken,
            "target": "target",
        },
        now(since, "A"),
        now(_behind(cause, "points"), "B"),
        now(_behind(cause, "endpoints"), "C"),
        now(f"{cause} * on (target) group_left () max by (target) (wan_target_acknowledged) or {cause} * 0", "D"),
    )
    panel.override_by_name(name, [prop("links", to_target(say)), *colored((None, DOWN))])
    panel.override_by_name(began, column(110, unit="time:HH:mm DD/MM"))
    for heading in behind.values():
        panel.override_by_name(heading, [*column(100, decimals=0), *colored((None, QUIET), (1, DOWN))])
    words = mapped({"1": (say("Đã nhận", "Taken"), UP), "0": (say("Chưa ai", "Nobody"), DEGRADED)})
    panel.override_by_name(taken, column(100, mappings=words, custom__cellOptions={"type": "color-text"}))
    panel.override_by_name("target", unseen())
    return panel.sort_by(sorted_by(behind["B"]))


def _behind(cause: str, kind: str) -> str:
    """Return how many of a kind are behind each cause, 0 where none are: a query without rows would drop out of the table."""
    return f'{cause} * on (target) group_left () max by (target) (wan_target_affected{{affected="{kind}"}}) or {cause} * 0'


def _map(say: Say) -> geomap.Panel:
    located = "* on (target) group_left (name, latitude, longitude) max by (target, name, latitude, longitude) (wan_target_info) "
    points = f'target:wan_target_state:code{{kind="point", {WHERE}}} {located}'
    seats = (
        'label_replace(max by (name, latitude, longitude) (wan_target_info{kind="point", level="district"}), '
        '"seat", "$1", "name", "UBND (?:huyện|thành phố) (.*)")'
    )
    return (
        geomap.Panel()
        .title(say("Bản đồ", "Map"))
        .description(
            say(
                "Mỗi chấm là một điểm mạng: màu và cỡ theo trạng thái. Ranh giới để định hướng, không phải địa giới hành chính.",
                "Every dot is a point, its colour and size are its state. The outlines only orient: they are no official borders.",
            )
        )
        .unit("none")
        .datasource(SOURCE)
        .targets([now(points, "A"), now(seats, "B")])
        .mappings(state_codes(say))
        .thresholds(bounds(*((None if code == 0 else code, color) for code, color in enumerate(STATES.values()))))
        .color_scheme(by_bounds())
        .basemap(_ground(say("Nền", "Ground"), 0.06))
        .layers([_ground(say("Địa bàn", "Areas"), 0.25), _points(say), _seats(say)])
        .view(geomap.MapViewConfig().id("fit").all_layers(True).zoom(15).padding(2))
        .controls(geomap.ControlsOptions().show_zoom(False).mouse_wheel_zoom(False).show_attribution(False))
    )


def _ground(name: str, opacity: float) -> common_builders.MapLayerOptions:
    """Return the districts' outlines. As the base map too: any other base map would ask the internet for tiles."""
    style = {"color": {"fixed": LINE}, "opacity": opacity, "lineWidth": 1}
    config = {"src": GROUND, "rules": [], "style": style}
    return common_builders.MapLayerOptions().type("geojson").name(name).tooltip(False).config(config)


def _points(say: Say) -> common_builders.MapLayerOptions:
    style = {
        "color": {"field": "Value #A", "fixed": QUIET},
        "opacity": 0.9,
        "size": {"fixed": 5, "min": 4, "max": 10, "field": "Value #A", "mode": "linear"},
        "symbol": {"fixed": "img/icons/marker/circle.svg", "mode": "fixed"},
    }
    return _markers(say("Điểm mạng", "Points"), "A", style).tooltip(True)


def _seats(say: Say) -> common_builders.MapLayerOptions:
    style = {
        "color": {"fixed": TEXT},
        "opacity": 0,
        "size": {"fixed": 1, "min": 1, "max": 1, "mode": "fixed"},
        "symbol": {"fixed": "img/icons/marker/circle.svg", "mode": "fixed"},
        "text": {"field": "seat", "fixed": "", "mode": "field"},
        "textConfig": {"fontSize": 15, "offsetX": 0, "offsetY": -16, "textAlign": "center", "textBaseline": "middle"},
    }
    return _markers(say("Tên huyện", "Names of districts"), "B", style).tooltip(False)


def _markers(name: str, ref: str, style: dict[str, object]) -> common_builders.MapLayerOptions:
    place = common_builders.FrameGeometrySource().mode(common.FrameGeometrySourceMode.COORDS)
    return (
        common_builders.MapLayerOptions()
        .type("markers")
        .name(name)
        .filter_data({"id": "byRefId", "options": ref})
        .location(place.latitude("latitude").longitude("longitude"))
        .config({"style": style, "showLegend": False})
    )


def _areas(say: Say) -> table.Panel:
    def count(state: str) -> str:
        return f'sum by (area) (max without (instance, job) (wan_target_state{{kind="point", state="{state}", {WHERE}}}))'

    shown = {"A": "down", "B": "unreachable", "C": "degraded", "D": "up"}
    headings = {"A": say("Mất", "Down"), "B": say("Mất theo", "Behind"), "C": say("Suy giảm", "Degraded"), "D": say("Tốt", "Up")}
    area = say("Địa bàn", "Area")
    panel = rows(
        say("Theo địa bàn", "By area"),
        say("Số điểm mạng mỗi địa bàn theo trạng thái.", "How many points of each area are in which state."),
        {"area": area} | {f"Value #{ref}": heading for ref, heading in headings.items()},
        *(now(count(state), ref) for ref, state in shown.items()),
        dense=True,
    )
    none = mapped({"0": ("·", None)})
    here = [{"title": say("Chỉ địa bàn này", "This area only"), "url": f"/d/{uid('wan', say)}?var-area=${{__value.raw}}"}]
    panel.override_by_name(area, [prop("mappings", area_names()), prop("links", here), *colored((None, TEXT))])
    for ref, heading in headings.items():
        panel.override_by_name(heading, [*column(92, mappings=none), *colored((None, QUIET), (1, STATES[shown[ref]]))])
    return panel


def _worst(expr: str) -> str:
    """Return the worst, named in short: communes without their "Xã"."""
    return f'label_replace(topk({_WORST}, {named(expr)}), "name", "$1", "name", "Xã (.*)")'


def _loss(say: Say) -> bargauge.Panel:
    about = say(
        f"Những đường mất gói nhiều nhất trong 15 phút; hội nghị cần dưới {limits.share(say, limits.loss().red)}.",
        "The lines that lost most over 15 minutes.",
    )
    cut_off = "max_over_time(target:wan_target_cause:now[15m])"  # what was lost meanwhile is the outage's
    query = latest(_worst(f"target:wan_icmp_loss_ratio:ratio15m{{{_POINTS}}} unless on (target) {cut_off}"), "{{name}}")
    panel = bars(say("Mất gói", "Loss"), about, "percentunit", query, *limits.steps(limits.loss()))
    return _read(say, panel.max(10 * limits.loss().red).decimals(1).mappings(edges(say, 1)))


def _latency(say: Say) -> bargauge.Panel:
    about = say(
        f"Những đường chậm nhất trong 5 phút; hội nghị cần dưới {limits.milliseconds(say, limits.round_trip().red)}.",
        "The slowest lines over 5 minutes.",
    )
    query = latest(_worst(f"target:wan_icmp_rtt_average_seconds:avg5m{{{_POINTS}}}"), "{{name}}")
    panel = bars(say("Độ trễ khứ hồi", "Round trip"), about, MEASURED, query, *limits.steps(limits.round_trip()))
    return _read(say, panel.max(round(limits.round_trip().red * 4 / 3, 6)))


def _load(say: Say) -> bargauge.Panel:
    about = say(
        "Những đường đầy nhất so với hợp đồng, chiều nặng hơn.", "The fullest lines against their contract, the heavier way."
    )
    query = latest(_worst(f"max by (target) (target:wan_link_utilisation_ratio:now{{{_POINTS}}})"), "{{name}}")
    panel = bars(say("Tải đường truyền", "Load"), about, "percentunit", query, *limits.steps(limits.load()))
    return _read(say, panel.max(1).decimals(0).mappings(edges(say, 0)))


def _read(say: Say, panel: bargauge.Panel) -> bargauge.Panel:
    """Return bars that are read from afar and lead to their target."""
    text = common_builders.VizTextDisplayOptions().title_size(16).value_size(18)
    return panel.text(text).override_by_field_type("number", [prop("links", to_target(say, of_field=True))])


def _changes(say: Say) -> table.Panel:
    changed = (
        f"topk({_WORST}, max by (target) (wan_target_state_changed_timestamp_seconds{{{_POINTS}}}) "
        "and on (target) max by (target) (changes(target:wan_target_state:code[1h])) > 0)"
    )
    name, at, state = say("Điểm", "Target"), say("Lúc", "At"), say("Nay", "Now")
    panel = rows(
        say("Vừa thay đổi", "What changed"),
        say(
            "Các điểm mạng đổi trạng thái trong giờ qua, mới nhất trước.",
            "Points whose state changed within the last hour, newest first.",
        ),
        {"name": name, "Value #A": at, "Value #B": state, "target": "target"},
        now(named(f"1000 * {changed}"), "A"),
        now(named(f"max by (target) (target:wan_target_state:code) and on (target) ({changed})"), "B"),
        dense=True,
    )
    panel.override_by_name(name, [prop("links", to_target(say))])
    panel.override_by_name(at, column(75, unit="time:HH:mm"))
    state_column = column(150, mappings=state_codes(say), custom__cellOptions={"type": "color-text"})
    panel.override_by_name(state, state_column)
    panel.override_by_name("target", unseen())
    return panel.sort_by(sorted_by(at))


def _history(say: Say) -> statetimeline.Panel:
    about = say(
        "Trạng thái nặng nhất của mỗi địa bàn theo thời gian.",
        "The gravest state of each area over time.",
    )
    query = over_time(f'max by (area) (target:wan_target_state:code{{kind="point", {WHERE}}})', "{{area}}")
    panel = history(say("Diễn biến theo địa bàn", "Areas over time"), about, say, query).color_scheme(fixed(UP))
    call_areas_by_name(panel)
    return panel
