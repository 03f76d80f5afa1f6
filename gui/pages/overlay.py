"""A reference laid over a sample: on the sample's axis, scaled by least squares, with what is left over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gui.widgets.curves import Curve
from spectra_library import laid_over
from spectra_library.identification import Candidate, Conversion
from spectra_library.library import BandList, Reference
from spectra_library.prepared import PreparedLibrary
from spectra_library.prepared_form import in_form
from spectra_library.spectrum import Spectrum, Technique

PEAKS_SHOWN = 5
PEAKS_ASKED = 100  # for what is listed
PEAK_APART_CM = 25.0  # closer peaks would be labelled on top of each other
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
    """Scale ``reference`` to ``sample`` where both were measured; None where that is less than 3 points."""
    scaled = laid_over.scaled_to(sample, reference)
    if scaled is None:
        return None
    return Overlay(
        Curve(reference_label, scaled.wavenumber, scaled.reference),
        Curve(difference_label, scaled.wavenumber, scaled.difference),
        scaled.scale,
    )


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


def highest_peaks(spectrum: Spectrum) -> tuple[float, ...]:
    """Give the wavenumbers of the bands that a plot has room to name, highest first."""
    return laid_over.highest_peaks(spectrum, apart_cm=PEAK_APART_CM, count=PEAKS_SHOWN)


def listed_and_missing(spectrum: Spectrum, bands: BandList) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Part the listed bands in range into those that ``spectrum`` shows and those that it does not."""
    # A band at the end of the range is there all the same, though a plot gives it no number.
    tops = laid_over.highest_peaks(spectrum, apart_cm=PEAK_APART_CM, count=PEAKS_ASKED, end_cm=0.0)
    peaks = np.array(tops)
    inside = [
        float(one) for one in bands.wavenumber if spectrum.wavenumber_min <= one <= spectrum.wavenumber_max
    ]
    there = [one for one in inside if peaks.size and float(np.abs(peaks - one).min()) <= NEAR_CM]
    return tuple(there), tuple(one for one in inside if one not in there)
