"""Every word that staff read, Vietnamese first with English beside it: one catalogue for pages, reports, alerts and the CLI."""

from __future__ import annotations

from monitor.words.catalogue import LANGUAGES, Catalogue, say

__all__ = ["LANGUAGES", "Catalogue", "say"]
