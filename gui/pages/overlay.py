"""A reference laid over a sample: on the sample's axis, scaled by least squares, with what is left over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gui.widgets.curves import Curve, FloatArray
from spectra_library.identification import Candidate, Conversion
from spectra_library.library import BandList, Reference
from spectra_library.prepared import PreparedLibrary
from spectra_library.prepared_form import in_form
from spectra_library.spectrum import Spectrum, Technique

PEAKS_SHOWN = 5
PEAK_APART_CM = 25.0  # closer peaks would be labelled on top of each other
PEAK_MIN = 0.12  # of the highest band; lower ones are not what a name stands on
FINGERPRINT_HIGH_CM = 1900.0  # above it the plot is folded and bands say little
NEAR_CM = 8.0  # as for hints: a listed band this near to a peak is there


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """The reference, ``scale`` times its own height plus a level, and the sample minus that."""

    reference: Curve
    difference: Curve
    scale: float


def overlay(
    sample: Spectrum, reference: Spectrum, *, reference_label: str, difference_label: str
) -> Overlay | None:
    """Scale ``reference`` to ``sample`` where both were measured; None where they share less than 3 points.

    Minimises the sum of squares of ``sample - (scale * reference + level)``; a negative scale, which would
    turn bands upside down, becomes 0.
    """
    inside = (sample.wavenumber >= reference.wavenumber[0]) & (sample.wavenumber <= reference.wavenumber[-1])
    for low, high in reference.gaps:
        inside &= (sample.wavenumber <= low) | (sample.wavenumber >= high)
    axis = sample.wavenumber[inside]
    if axis.size < 3:
        return None
    measured = sample.absorbance[inside]
    known = np.interp(axis, reference.wavenumber, reference.absorbance)
    scale, level = _least_squares(known, measured)
    laid = scale * known + level
    return Overlay(Curve(reference_label, axis, laid), Curve(difference_label, axis, measured - laid), scale)


def _least_squares(known: FloatArray, measured: FloatArray) -> tuple[float, float]:
    centred = known - known.mean()
    power = float(centred @ centred)
    scale = max(float(centred @ (measured - measured.mean())) / power, 0.0) if power > 0 else 0.0
    return scale, float(measured.mean() - scale * known.mean())


class References:
    """Every reference and band list of the loaded libraries, by name."""

    def __init__(self, library: PreparedLibrary) -> None:
        self.library = library
        self._references = {
            (part.name, reference.id): reference
            for part in library.libraries
            for reference in part.references
        }
        self._band_lists = {bands.substance: bands for part in library.libraries for bands in part.band_lists}

    def find(self, library: str, reference: str) -> Reference | None:
        """Give a reference, None when the libraries have changed since."""
        return self._references.get((library, reference))

    def of_component(self, substance: str, form: Technique) -> tuple[tuple[str, Reference], ...]:
        """Give the references, each after its library, that spoke for a component compared in ``form``.

        What was measured in this form; where nothing was, what was converted to it.
        """
        own = [
            (library, reference)
            for (library, _), reference in self._references.items()
            if reference.substance == substance
        ]
        native = [one for one in own if one[1].spectrum.technique is form]
        return tuple(native or own)

    def spectrum_for(self, candidate: Candidate) -> Spectrum | None:
        """Give the spectrum that ``candidate`` was compared with, brought to the same form."""
        reference = self.find(candidate.library, candidate.reference)
        if reference is None:
            return None
        if candidate.conversion is Conversion.KRAMERS_KRONIG:
            return in_form(reference.spectrum, candidate.technique)
        return reference.spectrum

    def bands_of(self, substance: str) -> BandList | None:
        """Give the listed bands of a substance."""
        return self._band_lists.get(substance)


def highest_peaks(spectrum: Spectrum, count: int = PEAKS_SHOWN) -> tuple[float, ...]:
    """Give the wavenumbers of the ``count`` highest bands below 1900 cm-1, highest first."""
    below = spectrum.wavenumber < FINGERPRINT_HIGH_CM
    axis, height = spectrum.wavenumber[below], _smooth(spectrum.absorbance[below])
    if axis.size < 3:
        return ()
    floor = float(np.median(height))
    least = floor + PEAK_MIN * (float(height.max()) - floor)
    is_top = (height[1:-1] > height[:-2]) & (height[1:-1] >= height[2:]) & (height[1:-1] > least)
    tops = np.flatnonzero(is_top) + 1
    chosen: list[float] = []
    for index in tops[np.argsort(-height[tops], kind="stable")]:
        if all(abs(float(axis[index]) - other) >= PEAK_APART_CM for other in chosen):
            chosen.append(float(axis[index]))
    return tuple(chosen[:count])


def listed_and_missing(spectrum: Spectrum, bands: BandList) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Part the listed bands in range into those that ``spectrum`` shows and those that it does not."""
    peaks = np.array(highest_peaks(spectrum, count=100))
    inside = [
        float(one) for one in bands.wavenumber if spectrum.wavenumber_min <= one <= spectrum.wavenumber_max
    ]
    there = [one for one in inside if peaks.size and float(np.abs(peaks - one).min()) <= NEAR_CM]
    return tuple(there), tuple(one for one in inside if one not in there)


def _smooth(values: FloatArray) -> FloatArray:
    """Average over three points, the ends with themselves: noise alone makes no top."""
    padded = np.pad(values, 1, mode="edge")
    return np.asarray((padded[:-2] + padded[1:-1] + padded[2:]) / 3.0, dtype=np.float64)
