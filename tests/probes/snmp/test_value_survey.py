"""Tables of a profile are surveyed once, then every value is asked by name; what the device can't mean is never a value."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from monitor.lab.agent import Agent
from monitor.lab.mib import Mib, ObjectInstance
from monitor.model.profile import Condition, Factor, Profile, Reduce, Value
from monitor.model.reading import SnmpSample
from monitor.model.settings import Credential
from monitor.model.spec import SnmpSpec
from monitor.probes.snmp.exchange import Answer, Ask, Conversation
from monitor.probes.snmp.memory import AgentMemory
from monitor.probes.snmp.poll import REFRESH_POLLS, Poll
from monitor.wire import ber
from monitor.wire.oid import parse_oid
from monitor.wire.snmp import GET, V1, V2C, decode, prepare

COMMUNITY = "for-the-test"
TABLE = "1.3.6.1.4.1.32473.1.1"
"""Columns: 1 number, 2 name, 3 kind, 4 total, 5 scale code."""
UPTIME = parse_oid("1.3.6.1.2.1.1.3.0")
Cells = dict[str, int | bytes]


class Device:
    """An agent in this process: what it has may change between polls, and all that it was asked is kept."""

    def __init__(self, cells: Cells) -> None:
        self.cells = cells
        self.uptime = 100_000
        self.asks: list[Ask] = []
        self.memory = AgentMemory()

    def poll(self, *values: Value, version: str = "2c", **more: Any) -> SnmpSample:
        """Poll once, a minute after the last time."""
        profile = next((kept for kept in [self.memory.profile] if kept is not None and kept.values == values), None)
        profile = profile or Profile("test", values=values, interfaces=False)
        spec = SnmpSpec("test", "", Credential("test", version, community=COMMUNITY), profile, **more)
        self.asks.clear()
        self.uptime += 6000
        return self._converse(Poll(spec, self.memory).run(), V1 if version == "1" else V2C)

    def _converse(self, conversation: Conversation[SnmpSample], version: int) -> SnmpSample:
        everything: Cells = {"1.3.6.1.2.1.1.1.0": b"device", **self.cells}
        entries = [ObjectInstance(parse_oid(name), *_bound(value)) for name, value in everything.items()]
        entries.append(ObjectInstance(UPTIME, ber.TIME_TICKS, lambda _: self.uptime))
        agent = Agent(Mib(entries), COMMUNITY.encode())
        try:
            ask = next(conversation)
            while True:
                self.asks.append(ask)
                request = prepare(version, COMMUNITY.encode(), ask.pdu, ask.oids, second=ask.repetitions)
                message = decode(agent.answer(request.encode(len(self.asks)), 0.0) or b"")
                ask = conversation.send(Answer(message.error_status, message.error_index, message.varbinds, 0.0))
        except StopIteration as complete:
            sample: SnmpSample = complete.value
            return sample


def _bound(value: int | bytes) -> tuple[int, Any]:
    return ber.INTEGER if isinstance(value, int) else ber.OCTET_STRING, lambda _: value


def table(*rows: tuple[Any, ...], start: int = 1) -> Cells:
    """Return the cells of rows (number, name, kind, total, scale code); None: the cell is not there."""
    return {
        f"{TABLE}.{column}.{index}": value.encode() if isinstance(value, str) else value
        for index, row in enumerate(rows, start=start)
        for column, value in enumerate(row, start=1)
        if value is not None
    }


def column(number: int) -> str:
    return f"{TABLE}.{number}"


NAMED = Value("wan_device_x", column(1), each={"part": (column(2),)})


def test_a_table_is_walked_once_and_then_asked_by_name_in_one_get() -> None:
    device = Device(table((5, "a"), (7, "b")))
    assert {'wan_device_x{part="a"}': 5, 'wan_device_x{part="b"}': 7} == device.poll(NAMED).values
    assert any(ask.pdu != GET for ask in device.asks)
    device.cells |= table((6, "a"))
    assert {'wan_device_x{part="a"}': 6, 'wan_device_x{part="b"}': 7} == device.poll(NAMED).values
    assert [GET] == [ask.pdu for ask in device.asks]


def test_a_row_that_vanishes_is_absent_and_a_new_one_is_found_after_a_restart_or_an_hour() -> None:
    device = Device(table((5, "a"), (7, "b")))
    device.poll(NAMED)
    device.cells = table((5, "a"), (9, "c"), start=1) | {f"{TABLE}.1.9": 3}
    del device.cells[f"{TABLE}.1.2"], device.cells[f"{TABLE}.2.2"]
    assert {'wan_device_x{part="a"}': 5} == device.poll(NAMED).values
    device.uptime = 0
    assert {'wan_device_x{part="a"}': 5, 'wan_device_x{part="9"}': 3} == device.poll(NAMED).values
    device.cells |= {f"{TABLE}.1.10": 4}
    for _ in range(REFRESH_POLLS):
        seen = device.poll(NAMED).values
    assert 4 == seen['wan_device_x{part="10"}']


def test_rows_of_one_name_are_told_apart_and_names_are_fit_for_a_label() -> None:
    device = Device(table((1, "fan"), (2, "fan"), (3, 'a "b" {c}\\d'), (4, ""), (5, None)))
    expected = ["fan", "fan #2", "a 'b' (c)/d", "4", "5"]
    assert [f'wan_device_x{{part="{name}"}}' for name in expected] == list(device.poll(NAMED).values)


def test_several_columns_name_a_row_together_and_an_index_may() -> None:
    device = Device(table((1, "port", b"", "port"), (2, "port", b"wan", "x")))
    joined = replace(NAMED, each={"part": (column(2), column(3), column(4))})
    assert ["port", "port wan x"] == [series.split('"')[1] for series in device.poll(joined).values]
    by_index = replace(NAMED, each={"part": ("index",)})
    assert ["1", "2"] == [series.split('"')[1] for series in Device(device.cells).poll(by_index).values]


def test_no_more_rows_than_the_value_permits_become_series_and_the_rest_is_told() -> None:
    device = Device(table(*[(number, f"n{number}") for number in range(12)]))
    sample = device.poll(replace(NAMED, most=3), explain=True)
    assert ["n0", "n1", "n2"] == [series.split('"')[1] for series in sample.values]
    assert ("9", "beyond") == (sample.explained[-1].raw, sample.explained[-1].lack.value)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, 10),
        ({"reduce": Reduce.MIN}, -1),
        ({"reduce": Reduce.SUM}, 17),
        ({"reduce": Reduce.AVERAGE}, 17 / 4),
        ({"invalid": (-1, 10)}, 8),
        ({"between": (0, 9)}, 8),
        ({"where": (Condition(column(3), ("6",)),)}, 8),
        ({"where": (Condition(column(2), (), "^[ac]"),)}, 10),
        ({"where": (Condition(None, (), "^[12]$"),)}, 8),
        ({"where": (Condition(column(2), (), "^[ac]"), Condition(column(3), ("6", "7")))}, 8),
        ({"only_if": (Condition(column(3), ("9",)),)}, 10),
        ({"scale": 0.5}, 5),
        ({"plus": (column(4),)}, 110),
        ({"over": (column(4),)}, 0.1),
        ({"over": (column(1), column(4))}, 10 / 110),
        ({"over": (column(4),), "rest": True}, 1.01),
        ({"times": (Factor(column(5), {1: 0.1, 2: 100.0}),)}, 800),
        ({"map": {8: 1.0, 10: 0.0}}, 1),
        ({"where": (Condition(column(3), ("4",)),)}, None),
        ({"over": (column(6),)}, None),
    ],
)
def test_rows_are_chosen_calculated_and_reduced(changes: dict[str, Any], expected: float | None) -> None:
    rows = table((8, "a", 6, 100, 2), (0, "b", 6, 0, 1), (10, "c", 9, 100, 1), (-1, "d", 5, 100, 3))
    value = replace(Value("wan_device_x", column(1), reduce=Reduce.MAX), **changes)
    found = dict(Device(rows).poll(value).values)
    assert ({} if expected is None else {"wan_device_x": pytest.approx(expected)}) == found


def test_ratios_and_temperatures_that_can_not_be_are_no_values() -> None:
    cells: Cells = {"1.3.6.1.4.1.32473.2.0": 255, "1.3.6.1.4.1.32473.3.0": 2**31 - 1, "1.3.6.1.4.1.32473.4.0": -5}
    values = (
        Value("wan_device_cpu_ratio", "1.3.6.1.4.1.32473.2.0", 0.01),
        Value("wan_device_temperature_celsius", "1.3.6.1.4.1.32473.3.0"),
        Value("wan_ups_remaining_seconds", "1.3.6.1.4.1.32473.4.0"),
    )
    sample = Device(cells).poll(*values, explain=True)
    assert {} == sample.values
    assert ["bounds"] * 3 == [told.lack.value for told in sample.explained]
    assert ["255", "2147483647", "-5"] == [told.raw for told in sample.explained]


def test_of_values_of_one_name_the_first_that_the_device_has_counts_and_no_further_table_is_walked() -> None:
    first = Value("wan_device_x", "1.3.6.1.4.1.32473.9.0")
    second = Value("wan_device_x", column(1), reduce=Reduce.MAX)
    both = Device({"1.3.6.1.4.1.32473.9.0": 3, **table((5, "a"))})
    assert {"wan_device_x": 3} == both.poll(first, second).values
    assert {GET} == {ask.pdu for ask in both.asks}
    assert {"wan_device_x": 5} == Device(table((5, "a"))).poll(first, second).values


def test_a_condition_is_looked_at_in_each_poll() -> None:
    device = Device(table((15, "a", 1)))
    value = replace(NAMED, only_if=(Condition(column(3), ("1",)),))
    assert 1 == len(device.poll(value).values)
    device.cells |= table((0, "a", 4))
    assert {} == device.poll(value).values
    device.cells |= table((16, "a", 1))
    assert {'wan_device_x{part="a"}': 16} == device.poll(value).values


def test_a_historys_last_result_that_has_a_value_counts_as_its_rows_come_and_go() -> None:
    def results(*rows: tuple[int, int, int]) -> Cells:
        return {
            f"{TABLE}.{place}.1.97.4.116.101.115.116.{run}.1": value for run, *cells in rows for place, value in enumerate(cells, 1)
        }

    value = Value("wan_device_sla_rtt_seconds", column(1), 0.001, each={"sla": ("texts",)}, history=True)
    value = replace(value, only_if=(Condition(column(2), ("1",)),))
    device = Device(results((7, 11, 1), (8, 12, 1)))
    assert {'wan_device_sla_rtt_seconds{sla="a/test"}': 0.012} == device.poll(value).values
    device.cells = results((8, 12, 1), (9, 13, 1), (10, 0, 0))
    assert {'wan_device_sla_rtt_seconds{sla="a/test"}': 0.013} == device.poll(value).values
    device.cells = results((10, 0, 2), (11, 0, 2))
    assert {} == device.poll(value).values


def test_a_table_that_is_too_long_is_told_and_sought_again_later() -> None:
    device = Device(table(*[(1, "x")] * 300))
    sample = device.poll(Value("wan_device_x", column(1), reduce=Reduce.SUM))
    assert {} == sample.values
    assert not sample.complete
    assert device.poll(Value("wan_device_x", column(1), reduce=Reduce.SUM)).complete, "not at every poll"


def test_an_agent_of_version_1_that_lacks_cells_still_gives_the_others() -> None:
    cells = table((5, "a"), (7, None), (9, "c"))
    assert {} == Device(cells).poll(replace(NAMED, over=(column(4),)), version="1").values
    device = Device(cells)
    for _ in range(2):
        assert [5, 7, 9] == list(device.poll(NAMED, version="1").values.values())
    assert 1 == len(device.asks)
