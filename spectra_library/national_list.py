"""A national list of controlled substances as a table that an officer fills in with a spreadsheet.

    title;    Precursors of the country, list of 2026
    as_of;    2026-01-15                     or 15.01.2026, 2026-01, 2026
    source;   Decision 7 of 15 January 2026, official gazette
    id;       cas;      name;     schedule;  since;  note
    acetone;  67-64-1;  Acetone;  List II;   2011;   above 10 kg

UTF-8, with or without a byte order mark; semicolons, commas or tabs between the cells; columns in any order.
Each line needs an id of the catalogue, a CAS number or a name.  Lines that begin with "#" are remarks.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from spectra_library.catalogue import is_cas_sound
from spectra_library.errors import CatalogueError, FormatError
from spectra_library.formats.file_content import file_bytes
from spectra_library.formats.plain_text import cleaned, shown
from spectra_library.legal_lists import LegalList
from spectra_library.names import plain_cas

NATIONAL_ID: Final = "national"
HEAD: Final = ("title", "as_of", "source")
COLUMNS: Final = ("id", "cas", "name", "schedule", "since", "note")
LARGEST_LIST: Final = 4_000_000  # bytes; the longest national lists have some thousand lines of 200
MOST_LINES: Final = 20_000
LONGEST_CELL: Final = 300  # characters
_REMARKS: Final = (
    "# Fill in title, as_of (a date such as 2026-01-15) and source. Keep the words in the first column.",
    "# Then one line for each substance: an id of this program, or a CAS number, or a name.",
    "# schedule is the part of the list. since and note may stay empty.",
    "# Format the column cas as text. Save as CSV UTF-8.",
)
_DATE: Final = re.compile(r"(?P<year>\d{4})(-(?P<month>\d\d)(-(?P<day>\d\d))?)?")
_DATE_WITH_DOTS: Final = re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})")


@dataclass(frozen=True, slots=True)
class NationalLine:
    """One substance as the file has it; ``line`` counts from 1, ``cas`` has a right check digit."""

    line: int
    id: str
    cas: str
    name: str
    schedule: str
    since: str
    note: str


@dataclass(frozen=True, slots=True)
class NationalList:
    """A national list: what it is, and who stands on it."""

    legal_list: LegalList
    lines: tuple[NationalLine, ...]


def template() -> bytes:
    """Give an empty list that spreadsheet programs open with the right columns and letters."""
    rows = [*_REMARKS, *(f"{word};" for word in HEAD), ";".join(COLUMNS)]
    return codecs.BOM_UTF8 + "".join(f"{row}\r\n" for row in rows).encode()


def load_national_list(path: Path) -> NationalList:
    """Read the list in ``path``; see the module for its form.

    Raises CatalogueError, with the line, for whatever is missing or is not what it should be.
    """
    return parse_national_list(read_bounded(path, LARGEST_LIST), name=path.name)


def read_bounded(path: Path, largest: int) -> bytes:
    """Read a file of at most ``largest`` bytes.  Raises CatalogueError."""
    try:
        return file_bytes(path, max_bytes=largest)
    except (FormatError, ValueError) as error:  # ValueError: a name that no system can have
        raise CatalogueError(f"{path}: {error}") from error


def parse_national_list(content: bytes, *, name: str) -> NationalList:
    """Read the list from its bytes; ``name`` is for messages.  Raises CatalogueError."""
    rows = _rows(content, name)
    head: dict[str, str] = {}
    columns: tuple[str, ...] = ()
    below = iter(rows)
    for number, cells in below:
        word = cells[0].lower()
        if word in HEAD:
            if word in head or any(cells[2:]):
                raise CatalogueError(
                    f"expected {word} once, with one cell behind it, in {name}, line {number}"
                )
            head[word] = cells[1] if len(cells) > 1 else ""
        else:
            columns = _columns(cells, f"{name}, line {number}")
            break
    lines = tuple(_line(number, cells, columns, name) for number, cells in below)
    if not lines:
        raise CatalogueError(f"expected at least one substance in {name}, found none")
    return NationalList(_legal_list(head, name), lines)


def _rows(content: bytes, name: str) -> list[tuple[int, list[str]]]:
    """Give the lines that say something, cleaned, with their numbers."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CatalogueError(
            f"expected text in UTF-8 in {name} (save as 'CSV UTF-8'), "
            f"found something else at byte {error.start}"
        ) from error
    if text.count("\n") > MOST_LINES:
        raise CatalogueError(f"expected at most {MOST_LINES} lines in {name}, found more")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text, name), strict=True)
    rows = []
    try:
        for cells in reader:
            if any(len(cell) > LONGEST_CELL for cell in cells) and not cells[0].startswith("#"):
                raise CatalogueError(
                    f"expected cells of at most {LONGEST_CELL} characters in {name}, line {reader.line_num}"
                )
            clean = [cleaned(cell, limit=LONGEST_CELL) for cell in cells]
            if any(clean) and not clean[0].startswith("#"):
                rows.append((reader.line_num, clean))
    except csv.Error as error:
        raise CatalogueError(f"expected a table in {name}, line {reader.line_num}: {error}") from error
    return rows


def _delimiter(text: str, name: str) -> str:
    """Find what stands between the cells: the line that names the columns tells."""
    for line in text.splitlines():
        words = re.findall(r"[a-z_]+|[;,\t]", line.lower())
        if "schedule" in words and not line.lstrip('"').startswith("#"):
            return next((word for word in words if word in (";", ",", "\t")), ";")
    raise CatalogueError(f"expected a line with the columns {', '.join(COLUMNS)} in {name}, found none")


def _columns(cells: Sequence[str], where: str) -> tuple[str, ...]:
    columns = tuple(cell.lower() for cell in cells)
    while columns and not columns[-1]:  # spreadsheets write the empty columns beside the table too
        columns = columns[:-1]
    unknown = [one for one in columns if one not in COLUMNS]
    if unknown:
        raise CatalogueError(
            f"expected the columns {', '.join(COLUMNS)} in {where}, found {shown(unknown[0])}"
        )
    if len(set(columns)) != len(columns):
        raise CatalogueError(f"expected each column once in {where}")
    if "schedule" not in columns or not {"id", "cas", "name"} & set(columns):
        raise CatalogueError(f"expected the columns schedule and one of id, cas and name in {where}")
    return columns


def _line(number: int, cells: Sequence[str], columns: Sequence[str], name: str) -> NationalLine:
    where = f"{name}, line {number}"
    if any(cells[len(columns) :]):
        raise CatalogueError(f"expected {len(columns)} cells in {where}, found {len(cells)}")
    cell = dict(zip(columns, cells, strict=False))
    cas = cell.get("cas", "")
    if cas and not is_cas_sound(plain_cas(cas)):
        raise CatalogueError(
            f"expected a CAS number with a right check digit in {where}, found {shown(cas)} "
            "(a spreadsheet may have taken it for a date: format the column as text)"
        )
    line = NationalLine(
        line=number,
        id=cell.get("id", ""),
        cas=plain_cas(cas),
        name=cell.get("name", ""),
        schedule=cell.get("schedule", ""),
        since=cell.get("since", ""),
        note=cell.get("note", ""),
    )
    if not (line.id or line.cas or line.name):
        raise CatalogueError(f"expected an id, a CAS number or a name in {where}, found none")
    return line


def _legal_list(head: dict[str, str], name: str) -> LegalList:
    missing = [word for word in HEAD if not head.get(word)]
    if missing:
        raise CatalogueError(f"expected a line with {missing[0]} and its text in {name}, found none")
    return LegalList(
        id=NATIONAL_ID,
        title=head["title"],
        short=head["title"],
        date=_iso_date(head["as_of"], name),
        as_of=head["as_of"],
        source=head["source"],
    )


def _iso_date(text: str, name: str) -> str:
    found = _DATE.fullmatch(text) or _DATE_WITH_DOTS.fullmatch(text)
    if found is not None:
        year, month, day = (found.group(part) for part in ("year", "month", "day"))
        is_possible = int(year) >= 1900 and 1 <= int(month or 1) <= 12 and 1 <= int(day or 1) <= 31
        if is_possible:
            return "-".join(part.zfill(2) for part in (year, month, day) if part)
    raise CatalogueError(f"expected a date such as 2026-01-15 as as_of in {name}, found {shown(text)}")
