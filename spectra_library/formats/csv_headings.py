"""What the header of a text table says: which column is the axis, what the others hold."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from spectra_library.formats.plain_text import cleaned
from spectra_library.units import AxisUnit, OrdinateUnit, axis_unit, is_axis_name, ordinate_unit

MAX_COLUMNS: Final = 5_000
_NAME_WORDS: Final = frozenset(
    {
        "name",
        "sample",
        "samplename",
        "title",
        "spectrum",
        "spectrumid",
        "spectrumname",
        "substance",
        "compound",
        "id",
    }
)
_OTHER_AXES: Final = (
    (r"RAMAN", "a Raman spectrum"),
    (r"\bM/Z\b", "a mass spectrum"),
    (r"\bPPM\b|CHEMICAL SHIFT", "an NMR spectrum"),
    (r"2.?THETA|2θ", "an X-ray pattern"),
    (r"RETENTION", "a chromatogram"),
    (r"OPTICAL PATH|INTERFEROGRAM", "an interferogram"),
    (r"SINGLE.?BEAM", "a single-beam spectrum"),
)
_IN_BRACKETS: Final = re.compile(r"(?P<before>.*?)\s*[(\[](?P<inside>[^()\[\]]*(?:\([^()]*\))?)[)\]]\s*")


@dataclass(frozen=True, slots=True)
class ColumnHeading:
    """One ordinate column: its title without the unit, the unit, and the words it was named by."""

    title: str
    ordinate: OrdinateUnit
    words: str


@dataclass(frozen=True, slots=True)
class Headings:
    """The roles of columns; without a header, the first column is the axis."""

    names_axis: bool = False
    axis_column: int = 0
    axis_unit: AxisUnit | None = None
    axis_words: str = ""
    name_column: int = 0
    value_column: int = 2
    is_long: bool = False
    ordinate: OrdinateUnit = OrdinateUnit.UNSTATED
    ordinate_words: str = ""
    other: str = ""
    columns: dict[int, ColumnHeading] = field(default_factory=dict)


def heading_roles(preamble: list[list[str]], *, width: int) -> Headings:
    """Read the rows above the numbers; ``width`` is the number of cells in a row of numbers."""
    other = _other_kind(preamble)
    if other:
        return Headings(other=other)
    axis, axis_words = _unit_anywhere(preamble)
    ordinate, ordinate_words = _ordinate_anywhere(preamble)
    rows = [cells for cells in preamble if len(cells) == width]
    named = next((cells for cells in reversed(rows) if any(is_axis_name(cell) for cell in cells)), None)
    rows = [cells for cells in rows if len(cells) <= MAX_COLUMNS]
    header = named if named is not None else (rows[-1] if rows else None)
    if header is None:
        # No header, or words above the table that are no row of it.
        return Headings(
            axis_unit=axis,
            axis_words=axis_words,
            ordinate=ordinate,
            ordinate_words=ordinate_words,
        )
    axis_column = next((index for index, cell in enumerate(header) if is_axis_name(cell)), 0)
    name_column = next((index for index, cell in enumerate(header) if _is_name(cell)), None)
    value_column = next((index for index, cell in enumerate(header) if _ordinate(cell)[0] is not None), None)
    is_long = named is not None and name_column is not None and value_column is not None
    if is_long and value_column is not None:
        found, ordinate_words = _ordinate(header[value_column])
        ordinate = found or ordinate
    return Headings(
        names_axis=named is not None,
        axis_column=axis_column,
        axis_unit=axis,
        axis_words=cleaned(header[axis_column], limit=40) if named is not None else axis_words,
        name_column=name_column or 0,
        value_column=value_column if value_column is not None else 2,
        is_long=is_long,
        ordinate=ordinate,
        ordinate_words=ordinate_words,
        columns={
            index: _column_heading(cell, ordinate, ordinate_words, is_only=width == 2)
            for index, cell in enumerate(header)
            if index != axis_column
        },
    )


def _is_name(cell: str) -> bool:
    return re.sub(r"[^a-z]", "", cell.lower()) in _NAME_WORDS


def _other_kind(preamble: list[list[str]]) -> str:
    for cells in preamble:
        for cell in cells:
            for pattern, name in _OTHER_AXES:
                if re.search(pattern, cell[:120].upper()):
                    return name
    return ""


def _unit_anywhere(preamble: list[list[str]]) -> tuple[AxisUnit | None, str]:
    for cells in reversed(preamble):
        for cell in cells:
            unit = axis_unit(cell)
            if unit is None:
                bracket = _IN_BRACKETS.fullmatch(cell[:120])
                unit = axis_unit(bracket["inside"]) if bracket else None
            if unit is not None:
                return unit, cleaned(cell, limit=40)
    return None, ""


def _ordinate_anywhere(preamble: list[list[str]]) -> tuple[OrdinateUnit, str]:
    for cells in reversed(preamble):
        for cell in cells:
            unit = ordinate_unit(cell)
            if unit is not None and unit is not OrdinateUnit.UNSTATED:
                return unit, cleaned(cell, limit=40)
    return OrdinateUnit.UNSTATED, ""


def _ordinate(cell: str) -> tuple[OrdinateUnit | None, str]:
    """Return the unit of ``cell``: all of it, or what stands before its last brackets, or in them."""
    unit = ordinate_unit(cell)
    if unit is not None:
        return unit, cleaned(cell, limit=40)
    bracket = _IN_BRACKETS.fullmatch(cell[:120])
    if bracket:
        for part in ("before", "inside"):
            unit = ordinate_unit(bracket[part])
            # "Absorbance (a.u.)" names its unit in front; a single letter in front is a title.
            if unit is not None and (part == "inside" or len(bracket["before"]) > 1):
                return unit, cleaned(bracket[part], limit=40)
    return None, ""


def _column_heading(cell: str, ordinate: OrdinateUnit, words: str, *, is_only: bool) -> ColumnHeading:
    unit, own_words = _ordinate(cell)
    # Among several columns, A and T are more likely samples than absorbance and transmittance.
    if unit is None or (len(cell.strip()) == 1 and not is_only):
        return ColumnHeading(title=cleaned(cell), ordinate=ordinate, words=words)
    if unit is OrdinateUnit.UNSTATED:
        unit = ordinate
    bracket = _IN_BRACKETS.fullmatch(cell[:120])
    is_titled = bracket is not None and own_words == cleaned(bracket["inside"], limit=40)
    title = cleaned(bracket["before"]) if bracket is not None and is_titled else ""
    return ColumnHeading(title=title, ordinate=unit, words=own_words)
