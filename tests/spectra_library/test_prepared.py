from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spectra_library.library import Reference, ReferenceLibrary, Tier, sealed
from spectra_library.prepared import FORMS, PreparedLibrary, filled, in_form, overlap_correlation
from spectra_library.preprocess import Recipe, prepare
from spectra_library.spectrum import Spectrum, Technique

WAVENUMBER = np.arange(650.0, 4001.0, 2.0)


def curve(*peaks: float, width: float = 12.0) -> np.ndarray:
    return sum(np.exp(-(((WAVENUMBER - peak) / width) ** 2)) for peak in peaks)


def reference(
    name: str,
    *peaks: float,
    technique: Technique = Technique.ATR,
    within: tuple[float, float] = (0.0, 5000.0),
    gaps: tuple[tuple[float, float], ...] = (),
) -> Reference:
    low, high = within
    axis = WAVENUMBER
    used = (axis >= low) & (axis <= high)
    for gap_low, gap_high in gaps:
        used &= (axis <= gap_low) | (axis >= gap_high)
    spectrum = Spectrum(axis[used], curve(*peaks)[used], technique, resolution_cm=4.0, gaps=gaps)
    return Reference(f"{name}#{technique}", name, Tier.MEASURED, spectrum, "made up", "CC0 1.0")


def prepared(*references: Reference) -> PreparedLibrary:
    return PreparedLibrary((sealed(ReferenceLibrary("made up", "1", references, ())),))


def slow_correlation(rows, inside, query, query_inside) -> np.ndarray:
    """Row by row, point by point, in the words of the textbook."""
    scores = []
    for row, known in zip(rows, inside, strict=True):
        pairs = [
            (float(r), float(q))
            for r, q, a, b in zip(row, query, known, query_inside, strict=True)
            if a and b
        ]
        if not pairs:
            scores.append(0.0)
            continue
        mean_r = sum(r for r, _ in pairs) / len(pairs)
        mean_q = sum(q for _, q in pairs) / len(pairs)
        product = sum((r - mean_r) * (q - mean_q) for r, q in pairs)
        length_r = sum((r - mean_r) ** 2 for r, _ in pairs) ** 0.5
        length_q = sum((q - mean_q) ** 2 for _, q in pairs) ** 0.5
        scores.append(product / (length_r * length_q) if length_r * length_q > 1e-12 else 0.0)
    return np.array(scores)


@pytest.mark.parametrize("seed", range(8))
def test_the_overlap_correlation_is_what_the_textbook_says_over_the_common_points(seed):
    chance = np.random.default_rng(seed)
    inside = chance.random((12, 90)) < chance.uniform(0.1, 1.0, (12, 1))
    inside[0] = False  # a reference that has nothing in common
    inside[1] = True
    query_inside = chance.random(90) < 0.7
    rows = np.where(inside, chance.normal(size=(12, 90)), 0.0).astype(np.float32)
    query = np.where(query_inside, chance.normal(size=90), 0.0)

    scores = overlap_correlation(rows, inside, query, query_inside)

    assert scores == pytest.approx(slow_correlation(rows, inside, query, query_inside), abs=1e-9)


def test_a_side_that_does_not_vary_over_the_common_points_correlates_with_nothing():
    inside = np.ones((1, 50), dtype=bool)
    varied = np.linspace(0.0, 1.0, 50)

    assert overlap_correlation(np.full((1, 50), 3.0, np.float32), inside, varied, inside[0]) == [0.0]
    assert overlap_correlation(varied[np.newaxis].astype(np.float32), inside, np.zeros(50), inside[0]) == [
        0.0
    ]


def test_a_correlation_never_leaves_minus_one_to_one():
    chance = np.random.default_rng(3)
    rows = chance.normal(size=(300, 40)).astype(np.float32)
    inside = np.ones(rows.shape, dtype=bool)

    same = [overlap_correlation(rows, inside, row.astype(np.float64), inside[0]).max() for row in rows]
    opposite = [overlap_correlation(rows, inside, -row.astype(np.float64), inside[0]).min() for row in rows]

    assert max(same) <= 1.0
    assert min(opposite) >= -1.0


def test_what_was_not_measured_is_filled_with_the_mean_of_what_was():
    rows = np.array([[1.0, 0.0, 3.0, 0.0], [2.0, 2.0, 2.0, 6.0]])
    inside = np.array([[True, False, True, False], [True, True, True, True]])

    assert filled(rows, inside).tolist() == [[1.0, 2.0, 3.0, 2.0], [2.0, 2.0, 2.0, 6.0]]


def test_a_row_of_which_nothing_was_measured_is_filled_with_zeros():
    assert filled(np.zeros(3), np.zeros(3, dtype=bool)).tolist() == [0.0, 0.0, 0.0]


def test_filling_adds_nothing_to_the_covariance_with_anything():
    chance = np.random.default_rng(5)
    inside = chance.random(200) < 0.5
    row = np.where(inside, chance.normal(size=200), 0.0)
    other = chance.normal(size=200)

    centred = filled(row, inside) - filled(row, inside).mean()

    wanted = ((row - row[inside].mean()) * other)[inside].sum()
    assert centred @ other == pytest.approx(wanted)


def test_a_reference_of_half_the_range_is_compared_over_that_half_alone():
    library = prepared(reference("half", 1000.0, 1700.0, within=(650.0, 2200.0)))
    same_below = reference("query", 1000.0, 1700.0).spectrum
    other_above = reference("query", 1000.0, 1700.0, 2900.0, 3300.0).spectrum

    [alone] = library.search(same_below, Technique.ATR)
    [with_more] = library.search(other_above, Technique.ATR)

    assert alone.score == pytest.approx(1.0, abs=1e-3)
    assert with_more.score == pytest.approx(alone.score, abs=1e-12)
    assert with_more.absorbance_correlation == pytest.approx(alone.absorbance_correlation, abs=1e-12)


def test_a_gap_of_a_reference_is_left_out_of_the_comparison():
    gap = (1690.0, 1710.0)
    library = prepared(reference("gapped", 1000.0, 1400.0, gaps=(gap,)))

    [score] = library.search(reference("query", 1000.0, 1400.0).spectrum, Technique.ATR)

    assert score.score > 0.99


def test_a_reference_with_too_little_in_common_is_not_compared():
    library = prepared(
        reference("short", 1000.0, within=(650.0, 1650.0)), reference("whole", 1000.0, 1700.0, 2900.0)
    )

    found = library.search(reference("query", 1000.0, 1700.0).spectrum, Technique.ATR)

    assert [one.reference.substance for one in found] == ["whole"]


def test_a_measurement_of_the_right_form_beats_a_conversion_of_the_other():
    library = prepared(
        reference("both", 1000.0, technique=Technique.TRANSMISSION),
        reference("both", 1000.0, technique=Technique.ATR),
        reference("one", 1700.0, technique=Technique.TRANSMISSION),
    )

    found = {
        (one.reference.id, one.is_converted)
        for one in library.search(reference("query", 1000.0).spectrum, Technique.ATR)
    }

    assert found == {("both#atr", False), ("one#transmission", True)}


def test_a_conversion_goes_one_way_and_back_without_loss():
    spectrum = reference("query", 1000.0, 2900.0, gaps=((1500.0, 1600.0),)).spectrum

    there = in_form(spectrum, Technique.TRANSMISSION)
    back = in_form(there, Technique.ATR)

    assert there.technique is Technique.TRANSMISSION
    assert there.gaps == spectrum.gaps
    assert np.allclose(back.absorbance, spectrum.absorbance, rtol=1e-12)
    # transmission absorbs more where the penetration depth is less
    assert np.interp(2900.0, there.wavenumber, there.absorbance) == pytest.approx(2.9, rel=0.02)


def test_equal_scores_keep_the_order_of_the_library():
    names = ("delta", "alpha", "charlie", "bravo")
    library = prepared(*(reference(name, 1000.0, 1700.0) for name in names))

    found = library.search(reference("query", 1000.0, 1700.0).spectrum, Technique.ATR)

    assert tuple(one.reference.substance for one in found) == names
    assert len({one.score for one in found}) == 1


def test_the_best_comes_first():
    library = prepared(
        reference("poor", 800.0, 1200.0), reference("good", 1000.0, 1700.0), reference("fair", 1000.0, 1500.0)
    )

    found = library.search(reference("query", 1000.0, 1702.0).spectrum, Technique.ATR)

    assert [one.reference.substance for one in found] == ["good", "fair", "poor"]
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


@pytest.mark.parametrize("form", FORMS)
def test_an_empty_library_finds_nothing(form):
    assert prepared().search(reference("query", 1000.0).spectrum, form) == ()


def test_a_query_outside_the_grid_finds_nothing():
    outside = Spectrum(np.arange(400.0, 640.0), np.random.default_rng(1).random(240))

    assert prepared(reference("any", 1000.0)).search(outside, Technique.ATR) == ()


def test_library_and_query_are_prepared_with_the_one_recipe_of_the_library():
    recipe = Recipe(wavenumber_max=1800.0, step_cm=4.0, resolution_cm=16.0)
    one = reference("any", 1000.0, 1700.0)
    library = PreparedLibrary((ReferenceLibrary("made up", "1", (one,), ()),), recipe)

    [found] = library.search(one.spectrum, Technique.ATR)

    assert library.recipe is recipe
    assert prepare(one.spectrum, recipe).inside.size == recipe.grid.size == 289
    assert found.score == pytest.approx(1.0, abs=1e-6)


def test_only_the_shape_counts_not_the_height_and_not_the_offset():
    one = reference("any", 1000.0, 1700.0)
    library = prepared(one)
    thicker = replace(one.spectrum, absorbance=3.0 * one.spectrum.absorbance + 0.2)

    [found] = library.search(thicker, Technique.ATR)

    assert found.score == pytest.approx(1.0, abs=1e-6)
    assert found.absorbance_correlation == pytest.approx(1.0, abs=1e-6)


def test_a_reference_that_only_just_reaches_the_shortlist_of_a_large_library_is_still_found():
    chance = np.random.default_rng(11)
    crowd = [reference(f"made-up-{n}", *chance.uniform(700.0, 3900.0, 6)) for n in range(300)]
    wanted = reference("wanted", 1000.0, 1700.0, 2900.0)
    library = prepared(*crowd, wanted)

    assert library.search(wanted.spectrum, Technique.ATR)[0].reference.substance == "wanted"
