"""Band lists give hints: found when the bands are there, silent when not or when it may be chance."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from spectra_library.hints import chance_of, hints, peaks
from spectra_library.library import BandList
from spectra_library.preprocess import Recipe, prepare
from spectra_library.spectrum import Spectrum, Technique
from spectra_library.starter import starter_libraries

RECIPE = Recipe()
OPEN = starter_libraries()[0]
LISTED = np.array([752.0, 904.0, 1012.0, 1188.0, 1374.0, 1508.0, 1722.0])


def spectrum_with(positions, width=10.0, sigma=0.0):
    wavenumber = np.arange(650.0, 4001.0, 1.0)
    curve = sum(np.exp(-0.5 * ((wavenumber - x) / width) ** 2) for x in positions)
    curve = curve + sigma * np.random.default_rng(5).normal(size=wavenumber.size)
    return Spectrum(wavenumber, curve, Technique.ATR, 4.0)


def band_list(positions=LISTED, strength=None):
    strength = np.ones(len(positions)) if strength is None else strength
    return BandList("list-1", "substance-1", np.asarray(positions), strength, "a table", "none stated")


def hints_for(spectrum, *lists):
    return hints(prepare(spectrum, RECIPE), RECIPE, lists)


def test_a_spectrum_with_all_listed_bands_gives_a_hint_that_counts_them():
    [hint] = hints_for(spectrum_with(LISTED + 3), band_list())
    assert (hint.substance, hint.bands_found, hint.bands_listed, hint.score) == ("substance-1", 7, 7, 1.0)


def test_a_missing_strong_band_costs_more_than_a_missing_weak_one():
    strength = np.array([1, 1, 1, 1, 0.25, 1, 1])
    [hint] = hints_for(spectrum_with(np.delete(LISTED, 4)), band_list(strength=strength))
    assert hint.bands_found == 6
    assert hint.score > 0.95


def test_two_absent_strong_bands_are_too_many_even_where_the_rest_is_there():
    listed = np.concatenate([LISTED, 900.0 + 97.0 * np.arange(6, 14)])
    strength = np.where(np.isin(listed, LISTED), 1.0, 0.5)
    order = np.argsort(listed)
    long_list = band_list(listed[order], strength=strength[order])

    assert hints_for(spectrum_with(np.delete(listed, 1)), long_list)
    assert hints_for(spectrum_with(np.delete(listed, [1, 3])), long_list) == ()


def test_noise_is_no_band():
    wavenumber = np.arange(650.0, 4001.0, 1.0)
    for seed in range(60):
        curve = np.random.default_rng(seed).normal(size=wavenumber.size)
        for resolution_cm in (4.0, 8.0):
            noise_only = Spectrum(wavenumber, curve, Technique.ATR, resolution_cm)
            assert hints_for(noise_only, *OPEN.band_lists) == ()


def test_every_hint_on_the_references_of_the_starter_library_but_a_few_names_the_right_substance(starter):
    lists = tuple(bands for library in starter for bands in library.band_lists)
    listed = {bands.substance for bands in lists}
    right, wrong, asked = 0, 0, 0
    for library in starter:
        for reference in library.references:
            found = {hint.substance for hint in hints(prepare(reference.spectrum, RECIPE), RECIPE, lists)}
            asked += reference.substance in listed
            right += reference.substance in found
            wrong += bool(found - {reference.substance})
    assert right >= 20  # of 27: the lists are traced to no document
    assert asked == 27
    assert wrong <= 3  # of 772


def test_half_of_the_bands_is_no_hint():
    assert hints_for(spectrum_with(LISTED[:4]), band_list()) == ()


def test_other_bands_are_no_hint():
    assert hints_for(spectrum_with(LISTED + 35), band_list()) == ()


def test_a_short_list_is_no_hint():
    assert hints_for(spectrum_with(LISTED), band_list(LISTED[:4])) == ()


def test_a_forest_of_bands_is_no_hint_because_it_holds_every_list():
    forest = np.arange(700.0, 3990.0, 26.0)
    assert hints_for(spectrum_with(forest, width=4.0), band_list()) == ()


def test_bands_outside_the_measured_range_do_not_count():
    wavenumber = np.arange(980.0, 3000.0, 1.0)
    curve = sum(np.exp(-0.5 * ((wavenumber - x) / 10) ** 2) for x in LISTED)
    [hint] = hints_for(Spectrum(wavenumber, curve, Technique.ATR, 4.0), band_list())
    assert hint.bands_listed == 5


def test_the_better_hint_comes_first_and_equal_ones_keep_their_order():
    found = hints_for(spectrum_with(LISTED), band_list([*LISTED[:6], 1800.0]), band_list(), band_list())
    assert [hint.bands_found for hint in found] == [7, 7, 6]


def slow_prominence(curve, top):
    """Walk outwards from the maximum until something is higher."""
    floors = []
    for step in (-1, 1):
        floor, i = curve[top], top
        while 0 <= i + step < len(curve) and curve[i + step] <= curve[top]:
            i += step
            floor = min(floor, curve[i])
        floors.append(floor)
    return curve[top] - max(floors)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_peaks_are_the_maxima_of_the_slow_twin(seed):
    curve = np.cumsum(np.random.default_rng(seed).normal(size=80))
    slow = [
        0 < i < 79
        and curve[i - 1] < curve[i] >= curve[i + 1]
        and slow_prominence(curve, i) >= 0.1 * np.ptp(curve)
        for i in range(80)
    ]
    assert peaks(curve, 0.1).tolist() == slow


def test_chance_is_the_binomial_tail():
    # 3 of 4 or more at probability one half: (4 + 1) / 16
    assert abs(chance_of(3, 4, 0.5) - 5 / 16) < 1e-12
    assert chance_of(0, 4, 0.5) == 1.0
