"""Other ways to find the best k rows, to measure the search against.

Only numpy must be there; scipy, scikit-learn and faiss are looked for when the benchmark runs.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import numpy as np
from numpy.typing import NDArray

Float32Array = NDArray[np.float32]
Rival = Callable[[Float32Array], object]  # queries (Q, P), of unit length -> whatever it finds

ROWS_AT_ONCE = 5_000


def plain_product(rows: Float32Array, k: int) -> Rival:
    """Multiply every row (R, P) with one query, then argpartition."""

    def search(queries: Float32Array) -> NDArray[np.intp]:
        scores = rows @ queries[0]  # (R, P) @ (P,) -> (R,)
        best = np.argpartition(scores, len(scores) - k)[-k:]
        return best[np.argsort(-scores[best])]

    return search


def blocked_product(rows: Float32Array, k: int) -> Rival:
    """Multiply blocks of rows with all queries, then argpartition."""

    def search(queries: Float32Array) -> NDArray[np.intp]:
        scores = np.empty((len(queries), len(rows)), np.float32)
        for start in range(0, len(rows), ROWS_AT_ONCE):
            block = slice(start, start + ROWS_AT_ONCE)
            np.matmul(queries, rows[block].T, out=scores[:, block])  # (Q, P) @ (P, M) -> (Q, M)
        best = np.argpartition(scores, len(rows) - k, axis=1)[:, -k:]
        order = np.argsort(-np.take_along_axis(scores, best, axis=1), axis=1)
        return np.take_along_axis(best, order, axis=1)

    return search


def faiss_flat(rows: Float32Array, k: int) -> Rival:
    """Use faiss-cpu's exact inner product index, on one thread.  Raises ImportError without it."""
    faiss = import_module("faiss")
    faiss.omp_set_num_threads(1)
    index = faiss.IndexFlatIP(rows.shape[1])
    index.add(rows)
    return lambda queries: index.search(queries, k)


def scikit_learn(rows: Float32Array, k: int) -> Rival:
    """Use scikit-learn's brute force; for unit vectors Euclid's order is Pearson's.  Raises ImportError."""
    neighbours = import_module("sklearn.neighbors").NearestNeighbors(n_neighbors=k, algorithm="brute")
    search: Rival = neighbours.fit(rows).kneighbors
    return search


def scipy_cdist(rows: Float32Array, k: int) -> Rival:
    """Use scipy's correlation distance, then argpartition.  Raises ImportError without scipy."""
    cdist = import_module("scipy.spatial.distance").cdist
    exact = rows.astype(np.float64)  # what cdist would do each time

    def search(queries: Float32Array) -> NDArray[np.intp]:
        return np.argpartition(cdist(queries, exact, "correlation"), k, axis=1)[:, :k]

    return search


OPTIONAL = {"faiss IndexFlatIP": faiss_flat, "scikit-learn": scikit_learn, "scipy cdist": scipy_cdist}
