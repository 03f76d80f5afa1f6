"""Rows of cells to spectra: in columns, in rows, or as a long table.

    wavenumber,acetone,toluene     name,400,402,404        name,wavenumber,absorbance
    400,0.10,0.20                  acetone,0.1,0.1,0.2     acetone,400,0.1
    402,0.11,0.19                  toluene,0.2,0.2,0.1     acetone,402,0.1

Units come from the words of the header by table; where it has none, from the numbers, with a warning.
A cell that should be a number and is none refuses the table, with its place.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final

import numpy as np

from spectra_library.errors import DamagedFileError, FormatError, NotInfraredError, UnsupportedFormatError
from spectra_library.formats.assembling import MAX_POINTS_IN_FILE, Header, assemble
from spectra_library.formats.cell_columns import curves_in_columns
from spectra_library.formats.cell_curves import (
    MAX_SPECTRA,
    Curve,
    curve_of,
    refuse_other_width,
    refuse_too_many,
    required,
    required_wavenumber,
)
from spectra_library.formats.cell_rows import (
    NO_SPECTRUM,
    Cell,
    Cells,
    Row,
    first_data_row,
    has_axis_in_row,
    leading_texts,
    looks_long,
    texts,
)
from spectra_library.formats.csv_headings import AxisHeading, Headings, heading_roles
from spectra_library.formats.file_spectrum import FileSpectrum, RefusedBlock
from spectra_library.formats.plain_text import cleaned, shown
from spectra_library.spectrum import FloatArray
from spectra_library.units import AxisUnit

_HEAD_ROWS: Final = 60


@dataclass(frozen=True, slots=True)
class TableHead:
    """The beginning of a table: the rows above the numbers, and the first rows of numbers."""

    above: tuple[Row, ...]
    numbers: tuple[Row, ...]


def head_of(rows: Iterator[Row], cells: Cells) -> TableHead:
    """Take the head off ``rows``.

    Raises UnsupportedFormatError when there are no numbers in it, DamagedFileError when a row above the
    first one of numbers is a point whose ordinate is no number: it would be taken for a line of the header.
    """
    head = list(islice(rows, _HEAD_ROWS))
    first = first_data_row(head, cells)
    first = _first_point(head, first, cells)
    return TableHead(tuple(head[:first]), tuple(head[first:]))


def _first_point(head: list[Row], first: int, cells: Cells) -> int:
    """Return the index of the first row that has a number on the axis: its ordinate may be missing."""
    width = len(head[first][1])
    above = [texts(row) for _, row in head[:first]]
    headings = heading_roles(above, width=width)
    column = headings.axes[0].column
    if not headings.names_axis and looks_long(head[first:], cells):
        column = 1
    start = first
    while start:
        values = head[start - 1][1]
        if len(values) != width or width < 2:
            break
        x = cells.number(values[column])
        if x is None or math.isnan(x):
            break
        start -= 1
    for row, values in head[start:first]:
        for at in range(column + 1, width):  # names and numbers of rows stand before an axis
            required(cells, values[at], row, at)
    return start


def read_table(
    head: TableHead, rest: Iterable[Row], cells: Cells, *, title: str, file_format: str, block: int = 0
) -> tuple[FileSpectrum | RefusedBlock, ...]:
    """Read every spectrum of a table; ``title`` serves where it has none, ``block`` numbers the first.

    A spectrum that is refused does not spoil the others.  Raises UnsupportedFormatError when the table
    holds no spectra, DamagedFileError when a cell is no number, NotInfraredError when the header says
    that it is something else.
    """
    headings = heading_roles([texts(row) for _, row in head.above], width=len(head.numbers[0][1]))
    if headings.other:
        raise NotInfraredError(f"expected a mid-infrared spectrum, found {headings.other}")
    first = list(head.numbers)
    body = chain(first, rest)
    if headings.is_long and not _names_every_row(head.numbers, headings.name_column):
        roles = (headings.name_column, headings.axes[0].column, headings.value_column)
        curves = _long(body, cells, headings, roles)
    elif looks_long(first, cells):
        curves = _long(body, cells, headings, (0, 1, 2))
    elif not headings.names_axis and has_axis_in_row(first, cells):
        curves = _by_row(body, cells, headings, title)
    else:
        curves = curves_in_columns(body, first, cells, headings, title)
    _refuse_foreign_axes(headings, 1 if looks_long(first, cells) else None)
    return tuple(_assembled(curve, number, file_format) for number, curve in enumerate(curves, block))


def _refuse_foreign_axes(headings: Headings, column: int | None) -> None:
    """Refuse an axis that the header names as something else; ``column`` where no header says where it is."""
    columns = [axis.column for axis in headings.axes]
    if not headings.names_axis and column is not None:
        columns = [column]
    for at in columns:
        if at in headings.foreign_axes:
            found = shown(headings.foreign_axes[at])
            raise UnsupportedFormatError(
                f"expected an axis in cm-1, micrometres or nanometres, found {found}"
            )


def _names_every_row(rows: tuple[Row, ...], column: int) -> bool:
    """Tell whether each row has a name of its own: then it numbers points, and names no spectra."""
    names = [row[column] for _, row in rows if column < len(row)]
    return len(names) > 2 and len(set(names)) == len(names)


def _by_row(body: Iterator[Row], cells: Cells, headings: Headings, title: str) -> list[Curve]:
    row, values = next(body)
    leading = leading_texts([cells.number(cell) for cell in values])
    width = len(values)
    x = array(
        "d",
        (
            required_wavenumber(cells, cell, row, column)
            for column, cell in enumerate(values[leading:], leading)
        ),
    )
    curves: list[Curve] = []
    for row, values in body:
        refuse_other_width(cells, row, len(values), width=width, first=values[0])
        refuse_too_many(cells, row, (len(curves) + 1) * len(x))
        if len(curves) >= MAX_SPECTRA:
            raise DamagedFileError(f"{cells.place(row)}: expected at most {MAX_SPECTRA} spectra, found more")
        named = cleaned(" ".join(texts(values[:leading]))) or f"{title} #{len(curves) + 1}"
        curve = curve_of(headings, named, axis=headings.axes[0])
        curve.x = x
        curve.y.extend(
            required(cells, cell, row, column) for column, cell in enumerate(values[leading:], leading)
        )
        curves.append(curve)
    return curves


def _long(body: Iterator[Row], cells: Cells, headings: Headings, roles: tuple[int, int, int]) -> list[Curve]:
    name_at, x_at, y_at = roles
    width = max(roles) + 1
    curves: dict[Cell, Curve] = {}
    for count, (row, values) in enumerate(body, 1):
        if len(values) < width:
            refuse_other_width(cells, row, len(values), width=width, first=values[0])
        if count > MAX_POINTS_IN_FILE:
            refuse_too_many(cells, row, count)
        if count == 1 and None in (cells.number(values[x_at]), cells.number(values[y_at])):
            raise UnsupportedFormatError(NO_SPECTRUM)
        name = values[name_at]
        curve = curves.get(name)
        if curve is None:
            if len(curves) >= MAX_SPECTRA:
                raise DamagedFileError(
                    f"{cells.place(row)}: expected at most {MAX_SPECTRA} spectra, found more"
                )
            curve = curve_of(headings, cleaned(texts([name])[0]), axis=headings.axes[0])
            curves[name] = curve
        curve.x.append(required_wavenumber(cells, values[x_at], row, x_at))
        curve.y.append(required(cells, values[y_at], row, y_at))
    return list(curves.values())


def _assembled(curve: Curve, number: int, file_format: str) -> FileSpectrum | RefusedBlock:
    try:
        x = np.array(curve.x, dtype=np.float64)
        unit, warnings = _axis_unit(x, curve.axis)
        header = Header(
            block=number,
            format=file_format,
            title=curve.title,
            x_units=curve.axis.words,
            y_units=curve.words,
            warnings=warnings,
        )
        y = np.array(curve.y, dtype=np.float64)
        return assemble(header, x, y, axis=unit, ordinate=curve.ordinate, holes_are_gaps=True)
    except FormatError as error:
        return RefusedBlock(block=number, error=error, title=curve.title)


def _axis_unit(x: FloatArray, axis: AxisHeading) -> tuple[AxisUnit, tuple[str, ...]]:
    """Return the unit that the header names, else the only one that the numbers can be in."""
    if axis.unit is not None:
        return axis.unit, ()
    low, high = float(x.min()), float(x.max())
    if low >= 1.5 and high <= 50:
        return AxisUnit.MICROMETRE, ("the axis is not named: read as micrometres by its range",)
    # A wavelength of 400 to 4000 is in nanometres as likely as it is a wavenumber by a wrong name.
    if low >= 50 and high <= 12_500 and high - low >= 10 and not axis.is_wavelength:
        return AxisUnit.WAVENUMBER, ("the axis is not named: read as wavenumbers in cm-1 by its range",)
    raise UnsupportedFormatError(
        f"expected an axis in cm-1 or micrometres, found numbers from {low:g} to {high:g}"
        + (" of a wavelength without a unit" if axis.is_wavelength else "")
    )
