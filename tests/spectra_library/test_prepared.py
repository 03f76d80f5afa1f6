from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spectra_library.library import Reference, ReferenceLibrary, Tier, sealed
from spectra_library.prepared import PreparedLibrary
from spectra_library.prepared_form import FORMS, filled, in_form
from spectra_library.preprocess import Recipe, broaden, prepare
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


def test_a_conversion_keeps_axis_gaps_and_resolution():
    spectrum = reference("query", 1000.0, 2900.0, gaps=((1500.0, 1600.0),)).spectrum

    there = in_form(spectrum, Technique.TRANSMISSION)

    assert there.technique is Technique.TRANSMISSION
    assert there.gaps == spectrum.gaps
    assert there.resolution_cm == spectrum.resolution_cm
    assert np.array_equal(there.wavenumber, spectrum.wavenumber)


@pytest.mark.parametrize("peak_k", [0.1, 0.3, 0.6])
def test_a_transmission_query_finds_what_was_measured_in_atr_alone_whatever_its_strength(peak_k):
    thin = reference("wanted", 1000.0, 1700.0, technique=Technique.TRANSMISSION).spectrum
    atr = in_form(thin, Technique.ATR, peak_k=peak_k)
    library = prepared(replace(reference("wanted", 1000.0), spectrum=atr), reference("other", 1005.0, 1650.0))

    best = library.search(thin, Technique.TRANSMISSION)[0]

    assert (best.reference.substance, best.is_converted) == ("wanted", True)
    assert best.score == pytest.approx(1.0, abs=1e-3)


def test_a_query_of_coarse_resolution_is_compared_with_references_as_coarse():
    narrow = reference("narrow", 1000.0, 1012.0, 1700.0)
    library = prepared(narrow)
    blurred = broaden(narrow.spectrum.absorbance, np.ones(WAVENUMBER.size, dtype=bool), sigma=3.3)
    coarse = replace(narrow.spectrum, absorbance=blurred, resolution_cm=16.0)

    [fine] = library.search(narrow.spectrum, Technique.ATR)
    [found] = library.search(coarse, Technique.ATR)

    assert (fine.resolution_cm, found.resolution_cm) == (8.0, 16.0)
    assert found.score > 0.995
    unaware = replace(coarse, resolution_cm=8.0)  # the failing control: as if it resolved 8
    assert library.search(unaware, Technique.ATR)[0].score < found.score


def test_a_coarse_reference_makes_the_query_coarse_for_itself_alone():
    fine = reference("fine", 1000.0, 1700.0)
    blurred = broaden(fine.spectrum.absorbance, np.ones(WAVENUMBER.size, dtype=bool), sigma=3.3)
    coarse = replace(
        reference("coarse", 1000.0),
        spectrum=replace(fine.spectrum, absorbance=blurred, resolution_cm=16.0),
    )

    found = {
        one.reference.substance: one for one in prepared(fine, coarse).search(fine.spectrum, Technique.ATR)
    }

    assert {name: one.resolution_cm for name, one in found.items()} == {"fine": 8.0, "coarse": 16.0}
    assert found["coarse"].score > 0.995


def test_a_tilted_query_is_known_and_the_tilt_is_told():
    one = reference("any", 900.0, 1700.0, 2900.0)
    tilted = replace(one.spectrum, absorbance=one.spectrum.absorbance * (1000.0 / WAVENUMBER) ** 0.5)

    [found] = prepared(one).search(tilted, Technique.ATR)

    assert found.depth_exponent == 0.5
    assert found.score == pytest.approx(1.0 - 0.01 * 0.25, abs=1e-4)  # it has its price
    assert found.absorbance_correlation == pytest.approx(1.0, abs=1e-4)


def test_no_more_substances_than_the_recipe_says_are_looked_at_twice():
    crowd = [reference(f"made-up-{n}", 1000.0 + n, 1700.0, 2900.0) for n in range(4)]
    library = PreparedLibrary((ReferenceLibrary("made up", "1", tuple(crowd), ()),), Recipe(refined=2))
    tilted = replace(
        crowd[0].spectrum, absorbance=crowd[0].spectrum.absorbance * (1000.0 / WAVENUMBER) ** 0.5
    )

    found = library.search(tilted, Technique.ATR)

    assert [one.depth_exponent != 0.0 for one in found] == [True, True, False, False]


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


def test_a_reference_of_which_nobody_said_how_it_was_measured_answers_for_both_as_it_is():
    one = reference("quiet", 1000.0, 1700.0, technique=Technique.UNKNOWN)
    library = prepared(one, reference("other", 1200.0, 2900.0))

    for technique in FORMS:
        found = library.search(reference("query", 1000.0, 1700.0, technique=technique).spectrum, technique)
        best = found[0]
        assert (best.reference.id, best.is_converted) == (one.id, False)
        assert best.score > 0.99
