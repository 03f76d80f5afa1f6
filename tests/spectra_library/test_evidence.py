"""What speaks for an answer, against slow obvious twins."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spectra_library.evidence import BLANK, FLOOR_CM, NEAR_CM, best_scores, evidence, tail, unexplained_band

AXIS = np.arange(650.0, 4001.0, 2.0)
EVERYWHERE = np.ones(AXIS.size, dtype=bool)


def bands(*places_and_heights: tuple[float, float]) -> np.ndarray:
    return sum(
        (height * np.exp(-(((AXIS - place) / 12.0) ** 2)) for place, height in places_and_heights),
        start=np.zeros(AXIS.size),
    )


def slow_tail(scores: list[float]) -> float:
    """L-moments by their definition: half the mean difference of two different scores is the second."""
    rest = scores[5:100]
    pairs = [abs(a - b) for i, a in enumerate(rest) for b in rest[:i]]
    scale = (sum(pairs) / len(pairs) / 2) / math.log(2)
    return (scores[0] - (sum(rest) / len(rest) - 0.5772156649015329 * scale)) / scale


def slow_unexplained(query: np.ndarray, reference: np.ndarray, step: float) -> float:
    def above_floor(curve: np.ndarray) -> np.ndarray:
        half = round(FLOOR_CM / step / 2)
        last = len(curve) - 1
        low = [min(curve[max(i - half, 0) : i + half + 1]) for i in range(len(curve))]
        mean = [
            sum(low[min(max(j, 0), last)] for j in range(i - half, i + half + 1)) / (2 * half + 1)
            for i in range(len(curve))
        ]
        above = curve - np.array(mean)
        return above / np.percentile(above, 99.5)

    asked, known = above_floor(query), above_floor(reference)
    near = round(NEAR_CM / step)
    blank = [asked[i] for i in range(len(asked)) if max(known[max(i - near, 0) : i + near + 1]) < BLANK]
    return float(min(max([*blank, 0.0]), 1.0))


@given(st.lists(st.floats(-1, 1), min_size=26, max_size=120, unique=True))
def test_the_tail_is_that_of_the_definition(scores):
    ordered = sorted(scores, reverse=True)

    assert tail(np.array(ordered)) == pytest.approx(slow_tail(ordered), rel=1e-6, abs=1e-6)


def test_a_gumbel_law_gives_its_own_scale_back():
    rng = np.random.default_rng(1)
    scores = np.sort(rng.gumbel(0.2, 0.05, 90))[::-1]

    found = tail(np.concatenate([[0.9], np.full(5, 0.8), scores]))

    assert found == pytest.approx((0.9 - 0.2) / 0.05, rel=0.25)


@pytest.mark.parametrize("scores", [[0.9] * 10, [0.9, *[0.5] * 60]])
def test_too_few_or_equal_others_have_no_tail(scores):
    assert tail(np.array(scores)) is None


@settings(max_examples=4, deadline=None)
@given(st.integers(0, 10_000))
def test_the_unexplained_band_is_that_of_plain_loops(seed):
    rng = np.random.default_rng(seed)
    query, reference = (
        bands(*zip(rng.uniform(700, 3900, 6), rng.uniform(0.1, 1.0, 6), strict=True))
        + rng.normal(0, 0.005, AXIS.size)
        for _ in range(2)
    )

    found = unexplained_band(query, EVERYWHERE, reference, EVERYWHERE, step_cm=2.0)

    assert found == pytest.approx(slow_unexplained(query, reference, 2.0), abs=1e-9)


def test_a_band_that_the_reference_lacks_is_unexplained_and_its_height_told():
    reference = bands((1000, 1.0), (2900, 0.8))
    query = reference + bands((1730, 0.5))

    found = unexplained_band(query, EVERYWHERE, reference, EVERYWHERE, step_cm=2.0)

    assert 0.4 < found < 0.7  # of the 99.5 % point, which lies below the top of narrow bands


def test_heights_shifts_baselines_and_lacking_bands_leave_nothing_unexplained():
    reference = bands((1000, 1.0), (1500, 0.4), (2900, 0.8))
    query = 0.2 + 5e-5 * AXIS + 0.3 * bands((1006, 0.5), (2896, 1.0))

    assert unexplained_band(query, EVERYWHERE, reference, EVERYWHERE, step_cm=2.0) < 0.1


def test_what_only_one_side_measured_explains_nothing_and_hides_nothing():
    inside = AXIS < 1600
    reference = bands((1000, 1.0))
    query = bands((1000, 1.0), (1730, 0.9))

    assert unexplained_band(query, EVERYWHERE, reference, inside, step_cm=2.0) < 0.05
    assert unexplained_band(query, ~EVERYWHERE, reference, inside, step_cm=2.0) == 0.0


def test_a_flat_reference_explains_nothing_but_is_no_reference():
    assert unexplained_band(bands((1000, 1.0)), EVERYWHERE, 0 * AXIS, EVERYWHERE, step_cm=2.0) == 0.0


def test_the_gap_goes_to_the_next_different_substance_and_the_others_of_the_first_agree_or_not():
    found = evidence(["a", "a", "b", "a"], [0.9, 0.8, 0.7, 0.2], residual=0.1, snr=300.0)

    assert found is not None
    assert (found.score, found.gap, found.agreement) == (0.9, pytest.approx(0.2), pytest.approx(0.5))
    assert (found.tail, found.residual, found.snr) == (None, 0.1, 300.0)


def test_a_list_of_one_substance_has_no_greater_gap_than_its_last_place():
    found = evidence(["a", "a"], [0.9, 0.85], residual=0.0, snr=100.0)

    assert found is not None
    assert found.gap == pytest.approx(0.05)


def test_a_single_reference_agrees_with_nobody_and_no_answer_has_no_evidence():
    alone = evidence(["a", "b"], [0.9, 0.5], residual=0.0, snr=100.0)

    assert alone is not None
    assert alone.agreement is None
    assert evidence([], [], residual=0.0, snr=100.0) is None
    assert best_scores(["a", "b", "a"], [0.9, 0.5, 0.4]) == {"a": 0.9, "b": 0.5}
