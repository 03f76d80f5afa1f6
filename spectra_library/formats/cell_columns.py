"""Columns of a table to curves: one axis for all, or an axis before each spectrum.

    axis | spectrum | spectrum ...        axis | spectrum | axis | spectrum ...

What stands in a column is read or the table is refused: only columns without a heading and without a single
value, and columns that count the rows, are left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from spectra_library.errors import DamagedFileError, UnsupportedFormatError
from spectra_library.formats.assembling import MAX_POINTS_IN_FILE
from spectra_library.formats.cell_curves import (
    Curve,
    curve_of,
    refuse_other_width,
    refuse_too_many,
    required,
    required_wavenumber,
)
from spectra_library.formats.cell_rows import (
    NO_SPECTRUM,
    Cells,
    Row,
    is_blank,
    is_counting,
    is_monotonic,
    is_second_axis,
)
from spectra_library.formats.csv_headings import MAX_COLUMNS, AxisHeading, Headings


@dataclass(slots=True)
class _Group:
    """An axis and the columns that belong to it."""

    axis: AxisHeading
    curves: dict[int, Curve] = field(default_factory=dict)

    @property
    def points(self) -> int:
        return len(next(iter(self.curves.values())).x)


def curves_in_columns(
    body: Iterable[Row], head: Sequence[Row], cells: Cells, headings: Headings, title: str
) -> list[Curve]:
    """Read a table whose columns are spectra; ``head`` is the beginning of ``body``.

    Raises UnsupportedFormatError when it holds no spectra, DamagedFileError when a row does not fit.
    """
    width = len(head[0][1])
    if width > MAX_COLUMNS:
        place = cells.place(head[0][0])
        raise DamagedFileError(f"{place}: expected at most {MAX_COLUMNS} columns, found {width}")
    unused = _unused_columns(head, headings, width)
    groups = _groups(headings, [column for column in range(width) if column not in unused])
    _refuse_other_tables(head[0], cells, groups)
    points = 0
    for row, values in body:
        if len(values) != width:
            refuse_other_width(cells, row, len(values), width=width, first=values[0])
        for column in unused:
            if not is_blank(values[column]):
                raise DamagedFileError(
                    f"{cells.place(row, column)}: expected an empty cell in a column without a heading, "
                    "found something"
                )
        for group in groups:
            points += _add(group, row, values, cells, is_only=len(groups) == 1)
        if points > MAX_POINTS_IN_FILE:
            refuse_too_many(cells, row, points)
    if not headings.names_axis and not is_monotonic(groups[0].curves[min(groups[0].curves)].x):
        raise UnsupportedFormatError(NO_SPECTRUM)
    curves = {
        column: curve
        for group in groups
        for column, curve in group.curves.items()
        if not (column < headings.axes[0].column and is_counting(curve.y))
    }
    if not curves:
        raise UnsupportedFormatError(NO_SPECTRUM)
    _refuse_second_axes(curves, headings)
    found = [curves[column] for column in sorted(curves)]
    for number, curve in enumerate(found, 1):
        curve.title = curve.title or (title if len(found) == 1 else f"{title} #{number}")
    return found


def _unused_columns(head: Sequence[Row], headings: Headings, width: int) -> tuple[int, ...]:
    """Return the columns with neither a heading nor a value, as delimiters at the ends of lines make them."""
    axes = {axis.column for axis in headings.axes}
    return tuple(
        column
        for column in range(width)
        if column not in axes
        and column not in headings.columns
        and all(column >= len(values) or is_blank(values[column]) for _, values in head)
    )


def _groups(headings: Headings, columns: list[int]) -> list[_Group]:
    """Give each column the axis that stands before it, or the first one; several in a row are one axis."""
    axis_columns = [axis.column for axis in headings.axes]
    spectra = [column for column in columns if column not in axis_columns]
    groups: list[_Group] = []
    for axis in headings.axes:
        if groups and not any(groups[-1].axis.column < column < axis.column for column in spectra):
            # "cm-1, um, A": the same axis twice, and the first one with a unit is as good as the other.
            if groups[-1].axis.unit is None and axis.unit is not None:
                groups[-1].axis = axis
            continue
        groups.append(_Group(axis))
    for column in spectra:
        group = next((one for one in reversed(groups) if one.axis.column < column), groups[0])
        curve = curve_of(headings, "", axis=group.axis, column=column)
        if group.curves:
            curve.x = next(iter(group.curves.values())).x
        group.curves[column] = curve
    groups = [group for group in groups if group.curves]
    if not groups:
        raise UnsupportedFormatError(NO_SPECTRUM)
    return groups


def _refuse_other_tables(first: Row, cells: Cells, groups: list[_Group]) -> None:
    for group in groups:
        for column in (group.axis.column, *group.curves):
            if cells.number(first[1][column]) is None:
                raise UnsupportedFormatError(NO_SPECTRUM)


def _add(group: _Group, row: int, values: Sequence[str | float], cells: Cells, *, is_only: bool) -> int:
    """Add a row to the curves of one axis; return how many points that made."""
    at = group.axis.column
    if not is_only and is_blank(values[at]) and all(is_blank(values[column]) for column in group.curves):
        return 0  # a shorter spectrum beside a longer one
    x = required_wavenumber(cells, values[at], row, at)
    next(iter(group.curves.values())).x.append(x)  # one array for all of them
    for column, curve in group.curves.items():
        value = cells.number(values[column])
        curve.y.append(required(cells, values[column], row, column) if value is None else value)
    return len(group.curves)


def _refuse_second_axes(curves: dict[int, Curve], headings: Headings) -> None:
    for column, curve in curves.items():
        if is_second_axis(curve.y):
            known = [value for value in curve.y if not math.isnan(value)]
            raise DamagedFileError(
                f"expected one axis, in column {headings.axes[0].column + 1}, found another one in column "
                f"{column + 1}: {known[0]:g} to {known[-1]:g}; name the axes in a header"
            )
