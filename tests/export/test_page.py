"""The page as the server renders it."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from monitor.export.audience import Audience, Role
from monitor.export.pages.province_page import ProvincePage
from monitor.export.pages.renderer import TEMPLATES, Renderer
from monitor.export.pages.static_files import FOLDER, Static
from monitor.export.pages.tiles import density
from monitor.export.sentences import TEXTS
from monitor.export.source import NoMeetings
from monitor.model.inventory import Area
from monitor.model.state import Snapshot, State
from monitor.words.meeting import MEETING
from monitor.words.page import PAGE
from monitor.words.target import TARGET
from tests.export import morning, sample
from tests.export.sample import FakeSource

RENDERER = Renderer(Static())


class Reader(HTMLParser):
    """Collects a page's elements with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def all(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        """Return the attributes of every element with these."""
        names = {name.replace("_", "-").removesuffix("-"): value for name, value in wanted.items()}
        return [attributes for each, attributes in self.found if each == tag and names.items() <= attributes.items()]


def page(language: str = "vi", snapshot: Snapshot | None = None) -> str:
    shown = snapshot or sample.snapshot(states={"ubnd-1": State.DOWN})
    return ProvincePage(FakeSource(shown), RENDERER, NoMeetings()).html(shown, Audience(language, Role.OPERATOR))


def test_every_point_has_one_tile_with_its_states_in_words() -> None:
    tiles = Reader(page()).all("button", class_="t")
    assert len(tiles) == 13
    by_id = {tile["data-id"]: tile for tile in tiles}
    assert (by_id["xa-1-1"]["data-s"], by_id["xa-1-1"]["data-e"]) == ("unreachable", "unreachable")
    assert by_id["ubnd-1"]["aria-label"] == "UBND huyện 1: Mất kết nối · điểm cầu: Mất do tuyến trên"
    assert by_id[sample.ROOT]["title"] == "Trung tâm tích hợp dữ liệu: Hoạt động · 2 điểm cầu, tệ nhất: Hoạt động"


def test_each_block_is_one_stop_of_the_keyboard() -> None:
    stops = [tile["tabindex"] for tile in Reader(page()).all("button", class_="t")]
    assert stops.count("0") == 3


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_page_links_only_to_what_exists(language: str) -> None:
    html = page(language)
    links = {attributes["href"] or "" for tag, attributes in Reader(html).found if tag == "a"}
    assert links == {"#field", "/", "/meetings", "?lang=en" if language == "vi" else "?lang=vi"}
    marks = {attributes["href"] for tag, attributes in Reader(html).found if tag == "use"}
    assert marks <= {f"#{attributes['id']}" for attributes in Reader(html).all("symbol")}


def test_nothing_inline_that_the_policy_would_refuse() -> None:
    html = page()
    assert "style=" not in html
    assert not re.search(r"\son\w+=", html)
    scripts = Reader(html).all("script")
    assert all("src" in script or script["type"] == "application/json" for script in scripts)


def test_ids_are_unique_and_labels_point_to_them() -> None:
    found = Reader(page()).found
    ids = [attributes["id"] for _, attributes in found if "id" in attributes]
    assert sorted(set(ids), key=str) == sorted(ids, key=str)
    assert {attributes["aria-labelledby"] for _, attributes in found if "aria-labelledby" in attributes} - set(ids) == {
        "card-title"
    }


def test_names_are_escaped() -> None:
    snapshot = sample.snapshot()
    evil = replace(snapshot.views["xa-1-1"].target, name='<script>alert("1")</script>', short="<b>x</b>")
    html = page(snapshot=sample.with_view(snapshot, "xa-1-1", target=evil))
    assert "<script>alert" not in html
    assert "<b>x</b>" not in html


def test_an_area_that_only_a_target_names_is_shown_too() -> None:
    inventory = sample.inventory()
    lonely = replace(inventory, areas={"khoi": Area("khoi", "Khối")})
    html = page(snapshot=sample.snapshot(lonely))
    assert len(Reader(html).all("button", class_="t")) == 13


def test_a_province_of_477_targets_is_light() -> None:
    html = page(snapshot=morning.morning(sample.inventory(13, 18)))
    assert len(gzip.compress(html.encode(), 6)) < 40_000


def test_a_page_is_the_same_light_or_dark_and_a_script_that_holds_up_the_first_paint_chooses() -> None:
    html = page()
    assert "data-theme" not in html
    (script,) = [each for each in Reader(html).all("script") if "theme." in str(each.get("src"))]
    assert {"defer", "async"}.isdisjoint(script)
    assert html.index("theme.") < html.index("stylesheet"), "it waits for no stylesheet"


def test_every_word_that_templates_and_script_ask_for_is_in_the_catalogue() -> None:
    templates = "".join(path.read_text("utf-8") for path in TEMPLATES.glob("*.html"))
    asked = set(re.findall(r'say\("(\w+)"', templates))
    scripts = "".join(path.read_text("utf-8") for path in FOLDER.glob("*.js"))
    script = set(re.findall(r"words\.(\w+)", scripts)) - {"units", "weekdays", "states", "verdicts", "chips"}
    assert asked | script <= TEXTS.keys()


def test_no_two_catalogues_of_the_pages_share_a_key() -> None:
    assert len(TEXTS) == len(PAGE) + len(MEETING) + len(TARGET)


def test_both_languages_fill_in_the_same_names() -> None:
    for vietnamese, english in TEXTS.values():
        assert set(re.findall(r"\{(\w+)", vietnamese)) == set(re.findall(r"\{(\w+)", english))


def test_the_stylesheet_takes_colours_from_tokens_only() -> None:
    css = (FOLDER / "monitor.css").read_text("utf-8")
    rules = css[css.index("* { box-sizing") : css.index("@media print")]
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[ ;])", rules) == []


@pytest.mark.parametrize(
    ("rows", "blocks", "expected"), [(3, 1, -1), (28, 4, 0), (32, 4, 1), (34, 4, 1), (36, 4, 2), (40, 4, 3), (60, 5, 3)]
)
def test_a_wall_packs_its_tiles_as_tightly_as_it_must(rows: int, blocks: int, expected: int) -> None:
    assert expected == density(rows, blocks)
