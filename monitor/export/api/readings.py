"""A reading as JSON, for whoever asked for a probe: the API and `monitor poll`."""

from __future__ import annotations

from typing import Any

from monitor.model.reading import IcmpSample, Reading, ServiceSample, SnmpSample
from monitor.model.reason import Reasons
from monitor.rules.conference import PROBES
from monitor.words.probe_details import tell_details


def row(reading: Reading, language: str) -> dict[str, Any]:
    """Return one reading; absent evidence is null. Times in milliseconds, loss as a ratio. language: that of `detail`.

    `reasons` are the codes that `detail` was made of.
    """
    of_service = service(reading.service) if reading.service else None
    return {
        "target": reading.target,
        "probe": reading.probe,
        "outcome": reading.outcome.value,
        "detail": tell_details(reading.detail, language),
        "reasons": codes(reading.detail),
        "icmp": _icmp(reading.icmp) if reading.icmp else None,
        "snmp": _snmp(reading.snmp) if reading.snmp else None,
        "service": of_service,
        # What 0.1 called it.
        "conference": of_service if reading.probe in PROBES else None,
    }


def in_ms(seconds: float | None) -> float | None:
    """Return seconds as milliseconds, to the microsecond."""
    return None if seconds is None else round(seconds * 1000, 3)


def service(sample: ServiceSample) -> dict[str, Any]:
    """Return what a service answered; '' where it said nothing."""
    return {
        "transport": sample.transport,
        "code": sample.code,
        "phrase": sample.phrase,
        "server": sample.server,
        "rtt_ms": in_ms(sample.rtt_s),
        "values": dict(sample.values),
    }


def _icmp(sample: IcmpSample) -> dict[str, Any]:
    return {
        "sent": sample.sent,
        "received": sample.received,
        "loss": sample.loss_ratio,
        "rtt_ms": in_ms(sample.rtt_average_s),
        "duplicates": sample.duplicates,
        "unreachable_from": sample.unreachable.reporter if sample.unreachable else None,
    }


def _snmp(sample: SnmpSample) -> dict[str, Any]:
    return {
        "profile": sample.profile,
        "name": sample.sys_name,
        "description": sample.sys_descr,
        "uptime_s": None if sample.uptime_ticks is None else sample.uptime_ticks / 100,
        "rtt_ms": in_ms(sample.rtt_s),
        "interfaces": [
            {
                "name": interface.name,
                "role": interface.role,
                "up": interface.up,
                "receive_octets": interface.receive_octets,
                "transmit_octets": interface.transmit_octets,
            }
            for interface in sample.interfaces
        ],
        "values": dict(sample.values),
    }


def codes(reasons: Reasons) -> list[Any]:
    """Return reasons in their order; `because` is there only where something lies under one."""
    return [
        {"code": each.code, "values": dict(each.values)} | ({"because": codes(each.because)} if each.because else {})
        for each in reasons
    ]
