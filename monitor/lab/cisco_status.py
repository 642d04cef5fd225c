"""The status document of a Cisco codec (CE and RoomOS, /status.xml), as an emulated one tells it."""

from __future__ import annotations

from xml.sax.saxutils import escape

from monitor.lab.conditions import Conference
from monitor.lab.device import Device

_VERSION = "ce9.15.18.5"
_CALL = '  <Call item="7"><Status>Connected</Status><Direction>Incoming</Direction><Protocol>SIP</Protocol></Call>\n'
_MEDIA = """  <MediaChannels>
    <Call item="7">
      <Channel item="26">
        <Direction>Incoming</Direction><Type>Video</Type>
        <Netstat><Jitter>4</Jitter><MaxJitter>9</MaxJitter><Loss>12</Loss><Packets>11988</Packets>
          <LastIntervalLost>0</LastIntervalLost><LastIntervalReceived>1188</LastIntervalReceived></Netstat>
      </Channel>
      <Channel item="27">
        <Direction>Outgoing</Direction><Type>Video</Type>
        <Netstat><Jitter>2</Jitter><MaxJitter>5</MaxJitter><Loss>0</Loss><Packets>12400</Packets></Netstat>
      </Channel>
    </Call>
  </MediaChannels>
"""
"""What is told of a call's media while there is one."""


def status_document(device: Device, conference: Conference, now: float) -> bytes:
    """Return the document. now: epoch seconds."""
    registered, gatekeeper = ("Registered", "Registered") if conference.is_registered else ("Failed", "Rejected")
    text = f"""<?xml version="1.0"?>
<Status product="Cisco Codec" version="{_VERSION}" apiVersion="4">
  <Audio>
    <Input>
      <Connectors>
        <Microphone item="1"><ConnectionStatus>{_connected(conference, "microphone")}</ConnectionStatus></Microphone>
        <Microphone item="2"><ConnectionStatus>NotConnected</ConnectionStatus></Microphone>
      </Connectors>
    </Input>
    <Microphones><Mute>Off</Mute></Microphones>
  </Audio>
{_CALL if conference.is_busy else ""}  <Cameras>
    <Camera item="1"><Connected>{"camera" not in conference.broken}</Connected><Model>Precision 40</Model></Camera>
  </Cameras>
  <H323>
    <Gatekeeper><Address></Address><Port>1719</Port><Reason></Reason><Status>{gatekeeper}</Status></Gatekeeper>
    <Mode><Status>Enabled</Status></Mode>
  </H323>
{_MEDIA if conference.is_busy else ""}  <SIP>
    <Registration item="1"><Reason></Reason><Status>{registered}</Status><URI>{escape(device.target.id)}</URI></Registration>
  </SIP>
  <SystemUnit>
    <ProductPlatform>Room Kit</ProductPlatform>
    <Software><DisplayName>{_VERSION}</DisplayName><Version>{_VERSION}</Version></Software>
    <State><NumberOfActiveCalls>{int(conference.is_busy)}</NumberOfActiveCalls></State>
    <Uptime>{int(now - device.booted_at)}</Uptime>
  </SystemUnit>
  <Video>
    <Output>
      <Connector item="1"><Connected>{"display" not in conference.broken}</Connected><Type>HDMI</Type></Connector>
      <Connector item="2"><Connected>False</Connected><Type>HDMI</Type></Connector>
    </Output>
  </Video>
</Status>
"""
    return text.encode()


def _connected(conference: Conference, part: str) -> str:
    return "NotConnected" if part in conference.broken else "Connected"
