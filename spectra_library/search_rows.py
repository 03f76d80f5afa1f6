"""Rows of one width that can grow: a fixed part, which may lie on disk, and a growing part behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Float32Array = NDArray[np.float32]
IndexArray = NDArray[np.int64]


class GrowingRows:
    """Rows (R, W) of one type.

    The fixed part is used as it is given, also in its order of memory: coordinates that are multiplied as a
    whole are faster in Fortran order, rows that are picked one by one in C order.
    ``before_reading_all`` is called before the first product, which reads all of them.
    """

    def __init__(self, fixed: NDArray[Any], *, before_reading_all: Callable[[], None] | None = None) -> None:
        self._fixed = fixed
        self._before_reading_all = before_reading_all
        self._tail: NDArray[Any] = np.empty((0, fixed.shape[1]), fixed.dtype)
        self._tail_rows = 0

    def __len__(self) -> int:
        return len(self._fixed) + self._tail_rows

    @property
    def width(self) -> int:
        """W."""
        return int(self._fixed.shape[1])

    @property
    def nbytes(self) -> int:
        """The bytes of all rows."""
        return len(self) * self.width * self._fixed.itemsize

    def append(self, rows: NDArray[Any]) -> None:
        """Add ``rows`` (M, W) behind the last; the fixed part is not copied."""
        needed = self._tail_rows + len(rows)
        if needed > len(self._tail):
            wider = np.empty((max(2 * needed, 16), self.width), self._fixed.dtype)
            wider[: self._tail_rows] = self._tail[: self._tail_rows]
            self._tail = wider
        self._tail[self._tail_rows : needed] = rows
        self._tail_rows = needed

    def product(self, vectors: Float32Array) -> Float32Array:
        """Multiply every row with every one of ``vectors`` (Q, W): (Q, R)."""
        if self._before_reading_all:
            self._before_reading_all()
            self._before_reading_all = None
        fixed = _product(vectors, self._fixed)
        if not self._tail_rows:
            return fixed
        return np.concatenate([fixed, _product(vectors, self._tail[: self._tail_rows])], axis=1)

    def take(self, indices: IndexArray) -> NDArray[Any]:
        """Copy the rows at ``indices`` (M,): (M, W)."""
        if not self._tail_rows:
            return _picked(self._fixed, indices)
        taken = np.empty((len(indices), self.width), self._fixed.dtype)
        is_fixed = indices < len(self._fixed)
        taken[is_fixed] = _picked(self._fixed, indices[is_fixed])
        taken[~is_fixed] = self._tail[indices[~is_fixed] - len(self._fixed)]
        return taken

    def whole(self) -> NDArray[Any]:
        """Give all rows as one array (R, W) in the fixed part's order; no copy when nothing was appended."""
        if not self._tail_rows:
            return self._fixed
        return np.asarray(np.concatenate([self._fixed, self._tail[: self._tail_rows]]), order=self._order)

    def kept(self, indices: IndexArray) -> GrowingRows:
        """Make new rows of those at ``indices``, in the same order of memory."""
        return GrowingRows(np.asarray(self.take(indices), order=self._order))

    @property
    def _order(self) -> Literal["C", "F"]:
        return "C" if self._fixed.flags.c_contiguous else "F"


def _product(vectors: Float32Array, rows: Float32Array) -> Float32Array:
    if len(vectors) == 1:  # matrix times vector reads the rows once; the general product would repack them
        alone: Float32Array = rows @ vectors[0]  # (R, W) @ (W,) -> (R,)
        return alone[np.newaxis]
    return vectors @ rows.T  # (Q, W) @ (W, R) -> (Q, R)


def _picked(rows: NDArray[Any], indices: IndexArray) -> NDArray[Any]:
    # ``take`` is the faster one, but would first copy a whole array that is in Fortran order.
    return rows.take(indices, axis=0) if rows.flags.c_contiguous else rows[indices]
