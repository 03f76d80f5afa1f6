from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spectra_library.mixture import Mixture, MixtureSettings, evidence_weights, shares, unmix
from spectra_library.mixture_model import ModelError, extended, fitted, regions_of, remainder
from spectra_library.mixture_search import (
    Fit,
    MixtureRows,
    MixtureSearch,
    SearchSettings,
    mixture_rows,
)
from spectra_library.preprocess import Prepared

POINTS = 600
LIBRARY = 24
ERROR = ModelError()


def curve(rng: np.random.Generator, bands: int = 12) -> np.ndarray:
    """A substance: bands of random place, height and width, the strongest 1."""
    axis = np.arange(POINTS)
    total = sum(
        height * np.exp(-(((axis - place) / width) ** 2))
        for place, height, width in zip(
            rng.uniform(5, POINTS - 5, bands),
            rng.uniform(0.1, 1.0, bands),
            rng.uniform(3, 8, bands),
            strict=True,
        )
    )
    return total / total.max()


def curves(seed: int = 1, count: int = LIBRARY) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.array([curve(rng) for _ in range(count)])


def library(
    absorbance: np.ndarray, inside: np.ndarray | None = None, substances: tuple[str, ...] | None = None
) -> MixtureRows:
    inside = np.ones(absorbance.shape, dtype=bool) if inside is None else inside
    derivative = np.gradient(absorbance, axis=1)
    return mixture_rows(
        np.where(inside, absorbance, 0.0).astype(np.float32),
        np.where(inside, derivative, 0.0).astype(np.float32),
        inside,
        substances or tuple(f"substance-{i}" for i in range(len(absorbance))),
    )


def asked(absorbance: np.ndarray, inside: np.ndarray | None = None) -> Prepared:
    inside = np.ones(POINTS, dtype=bool) if inside is None else inside
    derivative = np.gradient(absorbance)
    return Prepared(np.where(inside, absorbance, 0.0), np.where(inside, derivative, 0.0), inside)


def another_sample(absorbance: np.ndarray, rng: np.random.Generator, *, sd: float = 0.2) -> np.ndarray:
    """The same substance elsewhere: heights vary by region, everything shifts by a quarter of a point."""
    axis = np.arange(POINTS)
    knots = np.arange(-30, POINTS + 60, 30)
    factor = np.exp(sd * np.interp(axis, knots, rng.standard_normal(knots.size)))
    return np.interp(axis - 0.25, axis, absorbance) * factor


def substances(mixture: Mixture, rows: MixtureRows) -> set[str]:
    return {rows.substances[one.row] for one in mixture.components}


def regions_with(query: Prepared, rows: MixtureRows, places: list[int]):
    regions = regions_of(query.derivative, query.inside, ERROR.region_points)
    return extended(regions, rows.derivative[places].astype(np.float64), rows.inside[places], query.inside)


# What it says


def test_two_components_are_found_with_their_shares():
    known = curves()
    rows = library(known)
    rng = np.random.default_rng(2)
    query = asked(0.6 * another_sample(known[3], rng) + 0.4 * another_sample(known[7], rng))

    mixture = unmix(query, rows)

    assert [one.row for one in mixture.components] == [3, 7]
    assert mixture.components[0].low <= 0.6 <= mixture.components[0].high
    assert mixture.components[1].low <= 0.4 <= mixture.components[1].high
    assert sum(one.share for one in mixture.components) == pytest.approx(1.0)
    assert mixture.is_complete


@pytest.mark.parametrize("parts", [(0.5, 0.3, 0.2), (0.4, 0.3, 0.2, 0.1)])
def test_three_and_four_components_are_found(parts):
    known = curves()
    rows = library(known)
    rng = np.random.default_rng(4)
    query = asked(sum(part * another_sample(known[i], rng, sd=0.05) for i, part in enumerate(parts)))

    assert substances(unmix(query, rows), rows) == {f"substance-{i}" for i in range(len(parts))}


def test_a_single_component_stays_single():
    known = curves()
    rows = library(known)
    rng = np.random.default_rng(3)
    for row in range(LIBRARY):
        mixture = unmix(asked(another_sample(known[row], rng, sd=0.3)), rows)
        assert [one.row for one in mixture.components] == [row]
        assert mixture.components[0].share == 1.0


def test_a_part_that_is_not_listed_leaves_the_composition_incomplete():
    known = curves()
    rows = library(known[:20])
    rng = np.random.default_rng(5)
    for unlisted in range(20, 24):
        parts = (0.36, 0.24, 0.4)
        query = asked(
            sum(p * another_sample(known[i], rng) for p, i in zip(parts, (1, 2, unlisted), strict=True))
        )
        assert not unmix(query, rows).is_complete


def test_what_resembles_the_residual_is_named():
    known = curves()
    one_only = MixtureSettings(search=SearchSettings(largest=1))
    mixture = unmix(asked(0.8 * known[4] + 0.2 * known[9]), library(known), one_only)

    assert [one.row for one in mixture.components] == [4]
    assert mixture.resembles[0].row == 9
    assert mixture.resembles[0].correlation > 0.7


def test_the_residual_is_what_the_components_leave_of_the_absorbance():
    known = curves()
    query = asked(0.7 * known[4] + 0.3 * known[9] + 0.05)

    mixture = unmix(query, library(known))

    assert np.abs(mixture.residual).max() < 0.02
    assert not mixture.residual.flags.writeable


def test_two_rows_of_one_substance_are_one_component():
    known = curves()
    known[1] = another_sample(known[0], np.random.default_rng(6), sd=0.1)
    names = ("same", "same", *(f"substance-{i}" for i in range(2, LIBRARY)))
    rows = library(known, substances=names)
    rng = np.random.default_rng(7)

    mixture = unmix(asked(0.5 * another_sample(known[0], rng) + 0.5 * another_sample(known[5], rng)), rows)

    assert sorted(rows.substances[one.row] for one in mixture.components) == ["same", "substance-5"]
    assert all("same" not in {rows.substances[i] for i in one.alternatives} for one in mixture.components)


def test_substances_that_look_alike_are_given_as_alternatives():
    known = curves()
    known[1] = known[0] + 0.01 * known[2]
    mixture = unmix(asked(0.5 * known[0] + 0.5 * known[5]), library(known))

    of_the_pair = next(one for one in mixture.components if one.row in (0, 1))
    other = next(one for one in mixture.components if one.row == 5)
    assert of_the_pair.alternatives == (1 - of_the_pair.row,)
    assert other.alternatives == ()


# What it refuses


def test_a_query_without_variation_has_no_components():
    rows = library(curves())
    for level in (0.0, 0.3):
        mixture = unmix(asked(np.full(POINTS, level)), rows)
        assert mixture.components == ()
        assert mixture.explained == 0.0
        assert not mixture.is_complete


def test_an_empty_library_has_no_components():
    mixture = unmix(asked(curves()[0]), library(np.zeros((0, POINTS))))

    assert mixture.components == ()
    assert not mixture.is_complete


def test_a_row_that_does_not_vary_is_never_a_component():
    known = curves()
    known[0] = 0.0
    mixture = unmix(asked(known[3]), library(known))

    assert [one.row for one in mixture.components] == [3]


# Masks


def test_what_a_reference_or_the_query_lacks_is_not_compared():
    known = curves()
    inside = np.ones((LIBRARY, POINTS), dtype=bool)
    inside[3, :150] = False
    inside[7, 450:] = False
    query_inside = np.ones(POINTS, dtype=bool)
    query_inside[250:300] = False
    query = asked(0.5 * known[3] + 0.5 * known[7], query_inside)

    mixture = unmix(query, library(known, inside))

    assert {one.row for one in mixture.components} == {3, 7}
    assert not mixture.residual[:150].any()
    assert not mixture.residual[250:300].any()
    assert not mixture.residual[450:].any()


def test_a_band_that_the_reference_never_measured_does_not_count_against_it():
    known = curves()
    inside = np.ones((LIBRARY, POINTS), dtype=bool)
    inside[3, :200] = False
    beyond = np.zeros(POINTS)
    beyond[60:140] = 0.5 * np.hanning(80)

    mixture = unmix(asked(known[3] + beyond), library(known, inside))

    assert mixture.components[0].row == 3


def test_too_little_in_common_is_no_comparison():
    known = curves()
    inside = np.ones((LIBRARY, POINTS), dtype=bool)
    inside[3, 200:] = False

    mixture = unmix(asked(known[3]), library(known, inside))

    assert 3 not in {one.row for one in mixture.components}


# What must not matter


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_order_of_the_rows_does_not_matter(seed):
    rng = np.random.default_rng(seed)
    known = curves()
    names = tuple(f"substance-{i}" for i in range(LIBRARY))
    order = rng.permutation(LIBRARY)
    query = asked(0.6 * another_sample(known[3], rng) + 0.4 * another_sample(known[7], rng))

    one = unmix(query, library(known))
    other = unmix(query, library(known[order], substances=tuple(names[i] for i in order)))

    assert [order[part.row] for part in other.components] == [part.row for part in one.components]
    assert [part.share for part in other.components] == pytest.approx(
        [part.share for part in one.components], rel=1e-4
    )
    assert other.is_complete == one.is_complete


@settings(max_examples=15, deadline=None)
@given(factor=st.floats(1e-3, 1e3), seed=st.integers(0, 10_000))
def test_the_scale_of_the_query_does_not_matter(factor, seed):
    rng = np.random.default_rng(seed)
    known = curves()
    rows = library(known)
    absorbance = 0.7 * another_sample(known[2], rng) + 0.3 * another_sample(known[8], rng)

    one, other = unmix(asked(absorbance), rows), unmix(asked(factor * absorbance), rows)

    assert [part.row for part in other.components] == [part.row for part in one.components]
    assert [part.share for part in other.components] == pytest.approx(
        [part.share for part in one.components], rel=1e-4
    )
    assert other.residual == pytest.approx(factor * one.residual, abs=1e-4 * factor)
    assert other.doubt == pytest.approx(one.doubt, abs=1e-3)


def test_the_scale_of_a_reference_does_not_matter():
    known = curves()
    louder = known.copy()
    louder[3] *= 40.0
    query = asked(0.6 * known[3] + 0.4 * known[7])

    one, other = unmix(query, library(known)), unmix(query, library(louder))

    assert [part.share for part in other.components] == pytest.approx(
        [part.share for part in one.components], rel=1e-3
    )


# Slow, plain twins


def plain_evidence(query: np.ndarray, columns: list[np.ndarray], error: ModelError) -> float:
    """The evidence of mixture_model.fitted with whole covariance matrices, one region after the other."""
    size = error.region_points
    query = query / np.sqrt(np.mean(query**2))
    units = [one / np.sqrt(np.mean(one**2)) for one in columns]
    slopes = [np.gradient(one) for one in units]
    cuts = [slice(i, i + size) for i in range(0, query.size, size)]
    weight = np.array([1.0 / (np.mean(query[cut] ** 2) + 0.05) for cut in cuts])
    normal = sum(
        w * np.array([[a[cut] @ b[cut] for b in units] for a in units])
        for w, cut in zip(weight, cuts, strict=True)
    )
    right = sum(
        w * np.array([a[cut] @ query[cut] for a in units]) for w, cut in zip(weight, cuts, strict=True)
    )
    start = np.maximum(np.linalg.solve(normal, right), 0.5e-3)
    best = -np.inf
    for height_sd, residual in zip(error.heights, error.residuals, strict=True):
        amount = start
        shift_sd = error.shift_points * min(1.0, 0.3 + 2.0 * height_sd)
        for _ in range(3):
            allowed = np.maximum(amount, 1e-3)
            inverses, determinants = [], []
            for cut in cuts:
                covariance = residual**2 * np.eye(query[cut].size)
                for one, slope, much in zip(units, slopes, allowed, strict=True):
                    covariance += (much * height_sd) ** 2 * np.outer(one[cut], one[cut])
                    covariance += (much * shift_sd) ** 2 * np.outer(slope[cut], slope[cut])
                inverses.append(np.linalg.inv(covariance))
                determinants.append(np.linalg.slogdet(covariance)[1])
            pairs = list(zip(cuts, inverses, strict=True))
            curvature = sum(np.array([[a[c] @ i @ b[c] for b in units] for a in units]) for c, i in pairs)
            slope_of = sum(np.array([a[c] @ i @ query[c] for a in units]) for c, i in pairs)
            amount = np.maximum(np.linalg.solve(curvature, slope_of), 0.5e-3)
        if (amount <= 1e-3).any():
            continue
        evidence = 0.0
        for cut, inverse, determinant in zip(cuts, inverses, determinants, strict=True):
            left = query[cut] - sum(much * one[cut] for much, one in zip(amount, units, strict=True))
            freedom, fraction = error.freedom, error.independent
            tails = (freedom + fraction * left.size) * np.log1p(fraction * (left @ inverse @ left) / freedom)
            evidence -= 0.5 * (fraction * determinant + tails)
        width = np.sqrt(np.diag(np.linalg.inv(fraction * curvature)))
        evidence += np.log(np.minimum(np.sqrt(2 * np.pi) * width / amount.sum(), 1.0)).sum()
        best = max(best, evidence)
    return best


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_the_evidence_is_that_of_the_plain_twin(size):
    known = curves()[:, 10:]
    rows_at = list(range(6))
    rng = np.random.default_rng(size)
    query = np.gradient(sum(0.5 ** (i + 1) * another_sample(curves()[i], rng)[10:] for i in range(3)))
    derivative = np.gradient(known[rows_at], axis=1)
    derivative[:, [0, -1]] = query[0] = query[-1] = 0.0
    inside = np.ones(derivative.shape, dtype=bool)
    regions = extended(
        regions_of(query, np.ones(query.size, dtype=bool), ERROR.region_points),
        derivative,
        inside,
        np.ones(query.size, dtype=bool),
    )
    sets = list(combinations(rows_at, size))[:8]

    fits = fitted(regions, np.array(sets), ERROR)

    for evidence, one in zip(fits.evidence, sets, strict=True):
        plain = plain_evidence(query, [derivative[i] for i in one], ERROR)
        assert evidence == pytest.approx(plain, rel=1e-6)


def test_stepwise_search_finds_what_trying_all_sets_finds():
    known = curves(count=10)
    rows = library(known)
    found = 0
    for seed in range(6):
        rng = np.random.default_rng(seed)
        truth = rng.choice(10, size=1 + seed % 3, replace=False)
        query = asked(sum((0.3 + 0.7 * rng.random()) * another_sample(known[i], rng) for i in truth))
        chosen = MixtureSettings(error=ModelError(broadenings=(0.0,)))
        search = MixtureSearch(query, rows, chosen.search, chosen.error)
        best = search.run()
        regions = regions_with(query, rows, list(range(10)))
        every = {
            one: float(evidence) - chosen.search.price * size
            for size in (1, 2, 3, 4)
            for sets in [list(combinations(range(10), size))]
            for one, evidence in zip(
                sets, fitted(regions, np.array(sets), chosen.error).evidence, strict=True
            )
        }
        assert every[best.rows] == pytest.approx(best.evidence, rel=1e-9)
        found += best.rows == max(every, key=every.__getitem__)
    assert found == 6


def test_probabilities_are_the_average_over_the_sets_that_were_tried():
    known = curves()
    known[1] = known[0] + 0.15 * known[2]
    rows = library(known)
    rng = np.random.default_rng(8)
    query = asked(0.8 * another_sample(known[0], rng) + 0.2 * another_sample(known[5], rng, sd=0.4))
    chosen = MixtureSettings()
    search = MixtureSearch(query, rows, chosen.search, chosen.error)
    search.run()

    mixture = unmix(query, rows)

    tried = [one for one in search.tried.values() if len(one.rows) <= chosen.search.largest]
    top = max(one.evidence for one in tried)
    total = sum(np.exp(one.evidence - top) for one in tried)
    for part in mixture.components:
        holding = sum(np.exp(one.evidence - top) for one in tried if part.row in one.rows)
        assert part.probability == pytest.approx(holding / total, abs=1e-3)


def test_weights_of_sets_add_up_and_follow_the_evidence():
    zero = np.zeros(1)
    fits = [
        Fit((i,), evidence, zero, zero, 0.1, 0.1) for i, evidence in enumerate((-1000.0, -1001.0, -np.inf))
    ]

    weights = evidence_weights(fits)

    assert weights.sum() == pytest.approx(1.0)
    assert weights[0] / weights[1] == pytest.approx(np.e)
    assert weights[2] == 0.0


def test_shares_count_components_by_their_strongest_bands():
    known = curves()
    rows = library(known)
    query = asked(0.75 * known[3] + 0.25 * known[7])
    search = MixtureSearch(query, rows, MixtureSettings().search, ERROR)
    best = search.run()

    share, deviation = shares(best, query, rows)

    assert share == pytest.approx([0.75, 0.25], abs=0.02)
    assert (deviation > 0).all()


def test_the_remainder_of_a_perfect_fit_is_nothing():
    known = curves()
    rows = library(known)
    query = asked(known[3])
    regions = regions_with(query, rows, [3])
    fits = fitted(regions, np.array([[0]]), ERROR)

    left = remainder(regions, (0,), fits.amount[0], height_sd=0.15, error=ERROR, points=POINTS)

    assert np.abs(left.residual).max() < 1e-3
    assert np.abs(left.corrected).max() < 1e-3
    assert (left.variance > 0).all()


def test_a_negative_amount_is_no_component():
    known = curves()
    rows = library(known)
    query = asked(known[3] - 0.4 * known[7])
    fits = fitted(regions_with(query, rows, [3, 7]), np.array([[0, 1]]), ERROR)

    assert fits.evidence[0] == -np.inf
