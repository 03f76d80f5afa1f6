"""The preparation of spectra, step by step, each against something that can be worked out by hand."""

import numpy as np

from spectra_library.preprocess import (
    Recipe,
    bin_average,
    broaden,
    measured_points,
    prepare,
    prepare_all,
)
from spectra_library.spectrum import Spectrum

GRID = np.arange(100.0, 111.0)


def test_a_straight_line_survives_averaging():
    wavenumber = np.array([90.0, 97.3, 104.1, 120.0])
    assert np.allclose(bin_average(wavenumber, 3 * wavenumber, GRID), 3 * GRID)


def test_finer_data_is_averaged_over_the_cell():
    wavenumber = np.arange(99.0, 112.0, 0.01)
    absorbance = np.cos(2 * np.pi * wavenumber)  # one whole wave in each cell averages to nothing
    assert np.abs(bin_average(wavenumber, absorbance, GRID)).max() < 1e-3


def test_averaging_agrees_with_a_slow_twin():
    chance = np.random.default_rng(1)
    wavenumber = np.sort(chance.uniform(95, 115, 60))
    absorbance = chance.normal(size=60)
    fine = np.linspace(-0.5, 0.5, 20_001)
    slow = [np.trapezoid(np.interp(x + fine, wavenumber, absorbance), fine) for x in GRID]
    assert np.allclose(bin_average(wavenumber, absorbance, GRID), slow, atol=1e-3)


def test_broadening_gives_a_gaussian_band_the_expected_width():
    x = np.arange(-100.0, 101.0)
    sigma_own, sigma_added = 5.0, 12.0
    band = np.exp(-0.5 * (x / sigma_own) ** 2)
    broadened = broaden(band, np.ones(x.size, dtype=bool), sigma=sigma_added)
    expected = sigma_own / 13.0 * np.exp(-0.5 * (x / 13.0) ** 2)  # 5, 12, 13
    assert np.abs(broadened - expected)[20:-20].max() < 1e-3


def test_broadening_does_not_pull_unmeasured_points_in():
    inside = np.arange(50) < 30
    values = np.where(inside, 1.0, 999.0)
    assert np.allclose(broaden(values, inside, sigma=3.0)[inside], 1.0)


def test_gaps_and_ends_are_outside():
    spectrum = Spectrum(np.array([101.0, 103.0, 107.0, 109.0]), np.zeros(4), gaps=((103.0, 107.0),))
    measured = GRID[measured_points(spectrum, GRID)]
    assert measured.tolist() == [101.0, 102.0, 103.0, 107.0, 108.0, 109.0]


def test_a_prepared_spectrum_is_zero_outside_what_was_measured():
    recipe = Recipe()
    wavenumber = np.arange(800.0, 3000.0, 1.0)
    prepared = prepare(Spectrum(wavenumber, np.sin(wavenumber / 50) + 2), recipe)
    assert not prepared.inside[recipe.grid < 800].any()
    assert not prepared.inside[(recipe.grid > 2280) & (recipe.grid < 2400)].any()
    assert (prepared.absorbance[~prepared.inside] == 0).all()
    assert (prepared.derivative[~prepared.inside] == 0).all()


def test_the_hash_of_a_recipe_names_its_constants():
    assert Recipe().sha256 == Recipe().sha256
    assert Recipe().sha256 != Recipe(step_cm=4.0).sha256


def test_many_spectra_prepared_together_are_what_each_is_alone_bit_for_bit():
    chance = np.random.default_rng(4)
    fine, coarse = np.arange(500.0, 3000.0, 1.3), np.sort(chance.uniform(900.0, 4500.0, 300))
    spectra = [
        Spectrum(axis, chance.normal(size=axis.size), resolution_cm=resolution, gaps=gaps)
        for axis in (fine, coarse, fine[200:], fine.copy())
        for resolution in (None, 2.0, 16.0)
        for gaps in ((), ((1000.0, 1000.0 + 1e-9),))
    ]
    recipe = Recipe()

    together = prepare_all(spectra, recipe)

    for i, spectrum in enumerate(spectra):
        alone = prepare(spectrum, recipe)
        for name in ("absorbance", "derivative", "inside"):
            assert getattr(together, name)[i].tobytes() == getattr(alone, name).tobytes()


def test_no_spectra_prepared_together_are_no_rows():
    assert prepare_all([], Recipe()).absorbance.shape == (0, Recipe().grid.size)


def test_a_cell_beyond_the_ends_of_a_curve_gets_its_end():
    averages = bin_average(np.array([103.0, 104.0, 106.0]), np.array([7.0, 5.0, 2.0]), GRID)
    assert averages[:3].tolist() == [7.0, 7.0, 7.0]
    assert averages[-4:].tolist() == [2.0, 2.0, 2.0, 2.0]


def test_several_curves_are_averaged_and_broadened_as_each_alone():
    chance = np.random.default_rng(2)
    wavenumber = np.sort(chance.uniform(95, 115, 40))
    curves = chance.normal(size=(5, 40))
    inside = GRID < 108
    averaged = bin_average(wavenumber, curves, GRID)
    broadened = broaden(averaged, inside, sigma=1.5)
    for curve, one, wide in zip(curves, averaged, broadened, strict=True):
        assert bin_average(wavenumber, curve, GRID).tobytes() == one.tobytes()
        assert broaden(one, inside, sigma=1.5).tobytes() == wide.tobytes()


def test_broadening_agrees_with_a_slow_twin():
    chance = np.random.default_rng(6)
    values, inside = chance.normal(size=60), chance.random(60) < 0.7
    slow = []
    for i in range(60):
        weights = np.array([np.exp(-0.5 * ((i - j) / 1.7) ** 2) for j in range(60)])
        used = inside & (np.abs(np.arange(60) - i) <= 7)  # 4 sigma
        slow.append((weights * values)[used].sum() / weights[used].sum())
    assert np.allclose(broaden(values, inside, sigma=1.7), slow, rtol=1e-12)
