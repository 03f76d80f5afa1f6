"""How long one identification takes, in this process, against one plain product of the same size.

    OPENBLAS_NUM_THREADS=1 python -m tools.measure_identify

The product is what no search can do without: every prepared row times the query, in one form and one
channel.  Times differ between computers; the ratio, measured in one run, hardly does.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial

import numpy as np

from spectra_library.catalogue import load_catalogue
from spectra_library.formats.file_spectrum import FileSpectrum
from spectra_library.formats.reading import read_file
from spectra_library.identify import identify
from spectra_library.prepared import PreparedLibrary
from spectra_library.starter import DATA_FOLDER, load_libraries

REPEATS = 30
SAMPLES = ("isopropanol.csv", "ethanol.csv", "acrylic-glass.csv")


def main() -> None:
    """Identify each demonstration sample many times and print the figures."""
    library = PreparedLibrary(load_libraries())
    catalogue = load_catalogue()
    references = sum(len(part.references) for part in library.libraries)
    points = library.recipe.grid.size
    files = [read_file(DATA_FOLDER / "demonstration" / name) for name in SAMPLES]
    spectra = [block.spectrum() for file in files for block in file if isinstance(block, FileSpectrum)]

    identified = [
        elapsed_ms(partial(identify, spectrum, library, catalogue))
        for spectrum in spectra
        for _ in range(REPEATS)
    ]

    chance = np.random.default_rng(0)
    rows = chance.normal(size=(references, points)).astype(np.float32)
    query = chance.normal(size=points).astype(np.float32)
    multiplied = [elapsed_ms(partial(np.matmul, rows, query)) for _ in range(REPEATS * len(SAMPLES))]

    median = statistics.median(identified)
    product = statistics.median(multiplied)
    print(f"{references} references, {points} points, {len(identified)} identifications of unknown technique")
    print(f"identify: median {median:.2f} ms, worst {max(identified):.2f} ms")
    print(f"rows @ query: median {product:.3f} ms; one identification costs {median / product:.0f} of them")


def elapsed_ms(work: Callable[[], object]) -> float:
    """Time one call of ``work``."""
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


if __name__ == "__main__":
    main()
