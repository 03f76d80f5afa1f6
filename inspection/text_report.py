"""Findings as plain text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from inspection.confidence_words import confidence_sentences
from inspection.declared.declaration import DeclarationFinding
from inspection.findings import Finding
from inspection.language import Wording
from inspection.mixture_words import component_line, mixture_statuses, share_note, share_text
from inspection.spectrum_files import ReadBands, ReadSpectrum
from inspection.verdict_words import group_status_sentence, hints_to_tell, limit_sentence, verdict_notes
from inspection.wording import (
    alarm_sentence,
    caution_sentences,
    declaration_sentence,
    declaration_word,
    hint_sentence,
    quality_sentences,
    shown_similarity,
    status_sentence,
    substance_name,
    technique_word,
    tier_word,
    verdict_advice,
    verdict_word,
)
from spectra_library.catalogue import Catalogue
from spectra_library.formats.file_spectrum import FileBandList
from spectra_library.identification import Candidate, Conversion, Identification
from spectra_library.library import NOT_STATED
from spectra_library.spectrum import Technique
from spectra_library.verdicts import Verdict


def summary(words: Wording, finding: Finding, catalogue: Catalogue) -> str:
    """One line: which spectrum, the verdict, the substance, its legal status, and what stands behind it."""
    found = finding.identification
    parts = [_label(words, finding), verdict_word(words, found.verdict).upper()]
    if not found.candidates:
        parts.extend(" ".join(quality_sentences(words, one)) for one in found.quality[:1])
        return "  ".join(parts)
    if found.verdict is Verdict.MIXTURE:
        return "  ".join([*parts, *_mixture(words, found, catalogue)])
    leader = found.candidates[0]
    substance = catalogue.get(leader.substance)
    if found.verdict is Verdict.GROUP:
        parts.append(" / ".join(substance_name(words, catalogue.get(one)) for one in found.group))
    elif found.verdict is Verdict.MATCH:
        parts.append(substance_name(words, substance))
    elif found.verdict is Verdict.INCONCLUSIVE:
        parts.append(words("nearest: {name}").format(name=substance_name(words, substance)))
    else:  # a name beside "no match" would be read as one
        parts.append(words("highest similarity {score:.2f}").format(score=shown_similarity(leader.score)))
        parts.append(limit_sentence(words, found.verdict))
        return "  ".join(parts)
    if found.verdict is Verdict.GROUP:
        parts.extend(_group_status(words, found, catalogue))
    elif substance.status_matters:
        parts.append(status_sentence(words, substance))
    parts.append(words("similarity {score:.2f}").format(score=shown_similarity(leader.score)))
    behind = [tier_word(words, leader.tier), technique_word(words, found.compared_as), leader.library]
    if leader.licence == NOT_STATED:  # such a source is named wherever it answers
        behind.append(leader.source)
    parts.append(f"[{', '.join(behind)}]")
    return "  ".join(part for part in (*parts, limit_sentence(words, found.verdict)) if part)


def _mixture(words: Wording, found: Identification, catalogue: Catalogue) -> Iterator[str]:
    """What a mixture is made of, and what the law says of that."""
    yield " + ".join(
        f"{substance_name(words, catalogue.get(one.substance))} {share_text(one)}" for one in found.components
    )
    yield f"({share_note(words)})"
    yield from mixture_statuses(words, found, catalogue)
    yield f"[{technique_word(words, found.compared_as)}, {found.library.name}]"


def _group_status(words: Wording, found: Identification, catalogue: Catalogue) -> Iterator[str]:
    """What the law says of all of a group, or of each member that it says something of."""
    if found.shared is not None:
        yield group_status_sentence(words, found)
        return
    for one in found.group:
        substance = catalogue.get(one)
        if substance.status_matters:
            yield f"{substance_name(words, substance)}: {status_sentence(words, substance)}"


def details(words: Wording, finding: Finding, catalogue: Catalogue) -> Iterator[str]:
    """Everything else that a person should see about one finding, line by line, indented."""
    found = finding.identification
    yield f"  {verdict_advice(words, found.verdict)}"
    for note in verdict_notes(words, found, catalogue):
        yield f"  {note}"
    for one in found.quality:
        yield "  ! " + " ".join(quality_sentences(words, one))
    if finding.spectrum.technique is Technique.UNKNOWN and found.candidates:
        yield "  " + words(
            "The file does not say how it was measured; it fits {technique} references best."
        ).format(technique=technique_word(words, found.compared_as))
    if found.verdict is Verdict.MIXTURE:
        for component in found.components:
            yield f"   +  {component_line(words, component, catalogue)}"
        yield "  " + words("Each reference alone, most similar first:")
    for rank, candidate in enumerate(found.candidates, start=1):
        similarity = f"{shown_similarity(candidate.score):.2f}"
        yield f"  {rank:2d}  {similarity}  {candidate_line(words, candidate, catalogue)}"
    if found.candidates:
        leader = found.candidates[0]
        for sentence in confidence_sentences(words, found, catalogue):
            yield f"  {sentence}"
        yield "  " + reference_line(words, leader)
    for caution in caution_sentences(words, found, catalogue):
        yield f"  ! {caution}"
    for hint in hints_to_tell(found):
        yield "  ? " + hint_sentence(words, hint, substance_name(words, catalogue.get(hint.substance)))


def reference_line(words: Wording, candidate: Candidate) -> str:
    """Which reference answered, where it comes from, and under which licence."""
    return words("reference: {reference}; licence: {licence}; {source}").format(
        reference=candidate.reference, licence=candidate.licence, source=candidate.source
    )


def candidate_line(words: Wording, candidate: Candidate, catalogue: Catalogue) -> str:
    """One candidate: name, form, legal status, tier and library."""
    substance = catalogue.get(candidate.substance)
    name = substance_name(words, substance)
    if candidate.form:
        name = f"{name} ({candidate.form})"
    parts = [name, status_sentence(words, substance), tier_word(words, candidate.tier), candidate.library]
    if candidate.conversion is Conversion.KRAMERS_KRONIG:
        parts.append(words("converted from the other form (Kramers-Kronig)"))
    return "  ".join(parts)


def declared_lines(words: Wording, finding: DeclarationFinding) -> Iterator[str]:
    """Declared against identified; something controlled that was not declared is said first, and loudest."""
    alarm = alarm_sentence(words, finding)
    if alarm:
        yield f"  !!! {alarm} !!!"
    yield declared_line(words, finding)


def declared_line(words: Wording, finding: DeclarationFinding) -> str:
    """Declared against identified in one line."""
    numbers = (("HS", finding.hs_code), ("UN", finding.un_number), ("CAS", finding.cas))
    papers = [finding.text, *(f"{name} {number}" for name, number in numbers if number)]
    return "  " + words("declared {text!r}: {verdict}. {reason}").format(
        text=", ".join(one for one in papers if one),
        verdict=declaration_word(words, finding.verdict).upper(),
        reason=declaration_sentence(words, finding),
    )


def file_line(words: Wording, item: ReadSpectrum | ReadBands) -> str:
    """What one spectrum, or one list of bands, of a file is, in one line."""
    one = item.bands if isinstance(item, ReadBands) else item.spectrum
    if isinstance(one, FileBandList):
        what = [words("band list, {count} bands").format(count=one.wavenumber.size)]
    else:
        points = words("{points} points").format(points=one.wavenumber.size)
        what = [technique_word(words, one.technique), points]
    parts = [
        f"{item.source.path}[{item.source.block}]",
        one.title or words("(no title)"),
        *what,
        f"{one.wavenumber[0]:.1f}-{one.wavenumber[-1]:.1f} cm-1",
        one.y_units,
    ]
    parts.extend(f"! {warning}" for warning in one.warnings)
    return "  ".join(parts)


def _label(words: Wording, finding: Finding) -> str:
    source = finding.source
    if finding.capture is not None:
        return finding.title or words("scan {counter}").format(counter=finding.capture.scan_counter)
    name = f"{PurePath(source.path).name}[{source.block}]"
    return f"{name} {finding.title}" if finding.title else name
