"""An anchor that is brought along as a file: what carries one is read, and what does not is one sentence."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

import pytest

from inspection.anchor import parse_anchor
from inspection.anchor_files import LOOKED_AT, anchor_text
from inspection.errors import AnchorError
from inspection.export.exporting import ExportFormat, export_log
from inspection.export.receipt import receipt_of
from inspection.export.receipt_layout import receipt_svg, receipt_text
from inspection.language import Language, Wording
from inspection.log import InspectionLog, utc_now
from inspection.records import LogHead

HEAD = LogHead(2, 57, "0123456789abcdef" * 4)


@pytest.fixture
def filled(log: InspectionLog, identification) -> InspectionLog:
    for number in range(3):
        log.append(identification(number))
    return log


@pytest.mark.parametrize("wanted", [ExportFormat.CSV, ExportFormat.JSON, ExportFormat.BUNDLE])
def test_an_export_carries_the_anchor_of_its_moment(
    wanted: ExportFormat, filled: InspectionLog, tmp_path: Path, identification
) -> None:
    head = filled.head()
    out = tmp_path / f"out.{wanted}"
    export_log(filled, out, wanted)
    filled.append(identification(9))

    assert parse_anchor(anchor_text(str(out))) == head
    assert filled.verify(anchor_text(str(out))).ok


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("layout", [receipt_text, receipt_svg])
def test_a_slip_is_an_anchor_in_every_language(
    layout, language: Language, filled: InspectionLog, tmp_path: Path
) -> None:
    receipt = receipt_of(filled, Wording(language), moment=utc_now(), entry=filled.entry(2))
    path = tmp_path / "slip"
    path.write_bytes(layout(receipt))

    assert parse_anchor(anchor_text(str(path))) == filled.head()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_note_is_read_in_every_way_that_a_computer_writes_one(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text(f"Head of Tuesday, мыло:\n{HEAD}\n", encoding)
    assert parse_anchor(anchor_text(str(path))) == HEAD


def test_a_table_that_a_spreadsheet_wrote_again_is_read(filled: InspectionLog, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    export_log(filled, out, ExportFormat.CSV)
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    with out.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)
    assert parse_anchor(anchor_text(str(out))) == filled.head()


def test_only_the_beginning_of_a_large_file_is_looked_at(filled: InspectionLog, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    export_log(filled, out, ExportFormat.JSON)
    line = out.read_bytes().splitlines(keepends=True)[0]
    out.write_bytes(line + "ə".encode() * LOOKED_AT + f"\n{HEAD}".encode())
    assert parse_anchor(anchor_text(str(out))) == filled.head()


@pytest.mark.parametrize("head", [HEAD.head, f"{HEAD.head[:9]}  {HEAD.head[9:]}", HEAD.head.upper()])
def test_blanks_in_a_typed_head_do_not_count(head: str) -> None:
    assert parse_anchor(anchor_text(f"2:57: {head}")) == HEAD


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "found none"),
        (b"two\nlines \xef\xbb\xbf", "found none"),
        (b"\x89PNG\xff\xfe", "found no text"),
        (b"PK\x03\x04", "found a zip file that is no bundle"),
        (f"{HEAD}\n1:4:{'ab' * 32}".encode(), "found 2 different ones"),
        (b"volume,log_count,log_head\r\n", "found none"),
        (b"volume,log_count,log_head\r\n1,,\r\n", "found none"),
        (b"[" * 100_000, "found none"),
    ],
)
def test_a_file_without_an_anchor_is_one_sentence_that_dumps_nothing(
    content: bytes, sentence: str, tmp_path: Path
) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(AnchorError) as caught:
        anchor_text(str(path))
    said = str(caught.value)
    assert sentence in said
    assert str(path) in said
    assert said.isprintable()
    assert len(said) < 150 + len(str(path))


def test_a_zip_file_of_another_program_carries_none(tmp_path: Path) -> None:
    path = tmp_path / "other.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", f'{{"anchor": "{HEAD}"}}')
    with pytest.raises(AnchorError, match="a zip file that is no bundle"):
        anchor_text(str(path))


@pytest.mark.parametrize("typed", ["nofile.json", "hello", "a\0b", "x" * 5000])
def test_a_file_that_is_not_there_is_said_to_be_missing(typed: str) -> None:
    with pytest.raises(AnchorError, match="there is no file"):
        anchor_text(typed)


@pytest.mark.parametrize("typed", ["", HEAD.head, "1:4", "9" * 5000, "1" * 5000 + ":1:" + HEAD.head, "{"])
def test_what_is_typed_and_no_anchor_is_shown(typed: str) -> None:
    with pytest.raises(AnchorError, match="expected one anchor, VOLUME:COUNT:HEAD") as caught:
        anchor_text(typed)
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize(
    "number",
    ["Infinity", "NaN", "-1e30", "1e30", "1.9", "1.0", "true", "0", "-1", "null", '"1"', "1000000001"],
)
@pytest.mark.parametrize("name", ["volume", "count"])
def test_an_anchor_in_json_counts_in_whole_numbers(number: str, name: str) -> None:
    said = {"volume": "1", "count": "3", name: number}
    typed = f'{{"volume": {said["volume"]}, "count": {said["count"]}, "head": "{HEAD.head}"}}'
    with pytest.raises(AnchorError, match="expected one anchor"):
        anchor_text(typed)


def test_a_head_that_is_no_text_is_no_anchor() -> None:
    with pytest.raises(AnchorError, match="expected one anchor"):
        anchor_text('{"volume": 1, "count": 3, "head": 5}')
