"""What the simulated instrument would see: single beams of an empty and of a covered crystal.

background beam(v) = lamp and beam splitter(v) * diamond(v) * detector(v)     smooth, 1 at its best
sample beam(v)     = background beam(v) * 10 ** -A(v)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detector.capture import SampleTechnique

FloatArray = NDArray[np.float64]

FIRST_CM: Final = 650.0
LAST_CM: Final = 4000.0

# Root mean square noise of one co-added scan, as a part of the beam at its best.  Co-adding N scans divides
# it by sqrt(N): 1000 to 1 at 16 scans, what a portable instrument in daily use reaches.
NOISE_OF_ONE_SCAN: Final = 0.004


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedSample:
    """Something to lay on the crystal.

    ``wavenumber`` (N,) float64, cm-1, strictly ascending; ``absorbance`` (N,) float64, decadic, finite.
    ``gaps`` stretches (low, high) in cm-1 where its absorbance is not known.

    Raises ValueError when these do not fit.
    """

    name: str
    wavenumber: FloatArray
    absorbance: FloatArray
    technique: SampleTechnique = SampleTechnique.UNKNOWN
    gaps: tuple[tuple[float, float], ...] = ()

    def __post_init__(self) -> None:
        for name in ("wavenumber", "absorbance"):
            array = np.array(getattr(self, name), dtype=np.float64)
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        if self.wavenumber.ndim != 1 or self.wavenumber.shape != self.absorbance.shape:
            raise ValueError(
                f"expected one absorbance for each wavenumber in {self.name}, "
                f"found shapes {self.absorbance.shape} and {self.wavenumber.shape}"
            )
        if self.wavenumber.size < 2 or not (np.diff(self.wavenumber) > 0).all():
            raise ValueError(f"expected at least 2 strictly ascending wavenumbers in {self.name}")
        if not np.isfinite(self.wavenumber).all() or not np.isfinite(self.absorbance).all():
            raise ValueError(f"expected finite numbers in {self.name}")


def instrument_axis(resolution_cm: float) -> FloatArray:
    """Give the wavenumbers, cm-1, at two points per resolution element, 650 to 4000 cm-1."""
    step_cm = resolution_cm / 2
    points = int((LAST_CM - FIRST_CM) / step_cm) + 1
    return FIRST_CM + step_cm * np.arange(points, dtype=np.float64)


def empty_beam(wavenumber: FloatArray) -> FloatArray:
    """Give the single beam of the empty crystal, (N,) -> (N,), between 0.1 and 1.

    The shape is drawn, not measured: a hump with its top near 1400 cm-1 that falls to both ends, and the
    two-phonon bands of diamond between 1900 and 2300 cm-1.
    """
    hump = np.exp(-(((wavenumber - 1400.0) / 1900.0) ** 2))
    cut_on = 1.0 / (1.0 + np.exp(-(wavenumber - 640.0) / 40.0))
    diamond = 1.0 - 0.45 * np.exp(-(((wavenumber - 2020.0) / 60.0) ** 2))
    diamond -= 0.35 * np.exp(-(((wavenumber - 2160.0) / 60.0) ** 2))
    beam = hump * cut_on * diamond
    return np.asarray(0.1 + 0.9 * beam / beam.max(), dtype=np.float64)


def covered_beam(wavenumber: FloatArray, sample: SimulatedSample) -> FloatArray:
    """Give the single beam with a sample, (N,) -> (N,).

    It is 0 where the sample's absorbance is not known, outside its range and in its gaps: the host must
    list a gap there rather than see a made-up flat line.
    """
    absorbance = np.interp(wavenumber, sample.wavenumber, sample.absorbance)
    beam = empty_beam(wavenumber) * 10.0**-absorbance
    beam[~is_known(wavenumber, sample)] = 0.0
    return np.asarray(beam, dtype=np.float64)


def is_known(wavenumber: FloatArray, sample: SimulatedSample) -> NDArray[np.bool_]:
    """Tell for each wavenumber, (N,) -> (N,), whether the sample's absorbance is known there."""
    first, last = float(sample.wavenumber[0]), float(sample.wavenumber[-1])
    known = (wavenumber >= first) & (wavenumber <= last)
    for low, high in sample.gaps:
        known &= (wavenumber <= low) | (wavenumber >= high)
    return known


def with_noise(
    beam: FloatArray, *, scans: int, noise_of_one_scan: float, chance: np.random.Generator
) -> FloatArray:
    """Add the detector's white noise to a beam, (N,) -> (N,); a beam of exactly 0 stays so."""
    noise = chance.normal(0.0, noise_of_one_scan / np.sqrt(scans), beam.shape)
    return np.where(beam > 0.0, beam + noise, 0.0)
