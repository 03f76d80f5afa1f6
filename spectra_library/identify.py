"""What is it?  One spectrum against the prepared libraries gives one Identification.

    quality -> search in the form(s) that fit -> best reference per substance -> verdict, confidence, hints

*No match*, *inconclusive* and *rejected* are verdicts, not exceptions.
"""

from __future__ import annotations

import hashlib

from spectra_library.asking import Gathered, gathered, preparation_of
from spectra_library.catalogue import Catalogue
from spectra_library.composition import Composition, composition, is_mixture
from spectra_library.confidence import (
    FIRST_ONLY,
    LEVELS,
    NOT_SEEN,
    OF_MIXTURES,
    Calibration,
    Confidence,
    confidence,
    conformal_set,
    why_none,
)
from spectra_library.errors import SpectraLibraryError
from spectra_library.evidence import best_scores
from spectra_library.hints import Hint, hints
from spectra_library.identification import (
    Candidate,
    Component,
    Conversion,
    Identification,
    LibraryPart,
    LibraryStamp,
    PossibleSet,
)
from spectra_library.library import Tier
from spectra_library.prepared import PreparedLibrary, ScoredReference
from spectra_library.quality import Issue, QualityFinding, Severity, findings
from spectra_library.refusals import refuse_unsuitable
from spectra_library.spectrum import Spectrum, Technique
from spectra_library.verdicts import (
    Conclusion,
    Thresholds,
    Verdict,
    best_per_substance,
    conclude,
)

_OF_THE_REST = Confidence(None, FIRST_ONLY)


def identify(
    spectrum: Spectrum,
    library: PreparedLibrary,
    catalogue: Catalogue,
    *,
    top: int = 10,
    thresholds: Thresholds | None = None,
    calibration: Calibration | None = None,
    allow_teaching: bool = False,
) -> Identification:
    """Name ``spectrum``.  An unknown technique is searched in both forms, and the better one is named.

    A confidence is given where ``calibration`` was measured on references of the kind that answered.

    Raises SpectrumError for a spectrum that is no question to this library (reflectance, gas, near infrared)
    and SpectraLibraryError for a library with teaching references unless ``allow_teaching``.
    """
    thresholds = thresholds or Thresholds()
    refuse_unsuitable(spectrum)
    _refuse_teaching(library, allow_teaching=allow_teaching)
    quality = findings(spectrum)
    form, scored = library.search_any(spectrum)
    if not scored and any(part.references for part in library.libraries):
        quality = (_not_comparable(spectrum, library), *quality)
    is_rejected = any(finding.severity is Severity.FATAL for finding in quality)
    concluded = Conclusion(Verdict.REJECTED) if is_rejected else conclude(scored, catalogue, thresholds)
    best = () if is_rejected else best_per_substance(scored, catalogue)[:top]
    parts = composition(spectrum, library, form, catalogue) if best else None
    if parts is not None and is_mixture(parts, concluded.verdict):
        concluded = Conclusion(Verdict.MIXTURE)
    asked = gathered(spectrum, scored, form, library, catalogue)
    said = _said(asked, library, calibration, concluded.verdict)
    candidates = tuple(
        _candidate(one, form, catalogue, said if one is best[0] else _OF_THE_REST) for one in best
    )
    components, explained = _explained(concluded.verdict, candidates, parts)
    is_open = concluded.verdict in (Verdict.INCONCLUSIVE, Verdict.NO_MATCH)
    return Identification(
        verdict=concluded.verdict,
        candidates=candidates,
        group=concluded.group,
        components=components,
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
        possible=_possible(asked, said, calibration) if candidates else (),
        is_incomplete=is_open and parts is not None and not parts.is_complete,
        residual=parts.residual if parts is not None and concluded.verdict is Verdict.MIXTURE else None,
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
        parts=tuple(
            LibraryPart(part.name, part.version, part.sha256, len(part.references)) for part in parts
        ),
    )


def _refuse_teaching(library: PreparedLibrary, *, allow_teaching: bool) -> None:
    for part in library.libraries:
        if not allow_teaching and any(reference.tier is Tier.TEACHING for reference in part.references):
            raise SpectraLibraryError(
                f"the library {part.name!r} holds teaching spectra, which are for training only"
            )


def _said(
    asked: Gathered, library: PreparedLibrary, calibration: Calibration | None, verdict: Verdict
) -> Confidence:
    if verdict is Verdict.MIXTURE:
        return Confidence(None, OF_MIXTURES)
    if asked.kind is None:
        return Confidence(None, NOT_SEEN)
    preparation = preparation_of(library)
    reason = why_none(calibration, asked.kind, preparation=preparation)
    if reason:  # then the evidence, which takes a while, need not be gathered
        return Confidence(None, reason)
    return confidence(asked.evidence, calibration, asked.kind, preparation=preparation)


def _possible(asked: Gathered, said: Confidence, calibration: Calibration | None) -> tuple[PossibleSet, ...]:
    """Give the conformal sets, where the calibration holds for what answered."""
    if calibration is None or said.value is None:
        return ()
    best = best_scores(asked.substances, asked.scores)
    found = [(level, conformal_set(best, calibration, level=level)) for level in LEVELS]
    return tuple(PossibleSet(level, members) for level, members in found if members is not None)


def _not_comparable(spectrum: Spectrum, library: PreparedLibrary) -> QualityFinding:
    """Say that nothing was compared: *no match* would mean that it was, and that nothing resembles it."""
    share = float(library.prepared(spectrum).inside.mean())
    return QualityFinding(Issue.NOT_COMPARABLE, Severity.FATAL, share)


def _candidate(scored: ScoredReference, form: Technique, catalogue: Catalogue, said: Confidence) -> Candidate:
    reference = scored.reference
    substance = catalogue.get(reference.substance)
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
        confidence=said.value,
        confidence_note=said.note,
        source=reference.source,
        licence=reference.licence,
    )


def _explained(
    verdict: Verdict, candidates: tuple[Candidate, ...], parts: Composition | None
) -> tuple[tuple[Component, ...], float]:
    """Give the components of the answer, and how much of the signal it explains; no components, no answer."""
    if parts is None or not candidates:
        return (), 0.0
    leader = candidates[0]
    alone = max(leader.absorbance_correlation, 0.0) ** 2
    if verdict is Verdict.MIXTURE:
        return parts.components, parts.explained
    if verdict is Verdict.MATCH:
        return (Component(leader.substance, leader.name, alone),), alone
    # Of what nothing explains alone, what the best set explains is the most that can be said.
    return (), parts.explained if verdict in (Verdict.INCONCLUSIVE, Verdict.NO_MATCH) else alone


def _hints(spectrum: Spectrum, library: PreparedLibrary) -> tuple[Hint, ...]:
    band_lists = tuple(bands for part in library.libraries for bands in part.band_lists)
    return hints(library.prepared(spectrum), library.recipe, band_lists)
