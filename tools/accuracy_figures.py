"""All the measuring in one place: a Plan says how much is asked, Figures hold what came out.

    Plan --measure--> Figures --accuracy_report--> docs/accuracy.md

Every part has its own seed, so one part gives the same figures whether or not the others were run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from accuracy_engine import Outcome, engine_over
from accuracy_methods import DERIVATIVE, METHODS, RAW
from accuracy_mixtures import SHARES, MixtureResult, bench, mixture_result, unlisted_result
from accuracy_ranking import Ranking, ranking
from accuracy_reality import (
    Agreement,
    question_agreement,
    real_agreement,
    simulated_agreement,
    simulated_questions,
)
from accuracy_simulated import (
    Question,
    Shipped,
    asked,
    band_repeats,
    everything,
    ranked,
    removed,
    repeats,
    shipped,
)
from accuracy_spectra import OpenSpectrum, Split, as_library, open_spectra, splits
from accuracy_statistics import Count
from accuracy_verdicts import outcomes, removed_outcomes

from spectra_library.catalogue import load_catalogue
from spectra_library.library import Reference
from spectra_library.spectrum import Spectrum
from spectra_library.synthesis import ANOTHER_LABORATORY, FIELD, LEVELS, Variation, remeasured

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is asked.

    ``per_laboratory``: most questions of each kind from one laboratory, drawn; ``repeats`` made-up repeats
    per class; ``question_rounds`` times each real question is replaced by a made-up one; ``references``
    forensic references; ``mixtures`` samples of each kind; ``folds`` parts in which forensic substances are
    taken out of the library.
    """

    per_laboratory: int
    repeats: int
    question_rounds: int
    references: int
    mixtures: int
    folds: int


FULL = Plan(per_laboratory=10_000, repeats=100, question_rounds=3, references=10_000, mixtures=100, folds=5)
QUICK = Plan(per_laboratory=8, repeats=3, question_rounds=1, references=8, mixtures=3, folds=1)


@dataclass(frozen=True, slots=True, eq=False)
class Reality:
    """The simulator beside reality: agreement of two spectra of one substance, and first in the list."""

    real: Agreement
    by_question: Agreement
    simulated: dict[str, Agreement]
    real_first: dict[str, Count]
    simulated_first: dict[str, dict[str, Count]]


@dataclass(frozen=True, slots=True, eq=False)
class Repeated:
    """Forensic references asked with repeats of one kind."""

    kind: str
    first: dict[str, Count]
    answers: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """Everything that was measured."""

    rankings: tuple[Ranking, ...]
    answers: dict[str, tuple[Outcome, ...]]
    removed: dict[str, tuple[Outcome, ...]]
    reality: Reality
    forensic: tuple[Repeated, ...]
    forensic_removed: tuple[Outcome, ...]
    mixtures: dict[str, tuple[MixtureResult, ...]]
    unlisted: dict[str, MixtureResult]

    @property
    def real_answers(self) -> tuple[Outcome, ...]:
        """All answers on real spectra with the whole library of the other laboratories."""
        return tuple(one for answers in self.answers.values() for one in answers)

    @property
    def removed_answers(self) -> tuple[Outcome, ...]:
        """All answers on real spectra whose class was taken out of the library."""
        return tuple(one for answers in self.removed.values() for one in answers)


def measure(plan: Plan, say: Say) -> Figures:
    """Do everything that ``plan`` asks for; ``say`` is told what is being done.

    Raises SourceMissingError without the packages of the extra ``build``.
    """
    spectra = open_spectra()
    whole = splits(spectra)
    chosen = tuple(_thinned(one, plan) for one in whole)
    say(f"{len(spectra)} spectra with a class")
    rankings = tuple(ranking(one) for one in chosen)
    say("first in the list: done")
    answers = {one.laboratory: outcomes(one) for one in chosen}
    taken_out = {one.laboratory: tuple(removed_outcomes(one)) for one in chosen}
    say("verdicts on real spectra: done")
    stock = shipped()
    reality = measure_reality(spectra, chosen, stock, rankings, plan)
    say("the simulator against reality: done")
    references = stock.forensic[: plan.references]
    forensic = measure_forensic(stock, references)
    forensic_removed = tuple(
        removed(stock, _repeats(stock, references, ANOTHER_LABORATORY, seed=30), folds=plan.folds)
    )
    say("repeats of forensic references: done")
    levels = {name: level for name, level in LEVELS.items() if level is not FIELD}
    table = bench(stock, np.random.default_rng(40))
    mixtures = {
        name: tuple(
            mixture_result(table, shares, level, np.random.default_rng([41, i]), samples=plan.mixtures)
            for i, shares in enumerate(SHARES)
        )
        for name, level in levels.items()
    }
    unlisted = {
        name: unlisted_result(table, level, np.random.default_rng(42), samples=plan.mixtures)
        for name, level in levels.items()
    }
    say("mixtures: done")
    return Figures(
        rankings=rankings,
        answers=answers,
        removed=taken_out,
        reality=reality,
        forensic=forensic,
        forensic_removed=forensic_removed,
        mixtures=mixtures,
        unlisted=unlisted,
    )


def measure_reality(
    spectra: Sequence[OpenSpectrum],
    chosen: Sequence[Split],
    stock: Shipped,
    rankings: Sequence[Ranking],
    plan: Plan,
) -> Reality:
    """Compare real and made-up repeats of the same classes, and the same questions asked with either."""
    simulated, first = {}, {}
    ranks = [
        {method.name: method.ready(as_library(one.library, one.laboratory)) for method in (RAW, DERIVATIVE)}
        for one in chosen
    ]
    for seed, (name, level) in enumerate(LEVELS.items()):
        remeasure = _remeasure(stock, level)
        simulated[name] = simulated_agreement(
            spectra, remeasure, np.random.default_rng([20, seed]), repeats=plan.repeats
        )
        rng = np.random.default_rng([21, seed])
        first[name] = _summed(
            [
                simulated_questions(one, ready, remeasure, rng)
                for _ in range(plan.question_rounds)
                for one, ready in zip(chosen, ranks, strict=True)
            ]
        )
    return Reality(
        real=real_agreement(spectra),
        by_question=question_agreement(spectra),
        simulated=simulated,
        real_first=_summed(
            [{name: one.count(name) for name in (RAW.name, DERIVATIVE.name)} for one in rankings]
        ),
        simulated_first=first,
    )


def measure_forensic(stock: Shipped, references: Sequence[Reference]) -> tuple[Repeated, ...]:
    """Ask repeats of the forensic references, of every level and with bands varied one by one."""
    engine = engine_over(stock.libraries, load_catalogue())
    kinds = {
        f"{name}, smooth fields": _repeats(stock, references, level, seed=30)
        for name, level in LEVELS.items()
    }
    kinds["another laboratory, band by band"] = band_repeats(
        stock, references, ANOTHER_LABORATORY, np.random.default_rng(31)
    )
    shelf = everything(stock)
    ranks = {method.name: method.ready(shelf) for method in METHODS}
    return tuple(
        Repeated(kind, ranked(ranks, questions), asked(engine, questions, is_held=True))
        for kind, questions in kinds.items()
    )


def _repeats(
    stock: Shipped, references: Sequence[Reference], level: Variation, *, seed: int
) -> tuple[Question, ...]:
    return repeats(stock, references, level, np.random.default_rng(seed))


def _remeasure(stock: Shipped, level: Variation) -> Callable[[Spectrum, np.random.Generator], Spectrum]:
    def remeasure(known: Spectrum, rng: np.random.Generator) -> Spectrum:
        return remeasured(known, level, rng, impurities=stock.impurities, water=stock.water)

    return remeasure


def _summed(counts: Sequence[dict[str, Count]]) -> dict[str, Count]:
    return {name: sum((one[name] for one in counts), start=Count(0, 0)) for name in counts[0]}


def _thinned(split: Split, plan: Plan) -> Split:
    """Draw the questions that ``plan`` has room for; the library stays whole."""
    rng = np.random.default_rng(10)

    def drawn(spectra: tuple[OpenSpectrum, ...]) -> tuple[OpenSpectrum, ...]:
        if len(spectra) <= plan.per_laboratory:
            return spectra
        picked = sorted(rng.choice(len(spectra), size=plan.per_laboratory, replace=False).tolist())
        return tuple(spectra[i] for i in picked)

    return replace(split, present=drawn(split.present), absent=drawn(split.absent))
