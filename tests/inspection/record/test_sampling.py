"""Sample sizes against a slow truth that draws package after package, against scipy, and as published."""

from __future__ import annotations

import math
import random
from fractions import Fraction
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom

from inspection.errors import RecordError
from inspection.language import Language, Wording
from inspection.record.record_words import plan_sentence
from inspection.record.sampling import (
    Rule,
    choose_packages,
    sampling_plan,
    square_root,
    what_is_shown,
)

SHARES = (Fraction(1, 2), Fraction(7, 10), Fraction(9, 10), Fraction(1))
CONFIDENCES = (Fraction(19, 20), Fraction(99, 100))


@cache
def chance_of(with_it: int, without: int, draws: int, negatives: int) -> Fraction:
    """Draw one package after another: how likely are at most ``negatives`` without the substance?"""
    if negatives < 0:
        return Fraction(0)
    if draws == 0:
        return Fraction(1)
    all_left = with_it + without
    chance = Fraction(0)
    if with_it:
        chance += Fraction(with_it, all_left) * chance_of(with_it - 1, without, draws - 1, negatives)
    if without:
        chance += Fraction(without, all_left) * chance_of(with_it, without - 1, draws - 1, negatives - 1)
    return chance


def smallest_sample(packages: int, share: Fraction, confidence: Fraction, negatives: int) -> int:
    """Try every size, and for each every number of packages with which the claim would be wrong."""
    too_few = [count for count in range(packages + 1) if count < share * packages]
    for sampled in range(negatives + 1, packages + 1):
        chances = [chance_of(count, packages - count, sampled, negatives) for count in too_few]
        if all(chance <= 1 - confidence for chance in chances):
            return sampled
    raise AssertionError("all packages settle it")


def lower_bound(packages: int, sampled: int, positives: int, confidence: Fraction) -> int:
    """Try every number of packages from none: the first that such a sample does not rule out."""
    return next(
        count
        for count in range(packages + 1)
        if chance_of(count, packages - count, sampled, sampled - positives) > 1 - confidence
    )


@pytest.mark.parametrize("negatives", [0, 1, 2])
def test_every_plan_for_up_to_forty_packages_is_the_one_found_by_drawing(negatives):
    for packages in range(1, 41):
        for share in SHARES:
            if negatives > packages - math.ceil(share * packages):
                continue
            for confidence in CONFIDENCES:
                plan = sampling_plan(packages, float(share), float(confidence), negatives)

                assert plan.sampled == smallest_sample(packages, share, confidence, negatives)


def test_every_bound_for_up_to_forty_packages_is_the_one_found_by_drawing():
    for packages in (1, 2, 3, 7, 10, 19, 20, 33, 40):
        for sampled in range(packages + 1):
            for positives in range(max(0, sampled - 4), sampled + 1):
                for confidence in CONFIDENCES:
                    shown = what_is_shown(packages, sampled, positives, float(confidence))

                    assert shown == lower_bound(packages, sampled, positives, confidence)


@settings(max_examples=30, deadline=None)  # scipy takes its time
@given(st.integers(41, 100_000), st.sampled_from([0.3, 0.5, 0.7, 0.9, 0.95]), st.integers(0, 10))
def test_for_many_packages_scipy_agrees(packages, share, negatives):
    plan = sampling_plan(packages, share, 0.95, min(negatives, packages - math.ceil(0.95 * packages)))

    with_it, failures = plan.at_least - 1, plan.negatives
    enough, too_few = (
        float(hypergeom(packages, with_it, sampled).sf(sampled - failures - 1))
        for sampled in (plan.sampled, plan.sampled - 1)
    )
    assert enough <= 0.05 * (1 + 1e-9)  # scipy rounds
    assert too_few > 0.05 * (1 - 1e-9)


def test_a_chance_that_is_exactly_five_percent_is_small_enough():
    # 19 of 20: one package without the substance stays unseen with a chance of 1/20, which no float is.
    assert sampling_plan(20, 1.0).sampled == 19
    assert sampling_plan(20, 1.0, 0.951).sampled == 20


@pytest.mark.parametrize("packages", [30, 50, 100, 200, 500, 1000, 10_000])
def test_six_or_seven_show_seven_in_ten_as_tzidony_and_ravreby_published(packages):
    # Journal of Forensic Sciences 37 (1992) 1541: with all positive, for 0.70 at 90 % confidence.
    assert sampling_plan(packages, 0.7, 0.9).sampled in (6, 7)


def test_the_figures_of_the_document_are_these():
    sizes = {
        packages: [sampling_plan(packages, share).sampled for share in (0.5, 0.7, 0.9)]
        for packages in (10, 20, 50, 100, 500, 1000, 10_000)
    }

    assert sizes == {
        10: [3, 5, 8],
        20: [4, 6, 12],
        50: [4, 8, 19],
        100: [5, 8, 23],
        500: [5, 9, 28],
        1000: [5, 9, 28],
        10_000: [5, 9, 29],
    }


@given(st.integers(1, 400), st.floats(0.01, 1), st.floats(0.5, 0.999), st.integers(0, 3))
def test_a_sample_as_planned_shows_what_was_claimed(packages, share, confidence, negatives):
    try:
        plan = sampling_plan(packages, share, confidence, negatives)
    except RecordError:
        return  # more negatives than the share leaves room for

    shown = what_is_shown(packages, plan.sampled, plan.sampled - negatives, confidence)

    assert shown >= plan.at_least


def test_a_full_sample_is_a_count():
    assert what_is_shown(40, 40, 31) == 31
    assert sampling_plan(2, 0.9).rule is Rule.ALL


def test_no_sample_shows_nothing():
    assert what_is_shown(40, 0, 0) == 0
    assert what_is_shown(40, 10, 0) == 0


# --- Bayes ------------------------------------------------------------------------------------------


def posterior_by_sums(sampled: int, negatives: int, share: float, prior: float) -> float:
    """Integrate the Beta density in steps, over the angle whose squared sine is the share."""
    steps = 20_000
    weight = [0.0, 0.0]
    for step in range(steps):
        angle = (step + 0.5) * math.pi / 2 / steps
        sine, cosine = math.sin(angle), math.cos(angle)
        density = sine ** (2 * (sampled - negatives + prior) - 1) * cosine ** (2 * (negatives + prior) - 1)
        weight[sine**2 < share] += density
    return weight[1] / sum(weight)


@pytest.mark.parametrize("prior", [1.0, 0.5])
@pytest.mark.parametrize("share", [0.5, 0.7, 0.9])
@pytest.mark.parametrize("negatives", [0, 2])
def test_a_bayesian_sample_is_the_smallest_that_leaves_little_doubt(prior, share, negatives):
    plan = sampling_plan(1000, share, 0.95, negatives, rule=Rule.BAYESIAN, prior=prior)

    assert posterior_by_sums(plan.sampled, negatives, share, prior) <= 0.05
    assert posterior_by_sums(plan.sampled - 1, negatives, share, prior) > 0.05


def test_with_a_flat_prior_the_bayesian_sample_has_a_closed_form():
    # With all positive, the share below s has the probability s ** (n + 1).
    for share in (0.5, 0.7, 0.9):
        plan = sampling_plan(1000, share, rule=Rule.BAYESIAN)

        assert share ** (plan.sampled + 1) <= 0.05 < share**plan.sampled


def test_the_beta_prior_is_refused_for_few_packages_and_other_priors_altogether():
    with pytest.raises(RecordError, match="expected at least 50 packages"):
        sampling_plan(49, rule=Rule.BAYESIAN)
    with pytest.raises(RecordError, match="expected a prior of"):
        sampling_plan(100, rule=Rule.BAYESIAN, prior=2.0)


def test_where_bayes_wants_more_than_there_is_all_are_sampled():
    assert sampling_plan(50, 1.0, rule=Rule.BAYESIAN).rule is Rule.ALL


# --- Habits, chance, refusals -----------------------------------------------------------------------


def test_the_square_root_is_rounded_up_and_claims_nothing():
    assert [square_root(packages) for packages in (1, 2, 4, 5, 9, 10, 100, 101)] == [1, 2, 2, 3, 3, 4, 10, 11]
    plan = sampling_plan(400, rule=Rule.SQUARE_ROOT)
    assert (plan.sampled, plan.at_least) == (20, None)


def test_packages_are_chosen_once_each_and_sorted():
    choose = random.Random(5).sample

    chosen = choose_packages(1000, 30, choose=choose)

    assert list(chosen) == sorted(set(chosen))
    assert len(chosen) == 30
    assert 1 <= chosen[0] < chosen[-1] <= 1000
    assert chosen == choose_packages(1000, 30, choose=random.Random(5).sample)
    assert choose_packages(3, 3) == (1, 2, 3)


def test_every_package_has_the_same_chance():
    choose = random.Random(7).sample
    counts = [0] * 10
    for _ in range(2000):
        for number in choose_packages(10, 3, choose=choose):
            counts[number - 1] += 1

    assert all(abs(count - 600) < 6 * math.sqrt(600 * 0.7) for count in counts)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ((0,), "packages, found 0"),
        ((-5,), "packages, found -5"),
        ((100_001,), "packages, found 100001"),
        ((10, 0.0), "expected a share"),
        ((10, 1.5), "expected a share"),
        ((10, float("nan")), "expected a share"),
        ((10, 0.5, 1.0), "expected a confidence"),
        ((10, 0.5, 0.0), "expected a confidence"),
        ((10, 0.5, float("nan")), "expected a confidence"),
        ((10, 0.5, 0.95, -1), "negatives, found -1"),
        ((10, 0.5, 0.95, 6), "expected at most 5 negatives"),
        ((100_000, 0.5, 0.95, 1001), "negatives, found 1001"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_in_one_sentence(wrong, told):
    with pytest.raises(RecordError, match="expected") as refused:
        sampling_plan(*wrong)
    assert told in str(refused.value)


@pytest.mark.parametrize("wrong", [(0, 0, 0), (10, 11, 0), (10, 5, 6), (10, 5, -1), (10, 5, 5, 1.0)])
def test_a_result_that_cannot_be_is_refused(wrong):
    with pytest.raises(RecordError, match="expected"):
        what_is_shown(*wrong)


def test_more_packages_than_there_are_cannot_be_chosen():
    with pytest.raises(RecordError, match="to choose, found 4"):
        choose_packages(3, 4)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("rule", Rule)
@pytest.mark.parametrize("negatives", [0, 1])
def test_every_plan_has_a_sentence(rule, negatives, language):
    sentence = plan_sentence(Wording(language), sampling_plan(100, negatives=negatives, rule=rule))

    assert sentence
    assert "{" not in sentence
    assert "None" not in sentence


def test_a_confidence_is_not_rounded_up_to_certainty():
    sentence = plan_sentence(Wording(), sampling_plan(100, 0.9, 0.9999999))

    assert "99.99999 % confidence" in sentence
    assert "at least 90 of 100" in sentence
