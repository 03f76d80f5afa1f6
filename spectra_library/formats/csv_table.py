"""CSV and other text tables to spectra: columns, rows, or a long table.

    wavenumber,acetone,toluene     name,400,402,404        name,wavenumber,absorbance
    400,0.10,0.20                  acetone,0.1,0.1,0.2     acetone,400,0.1
    402,0.11,0.19                  toluene,0.2,0.2,0.1     acetone,402,0.1

Units come from the words of the header by table; where it has none, from the numbers, with a warning.
A cell that should be a number and is none refuses the file, with its line.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import PurePath
from typing import Final

import numpy as np

from spectra_library.errors import DamagedFileError, FormatError, NotInfraredError, UnsupportedFormatError
from spectra_library.formats.assembling import MAX_POINTS_IN_FILE, Header, assemble
from spectra_library.formats.csv_dialect import Dialect, Row, sniff
from spectra_library.formats.csv_headings import MAX_COLUMNS, Headings, heading_roles
from spectra_library.formats.file_spectrum import FileSpectrum, RefusedBlock
from spectra_library.formats.plain_text import cleaned, shown
from spectra_library.spectrum import FloatArray
from spectra_library.units import AxisUnit, OrdinateUnit

FORMAT: Final = "csv"
_HEAD_ROWS: Final = 60
_MAX_SPECTRA: Final = 20_000
_NO_SPECTRUM: Final = (
    "expected a spectrum (an axis and ordinates, spectra in columns, in rows, or as a long table), "
    "found a table of something else"
)


@dataclass(slots=True)
class _Column:
    """One spectrum while it is collected."""

    title: str
    ordinate: OrdinateUnit
    words: str
    x: array[float]
    y: array[float]


def read_csv(text: str, *, name: str) -> tuple[FileSpectrum | RefusedBlock, ...]:
    """Read every spectrum of a text table; ``name`` of the file is the title where the table has none.

    A spectrum that is refused does not spoil the others.  Raises UnsupportedFormatError when the table
    holds no spectra, DamagedFileError when a cell is no number, NotInfraredError when the header says
    that it is something else.
    """
    dialect = sniff(text)
    rows = dialect.rows(text)
    head = list(islice(rows, _HEAD_ROWS))
    first = _first_data_row(head, dialect)
    headings = heading_roles([cells for _, cells in head[:first]], width=len(head[first][1]))
    if headings.other:
        raise NotInfraredError(f"expected a mid-infrared spectrum, found {headings.other}")
    body = chain(head[first:], rows)
    title = cleaned(PurePath(name).stem)
    if headings.is_long:
        roles = (headings.name_column, headings.axis_column, headings.value_column)
        columns = _long(body, dialect, headings, roles)
    elif _looks_long(head[first:], dialect):
        columns = _long(body, dialect, headings, (0, 1, 2))
    elif _has_axis_in_row(head[first:], dialect, headings):
        columns = _by_row(body, dialect, headings, title)
    else:
        columns = _by_column(body, dialect, headings, title)
    return tuple(_assembled(column, number, headings) for number, column in enumerate(columns))


def _first_data_row(head: list[Row], dialect: Dialect) -> int:
    for index, (_, cells) in enumerate(head):
        numbers = [dialect.number(cell) for cell in cells]
        known = sum(number is not None and not math.isnan(number) for number in numbers)
        if known >= 2 and not (
            index + 1 < len(head) and _heads_numbered_columns(cells, head[index + 1], dialect)
        ):
            return index
    raise UnsupportedFormatError(_NO_SPECTRUM)


def _heads_numbered_columns(cells: list[str], following: Row, dialect: Dialect) -> bool:
    """Tell whether this row is a header whose spectra are called 1, 2, 3, above columns of numbers."""
    if dialect.number(cells[0]) is not None or not heading_roles([cells], width=len(cells)).names_axis:
        return False
    first = dialect.number(following[1][0])
    # Below "wavenumber" stands a wavenumber; below "name" or in a table of rows stands a name.
    return first is not None and first > 100


def _looks_long(body: list[Row], dialect: Dialect) -> bool:
    """Tell whether rows without a header read: name, wavenumber, value."""
    names = [cells[0] for _, cells in body]
    shape = all(
        len(cells) == 3 and [dialect.number(cell) is None for cell in cells] == [True, False, False]
        for _, cells in body
    )
    return shape and len(names) > 2 and len(set(names)) <= len(names) / 2


def _has_axis_in_row(body: list[Row], dialect: Dialect, headings: Headings) -> bool:
    """Tell whether the first row is the axis and each further row one spectrum."""
    if headings.names_axis or len(body) < 2:
        return False
    first = [dialect.number(cell) for cell in body[0][1]]
    leading = _leading_texts(first)
    axis = first[leading:]
    if len(axis) < 3 or not all(number and number > 0 for number in axis) or not _is_monotonic(axis):
        return False
    following = [dialect.number(cell) for cell in body[1][1]]
    if leading:
        return all(number is not None for number in following[leading:])
    column = [dialect.number(cells[0]) for _, cells in body]
    return len(axis) >= 10 and not _is_monotonic(column)


def _leading_texts(numbers: list[float | None]) -> int:
    count = 0
    while count < len(numbers) and (numbers[count] is None or math.isnan(numbers[count] or 0.0)):
        count += 1
    return count


def _is_monotonic(numbers: Iterable[float | None]) -> bool:
    known = [number for number in numbers if number is not None and not math.isnan(number)]
    steps = np.diff(np.array(known))
    return len(known) >= 2 and bool((steps > 0).all() or (steps < 0).all())


def _by_column(body: Iterator[Row], dialect: Dialect, headings: Headings, title: str) -> list[_Column]:
    at = headings.axis_column
    columns: list[_Column] = []
    x = array("d")
    width = 0
    for line, cells in body:
        if not columns:
            width = len(cells)
            # A delimiter at the end of every line makes an empty last cell.
            if width > MAX_COLUMNS:
                raise DamagedFileError(f"line {line}: expected at most {MAX_COLUMNS} columns, found {width}")
            used = [index for index in range(at + 1, width) if index < width - 1 or cells[index].strip()]
            if dialect.number(cells[at]) is None or any(
                dialect.number(cells[index]) is None for index in used
            ):
                raise UnsupportedFormatError(_NO_SPECTRUM)
            columns = [
                _column(headings, index, title if len(used) == 1 else f"{title} #{index - at}")
                for index in used
            ]
            if not columns:
                raise UnsupportedFormatError(_NO_SPECTRUM)
        if len(cells) != width:
            raise DamagedFileError(
                f"line {line}: expected {width} cells, found {len(cells)}: {shown(cells[0])} ..."
            )
        if (len(x) + 1) * len(columns) > MAX_POINTS_IN_FILE:
            raise DamagedFileError(f"line {line}: expected at most {MAX_POINTS_IN_FILE} points, found more")
        x.append(_axis_number(dialect, cells[at], line))
        for offset, column in enumerate(columns, at + 1):
            column.y.append(dialect.required(cells[offset], line))
    if not headings.names_axis and not _is_monotonic(x):
        raise UnsupportedFormatError(_NO_SPECTRUM)
    for column in columns:
        column.x = x
    return columns


def _by_row(body: Iterator[Row], dialect: Dialect, headings: Headings, title: str) -> list[_Column]:
    line, cells = next(body)
    leading = _leading_texts([dialect.number(cell) for cell in cells])
    width = len(cells)
    x = array("d", (_axis_number(dialect, cell, line) for cell in cells[leading:]))
    columns: list[_Column] = []
    for line, cells in body:
        if len(cells) != width:
            raise DamagedFileError(
                f"line {line}: expected {width} cells, found {len(cells)}: {shown(cells[0])} ..."
            )
        if len(columns) >= _MAX_SPECTRA or (len(columns) + 1) * len(x) > MAX_POINTS_IN_FILE:
            raise DamagedFileError(f"line {line}: expected at most {MAX_POINTS_IN_FILE} points, found more")
        named = cleaned(" ".join(cells[:leading])) or f"{title} #{len(columns) + 1}"
        y = array("d", (dialect.required(cell, line) for cell in cells[leading:]))
        columns.append(_Column(named, headings.ordinate, headings.ordinate_words, x, y))
    return columns


def _long(
    body: Iterator[Row], dialect: Dialect, headings: Headings, roles: tuple[int, int, int]
) -> list[_Column]:
    name_at, x_at, y_at = roles
    columns: dict[str, _Column] = {}
    width = max(name_at, x_at, y_at) + 1
    for count, (line, cells) in enumerate(body, 1):
        if len(cells) < width:
            raise DamagedFileError(
                f"line {line}: expected {width} cells, found {len(cells)}: {shown(cells[0])} ..."
            )
        if count > MAX_POINTS_IN_FILE:
            raise DamagedFileError(f"line {line}: expected at most {MAX_POINTS_IN_FILE} points, found more")
        if count == 1 and None in (dialect.number(cells[x_at]), dialect.number(cells[y_at])):
            raise UnsupportedFormatError(_NO_SPECTRUM)
        column = columns.get(cells[name_at])
        if column is None:
            if len(columns) >= _MAX_SPECTRA:
                raise DamagedFileError(f"line {line}: expected at most {_MAX_SPECTRA} spectra, found more")
            column = _Column(
                cleaned(cells[name_at]), headings.ordinate, headings.ordinate_words, array("d"), array("d")
            )
            columns[cells[name_at]] = column
        column.x.append(_axis_number(dialect, cells[x_at], line))
        column.y.append(dialect.required(cells[y_at], line))
    return list(columns.values())


def _axis_number(dialect: Dialect, cell: str, line: int) -> float:
    value = dialect.required(cell, line)
    if math.isnan(value):
        raise DamagedFileError(f"line {line}: expected a wavenumber, found {shown(cell)}")
    return value


def _column(headings: Headings, index: int, title: str) -> _Column:
    heading = headings.columns.get(index)
    if heading is None:
        return _Column(title, headings.ordinate, headings.ordinate_words, array("d"), array("d"))
    return _Column(heading.title or title, heading.ordinate, heading.words, array("d"), array("d"))


def _assembled(column: _Column, number: int, headings: Headings) -> FileSpectrum | RefusedBlock:
    try:
        x = np.array(column.x, dtype=np.float64)
        axis, warnings = _axis_unit(x, headings)
        header = Header(
            block=number,
            format=FORMAT,
            title=column.title,
            x_units=headings.axis_words,
            y_units=column.words,
            warnings=warnings,
        )
        y = np.array(column.y, dtype=np.float64)
        return assemble(header, x, y, axis=axis, ordinate=column.ordinate, holes_are_gaps=True)
    except FormatError as error:
        return RefusedBlock(block=number, error=error, title=column.title)


def _axis_unit(x: FloatArray, headings: Headings) -> tuple[AxisUnit, tuple[str, ...]]:
    """Return the unit that the header names, else the only one that the numbers can be in."""
    if headings.axis_unit is not None:
        return headings.axis_unit, ()
    low, high = float(x.min()), float(x.max())
    if low >= 1.5 and high <= 50:
        return AxisUnit.MICROMETRE, ("the axis is not named: read as micrometres by its range",)
    if low >= 50 and high <= 12_500 and high - low >= 10:
        return AxisUnit.WAVENUMBER, ("the axis is not named: read as wavenumbers in cm-1 by its range",)
    raise UnsupportedFormatError(
        f"expected an axis in cm-1 or micrometres, found numbers from {low:g} to {high:g}"
    )
