"""Misdeeds as sentences: every deed has its own, in both languages, with the same values."""

from string import Formatter

import pytest

from monitor.model.agent_fault import FaultKind
from monitor.words.agent_faults import COMPLAINTS, complain


@pytest.mark.parametrize("key", sorted(COMPLAINTS))
def test_both_languages_tell_the_same_values(key: str) -> None:
    vietnamese, english = ({name for _, name, _, _ in Formatter().parse(text) if name} for text in COMPLAINTS[key])
    assert vietnamese == english


def test_every_deed_has_its_sentence() -> None:
    assert set(COMPLAINTS) == {deed.value for deed in FaultKind} | {"over", "unheard", "more"}


def test_a_wrong_request_id_is_told_with_both() -> None:
    values = {"asked": 7, "answered": 9}
    assert complain(FaultKind.WRONG_ID, values, "en") == "agent answers with a wrong request-id (7 answered with 9)"
    assert complain(FaultKind.WRONG_ID, values, "vi") == "agent trả lời sai request-id (7 được trả lời bằng 9)"
