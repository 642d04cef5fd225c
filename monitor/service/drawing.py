"""What pages draw of a day beside ICMP's own minutes: jitter, and what circuits carry."""

from __future__ import annotations

from monitor.model.settings import Settings
from monitor.model.state import Snapshot
from monitor.rules.evidence import circuit_load, gather
from monitor.service.history import History


def add_minute(history: History, snapshot: Snapshot, settings: Settings, minute: int) -> None:
    """Keep each target's fresh evidence as that of a minute (epoch seconds // 60); what is stale leaves a gap."""
    for id_, view in snapshot.views.items():
        evidence = gather(view, snapshot, settings)
        carried = circuit_load(view.target, evidence.wan)
        answered = evidence.icmp is not None and evidence.icmp.sample.received > 0
        history.draw(
            id_,
            minute,
            {
                "jitters_s": evidence.icmp.jitter_s if evidence.icmp is not None and answered else None,
                "receive_bps": carried.receive_bps,
                "transmit_bps": carried.transmit_bps,
            },
        )
