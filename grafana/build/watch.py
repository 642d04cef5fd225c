"""The monitor itself: whether it runs, sees and keeps up, and whether those that store and alert do."""

from __future__ import annotations

from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.builders import stat, timeseries
from grafana_foundation_sdk.models import common

from grafana.build import limits
from grafana.build.frame import Grid, dashboard, restarts
from grafana.build.panels import counts, lines, number, worded
from grafana.build.style import (
    DEGRADED,
    DOWN,
    MAINTENANCE,
    MEASURED,
    QUIET,
    TEXT,
    UNKNOWN,
    UNREACHABLE,
    UP,
    Say,
    bounds,
    days,
    each_minute,
    each_second,
    latest,
    mapped,
    over_time,
    painted,
    seconds,
)
from monitor.model.probe_kinds import ICMP, SNMP
from monitor.words.probes import OUTCOMES

_JOB = 'job="monitor"'
_ALL = 'job=~"monitor|prometheus|alertmanager"'
_WEB = "{{job}} web"


def build(say: Say) -> builders.Dashboard:
    """Return the dashboard in one language."""
    board = dashboard(
        "monitor",
        say("Bộ giám sát", "The monitor itself"),
        say(
            "Bộ giám sát có chạy, có nhìn thấy mạng và có kịp nhịp đo không; Prometheus và Alertmanager có làm việc không.",
            "Whether the monitor runs, sees and keeps up, and whether Prometheus and Alertmanager do their work.",
        ),
        say,
    ).annotations([restarts(say)])
    page = Grid(board)
    page.line(4, *((4, each) for each in _flags(say)), (4, _uptime(say)), (4, _version(say)))
    page.line(9, (8, _outcomes(say)), (8, _durations(say)), (8, _lag(say)))
    page.line(9, (8, _unknown(say)), (8, _age(say)), (8, _losses(say)))
    page.line(9, (8, _processor(say)), (8, _memory(say)), (8, _files(say)))
    page.line(9, (8, _scrape(say)), (8, _rules(say)), (8, _notices(say)))
    return board


def _flags(say: Say) -> list[stat.Panel]:
    good, bad = say("Tốt", "Good"), say("Hỏng", "Bad")
    works = mapped({"1": (good, UP), "0": (bad, DOWN)})
    sees = mapped({"0": (say("Nhìn thấy mạng", "Sees the network"), UP), "1": (say("Mất tầm nhìn", "Blind"), DEGRADED)})
    return [
        worded(
            say("Trả lời Prometheus", "Answers Prometheus"),
            say("Có ít nhất một bản của bộ giám sát trả lời.", "At least one replica of the monitor answers."),
            latest(f"max(up{{{_JOB}}})"),
            works,
        ),
        worded(
            say("Tầm nhìn", "Sight"),
            say(
                "Mất tầm nhìn: gói đo không ra được từ chính máy giám sát; trạng thái bị giữ nguyên.",
                "Blind: its own probes do not leave the machine; states are frozen.",
            ),
            latest("min(monitor_blind)"),
            sees,
        ),
        worded(
            say("Nhật ký", "Journal"),
            say("Sự kiện có ghi được xuống đĩa kịp thời không.", "Whether events reach the disk in time."),
            latest("min(monitor_journal_up)"),
            works,
        ),
        worded(
            say("Cấu hình", "Configuration"),
            say(
                "Lần nạp cấu hình gần nhất có thành công không; hỏng thì vẫn chạy theo cấu hình cũ.",
                "Whether the last reload succeeded; if not, the former configuration is still in use.",
            ),
            latest("min(monitor_config_last_reload_successful)"),
            works,
        ),
    ]


def _uptime(say: Say) -> stat.Panel:
    about = say("Từ lần khởi động gần nhất.", "Since its last start.")
    expr = f"(time() - max(process_start_time_seconds{{{_JOB}}})) / 86400"
    return number(say("Chạy liên tục", "Running for"), about, days(say), latest(expr), (None, TEXT)).decimals(1)


def _version(say: Say) -> stat.Panel:
    about = say("Phiên bản đang chạy.", "The version that runs.")
    query = latest("max by (version) (monitor_build_info)", "{{version}}")
    panel = counts(say("Phiên bản", "Version"), about, query).text_mode(common.BigValueTextMode.NAME)
    return panel.thresholds(bounds((None, TEXT)))


def _outcomes(say: Say) -> timeseries.Panel:
    about = say("Lượt đo mỗi giây theo kết quả.", "Probes a second by how they ended.")
    colors = {"ok": UP, "timeout": DOWN, "refused": UNREACHABLE, "malformed": DEGRADED, "not_sent": UNKNOWN}
    queries = [
        over_time(f'sum(rate(monitor_probes_total{{outcome="{outcome}"}}[$__rate_interval]))', say(*OUTCOMES[outcome]), ref)
        for ref, outcome in zip("ABCDE", colors, strict=True)
    ]
    panel = lines(say("Lượt đo", "Probes"), about, each_second(say), *queries).min(0)
    for outcome, color in colors.items():
        panel.override_by_name(say(*OUTCOMES[outcome]), [painted(color)])
    return panel


def _durations(say: Say) -> timeseries.Panel:
    every = ", ".join(
        f"{name} {limits.span(say, of.of(limits.settings()).every_s)}" for name, of in (("ping", ICMP), ("SNMP", SNMP))
    )
    about = say(
        f"Trung bình từ gói đầu đến kết quả cuối của một vòng. Vòng đo rải đều trong chu kỳ của nó ({every}), "
        "nên dài hơn chu kỳ một chút là bình thường.",
        f"Mean from a round's first packet to its last reading. Rounds are spread over their interval ({every}), so a "
        "little more than that is as it should be.",
    )
    sums, rounds = (f"sum by (probe) (rate(monitor_round_duration_seconds_{part}[10m]))" for part in ("sum", "count"))
    query = over_time(f"{sums} / {rounds}", "{{probe}}")
    return lines(say("Độ dài vòng đo", "Length of rounds"), about, seconds(say), query).min(0)


def _lag(say: Say) -> timeseries.Panel:
    about = say(
        "Gói đo rời máy trễ bao nhiêu, và vòng lặp sự kiện trễ bao nhiêu trong 99% số lần nhìn: cao là máy quá tải. "
        "Trễ không làm mất bằng chứng: nhân hệ điều hành ghi giờ gói đến.",
        "How late packets leave, and how late the event loop is in 99% of the looks: high means an overloaded machine. Being late "
        "loses no evidence: the kernel stamps what comes.",
    )
    return lines(
        say("Trễ của chính bộ giám sát", "The monitor's own lag"),
        about,
        MEASURED,
        over_time("max by (probe) (monitor_round_lag_seconds)", say("gói {{probe}}", "{{probe}} packets")),
        over_time(
            "histogram_quantile(0.99, sum by (le) (rate(monitor_event_loop_lag_seconds_bucket[$__rate_interval])))",
            say("vòng lặp, 99%", "event loop, 99%"),
            "B",
        ),
    ).min(0)


def _unknown(say: Say) -> timeseries.Panel:
    about = say("Số điểm không có bằng chứng mới nên chưa rõ trạng thái.", "How many targets have no fresh evidence.")
    name = say("chưa rõ", "unknown")
    query = over_time('sum(max without (instance, job) (wan_target_state{state="unknown"}))', name)
    panel = lines(say("Chưa rõ trạng thái", "State unknown"), about, "none", query).min(0).axis_soft_max(5)
    return panel.override_by_name(name, [painted(UNKNOWN)])


def _age(say: Say) -> timeseries.Panel:
    about = say(
        "Tuổi của số liệu đo cũ nhất trong những điểm đang thông.", "The age of the oldest reading among targets that are up."
    )
    up = 'on (target) max by (target) (wan_target_state{state="up"}) == 1'
    expr = f"max by (probe) (time() - max by (target, probe) (wan_last_reading_timestamp_seconds) and {up})"
    return lines(say("Số liệu cũ nhất", "Oldest reading"), about, seconds(say), over_time(expr, "{{probe}}")).min(0)


def _losses(say: Say) -> timeseries.Panel:
    about = say(
        "Gói nhân hệ điều hành bỏ, lượt đo bỏ qua vì lượt trước chưa xong, bản tin SNMP không ai hỏi: mỗi phút.",
        "Packets the kernel dropped, turns skipped as the last was still in flight, SNMP datagrams nobody asked for: a minute.",
    )
    shown = {
        say("nhân hệ điều hành bỏ gói", "kernel drops"): ("sum(rate(monitor_receive_drops_total[5m]))", DOWN),
        say("bỏ lượt", "turns skipped"): ("sum(rate(monitor_rounds_skipped_total[5m]))", DEGRADED),
        say("SNMP lạ", "SNMP strays"): ("sum(rate(monitor_snmp_unsolicited_total[5m]))", QUIET),
    }
    queries = [over_time(f"60 * {expr}", name, ref) for ref, (name, (expr, _)) in zip("ABC", shown.items(), strict=True)]
    panel = lines(say("Bỏ lỡ", "Missed"), about, each_minute(say), *queries).min(0)
    for name, (_, color) in shown.items():
        panel.override_by_name(name, [painted(color)])
    return panel


def _processor(say: Say) -> timeseries.Panel:
    about = say(
        "Phần của một nhân CPU. Bộ giám sát là hai tiến trình: một đo và phán đoán, một phục vụ người xem (web).",
        "Share of one processor core. The monitor is two processes: one polls and judges, one meets the visitors (web).",
    )
    return lines(
        "CPU",
        about,
        "percentunit",
        over_time(f"rate(process_cpu_seconds_total{{{_ALL}}}[$__rate_interval])", "{{job}}"),
        over_time(f"rate(monitor_web_process_cpu_seconds_total{{{_JOB}}}[$__rate_interval])", _WEB, "B"),
    ).min(0)


def _memory(say: Say) -> timeseries.Panel:
    about = say(
        "Bộ nhớ thường trú; web là tiến trình phục vụ người xem.", "Resident memory; web is the process that meets the visitors."
    )
    return lines(
        say("Bộ nhớ", "Memory"),
        about,
        "bytes",
        over_time(f"process_resident_memory_bytes{{{_ALL}}}", "{{job}}"),
        over_time(f"monitor_web_process_resident_memory_bytes{{{_JOB}}}", _WEB, "B"),
    ).min(0)


def _files(say: Say) -> timeseries.Panel:
    about = say(
        "Phần đã dùng của số tệp được phép mở; web là tiến trình phục vụ người xem, mỗi kết nối một tệp.",
        "Share of the files that it may open; web is the process that meets the visitors, a file for each connection.",
    )
    return lines(
        say("Tệp đang mở", "Open files"),
        about,
        "percentunit",
        over_time(f"process_open_fds{{{_JOB}}} / process_max_fds", "{{job}}"),
        over_time(f"monitor_web_process_open_fds{{{_JOB}}} / monitor_web_process_max_fds", _WEB, "B"),
    ).min(0)


def _scrape(say: Say) -> timeseries.Panel:
    about = say("Prometheus lấy số liệu mất bao lâu; phải dưới 9 s.", "How long a scrape takes; it must stay below 9 s.")
    query = over_time(f"scrape_duration_seconds{{{_ALL}}}", "{{job}}")
    return lines(say("Lấy số liệu", "Scrapes"), about, MEASURED, query).min(0)


def _rules(say: Say) -> timeseries.Panel:
    about = say(
        "Năm nhóm luật chậm nhất: mỗi lần tính mất bao lâu.", "The five slowest groups of rules: how long an evaluation takes."
    )
    duration = "prometheus_rule_group_last_duration_seconds"
    then, last = (
        f'max by (rules) (label_replace({each}, "rules", "$1", "rule_group", ".*;(.*)"))'
        for each in (duration, f"{duration} @ end()")
    )
    query = over_time(f"{then} and topk(5, {last})", "{{rules}}")
    return lines(say("Tính luật", "Rule evaluation"), about, MEASURED, query).min(0)


def _notices(say: Say) -> timeseries.Panel:
    about = say(
        "Tin báo mỗi phút từ Alertmanager theo kênh, và số tin không gửi được.",
        "Notifications a minute by channel, and those that could not be delivered.",
    )
    failed = say("lỗi {{integration}}", "failed {{integration}}")
    panel = lines(
        say("Tin báo", "Notifications"),
        about,
        each_minute(say),
        over_time("60 * sum by (integration) (rate(alertmanager_notifications_total[5m])) > 0", "{{integration}}"),
        over_time("60 * sum by (integration) (rate(alertmanager_notifications_failed_total[5m])) > 0", failed, "B"),
        over_time(
            "60 * sum(rate(prometheus_notifications_errors_total[5m]))", say("không tới Alertmanager", "never reached it"), "C"
        ),
    ).min(0)
    return panel.override_by_name(say("không tới Alertmanager", "never reached it"), [painted(MAINTENANCE)])
