"""The simulator against reality: do made-up repeats agree with a reference as other laboratories do?

    real        two spectra of one class from two laboratories          -> correlation, derivative correlation
    simulated   a spectrum of the same classes and its made-up repeat   -> the same two figures

and the share of questions that raw correlation answers rightly, real and simulated, on the same libraries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from accuracy_methods import Rank, absorbance, first_derivative, likeness, on_grid
from accuracy_spectra import OpenSpectrum, Split
from accuracy_statistics import Count, counted

from spectra_library.preprocess import BoolArray, Recipe
from spectra_library.spectrum import FloatArray, Spectrum

QUANTILES = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)
Remeasure = Callable[[Spectrum, np.random.Generator], Spectrum]


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """Quantiles (7,) of the correlation of two spectra of one substance, as they are and differentiated."""

    correlation: FloatArray
    derivative: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """Spectra on one grid: absorbance and its slope (N, P), and where each was measured (N, P)."""

    absorbance: FloatArray
    slope: FloatArray
    inside: BoolArray


def curves_of(spectra: Sequence[Spectrum]) -> Curves:
    """Bring all to the grid once; there are thousands of pairs of them."""
    recipe = Recipe()
    pairs = [on_grid(one, recipe) for one in spectra]
    return Curves(
        absorbance=np.array([absorbance(values, recipe) for values, _ in pairs]),
        slope=np.array([first_derivative(values, recipe) for values, _ in pairs]),
        inside=np.array([mask for _, mask in pairs]),
    )


def compared(first: Curves, one: int, second: Curves, others: Sequence[int]) -> FloatArray:
    """Correlate a curve of ``first`` with curves of ``second``: (K, 2), as they are and differentiated."""
    picked = list(others)
    scores = [
        likeness(rows[picked], second.inside[picked], asked[one], first.inside[one], is_centred=True)
        for rows, asked in ((second.absorbance, first.absorbance), (second.slope, first.slope))
    ]
    return np.column_stack(scores)


def real_agreement(spectra: Sequence[OpenSpectrum]) -> Agreement:
    """Compare every two spectra of one class from two laboratories.

    Each class and pair of laboratories counts the same, however many spectra it has: else the figures would
    be those of one study's polyethylene.
    """
    curves = curves_of([one.spectrum for one in spectra])
    groups: dict[tuple[str, str, str], list[FloatArray]] = defaultdict(list)
    for i, first in enumerate(spectra):
        others: dict[str, list[int]] = defaultdict(list)
        for j, other in enumerate(spectra):
            if other.material == first.material and other.laboratory > first.laboratory:
                others[other.laboratory].append(j)
        for laboratory, picked in others.items():
            key = (first.material, first.laboratory, laboratory)
            groups[key].append(compared(curves, i, curves, picked))
    return _balanced([np.concatenate(group) for group in groups.values()])


def question_agreement(spectra: Sequence[OpenSpectrum]) -> Agreement:
    """Take, for each spectrum, its median agreement with the other laboratories' spectra of its class."""
    curves = curves_of([one.spectrum for one in spectra])
    medians = []
    for i, asked in enumerate(spectra):
        others = [
            j
            for j, one in enumerate(spectra)
            if one.material == asked.material and one.laboratory != asked.laboratory
        ]
        if others:
            medians.append(np.median(compared(curves, i, curves, others), axis=0))
    return _quantiles(np.array(medians))


def simulated_agreement(
    spectra: Sequence[OpenSpectrum], remeasure: Remeasure, rng: np.random.Generator, *, repeats: int
) -> Agreement:
    """Compare spectra of the classes that two laboratories hold with made-up repeats, so many per class."""
    groups = []
    for material in shared_classes(spectra):
        known = [one.spectrum for one in spectra if one.material == material]
        drawn = [known[int(i)] for i in rng.integers(len(known), size=repeats)]
        before, after = curves_of(drawn), curves_of([remeasure(one, rng) for one in drawn])
        groups.append(np.concatenate([compared(after, i, before, [i]) for i in range(repeats)]))
    return _balanced(groups)


def shared_classes(spectra: Sequence[OpenSpectrum]) -> tuple[str, ...]:
    """Give the classes that more than one laboratory holds."""
    laboratories: dict[str, set[str]] = defaultdict(set)
    for one in spectra:
        laboratories[one.material].add(one.laboratory)
    return tuple(sorted(material for material, held in laboratories.items() if len(held) > 1))


def simulated_questions(
    split: Split, ranks: Mapping[str, Rank], remeasure: Remeasure, rng: np.random.Generator
) -> dict[str, Count]:
    """Put, in place of each real question, a made-up repeat of one of the library's spectra of that class."""
    asked = []
    for question in split.present:
        same = [one.spectrum for one in split.library if one.material == question.material]
        asked.append((remeasure(same[int(rng.integers(len(same)))], rng), question.material))
    return {
        name: counted(rank(query)[0].substance == material for query, material in asked)
        for name, rank in ranks.items()
    }


def _balanced(groups: Sequence[FloatArray]) -> Agreement:
    """Take the quantiles of each group (K, 2) at 20 even places, then those of all of them together."""
    places = (np.arange(20) + 0.5) / 20
    return _quantiles(np.concatenate([np.quantile(group, places, axis=0) for group in groups]))


def _quantiles(pairs: FloatArray) -> Agreement:
    """Take the quantiles of (K, 2) correlations."""
    return Agreement(np.quantile(pairs[:, 0], QUANTILES), np.quantile(pairs[:, 1], QUANTILES))
