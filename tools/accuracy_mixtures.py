"""Mixtures with known parts: what the engine names of them, by number of parts and by their shares.

library of 400  +  a pool of substances that it does not hold
parts --sample variation--> mixed in their shares --instrument variation--> question
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from accuracy_engine import NAMING, Engine, Outcome, engine_over
from accuracy_simulated import Shipped
from accuracy_statistics import Count, counted

from spectra_library.catalogue import load_catalogue
from spectra_library.library import Reference, ReferenceLibrary, sealed
from spectra_library.spectrum import Technique
from spectra_library.synthesis import Variation, mixed, of_instrument, of_sample, remeasured
from spectra_library.verdicts import Verdict

LIBRARY_SIZE = 400
UNLISTED = 30  # substances kept out of the library
SHARES = ((1.0,), (0.5, 0.5), (0.6, 0.4), (0.8, 0.2), (0.9, 0.1), (0.5, 0.3, 0.2), (0.4, 0.3, 0.2, 0.1))
UNLISTED_SHARES = (0.36, 0.24, 0.40)  # the last one is of a substance that the library does not hold


@dataclass(frozen=True, slots=True, eq=False)
class Bench:
    """The library of 400, one reference of each of its substances, and those it does not hold."""

    engine: Engine
    held: tuple[Reference, ...]
    unlisted: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class MixtureResult:
    """What was named of the mixtures of one kind.

    ``exact``: just the true parts.  ``minor`` the part of the smallest share found, ``major`` that of the
    largest.  ``additions`` named substances that were not in it, over all samples.  ``complete``: a match,
    a group or a mixture was answered, so a composition was claimed.  ``mixtures``: a mixture was answered.
    """

    shares: tuple[float, ...]
    exact: Count
    major: Count
    minor: Count
    additions: int
    complete: Count
    mixtures: Count


def bench(stock: Shipped, rng: np.random.Generator) -> Bench:
    """Draw the library of 400 ATR references: one of each substance that is not kept out, then others."""
    references = [
        one
        for library in stock.libraries
        for one in library.references
        if one.spectrum.technique is Technique.ATR
    ]
    first: dict[str, Reference] = {}
    for one in references:
        first.setdefault(one.substance, one)
    substances = list(first)
    out = {substances[int(i)] for i in rng.choice(len(substances), size=UNLISTED, replace=False)}
    held = [one for name, one in first.items() if name not in out]
    chosen = {one.id for one in held}
    further = [one for one in references if one.substance not in out and one.id not in chosen]
    missing = max(LIBRARY_SIZE - len(held), 0)
    picked = sorted(int(i) for i in rng.choice(len(further), size=min(missing, len(further)), replace=False))
    library = sealed(
        ReferenceLibrary(
            name="library for mixtures",
            version="1",
            references=(*held, *(further[i] for i in picked)),
            band_lists=(),
        )
    )
    return Bench(
        engine=engine_over((library,), load_catalogue()),
        held=tuple(held),
        unlisted=tuple(one for name, one in first.items() if name in out),
    )


def mixture_result(
    table: Bench, shares: tuple[float, ...], variation: Variation, rng: np.random.Generator, *, samples: int
) -> MixtureResult:
    """Ask ``samples`` mixtures whose parts are all in the library."""
    drawn = [_drawn(table.held, len(shares), rng) for _ in range(samples)]
    answers = [_asked(table, parts, shares, variation, rng, is_held=True) for parts in drawn]
    return _result(shares, drawn, answers)


def unlisted_result(
    table: Bench, variation: Variation, rng: np.random.Generator, *, samples: int
) -> MixtureResult:
    """Ask ``samples`` mixtures of two parts of the library with 40 % of a substance that it does not hold."""
    drawn = [
        (*_drawn(table.held, len(UNLISTED_SHARES) - 1, rng), *_drawn(table.unlisted, 1, rng))
        for _ in range(samples)
    ]
    answers = [_asked(table, parts, UNLISTED_SHARES, variation, rng, is_held=False) for parts in drawn]
    return _result(UNLISTED_SHARES, drawn, answers)


def additions(answer: Outcome) -> int:
    """Count the named substances that were not in the sample; a group that holds a true one adds none."""
    if answer.verdict is Verdict.GROUP:
        return 0 if answer.is_right else 1
    return len(answer.named - answer.truth)


def _drawn(references: Sequence[Reference], count: int, rng: np.random.Generator) -> tuple[Reference, ...]:
    return tuple(references[int(i)] for i in rng.choice(len(references), size=count, replace=False))


def _asked(
    table: Bench,
    parts: Sequence[Reference],
    shares: tuple[float, ...],
    variation: Variation,
    rng: np.random.Generator,
    *,
    is_held: bool,
) -> Outcome:
    samples = [remeasured(one.spectrum, of_sample(variation), rng) for one in parts]
    query = remeasured(mixed(samples, shares), of_instrument(variation), rng)
    return table.engine.ask(query, {one.substance for one in parts}, is_held=is_held)


def _result(
    shares: tuple[float, ...], drawn: Sequence[Sequence[Reference]], answers: Sequence[Outcome]
) -> MixtureResult:
    largest, smallest = int(np.argmax(shares)), int(np.argmin(shares))
    return MixtureResult(
        shares=shares,
        exact=counted(one.verdict is not Verdict.GROUP and one.is_right for one in answers),
        major=counted(
            parts[largest].substance in one.named for parts, one in zip(drawn, answers, strict=True)
        ),
        minor=counted(
            parts[smallest].substance in one.named for parts, one in zip(drawn, answers, strict=True)
        ),
        additions=sum(additions(one) for one in answers),
        complete=counted(one.verdict in NAMING for one in answers),
        mixtures=counted(one.verdict is Verdict.MIXTURE for one in answers),
    )
