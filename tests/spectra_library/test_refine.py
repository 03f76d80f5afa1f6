"""The second look: a slow twin, what it may change and what it may not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spectra_library.nuisance import nuisances
from spectra_library.preprocess import Prepared, Recipe, prepare
from spectra_library.refine import Rows, compare, tilts_of_derivative
from spectra_library.spectrum import Spectrum, Technique

RECIPE = Recipe()
GRID = RECIPE.grid


def made_up(seed: int) -> Spectrum:
    chance = np.random.default_rng(seed)
    curve = sum(
        height * np.exp(-(((GRID - at) / 15.0) ** 2))
        for at, height in zip(chance.uniform(700.0, 3800.0, 14), chance.random(14), strict=True)
    )
    return Spectrum(GRID, curve, Technique.ATR, resolution_cm=8.0)


def as_rows(*spectra: Spectrum, recipe: Recipe = RECIPE) -> Rows:
    prepared = [prepare(one, recipe) for one in spectra]
    return Rows(
        np.array([one.absorbance for one in prepared]),
        np.array([one.derivative for one in prepared]),
        np.array([one.inside for one in prepared]),
        np.zeros(len(prepared), dtype=bool),
    )


def tilted(spectrum: Spectrum, exponent: float) -> Spectrum:
    return replace(spectrum, absorbance=spectrum.absorbance * (1000.0 / spectrum.wavenumber) ** exponent)


def slow_look(row: Spectrum, query: Prepared, recipe: Recipe) -> tuple[float, float]:
    """Tilt the spectrum itself, prepare it, project by least squares, and take the best exponent."""
    basis = nuisances(recipe, Technique.ATR).derivative.columns
    tried = []
    for exponent in recipe.depth_exponents:
        one = prepare(tilted(row, exponent), recipe)
        common = one.inside & query.inside
        left = []
        for side in (one.derivative[common], query.derivative[common]):
            weights = np.linalg.lstsq(basis[common], side, rcond=1e-9)[0]
            left.append(side - basis[common] @ weights)
        correlation = left[0] @ left[1] / np.linalg.norm(left[0]) / np.linalg.norm(left[1])
        tried.append((float(correlation) - recipe.exponent_price * exponent**2, exponent))
    return max(tried)


@pytest.mark.parametrize("seed", range(5))
def test_the_second_look_is_that_of_the_slow_twin(seed):
    rows = [made_up(seed * 10 + i) for i in range(4)]
    query = prepare(tilted(rows[0], 0.5), RECIPE)

    found = compare(as_rows(*rows), query, RECIPE, Technique.ATR, exponents=RECIPE.depth_exponents)

    for i, row in enumerate(rows):
        score, exponent = slow_look(row, query, RECIPE)
        assert found.score[i] == pytest.approx(score, abs=1e-3)  # the product rule against differences
        if i == 0:
            assert found.depth_exponent[i] == exponent == 0.5


@pytest.mark.parametrize("exponent", [-0.5, 0.25, 1.0])
def test_the_derivative_of_a_tilted_row_follows_the_product_rule(exponent):
    one = prepare(made_up(1), replace(RECIPE, excluded=()))
    factor = (1000.0 / GRID) ** exponent

    [on_slope], [on_height] = tilts_of_derivative(RECIPE, (exponent,))
    found = on_slope * one.derivative + on_height * one.absorbance

    expected = np.gradient(one.absorbance * factor, RECIPE.step_cm)
    assert found[1:-1] == pytest.approx(expected[1:-1], abs=2e-3 * np.abs(expected).max())


def test_no_row_loses_by_a_second_look():
    rows = as_rows(*(made_up(i) for i in range(20)))
    query = prepare(made_up(99), RECIPE)

    first = compare(rows, query, RECIPE, Technique.ATR)
    second = compare(rows, query, RECIPE, Technique.ATR, exponents=RECIPE.depth_exponents)

    assert (second.score >= first.score).all()
    assert not first.depth_exponent.any()
    assert set(second.depth_exponent.tolist()) <= set(RECIPE.depth_exponents)


def test_what_fits_as_it_is_is_left_as_it_is():
    one = made_up(4)

    found = compare(
        as_rows(one), prepare(one, RECIPE), RECIPE, Technique.ATR, exponents=RECIPE.depth_exponents
    )

    assert found.depth_exponent.tolist() == [0.0]
    assert found.score == pytest.approx([1.0])
    assert found.absorbance_correlation == pytest.approx([1.0])


def test_a_row_that_is_water_is_compared_with_its_water():
    curve = nuisances(RECIPE, Technique.ATR).absorbance.columns[:, -1]
    water = Spectrum(GRID, curve / curve.max(), Technique.ATR, resolution_cm=8.0)
    rows = as_rows(water, made_up(1))

    blind = compare(rows, prepare(water, RECIPE), RECIPE, Technique.ATR)
    found = compare(
        replace(rows, is_watery=np.array([True, False])), prepare(water, RECIPE), RECIPE, Technique.ATR
    )

    assert found.score[0] == pytest.approx(1.0, abs=1e-6)
    assert found.score[1] == pytest.approx(blind.score[1], abs=1e-12)
    assert found.score[0] > found.score[1] + 0.3


def test_the_order_of_rows_changes_nothing():
    spectra = [made_up(i) for i in range(6)]
    query = prepare(made_up(50), RECIPE)
    order = np.array([3, 0, 5, 1, 4, 2])

    straight = compare(as_rows(*spectra), query, RECIPE, Technique.ATR, exponents=RECIPE.depth_exponents)
    mixed = compare(
        as_rows(*spectra).of(order), query, RECIPE, Technique.ATR, exponents=RECIPE.depth_exponents
    )

    assert mixed.score == pytest.approx(straight.score[order], abs=1e-12)
    assert mixed.depth_exponent.tolist() == straight.depth_exponent[order].tolist()
