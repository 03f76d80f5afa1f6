"""A probability that the first answer is right, given only where it was measured; sets that hold the truth.

    Evidence + Calibration + kind of the reference -> Confidence (a number, or None and the reason)
    best score per substance + Calibration -> the substances that stay possible at 90 % or 95 %

A Calibration is measured on repeat measurements (``calibrating``) and knows what it was measured on.  Where
that does not fit, there is no number: a wrong one could cost a person's freedom.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from spectra_library.evidence import EVIDENCE_VERSION, Evidence

LEVELS = (0.90, 0.95)


@dataclass(frozen=True, slots=True, order=True)
class ReferenceKind:
    """What kind of thing answered, in stable words.

    ``tier`` measured or derived; ``technique`` in which it was compared, ``is_converted`` whether its
    reference had to be brought to it; ``family`` the catalogue's kind (cargo, narcotic ...); ``state`` the
    catalogue's (solid, liquid ...), empty where it does not say.
    """

    tier: str
    technique: str
    is_converted: bool
    family: str
    state: str


@dataclass(frozen=True, slots=True)
class Feature:
    """One number of the evidence in the logistic: (value - ``mean``) / ``scale`` times ``weight``.

    ``missing`` is added instead where the evidence has no such number; None when that never happened in
    the calibration, so that nothing is known of it.
    """

    name: str
    mean: float
    scale: float
    weight: float
    missing: float | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic, conformal quantiles, and what they were measured on.

    ``ceiling`` the highest probability that the counts support.  ``quantiles`` (level, largest strangeness)
    of the conformal sets.  ``kinds`` the kinds of reference with independent repeats: outside there is no
    number.  ``preparation`` names how spectra were prepared and scored, ``libraries`` the hashes of what was
    searched: a record, not a condition, so other libraries with references of these kinds get numbers too.
    ``questions``, ``right``, ``held``: asked, first answer right, truth in the library.
    """

    intercept: float
    features: tuple[Feature, ...]
    ceiling: float
    quantiles: tuple[tuple[float, float], ...]
    kinds: tuple[ReferenceKind, ...]
    preparation: str
    evidence_version: int
    libraries: tuple[str, ...]
    date: str
    description: str
    source: str
    licence: str
    questions: int
    right: int
    held: int

    @property
    def sha256(self) -> str:
        """The hash under which results name this calibration."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Confidence:
    """A probability 0..1, or None and the reason in ``note``.  ``note`` is never empty."""

    value: float | None
    note: str


NOT_CALIBRATED = "not calibrated: no calibration is installed"
OTHER_PREPARATION = (
    "not calibrated: the calibration was measured with another preparation of the spectra; repeat it"
)
NO_REPEATS = "not calibrated: no independent repeat measurements exist for references of this kind"
FIRST_ONLY = "not calibrated: a confidence is given for the first candidate only"
OF_MIXTURES = "not calibrated: no repeat measurements of mixtures exist"
NOT_SEEN = "not calibrated: the calibration has no case with as little evidence as this one"


def preparation_name(*, version: int, recipe_sha256: str) -> str:
    """Name a way to prepare spectra: a calibration holds for one only."""
    return f"preparation {version} recipe {recipe_sha256}"


def confidence(
    found: Evidence | None,
    calibration: Calibration | None,
    kind: ReferenceKind,
    *,
    preparation: str,
) -> Confidence:
    """Give the probability that the first answer is right, or None with the reason."""
    reason = why_none(calibration, kind, preparation=preparation)
    if reason or calibration is None:
        return Confidence(None, reason)
    value = probability(found, calibration) if found else None
    if value is None:
        return Confidence(None, NOT_SEEN)
    return Confidence(value, f"calibrated {calibration.date} on {calibration.description}")


def why_none(calibration: Calibration | None, kind: ReferenceKind, *, preparation: str) -> str:
    """Say why no evidence, whatever it is, gives a number here; empty where one may be given."""
    if calibration is None:
        return NOT_CALIBRATED
    if calibration.preparation != preparation or calibration.evidence_version != EVIDENCE_VERSION:
        return OTHER_PREPARATION
    return "" if kind in calibration.kinds else NO_REPEATS


def probability(found: Evidence, calibration: Calibration) -> float | None:
    """Give what the calibration makes of the evidence, whether or not it holds for what answered."""
    odds = log_odds(found, calibration)
    if odds is None:
        return None
    return min(1.0 / (1.0 + math.exp(-max(odds, -700.0))), calibration.ceiling)


def log_odds(found: Evidence, calibration: Calibration) -> float | None:
    """Give the logistic's log odds, None where the calibration never saw such evidence."""
    values = feature_values(found)
    total = calibration.intercept
    for feature in calibration.features:
        value = values[feature.name]
        if value is not None:
            total += feature.weight * (value - feature.mean) / feature.scale
        elif feature.missing is not None:
            total += feature.missing
        else:
            return None
    return total


def feature_values(found: Evidence) -> dict[str, float | None]:
    """Give the evidence on scales on which odds are nearly straight; the ends are cut.

    The score as Fisher's z, 0 to 0.995; the lead and the SNR as decadic logarithms, 0.003 to 0.2 and 1 to
    10,000; the tail as natural logarithm, 1 to 20; the agreement to 0.8.  Beyond these ends more of the same
    says nothing more, and a value that no calibration saw cannot carry an answer away.
    """
    return {
        "score": math.atanh(_cut(found.score, 0.0, 0.995)),
        "gap": math.log10(_cut(found.gap, 0.003, 0.2)),
        "tail": None if found.tail is None else math.log(_cut(found.tail, 1.0, 20.0)),
        "residual": _cut(found.residual, 0.0, 1.0),
        "snr": math.log10(_cut(found.snr, 1.0, 1e4)),
        "agreement": None if found.agreement is None else _cut(found.agreement, 0.0, 0.8),
    }


def conformal_set(
    best: Mapping[str, float], calibration: Calibration, *, level: float
) -> tuple[str, ...] | None:
    """Give the substances that stay possible: the truth is among them in ``level`` of like questions.

    ``best`` score of each substance.  That holds for questions whose substance the library has, like those
    of the calibration.  An empty set says that nothing in the library is like the query; None that the
    calibration has no quantile for ``level``.  Split conformal: V. Vovk and others, Algorithmic Learning in a
    Random World (2005), chapter 4.
    """
    largest = dict(calibration.quantiles).get(level)
    if largest is None:
        return None
    strange = strangeness(best)
    return tuple(sorted((one for one in best if strange[one] <= largest), key=lambda one: strange[one]))


def strangeness(best: Mapping[str, float]) -> dict[str, float]:
    """Tell how strange each substance would be as the truth: minus its score and its lead over all others."""
    ordered = sorted(best.values(), reverse=True)
    first, second = ordered[0], ordered[1] if len(ordered) > 1 else 0.0
    return {
        substance: (second if score == first else first) - 2.0 * score for substance, score in best.items()
    }


def _cut(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)
