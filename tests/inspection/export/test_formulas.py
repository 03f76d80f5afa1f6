"""Hostile texts through every text column: no cell is run, nothing hides, nothing turns the direction."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from inspection.export.cells import cell_text, tab_separated
from inspection.export.csv_export import csv_line
from inspection.export.exporting import ExportFormat, export_log
from inspection.export.profile import read_profile
from inspection.export.profile_rows import VALUES
from inspection.log import InspectionLog
from inspection.record.recording import recording
from inspection.record.sections import Section
from inspection.record.values import Shape, field_names, shape_of
from inspection.records import EntryKind, NewEntry, opening
from spectra_library.formats.cell_text import harmless
from spectra_library.formats.plain_text import written_out

SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BEFORE = (
    "",
    " ",
    "   ",
    "\u00a0",
    "\u3000",
    '"',
    "'",
    '""',
    "\t",
    "\r\n",
    ";",
    "a;",
    "a\n",
    'a; "',
    "\u202e",
)
BEFORE += ("\u200b", "\ufeff", "\x00")
PAYLOADS = (
    "cmd|' /C calc'!A0",
    'HYPERLINK("http://a.invalid";"b")',
)
OTHERS = (
    "<b>Acetone</b>",
    "<script>alert(1)</script>",
    "<r><t>a</t></r>",
    "&amp;&#61;1",
    "http://a.invalid/",
    "mailto:a@a.invalid",
    "internal:Sheet!A1",
    "file:///a",
    "{=1+1}",
    "#REF!",
    "\u202etxt.exe",
    "a\u2066b\u2069",
    "_x003d_1",
    "1e5",
    "007",
    "TRUE",
    "a" * 300,
)
HOSTILE = (*(before + sign + text for before, sign, text in product(BEFORE, SIGNS, PAYLOADS)), *OTHERS)
# What a spreadsheet passes over before it looks whether a cell is a formula, as far as any is known to.
PASSED_OVER = ' "\u00a0\u3000\u200b\ufeff\u202e\x00'
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")


def is_run(cell: str) -> bool:
    """Tell whether a spreadsheet could take a cell for a formula; written without the expression it tests."""
    if NUMBER.fullmatch(cell):
        return False
    return cell.startswith(STARTS) or cell.lstrip(PASSED_OVER).startswith(STARTS)


def is_hiding(cell: str) -> bool:
    """Tell whether a cell holds what is not seen, or turns the direction."""
    return any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") for letter in cell)


def cells_of(content: str) -> Iterator[str]:
    """Give the cells of a CSV file as a spreadsheet reads them that is set to commas, semicolons or tabs."""
    for delimiter in (",", ";", "\t"):
        for row in csv.reader(io.StringIO(content, newline=""), delimiter=delimiter):
            yield from row


def hostile_log(log: InspectionLog, finding, texts: tuple[str, ...]) -> None:
    """Write each text into every text of a finding and every line of a record, as a foreign hand may."""
    for number, text in enumerate(texts):
        job = f"20261124-{number:06d}".replace("0", "A").replace("1", "B")
        log.append(opening(job, container=text, declared=text, hs_code=text))
        for section in (
            *(Section.CIRCUMSTANCES, Section.TRANSPORT, Section.PAPERS, Section.PERSONS),
            *(Section.DECISION, Section.CUSTODY, Section.SECOND_TEST, Section.LABORATORY),
        ):
            values: dict[str, Any] = {}
            for name in field_names(section):
                shape = shape_of(section, name)
                if shape is Shape.LINE:
                    values[name] = text
                elif shape is Shape.LINES:
                    values[name] = ("a", text)
            log.append(recording(job, section, values))
        values = dict.fromkeys(("position", "why", "appearance", "amount", "bag_seal"), text)
        log.append(recording(job, Section.SAMPLE, values, sample=1))
        texts_of = ("substance", "name", "cas", "tier", "library", "source", "licence")
        body = finding(
            candidates=[
                {**dict.fromkeys(texts_of, text), "lists": [text, text], "score": 0.5, "status": text}
            ],
            declared={"text": text, "verdict": "agrees", "reason": text},
            capture={"device": text, "serial": text, "scan_id": text},
            advice=text,
        )
        log.append(NewEntry(EntryKind.IDENTIFICATION, body, inspection=job, sample=1))


@pytest.fixture(scope="module")
def few() -> tuple[str, ...]:
    """One text of each kind: whole logs of all of them would take minutes."""
    return tuple(f"{before}={PAYLOADS[0]}" for before in BEFORE) + tuple(f"{one}1" for one in SIGNS) + OTHERS


def test_there_are_hundreds_of_hostile_texts_and_the_check_sees_them() -> None:
    assert len(set(HOSTILE)) >= 200
    raw = io.StringIO(newline="")
    csv.writer(raw).writerows([number, text] for number, text in enumerate(HOSTILE))
    found = [cell for cell in cells_of(raw.getvalue()) if is_run(cell)]
    assert len(found) > 300  # the failing control: the same texts, written as they are


@pytest.mark.parametrize("place", range(3))
def test_no_text_of_a_csv_file_is_run_wherever_it_stands(place: int) -> None:
    content = b""
    for number, text in enumerate(HOSTILE):
        row: list[object] = [number, "a", 0.5]
        row[place] = text
        content += csv_line(row)
    cells = list(cells_of(content.decode()))
    assert sum(map(is_run, cells)) == 0
    assert sum(map(is_hiding, cells)) == 0
    rows = list(csv.reader(io.StringIO(content.decode(), newline="")))
    assert [len(row) for row in rows] == [3] * len(HOSTILE)


def test_no_text_of_the_clipboard_is_run_and_each_stays_one_cell() -> None:
    lines = [tab_separated([str(number), text, text]) for number, text in enumerate(HOSTILE)]
    cells = [line.split("\t") for line in lines]
    assert [len(row) for row in cells] == [3] * len(HOSTILE)
    assert sum(is_run(cell) for row in cells for cell in row) == 0
    assert sum(is_hiding(cell) for row in cells for cell in row) == 0
    assert not any("\n" in line or "\r" in line for line in lines)


def test_csv_files_of_a_log_with_hostile_texts_hold_no_formula(
    log: InspectionLog, tmp_path: Path, finding, few: tuple[str, ...]
) -> None:
    hostile_log(log, finding, few)
    profile = tmp_path / "all.toml"
    columns = "".join(f'[[column]]\nheader = "{name}"\nfrom = "{name}"\n' for name in VALUES)
    profile.write_text(f'name = "all"\ntitle = "All"\nrows = "sample"\nnominal = true\n{columns}')
    for chosen in (None, read_profile(profile)):
        report = export_log(log, tmp_path / "out.csv", ExportFormat.CSV, profile=chosen)
        content = (tmp_path / "out.csv").read_bytes().decode("utf-8-sig")
        assert report.count == len(few)
        assert sum(map(is_run, cells_of(content))) == 0
        assert sum(map(is_hiding, cells_of(content))) == 0
        assert content.count(PAYLOADS[0]) > 6 * len(BEFORE)


def test_workbooks_of_a_log_with_hostile_texts_hold_no_formula_and_no_link(
    log: InspectionLog, tmp_path: Path, finding, few: tuple[str, ...]
) -> None:
    hostile_log(log, finding, few)
    profile = tmp_path / "all.toml"
    columns = "".join(f'[[column]]\nheader = "{name}"\nfrom = "{name}"\n' for name in VALUES)
    profile.write_text(f'name = "all"\ntitle = "All"\nrows = "sample"\nnominal = true\n{columns}')
    for chosen in (None, read_profile(profile)):
        export_log(log, tmp_path / "out.xlsx", ExportFormat.XLSX, profile=chosen)
        book = openpyxl.load_workbook(tmp_path / "out.xlsx")
        cells = [cell for sheet in book.worksheets for row in sheet.rows for cell in row]
        assert sum(cell.data_type == "f" for cell in cells) == 0
        assert sum(cell.hyperlink is not None for cell in cells) == 0
        texts = [cell.value for cell in cells if isinstance(cell.value, str)]
        assert sum(map(is_hiding, texts)) == 0
        assert {one.rstrip() for one in map(written_out, OTHERS)} <= {
            text.replace("_x005F_", "_").rstrip() for text in texts
        }
    assert not book.defined_names


@pytest.mark.parametrize("text", HOSTILE[::7])
def test_what_was_recorded_can_be_read_in_the_cell(text: str) -> None:
    shown = cell_text(text)
    assert written_out(text).replace("'", "") == shown.replace("'", "")
    assert harmless(text).replace("'", "") == text.replace("'", "")


@pytest.mark.parametrize(
    "text", ["acetone", "N,N-dimethyl", "(+)-limonene", "Мыло, sabun əla", "2 %", "a = b"]
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert cell_text(text) == text
