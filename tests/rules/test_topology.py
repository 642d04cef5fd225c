"""Who is cut off by whom: by tables, and by a slow search over every path as the oracle."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.rules.topology import Block, Cut, Topology, find_causes, topology_of
from tests.service.province import endpoint, inventory, point, small_province

TREE = topology_of(small_province(districts=2, communes=2))


def cuts(graph: Topology, silent: Mapping[str, Block], seen: set[str] | None = None) -> dict[str, Cut]:
    answering = graph.order.keys() - silent.keys() if seen is None else seen
    return find_causes(graph, silent.keys(), answering.__contains__, silent.__getitem__)


def test_what_is_behind_a_silent_district_is_cut_off_by_it() -> None:
    silent = dict.fromkeys(TREE.behind("d0") | {"d0"}, Block.DOWN)
    assert dict.fromkeys(TREE.behind("d0"), Cut(Block.DOWN, "d0")) == cuts(TREE, silent)


def test_the_cause_is_the_silent_target_nearest_to_the_root() -> None:
    found = cuts(TREE, dict.fromkeys(("root", "d0", "d0-c0", "e-d0-c0"), Block.DOWN))
    assert {"root"} == {cut.cause for cut in found.values()}
    assert {"d0", "d0-c0", "e-d0-c0"} == found.keys()


def test_an_uplink_that_answers_carries_even_when_its_own_uplink_is_silent() -> None:
    assert {} == cuts(TREE, {"root": Block.DOWN, "d0-c0": Block.DOWN})


def test_an_uplink_that_nothing_is_known_of_is_looked_through() -> None:
    seen = TREE.order.keys() - {"d0", "root", "d0-c0"}
    assert {"d0-c0": Cut(Block.DOWN, "root")} == cuts(TREE, {"root": Block.DOWN, "d0-c0": Block.DOWN}, set(seen))


RING = topology_of(inventory([point("root"), point("a", "root"), point("b", "root"), point("x", "a", "b"), endpoint("e", "x")]))


def test_of_several_uplinks_any_carries() -> None:
    assert {} == cuts(RING, dict.fromkeys(("a", "x"), Block.DOWN))


def test_with_all_uplinks_silent_the_first_in_the_inventory_is_the_cause() -> None:
    assert {"x": Cut(Block.DOWN, "a"), "e": Cut(Block.DOWN, "a")} == cuts(RING, dict.fromkeys(("b", "a", "x", "e"), Block.DOWN))


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (Block.MAINTENANCE, Block.MAINTENANCE, Cut(Block.MAINTENANCE, "a")),
        (Block.MAINTENANCE, Block.DOWN, Cut(Block.DOWN, "b")),
        (Block.STANDBY, Block.DOWN, Cut(Block.DOWN, "b")),
        (Block.STANDBY, Block.MAINTENANCE, Cut(Block.STANDBY, "a")),
    ],
)
def test_what_cuts_off_is_the_gravest_that_is_needed(a: Block, b: Block, expected: Cut) -> None:
    assert expected == cuts(RING, {"a": a, "b": b, "x": Block.DOWN})["x"]


def test_work_on_an_uplink_explains_the_silence_behind_it_even_below_a_fault() -> None:
    found = cuts(TREE, {"root": Block.DOWN, "d0": Block.MAINTENANCE, "d0-c0": Block.DOWN})
    assert Cut(Block.MAINTENANCE, "d0") == found["d0-c0"]


def test_a_circle_of_uplinks_is_refused() -> None:
    with pytest.raises(ValueError, match="circle"):
        topology_of(inventory([point("root"), point("a", "b"), point("b", "a")]))


@st.composite
def graphs(draw: st.DrawFn) -> Topology:
    size = draw(st.integers(1, 14))
    targets = [point("t0")]
    for number in range(1, size):
        uplinks = draw(st.sets(st.integers(0, number - 1), min_size=1, max_size=3))
        targets.append(point(f"t{number}", *(f"t{each}" for each in sorted(uplinks))))
    return topology_of(inventory(targets))


def paths(graph: Topology, name: str) -> list[tuple[str, ...]]:
    """Every path from a target's uplinks to the root."""
    parents = graph.parents[name]
    return [(parent, *rest) for parent in parents for rest in (paths(graph, parent) if graph.parents[parent] else [()])]


@given(graphs(), st.data())
def test_a_target_is_cut_off_exactly_when_every_path_to_the_root_is_blocked(graph: Topology, data: st.DataObject) -> None:
    silent = data.draw(st.sets(st.sampled_from(sorted(graph.order))))
    unseen = data.draw(st.sets(st.sampled_from(sorted(graph.order)))) - silent
    seen = graph.order.keys() - silent - unseen
    found = find_causes(graph, silent, seen.__contains__, lambda _: Block.DOWN)

    def is_open(path: tuple[str, ...]) -> bool:
        """Open up to the first uplink that answers, since one that answers is reached, by whatever way."""
        first = next((place for place, name in enumerate(path) if name in seen), len(path))
        return not any(name in silent for name in path[:first])

    for name in silent:
        ways = paths(graph, name)
        assert (bool(ways) and not any(map(is_open, ways))) is (name in found)


@given(graphs(), st.data())
def test_a_cause_is_a_silent_uplink_that_is_not_cut_off_itself(graph: Topology, data: st.DataObject) -> None:
    silent = data.draw(st.sets(st.sampled_from(sorted(graph.order))))
    found = cuts(graph, dict.fromkeys(silent, Block.DOWN))
    for name, cut in found.items():
        assert cut.cause in graph.ancestors(name)
        assert cut.cause in silent
        assert cut.cause not in found
    assert not silent or silent - found.keys(), "of any silence someone is the root cause"
