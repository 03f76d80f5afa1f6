"""Gaps that this program wrote into its own JCAMP-DX files, because a table of pairs cannot say them exactly.

    ##$CHEMGATE GAPS= (low high)
    404.0 420.0
    1800.25 2300.5

The pairs of the same file hold a ``?`` in the middle of each, for programs that do not know this label.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np

from spectra_library.errors import DamagedFileError
from spectra_library.formats.assembling import MAX_POINTS_IN_SPECTRUM
from spectra_library.formats.jcamp_labels import Block, data_lines
from spectra_library.spectrum import FloatArray

GAPS_LABEL: Final = "$CHEMGATEGAPS"
_NUMBER: Final = r"(?:-?[0-9]{1,20}(?:\.[0-9]{0,20})?(?:e[+-]?[0-9]{1,3})?)"
_GAP: Final = re.compile(rf"\s*(?P<low>{_NUMBER})[ \t]+(?P<high>{_NUMBER})\s*")

Gaps = tuple[tuple[float, float], ...]


def stated_gaps(block: Block, lines: list[str], x: FloatArray, y: FloatArray) -> Gaps:
    """Return the gaps in the words of the file, compared with its pairs ``x`` (N,), ``y`` (N,).

    Raises DamagedFileError with the line number when a gap is none, holds a point, or when an ordinate is
    missing where no gap is stated.
    """
    record = block.records[GAPS_LABEL]
    points = np.sort(x[np.isfinite(y)])
    gaps, numbers = _parsed(data_lines(record, lines))
    if gaps.size:
        inside = np.searchsorted(points, gaps[:, 1], "left") > np.searchsorted(points, gaps[:, 0], "right")
        wrong = inside | (gaps[:, 0] >= gaps[:, 1])
        if wrong.any():
            at = int(np.argmax(wrong))
            raise DamagedFileError(
                f"line {numbers[at]}: expected a gap without points, found {gaps[at, 0]:g} to {gaps[at, 1]:g}"
            )
    missing = x[~np.isfinite(y)]
    within = missing[(missing > points[0]) & (missing < points[-1])] if points.size else missing
    if not _covers(gaps, within):
        raise DamagedFileError(
            f"line {record.line}: expected a gap for every missing ordinate, found one without"
        )
    return tuple((low, high) for low, high in gaps.tolist())


def _parsed(below: list[tuple[int, str]]) -> tuple[FloatArray, list[int]]:
    """Return the ends of the gaps (G, 2) as they stand there, and their lines."""
    ends: list[tuple[float, float]] = []
    numbers: list[int] = []
    for number, text in below:
        if not text.strip():
            continue
        found = _GAP.fullmatch(text[:200])
        if found is None or len(ends) >= MAX_POINTS_IN_SPECTRUM:
            raise DamagedFileError(f"line {number}: expected the two ends of a gap, found something else")
        ends.append((float(found["low"]), float(found["high"])))
        numbers.append(number)
    return np.array(ends, dtype=np.float64).reshape(-1, 2), numbers


def _covers(gaps: FloatArray, x: FloatArray) -> bool:
    """Tell whether each of ``x`` (M,) lies in one of ``gaps`` (G, 2)."""
    if not x.size:
        return True
    if not gaps.size:
        return False
    ordered = gaps[np.argsort(gaps[:, 0])]
    reach = np.maximum.accumulate(ordered[:, 1])
    before = np.searchsorted(ordered[:, 0], x, "left") - 1
    return bool((before >= 0).all() and (x < reach[before]).all())
