"""The field and the counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from monitor.export.pages.tiles import ProvinceLayout, area_counts, counts, tile_columns, tiles
from monitor.model.inventory import Inventory, Kind
from monitor.model.reason import Reason
from monitor.model.state import State, Transition
from tests.export import morning, sample


@pytest.mark.parametrize(
    "states", [{}, {"ubnd-1": State.DOWN, "xa-2-1": None, "dc-xa-2-2": State.STANDBY, "xa-2-3": State.UNKNOWN}]
)
def test_counts_add_up_to_all_targets_of_a_kind(states: dict[str, State | None]) -> None:
    snapshot = sample.snapshot(states=states)
    found = counts(snapshot)
    of_kind = Counter(view.target.kind for view in snapshot.views.values())
    assert {kind: of_kind[kind] for kind in Kind} == {kind: sum(each.number for each in row) for kind, row in found.items()}


def test_counts_say_how_many_more_than_an_hour_ago() -> None:
    snapshot = sample.snapshot(states={"xa-2-1": State.DOWN, "xa-2-2": State.DOWN}, since=sample.NOW - 600)
    assert [2] == [each.more for each in counts(snapshot)[Kind.POINT] if each.state is State.DOWN]
    older = replace(snapshot, changes=tuple(replace(change, at=sample.NOW - 4_000) for change in snapshot.changes))
    assert [None] == [each.more for each in counts(older)[Kind.POINT] if each.state is State.DOWN]


def test_growth_is_not_claimed_where_the_kept_changes_do_not_reach_back() -> None:
    snapshot = sample.snapshot(states={"xa-2-1": State.DOWN})
    many = tuple(Transition("xa-2-2", State.UP, State.DEGRADED, sample.NOW - each, None, Reason("loss")) for each in range(200))
    assert {None} == {each.more for each in counts(replace(snapshot, changes=many))[Kind.POINT]}


def test_a_tile_shows_the_worst_of_its_endpoints() -> None:
    snapshot = sample.snapshot(states={f"dc2-{sample.ROOT}": State.DEGRADED})
    tile = tiles(ProvinceLayout(snapshot.inventory), snapshot)[sample.ROOT]
    assert (State.UP, State.DEGRADED, 2) == (tile.state, tile.endpoint, tile.endpoints)


def test_tiles_stand_in_the_order_of_the_inventory() -> None:
    inventory = sample.inventory()
    layout = ProvinceLayout(inventory)
    assert list(inventory.areas) == list(layout.blocks)
    assert ["ubnd-1", "xa-1-1", "xa-1-2", "xa-1-3", "xa-1-4", "xa-1-5"] == layout.blocks["huyen-1"]


def test_a_change_is_ringed_for_five_minutes_and_a_first_judgement_never() -> None:
    snapshot = sample.snapshot(states={"dc-xa-2-1": State.DOWN}, since=sample.NOW - 299)
    layout = ProvinceLayout(snapshot.inventory)
    assert tiles(layout, snapshot)["xa-2-1"].changed_at == sample.NOW - 299
    later = replace(snapshot, at=sample.NOW + 2)
    assert tiles(layout, later)["xa-2-1"].changed_at == 0
    first = replace(snapshot, changes=tuple(replace(change, old=None) for change in snapshot.changes))
    assert tiles(layout, first)["xa-2-1"].changed_at == 0


def test_an_area_names_what_is_wrong_gravest_first_and_no_endpoint_behind_an_uplink() -> None:
    snapshot = sample.snapshot(
        states={"xa-2-1": State.DOWN, "xa-2-2": State.DEGRADED, "dc-xa-2-3": State.UNKNOWN, "xa-2-4": State.STANDBY}
    )
    points, endpoints = area_counts(ProvinceLayout(snapshot.inventory), snapshot, "huyen-2")
    assert [(State.DOWN, 1), (State.DEGRADED, 1)] == points
    assert [(State.UNKNOWN, 1)] == endpoints


@pytest.mark.parametrize(("areas", "across"), [(1, 1), (2, 2), (3, 3), (12, 3), (16, 4), (20, 5)])
def test_any_number_of_areas_is_laid_out(areas: int, across: int) -> None:
    layout = ProvinceLayout(sample.inventory(areas, 18))
    assert across == layout.across
    assert layout.dense in range(-1, 4)
    assert tile_columns(across) * across in (8, 9, 10)


def test_short_names_that_two_areas_share_carry_their_area_in_lists() -> None:
    inventory = sample.inventory()
    shared = {id_: replace(each, short="UBND huyện") if id_.startswith("ubnd") else each for id_, each in inventory.targets.items()}
    layout = ProvinceLayout(replace(inventory, targets=shared))
    assert layout.inventory.short_name(shared["ubnd-1"]) == "UBND huyện Số 1"
    assert layout.inventory.short_name(shared["xa-1-1"]) == "1.1"


def test_the_invented_morning_has_something_of_everything() -> None:
    inventory: Inventory = sample.inventory(12, 18)
    found = {view.state for view in morning.morning(inventory).views.values()}
    assert set(State) == found
