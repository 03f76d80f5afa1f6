"""A table of laboratory results as typed texts, row by row; what they mean is for taking_results.py.

    entry; inspection;     sample; reference; laboratory;   reported;   method; substances;         finding
    ;      ;               ;       L-17/26;   Laboratory 1; 24.11.2026; GC-MS;  acetone | 108-88-3; 9 to 1
    41;    ;               ;       L-18/26;   Laboratory 1; 2026-11-24; GC-MS;  ;                   no drug
    ;      20261124-7K3FQ; 2;      ;          Laboratory 2; 2026-11-25; NMR;    Acetone;            ;

Columns in any order; semicolons, commas or tabs between them; UTF-8 with or without a byte order mark, UTF-16
with one, or Windows-1251 where that gives Russian words.  Substances are parted by upright strokes, and in
quotation marks by semicolons and line ends too.  A column ``again`` says why there is another result under
the same reference.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from inspection.errors import RecordError
from spectra_library.formats.file_content import file_bytes
from spectra_library.formats.plain_text import decode, shown

LARGEST_TABLE: Final = 4_000_000  # bytes
MOST_ROWS: Final = 20_000
COLUMNS: Final = (
    *("entry", "inspection", "sample", "reference", "laboratory", "reported", "method"),
    *("substances", "finding", "again"),
)
WAYS: Final = ("entry", "reference", "inspection")  # how a row may say what it means
_BETWEEN_SUBSTANCES: Final = re.compile(r"[;|\n]")
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Windows-1251: words of two Russian letters or more, with no Latin letter in them as in "Müller".
_NOT_ASCII: Final = re.compile(rb"[\x80-\xff]")
_RUSSIAN_WORD: Final = re.compile(
    rb"(?<![A-Za-z\xc0-\xff\xa8\xb8])[\xc0-\xff\xa8\xb8]{2,}(?![A-Za-z\xc0-\xff\xa8\xb8])"
)
_MOSTLY: Final = 0.75  # of what is not ASCII: of damaged UTF-8, half looks like Russian letters


@dataclass(frozen=True, slots=True)
class TypedResult:
    """A result as it was typed, every part a text; empty where nothing was.

    ``substances`` ids, CAS numbers or names.  ``again`` why another result is written down beside one that
    the same laboratory gave under the same reference.
    """

    entry: str = ""
    inspection: str = ""
    sample: str = ""
    reference: str = ""
    laboratory: str = ""
    reported: str = ""
    method: str = ""
    substances: tuple[str, ...] = ()
    finding: str = ""
    again: str = ""


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a table: its number, as a spreadsheet counts, and what it says; or why it says nothing."""

    row: int
    typed: TypedResult | None
    refused: RecordError | None = None


def read_results(path: Path) -> Iterator[TableRow]:
    """Read the rows of a table; see the module for its form.

    Raises RecordError for what is no such table, FormatError for what cannot be read: then there is no row.
    """
    text = decode(_as_utf8(file_bytes(path, max_bytes=LARGEST_TABLE), path.name))
    reader = csv.reader(io.StringIO(text), delimiter=_delimiter(text), strict=True)
    rows: list[list[str]] = []
    try:
        for cells in reader:
            rows.append([cell.strip() for cell in cells])
            if len(rows) > MOST_ROWS:
                raise RecordError(f"expected at most {MOST_ROWS} rows in {path.name}, found more")
    except csv.Error as error:
        raise RecordError(f"expected a table in {path.name}, row {len(rows) + 1}: {error}") from error
    head = next((number for number, cells in enumerate(rows) if any(cells)), None)
    if head is None:
        raise RecordError(f"expected a table in {path.name}, found nothing")
    columns = _columns(rows[head], path.name)
    return _rows(rows, head + 1, columns)


def _as_utf8(content: bytes, name: str) -> bytes:
    """Give a table as UTF-8.  Raises RecordError where it is in no encoding that can be told for certain."""
    encoding = next((encoding for mark, encoding in _MARKS if content.startswith(mark)), "utf-8")
    try:
        return content.decode(encoding).encode()
    except UnicodeDecodeError as error:
        if encoding == "utf-8":
            russian = sum(len(word) for word in _RUSSIAN_WORD.findall(content))
            if russian >= _MOSTLY * len(_NOT_ASCII.findall(content)):
                return content.decode("cp1251", errors="replace").encode()
        line = error.object[: error.start].count(b"\n") + 1  # of utf-8-sig, without the mark
        raise RecordError(
            f"expected text in UTF-8, UTF-16 or Windows-1251 in {name}, found other bytes in line {line}"
        ) from error


def _rows(rows: Sequence[Sequence[str]], first: int, columns: Sequence[str]) -> Iterator[TableRow]:
    for number, cells in enumerate(rows[first:], start=first + 1):
        if not any(cells):
            continue
        if any(cells[len(columns) :]):
            refused = RecordError(f"expected {len(columns)} cells, found {len(cells)}")
            yield TableRow(number, None, refused)
            continue
        said: dict[str, Any] = dict(zip(columns, cells, strict=False))
        said["substances"] = tuple(_BETWEEN_SUBSTANCES.split(said.get("substances", "")))
        yield TableRow(number, TypedResult(**said))


def _delimiter(text: str) -> str:
    """Find what stands between the cells: the line that names the columns tells."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    return max(";,\t", key=line.count)


def _columns(cells: Sequence[str], name: str) -> tuple[str, ...]:
    columns = tuple(cell.lower() for cell in cells)
    while columns and not columns[-1]:  # spreadsheets write the empty columns beside the table too
        columns = columns[:-1]
    unknown = [one for one in columns if one not in COLUMNS]
    if unknown:
        raise RecordError(f"expected the columns {', '.join(COLUMNS)} in {name}, found {shown(unknown[0])}")
    if len(set(columns)) != len(columns):
        raise RecordError(f"expected each column once in {name}")
    if not set(WAYS) & set(columns) or not {"substances", "finding"} & set(columns):
        raise RecordError(
            f"expected one of the columns {', '.join(WAYS)} in {name}, and substances or finding, "
            f"found {', '.join(columns)}"
        )
    return columns
