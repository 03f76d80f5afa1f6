"""References that look the same: spectra stored twice, labels that contradict each other, true look-alikes.

Compared is what the search compares: first derivatives, nuisances projected out, over the whole grid.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spectra_library.catalogue import Catalogue
from spectra_library.library import Reference
from spectra_library.prepared import PreparedLibrary
from spectra_library.prepared_form import FORMS

# Repeats of one substance at one laboratory have correlations of 0.99 and more (docs/identification.md).
USUAL_LEAST: Final = 0.99
SHARED_MIN: Final = 0.9  # of the grid that either has: what was measured apart cannot be called alike
_BLOCK: Final = 1024  # rows compared with all at a time: 40 MB of products for ten thousand references


@dataclass(frozen=True, slots=True, eq=False)
class NearDuplicate:
    """Two references of one form whose first derivatives correlate with ``similarity``, -1..1.

    ``is_one_substance``: both are of one substance, salts and hydrates counted as theirs.
    """

    first: Reference
    second: Reference
    similarity: float
    is_one_substance: bool


def near_duplicates(
    library: PreparedLibrary, catalogue: Catalogue, *, least: float = USUAL_LEAST
) -> Iterator[NearDuplicate]:
    """Give all pairs of references with a similarity of ``least`` or more, in the library's order.

    Only measurements of one form are compared, and only pairs that share ``SHARED_MIN`` of their points.
    """
    for form in FORMS:
        references, rows = library.native_rows(form)
        unit = _unit_rows(rows.derivative)
        inside = rows.inside.astype(np.float32)
        for start in range(0, len(references), _BLOCK):
            block = slice(start, start + _BLOCK)
            similarity = unit[block] @ unit.T  # (B, P) @ (P, R) -> (B, R)
            shared = inside[block] @ inside.T
            points = inside.sum(axis=1)
            enough = shared >= SHARED_MIN * np.maximum(points[block, None], points)
            for row, column in np.argwhere((similarity >= least) & enough).tolist():
                if column > start + row:
                    first, second = references[start + row], references[column]
                    parents = {catalogue.parent_of(one.substance) for one in (first, second)}
                    yield NearDuplicate(first, second, float(similarity[row, column]), len(parents) == 1)


def _unit_rows(rows: NDArray[np.floating]) -> NDArray[np.float32]:
    """Centre each row and bring it to length 1; a constant one stays zero."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.asarray(centred / np.where(length > 0, length, 1), dtype=np.float32)
