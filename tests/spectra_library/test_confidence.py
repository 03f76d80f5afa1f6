"""A probability only where it was measured, never out of thin air, and never less for a better likeness."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from spectra_library.asking import preparation_of
from spectra_library.calibrating import (
    ENTERING,
    HELD_LEAST,
    About,
    Answer,
    calibrated,
    estimated,
    quantiles,
)
from spectra_library.calibration_file import SHIPPED, load_calibration, read_calibration, write_calibration
from spectra_library.confidence import (
    NO_REPEATS,
    NOT_CALIBRATED,
    NOT_SEEN,
    OTHER_PREPARATION,
    Calibration,
    ReferenceKind,
    confidence,
    conformal_set,
    feature_values,
    strangeness,
)
from spectra_library.errors import CalibrationError
from spectra_library.evidence import EVIDENCE_VERSION, Evidence
from spectra_library.logistic import ridge_logistic
from spectra_library.prepared import PreparedLibrary

PLASTIC = ReferenceKind("measured", "atr", False, "cargo", "solid")
DRUG = ReferenceKind("derived", "atr", False, "narcotic", "solid")
PREPARATION = "preparation 7 recipe abc"
ABOUT = About(PREPARATION, ("0" * 64,), "2026-03-01", "made-up answers", "made up", "CC0")


def proof(score: float = 0.9, gap: float = 0.1, agreement: float | None = 0.7) -> Evidence:
    return Evidence(score, gap, 9.0, 0.1, 500.0, agreement)


def made_up_answers(count: int = 400, seed: int = 1, *, alone: bool = True) -> tuple[Answer, ...]:
    """Answers whose chance to be right rises with score and gap; half of the substances are not held."""
    rng = np.random.default_rng(seed)
    found = []
    for i in range(count):
        score, gap = rng.uniform(0.4, 0.99), rng.uniform(0.0, 0.2)
        odds = 2.5 * (np.arctanh(score) - 1.1) + 2.0 * (np.log10(max(gap, 0.003)) + 1.2)
        chance = 1 / (1 + np.exp(-odds))
        is_right, truth = rng.random() < chance, f"substance {i % 9}"
        best = {truth if is_right else "another": score, "a third": score - gap}
        if not is_right:
            best[truth] = score - gap - rng.uniform(0, 0.3)
        agreement = None if alone and i % 5 == 0 else score - rng.uniform(0, 0.3)
        found.append(
            Answer(truth, "here", bool(is_right or i % 2), best, PLASTIC, proof(score, gap, agreement))
        )
    return tuple(found)


@pytest.fixture(scope="module")
def calibration() -> Calibration:
    return calibrated(made_up_answers(), ABOUT)


def value_of(found: Evidence, calibration: Calibration) -> float:
    said = confidence(found, calibration, PLASTIC, preparation=PREPARATION)
    assert said.value is not None
    return said.value


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(0, 0.5), st.one_of(st.none(), st.floats(-1, 1)))
def test_more_likeness_never_lowers_the_probability(calibration, first, second, gap, agreement):
    low, high = sorted((first, second))

    assert value_of(proof(low, gap, agreement), calibration) <= value_of(
        proof(high, gap, agreement), calibration
    )


@given(st.floats(0, 2), st.floats(0, 2))
def test_a_greater_lead_never_lowers_the_probability(calibration, first, second):
    low, high = sorted((first, second))

    assert value_of(proof(gap=low), calibration) <= value_of(proof(gap=high), calibration)


@given(st.floats(-1, 1), st.floats(0, 2), st.one_of(st.none(), st.floats(-1, 1)))
def test_a_probability_lies_between_nothing_and_what_the_counts_bear_out(calibration, score, gap, agreement):
    assert 0 < value_of(proof(score, gap, agreement), calibration) <= calibration.ceiling < 1


def test_what_is_stated_is_what_is_true_of_further_answers():
    calibration = calibrated(made_up_answers(4000), ABOUT)
    further = made_up_answers(6000, seed=2)
    stated = np.array([value_of(one.evidence, calibration) for one in further])
    true = np.array([one.is_right for one in further])

    for low, high in ((0.0, 0.3), (0.3, 0.7), (0.7, 1.0)):
        inside = (stated >= low) & (stated < high)
        assert stated[inside].mean() == pytest.approx(true[inside].mean(), abs=0.04)


def test_a_kind_without_repeats_gets_no_number_but_the_reason(calibration):
    said = confidence(proof(), calibration, DRUG, preparation=PREPARATION)

    assert (said.value, said.note) == (None, NO_REPEATS)


@pytest.mark.parametrize(
    "change",
    [{"preparation": "preparation 8 recipe abc"}, {"evidence_version": 99}],
    ids=lambda one: next(iter(one)),
)
def test_a_calibration_of_another_engine_gives_no_number(calibration, change):
    said = confidence(proof(), replace(calibration, **change), PLASTIC, preparation=PREPARATION)

    assert (said.value, said.note) == (None, OTHER_PREPARATION)


def test_without_a_calibration_or_an_answer_there_is_no_number(calibration):
    assert confidence(proof(), None, PLASTIC, preparation=PREPARATION).note == NOT_CALIBRATED
    assert confidence(None, calibration, PLASTIC, preparation=PREPARATION).note == NOT_SEEN


def test_evidence_that_was_never_missing_may_not_be_missing_now():
    always = calibrated(made_up_answers(alone=False), ABOUT)

    said = confidence(proof(agreement=None), always, PLASTIC, preparation=PREPARATION)

    assert (said.value, said.note) == (None, NOT_SEEN)


def test_a_number_says_when_and_on_what_it_was_calibrated(calibration):
    note = confidence(proof(), calibration, PLASTIC, preparation=PREPARATION).note

    assert "2026-03-01" in note
    assert "made-up answers" in note


def test_an_infinite_snr_and_a_perfect_score_are_only_very_good():
    values = feature_values(Evidence(1.0, 2.0, 1e9, 0.0, np.inf, 1.0))

    assert all(value is not None and np.isfinite(value) for value in values.values())


def test_the_logistic_is_the_one_of_a_plain_search():
    rng = np.random.default_rng(3)
    design = np.column_stack([np.ones(80), rng.normal(size=(80, 2))])
    target = (rng.random(80) < 1 / (1 + np.exp(-design @ [0.3, 1.0, -2.0]))).astype(float)

    def slow(weights):
        chance = 1 / (1 + np.exp(-design @ weights))
        likelihood = sum(np.log(p if y else 1 - p) for p, y in zip(chance, target, strict=True))
        return -likelihood + 2.0 / 2 * (weights[1] ** 2 + weights[2] ** 2)

    plain = minimize(slow, np.zeros(3), method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-12})

    found = ridge_logistic(design, target, ridge=2.0, bounds=[(None, None)] * 3)

    assert found == pytest.approx(plain.x, abs=1e-4)


def test_the_logistic_is_that_of_scikit_learn():
    linear_model = pytest.importorskip("sklearn.linear_model", reason="an extra of development")
    rng = np.random.default_rng(4)
    rows = rng.normal(size=(200, 3))
    target = (rng.random(200) < 1 / (1 + np.exp(-rows @ [2.0, 0.5, -1.0]))).astype(float)
    known = linear_model.LogisticRegression(C=1 / 10.0, tol=1e-10).fit(rows, target)

    found = ridge_logistic(
        np.column_stack([np.ones(200), rows]), target, ridge=10.0, bounds=[(None, None)] * 4
    )

    assert found == pytest.approx(np.concatenate([known.intercept_, known.coef_[0]]), abs=1e-4)


def test_answers_that_part_perfectly_still_give_a_finite_logistic():
    answers = tuple(
        Answer("a" if right else "b", "here", True, {"a": 0.95 if right else 0.5}, PLASTIC, proof(score))
        for right, score in [(True, 0.95)] * 30 + [(False, 0.5)] * 30
    )

    found = estimated(answers, ABOUT)

    assert all(abs(feature.weight) < 5 for feature in found.features)
    assert found.ceiling < 1


def test_a_number_that_speaks_against_its_direction_is_left_out():
    answers = tuple(
        replace(one, evidence=proof(1.3 - one.evidence.score, one.evidence.gap)) for one in made_up_answers()
    )

    weights = {feature.name: feature.weight for feature in estimated(answers, ABOUT).features}

    assert weights["score"] == 0.0
    assert set(weights) == set(ENTERING)


@pytest.mark.parametrize("level", [0.90, 0.95])
def test_sets_hold_the_truth_as_often_as_they_promise(level):
    rng = np.random.default_rng(6)
    held = []
    for split in range(200):
        strange = rng.gumbel(size=300) * (1 + split % 3)  # whatever law it is, as long as all share it
        largest = dict(quantiles(strange[:150].tolist()))[level]
        held.append((strange[150:] <= largest).mean())

    assert np.mean(held) == pytest.approx(level, abs=0.02)


def test_the_quantile_is_the_k_th_smallest_and_too_few_have_none():
    assert dict(quantiles([float(i) for i in range(1, 20)])) == {0.90: 18.0, 0.95: 19.0}
    assert dict(quantiles([float(i) for i in range(1, 10)])) == {0.90: 9.0}
    assert quantiles([]) == ()
    assert quantiles([1.0] * 30 + [np.inf] * 10) == ()


def test_a_set_holds_the_likely_and_is_empty_when_nothing_is(calibration):
    known = replace(calibration, quantiles=((0.90, -0.75), (0.95, -0.60)))

    assert conformal_set({"a": 0.90, "b": 0.86, "c": 0.3}, known, level=0.90) == ("a", "b")
    assert conformal_set({"a": 0.95, "b": 0.5}, known, level=0.95) == ("a",)
    assert conformal_set({"a": 0.5, "b": 0.48}, known, level=0.95) == ()
    assert conformal_set({"a": 0.95}, known, level=0.5) is None


@given(st.dictionaries(st.integers(0, 30), st.floats(-1, 1), min_size=2))
def test_a_better_score_is_never_stranger(scores):
    best = {str(name): score for name, score in scores.items()}
    strange = strangeness(best)

    ordered = sorted(best, key=lambda one: best[one])
    assert [strange[one] for one in ordered] == sorted(strange.values(), reverse=True)


def test_a_set_at_95_holds_the_set_at_90(calibration):
    for one in made_up_answers(100, seed=9):
        small = conformal_set(one.best, calibration, level=0.90)
        large = conformal_set(one.best, calibration, level=0.95)
        assert small is not None
        assert large is not None
        assert set(small) <= set(large)


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ((), f"at least {HELD_LEAST} repeat measurements"),
        (made_up_answers(30), f"at least {HELD_LEAST} repeat measurements"),
        (tuple(replace(one, truth="a", best={"a": 0.9}) for one in made_up_answers()), "5 such substances"),
        (
            tuple(replace(one, best={one.truth: 0.9}) for one in made_up_answers()),
            "with a wrong first answer",
        ),
        (tuple(replace(one, best={"x": 0.9}) for one in made_up_answers()), "with the right first answer"),
    ],
    ids=["none", "few", "one substance", "never wrong", "never right"],
)
def test_too_few_repeats_are_refused_in_one_sentence_with_the_numbers(answers, words):
    with pytest.raises(CalibrationError, match=words) as refusal:
        calibrated(answers, ABOUT)

    assert "found" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_kind_counts_only_with_several_substances_that_were_named_rightly():
    one_drug = tuple(replace(one, truth="x", best={"x": 0.9}, kind=DRUG) for one in made_up_answers(50))

    assert calibrated((*made_up_answers(), *one_drug), ABOUT).kinds == (PLASTIC,)


def test_a_calibration_comes_back_from_its_file_as_it_was(calibration, tmp_path):
    path = tmp_path / "folder" / "calibration.json"

    write_calibration(calibration, path)

    assert read_calibration(path) == calibration
    assert load_calibration(path) == calibration
    assert [one.name for one in path.parent.iterdir()] == ["calibration.json"]


@pytest.mark.parametrize("text", ["", "{}", '{"layout": "chemgate calibration 1"}', "[1]", "\x00"])
def test_a_file_that_is_no_calibration_is_refused(text, tmp_path):
    path = tmp_path / "calibration.json"
    path.write_text(text)

    with pytest.raises(CalibrationError, match=r"calibration\.json"):
        read_calibration(path)


@pytest.mark.parametrize(
    "wrong",
    [
        {"intercept": float("nan")},
        {"intercept": "0"},
        {"intercept": 10**400},
        {"ceiling": 1.5},
        {"ceiling": -1.0},
        {"ceiling": True},
        {"features": []},
        {"features": [{"name": "luck", "mean": 0.0, "scale": 1.0, "weight": 1.0, "missing": None}]},
        {"features": [{"name": "score", "mean": 0.0, "scale": 0.0, "weight": 1.0, "missing": None}]},
        {"features": [{"name": "score", "mean": 0.0, "scale": 1.0, "weight": float("inf"), "missing": None}]},
        {"quantiles": [[90, 0.1]]},
        {"kinds": [{"tier": "measured"}]},
        {"questions": -1},
        {"right": 10**9},
        {"date": "two\nlines"},
    ],
    ids=str,
)
def test_a_value_that_would_give_a_wrong_number_refuses_the_file(wrong, calibration, tmp_path):
    path = tmp_path / "calibration.json"
    write_calibration(calibration, path)
    path.write_text(json.dumps(json.loads(path.read_text()) | wrong))

    with pytest.raises(CalibrationError, match="expected a whole calibration"):
        read_calibration(path)


def test_a_file_nested_without_end_is_refused(tmp_path):
    path = tmp_path / "calibration.json"
    path.write_text("[" * 100_000)

    with pytest.raises(CalibrationError, match=r"calibration\.json"):
        read_calibration(path)


def test_a_place_that_cannot_be_written_is_told(calibration, tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(CalibrationError, match="expected to write"):
        write_calibration(calibration, tmp_path / "file" / "calibration.json")


def test_the_shipped_calibration_fits_this_engine():
    shipped = load_calibration(None)

    assert shipped is not None
    assert shipped.preparation == preparation_of(PreparedLibrary(())), "run: python tools/calibrate.py"
    assert shipped.evidence_version == EVIDENCE_VERSION, "run: python tools/calibrate.py"
    assert {kind.family for kind in shipped.kinds}.isdisjoint(
        {"narcotic", "psychotropic", "precursor", "nps"}
    )
    assert {"date", "source", "licence", "libraries"} <= json.loads(SHIPPED.read_text()).keys()
    assert shipped.licence == "CC BY 4.0"
