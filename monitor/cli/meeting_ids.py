"""Meetings' ids for commands that read the schedule by themselves: the daemon's own, out of its journal."""

from __future__ import annotations

from dataclasses import replace

from monitor.errors import SetupError
from monitor.journal.store import reading
from monitor.load.configuration import Configuration


def with_known_ids(configuration: Configuration) -> Configuration:
    """Return a configuration whose meetings are called as the daemon calls them.

    Where its journal can't be read, or is not there yet, an id begins with the slug of today's title, as the daemon's will.
    """
    try:
        with reading(configuration.settings.journal) as journal:
            known = journal.known_ids()
    except SetupError:
        return configuration
    return replace(configuration, meetings=configuration.meetings.knowing(known))
