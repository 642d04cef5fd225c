"""Snapshot → HTML: the whole page once, then only the parts that changed."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from monitor.export import panels
from monitor.export.card import card
from monitor.export.sentences import Sentences
from monitor.export.static import Static
from monitor.export.tiles import Layout, Tile, area_counts, counts, tiles
from monitor.model.inventory import Inventory
from monitor.model.settings import Settings
from monitor.model.state import Snapshot, State
from monitor.words.page import PAGE, UNITS, WEEKDAYS

TEMPLATES = Path(__file__).parent / "pages"
_SCRIPT_KEYS = ("ago", "lost", "monitor_lost", "light", "dark", "tile_endpoint", "tile_endpoints", "card_failed")
_SHOW_KEYS = ("show_up", "show_unreachable", "show_both", "show_less")


class Renderer:
    """Renders the province page, its parts and a target's card, in both languages."""

    def __init__(self, static: Static) -> None:
        self._static = static
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
        )
        self._symbols = Markup((TEMPLATES / "symbols.svg").read_text("utf-8"))
        self._layout: Layout | None = None

    def layout(self, inventory: Inventory) -> Layout:
        """Return where each target stands; made once for an inventory."""
        if self._layout is None or self._layout.inventory is not inventory:
            self._layout = Layout(inventory)
        return self._layout

    def layout_id(self, inventory: Inventory) -> str:
        """Return what changes whenever a page that is open must be loaded anew: other targets, or other files of ours."""
        layout = self.layout(inventory)
        parts = [*self._static.names.values(), *layout.points_of, *inventory.targets]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]

    def page(self, snapshot: Snapshot, settings: Settings, language: str, theme: str) -> str:
        """Return the whole page. theme: 'dark', 'light', or '' where the screen decides."""
        say = sentences(language, settings.timezone)
        layout = self.layout(snapshot.inventory)
        by_id = tiles(layout, snapshot)
        return self._render(
            "page.html",
            say,
            snapshot=snapshot,
            network=snapshot.inventory.network,
            layout=layout,
            layout_id=self.layout_id(snapshot.inventory),
            dense=density(layout.rows, -(-len(layout.points_of) // layout.across)),
            blocks={area: [by_id[id_] for id_ in ids] for area, ids in layout.points_of.items()},
            parts={id_: Markup(html) for id_, html in self.parts(snapshot, settings, language).items()},
            title=lambda tile: title(tile, say),
            theme=theme,
            zone=settings.timezone,
            other="en" if language == "vi" else "vi",
            static=self._static.url,
            symbols=self._symbols,
            script_words=script_words(say),
        )

    def parts(self, snapshot: Snapshot, settings: Settings, language: str) -> dict[str, str]:
        """Return element id → HTML of everything on the page that is not a tile."""
        say = sentences(language, settings.timezone)
        layout = self.layout(snapshot.inventory)
        rows, total = panels.changes(layout, snapshot, say)
        by_kind = {kind.value: row for kind, row in counts(snapshot).items()}
        present = {count.state for row in by_kind.values() for count in row if count.number}

        def ago(at: float) -> Markup:
            since = Markup('<time class="age" data-t="{}">{}</time>').format(int(at), say.age(snapshot.at - at))
            return Markup("{}").format(Markup(say("ago", age="{}")).format(since))

        found = {
            "bar": self._render("bar.html", say, snapshot=snapshot),
            "health": self._render("health.html", say, snapshot=snapshot, ago=ago),
            "counts": self._render("counts.html", say, counts=by_kind, present=present),
            "causes": self._render("causes.html", say, causes=panels.causes(layout, snapshot, say), snapshot=snapshot),
            "links": self._render("links.html", say, links=panels.links(layout, snapshot, settings, say)),
            "changes": self._render("changes.html", say, changes=rows, total=total),
        }
        for area in layout.points_of:
            points, endpoints = area_counts(layout, snapshot, area)
            found[f"head-{area}"] = (
                self._render("head.html", say, points=points, endpoints=endpoints) if points or endpoints else ""
            )
        return found

    def card(self, id_: str, snapshot: Snapshot, settings: Settings, language: str) -> str:
        """Return a target's card; KeyError where no target has that id."""
        say = sentences(language, settings.timezone)
        layout = self.layout(snapshot.inventory)
        return self._render("card.html", say, card=card(id_, layout, snapshot, settings, say), snapshot=snapshot)

    def _render(self, template: str, say: Sentences, **values: object) -> str:
        return self._environment.get_template(template).render(say=say, **values).strip()


@lru_cache(maxsize=8)
def sentences(language: str, zone: str) -> Sentences:
    """Return the words of a language with the times of a zone."""
    return Sentences(language, ZoneInfo(zone))


def title(tile: Tile, say: Sentences) -> str:
    """Return a tile in words; monitor.js says the same when it changes."""
    words = f"{tile.target.name}: {say.state(tile.state)}"
    if tile.endpoint is None:
        return words
    key = "tile_endpoints" if tile.endpoints > 1 else "tile_endpoint"
    return f"{words} · {say(key, count=tile.endpoints, state=say.state(tile.endpoint))}"


def density(rows: int, blocks_high: int) -> int:
    """Return how tightly a wide screen must pack its tiles: -1 at ease, 0 to 3 to hold all on one wall; beyond, it scrolls.

    A wall of 16:9 has room for about 28 rows of tiles under 4 heads; a head is as high as 2 rows.
    """
    need = rows + 2 * blocks_high
    return sum(need > room for room in (22, 37, 42, 47)) - 1


def script_words(say: Sentences) -> dict[str, object]:
    """Return what the script must be able to say by itself: templates keep their {names}."""
    index = 0 if say.language == "vi" else 1
    return {
        **{key: PAGE[key][index] for key in (*_SCRIPT_KEYS, *_SHOW_KEYS)},
        "units": UNITS[say.language],
        "weekdays": WEEKDAYS[index],
        "states": {state.value: say.state(state) for state in State},
    }
