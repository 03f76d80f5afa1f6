"""Band lists against a spectrum: how many listed bands are there, and could that be chance?

A band list says where bands are, not how they look, so it never names a substance: it gives a hint.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spectra_library.library import BandList
from spectra_library.preprocess import Prepared, Recipe
from spectra_library.spectrum import FloatArray

TOLERANCE_CM = 8.0  # positions differ by up to this between ATR and transmission, and between tables
PROMINENCE_MIN = 0.03  # of the highest band; below it a maximum may be noise or a shoulder
BANDS_MIN = 5  # fewer listed bands in range say too little
SHARE_MIN = 0.75  # of the listed bands, weighted by strength, that must be there
CHANCE_MAX = 1e-3  # a list that a random spectrum with as many peaks would satisfy more often is no hint


@dataclass(frozen=True, slots=True)
class Hint:
    """Shares ``bands_found`` of ``bands_listed`` listed bands.  Not a match.

    ``score`` the share of the listed strength that was found, 0..1.
    """

    substance: str
    bands_found: int
    bands_listed: int
    score: float
    source: str
    licence: str


def hints(prepared: Prepared, recipe: Recipe, band_lists: tuple[BandList, ...]) -> tuple[Hint, ...]:
    """List the substances whose listed bands stand in the spectrum, best first, ties in list order."""
    grid = recipe.grid
    is_peak = peaks(prepared.absorbance, PROMINENCE_MIN) & prepared.inside
    peak_positions = grid[is_peak]
    near_a_peak = _distance(grid[prepared.inside], peak_positions) <= TOLERANCE_CM
    chance = float(near_a_peak.mean()) if near_a_peak.size else 1.0
    found = []
    for band_list in band_lists:
        measured = np.interp(band_list.wavenumber, grid, prepared.inside.astype(np.float64)) > 0.5
        listed = band_list.wavenumber[measured]
        strength = band_list.strength[measured]
        if listed.size < BANDS_MIN:
            continue
        there = _distance(listed, peak_positions) <= TOLERANCE_CM
        share = float(strength[there].sum() / strength.sum())
        if share >= SHARE_MIN and chance_of(int(there.sum()), listed.size, chance) <= CHANCE_MAX:
            found.append(
                Hint(
                    substance=band_list.substance,
                    bands_found=int(there.sum()),
                    bands_listed=int(listed.size),
                    score=share,
                    source=band_list.source,
                    licence=band_list.licence,
                )
            )
    return tuple(sorted(found, key=lambda hint: -hint.score))


def peaks(absorbance: FloatArray, prominence_min: float) -> NDArray[np.bool_]:
    """(P,) True at the maxima that stand out by ``prominence_min`` of the whole height.

    Prominence is the usual one: the height above the higher of the two lowest points that separate the
    maximum from the next higher one on either side.
    """
    is_peak = np.zeros(absorbance.size, dtype=bool)
    needed = prominence_min * float(np.ptp(absorbance))
    rises = np.diff(absorbance) > 0
    for top in np.flatnonzero(rises[:-1] & ~rises[1:]) + 1:
        higher = np.flatnonzero(absorbance > absorbance[top])
        left = higher[higher < top]
        right = higher[higher > top]
        left_floor = absorbance[left[-1] if left.size else 0 : top].min()
        right_floor = absorbance[top + 1 : right[0] if right.size else None].min()
        is_peak[top] = absorbance[top] - max(left_floor, right_floor) >= max(needed, np.finfo(float).tiny)
    return is_peak


def chance_of(found: int, listed: int, chance: float) -> float:
    """Probability that at least ``found`` of ``listed`` bands lie near a peak by chance (binomial tail)."""
    from scipy.special import bdtrc  # 60 ms of import that a program without hints need not pay

    return float(bdtrc(found - 1, listed, chance)) if found else 1.0


def _distance(positions: FloatArray, peak_positions: FloatArray) -> FloatArray:
    """Distance (N,) from each position to the nearest peak, cm-1."""
    if not peak_positions.size:
        return np.full(positions.shape, np.inf)
    nearest: FloatArray = np.abs(positions[:, np.newaxis] - peak_positions).min(axis=1)
    return nearest
