"""Reasons as JSON, for programs that read codes instead of sentences."""

from __future__ import annotations

from typing import Any

from monitor.model.reason import Reason, Reasons


def codes(reasons: Reasons) -> list[Any]:
    """Return reasons in their order; `because` is there only where something lies under one."""
    return [_code(each) for each in reasons]


def _code(reason: Reason) -> dict[str, Any]:
    told: dict[str, Any] = {"code": reason.code, "values": dict(reason.values)}
    return told | {"because": codes(reason.because)} if reason.because else told
