"""A reference brought to the height of a sample, and the bands of a curve that are worth a number.

Curves are laid over each other to be looked at; nothing is found out by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from spectra_library.spectrum import FloatArray, Spectrum

LEAST_POINTS: Final = 3
PEAK_MIN: Final = 0.12  # of the highest band; lower ones are not what a name stands on
END_CM: Final = 20.0
FINGERPRINT_HIGH_CM: Final = 1900.0  # above it bands say little


@dataclass(frozen=True, slots=True, eq=False)
class Scaled:
    """A reference brought to a sample: ``scale`` times its own height plus ``level``.

    ``wavenumber`` (N,) cm-1, the sample's where both were measured.  ``reference`` (N,) absorbance, scaled.
    ``difference`` (N,) the sample minus that.
    """

    wavenumber: FloatArray
    reference: FloatArray
    difference: FloatArray
    scale: float
    level: float


def scaled_to(sample: Spectrum, reference: Spectrum) -> Scaled | None:
    """Bring ``reference`` to ``sample``: least squares of ``sample - (scale * reference + level)``.

    Gaps of either are left out.  None where they share less than 3 points; a negative scale, which would turn
    bands upside down, becomes 0.
    """
    inside = (sample.wavenumber >= reference.wavenumber[0]) & (sample.wavenumber <= reference.wavenumber[-1])
    for low, high in (*reference.gaps, *sample.gaps):
        inside &= (sample.wavenumber <= low) | (sample.wavenumber >= high)
    axis, measured = sample.wavenumber[inside], sample.absorbance[inside]
    if axis.size < LEAST_POINTS:
        return None
    known = np.interp(axis, reference.wavenumber, reference.absorbance)
    centred = known - known.mean()
    power = float(centred @ centred)
    scale = max(float(centred @ (measured - measured.mean())) / power, 0.0) if power > 0 else 0.0
    level = float(measured.mean() - scale * known.mean())
    laid = scale * known + level
    return Scaled(axis, laid, measured - laid, scale, level)


def highest_peaks(
    curve: Spectrum, *, apart_cm: float, count: int, end_cm: float = END_CM
) -> tuple[float, ...]:
    """Give the wavenumbers of the ``count`` highest bands below 1900 cm-1, highest first.

    They are at least ``apart_cm`` from each other, and more than ``end_cm`` from the low end of the range: a
    slope that it cuts off is no band.
    """
    below = curve.wavenumber < FINGERPRINT_HIGH_CM
    axis, height = curve.wavenumber[below], _smooth(curve.absorbance[below])
    if axis.size < LEAST_POINTS:
        return ()
    floor = float(np.median(height))
    least = floor + PEAK_MIN * (float(height.max()) - floor)
    is_top = (height[1:-1] > height[:-2]) & (height[1:-1] >= height[2:]) & (height[1:-1] > least)
    tops = np.flatnonzero(is_top) + 1
    tops = tops[axis[tops] - axis[0] > end_cm]
    chosen: list[float] = []
    for index in tops[np.argsort(-height[tops], kind="stable")]:
        if all(abs(float(axis[index]) - other) >= apart_cm for other in chosen):
            chosen.append(float(axis[index]))
    return tuple(chosen[:count])


def _smooth(values: FloatArray) -> FloatArray:
    """Average over three points, the ends with themselves: noise alone makes no top."""
    padded = np.pad(values, 1, mode="edge")
    return np.asarray((padded[:-2] + padded[1:-1] + padded[2:]) / 3.0, dtype=np.float64)
