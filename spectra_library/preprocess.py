"""How a spectrum becomes numbers that can be compared: one common grid, one resolution, two channels.

Every step is a function on arrays.  A Recipe names all the constants; it is stored with each result, so
that the result can be computed again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from spectra_library.spectrum import FloatArray, Spectrum, read_only

BoolArray = NDArray[np.bool_]

_TOGETHER = 64  # spectra prepared at a time: what is worked on stays in the processor's cache
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
    ``coarser_cm`` the resolutions at which a pair is compared when one side resolves less than
    ``resolution_cm``: the next coarser of these for both.
    ``baseline_order`` of the polynomial that is projected out beside water and carbon dioxide.
    ``refined`` so many substances, the best, are compared a second time with their depth fitted:
    ``depth_exponents`` of 1000 / wavenumber are tried, at ``exponent_price`` of score times its square.
    ``peak_indices`` (k of the strongest band) that are tried where a transmission spectrum is brought to ATR:
    most organic liquids and polymers lie within them.
    """

    wavenumber_min: float = 650.0
    wavenumber_max: float = 4000.0
    step_cm: float = 2.0
    resolution_cm: float = 8.0
    assumed_resolution_cm: float = 4.0
    excluded: tuple[tuple[float, float], ...] = ((2280.0, 2400.0),)
    overlap_min: float = 0.35
    coarser_cm: tuple[float, ...] = (16.0, 32.0)
    baseline_order: int = 2
    refined: int = 12
    depth_exponents: tuple[float, ...] = (-0.5, -0.25, 0.0, 0.25, 0.5)
    exponent_price: float = 0.01
    peak_indices: tuple[float, ...] = (0.1, 0.3, 0.6)

    @property
    def grid(self) -> FloatArray:
        """(P,) cm-1, ascending."""
        return _grid(self.wavenumber_min, self.wavenumber_max, self.step_cm)

    def comparing(self, resolution_cm: float | None) -> Recipe:
        """Give the recipe for spectra of this resolution: the same, or one that compares at a coarser."""
        own = resolution_cm or self.assumed_resolution_cm
        steps = (self.resolution_cm, *(one for one in self.coarser_cm if one > self.resolution_cm))
        chosen = next((one for one in steps if one >= own), steps[-1])
        return self if chosen == self.resolution_cm else replace(self, resolution_cm=chosen)

    @property
    def sha256(self) -> str:
        """The hash under which results name this recipe."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """One spectrum (P,), or several (R, P), on the grid of their recipe.

    ``absorbance`` and ``derivative`` float64, 0 where ``inside`` is False.
    ``inside`` bool: the points that were measured and are not excluded.
    ``derivative`` is the first derivative over wavenumber.
    """

    absorbance: FloatArray
    derivative: FloatArray
    inside: BoolArray


@lru_cache(maxsize=8)
def _grid(lowest: float, highest: float, step: float) -> FloatArray:
    return read_only(lowest + step * np.arange(round((highest - lowest) / step) + 1))


def prepare(spectrum: Spectrum, recipe: Recipe) -> Prepared:
    """Bring ``spectrum`` onto the grid and to the resolution of ``recipe``."""
    return _prepared(spectrum, spectrum.absorbance, recipe)


def prepare_all(spectra: Sequence[Spectrum], recipe: Recipe) -> Prepared:
    """Prepare many spectra, those of one axis together: each row is what ``prepare`` gives, bit for bit."""
    shape = len(spectra), recipe.grid.size
    rows = Prepared(np.zeros(shape), np.zeros(shape), np.zeros(shape, dtype=bool))
    for alike in _alike(spectra):
        for start in range(0, len(alike), _TOGETHER):
            some = alike[start : start + _TOGETHER]
            absorbance = np.array([spectra[i].absorbance for i in some])
            one = _prepared(spectra[some[0]], absorbance, recipe)
            rows.absorbance[some], rows.derivative[some] = one.absorbance, one.derivative
            rows.inside[some] = one.inside
    return rows


def _alike(spectra: Sequence[Spectrum]) -> list[list[int]]:
    """Group the places of spectra that differ in nothing but their absorbances."""
    groups: dict[tuple[object, ...], list[int]] = {}
    for i, spectrum in enumerate(spectra):
        face = spectrum.wavenumber.tobytes(), spectrum.resolution_cm, spectrum.gaps
        groups.setdefault(face, []).append(i)
    return list(groups.values())


def _prepared(like: Spectrum, absorbance: FloatArray, recipe: Recipe) -> Prepared:
    """Prepare ``absorbance`` (..., N), measured as ``like`` was."""
    grid = recipe.grid
    measured = measured_points(like, grid)
    on_grid = bin_average(like.wavenumber, absorbance, grid)
    on_grid = broaden(on_grid, measured, sigma=broadening_sigma(like.resolution_cm, recipe))
    derivative = np.gradient(on_grid, recipe.step_cm, axis=-1)
    inside = measured.copy()
    for low, high in recipe.excluded:
        inside &= (grid < low) | (grid > high)
    return Prepared(
        absorbance=np.where(inside, on_grid, 0.0),
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
    """Average curves over each grid cell: finer data is averaged, coarser data interpolated.

    A curve is the straight line between its points, ``wavenumber`` (N,) and ``absorbance`` (..., N); its
    integral is exact, so noise of a finely sampled spectrum goes down as it should instead of being picked at
    random.  A cell outside the curve gets the curve's end.  Returns (..., P).
    """
    step = grid[1] - grid[0]
    edges = np.clip(np.append(grid - step / 2, grid[-1] + step / 2), wavenumber[0], wavenumber[-1])
    before = np.searchsorted(wavenumber, edges, side="right") - 1  # the point at or before each edge
    before = np.minimum(before, wavenumber.size - 2)
    beyond = edges - wavenumber[before]
    between = np.diff(wavenumber)
    start = absorbance.take(before, axis=-1)
    at_edges = start + (absorbance.take(before + 1, axis=-1) - start) * (beyond / between[before])
    integral = np.zeros(absorbance.shape)
    np.cumsum((absorbance[..., 1:] + absorbance[..., :-1]) * (between / 2), axis=-1, out=integral[..., 1:])
    to_edges = integral.take(before, axis=-1) + (start + at_edges) * (beyond / 2)
    width = np.diff(edges)
    averages = np.diff(to_edges) / np.where(width > 0, width, 1.0)
    return np.asarray(np.where(width > 0, averages, at_edges[..., :-1]), dtype=np.float64)


def broaden(absorbance: FloatArray, inside: BoolArray, *, sigma: float) -> FloatArray:
    """Smooth (..., P) with a Gaussian of ``sigma`` grid points, using only the points ``inside`` (P,)."""
    if sigma <= 0:
        return absorbance
    weight = _blurred(inside.astype(np.float64), sigma)
    total = _blurred(np.where(inside, absorbance, 0.0), sigma)
    return np.where(weight > 0, total / np.where(weight > 0, weight, 1.0), 0.0)


def _blurred(values: FloatArray, sigma: float) -> FloatArray:
    """Convolve (..., P) with a Gaussian that is 1 at its top; beyond the ends stands 0."""
    reach = int(np.ceil(4 * sigma))
    points = values.shape[-1]
    padded = np.zeros((*values.shape[:-1], points + 2 * reach))
    padded[..., reach : reach + points] = values
    total = values.copy()
    # Whole rows shifted and added: np.convolve takes one row at a time and thrice as long.
    for shift in range(1, reach + 1):
        sides = (
            padded[..., reach - shift : reach - shift + points] + padded[..., reach + shift :][..., :points]
        )
        sides *= np.exp(-0.5 * (shift / sigma) ** 2)
        total += sides
    return total


def broadening_sigma(own_cm: float | None, recipe: Recipe) -> float:
    """Give the Gaussian, in grid points, that takes a resolution of ``own_cm`` to the recipe's."""
    own = own_cm or recipe.assumed_resolution_cm
    missing = max(recipe.resolution_cm**2 - own**2, 0.0) ** 0.5
    return float(missing / FWHM_PER_SIGMA / recipe.step_cm)
