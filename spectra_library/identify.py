"""What is it?  One spectrum against the prepared libraries gives one Identification.

    quality -> search in the form(s) that fit -> best reference per substance -> verdict, hints

*No match*, *inconclusive* and *rejected* are verdicts, not exceptions.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from spectra_library.catalogue import Catalogue
from spectra_library.errors import SpectraLibraryError
from spectra_library.hints import Hint, hints
from spectra_library.library import Tier
from spectra_library.prepared import FORMS, PreparedLibrary, ScoredReference
from spectra_library.preprocess import Recipe, prepare
from spectra_library.quality import Issue, QualityFinding, Severity, findings
from spectra_library.refusals import refuse_unsuitable
from spectra_library.spectrum import Spectrum, Technique
from spectra_library.verdicts import (
    Conclusion,
    SharedStatus,
    Thresholds,
    Verdict,
    best_per_substance,
    conclude,
)

__all__ = [  # Thresholds and Verdict are part of the answer and may be imported from here
    "Candidate",
    "Component",
    "Conversion",
    "Identification",
    "LibraryStamp",
    "Thresholds",
    "Verdict",
    "identify",
    "stamp",
]


class Conversion(StrEnum):
    """What was done to one of the two sides before they were compared."""

    NONE = "none"
    KRAMERS_KRONIG = "kramers_kronig"  # one side brought from transmission to ATR


@dataclass(frozen=True, slots=True)
class Candidate:
    """One substance with its best reference.  ``score`` 0..1 is a similarity, not a probability.

    ``confidence`` is a calibrated probability, None where none was measured; ``confidence_note`` says why.
    """

    substance: str
    name: str
    cas: str
    reference: str
    library: str
    tier: Tier
    form: str
    technique: Technique
    conversion: Conversion
    score: float
    absorbance_correlation: float
    confidence: float | None
    confidence_note: str
    source: str
    licence: str


@dataclass(frozen=True, slots=True)
class Component:
    """One part of the answer; ``share`` 0..1 of the spectrum, not of weight."""

    substance: str
    name: str
    share: float
    probability: float | None


@dataclass(frozen=True, slots=True)
class LibraryStamp:
    """Which libraries answered: ``sha256`` covers the content of all of them, in order."""

    name: str
    version: str
    sha256: str
    references: int


@dataclass(frozen=True, slots=True)
class Identification:
    """The answer, with all that is needed to compute it again.

    ``compared_as`` is the form (ATR or transmission) in which the references were compared.
    ``explained`` 0..1: share of the spectrum's variance that the best reference explains.
    ``group`` the substances that a *group* verdict does not tell apart, best first, empty otherwise; those
    that infrared never tells from the best stand in it without a reference of their own.
    ``shared`` what the law says of all of the group; None where it differs, or where there is no group.
    ``one_substance`` the substance of which the whole group are forms (base, salts, hydrates), else empty.
    ``forms`` the forms of the best candidate that its references do not tell apart; empty where one is named.
    ``not_compared`` look-alikes of the best candidate that only a comparison excludes, without a reference.
    ``cautions`` pairs that infrared does not, or hardly, tell apart, about the best candidate.
    """

    verdict: Verdict
    candidates: tuple[Candidate, ...]
    group: tuple[str, ...]
    components: tuple[Component, ...]
    explained: float
    hints: tuple[Hint, ...]
    quality: tuple[QualityFinding, ...]
    cautions: tuple[str, ...]
    compared_as: Technique
    library: LibraryStamp
    recipe: Recipe
    shared: SharedStatus | None = None
    one_substance: str = ""
    forms: tuple[str, ...] = ()
    not_compared: tuple[str, ...] = ()


UNCALIBRATED = "not calibrated: this version has no repeat measurements to calibrate confidence on"
NO_REPEATS = "not calibrated: one measurement stands behind this reference, no independent repeat exists"


def identify(
    spectrum: Spectrum,
    library: PreparedLibrary,
    catalogue: Catalogue,
    *,
    top: int = 10,
    thresholds: Thresholds | None = None,
    allow_teaching: bool = False,
) -> Identification:
    """Name ``spectrum``.  An unknown technique is searched in both forms, and the better one is named.

    Raises SpectrumError for a spectrum that is no question to this library (reflectance, gas, near infrared)
    and SpectraLibraryError for a library with teaching references unless ``allow_teaching``.
    """
    thresholds = thresholds or Thresholds()
    refuse_unsuitable(spectrum)
    _refuse_teaching(library, allow_teaching=allow_teaching)
    quality = findings(spectrum)
    form, scored = _search(spectrum, library)
    if not scored and any(part.references for part in library.libraries):
        quality = (_not_comparable(spectrum, library), *quality)
    is_rejected = any(finding.severity is Severity.FATAL for finding in quality)
    concluded = Conclusion(Verdict.REJECTED) if is_rejected else conclude(scored, catalogue, thresholds)
    best = () if is_rejected else best_per_substance(scored, catalogue)[:top]
    candidates = tuple(_candidate(one, form, catalogue) for one in best)
    explained = _explained(best) if candidates else 0.0
    leader = candidates[0] if concluded.verdict is Verdict.MATCH else None
    return Identification(
        verdict=concluded.verdict,
        candidates=candidates,
        group=concluded.group,
        components=() if leader is None else (Component(leader.substance, leader.name, explained, None),),
        explained=explained,
        hints=() if is_rejected else _hints(spectrum, library),
        quality=quality,
        cautions=catalogue.cautions(candidates[0].substance) if candidates else (),
        compared_as=form,
        library=stamp(library),
        recipe=library.recipe,
        shared=concluded.shared,
        one_substance=concluded.one_substance,
        forms=concluded.forms,
        not_compared=concluded.not_compared,
    )


def stamp(library: PreparedLibrary) -> LibraryStamp:
    """Name the libraries behind ``library`` and hash their hashes."""
    parts = library.libraries
    combined = hashlib.sha256("".join(part.sha256 for part in parts).encode()).hexdigest()
    return LibraryStamp(
        name=" + ".join(part.name for part in parts),
        version=" + ".join(part.version for part in parts),
        sha256=parts[0].sha256 if len(parts) == 1 else combined,
        references=sum(len(part.references) for part in parts),
    )


def _refuse_teaching(library: PreparedLibrary, *, allow_teaching: bool) -> None:
    for part in library.libraries:
        if not allow_teaching and any(reference.tier is Tier.TEACHING for reference in part.references):
            raise SpectraLibraryError(
                f"the library {part.name!r} holds teaching spectra, which are for training only"
            )


def _search(spectrum: Spectrum, library: PreparedLibrary) -> tuple[Technique, tuple[ScoredReference, ...]]:
    if spectrum.technique is not Technique.UNKNOWN:
        return spectrum.technique, library.search(spectrum, spectrum.technique)
    answers = [(form, library.search(spectrum, form)) for form in FORMS]
    return max(answers, key=lambda answer: answer[1][0].score if answer[1] else -1.0)


def _not_comparable(spectrum: Spectrum, library: PreparedLibrary) -> QualityFinding:
    """Say that nothing was compared: *no match* would mean that it was, and that nothing resembles it."""
    share = float(prepare(spectrum, library.recipe).inside.mean())
    return QualityFinding(Issue.NOT_COMPARABLE, Severity.FATAL, share)


def _candidate(scored: ScoredReference, form: Technique, catalogue: Catalogue) -> Candidate:
    reference = scored.reference
    substance = catalogue.get(reference.substance)
    is_repeated = reference.tier is Tier.MEASURED
    return Candidate(
        substance=substance.id,
        name=substance.name,
        cas=substance.cas,
        reference=reference.id,
        library=scored.library,
        tier=reference.tier,
        form=reference.form or catalogue.form_of(substance.id),
        technique=form,
        conversion=Conversion.KRAMERS_KRONIG if scored.is_converted else Conversion.NONE,
        score=max(scored.score, 0.0),
        absorbance_correlation=scored.absorbance_correlation,
        confidence=None,
        confidence_note=UNCALIBRATED if is_repeated else NO_REPEATS,
        source=reference.source,
        licence=reference.licence,
    )


def _explained(best: tuple[ScoredReference, ...]) -> float:
    return max(best[0].absorbance_correlation, 0.0) ** 2


def _hints(spectrum: Spectrum, library: PreparedLibrary) -> tuple[Hint, ...]:
    band_lists = tuple(bands for part in library.libraries for bands in part.band_lists)
    return hints(prepare(spectrum, library.recipe), library.recipe, band_lists)
