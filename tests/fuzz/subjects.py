"""All subjects by name."""

from __future__ import annotations

from tests.fuzz.conference import CONFERENCE
from tests.fuzz.echoes import Packets
from tests.fuzz.messages import Answers, Messages
from tests.fuzz.polls import Polls
from tests.fuzz.schedules import SCHEDULES
from tests.fuzz.sip_messages import SipMessages
from tests.fuzz.subject import Subject
from tests.fuzz.texts import TEXTS

SUBJECTS: dict[str, Subject] = {
    subject.name: subject for subject in (Messages(), Answers(), Packets(), Polls(), *TEXTS, *SCHEDULES, *CONFERENCE, SipMessages())
}
