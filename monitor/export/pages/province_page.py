"""The page of the whole province: a tile for each point, and the panels beside the field."""

from __future__ import annotations

from monitor.export.audience import Audience
from monitor.export.pages import panels
from monitor.export.pages.renderer import LivePage, TileValues, script_words
from monitor.export.pages.tiles import Tile, area_counts, counts, tiles
from monitor.export.sentences import Sentences
from monitor.model.state import Snapshot, State

_SCRIPT_KEYS = ("tile_endpoint", "tile_endpoints", "card_failed", "show_up", "show_unreachable", "show_both", "show_less")


class ProvincePage(LivePage):
    """The one page of it. A tile's attributes: state, worst endpoint's or '', time of a recent change or 0."""

    key = "province"

    def tiles(self, snapshot: Snapshot) -> dict[str, TileValues]:
        found = tiles(self.renderer.layout(snapshot.inventory), snapshot)
        return {
            id_: (tile.state.value, tile.endpoint.value if tile.endpoint else "", int(tile.changed_at))
            for id_, tile in found.items()
        }

    def html(self, snapshot: Snapshot, audience: Audience) -> str:
        say, layout = self.say(audience), self.renderer.layout(snapshot.inventory)
        by_id = tiles(layout, snapshot)
        return self.renderer.whole(
            "province.html",
            say,
            snapshot,
            self.parts(snapshot, audience),
            page="province",
            script_words=script_words(say, _SCRIPT_KEYS) | {"states": {state.value: say.state(state) for state in State}},
            layout=layout,
            blocks={area: [by_id[id_] for id_ in ids] for area, ids in layout.blocks.items()},
            title=lambda tile: point_title(tile, say),
        )

    def parts(self, snapshot: Snapshot, audience: Audience) -> dict[str, str]:
        say, layout, settings = self.say(audience), self.renderer.layout(snapshot.inventory), self.source.settings
        draw = self.renderer.render
        rows, total = panels.change_rows(layout, snapshot, say)
        by_kind = {kind.value: row for kind, row in counts(snapshot).items()}
        present = {count.state for row in by_kind.values() for count in row if count.number}
        found = self.renderer.shared_parts(snapshot, say, self.meetings.meetings()) | {
            "counts": draw("counts.html", say, counts=by_kind, present=present),
            "causes": draw("causes.html", say, causes=panels.causes(layout, snapshot, say), snapshot=snapshot),
            "links": draw(
                "links.html",
                say,
                links=panels.links(snapshot, settings, say),
                note=panels.links_note(settings, say),
                tick=panels.load_tick(settings),
            ),
            "changes": draw("changes.html", say, changes=rows, total=total),
        }
        for area in layout.blocks:
            points, endpoints = area_counts(layout, snapshot, area)
            found[f"head-{area}"] = draw("head.html", say, points=points, endpoints=endpoints) if points or endpoints else ""
        return found


def point_title(tile: Tile, say: Sentences) -> str:
    """Return a tile in words; province.js says the same when it changes."""
    words = f"{tile.target.name}: {say.state(tile.state)}"
    if tile.endpoint is None:
        return words
    key = "tile_endpoints" if tile.endpoints > 1 else "tile_endpoint"
    return f"{words} · {say(key, count=tile.endpoints, state=say.state(tile.endpoint))}"
