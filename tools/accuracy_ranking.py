"""First in the list: the four methods on the same questions of a laboratory that is not in the library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from accuracy_methods import ENGINE, METHODS, Method
from accuracy_spectra import Split, as_library
from accuracy_statistics import Count, Difference, counted, paired_difference


@dataclass(frozen=True, slots=True)
class Ranking:
    """Whether each method put the right class first, question by question.

    ``laboratory`` that was left out; ``materials`` the true class of each question; ``hits`` for each method
    one answer per question, in the same order.
    """

    laboratory: str
    materials: tuple[str, ...]
    hits: dict[str, tuple[bool, ...]]

    def count(self, method: str) -> Count:
        """Count the questions that ``method`` answered rightly."""
        return counted(self.hits[method])

    def class_mean(self, method: str) -> float:
        """Give the mean over classes of the share answered rightly: each class counts once."""
        shares = [
            counted(
                hit for hit, one in zip(self.hits[method], self.materials, strict=True) if one == material
            ).share
            for material in dict.fromkeys(self.materials)
        ]
        return sum(shares) / len(shares) if shares else 0.0

    def ahead_of(self, method: str) -> Difference:
        """Compare the engine with ``method``."""
        return paired_difference(self.hits[ENGINE.name], self.hits[method])


def ranking(split: Split, methods: Sequence[Method] = METHODS) -> Ranking:
    """Ask every question of ``split`` whose class the library holds."""
    library = as_library(split.library, split.laboratory)
    hits = {}
    for method in methods:
        rank = method.ready(library)
        answers = []
        for question in split.present:
            ordered = rank(question.spectrum)
            answers.append(bool(ordered) and ordered[0].substance == question.material)
        hits[method.name] = tuple(answers)
    return Ranking(split.laboratory, tuple(one.material for one in split.present), hits)


def pooled(rankings: Sequence[Ranking]) -> Ranking:
    """Put the questions of all laboratories together."""
    return Ranking(
        laboratory="all three",
        materials=tuple(material for one in rankings for material in one.materials),
        hits={
            method: tuple(hit for one in rankings for hit in one.hits[method]) for method in rankings[0].hits
        },
    )
