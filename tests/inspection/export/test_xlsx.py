"""The workbook: what its sheets say, that every text is text, and what it does at its limits."""

from __future__ import annotations

import csv
import errno
import hashlib
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import inspection.export.xlsx_export as xlsx
from inspection.amendments import Field, amending
from inspection.errors import ExportError, ExportNoRoomError, LogDamagedError
from inspection.export.atomic import HashedWriter
from inspection.export.csv_export import COLUMNS
from inspection.export.exporting import ExportFormat, export_log, format_of
from inspection.export.xlsx_export import LONGEST_TEXT, TRAINING, cell_of
from inspection.log import InspectionLog
from inspection.records import EntryKind, NewEntry
from tests.inspection.export.conftest import CONSIGNOR, RELEASED, SEIZED

SHEETS = ["Identifications", "Inspections", "Samples", "Custody", "Anchor"]


def opened(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Read a workbook with another program: its rows by sheet, each by the heads of its columns."""
    book = openpyxl.load_workbook(path)
    sheets = {}
    for sheet in book.worksheets:
        rows = list(sheet.iter_rows(values_only=True))
        start = 1 if rows[0][0] == TRAINING else 0
        sheets[sheet.title] = [dict(zip(rows[start], row, strict=True)) for row in rows[start + 1 :]]
    return sheets


@pytest.fixture
def workbook(filled: InspectionLog, tmp_path: Path) -> Path:
    path = tmp_path / "out.xlsx"
    export_log(filled, path, ExportFormat.XLSX)
    return path


def test_the_ending_names_the_format() -> None:
    assert format_of(Path("a.XLSX")) is ExportFormat.XLSX


def test_the_report_has_the_count_and_the_hash_of_the_file(filled: InspectionLog, tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    out = tmp_path / "exports" / "out.xlsx"
    report = export_log(filled, out, ExportFormat.XLSX)

    assert report.count == 4
    assert report.sha256 == hashlib.sha256(out.read_bytes()).hexdigest()
    assert report.head == filled.head().head
    assert [path.name for path in out.parent.iterdir()] == ["out.xlsx"]


def test_identifications_have_the_columns_and_the_cells_of_the_csv_export(
    filled: InspectionLog, workbook: Path, tmp_path: Path
) -> None:
    export_log(filled, tmp_path / "out.csv", ExportFormat.CSV)
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        expected = list(csv.DictReader(file))

    rows = opened(workbook)["Identifications"]
    assert tuple(rows[0]) == COLUMNS
    shown = [{name: "" if cell is None else str(cell) for name, cell in row.items()} for row in rows]
    assert shown == expected
    assert isinstance(rows[1]["score"], float)
    assert isinstance(rows[1]["sequence"], int)
    assert isinstance(rows[1]["cas"], str)


def test_inspections_samples_and_custody_have_the_record_as_it_is_now(
    filled: InspectionLog, workbook: Path
) -> None:
    book = opened(workbook)
    assert list(book) == SHEETS
    seized, released = book["Inspections"]
    assert (seized["inspection.number"], released["inspection.number"]) == (SEIZED, RELEASED)
    assert (seized["inspection.day"], seized["transport.mode"]) == ("2026-11-24", "road")
    assert (seized["transport.seals_found"], seized["papers.packages"]) == ("S-1; S-2", 12)
    assert (seized["persons.consignor"], seized["decision.outcome"]) == (CONSIGNOR, "seize")
    assert seized["inspection.opened"].endswith("Z")
    assert released["decision.outcome"] is None
    first, second, _ = book["Samples"]
    assert (first["sample.number"], first["sample.packages_sampled"]) == (1, 4)
    assert (first["identification.verdict"], first["identification.substance"]) == ("match", "acetone")
    assert (first["second_test.kind"], first["laboratory.laboratory"]) == ("colour test", "Laboratory A")
    assert (second["sample.position"], second["identification.verdict"]) == ("bag 5", None)
    [step] = book["Custody"]
    assert (step["inspection.number"], step["sample.number"]) == (SEIZED, 1)
    assert (step["custody.received_by"], step["custody.when"]) == ("Courier 1", "2026-11-24T08:00:00.000000Z")


def test_an_amended_verdict_is_the_one_that_samples_show(filled: InspectionLog, tmp_path: Path) -> None:
    entry = next(
        one
        for one in filled.entries(kind=EntryKind.IDENTIFICATION, inspection=SEIZED)
        if one.body["verdict"] == "match"
    )
    for new in amending(entry, {Field.VERDICT: "no_match"}, "looked at again"):
        filled.append(new)
    export_log(filled, tmp_path / "out.xlsx", ExportFormat.XLSX)

    first = opened(tmp_path / "out.xlsx")["Samples"][0]
    assert (first["identification.verdict"], first["identification.substance"]) == ("no_match", None)


def test_the_anchor_says_where_the_log_ended_and_what_the_verdicts_mean(
    filled: InspectionLog, workbook: Path
) -> None:
    said = {row["what"]: row["value"] for row in opened(workbook)["Anchor"]}
    head = filled.head()
    assert (said["anchor"], said["volume"], said["count"]) == (str(head), head.volume, head.count)
    assert said["head"] == head.head
    assert "confirm in a laboratory" in said["verdict match"]
    assert "10 %" in said["verdict no_match"]
    assert "not a probability" in said["score"]
    assert said["personal data"] == "included"


def test_one_inspection_can_be_written_alone(filled: InspectionLog, tmp_path: Path) -> None:
    report = export_log(filled, tmp_path / "out.xlsx", ExportFormat.XLSX, RELEASED.lower())
    book = opened(tmp_path / "out.xlsx")
    assert report.count == len(book["Identifications"]) == 1
    assert [row["inspection.number"] for row in book["Inspections"]] == [RELEASED]
    assert book["Custody"] == []


def test_without_persons_their_columns_and_names_are_nowhere_in_the_file(
    filled: InspectionLog, workbook: Path, tmp_path: Path
) -> None:
    export_log(filled, tmp_path / "without.xlsx", ExportFormat.XLSX, with_persons=False)
    book = opened(tmp_path / "without.xlsx")
    assert not any(name.startswith("persons.") for name in book["Inspections"][0])
    assert {row["what"]: row["value"] for row in book["Anchor"]}["personal data"].startswith("left out")
    for path, is_there in ((workbook, True), (tmp_path / "without.xlsx", False)):
        with zipfile.ZipFile(path) as archive:
            parts = [archive.read(name) for name in archive.namelist()]
        assert any(CONSIGNOR.encode() in part for part in parts) is is_there
        assert any(b"Driver 1" in part for part in parts) is is_there


def test_heads_stay_in_view_and_rows_can_be_filtered(workbook: Path) -> None:
    book = openpyxl.load_workbook(workbook)
    sheet = book["Identifications"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:AF5"
    assert sheet.column_dimensions["B"].width > 25


def test_the_same_log_gives_the_same_bytes(filled: InspectionLog, workbook: Path, tmp_path: Path) -> None:
    export_log(filled, tmp_path / "again.xlsx", ExportFormat.XLSX)
    assert (tmp_path / "again.xlsx").read_bytes() == workbook.read_bytes()
    made = openpyxl.load_workbook(workbook).properties.created
    last = list(filled.entries())[-1]
    assert made == last.time.replace(tzinfo=None, microsecond=0)


def test_a_training_workbook_says_so_on_every_sheet_and_every_printed_page(
    filled_training: InspectionLog, tmp_path: Path
) -> None:
    export_log(filled_training, tmp_path / "out.xlsx", ExportFormat.XLSX)
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert [sheet.title for sheet in book.worksheets] == SHEETS
    for sheet in book.worksheets:
        assert sheet["A1"].value == TRAINING
        assert TRAINING in sheet.oddHeader.center.text
        assert TRAINING in sheet.oddFooter.center.text
        assert sheet.freeze_panes == "A3"
    assert book.properties.title == TRAINING
    assert opened(tmp_path / "out.xlsx")["Identifications"][0]["sequence"] == 8


def test_an_evidence_workbook_has_no_such_mark(workbook: Path) -> None:
    with zipfile.ZipFile(workbook) as archive:
        assert not any(b"TRAINING" in archive.read(name) for name in archive.namelist())


def test_what_xml_cannot_hold_is_written_out(log: InspectionLog, tmp_path: Path, finding) -> None:
    text = "a\x00b\x0bc\ufffed\ud800e\u202ef\r\n"
    log.append(NewEntry(EntryKind.IDENTIFICATION, finding(declared={"text": text, "verdict": "agrees"})))
    export_log(log, tmp_path / "out.xlsx", ExportFormat.XLSX)
    [row] = opened(tmp_path / "out.xlsx")["Identifications"]
    assert row["declared"] == r"a\x00b\x0bc\ufffed\ud800e\u202ef\r\n"


def test_a_text_that_looks_like_the_writers_own_markup_stays_a_text(
    log: InspectionLog, tmp_path: Path, finding
) -> None:
    text = '<r></r></is></c><c r="Z1"><f>1+1</f></c><c t="inlineStr"><is><r></r>'
    log.append(NewEntry(EntryKind.IDENTIFICATION, finding(declared={"text": text, "verdict": "agrees"})))
    export_log(log, tmp_path / "out.xlsx", ExportFormat.XLSX)
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert opened(tmp_path / "out.xlsx")["Identifications"][0]["declared"].strip() == text
    assert not any(cell.data_type == "f" for sheet in book.worksheets for row in sheet.rows for cell in row)


@pytest.mark.parametrize("letter", ["x", "\u0259", "\U0001f600"])
def test_a_text_too_long_for_a_cell_says_that_it_was_cut(letter: str) -> None:
    whole, was_cut = cell_of(letter * (LONGEST_TEXT // (2 if ord(letter) > 0xFFFF else 1)))
    assert (whole.strip(letter), was_cut) == ("", False)

    cut, was_cut = cell_of(letter * (LONGEST_TEXT + 1))
    assert was_cut
    assert cut.endswith("[cut: 32768 characters; the JSON export has all of them]")
    assert LONGEST_TEXT - 4 <= len(cut.encode("utf-16-le")) // 2 <= LONGEST_TEXT


def test_a_workbook_with_a_cut_cell_counts_it(log: InspectionLog, tmp_path: Path, finding) -> None:
    log.append(
        NewEntry(EntryKind.IDENTIFICATION, finding(declared={"text": "x" * 40_000, "verdict": "agrees"}))
    )
    export_log(log, tmp_path / "out.xlsx", ExportFormat.XLSX)
    book = opened(tmp_path / "out.xlsx")
    assert len(book["Identifications"][0]["declared"]) == LONGEST_TEXT
    assert {row["what"]: row["value"] for row in book["Anchor"]}["cells cut"] == 1


def test_more_rows_than_a_sheet_has_are_one_sentence_and_no_file(
    filled: InspectionLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx, "MOST_ROWS", 4)
    with pytest.raises(ExportError, match=r"at most 3 rows .* found more: export one inspection"):
        export_log(filled, tmp_path / "out.xlsx", ExportFormat.XLSX)
    assert not list(tmp_path.glob("*.xlsx*"))
    monkeypatch.setattr(xlsx, "MOST_ROWS", 30)
    assert export_log(filled, tmp_path / "out.xlsx", ExportFormat.XLSX).count == 4


def test_a_failed_export_leaves_the_older_file_and_nothing_else(
    filled: InspectionLog, log_path: Path, tmp_path: Path, tampering
) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    export_log(filled, folder / "out.xlsx", ExportFormat.XLSX)
    before = (folder / "out.xlsx").read_bytes()
    with tampering(log_path) as raw:
        raw.execute("UPDATE entries SET entry = x'00' WHERE sequence = 9")
    with pytest.raises(LogDamagedError, match="entry 9"):
        export_log(filled, folder / "out.xlsx", ExportFormat.XLSX)
    assert (folder / "out.xlsx").read_bytes() == before
    assert [path.name for path in folder.iterdir()] == ["out.xlsx"]


def test_a_disk_that_fills_up_leaves_the_older_file(
    filled: InspectionLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export_log(filled, tmp_path / "out.xlsx", ExportFormat.XLSX)
    before = (tmp_path / "out.xlsx").read_bytes()

    def full(self: HashedWriter, content: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(HashedWriter, "write", full)
    with pytest.raises(ExportNoRoomError, match="could not be written"):
        export_log(filled, tmp_path / "out.xlsx", ExportFormat.XLSX)
    assert (tmp_path / "out.xlsx").read_bytes() == before
