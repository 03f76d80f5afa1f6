from __future__ import annotations

import errno
import hashlib
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from pypdf import PageObject, PdfReader
from pypdf.generic import DictionaryObject

from inspection.amendments import Field, amending, signing_off
from inspection.declared.declaration import DeclarationVerdict
from inspection.errors import ExportError, ExportNoRoomError, LogDamagedError, UnknownInspectionError
from inspection.export.exporting import ExportFormat, export_log
from inspection.export.pdf.pages import Pages
from inspection.export.qr import qr_matrix
from inspection.language import ENGLISH, Language, Wording
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.record.labels import choice_label, field_label, section_label
from inspection.record.recording import amending_record, recording
from inspection.record.sections import Outcome, Section, TransportMode
from inspection.record.values import value_of
from inspection.records import EntryKind, LogEntry, NewEntry, closing, opening
from inspection.wording import declaration_word, verdict_advice, verdict_word
from spectra_library.verdicts import Verdict

JOB = "20261124-7K3FQ2"
LOCAL = datetime(2026, 11, 24, 12, 1, tzinfo=timezone(timedelta(hours=4)))
RU, AZ = Wording(Language.RUSSIAN), Wording(Language.AZERBAIJANI)
HOSTILE = "<b>bold</b> & <img src='x'/> &amp; Officer\u202e1 酒"
SEEN = "<b>bold</b> & <img src='x'/> &amp; Officer\\u202e1 □U+9152"

Write = Callable[..., LogEntry]


@pytest.fixture
def write(log: InspectionLog) -> Write:
    """Fill in a part of the record from typed texts."""
    log.append(
        opening(JOB, container="MWCU 605978 4", declared="paint thinner", hs_code="3814", local_time=LOCAL)
    )

    def fill_in(section: Section, sample: int | None = None, **typed: str | list[str]) -> LogEntry:
        values = {
            name: value_of(section, name, [text] if isinstance(text, str) else text)
            for name, text in typed.items()
        }
        before = list(log.entries(inspection=JOB))
        return log.append(recording(JOB, section, values, sample=sample, before=before))

    return fill_in


@pytest.fixture
def find(log: InspectionLog, write: Write, finding, curve) -> Callable[..., LogEntry]:
    """Write down an identification."""

    def identify(sample: int | None = 1, **body: Any) -> LogEntry:
        return log.append(
            NewEntry(
                EntryKind.IDENTIFICATION, finding(**body), inspection=JOB, sample=sample, curve=curve(1, 600)
            )
        )

    return identify


@pytest.fixture
def printed(log: InspectionLog, tmp_path: Path) -> Callable[..., PdfReader]:
    """Print the inspection and open it again."""

    def export(words: Wording = ENGLISH, **how: Any) -> PdfReader:
        path = tmp_path / "out.pdf"
        export_log(log, path, ExportFormat.PDF, JOB, words=words, **how)
        return PdfReader(path)

    return export


def text_of(reader: PdfReader) -> str:
    """All texts of a file, each run of spaces and line ends as one space."""
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def drawings(page: PageObject) -> list[Any]:
    return [one.get_object() for one in page["/Resources"].get("/XObject", {}).values()]


def test_the_record_is_on_the_page_part_by_part(write: Write, find, printed, log: InspectionLog) -> None:
    write(Section.CIRCUMSTANCES, post="Post 1", second_officer="Officer 2", trigger="dog")
    write(
        Section.TRANSPORT, mode="rail", conveyance="Wagon 1", seals_found=["A 1", "B 2"], origin="Country 1"
    )
    write(Section.PAPERS, document="Declaration 1", quantity="2400 kg", packages="24")
    write(Section.PERSONS, consignor="Consignor A", driver="Driver 1")
    write(Section.SAMPLE, 1, position="drum 4", state="liquid", bag_seal="Z 1")
    find()
    write(Section.SECOND_TEST, 1, kind="colour test", result="positive")
    write(Section.LABORATORY, 1, laboratory="Laboratory 1", question="identity")
    write(Section.DECISION, outcome="detain", reason="not as declared")
    write(Section.CUSTODY, 1, released_by="Officer 1", received_by="Laboratory 1", seal="Z 9")

    reader = printed()
    text = text_of(reader)

    for said in (
        f"Inspection record {JOB}",
        "Container MWCU 605978 4",
        "2026-11-24 08:01:00 UTC",
        "2026-11-24 12:01 +04:00",
        "A. Officer",
        "Officer 2",
        "detection dog",
        "rail",
        "A 1; B 2",
        "2400 kg",
        "Consignor A",
        "Taken from: drum 4",
        "✓ Match: Acetone",
        "CAS 67-64-1",
        "≠ differs · declared: ethyl acetate",
        "similarity 0.98, not a probability",
        "Model F F-0007",
        "positive",
        "Officer 1 → Laboratory 1",
        "detain",
        "page 1 of 1",
    ):
        assert said in text
    assert str(log.head()) in text
    assert len(reader.pages) == 1


@pytest.mark.parametrize("words", [RU, AZ], ids=lambda words: words.language.value)
def test_the_page_speaks_the_language_of_its_reader(words: Wording, write: Write, find, printed) -> None:
    write(Section.TRANSPORT, mode="road")
    find(quality=[{"issue": "noisy", "severity": "warning", "value": 12.0}])
    find(2, verdict="no_match")

    text = text_of(printed(words))

    assert f"✓ {verdict_word(words, Verdict.MATCH)}" in text
    assert f"∅ {verdict_word(words, Verdict.NO_MATCH)}" in text
    assert verdict_advice(words, Verdict.NO_MATCH) in text
    assert declaration_word(words, DeclarationVerdict.DIFFERS) in text
    assert section_label(words, Section.TRANSPORT) in text
    assert field_label(words, "mode") in text
    assert words("The signal is only {value:.0f} times the noise.").format(value=12) in text
    assert "acetone" not in text.casefold().replace("open:acetone", "").replace("· acetone", "")


def test_what_was_recorded_as_a_number_or_a_code_stays(write: Write, find, printed) -> None:
    find()

    text = text_of(printed(RU))

    assert "CAS 67-64-1 · Acetone" in text  # the recorded name beside the Russian one
    assert "open:acetone" in text


def test_names_with_markup_or_marks_of_direction_show_as_text(write: Write, find, printed) -> None:
    plain = HOSTILE.replace("\u202e", "")  # a field refuses the mark; other programs may not
    write(Section.PERSONS, consignor=plain)
    find(
        declared={"text": HOSTILE, "verdict": "differs", "reason": HOSTILE},
        capture={"device": HOSTILE, "serial": "1"},
        candidates=[
            {"substance": "outside:x", "name": HOSTILE, "score": 0.97, "tier": "measured", "library": HOSTILE}
        ],
    )

    text = text_of(printed())

    assert text.count(SEEN) == 5
    assert SEEN.replace("\\u202e", "") in text
    assert "\u202e" not in text


def test_the_loudest_thing_is_a_controlled_substance_that_was_not_declared(
    write: Write, find, printed, finding
) -> None:
    controlled = {**finding()["candidates"][0], "status": "controlled", "lists": ["UN 1988 Table I"]}
    find(candidates=[controlled])
    loud = text_of(printed())
    find(2, candidates=[{**controlled, "status": "other", "lists": []}])

    assert "≠ DIFFERENT SUBSTANCES: Acetone" in loud
    assert "Controlled: UN 1988 Table I" in loud
    assert text_of(printed()).count("DIFFERENT SUBSTANCES") == 1


def test_an_alarm_that_was_recorded_is_said_in_its_words(write: Write, find, printed) -> None:
    alarm = "CONTROLLED, AND NOT AS DECLARED: Acetone"
    declared = {"text": "soap", "verdict": "differs", "reason": "why", "is_alarm": True, "alarm": alarm}
    find(declared=declared)

    assert f"≠ {alarm}" in text_of(printed())


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_a_sign_and_a_word(verdict: Verdict, write: Write, find, printed) -> None:
    find(verdict=verdict.value, components=[component()], group=["acetone", "water"])

    text = text_of(printed())

    assert re.search(rf"[✓≈⊕?∅↻] {verdict_word(ENGLISH, verdict)}", text)
    if verdict in (Verdict.NO_MATCH, Verdict.REJECTED):
        assert "Acetone" not in text.replace("Open spectra", "")
    if verdict is Verdict.NO_MATCH:
        assert "No match is not an all-clear." in text
        assert "This cannot exclude amounts below about 10 %." in text


def component() -> dict[str, object]:
    return {
        "substance": "toluene",
        "name": "Toluene",
        "share": 0.52,
        "share_low": 0.26,
        "share_high": 0.78,
        "alternatives": ["benzene"],
        "status": "watched",
        "lists": [],
    }


def test_shares_are_said_to_be_of_the_spectrum(write: Write, find, printed) -> None:
    find(verdict="mixture", components=[component()])

    text = text_of(printed())

    assert "52 % (26–78 %) Toluene · or: Benzene" in text
    assert "share of the spectrum, not of weight" in text
    assert "similarity" not in text


def test_a_confidence_is_shown_with_its_note_where_it_was_calibrated(
    write: Write, find, printed, finding
) -> None:
    find()
    assert "The confidence of" not in text_of(printed())

    candidate = {
        **finding()["candidates"][0],
        "confidence": 0.937,
        "confidence_note": "as measured on repeats",
    }
    find(2, candidates=[candidate])

    assert "The confidence of 0.93 is a probability, as measured on repeats." in text_of(printed())


def test_personal_data_can_be_left_out_and_the_page_says_so(
    write: Write, find, printed, log: InspectionLog, tmp_path: Path
) -> None:
    entry = write(Section.PERSONS, consignor="Consignor A")
    for new in amending_record(entry, {"consignor": "Consignor B"}, "misread"):
        log.append(new)
    find()

    assert "Consignor B" in text_of(printed())
    without = printed(with_persons=False)

    assert "Personal data were left out of this copy." in text_of(without)
    assert "Consignor A" not in text_of(without)
    assert "Consignor B" not in text_of(without)
    assert "misread" not in text_of(without)
    assert b"Consignor" not in (tmp_path / "out.pdf").read_bytes()


def test_what_the_file_says_of_itself_has_the_anchor_and_no_person(
    write: Write, find, printed, log: InspectionLog
) -> None:
    write(Section.PERSONS, consignor="Consignor A")
    find()

    metadata = printed().metadata

    assert metadata is not None
    assert metadata.title == f"Chemgate: Inspection record {JOB}"
    assert str(log.head()) in str(metadata.subject)
    assert metadata.author == "Chemgate"
    assert metadata.creation_date == datetime(2026, 11, 24, 8, log.head().count - 1, tzinfo=UTC)
    assert not any("Consignor" in str(text) or "Officer" in str(text) for text in metadata.values())


def test_an_amendment_shows_what_stood_there_and_who_changed_it_and_why(
    write: Write, find, printed, log: InspectionLog
) -> None:
    bill = write(Section.TRANSPORT, bill="CMR 1")
    found = find()
    for new in amending_record(bill, {"bill": "CMR 2"}, "misread"):
        log.append(new)
    log.officer = "Supervisor 1"
    for new in amending(found, {Field.VERDICT: "no_match"}, "wrong sample"):
        log.append(new)

    text = text_of(printed())

    assert "Transport document: CMR 1 → CMR 2" in text
    assert "Reason: misread (amends record 3)" in text
    assert "∅ No match" in text
    assert "AMENDED by record 6: No match (wrong sample)" in text
    assert "Before: ✓ Match: Acetone" in text
    assert "Verdict: Match → No match" in text
    assert "Supervisor 1" in text


def test_the_page_says_whether_the_inspection_is_open_closed_or_signed_off(
    write: Write, find, printed, log: InspectionLog
) -> None:
    find()
    assert "Chemgate open" in text_of(printed())
    log.append(closing(JOB, remark="all drums sealed"))
    closed = text_of(printed())
    log.officer = "Supervisor 1"
    log.append(signing_off(JOB))

    assert "Chemgate closed" in closed
    assert "all drums sealed" in closed
    assert "signed off by Supervisor 1" in text_of(printed())
    assert "Supervisor: Supervisor 1" in text_of(printed())


def test_a_later_decision_holds_and_the_earlier_one_stays_visible(write: Write, find, printed) -> None:
    write(Section.DECISION, outcome="sample", reason="hint only")
    write(Section.DECISION, outcome="release", reason="nothing found")

    text = text_of(printed())

    assert re.search(r"Reason: hint only A later decision took its place\..*Reason: nothing found", text)


def test_what_the_laboratory_found_stands_beside_the_finding_it_speaks_of(
    write: Write, find, printed
) -> None:
    entry = find()
    write(
        Section.LABORATORY_RESULT,
        1,
        entry=str(entry.sequence),
        laboratory="Laboratory 1",
        substances=["toluene"],
        method="GC-MS",
    )

    assert "Laboratory result: Laboratory 1; GC-MS; Toluene" in text_of(printed())


def test_an_odd_container_number_is_told_of(log: InspectionLog, printed) -> None:
    log.append(opening(JOB, container="MWCU 605978 5"))

    assert "the check digit should be 4, found 5" in text_of(printed())


def test_the_foot_says_what_the_result_rests_on(write: Write, find, printed) -> None:
    sha256 = {
        name: hashlib.sha256(name.encode()).hexdigest() for name in ("library", "recipe", "calibration")
    }
    find(
        library={"name": "Library A", "version": "3", "sha256": sha256["library"], "references": 9},
        recipe={"sha256": sha256["recipe"]},
        calibration={"date": "2026-11-01", "sha256": sha256["calibration"]},
    )

    text = text_of(printed())

    assert f"Library: Library A 3 sha256 {sha256['library'][:16]}…" in text
    assert f"Recipe: sha256 {sha256['recipe'][:16]}…" in text
    assert f"Calibration: 2026-11-01 sha256 {sha256['calibration'][:16]}…" in text
    assert "Program: Chemgate" in text
    assert "Presumptive result – confirm in a laboratory." in text


def test_the_code_has_the_modules_of_the_anchor(write: Write, find, printed, log: InspectionLog) -> None:
    find()
    matrix = qr_matrix(str(log.head()))

    [code] = [one for one in drawings(printed().pages[-1]) if one["/BBox"][2:] == [len(matrix)] * 2]
    drawn = [[False] * len(matrix) for _ in matrix]
    for x, y, width in re.findall(r"(\d+) (\d+) (\d+) 1 re", code.get_data().decode()):
        for column in range(int(x), int(x) + int(width)):
            drawn[len(matrix) - 1 - int(y)][column] = True

    assert tuple(map(tuple, drawn)) == matrix


def test_curves_are_lines_and_nothing_is_a_picture(write: Write, find, printed, tmp_path: Path) -> None:
    find()

    reader = printed()

    assert reader.pages[0].get_contents().get_data().count(b" l") > 600  # the points of the curve
    assert not any(one.get("/Subtype") == "/Image" for page in reader.pages for one in drawings(page))
    assert (tmp_path / "out.pdf").stat().st_size < 150_000


def test_the_file_runs_nothing_and_brings_nothing(write: Write, find, printed, tmp_path: Path) -> None:
    find()

    reader = printed()
    root = reader.trailer["/Root"]

    assert not {"/OpenAction", "/AA", "/AcroForm", "/Names"} & root.keys()
    assert not reader.attachments
    content = (tmp_path / "out.pdf").read_bytes()
    for forbidden in (b"/JavaScript", b"/JS", b"/EmbeddedFile", b"/Launch", b"/URI"):
        assert forbidden not in content


def test_the_fonts_are_in_the_file(write: Write, find, printed) -> None:
    write(Section.PERSONS, consignor="Göndərən Ə", consignee="Получатель Ж")
    find()

    reader = printed(AZ)

    assert "Göndərən Ə" in text_of(reader)
    assert "Получатель Ж" in text_of(reader)
    fonts: list[DictionaryObject] = [
        font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()
    ]
    assert {str(font["/BaseFont"]).partition("+")[2] for font in fonts} == {"DejaVuSans", "DejaVuSans-Bold"}
    assert all("/FontFile2" in font["/FontDescriptor"] for font in fonts)


def test_the_same_log_gives_the_same_bytes(
    write: Write, find, log: InspectionLog, tmp_path: Path, start_child
) -> None:
    find()
    code = """
import sys
from pathlib import Path
from inspection.export.exporting import ExportFormat, export_log
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
with InspectionLog.open_read_only(Path(sys.argv[1]), kind=LogKind.EVIDENCE) as log:
    print(export_log(log, Path(sys.argv[2]), ExportFormat.PDF, sys.argv[3]).sha256)
"""

    here = export_log(log, tmp_path / "here.pdf", ExportFormat.PDF, JOB)
    elsewhere, _ = start_child(code, log.path, tmp_path / "there.pdf", JOB).communicate(timeout=60)

    assert (
        elsewhere.strip() == here.sha256 == hashlib.sha256((tmp_path / "here.pdf").read_bytes()).hexdigest()
    )
    assert here.count == 2


def test_many_amendments_go_on_to_further_pages(write: Write, find, printed, log: InspectionLog) -> None:
    entry = write(Section.TRANSPORT, bill="CMR 0")
    for number in range(1, 81):
        for new in amending_record(entry, {"bill": f"CMR {number}"}, f"reason {number}", log.entries()):
            log.append(new)

    reader = printed()
    text = text_of(reader)

    assert len(reader.pages) > 1
    for number in range(1, 81):
        assert f"CMR {number - 1} → CMR {number}" in text
    for number, page in enumerate(reader.pages, start=1):
        assert f"page {number} of {len(reader.pages)}" in page.extract_text()
        assert f"Inspection record {JOB}" in page.extract_text()
        assert str(log.head()) in page.extract_text()


def test_several_findings_of_a_sample_and_those_of_none_are_all_there(write: Write, find, printed) -> None:
    for verdict in ("rejected", "match", "no_match"):
        find(verdict=verdict)
    find(None)

    text = text_of(printed())

    assert [f"record {number} · 2026" in text for number in (3, 4, 5, 6)] == [True] * 4
    assert "Without a sample" in text


def test_every_page_of_a_training_log_says_so(tmp_path: Path, finding, curve) -> None:
    with InspectionLog.open(tmp_path / "training.sqlite", kind=LogKind.TRAINING) as log:
        log.append(opening(JOB))
        for sample in range(1, 12):
            entry = NewEntry(
                EntryKind.IDENTIFICATION, finding(), inspection=JOB, sample=sample, curve=curve(1)
            )
            log.append(entry)
        path = tmp_path / "exports" / "out.pdf"
        path.parent.mkdir()
        export_log(log, path, ExportFormat.PDF, JOB)

    pages = PdfReader(path).pages

    assert len(pages) == 2
    for page in pages:
        words = page.extract_text().split("\n")
        assert "TRAINING" in words  # across the page
        assert page.extract_text().count("TRAINING – nothing here is evidence") == 2


def test_a_log_of_evidence_says_nothing_of_training(write: Write, find, printed) -> None:
    find()

    assert "TRAINING" not in text_of(printed())


@pytest.mark.parametrize(
    "broken",
    [
        {"candidates": [{"substance": "acetone"}]},
        {"declared": {"text": "x", "verdict": "perhaps"}},
        {"quality": [7]},
        {"library": "Open spectra"},
        {"recipe": 7},
        {"hints": "toluene"},
        {"residual": {"resembles": [7]}},
        {"group": [7]},
        {"candidates": [{"substance": 7, "name": "Acetone", "score": 0.9}]},
    ],
)
def test_an_entry_that_this_program_did_not_write_is_one_clear_sentence_and_the_older_file_stays(
    broken: dict[str, object], write: Write, find, log: InspectionLog, tmp_path: Path
) -> None:
    path = tmp_path / "exports" / "out.pdf"
    path.parent.mkdir()
    find()
    export_log(log, path, ExportFormat.PDF, JOB)
    before = path.read_bytes()
    find(**broken)

    with pytest.raises(LogDamagedError, match="what was recorded cannot be printed"):
        export_log(log, path, ExportFormat.PDF, JOB)

    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir()] == ["out.pdf"]


@pytest.mark.parametrize("fields", ["soap", 7, ["soap"]])
def test_a_part_of_the_record_that_this_program_did_not_write_is_one_clear_sentence(
    fields: object, write: Write, log: InspectionLog, tmp_path: Path
) -> None:
    log.append(NewEntry(EntryKind.RECORD, {"section": "papers", "fields": fields}, inspection=JOB))

    with pytest.raises(LogDamagedError, match="what was recorded cannot be printed"):
        export_log(log, tmp_path / "out.pdf", ExportFormat.PDF, JOB)


@pytest.mark.parametrize("inspection", [JOB, None])
@pytest.mark.parametrize("bug", [KeyError, TypeError, ValueError, AttributeError])
def test_a_mistake_in_the_drawing_is_not_blamed_on_the_log(
    bug: type[Exception],
    inspection: str | None,
    find,
    log: InspectionLog,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object) -> None:
        raise bug("a mistake")

    find()
    monkeypatch.setattr(Pages, "put", broken)

    with pytest.raises(bug, match="a mistake"):
        export_log(log, tmp_path / "out.pdf", ExportFormat.PDF, inspection)


@pytest.mark.parametrize("words", [ENGLISH, RU, AZ])
def test_an_amended_choice_is_told_in_the_language_of_the_reader(
    words: Wording, write: Write, printed, log: InspectionLog
) -> None:
    entry = write(Section.TRANSPORT, mode="road")
    for new in amending_record(entry, {"mode": TransportMode.INLAND_WATERWAY}, "misread"):
        log.append(new)

    text = text_of(printed(words))

    told = " → ".join(choice_label(words, one) for one in (TransportMode.ROAD, TransportMode.INLAND_WATERWAY))
    assert f"{field_label(words, 'mode')}: {told}" in text
    assert "inland_waterway" not in text


def test_a_disk_that_is_full_leaves_the_older_file(
    write: Write, find, log: InspectionLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "exports" / "out.pdf"
    path.parent.mkdir()
    export_log(log, path, ExportFormat.PDF, JOB)
    before = path.read_bytes()
    find()

    def no_room(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(ExportNoRoomError):
        export_log(log, path, ExportFormat.PDF, JOB)

    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir()] == ["out.pdf"]


def test_an_inspection_that_is_not_there_or_a_place_that_is_none_is_refused(
    write: Write, log: InspectionLog, tmp_path: Path
) -> None:
    with pytest.raises(UnknownInspectionError):
        export_log(log, tmp_path / "out.pdf", ExportFormat.PDF, "20261124-BBBBBB")
    (tmp_path / "folder").mkdir()
    with pytest.raises(ExportError, match="could not be written"):
        export_log(log, tmp_path / "folder", ExportFormat.PDF, JOB)


def test_a_finding_without_a_library_at_hand_says_that_it_is_drawn_alone(write: Write, find, printed) -> None:
    find()

    assert "The library that was asked is not at hand: the sample alone." in text_of(printed())


def test_a_finding_without_its_curve_is_printed_too(
    write: Write, log: InspectionLog, finding, printed
) -> None:
    log.append(NewEntry(EntryKind.IDENTIFICATION, finding(), inspection=JOB, sample=1))

    assert "✓ Match: Acetone" in text_of(printed())


def test_the_command_line_prints_in_its_language_and_leaves_persons_out(
    chemgate_in, finding, tmp_path: Path
) -> None:
    data, out = tmp_path / "data", tmp_path / "record.pdf"
    with InspectionLog.open(data / "evidence.sqlite", kind=LogKind.EVIDENCE) as log:
        log.append(opening(JOB))
        log.append(recording(JOB, Section.PERSONS, {"consignor": "Consignor A"}))
        log.append(NewEntry(EntryKind.IDENTIFICATION, finding(), inspection=JOB, sample=1))

    answer = chemgate_in(data, "log", "export", out, "--inspection", JOB, "--without-persons", "--json")

    assert answer.code == 0
    assert answer.object["format"] == "pdf"
    assert answer.object["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    assert answer.object["count"] == 2
    assert "Consignor A" not in text_of(PdfReader(out))
    assert chemgate_in(data, "--language", "ru", "log", "export", out, "--inspection", JOB).code == 0
    assert verdict_word(RU, Verdict.MATCH) in text_of(PdfReader(out))
    assert "Consignor A" in text_of(PdfReader(out))


def test_the_program_starts_without_the_pages(start_child) -> None:
    code = "import sys, inspection.cli; print([one for one in sys.modules if one.startswith('reportlab')])"

    printed, _ = start_child(code).communicate(timeout=60)

    assert printed == "[]\n"


def test_nobodys_name_stands_under_what_was_written_after_they_signed(
    log: InspectionLog, tmp_path: Path
) -> None:
    log.append(opening(JOB))
    log.append(closing(JOB))
    log.officer = "Supervisor 1"
    log.append(signing_off(JOB))
    log.append(recording(JOB, Section.DECISION, {"outcome": Outcome.RELEASE}))

    export_log(log, tmp_path / "out.pdf", ExportFormat.PDF, JOB)
    text = PdfReader(tmp_path / "out.pdf").pages[0].extract_text()

    assert "CHANGED SINCE" in text
    assert "Supervisor: Supervisor 1" not in text
