"""What the lab makes up of a past carries the names and labels that a scrape of a running daemon shows."""

from __future__ import annotations

import io
from zoneinfo import ZoneInfo

from prometheus_client.openmetrics.parser import text_string_to_metric_families
from prometheus_client.parser import text_string_to_metric_families as parse_plain

from monitor.cli.lab_history_text import HistoryText
from monitor.lab.history import InventedHistory, past_of
from monitor.load.configuration import load
from monitor.model.inventory import Expected
from tests.system.running import Running

NOON = 1_795_496_400.0
Series = set[tuple[str, frozenset[tuple[str, str]]]]


def test_a_past_has_the_series_of_a_real_scrape(attentive: Running) -> None:
    configuration = load(attentive.lab.folder)
    inventory, settings = configuration.inventory, configuration.settings
    past = past_of(1 / 24, NOON, settings.office_hours, ZoneInfo(settings.timezone), 1)
    history = InventedHistory(inventory, dict.fromkeys(inventory.targets, Expected.ALWAYS), past, 300 / 86_400)
    assert {"up"} == {stays[-1].state.value for stays in history.story.stays.values()}, "take a seed by which all is well"
    written = io.BytesIO()
    HistoryText(history, settings, "a:1").write(written, history.detail, history.grid.count)
    past_series: Series = {
        (sample.name, frozenset(sample.labels.items()) - {("instance", "a:1"), ("job", "monitor")})
        for family in text_string_to_metric_families(written.getvalue().decode())  # type: ignore[no-untyped-call]
        for sample in family.samples
        if ":" not in sample.name
    }
    # By then rates are known, and jitter, which takes thirty differences.
    names = {"wan_interface_receive_bytes_per_second", "wan_icmp_jitter_seconds"}
    scrape = attentive.until(lambda scrape: all(len(scrape.samples[name]) == len(inventory.targets) for name in names))
    real: Series = {
        (sample.name, frozenset(sample.labels.items())) for family in parse_plain(scrape.text) for sample in family.samples
    }
    ours = {each for each in real if each[0].startswith("wan_")}
    assert ours == {each for each in past_series if each[0].startswith("wan_")}
    own = {each for each in past_series if each[0].startswith(("monitor_", "process_"))}
    assert own <= real
    assert {("up", frozenset())} == past_series - own - ours
