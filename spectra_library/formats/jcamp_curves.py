"""One JCAMP-DX table of a curve, ``(X++(Y..Y))`` or ``(XY..XY)``, to columns and a FileSpectrum."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from spectra_library.errors import DamagedFileError, UnsupportedFormatError
from spectra_library.formats.assembling import MAX_POINTS_IN_SPECTRUM, Header, assemble
from spectra_library.formats.file_spectrum import FileSpectrum
from spectra_library.formats.jcamp_checks import check_abscissas, check_ends, check_scale, check_step
from spectra_library.formats.jcamp_gaps import GAPS_LABEL, stated_gaps
from spectra_library.formats.jcamp_labels import Block, Record, data_lines
from spectra_library.formats.jcamp_notes import notes_of
from spectra_library.formats.jcamp_numbers import decode_groups, decode_ordinates
from spectra_library.formats.jcamp_words import cas_of, phase_of, technique_of
from spectra_library.formats.plain_text import cleaned
from spectra_library.spectrum import FloatArray
from spectra_library.units import AxisUnit, OrdinateUnit, axis_unit, ordinate_unit

FORMAT: Final = "jcamp-dx"
_DECIDING: Final = (
    *("DATATYPE", "XUNITS", "YUNITS", "XFACTOR", "YFACTOR", "FIRSTX", "LASTX", "NPOINTS"),
    *("XYDATA", "XYPOINTS", "PEAKTABLE", "PEAKASSIGNMENTS", "NTUPLES"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """The numbers of a table after its factors: ``x`` (N,), ``y`` (N,) with NaN for ``?``, and warnings."""

    x: FloatArray
    y: FloatArray
    is_pairs: bool
    warnings: tuple[str, ...]


def read_curve(
    block: Block, table: Record, lines: list[str], *, number: int, room: int, warnings: tuple[str, ...]
) -> FileSpectrum:
    """Read the one curve of a block whose kind is known to be infrared.

    Raises FormatError.
    """
    refuse_contradictions(block)
    axis_of(block)
    columns = read_columns(block, table, lines, room=room)
    said = check_scale(block, columns.y, factor=factor(block, "YFACTOR"))
    return spectrum_of(block, columns, lines, number=number, warnings=(*warnings, *columns.warnings, *said))


def refuse_contradictions(block: Block) -> None:
    """Raise DamagedFileError when a label that decides about numbers says two things."""
    for label in _DECIDING:
        second = block.contradictions.get(label)
        if second is not None:
            raise DamagedFileError(f"line {second.line}: expected ##{label}= once, found it twice")


def read_columns(block: Block, table: Record, lines: list[str], *, room: int) -> Columns:
    """Read a table of at most ``room`` points and obey NPOINTS, the X-check, the Y-check and the ends.

    Raises DamagedFileError.
    """
    if "++" in table.value:
        return _even(block, table, lines, room)
    return _pairs(block, table, lines, room)


def spectrum_of(
    block: Block, columns: Columns, lines: list[str], *, number: int, warnings: tuple[str, ...]
) -> FileSpectrum:
    """Put the header and the numbers of a curve together.

    Raises FormatError.
    """
    axis = axis_of(block)
    y_words = cleaned(block.text("YUNITS"), limit=40)
    ordinate = ordinate_unit(y_words)
    if ordinate is None:
        ordinate = OrdinateUnit.ARBITRARY if y_words else OrdinateUnit.UNSTATED
    if not block.is_ended:
        warnings += ("the block has no ##END=",)
    cas, cas_warnings = cas_of(block)
    notes, note_warnings = notes_of(block, lines)
    header = Header(
        block=number,
        format=FORMAT,
        title=title_of(block),
        cas=cas,
        technique=technique_of(block),
        phase=phase_of(block),
        x_units=cleaned(block.text("XUNITS"), limit=40),
        y_units=y_words,
        resolution_cm=_resolution(block, axis),
        warnings=warnings + cas_warnings + note_warnings,
        notes=notes,
    )
    has_stated_gaps = GAPS_LABEL in block.records and columns.is_pairs
    if not has_stated_gaps or axis is not AxisUnit.WAVENUMBER or ordinate is not OrdinateUnit.ABSORBANCE:
        return assemble(
            header, columns.x, columns.y, axis=axis, ordinate=ordinate, holes_are_gaps=columns.is_pairs
        )
    found = assemble(header, columns.x, columns.y, axis=axis, ordinate=ordinate)
    return dataclasses.replace(found, gaps=stated_gaps(block, lines, columns.x, columns.y))


def title_of(block: Block) -> str:
    """Return the title of a block, or the names of its substance where the title is empty."""
    return cleaned(block.text("TITLE")) or cleaned(block.text("NAMES"))


def axis_of(block: Block) -> AxisUnit:
    """Return what the axis counts.

    Raises UnsupportedFormatError when it is nothing that becomes wavenumbers.
    """
    words = cleaned(block.text("XUNITS"), limit=40)
    axis = axis_unit(words)
    if axis is None:
        raise UnsupportedFormatError(f"expected ##XUNITS= 1/CM, MICROMETERS or NANOMETERS, found '{words}'")
    return axis


def _even(block: Block, table: Record, lines: list[str], room: int) -> Columns:
    points = announced_points(block, room)
    x_factor, y_factor = factor(block, "XFACTOR"), factor(block, "YFACTOR")
    first, last = _required(block, "FIRSTX"), _required(block, "LASTX")
    found = decode_ordinates(
        data_lines(table, lines), points=points, decimal_commas=block.has_decimal_commas()
    )
    _check_count(table, points, len(found.values))
    x = np.linspace(first, last, points)
    warnings = check_abscissas(found.marks, x, factor=x_factor)
    y = scaled(table, found.values, y_factor)
    return Columns(x, y, is_pairs=False, warnings=warnings + check_step(block, x))


def _pairs(block: Block, table: Record, lines: list[str], room: int) -> Columns:
    points = announced_points(block, room)
    abscissas, ordinates = decode_groups(
        data_lines(table, lines), size=2, points=points, decimal_commas=block.has_decimal_commas()
    )
    _check_count(table, points, len(abscissas))
    x = np.array(abscissas) * factor(block, "XFACTOR")
    check_ends(block, x)
    y = scaled(table, ordinates, factor(block, "YFACTOR"))
    return Columns(x, y, is_pairs=True, warnings=())


def _check_count(table: Record, announced: int, found: int) -> None:
    if found != announced:
        raise DamagedFileError(f"line {table.stop}: expected {announced} points (##NPOINTS=), found {found}")


def announced_points(block: Block, room: int, *, least: int = 2) -> int:
    """Return NPOINTS.

    Raises DamagedFileError when it is missing, no whole number, too small or too large for the room.
    """
    said = _required(block, "NPOINTS")
    limit = min(MAX_POINTS_IN_SPECTRUM, room)
    if not least <= said <= limit or said != int(said):
        raise DamagedFileError(
            f"line {block.records['NPOINTS'].line}: "
            f"expected ##NPOINTS= from {least} to {limit}, found {said:g}"
        )
    return int(said)


def _required(block: Block, label: str) -> float:
    number = block.number(label)
    if number is None:
        raise DamagedFileError(
            f"expected a number after ##{label}=, found none in the block of line {block.line}"
        )
    return number


def factor(block: Block, label: str) -> float:
    """Return XFACTOR or YFACTOR, 1 where there is none.

    Raises DamagedFileError for what is no number, for 0 and below: a negative one turns bands upside down.
    """
    said = block.number(label)
    if said is None:
        return 1.0
    if not (said > 0 and np.isfinite(said)):
        raise DamagedFileError(
            f"line {block.records[label].line}: expected a factor above 0 after ##{label}=, found {said:g}"
        )
    return said


def scaled(table: Record, values: Sequence[float], by: float) -> FloatArray:
    """Return ordinates (N,) times YFACTOR, NaN for missing ones.

    Raises DamagedFileError when one becomes larger than any number: it would pass for a missing one.
    """
    y = np.array(values, dtype=np.float64) * by
    if np.isinf(y).any():
        raise DamagedFileError(
            f"line {table.line}: expected ordinates of a finite size, found larger ones after ##YFACTOR="
        )
    return y


def _resolution(block: Block, axis: AxisUnit) -> float | None:
    # Free text in many files, and never needed to read the numbers: what is no number says nothing.
    if axis is not AxisUnit.WAVENUMBER or not block.text("RESOLUTION")[:1].isdigit():
        return None
    resolution = block.number("RESOLUTION")
    return resolution if resolution is not None and 0 < resolution < 1000 else None
