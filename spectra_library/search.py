"""Exact best-k Pearson correlation of one query, or many, with many rows: the hot loop.

    query -> first bound of every row -> floor: the k-th exact score among promising rows
          -> rows whose first bound reaches it -> of these, rows whose second bound reaches it -> exact scores

Few rows, rows without structure, or a query that resembles nothing: the plain product with every row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectra_library.errors import LibraryStoreError
from spectra_library.search_bound import Plan, QueryBounds, RowBounds
from spectra_library.search_cache import read_arrays, write_arrays
from spectra_library.search_exact import (
    UNIT_ROUNDOFF,
    best_of,
    gathered_product,
    kth_largest,
    product_slack,
    unit_rows,
    unit_vector,
)
from spectra_library.search_plan import chosen_plan, principal_axes
from spectra_library.search_rows import Float32Array, GrowingRows, IndexArray
from spectra_library.spectrum import FloatArray

Best = tuple[IndexArray, Float32Array]

_LARGEST = 1e150  # a number whose square still is one
_NOT_FINITE = f"expected finite numbers below {_LARGEST:g}, found NaN, infinity or more"
_PREPARED = 1024  # rows centred and scaled at a time
_SCORES = 1 << 24  # scores in memory at a time, 64 MB: more queries together are fewer passes over the rows
_BATCH, _BATCH_ROWS = 4, 25_000  # this many queries on fewer rows: a matrix product is faster than any bound
_OUTSIDE = 0.6  # a query with this much length outside the basis resembles nothing: no bound would help
_STRIDE = 7  # every seventh row is enough to see how high the promising ones are
_PROMISING = 512  # rows that may set the floor
_MOST_BOUNDED = _PROMISING // _STRIDE  # best rows asked for; who wants more reads most rows anyway
_NO_SCORE = -2.0  # below every bound, above what stands for a removed row
_TRIED = 512  # surviving rows whose second bound tells whether going on is worth while
_GIVE_UP = 0.3  # of the rows left: then the plain product, which reads them in order, is faster


class SearchIndex:
    """Rows ready for correlation: each centred and of unit length, so a dot product is Pearson's r.

    A row without variation has no correlation with anything; it is kept as zeros and scores 0.
    """

    def __init__(self, rows: GrowingRows, bounds: RowBounds | None) -> None:
        self._rows = rows
        self._bounds = bounds
        # Removed rows stay where they are: a row's index is its place among the living.
        self._living: IndexArray = np.arange(len(rows))
        self._dead: IndexArray = np.empty(0, np.int64)

    @classmethod
    def build(cls, rows: ArrayLike, *, plan: Plan | None = None) -> Self:
        """Make an index of ``rows`` (R, P), any scale.  Raises ValueError on NaN or a wrong shape.

        What the bound keeps is chosen from the rows, unless a ``plan`` says it.
        """
        unit = _checked_unit_rows(rows)
        if plan is None:
            chosen = chosen_plan(unit)
        else:
            chosen = plan, principal_axes(unit.astype(np.float64), plan.kept, np.random.default_rng(0))
        return cls(GrowingRows(unit), RowBounds.build(*chosen, unit) if chosen else None)

    def __len__(self) -> int:
        return len(self._living)

    @property
    def points(self) -> int:
        """P, the width of a row."""
        return self._rows.width

    @property
    def plan(self) -> Plan | None:
        """What is kept beside the rows; None where every search is a plain product."""
        return self._bounds.plan if self._bounds else None

    @property
    def rows_nbytes(self) -> int:
        """The bytes of the rows themselves."""
        return self._rows.nbytes

    @property
    def bounds_nbytes(self) -> int:
        """The bytes of what is kept beside the rows."""
        return self._bounds.nbytes if self._bounds else 0

    def top(self, query: ArrayLike, k: int) -> Best:
        """Find the best ``k`` rows for ``query`` (P,): indices (k,) and scores (k,), best first.

        Equal scores are ordered by index; ``k`` is cut to R.  Raises ValueError on NaN or a wrong width.
        """
        given = np.asarray(query, dtype=np.float64)
        if given.ndim != 1:
            raise ValueError(f"expected a query of {self.points} points, found shape {given.shape}")
        self._check_width(given)
        if not given.dot(given) < _LARGEST**2:  # NaN is not below anything
            raise ValueError(_NOT_FINITE)
        asked = unit_vector(given)[np.newaxis]
        indices, scores = self._best_of_each(asked, self._cut(k))[0]
        return self._numbered(indices), scores

    def top_many(self, queries: ArrayLike, k: int) -> Best:
        """Find the best ``k`` rows for each of ``queries`` (Q, P): indices (Q, k) and scores (Q, k)."""
        kept = self._cut(k)
        asked = unit_rows(self._of_this_width(queries))
        indices = np.empty((len(asked), kept), np.int64)
        scores = np.empty((len(asked), kept), np.float32)
        together = max(_SCORES // max(len(self._rows), 1), 1)
        for start in range(0, len(asked), together):
            best = self._best_of_each(asked[start : start + together], kept)
            for which, (best_indices, best_scores) in enumerate(best, start):
                indices[which], scores[which] = best_indices, best_scores
        return self._numbered(indices), scores

    def append(self, rows: ArrayLike) -> None:
        """Add ``rows`` (M, P) behind the last; the rest of the index stays as it is."""
        unit = unit_rows(self._of_this_width(rows)).astype(np.float32)
        first = len(self._rows)
        self._rows.append(unit)
        if self._bounds:
            self._bounds.append(unit)
        self._living = np.concatenate([self._living, np.arange(first, len(self._rows))])

    def remove(self, index: int) -> None:
        """Take one row out; later indices move down by one.  Raises IndexError when there is none."""
        if not 0 <= index < len(self):
            raise IndexError(f"expected a row from 0 to {len(self) - 1}, found {index}")
        self._dead = np.append(self._dead, self._living[index])
        self._living = np.delete(self._living, index)
        if len(self._dead) > len(self._living):
            self.compact()

    def compact(self) -> None:
        """Give back the memory of removed rows.  Happens by itself when they outnumber the others."""
        if len(self._dead):
            self._rows = self._rows.kept(self._living)
            self._bounds = self._bounds.kept(self._living) if self._bounds else None
            self._living, self._dead = np.arange(len(self._rows)), np.empty(0, np.int64)

    # --- Between two starts of the program ------------------------------------------------------------

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Give all that is to be stored, the rows first."""
        self.compact()
        return {"rows": self._rows.whole(), **(self._bounds.arrays() if self._bounds else {})}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Undo ``arrays``."""
        bounds = RowBounds.from_arrays(arrays) if len(arrays) > 1 else None
        return cls(GrowingRows(arrays["rows"]), bounds)

    def save(self, folder: Path, key: str) -> None:
        """Write the index into ``folder`` under ``key``, which should name the content and its preparation.

        Raises LibraryStoreError when it cannot be written.
        """
        write_arrays(folder, key, self.arrays())

    @classmethod
    def open(cls, folder: Path, key: str) -> Self:
        """Open the index saved under ``key``; of the rows only those that are scored are ever read.

        Raises LibraryStoreError when it is missing, damaged, or was saved under another key.
        """
        mapped, arrays = read_arrays(folder, key)
        rows = GrowingRows(mapped.array, before_reading_all=mapped.read_ahead)
        return cls(rows, RowBounds.from_arrays(arrays) if arrays else None)

    @classmethod
    def open_or_build(cls, folder: Path, key: str, rows: Callable[[], ArrayLike]) -> Self:
        """Open the index saved under ``key``, or build it from ``rows()`` and save it for the next time."""
        try:
            return cls.open(folder, key)
        except LibraryStoreError:
            index = cls.build(rows())
        # A folder that cannot be written costs time at the next start; it must not cost the answer.
        with suppress(LibraryStoreError):
            index.save(folder, key)
        return index

    # --- The search; indices from here on are places in ``_rows`` -------------------------------------

    def _best_of_each(self, asked: FloatArray, k: int) -> list[Best]:
        """Answer each of ``asked`` (Q, P), of unit length."""
        if not k:
            return [(np.empty(0, np.int64), np.empty(0, np.float32))] * len(asked)
        if not self._bounds or k > _MOST_BOUNDED or self._is_better_plain(len(asked)):
            return self._plain(asked, k)
        coordinates = self._bounds.coordinates(asked)
        if coordinates.norms[:, -1].min() > _OUTSIDE:
            return self._plain(asked, k)
        best = [
            self._bounded(query, bounds, k)
            for query, bounds in zip(asked, self._bounds.of(coordinates), strict=True)
        ]
        unanswered = [which for which, answer in enumerate(best) if answer is None]
        plain = dict(zip(unanswered, self._plain(asked[unanswered], k), strict=True)) if unanswered else {}
        return [answer or plain[which] for which, answer in enumerate(best)]

    def _is_better_plain(self, queries: int) -> bool:
        """Tell whether one product for all ``queries`` together is faster than a search for each."""
        return queries >= _BATCH and len(self._rows) < _BATCH_ROWS

    def _plain(self, asked: FloatArray, k: int) -> list[Best]:
        """Answer ``asked`` (Q, P) by the product with every row."""
        rough = self._rows.product(asked.astype(np.float32))  # (Q, P) @ (P, R) -> (Q, R)
        if len(self._dead):
            rough[:, self._dead] = -np.inf
        return [
            best_of(self._rows, None, scores, query, k) for query, scores in zip(asked, rough, strict=True)
        ]

    def _bounded(self, query: FloatArray, bounds: QueryBounds, k: int) -> Best | None:
        """Answer ``query`` (P,) from its bounds; None when so many rows survive that plain is faster."""
        if len(self._dead):
            bounds.first[self._dead] = -np.inf
        rough_query = query.astype(np.float32)
        promising = _promising(bounds, k)
        if len(promising) < k:
            return None
        floor = kth_largest(gathered_product(self._rows, promising, rough_query), k)
        # The k-th best of all is no worse than the exact score of the k-th best of these.
        floor -= product_slack(self.points) + 2 * UNIT_ROUNDOFF
        survivors = np.flatnonzero(bounds.first >= floor)
        tried = survivors[:: len(survivors) // _TRIED + 1]
        if np.mean(bounds.second(tried) >= floor) * len(survivors) > _GIVE_UP * len(self._rows):
            return None
        survivors = survivors[bounds.second(survivors) >= floor]
        rough = gathered_product(self._rows, survivors, rough_query)
        return best_of(self._rows, survivors, rough, query, k)

    def _cut(self, k: int) -> int:
        if k < 1:
            raise ValueError(f"expected k of at least 1, found {k}")
        return min(k, len(self))

    def _numbered(self, places: IndexArray) -> IndexArray:
        """Turn places in ``_rows`` into indices among the living."""
        return np.searchsorted(self._living, places) if len(self._dead) else places

    def _of_this_width(self, rows: ArrayLike) -> FloatArray:
        checked = _checked_rows(rows)
        self._check_width(checked)
        return checked

    def _check_width(self, given: FloatArray) -> None:
        if given.shape[-1] != self.points:
            raise ValueError(f"expected {self.points} points, found {given.shape[-1]}")


def _promising(bounds: QueryBounds, k: int) -> IndexArray:
    """Pick rows (M,) whose bounds promise good scores; only with many rows removed is M less than ``k``."""
    sampled = bounds.first[::_STRIDE]
    lowest = _NO_SCORE
    if len(sampled) > _MOST_BOUNDED:
        lowest = max(kth_largest(sampled, _MOST_BOUNDED), _NO_SCORE)
    promising = np.flatnonzero(bounds.first >= lowest)[: 4 * _PROMISING]
    return promising[np.argsort(-bounds.second(promising), kind="stable")[: 4 * k]]


def _checked_unit_rows(rows: ArrayLike) -> Float32Array:
    """Make unit rows (R, P) float32, a block at a time: a float64 copy of all would be twice the library."""
    given = np.asarray(rows)
    _check_shape(given)
    unit = np.empty(given.shape, np.float32)
    for start in range(0, len(given), _PREPARED):
        block = slice(start, start + _PREPARED)
        unit[block] = unit_rows(_checked_rows(given[block]))
    return unit


def _checked_rows(rows: ArrayLike) -> FloatArray:
    checked = np.asarray(rows, dtype=np.float64)
    _check_shape(checked)
    if not np.abs(checked).max(initial=0.0) < _LARGEST:  # NaN is not below anything
        raise ValueError(_NOT_FINITE)
    return checked


def _check_shape(rows: NDArray[Any]) -> None:
    if rows.ndim != 2 or rows.shape[1] < 2:
        raise ValueError(f"expected rows of at least 2 points, found shape {rows.shape}")
