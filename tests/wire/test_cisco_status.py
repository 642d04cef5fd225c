"""Status documents of Cisco codecs, and documents that only pretend to be one."""

import pytest

from monitor.wire.cisco_status import MOST_OCTETS, read_status
from tests.wire.refusals import refused

SIP = 'conference_registered{protocol="sip"}'
H323 = 'conference_registered{protocol="h323"}'
CAMERA = 'conference_device_up{component="camera"}'
MICROPHONE = 'conference_device_up{component="microphone"}'
DISPLAY = 'conference_device_up{component="display"}'
IN_CALL = "conference_in_call"
LOSS = "conference_call_loss_ratio"
JITTER = "conference_call_jitter_seconds"


def values(inner: str) -> dict[str, float]:
    """Return what a document with this content tells."""
    return dict(
        read_status(f'<?xml version="1.0"?><Status product="Cisco Codec" version="ce9.15">{inner}</Status>'.encode()).values
    )


def sip(*states: str) -> str:
    parts = (f'<Registration item="{item}"><Status>{state}</Status></Registration>' for item, state in enumerate(states))
    return f"<SIP>{''.join(parts)}</SIP>"


def gatekeeper(state: str, mode: str = "Enabled") -> str:
    return f"<H323><Gatekeeper><Status>{state}</Status></Gatekeeper><Mode><Status>{mode}</Status></Mode></H323>"


def cameras(*connected: str) -> str:
    parts = (f'<Camera item="{item}"><Connected>{each}</Connected></Camera>' for item, each in enumerate(connected))
    return f"<Cameras>{''.join(parts)}</Cameras>"


def microphones(*states: str) -> str:
    parts = (f'<Microphone item="{at}"><ConnectionStatus>{each}</ConnectionStatus></Microphone>' for at, each in enumerate(states))
    return f"<Audio><Input><Connectors>{''.join(parts)}</Connectors></Input></Audio>"


def channel(direction: str, **numbers: object) -> str:
    told = "".join(f"<{name}>{number}</{name}>" for name, number in numbers.items())
    return f"<Direction>{direction}</Direction><Netstat>{told}</Netstat>"


def call(*channels: str) -> str:
    parts = (f'<Channel item="{item}">{each}</Channel>' for item, each in enumerate(channels))
    return f'<MediaChannels><Call item="7">{"".join(parts)}</Call></MediaChannels>'


@pytest.mark.parametrize(
    ("inner", "told"),
    [
        ("", {}),
        (sip("Registered"), {SIP: 1}),
        (sip("Failed"), {SIP: 0}),
        (sip("Registering"), {SIP: 0}),
        (sip("Failed", "Registered"), {SIP: 1}),
        (sip("Inactive"), {}),
        ("<SIP><Profile item='1'><Registration item='1'><Status>Registered</Status></Registration></Profile></SIP>", {SIP: 1}),
        (gatekeeper("Registered"), {H323: 1}),
        (gatekeeper("Rejected"), {H323: 0}),
        (gatekeeper("Inactive"), {}),
        (gatekeeper("Rejected", mode="Disabled"), {}),
        ("<SystemUnit><State><NumberOfActiveCalls>0</NumberOfActiveCalls></State></SystemUnit>", {IN_CALL: 0}),
        ("<SystemUnit><State><NumberOfActiveCalls>2</NumberOfActiveCalls></State></SystemUnit>", {IN_CALL: 1}),
        ("<SystemUnit><State><NumberOfActiveCalls>-1</NumberOfActiveCalls></State></SystemUnit>", {}),
        ("<SystemUnit><Uptime>77</Uptime></SystemUnit>", {IN_CALL: 0}),
        ("<Call item='7'><Status>Ringing</Status></Call>", {IN_CALL: 1}),
        ("<Call item='7'><Status>Idle</Status></Call>", {}),
        (cameras("True"), {CAMERA: 1}),
        (cameras("False", "True"), {CAMERA: 1}),
        (cameras("False", "False"), {CAMERA: 0}),
        (cameras("perhaps"), {}),
        (microphones("NotConnected", "Connected"), {MICROPHONE: 1}),
        (microphones("NotConnected", "Unknown"), {}),
        (
            microphones("NotConnected")
            + "<Diagnostics><Message item='1'><Type>MicrophonesConnected</Type></Message></Diagnostics>",
            {MICROPHONE: 0},
        ),
        ("<Video><Output><Connector item='1'><Connected>False</Connected></Connector></Output></Video>", {DISPLAY: 0}),
        (call(channel("Incoming", Loss=12, Packets=1188, Jitter=4)), {LOSS: 0.01, JITTER: 0.004}),
        (
            call(channel("Incoming", Loss=0, Packets=500, Jitter=4), channel("Incoming", Loss=500, Packets=1000, Jitter=31)),
            {LOSS: 0.25, JITTER: 0.031},
        ),
        (call(channel("Outgoing", Loss=12, Packets=1188, Jitter=4)), {}),
        (call(channel("Incoming", Loss=0, Packets=0)), {}),
        (call(channel("Incoming", Loss="many", Packets="1e3", Jitter="٣")), {}),
    ],
)
def test_what_a_codec_tells_becomes_values_and_what_it_does_not_tell_is_not_there(inner: str, told: dict[str, float]) -> None:
    assert told == values(inner)


def test_the_product_and_its_software_are_told() -> None:
    assert read_status(b'<Status product="Cisco Codec" version="RoomOS 11.28"/>').product == "Cisco Codec RoomOS 11.28"
    assert read_status(b"<Status/>").product == ""
    assert read_status(b'<Status product="&#x9b;31m&#10;x"/>').product == "?31m?x"


BOMB = """<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><Status><SIP>&c;</SIP></Status>"""


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"", "no XML"),
        (b"<html><body>Sign in</body></html>", "no status document"),
        (b"<Status>", "no XML"),
        (b"<Status></Status><Status></Status>", "no XML"),
        (b"<Status>\xff\xfe</Status>", "no XML"),
        (b'<?xml version="1.0" encoding="klingon"?><Status/>', "no XML"),
        (BOMB.encode(), "a document type declaration"),
        (b'<!DOCTYPE Status SYSTEM "http://127.0.0.1:1/x.dtd"><Status/>', "a document type declaration"),
        (b'<!DOCTYPE Status [<!ENTITY x SYSTEM "file:///etc/passwd">]><Status>&x;</Status>', "a document type declaration"),
        (b"<Status>&x;</Status>", "no XML"),
        (b"<Status>" + b"<a>" * 30, "more elements than a status document has"),
        (b"<Status>" + b"<a/>" * 30_001, "more elements than a status document has"),
        (b"<Status>" + b" " * MOST_OCTETS, "a document of more than 2,000,000 octets"),
    ],
)
def test_what_is_no_status_document_is_refused_with_the_reason(document: bytes, reason: str) -> None:
    with refused(reason):
        read_status(document)


def test_a_text_without_end_is_not_kept() -> None:
    assert values(sip("Registered" + " " * 1_000_000)) == {SIP: 1}
    assert values(sip("x" * 1_000_000)) == {SIP: 0}
