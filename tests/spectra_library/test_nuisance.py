"""What the projection takes out, against a slow twin, and what it must not take out."""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pytest

from spectra_library.nuisance import LIQUID_WATER, Basis, Projection, is_watery, nuisances
from spectra_library.preprocess import Recipe, prepare
from spectra_library.spectrum import Spectrum, Technique
from spectra_library.vapour import carbon_dioxide_lines, line_absorbance, water_lines

RECIPE = Recipe()
GRID = RECIPE.grid
WET = nuisances(RECIPE, Technique.ATR)


def bands(*peaks: float) -> np.ndarray:
    return sum(np.exp(-(((GRID - peak) / 12.0) ** 2)) for peak in peaks)


def spectrum(curve: np.ndarray) -> Spectrum:
    return Spectrum(GRID, curve, Technique.ATR, resolution_cm=8.0)


def water_curve() -> np.ndarray:
    return WET.absorbance.columns[:, -1] / WET.absorbance.columns[:, -1].max()


def projection(inside, query, query_inside, basis) -> Projection:
    return Projection(inside, np.zeros(len(inside), dtype=bool), query, query_inside, Basis(basis))


def slow_correlation(row, inside, query, query_inside, basis) -> float:
    """Solve the two least-squares problems over the common points, and correlate what is left."""
    common = inside & query_inside
    if not common.any():
        return 0.0
    left = []
    for side in (row, query):
        values = side[common].astype(np.float64)
        weights = np.linalg.lstsq(basis[common], values, rcond=1e-9)[0]
        left.append(values - basis[common] @ weights)
    length = np.linalg.norm(left[0]) * np.linalg.norm(left[1])
    return float(left[0] @ left[1] / length) if length > 1e-12 else 0.0


@pytest.mark.parametrize("seed", range(6))
def test_it_is_least_squares_over_the_common_points(seed):
    chance = np.random.default_rng(seed)
    points = 120
    basis = np.column_stack([np.ones(points), chance.normal(size=(points, 4))])
    inside = chance.random((12, points)) < chance.uniform(0.2, 1.0, (12, 1))
    inside[0], inside[1] = False, True  # nothing in common, and everything
    inside[3] = inside[2]
    query_inside = chance.random(points) < 0.8
    rows = np.where(inside, chance.normal(size=inside.shape), 0.0).astype(np.float32)
    query = np.where(query_inside, chance.normal(size=points), 0.0)

    found = projection(inside, query, query_inside, basis).correlation(rows)

    slow = [
        slow_correlation(row, known, query, query_inside, basis)
        for row, known in zip(rows, inside, strict=True)
    ]
    assert found == pytest.approx(np.array(slow), abs=1e-7)


def test_with_a_constant_alone_it_is_pearsons_correlation():
    chance = np.random.default_rng(1)
    rows, query, inside = chance.normal(size=(5, 60)), chance.normal(size=60), np.ones((5, 60), dtype=bool)

    found = projection(inside, query, inside[0], np.ones((60, 1))).correlation(rows)

    assert found == pytest.approx(np.array([np.corrcoef(row, query)[0, 1] for row in rows]))


def test_a_curve_that_is_zero_on_the_common_points_is_no_nuisance():
    basis = np.column_stack([np.ones(50), np.r_[np.zeros(40), np.ones(10)]])
    inside = np.r_[np.ones(40, dtype=bool), np.zeros(10, dtype=bool)]
    chance = np.random.default_rng(2)
    row, query = np.where(inside, chance.normal(size=(2, 50)), 0.0)

    found = projection(inside[np.newaxis], query, inside, basis).correlation(row[np.newaxis])

    assert found == pytest.approx([np.corrcoef(row[:40], query[:40])[0, 1]])


def test_a_side_of_which_nothing_is_left_correlates_with_nothing():
    inside = np.ones((2, GRID.size), dtype=bool)
    rows = np.array([np.full(GRID.size, 3.0), bands(1000.0)])

    of_bands = projection(inside, bands(1000.0), inside[0], WET.absorbance.columns)
    of_water = projection(inside, 2.0 * water_curve() + 1.0, inside[0], WET.absorbance.columns)

    assert of_bands.correlation(rows)[0] == 0.0
    assert of_water.correlation(rows).tolist() == [0.0, 0.0]


def test_a_correlation_never_leaves_minus_one_to_one():
    chance = np.random.default_rng(3)
    rows = chance.normal(size=(200, 40)).astype(np.float32)
    inside = np.ones(rows.shape, dtype=bool)

    for sign in (1.0, -1.0):
        scores = [
            projection(inside, sign * row.astype(np.float64), inside[0], np.ones((40, 1))).correlation(rows)
            for row in rows[:20]
        ]
        assert np.abs(scores).max() <= 1.0


@pytest.mark.parametrize("resolution_cm", [8.0, 16.0])
def test_air_water_and_baseline_change_nothing(resolution_cm):
    recipe = replace(RECIPE, resolution_cm=resolution_cm)
    basis = nuisances(recipe, Technique.ATR)
    clean = bands(1000.0, 1430.0, 1700.0, 2900.0)
    place = np.linspace(-1.0, 1.0, GRID.size)
    axis = np.arange(600.0, 4050.0, 0.5)
    air = 0.1 * line_absorbance(axis, water_lines(), resolution_cm=8.0)
    air += 0.3 * line_absorbance(axis, carbon_dioxide_lines(), resolution_cm=8.0)
    dirty = clean + 0.3 + 0.2 * place - 0.2 * place**2 + 0.5 * water_curve() + np.interp(GRID, axis, air)
    row = prepare(spectrum(clean), recipe)
    query = prepare(spectrum(dirty), recipe)

    for channel, curves in (
        ("absorbance", basis.absorbance.columns),
        ("derivative", basis.derivative.columns),
    ):
        rows, asked = getattr(row, channel)[np.newaxis], getattr(query, channel)
        inside = row.inside[np.newaxis]
        [projected] = projection(inside, asked, query.inside, curves).correlation(rows)
        [plain] = projection(inside, asked, query.inside, np.ones((GRID.size, 1))).correlation(rows)
        assert projected > 0.985
        assert projected > plain


def test_bands_that_differ_still_differ():
    inside = np.ones((1, GRID.size), dtype=bool)

    found = projection(inside, bands(1100.0, 1600.0), inside[0], WET.absorbance.columns).correlation(
        bands(1000.0, 1700.0)[np.newaxis]
    )

    assert abs(found[0]) < 0.1


def test_water_itself_is_watery_and_a_damp_substance_is_not():
    rows = np.array(
        [water_curve(), bands(1000.0, 1700.0), 0.4 * water_curve() + bands(1000.0, 1300.0, 2900.0)]
    )

    assert is_watery(rows, np.ones(rows.shape, dtype=bool), WET).tolist() == [True, False, False]


def test_a_watery_row_keeps_its_water():
    chance = np.random.default_rng(4)
    inside = np.ones((2, GRID.size), dtype=bool)
    rows = np.tile(water_curve() + 0.05 * chance.normal(size=GRID.size), (2, 1))
    query = water_curve() + 0.05 * chance.normal(size=GRID.size)

    found = Projection(inside, np.array([True, False]), query, inside[0], WET.absorbance).correlation(rows)

    assert found[0] == pytest.approx(
        slow_correlation(rows[0], inside[0], query, inside[0], WET.absorbance.columns[:, :-1])
    )
    assert found[0] > 0.8 > abs(found[1])


def test_liquid_water_looks_different_in_transmission():
    other = nuisances(RECIPE, Technique.TRANSMISSION)

    assert np.corrcoef(other.absorbance.columns[:, -1], WET.absorbance.columns[:, -1])[0, 1] < 0.98
    assert np.array_equal(other.absorbance.columns[:, :-1], WET.absorbance.columns[:, :-1])


def test_the_table_of_liquid_water_is_that_of_the_textbooks():
    with LIQUID_WATER.open(encoding="utf-8", newline="") as file:
        table = np.array([[float(value) for value in row.values()] for row in csv.DictReader(file)])
    wavenumber, n, k = table.T

    assert (np.diff(wavenumber) > 0).all()
    assert (
        1640.0
        < wavenumber[(wavenumber > 1500) & (wavenumber < 1800)][
            k[(wavenumber > 1500) & (wavenumber < 1800)].argmax()
        ]
        < 1650.0
    )  # the bending vibration
    assert np.interp(2000.0, wavenumber, n) == pytest.approx(1.3, abs=0.03)


def test_sums_of_two_rows_correlate_as_if_they_had_been_made():
    chance = np.random.default_rng(5)
    inside = np.ones((6, GRID.size), dtype=bool)
    inside[3:, :200] = False
    first, second = np.where(inside, chance.normal(size=(2, 6, GRID.size)), 0.0)
    query = chance.normal(size=GRID.size)
    weights = chance.normal(size=(2, 3, GRID.size))
    asked = Projection(inside, np.array([False, True] * 3), query, inside[0], WET.derivative)

    found = asked.correlations(first, second, (weights[0], weights[1]))

    for i in range(3):
        made = weights[0, i] * first + weights[1, i] * second
        assert found[i] == pytest.approx(asked.correlation(made), abs=1e-9)


def test_what_was_remembered_of_a_set_of_points_is_not_taken_for_another():
    inside = np.ones((1, GRID.size), dtype=bool)
    narrow = inside.copy()
    narrow[:, :300] = False
    row, query = bands(1000.0)[np.newaxis], bands(1000.0, 2900.0)

    found = [
        projection(inside, query, one[0], WET.absorbance.columns).correlation(row) for one in (inside, narrow)
    ]

    for one, value in zip((inside, narrow), found, strict=True):
        expected = slow_correlation(row[0], inside[0], query * one[0], one[0], WET.absorbance.columns)
        assert value[0] == pytest.approx(expected, abs=1e-8)
