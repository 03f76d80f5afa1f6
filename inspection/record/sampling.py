"""How many of many packages to sample, what that shows of the rest, and which packages to take.

    hypergeometric   the smallest sample that leaves a wrong claim at most the chance 1 - confidence
    bayesian         the same from a Beta prior, for many packages
    square_root      a habit: no statistics
    all              a count: no statistics needed

Sources: Guidelines on Representative Drug Sampling (UNODC and ENFSI, ST/NAR/38, 2009); for the Bayesian form
C. Aitken, Sampling - how big a sample?, Journal of Forensic Sciences 44 (1999) 750.  See docs/sampling.md.
"""

from __future__ import annotations

import math
import secrets
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from inspection.errors import RecordError

MOST_PACKAGES: Final = 100_000  # the exact sums below take seconds beyond; the sample hardly grows any more
MOST_NEGATIVES: Final = 1000
LARGE: Final = 50  # packages: the Beta distribution knows no end of them, and for fewer it is too far off
PRIORS: Final = (1.0, 0.5)  # every share alike; and the one of Jeffreys, which leans to none and to all


class Rule(StrEnum):
    """How the size of a sample is found."""

    HYPERGEOMETRIC = "hypergeometric"
    BAYESIAN = "bayesian"
    SQUARE_ROOT = "square_root"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class SamplingPlan:
    """How many of ``packages`` to sample, and the claim that this is for.

    ``sampled`` how many, taken at random.  ``at_least`` how many hold the substance when at most
    ``negatives`` of those sampled do not; None where the rule claims nothing.
    ``share`` and ``confidence`` as asked for, 0..1.  ``prior`` a = b of the Beta prior; None for other rules.
    ``rule`` ALL as well where a smaller sample does not do.
    """

    packages: int
    sampled: int
    rule: Rule
    share: float
    confidence: float
    negatives: int
    at_least: int | None
    prior: float | None = None


def sampling_plan(
    packages: int,
    share: float = 0.5,
    confidence: float = 0.95,
    negatives: int = 0,
    *,
    rule: Rule = Rule.HYPERGEOMETRIC,
    prior: float = 1.0,
) -> SamplingPlan:
    """Find how many of ``packages`` to sample to claim that at least ``share`` of them hold the substance.

    The claim is for the case that at most ``negatives`` of those sampled do not hold it.
    Raises RecordError for what is no number of packages, no share, no confidence, or more negatives than the
    share leaves room for.
    """
    _require_packages(packages)
    _require_confidence(confidence)
    if not 0 < share <= 1:
        raise RecordError(f"expected a share above 0 and at most 1, found {share}")
    at_least = math.ceil(_exact(share) * packages)
    if not 0 <= negatives <= MOST_NEGATIVES:
        raise RecordError(f"expected between 0 and {MOST_NEGATIVES} negatives, found {negatives}")
    if negatives > packages - at_least:
        raise RecordError(
            f"expected at most {packages - at_least} negatives where {at_least} of {packages} packages are "
            f"to hold the substance, found {negatives}"
        )
    sampled = packages
    if rule is Rule.HYPERGEOMETRIC:
        sampled = _hypergeometric(packages, at_least, confidence, negatives)
    elif rule is Rule.BAYESIAN:
        _require_bayesian(packages, prior)
        sampled = _bayesian(packages, share, confidence, negatives, prior)
    elif rule is Rule.SQUARE_ROOT:
        sampled = square_root(packages)
    if sampled == packages:
        rule = Rule.ALL
    return SamplingPlan(
        packages=packages,
        sampled=sampled,
        rule=rule,
        share=share,
        confidence=confidence,
        negatives=negatives,
        at_least=None if rule is Rule.SQUARE_ROOT else at_least,
        prior=prior if rule is Rule.BAYESIAN else None,
    )


def square_root(packages: int) -> int:
    """Give the square root of the number of packages, rounded up: how many to sample by habit."""
    return 1 + math.isqrt(packages - 1) if packages > 0 else 0


def what_is_shown(packages: int, sampled: int, positives: int, confidence: float = 0.95) -> int:
    """Give the number of packages of which one can say: at least so many hold the substance.

    ``sampled`` were taken at random, and ``positives`` of them hold it.  If fewer packages held it than the
    answer, at least so many positives would turn up with a chance of at most 1 - ``confidence``.
    Raises RecordError when the numbers do not fit each other.
    """
    _require_packages(packages)
    _require_confidence(confidence)
    if not 0 <= sampled <= packages:
        raise RecordError(f"expected between 0 and {packages} packages sampled, found {sampled}")
    if not 0 <= positives <= sampled:
        raise RecordError(f"expected between 0 and {sampled} positives, found {positives}")
    negatives = sampled - positives
    doubt = 1 - _exact(confidence)
    # As many without the substance as still leave such a sample more than that chance.
    possible = range(negatives, packages - positives + 1)
    too_many = bisect_left(
        possible, True, key=lambda without: _is_rare(packages, without, sampled, negatives, doubt)
    )
    return packages - possible[too_many - 1]


def choose_packages(
    packages: int, sampled: int, *, choose: Callable[[Sequence[int], int], Sequence[int]] | None = None
) -> tuple[int, ...]:
    """Choose ``sampled`` of the packages 1 to ``packages`` at random, none twice, in ascending order.

    ``choose`` is the chance; when none is given, that of the operating system, which nobody can foretell.
    Raises RecordError when there are not so many packages.
    """
    _require_packages(packages)
    if not 0 <= sampled <= packages:
        raise RecordError(f"expected between 0 and {packages} packages to choose, found {sampled}")
    take = secrets.SystemRandom().sample if choose is None else choose
    return tuple(sorted(take(range(1, packages + 1), sampled)))


def _hypergeometric(packages: int, at_least: int, confidence: float, negatives: int) -> int:
    doubt = 1 - _exact(confidence)
    # The hardest case to tell from the claim: one package too few holds the substance.
    without = packages - at_least + 1
    sizes = range(negatives + 1, packages + 1)  # when all are sampled the chance is 0: one is always found
    return sizes[
        bisect_left(sizes, True, key=lambda size: _is_rare(packages, without, size, negatives, doubt))
    ]


def _bayesian(packages: int, share: float, confidence: float, negatives: int, prior: float) -> int:
    sizes = range(negatives + 1, packages)
    found = bisect_left(
        sizes, True, key=lambda size: _posterior(size, negatives, share, prior) <= 1 - confidence
    )
    return sizes[found] if found < len(sizes) else packages


def _is_rare(packages: int, without: int, sampled: int, negatives: int, doubt: Fraction) -> bool:
    """Tell whether at most ``negatives`` of ``without`` turn up in the sample with a chance of <= ``doubt``.

    In whole numbers: where the chance is ``doubt`` itself, a rounded one would be now above and now below.
    """
    drawn, marked = sorted((sampled, without))  # the same distribution either way; the smaller is quicker
    unmarked = packages - marked
    fewest = max(0, drawn - unmarked)
    if fewest > negatives:
        return True
    ways = math.comb(marked, fewest) * math.comb(unmarked, drawn - fewest)
    total = ways
    for found in range(fewest, min(negatives, drawn)):
        ways = ways * (marked - found) * (drawn - found) // ((found + 1) * (unmarked - drawn + found + 1))
        total += ways
    return total * doubt.denominator <= doubt.numerator * math.comb(packages, drawn)


def _posterior(sampled: int, negatives: int, share: float, prior: float) -> float:
    """Give the chance that less than ``share`` holds the substance, after such a sample."""
    from scipy.special import betainc  # a third of a second that only this rule needs

    return float(betainc(sampled - negatives + prior, negatives + prior, share))


def _exact(decimal: float) -> Fraction:
    """Give the number that was written: 0.95 is 19/20, and not the binary number beside it."""
    return Fraction(str(decimal))


def _require_packages(packages: int) -> None:
    if not 1 <= packages <= MOST_PACKAGES:
        raise RecordError(f"expected between 1 and {MOST_PACKAGES} packages, found {packages}")


def _require_confidence(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise RecordError(f"expected a confidence above 0 and below 1, found {confidence}")


def _require_bayesian(packages: int, prior: float) -> None:
    if packages < LARGE:
        raise RecordError(
            f"expected at least {LARGE} packages for the rule {Rule.BAYESIAN}, found {packages}"
        )
    if prior not in PRIORS:
        raise RecordError(f"expected a prior of {' or '.join(map(str, PRIORS))}, found {prior}")
