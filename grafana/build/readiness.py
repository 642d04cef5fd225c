"""Conference readiness: the meetings that are due, who can join and who cannot, why, and what their devices say."""

from __future__ import annotations

from grafana_foundation_sdk.builders import bargauge, stat, table, timeseries
from grafana_foundation_sdk.builders import common as common_builders
from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.models import common
from grafana_foundation_sdk.models.dashboard import VariableSort

from grafana.build import limits
from grafana.build.frame import WHERE, Grid, area_and_level, choice, dashboard, restarts, to_target
from grafana.build.names import area_names, level_names
from grafana.build.panels import bars, colored, column, counts, lines, number, rows, sorted_by, unseen, worded
from grafana.build.style import (
    DEGRADED,
    DOWN,
    MAINTENANCE,
    QUIET,
    TEXT,
    UP,
    VERDICTS,
    Mapped,
    Say,
    capital,
    days,
    edges,
    latest,
    mapped,
    named,
    now,
    over_time,
    painted,
    prop,
    stepped,
    verdict_word,
)
from monitor.rules.bounds import CERTIFICATE_FLOORS_S
from monitor.rules.conference import SIGNALLING
from monitor.words.probes import PROBES
from monitor.words.readiness import FINDINGS, GISTS, RUNGS

_THIS = f'meeting="$meeting", {WHERE}'
_DUE = 5
_REASON = "conference_readiness_reason_info"


def build(say: Say) -> builders.Dashboard:
    """Return the dashboard in one language."""
    board = dashboard(
        "readiness",
        say("Sẵn sàng hội nghị", "Conference readiness"),
        say(
            "Phiên họp sắp tới có họp được không: điểm cầu nào chưa sẵn sàng, vì sao, báo hiệu và thiết bị ra sao.",
            "Whether the next meeting can be held: who is not ready and why, how signalling and devices are.",
        ),
        say,
        since="now-3h",
    ).annotations([restarts(say)])
    for variable in area_and_level(say):
        board.with_variable(variable)
    start = "max by (meeting) (conference_meeting_start_timestamp_seconds)"
    meeting = f"query_result(sort({start} * on (meeting) group_left (title) max by (meeting, title) (conference_meeting_info)))"
    regex = '/meeting="(?<value>[^"]+)".*title="(?<text>[^"]+)"/'
    # In the order of the query, so that the first, which Grafana takes, is the one that starts first.
    board.with_variable(choice("meeting", say("Phiên họp", "Meeting"), meeting, regex).sort(VariableSort.DISABLED))
    page = Grid(board)
    page.line(4, (5, _whole(say)), (10, _verdicts(say)), (3, _start(say)), (3, _left(say)), (3, _share(say)))
    page.line(8, (24, _due(say)))
    page.line(14, (15, _troubles(say)), (9, _reasons(say)))
    page.line(9, (12, _verdicts_over_time(say)), (12, _certificates(say)))
    page.line(7, (9, _signalling(say)), (8, _devices(say)), (7, _calls(say)))
    return board


def _verdict(verdict: str) -> str:
    return f'sum(max without (instance, job) (conference_readiness{{verdict="{verdict}", {_THIS}}}))'


def _verdicts(say: Say) -> stat.Panel:
    about = say("Số điểm cầu của phiên họp đã chọn theo kết luận.", "How many endpoints of the chosen meeting have which verdict.")
    shown = {verdict: verdict_word(say, verdict) for verdict in reversed(VERDICTS)}
    queries = [latest(_verdict(verdict), word, verdict) for verdict, word in shown.items()]
    panel = counts(say("Điểm cầu của phiên họp", "Endpoints of the meeting"), about, *queries)
    for verdict, word in shown.items():
        panel.override_by_name(word, [prop("thresholds", stepped((None, QUIET), (1, VERDICTS[verdict])))])
    return panel.text(common_builders.VizTextDisplayOptions().title_size(16).value_size(48))


def _whole(say: Say) -> stat.Panel:
    about = say("Kết luận về cả phiên họp đã chọn.", "The verdict on the chosen meeting as a whole.")
    codes = " or ".join(
        f'{place} * (max(conference_meeting_readiness{{meeting="$meeting", verdict="{each}"}}) == 1)'
        for place, each in enumerate(VERDICTS)
    )
    words = mapped({str(place): (verdict_word(say, each), color) for place, (each, color) in enumerate(VERDICTS.items())})
    return worded(say("Kết luận", "Verdict"), about, latest(codes), words)


def _start(say: Say) -> stat.Panel:
    about = say("Giờ bắt đầu của phiên họp đã chọn.", "When the chosen meeting starts.")
    expr = '1000 * max(conference_meeting_start_timestamp_seconds{meeting="$meeting"})'
    return number(say("Bắt đầu", "Starts"), about, "time:HH:mm DD/MM", latest(expr), (None, TEXT))


def _left(say: Say) -> stat.Panel:
    about = say("Còn bao lâu đến giờ họp; 0 là đã bắt đầu.", "How long until it starts; 0 once it has.")
    expr = 'clamp_min(max(conference_meeting_start_timestamp_seconds{meeting="$meeting"}) - time(), 0)'
    begun = mapped({"0": (say("Đã bắt đầu", "Has begun"), TEXT)})
    return number(say("Còn lại", "Time left"), about, "dtdhms", latest(expr), *limits.time_left()).mappings(begun)


def _share(say: Say) -> stat.Panel:
    about = say("Phần điểm cầu sẵn sàng; chưa rõ không tính là sẵn sàng.", "Share that is ready; unknown never counts as ready.")
    expr = f"{_verdict('ready')} / sum(max without (instance, job) (conference_readiness{{{_THIS}}}))"
    return (
        number(say("Tỷ lệ sẵn sàng", "Share that is ready"), about, "percentunit", latest(expr), *limits.ready(UP))
        .decimals(0)
        .mappings(edges(say, 0))
    )


def _due(say: Say) -> table.Panel:
    rules = limits.settings().meetings
    before, after = limits.span(say, rules.first_s), limits.span(say, rules.shown_s)
    about = say(
        f"Các phiên họp từ {before} trước giờ họp đến {after} sau khi kết thúc.", f"Meetings from {before} before to {after} after."
    )
    title, level, start, end = say("Phiên họp", "Meeting"), say("Cấp", "Level"), say("Bắt đầu", "Starts"), say("Kết thúc", "Ends")
    info = "max by (meeting, title, level) (conference_meeting_info)"

    def with_title(expr: str) -> str:
        return f"({expr}) * on (meeting) group_right () {info}"

    soonest = "max by (meeting) (conference_meeting_start_timestamp_seconds)"
    counted = {ref: (each, verdict_word(say, each)) for ref, each in zip("CDEF", reversed(VERDICTS), strict=True)}
    panel = rows(
        say("Các phiên họp sắp tới", "Meetings that are due"),
        about,
        {"title": title, "level": level, "Value #A": start, "Value #B": end}
        | {f"Value #{ref}": heading for ref, (_, heading) in counted.items()},
        now(with_title(f"1000 * bottomk({_DUE}, {soonest})"), "A"),
        now(with_title("1000 * max by (meeting) (conference_meeting_end_timestamp_seconds)"), "B"),
        *(
            now(with_title(f'max by (meeting) (conference_meeting_endpoints{{verdict="{verdict}"}})'), ref)
            for ref, (verdict, _) in counted.items()
        ),
    )
    panel.override_by_name(level, column(130, mappings=level_names(say)))
    for heading in (start, end):
        panel.override_by_name(heading, column(140, unit="time:HH:mm DD/MM"))
    for verdict, heading in counted.values():
        panel.override_by_name(heading, [*column(175, decimals=0), *colored((None, QUIET), (1, VERDICTS[verdict]))])
    return panel.sort_by(sorted_by(start, falling=False))


def _troubles(say: Say) -> table.Panel:
    about = say(
        "Những điểm cầu chưa sẵn sàng, có điều kiện hoặc chưa rõ của phiên họp đã chọn: bậc đầu tiên không đạt và lý do.",
        "Endpoints of the chosen meeting that are not ready, at risk or unknown: the first step that fails, and why.",
    )
    name, area, verdict = say("Điểm cầu", "Endpoint"), say("Địa bàn", "Area"), say("Kết luận", "Verdict")
    rung, code = say("Bậc", "Step"), say("Lý do", "Reason")
    gravity = " or ".join(
        f'{place} * (max by (target) (conference_readiness{{verdict="{each}", {_THIS}}}) == 1)'
        for place, each in enumerate(VERDICTS)
        if place
    )
    reason = f"max by (target, area, rung, code) ({_REASON}{{{_THIS}}})"
    panel = rows(
        say("Điểm cầu cần xử lý", "Endpoints to see to"),
        about,
        {"name": name, "area": area, "Value": verdict, "rung": rung, "code": code, "target": "target"},
        now(named(f"({gravity}) * on (target) group_right () {reason}")),
        dense=True,
    )
    words = mapped({str(place): (verdict_word(say, each), color) for place, (each, color) in enumerate(VERDICTS.items())})
    panel.override_by_name(name, [prop("links", to_target(say)), *colored((None, TEXT))])
    panel.override_by_name(area, column(130, mappings=area_names()))
    panel.override_by_name(verdict, column(140, mappings=words, custom__cellOptions={"type": "color-text"}))
    rungs = mapped({each: (capital(say(*told)), None) for each, told in RUNGS.items()})
    findings = mapped({each: (say(*told), None) for each, told in {**FINDINGS, **GISTS}.items()})
    panel.override_by_name(rung, column(190, mappings=rungs)).override_by_name(code, [prop("mappings", findings)])
    return panel.override_by_name("target", unseen()).sort_by(sorted_by(verdict))


def _reasons(say: Say) -> bargauge.Panel:
    about = say(
        "Số điểm cầu của phiên họp đã chọn vướng ở mỗi bậc.", "How many endpoints of the chosen meeting fail at which step."
    )
    query = latest(f"sort_desc(count by (rung) (max by (target, rung) ({_REASON}{{{_THIS}}})))", "{{rung}}")
    panel = bars(say("Vướng ở đâu", "Where they fail"), about, "none", query, (None, DEGRADED)).decimals(0)
    for rung, words in RUNGS.items():
        panel.override_by_name(rung, [prop("displayName", capital(say(*words)))])
    return panel.text(common_builders.VizTextDisplayOptions().title_size(16).value_size(20))


def _verdicts_over_time(say: Say) -> timeseries.Panel:
    about = say("Số điểm cầu theo kết luận, theo thời gian.", "How many endpoints had which verdict over time.")
    queries = [over_time(_verdict(verdict), verdict_word(say, verdict), verdict) for verdict in VERDICTS]
    panel = lines(say("Diễn biến của phiên họp", "The meeting over time"), about, "none", *queries).min(0)
    for verdict, color in VERDICTS.items():
        panel.override_by_name(verdict_word(say, verdict), [painted(color)])
    return panel.stacking(common_builders.StackingConfig().mode(common.StackingMode.NORMAL)).fill_opacity(60).decimals(0)


def _certificates(say: Say) -> table.Panel:
    about = say("Bảy chứng thư hết hạn sớm nhất.", "The seven certificates that expire first.")
    name, until, left = say("Điểm cầu", "Endpoint"), say("Hết hạn", "Expires"), say("Còn lại", "Left")
    soonest = f"bottomk(7, max by (target) (conference_certificate_expiry_timestamp_seconds{{{WHERE}}}))"
    panel = rows(
        say("Chứng thư hết hạn sớm nhất", "Certificates, first to expire"),
        about,
        {"name": name, "Value #A": until, "Value #B": left, "target": "target"},
        now(named(f"1000 * {soonest}"), "A"),
        now(named(f"({soonest} - time()) / 86400"), "B"),
        dense=True,
    )
    panel.override_by_name(name, [prop("links", to_target(say)), *colored((None, TEXT))])
    panel.override_by_name(until, column(140, unit="time:DD/MM/YYYY"))
    soon = limits.heights(CERTIFICATE_FLOORS_S, factor=1 / 86_400)
    panel.override_by_name(left, [*column(140, unit=days(say), decimals=0), *colored(*soon)])
    return panel.override_by_name("target", unseen()).sort_by(sorted_by(left, falling=False))


def _yes_and_no(metric: str, label: str, is_good: bool) -> str:
    return f"count by ({label}) (max by (target, {label}) ({metric}{{{WHERE}}}) == {int(is_good)})"


def _signalling(say: Say) -> table.Panel:
    about = say(
        "Số điểm cầu theo giao thức: báo hiệu có trả lời, có đăng ký.", "How many endpoints answer and are registered, by protocol."
    )
    protocol = say("Giao thức", "Protocol")
    shown = {
        "A": (say("Trả lời", "Answer"), _yes_and_no("conference_signalling_up", "protocol", is_good=True), UP),
        "B": (say("Im lặng", "Silent"), _yes_and_no("conference_signalling_up", "protocol", is_good=False), DOWN),
        "C": (say("Đã đăng ký", "Registered"), _yes_and_no("conference_registered", "protocol", is_good=True), UP),
        "D": (say("Chưa đăng ký", "Not registered"), _yes_and_no("conference_registered", "protocol", is_good=False), DOWN),
    }
    words = mapped({name: (say(*PROBES[name]), None) for name in SIGNALLING})
    return _tally(say("Báo hiệu và đăng ký", "Signalling and registration"), about, {"protocol": protocol}, words, shown)


def _devices(say: Say) -> table.Panel:
    about = say("Số điểm cầu theo bộ phận tốt hay hỏng.", "How many endpoints' parts work or do not.")
    words = mapped(
        {
            "camera": ("Camera", None),
            "microphone": (say("Micro", "Microphone"), None),
            "display": (say("Màn hình", "Display"), None),
            "hardware": (say("Phần cứng", "Hardware"), None),
        }
    )
    shown = {
        "A": (say("Tốt", "Good"), _yes_and_no("conference_device_up", "component", is_good=True), UP),
        "B": (say("Hỏng", "Bad"), _yes_and_no("conference_device_up", "component", is_good=False), DOWN),
    }
    return _tally(say("Thiết bị hội nghị", "Conference devices"), about, {"component": say("Bộ phận", "Part")}, words, shown)


def _tally(title: str, about: str, heading: dict[str, str], words: Mapped, shown: dict[str, tuple[str, str, str]]) -> table.Panel:
    """Return a table of counts by a label. Zeros stand where only others count: a query without rows would drop out."""
    everyone = " or ".join(f"0 * {expr}" for _, expr, _ in shown.values())
    panel = rows(
        title,
        about,
        heading | {f"Value #{ref}": counted for ref, (counted, _, _) in shown.items()},
        *(now(f"{expr} or {everyone}", ref) for ref, (_, expr, _) in shown.items()),
    )
    for what in heading.values():
        panel.override_by_name(what, [prop("mappings", words)])
    for counted, _, color in shown.values():
        panel.override_by_name(counted, [*column(118, decimals=0), *colored((None, QUIET), (1, color))])
    return panel


def _calls(say: Say) -> timeseries.Panel:
    about = say("Số điểm cầu đang trong cuộc gọi.", "How many endpoints are in a call.")
    name = say("trong cuộc gọi", "in a call")
    query = over_time(f"sum(max without (instance, job) (conference_in_call{{{WHERE}}}))", name)
    panel = lines(say("Đang trong cuộc gọi", "In a call"), about, "none", query).min(0).decimals(0)
    return panel.override_by_name(name, [painted(MAINTENANCE), prop("custom.fillOpacity", 20)])
