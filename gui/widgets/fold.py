"""Wavenumbers on paper: above 1900 cm-1 the axis is folded to a third.  Pure numbers, no window.

    3800 ... 1900 // 1900 ....................... 650 cm-1
    one third       full width

The right half of a spectrum holds the fingerprint, so it gets the room.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gui.widgets.curves import FloatArray

FOLD_AT = 1900.0  # cm-1
FOLD_FACTOR = 3.0
STEPS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)  # cm-1 between labels


def fold(wavenumber: FloatArray) -> FloatArray:
    """Place (N,) cm-1 on the folded axis; ascending stays ascending."""
    return np.where(wavenumber > FOLD_AT, FOLD_AT + (wavenumber - FOLD_AT) / FOLD_FACTOR, wavenumber)


def unfold(position: FloatArray) -> FloatArray:
    """Read (N,) places on the folded axis as cm-1; the inverse of ``fold``."""
    return np.where(position > FOLD_AT, FOLD_AT + (position - FOLD_AT) * FOLD_FACTOR, position)


def fold_one(wavenumber: float) -> float:
    """Place one wavenumber."""
    return float(fold(np.asarray(wavenumber, dtype=np.float64)))


def unfold_one(position: float) -> float:
    """Read one place."""
    return float(unfold(np.asarray(position, dtype=np.float64)))


def tick_wavenumbers(low: float, high: float, width_px: float, gap_px: float) -> tuple[float, ...]:
    """Choose the wavenumbers to label between the folded places ``low`` and ``high``.

    On either side of the fold the labels have the smallest round step that keeps them ``gap_px`` apart.
    """
    if not high > low or width_px <= 0:
        return ()
    px_per_cm = width_px / (high - low)
    ticks = _multiples(low, min(high, FOLD_AT), gap_px / px_per_cm) if low < FOLD_AT else ()
    if high > FOLD_AT:
        start = unfold_one(max(low, FOLD_AT))
        folded = _multiples(start, unfold_one(high), gap_px * FOLD_FACTOR / px_per_cm)
        clear = 20 / px_per_cm * FOLD_FACTOR  # px for the mark at the fold
        ticks += tuple(tick for tick in folded if low >= FOLD_AT or tick - FOLD_AT > clear / 2)
    return ticks


def round_step(least: float) -> float:
    """Give the smallest of 1, 2 or 5 times a power of ten that is not below ``least``."""
    if least <= 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(least))
    for factor in (1.0, 2.0, 5.0, 10.0):
        if factor * power >= least * (1 - 1e-9):
            return float(factor * power)
    return float(10 * power)


def spread(positions: Sequence[float], gap: float, low: float, high: float) -> tuple[float, ...]:
    """Move labels apart to ``gap`` px with as little movement as possible, inside ``low`` to ``high``.

    ``positions`` are ascending.  Labels that touch form a block around the middle of their wishes.
    """
    blocks: list[tuple[float, int]] = []  # first position of the block, number of labels
    for index, wish in enumerate(positions):
        blocks.append((wish, 1))
        while len(blocks) > 1 and blocks[-2][0] + blocks[-2][1] * gap > blocks[-1][0]:
            count = blocks[-2][1] + blocks[-1][1]
            members = positions[index + 1 - count : index + 1]
            blocks[-2:] = [(sum(member - place * gap for place, member in enumerate(members)) / count, count)]
    placed = [start + place * gap for start, count in blocks for place in range(count)]
    for index, place in enumerate(placed):  # from the left border inwards
        placed[index] = max(place, low + index * gap)
    for index in range(len(placed) - 1, -1, -1):  # and from the right one
        placed[index] = min(placed[index], high - (len(placed) - 1 - index) * gap)
    return tuple(placed)


def _multiples(low: float, high: float, least: float) -> tuple[float, ...]:
    step = next((step for step in STEPS if step >= least), STEPS[-1])
    first = np.ceil(low / step - 1e-9) * step
    return tuple(float(tick) for tick in np.arange(first, high + step * 1e-9, step))
