"""What the kinds of probes are called, by their names in model/probe_kinds.py."""

from __future__ import annotations

from monitor.words.catalogue import Catalogue

PROBES: Catalogue = {
    "icmp": ("ICMP", "ICMP"),
    "snmp": ("SNMP", "SNMP"),
    "sip": ("SIP", "SIP"),
    "tcp": ("TCP", "TCP"),
    "h323": ("H.323", "H.323"),
    "web": ("Web", "Web"),
}
