from __future__ import annotations

from pathlib import Path

import pytest

from inspection.amendments import Amendment, amendments_by_entry
from inspection.entry_words import (
    amended_field_word,
    amended_sentence,
    amended_value_text,
    amended_value_word,
    amendment_line,
    incident_word,
)
from inspection.language import ENGLISH, Language, Wording
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.record.labels import choice_label
from inspection.record.recording import amending_record, recording
from inspection.record.sections import Photograph, Section, TransportMode
from inspection.records import EntryKind, IncidentKind, NewEntry, opening

JOB = "20261124-7K3FQ2"


def amended(log: InspectionLog, section: Section, sample: int | None = None, **values: object) -> Amendment:
    """Write an entry of the record and correct it; the last of each two values is the new one."""
    log.append(opening(JOB))
    old, new = ({name: both[place] for name, both in values.items()} for place in (0, 1))
    entry = log.append(recording(JOB, section, old, sample=sample))
    written = [log.append(one) for one in amending_record(entry, new, "misread")]
    return amendments_by_entry(written)[entry.sequence][0]


@pytest.mark.parametrize("what", IncidentKind)
def test_every_incident_is_told_in_words(what: IncidentKind) -> None:
    assert incident_word(ENGLISH, what) != what


def test_an_incident_that_another_program_wrote_is_told_as_it_stands() -> None:
    assert incident_word(ENGLISH, "flood") == "flood"


@pytest.mark.parametrize("language", Language)
def test_a_choice_that_was_amended_is_told_in_the_language_of_the_reader(
    language: Language, log: InspectionLog
) -> None:
    words = Wording(language)
    road, water = TransportMode.ROAD, TransportMode.INLAND_WATERWAY
    amendment = amended(log, Section.TRANSPORT, mode=(road, water))

    line = amendment_line(words, amendment)

    assert f"{choice_label(words, road)} -> {choice_label(words, water)}" in line
    assert "inland_waterway" not in line
    assert choice_label(words, water) in amended_sentence(words, amendment)


def test_a_text_that_was_amended_stands_in_quotes_inside_a_sentence(log: InspectionLog) -> None:
    amendment = amended(log, Section.TRANSPORT, bill=("CMR 1", "CMR 2"))

    assert "Transport document, 'CMR 1' -> 'CMR 2': misread" in amendment_line(ENGLISH, amendment)
    assert amended_sentence(ENGLISH, amendment, is_named=True) == (
        "AMENDED by record 4: Transport document: CMR 2 (misread)"
    )


def test_an_amended_photograph_is_told_by_its_name_and_hash(log: InspectionLog) -> None:
    one, two = Photograph("a.jpg", 9, "1" * 64), Photograph("b.jpg", 9, "2" * 64)
    amendment = amended(log, Section.SAMPLE, 1, photographs=((one,), (two,)))

    new = amended_value_text(ENGLISH, amendment.field, amendment.new, amendment.value)

    assert new == f"b.jpg (SHA-256 {'2' * 16}…)"


def test_a_value_that_was_taken_back_is_empty(log: InspectionLog) -> None:
    amendment = amended(log, Section.TRANSPORT, bill=("CMR 1", ""))

    assert amended_value_text(ENGLISH, amendment.field, amendment.new, amendment.value) == ""
    assert amended_sentence(ENGLISH, amendment, is_named=True).endswith("Transport document: – (misread)")


@pytest.mark.parametrize("value", [7, "perhaps", ["road"], {"mode": "road"}])
def test_a_field_or_a_value_that_another_program_amended_is_told_as_it_stands(
    log: InspectionLog, value: object
) -> None:
    log.append(opening(JOB))
    body = {"entry": 1, "field": "colour_of_lid", "old": "red", "new": "blue", "reason": "x", "value": value}
    entry = log.append(NewEntry(EntryKind.AMENDMENT, body, JOB))
    [[amendment]] = amendments_by_entry([entry]).values()

    assert "colour of lid, 'red' -> 'blue': x" in amendment_line(ENGLISH, amendment)
    assert amended_field_word(ENGLISH, "colour_of_lid") == "colour of lid"
    assert amended_value_word(ENGLISH, "mode", "by kite", value) == "'by kite'"


def test_the_lists_show_an_amendment_of_another_program(chemgate, data_dir: Path) -> None:
    number = chemgate("inspection", "new", "--json").object["inspection"]
    body = {"field": "colour_of_lid", "old": "red", "new": "blue", "reason": "seen again", "value": "blue"}
    with InspectionLog.open(data_dir / "evidence.sqlite", kind=LogKind.EVIDENCE) as log:
        log.append(NewEntry(EntryKind.AMENDMENT, {"entry": 2, **body}, number))

    for verb in (("log", "list"), ("inspection", "show", number)):
        answer = chemgate(*verb)
        assert answer.code == 0
        assert "colour of lid, 'red' -> 'blue': seen again" in answer.out
