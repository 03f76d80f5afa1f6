"""The last word of a search: exact scores of a few rows, best first, ties by index.

Products in float32 choose who is looked at; float64 decides.  A float32 sum of P products of unit vectors,
in whatever order the processor adds, is off by at most P u / (1 - P u) with u = 2**-24 (Higham, Accuracy and
Stability of Numerical Algorithms, 2nd ed., eq. 3.5); ``product_slack`` is that and a little more.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from spectra_library.search_rows import Float32Array, GrowingRows, IndexArray
from spectra_library.spectrum import FloatArray

UNIT_ROUNDOFF = 2.0**-24  # float32
_LEAST, _MOST = np.float32(-1.0), np.float32(1.0)
_FLAT = 1e-12  # of the mean, per root of P
_GATHERED = 256  # rows copied and multiplied at a time: they stay in the processor's cache


def unit_rows(rows: FloatArray) -> FloatArray:
    """Centre each row (R, P) and scale it to unit length; a row without variation becomes zeros."""
    mean = rows.sum(axis=1, keepdims=True) / rows.shape[1]
    unit: FloatArray = rows - mean
    length = np.sqrt(np.vecdot(unit, unit))[:, np.newaxis]
    # The rounding of the mean leaves a constant row with a tiny length instead of none.
    length[length <= _FLAT * rows.shape[1] ** 0.5 * np.abs(mean)] = np.inf
    unit /= length
    return unit


def unit_vector(vector: FloatArray) -> FloatArray:
    """Do what ``unit_rows`` does, bit for bit, to one (P,): a single search is counted in microseconds."""
    mean = np.add.reduce(vector) / vector.size
    unit: FloatArray = vector - mean
    length = sqrt(unit.dot(unit))
    unit /= length if length > _FLAT * vector.size**0.5 * abs(mean) else np.inf
    return unit


def product_slack(points: int) -> float:
    """Bound the error of a float32 product of two unit vectors of ``points``, and of both their roundings."""
    roundings = (points + 8) * UNIT_ROUNDOFF
    return roundings / (1.0 - min(roundings, 0.5))


def kth_largest(values: NDArray[np.floating], k: int) -> float:
    """Give the ``k``-th largest of ``values`` (M,), M at least ``k``."""
    return float(np.partition(values, values.size - k)[values.size - k])


def gathered_product(rows: GrowingRows, indices: IndexArray, query: Float32Array) -> Float32Array:
    """Multiply the rows at ``indices`` (M,) with ``query`` (P,): (M,)."""
    scores = np.empty(len(indices), np.float32)
    for start in range(0, len(indices), _GATHERED):
        block = slice(start, start + _GATHERED)
        scores[block] = rows.take(indices[block]) @ query  # (M, P) @ (P,) -> (M,)
    return scores


def best_of(
    rows: GrowingRows, indices: IndexArray | None, rough: Float32Array, query: FloatArray, k: int
) -> tuple[IndexArray, Float32Array]:
    """Find the best ``k`` of ``indices`` (M,), ascending, whose ``rough`` float32 scores (M,) are known.

    ``query`` (P,) is of unit length; no ``indices`` means all rows.  Returns indices (k,) and scores (k,),
    best first, ties by index.
    """
    border = kth_largest(rough, k) - 2.0 * product_slack(rows.width)
    contenders = (rough >= border).nonzero()[0]
    if indices is not None:
        contenders = indices[contenders]
    scores = exact_scores(rows, contenders, query)
    order = (-scores).argsort(kind="stable")[:k]
    return contenders[order], scores[order]


def exact_scores(rows: GrowingRows, indices: IndexArray, query: FloatArray) -> Float32Array:
    """Multiply the rows at ``indices`` (M,) with ``query`` (P,) in float64: (M,).

    Each is a sum of its own, so equal rows give equal scores wherever they stand, which a matrix product
    does not promise.
    """
    blocks = [indices[start : start + _GATHERED] for start in range(0, len(indices), _GATHERED)]
    products = [np.vecdot(rows.take(block).astype(np.float64), query) for block in blocks]
    scores = (np.concatenate(products) if len(products) > 1 else products[0]).astype(np.float32)
    np.minimum(scores, _MOST, out=scores)  # rounding may take a spectrum against itself past 1
    return np.maximum(scores, _LEAST, out=scores)
