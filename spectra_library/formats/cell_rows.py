"""Rows of cells, whatever they were written in, and what can be told of them before a header is believed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final, Protocol

import numpy as np
from numpy.typing import ArrayLike

from spectra_library.errors import UnsupportedFormatError
from spectra_library.formats.csv_headings import heading_roles
from spectra_library.spectrum import FloatArray

Cell = str | float  # text as it stands in the file, or a number that never was text
Row = tuple[int, Sequence[Cell]]  # number of the line or row in the file, cells

NO_SPECTRUM: Final = (
    "expected a spectrum (an axis and ordinates, spectra in columns, in rows, or as a long table), "
    "found a table of something else"
)
# An axis among the ordinates: no transmittance in percent spans this much, and no curve of ten points or
# more only rises or only falls over it.
_AXIS_SPAN: Final = 200.0
_AXIS_POINTS: Final = 10


class Cells(Protocol):
    """How the cells of one table are read, and how their places are called."""

    def number(self, cell: Cell) -> float | None:
        """Return the number in ``cell``, NaN for a missing one, None when it is text."""
        ...

    def place(self, row: int, column: int | None = None) -> str:
        """Name a row, or a cell of it, for an error message."""
        ...


def texts(cells: Sequence[Cell]) -> list[str]:
    """Return the cells of a header as text."""
    return [cell if isinstance(cell, str) else f"{cell:.10g}" for cell in cells]


def is_blank(cell: Cell) -> bool:
    """Tell whether there is nothing in a cell."""
    return isinstance(cell, str) and not cell.strip()


def first_data_row(head: list[Row], cells: Cells) -> int:
    """Return the index of the first row of numbers.

    Raises UnsupportedFormatError when there is none.
    """
    for index, (_, row) in enumerate(head):
        numbers = [cells.number(cell) for cell in row]
        known = sum(number is not None and not math.isnan(number) for number in numbers)
        if known >= 2 and not (
            index + 1 < len(head) and _heads_numbered_columns(row, head[index + 1], cells)
        ):
            return index
    raise UnsupportedFormatError(NO_SPECTRUM)


def _heads_numbered_columns(row: Sequence[Cell], following: Row, cells: Cells) -> bool:
    """Tell whether this row is a header whose spectra are called 1, 2, 3, above columns of numbers."""
    if cells.number(row[0]) is not None or not heading_roles([texts(row)], width=len(row)).names_axis:
        return False
    first = cells.number(following[1][0])
    # Below "wavenumber" stands a wavenumber; below "name" or in a table of rows stands a name.
    return first is not None and first > 100


def looks_long(body: Sequence[Row], cells: Cells) -> bool:
    """Tell whether rows without a header read: name, wavenumber, value."""
    names = [row[0] for _, row in body]
    shape = all(
        len(row) == 3 and [cells.number(cell) is None for cell in row] == [True, False, False]
        for _, row in body
    )
    return shape and len(names) > 2 and len(set(names)) <= len(names) / 2


def has_axis_in_row(body: list[Row], cells: Cells) -> bool:
    """Tell whether the first row is the axis and each further row one spectrum."""
    if len(body) < 2:
        return False
    first = [cells.number(cell) for cell in body[0][1]]
    leading = leading_texts(first)
    axis = first[leading:]
    if len(axis) < 3 or not all(number and number > 0 for number in axis) or not is_monotonic(axis):
        return False
    following = [cells.number(cell) for cell in body[1][1]]
    if leading:
        return all(number is not None for number in following[leading:])
    column = [cells.number(row[0]) for _, row in body]
    return len(axis) >= 10 and not is_monotonic(column)


def leading_texts(numbers: list[float | None]) -> int:
    """Count the cells before the first number."""
    count = 0
    while count < len(numbers) and (numbers[count] is None or math.isnan(numbers[count] or 0.0)):
        count += 1
    return count


def is_monotonic(numbers: Iterable[float | None]) -> bool:
    """Tell whether the known numbers, at least two, only rise or only fall."""
    known = [number for number in numbers if number is not None and not math.isnan(number)]
    return _only_rises_or_falls(np.array(known))


def is_second_axis(values: ArrayLike) -> bool:
    """Tell whether a column of ordinates can only be another axis."""
    numbers = np.asarray(values, dtype=np.float64)
    known = numbers[~np.isnan(numbers)]
    if known.size < _AXIS_POINTS or known.min() < 1 or known.max() - known.min() < _AXIS_SPAN:
        return False
    return _only_rises_or_falls(known)


def _only_rises_or_falls(known: FloatArray) -> bool:
    steps = np.diff(known)
    return known.size >= 2 and bool((steps > 0).all() or (steps < 0).all())


def is_counting(values: ArrayLike) -> bool:
    """Tell whether a column numbers the rows: 0, 1, 2 or 1, 2, 3."""
    numbers = np.asarray(values, dtype=np.float64)
    return numbers.size >= 2 and numbers[0] in (0, 1) and bool((np.diff(numbers) == 1).all())
