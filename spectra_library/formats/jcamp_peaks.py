"""Infrared peak tables of JCAMP-DX files to lists of bands: positions and strengths without a curve.

    ##PEAK TABLE= (XY..XY)            pairs, as in a table of points
    ##PEAK TABLE= (XYW..XYW)          with a width each
    ##PEAK ASSIGNMENTS= (XYA)         (3067, 54, <C-H stretch>)       Y and W may be left out: (3067,, <C-H>)
    ##PEAK ASSIGNMENTS= (XYWA)        (3067, 54, 12.5, <C-H stretch>)

Strengths are 0..1 of the strongest.  Absorbance and Kubelka-Munk values are divided by the largest.
Transmittance becomes absorbance first, so that a strong band is near 1; below 1 % it counts as 1 %, since
stray light and noise decide what is printed there.  Other ordinates, and none, say nothing: strength 1.

Source: McDonald and Wilks, Appl. Spectrosc. 42 (1988) 151, sections on PEAK TABLE and PEAK ASSIGNMENTS.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np

from spectra_library.errors import DamagedFileError, UnsupportedFormatError
from spectra_library.formats.assembling import refuse_other_ranges
from spectra_library.formats.file_spectrum import FileBandList
from spectra_library.formats.jcamp_checks import check_scale, unit_in_last_place
from spectra_library.formats.jcamp_curves import (
    FORMAT,
    announced_points,
    axis_of,
    factor,
    refuse_contradictions,
    scaled,
    title_of,
)
from spectra_library.formats.jcamp_labels import Block, Record, data_lines
from spectra_library.formats.jcamp_notes import notes_of
from spectra_library.formats.jcamp_numbers import MISSING, decode_groups
from spectra_library.formats.jcamp_words import cas_of, phase_of
from spectra_library.formats.plain_text import cleaned, shown
from spectra_library.spectrum import FloatArray
from spectra_library.units import AxisUnit, OrdinateUnit, ordinate_unit

PEAK_LABELS: Final = ("PEAKTABLE", "PEAKASSIGNMENTS")
_LOWEST_TRANSMITTANCE: Final = 0.01
# As for curves: no detector sees an absorbance above 10, no sample lets twice the light through.
_HIGHEST_ABSORBANCE: Final = 10.0
_HIGHEST_FRACTION: Final = 2.0

_NUMBER: Final = r"(?>[+-]?(?:[0-9]{1,20}\.?[0-9]{0,20}|\.[0-9]{1,20})(?:[eE][+-]?[0-9]{1,3})?)"
_Y: Final = rf"\s*+,\s*+(?P<y>{_NUMBER})?+"
_W: Final = rf"\s*+,\s*+(?:{_NUMBER})?+"
_WORDS: Final = r"\s*+,\s*+(?:<[^<>]*+>)?+\s*+\)\s*+[,;]?+\s*+"
_ASSIGNMENTS: Final = {
    "(XYA)": re.compile(rf"\(\s*+(?P<x>{_NUMBER}){_Y}{_WORDS}"),
    "(XYWA)": re.compile(rf"\(\s*+(?P<x>{_NUMBER}){_Y}{_W}{_WORDS}"),
}


def read_peaks(
    block: Block, lines: list[str], *, number: int, room: int, warnings: tuple[str, ...]
) -> FileBandList:
    """Read the peak table of a block whose kind is known to be infrared.

    Bands at one position are merged into the stronger one, with a warning.
    Raises FormatError.
    """
    refuse_contradictions(block)
    table = _table(block)
    axis = axis_of(block)
    points = announced_points(block, room, least=1)
    positions, ordinates = _columns(block, table, lines, points)
    x = np.array(positions) * factor(block, "XFACTOR")
    y = scaled(table, ordinates, factor(block, "YFACTOR"))
    if not np.isfinite(x).all() or (x <= 0).any():
        raise DamagedFileError(f"line {table.line}: expected positive band positions, found others")
    _check_range(block, x)
    warnings += check_scale(block, y, factor=factor(block, "YFACTOR"))
    strength, said = _strengths(y, cleaned(block.text("YUNITS"), limit=40))
    warnings += said
    wavenumber = x if axis is AxisUnit.WAVENUMBER else (1e4 if axis is AxisUnit.MICROMETRE else 1e7) / x
    wavenumber, strength, said = _sorted(wavenumber, strength)
    refuse_other_ranges(wavenumber)
    warnings += said
    if not block.is_ended:
        warnings += ("the block has no ##END=",)
    cas, cas_warnings = cas_of(block)
    notes, note_warnings = notes_of(block, lines)
    return FileBandList(
        block=number,
        format=FORMAT,
        title=title_of(block),
        cas=cas,
        phase=phase_of(block),
        x_units=cleaned(block.text("XUNITS"), limit=40),
        y_units=cleaned(block.text("YUNITS"), limit=40),
        wavenumber=wavenumber,
        strength=strength,
        warnings=warnings + cas_warnings + note_warnings,
        notes=notes,
    )


def _table(block: Block) -> Record:
    tables = [block.records[label] for label in PEAK_LABELS if label in block.records]
    if len(tables) != 1:
        raise DamagedFileError(
            f"line {tables[-1].line}: expected one list of peaks in a block, found a table and assignments"
        )
    return tables[0]


def _columns(block: Block, table: Record, lines: list[str], points: int) -> tuple[list[float], list[float]]:
    """Return positions and ordinates as printed, NaN for an ordinate that is left out."""
    form = re.sub(r"\s", "", table.value.upper())
    below = data_lines(table, lines)
    size = {"(XY..XY)": 2, "(XYW..XYW)": 3}.get(form)
    if table.label == "PEAKTABLE" and size is not None:
        columns = decode_groups(below, size=size, points=points, decimal_commas=block.has_decimal_commas())
        x, y = columns[0], columns[1]
    elif table.label == "PEAKASSIGNMENTS" and form in _ASSIGNMENTS:
        x, y = _assignments(below, _ASSIGNMENTS[form], points)
    else:
        raise UnsupportedFormatError(
            f"line {table.line}: expected the form (XY..XY), (XYW..XYW), (XYA) or (XYWA), "
            f"found {shown(table.value)}"
        )
    if len(x) != points:
        raise DamagedFileError(f"line {table.stop}: expected {points} peaks (##NPOINTS=), found {len(x)}")
    return x, y


def _assignments(
    lines: list[tuple[int, str]], form: re.Pattern[str], points: int
) -> tuple[list[float], list[float]]:
    text = "\n".join(line for _, line in lines)
    x: list[float] = []
    y: list[float] = []
    at = len(text) - len(text.lstrip())
    while at < len(text):
        found = form.match(text, at)
        number = lines[0][0] + text.count("\n", 0, at) if found is None or len(x) == points else 0
        if found is None:
            raise DamagedFileError(
                f"line {number}: expected a peak in brackets, found {shown(text[at : at + 40])}"
            )
        if len(x) == points:
            raise DamagedFileError(f"line {number}: expected {points} peaks (##NPOINTS=), found more")
        x.append(float(found["x"]))
        y.append(float(found["y"]) if found["y"] else MISSING)
        at = found.end()
    return x, y


def _check_range(block: Block, x: FloatArray) -> None:
    """Compare the positions with FIRSTX and LASTX: the first and last peak, or the ends of a spectrum."""
    first, last = block.number("FIRSTX"), block.number("LASTX")
    if first is None or last is None:
        return
    slack = max(unit_in_last_place(block.printed(label)) for label in ("FIRSTX", "LASTX"))
    slack = min(slack, 0.01 * max(first, last))
    outside = (x < min(first, last) - slack) | (x > max(first, last) + slack)
    if outside.any():
        raise DamagedFileError(
            f"expected peaks from {first:.10g} to {last:.10g} (##FIRSTX=, ##LASTX=), "
            f"found {x[outside][0]:.10g}"
        )


def _strengths(y: FloatArray, words: str) -> tuple[FloatArray, tuple[str, ...]]:
    """Return strengths (B,) of ordinates (B,), and what had to be decided."""
    known = y[np.isfinite(y)]
    if not known.size:
        return np.ones(y.size), ("the peaks have no ordinates: all count as strong",)
    ordinate = ordinate_unit(words)
    heights = y
    said: tuple[str, ...] = ()
    if ordinate in (OrdinateUnit.TRANSMITTANCE, OrdinateUnit.PERCENT_TRANSMITTANCE):
        fraction, said = _fractions(y, known, is_percent=ordinate is OrdinateUnit.PERCENT_TRANSMITTANCE)
        if fraction is None:
            return np.ones(y.size), said
        heights = -np.log10(np.maximum(fraction, _LOWEST_TRANSMITTANCE))
    elif ordinate is OrdinateUnit.ABSORBANCE:
        if known.max() > _HIGHEST_ABSORBANCE:
            raise DamagedFileError(
                f"expected absorbances, found values up to {known.max():g}, as in percent transmittance"
            )
    elif ordinate is not OrdinateUnit.KUBELKA_MUNK:
        named = f"'{words}'" if words else "an ordinate without a name"
        return np.ones(y.size), (f"{named} is no strength of a band: all peaks count as strong",)
    if np.isnan(heights).any():
        said += ("some peaks have no ordinate: these count as strong",)
    strongest = float(np.nanmax(heights))
    if strongest <= 0:
        return np.ones(y.size), (*said, "no peak stands above the base line: all count as strong")
    return np.clip(np.nan_to_num(heights / strongest, nan=1.0), 0.0, 1.0), said


def _fractions(
    y: FloatArray, known: FloatArray, *, is_percent: bool
) -> tuple[FloatArray | None, tuple[str, ...]]:
    """Return transmittance as a fraction, or None where percent and fraction cannot be told apart."""
    high = float(known.max())
    if high > 100 * _HIGHEST_FRACTION:
        raise DamagedFileError(
            f"expected transmittance in percent or as a fraction, found values up to {high:g}"
        )
    if high > _HIGHEST_FRACTION:
        said = f"the file says transmittance, its values up to {high:g} are percent: read as percent"
        return y / 100, () if is_percent else (said,)
    if is_percent:
        return None, (f"percent up to {high:g} may be fractions: all peaks count as strong",)
    return y, ()


def _sorted(wavenumber: FloatArray, strength: FloatArray) -> tuple[FloatArray, FloatArray, tuple[str, ...]]:
    """Return the bands by rising wavenumber, each position once, with the strongest that stands there."""
    order = np.lexsort((-strength, wavenumber))
    wavenumber, strength = wavenumber[order], strength[order]
    is_first = np.diff(wavenumber, prepend=-1.0) > 0
    merged = int(wavenumber.size - np.count_nonzero(is_first))
    said = (
        (f"{merged} peaks stand at the position of a stronger one and were merged with it",) if merged else ()
    )
    return wavenumber[is_first], strength[is_first], said
