"""What codes say, for tests that look at the sentence: it shows code and values at once."""

from collections.abc import Iterable

from monitor.model.reason import Reason, Reasons
from monitor.model.state import Event
from monitor.words.events import tell_event
from monitor.words.probe_details import tell_details

REFUSAL = {"error", "cure", "code", "values", "remedy"}
"""What the JSON of a refusal holds."""
UNANSWERED: Reasons = (Reason("pings", {"received": 0, "sent": 10}),)
"""The evidence of two bursts without a reply."""


def english(reasons: Iterable[Reason | None]) -> str:
    """Return reasons in English, '' for none."""
    return tell_details([each for each in reasons if each is not None], "en")


def text(said: str) -> Reasons:
    """Return what came from outside as a reading carries it."""
    return (Reason("text", {"text": said}),)


def sentence(event: Event) -> str:
    """Return an event in English, targets by their ids."""
    return tell_event(event.kind, event.target, event.values, event.told, "en", {})
