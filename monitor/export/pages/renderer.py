"""Snapshot → HTML: what all pages share; a whole page once, then only the parts that changed."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from monitor.export.audience import Audience
from monitor.export.pages.static_files import Static
from monitor.export.pages.tiles import ProvinceLayout
from monitor.export.sentences import TEXTS, Sentences, sentences
from monitor.export.source import Meetings, Source
from monitor.model.inventory import Inventory, Network
from monitor.model.meeting import MeetingView, Stage
from monitor.model.state import Snapshot

TEMPLATES = Path(__file__).parent / "templates"
TileValues = tuple[str | int, ...]
"""A tile's attributes, in the order in which the page's script takes them."""
_SCRIPT_KEYS = ("lost", "monitor_lost", "light", "dark")
WEEK_S = 7 * 86_400


class Renderer:
    """Fills the templates, in both languages."""

    def __init__(self, static: Static) -> None:
        self._static = static
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
        )
        self._symbols = Markup((TEMPLATES / "symbols.svg").read_text("utf-8"))
        self._layout: ProvinceLayout | None = None

    def layout(self, inventory: Inventory) -> ProvinceLayout:
        """Return where each point's tile stands; made once for an inventory."""
        if self._layout is None or self._layout.inventory is not inventory:
            self._layout = ProvinceLayout(inventory)
        return self._layout

    def layout_id(self, inventory: Inventory) -> str:
        """Return what changes whenever a page that is open must be loaded anew: other targets, or other files of ours."""
        parts = [*self._static.names.values(), *self.layout(inventory).blocks, *inventory.targets]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]

    def whole(self, template: str, say: Sentences, snapshot: Snapshot, parts: Mapping[str, str], **values: object) -> str:
        """Return a whole page: what every page has, and the values of its own template.

        Among the values are page, as ?page= of the stream names it, and script_words.
        """
        return self.plain(
            template,
            say,
            snapshot.inventory.network,
            **{
                "snapshot": snapshot,
                "layout_id": self.layout_id(snapshot.inventory),
                "parts": {id_: Markup(html) for id_, html in parts.items()},
                "zone": str(say.zone),
                "other": "en" if say.language == "vi" else "vi",
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

        following = next_meeting(meetings, snapshot.at)
        return {
            "bar": self.render("bar.html", say, snapshot=snapshot),
            "health": self.render("health.html", say, snapshot=snapshot, ago=ago),
            "next": self.render("next.html", say, view=following, snapshot=snapshot) if following else "",
        }

    def plain(self, template: str, say: Sentences, network: Network, **values: object) -> str:
        """Return a page that no stream keeps true: a refusal, the runbooks, how far a report is."""
        return self.render(template, say, network=network, static=self._static.url, **values)

    def render(self, template: str, say: Sentences, **values: object) -> str:
        return self._environment.get_template(template).render(say=say, **values).strip()


class LivePage(ABC):
    """One page, as it is shown and as the stream keeps it true.

    Nothing on it belongs to one visitor: what does (light or dark, the name that was given last, which forms are shown) is added in
    the browser by a script. So a page is rendered for all of an audience at once. key: tells it from others; screens that show the
    same page share what is rendered.
    """

    key: str

    def __init__(self, source: Source, renderer: Renderer, meetings: Meetings) -> None:
        self.source = source
        self.renderer = renderer
        self.meetings = meetings

    async def prepare(self) -> None:  # noqa: B027
        """Fetch what can't be had on the spot, such as the journal's lines; called before anything is shown, again and again.

        Fetches at most once a second, however many ask.
        """

    def layout_id(self, snapshot: Snapshot) -> str:
        """Return what changes whenever the open page must be loaded anew."""
        return self.renderer.layout_id(snapshot.inventory)

    def tiles(self, _: Snapshot) -> Mapping[str, TileValues]:
        """Return id → attributes of each tile; none where the page has no tiles."""
        return {}

    @abstractmethod
    def parts(self, snapshot: Snapshot, audience: Audience) -> dict[str, str]:
        """Return element id → HTML of everything on the page that changes and is not a tile."""

    @abstractmethod
    def html(self, snapshot: Snapshot, audience: Audience) -> str:
        """Return the whole page. Raises NotThereError where what it is of is not there."""

    def say(self, audience: Audience) -> Sentences:
        return sentences(audience.language, self.source.settings.timezone)


def next_meeting(meetings: Sequence[MeetingView], now: float) -> MeetingView | None:
    """Return the first meeting that is not over, within a week; None where there is none."""
    for view in meetings:
        start, end = view.meeting.start.timestamp(), view.meeting.end.timestamp()
        if view.stage is not Stage.OVER and now < end and start <= now + WEEK_S:
            return view
    return None


def script_words(say: Sentences, keys: Sequence[str] = ()) -> dict[str, object]:
    """Return what the script must be able to say by itself: templates keep their {names}. keys: what a page's own script says."""
    index = 0 if say.language == "vi" else 1
    return {
        **{key: TEXTS[key][index] for key in (*_SCRIPT_KEYS, *keys)},
        "units": say.voice.units,
        "weekdays": say.voice.weekdays,
    }
