"""From questions with known answers to a Calibration: a logistic with a ridge, and conformal quantiles.

    Answer (evidence, was the first right, strangeness of the truth) x many -> Calibration

Heavy on import (scipy.optimize): only who calibrates loads it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from spectra_library.confidence import (
    LEVELS,
    Calibration,
    Feature,
    ReferenceKind,
    feature_values,
    log_odds,
    strangeness,
)
from spectra_library.errors import CalibrationError
from spectra_library.evidence import EVIDENCE_VERSION, Evidence, best_scores, evidence
from spectra_library.logistic import ridge_logistic
from spectra_library.spectrum import FloatArray

# Which way each number of the evidence may push.
DIRECTIONS = {"score": 1, "gap": 1, "tail": 1, "residual": -1, "snr": 1, "agreement": 1}
# Those that enter.  With the others a laboratory that was not seen is judged worse: docs/confidence.md.
ENTERING = ("score", "gap", "agreement")
RIDGE = 10.0  # of standardised weights; without it a few hundred questions separate nearly perfectly
RIGHT_LEAST, WRONG_LEAST = 20, 10  # fewer do not show where right and wrong part
HELD_LEAST = 40  # a 95 % quantile of fewer rests on one or two questions
SUBSTANCES_LEAST = 5  # fewer speak for themselves only
KIND_LEAST, KIND_SUBSTANCES_LEAST = 10, 3  # right answers by references of a kind, and their substances
SURE_SHARE = 0.1  # of the questions, the surest: what they bear out is the highest probability given
SURE_LEAST = 20  # questions to judge that by


@dataclass(frozen=True, slots=True)
class Answer:
    """One question with known truth.

    ``truth`` its substance; ``is_held`` whether the library has it; ``best`` score of each substance, best
    first, and ``kind`` the kind of the first's reference; ``group`` who measured (a laboratory, a day).
    ``is_removed``: the substance was taken out of the library for this question.
    """

    truth: str
    group: str
    is_held: bool
    best: Mapping[str, float]
    kind: ReferenceKind | None
    evidence: Evidence | None
    is_removed: bool = False

    @property
    def is_right(self) -> bool:
        """Tell whether the first substance is the true one."""
        return next(iter(self.best), None) == self.truth

    @property
    def strangeness(self) -> float | None:
        """Give that of the truth: None where the library has it not, infinite where it was not compared."""
        if not self.is_held:
            return None
        return strangeness(self.best)[self.truth] if self.truth in self.best else math.inf


@dataclass(frozen=True, slots=True)
class About:
    """What a calibration says of itself; see Calibration."""

    preparation: str
    libraries: tuple[str, ...]
    date: str
    description: str
    source: str
    licence: str


def answer(
    truth: str,
    substances: Sequence[str],
    scores: Sequence[float],
    *,
    group: str,
    is_held: bool,
    kind: ReferenceKind | None,
    residual: float,
    snr: float,
    is_removed: bool = False,
) -> Answer:
    """Take down one search: ``substances`` and ``scores`` of its references, best first."""
    return Answer(
        truth=truth,
        group=group,
        is_held=is_held,
        best=best_scores(substances, scores),
        kind=kind,
        evidence=evidence(substances, scores, residual=residual, snr=snr),
        is_removed=is_removed,
    )


def calibrated(answers: Sequence[Answer], about: About) -> Calibration:
    """Calibrate on ``answers``.  Raises CalibrationError when there are too few."""
    refuse_too_few(answers)
    return estimated(answers, about)


def estimated(
    answers: Sequence[Answer], about: About, *, names: Sequence[str] = ENTERING, ridge: float = RIDGE
) -> Calibration:
    """Fit to ``answers``, few as they may be; ``names`` are the numbers of the evidence that may enter."""
    asked = [one for one in answers if one.evidence is not None]
    intercept, features = fitted(
        [one.evidence for one in asked if one.evidence is not None],
        np.array([one.is_right for one in asked]),
        names,
        ridge=ridge,
    )
    strange = [one.strangeness for one in answers if one.strangeness is not None]
    draft = Calibration(
        intercept=intercept,
        features=features,
        ceiling=1.0,
        quantiles=quantiles(strange),
        kinds=repeated_kinds(answers),
        preparation=about.preparation,
        evidence_version=EVIDENCE_VERSION,
        libraries=about.libraries,
        date=about.date,
        description=about.description,
        source=about.source,
        licence=about.licence,
        questions=len(answers),
        right=sum(one.is_right for one in answers),
        held=len(strange),
    )
    return with_ceiling(draft, asked)


def refuse_too_few(answers: Sequence[Answer]) -> None:
    """Raise CalibrationError, in one sentence, when ``answers`` cannot bear a calibration."""
    held = [one for one in answers if one.is_held]
    right = sum(one.is_right for one in answers)
    found = (
        (len(held), HELD_LEAST, "repeat measurements of substances that the library has"),
        (len({one.truth for one in held}), SUBSTANCES_LEAST, "such substances"),
        (right, RIGHT_LEAST, "questions with the right first answer"),
        (len(answers) - right, WRONG_LEAST, "questions with a wrong first answer"),
    )
    for count, least, what in found:
        if count < least:
            raise CalibrationError(f"expected at least {least} {what} to calibrate on, found {count}")


def quantiles(strange: Sequence[float]) -> tuple[tuple[float, float], ...]:
    """Give for each level the value that a further question stays below with at least that probability.

    The k-th smallest of n with k = ceil((n + 1) level).  A level for which n is too small, or whose value is
    no number because the truth was not compared, has none.
    """
    ordered = sorted(strange)
    places = ((level, math.ceil((len(ordered) + 1) * level - 1e-9)) for level in LEVELS)
    return tuple(
        (level, ordered[place - 1])
        for level, place in places
        if place <= len(ordered) and math.isfinite(ordered[place - 1])
    )


def repeated_kinds(answers: Sequence[Answer]) -> tuple[ReferenceKind, ...]:
    """Name the kinds of reference that rightly answered enough questions, of enough substances."""
    right = [(one.kind, one.truth) for one in answers if one.is_right and one.kind is not None]
    count = Counter(kind for kind, _ in right)
    substances = Counter(kind for kind, _ in set(right))
    return tuple(
        sorted(
            kind for kind in count if count[kind] >= KIND_LEAST and substances[kind] >= KIND_SUBSTANCES_LEAST
        )
    )


def with_ceiling(draft: Calibration, asked: Sequence[Answer]) -> Calibration:
    """Set the highest probability to (right + 1) / (n + 2) of the surest tenth of the questions.

    Laplace's rule of succession: never 1, however many were right.
    """
    odds = [(log_odds(one.evidence, draft), one.is_right) for one in asked if one.evidence is not None]
    surest = sorted(((odd, right) for odd, right in odds if odd is not None), reverse=True)
    surest = surest[: max(round(SURE_SHARE * len(surest)), SURE_LEAST)]
    right = sum(right for _, right in surest)
    return replace(draft, ceiling=(right + 1) / (len(surest) + 2))


def fitted(
    found: Sequence[Evidence], is_right: FloatArray, names: Sequence[str], *, ridge: float
) -> tuple[float, tuple[Feature, ...]]:
    """Fit the logistic by maximum likelihood with a ridge on standardised weights; gives the intercept too.

    A weight that would push against its direction stays 0: more likeness may never lower a probability.
    """
    rows = [feature_values(one) for one in found]
    table = np.array([[_number(row[name]) for name in names] for row in rows], dtype=np.float64)  # (Q, F)
    is_missing = np.isnan(table)
    mean, scale = _moments(table)
    standard = np.where(is_missing, 0.0, (table - mean) / scale)
    lacking = [i for i in range(len(names)) if is_missing[:, i].any()]
    design = np.column_stack([np.ones(len(rows)), standard, is_missing[:, lacking]])
    bounds: list[tuple[float | None, float | None]] = [(None, None)]
    bounds += [(0.0, None) if DIRECTIONS[name] > 0 else (None, 0.0) for name in names]
    bounds += [(None, None)] * len(lacking)
    weights = ridge_logistic(design, is_right.astype(np.float64), ridge=ridge, bounds=bounds)
    missing = dict(zip(lacking, weights[1 + len(names) :], strict=True))
    features = tuple(
        Feature(
            name=name,
            mean=float(mean[i]),
            scale=float(scale[i]),
            weight=float(weights[1 + i]),
            missing=float(missing[i]) if i in missing else None,
        )
        for i, name in enumerate(names)
    )
    return float(weights[0]), features


def _moments(table: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean and standard deviation of each column without what is missing; 0 and 1 for a column of nothing."""
    count = np.maximum((~np.isnan(table)).sum(axis=0), 1)
    mean = np.nansum(table, axis=0) / count
    spread = np.sqrt(np.nansum((table - mean) ** 2, axis=0) / count)
    return mean, np.where(spread > 1e-9, spread, 1.0)


def _number(value: float | None) -> float:
    return math.nan if value is None else value
