"""Band lists against a spectrum: how many listed bands are there, and could that be chance?

A band list says where bands are, not how they look, so it never names a substance: it gives a hint.  A listed
band that is absent counts against it: published practice asks for all of 5 to 8 characteristic peaks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spectra_library.library import BandList
from spectra_library.preprocess import Prepared, Recipe
from spectra_library.spectrum import FloatArray

# Where these stand on the curve of right and wrong hints is in docs/identification.md.
TOLERANCE_CM = 6.0  # at 8, five times as many hints name a wrong substance
PROMINENCE_MIN = 0.03  # of the highest band; below it a maximum may be a shoulder
NOISES_MIN = 3.0  # times the noise: the usual limit of detection (IUPAC, 1997)
SILENT_CM = ((1900.0, 2270.0), (2410.0, 2750.0))  # where few substances have bands, so that noise shows
NOISE_LAG_CM = 12.0  # farther apart than the points that 8 cm-1 of broadening ties together
BANDS_MIN = 5  # fewer listed bands in range say too little
CHARACTERISTIC = 8  # the strongest listed bands; published practice asks for 5 to 8, all of them present ...
ABSENT_MAX = (
    1  # ... but these lists are traced to no document: asking for all loses a quarter of the right hints
)
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
    least = NOISES_MIN * noise_left(prepared, recipe)
    is_peak = peaks(prepared.absorbance, PROMINENCE_MIN, least=least) & prepared.inside
    peak_positions = grid[is_peak]
    near_a_peak = _distance(grid[prepared.inside], peak_positions) <= TOLERANCE_CM
    chance = float(near_a_peak.mean()) if near_a_peak.size else 1.0
    if not band_lists:
        return ()
    every = np.concatenate([one.wavenumber for one in band_lists])  # of all lists at once: there are many
    is_measured = np.interp(every, grid, prepared.inside.astype(np.float64)) > 0.5
    is_there = _distance(every, peak_positions) <= TOLERANCE_CM
    ends = np.cumsum([one.wavenumber.size for one in band_lists])[:-1]
    found = []
    for band_list, measured, near in zip(
        band_lists, np.split(is_measured, ends), np.split(is_there, ends), strict=True
    ):
        listed = band_list.wavenumber[measured]
        strength = band_list.strength[measured]
        if listed.size < BANDS_MIN:
            continue
        there = near[measured]
        share = float(strength[there].sum() / strength.sum())
        absent = int((~there[np.argsort(-strength, kind="stable")[:CHARACTERISTIC]]).sum())
        if absent > ABSENT_MAX or share < SHARE_MIN:
            continue
        if chance_of(int(there.sum()), listed.size, chance) <= CHANCE_MAX:
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


def peaks(absorbance: FloatArray, prominence_min: float, *, least: float = 0.0) -> NDArray[np.bool_]:
    """(P,) True at the maxima that stand out by ``prominence_min`` of the whole height, and by ``least``.

    Prominence is the usual one: the height above the higher of the two lowest points that separate the
    maximum from the next higher one on either side.
    """
    is_peak = np.zeros(absorbance.size, dtype=bool)
    needed = max(prominence_min * float(np.ptp(absorbance)), least, np.finfo(float).tiny)
    rises = np.diff(absorbance) > 0
    # Between two turns a curve only rises or only falls: what is highest or lowest is a turn, or an end.
    turns = np.concatenate([[0], np.flatnonzero(rises[:-1] != rises[1:]) + 1, [absorbance.size - 1]])
    height, place = absorbance[turns], np.arange(turns.size)  # (T,)
    tops = np.flatnonzero(rises[turns[1:-1] - 1]) + 1  # (M,) places among the turns
    own = tops[:, np.newaxis]
    is_higher = height > height[own]  # (M, T)
    start = np.where(is_higher & (place < own), place, 0).max(axis=1, keepdims=True, initial=0)
    end = np.where(is_higher & (place > own), place, turns.size).min(
        axis=1, keepdims=True, initial=turns.size
    )
    left_floor = np.where((start <= place) & (place < own), height, np.inf).min(axis=1, initial=np.inf)
    right_floor = np.where((own < place) & (place < end), height, np.inf).min(axis=1, initial=np.inf)
    is_peak[turns[tops]] = height[tops] - np.maximum(left_floor, right_floor) >= needed
    return is_peak


def noise_left(prepared: Prepared, recipe: Recipe) -> float:
    """Estimate the standard deviation of the noise that the preparation left, absorbance units.

    From second differences over a distance beyond which the smoothed points know nothing of each other (their
    standard deviation is sqrt(6) times the noise's), where few substances have bands; anywhere if that was
    not measured.
    """
    lag = round(NOISE_LAG_CM / recipe.step_cm)
    curve, inside, grid = prepared.absorbance, prepared.inside, recipe.grid
    bent = np.abs(curve[2 * lag :] - 2.0 * curve[lag:-lag] + curve[: -2 * lag])
    middle = grid[lag:-lag]
    is_known = inside[2 * lag :] & inside[lag:-lag] & inside[: -2 * lag]
    is_silent = is_known & np.any([(middle >= low) & (middle <= high) for low, high in SILENT_CM], axis=0)
    chosen = bent[is_silent] if is_silent.sum() >= 30 else bent[is_known]
    return float(1.4826 * np.median(chosen) / 6**0.5) if chosen.size else 0.0


def chance_of(found: int, listed: int, chance: float) -> float:
    """Probability that at least ``found`` of ``listed`` bands lie near a peak by chance (binomial tail)."""
    from scipy.special import bdtrc  # 60 ms of import that a program without hints need not pay

    return float(bdtrc(found - 1, listed, chance)) if found else 1.0


def _distance(positions: FloatArray, peak_positions: FloatArray) -> FloatArray:
    """Distance (N,) from each position to the nearest of the peaks (M,), ascending; cm-1."""
    if not peak_positions.size:
        return np.full(positions.shape, np.inf)
    above = np.searchsorted(peak_positions, positions)
    nearest: FloatArray = np.minimum(
        np.abs(positions - peak_positions[np.maximum(above - 1, 0)]),
        np.abs(positions - peak_positions[np.minimum(above, peak_positions.size - 1)]),
    )
    return nearest
