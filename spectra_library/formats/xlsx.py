"""Excel workbooks (xlsx) to spectra: each sheet a table, in any layout that ``cell_table`` knows.

    zip -> parts with tables -> XML without document types, cells in order -> openpyxl -> rows of cells

Numbers are taken as they are stored, never as they are shown.  Formulas count by the value beside them;
dates, truth values and formulas without a value are refused with sheet and cell.  Hidden sheets are left out.
"""

from __future__ import annotations

import math
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final

from spectra_library.errors import DamagedFileError, FormatError, UnsupportedFormatError
from spectra_library.formats.cell_rows import Cell, Row
from spectra_library.formats.cell_table import head_of, read_table
from spectra_library.formats.csv_dialect import MISSING, NUMBER, with_plain_minus
from spectra_library.formats.file_spectrum import FileSpectrum, RefusedBlock
from spectra_library.formats.plain_text import cleaned, shown
from spectra_library.formats.xlsx_parts import WORKBOOK, repacked, sheet_parts, workbook_parts
from spectra_library.formats.xlsx_sheets import (
    SheetShape,
    checked_sheet,
    column_letters,
    refuse_entities,
    visible_sheets,
)

FORMAT: Final = "xlsx"
MAX_SHEETS: Final = 50
_MAX_TEXT: Final = 400  # characters of a cell that are looked at
# What openpyxl raises on a workbook that is not in order: it checks little by itself.
_TROUBLE: Final = (
    *(ValueError, TypeError, KeyError, IndexError, AttributeError, SyntaxError, ArithmeticError),
    *(zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, AssertionError),
)


@dataclass(frozen=True, slots=True)
class _SheetCells:
    """How the cells of one sheet are read; ``first_column`` of its table counts from 1."""

    sheet: str
    first_column: int

    def number(self, cell: Cell) -> float | None:
        """Return the number in ``cell``, NaN for a missing one, None when it is text.

        A number that was typed as text counts when it has no comma: that can mean two things.
        """
        if isinstance(cell, float):
            return cell
        text = with_plain_minus(cell.strip())
        if NUMBER.fullmatch(text) is None:
            return math.nan if text.lower() in MISSING else None
        value = float(text)
        return value if math.isfinite(value) else None

    def place(self, row: int, column: int | None = None) -> str:
        """Name a row of the sheet, or a cell."""
        if column is None:
            return f"sheet {self.sheet}, row {row}"
        return f"sheet {self.sheet}, cell {column_letters(self.first_column + column)}{row}"


def is_xlsx(content: bytes) -> bool:
    """Tell whether a file is a zip that names the main part of a workbook."""
    return content.startswith(b"PK\x03\x04") and b"xl/workbook.xml" in content


def read_xlsx(content: bytes, *, name: str) -> tuple[FileSpectrum | RefusedBlock, ...]:
    """Read the tables of all visible sheets; ``name`` of the file and that of the sheet are the titles.

    A sheet that cannot be used is a RefusedBlock.  Raises UnsupportedFormatError when no sheet holds
    anything, DamagedFileError when the workbook is broken or larger than one of spectra can be.
    """
    parts = workbook_parts(content)
    names = sheet_parts(parts)
    if len(names) > MAX_SHEETS:
        raise DamagedFileError(f"expected at most {MAX_SHEETS} sheets, found {len(names)}")
    for part_name in parts.keys() - set(names):
        refuse_entities(parts[part_name], part_name)
    shapes = {part_name: checked_sheet(parts[part_name], part_name) for part_name in names}
    try:
        found = _tables(parts, shapes, cleaned(PurePath(name).stem))
    except _TROUBLE as error:
        raise DamagedFileError(
            f"expected a sound workbook, found: {shown(f'{type(error).__name__}: {error}')}"
        ) from error
    if not found:
        raise UnsupportedFormatError("expected a spectrum, found a workbook without a table")
    return tuple(found)


def _tables(
    parts: dict[str, bytes], shapes: dict[str, SheetShape], stem: str
) -> list[FileSpectrum | RefusedBlock]:
    """Read sheet after sheet; what openpyxl makes of a broken one comes out as it is."""
    # Imported late: openpyxl costs 150 ms, and most files are no workbooks.
    from openpyxl import load_workbook

    names = visible_sheets(parts[WORKBOOK], WORKBOOK)
    found: list[FileSpectrum | RefusedBlock] = []
    with warnings.catch_warnings(), repacked(parts) as stream:
        warnings.simplefilter("ignore")  # about styles and extensions, which are not used
        book = load_workbook(stream, read_only=True, data_only=True, keep_links=False, keep_vba=False)
        sheets: dict[str, Any] = {sheet.title: sheet for sheet in book.worksheets}
        for name in names:
            title = stem if len(names) == 1 else f"{stem} {cleaned(name, limit=60)}"
            found += _sheet(sheets.get(name), shapes, title, block=len(found))
        book.close()
    return found


def _sheet(
    sheet: Any, shapes: dict[str, SheetShape], title: str, *, block: int
) -> tuple[FileSpectrum | RefusedBlock, ...]:
    try:
        shape = shapes.get(sheet._worksheet_path) if sheet is not None else None
        if shape is None:
            raise UnsupportedFormatError(
                "expected a sheet with a table, found a chart or another kind of sheet"
            )
        name = cleaned(sheet.title, limit=40)
        if shape.refused is not None:
            raise DamagedFileError(f"sheet {name}, {shape.refused}") from shape.refused
        if not shape.last_column:
            return ()
        cells = _SheetCells(name, shape.first_column)
        rows = _rows(sheet, cells, shape.last_column)
        head = head_of(rows, cells)
        return read_table(head, rows, cells, title=title, file_format=FORMAT, block=block)
    except FormatError as error:
        return (RefusedBlock(block=block, error=error, title=title),)


def _rows(sheet: Any, cells: _SheetCells, last_column: int) -> Iterator[Row]:
    """Yield the rows of a sheet that hold anything, each as wide as the table."""
    # The size that a sheet claims may cut off rows, or fill memory with empty ones.
    sheet.reset_dimensions()
    rows = sheet.iter_rows(min_col=cells.first_column, max_col=last_column, values_only=True)
    for number, values in enumerate(rows, 1):
        if any(value is not None for value in values):
            yield number, [_cell(value, cells, number, column) for column, value in enumerate(values)]


def _cell(value: object, cells: _SheetCells, row: int, column: int) -> Cell:
    if value is None:
        return ""
    if isinstance(value, str):
        return value[:_MAX_TEXT]
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = float(value)
        if math.isfinite(number):
            return number
    kind = "a truth value" if isinstance(value, bool) else f"another kind: {type(value).__name__}"
    raise DamagedFileError(f"{cells.place(row, column)}: expected a number or a text, found {kind}")
