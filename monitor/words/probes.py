"""What the kinds of probes are called, by their names in model/probe_kinds.py, and how a probe of any kind ends."""

from __future__ import annotations

from monitor.words.catalogue import Catalogue, say

PROBES: Catalogue = {
    "icmp": ("ICMP", "ICMP"),
    "snmp": ("SNMP", "SNMP"),
    "sip": ("SIP", "SIP"),
    "tcp": ("TCP", "TCP"),
    "h323": ("H.323", "H.323"),
    "web": ("Web", "Web"),
}
OUTCOMES: Catalogue = {
    "ok": ("có trả lời", "answers"),
    "timeout": ("im lặng", "silent"),
    "refused": ("từ chối", "refuses"),
    "malformed": ("trả lời sai", "unreadable"),
    "not_sent": ("không gửi được", "not sent"),
}
"""By model.reading.Outcome: as a cell of a table, or behind the name of a probe."""


def probe_name(probe: str, language: str) -> str:
    """Return what a kind of probe is called; one that is not of today's is told by its name, in capitals."""
    return say(PROBES, probe, language) if probe in PROBES else probe.upper()
