from __future__ import annotations

import numpy as np
import pytest

from spectra_library.laid_over import highest_peaks, scaled_to
from spectra_library.spectrum import Spectrum

AXIS = np.linspace(650.0, 4000.0, 3351)


def bands(*centres: float, width: float = 15.0) -> np.ndarray:
    return sum(np.exp(-(((AXIS - centre) / width) ** 2)) for centre in centres)


def without(curve: np.ndarray, low: float, high: float) -> Spectrum:
    inside = np.abs(AXIS - (low + high) / 2) >= (high - low) / 2
    return Spectrum(AXIS[inside], curve[inside], gaps=((low, high),))


def test_scale_and_level_are_those_of_least_squares():
    chance = np.random.default_rng(3)
    sample = 0.37 * bands(1050.0, 1700.0) + 0.02 + chance.normal(0.0, 0.01, AXIS.size)
    reference = bands(1050.0, 1700.0)

    scaled = scaled_to(Spectrum(AXIS, sample), Spectrum(AXIS, reference))

    [scale, level], *_ = np.linalg.lstsq(np.stack([reference, np.ones_like(AXIS)]).T, sample, rcond=None)
    assert (scaled.scale, scaled.level) == pytest.approx((scale, level))
    assert scaled.reference == pytest.approx(scale * reference + level)
    assert scaled.difference == pytest.approx(sample - scaled.reference)


def test_what_either_did_not_measure_is_left_out():
    curve = bands(1050.0, 2100.0)
    sample, reference = without(curve, 1900.0, 2300.0), without(curve, 1000.0, 1100.0)

    scaled = scaled_to(sample, reference)

    for low, high in ((1900.0, 2300.0), (1000.0, 1100.0)):
        assert not ((scaled.wavenumber > low) & (scaled.wavenumber < high)).any()


def test_the_reference_is_not_turned_upside_down():
    scaled = scaled_to(Spectrum(AXIS, 1.0 - bands(1050.0)), Spectrum(AXIS, bands(1050.0)))

    assert scaled.scale == 0.0


def test_two_curves_that_share_nothing_cannot_be_laid_over_each_other():
    far = np.linspace(5000.0, 5100.0, 50)

    assert scaled_to(Spectrum(AXIS, bands(1050.0)), Spectrum(far, np.ones_like(far))) is None


def test_the_highest_bands_are_named_and_the_end_of_the_range_is_not():
    slope = bands(660.0, width=5.0)
    curve = Spectrum(AXIS, 0.1 + 0.4 * bands(1050.0, 1700.0) + slope)

    assert highest_peaks(curve, apart_cm=100.0, count=6) == (1050.0, 1700.0)
    assert highest_peaks(curve, apart_cm=100.0, count=1, end_cm=0.0) == (660.0,)


def test_bands_that_would_be_labelled_on_top_of_each_other_give_way():
    curve = Spectrum(AXIS, bands(1050.0) + 0.5 * bands(1100.0))

    assert highest_peaks(curve, apart_cm=100.0, count=6) == (1050.0,)
