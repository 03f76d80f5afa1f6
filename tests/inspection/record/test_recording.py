from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from inspection.errors import InspectionClosedError, RecordError
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.record.inspection_record import InspectionRecord, inspection_record
from inspection.record.recording import amending_record, recording
from inspection.record.sections import FORMS, Outcome, Photograph, Section, TransportMode
from inspection.record.values import (
    Shape,
    choices_of,
    field_names,
    restored,
    shape_of,
    stored,
    value_of,
)
from inspection.records import EntryKind, NewEntry, closing, opening

JOB = "20261124-7K3FQ2"


@pytest.fixture
def log(tmp_path: Path):
    with InspectionLog.open(tmp_path / "evidence.sqlite", kind=LogKind.EVIDENCE) as opened:
        opened.append(opening(JOB, container="MWCU 605978 4", local_time=datetime.now(UTC)))
        yield opened


def write(log: InspectionLog, section: Section, sample: int | None = None, **typed: str | list[str]):
    values = {
        name: value_of(section, name, [text] if isinstance(text, str) else text)
        for name, text in typed.items()
    }
    before = list(log.entries(inspection=JOB))
    return log.append(recording(JOB, section, values, sample=sample, before=before))


def record(log: InspectionLog) -> InspectionRecord:
    return inspection_record(log, JOB)


def test_a_section_is_filled_in_bit_by_bit(log):
    write(log, Section.TRANSPORT, mode="road", seals_found=["A1", "B2"])
    write(log, Section.TRANSPORT, origin="Country 1")

    transport = record(log).transport
    assert (transport.mode, transport.seals_found, transport.origin) == (
        TransportMode.ROAD,
        ("A1", "B2"),
        "Country 1",
    )


def test_what_was_given_is_not_given_again_but_amended(log):
    first = write(log, Section.TRANSPORT, bill="CMR 1")

    with pytest.raises(RecordError, match=f"found 'CMR 1' in entry {first.sequence}, which can be amended"):
        write(log, Section.TRANSPORT, bill="CMR 2")

    (new,) = amending_record(first, {"bill": "CMR 2"}, "misread", log.entries(inspection=JOB))
    log.append(new)
    assert record(log).transport.bill == "CMR 2"
    assert [(one.old, one.new) for one in record(log).amendments] == [("CMR 1", "CMR 2")]


def test_several_lines_are_amended_as_one(log):
    first = write(log, Section.TRANSPORT, seals_found=["A1", "B2"])

    for new in amending_record(first, {"seals_found": ("A1", "B3")}, "misread"):
        log.append(new)

    assert record(log).transport.seals_found == ("A1", "B3")


def test_what_was_taken_back_may_be_given_again(log):
    first = write(log, Section.PAPERS, packages="25")
    for new in amending_record(first, {"packages": None}, "not counted yet"):
        log.append(new)
    assert record(log).papers.packages is None

    write(log, Section.PAPERS, packages="24")
    assert record(log).papers.packages == 24


def test_samples_keep_their_descriptions_apart(log):
    write(log, Section.SAMPLE, 1, position="drum 4", state="liquid")
    write(log, Section.SAMPLE, 2, position="drum 9")

    first, second = record(log).samples
    assert (first.number, first.details.position) == (1, "drum 4")
    assert (second.number, second.details.position) == (2, "drum 9")


def test_a_later_decision_takes_the_place_of_an_earlier_one_and_both_stay(log):
    write(log, Section.DECISION, outcome="sample", reason="hint only")
    write(log, Section.DECISION, outcome="release", reason="laboratory found nothing listed")

    found = record(log)
    assert found.decision is not None
    assert found.decision.outcome is Outcome.RELEASE
    assert len(found.decisions) == 2


def test_a_closed_inspection_takes_what_is_known_only_later_and_nothing_else(log):
    log.append(closing(JOB))

    write(log, Section.CUSTODY, 1, released_by="Officer 1", received_by="Laboratory 1", seal="Z 9")
    assert record(log).custody[0].said.seal == "Z 9"
    with pytest.raises(InspectionClosedError):
        write(log, Section.TRANSPORT, bill="CMR 2")


def test_persons_stand_apart_and_can_be_left_out(log):
    entry = write(log, Section.PERSONS, consignor="Consignor A")

    assert entry.body["salt"]
    assert record(log).persons.consignor == "Consignor A"
    without = inspection_record(log, JOB, with_persons=False)
    assert "Consignor A" not in repr(without)


def test_an_amended_person_is_left_out_with_the_rest(log):
    entry = write(log, Section.PERSONS, consignor="Consignor A")
    for new in amending_record(entry, {"consignor": "Consignor B"}, "misread"):
        log.append(new)

    assert record(log).persons.consignor == "Consignor B"
    assert "Consignor" not in repr(inspection_record(log, JOB, with_persons=False))


@pytest.mark.parametrize(
    ("section", "name", "typed", "said"),
    [
        (Section.TRANSPORT, "mode", "horse", "expected mode to be one of sea, rail, road"),
        (Section.PAPERS, "packages", "-3", "expected packages as a whole number, found '-3'"),
        (Section.PAPERS, "packages", "२५", "expected packages as a whole number"),
        (Section.SECOND_TEST, "expiry", "31.12.2026", "expected expiry as a day like 2026-11-24"),
        (Section.CUSTODY, "when", "noon", "expected when as a time like"),
        (Section.TRANSPORT, "wheels", "4", "expected a field of the section transport"),
        (Section.TRANSPORT, "bill", "CMR\u202e1", "visible characters, found U\\+202E"),
    ],
)
def test_a_value_that_a_field_does_not_take_is_refused_in_one_sentence(section, name, typed, said):
    with pytest.raises(RecordError, match=said):
        value_of(section, name, [typed])


def test_nothing_is_not_written_down(log):
    with pytest.raises(RecordError, match="found nothing"):
        write(log, Section.TRANSPORT, bill="  ")
    with pytest.raises(RecordError, match="number of the sample"):
        write(log, Section.SAMPLE, position="drum 4")
    with pytest.raises(RecordError, match="as a whole, found sample 1"):
        write(log, Section.TRANSPORT, 1, bill="CMR 1")


EXAMPLES = {
    Shape.LINE: "text",
    Shape.LINES: ("one", "two"),
    Shape.COUNT: 25,
    Shape.DAY: "2026-11-24",
    Shape.MOMENT: "2026-11-24T09:30:00+04:00",
}


@pytest.mark.parametrize(
    ("section", "name"), [(section, name) for section in Section for name in field_names(section)]
)
def test_every_field_comes_back_from_the_log_as_it_was_given(section, name):
    shape = shape_of(section, name)
    if shape is Shape.PHOTOGRAPHS:
        value: object = (Photograph("drum.jpg", 7, "0" * 64),)
    elif shape is Shape.CHOICE:
        value = value_of(section, name, [choices_of(section, name)[0]])
    elif shape is Shape.LINES:
        value = EXAMPLES[shape]
    else:
        value = value_of(section, name, [str(EXAMPLES[shape])])

    assert getattr(restored(section, {name: stored(value)}), name) == value


@pytest.mark.parametrize("nonsense", [None, 7, "x", [], {}, [{}], True, {"name": 1}])
@pytest.mark.parametrize("section", Section)
def test_a_section_from_a_log_of_nonsense_is_empty_or_of_the_kind_of_its_fields(section, nonsense):
    read = restored(section, dict.fromkeys(field_names(section), nonsense))

    for name in field_names(section):
        value, shape = getattr(read, name), shape_of(section, name)
        if shape is Shape.LINES:
            assert isinstance(value, tuple)
            assert all(isinstance(line, str) for line in value)
        elif shape is Shape.LINE:
            assert value in ("", nonsense)
            assert isinstance(value, str)
        else:
            assert value in ((7, None) if shape is Shape.COUNT else (None, ()))


def test_a_photograph_that_is_none_costs_no_other():
    kept = Photograph("drum.jpg", 7, "0" * 64)
    said = [{"name": "drum.jpg", "size": "7", "sha256": "0" * 64}, *stored((kept,)), "drum.jpg", {}]

    assert restored(Section.SAMPLE, {"photographs": said}).photographs == (kept,)


def test_a_section_that_another_program_wrote_without_fields_is_empty(log):
    log.append(NewEntry(EntryKind.RECORD, {"section": "transport"}, inspection=JOB))
    log.append(NewEntry(EntryKind.RECORD, {"section": "decision", "fields": "seize"}, inspection=JOB))

    assert record(log).transport == FORMS[Section.TRANSPORT]()
    assert record(log).decisions[0].said == FORMS[Section.DECISION]()


def test_every_section_has_a_form():
    assert set(FORMS) == set(Section)


def test_photographs_may_follow_at_any_time(log):
    first, second = (Photograph(f"{n}.jpg", 7, str(n) * 64) for n in (1, 2))
    for one in (first, second):
        before = list(log.entries(inspection=JOB))
        log.append(recording(JOB, Section.SAMPLE, {"photographs": (one,)}, sample=1, before=before))

    assert record(log).samples[0].details.photographs == (first, second)


@pytest.mark.parametrize(
    ("section", "name", "typed"),
    [
        (Section.CUSTODY, "when", "9999-12-31T23:59-12:00"),
        (Section.CUSTODY, "when", "0001-01-01T00:00+14:00"),
        (Section.SECOND_TEST, "expiry", "0001-01-01"),
    ],
)
def test_a_year_that_is_a_slip_is_refused(section, name, typed):
    with pytest.raises(RecordError, match="found '"):
        value_of(section, name, [typed])


def test_what_a_laboratory_result_is_about_is_not_amended_but_told_again(log):
    result = write(log, Section.LABORATORY_RESULT, 1, entry="2", substances=["acetone"])

    with pytest.raises(RecordError, match="write another entry"):
        amending_record(result, {"entry": 3}, "misread")
