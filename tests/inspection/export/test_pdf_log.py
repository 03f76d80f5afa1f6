from __future__ import annotations

import re
from pathlib import Path
from random import Random
from typing import Any

import pytest
from pypdf import PdfReader

from inspection.amendments import Field, amending
from inspection.declared.declaration import DeclarationVerdict
from inspection.errors import LogDamagedError
from inspection.export.exporting import ExportFormat, export_log, format_of
from inspection.export.qr import qr_matrix
from inspection.language import ENGLISH, Language, Wording
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.records import ID_ALPHABET, ID_CHARACTERS, EntryKind, NewEntry, opening
from inspection.wording import declaration_word, verdict_word
from spectra_library.verdicts import Verdict

JOB = "20261124-7K3FQ2"
MANY = 300


@pytest.fixture
def filled(log: InspectionLog, finding) -> InspectionLog:
    log.append(opening(JOB, declared="soap"))
    log.append(NewEntry(EntryKind.IDENTIFICATION, finding(), inspection=JOB, sample=1))
    log.append(NewEntry(EntryKind.IDENTIFICATION, finding("no_match", declared=None, capture=None)))
    text = {"text": "Мыло <b>&\u202e", "verdict": "agrees"}
    log.append(NewEntry(EntryKind.IDENTIFICATION, finding("rejected", candidates=[], declared=text)))
    return log


def printed(log: InspectionLog, path: Path, words: Wording = ENGLISH) -> PdfReader:
    export_log(log, path, ExportFormat.PDF, words=words)
    return PdfReader(path)


def text_of(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_each_identification_is_a_row(filled: InspectionLog, tmp_path: Path) -> None:
    report = export_log(filled, tmp_path / "out.pdf", ExportFormat.PDF)
    text = text_of(PdfReader(tmp_path / "out.pdf"))

    assert report.count == 3
    for said in (
        "2026-11-24 08:02:00",
        JOB,
        "sample 1",
        "A. Officer",
        "ethyl acetate",
        "≠ differs",
        "✓ Match",
        "Acetone",
        "0.98",
        "Model F F-0007",
        filled.entry(3).hash.hex()[:16],
        "∅ No match",
        "↻ Scan again",
        "Мыло <b>&\\u202e",
        "3 identifications",
        "All identifications, up to record 5",
        "No match is not an all-clear.",
    ):
        assert said in text
    assert text.count("Acetone") == 1  # a name beside no match would be read as one


@pytest.mark.parametrize("language", Language)
def test_the_table_speaks_the_language_of_its_reader(
    language: Language, filled: InspectionLog, tmp_path: Path
) -> None:
    words = Wording(language)

    text = text_of(printed(filled, tmp_path / "out.pdf", words))

    assert words("Evidence log") in text
    assert words("Substance") in text
    for verdict in (Verdict.MATCH, Verdict.NO_MATCH, Verdict.REJECTED):
        assert verdict_word(words, verdict) in text
    assert declaration_word(words, DeclarationVerdict.DIFFERS) in text


def test_the_anchor_is_on_every_page_and_its_code_on_the_last(
    filled: InspectionLog, finding, tmp_path: Path
) -> None:
    for _ in range(MANY):
        filled.append(NewEntry(EntryKind.IDENTIFICATION, finding()))
    anchor = str(filled.head())
    side = len(qr_matrix(anchor))

    reader = printed(filled, tmp_path / "out.pdf")

    assert len(reader.pages) > 5
    for number, page in enumerate(reader.pages, start=1):
        text = page.extract_text()
        assert anchor in text
        assert "Substance" in text
        assert f"page {number} of {len(reader.pages)}" in text
    codes = [
        number
        for number, page in enumerate(reader.pages, start=1)
        for one in page["/Resources"]["/XObject"].values()
        if one.get_object()["/BBox"][2:] == [side, side]
        and re.search(rb"\d+ \d+ \d+ 1 re", one.get_object().get_data())
        and b"anchor-code" in page.get_contents().get_data()
    ]
    assert codes == [len(reader.pages)]
    assert len(re.findall("0\\.98", text_of(reader))) == MANY + 1


def test_an_amended_verdict_is_the_one_that_is_shown(filled: InspectionLog, tmp_path: Path) -> None:
    for new in amending(filled.entry(3), {Field.VERDICT: "inconclusive"}, "wrong sample"):
        filled.append(new)

    text = text_of(printed(filled, tmp_path / "out.pdf"))

    assert "? Not certain amended by record 6" in text
    assert "✓ Match" not in text


def test_a_mixture_names_its_components_and_a_group_its_members(
    log: InspectionLog, finding, tmp_path: Path
) -> None:
    parts = [{"substance": one, "name": one.title(), "share": 0.5} for one in ("toluene", "acetone")]
    log.append(NewEntry(EntryKind.IDENTIFICATION, finding("mixture", components=parts)))
    log.append(NewEntry(EntryKind.IDENTIFICATION, finding("group", group=["ethanol", "acetone"])))

    text = text_of(printed(log, tmp_path / "out.pdf"))

    assert "Toluene + Acetone" in text
    assert "Ethanol / Acetone" in text


@pytest.mark.parametrize("letter", ID_ALPHABET)
def test_the_number_of_an_inspection_is_in_one_line(
    letter: str, log: InspectionLog, finding, tmp_path: Path
) -> None:
    number = f"20261124-{letter * ID_CHARACTERS}"
    log.append(opening(number))
    log.append(NewEntry(EntryKind.IDENTIFICATION, finding(), inspection=number))

    assert number in text_of(printed(log, tmp_path / "out.pdf"))


def test_a_declaration_longer_than_a_page_is_not_cut(log: InspectionLog, finding, tmp_path: Path) -> None:
    told = [f"w{number:05d}" for number in range(1500)]
    declared = {"text": " ".join(told), "verdict": "undetermined"}
    log.append(NewEntry(EntryKind.IDENTIFICATION, finding(declared=declared)))

    reader = printed(log, tmp_path / "out.pdf")

    assert len(reader.pages) > 5
    assert re.findall(r"w\d{5}", text_of(reader)) == told


def test_a_training_log_is_called_one_on_every_page(tmp_path: Path, finding) -> None:
    with InspectionLog.open(tmp_path / "training.sqlite", kind=LogKind.TRAINING) as log:
        for _ in range(60):
            log.append(NewEntry(EntryKind.IDENTIFICATION, finding()))
        (tmp_path / "exports").mkdir()
        reader = printed(log, tmp_path / "exports" / "out.pdf")

    assert len(reader.pages) > 1
    for page in reader.pages:
        assert "Training log" in page.extract_text()
        assert "TRAINING – nothing here is evidence" in page.extract_text()


def test_a_log_without_identifications_is_a_page_that_says_so(log: InspectionLog, tmp_path: Path) -> None:
    reader = printed(log, tmp_path / "out.pdf")

    assert len(reader.pages) == 1
    assert "0 identifications" in text_of(reader)


def test_the_same_log_gives_the_same_table(filled: InspectionLog, tmp_path: Path) -> None:
    one, two = (
        export_log(filled, tmp_path / name, ExportFormat.PDF).sha256 for name in ("one.pdf", "two.pdf")
    )

    assert one == two


def test_records_of_every_kind_are_printed(log: InspectionLog, tmp_path: Path, made: Any) -> None:
    chance = Random(7)
    for _ in range(60):
        log.append(made.a_record(chance))

    report = export_log(log, tmp_path / "out.pdf", ExportFormat.PDF)

    assert report.count == sum(one.kind is EntryKind.IDENTIFICATION for one in log.entries())


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1]))
    import made_records

    return made_records


@pytest.mark.parametrize(
    "broken", [{"verdict": "perhaps"}, {"library": "Open spectra"}, {"hints": "toluene"}, {"quality": [7]}]
)
def test_an_entry_that_this_program_did_not_write_is_named_and_the_older_file_stays(
    broken: dict[str, object], filled: InspectionLog, finding, tmp_path: Path
) -> None:
    path = tmp_path / "exports" / "out.pdf"
    path.parent.mkdir()
    export_log(filled, path, ExportFormat.PDF)
    before = path.read_bytes()
    filled.append(NewEntry(EntryKind.IDENTIFICATION, finding(**broken)))

    with pytest.raises(LogDamagedError, match="entry 6 cannot be printed"):
        export_log(filled, path, ExportFormat.PDF)

    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir()] == ["out.pdf"]


def test_the_ending_pdf_is_a_format() -> None:
    assert format_of(Path("log.PDF")) is ExportFormat.PDF
