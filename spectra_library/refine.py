"""How alike a query and some rows are, and a second look at the best of them with one thing fitted.

    row x (1000 / wavenumber) ** exponent, exponent -0.5 .. 0.5  ->  best correlation less its price

Some programs correct ATR spectra for the depth, which grows with the wavelength, and some do not; contact
and particle size tilt a spectrum the same way.  Shift, stretch and band width are not fitted: they helped the
wrong references more than the right ones (docs/decisions/0011-preparation.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import numpy as np
from numpy.typing import NDArray

from spectra_library.nuisance import Projection, nuisances
from spectra_library.optics import REFERENCE_WAVENUMBER
from spectra_library.preprocess import BoolArray, Prepared, Recipe
from spectra_library.spectrum import FloatArray, Technique, read_only

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
    return Comparison(rows, query, recipe, form).likeness(exponents)


class Comparison:
    """Rows and a query, nuisances projected out of both: made once for rows that are looked at twice."""

    def __init__(self, rows: Rows, query: Prepared, recipe: Recipe, form: Technique) -> None:
        """Project ``query``; both sides were prepared by ``recipe``."""
        basis = nuisances(recipe, form)
        self._rows = rows
        self._recipe = recipe
        self._slopes = Projection(
            rows.inside, rows.is_watery, query.derivative, query.inside, basis.derivative
        )
        self._heights = Projection(
            rows.inside, rows.is_watery, query.absorbance, query.inside, basis.absorbance
        )

    def of(self, places: NDArray[np.integer] | BoolArray) -> Self:
        """Pick rows."""
        picked = copy(self)
        picked._rows = self._rows.of(places)
        picked._slopes, picked._heights = self._slopes.of(places), self._heights.of(places)
        return picked

    def likeness(self, exponents: Sequence[float]) -> Likeness:
        """Compare each row with the query, see ``compare``."""
        rows = self._rows
        tried = tuple(sorted(exponents, key=abs))
        factors, slopes = tilts_of_derivative(self._recipe, tried)
        if tried == AS_IT_IS:
            correlations = self._slopes.correlation(rows.derivative)[np.newaxis]
        else:
            correlations = self._slopes.correlations(rows.derivative, rows.absorbance, (factors, slopes))
        scores = correlations - self._recipe.exponent_price * np.square(tried)[:, np.newaxis]
        best = scores.argmax(axis=0)  # the first of equals
        depth = np.array(tried)[best]
        tilted = rows.absorbance * factors[best] if depth.any() else rows.absorbance
        return Likeness(scores.max(axis=0), self._heights.correlation(tilted), depth)


@lru_cache(maxsize=16)
def tilts_of_derivative(recipe: Recipe, exponents: tuple[float, ...]) -> tuple[FloatArray, FloatArray]:
    """Give what tilting by each of ``exponents`` does to the derivative of a row: two factors (E, P).

    d/dv absorbance x (1000 / v) ** exponent, by the product rule, is the first x the derivative + the second
    x the absorbance; the first alone is what the absorbance is multiplied with.
    """
    exponent = np.array(exponents)[:, np.newaxis]
    factor = (REFERENCE_WAVENUMBER / recipe.grid) ** exponent
    return read_only(factor), read_only(-exponent * factor / recipe.grid)
