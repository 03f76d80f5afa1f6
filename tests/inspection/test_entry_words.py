from __future__ import annotations

import pytest

from inspection.entry_words import incident_word
from inspection.language import ENGLISH
from inspection.records import IncidentKind


@pytest.mark.parametrize("what", IncidentKind)
def test_every_incident_is_told_in_words(what: IncidentKind) -> None:
    assert incident_word(ENGLISH, what) != what


def test_an_incident_that_another_program_wrote_is_told_as_it_stands() -> None:
    assert incident_word(ENGLISH, "flood") == "flood"
