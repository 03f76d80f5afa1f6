"""Four ways to order references by likeness, all asked the same questions on the same grid.

    Rank(question) -> references, best first

The engine stands behind ``engine``.  The other three are what anyone would try first and use nothing of the
engine but its grid, its resolution and its left-out stretches, so they stay what they are when it changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from spectra_library.library import Reference, ReferenceLibrary
from spectra_library.prepared import PreparedLibrary
from spectra_library.preprocess import Recipe
from spectra_library.spectrum import FloatArray, Spectrum, Technique

Rank = Callable[[Spectrum], tuple[Reference, ...]]
Curve = Callable[[FloatArray, Recipe], FloatArray]

FWHM_PER_SIGMA = 2.0 * (2.0 * np.log(2.0)) ** 0.5  # of a Gaussian


@dataclass(frozen=True, slots=True)
class Method:
    """A way to order references: ``ready`` takes a library and gives the function that answers questions."""

    name: str
    ready: Callable[[ReferenceLibrary], Rank]


def engine_rank(library: ReferenceLibrary) -> Rank:
    """Order by the program's own search."""
    prepared = PreparedLibrary((library,))

    def rank(query: Spectrum) -> tuple[Reference, ...]:
        form = Technique.ATR if query.technique is Technique.UNKNOWN else query.technique
        return tuple(one.reference for one in prepared.search(query, form))

    return rank


def curve_rank(curve: Curve, *, is_centred: bool) -> Callable[[ReferenceLibrary], Rank]:
    """Order by correlation (``is_centred``) or cosine of one curve over the points that both sides have."""

    def ready(library: ReferenceLibrary) -> Rank:
        recipe = Recipe()
        pairs = [on_grid(one.spectrum, recipe) for one in library.references]
        rows = np.array([curve(values, recipe) for values, _ in pairs])  # (R, P)
        inside = np.array([mask for _, mask in pairs])

        def rank(query: Spectrum) -> tuple[Reference, ...]:
            values, mask = on_grid(query, recipe)
            scores = likeness(rows, inside, curve(values, recipe), mask, is_centred=is_centred)
            return tuple(library.references[i] for i in np.argsort(-scores, kind="stable"))

        return rank

    return ready


def on_grid(spectrum: Spectrum, recipe: Recipe) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Bring a spectrum to the grid and the resolution of ``recipe``.

    Returns the absorbance (P,), held constant beyond the range that was measured, and a mask (P,) of the
    points that were measured and are not left out.
    """
    grid = recipe.grid
    inside = (grid >= spectrum.wavenumber_min) & (grid <= spectrum.wavenumber_max)
    for low, high in (*spectrum.gaps, *recipe.excluded):
        inside &= (grid <= low) | (grid >= high)
    own = spectrum.resolution_cm or recipe.assumed_resolution_cm
    missing = max(recipe.resolution_cm**2 - own**2, 0.0) ** 0.5
    values = np.interp(grid, spectrum.wavenumber, spectrum.absorbance)
    if missing > 0:
        values = gaussian_filter1d(values, missing / FWHM_PER_SIGMA / recipe.step_cm, mode="nearest")
    return np.asarray(values, dtype=np.float64), inside


def likeness(
    rows: FloatArray,
    inside: NDArray[np.bool_],
    query: FloatArray,
    mask: NDArray[np.bool_],
    *,
    is_centred: bool,
) -> FloatArray:
    """Correlation or cosine of each row (R, P) with the query (P,) over the points that both have; (R,)."""
    common = inside & mask
    row = np.where(common, rows, 0.0)
    asked = np.where(common, query, 0.0)
    if is_centred:
        count = np.maximum(common.sum(axis=1, keepdims=True), 1)
        row = np.where(common, row - row.sum(axis=1, keepdims=True) / count, 0.0)
        asked = np.where(common, asked - asked.sum(axis=1, keepdims=True) / count, 0.0)
    length = np.linalg.norm(row, axis=1) * np.linalg.norm(asked, axis=1)
    product = np.einsum("rp,rp->r", row, asked)
    scores: FloatArray = np.divide(product, length, out=np.zeros_like(product), where=length > 0)
    return scores


def absorbance(values: FloatArray, recipe: Recipe) -> FloatArray:
    """Leave the curve as it is."""
    return values


def first_derivative(values: FloatArray, recipe: Recipe) -> FloatArray:
    """Differentiate over wavenumber."""
    return np.gradient(values, recipe.step_cm)


ENGINE = Method("engine", engine_rank)
RAW = Method("raw correlation", curve_rank(absorbance, is_centred=True))
DERIVATIVE = Method("first derivative", curve_rank(first_derivative, is_centred=True))
COSINE = Method("cosine", curve_rank(absorbance, is_centred=False))
METHODS = (ENGINE, RAW, DERIVATIVE, COSINE)
