"""Exact best-k Pearson correlation of one query with many rows: the hot loop."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

Float32Array = NDArray[np.float32]
IndexArray = NDArray[np.int64]


class SearchIndex:
    """Rows ready for correlation: each centred and of unit length, so a dot product is Pearson's r.

    A row without variation has no correlation with anything; it is kept as zeros and scores 0.
    """

    def __init__(self, unit_rows: Float32Array) -> None:
        self._unit_rows = unit_rows

    @classmethod
    def build(cls, rows: ArrayLike) -> Self:
        """Make an index of ``rows`` (R, P), any scale.  Raises ValueError on NaN or a wrong shape."""
        return cls(unit_rows(_checked_rows(rows)))

    def __len__(self) -> int:
        return int(self._unit_rows.shape[0])

    @property
    def points(self) -> int:
        """P, the width of a row."""
        return int(self._unit_rows.shape[1])

    def top(self, query: ArrayLike, k: int) -> tuple[IndexArray, Float32Array]:
        """Find the best ``k`` rows for ``query`` (P,): indices (k,) and scores (k,), best first.

        Equal scores are ordered by index; ``k`` is cut to R.  Raises ValueError on NaN or a wrong width.
        """
        indices, scores = self.top_many(np.asarray(query)[np.newaxis], k)
        return indices[0], scores[0]

    def top_many(self, queries: ArrayLike, k: int) -> tuple[IndexArray, Float32Array]:
        """Find the best ``k`` rows for each of ``queries`` (Q, P): indices (Q, k) and scores (Q, k)."""
        if k < 1:
            raise ValueError(f"expected k of at least 1, found {k}")
        unit_queries = unit_rows(self._of_this_width(queries))
        scores = unit_queries @ self._unit_rows.T  # (Q, P) @ (P, R) -> (Q, R)
        kept = min(k, len(self))
        indices = np.stack([best_first(row, kept) for row in scores]) if len(scores) else np.empty((0, kept))
        indices = indices.astype(np.int64)
        return indices, np.take_along_axis(scores, indices, axis=1)

    def append(self, rows: ArrayLike) -> None:
        """Add ``rows`` (M, P) behind the last."""
        self._unit_rows = np.concatenate([self._unit_rows, unit_rows(self._of_this_width(rows))])

    def remove(self, index: int) -> None:
        """Take one row out; later indices move down by one.  Raises IndexError when there is none."""
        if not 0 <= index < len(self):
            raise IndexError(f"expected a row from 0 to {len(self) - 1}, found {index}")
        self._unit_rows = np.delete(self._unit_rows, index, axis=0)

    def _of_this_width(self, rows: ArrayLike) -> NDArray[np.float64]:
        checked = _checked_rows(rows)
        if checked.shape[1] != self.points:
            raise ValueError(f"expected {self.points} points, found {checked.shape[1]}")
        return checked


def unit_rows(rows: NDArray[np.float64]) -> Float32Array:
    """Centre each row (R, P) and scale it to unit length; a constant row becomes zeros."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    # The rounding of the mean leaves a constant row with a tiny length instead of none.
    is_flat = length <= 1e-12 * np.abs(rows).max(axis=1, keepdims=True, initial=0.0) * rows.shape[1] ** 0.5
    unit: NDArray[np.float64] = np.divide(centred, length, out=np.zeros_like(centred), where=~is_flat)
    return unit.astype(np.float32)


def best_first(scores: Float32Array, k: int) -> IndexArray:
    """Give the indices (k,) of the ``k`` highest of ``scores`` (R,), best first, ties by index."""
    if k < scores.size:
        threshold = np.partition(scores, scores.size - k)[scores.size - k]
        contenders = np.flatnonzero(scores >= threshold)  # ascending, all ties at the border among them
    else:
        contenders = np.arange(scores.size)
    order = np.argsort(-scores[contenders], kind="stable")
    return contenders[order[:k]].astype(np.int64)


def _checked_rows(rows: ArrayLike) -> NDArray[np.float64]:
    checked = np.asarray(rows, dtype=np.float64)
    if checked.ndim != 2 or checked.shape[1] < 2:
        raise ValueError(f"expected rows of at least 2 points, found shape {checked.shape}")
    if not np.isfinite(checked).all():
        raise ValueError("expected finite numbers, found NaN or infinity")
    return checked
