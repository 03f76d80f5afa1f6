"""Read the fitted band tables: one index row and one BandTable for each fitted spectrum."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from spectra_library.bands import BandTable
from spectra_library.errors import CatalogueError
from spectra_library.tables import read_table


def band_tables(index: Path, bands: Path) -> Iterator[tuple[dict[str, str], BandTable]]:
    """Give the rows of ``index`` with their bands, in the index's order.

    Raises CatalogueError when a table lacks bands, or has another number of them than the index says.
    """
    by_reference: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    for row in read_table(bands):
        by_reference[row["ref_id"]].append(row)
    for row in read_table(index):
        rows = by_reference[row["ref_id"]]
        if len(rows) != int(row["n_bands"]):
            raise CatalogueError(
                f"expected {row['n_bands']} bands for {row['ref_id']} in {bands.name}, found {len(rows)}"
            )
        yield (
            row,
            BandTable(
                position=np.array([float(one["wavenumber_cm1"]) for one in rows]),
                height=np.array([float(one["rel_intensity"]) for one in rows]),
                width=np.array([float(one["width_cm1"]) for one in rows]),
                lorentz_share=np.array([float(one["eta"]) for one in rows]),
            ),
        )
