"""Which rule should name a substance: a few readable conditions, tried on the answers of accuracy_confidence.

Rule(match, separation, agreement, residual) x answers -> Named (wrong matches, present, absent)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from accuracy_confidence import Asked
from accuracy_statistics import Count, counted

from spectra_library.calibrating import Answer
from spectra_library.verdicts import Thresholds

LIMITS = Thresholds()


@dataclass(frozen=True, slots=True)
class Rule:
    """When to name the first substance.

    Its score is at least ``match``, the median score of its other references, where there are any, at least
    ``agreement``, and no band of ``residual`` or more is left unexplained.  Nothing else within
    ``separation`` makes it a match, one to three others a group.
    """

    match: float
    separation: float
    agreement: float
    residual: float

    def named(self, answer: Answer) -> tuple[str, ...]:
        """Give the substances that this rule names; one is a match."""
        found = answer.evidence
        if found is None or found.score < self.match or found.residual >= self.residual:
            return ()
        if found.agreement is not None and found.agreement < self.agreement:
            return ()
        near = tuple(one for one, score in answer.best.items() if found.score - score < self.separation)
        return near if len(near) <= LIMITS.group_size else ()


@dataclass(frozen=True, slots=True)
class Named:
    """What a rule does: ``wrong`` of its matches, ``present`` and ``absent`` questions that it names."""

    wrong: Count
    present: Count
    absent: Count

    def __add__(self, other: Named) -> Named:
        return Named(self.wrong + other.wrong, self.present + other.present, self.absent + other.absent)

    @property
    def is_good(self) -> bool:
        """Tell whether at most 1 % of the matches are wrong and 2 % of the absent are named."""
        return self.wrong.share <= 0.01 and self.absent.share <= 0.02


IN_USE = Rule(match=LIMITS.match, separation=LIMITS.separation, agreement=-1.0, residual=2.0)
STRICTER = Rule(match=0.90, separation=0.05, agreement=0.60, residual=0.40)
TRIED = tuple(
    Rule(*one)
    for one in product(
        (0.86, 0.88, 0.90, 0.91, 0.92, 0.93, 0.95), (0.05, 0.07), (-1.0, 0.60), (0.30, 0.40, 2.0)
    )
)


def judged(answers: Iterable[Answer], rule: Rule) -> Named:
    """Count what ``rule`` does; questions asked again without their class stand among the absent only."""
    listed = [(one, rule.named(one)) for one in answers]
    return Named(
        wrong=counted(
            named[0] != one.truth for one, named in listed if len(named) == 1 and not one.is_removed
        ),
        present=counted(bool(named) for one, named in listed if one.is_held),
        absent=counted(bool(named) for one, named in listed if not one.is_held),
    )


def chosen(answers: Sequence[Answer]) -> Rule:
    """Choose the rule that names most of the present among the good ones; the fewest wrong where none is."""
    found = [(judged(answers, rule), rule) for rule in TRIED]
    good = [(named, rule) for named, rule in found if named.is_good]
    if good:
        return max(good, key=lambda one: one[0].present.hits)[1]
    return min(found, key=lambda one: (one[0].wrong.share, one[0].absent.share, -one[0].present.hits))[1]


def nested_choice(asked: Asked) -> tuple[tuple[str, Rule, Named], ...]:
    """Choose on answers that do not know a laboratory, and judge on that laboratory."""
    rows = []
    for laboratory, answers in asked.whole.items():
        rule = chosen(asked.without(laboratory))
        rows.append((laboratory, rule, judged(answers, rule)))
    return tuple(rows)
