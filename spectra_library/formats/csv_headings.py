"""What the header of a text table says: which column is the axis, what the others hold."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from spectra_library.formats.foreign_words import (
    contradiction,
    foreign_axis_above,
    foreign_ordinate,
    foreign_ordinate_above,
    is_foreign_axis,
)
from spectra_library.formats.plain_text import cleaned
from spectra_library.units import (
    AxisUnit,
    OrdinateUnit,
    axis_unit,
    is_axis_name,
    is_wavelength_name,
    ordinate_unit,
)

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
        *("образец", "название", "имя", "вещество", "спектр", "проба"),
        *("nümunə", "nümunəninadı", "ad", "adı", "maddə", "spektr"),
    }
)
_OTHER_AXES: Final = (
    (r"RAMAN|РАМАН|КОМБИНАЦИОНН|KOMBINASIYA", "a Raman spectrum"),
    (r"\bM/Z\b", "a mass spectrum"),
    (r"\bPPM\b|CHEMICAL SHIFT", "an NMR spectrum"),
    (r"2.?THETA|2θ", "an X-ray pattern"),
    (r"RETENTION", "a chromatogram"),
    (r"OPTICAL PATH|INTERFEROGRAM|ИНТЕРФЕРОГРАММ|INTERFEROQRAM", "an interferogram"),
    (r"SINGLE.?BEAM", "a single-beam spectrum"),
)
# Columns beside a spectrum that are none, whatever unit stands behind them.  "Fentanyl derivative" is a
# substance and "residual solvent" a sample: only a numbered derivative counts, and the other words alone.
_NO_SPECTRA: Final = re.compile(
    r".*\b(1ST|2ND|FIRST|SECOND|ПЕРВАЯ|ВТОРАЯ|1-Я|2-Я|BIRINCI|İKINCI|IKINCI)[ _.]+"
    r"(DERIVATIVE|ПРОИЗВОДНАЯ|TÖRƏMƏ).*"
    r"|SD|STD|STDEV|SEM|ERROR|VARIANCE|STANDARD DEVIATION|RESIDUALS?|DERIVATIVE"
)
_IN_BRACKETS: Final = re.compile(r"(?P<before>.*?)\s*[(\[](?P<inside>[^()\[\]]*(?:\([^()]*\))?)[)\]]\s*")


@dataclass(frozen=True, slots=True)
class ColumnHeading:
    """One ordinate column: its title without the unit, the unit, and the words it was named by."""

    title: str
    ordinate: OrdinateUnit
    words: str


@dataclass(frozen=True, slots=True)
class AxisHeading:
    """One axis column: its unit, None when no word names one, and the words it was named by."""

    column: int = 0
    unit: AxisUnit | None = None
    words: str = ""

    @property
    def is_wavelength(self) -> bool:
        """Whether it is a wavelength by name: its numbers are no wavenumbers, whatever their range."""
        return is_wavelength_name(self.words)


@dataclass(frozen=True, slots=True)
class Headings:
    """The roles of columns; without a header, the first column is the axis.

    ``axes`` are one or more, in order; ``columns`` has the other columns whose heading is not empty.
    ``foreign_axes`` has, by column, what heads it when that is no axis of an infrared spectrum.
    """

    names_axis: bool = False
    axes: tuple[AxisHeading, ...] = (AxisHeading(),)
    name_column: int = 0
    value_column: int = 2
    is_long: bool = False
    ordinate: OrdinateUnit = OrdinateUnit.UNSTATED
    ordinate_words: str = ""
    other: str = ""
    foreign_axes: dict[int, str] = field(default_factory=dict)
    columns: dict[int, ColumnHeading] = field(default_factory=dict)


def heading_roles(preamble: list[list[str]], *, width: int) -> Headings:
    """Read the rows above the numbers; ``width`` is the number of cells in a row of numbers."""
    other = _other_kind(preamble)
    if other:
        return Headings(other=other)
    ordinate, ordinate_words = _ordinate_anywhere(preamble)
    rows = [cells for cells in preamble if len(cells) == width <= MAX_COLUMNS]
    if not rows and preamble:
        rows = _header_of_another_delimiter(preamble[-1], width)
    named = _named_row(rows)
    header = named if named is not None else (rows[-1] if rows else None)
    if header is None or named is None:
        unit, words = _unit_anywhere(preamble)
        axes: tuple[AxisHeading, ...] = (AxisHeading(0, unit, words),)
    else:
        axes = _axes(named, preamble)
    if header is None:
        # No header, or words above the table that are no row of it.
        above = _foreign_axes([], preamble)
        return Headings(axes=axes, ordinate=ordinate, ordinate_words=ordinate_words, foreign_axes=above)
    name_column = next((index for index, cell in enumerate(header) if _is_name(cell)), None)
    value_column = next((index for index, cell in enumerate(header) if _ordinate(cell)[0] is not None), None)
    is_long = named is not None and name_column is not None and value_column is not None
    if is_long and value_column is not None:
        found, ordinate_words = _ordinate(header[value_column])
        ordinate = found or ordinate
    axis_columns = {axis.column for axis in axes}
    letters = {cell.strip().lower() for index, cell in enumerate(header) if index not in axis_columns}
    is_only = width == 2 or letters == {"n", "k"}
    return Headings(
        names_axis=named is not None,
        axes=axes,
        name_column=name_column or 0,
        value_column=value_column if value_column is not None else 2,
        is_long=is_long,
        ordinate=ordinate,
        ordinate_words=ordinate_words,
        foreign_axes=_foreign_axes([header, *_rows_below(rows, named)], preamble),
        columns={
            index: _column_heading(cell, ordinate, ordinate_words, is_only=is_only)
            for index, cell in enumerate(header)
            if index not in axis_columns and cell.strip()
        },
    )


def _header_of_another_delimiter(line: list[str], width: int) -> list[list[str]]:
    """Return the line above the numbers as a row when it is parted by another mark than they are."""
    if len(line) == 1:
        for delimiter in "\t;|,":
            cells = [cell.strip() for cell in line[0].split(delimiter)]
            # A sentence with a comma in it is no header.
            if len(cells) == width and (is_axis_name(cells[0]) or is_foreign_axis(cells[0])):
                return [cells]
    return []


def _rows_below(rows: list[list[str]], named: list[str] | None) -> list[list[str]]:
    return rows[rows.index(named) + 1 :] if named in rows else []


def _foreign_axes(rows: list[list[str]], preamble: list[list[str]]) -> dict[int, str]:
    """Return by column what heads it, or stands in a row of units, when that is no infrared axis."""
    above = next((words for cells in preamble if (words := foreign_axis_above(cells))), "")
    found = dict.fromkeys(range(MAX_COLUMNS), cleaned(above, limit=40)) if above else {}
    for cells in rows:
        found |= {index: cleaned(cell, limit=40) for index, cell in enumerate(cells) if is_foreign_axis(cell)}
    return found


def _named_row(rows: list[list[str]]) -> list[str] | None:
    """Return the last row that names an axis, together with the row of names above a row of units."""
    # "XUNITS,1/CM" above the table names a unit; a header names something besides its axis.
    named = [cells for cells in rows if any(map(is_axis_name, cells)) and not all(map(is_axis_name, cells))]
    if len(named) < 2:
        return named[0] if named else None
    names, units = named[-2:]
    are_units = all(
        is_axis_name(unit) or (not is_axis_name(name) and (not unit.strip() or ordinate_unit(unit)))
        for name, unit in zip(names, units, strict=True)
    )
    if not are_units:
        return units
    return [
        f"{name} [{unit}]" if unit.strip() and name.strip() and name != unit else name.strip() or unit
        for name, unit in zip(names, units, strict=True)
    ]


def _axes(header: list[str], preamble: list[list[str]]) -> tuple[AxisHeading, ...]:
    above, _ = _unit_anywhere([cells for cells in preamble if not any(map(is_axis_name, cells))])
    return tuple(
        AxisHeading(index, _unit_anywhere([[cell]])[0] or above, cleaned(cell, limit=40))
        for index, cell in enumerate(header)
        if is_axis_name(cell)
    )


def _is_name(cell: str) -> bool:
    return re.sub(r"[\W\d_]", "", cell[:80].lower()) in _NAME_WORDS


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
        foreign = foreign_ordinate_above(cells)
        if foreign is not None:
            return foreign, cleaned(cells[1], limit=40)
    return OrdinateUnit.UNSTATED, ""


def _ordinate(cell: str) -> tuple[OrdinateUnit | None, str]:
    """Return the unit of ``cell``: all of it, or what stands before its last brackets, or in them."""
    unit = ordinate_unit(cell)
    if unit is not None:
        return unit, cleaned(cell, limit=40)
    bracket = _IN_BRACKETS.fullmatch(cell[:120])
    kept = foreign_ordinate(cell)
    if bracket and len(bracket["before"]) > 1:
        inside = ordinate_unit(bracket["inside"])
        if kept is OrdinateUnit.REFLECTANCE and ordinate_unit(bracket["before"]) is None:
            kept = None if inside is not None else kept  # a title about reflection, with a unit
        kept = kept or contradiction(ordinate_unit(bracket["before"]), inside)
    if kept is not None:
        return kept, cleaned(cell, limit=40)
    if bracket:
        for part in ("before", "inside"):
            unit = ordinate_unit(bracket[part])
            # "Absorbance (a.u.)" names its unit in front; a single letter in front is a title.
            if unit is not None and (part == "inside" or len(bracket["before"]) > 1):
                return unit, cleaned(bracket[part], limit=40)
    return None, ""


def _column_heading(cell: str, ordinate: OrdinateUnit, words: str, *, is_only: bool) -> ColumnHeading:
    if _NO_SPECTRA.fullmatch(cell[:120].strip().upper()):
        return ColumnHeading(cleaned(cell), OrdinateUnit.ARBITRARY, cleaned(cell, limit=40))
    if is_only and cell.strip().lower() in ("n", "k"):  # the two parts of a refractive index
        return ColumnHeading("", OrdinateUnit.ARBITRARY, cleaned(cell, limit=40))
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
