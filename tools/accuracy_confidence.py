"""How far the confidence can be trusted: on laboratories it never saw, on random splits, and the sets.

answers of laboratories that are not asked -> Calibration -> stated for the laboratory that is
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from accuracy_answers import Kinds, answers, background, kinds_of_classes
from accuracy_spectra import OpenSpectrum, split
from accuracy_statistics import Count, counted
from scipy.stats import rankdata

from spectra_library.calibrating import DIRECTIONS, ENTERING, SURE_SHARE, About, Answer, estimated, quantiles
from spectra_library.confidence import LEVELS, Calibration, probability, strangeness
from spectra_library.spectrum import FloatArray

SPLITS = 200
PARTS = 5
FEATURE_SETS = (
    ("score",),
    ("score", "gap"),
    ENTERING,
    (*ENTERING, "tail"),
    (*ENTERING, "residual"),
    tuple(DIRECTIONS),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Answers by laboratory: ``whole`` against all others, ``paired`` (asked, library) against one."""

    whole: dict[str, tuple[Answer, ...]]
    paired: dict[tuple[str, str], tuple[Answer, ...]]

    @property
    def everything(self) -> tuple[Answer, ...]:
        """All answers against all others."""
        return tuple(one for answers in self.whole.values() for one in answers)

    def without(self, laboratory: str) -> tuple[Answer, ...]:
        """Give answers in which ``laboratory`` is neither asked nor in the library."""
        return tuple(one for pair, found in self.paired.items() if laboratory not in pair for one in found)


@dataclass(frozen=True, slots=True)
class Stated:
    """One probability beside what was true; ``score`` what the list was sorted by."""

    laboratory: str
    value: float
    is_right: bool
    score: float


@dataclass(frozen=True, slots=True)
class SetFigures:
    """Conformal sets at one level, over seeded splits of the questions whose class the library holds.

    ``coverage`` mean share of sets that hold the truth; ``size`` mean size; ``empty`` mean share of empty
    sets; ``absent_empty`` the same for questions whose class the library does not hold.
    """

    level: float
    coverage: float
    size: float
    empty: float
    absent_empty: float


def ask(spectra: Sequence[OpenSpectrum]) -> Asked:
    """Ask every laboratory against all others, and against each other one alone."""
    kinds = kinds_of_classes(spectra)
    laboratories = tuple(dict.fromkeys(one.laboratory for one in spectra))
    return Asked(
        whole={one: _answers(one, spectra, kinds) for one in laboratories},
        paired={
            (asked, library): _answers(
                asked, [one for one in spectra if one.laboratory in (asked, library)], kinds
            )
            for asked, library in permutations(laboratories, 2)
        },
    )


def nested(asked: Asked, names: Sequence[str] = ENTERING) -> Iterator[Stated]:
    """State a probability for every answer of each laboratory by a calibration that never saw it."""
    for laboratory, found in asked.whole.items():
        yield from stated(found, calibration_of(asked.without(laboratory), names))


def random_splits(asked: Asked, seed: int = 50) -> Iterator[Stated]:
    """The same for a fifth of all answers at a time, drawn at random: every laboratory was seen."""
    everything = asked.everything
    part = np.random.default_rng(seed).permutation(len(everything)) % PARTS
    for i in range(PARTS):
        seen = [one for one, where in zip(everything, part, strict=True) if where != i]
        yield from stated(
            [one for one, where in zip(everything, part, strict=True) if where == i], calibration_of(seen)
        )


def calibration_of(found: Sequence[Answer], names: Sequence[str] = ENTERING) -> Calibration:
    """Calibrate on ``found`` for judging only."""
    about = About(preparation="", libraries=(), date="", description="", source="", licence="")
    return estimated(found, about, names=names)


def stated(found: Iterable[Answer], calibration: Calibration) -> Iterator[Stated]:
    """State a probability for each answer, whatever the kind of its reference."""
    for one in found:
        value = probability(one.evidence, calibration) if one.evidence else None
        if value is not None and one.evidence is not None:
            yield Stated(one.group, value, one.is_right, one.evidence.score)


def brier(said: Sequence[Stated]) -> float:
    """Mean squared difference of what was stated and what was true (0 or 1)."""
    return float(np.mean([(one.value - one.is_right) ** 2 for one in said]))


def area(values: Sequence[float], truths: Sequence[bool]) -> float:
    """Area under the ROC curve, by ranks: chance that a right one stands before a wrong one, ties half."""
    right = np.array(truths, dtype=bool)
    ranks = rankdata(values)
    count = int(right.sum())
    least = count * (count + 1) / 2
    return float((ranks[right].sum() - least) / (count * (len(right) - count)))


def mean_area(said: Sequence[Stated], *, of_score: bool) -> float:
    """Mean over laboratories of the area within each, so that no laboratory is compared with another."""
    areas = []
    for laboratory in dict.fromkeys(one.laboratory for one in said):
        own = [one for one in said if one.laboratory == laboratory]
        areas.append(
            area([one.score if of_score else one.value for one in own], [one.is_right for one in own])
        )
    return float(np.mean(areas))


def conformal(asked: Asked) -> tuple[SetFigures, ...]:
    """Measure the sets on ``SPLITS`` seeded halves: one half gives the quantile, the other is asked."""
    held = [one for one in asked.everything if one.is_held]
    absent = [one for one in asked.everything if not one.is_held]
    truth = np.array([one.strangeness for one in held], dtype=np.float64)
    strange = [_strange(one) for one in held]
    strange_absent = [_strange(one) for one in absent]
    found = []
    for level in LEVELS:
        rows = []
        for seed in range(SPLITS):
            order = np.random.default_rng([60, seed]).permutation(len(held))
            half = len(held) // 2
            largest = dict(quantiles(truth[order[:half]].tolist()))[level]
            sizes = np.array([(strange[i] <= largest).sum() for i in order[half:]])
            none = [not (one <= largest).any() for one in strange_absent]
            rows.append(
                ((truth[order[half:]] <= largest).mean(), sizes.mean(), (sizes == 0).mean(), np.mean(none))
            )
        found.append(SetFigures(level, *(float(one) for one in np.mean(rows, axis=0))))
    return tuple(found)


def unseen_ceiling(asked: Asked) -> float:
    """Give (right + 1) / (n + 2) of the surest tenth, stated for laboratories that were never seen.

    Every instrument that asks the program is one: what laboratories that were seen bear out is too much.
    """
    said = sorted(nested(asked), key=lambda one: one.value, reverse=True)
    surest = said[: round(SURE_SHARE * len(said))]
    return (sum(one.is_right for one in surest) + 1) / (len(surest) + 2)


def sure(said: Sequence[Stated], least: float) -> Count:
    """Count the right ones among those stated at ``least`` or more."""
    return counted(one.is_right for one in said if one.value >= least)


def _answers(laboratory: str, spectra: Sequence[OpenSpectrum], kinds: Kinds) -> tuple[Answer, ...]:
    return tuple(answers(split(laboratory, spectra), kinds, background()))


def _strange(one: Answer) -> FloatArray:
    return np.array(list(strangeness(one.best).values()))
