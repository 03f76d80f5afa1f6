"""The tool that judges the confidence: what it counts, and that nobody is judged by what knew them."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))  # the tools are run by people, not installed

from accuracy_confidence import Asked, Stated, area, brier, nested  # noqa: E402
from accuracy_rule import Rule, judged  # noqa: E402
from accuracy_statistics import Count  # noqa: E402

from spectra_library.calibrating import Answer  # noqa: E402
from spectra_library.evidence import Evidence  # noqa: E402

RULE = Rule(match=0.9, separation=0.05, agreement=0.6, residual=0.4)


def answer(truth: str, best: dict[str, float], *, is_held: bool = True, **evidence: float | None) -> Answer:
    scores = list(best.values())
    found = {"tail": None, "residual": 0.0, "snr": 100.0, "agreement": None, **evidence}
    return Answer(truth, "north", is_held, best, None, Evidence(scores[0], scores[0] - scores[-1], **found))


def test_the_area_is_the_share_of_pairs_in_the_right_order():
    rng = np.random.default_rng(1)
    values, truths = rng.integers(0, 6, 40).tolist(), (rng.random(40) < 0.4).tolist()
    pairs = [
        1.0 if a > b else 0.5 if a == b else 0.0
        for a, right in zip(values, truths, strict=True)
        for b, other in zip(values, truths, strict=True)
        if right and not other
    ]

    assert area(values, truths) == pytest.approx(np.mean(pairs))


def test_brier_is_the_mean_squared_difference():
    said = [Stated("north", 0.8, True, 0.9), Stated("north", 0.4, False, 0.7)]

    assert brier(said) == pytest.approx((0.04 + 0.16) / 2)


@pytest.mark.parametrize(
    ("found", "named"),
    [
        (answer("a", {"a": 0.95, "b": 0.5}), ("a",)),
        (answer("a", {"a": 0.95, "b": 0.92, "c": 0.5}), ("a", "b")),
        (answer("a", {"a": 0.95, "b": 0.94, "c": 0.93, "d": 0.92, "e": 0.92}), ()),
        (answer("a", {"a": 0.89, "b": 0.5}), ()),
        (answer("a", {"a": 0.95, "b": 0.5}, agreement=0.01), ()),
        (answer("a", {"a": 0.95, "b": 0.5}, residual=0.5), ()),
    ],
    ids=["match", "group", "too many alike", "unlike", "the others disagree", "a band left over"],
)
def test_the_rule_names_what_is_alike_agreed_on_and_explained(found, named):
    assert RULE.named(found) == named


def test_wrong_matches_present_and_absent_are_counted_apart():
    answers = [
        answer("a", {"a": 0.95, "b": 0.5}),
        answer("a", {"b": 0.95, "a": 0.5}),
        answer("z", {"a": 0.95, "b": 0.5}, is_held=False),
        answer("z", {"a": 0.70, "b": 0.5}, is_held=False),
    ]

    found = judged(answers, RULE)

    assert (found.wrong, found.present, found.absent) == (Count(2, 3), Count(2, 2), Count(1, 2))


def test_a_laboratory_is_judged_without_itself_in_the_questions_or_the_library():
    laboratories = ("north", "south", "west")
    marked = {
        (asked, library): (answer(f"{asked} {library}", {"a": 0.9, "b": 0.5}),)
        for asked in laboratories
        for library in laboratories
        if asked != library
    }

    seen = Asked(whole={}, paired=marked).without("north")

    assert {one.truth for one in seen} == {"south west", "west south"}
    assert list(nested(Asked(whole={}, paired=marked))) == []
