"""How fast the search is, as ratios of times measured alternately in one run, on one thread.

    python -m inspection.bench.search --references 100000 --points 1801

prints one JSON object per figure; ``chemgate bench search`` starts this in a process of its own, because the
number of threads must be set before numpy is loaded.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from time import perf_counter

import numpy as np

from inspection.bench.search_rivals import OPTIONAL, Rival, blocked_product, plain_product
from spectra_library.search import SearchIndex
from spectra_library.search_exact import unit_rows
from spectra_library.search_rows import Float32Array
from spectra_library.search_workload import band_rows, noisy_queries, variant_rows
from spectra_library.spectrum import FloatArray
from spectra_library.starter import starter_libraries

K = 10
SEED = 20_240_229
BATCH = 100
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
WORKLOADS = ("bands", "narrow bands", "starter variants")

_PAIRS = 60
_FEW_PAIRS = 7  # for what takes long
_CHECKED = 1000  # queries compared with float64
_TOLERANCE = 1e-6  # rows whose scores differ by less may stand for each other
_BLOCK = 1000  # rows at a time

Figure = dict[str, object]


def main() -> None:
    """Measure what the arguments ask for and print it."""
    parser = argparse.ArgumentParser(description="Measures the search; one JSON object per figure.")
    parser.add_argument("--references", type=int, default=10_000)
    parser.add_argument("--points", type=int, default=1801)
    parser.add_argument("--workload", choices=WORKLOADS, default=WORKLOADS[0])
    parser.add_argument("--checked", type=int, default=_CHECKED, help="queries compared with float64")
    arguments = parser.parse_args()
    for figure in measure(arguments.references, arguments.points, arguments.workload, arguments.checked):
        print(json.dumps(figure), flush=True)


def measure(references: int, points: int, workload: str, checked: int) -> Iterator[Figure]:
    """Measure the search over ``references`` rows of ``points``; yields one figure at a time."""
    chance = np.random.default_rng(SEED)
    rows = workload_rows(chance, workload, references, points)
    common: Figure = {"bench": "search", "workload": workload, "references": references, "points": points}
    common["threads"] = os.environ.get("OPENBLAS_NUM_THREADS", "not limited")

    start = perf_counter()
    index = SearchIndex.build(rows)
    kept = index.bounds_nbytes / index.rows_nbytes
    plan = {"near": index.plan.near, "far": index.plan.far} if index.plan else None
    yield common | {"figure": "build", "seconds": round(perf_counter() - start, 2), "plan": plan}
    yield common | {"figure": "bytes beside the rows", "share": round(kept, 4)}

    queries = noisy_queries(chance, rows, max(checked, _PAIRS, BATCH))
    noise = chance.normal(size=(_PAIRS, points))
    yield common | {"figure": "checked against float64"} | mismatches(index, rows, queries[:checked])

    unit = index_rows(rows)
    for name, asked in (("best 10", queries[:_PAIRS]), ("best 10, noise only", noise)):
        figure = compared(lambda query: index.top(query, K), plain_product(unit, K), asked[:, np.newaxis])
        yield common | {"figure": name, "against": "rows @ query"} | figure
    batch = np.stack([queries[:BATCH]] * _FEW_PAIRS)
    figure = compared(lambda asked: index.top_many(asked, K), blocked_product(unit, K), batch)
    yield common | {"figure": f"batch of {BATCH}", "against": "blocked product"} | figure
    for name, rival in OPTIONAL.items():
        try:
            ready = rival(unit, K)
        except ImportError as error:
            yield common | {"figure": "best 10", "against": name, "ratio": None, "note": str(error)}
            continue
        few = _PAIRS if name.startswith("faiss") else _FEW_PAIRS
        figure = compared(lambda query: index.top(query, K), ready, queries[:few, np.newaxis])
        yield common | {"figure": "best 10", "against": name} | figure
        del ready
    del unit
    yield common | {"figure": "first answer from the cache"} | first_answer(index, queries[0])
    yield common | {"figure": "append one", "median_ms": appended(index, rows)}


def workload_rows(chance: np.random.Generator, workload: str, references: int, points: int) -> Float32Array:
    """Make the rows (R, P) of one of the WORKLOADS."""
    if workload == "starter variants":
        spectra = [entry.spectrum for library in starter_libraries() for entry in library.references]
        return variant_rows(chance, spectra, references, points)
    widths = (6.0, 20.0) if workload == "narrow bands" else (8.0, 40.0)
    return band_rows(chance, references, points, widths)


def index_rows(rows: Float32Array) -> Float32Array:
    """Centre and scale ``rows`` (R, P) for the rivals, which get their queries ready-made too."""
    unit = np.empty_like(rows)
    for start in range(0, len(rows), _BLOCK):
        block = slice(start, start + _BLOCK)
        unit[block] = unit_rows(rows[block].astype(np.float64))
    return unit


def compared(ours: Callable[[FloatArray], object], rival: Rival, asked: FloatArray) -> Figure:
    """Time both on each of ``asked`` (N, Q, P), alternately and each first in turn.

    The ratio is the median of our time over the rival's, question by question; our time includes the
    preparation of the query.
    """
    times = np.empty((len(asked), 2))
    ready = [unit_rows(queries).astype(np.float32) for queries in asked]
    single = asked.shape[1] == 1
    for number in (-1, *range(len(asked))):  # the first round only does what is done once
        mine = asked[number][0] if single else asked[number]
        calls = (partial(ours, mine), partial(rival, ready[number]))
        for which in (0, 1) if number % 2 else (1, 0):
            start = perf_counter()
            calls[which]()
            times[number, which] = perf_counter() - start
    ratios = times[:, 0] / times[:, 1]
    low, middle, high = np.percentile(ratios, (10, 50, 90))
    own, other = np.median(times, axis=0) * 1e3
    return {
        "ratio": round(float(middle), 4),
        "ratio_10": round(float(low), 4),
        "ratio_90": round(float(high), 4),
        "median_ms": round(float(own), 3),
        "rival_ms": round(float(other), 3),
        "pairs": len(asked),
    }


def mismatches(index: SearchIndex, rows: Float32Array, queries: FloatArray) -> Figure:
    """Compare answers to ``queries`` (Q, P), asked one by one, with Pearson's correlation in float64.

    A mismatch is an answer with a row that is worse than the k-th best, or a wrong score, by more than 1e-6.
    """
    exact = _pearson_ready(queries)
    best: FloatArray = np.full((len(queries), K), -np.inf)
    for start in range(0, len(rows), _BLOCK):
        scores = exact @ _pearson_ready(rows[start : start + _BLOCK].astype(np.float64)).T
        best = np.partition(np.concatenate([best, scores], axis=1), -K, axis=1)[:, -K:]
    wrong = 0
    for query, ready, kth in zip(queries, exact, best.min(axis=1), strict=True):
        found, claimed = index.top(query, K)
        truth = _pearson_ready(rows[found].astype(np.float64)) @ ready
        is_right = len(set(found.tolist())) == K and truth.min() >= kth - _TOLERANCE
        wrong += not (is_right and np.abs(truth - claimed).max() <= _TOLERANCE)
    return {"mismatches": wrong, "queries": len(queries)}


def _pearson_ready(rows: FloatArray) -> FloatArray:
    """Centre and scale, written out again so that the truth does not rest on what it checks."""
    centred = rows - np.mean(rows, axis=1, keepdims=True)
    scaled: FloatArray = centred / np.linalg.norm(centred, axis=1, keepdims=True)
    return scaled


def first_answer(index: SearchIndex, query: FloatArray) -> Figure:
    """Save, open and ask: milliseconds, first with the file dropped from memory where that can be done."""
    with tempfile.TemporaryDirectory() as folder:
        index.save(Path(folder), "bench")
        dropped = all(_drop_from_memory(path) for path in Path(folder).iterdir())
        times = []
        for _ in range(2):
            start = perf_counter()
            opened = SearchIndex.open(Path(folder), "bench")
            opened.top(query, K)
            times.append(round((perf_counter() - start) * 1e3, 1))
            del opened  # the file can be removed only when nothing maps it, on some systems
    return {"first_ms": times[0], "again_ms": times[1], "dropped_from_memory": dropped}


def _drop_from_memory(path: Path) -> bool:
    if not hasattr(os, "posix_fadvise"):
        return False
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)
    return True


def appended(index: SearchIndex, rows: Float32Array) -> float:
    """Append rows one by one; the median time in milliseconds."""
    times = []
    for row in rows[:20]:
        start = perf_counter()
        index.append(row[np.newaxis])
        times.append(perf_counter() - start)
    return round(float(np.median(times)) * 1e3, 3)


if __name__ == "__main__":
    main()
