"""What the engine says of real spectra: of a laboratory not in the library, and of substances not in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from accuracy_engine import Outcome, catalogue_of, engine_over
from accuracy_spectra import OpenSpectrum, Split, as_library
from accuracy_statistics import Count, counted

from spectra_library.verdicts import Verdict


def outcomes(split: Split) -> tuple[Outcome, ...]:
    """Ask every spectrum of the laboratory, those first whose class the library holds."""
    engine = engine_over(
        (as_library(split.library, split.laboratory),),
        catalogue_of(one.material for one in split.library),
    )
    return tuple(
        engine.ask(one.spectrum, {one.material}, is_held=is_held)
        for questions, is_held in ((split.present, True), (split.absent, False))
        for one in questions
    )


def removed_outcomes(split: Split) -> Iterator[Outcome]:
    """Ask every spectrum whose class the library holds, after that class was taken out of the library."""
    for material in dict.fromkeys(one.material for one in split.present):
        rest = tuple(one for one in split.library if one.material != material)
        engine = engine_over((as_library(rest, material),), catalogue_of(one.material for one in rest))
        for question in of_material(split.present, material):
            yield engine.ask(question.spectrum, {material}, is_held=False)


def of_material(spectra: Sequence[OpenSpectrum], material: str) -> tuple[OpenSpectrum, ...]:
    """Keep the spectra of one class."""
    return tuple(one for one in spectra if one.material == material)


def wrong_matches(answers: Sequence[Outcome]) -> Count:
    """Count, among the matches, those that name another class than the true one."""
    return counted(not one.is_right for one in answers if one.verdict is Verdict.MATCH)


def named(answers: Sequence[Outcome], *, is_held: bool) -> Count:
    """Count the matches and groups among the questions whose class the library holds, or does not hold."""
    return counted(one.is_named for one in answers if one.is_held is is_held)
