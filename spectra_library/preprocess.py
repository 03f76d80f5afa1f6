"""How a spectrum becomes numbers that can be compared: one common grid, one resolution, two channels.

Every step is a function on arrays.  A Recipe names all the constants; it is stored with each result, so
that the result can be computed again.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from spectra_library.spectrum import FloatArray, Spectrum, read_only

BoolArray = NDArray[np.bool_]

FWHM_PER_SIGMA = 2.0 * np.sqrt(2.0 * np.log(2.0))  # a Gaussian's full width at half maximum over its sigma


@dataclass(frozen=True, slots=True)
class Recipe:
    """The constants of the preparation.

    ``wavenumber_min``, ``wavenumber_max``, ``step_cm`` the common grid, cm-1: what diamond ATR instruments
    reach, at four points to a resolution element.
    ``resolution_cm`` both sides are broadened to it; the forensic references resolve no more than 8 cm-1.
    ``assumed_resolution_cm`` taken for a spectrum that does not state its resolution.
    ``excluded`` stretches (low, high) in cm-1 left out on both sides: carbon dioxide of the air.
    ``overlap_min`` the least share of the grid that query and reference must have in common.
    """

    wavenumber_min: float = 650.0
    wavenumber_max: float = 4000.0
    step_cm: float = 2.0
    resolution_cm: float = 8.0
    assumed_resolution_cm: float = 4.0
    excluded: tuple[tuple[float, float], ...] = ((2280.0, 2400.0),)
    overlap_min: float = 0.35

    @property
    def grid(self) -> FloatArray:
        """(P,) cm-1, ascending."""
        count = round((self.wavenumber_max - self.wavenumber_min) / self.step_cm) + 1
        return read_only(self.wavenumber_min + self.step_cm * np.arange(count))

    @property
    def sha256(self) -> str:
        """The hash under which results name this recipe."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """One spectrum on the grid of its recipe.

    ``absorbance`` (P,) and ``derivative`` (P,) float64, 0 where ``inside`` is False.
    ``inside`` (P,) bool: the points that were measured and are not excluded.
    ``derivative`` is the first derivative over wavenumber.
    """

    absorbance: FloatArray
    derivative: FloatArray
    inside: BoolArray


def prepare(spectrum: Spectrum, recipe: Recipe) -> Prepared:
    """Bring ``spectrum`` onto the grid and to the resolution of ``recipe``."""
    grid = recipe.grid
    inside = measured_points(spectrum, grid)
    absorbance = bin_average(spectrum.wavenumber, spectrum.absorbance, grid)
    absorbance = broaden(absorbance, inside, sigma=_missing_sigma(spectrum, recipe))
    derivative = np.gradient(absorbance, recipe.step_cm)
    for low, high in recipe.excluded:
        inside &= (grid < low) | (grid > high)
    return Prepared(
        absorbance=np.where(inside, absorbance, 0.0),
        derivative=np.where(inside, derivative, 0.0),
        inside=inside,
    )


def measured_points(spectrum: Spectrum, grid: FloatArray) -> BoolArray:
    """(P,) True where ``spectrum`` has data: inside its range and outside its gaps."""
    inside = (grid >= spectrum.wavenumber_min) & (grid <= spectrum.wavenumber_max)
    for low, high in spectrum.gaps:
        inside &= (grid <= low) | (grid >= high)
    return inside


def bin_average(wavenumber: FloatArray, absorbance: FloatArray, grid: FloatArray) -> FloatArray:
    """Average the curve over each grid cell: finer data is averaged, coarser data interpolated.

    The curve is the straight line between its points (N,); its integral is exact, so noise of a finely
    sampled spectrum goes down as it should instead of being picked at random.  Returns (P,).
    """
    step = grid[1] - grid[0]
    edges = np.concatenate([grid - step / 2, grid[-1:] + step / 2])
    within = np.clip(edges, wavenumber[0], wavenumber[-1])
    knots = np.union1d(wavenumber, within)
    values = np.interp(knots, wavenumber, absorbance)
    integral = np.concatenate([[0.0], np.cumsum(np.diff(knots) * (values[1:] + values[:-1]) / 2)])
    at_edges = integral[np.searchsorted(knots, within)]
    width = np.diff(within)
    middle = np.interp(grid, wavenumber, absorbance)
    return np.where(width > 0, np.diff(at_edges) / np.where(width > 0, width, 1.0), middle)


def broaden(absorbance: FloatArray, inside: BoolArray, *, sigma: float) -> FloatArray:
    """Smooth (P,) with a Gaussian of ``sigma`` grid points, using only the points ``inside``."""
    if sigma <= 0:
        return absorbance
    reach = int(np.ceil(4 * sigma))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    weight = np.convolve(inside.astype(np.float64), kernel, mode="same")
    total = np.convolve(np.where(inside, absorbance, 0.0), kernel, mode="same")
    return np.where(weight > 0, total / np.where(weight > 0, weight, 1.0), 0.0)


def _missing_sigma(spectrum: Spectrum, recipe: Recipe) -> float:
    """Give the Gaussian, in grid points, that takes the spectrum's own resolution to the recipe's."""
    own = spectrum.resolution_cm or recipe.assumed_resolution_cm
    missing = max(recipe.resolution_cm**2 - own**2, 0.0) ** 0.5
    return float(missing / FWHM_PER_SIGMA / recipe.step_cm)
