"""Counts with the intervals that belong to them: a share never stands without its 95 % interval.

Sources: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209, through scipy; A. Agresti and Y. Min, Statistics in
Medicine 24 (2005) 729, for the difference of two shares of the same questions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from scipy.stats import binomtest

LEVEL = 0.95
NORMAL_QUANTILE = 1.959964  # of the two-sided 95 %


@dataclass(frozen=True, slots=True)
class Count:
    """``hits`` of ``asked`` questions."""

    hits: int
    asked: int

    @property
    def share(self) -> float:
        """0..1, 0 when nothing was asked."""
        return self.hits / self.asked if self.asked else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The Wilson 95 % interval of the share; 0..1 when nothing was asked."""
        if self.asked == 0:
            return 0.0, 1.0
        found = binomtest(self.hits, self.asked).proportion_ci(LEVEL, method="wilson")
        return float(found.low), float(found.high)

    def __add__(self, other: Count) -> Count:
        return Count(self.hits + other.hits, self.asked + other.asked)


@dataclass(frozen=True, slots=True)
class Difference:
    """One method's share minus another's on the same questions, in shares, with its 95 % interval.

    ``won`` and ``lost``: questions that only the first, or only the second, answered rightly.
    """

    won: int
    lost: int
    asked: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """-1..1."""
        return (self.won - self.lost) / self.asked if self.asked else 0.0


def counted(answers: Iterable[bool]) -> Count:
    """Count the true ones."""
    listed = list(answers)
    return Count(sum(listed), len(listed))


def paired_difference(first: Sequence[bool], second: Sequence[bool]) -> Difference:
    """Compare two methods on the same questions, in the same order.

    The interval is Agresti and Min's: half a question is added to each of the four cells, so that it does
    not shrink to nothing when the two never differ.  Raises ValueError when the lengths differ.
    """
    won = sum(a and not b for a, b in zip(first, second, strict=True))
    lost = sum(b and not a for a, b in zip(first, second, strict=True))
    asked = len(first) + 2
    centre = (won - lost) / asked
    variance = ((won + lost + 1) - (won - lost) ** 2 / asked) / asked**2
    reach = NORMAL_QUANTILE * max(variance, 0.0) ** 0.5
    return Difference(won, lost, len(first), centre - reach, centre + reach)


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Answers whose stated confidence lay in ``low``..``high``: what was said, and what was true."""

    low: float
    high: float
    stated: float
    true: Count


def calibration(
    confidences: Sequence[float], truths: Sequence[bool], edges: Sequence[float]
) -> list[CalibrationBin]:
    """Compare stated confidences with how often they were right, bin by bin; empty bins are left out."""
    bins = []
    for low, high in pairwise(edges):
        inside = [
            (stated, truth)
            for stated, truth in zip(confidences, truths, strict=True)
            if low <= stated < high or (stated == high == edges[-1])
        ]
        if inside:
            mean = sum(stated for stated, _ in inside) / len(inside)
            bins.append(CalibrationBin(low, high, mean, counted(truth for _, truth in inside)))
    return bins
