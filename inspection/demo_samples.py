"""What lies on the crystal in the demonstration, on the command line and in the window.

Two samples are measurements by another laboratory than the one behind the reference; the third is drawn
from the library itself, and is said to be.  The window has a fourth, a mixture of both kinds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detector.simulator.optics import SimulatedSample
from inspection.language import Wording
from inspection.simulated_samples import played, samples_named
from spectra_library.catalogue import Catalogue
from spectra_library.formats.file_spectrum import FileSpectrum
from spectra_library.formats.reading import read_file
from spectra_library.library import ReferenceLibrary
from spectra_library.starter import DATA_FOLDER

SAMPLES_FOLDER = DATA_FOLDER / "demonstration"
# The forensic library may have been removed; toluene is a precursor of the open one.
PRECURSORS = ("safrole", "toluene")
HIDDEN = "toluene"  # beside the declared ethanol
HIGHEST = 0.5  # absorbance of a mixture's bands: a good contact


@dataclass(frozen=True, slots=True)
class DemoSample:
    """What lies on the simulated crystal, what its papers say, and where it comes from."""

    sample: SimulatedSample
    declared: str
    origin: str


def demo_samples(
    words: Wording, catalogue: Catalogue, libraries: tuple[ReferenceLibrary, ...]
) -> tuple[DemoSample, ...]:
    """Give the three samples of the demonstration."""
    simulated = words("simulated from the library's own reference: shows the path, proves no accuracy")
    known = {reference.substance for library in libraries for reference in library.references}
    [drawn] = samples_named([next(one for one in PRECURSORS if one in known)], catalogue, libraries)
    return (*measured_samples(words), DemoSample(drawn, "vanillin", simulated))


def window_samples(
    words: Wording, catalogue: Catalogue, libraries: tuple[ReferenceLibrary, ...]
) -> tuple[DemoSample, ...]:
    """Give the samples of the window: a mixture comes last, of which the papers name one component."""
    known = {reference.substance for library in libraries for reference in library.references}
    three = demo_samples(words, catalogue, libraries)
    if HIDDEN not in known:
        return three
    ethanol, (hidden,) = _from_file("ethanol.csv"), samples_named([HIDDEN], catalogue, libraries)
    origin = words("simulated: a measurement by another laboratory plus the library's own reference")
    return (*three, DemoSample(mixed(ethanol, hidden), "ethanol", origin))


def mixed(*samples: SimulatedSample) -> SimulatedSample:
    """Give the sum of ``samples``, each with its strongest band equally high, where all were measured."""
    first = samples[0]
    low = max(float(one.wavenumber[0]) for one in samples)
    high = min(float(one.wavenumber[-1]) for one in samples)
    axis = first.wavenumber[(first.wavenumber >= low) & (first.wavenumber <= high)]
    heights = np.zeros_like(axis)
    for one in samples:
        own = np.interp(axis, one.wavenumber, one.absorbance)
        heights += HIGHEST / len(samples) * own / float(own.max())
    gaps = tuple(sorted(gap for one in samples for gap in one.gaps))
    name = " + ".join(one.name for one in samples)
    return SimulatedSample(name, axis, heights, first.technique, gaps)


def measured_samples(words: Wording) -> tuple[DemoSample, ...]:
    """Give the two samples that need no library."""
    measured = words("measurement by another laboratory than the reference's, not in the library")
    return (
        DemoSample(_from_file("isopropanol.csv"), "isopropyl alcohol", measured),
        DemoSample(_from_file("ethanol.csv"), "methanol", measured),
    )


def _from_file(name: str) -> SimulatedSample:
    # The program's own files need no limited process.
    [found] = [part for part in read_file(SAMPLES_FOLDER / name) if isinstance(part, FileSpectrum)]
    return played(found.title, found.spectrum())
