"""Which sets of references are worth fitting: those that grow from what the residual resembles.

    best single -> add what the residual resembles most -> swap each for a better -> ... until nothing gains

A residual is compared with all rows in one product; the few best of them are fitted.  A search adds to what
was tried before, and gives the best set; ``tried`` is what an average over sets is taken of.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spectra_library.mixture_model import (
    ModelError,
    Remainder,
    extended,
    fitted,
    regions_of,
    remainder,
)
from spectra_library.preprocess import BoolArray, Prepared
from spectra_library.spectrum import FloatArray

RowSet = tuple[int, ...]  # indices of rows, ascending

_BLOCK = 512  # rows squared at a time
_SWAP_ROUNDS = 3


@dataclass(frozen=True, slots=True, eq=False)
class MixtureRows:
    """The references of one form, ready to be looked for in mixtures.

    ``absorbance``, ``derivative`` (R, P) float32, 0 outside ``inside`` (R, P).
    ``substances`` (R,) whose rows they are: rows of one substance are one component.
    ``energy`` (R, B) sum of squares of the derivative by region, ``packed`` (R, P / 8) ``inside`` as bits.
    """

    absorbance: NDArray[np.float32]
    derivative: NDArray[np.float32]
    inside: BoolArray
    substances: tuple[str, ...]
    energy: NDArray[np.float32]
    packed: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """How far the search goes.

    ``largest`` number of components, ``candidates`` of a residual that are fitted at each step,
    ``overlap_min`` the least share of the grid that query and reference must have in common, ``price`` of a
    component, in units of the logarithm of the evidence.
    """

    largest: int = 4
    candidates: int = 6
    overlap_min: float = 0.35
    price: float = 8.0


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """One set that was fitted.  ``evidence`` natural logarithm, the price of its components paid.

    ``amount`` (K,), ``covariance`` (K, K): see mixture_model.Fits; in the order of ``rows``.
    """

    rows: RowSet
    evidence: float
    amount: FloatArray
    covariance: FloatArray
    height_sd: float
    unexplained: float


def mixture_rows(
    absorbance: NDArray[np.float32],
    derivative: NDArray[np.float32],
    inside: BoolArray,
    substances: tuple[str, ...],
    *,
    region_points: int = ModelError().region_points,
) -> MixtureRows:
    """Make references (R, P) ready; the arrays are kept, not copied."""
    starts = np.arange(0, derivative.shape[1], region_points)
    blocks = [
        np.add.reduceat(derivative[first : first + _BLOCK] ** 2, starts, axis=1)
        for first in range(0, len(derivative), _BLOCK)
    ]
    energy = np.concatenate(blocks) if blocks else np.zeros((0, starts.size), np.float32)
    return MixtureRows(absorbance, derivative, inside, substances, energy, np.packbits(inside, axis=1))


class MixtureSearch:
    """One query against the rows.  The query must vary."""

    def __init__(
        self, query: Prepared, rows: MixtureRows, settings: SearchSettings, error: ModelError
    ) -> None:
        self._query = query
        self._rows = rows
        self._settings = settings
        self._error = error
        self._regions = regions_of(query.derivative, query.inside, error.region_points)
        self._broadening = error.broadenings[0]
        self._place: dict[int, int] = {}  # of a row among the references of the regions
        common = rows.packed & np.packbits(query.inside)
        overlap = np.bitwise_count(common).sum(axis=1) / query.inside.size
        varies = rows.energy.sum(axis=1) > 0
        self._is_usable = (overlap >= settings.overlap_min) & varies
        self._resembling: dict[RowSet, tuple[int, ...]] = {}
        self.tried: dict[RowSet, Fit] = {}

    @property
    def energy(self) -> FloatArray:
        """(B,) square sum of the query by region, in units of its mean square."""
        return self._regions.energy

    def run(self) -> Fit | None:
        """Give the best set that stepwise search with swaps finds; None where no row can be compared.

        Of the best set one component more, each component less and each component swapped was tried too.
        """
        best = self._grown(())
        if best is None:
            return None
        for broadening in self._error.broadenings[1:]:
            best = self._broadened(best, broadening)
        while True:
            more = self._grown(best.rows)
            if more is None or more.evidence <= best.evidence or len(best.rows) == self._settings.largest:
                return best
            best = self._swapped(more)

    def remainder(self, fit: Fit) -> Remainder:
        """Give what ``fit`` leaves of the query."""
        return remainder(
            self._regions,
            tuple(self._place[row] for row in fit.rows),
            fit.amount,
            height_sd=fit.height_sd,
            error=self._error,
            points=self._query.inside.size,
        )

    def resembling(self, rows: RowSet) -> tuple[int, ...]:
        """Give the best row of each of the substances that what ``rows`` leave resembles most, best first."""
        if rows not in self._resembling:
            self._resembling[rows] = self._most_alike(rows)
        return self._resembling[rows]

    def _most_alike(self, rows: RowSet) -> tuple[int, ...]:
        if rows:
            left = self.remainder(self.tried[rows])
            residual, weight = left.residual, self._query.inside / left.variance
        else:
            points = self._query.inside.size
            residual = self._regions.query.reshape(-1)[:points]
            level = self._regions.energy / np.maximum(self._regions.points, 1.0) + 0.05
            weight = self._query.inside / level.repeat(self._error.region_points)[:points]
        product = self._rows.derivative @ (residual * weight).astype(np.float32)  # (R, P) @ (P,) -> (R,)
        starts = np.arange(0, weight.size, self._error.region_points)
        mean_weight = np.add.reduceat(weight, starts) / np.maximum(self._regions.points, 1.0)
        length = self._rows.energy @ mean_weight.astype(np.float32)  # (R, B) @ (B,) -> (R,)
        gain = np.where(
            self._is_usable, np.maximum(product, 0.0) ** 2 / np.where(length > 0, length, np.inf), 0.0
        )
        seen = {self._rows.substances[row] for row in rows}
        found: list[int] = []
        for row in np.argsort(-gain, kind="stable"):
            if gain[row] <= 0 or len(found) == self._settings.candidates:
                break
            substance = self._rows.substances[row]
            if substance not in seen:
                seen.add(substance)
                found.append(int(row))
        return tuple(found)

    def _broadened(self, best: Fit, broadening: float) -> Fit:
        """Start again with broadened references where single ones fit better so, else leave all as it was."""
        kept = self._broadening, self._regions, self._place, self.tried
        self._broadening, self._place, self.tried = broadening, {}, {}
        self._regions = regions_of(self._query.derivative, self._query.inside, self._error.region_points)
        broader = self._best_of(kept[3])
        if broader is not None and broader.evidence > best.evidence:
            return broader
        self._broadening, self._regions, self._place, self.tried = kept
        return best

    def _grown(self, rows: RowSet) -> Fit | None:
        more = self.resembling(rows)
        return self._best_of(_with(rows, row) for row in more)

    def _swapped(self, best: Fit) -> Fit:
        for _ in range(_SWAP_ROUNDS):
            if len(best.rows) == 1:
                return best
            rests = [_without(best.rows, row) for row in best.rows]
            shorter = self._best_of(rests)
            others = [_with(rest, row) for rest in rests for row in self.resembling(rest)]
            found = max((one for one in (self._best_of(others), shorter) if one), key=_by_evidence)
            if found.evidence <= best.evidence:
                return best
            best = found
        return best

    def _best_of(self, sets: Iterable[RowSet]) -> Fit | None:
        asked = list(dict.fromkeys(sets))
        fresh = [one for one in asked if one not in self.tried]
        if fresh:
            self._fit(fresh)
        return max((self.tried[one] for one in asked), key=_by_evidence, default=None)

    def _fit(self, sets: list[RowSet]) -> None:
        """Fit ``sets``, all of one size."""
        missing = sorted({row for one in sets for row in one} - self._place.keys())
        if missing:
            self._place |= {row: place for place, row in enumerate(missing, start=self._regions.references)}
            self._regions = extended(
                self._regions,
                self._rows.derivative[missing].astype(np.float64),
                self._rows.inside[missing],
                self._query.inside,
                broadening=self._broadening,
            )
        places = np.array([[self._place[row] for row in one] for one in sets], dtype=np.intp)
        fits = fitted(self._regions, places, self._error)
        for i, one in enumerate(sets):
            self.tried[one] = Fit(
                rows=one,
                evidence=float(fits.evidence[i]) - self._settings.price * len(one),
                amount=fits.amount[i],
                covariance=fits.covariance[i],
                height_sd=float(fits.height_sd[i]),
                unexplained=float(fits.unexplained[i]),
            )


def _with(rows: RowSet, row: int) -> RowSet:
    return tuple(sorted((*rows, row)))


def _without(rows: RowSet, row: int) -> RowSet:
    return tuple(one for one in rows if one != row)


def _by_evidence(fit: Fit) -> float:
    return fit.evidence
