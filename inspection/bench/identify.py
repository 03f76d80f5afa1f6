"""How long one identification takes, in full and by its parts, beside one plain product of the same size.

    python -m inspection.bench.identify

prints one JSON object per figure; ``chemgate bench identify`` starts this in a process of its own, because
the number of threads must be set before numpy is loaded.

The questions are made from the references of the libraries that come with the program, as another sample and
another instrument would show them; every fifth is a mixture of two.  The plain product, every prepared row
times the query in one channel, is what no search does without.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from inspection.bench.search import SEED, Figure
from spectra_library.asking import gathered, preparation_of
from spectra_library.calibration_file import load_calibration
from spectra_library.catalogue import Catalogue, load_catalogue
from spectra_library.composition import composition
from spectra_library.confidence import confidence
from spectra_library.hints import hints
from spectra_library.identify import identify
from spectra_library.library import ReferenceLibrary
from spectra_library.prepared import PreparedLibrary, ScoredReference
from spectra_library.quality import findings
from spectra_library.search_exact import unit_rows
from spectra_library.spectrum import FloatArray, Spectrum, Technique
from spectra_library.starter import starter_libraries
from spectra_library.synthesis import LEVELS, mixed, of_instrument, of_sample, remeasured

QUESTIONS = 200
MIXTURE_EVERY = 5
SHARES = (0.3, 0.7)  # of the first part of a mixture
LEVEL_NAMES = ("another laboratory", "same instrument")
GOAL_MEDIAN_MS, GOAL_WORST_MS = 30.0, 100.0
PARTS = ("quality", "search", "mixture", "confidence", "hints")

Work = Callable[[], object]


def main() -> None:
    """Measure what the arguments ask for and print it."""
    parser = argparse.ArgumentParser(description="Measures identifications; one JSON object per figure.")
    parser.add_argument("--questions", type=int, default=QUESTIONS)
    for figure in measure(parser.parse_args().questions):
        print(json.dumps(figure), flush=True)


def measure(count: int) -> Iterator[Figure]:
    """Measure ``count`` identifications over the libraries that come with the program.

    A fifth of them is asked once more as if nobody knew the technique: both forms are searched then.  Yields
    one figure at a time.
    """
    chance = np.random.default_rng(SEED)
    bench = Bench()
    known = questions(chance, bench.libraries, count)
    unknown = [replace(one, technique=Technique.UNKNOWN) for one in known[: -(-count // 5)]]
    common: Figure = {"bench": "identify", "references": bench.references, "rows": len(bench.rows)}
    common |= {"points": bench.rows.shape[1]}
    common["threads"] = os.environ.get("OPENBLAS_NUM_THREADS", "not limited")
    for technique, asked in (("ATR", known), ("unknown technique", unknown)):
        yield common | {"figure": technique} | bench.whole(asked)
        if asked is known:
            yield common | {"figure": "parts, median ms"} | bench.parts(asked)


class Bench:
    """The shipped libraries, ready to be asked."""

    def __init__(self) -> None:
        """Load and prepare them."""
        self.libraries = starter_libraries()
        self.references = sum(len(one.references) for one in self.libraries)
        self._library = PreparedLibrary(self.libraries)
        self._band_lists = tuple(bands for one in self.libraries for bands in one.band_lists)
        self._catalogue: Catalogue = load_catalogue()
        self._calibration = load_calibration()
        self._preparation = preparation_of(self._library)
        self.rows = self._library.mixture_rows(Technique.ATR, self._library.recipe).derivative  # (R, P)

    def identified(self, query: Spectrum) -> object:
        """Name ``query``."""
        return identify(query, self._library, self._catalogue, calibration=self._calibration)

    def whole(self, asked: Sequence[Spectrum]) -> Figure:
        """Time each question in full and one plain product, in turns and each first in turn."""
        times = np.empty((len(asked), 2))
        unit = [unit_row(self._library.prepared(query).derivative) for query in asked]
        self.identified(replace(asked[0]))  # does what is done once
        for number, query in enumerate(asked):
            # A copy, so that nothing is known of it yet.
            calls = partial(self.identified, replace(query)), partial(np.matmul, self.rows, unit[number])
            for which in (0, 1) if number % 2 else (1, 0):
                times[number, which] = elapsed_ms(calls[which])
        median, most, worst = np.percentile(times[:, 0], (50, 90, 100))
        return {
            "median_ms": round(float(median), 1),
            "most_ms": round(float(most), 1),
            "worst_ms": round(float(worst), 1),
            "against": "rows @ query",
            "ratio": round(float(np.median(times[:, 0] / times[:, 1])), 1),
            "product_ms": round(float(np.median(times[:, 1])), 3),
            "questions": len(asked),
            "goals_ms": [GOAL_MEDIAN_MS, GOAL_WORST_MS],
            "goal_reached": bool(median <= GOAL_MEDIAN_MS and worst <= GOAL_WORST_MS),
        }

    def parts(self, asked: Sequence[Spectrum]) -> Figure:
        """Time what identify consists of, each part after the ones that it rests on; medians."""
        times = [[elapsed_ms(part) for part in self._parts_of(replace(query))] for query in asked]
        return {
            name: round(float(value), 2) for name, value in zip(PARTS, np.median(times, axis=0), strict=True)
        }

    def _parts_of(self, query: Spectrum) -> Iterator[Work]:
        """Give the calls in the order of PARTS."""
        library, catalogue = self._library, self._catalogue
        yield partial(findings, query)
        found: list[tuple[Technique, tuple[ScoredReference, ...]]] = []
        yield lambda: found.append(library.search_any(query))
        [(form, scored)] = found
        yield partial(composition, query, library, form, catalogue)

        def said() -> None:
            asked = gathered(query, scored, form, library, catalogue)
            if asked.kind is not None:
                confidence(asked.evidence, self._calibration, asked.kind, preparation=self._preparation)

        yield said
        yield lambda: hints(library.prepared(query), library.recipe, self._band_lists)


def questions(
    chance: np.random.Generator, libraries: Sequence[ReferenceLibrary], count: int
) -> list[Spectrum]:
    """Make ``count`` ATR spectra from references of ``libraries``, every fifth a mixture of two."""
    known = [
        one.spectrum
        for library in libraries
        for one in library.references
        if one.spectrum.technique is Technique.ATR
    ]
    made = []
    for number in range(count):
        variation = LEVELS[LEVEL_NAMES[number % len(LEVEL_NAMES)]]
        first, second = (known[int(i)] for i in chance.choice(len(known), size=2, replace=False))
        if number % MIXTURE_EVERY:
            made.append(remeasured(first, variation, chance))
            continue
        share = float(chance.uniform(*SHARES))
        samples = [remeasured(one, of_sample(variation), chance) for one in (first, second)]
        mixture = mixed(samples, (share, 1.0 - share))
        made.append(remeasured(mixture, of_instrument(variation), chance))
    return made


def unit_row(derivative: FloatArray) -> NDArray[np.float32]:
    """Centre and scale (P,), as a search does before it multiplies."""
    unit: NDArray[np.float32] = unit_rows(derivative[np.newaxis])[0].astype(np.float32)
    return unit


def elapsed_ms(work: Work) -> float:
    """Time one call of ``work``."""
    start = perf_counter()
    work()
    return 1000.0 * (perf_counter() - start)


if __name__ == "__main__":
    main()
