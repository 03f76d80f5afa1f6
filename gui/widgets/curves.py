"""Curves as numbers: what a plot shows, what stands in view, what is copied.  No window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

GAP_STEPS = 5.0  # a step this many times the usual one is a stretch where nothing was measured


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """``values`` (N,) over ``wavenumber`` (N,) cm-1, ascending, with its ``label`` for the legend."""

    label: str
    wavenumber: FloatArray
    values: FloatArray

    def at(self, wavenumber: float) -> float | None:
        """Value at ``wavenumber``, None outside the curve."""
        if not self.wavenumber[0] <= wavenumber <= self.wavenumber[-1]:
            return None
        return float(np.interp(wavenumber, self.wavenumber, self.values))

    def nearest(self, wavenumber: float) -> int:
        """Index of the point that is nearest to ``wavenumber``, the lower one when two are."""
        right = int(np.searchsorted(self.wavenumber, wavenumber))
        if right == 0:
            return 0
        if right == self.wavenumber.size:
            return right - 1
        below, above = wavenumber - self.wavenumber[right - 1], self.wavenumber[right] - wavenumber
        return right if above < below else right - 1


def with_breaks(curve: Curve) -> tuple[FloatArray, FloatArray]:
    """Give wavenumbers and values with a NaN value in every gap, so that no line crosses it."""
    steps = np.diff(curve.wavenumber)
    after = np.flatnonzero(steps > GAP_STEPS * np.median(steps)) + 1
    if not after.size:
        return curve.wavenumber, curve.values
    wavenumber = np.insert(curve.wavenumber, after, curve.wavenumber[after])
    return wavenumber, np.insert(curve.values, after, np.nan)


def extent(curves: Sequence[Curve], low: float, high: float) -> tuple[float, float]:
    """Lowest and highest value between ``low`` and ``high`` cm-1; 0 and 1 when no curve is there."""
    ends: list[float] = []
    for curve in curves:
        inside = (curve.wavenumber >= low) & (curve.wavenumber <= high)
        if inside.any():
            seen = curve.values[inside]
            ends += [float(seen.min()), float(seen.max())]
    return (min(ends), max(ends)) if ends else (0.0, 1.0)


def numbers_table(curves: Sequence[Curve]) -> str:
    """Give ``curves`` as tab-separated lines at the wavenumbers of the first, high to low as they are seen.

    A curve that does not reach a wavenumber leaves its place empty.  A label that a spreadsheet would run as
    a formula is made harmless: it may be the title of a file.
    """
    from inspection.export.cells import tab_separated  # only a copy needs it, and no start

    if not curves:
        return ""
    first = curves[0]
    columns = [
        np.interp(first.wavenumber, curve.wavenumber, curve.values, left=np.nan, right=np.nan)
        for curve in curves
    ]
    table = np.column_stack([first.wavenumber, *columns])[::-1]
    lines = [tab_separated(["cm-1", *(curve.label for curve in curves)])]
    lines += ["\t".join("" if np.isnan(value) else f"{value:.6g}" for value in row) for row in table]
    return "\n".join(lines) + "\n"
