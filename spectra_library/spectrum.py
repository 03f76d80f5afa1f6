"""A checked curve: absorbance over wavenumber, and how it was measured."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from spectra_library.errors import SpectrumError

FloatArray = NDArray[np.float64]


class Technique(StrEnum):
    """How light met the sample.  ATR and transmission spectra of one liquid differ (r = 0.75)."""

    ATR = "atr"
    TRANSMISSION = "transmission"
    REFLECTANCE = "reflectance"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, eq=False)
class Spectrum:
    """Absorbance over wavenumber.

    ``wavenumber`` (N,) float64, cm-1, strictly ascending, positive.
    ``absorbance`` (N,) float64, decadic, finite.
    ``resolution_cm`` instrument resolution in cm-1, None when not stated.
    ``gaps`` stretches (low, high) in cm-1 inside the range where nothing was measured; the points in
    them are dropped, and nothing may be interpolated across them.
    ``is_gas`` a gas or vapour was measured; nothing here matches one.

    Raises SpectrumError when these do not fit.
    """

    wavenumber: FloatArray
    absorbance: FloatArray
    technique: Technique = Technique.UNKNOWN
    resolution_cm: float | None = None
    gaps: tuple[tuple[float, float], ...] = ()
    is_gas: bool = False

    def __post_init__(self) -> None:
        wavenumber = read_only(self.wavenumber)
        absorbance = read_only(self.absorbance)
        if wavenumber.ndim != 1 or wavenumber.shape != absorbance.shape:
            raise SpectrumError(
                "expected one absorbance for each wavenumber, "
                f"found shapes {absorbance.shape} and {wavenumber.shape}"
            )
        if wavenumber.size < 2:
            raise SpectrumError(f"expected at least 2 points, found {wavenumber.size}")
        if not np.isfinite(wavenumber).all() or not np.isfinite(absorbance).all():
            raise SpectrumError("expected finite numbers, found NaN or infinity")
        if wavenumber[0] <= 0 or not (wavenumber[1:] > wavenumber[:-1]).all():
            raise SpectrumError("expected positive, strictly ascending wavenumbers")
        if self.resolution_cm is not None and not 0 < self.resolution_cm < 1000:
            raise SpectrumError(f"expected a resolution between 0 and 1000 cm-1, found {self.resolution_cm}")
        _check_gaps(self.gaps, wavenumber)
        object.__setattr__(self, "wavenumber", wavenumber)
        object.__setattr__(self, "absorbance", absorbance)

    @property
    def wavenumber_min(self) -> float:
        """Lowest wavenumber, cm-1."""
        return float(self.wavenumber[0])

    @property
    def wavenumber_max(self) -> float:
        """Highest wavenumber, cm-1."""
        return float(self.wavenumber[-1])


def read_only(values: object) -> FloatArray:
    """Give ``values`` as a float64 array that nobody can change afterwards: a copy, unless they are such.

    Hundreds of references share one axis that way.
    """
    if isinstance(values, np.ndarray) and values.dtype == np.float64 and _is_frozen(values):
        return values
    return frozen(np.array(values, dtype=np.float64))


def frozen(array: FloatArray) -> FloatArray:
    """Make ``array`` itself read-only."""
    array.flags.writeable = False
    return array


def _is_frozen(array: FloatArray) -> bool:
    """Tell whether neither ``array`` nor another one behind it can be written to."""
    return array.flags.owndata and not array.flags.writeable


def _check_gaps(gaps: tuple[tuple[float, float], ...], wavenumber: FloatArray) -> None:
    """Raise SpectrumError for a gap that is none; all at once: in a hostile file every point may be one."""
    low, high = np.array(gaps, dtype=np.float64).reshape(-1, 2).T
    wrong = np.flatnonzero(~(low < high))
    if wrong.size:
        at = int(wrong[0])
        raise SpectrumError(f"expected a gap from low to high, found {low[at]} to {high[at]}")
    first, last = np.searchsorted(wavenumber, low, "right"), np.searchsorted(wavenumber, high, "left")
    filled = np.flatnonzero(first < last)
    if filled.size:
        at = int(filled[0])
        raise SpectrumError(f"expected no points in the gap {low[at]} to {high[at]} cm-1")
