"""How alike a query and some rows are, and a second look at the best of them with one thing fitted.

    row x (1000 / wavenumber) ** exponent, exponent -0.5 .. 0.5  ->  best correlation less its price

Some programs correct ATR spectra for the depth, which grows with the wavelength, and some do not; contact
and particle size tilt a spectrum the same way.  Shift, stretch and band width are not fitted: they helped the
wrong references more than the right ones (docs/decisions/0011-preparation.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from spectra_library.nuisance import Projection, nuisances
from spectra_library.optics import REFERENCE_WAVENUMBER
from spectra_library.preprocess import BoolArray, Prepared, Recipe
from spectra_library.spectrum import FloatArray, Technique

AS_IT_IS = (0.0,)  # the depth exponents of a first look


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Prepared references (R, P), 0 outside ``inside``; ``is_watery`` (R,) see ``nuisance.is_watery``."""

    absorbance: NDArray[np.floating]
    derivative: NDArray[np.floating]
    inside: BoolArray
    is_watery: BoolArray

    def of(self, places: NDArray[np.integer] | BoolArray) -> Self:
        """Pick rows."""
        return type(self)(
            self.absorbance[places], self.derivative[places], self.inside[places], self.is_watery[places]
        )


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """How alike each row is to the query, (R,) each.

    ``score`` correlation of the derivatives less the price of the exponent; ``absorbance_correlation`` of the
    absorbances at the same exponent; ``depth_exponent`` of 1000 / wavenumber.
    """

    score: FloatArray
    absorbance_correlation: FloatArray
    depth_exponent: FloatArray


def compare(
    rows: Rows,
    query: Prepared,
    recipe: Recipe,
    form: Technique,
    *,
    exponents: Sequence[float] = AS_IT_IS,
) -> Likeness:
    """Compare each row with ``query``, nuisances projected out of both; both were prepared by ``recipe``.

    Each row takes the exponent that suits it; of equal scores the smaller wins, so nothing is fitted that
    does not help.
    """
    basis = nuisances(recipe, form)
    exponents = sorted(exponents, key=abs)
    slopes = Projection(rows.inside, rows.is_watery, query.derivative, query.inside, basis.derivative)
    scores = np.array(
        [
            slopes.correlation(tilted_derivative(rows.absorbance, rows.derivative, recipe.grid, exponent=one))
            - recipe.exponent_price * one**2
            for one in exponents
        ]
    )
    best = np.array(exponents)[scores.argmax(axis=0)]  # the first of equals
    tilted = rows.absorbance
    if best.any():
        tilted = tilted * (REFERENCE_WAVENUMBER / recipe.grid) ** best[:, np.newaxis]
    heights = Projection(rows.inside, rows.is_watery, query.absorbance, query.inside, basis.absorbance)
    return Likeness(scores.max(axis=0), heights.correlation(tilted), best)


def tilted_derivative(
    absorbance: NDArray[np.floating],
    derivative: NDArray[np.floating],
    grid: FloatArray,
    *,
    exponent: float,
) -> NDArray[np.floating]:
    """Differentiate absorbance x (1000 / wavenumber) ** exponent by the product rule: (R, P) -> (R, P)."""
    if exponent == 0.0:
        return derivative
    factor = (REFERENCE_WAVENUMBER / grid) ** exponent
    tilted: NDArray[np.floating] = factor * derivative - (exponent * factor / grid) * absorbance
    return tilted
