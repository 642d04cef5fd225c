"""The metrics that speak of targets: name, type and help of every family, in order; and how labels are written."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.model.inventory import Target


@dataclass(frozen=True, slots=True)
class Family:
    """One metric family. name: of its samples in the text format, counters with _total. kind: gauge, counter, histogram or info."""

    name: str
    kind: str
    help: str
    unit: str = ""

    def header(self, *, is_openmetrics: bool) -> str:
        """Return the HELP and TYPE lines; OpenMetrics 1.0 names a family without the suffix that its type adds to samples."""
        if not is_openmetrics:
            kind = "gauge" if self.kind == "info" else self.kind
            return f"# HELP {self.name} {_escape(self.help)}\n# TYPE {self.name} {kind}\n"
        name = self.name.removesuffix({"counter": "_total", "info": "_info"}.get(self.kind, ""))
        unit = f"# UNIT {name} {self.unit}\n" if self.unit else ""
        return f"# HELP {name} {_escape(self.help)}\n# TYPE {name} {self.kind}\n{unit}"


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def escape(value: str) -> str:
    """Return a label's value as the text format writes it (backslash, quote, line feed)."""
    return _escape(value).replace('"', '\\"') if "\\" in value or '"' in value or "\n" in value else value


def labels(*pairs: tuple[str, str]) -> str:
    """Return labels and their values as text, without the braces."""
    return ",".join([f'{label}="{escape(value)}"' for label, value in pairs])


def target_labels(target: Target) -> str:
    """Return the labels that every series of a target has."""
    return labels(("target", target.id), ("kind", target.kind.value), ("level", target.level), ("area", target.area))


_SECONDS = "seconds"

STATE_FAMILIES = (
    Family("wan_target_info", "info", "What a target is; always 1."),
    Family("wan_target_up", "gauge", "1 the target answers, 0 it does not; absent while unknown or while the monitor is blind."),
    Family("wan_target_state", "gauge", "1 for the state that the target is in, 0 for the others."),
    Family("wan_target_state_changed_timestamp_seconds", "gauge", "When the target's state changed last.", _SECONDS),
    Family(
        "wan_target_cause_info",
        "info",
        "What keeps the target from answering: itself while down, the root cause while unreachable.",
    ),
    Family("wan_target_affected", "gauge", "How many points and endpoints are unreachable behind this root cause."),
    Family("wan_target_flapping", "gauge", "1 while the target's state changes too often."),
    Family("wan_target_maintenance", "gauge", "1 while announced work covers the target."),
    Family("wan_target_acknowledged", "gauge", "On a root cause, 1 where somebody has taken it on, else 0; absent elsewhere."),
    Family("wan_target_contact_info", "info", "Whom to call about the target, by role; always 1."),
)

ICMP_FAMILIES = (
    Family("wan_last_reading_timestamp_seconds", "gauge", "When a probe last said something of the target.", _SECONDS),
    Family("wan_icmp_packets_sent_total", "counter", "Echo requests that the kernel accepted."),
    Family("wan_icmp_packets_received_total", "counter", "Echo requests that were answered in time."),
    Family("wan_icmp_rtt_seconds", "histogram", "Round-trip times of the answered echo requests.", _SECONDS),
    Family("wan_icmp_rtt_average_seconds", "gauge", "Mean round-trip time of the last round.", _SECONDS),
    Family("wan_icmp_loss_ratio", "gauge", "Share of the last round's echo requests that no reply came to.", "ratio"),
    Family("wan_icmp_jitter_seconds", "gauge", "Interarrival jitter by RFC 3550, carried from round to round.", _SECONDS),
    Family("wan_voice_mos", "gauge", "Estimated voice quality (1 to 4.5) by the simplified E-model."),
)

SNMP_FAMILIES = (
    Family("wan_last_reading_timestamp_seconds", "gauge", "When a probe last said something of the target.", _SECONDS),
    Family("wan_snmp_up", "gauge", "1 where the agent answered the last poll."),
    Family("wan_device_boot_timestamp_seconds", "gauge", "When the device, or its agent, started.", _SECONDS),
    Family("wan_interface_receive_bytes_total", "counter", "Bytes received, carried past 32-bit wraps.", "bytes"),
    Family("wan_interface_transmit_bytes_total", "counter", "Bytes transmitted, carried past 32-bit wraps.", "bytes"),
    Family("wan_interface_receive_errors_total", "counter", "Packets received with errors."),
    Family("wan_interface_transmit_errors_total", "counter", "Packets that could not be transmitted because of errors."),
    Family("wan_interface_receive_discards_total", "counter", "Received packets that were discarded."),
    Family("wan_interface_transmit_discards_total", "counter", "Packets that were discarded instead of transmitted."),
    Family("wan_interface_up", "gauge", "1 where ifOperStatus is up."),
    Family("wan_interface_info", "info", "What an interface is; role wan carries the circuit; always 1."),
    Family(
        "wan_interface_receive_bytes_per_second",
        "gauge",
        "Bytes received a second between the last two polls, by the device's clock.",
    ),
    Family(
        "wan_interface_transmit_bytes_per_second",
        "gauge",
        "Bytes transmitted a second between the last two polls, by the device's clock.",
    ),
    Family("wan_link_contracted_bytes_per_second", "gauge", "The circuit's speed by contract; receive is towards the point."),
    Family("wan_link_utilisation_ratio", "gauge", "Share of the contracted speed that the circuit carries.", "ratio"),
)

_DEVICE_HELP = {
    "wan_device_cpu_ratio": "Share of the processor in use; of several the busiest, or their average.",
    "wan_device_memory_ratio": "Share of the memory in use.",
    "wan_device_load_average": "Load average of a host over a minute.",
    "wan_device_temperature_celsius": "Temperature of the device's hottest sensor.",
    "wan_device_power_supply_up": "1 where every power supply that is there works, 0 where one does not.",
    "wan_device_sla_success": "1 where the last run of the device's own test (IP SLA, NQA, RPM) was answered.",
    "wan_device_sla_rtt_seconds": "Round-trip time that the device's own test measured last.",
    "wan_device_sla_loss_ratio": "Share of the packets that the device's own test lost last.",
    "wan_device_sla_jitter_seconds": "Jitter that the device's own test measured last.",
    "wan_ups_on_battery": "1 while the UPS is on battery.",
    "wan_ups_on_battery_seconds": "How long the UPS has been on battery; 0 on mains.",
    "wan_ups_charge_ratio": "Charge of the UPS's battery.",
    "wan_ups_remaining_seconds": "How long the UPS's battery will last by its own estimate.",
    "wan_ups_battery_low": "1 where the UPS's battery is low or empty.",
    "wan_ups_battery_fault": "1 where the UPS's battery is to be replaced, disconnected or faulty.",
    "wan_ups_load_ratio": "Load of the UPS, as a share of what it can carry.",
    "conference_signalling_up": "1 where the signalling protocol is alive.",
    "conference_registered": "1 where the endpoint is registered with its server.",
    "conference_in_call": "1 while the endpoint is in a call.",
    "conference_call_loss_ratio": "Share of the packets to the endpoint that its call has lost so far, 0 to 1.",
    "conference_call_jitter_seconds": "Jitter of what the endpoint receives in its call, of the worst channel.",
    "conference_device_up": "1 where a component of the endpoint works.",
    "conference_certificate_expiry_timestamp_seconds": "When the endpoint's certificate expires.",
}
_UNITS = ("seconds", "ratio", "celsius", "bytes", "volts", "amperes")


def device_family(name: str) -> Family:
    """Return the family of a metric that a profile reads, by its name; the unit that it ends with is OpenMetrics' UNIT."""
    unit = name.rpartition("_")[2]
    help_text = _DEVICE_HELP.get(name, "A value of the device, as its profile reads it.")
    return Family(name, "gauge", help_text, unit if unit in _UNITS else "")
