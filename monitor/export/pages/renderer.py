"""Snapshot → HTML: what all pages share, and the province's page; the whole page once, then only the parts that changed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from monitor.export.audience import Audience
from monitor.export.pages import panels
from monitor.export.pages.card import card
from monitor.export.pages.next_meeting import next_meeting
from monitor.export.pages.runbooks import Runbooks
from monitor.export.pages.sentences import TEXTS, Sentences
from monitor.export.pages.static_files import Static
from monitor.export.pages.tiles import Layout, Tile, area_counts, counts, tiles
from monitor.model.inventory import Inventory
from monitor.model.meeting import MeetingView
from monitor.model.settings import Settings
from monitor.model.state import Snapshot, State

TEMPLATES = Path(__file__).parent / "templates"
_SCRIPT_KEYS = ("lost", "monitor_lost", "light", "dark")
_SHOW_KEYS = ("tile_endpoint", "tile_endpoints", "card_failed", "show_up", "show_unreachable", "show_both", "show_less")


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

    def page(self, snapshot: Snapshot, settings: Settings, language: str, meetings: Sequence[MeetingView] = ()) -> str:
        """Return the province's page."""
        say = sentences(language, settings.timezone)
        layout = self.layout(snapshot.inventory)
        by_id = tiles(layout, snapshot)
        return self.whole(
            "province.html",
            say,
            snapshot,
            self.parts(snapshot, settings, language, meetings),
            page="province",
            script_words=script_words(say, _SHOW_KEYS) | {"states": {state.value: say.state(state) for state in State}},
            layout=layout,
            dense=density(layout.rows, -(-len(layout.points_of) // layout.across)),
            blocks={area: [by_id[id_] for id_ in ids] for area, ids in layout.points_of.items()},
            title=lambda tile: point_title(tile, say),
        )

    def parts(self, snapshot: Snapshot, settings: Settings, language: str, meetings: Sequence[MeetingView] = ()) -> dict[str, str]:
        """Return element id → HTML of everything on the province's page that is not a tile."""
        say = sentences(language, settings.timezone)
        layout = self.layout(snapshot.inventory)
        rows, total = panels.change_rows(layout, snapshot, say)
        by_kind = {kind.value: row for kind, row in counts(snapshot).items()}
        present = {count.state for row in by_kind.values() for count in row if count.number}
        found = self.shared_parts(snapshot, say, meetings) | {
            "counts": self.render("counts.html", say, counts=by_kind, present=present),
            "causes": self.render("causes.html", say, causes=panels.causes(layout, snapshot, say), snapshot=snapshot),
            "links": self.render(
                "links.html",
                say,
                links=panels.links(layout, snapshot, settings, say),
                note=panels.links_note(settings, say),
                tick=panels.load_tick(settings),
            ),
            "changes": self.render("changes.html", say, changes=rows, total=total),
        }
        for area in layout.points_of:
            points, endpoints = area_counts(layout, snapshot, area)
            found[f"head-{area}"] = self.render("head.html", say, points=points, endpoints=endpoints) if points or endpoints else ""
        return found

    def whole(self, template: str, say: Sentences, snapshot: Snapshot, parts: Mapping[str, str], **values: object) -> str:
        """Return a whole page: what every page has, and the values of its own template.

        Among the values are page, as ?page= of the stream names it, and script_words.
        """
        return self.render(
            template,
            say,
            **{
                "snapshot": snapshot,
                "network": snapshot.inventory.network,
                "layout_id": self.layout_id(snapshot.inventory),
                "parts": {id_: Markup(html) for id_, html in parts.items()},
                "zone": str(say.zone),
                "other": "en" if say.language == "vi" else "vi",
                "static": self._static.url,
                "symbols": self._symbols,
                "stream": f"page={values['page']}",
                **values,
            },
        )

    def shared_parts(self, snapshot: Snapshot, say: Sentences, meetings: Sequence[MeetingView]) -> dict[str, str]:
        """Return the parts of every page's head: whether the monitor sees, how fresh it all is, and the next meeting."""

        def ago(at: float) -> Markup:
            since = Markup('<time class="age" data-t="{}">{}</time>').format(int(at), say.age(int(snapshot.at) - int(at)))
            return Markup("{}").format(Markup(say("ago", age="{}")).format(since))

        coming = next_meeting(meetings, snapshot.at)
        return {
            "bar": self.render("bar.html", say, snapshot=snapshot),
            "health": self.render("health.html", say, snapshot=snapshot, ago=ago),
            "next": self.render("next.html", say, meeting=coming, snapshot=snapshot) if coming else "",
        }

    def card(self, id_: str, snapshot: Snapshot, settings: Settings, audience: Audience) -> str:
        """Return a target's card; KeyError where no target has that id."""
        say = sentences(audience.language, settings.timezone)
        told = card(id_, self.layout(snapshot.inventory), snapshot, settings, say, has_telephones=audience.sees_telephones)
        return self.render("card.html", say, card=told, snapshot=snapshot)

    def refused(self, snapshot: Snapshot, say: Sentences, **told: str) -> str:
        """Return the page in place of one that can't be shown. told: key (no_page or not_shown), fault and cure."""
        return self._plain("refused.html", say, snapshot, **told)

    def runbooks(self, snapshot: Snapshot, settings: Settings, language: str, book: Runbooks) -> str:
        """Return the page of the runbooks."""
        return self._plain("runbooks.html", sentences(language, settings.timezone), snapshot, book=book)

    def _plain(self, template: str, say: Sentences, snapshot: Snapshot, **values: object) -> str:
        return self.render(template, say, network=snapshot.inventory.network, static=self._static.url, **values)

    def render(self, template: str, say: Sentences, **values: object) -> str:
        """Return what a template makes of values."""
        return self._environment.get_template(template).render(say=say, **values).strip()


@lru_cache(maxsize=8)
def sentences(language: str, zone: str) -> Sentences:
    """Return the words of a language with the times of a zone."""
    return Sentences(language, ZoneInfo(zone))


def point_title(tile: Tile, say: Sentences) -> str:
    """Return a tile in words; province.js says the same when it changes."""
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


def script_words(say: Sentences, keys: Sequence[str] = ()) -> dict[str, object]:
    """Return what the script must be able to say by itself: templates keep their {names}. keys: what a page's own script says."""
    index = 0 if say.language == "vi" else 1
    return {
        **{key: TEXTS[key][index] for key in (*_SCRIPT_KEYS, *keys)},
        "units": say.voice.units,
        "weekdays": say.voice.weekdays,
    }
