"""The shift log for programs."""

from __future__ import annotations

from typing import Any

from monitor.model.reason import Reason
from monitor.model.state import Acknowledgement
from monitor.report.shift import Outage, ShiftLog
from monitor.report.wording import ShiftWording


def shift_json(log: ShiftLog, say: ShiftWording) -> dict[str, Any]:
    """Return the log; times in epoch seconds, null for what goes on at the shift's end or is not known."""
    return {
        "since": log.since,
        "until": log.until,
        "outages": [_outage(outage, say) for outage in log.outages],
        "declines": [
            {
                "target": each.target,
                "name": say.name(each.target),
                "times": each.times,
                "lasted_s": round(each.lasted_s, 1),
                "open": each.is_open,
                "reason": _reason(each.reason, say),
            }
            for each in log.declines
        ],
        "maintenance": [
            {
                "number": each.number,
                "ids": list(each.ids),
                "areas": list(each.areas),
                "reason": each.reason,
                "by": each.by or None,
                "began": each.began,
                "ended": each.ended,
            }
            for each in log.maintenance
        ],
        "gaps": [
            {"kind": each.kind, "began": each.began, "after": each.after, "ended": each.ended, "text": say.gap(each)}
            for each in log.gaps
        ],
        "notes": [{"at": each.at, "kind": each.kind, "target": each.target or None, "text": say.note(each)} for each in log.notes],
    }


def _outage(outage: Outage, say: ShiftWording) -> dict[str, Any]:
    return {
        "target": outage.target,
        "name": say.name(outage.target),
        "began": outage.began,
        "ended": outage.ended,
        "falls": outage.falls,
        "down_s": round(outage.down_s, 1),
        "affected": {"points": outage.points, "endpoints": outage.endpoints},
        "reason": _reason(outage.reason, say),
        "path": say.path(outage) or None,
        "behind": outage.behind or None,
        "taken": [_acknowledgement(each) for each in outage.taken],
        "holder": _acknowledgement(outage.holder) if outage.holder else None,
    }


def _acknowledgement(of: Acknowledgement) -> dict[str, Any]:
    return {"by": of.by, "at": of.at, "note": of.note}


def _reason(reason: Reason, say: ShiftWording) -> dict[str, Any]:
    return {"code": reason.code, "values": dict(reason.values), "text": say.reason(reason)}
