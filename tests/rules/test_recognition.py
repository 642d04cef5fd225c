"""An agent is read by the profile that describes it best."""

from __future__ import annotations

import pytest

from monitor.model.profile import Match, Profile
from monitor.rules.recognition import recognise

GENERIC = Profile("generic", refine=True)
HOST = Profile("host", match=Match(("1.3.6.1.4.1.8072.3.2",), "(?i)linux"))
CISCO = Profile("cisco", match=Match(("1.3.6.1.4.1.9",)))
CODEC = Profile("codec", match=Match(("1.3.6.1.4.1.5596.150.6.4.1", "1.3.6.1.4.1.9.1.2093")))
BY_NAME = Profile("by-name", match=Match(sys_descr="Vigor"))


@pytest.mark.parametrize(
    ("sys_object_id", "sys_descr", "expected"),
    [
        ("1.3.6.1.4.1.8072.3.2.10", "Linux gw 6.1", "host"),
        ("1.3.6.1.4.1.8072.3.2.10", "pfSense", "generic"),
        ("1.3.6.1.4.1.9.1.615", "Cisco IOS", "cisco"),
        ("1.3.6.1.4.1.9.1.2093", "Cisco IOS", "codec"),
        ("1.3.6.1.4.1.99.1", "", "generic"),
        ("1.3.6.1.4.1.7367", "DrayTek Vigor2920", "by-name"),
        ("", "", "generic"),
    ],
)
def test_the_most_specific_match_wins_and_prefixes_end_at_a_dot(sys_object_id: str, sys_descr: str, expected: str) -> None:
    for candidates in ((HOST, CISCO, CODEC, BY_NAME), (BY_NAME, CODEC, CISCO, HOST)):
        assert expected == recognise(GENERIC, candidates, sys_object_id, sys_descr).id


def test_a_profile_that_must_not_be_refined_is_kept() -> None:
    assert "fixed" == recognise(Profile("fixed"), (CISCO,), "1.3.6.1.4.1.9.1", "").id


def test_a_less_specific_candidate_does_not_replace_a_match_of_its_own() -> None:
    own = Profile("own", match=Match(("1.3.6.1.4.1.9.1",)), refine=True)
    assert "own" == recognise(own, (CISCO,), "1.3.6.1.4.1.9.1.615", "").id
