"""What the page of one target says beside states and reasons."""

from __future__ import annotations

from monitor.words.catalogue import Catalogue

TARGET: Catalogue = {}
