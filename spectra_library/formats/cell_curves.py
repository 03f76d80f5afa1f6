"""One spectrum of a table while it is collected, number by number."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass, field
from typing import Final

from spectra_library.errors import DamagedFileError
from spectra_library.formats.assembling import MAX_POINTS_IN_FILE
from spectra_library.formats.cell_rows import Cell, Cells
from spectra_library.formats.csv_headings import AxisHeading, Headings
from spectra_library.formats.plain_text import shown
from spectra_library.units import OrdinateUnit

MAX_SPECTRA: Final = 20_000


def _numbers() -> array[float]:
    return array("d")


@dataclass(slots=True)
class Curve:
    """``x`` and ``y`` have one length at the end; curves of one axis share one ``x``."""

    title: str
    axis: AxisHeading
    ordinate: OrdinateUnit
    words: str
    x: array[float] = field(default_factory=_numbers)
    y: array[float] = field(default_factory=_numbers)


def curve_of(headings: Headings, title: str, *, axis: AxisHeading, column: int | None = None) -> Curve:
    """Begin the curve of a column, or of a row or name when ``column`` is None."""
    heading = None if column is None else headings.columns.get(column)
    if heading is None:
        return Curve(title, axis, headings.ordinate, headings.ordinate_words)
    return Curve(heading.title or title, axis, heading.ordinate, heading.words)


def required(cells: Cells, cell: Cell, row: int, column: int) -> float:
    """Return the number in ``cell``, NaN for a missing one.

    Raises DamagedFileError with the place when it is text.
    """
    value = cells.number(cell)
    if value is None:
        raise DamagedFileError(f"{cells.place(row, column)}: expected a number, found {shown(str(cell))}")
    return value


def required_wavenumber(cells: Cells, cell: Cell, row: int, column: int) -> float:
    """Return the number in a cell of the axis.

    Raises DamagedFileError with the place when there is none.
    """
    value = required(cells, cell, row, column)
    if math.isnan(value):
        raise DamagedFileError(f"{cells.place(row, column)}: expected a wavenumber, found {shown(str(cell))}")
    return value


def refuse_other_width(cells: Cells, row: int, found: int, *, width: int, first: Cell) -> None:
    """Raise DamagedFileError when a row has not ``width`` cells."""
    if found != width:
        raise DamagedFileError(
            f"{cells.place(row)}: expected {width} cells, found {found}: {shown(str(first))} ..."
        )


def refuse_too_many(cells: Cells, row: int, points: int) -> None:
    """Raise DamagedFileError when a table has more points than a file may have."""
    if points > MAX_POINTS_IN_FILE:
        raise DamagedFileError(
            f"{cells.place(row)}: expected at most {MAX_POINTS_IN_FILE} points, found more"
        )
