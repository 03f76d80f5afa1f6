"""Numbers made coarse enough that every machine computes the same ones.

Two processors may differ in the last bit of a logarithm.  A library that is built from formulas is therefore
rounded before it is hashed: wavenumbers to 0.01 cm-1, absorbances to 1/65535 of the spectrum's maximum.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from spectra_library.errors import SpectrumError
from spectra_library.spectrum import FloatArray, Spectrum

ABSORBANCE_STEPS = 65535
WAVENUMBER_STEPS_PER_CM = 100
GAP_FACTOR = 5.0  # times the spacing on both sides
GAP_MIN_CM = 20.0  # no coarse table is taken for one full of gaps


def quantised(spectrum: Spectrum) -> Spectrum:
    """Scale ``spectrum`` to a maximum of 1 and round both axes; negative absorbances become 0.

    Raises SpectrumError when there is nothing to scale, or when two points fall onto one wavenumber.
    """
    highest = float(spectrum.absorbance.max())
    if highest <= 0:
        raise SpectrumError(f"expected a spectrum with bands, found a maximum of {highest}")
    steps = np.rint(np.clip(spectrum.absorbance / highest, 0.0, 1.0) * ABSORBANCE_STEPS)
    wavenumber = np.rint(spectrum.wavenumber * WAVENUMBER_STEPS_PER_CM) / WAVENUMBER_STEPS_PER_CM
    return replace(spectrum, wavenumber=wavenumber, absorbance=steps / ABSORBANCE_STEPS)


def with_gaps(spectrum: Spectrum) -> Spectrum:
    """List the jumps of the axis as gaps; nothing was measured there."""
    return replace(spectrum, gaps=gaps_of(spectrum.wavenumber))


def gaps_of(wavenumber: FloatArray) -> tuple[tuple[float, float], ...]:
    """Give the stretches (low, high) between neighbouring points of ``wavenumber`` (N,) that are gaps.

    A spacing is a gap when it is over 20 cm-1 and over five times the spacing before and after it.  A table
    that is even in wavelength, whose spacing grows steadily with the wavenumber, has none.
    """
    spacing = np.diff(wavenumber)
    if spacing.size < 2:
        return ()
    padded = np.concatenate((spacing[1:2], spacing, spacing[-2:-1]))
    beside = np.maximum(padded[:-2], padded[2:])
    is_gap = (spacing > GAP_MIN_CM) & (spacing > GAP_FACTOR * beside)
    return tuple((float(wavenumber[i]), float(wavenumber[i + 1])) for i in np.flatnonzero(is_gap))
