"""RAS messages against the standard's grammar as pycrate compiled it, and as Wireshark reads them."""

import shutil
import struct
import subprocess
from ipaddress import ip_address
from pathlib import Path
from random import Random
from typing import Any

import pytest
from pycrate_asn1dir import H225

from monitor.lab.packet import udp
from monitor.wire import h323
from monitor.wire.fault import MalformedError
from monitor.wire.h323 import GatekeeperAnswer, GatekeeperAnswerKind, Question
from tests.patience import LONGEST_WAIT_S
from tests.wire.gatekeeper_requests import gatekeeper_request
from tests.wire.refusals import refused

GRQ = bytes.fromhex("00000000060008914a0006007f00000106b70200")
MONITOR = ("127.0.0.1", 1719)
GRAMMAR = H225.H323_MESSAGES.RasMessage
REASONS = ["notRegistered", "invalidPermission", "requestDenied", "undefinedReason"]
IP4 = ("ipAddress", {"ip": bytes((10, 2, 17, 20)), "port": 1720})
IP6 = ("ip6Address", {"ip": ip_address("fd00::1").packed, "port": 1720})


def told(data: bytes) -> tuple[str, dict[str, Any]]:
    """Return what the oracle reads, after it has written the very same octets."""
    GRAMMAR.from_aper(data)
    value = GRAMMAR.get_val()
    GRAMMAR.set_val(value)
    assert data == GRAMMAR.to_aper()
    return value  # type: ignore[no-any-return]


def written(name: str, **fields: object) -> bytes:
    """Return a message as the oracle writes it."""
    GRAMMAR.set_val((name, fields))
    return GRAMMAR.to_aper()  # type: ignore[no-any-return]


def test_a_known_gatekeeper_request_comes_out_octet_by_octet() -> None:
    assert GRQ == gatekeeper_request(1, MONITOR)
    assert Question(1, None, MONITOR) == h323.read_question(GRQ)


@pytest.mark.parametrize("sequence", [1, 2, 255, 256, 65535])
@pytest.mark.parametrize(
    ("alias", "kind"),
    [
        ("1", "dialledDigits"),
        ("0123456789#*,", "dialledDigits"),
        ("7" * 128, "dialledDigits"),
        ("dc-xa-lung-cu", "h323-ID"),
        ("Phòng họp Lũng Cú", "h323-ID"),
        ("x" * 256, "h323-ID"),
    ],
)
@pytest.mark.parametrize("reply_to", [("10.255.255.1", 1719), ("fd00::aff:ff01", 65535)])
def test_the_oracle_reads_a_location_request_as_it_was_meant(
    sequence: int, alias: str, kind: str, reply_to: h323.TransportAddress
) -> None:
    request = h323.location_request(sequence, alias, reply_to)
    name, fields = told(request)
    assert ("locationRequest", sequence) == (name, fields["requestSeqNum"])
    assert [(kind, alias)] == fields["destinationInfo"]
    assert (ip_address(reply_to[0]).packed, reply_to[1]) == tuple(fields["replyAddress"][1].values())
    assert Question(sequence, alias, reply_to) == h323.read_question(request)


@pytest.mark.parametrize("alias", ["", "7" * 129, "x" * 257, "họp 😀", "a\ud800"])
def test_an_alias_that_no_request_can_hold_is_refused(alias: str) -> None:
    assert not h323.is_alias(alias)
    with pytest.raises(ValueError, match=r"is neither 1 to 128 digits nor an H.323-ID of 1 to 256 letters"):
        h323.location_request(1, alias, MONITOR)


@pytest.mark.parametrize("sequence", [0, 65536])
def test_a_sequence_number_beyond_its_bounds_is_refused(sequence: int) -> None:
    with pytest.raises(ValueError, match="requestSeqNum is 1 to 65535"):
        gatekeeper_request(sequence, MONITOR)


@pytest.mark.parametrize(
    ("message", "answer"),
    [
        (
            written("gatekeeperConfirm", requestSeqNum=9, protocolIdentifier=(0, 0, 8, 2250, 0, 4), rasAddress=IP4),
            GatekeeperAnswer(GatekeeperAnswerKind.GATEKEEPER_CONFIRM, 9),
        ),
        (
            written(
                "gatekeeperReject",
                requestSeqNum=300,
                protocolIdentifier=(0, 0, 8, 2250, 0, 6),
                rejectReason=("terminalExcluded", 0),
            ),
            GatekeeperAnswer(GatekeeperAnswerKind.GATEKEEPER_REJECT, 300, "terminalExcluded"),
        ),
        (
            written("locationConfirm", requestSeqNum=65535, callSignalAddress=IP4, rasAddress=IP6),
            GatekeeperAnswer(GatekeeperAnswerKind.LOCATION_CONFIRM, 65535, signalling=("10.2.17.20", 1720)),
        ),
        (
            written("locationConfirm", requestSeqNum=1, callSignalAddress=IP6, rasAddress=IP4, multipleCalls=True),
            GatekeeperAnswer(GatekeeperAnswerKind.LOCATION_CONFIRM, 1, signalling=("fd00::1", 1720)),
        ),
        (
            written("locationConfirm", requestSeqNum=1, callSignalAddress=("netBios", bytes(16)), rasAddress=IP4),
            GatekeeperAnswer(GatekeeperAnswerKind.LOCATION_CONFIRM, 1),
        ),
        *(
            (
                written("locationReject", requestSeqNum=4, rejectReason=(reason, 0)),
                GatekeeperAnswer(GatekeeperAnswerKind.LOCATION_REJECT, 4, reason),
            )
            for reason in (*REASONS, "securityDenial", "hopCountExceeded", "unallocatedNumber")
        ),
        (
            written("requestInProgress", requestSeqNum=77, delay=2500),
            GatekeeperAnswer(GatekeeperAnswerKind.IN_PROGRESS, 77, delay_s=2.5),
        ),
    ],
)
def test_an_answer_that_the_oracle_wrote_is_read(message: bytes, answer: GatekeeperAnswer) -> None:
    assert answer == h323.read_gatekeeper_answer(message)


def test_the_answers_of_the_labs_gatekeeper_are_the_standards() -> None:
    assert "gatekeeperConfirm" == told(h323.gatekeeper_confirm(5, ("10.0.0.9", 1719)))[0]
    name, fields = told(h323.location_confirm(5, ("10.2.17.20", 1720), ("10.0.0.9", 1719)))
    assert ("locationConfirm", 5, IP4) == (name, fields["requestSeqNum"], fields["callSignalAddress"])
    for reason in REASONS:
        assert (reason, 0) == told(h323.location_reject(5, reason))[1]["rejectReason"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "ends at octet 0"),
        (b"\x4c\x00\x00", "ends at octet 3"),
        (b"\x4c\xff\xff\x00", "requestSeqNum is 65536"),
        (GRQ, "RAS message 0 is no answer to what was asked"),
        (b"\x14\x00\x00\x00\x06", "RAS message 5 is no answer"),
        (b"\x85\x80\x80\x00", "RAS message 5 of the extensions"),
        (b"\x80\xc1\x00\x00", "a value in fragments"),
    ],
)
def test_what_is_no_answer_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    with refused(reason):
        h323.read_gatekeeper_answer(data)


def test_every_beginning_of_an_answer_is_refused_until_what_is_needed_is_there() -> None:
    whole = written("locationConfirm", requestSeqNum=65535, callSignalAddress=IP6, rasAddress=IP4)
    # The signalling address ends at octet 22; what follows it is not needed.
    for end in range(22):
        with pytest.raises(MalformedError):
            h323.read_gatekeeper_answer(whole[:end])
    assert h323.read_gatekeeper_answer(whole) == h323.read_gatekeeper_answer(whole[:22])


def test_random_aliases_survive_the_oracle() -> None:
    random = Random(7)
    for _ in range(300):
        letters = random.choice(("0123456789#*,", "abcđêô ."))
        alias = "".join(random.choices(letters, k=random.randrange(1, 129)))
        request = h323.location_request(random.randrange(1, 65536), alias, MONITOR)
        assert alias == told(request)[1]["destinationInfo"][0][1]
        assert alias == h323.read_question(request).alias


def captured(folder: Path, *messages: bytes) -> Path:
    """Return a capture file (libpcap, raw IP) with a datagram to port 1719 for each message."""
    path = folder / "ras.pcap"
    ends = ip_address("10.255.255.1").packed, ip_address("10.0.0.9").packed
    packets = [udp(*ends, 40_000, 1719, message) for message in messages]
    records = b"".join(struct.pack("=IIII", 0, 0, len(packet), len(packet)) + packet for packet in packets)
    path.write_bytes(struct.pack("=IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, 101) + records)
    return path


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
def test_wireshark_decodes_every_octet_that_is_sent(tmp_path: Path) -> None:
    path = captured(
        tmp_path,
        gatekeeper_request(1, MONITOR),
        h323.location_request(258, "0243826", ("10.255.255.1", 40_000)),
        h323.location_request(65535, "Lũng Cú", ("fd00::aff:ff01", 40_000)),
    )
    fields = [
        "h225.RasMessage",
        "h225.requestSeqNum",
        "h225.dialledDigits",
        "h225.h323_ID",
        "h225.ipV4",
        "h225.ipV4_port",
        "h225.ipV6",
        "h225.ipV6_port",
    ]
    words = [word for field in (*fields, "_ws.malformed", "_ws.expert.message") for word in ("-e", field)]
    command = ["tshark", "-n", "-r", str(path), "-T", "fields", "-E", "separator=|", *words]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_WAIT_S, check=True)
    assert [
        "0|1|||127.0.0.1|1719||||",
        "18|258|0243826||10.255.255.1|40000||||",
        "18|65535||Lũng Cú|||fd00::aff:ff01|40000||",
    ] == answer.stdout.splitlines()
