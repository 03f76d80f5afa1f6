"""How large is what a measurement adds to a spectrum: noise, spikes, fringes, drift, air, liquid water.

Each function measures one thing and gives its size; ``quality`` decides what is too much.  Those that look at
a place take the curve on the EVEN axis; None says that the place was not measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from spectra_library.preprocess import BoolArray
from spectra_library.spectrum import FloatArray, Spectrum, read_only
from spectra_library.vapour import Lines, carbon_dioxide_lines, line_absorbance, water_lines

STEP_CM = 2.0
EVEN = read_only(np.arange(600.0, 4000.0 + STEP_CM, STEP_CM))  # cm-1

FROM_CM = 650.0  # below, detectors end in noise
_MEAN_OF = 5  # points, 10 cm-1: noise is no band
# Hardly any substance has bands here, so drift shows; amine salts rule out 2400 to 2800 cm-1.
FLOORS_CM = ((1850.0, 1950.0), (3800.0, 3950.0))
# Of the antisymmetric stretching, beyond all OH and NH of solids and liquids.
WATER_LINES_CM = (3780.0, 3960.0)
CARBON_DIOXIDE_CM = (2280.0, 2400.0)
FRINGES_CM = ((1850.0, 2270.0), (2410.0, 2750.0))
FRINGE_PERIODS_CM = read_only(np.geomspace(30.0, 250.0, 40))
STRETCH_CM, STRETCH_FROM_CM, STRETCH_TO_CM = 3350.0, 2450.0, 3850.0  # liquid water: OH stretching ...
WING_CM = 3550.0
BEND_CM, BEND_FROM_CM, BEND_TO_CM = 1640.0, 1560.0, 1770.0  # ... HOH bending ...
COMBINED_CM, COMBINED_FROM_CM, COMBINED_TO_CM = 2130.0, 1850.0, 2450.0  # ... and bending with libration


@dataclass(frozen=True, slots=True, eq=False)
class EvenCurve:
    """A spectrum on the EVEN axis: ``absorbance`` (M,), held at its ends; ``inside`` (M,) what is data."""

    absorbance: FloatArray
    inside: BoolArray

    def covers(self, low: float, high: float) -> bool:
        """Tell whether the whole stretch was measured."""
        return bool(self.inside[_between(low, high)].all())

    def at(self, place: float) -> float:
        """Give the mean absorbance within 8 cm-1 of ``place``."""
        return float(self.absorbance[_between(place - 8.0, place + 8.0)].mean())

    def above(self, place: float, low: float, high: float) -> float:
        """Give the height at ``place`` above the line between the curve's points at ``low`` and ``high``."""
        share = (place - low) / (high - low)
        return self.at(place) - ((1.0 - share) * self.at(low) + share * self.at(high))


@dataclass(frozen=True, slots=True)
class LiquidWater:
    """Three bands of liquid water: the height of the first, absorbance, and the others as shares of it.

    ``wing`` is the same band farther out, where hydrogen bonds are weak, as a share of its height.
    """

    stretch: float
    wing: float
    bend: float
    combined: float


def even_curve(spectrum: Spectrum) -> EvenCurve:
    """Interpolate ``spectrum`` onto the EVEN axis."""
    inside = (spectrum.wavenumber_min - STEP_CM <= EVEN) & (spectrum.wavenumber_max + STEP_CM >= EVEN)
    for low, high in spectrum.gaps:
        inside &= (low >= EVEN) | (high <= EVEN)
    return EvenCurve(np.interp(EVEN, spectrum.wavenumber, spectrum.absorbance), inside)


def noise(absorbance: FloatArray) -> float:
    """Estimate the standard deviation of white noise from second differences (N,) -> absorbance units.

    For white noise of sigma the second difference has sigma * sqrt(6); the median absolute deviation
    (times 1.4826) keeps bands from counting as noise.
    """
    if absorbance.size < 5:
        return 0.0
    second = np.abs(np.diff(absorbance, 2))  # its median is zero but for the noise: a curve turns both ways
    return float(1.4826 * np.median(second) / 6**0.5)


def signal(absorbance: FloatArray) -> float:
    """Give the height of the spectrum above its floor, robust against single spikes."""
    low, high = np.percentile(absorbance, [1.0, 99.5])
    return float(high - low)


def height(absorbance: FloatArray) -> float:
    """Give the height of the highest band above the floor; a single point on top does not count."""
    if absorbance.size < 3:
        return float(np.ptp(absorbance))
    shared = np.minimum(absorbance[1:-1], np.maximum(absorbance[:-2], absorbance[2:]))
    return float(shared.max() - np.percentile(absorbance, 1.0))


def highest_band(curve: EvenCurve) -> tuple[float, float]:
    """Give how far the highest band stands out, and the span of the curve, both absorbance.

    A band stands out of both its sides, so a slope has none, nor has a band cut off at the end of the range.
    """
    shown = curve.absorbance[curve.inside & (FROM_CM <= EVEN)]
    if shown.size <= _MEAN_OF:
        return 0.0, 0.0
    smooth = np.convolve(shown, np.full(_MEAN_OF, 1.0 / _MEAN_OF), mode="valid")
    left = smooth - np.minimum.accumulate(smooth)
    right = smooth - np.minimum.accumulate(smooth[::-1])[::-1]
    return float(np.minimum(left, right).max()), float(np.ptp(smooth))


def longest_constant(absorbance: FloatArray) -> float:
    """Give the longest stretch of one and the same number, as a share of all points."""
    changes = np.flatnonzero(np.diff(absorbance) != 0.0)
    edges = np.concatenate([[-1], changes, [absorbance.size - 1]])
    return float(np.diff(edges).max() / absorbance.size)


def spike(absorbance: FloatArray) -> float:
    """Give the height of the highest spike: one point that stands alone above, or below, two on each side.

    What the point has over the higher neighbour, less twice what the neighbourhood itself varies: a real
    band, however sharp, is shared by two points of a spectrum that was sampled as its resolution asks.
    """
    if absorbance.size < 5:
        return 0.0
    centre, *around = (absorbance[start : absorbance.size - 4 + start] for start in (2, 0, 1, 3, 4))
    low, high = np.minimum.reduce(around), np.maximum.reduce(around)
    alone = np.maximum(centre - high, low - centre) - 2.0 * (high - low)
    return max(float(alone.max()), 0.0)


def floors(curve: EvenCurve) -> list[float]:
    """Give the absorbance where hardly any substance has bands, at those of the places that were measured."""
    return [
        float(np.median(curve.absorbance[_between(low, high)]))
        for low, high in FLOORS_CM
        if curve.covers(low, high)
    ]


def fringe(curve: EvenCurve) -> tuple[float, float] | None:
    """Give the height, absorbance, of the best sine in two empty stretches, and what share it explains.

    The sine has one phase in both: two bands that look like one wave each do not.
    """
    if not all(curve.covers(low, high) for low, high in FRINGES_CM):
        return None
    where, smooth, waves = _fringe_design()
    rest = curve.absorbance[where]
    rest = rest - smooth @ (smooth.T @ rest)
    total = float(rest @ rest)
    if total <= 0.0:
        return 0.0, 0.0
    power = ((waves @ rest) ** 2).sum(axis=1)  # (periods, 2, n) @ (n,) -> (periods, 2) -> (periods,)
    best = float(power.max())
    return (2.0 * best / rest.size) ** 0.5, best / total


def water_vapour(curve: EvenCurve, resolution_cm: float) -> tuple[float, float] | None:
    """Give the height of the strongest vapour line, absorbance with its sign, and how well they fit, 0..1."""
    return _lines_in(curve, WATER_LINES_CM, _water_template(_sharpness(resolution_cm)))


def carbon_dioxide(curve: EvenCurve, resolution_cm: float) -> tuple[float, float] | None:
    """Give the same for the band of carbon dioxide near 2349 cm-1."""
    return _lines_in(curve, CARBON_DIOXIDE_CM, _carbon_dioxide_template(_sharpness(resolution_cm)))


def liquid_water(curve: EvenCurve) -> LiquidWater | None:
    """Measure the three bands of liquid water, each above the line between its feet."""
    if not curve.covers(BEND_FROM_CM, STRETCH_TO_CM):
        return None
    stretch = curve.above(STRETCH_CM, STRETCH_FROM_CM, STRETCH_TO_CM)
    if stretch <= 0.0:
        return LiquidWater(0.0, 0.0, 0.0, 0.0)
    wing = curve.above(WING_CM, STRETCH_FROM_CM, STRETCH_TO_CM)
    bend = curve.above(BEND_CM, BEND_FROM_CM, BEND_TO_CM)
    combined = curve.above(COMBINED_CM, COMBINED_FROM_CM, COMBINED_TO_CM)
    return LiquidWater(stretch, wing / stretch, bend / stretch, combined / stretch)


def _between(low: float, high: float) -> slice:
    """Give the points of the EVEN axis from ``low`` to ``high``."""
    return slice(round((low - EVEN[0]) / STEP_CM), round((high - EVEN[0]) / STEP_CM) + 1)


def _lines_in(
    curve: EvenCurve, window: tuple[float, float], template: FloatArray
) -> tuple[float, float] | None:
    """Fit the air's lines by their second differences, in which bands and baselines are small."""
    if not curve.covers(*window):
        return None
    bent = np.diff(curve.absorbance[_between(*window)], 2)
    length = float(np.linalg.norm(bent))
    if length == 0.0:
        return 0.0, 0.0
    overlap = float(template @ bent)
    return overlap / float(template @ template), abs(overlap) / float(np.linalg.norm(template)) / length


def _sharpness(resolution_cm: float) -> float:
    return min((4.0, 8.0, 16.0), key=lambda one: abs(one - resolution_cm))


@cache
def _water_template(resolution_cm: float) -> FloatArray:
    return _template(water_lines(), WATER_LINES_CM, resolution_cm)


@cache
def _carbon_dioxide_template(resolution_cm: float) -> FloatArray:
    return _template(carbon_dioxide_lines(), CARBON_DIOXIDE_CM, resolution_cm)


def _template(lines: Lines, window: tuple[float, float], resolution_cm: float) -> FloatArray:
    """Draw the second differences of lines, the strongest in the window 1 high."""
    drawn = line_absorbance(EVEN[_between(*window)], lines, resolution_cm=resolution_cm)
    return read_only(np.diff(drawn, 2))


@cache
def _fringe_design() -> tuple[FloatArray, FloatArray, FloatArray]:
    """Give the points (n,), an orthonormal cubic (n, 4), and sines (periods, 2, n) orthogonal to it."""
    where = np.concatenate([np.arange(EVEN.size)[_between(low, high)][::2] for low, high in FRINGES_CM])
    place = EVEN[where]
    centred = (place - place.mean()) / np.ptp(place)
    smooth = np.linalg.qr(np.vander(centred, 4))[0]
    waves = []
    for period in FRINGE_PERIODS_CM:
        phase = 2.0 * np.pi * place / period
        pair = np.stack([np.sin(phase), np.cos(phase)], axis=1)
        pair = pair - smooth @ (smooth.T @ pair)
        waves.append(np.linalg.qr(pair)[0].T)
    return where, smooth, np.array(waves)
