"""Columns of a file to a FileSpectrum: cm-1 ascending, absorbance where it can be said, gaps listed.

Every reader ends here, so every format obeys one set of rules:

    axis      table of units; strictly monotonic or refused; nothing below 3900 cm-1 is not mid-infrared
    ordinate  absorbance kept; transmittance converted, percent or fraction as the numbers say;
              reflectance, Kubelka-Munk and arbitrary units kept as they are
    missing   dropped; listed as a gap inside the range, mentioned as a warning at its ends; a transmittance
              that is not positive is mentioned inside the range too
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_library.errors import DamagedFileError, NotInfraredError
from spectra_library.formats.file_spectrum import NO_NOTES, FileNotes, FileSpectrum
from spectra_library.spectrum import FloatArray, Technique
from spectra_library.units import AxisUnit, OrdinateUnit

MAX_POINTS_IN_SPECTRUM: Final = 1_000_000
MAX_POINTS_IN_FILE: Final = 4_000_000

_HIGHEST_WAVENUMBER: Final = 100_000.0  # cm-1: vacuum ultraviolet, where air itself is opaque
_MID_INFRARED: Final = (200.0, 3900.0)
# An absorbance of 10 lets one photon in 10^10 through: no infrared detector has that range.
_HIGHEST_ABSORBANCE: Final = 10.0
# Transmittance above 2 is no noise, and a sample that lets less than 2 % through everywhere is not recorded.
_HIGHEST_FRACTION: Final = 2.0


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says about one spectrum beside its numbers; the words are cleaned already."""

    block: int
    format: str
    title: str = ""
    cas: str = ""
    technique: Technique = Technique.UNKNOWN
    phase: str = ""
    x_units: str = ""
    y_units: str = ""
    resolution_cm: float | None = None
    warnings: tuple[str, ...] = ()
    notes: FileNotes = NO_NOTES


def assemble(
    header: Header,
    x: FloatArray,
    y: FloatArray,
    *,
    axis: AxisUnit,
    ordinate: OrdinateUnit,
    holes_are_gaps: bool = False,
) -> FileSpectrum:
    """Put one spectrum together.

    ``x`` (N,) in ``axis`` units, ascending or descending; ``y`` (N,), NaN where the ordinate is missing.
    ``holes_are_gaps``: an otherwise even axis that skips points has a gap there (tables of x and y).

    Raises DamagedFileError when the numbers contradict themselves or their units, NotInfraredError
    when the range is not mid-infrared.
    """
    gaps_by_index = _holes(x) if holes_are_gaps else np.zeros(max(x.size - 1, 0), dtype=bool)
    wavenumber = _wavenumber(x, axis)
    if wavenumber[0] > wavenumber[-1]:
        wavenumber, y, gaps_by_index = wavenumber[::-1], y[::-1], gaps_by_index[::-1]
    refuse_other_ranges(wavenumber)

    values, meaning, warnings = _meaning(y, ordinate)
    keep = np.isfinite(values)
    if meaning is OrdinateUnit.TRANSMITTANCE:
        keep &= values > 0
    if np.count_nonzero(keep) < 2:
        raise DamagedFileError(f"expected at least 2 points with an ordinate, found {np.count_nonzero(keep)}")
    kept = np.flatnonzero(keep)
    warnings += _left_out(kept, values, meaning)
    gaps = _gaps(wavenumber, kept, gaps_by_index)
    values = values[kept]

    absorbance = other = None
    if meaning is OrdinateUnit.ABSORBANCE:
        absorbance = values
    elif meaning is OrdinateUnit.TRANSMITTANCE:
        absorbance = 0.0 - np.log10(values)  # not -log10: that makes -0.0 of full transmittance
    else:
        other = values
    technique = header.technique
    if technique is Technique.UNKNOWN and meaning in (OrdinateUnit.REFLECTANCE, OrdinateUnit.KUBELKA_MUNK):
        technique = Technique.REFLECTANCE
    return FileSpectrum(
        block=header.block,
        format=header.format,
        title=header.title,
        cas=header.cas,
        technique=technique,
        phase=header.phase,
        x_units=header.x_units,
        y_units=header.y_units,
        wavenumber=wavenumber[kept],
        absorbance=absorbance,
        ordinate=other,
        resolution_cm=header.resolution_cm,
        gaps=gaps,
        warnings=(*header.warnings, *warnings),
        notes=header.notes,
    )


def _wavenumber(x: FloatArray, axis: AxisUnit) -> FloatArray:
    if x.size < 2:
        raise DamagedFileError(f"expected at least 2 points, found {x.size}")
    if not np.isfinite(x).all() or (x <= 0).any():
        raise DamagedFileError("expected positive numbers on the axis, found others")
    steps = np.diff(x)
    wrong = steps <= 0 if x[-1] > x[0] else steps >= 0
    if wrong.any():
        at = int(np.argmax(wrong))
        raise DamagedFileError(
            f"expected an axis that only rises or only falls, found {x[at]:g} followed by {x[at + 1]:g} "
            f"at point {at + 2}"
        )
    if axis is AxisUnit.WAVENUMBER:
        return x
    return (1e4 if axis is AxisUnit.MICROMETRE else 1e7) / x


def refuse_other_ranges(wavenumber: FloatArray) -> None:
    """Refuse an axis (N,), cm-1, ascending, that holds no mid-infrared.

    Raises NotInfraredError naming what it is, DamagedFileError beyond what any instrument measures.
    """
    if wavenumber[-1] > _HIGHEST_WAVENUMBER:
        raise DamagedFileError(
            f"expected wavenumbers of at most {_HIGHEST_WAVENUMBER:g} cm-1, found {wavenumber[-1]:g}"
        )
    low, high = _MID_INFRARED
    if wavenumber[0] > high or wavenumber[-1] < low:
        kind = "near" if wavenumber[0] > high else "far"
        raise NotInfraredError(
            f"expected a mid-infrared spectrum, found {kind} infrared: "
            f"{wavenumber[0]:.1f} to {wavenumber[-1]:.1f} cm-1"
        )


def _meaning(y: FloatArray, ordinate: OrdinateUnit) -> tuple[FloatArray, OrdinateUnit, tuple[str, ...]]:
    """Return the values as fraction or absorbance, what they are now, and what had to be decided."""
    known = y[np.isfinite(y)]
    if known.size == 0:
        raise DamagedFileError("expected ordinates, found that all are missing")
    # A high quantile instead of the largest value: noise at the ends of a range has spikes.
    high = float(np.quantile(known, 0.9))
    if ordinate is OrdinateUnit.UNSTATED:
        return _guessed(y, known, high)
    if ordinate is OrdinateUnit.ABSORBANCE:
        if high > _HIGHEST_ABSORBANCE:
            raise DamagedFileError(
                f"expected absorbances, found values up to {known.max():g}, as in percent transmittance"
            )
        return y, OrdinateUnit.ABSORBANCE, ()
    if ordinate is OrdinateUnit.TRANSMITTANCE:
        if high <= _HIGHEST_FRACTION:
            return y, OrdinateUnit.TRANSMITTANCE, ()
        _refuse_impossible_percentages(high)
        said = f"the file says transmittance, its values up to {known.max():g} are percent: read as percent"
        return y / 100, OrdinateUnit.TRANSMITTANCE, (said,)
    if ordinate is OrdinateUnit.PERCENT_TRANSMITTANCE:
        if high > _HIGHEST_FRACTION:
            _refuse_impossible_percentages(high)
            return y / 100, OrdinateUnit.TRANSMITTANCE, ()
        if not _hangs_from_above(known):
            raise DamagedFileError(
                f"expected percent transmittance, found values up to {known.max():g}, as in absorbance"
            )
        said = f"the file says percent, its values up to {known.max():g} are fractions: read as fractions"
        return y, OrdinateUnit.TRANSMITTANCE, (said,)
    return y, ordinate, ()


def _refuse_impossible_percentages(high: float) -> None:
    # More than 10 times the light that went in is neither percent nor fraction.
    if high > 1000:
        raise DamagedFileError(
            f"expected transmittance in percent or as a fraction, found values around {high:g}"
        )


def _guessed(
    y: FloatArray, known: FloatArray, high: float
) -> tuple[FloatArray, OrdinateUnit, tuple[str, ...]]:
    """Decide for an ordinate that is not named.

    Transmittance hangs from a high base line, absorbance stands on a low one.
    """
    hangs = _hangs_from_above(known)
    if high > _HIGHEST_ABSORBANCE:
        if hangs and high <= 150 and known.min() > -20:
            return (
                y / 100,
                OrdinateUnit.TRANSMITTANCE,
                ("the ordinate is not named: read as percent transmittance",),
            )
        return (
            y,
            OrdinateUnit.ARBITRARY,
            ("the ordinate is not named and too large for absorbance: not converted",),
        )
    if hangs and 0.3 < high < 1.5 and known.min() > -0.05:
        return y, OrdinateUnit.TRANSMITTANCE, ("the ordinate is not named: read as transmittance",)
    return y, OrdinateUnit.ABSORBANCE, ("the ordinate is not named: read as absorbance",)


def _hangs_from_above(known: FloatArray) -> bool:
    low, middle, high = np.quantile(known, [0.01, 0.5, 0.99])
    return bool(high > low and (middle - low) / (high - low) > 0.6)


def _left_out(kept: NDArray[np.intp], values: FloatArray, meaning: OrdinateUnit) -> tuple[str, ...]:
    """Say which points were dropped; a missing ordinate inside the range is a gap and needs no word.

    A transmittance that is not positive is a band so strong that no light came through, or a shifted
    base line: what is left out then are the strongest bands.
    """
    why = (
        "without a positive transmittance" if meaning is OrdinateUnit.TRANSMITTANCE else "without an ordinate"
    )
    first, last = int(kept[0]), int(kept[-1])
    ends = (("low", first), ("high", values.size - 1 - last))
    said = tuple(f"{count} points {why} dropped at the {end} end" for end, count in ends if count)
    inside = values[first : last + 1]
    dark = np.count_nonzero(inside <= 0) if meaning is OrdinateUnit.TRANSMITTANCE else 0
    return (*said, f"{dark} points {why} left out inside the range") if dark else said


def _gaps(
    wavenumber: FloatArray, kept: NDArray[np.intp], holes: NDArray[np.bool_]
) -> tuple[tuple[float, float], ...]:
    """Name each stretch without points by the kept points on both its sides."""
    hole_count = np.concatenate(([0], np.cumsum(holes)))
    left, right = kept[:-1], kept[1:]
    empty = (right - left > 1) | (hole_count[right] > hole_count[left])
    lows, highs = wavenumber[left[empty]].tolist(), wavenumber[right[empty]].tolist()
    return tuple(zip(lows, highs, strict=True))


def _holes(x: FloatArray) -> NDArray[np.bool_]:
    """Mark the steps (N - 1,) that skip points of an axis that is even otherwise."""
    steps = np.abs(np.diff(x))
    if steps.size < 10:
        return np.zeros(steps.size, dtype=bool)
    usual = np.median(steps)
    # Hand-digitised curves have uneven steps everywhere: a long one there is no gap.
    if np.mean(np.abs(steps - usual) <= 0.1 * usual) < 0.9:
        return np.zeros(steps.size, dtype=bool)
    marked: NDArray[np.bool_] = steps > 3 * usual
    return marked
